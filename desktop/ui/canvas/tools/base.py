"""What a tool is, and what it may ask of the canvas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QRegion

from desktop.core.geometry import Box, Point, whole
from desktop.core.waiting import Waiting
from desktop.ui.canvas.navigation import Navigation
from desktop.ui.canvas.tools.modes import Mode
from desktop.ui.canvas.tools.options import ToolOptions
from desktop.ui.session import Session

Hints = list[tuple[str, str]]
"""(what to press or drag, what it does) for the status bar."""

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
DRAFT_KEYS = (*ENTER, Qt.Key.Key_Backspace)
"""Enter keeps what is drafted, Backspace takes its last part back."""

CLICK_REACH = 4.0
"""Logical pixels that the pointer may move and still have clicked."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """One event of mouse or pen: where, in image pixels and in device pixels of the view, and with what held."""

    at: Point
    x: float
    y: float
    right: bool = False
    shift: bool = False
    alt: bool = False
    ctrl: bool = False
    pressure: float = 1.0


class Stage(Protocol):
    """The canvas as tools see it."""

    session: Session
    options: ToolOptions
    navigation: Navigation

    @property
    def ratio(self) -> float:
        """Device pixels per logical pixel."""

    @property
    def levels(self) -> Mapping[int, npt.NDArray[np.uint8]]:
        """The picture's levels that are read yet (H x W x 3, RGB); level 0 is the picture itself."""

    def tell_hints(self) -> None:
        """The tool's hints are others now."""

    def tell_waiting(self) -> None:
        """What waits in the tool to be finished is something else now."""

    def repaint_tool(self) -> None:
        """What the tool draws over the picture is something else now."""

    def refresh(self) -> None:
        """Draw everything again."""

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the picture by device pixels."""

    def zoom_at(self, factor: float, x: float, y: float) -> None:
        """Zoom at a place of the view (device pixels)."""

    def show_box(self, box: Box) -> None:
        """Zoom to a part of the picture (image pixels)."""


class Tool:
    """A tool. Between ``press`` and ``release`` it may have a gesture open in the session; ``cancel`` undoes it.

    ``region`` is what the tool draws over the picture, in device pixels of the view.
    """

    cursor = Qt.CursorShape.CrossCursor
    heeds_shift = False
    """Whether Shift changes a drag under way, also while the pointer rests."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.pointer: Pointer | None = None

    @property
    def session(self) -> Session:
        """The document."""
        return self.stage.session

    @property
    def within(self) -> Box:
        """The extent of the open shot's picture."""
        shot = self.session.shot
        return whole(0, 0) if shot is None else whole(shot.image.width, shot.image.height)

    @property
    def picture_size(self) -> tuple[int, int]:
        """Width and height of that picture."""
        return self.within.width, self.within.height

    @property
    def busy(self) -> bool:
        """Whether something is begun that ``cancel`` would undo."""
        return False

    def press(self, pointer: Pointer) -> None:
        """A button went down."""

    def move(self, pointer: Pointer) -> None:
        """The pointer moved with a button held."""

    def release(self, pointer: Pointer) -> None:
        """The button went up."""

    def double(self, pointer: Pointer) -> None:
        """The second press of a double click."""
        self.press(pointer)

    def hover(self, pointer: Pointer | None) -> None:
        """The pointer moved with no button held, or left the canvas (None)."""
        self.pointer = pointer

    def wants(self, key: int) -> bool:
        """Whether the tool uses a key now, before any shortcut does."""
        return False

    def key(self, key: int) -> bool:
        """A key was pressed; True when the tool used it."""
        return False

    def area_key(self, label: int) -> bool:
        """The key of an area was pressed; True when it means something else to the tool than to choose that area."""
        return False

    def cancel(self) -> None:
        """Undo what is begun."""

    def settle(self) -> None:
        """Something else begins: what can stand as it is becomes a step of undo, the rest is undone."""
        self.cancel()

    @property
    def undo_title(self) -> str:
        """What undo takes back of what is begun here; empty when it is the document's turn."""
        return ""

    @property
    def redo_title(self) -> str:
        """What redo brings back of what is begun here; empty when it is the document's turn."""
        return ""

    def undo(self) -> None:
        """Take that back."""

    def redo(self) -> None:
        """Bring that back."""

    def leave(self) -> None:
        """The keyboard went elsewhere: what needs a held button or key ends."""
        self.cancel()

    def stop(self) -> None:
        """Before the end: undo what is begun and wait for what works in the background."""
        self.cancel()

    def forget(self) -> None:
        """Something else has ended the gesture that this tool had begun."""

    @property
    def waiting(self) -> Waiting | None:
        """What outlives the window although it is not finished, if there is such a thing."""
        return None

    def take_up(self, begun: Waiting) -> bool:
        """Go on with what waited in this tool of another window; False when it cannot."""
        return False

    def picture_replaced(self) -> None:
        """Another picture is shown from now on, and nothing of it is read yet."""

    def picture_read(self) -> None:
        """All of the picture is there now."""

    def chosen(self) -> None:
        """It is the chosen tool, and all of the picture is there."""

    def draw(self, painter: QPainter) -> None:
        """Draw over the picture, in device pixels of the view."""

    def region(self) -> QRegion:
        """What ``draw`` covers now."""
        return QRegion()

    @property
    def covers_areas(self) -> bool:
        """Whether the tool shows areas and paths itself, in the place of the canvas."""
        return False

    def crop_shown(self, crop: Box | None) -> Box | None:
        """The crop to show while this tool is chosen, in the place of the shot's."""
        return crop

    def hints(self) -> Hints:
        """What the status bar says."""
        return []

    @property
    def sign(self) -> Mode | None:
        """What is shown beside the pointer: what a press does with the area, where the tool has such modes."""
        return None

    def mode_of(self, pointer: Pointer) -> Mode:
        """What a shape does that is begun with this pointer; what is held outweighs what the bar says.

        Shift adds, Alt or the right button takes away, Ctrl, or Shift and Alt together, keep inside.
        """
        if pointer.right or (pointer.alt and not pointer.shift):
            return "take"
        if pointer.ctrl or pointer.alt:
            return "keep"
        return "add" if pointer.shift else self.stage.options.mode


class DragTool(Tool):
    """A tool that works by drags alone: undo in the middle of one drops it, as Escape does."""

    @property
    def undo_title(self) -> str:
        return "the drag" if self.busy else ""

    def undo(self) -> None:
        self.cancel()


def draft_key(key: int, keep: Callable[[], object], back: Callable[[], object]) -> bool:
    """Do what one of `DRAFT_KEYS` means; True, since it is used then."""
    if key == Qt.Key.Key_Backspace:
        back()
    else:
        keep()
    return True


def twofold(painter: QPainter, ratio: float, *, dashed: bool = False) -> tuple[QPen, QPen]:
    """A dark and a light pen: a line drawn with both is seen on any picture."""
    dark = QPen(QColor(0, 0, 0, 190), 3.0 * ratio)
    light = QPen(QColor(255, 255, 255, 240), 1.2 * ratio)
    if dashed:
        light.setDashPattern([5.0, 4.0])
    for pen in (dark, light):
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    return dark, light


def padded(rect: QRectF, pad: float) -> QRegion:
    """The region of a rectangle with room for pens and antialiasing."""
    return QRegion(rect.adjusted(-pad, -pad, pad, pad).toAlignedRect())
