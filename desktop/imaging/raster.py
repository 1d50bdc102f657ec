"""Shapes as stencils: what a brush, a rectangle or a lasso covers, in image pixels.

A pixel belongs to a shape when its centre lies inside. Every function returns ``(stencil, box)``: uint8 of the
box's size, non-zero where it covers, cut to ``within`` (the extent of the label map), so that a huge brush at a
corner costs only what can be seen of it. The result depends on the arguments alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from desktop.core.geometry import EMPTY_BOX, Box, Point, box_around
from desktop.core.label_map import Stencil
from desktop.opencv import cv2

EXACT_SIDE = 64
"""Up to this side of the box a stroke is drawn by exact distances; above it OpenCV is several times faster."""

_GROWN = 0.33
"""OpenCV fills a disc a third of a pixel too large, measured against exact distances at radius 40 to 300."""

_THINNEST = 1e-6
"""Pixels of half an axis below which an ellipse is a line, which covers nothing."""

_SHIFT = 4
_ONE = 1 << _SHIFT

_NOTHING: tuple[Stencil, Box] = (np.zeros((0, 0), np.uint8), EMPTY_BOX)


def segment(a: Point, b: Point, radius_a: float, radius_b: float, within: Box) -> tuple[Stencil, Box]:
    """One piece of a stroke: a disc moved from ``a`` to ``b`` while its radius (pixels) changes evenly.

    A brush of one pixel covers exactly the pixels that the line passes through, from centre to centre.
    """
    if max(radius_a, radius_b) < 1.0:
        a, b = _centre(a), _centre(b)
    reach = max(radius_a, radius_b)
    box = box_around((a, b), reach + 1.0).intersect(within)
    if box.empty:
        return _NOTHING
    if max(box.width, box.height) <= EXACT_SIDE or reach < 8.0:
        return _by_distance(a, b, radius_a, radius_b, box), box
    stencil = np.zeros((box.height, box.width), np.uint8)
    _sweep(stencil, box, a, b, radius_a, radius_b)
    return stencil, box


def stroke(line: Sequence[Point], radius_a: float, radius_b: float, within: Box) -> tuple[Stencil, Box]:
    """The `segment`s along a line of at least two points, in one stencil; the radius changes evenly."""
    last = len(line) - 1
    if last == 1:
        return segment(line[0], line[1], radius_a, radius_b, within)
    radii = [radius_a + (radius_b - radius_a) * k / last for k in range(last + 1)]
    reach = max(radius_a, radius_b)
    whole_box = box_around(line, reach + 2.0).intersect(within)
    if whole_box.empty:
        return _NOTHING
    stencil = np.zeros((whole_box.height, whole_box.width), np.uint8)
    for k, (a, b) in enumerate(pairwise(line)):
        box = box_around((a, b), max(radii[k], radii[k + 1]) + 1.0).intersect(within)
        if max(box.width, box.height) > EXACT_SIDE and max(radii[k], radii[k + 1]) >= 8.0:
            _sweep(stencil, whole_box, a, b, radii[k], radii[k + 1])
            continue
        piece, box = segment(a, b, radii[k], radii[k + 1], within)
        if box.empty:
            continue
        stencil[box.slices_in(whole_box)] |= piece
    return stencil, whole_box


def _sweep(stencil: Stencil, box: Box, a: Point, b: Point, radius_a: float, radius_b: float) -> None:
    """Draw a large disc that is moved from ``a`` to ``b`` into the stencil of a box."""
    radius_a, radius_b = max(radius_a - _GROWN, 0.5), max(radius_b - _GROWN, 0.5)
    cv2.circle(stencil, _fixed(a, box), round(radius_a * _ONE), 1, -1, cv2.LINE_8, _SHIFT)
    if a == b:
        return
    cv2.circle(stencil, _fixed(b, box), round(radius_b * _ONE), 1, -1, cv2.LINE_8, _SHIFT)
    body = _body(a, b, radius_a, radius_b)
    if body:
        corners = np.array([_fixed(p, box) for p in body], np.int32)
        cv2.fillConvexPoly(stencil, corners, 1, cv2.LINE_8, _SHIFT)


def rectangle(a: Point, b: Point, within: Box) -> tuple[Stencil, Box]:
    """The rectangle between two opposite corners."""
    box = Box(
        math.ceil(min(a.x, b.x) - 0.5),
        math.ceil(min(a.y, b.y) - 0.5),
        math.ceil(max(a.x, b.x) - 0.5),
        math.ceil(max(a.y, b.y) - 0.5),
    ).intersect(within)
    return (np.ones((box.height, box.width), np.uint8), box) if not box.empty else _NOTHING


def ellipse(a: Point, b: Point, within: Box) -> tuple[Stencil, Box]:
    """The ellipse that fills the rectangle between two opposite corners."""
    box = box_around((a, b)).intersect(within)
    half_x, half_y = abs(b.x - a.x) / 2, abs(b.y - a.y) / 2
    if box.empty or min(half_x, half_y) < _THINNEST:
        return _NOTHING
    x = (np.arange(box.left, box.right) + 0.5 - (a.x + b.x) / 2) / half_x
    y = (np.arange(box.top, box.bottom) + 0.5 - (a.y + b.y) / 2) / half_y
    # By the ends of every row, since a large one has millions of pixels: x * x falls to its least and rises again.
    squares, most = x * x, 1.0 - y * y
    middle = int(squares.argmin())
    first = middle - np.searchsorted(squares[:middle][::-1], most, side="right")
    end = middle + np.searchsorted(squares[middle:], most, side="right")
    stencil = np.zeros((box.height, box.width), np.uint8)
    for row, (left, right) in enumerate(zip(first.tolist(), end.tolist(), strict=True)):
        stencil[row, left:right] = 1
    return stencil, box


def polygon(points: Sequence[Point], within: Box) -> tuple[Stencil, Box]:
    """The inside of a closed outline, by the even-odd rule. Fewer than three points cover nothing.

    OpenCV would also cover every pixel that the outline touches: all would be a pixel too wide, and two shapes that
    share an edge would overlap.
    """
    box = box_around(points, 1.0).intersect(within)
    if len(points) < 3 or box.empty:
        return _NOTHING
    stencil = np.zeros((box.height, box.width), np.uint8)
    rows, columns = _crossings(points, box)
    for row, start, end in zip(
        rows[::2].tolist(), columns[::2].tolist(), columns[1::2].tolist(), strict=True
    ):
        stencil[row, start:end] = 1
    return stencil, box


def _crossings(points: Sequence[Point], box: Box) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Where a closed outline crosses the middles of a box's rows, from left to right: row by row, an even number in
    each, the first column whose centre lies behind it. Both are counted from the box's corner."""
    here = np.array(points, np.float64)
    there = np.roll(here, -1, axis=0)
    falls = (
        here[:, 1:] > there[:, 1:]
    )  # every side from its upper end, so that it is the same for both its shapes
    (x, y), (end_x, end_y) = np.where(falls, there, here).T, np.where(falls, here, there).T
    first = np.clip(np.ceil(y - 0.5), box.top, box.bottom).astype(np.intp)
    count = np.clip(np.ceil(end_y - 0.5), box.top, box.bottom).astype(np.intp) - first
    side = np.repeat(np.arange(len(points)), count)
    row = np.arange(side.size) + np.repeat(first - np.cumsum(count) + count, count)
    along = (row + 0.5 - y[side]) / (end_y - y)[side]
    crossed = np.ceil(x[side] + along * (end_x - x)[side] - 0.5)
    column = np.clip(crossed, box.left, box.right).astype(np.intp)
    order = np.lexsort((column, row))
    return row[order] - box.top, column[order] - box.left


