"""The magnet: the way along edges from one place of a picture to another.

Intelligent scissors (Mortensen and Barrett 1995) on a copy of the part that is looked at: the cheapest way over pixels,
where strong edges cost little.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from desktop.core.geometry import Box, Point
from desktop.core.trajectory import simplify
from desktop.imaging.pyramid import Picture
from desktop.opencv import cv2

MOST = 250_000
"""Pixels of the copy."""

_CANNY_LOW, _CANNY_HIGH = 32, 100
_GRADIENT_MOST = 200


class Guide:
    """All ways from ``anchor`` (image pixels) inside ``box``, which lies in the picture and holds the anchor.

    Making one takes a tenth of a second; asking it for a way takes none.
    """

    def __init__(self, levels: Mapping[int, Picture], box: Box, anchor: Point) -> None:
        self.box, self.anchor = box, anchor
        share = min(1.0, math.sqrt(MOST / box.area))
        size = (max(2, round(box.width * share)), max(2, round(box.height * share)))
        self._size = size
        level = max(
            (k for k in levels if box.width >> k >= size[0] and box.height >> k >= size[1]), default=0
        )
        part = levels[level][
            box.top >> level : max(box.bottom >> level, (box.top >> level) + 1),
            box.left >> level : max(box.right >> level, (box.left >> level) + 1),
        ]
        copy = cv2.resize(np.ascontiguousarray(part), size, interpolation=cv2.INTER_AREA)
        self._scissors = cv2.segmentation.IntelligentScissorsMB()
        self._scissors.setEdgeFeatureCannyParameters(_CANNY_LOW, _CANNY_HIGH)
        self._scissors.setGradientMagnitudeMaxLimit(_GRADIENT_MOST)
        self._scissors.applyImage(copy)
        self._scissors.buildMap(self._cell(anchor))

    def covers(self, p: Point) -> bool:
        """Whether a place lies in the part that was looked at."""
        box = self.box
        return box.left <= p.x < box.right and box.top <= p.y < box.bottom

    def way_to(self, to: Point) -> tuple[Point, ...]:
        """The places after the anchor on the way to a place, that place last; straight beyond the box."""
        if not self.covers(to):
            return (to,)
        cells = self._scissors.getContour(self._cell(to)).reshape(-1, 2)
        sx, sy = self.box.width / self._size[0], self.box.height / self._size[1]
        places = [
            Point(self.box.left + (c + 0.5) * sx, self.box.top + (r + 0.5) * sy) for c, r in cells.tolist()
        ]
        way = simplify([self.anchor, *places[1:-1], to], 0.35 * max(sx, sy))
        return way[1:]

    def _cell(self, p: Point) -> tuple[int, int]:
        column = math.floor((p.x - self.box.left) * self._size[0] / self.box.width)
        row = math.floor((p.y - self.box.top) * self._size[1] / self.box.height)
        return min(max(column, 0), self._size[0] - 1), min(max(row, 0), self._size[1] - 1)
