"""Pictures and label maps at half, quarter ... size, so that drawing costs what is on screen.

Level k of a W x H image is ceil(W / 2^k) x ceil(H / 2^k): its pixel (c, r) stands for the block of the level
before with columns 2c, 2c + 1 and rows 2r, 2r + 1 (one of each at an odd edge).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from mmap import mmap

import numpy as np
import numpy.typing as npt

from desktop.core.geometry import Box
from desktop.core.label_map import LABELS, LabelMap
from desktop.opencv import cv2

Picture = npt.NDArray[np.uint8]
"""H x W x 3, RGB, uint8."""

SMALLEST = 512
"""No level is made beyond the first whose longer side is at most this."""


def level_sizes(width: int, height: int) -> tuple[tuple[int, int], ...]:
    """(width, height) of every level, the full size first."""
    sizes = [(width, height)]
    while max(sizes[-1]) > SMALLEST:
        wide, high = sizes[-1]
        sizes.append(((wide + 1) // 2, (high + 1) // 2))
    return tuple(sizes)


def picture_levels(picture: Picture) -> tuple[Picture, ...]:
    """A picture and its levels, each the mean over the blocks of the one before."""
    levels = (picture, *blank_levels(picture.shape[1], picture.shape[0])[1:])
    halve_rows(levels, slice(0, picture.shape[0]))
    return levels


def blank_levels(width: int, height: int) -> tuple[Picture, ...]:
    """Room for a picture and its levels."""
    return tuple(np.empty((high, wide, 3), np.uint8) for wide, high in level_sizes(width, height))


def halve_rows(levels: Sequence[Picture], rows: slice) -> None:
    """Write into all other levels what rows of the first one are there. They begin, and but for the last ones of the
    picture they end, at a multiple of 2 to the power of the number of other levels."""
    first, last = rows.start, rows.stop
    for finer, coarser in pairwise(levels):
        half = slice(first // 2, (last + 1) // 2)
        _halve(finer[first:last], coarser[half])
        first, last = half.start, half.stop


class LabelLevels:
    """A live label map and its levels.

    It is made empty, and `read` bit by bit, since a large map takes longer than a window may wait.
    A pixel of a level has the **highest label** found in its block, so whatever is painted stays visible at
    any zoom and a level never depends on the order of strokes; at borders the higher label is up to one pixel
    of the level wider.
    """

    def __init__(self, labels: LabelMap) -> None:
        sizes = level_sizes(labels.shape[1], labels.shape[0])
        self.levels: list[LabelMap] = [labels]
        self.levels += [_blank(wide, high) for wide, high in sizes[1:]]
        self._next = 0

    @property
    def ready(self) -> bool:
        """Whether the levels show all of the map, also what was painted before they were made."""
        return self._next >= len(self.levels[0])

    def read(self, rows: int | None = None) -> None:
        """Read the next so many rows of the map, or all that are left, into the levels."""
        height, width = self.levels[0].shape
        stop = height if rows is None else min(self._next + rows, height)
        if self.levels[0][self._next : stop].any():
            self.update(Box(0, self._next, width, stop))
        self._next = stop

    def update(self, box: Box) -> None:
        """Follow a change of the map inside ``box``, which lies in it."""
        for finer, coarser in zip(self.levels, self.levels[1:], strict=False):
            box = Box(box.left // 2, box.top // 2, (box.right + 1) // 2, (box.bottom + 1) // 2)
            part = finer[2 * box.top : 2 * box.bottom, 2 * box.left : 2 * box.right]
            odd = (part.shape[0] % 2, part.shape[1] % 2)
            if any(odd):
                part = np.pad(part, ((0, odd[0]), (0, odd[1])))
            rows = np.maximum(part[0::2], part[1::2])
            np.maximum(rows[:, 0::2], rows[:, 1::2], out=coarser[box.slices])


def anchors(levels: Sequence[LabelMap]) -> dict[int, tuple[float, float]]:
    """For every painted label a place deep inside its area, as near to its middle as possible: (x, y) in image
    pixels, where its badge stands."""
    coarse = levels[-1]
    scale = 1 << (len(levels) - 1)
    found: dict[int, tuple[float, float]] = {}
    for label in LABELS:
        mask = (coarse == label).view(np.uint8)
        left, top, width, height = cv2.boundingRect(mask)
        if width == 0:
            continue
        part = cv2.copyMakeBorder(
            mask[top : top + height, left : left + width], 1, 1, 1, 1, cv2.BORDER_CONSTANT
        )
        depth = cv2.distanceTransform(part, cv2.DIST_L2, cv2.DIST_MASK_3)
        # In one dimension, where numpy finds what is true ten times as fast.
        rows, columns = np.divmod(np.flatnonzero(depth >= 0.9 * depth.max()), depth.shape[1])
        off = (rows - depth.shape[0] / 2) ** 2 + (columns - depth.shape[1] / 2) ** 2
        nearest = int(off.argmin())
        x, y = left + int(columns[nearest]) - 0.5, top + int(rows[nearest]) - 0.5
        found[label] = (x * scale, y * scale)
    return found


def _blank(width: int, height: int) -> LabelMap:
    """Zeros that take neither time nor memory until they are written: fresh pages of the system's, where numpy would
    wipe used ones (milliseconds, for many megapixels)."""
    return np.frombuffer(mmap(-1, width * height), np.uint8).reshape(height, width)


def _halve(picture: Picture, out: Picture) -> None:
    height, width = out.shape[:2]
    high, wide = picture.shape[0] // 2, picture.shape[1] // 2
    if (high, wide) == (height, width):
        cv2.resize(picture, (wide, high), dst=out, interpolation=cv2.INTER_AREA)
        return
    blocks = picture[: 2 * high, : 2 * wide]
    if high and wide:
        out[:high, :wide] = cv2.resize(blocks, (wide, high), interpolation=cv2.INTER_AREA)
    if width > wide and high:
        edge = picture[: 2 * high, -1:]
        out[:high, wide] = cv2.resize(edge, (1, high), interpolation=cv2.INTER_AREA)[:, 0]
    if height > high and wide:
        edge = picture[-1:, : 2 * wide]
        out[high, :wide] = cv2.resize(edge, (wide, 1), interpolation=cv2.INTER_AREA)[0]
    if width > wide and height > high:
        out[high, wide] = picture[-1, -1]
