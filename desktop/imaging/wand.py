"""The wand: pixels of nearly the same colour as one that was clicked."""

from __future__ import annotations

import numpy as np

from desktop.core.geometry import EMPTY_BOX, Box
from desktop.core.label_map import Stencil
from desktop.imaging.progress import Report, bands, unheard
from desktop.imaging.pyramid import Picture
from desktop.opencv import cv2

_REACHED = 128


def similar(
    picture: Picture,
    column: int,
    row: int,
    tolerance: int,
    *,
    contiguous: bool = True,
    report: Report = unheard,
) -> tuple[Stencil, Box]:
    """The pixels whose every channel is at most ``tolerance`` (0 to 255) away from that of the pixel at
    (column, row), which must lie in the picture (H x W x 3, uint8).

    ``contiguous`` keeps those that hang together with it over pixel edges. Returns (stencil, box) in image pixels.
    """
    height, width = picture.shape[:2]
    seed = picture[row, column].astype(int)
    low = tuple(float(max(c - tolerance, 0)) for c in seed)
    high = tuple(float(min(c + tolerance, 255)) for c in seed)
    near = np.empty((height, width), np.uint8)
    for top, bottom in bands(height, width, report, until=0.7):
        near[top:bottom] = cv2.inRange(picture[top:bottom], low, high)
    if not contiguous:
        box = _bounds(cv2.boundingRect(near))
        return (near[box.slices], box) if not box.empty else (near[:0, :0], EMPTY_BOX)
    box = _bounds(cv2.floodFill(near, None, (column, row), _REACHED, flags=4)[3])
    report(0.9)
    return (near[box.slices] == _REACHED).view(np.uint8), box


def _bounds(rect: tuple[int, int, int, int] | cv2.typing.Rect) -> Box:
    left, top, width, height = rect
    return Box(left, top, left + width, top + height)
