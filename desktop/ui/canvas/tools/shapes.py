"""Rectangle, ellipse, lasso and polygon: outlines that are filled when they are finished."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QRegion

from desktop.core.geometry import Box, Point
from desktop.core.label_map import Stencil
from desktop.imaging import raster
from desktop.ui.canvas.tools.base import CLICK_REACH, Hints, Pointer, Stage, Tool, padded, twofold
from desktop.ui.canvas.tools.modes import Mode, apply_shape, area_title, verb

_CLOSING_REACH = 9.0


def closes(stage: Stage, first: Point, pointer: Pointer) -> bool:
    """Whether a click here is meant for the first place of an outline."""
    x, y = stage.navigation.to_view(first)
    return math.hypot(pointer.x - x, pointer.y - y) <= _CLOSING_REACH * stage.ratio


class Shape(Tool):
    """A shape in the making; ``outline`` is its draft in image pixels."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._mode: Mode = "add"
        self._label = 1
        self._drawing = False

    def begin(self, pointer: Pointer) -> None:
        """Begin a draft for the area that is chosen now."""
        self._mode, self._label, self._drawing = self.mode_of(pointer), self.session.active_label, True

    @property
    def busy(self) -> bool:
        return self._drawing

    def outline(self) -> Sequence[Point]:
        """The draft."""
        return ()

    def stencil(self) -> tuple[Stencil, Box]:
        """The pixels of the draft."""
        return raster.polygon(self.outline(), self.within)

    def finish(self) -> None:
        """Carry the draft out; one no larger than a click does nothing."""
        self._drawing = False
        slight = self.slight()
        stencil, box = self.stencil()
        self.reset()
        if not slight:
            apply_shape(self.session, self._mode, stencil, box, self._label)

    def slight(self) -> bool:
        """Whether the draft is no larger than the hand shakes in a click."""
        bounds, reach = self.shape().boundingRect(), CLICK_REACH * self.stage.ratio
        return bounds.width() < reach and bounds.height() < reach

    def reset(self) -> None:
        """Have no draft."""
        self._drawing = False

    def cancel(self) -> None:
        self.reset()

    def forget(self) -> None:
        """The session's gestures are not this draft's, which has none before it is finished."""

    @property
    def undo_title(self) -> str:
        return "the outline" if self._drawing else ""

    def undo(self) -> None:
        self.reset()

    def shape(self) -> QPolygonF:
        """The draft on screen."""
        to_view = self.stage.navigation.to_view
        return QPolygonF([QPointF(*to_view(p)) for p in self.outline()])

    def draw(self, painter: QPainter) -> None:
        if not self._drawing:
            return
        shape = self.shape()
        for pen in twofold(painter, self.stage.ratio, dashed=True):
            painter.setPen(pen)
            painter.drawPolyline(shape)

    def region(self) -> QRegion:
        return padded(self.shape().boundingRect(), 8 * self.stage.ratio) if self._drawing else QRegion()

    def purpose(self) -> str:
        """What finishing the draft, or one begun now, does."""
        mode = self._mode if self._drawing else self.stage.options.mode
        return verb(mode, "fill", area_title(self.session, self._label if self._drawing else None))

    def hints(self) -> Hints:
        return [
            ("Drag", self.purpose()),
            ("Alt drag", "take away"),
            ("Ctrl drag", "keep inside"),
            ("Shift", "even sides"),
            ("Esc", "drop it"),
        ]


class DragShape(Shape):
    """A shape between two opposite corners."""

    heeds_shift = True

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._a = self._b = Point(0.0, 0.0)

    def press(self, pointer: Pointer) -> None:
        self.pointer = pointer
        self.begin(pointer)
        self._a = self._b = pointer.at

    def move(self, pointer: Pointer) -> None:
        self.pointer = pointer
        if not self._drawing:
            return
        x, y = pointer.at
        if pointer.shift:
            side = max(abs(x - self._a.x), abs(y - self._a.y))
            x = self._a.x + math.copysign(side, x - self._a.x)
            y = self._a.y + math.copysign(side, y - self._a.y)
        self._b = Point(x, y)

    def release(self, pointer: Pointer) -> None:
        if not self._drawing:
            return
        self.move(pointer)
        self.finish()


class RectangleTool(DragShape):
    """A rectangle, with Shift a square."""

    def outline(self) -> Sequence[Point]:
        a, b = self._a, self._b
        return (a, Point(b.x, a.y), b, Point(a.x, b.y), a)

    def stencil(self) -> tuple[Stencil, Box]:
        return raster.rectangle(self._a, self._b, self.within)


