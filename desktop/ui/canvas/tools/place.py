"""Handles on an area that is moved, scaled and turned; the panel that shows the numbers lends it to the canvas."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QRegion

from desktop.core.geometry import Box, Point
from desktop.core.placement import Placement, corners_of, middle_of
from desktop.ui.canvas.tools.base import ENTER, Hints, Pointer, Stage, Tool, padded, twofold

_REACH = 10.0
_SIDE = 9.0
STALK = 26.0
"""Logical pixels from the frame to the handle that turns it."""
_STEP = 15.0
"""Degrees that Shift keeps to."""
LEAST_SCALE, MOST_SCALE = 0.01, 16.0
_NUDGES = {
    int(Qt.Key.Key_Left): (-1, 0),
    int(Qt.Key.Key_Right): (1, 0),
    int(Qt.Key.Key_Up): (0, -1),
    int(Qt.Key.Key_Down): (0, 1),
}
_SLANTS = (
    Qt.CursorShape.SizeHorCursor,
    Qt.CursorShape.SizeFDiagCursor,
    Qt.CursorShape.SizeVerCursor,
    Qt.CursorShape.SizeBDiagCursor,
)
"""Pointers for a pull to the right, and every eighth of a turn from there, clockwise."""


@dataclass(frozen=True, slots=True)
class Handle:
    """One handle: which way it lies from the middle (-1, 0, 1), or the one that turns."""

    across: int
    down: int
    turns: bool = False


_HANDLES = tuple(Handle(x, y) for y in (-1, 0, 1) for x in (-1, 0, 1) if x or y)
_TURN = Handle(0, -1, True)


@dataclass(frozen=True, slots=True)
class Placed:
    """An area's ``bounds`` before, and where it is put."""

    bounds: Box
    placement: Placement

    @property
    def middle(self) -> Point:
        """The middle of the area where it is now."""
        return self.at(0, 0)

    @property
    def corners(self) -> tuple[Point, ...]:
        """The corners of the area where they are now, clockwise."""
        middle = middle_of(self.bounds)
        return tuple(self.placement.of(corner, middle) for corner in corners_of(self.bounds))

    def at(self, across: float, down: float) -> Point:
        """A place of the area where it is now: 0 is its middle, -1 and 1 are its sides."""
        middle = middle_of(self.bounds)
        x, y = middle.x + across * self.bounds.width / 2, middle.y + down * self.bounds.height / 2
        return self.placement.of(Point(x, y), middle)


class Placing(Protocol):
    """What the handles move."""

    @property
    def placed(self) -> Placed | None:
        """Where the area is; None while that is not known yet."""

    @property
    def proportional(self) -> bool:
        """Whether a corner keeps the proportions, when Shift does not ask for the contrary."""

    def set_placement(self, placement: Placement) -> None:
        """Put it there."""

    def nudge(self, dx: int, dy: int) -> None:
        """Move it by so many pixels more, be it known or not yet where it is."""

    @property
    def copying(self) -> bool:
        """Whether it is a copy, which goes into an area that can be chosen."""

    def choose_target(self, label: int) -> None:
        """Let the copy go into this area."""

    def apply(self) -> None:
        """Keep it."""

    def cancel(self) -> None:
        """Put it back."""

    def give_way(self) -> None:
        """Something else is chosen: put it back unless it was applied."""


