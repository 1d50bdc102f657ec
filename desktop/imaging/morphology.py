"""Operations on one mask: grow, shrink, smooth, fill holes, remove specks, move and scale.

A mask is H x W, uint8, 0 or 1. The edge of the picture is no border of the mask: what touches it goes on beyond it.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

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