class EllipseTool(DragShape):
    """An ellipse, with Shift a circle."""

    def outline(self) -> Sequence[Point]:
        a, b = self._a, self._b
        x, y, rx, ry = (a.x + b.x) / 2, (a.y + b.y) / 2, (b.x - a.x) / 2, (b.y - a.y) / 2
        turns = [2 * math.pi * k / 96 for k in range(97)]
        return [Point(x + rx * math.cos(t), y + ry * math.sin(t)) for t in turns]

    def stencil(self) -> tuple[Stencil, Box]:
        return raster.ellipse(self._a, self._b, self.within)


class LassoTool(Shape):
    """A shape drawn by hand, closed on release."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._points: list[Point] = []

    def outline(self) -> Sequence[Point]:
        return self._points

    def press(self, pointer: Pointer) -> None:
        self.begin(pointer)
        self._points = [pointer.at]

    def move(self, pointer: Pointer) -> None:
        if self._drawing and pointer.at != self._points[-1]:
            self._points.append(pointer.at)

    def release(self, pointer: Pointer) -> None:
        if self._drawing:
            self.move(pointer)
            self.finish()

    def reset(self) -> None:
        super().reset()
        self._points = []

    def hints(self) -> Hints:
        return [hint for hint in super().hints() if hint[0] != "Shift"]


class Outline(Shape):
    """An outline that is clicked together: it waits while other things are done, and undo takes its places back."""

    def leave(self) -> None:
        """It needs no held button."""

    @property
    def undo_title(self) -> str:
        return "the last place" if self._drawing else ""

    def undo(self) -> None:
        self.key(Qt.Key.Key_Backspace)


class PolygonTool(Outline):
    """A shape by its corners: each click sets one; the first one, Enter or a double click closes it.

    Shift keeps to steps of 45 degrees; Backspace, undo and the other button take a corner back.
    """

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._points: list[Point] = []
        self._taken_back: list[Point] = []
        self._right = False
        """Whether the right button has begun it."""

    def outline(self) -> Sequence[Point]:
        if self.pointer is None:
            return self._points
        return [*self._points, self._next(self.pointer)]

    def stencil(self) -> tuple[Stencil, Box]:
        return raster.polygon(self._points, self.within)

    def press(self, pointer: Pointer) -> None:
        self.pointer = pointer
        if not self._drawing:
            self.begin(pointer)
            self._points, self._taken_back, self._right = [pointer.at], [], pointer.right
        elif pointer.right and not self._right:
            self.undo()
        elif self._closes(pointer):
            self.finish()
        else:
            self._points.append(self._next(pointer))
            self._taken_back = []

    def move(self, pointer: Pointer) -> None:
        self.pointer = pointer

    def double(self, pointer: Pointer) -> None:
        if self._drawing:
            self.finish()

    def wants(self, key: int) -> bool:
        return self._drawing and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Backspace)

    def key(self, key: int) -> bool:
        if not self.wants(key):
            return False
        if key == Qt.Key.Key_Backspace:
            self._taken_back.append(self._points.pop())
            if not self._points:
                self.reset()
        else:
            self.finish()
        return True

    @property
    def redo_title(self) -> str:
        return "the corner" if self._drawing and self._taken_back else ""

    def redo(self) -> None:
        self._points.append(self._taken_back.pop())

    def slight(self) -> bool:
        return len(set(self._points)) < 3

    def reset(self) -> None:
        super().reset()
        self._points = []

    def draw(self, painter: QPainter) -> None:
        super().draw(painter)
        if self._drawing and self._points:
            first = QPointF(*self.stage.navigation.to_view(self._points[0]))
            if len(self._points) >= 2:
                painter.setPen(QPen(QColor(255, 255, 255, 120), self.stage.ratio))
                painter.drawLine(self.shape().last(), first)
            closing = self.pointer is not None and self._closes(self.pointer)
            size = (6.5 if closing else 4.0) * self.stage.ratio
            for pen in twofold(painter, self.stage.ratio):
                painter.setPen(pen)
                painter.drawEllipse(first, size, size)

    def region(self) -> QRegion:
        region = super().region()
        if self._drawing and self._points:
            first = QPointF(*self.stage.navigation.to_view(self._points[0]))
            region += padded(QRectF(first, first), 12 * self.stage.ratio)
        return region

    def hints(self) -> Hints:
        return [
            ("Click", "set a corner"),
            ("Shift", "45 degrees"),
            ("Backspace", "take one back"),
            ("Enter", self.purpose()),
            ("Esc", "drop it"),
        ]

    def _closes(self, pointer: Pointer) -> bool:
        return len(self._points) >= 3 and closes(self.stage, self._points[0], pointer)

    def _next(self, pointer: Pointer) -> Point:
        if not pointer.shift or not self._points:
            return pointer.at
        last = self._points[-1]
        dx, dy = pointer.at.x - last.x, pointer.at.y - last.y
        turn = round(math.atan2(dy, dx) / (math.pi / 4)) * (math.pi / 4)
        along = dx * math.cos(turn) + dy * math.sin(turn)
        return Point(last.x + along * math.cos(turn), last.y + along * math.sin(turn))