class PlaceHandles(Tool):
    """A drag moves, a corner or a side scales about the middle, the round handle turns; the arrow keys move by a pixel.

    Shift keeps a move to one direction, frees a corner from the proportions (or holds it to them), and turns in steps.
    """

    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(self, stage: Stage, placing: Placing) -> None:
        super().__init__(stage)
        self._placing = placing
        self._start: tuple[Pointer, Placed, Handle | None] | None = None

    @property
    def busy(self) -> bool:
        return True

    def press(self, pointer: Pointer) -> None:
        placed = self._placing.placed
        if placed is not None:
            self._start = (pointer, placed, self._handle_at(pointer, placed))

    def move(self, pointer: Pointer) -> None:
        self.pointer = pointer
        if self._start is None:
            return
        start, placed, handle = self._start
        if handle is None:
            wanted = _moved(placed.placement, start, pointer)
        elif handle.turns:
            wanted = _turned(placed, start, pointer)
        else:
            free = pointer.shift == self._placing.proportional
            wanted = _scaled(placed, handle, start, pointer, free=free)
        self._placing.set_placement(wanted)

    def release(self, pointer: Pointer) -> None:
        self.move(pointer)
        self._start = None

    def hover(self, pointer: Pointer | None) -> None:
        super().hover(pointer)
        placed = self._placing.placed
        if pointer is not None and placed is not None:
            self.cursor = self._cursor(placed, self._handle_at(pointer, placed))

    def double(self, pointer: Pointer) -> None:
        self._placing.apply()

    def wants(self, key: int) -> bool:
        return key in _NUDGES or key in ENTER

    def key(self, key: int) -> bool:
        if key in _NUDGES:
            self._placing.nudge(*_NUDGES[key])
        elif key in ENTER:
            self._placing.apply()
        else:
            return False
        return True

    def area_key(self, label: int) -> bool:
        if self._placing.copying:
            self._placing.choose_target(label)
        return self._placing.copying

    def cancel(self) -> None:
        self._start = None
        self._placing.cancel()

    def settle(self) -> None:
        self._start = None
        self._placing.give_way()

    def leave(self) -> None:
        """The panel has the keyboard now: what is shown waits."""
        self._start = None

    def draw(self, painter: QPainter) -> None:
        placed = self._placing.placed
        if placed is None:
            return
        ratio, (foot, knob) = self.stage.ratio, self._stalk(placed)
        for pen in twofold(painter, ratio, dashed=True):
            painter.setPen(pen)
            painter.drawPolygon(self._outline(placed))
        for pen in twofold(painter, ratio):
            painter.setPen(pen)
            painter.drawLine(foot, knob)
        side = _SIDE * ratio
        painter.setPen(QPen(QColor(0, 0, 0, 190), ratio))
        painter.setBrush(QColor(255, 255, 255))
        for handle in _HANDLES:
            at = self._place(placed, handle)
            painter.drawRect(QRectF(at.x() - side / 2, at.y() - side / 2, side, side))
        painter.drawEllipse(knob, side * 0.6, side * 0.6)

    def region(self) -> QRegion:
        placed = self._placing.placed
        if placed is None:
            return QRegion()
        corners = self._outline(placed).boundingRect()
        knob = self._stalk(placed)[1]
        return padded(corners.united(QRectF(knob, knob)), _SIDE * self.stage.ratio)

    def hints(self) -> Hints:
        corner = "scale, Shift: freely" if self._placing.proportional else "scale, Shift: evenly"
        return [
            ("Drag", "move, Shift: one direction"),
            ("Corner", corner),
            ("Side", "one way"),
            ("Round handle", "turn, Shift: by 15°"),
            ("Enter", "keep"),
            ("Esc", "put it back"),
            *([("0 to 6", "copy to that area")] if self._placing.copying else []),
            ("← → ↑ ↓", "a pixel"),
        ]

    # Inside

    def _place(self, placed: Placed, handle: Handle) -> QPointF:
        """Where a handle is, in device pixels of the view."""
        if handle.turns:
            return self._stalk(placed)[1]
        return QPointF(*self.stage.navigation.to_view(placed.at(handle.across, handle.down)))

    def _outline(self, placed: Placed) -> QPolygonF:
        view = self.stage.navigation.to_view
        return QPolygonF([QPointF(*view(corner)) for corner in placed.corners])

    def _stalk(self, placed: Placed) -> tuple[QPointF, QPointF]:
        """From the frame to the handle that turns: above it, or on the other side when that is out of sight."""
        nav, stalk = self.stage.navigation, STALK * self.stage.ratio
        middle = QPointF(*nav.to_view(placed.middle))
        cos, sin = placed.placement.turn
        up = QPointF(sin, -cos)
        reach = abs(placed.placement.scale_y) * placed.bounds.height / 2 * nav.zoom
        ends = [(middle + up * side * reach, middle + up * side * (reach + stalk)) for side in (1, -1)]
        seen = QRectF(0, 0, nav.view_width, nav.view_height)
        return next((end for end in ends if seen.contains(end[1])), ends[0])

    def _handle_at(self, pointer: Pointer, placed: Placed) -> Handle | None:
        """The handle under the pointer, the nearest one of a small frame."""
        reach = _REACH * self.stage.ratio

        def away(handle: Handle) -> float:
            at = self._place(placed, handle)
            return math.hypot(pointer.x - at.x(), pointer.y - at.y())

        nearest = min((_TURN, *_HANDLES), key=away)
        return nearest if away(nearest) <= reach else None

    def _cursor(self, placed: Placed, handle: Handle | None) -> Qt.CursorShape:
        if handle is None:
            return Qt.CursorShape.SizeAllCursor
        if handle.turns:
            return Qt.CursorShape.PointingHandCursor
        pull = self._place(placed, handle) - QPointF(*self.stage.navigation.to_view(placed.middle))
        return _SLANTS[round(math.degrees(math.atan2(pull.y(), pull.x())) / 45.0) % 4]


