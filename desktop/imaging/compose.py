"""Screen pixels of a picture and of the areas painted on it, for one rectangle of the screen.

A *screen box* counts device pixels from the picture's upper left corner at the present zoom (device pixels per
image pixel): the centre of screen pixel X shows image position (X + 0.5) / zoom. The pixels of a screen box
depend on it and the zoom alone, so a part that is drawn again fits the rest (within 1 of 255, as OpenCV rounds).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from desktop.core.geometry import Box
from desktop.core.label_map import LabelMap
from desktop.imaging.pyramid import Picture
from desktop.opencv import cv2

Pixels = npt.NDArray[np.uint32]
"""H x W, each 0xAARRGGBB with colours premultiplied by alpha (Qt's ARGB32_Premultiplied)."""

NEAREST_ZOOM = 2.0
"""From this zoom on pixels are shown as squares."""

_LONG_ROWS = 1.5
"""So many more pixels are drawn faster in long rows than fewer in short ones."""

_INSIDE = 1 << 3

_BITS = np.array([1 << (label & 7) for label in range(256)], np.uint8)

_Indices = npt.NDArray[np.intp]


def screen_size(width: int, height: int, zoom: float) -> tuple[int, int]:
    """Size on screen of a ``width`` x ``height`` image."""
    return max(1, round(width * zoom)), max(1, round(height * zoom))


def screen_box(box: Box, zoom: float, margin: int) -> Box:
    """The screen pixels that can show something of an image box, and ``margin`` around them."""
    return Box(
        math.floor(box.left * zoom),
        math.floor(box.top * zoom),
        math.ceil(box.right * zoom),
        math.ceil(box.bottom * zoom),
    ).grow(margin)


def level_for(zoom: float, count: int) -> int:
    """The coarsest of ``count`` levels that still has at least one pixel for each on screen."""
    return 0 if zoom >= 1.0 else min(int(math.log2(1.0 / zoom) + 1e-9), count - 1)


def sample_picture(levels: Mapping[int, Picture], size: tuple[int, int], zoom: float, box: Box) -> Pixels:
    """The picture's screen pixels, for a box inside `screen_size`.

    The zoom is a power of two times a thirty-second from 32 to 64: then a small whole number of screen pixels covers
    a whole number of image pixels, and parts drawn separately fit (by `cv2.resize`, three times as fast as a free
    transform).

    ``levels`` may lack the finer ones while the picture is still being read; ``size`` is (width, height) of the
    full picture. Smooth below `NEAREST_ZOOM`.
    """
    wanted = level_for(zoom, max(levels) + 1)
    level = min((k for k in levels if k >= wanted), default=max(levels))
    source, scale = levels[level], zoom * (1 << level)
    if level == 0 and zoom >= NEAREST_ZOOM:
        rows = _positions(box.top, box.bottom, zoom, size[1])
        columns = _positions(box.left, box.right, zoom, size[0])
        r, c = int(rows[0]), int(columns[0])
        part = _pixels(source[r : int(rows[-1]) + 1, c : int(columns[-1]) + 1])
        return np.ascontiguousarray(np.take(part, columns - c, axis=1)[rows - r])
    ratio = Fraction(scale)
    left, right, x = _aligned(box.left, box.right, ratio, source.shape[1])
    top, bottom, y = _aligned(box.top, box.bottom, ratio, source.shape[0])
    drawn = _pixels(source[top:bottom, left:right])
    if scale != 1.0:
        drawn = cv2.resize(
            drawn.view(np.uint8).reshape(*drawn.shape, 4),
            None,
            fx=scale,
            fy=scale,
            interpolation=cv2.INTER_LINEAR,
        ).view(np.uint32)[:, :, 0]
    drawn = drawn[y : y + box.height, x : x + box.width]
    missing = (box.height - drawn.shape[0], box.width - drawn.shape[1])
    return np.pad(drawn, ((0, missing[0]), (0, missing[1])), mode="edge") if any(missing) else drawn


class LabelGrid:
    """The labels under the screen pixels of a box, worked out once and taken part by part; positions outside the map
    show its edge."""

    def __init__(self, levels: Sequence[LabelMap], zoom: float, box: Box) -> None:
        level = level_for(zoom, len(levels))
        height, width = levels[0].shape
        self._box, self._enlarged = box, zoom >= 1.0
        self._source = levels[level]
        self._rows = _positions(box.top, box.bottom, zoom, height)
        self._columns = _positions(box.left, box.right, zoom, width)
        if level:
            self._rows = np.minimum(self._rows >> level, self._source.shape[0] - 1)
            self._columns = np.minimum(self._columns >> level, self._source.shape[1] - 1)

    def part(self, box: Box) -> LabelMap:
        """The labels of a box inside the grid's."""
        vertical, horizontal = box.slices_in(self._box)
        rows, columns = self._rows[vertical], self._columns[horizontal]
        r, c = int(rows[0]), int(columns[0])
        source = self._source[r : int(rows[-1]) + 1, c : int(columns[-1]) + 1]
        if self._enlarged:
            return np.take(source, columns - c, axis=1, mode="clip")[rows - r]
        return np.take(source[rows - r], columns - c, axis=1, mode="clip")


def sample_labels(levels: Sequence[LabelMap], zoom: float, box: Box) -> LabelMap:
    """The labels under the screen pixels of one box."""
    return LabelGrid(levels, zoom, box).part(box)


def overlay_margin(reach: int) -> int:
    """Labels that `overlay` needs around the pixels it draws."""
    return 2 * reach


def overlay(labels: LabelMap, hatch: npt.NDArray[np.uint8], table: Pixels, reach: int, out: Pixels) -> None:
    """Draw the screen pixels of the areas into ``out``: tint, hatch and outline.

    ``labels`` has `overlay_margin` more on every side than ``out``. ``hatch`` is 2 x H x W: bit N of its two
    planes is the low and the high bit of the strength, 0 to 3, of label N's pattern. ``table`` has 256 colours,
    indexed by label (bits 0 to 2), inside (bit 3), hatch (bits 4 and 5), outline (bits 6 and 7); the first one, where
    nothing is, is 0. The outline reaches
    ``reach`` pixels to either side of a border and fades beyond. Fastest on strips that fit the processor's cache.
    """
    margin = overlay_margin(reach)
    if not labels.any():
        out[:] = 0
        return
    # Few arrays, used again and again: what a move of a brush works on is out of the cache by the next one.
    kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    high = cv2.dilate(labels, kernel)
    border = cv2.erode(labels, kernel)
    cv2.compare(high, border, cv2.CMP_NE, border)
    soft = cv2.blur(border, kernel.shape)
    inner, owner, spare, index = (
        plane[margin:-margin, margin:-margin] for plane in (labels, high, border, soft)
    )
    np.bitwise_and(index, 0xC0, out=index)
    # OpenCV's thresholds: numpy has no vector code for what they do, and takes ten times as long.
    cv2.threshold(inner, 0, _INSIDE, cv2.THRESH_BINARY, spare)
    cv2.bitwise_or(inner, spare, spare)
    # Outside of all areas the outline has the colour of the highest one in reach: no label reaches `_INSIDE`.
    cv2.max(owner, spare, owner)
    cv2.bitwise_or(index, owner, index)
    cv2.LUT(inner, _BITS, spare)
    for plane, value in zip(hatch, (1 << 4, 1 << 5), strict=True):
        cv2.bitwise_and(plane, spare, owner)
        cv2.threshold(owner, 0, value, cv2.THRESH_BINARY, owner)
        cv2.bitwise_or(index, owner, index)
    cv2.LUT(index, table.view(np.int32), out.view(np.int32))


def overlay_sheet(
    boxes: Sequence[Box],
    labels: LabelGrid,
    hatch: Callable[[Box], npt.NDArray[np.uint8]],
    table: Pixels,
    reach: int,
) -> tuple[Pixels, list[Box]]:
    """`overlay` for several boxes at once: laid side by side, or one below the other, and drawn in one go, since a
    small box takes nearly as long as a large one.

    ``labels`` reaches `overlay_margin` beyond every box; ``hatch`` gives the pattern of a box. Returns the drawn
    sheet and the place of each box in it.
    """
    margin = overlay_margin(reach)
    wide, high = [box.width for box in boxes], [box.height for box in boxes]
    across = sum(wide) * max(high) <= _LONG_ROWS * max(wide) * sum(high)
    gaps = 2 * margin * (len(boxes) - 1)
    size = (max(high), sum(wide) + gaps) if across else (sum(high) + gaps, max(wide))
    drawn = np.empty(size, np.uint32)
    if len(boxes) == 1:
        overlay(labels.part(boxes[0].grow(margin)), hatch(boxes[0]), table, reach, drawn)
        return drawn, [Box(0, 0, wide[0], high[0])]
    sheet = np.zeros((size[0] + 2 * margin, size[1] + 2 * margin), np.uint8)
    strokes = np.empty((2, *size), np.uint8)
    places: list[Box] = []
    x = y = 0
    for box, width, height in zip(boxes, wide, high, strict=True):
        sheet[y : y + height + 2 * margin, x : x + width + 2 * margin] = labels.part(box.grow(margin))
        strokes[:, y : y + height, x : x + width] = hatch(box)
        places.append(Box(x, y, x + width, y + height))
        if across:
            x += width + 2 * margin
        else:
            y += height + 2 * margin
    overlay(sheet, strokes, table, reach, drawn)
    return drawn, places


def tint(labels: LabelMap, table: Pixels) -> Pixels:
    """The areas as plain colours, for a moment's sketch of them: ``table`` as in `overlay`."""
    inside = table.reshape(4, 4, 2, 8)[0, 1, 1].copy()
    inside[0] = 0
    return np.take(inside, labels)


def _aligned(start: int, stop: int, scale: Fraction, size: int) -> tuple[int, int, int]:
    """(first, last + 1) source pixels to scale for screen pixels start..stop, and where ``start`` then lies."""
    step, period = scale.denominator, scale.numerator
    first = max(0, start // period - 1)
    last = -(-stop // period) + 1
    return min(first * step, size - 1), min(last * step, size), start - first * period


def _positions(start: int, stop: int, zoom: float, size: int) -> _Indices:
    """Image pixels under the centres of screen pixels, kept inside the image."""
    exact = np.arange(start, stop, dtype=np.float64)
    exact += 0.5
    exact /= zoom
    if start < 0 or exact[-1] >= size:
        np.minimum(np.maximum(exact, 0.0, out=exact), size - 1, out=exact)
    return exact.astype(np.intp)


def _pixels(rgb: Picture) -> Pixels:
    return cv2.cvtColor(rgb, cv2.COLOR_RGB2BGRA).view(np.uint32)[:, :, 0]
