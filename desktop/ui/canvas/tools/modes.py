"""Add, take away, keep inside: what a finished shape does with the chosen area."""

from __future__ import annotations

from typing import Literal

from desktop.core import edits
from desktop.core.geometry import Box
from desktop.core.label_map import Stencil
from desktop.ui.session import Session

Mode = Literal["add", "take", "keep"]

MODES: tuple[tuple[Mode, str], ...] = (("add", "Add"), ("take", "Take away"), ("keep", "Keep inside"))
"""Modes and what their buttons say."""

_TITLES = {"add": "Add to {}", "take": "Take from {}", "keep": "Keep inside of {}"}


def area_title(session: Session) -> str:
    """What the chosen area is called, also before its first stroke."""
    shot, label = session.shot, session.active_label
    area = None if shot is None else shot.area(label)
    if area is not None:
        return area.title
    return "Hold still" if label == edits.label_of(0) else f"Area {label}"


def apply_shape(session: Session, mode: Mode, stencil: Stencil, box: Box) -> bool:
    """Carry a shape out on the chosen area as one step of undo; False when nothing changed."""
    session.settle()
    if session.shot is None or (box.empty and mode != "keep"):
        return False
    label = session.active_label
    if mode != "add" and session.shot.area(label) is None:
        return False
    make = {"add": edits.add, "take": edits.take, "keep": edits.keep}[mode]
    title = _TITLES[mode].format(area_title(session))
    return session.apply(title, make(session.shot, stencil, box, label), label)
