"""Smart select: the thing inside a box, or under a scribble, cut out along its real border.

GrabCut (Rother, Kolmogorov, Blake 2004) on a small copy finds the colours of the thing and of what is around it; its
border is cut again on a larger copy with those colours, then pixel by pixel at full size, where each pixel of a band
along the border goes to whichever side has the nearer colour around it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import product
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from desktop.core.geometry import EMPTY_BOX, Box, Point, box_around, whole
from desktop.core.label_map import Stencil
from desktop.core.mark import Mark
from desktop.imaging import raster
from desktop.imaging.progress import Report, unheard
from desktop.imaging.pyramid import Picture
from desktop.opencv import cv2

COARSE, FINE = 40_000, 400_000
"""Pixels of the two copies that are cut."""

ROUNDS = 3
_SEED = 1
"""GrabCut begins with colours drawn by lot; from one seed, so that the same strokes find the same thing."""
_ABOUT = 0.2
"""What lies within such a part of a scribble's extent around its hull is taken for the thing at first."""

_TILE = 128
_WINDOW = 9
"""Cells of the fine copy whose mean is the colour of a side."""

_LEAST_CONTRAST = 10.0
"""Colour distance of the two sides below which the border stays where the fine copy has it."""

_OUT, _IN, _MAYBE_OUT, _MAYBE_IN = cv2.GC_BGD, cv2.GC_FGD, cv2.GC_PR_BGD, cv2.GC_PR_FGD
_NO_RECT = (0, 0, 1, 1)
_Cells = npt.NDArray[np.uint8]
_Scalar = TypeVar("_Scalar", np.uint8, np.float32)


def select(
    levels: Mapping[int, Picture],
    frame: Box | None,
    marks: Sequence[Mark] = (),
    report: Report = unheard,
) -> tuple[Stencil, Box]:
    """The thing inside ``frame`` (image pixels), or with None the one that the inside marks touch.

    ``levels`` are the picture's, level 0 at least. Returns (stencil, box); an empty box when there is nothing.
    """
    height, width = levels[0].shape[:2]
    picture = whole(width, height)
    work = _around(frame, marks).intersect(picture)
    if work.width < 2 or work.height < 2:
        return np.zeros((0, 0), np.uint8), EMPTY_BOX
    coarse, models = _coarse(levels, work, frame, marks, report)
    report(0.5)
    fine = _fine(levels, work, coarse, marks, models)
    report(0.7)
    out = _full(levels, work, fine, report)
    for mark in marks:
        _stamp(out, work, work, mark, 1 if mark.inside else 0)
    left, top, wide, high = cv2.boundingRect(out)
    if wide == 0:
        return np.zeros((0, 0), np.uint8), EMPTY_BOX
    box = Box(left, top, left + wide, top + high).moved(work.left, work.top)
    return out[top : top + high, left : left + wide], box


def _around(frame: Box | None, marks: Sequence[Mark]) -> Box:
    """The part of the picture that is looked at: with room around, to learn what is not meant."""
    box = frame or EMPTY_BOX
    for mark in marks:
        box = box.union(box_around(mark.points, mark.radius))
    side = max(box.width, box.height)
    return box.grow(max(8, round(side * (0.15 if frame is not None else 1.5))))


def _size(work: Box, most: int) -> tuple[int, int]:
    share = min(1.0, math.sqrt(most / work.area))
    return max(2, round(work.width * share)), max(2, round(work.height * share))


def _copy(levels: Mapping[int, Picture], work: Box, size: tuple[int, int]) -> Picture:
    """The picture inside ``work``, scaled to ``size``, from the coarsest level that is fine enough."""
    level = max((k for k in levels if work.width >> k >= size[0] and work.height >> k >= size[1]), default=0)
    part = levels[level][
        work.top >> level : max(work.bottom >> level, (work.top >> level) + 1),
        work.left >> level : max(work.right >> level, (work.left >> level) + 1),
    ]
    scaled = cv2.resize(np.ascontiguousarray(part), size, interpolation=cv2.INTER_AREA)
    return scaled.astype(np.uint8, copy=False)