def _centre(p: Point) -> Point:
    return Point(math.floor(p.x) + 0.5, math.floor(p.y) + 0.5)


def _fixed(p: Point, box: Box) -> tuple[int, int]:
    """In OpenCV's coordinates (whole numbers are pixel centres) relative to the box, in sixteenths."""
    return round((p.x - 0.5 - box.left) * _ONE), round((p.y - 0.5 - box.top) * _ONE)


def _body(a: Point, b: Point, radius_a: float, radius_b: float) -> tuple[Point, ...]:
    """The four points where the outer tangents touch both circles; none when one disc holds the other."""
    dx, dy = b.x - a.x, b.y - a.y
    apart = math.hypot(dx, dy)
    if apart <= abs(radius_a - radius_b):
        return ()
    sine = (radius_a - radius_b) / apart
    cosine = math.sqrt(1.0 - sine * sine)
    ux, uy = dx / apart, dy / apart
    out: list[Point] = []
    for side in (1.0, -1.0):
        nx, ny = ux * sine - uy * cosine * side, uy * sine + ux * cosine * side
        ends = (
            Point(a.x + nx * radius_a, a.y + ny * radius_a),
            Point(b.x + nx * radius_b, b.y + ny * radius_b),
        )
        out += ends if side > 0 else ends[::-1]
    return tuple(out)


def _by_distance(a: Point, b: Point, radius_a: float, radius_b: float, box: Box) -> Stencil:
    x = np.arange(box.left, box.right, dtype=np.float64)[None, :] + (0.5 - a.x)
    y = np.arange(box.top, box.bottom, dtype=np.float64)[:, None] + (0.5 - a.y)
    dx, dy = b.x - a.x, b.y - a.y
    squared = dx * dx + dy * dy
    if squared == 0.0:
        radius = max(radius_a, radius_b)
        return (x * x + y * y <= radius * radius).astype(np.uint8)
    part: npt.NDArray[np.float64] = np.clip((x * dx + y * dy) / squared, 0.0, 1.0)
    off_x, off_y = x - part * dx, y - part * dy
    radii = radius_a + (radius_b - radius_a) * part
    return (off_x * off_x + off_y * off_y <= radii * radii).astype(np.uint8)
