"""Handles on an area that is being moved and scaled; the panel that shows the numbers lends it to the canvas."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QRegion

from desktop.core.geometry import Box, Point, distance
from desktop.ui.canvas.tools.base import Hints, Pointer, Stage, Tool, padded, twofold

_REACH = 10.0
_SIDE = 9.0
_NUDGES = {
    int(Qt.Key.Key_Left): (-1, 0),
    int(Qt.Key.Key_Right): (1, 0),
    int(Qt.Key.Key_Up): (0, -1),
    int(Qt.Key.Key_Down): (0, 1),
}


@dataclass(frozen=True, slots=True)
class Placement:
    """The area's ``bounds`` before, how far it is moved (pixels) and scaled about its middle."""

    bounds: Box
    dx: float = 0.0
    dy: float = 0.0
    scale: float = 1.0

    @property
    def middle(self) -> Point:
        """The middle of the area where it is now."""
        box = self.bounds
        return Point((box.left + box.right) / 2 + self.dx, (box.top + box.bottom) / 2 + self.dy)

    @property
    def corners(self) -> tuple[Point, Point, Point, Point]:
        """The corners of the area where it is now, clockwise."""
        x, y = self.middle
        wide, high = self.bounds.width / 2 * self.scale, self.bounds.height / 2 * self.scale
        return (
            Point(x - wide, y - high),
            Point(x + wide, y - high),
            Point(x + wide, y + high),
            Point(x - wide, y + high),
        )


class Placing(Protocol):
    """What the handles move."""

    @property
    def placement(self) -> Placement | None:
        """Where the area is; None while that is not known yet."""

    def set_placement(self, dx: float, dy: float, scale: float) -> None:
        """Move and scale it to there."""

    def nudge(self, dx: int, dy: int) -> None:
        """Move it by so many pixels more."""

    def apply(self) -> None:
        """Keep it."""

    def cancel(self) -> None:
        """Put it back."""


class PlaceHandles(Tool):
    """A drag moves, a corner scales, Shift keeps to one direction, the arrow keys move by a pixel."""

    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(self, stage: Stage, placing: Placing) -> None:
        super().__init__(stage)
        self._placing = placing
        self._start: tuple[Pointer, Placement, bool] | None = None

    @property
    def busy(self) -> bool:
        return True

    def press(self, pointer: Pointer) -> None:
        placement = self._placing.placement
        if placement is not None:
            self._start = (pointer, placement, self._corner(pointer, placement))

    def move(self, pointer: Pointer) -> None:
        self.pointer = pointer
        if self._start is None:
            return
        start, placement, scaling = self._start
        if scaling:
            before = max(distance(start.at, placement.middle), 1.0)
            scale = placement.scale * distance(pointer.at, placement.middle) / before
            self._placing.set_placement(placement.dx, placement.dy, scale)
            return
        dx, dy = pointer.at.x - start.at.x, pointer.at.y - start.at.y
        if pointer.shift:
            dx, dy = (dx, 0.0) if abs(dx) >= abs(dy) else (0.0, dy)
        self._placing.set_placement(round(placement.dx + dx), round(placement.dy + dy), placement.scale)

    def release(self, pointer: Pointer) -> None:
        self.move(pointer)
        self._start = None

    def double(self, pointer: Pointer) -> None:
        self._placing.apply()

    def wants(self, key: int) -> bool:
        return key in _NUDGES or key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)

    def key(self, key: int) -> bool:
        if key in _NUDGES:
            self._placing.nudge(*_NUDGES[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._placing.apply()
        else:
            return False
        return True

    def cancel(self) -> None:
        self._start = None
        self._placing.cancel()

    def leave(self) -> None:
        """The panel has the keyboard now: what is shown waits."""
        self._start = None

    def draw(self, painter: QPainter) -> None:
        placement = self._placing.placement
        if placement is None:
            return
        corners = [QPointF(*self.stage.navigation.to_view(p)) for p in placement.corners]
        for pen in twofold(painter, self.stage.ratio, dashed=True):
            painter.setPen(pen)
            painter.drawPolygon(corners)
        side = _SIDE * self.stage.ratio
        painter.setPen(QPen(QColor(0, 0, 0, 190), self.stage.ratio))
        painter.setBrush(QColor(255, 255, 255))
        for corner in corners:
            painter.drawRect(QRectF(corner.x() - side / 2, corner.y() - side / 2, side, side))

    def region(self) -> QRegion:
        placement = self._placing.placement
        if placement is None:
            return QRegion()
        first, _, last, _ = placement.corners
        view = self.stage.navigation.to_view
        frame = QRectF(QPointF(*view(first)), QPointF(*view(last))).normalized()
        return padded(frame, _SIDE * self.stage.ratio)

    def hints(self) -> Hints:
        return [
            ("Drag", "move"),
            ("Corner", "scale"),
            ("Shift", "one direction"),
            ("← → ↑ ↓", "a pixel"),
            ("Enter", "keep"),
            ("Esc", "put it back"),
        ]

    def _corner(self, pointer: Pointer, placement: Placement) -> bool:
        reach = _REACH * self.stage.ratio
        places = [self.stage.navigation.to_view(p) for p in placement.corners]
        return any(math.hypot(pointer.x - x, pointer.y - y) <= reach for x, y in places)
