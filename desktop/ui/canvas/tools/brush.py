"""Brush and eraser."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QRegion

from desktop.core import edits
from desktop.core.geometry import Point
from desktop.imaging import raster
from desktop.ui.canvas.tools.base import Hints, Pointer, Stage, Tool, padded, twofold
from desktop.ui.canvas.tools.modes import area_title

_MOST_CACHED = 1500.0
"""Device pixels of radius up to which the outline is kept as an image."""
_LEAST_PRESSURE = 0.08
_MOST_STEADY = 0.95


def draw_ring(painter: QPainter, centre: QPointF, radius: float, ratio: float) -> None:
    """The brush's outline: a light circle with a dark rim."""
    for pen in twofold(painter, ratio):
        painter.setPen(pen)
        painter.drawEllipse(centre, radius, radius)


@lru_cache(maxsize=4)
def ring_image(radius: float, ratio: float) -> QImage:
    """`draw_ring` as an image: a large circle takes ten times as long to draw as to copy."""
    side = 2 * math.ceil(radius + 4 * ratio)
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_ring(painter, QPointF(side / 2, side / 2), radius, ratio)
    return image


class BrushTool(Tool):
    """Paints the chosen area with a round brush; the right button erases.

    In the mode *take away* it takes pixels from the chosen area alone.

    Shift-click draws a straight line from the end of the last stroke; Alt-drag sets the size.
    """

    cursor = Qt.CursorShape.BlankCursor
    name = "brush"
    erases = False

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._painting = False
        self._erasing = False
        self._taking = False
        self._label = 1
        self._at: Point | None = None
        self._radius = 0.0
        self._end: Point | None = None
        self._sizing: tuple[Pointer, int] | None = None

    @property
    def busy(self) -> bool:
        return self._painting or self._sizing is not None

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
        if not self.session.begin_gesture(verb):
            return
        if not self._erasing and not self.session.ready_to_paint(self._label):
            self.session.abort_gesture()
            return
        self._painting = True
        start = self._end if pointer.shift and self._end is not None else pointer.at
        self._radius = self._radius_of(pointer)
        self._at = start
        self._segment(start, pointer.at, self._radius)

    def move(self, pointer: Pointer) -> None:
        if self._sizing is not None:
            start, size = self._sizing
            grown = (pointer.x - start.x) / self.stage.navigation.zoom * 2
            self.stage.options.set_size(self.name, size + grown)
            return
        self.pointer = pointer
        if not self._painting or self._at is None:
            return
        share = 1.0 - _MOST_STEADY * self.stage.options.steady / 100
        to = Point(
            self._at.x + (pointer.at.x - self._at.x) * share, self._at.y + (pointer.at.y - self._at.y) * share
        )
        self._segment(self._at, to, self._radius_of(pointer))

    def release(self, pointer: Pointer) -> None:
        if self._sizing is not None:
            self._sizing = None
            return
        self.pointer = pointer
        if not self._painting or self._at is None:
            return
        if pointer.at != self._at:
            self._segment(self._at, pointer.at, self._radius)
        self._end = pointer.at
        self._painting = False
        self.session.commit_gesture()

    def cancel(self) -> None:
        if self._sizing is not None:
            self.stage.options.set_size(self.name, self._sizing[1])
        if self._painting:
            self.session.abort_gesture()
        self.forget()

    def forget(self) -> None:
        self._painting, self._sizing = False, None

    def draw(self, painter: QPainter) -> None:
        shown = self._ring()
        if shown is None:
            return
        centre, radius = shown
        if radius <= _MOST_CACHED:
            ring = ring_image(round(radius * 4) / 4, self.stage.ratio)
            half = ring.width() / 2
            painter.drawImage(QPoint(round(centre.x() - half), round(centre.y() - half)), ring)
        else:
            draw_ring(painter, centre, radius, self.stage.ratio)
        if radius < 4 * self.stage.ratio:
            self._draw_cross(painter, centre, 9 * self.stage.ratio)
        line = self._straight()
        if line is not None:
            dark, light = twofold(painter, self.stage.ratio, dashed=True)
            for pen in (dark, light):
                painter.setPen(pen)
                painter.drawLine(*line)

    def region(self) -> QRegion:
        shown = self._ring()
        if shown is None:
            return QRegion()
        centre, radius = shown
        pad = 3 * self.stage.ratio
        outer = padded(QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius), pad)
        inner = math.floor((radius - pad) * math.sqrt(0.5)) - 1
        if inner > 0:
            outer -= QRegion(
                QRect(round(centre.x()) - inner, round(centre.y()) - inner, 2 * inner, 2 * inner)
            )
        if radius < 4 * self.stage.ratio:
            outer += padded(QRectF(centre, centre), 12 * self.stage.ratio)
        line = self._straight()
        if line is not None:
            outer += padded(QRectF(*line).normalized(), pad)
        return outer

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

    def _segment(self, start: Point, to: Point, radius: float) -> None:
        stencil, box = raster.segment(start, to, self._radius, radius, self.within)
        self._at, self._radius = to, radius
        shot = self.session.shot
        if box.empty or shot is None:
            return
        if self._erasing:
            self.session.paint(edits.erase(shot, stencil, box))
        elif self._taking:
            self.session.paint(edits.take(shot, stencil, box, self._label))
        else:
            self.session.paint(edits.add(shot, stencil, box, self._label))

    def _ring(self) -> tuple[QPointF, float] | None:
        pointer = self._sizing[0] if self._sizing is not None else self.pointer
        if pointer is None:
            return None
        return QPointF(pointer.x, pointer.y), self._size / 2 * self.stage.navigation.zoom

    def _straight(self) -> tuple[QPointF, QPointF] | None:
        """The line that a Shift-click would draw."""
        if self.busy or self.pointer is None or not self.pointer.shift or self._end is None:
            return None
        return QPointF(*self.stage.navigation.to_view(self._end)), QPointF(self.pointer.x, self.pointer.y)

    def _draw_cross(self, painter: QPainter, centre: QPointF, arm: float) -> None:
        painter.setPen(twofold(painter, self.stage.ratio)[1])
        for dx, dy in ((1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)):
            near = centre + QPointF(dx, dy) * (arm * 0.6)
            painter.drawLine(near, centre + QPointF(dx, dy) * arm)


class EraserTool(BrushTool):
    """Erases every area that is not locked."""

    name = "eraser"
    erases = True
