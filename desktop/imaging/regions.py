"""Regions of a label map: what hangs together under a click, and the holes in it."""

from __future__ import annotations

import numpy as np

from desktop.core.geometry import Box
from desktop.core.label_map import LabelMap, Stencil
from desktop.opencv import cv2

_REACHED = 255


def region(labels: LabelMap, column: int, row: int) -> tuple[Stencil, Box]:
    """The pixels with the same label as the one at (column, row) that hang together with it over pixel edges."""
    work = labels.copy()
    rect = cv2.floodFill(work, None, (column, row), _REACHED, 0, 0, flags=4 | cv2.FLOODFILL_FIXED_RANGE)[3]
    left, top, width, height = rect
    box = Box(left, top, left + width, top + height)
    return (work[box.slices] == _REACHED).view(np.uint8), box


def holes(stencil: Stencil) -> Stencil:
    """What a shape encloses without covering it: its complement's pieces (4-connected) that do not reach the edge of
    the stencil."""
    padded = cv2.copyMakeBorder((stencil != 0).view(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    cv2.floodFill(padded, None, (0, 0), 1, flags=4)
    found: Stencil = (padded[1:-1, 1:-1] == 0).view(np.uint8)
    return found
