"""Add, take away, keep inside: what a finished shape does with the chosen area."""

from __future__ import annotations

from typing import Literal

from desktop.core import edits
from desktop.core.geometry import Box
from desktop.core.label_map import Stencil
from desktop.core.shot import Shot
from desktop.ui.session import Session

Mode = Literal["add", "take", "keep"]

MODES: tuple[tuple[Mode, str], ...] = (("add", "Add"), ("take", "Take away"), ("keep", "Keep inside"))
"""Modes and what their buttons say."""

_TITLES = {"add": "Add to {}", "take": "Take from {}", "keep": "Keep inside of {}"}
_ROWS = 256
_VERBS = {"add": "{} {}", "take": "take from {1}", "keep": "keep inside of {1}"}


def mode_named(name: str) -> Mode | None:
    """The mode of this name, if there is one."""
    return next((mode for mode, _ in MODES if mode == name), None)


def verb(mode: Mode, add: str, title: str) -> str:
    """What a tool does with an area in words for a hint; ``add`` says it for the mode *add*."""
    return _VERBS[mode].format(add, title)


def other_modes(mode: Mode, gesture: str) -> list[tuple[str, str]]:
    """Hints for the modes that a held key chooses for one gesture ("click", "drag") in the place of this one."""
    keys = (("add", "Shift", "add"), ("take", "Alt", "take away"), ("keep", "Ctrl", "keep inside"))
    return [(f"{key} {gesture}", words) for other, key, words in keys if other != mode]


def area_title(session: Session, label: int | None = None) -> str:
    """What an area is called, also before its first stroke; the chosen one unless a label is given."""
    shot = session.shot
    if label is None:
        label = session.active_label
    area = None if shot is None else shot.area(label)
    if area is not None:
        return area.title
    return "Hold still" if label == edits.label_of(0) else f"Area {label}"


def may_work(session: Session, mode: Mode, label: int) -> bool:
    """Whether a mode has something to work on; says so when not."""
    session.finish_step()
    if session.shot is None:
        return False
    if mode != "add" and not _painted(session.shot, label):
        session.notice.emit(f"Nothing is painted in {area_title(session, label)} yet.")
        return False
    return True


def _painted(shot: Shot, label: int) -> bool:
    """Whether an area has pixels now; the session's counts may be of a moment ago."""
    rows = range(0, shot.label_map.shape[0], _ROWS)
    return any(bool((shot.label_map[top : top + _ROWS] == label).any()) for top in rows)


def apply_shape(session: Session, mode: Mode, stencil: Stencil, box: Box, label: int) -> bool:
    """Carry a shape out on an area as one step of undo; False when nothing changed, as by a shape of no pixels."""
    session.settle()
    if box.empty or not stencil.any() or not may_work(session, mode, label) or session.shot is None:
        return False
    make = {"add": edits.add, "take": edits.take, "keep": edits.keep}[mode]
    title = _TITLES[mode].format(area_title(session, label))
    return session.apply(title, make(session.shot, stencil, box, label), label)
