"""The label map: one uint8 array that says which area owns each pixel.

Shape H x W, dtype uint8, row 0 at the top: 0 is nothing, 1 to 6 a dynamic area, 7 the static area. One value
a pixel, so the masks are disjoint by construction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np
import numpy.typing as npt

from desktop.core.areas import DYNAMIC_LABELS, STATIC_LABEL
from desktop.core.geometry import EMPTY_BOX, Box, whole

LabelMap = npt.NDArray[np.uint8]
"""H x W, uint8, values 0 to 7."""

Stencil = npt.NDArray[np.uint8]
"""A rasterised shape in its box: uint8, non-zero where it covers."""

LABELS = (*DYNAMIC_LABELS, STATIC_LABEL)

_BAND = 64
"""Rows that are counted at a time."""

_WORD = 8

_SMALL = 1 << 19
"""Pixels up to which a shape is painted in one go."""

_FINE_BAND, _BANDS = 16, 16
"""What a stroke has changed is told in bands: of at least so many rows, but no more than so many bands."""

_WORTH_SPLITTING = 16
"""Columns without a change that make two boxes of a band's left and right half."""


def empty(width: int, height: int) -> LabelMap:
    """A map where nothing is painted."""
    return np.zeros((height, width), np.uint8)


def extent(labels: LabelMap) -> Box:
    """The box of the whole map."""
    return whole(labels.shape[1], labels.shape[0])


def merge(labels: LabelMap, stencil: Stencil, box: Box, label: int, locked: Collection[int] = ()) -> Box:
    """Paint ``label`` (0 erases) in place wherever ``stencil`` covers, except on pixels of locked labels.

    ``stencil`` has the shape of ``box``, which may reach over the map's edges. Returns the dirty box: the
    smallest box that holds every changed pixel, empty when nothing changed. Painting a locked label changes
    nothing.
    """
    return united(merge_parts(labels, stencil, box, label, locked))


