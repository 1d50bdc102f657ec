"""Outlines that are clicked together, and the polygon, the plain one of them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPolygonF, QRegion

from desktop.core.geometry import Box, Point
from desktop.core.label_map import Stencil
from desktop.core.waiting import Waiting, WaitingOutline
from desktop.imaging import raster
from desktop.ui.canvas.tools.base import DRAFT_KEYS, Hints, Pointer, Stage, draft_key, padded, twofold
from desktop.ui.canvas.tools.modes import mode_named, other_modes
from desktop.ui.canvas.tools.shapes import Shape
from desktop.ui.canvas.tools.table import tool_row
from desktop.ui.theme import current

_CLOSING_REACH = 9.0
_RING, _LIT = 4.0, 6.5
"""Logical pixels of radius of the first place's ring, and while a click there would close the outline."""


class Outline(Shape):
    """An outline that is clicked together, for the area that was chosen at its first place.

    It waits while other things are done, also with other tools; undo and the right button take its places back.
    """

    name = ""
    least = 3
    """Places from which on a click on the first one closes it."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._right = False
        """Whether the right button has begun it, and so sets places."""
        self._size = (0, 0)
        """Of the picture it was begun on."""

    @property
    def places(self) -> Sequence[Point]:
        """What was clicked."""
        return ()

    def guessed(self) -> Sequence[Point]:
        """What is not yet as it will be: from the end of `outline` to the first place."""
        drawn = self.outline()
        return [drawn[-1], drawn[0]] if len(self.places) >= 2 else []

    def begin(self, pointer: Pointer) -> None:
        super().begin(pointer)
        self._right, self._size = pointer.right, self.picture_size
        self.stage.tell_hints()
        self.stage.tell_waiting()

    def reset(self) -> None:
        was = self._drawing
        super().reset()
        if was:
            self.stage.tell_hints()
            self.stage.tell_waiting()

    def kept(
        self, path: Sequence[Point], ends: Sequence[int], clicks: Sequence[tuple[Point, bool]] = ()
    ) -> WaitingOutline | None:
        """The outline as plain data, if there is one; the arguments as `WaitingOutline` has them."""
        if not self._drawing:
            return None
        size = self._size
        return WaitingOutline(
            self.name, self._label, self._mode, size, tuple(path), tuple(ends), tuple(clicks), self._right
        )

    @property
    def waiting(self) -> WaitingOutline | None:
        return None

    def take_up(self, begun: Waiting) -> bool:
        if not isinstance(begun, WaitingOutline) or begun.size != self.picture_size or self._drawing:
            return False
        mode = mode_named(begun.mode)
        if mode is None:
            return False
        self._mode, self._label, self._size = mode, begun.label, begun.size
        self._right, self._drawing = begun.right, True
        self.go_on(begun)
        self.stage.tell_hints()
        self.stage.tell_waiting()
        return True

    def picture_replaced(self) -> None:
        begun = self.waiting
        if begun is not None:
            there = begun.on(self.picture_size)
            self.reset()
            if there is None:
                self.session.notice.emit(
                    "The outline that waited does not fit a picture of another aspect; it is dropped."
                )
            else:
                self.take_up(there)

    def go_on(self, outline: WaitingOutline) -> None:
        """Have the places of what is taken up."""

    def leave(self) -> None:
        """It needs no held button."""

    def settle(self) -> None:
        """Another tool is chosen: what is clicked already waits here."""
        row = tool_row(self.name)
        self.session.notice.emit(
            f"The outline waits; choose {row.title.lower()} ({row.shortcut}) to go on with it."
        )

    def double(self, pointer: Pointer) -> None:
        if self._drawing:
            self.finish()

    def wants(self, key: int) -> bool:
        return self._drawing and key in DRAFT_KEYS

    def key(self, key: int) -> bool:
        return self.wants(key) and draft_key(key, self.finish, self.undo)

    @property
    def undo_title(self) -> str:
        return "the last place" if self._drawing else ""

    def takes_back(self, pointer: Pointer) -> bool:
        """Whether this press takes the last place back instead of setting one."""
        return pointer.right and not self._right

    def closes(self, pointer: Pointer) -> bool:
        """Whether a click here would close the outline."""
        if len(self.places) < self.least:
            return False
        x, y = self.stage.navigation.to_view(self.places[0])
        return math.hypot(pointer.x - x, pointer.y - y) <= _CLOSING_REACH * self.stage.ratio

    def draw(self, painter: QPainter) -> None:
        if not self._drawing:
            return
        ratio = self.stage.ratio
        for points, dashed in ((self.outline(), False), (self.guessed(), True)):
            line = QPolygonF([self._view(p) for p in points])
            for pen in twofold(painter, ratio, dashed=dashed):
                painter.setPen(pen)
                painter.drawPolyline(line)
        lit = self.pointer is not None and self.closes(self.pointer)
        dark, light = twofold(painter, ratio)
        for pen, filled in ((dark, False), (light, lit)):
            painter.setPen(pen)
            if filled:
                painter.setBrush(QColor(current().accent))
            size = (_LIT if lit else _RING) * ratio
            painter.drawEllipse(self._view(self.places[0]), size, size)

    def region(self) -> QRegion:
        if not self._drawing:
            return QRegion()
        points = [self._view(p) for p in (*self.outline(), *self.guessed(), *self.places)]
        first = points[-len(self.places)]
        ratio = self.stage.ratio
        return padded(QPolygonF(points).boundingRect(), 8 * ratio) + padded(QRectF(first, first), 12 * ratio)

    def hints(self) -> Hints:
        if not self._drawing:
            return [
                ("Click", f"place by place, to {self.purpose()}"),
                *other_modes(self.stage.options.mode, "click"),
            ]
        return [
            ("Click", "set a place"),
            *self.aids,
            *([] if self._right else [("Right click", "take one back")]),
            ("Enter", self.purpose()),
            ("Esc", "drop it"),
            ("Another tool", "it waits"),
        ]

    def _view(self, p: Point) -> QPointF:
        return QPointF(*self.stage.navigation.to_view(p))


class PolygonTool(Outline):
    """A shape by its corners: each click sets one; the first one, Enter or a double click closes it.

    Shift keeps to steps of 45 degrees; Backspace, undo and the other button take a corner back.
    """

    name = "polygon"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._points: list[Point] = []
        self._taken_back: list[Point] = []

    @property
    def places(self) -> Sequence[Point]:
        return self._points

    def outline(self) -> Sequence[Point]:
        if self.pointer is None:
            return self._points
        return [*self._points, self._next(self.pointer)]

    def stencil(self) -> tuple[Stencil, Box]:
        return raster.polygon(self._points, self.within)

    def press(self, pointer: Pointer) -> None:
        self.pointer = pointer
        if not self._drawing:
            self._points, self._taken_back = [pointer.at], []
            self.begin(pointer)
        elif self.takes_back(pointer):
            self.undo()
        elif self.closes(pointer):
            self.finish()
        else:
            self._points.append(self._next(pointer))
            self._taken_back = []
            self.stage.tell_waiting()

    def move(self, pointer: Pointer) -> None:
        self.pointer = pointer

    def undo(self) -> None:
        self._taken_back.append(self._points.pop())
        if not self._points:
            self.reset()
        self.stage.tell_waiting()

    @property
    def redo_title(self) -> str:
        return "the corner" if self._drawing and self._taken_back else ""

    def redo(self) -> None:
        self._points.append(self._taken_back.pop())
        self.stage.tell_waiting()

    @property
    def waiting(self) -> WaitingOutline | None:
        return self.kept(self._points, range(1, len(self._points) + 1))

    def go_on(self, outline: WaitingOutline) -> None:
        self._points, self._taken_back = list(outline.path), []

    def slight(self) -> bool:
        return len(set(self._points)) < 3

    def reset(self) -> None:
        super().reset()
        self._points = []

    @property
    def aids(self) -> Hints:
        return [("Shift", "45 degrees")]

    def _next(self, pointer: Pointer) -> Point:
        if not pointer.shift or not self._points:
            return pointer.at
        last = self._points[-1]
        dx, dy = pointer.at.x - last.x, pointer.at.y - last.y
        turn = round(math.atan2(dy, dx) / (math.pi / 4)) * (math.pi / 4)
        along = dx * math.cos(turn) + dy * math.sin(turn)
        return Point(last.x + along * math.cos(turn), last.y + along * math.sin(turn))
