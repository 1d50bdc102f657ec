"""Brush and eraser."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QRegion

from desktop.core import edits
from desktop.core.geometry import Box, Point
from desktop.core.history import Step
from desktop.core.label_map import Stencil
from desktop.core.steady import PulledString, string_length
from desktop.imaging import raster
from desktop.ui.canvas.tools.base import Hints, Pointer, Stage, Tool, padded, twofold
from desktop.ui.canvas.tools.modes import area_title
from desktop.ui.canvas.tools.ring import Ring, cross_region, draw_cross

_LEAST_PRESSURE = 0.08
_SIZE_SHOWN_MS = 900
"""How long the size stands beside the ring after it was changed."""


class BrushTool(Tool):
    """Paints the chosen area with a round brush; the right button erases.

    In the mode *take away* it takes pixels from the chosen area alone.

    Shift-click draws a straight line from the end of the last stroke that is still painted; Alt-drag sets the size. The
    stabiliser lets the brush follow on a string, and at the end it catches up with the pointer.
    """

    cursor = Qt.CursorShape.BlankCursor
    name = "brush"
    erases = False

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._erasing = False
        self._taking = False
        self._label = 1
        self._string: PulledString | None = None
        self._radius = 0.0
        self._ends: list[tuple[Step, Point]] = []
        """Where strokes have ended, each with the step of undo that has painted it."""
        self._sizing: tuple[Pointer, int] | None = None
        self._size_told = QTimer()
        self._size_told.setSingleShot(True)
        self._size_told.setInterval(_SIZE_SHOWN_MS)
        self._size_told.timeout.connect(stage.repaint_tool)
        self.session.shot_replaced.connect(self._forget_ends)
        self.session.history_changed.connect(self._history_changed)
        self.session.active_area_changed.connect(self.settle)
        self.session.gesture_interrupted.connect(self.settle)
        stage.options.size_chosen.connect(self._show_size)

    @property
    def busy(self) -> bool:
        return self._string is not None or self._sizing is not None

    def press(self, pointer: Pointer) -> None:
        self.pointer = pointer
        if pointer.alt and not pointer.right:
            self._sizing = (pointer, self._size)
            return
        self._erasing = self.erases or pointer.right
        self._label = self.session.active_label
        self._taking = self.stage.options.mode == "take" and not self._erasing
        title = area_title(self.session)
        verb = "Erase" if self._erasing else f"Take from {title}" if self._taking else f"Paint {title}"
        if not self.session.begin_gesture(verb, drawn=True):
            return
        if not self._erasing and not self.session.ready_to_paint(self._label):
            self.session.abort_gesture()
            return
        self._radius = self._radius_of(pointer)
        start = (self._end if pointer.shift else None) or pointer.at
        self._string = PulledString(pointer.at, string_length(self.stage.options.steady, self._size))
        self._paint(start, [pointer.at], self._radius)

    def move(self, pointer: Pointer) -> None:
        if self._sizing is not None:
            start, size = self._sizing
            grown = (pointer.x - start.x) / self.stage.navigation.zoom * 2
            self.stage.options.set_size(self.name, size + grown)
            return
        self.pointer = pointer
        if self._string is not None:
            before = self._string.at
            self._paint(before, self._string.pull(pointer.at), self._radius_of(pointer))

    def release(self, pointer: Pointer) -> None:
        if self._sizing is not None:
            self._sizing = None
            return
        self.pointer = pointer
        if self._string is not None:
            before = self._string.at
            self._paint(before, self._string.pull(pointer.at), self._radius)
            self.settle()

    def settle(self) -> None:
        self._sizing = None
        if self._string is None:
            return
        string, before = self._string, self._string.at
        self._paint(before, string.catch_up(), self._radius)
        self._string = None
        self._ended_at(string.at, painted=self.session.commit_gesture())
        self.stage.repaint_tool()

    def leave(self) -> None:
        self.settle()

    def cancel(self) -> None:
        if self._sizing is not None:
            self.stage.options.set_size(self.name, self._sizing[1])
        if self._string is not None:
            self.session.abort_gesture()
        self.forget()

    def forget(self) -> None:
        self._string = self._sizing = None

    def draw(self, painter: QPainter) -> None:
        ring = self._ring()
        if ring is None:
            return
        ratio = self.stage.ratio
        ring.draw(painter)
        string = self._drawn_string()
        if string is not None:
            for pen in twofold(painter, ratio):
                painter.setPen(pen)
                painter.drawLine(*string)
            draw_cross(painter, string[1], ratio, gap=False)
        line = self._straight()
        if line is not None:
            for pen in twofold(painter, ratio, dashed=True):
                painter.setPen(pen)
                painter.drawLine(*line)

    def region(self) -> QRegion:
        ring = self._ring()
        if ring is None:
            return QRegion()
        region, ratio = ring.region(), self.stage.ratio
        string = self._drawn_string()
        if string is not None:
            region += padded(QRectF(*string).normalized(), 3 * ratio)
            region += cross_region(string[1], ratio)
        line = self._straight()
        if line is not None:
            region += padded(QRectF(*line).normalized(), 3 * ratio)
        return region

    def hints(self) -> Hints:
        title = area_title(self.session)
        taking = self.stage.options.mode == "take"
        verb = "erase" if self.erases else f"take from {title}" if taking else f"paint {title}"
        hints = [("Drag", verb)] if self.erases else [("Drag", verb), ("Right drag", "erase")]
        return [*hints, ("[ ]", "size"), ("Shift click", "straight line"), ("Space", "pan")]

    @property
    def _size(self) -> int:
        return self.stage.options.size(self.name)

    def _radius_of(self, pointer: Pointer) -> float:
        pressure = max(pointer.pressure, _LEAST_PRESSURE) if self.stage.options.pressure else 1.0
        return self._size / 2 * pressure

    def _paint(self, start: Point, way: Sequence[Point], radius: float) -> None:
        """Paint along a way, at the end of which the radius is this."""
        if way:
            stencil, box = raster.stroke((start, *way), self._radius, radius, self.within)
            self._radius = radius
            self._put(stencil, box)

    def _put(self, stencil: Stencil, box: Box) -> None:
        shot = self.session.shot
        if box.empty or shot is None:
            return
        if self._erasing:
            self.session.paint(edits.erase(shot, stencil, box))
        elif self._taking:
            self.session.paint(edits.take(shot, stencil, box, self._label))
        else:
            self.session.paint(edits.add(shot, stencil, box, self._label))

    def _show_size(self, tool: str) -> None:
        if tool == self.name:
            self._size_told.start()
            self.stage.repaint_tool()

    @property
    def _end(self) -> Point | None:
        """Where the last stroke has ended that is still painted."""
        return next((end for step, end in reversed(self._ends) if step.done), None)

    def _ended_at(self, end: Point, *, painted: bool) -> None:
        """A stroke has ended. One that painted nothing new, as within its own area, goes with the step before it."""
        while painted and self._ends and not self._ends[-1][0].done:
            self._ends.pop()  # a new step: what was taken back does not come again
        self._ends.append((self.session.last_step or Step(), end))

    def _forget_ends(self) -> None:
        """A straight line goes on from a stroke on this picture, not from one on another."""
        self._ends = []

    def _history_changed(self) -> None:
        """The straight line that shows may begin elsewhere."""
        if self._ends and self.pointer is not None and self.pointer.shift:
            self.stage.repaint_tool()

    def _ring(self) -> Ring | None:
        """The ring where it paints; in the middle of the view while the size is set elsewhere."""
        navigation, changing = self.stage.navigation, self._sizing is not None or self._size_told.isActive()
        pointer = self._sizing[0] if self._sizing is not None else self.pointer
        string = self._drawn_string()
        if string is not None:
            centre = string[0]
        elif pointer is not None:
            centre = QPointF(pointer.x, pointer.y)
        elif changing:
            centre = QPointF(navigation.view_width / 2, navigation.view_height / 2)
        else:
            return None
        return Ring(
            centre,
            self._size / 2 * navigation.zoom,
            self.stage.ratio,
            navigation.view_width,
            navigation.view_height,
            f"{self._size} px" if changing else "",
        )

    def _drawn_string(self) -> tuple[QPointF, QPointF] | None:
        """From the brush to the pointer, while it lags behind."""
        if self._string is None or not self._string.slack:
            return None
        to_view = self.stage.navigation.to_view
        return QPointF(*to_view(self._string.at)), QPointF(*to_view(self._string.pointer))

    def _straight(self) -> tuple[QPointF, QPointF] | None:
        """The line that a Shift-click would draw."""
        if self.busy or self.pointer is None or not self.pointer.shift:
            return None
        end = self._end
        if end is None:
            return None
        return QPointF(*self.stage.navigation.to_view(end)), QPointF(self.pointer.x, self.pointer.y)


class EraserTool(BrushTool):
    """Erases every area that is neither locked nor hidden."""

    name = "eraser"
    erases = True