def merge_parts(
    labels: LabelMap, stencil: Stencil, box: Box, label: int, locked: Collection[int] = ()
) -> list[Box]:
    """`merge`, with dirty boxes by bands of rows, and left and right of the middle: together they hold far less than
    the one box of a crescent."""
    inside = box.intersect(extent(labels))
    if inside.empty or label in locked:
        return []
    cut = stencil[inside.slices_in(box)]
    value = np.uint8(label)
    # Large shapes by bands, which stay in the processor's cache; the marks of a band are then one row.
    rows = 1 if inside.area <= _SMALL else max(_BAND, inside.height // _BANDS)
    marks: list[npt.NDArray[np.bool_]] = []
    wide = -(-inside.width // _WORD) * _WORD
    for top in range(0, inside.height, inside.height if rows == 1 else rows):
        covered = cut[top : top + rows] if rows > 1 else cut
        first = inside.top + top
        target = labels[first : first + covered.shape[0], inside.left : inside.right]
        marked = np.zeros((covered.shape[0], wide), np.bool_)
        change = marked[:, : inside.width]
        np.not_equal(target, value, out=change)
        change &= covered != 0
        for other in locked:
            change &= target != other
        np.copyto(target, value, where=change)
        marks.append(marked if rows == 1 else np.bitwise_or.reduce(marked, axis=0, keepdims=True))
    found = marks[0] if len(marks) == 1 else np.concatenate(marks)
    return [
        Box(box.left, box.top * rows, box.right, box.bottom * rows)
        .moved(inside.left, inside.top)
        .intersect(inside)
        for box in _parts(found, _FINE_BAND if rows == 1 else 1)
    ]


def _parts(marks: npt.NDArray[np.bool_], least: int) -> list[Box]:
    """Boxes that hold all marks, in bands of at least so many rows: those left of the middle, then those right of it.

    The marks' rows are whole words of `_WORD` bytes.
    """
    height = len(marks)
    rows = max(least, -(-height // _BANDS))
    hit = np.bitwise_or.reduceat(marks.view(np.uint64), np.arange(0, height, rows), axis=0).view(np.bool_)
    columns = np.flatnonzero(hit.any(axis=0))
    if columns.size == 0:
        return []
    filled = np.flatnonzero(hit.any(axis=1)) * rows
    head, foot = int(filled[0]), int(filled[-1])
    first = head + int(marks[head : head + rows].any(axis=1).argmax())
    last = foot + 1 + int(np.flatnonzero(marks[foot : foot + rows].any(axis=1))[-1])
    middle = (int(columns[0]) + int(columns[-1]) + 1) // 2
    before, after = hit[:, :middle], hit[:, middle:]
    sides: tuple[list[Box], list[Box]] = ([], [])
    for band, (has_left, left, end, has_right, start, right) in enumerate(
        zip(*_ends(before, 0), *_ends(after, middle), strict=True)
    ):
        top, bottom = max(band * rows, first), min(band * rows + rows, last)
        if has_left and has_right and start - end < _WORTH_SPLITTING:
            sides[0].append(Box(left, top, right, bottom))
            continue
        if has_left:
            sides[0].append(Box(left, top, end, bottom))
        if has_right:
            sides[1].append(Box(start, top, right, bottom))
    return sides[0] + sides[1]


def _ends(hit: npt.NDArray[np.bool_], offset: int) -> tuple[list[bool], list[int], list[int]]:
    """For every row whether anything is hit, and the first and the last + 1 hit column."""
    if hit.shape[1] == 0:
        return [False] * len(hit), [0] * len(hit), [0] * len(hit)
    first: list[int] = (offset + hit.argmax(axis=1)).tolist()
    last: list[int] = (offset + hit.shape[1] - hit[:, ::-1].argmax(axis=1)).tolist()
    return np.asarray(hit.any(axis=1)).tolist(), first, last


def united(boxes: Iterable[Box]) -> Box:
    """The smallest box that holds all of them; empty when there is none."""
    whole_box = EMPTY_BOX
    for box in boxes:
        whole_box = whole_box.union(box)
    return whole_box


def mask_of(labels: LabelMap, label: int) -> npt.NDArray[np.bool_]:
    """The pixels of one area: H x W, bool."""
    mask: npt.NDArray[np.bool_] = labels == label
    return mask


def bounds_of(labels: LabelMap, label: int) -> Box:
    """The smallest box that holds an area's pixels; empty when it has none."""
    found, value = EMPTY_BOX, np.uint8(label)
    for top in range(0, labels.shape[0], _BAND):
        found = found.union(_bounds(labels[top : top + _BAND] == value).moved(0, top))
    return found


def difference(labels: LabelMap, other: LabelMap, inside: Box) -> Box:
    """The smallest box that holds every pixel inside a box where two maps of one size differ; empty when none does."""
    part = _bounds(labels[inside.slices] != other[inside.slices])
    return EMPTY_BOX if part.empty else part.moved(inside.left, inside.top)


def counts(labels: LabelMap) -> dict[int, int]:
    """Painted pixels of every label, 1 to 7."""
    # By bands, since bincount widens what it counts to 64 bits.
    found = np.zeros(256, np.int64)
    for top in range(0, labels.shape[0], _BAND):
        found += np.bincount(labels[top : top + _BAND].ravel(), minlength=256)
    return {label: int(found[label]) for label in LABELS}


def resized(labels: LabelMap, frame: Box, width: int, height: int) -> LabelMap:
    """The part of the map inside ``frame``, scaled to ``width`` x ``height`` by nearest neighbour.

    The pixel of the result at column c takes the source pixel under its centre, floor((c + 0.5) * w / W). At full
    size the result may be the map itself: it is for reading.
    """
    part = labels[frame.slices]
    if part.shape == (height, width):
        return np.ascontiguousarray(part)
    rows = ((2 * np.arange(height) + 1) * part.shape[0]) // (2 * height)
    columns = ((2 * np.arange(width) + 1) * part.shape[1]) // (2 * width)
    scaled: LabelMap = part.take(rows, axis=0).take(columns, axis=1)
    return scaled


def _bounds(mask: npt.NDArray[np.bool_]) -> Box:
    rows = np.flatnonzero(mask.any(axis=1))
    if rows.size == 0:
        return EMPTY_BOX
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    columns = np.flatnonzero(mask[top:bottom].any(axis=0))
    return Box(int(columns[0]), top, int(columns[-1]) + 1, bottom)
