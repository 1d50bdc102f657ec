"""Where an area is put: scaled along its own axes and turned about its middle, then moved. All in one step from the
original, so that nothing is lost however often the numbers change."""

from __future__ import annotations

import math
from dataclasses import dataclass

from desktop.core.geometry import Box, Point

_QUARTERS = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))
"""Cosine and sine of no, one, two and three quarter turns, without the rounding of `math.cos`."""


@dataclass(frozen=True, slots=True)
class Placement:
    """``dx`` and ``dy`` in pixels; a scale of 1.0 is as it was, below 0 it mirrors; ``angle`` in degrees, clockwise as
    seen. Raises ValueError for a scale of 0 and for what is no number."""

    dx: float = 0.0
    dy: float = 0.0
    scale_x: float = 1.0
    scale_y: float = 1.0
    angle: float = 0.0

    def __post_init__(self) -> None:
        values = (self.dx, self.dy, self.scale_x, self.scale_y, self.angle)
        if not all(math.isfinite(value) for value in values) or not self.scale_x or not self.scale_y:
            raise ValueError("a placement needs numbers, and a scale that is not 0")

    @property
    def turn(self) -> tuple[float, float]:
        """Cosine and sine of the angle; exact for quarter turns."""
        quarters, rest = divmod(self.angle, 90.0)
        if not rest:
            return _QUARTERS[int(quarters) % 4]
        return math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))

    @property
    def upright(self) -> bool:
        """Whether rows stay rows, or become columns: a turn by quarters only."""
        return not self.angle % 90.0

    def of(self, p: Point, middle: Point) -> Point:
        """Where a point goes that belongs to the area with this middle (pixels of the picture)."""
        cos, sin = self.turn
        x, y = (p.x - middle.x) * self.scale_x, (p.y - middle.y) * self.scale_y
        return Point(x * cos - y * sin + middle.x + self.dx, x * sin + y * cos + middle.y + self.dy)

    def back(self, p: Point, middle: Point) -> Point:
        """Where a point came from: the reverse of `of`."""
        cos, sin = self.turn
        x, y = p.x - middle.x - self.dx, p.y - middle.y - self.dy
        return Point(
            (x * cos + y * sin) / self.scale_x + middle.x, (y * cos - x * sin) / self.scale_y + middle.y
        )


def middle_of(box: Box) -> Point:
    """The middle of a box: what its area is scaled and turned about."""
    return Point((box.left + box.right) / 2, (box.top + box.bottom) / 2)


def corners_of(box: Box) -> tuple[Point, Point, Point, Point]:
    """The corners of a box, clockwise from the upper left."""
    return (
        Point(box.left, box.top),
        Point(box.right, box.top),
        Point(box.right, box.bottom),
        Point(box.left, box.bottom),
    )