def _coarse(
    levels: Mapping[int, Picture], work: Box, frame: Box | None, marks: Sequence[Mark], report: Report
) -> tuple[_Cells, tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]]:
    """0 or 1 for every cell of a small copy, and the colour models of outside and inside."""
    size = _size(work, COARSE)
    copy = _copy(levels, work, size)
    cells = np.full((size[1], size[0]), _MAYBE_OUT if frame is None else _OUT, np.uint8)
    if frame is not None:
        sx, sy = size[0] / work.width, size[1] / work.height
        rows = slice(round((frame.top - work.top) * sy), max(round((frame.bottom - work.top) * sy), 1))
        columns = slice(round((frame.left - work.left) * sx), max(round((frame.right - work.left) * sx), 1))
        cells[rows, columns] = _MAYBE_IN
    first = marks[:1] if frame is None else ()
    for mark in first:
        cells[_about(mark, work, size)] = _MAYBE_IN
    if frame is None or not (cells == _OUT).any():
        cells[[0, -1]] = cells[:, [0, -1]] = _OUT
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(_SEED)  # of this thread
    step, steps = 0, ROUNDS + 1 + (len(marks) > len(first))
    # Strokes that mend get one round of their own, on what was found without them: they act where they are.
    for given, until in ((first, ROUNDS + 1), (marks, steps)):
        _mark_cells(cells, work, given)
        while step < until and (cells & 1).any() and not (cells & 1).all():
            report(0.5 * step / steps)
            mode = cv2.GC_EVAL if models[0].any() else cv2.GC_INIT_WITH_MASK
            cv2.grabCut(copy, cells, _NO_RECT, models[0], models[1], 1, mode)
            _mark_cells(cells, work, given)
            step += 1
        step = until
    return (cells & 1).astype(np.uint8), models


def _fine(
    levels: Mapping[int, Picture],
    work: Box,
    coarse: _Cells,
    marks: Sequence[Mark],
    models: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]],
) -> _Cells:
    """The border of the coarse cut found again on a larger copy with the same colours."""
    size = _size(work, FINE)
    factor = size[0] / coarse.shape[1]
    near = _resized(coarse, size)
    if factor <= 1.0 or not coarse.any() or coarse.all():
        return near
    reach = math.ceil(1.5 * factor)
    kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    core, hull = cv2.erode(near, kernel), cv2.dilate(near, kernel)
    cells = np.where(near, _MAYBE_IN, _MAYBE_OUT).astype(np.uint8)
    cells[core == 1] = _IN
    cells[hull == 0] = _OUT
    _mark_cells(cells, work, marks)
    if not (cells & 1).any() or (cells & 1).all():
        return near
    cv2.grabCut(_copy(levels, work, size), cells, _NO_RECT, models[0], models[1], 1, cv2.GC_EVAL_FREEZE_MODEL)
    return (cells & 1).astype(np.uint8)


