"""Boxes and points in image pixels.

Coordinates are pixels of the upright image, x to the right and y **down**, the origin at the outer corner of
the top-left pixel, so pixel (column c, row r) covers [c, c + 1) x [r, r + 1) and its centre is (c + 0.5, r + 0.5).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Point(NamedTuple):
    """A position in image pixels (float, y down)."""

    x: float
    y: float


class Box(NamedTuple):
    """A half-open pixel rectangle: columns ``left <= c < right``, rows ``top <= r < bottom``."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return max(0, self.right - self.left)

    @property
    def height(self) -> int:
        return max(0, self.bottom - self.top)

    @property
    def area(self) -> int:
        return self.width * self.height

    @property
    def empty(self) -> bool:
        return self.right <= self.left or self.bottom <= self.top

    def intersect(self, other: Box) -> Box:
        """The common part; an empty box (zero area) when there is none."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        return Box(
            left, top, max(left, min(self.right, other.right)), max(top, min(self.bottom, other.bottom))
        )

    def union(self, other: Box) -> Box:
        """The smallest box that holds both; an empty box adds nothing."""
        if self.empty:
            return other
        if other.empty:
            return self
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def holds(self, other: Box) -> bool:
        """Whether every pixel of ``other`` is in this box."""
        return other.empty or self.union(other) == self

    def without(self, other: Box) -> tuple[Box, ...]:
        """The pixels outside ``other``, as up to four boxes that do not overlap."""
        kept = self.intersect(other)
        if kept.empty:
            return () if self.empty else (self,)
        strips = (
            Box(self.left, self.top, self.right, kept.top),
            Box(self.left, kept.bottom, self.right, self.bottom),
            Box(self.left, kept.top, kept.left, kept.bottom),
            Box(kept.right, kept.top, self.right, kept.bottom),
        )
        return tuple(strip for strip in strips if not strip.empty)

    def grow(self, pixels: int) -> Box:
        """The box with ``pixels`` more on every side."""
        return Box(self.left - pixels, self.top - pixels, self.right + pixels, self.bottom + pixels)

    def moved(self, dx: int, dy: int) -> Box:
        """The box ``dx`` further right and ``dy`` further down."""
        return Box(self.left + dx, self.top + dy, self.right + dx, self.bottom + dy)

    @property
    def slices(self) -> tuple[slice, slice]:
        """(rows, columns) to index an H x W array with; the box must lie inside the array."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def slices_in(self, outer: Box) -> tuple[slice, slice]:
        """The same for an array that holds the pixels of ``outer``, which this box must lie inside."""
        return self.moved(-outer.left, -outer.top).slices


EMPTY_BOX = Box(0, 0, 0, 0)


def whole(width: int, height: int) -> Box:
    """The box of a whole ``width`` x ``height`` image."""
    return Box(0, 0, width, height)


def same_shape(size: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two pictures of these widths and heights have the same aspect, up to one pixel of rounding."""
    return abs(size[1] * other[0] / size[0] - other[1]) <= 1.0


def box_around(points: Iterable[Point], margin: float = 0.0) -> Box:
    """The smallest pixel box that covers the points and ``margin`` pixels around them."""
    listed = list(points)
    if not listed:
        return EMPTY_BOX
    return Box(
        math.floor(min(p.x for p in listed) - margin),
        math.floor(min(p.y for p in listed) - margin),
        math.floor(max(p.x for p in listed) + margin) + 1,
        math.floor(max(p.y for p in listed) + margin) + 1,
    )


def distance(a: Point, b: Point) -> float:
    """Euclidean distance in pixels."""
    return math.hypot(a.x - b.x, a.y - b.y)


def foot(p: Point, a: Point, b: Point) -> Point:
    """The point of the straight line from ``a`` to ``b``, which may be one place, that is next to ``p``."""
    dx, dy = b.x - a.x, b.y - a.y
    squared = dx * dx + dy * dy
    part = 0.0 if squared == 0.0 else min(max(((p.x - a.x) * dx + (p.y - a.y) * dy) / squared, 0.0), 1.0)
    return Point(a.x + dx * part, a.y + dy * part)


def length(points: Sequence[Point]) -> float:
    """Length of the polyline in pixels."""
    return sum(distance(a, b) for a, b in itertools.pairwise(points))


def aspect_text(width: int, height: int) -> str:
    """The aspect ratio in words, like ``"2.53:1"`` or ``"1:2.5"``."""
    if width >= height:
        return f"{round(width / height, 3):g}:1"
    return f"1:{round(height / width, 3):g}"


def pixel_of(value: float, size: int, sent_size: int) -> int:
    """Column (or row, counted from the top) in an image of ``sent_size`` that a coordinate of ``size`` falls in.

    floor(value * sent_size / size), clamped to the image.
    """
    return min(max(math.floor(value * sent_size / size), 0), sent_size - 1)
