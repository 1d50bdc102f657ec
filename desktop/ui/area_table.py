"""Every operation on an area: name, title, shortcut, icon and its one number, if it has one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Amount:
    """The number of an operation: from 1 to ``most``, at first ``usual``."""

    label: str
    most: int
    usual: int
    unit: str = "px"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. ``step`` is what undo calls it, ``{}`` being the area. ``at_once`` has nothing to ask."""

    name: str
    title: str
    step: str
    shortcut: str
    icon: str
    amount: Amount | None = None
    at_once: bool = False


OPERATIONS: tuple[Operation, ...] = (
    Operation("grow", "Grow the area", "Grow {}", "Shift+G", "grow", Amount("By", 500, 8)),
    Operation("shrink", "Shrink the area", "Shrink {}", "Shift+S", "shrink", Amount("By", 500, 8)),
    Operation("smooth", "Smooth the area", "Smooth {}", "Shift+M", "brush", Amount("Over", 100, 8)),
    Operation(
        "holes",
        "Fill its holes",
        "Fill the holes of {}",
        "Shift+O",
        "bucket",
        Amount("Up to", 10_000_000, 5000),
    ),
    Operation(
        "specks",
        "Remove its specks",
        "Remove specks of {}",
        "Shift+K",
        "sparkle",
        Amount("Up to", 1_000_000, 400),
    ),
    Operation("invert", "Invert the area", "Invert {}", "Ctrl+I", "invert", at_once=True),
    Operation("place", "Move and scale the area", "Move {}", "Ctrl+T", "hand"),
    Operation("copy", "Copy to another area", "Copy {}", "Ctrl+D", "copy"),
)


def operation(name: str) -> Operation:
    """The operation of that name. Raises KeyError."""
    for row in OPERATIONS:
        if row.name == name:
            return row
    raise KeyError(name)