def _full(levels: Mapping[int, Picture], work: Box, fine: _Cells, report: Report) -> Stencil:
    """The fine cut at full size, its border moved to where the colours part."""
    size = (fine.shape[1], fine.shape[0])
    factor = work.width / size[0]
    if factor <= 1.0:
        return fine.copy()
    out = cv2.resize(fine, (work.width, work.height), interpolation=cv2.INTER_NEAREST)
    kernel = np.ones((5, 5), np.uint8)
    band = (cv2.dilate(fine, kernel) != cv2.erode(fine, kernel)).view(np.uint8)
    planes, known = _sides(_copy(levels, work, size), fine, band)
    flags = 255 * np.dstack([fine, band, band & known])
    sx, sy = size[0] / work.width, size[1] / work.height
    smooth = min(2 * max(1, round(factor)) + 1, 31)
    tiles = _tiles(band, work)
    for count, tile in enumerate(tiles):
        report(0.7 + 0.3 * count / len(tiles))
        outer = tile.grow(smooth // 2).intersect(whole(work.width, work.height))
        pixels = levels[0][outer.moved(work.left, work.top).slices]
        cut = _by_colour(pixels, _sampled(planes, outer, sx, sy), _sampled(flags, outer, sx, sy), smooth)
        out[tile.slices] = cut[tile.slices_in(outer)]
    return np.asarray(out, np.uint8)


def _tiles(band: _Cells, work: Box) -> list[Box]:
    """The tiles of ``work``, counted from its corner, that a pixel of the band may lie in: one whose own cell is in the
    band or next to it."""
    sx, sy = band.shape[1] / work.width, band.shape[0] / work.height
    hit = np.zeros((-(-work.height // _TILE), -(-work.width // _TILE)), np.bool_)
    rows, columns = np.nonzero(cv2.dilate(band, np.ones((3, 3), np.uint8)))
    for row, column in product((rows, rows + 1), (columns, columns + 1)):  # a cell may lie in up to four
        y, x = np.minimum(row / sy, work.height - 1), np.minimum(column / sx, work.width - 1)
        hit[(y // _TILE).astype(np.intp), (x // _TILE).astype(np.intp)] = True
    return [
        Box(left, top, left + _TILE, top + _TILE).intersect(whole(work.width, work.height))
        for top, left in (_TILE * np.argwhere(hit)).tolist()
    ]


def _sides(copy: Picture, fine: _Cells, band: _Cells) -> tuple[npt.NDArray[np.float32], _Cells]:
    """For every cell the plane between the mean colours on the two sides around it (H x W x 4), and whether there is
    one (0 or 1): both sides are near, and do not look alike.

    A colour belongs inside where its three channels, and 255 as the fourth, times the plane are above 0 in sum.
    """
    colours = copy.astype(np.float32)
    means, known = [], np.ones(fine.shape, np.bool_)
    for side in ((fine == 1) & (band == 0), (fine == 0) & (band == 0)):
        weight = side.astype(np.float32)
        total = cv2.boxFilter(weight, -1, (_WINDOW, _WINDOW), normalize=False)
        summed = cv2.boxFilter(colours * weight[:, :, None], -1, (_WINDOW, _WINDOW), normalize=False)
        known &= total > 0.5
        means.append(summed / np.maximum(total, 1.0)[:, :, None])
    apart = means[0] - means[1]
    known &= np.square(apart).sum(axis=2) > _LEAST_CONTRAST**2
    offset = (np.square(means[1]).sum(axis=2) - np.square(means[0]).sum(axis=2)) / (2 * 255)
    plane = np.dstack([apart, offset]).astype(np.float32)
    plane[~known] = 0.0
    return plane, known.view(np.uint8)


def _by_colour(pixels: Picture, planes: npt.NDArray[np.float32], flags: _Cells, smooth: int) -> Stencil:
    """In the band every pixel goes to the side whose colour is nearer, if the sides differ, and then with the most of
    those around it. ``flags`` (H x W x 3) are 255 inside, in the band, and where a pixel's colour decides."""
    near, band, decided = cv2.split(flags)
    cv2.threshold(near, 127, 255, cv2.THRESH_BINARY, near)
    colours = cv2.cvtColor(pixels, cv2.COLOR_RGB2RGBA)
    lean = cv2.transform(cv2.multiply(colours, planes, dtype=cv2.CV_32F), np.ones((1, 4), np.float32))
    inner = 255 * (lean > 0.0).view(np.uint8)
    cut = cv2.copyTo(inner, decided, near.copy())
    # The mean of so many 0 and 255 is above 127 where most are 255: a median in a tenth of the time.
    most = cv2.blur(cut, (smooth, smooth), borderType=cv2.BORDER_REPLICATE)
    cv2.copyTo(most, band, near)
    return np.asarray(cv2.threshold(near, 127, 1, cv2.THRESH_BINARY)[1], np.uint8)


def _sampled(cells: npt.NDArray[_Scalar], box: Box, sx: float, sy: float) -> npt.NDArray[_Scalar]:
    """Cells at the pixels of ``box``, linear in between; ``sx`` and ``sy`` are cells a pixel."""
    turn = np.array([[sx, 0.0, (box.left + 0.5) * sx - 0.5], [0.0, sy, (box.top + 0.5) * sy - 0.5]])
    out = cv2.warpAffine(
        cells,
        turn,
        (box.width, box.height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return out.astype(cells.dtype, copy=False)


def _resized(cells: _Cells, size: tuple[int, int]) -> _Cells:
    wide = cv2.resize(cells.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    return (wide > 0.5).astype(np.uint8)


def _about(mark: Mark, work: Box, size: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """The cells of a copy of ``size`` that a scribble goes around or is near to: the colours of a thing are more than
    those under the stroke."""
    sx, sy = size[0] / work.width, size[1] / work.height
    points = np.array([((p.x - work.left) * sx, (p.y - work.top) * sy) for p in mark.points], np.float32)
    outside = np.ones((size[1], size[0]), np.uint8)
    cv2.fillConvexPoly(outside, np.rint(cv2.convexHull(points)).astype(np.int32), 0)
    reach = mark.radius * sx + _ABOUT * float(np.ptp(points, axis=0).max())
    near: npt.NDArray[np.bool_] = cv2.distanceTransform(outside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) <= reach
    return near


def _mark_cells(cells: _Cells, work: Box, marks: Sequence[Mark]) -> None:
    """Write the person's marks, which are certain, into the cells of a copy."""
    frame = whole(cells.shape[1], cells.shape[0])
    for mark in marks:
        _stamp(cells, work, frame, mark, _IN if mark.inside else _OUT)


def _stamp(cells: _Cells, work: Box, frame: Box, mark: Mark, value: int) -> None:
    """Draw a mark into an array that shows ``work`` with the size of ``frame``."""
    sx, sy = frame.width / work.width, frame.height / work.height
    radius = max(mark.radius * sx, 0.5)
    points = [Point((p.x - work.left) * sx, (p.y - work.top) * sy) for p in mark.points]
    within = whole(cells.shape[1], cells.shape[0])
    for a, b in zip(points, points[1:] or points, strict=False):
        stencil, box = raster.segment(a, b, radius, radius, within)
        if not box.empty:
            cells[box.slices][stencil != 0] = value