def _moved(was: Placement, start: Pointer, pointer: Pointer) -> Placement:
    """By whole pixels, so that nothing is resampled."""
    dx, dy = pointer.at.x - start.at.x, pointer.at.y - start.at.y
    if pointer.shift:
        dx, dy = (dx, 0.0) if abs(dx) >= abs(dy) else (0.0, dy)
    return replace(was, dx=float(round(was.dx + dx)), dy=float(round(was.dy + dy)))


def _turned(placed: Placed, start: Pointer, pointer: Pointer) -> Placement:
    middle = placed.middle
    before, now = (math.atan2(p.at.y - middle.y, p.at.x - middle.x) for p in (start, pointer))
    angle = placed.placement.angle + math.degrees(now - before)
    if pointer.shift:
        angle = round(angle / _STEP) * _STEP
    return replace(placed.placement, angle=normal(angle))


def _scaled(placed: Placed, handle: Handle, start: Pointer, pointer: Pointer, *, free: bool) -> Placement:
    """A side scales one way alone; a corner both, by the same factor unless it is free."""
    was, middle = placed.placement, placed.middle
    upright = replace(was, dx=0.0, dy=0.0, scale_x=1.0, scale_y=1.0)
    before, now = (upright.back(p.at, middle) for p in (start, pointer))
    x = _factor(before.x - middle.x, now.x - middle.x) if handle.across else 1.0
    y = _factor(before.y - middle.y, now.y - middle.y) if handle.down else 1.0
    if handle.across and handle.down and not free:
        far = max(math.hypot(before.x - middle.x, before.y - middle.y), 1.0)
        x = y = math.hypot(now.x - middle.x, now.y - middle.y) / far
    return replace(was, scale_x=held(was.scale_x * x), scale_y=held(was.scale_y * y))


def _factor(before: float, now: float) -> float:
    """How many times as far from the middle; a start in the middle itself counts as a pixel away."""
    return now / (before if abs(before) >= 1.0 else math.copysign(1.0, before))


def held(scale: float) -> float:
    """A scale within the limits, with its sign."""
    return math.copysign(min(max(abs(scale), LEAST_SCALE), MOST_SCALE), scale)


def normal(angle: float) -> float:
    """An angle as one above -180 and up to 180 degrees."""
    rest = angle % 360.0
    return rest - 360.0 if rest > 180.0 else rest
