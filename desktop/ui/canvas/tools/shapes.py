"""Rectangle, ellipse and lasso: shapes that are drawn in one drag and carried out on release."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPolygonF, QRegion

from desktop.core.geometry import Box, Point
from desktop.core.label_map import Stencil
from desktop.imaging import raster
from desktop.ui.canvas.tools.base import CLICK_REACH, Hints, Pointer, Stage, Tool, padded, twofold
from desktop.ui.canvas.tools.modes import Mode, apply_shape, area_title, other_modes, verb


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

    @property
    def sign(self) -> Mode | None:
        if self._drawing or self.pointer is None:
            return self._mode
        return self.mode_of(self.pointer)

    def purpose(self) -> str:
        """What finishing the draft, or one begun now, does."""
        mode = self._mode if self._drawing else self.stage.options.mode
        return verb(mode, "fill", area_title(self.session, self._label if self._drawing else None))

    def hints(self) -> Hints:
        others = other_modes(self.stage.options.mode, "drag")
        return [("Drag", self.purpose()), *others, *self.aids, ("Esc", "drop it")]

    @property
    def aids(self) -> Hints:
        """Hints of what helps to draw it."""
        return []


class DragShape(Shape):
    """A shape between two opposite corners; Shift makes the sides even.

    Shift that was held at the press and has said there what the shape does makes them even when it is pressed again.
    """

    heeds_shift = True

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._a = self._b = Point(0.0, 0.0)
        self._shift_spent = False
        """Whether Shift is still held from the press, where it has chosen the mode."""

    def press(self, pointer: Pointer) -> None:
        self.pointer = pointer
        self.begin(pointer)
        self._shift_spent = pointer.shift and self.mode_of(replace(pointer, shift=False)) != self._mode
        self._a = self._b = pointer.at

    def move(self, pointer: Pointer) -> None:
        self.pointer = pointer
        if not self._drawing:
            return
        self._shift_spent = self._shift_spent and pointer.shift
        x, y = pointer.at
        if pointer.shift and not self._shift_spent:
            side = max(abs(x - self._a.x), abs(y - self._a.y))
            x = self._a.x + math.copysign(side, x - self._a.x)
            y = self._a.y + math.copysign(side, y - self._a.y)
        self._b = Point(x, y)

    def release(self, pointer: Pointer) -> None:
        if not self._drawing:
            return
        self.move(pointer)
        self.finish()

    @property
    def aids(self) -> Hints:
        """Where Shift adds at the press, it comes after it."""
        adds = self.stage.options.mode == "add"
        return [("Shift" if adds else "Drag, then Shift", "even sides")]


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
        self.pointer = pointer
        self.begin(pointer)
        self._points = [pointer.at]

    def move(self, pointer: Pointer) -> None:
        self.pointer = pointer
        if self._drawing and pointer.at != self._points[-1]:
            self._points.append(pointer.at)

    def release(self, pointer: Pointer) -> None:
        if self._drawing:
            self.move(pointer)
            self.finish()

    def reset(self) -> None:
        super().reset()
        self._points = []
