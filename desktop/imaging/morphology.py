"""Operations on one mask: grow, shrink, smooth, fill holes, remove specks, move and scale.

A mask is H x W, uint8, 0 or 1. The edge of the picture is no border of the mask: what touches it goes on beyond it.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from desktop.core.geometry import Box, whole
from desktop.imaging.progress import Report, bands, unheard
from desktop.opencv import cv2

Mask = npt.NDArray[np.uint8]
"""H x W, uint8, 0 or 1."""

MOST_REACH = 500
"""Pixels a mask grows or shrinks at most: up to there single-precision distances tell neighbours apart."""

SMOOTH_PASSES = 3


def grown(mask: Mask, reach: int, report: Report = unheard) -> Mask:
    """Every pixel whose centre lies within ``reach`` pixels (0 to `MOST_REACH`) of a painted pixel's centre."""
    return _near(mask, reach, report)


def shrunk(mask: Mask, reach: int, report: Report = unheard) -> Mask:
    """Every painted pixel whose centre is more than ``reach`` pixels away from all unpainted pixels' centres."""
    return 1 - _near(1 - mask, reach, report)


def smoothed(mask: Mask, reach: int, report: Report = unheard) -> Mask:
    """Every pixel around which more than half is painted, weighed by three passes of a mean over a square with
    ``reach`` pixels on either side. Beyond the picture its edge pixels repeat."""
    if reach == 0:
        return mask.copy()
    out = np.empty_like(mask)
    size, margin = 2 * reach + 1, SMOOTH_PASSES * reach
    for top, bottom in bands(mask.shape[0], mask.shape[1], report):
        above, below = max(top - margin, 0), min(bottom + margin, mask.shape[0])
        weight = mask[above:below].astype(np.float32)
        for _ in range(SMOOTH_PASSES):
            weight = cv2.blur(weight, (size, size), borderType=cv2.BORDER_REPLICATE).astype(
                np.float32, copy=False
            )
        out[top:bottom] = weight[top - above : bottom - above] > 0.5
    return out


def filled(mask: Mask, most: int | None = None, report: Report = unheard) -> Mask:
    """The mask with its holes: unpainted pieces (over pixel edges) that do not reach the picture's edge and have at
    most ``most`` pixels (None: any number)."""
    count, pieces, stats = _pieces(1 - mask, 4)
    report(0.6)
    height, width = mask.shape
    left, top = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    right, bottom = left + stats[:, cv2.CC_STAT_WIDTH], top + stats[:, cv2.CC_STAT_HEIGHT]
    enclosed = (left > 0) & (top > 0) & (right < width) & (bottom < height)
    if most is not None:
        enclosed &= stats[:, cv2.CC_STAT_AREA] <= most
    enclosed[0] = False
    out: Mask = mask | _chosen(pieces, enclosed) if count > 1 else mask.copy()
    return out


def without_specks(mask: Mask, most: int, report: Report = unheard) -> Mask:
    """The mask without its pieces (over edges and corners) of at most ``most`` pixels."""
    _, pieces, stats = _pieces(mask, 8)
    report(0.6)
    kept = stats[:, cv2.CC_STAT_AREA] > most
    kept[0] = False
    return _chosen(pieces, kept)


def placed(
    mask: Mask, bounds: Box, dx: float, dy: float, scale: float, size: tuple[int, int]
) -> tuple[Mask, Box]:
    """A mask moved by (dx, dy) pixels and scaled about the middle of its ``bounds``, by nearest neighbour.

    ``mask`` has the shape of ``bounds``, ``size`` is the picture's (width, height). Pixel c takes what lies under its
    centre: floor((c + 0.5 - m - dx) / scale + m), m being the middle. Returns (mask, box), cut to the picture.
    """
    columns = _span(bounds.left, bounds.right, dx, scale, size[0])
    rows = _span(bounds.top, bounds.bottom, dy, scale, size[1])
    box = Box(columns[0], rows[0], columns[1], rows[1]).intersect(whole(*size))
    if box.empty:
        return np.zeros((0, 0), np.uint8), Box(0, 0, 0, 0)
    across = _source(box.left, box.right, bounds.left, bounds.right, dx, scale)
    down = _source(box.top, box.bottom, bounds.top, bounds.bottom, dy, scale)
    inside_x = (across >= 0) & (across < bounds.width)
    inside_y = (down >= 0) & (down < bounds.height)
    out = mask.take(np.clip(down, 0, bounds.height - 1), axis=0).take(
        np.clip(across, 0, bounds.width - 1), axis=1
    )
    out[~inside_y] = 0
    out[:, ~inside_x] = 0
    return out, box


def _near(mask: Mask, reach: int, report: Report) -> Mask:
    if not 0 <= reach <= MOST_REACH:
        raise ValueError(f"a mask grows by 0 to {MOST_REACH} pixels")
    if reach == 0:
        return mask.copy()
    out = np.empty_like(mask)
    limit = math.sqrt(reach * reach + 0.5)  # squared distances are whole numbers
    for top, bottom in bands(mask.shape[0], mask.shape[1], report):
        above, below = max(top - reach, 0), min(bottom + reach, mask.shape[0])
        part = mask[above:below]
        if not part.any():
            out[top:bottom] = 0
            continue
        away = cv2.distanceTransform(1 - part, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        out[top:bottom] = away[top - above : bottom - above] < limit
    return out


def _pieces(mask: Mask, connectivity: int) -> tuple[int, npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(
        mask, connectivity=connectivity, ltype=cv2.CV_32S
    )
    return count, pieces.astype(np.int32, copy=False), stats.astype(np.int32, copy=False)


def _chosen(pieces: npt.NDArray[np.int32], wanted: npt.NDArray[np.bool_]) -> Mask:
    out: Mask = wanted.view(np.uint8)[pieces]
    return out


def _span(first: int, last: int, shift: float, scale: float, size: int) -> tuple[int, int]:
    """The pixels that can take something from ``first`` to ``last``."""
    middle = (first + last) / 2
    low, high = middle + shift + (first - middle) * scale, middle + shift + (last - middle) * scale
    return max(math.floor(low), 0), min(math.ceil(high), size)


def _source(
    first: int, last: int, from_first: int, from_last: int, shift: float, scale: float
) -> npt.NDArray[np.int64]:
    """The index in the mask that each pixel takes its value from; may lie outside of it."""
    middle = (from_first + from_last) / 2
    centres = np.arange(first, last) + 0.5
    source: npt.NDArray[np.int64] = np.floor((centres - middle - shift) / scale + middle).astype(np.int64)
    return source - from_first
