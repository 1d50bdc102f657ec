"""A mask moved, scaled, mirrored and turned in one pass, by nearest neighbour."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from desktop.core.geometry import EMPTY_BOX, Box, Point, whole
from desktop.core.placement import Placement, corners_of, middle_of
from desktop.imaging.morphology import Mask
from desktop.imaging.progress import Report, bands, unheard

_EDGE = 1e-6
"""Pixels by which rounding may move a corner: a pixel more is looked at, and none is lost."""


def placed(
    mask: Mask, bounds: Box, placement: Placement, size: tuple[int, int], report: Report = unheard
) -> tuple[Mask, Box]:
    """A mask of the shape of its ``bounds``, placed in a picture of ``size`` (width, height).

    A pixel takes what its centre lies on when it is put back by `Placement.back`, and nothing outside of the bounds.
    Unchanged it is the same mask; quarter turns and mirroring keep every pixel. Returns (mask, box), cut to the
    picture.
    """
    box = _box(bounds, placement, size)
    if box.empty:
        return np.zeros((0, 0), np.uint8), EMPTY_BOX
    if placement.upright:
        return _upright(mask, bounds, placement, box), box
    return _turned(mask, bounds, placement, box, report), box


def _box(bounds: Box, placement: Placement, size: tuple[int, int]) -> Box:
    """The pixels of the picture that can take something."""
    middle = middle_of(bounds)
    corners = [placement.of(corner, middle) for corner in corners_of(bounds)]
    xs, ys = [p.x for p in corners], [p.y for p in corners]
    return Box(
        math.floor(min(xs) - _EDGE),
        math.floor(min(ys) - _EDGE),
        math.ceil(max(xs) + _EDGE),
        math.ceil(max(ys) + _EDGE),
    ).intersect(whole(*size))


def _upright(mask: Mask, bounds: Box, placement: Placement, box: Box) -> Mask:
    """Whole rows and columns are taken: each has one place that all its pixels come from."""
    middle = middle_of(bounds)
    across = np.arange(box.left, box.right) + 0.5 - middle.x - placement.dx
    down = np.arange(box.top, box.bottom) + 0.5 - middle.y - placement.dy
    cos, sin = placement.turn
    lying = cos == 0.0
    along_x, along_y = (down * sin, across * -sin) if lying else (across * cos, down * cos)
    columns = np.floor(along_x / placement.scale_x + middle.x).astype(np.int64) - bounds.left
    rows = np.floor(along_y / placement.scale_y + middle.y).astype(np.int64) - bounds.top
    out = mask.take(np.clip(rows, 0, bounds.height - 1), axis=0).take(
        np.clip(columns, 0, bounds.width - 1), axis=1
    )
    out[(rows < 0) | (rows >= bounds.height)] = 0
    out[:, (columns < 0) | (columns >= bounds.width)] = 0
    return np.ascontiguousarray(out.T) if lying else out


def _turned(mask: Mask, bounds: Box, placement: Placement, box: Box, report: Report) -> Mask:
    """Every pixel by itself, in bands. The mask gets an empty rim, which stands for all that is outside of it."""
    wide, high = bounds.width, bounds.height
    rimmed = np.zeros((high + 2, wide + 2), np.uint8)
    rimmed[1:-1, 1:-1] = mask
    flat, middle = rimmed.ravel(), middle_of(bounds)
    # The way back is linear: what a column adds, and what a row adds, each worked out once.
    origin = placement.back(Point(box.left + 0.5, box.top + 0.5), middle)
    cos, sin = placement.turn
    columns, rows = np.arange(box.width, dtype=np.float64), np.arange(box.height, dtype=np.float64)[:, None]
    column_x, row_x = columns * (cos / placement.scale_x), rows * (sin / placement.scale_x)
    column_y, row_y = columns * (-sin / placement.scale_y), rows * (cos / placement.scale_y)
    out = np.empty((box.height, box.width), np.uint8)
    for top, bottom in bands(box.height, box.width, report):
        x = _index(column_x + (row_x[top:bottom] + (origin.x - bounds.left + 1)), wide + 1)
        y = _index(column_y + (row_y[top:bottom] + (origin.y - bounds.top + 1)), high + 1)
        y *= wide + 2
        y += x
        flat.take(y, out=out[top:bottom], mode="clip")
    return out


def _index(places: npt.NDArray[np.float64], last: int) -> npt.NDArray[np.int64]:
    """Places as indices from 0 to ``last``: both ends are the rim. What is not below 0 is rounded down by the cast."""
    return np.clip(places, 0, last, out=places).astype(np.int64)
