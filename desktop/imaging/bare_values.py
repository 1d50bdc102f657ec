"""Values as numpy saves them into a TIFF, of more bits than a picture has: labels of 64 bits, shares from 0 to 1."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, TiffImagePlugin
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from desktop.imaging.pixel_counts import distinct_values, parts
from desktop.imaging.probe import MAX_PIXELS
from desktop.opencv import cv2

Numbers = npt.NDArray[np.number[Any]]
Levels = npt.NDArray[np.unsignedinteger[Any]]

MOST_LABELS = 65535
"""More labels than these are not told apart."""

_LOOKED_AT = 1 << 18
"""Numbers of more values than this are brightness."""

_SAMPLE_FORMAT, _UNSIGNED = 339, 1


@dataclass(frozen=True, slots=True)
class Bare:
    """Numbers as levels to count with.

    ``levels`` is H x W: the numbers themselves where they reach up to 255 (uint8) or 65535 (uint16), else their places
    in ``numbers`` (uint32), where 0 comes first and the others rise behind it. ``white`` is the greatest
    level that the type has, -1 for places. ``soft`` numbers are brightness if they have more than two
    levels: shares of 1, fractions, and all too many numbers.
    """

    levels: Levels = field(repr=False)
    white: int
    numbers: Numbers | None = field(default=None, repr=False)
    soft: bool = False


def wide_values(data: bytes) -> Numbers | None:
    """H x W numbers of a TIFF with one channel of 64 bits, which Pillow does not know and napari writes; None for
    anything else."""
    if data[:4] not in (b"II*\0", b"MM\0*"):
        return None
    try:
        header = ImageFileDirectory_v2(data[:8])
        file = io.BytesIO(data)
        file.seek(header.next)
        header.load(file)
        bits = header.get(TiffImagePlugin.BITSPERSAMPLE, (1,))
        width, height = header[TiffImagePlugin.IMAGEWIDTH], header[TiffImagePlugin.IMAGELENGTH]
    except (SyntaxError, OSError, KeyError, ValueError, TypeError, struct.error):  # damaged: no such file
        return None
    if tuple(bits) != (64,) or width * height > MAX_PIXELS:
        return None
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    return found if found is not None and found.ndim == 2 else None


def pillow_values(image: Image.Image, upright: Image.Image) -> Numbers:
    """The numbers of an ``upright`` image with one deep channel, as the file of ``image`` has them: Pillow takes those
    of 32 bits for signed ones."""
    numbers = np.asarray(upright)
    if isinstance(image, TiffImagePlugin.TiffImageFile) and numbers.dtype == np.int32:
        bits = tuple(image.tag_v2.get(TiffImagePlugin.BITSPERSAMPLE, ()))
        kinds = tuple(image.tag_v2.get(_SAMPLE_FORMAT, (_UNSIGNED,)))
        if bits == (32,) and kinds == (_UNSIGNED,):
            return numbers.view(np.uint32)
    return numbers


def levels_of(numbers: Numbers) -> Bare:
    """Numbers of any type as levels. Whole ones keep apart; below nothing is nothing, if it is one number only."""
    if numbers.dtype.kind != "f":
        return _of_whole(numbers)
    reals = np.nan_to_num(numbers)
    highest = _highest(reals)
    if highest <= 1.0:
        return Bare(_scaled(reals, 255.0, np.uint8), 255, soft=True)
    if all(bool((np.rint(band) == band).all()) for band in parts(reals)):
        return _of_whole(reals)
    if highest <= 255:
        return Bare(_scaled(reals, 1.0, np.uint8), 255, soft=True)
    return Bare(_scaled(reals, min(1.0, 65535 / highest), np.uint16), 65535, soft=True)


def _of_whole(numbers: Numbers) -> Bare:
    highest, lowest = _highest(numbers), min(band.min() for band in parts(numbers))
    if lowest >= 0 and highest <= 65535:
        return _as_they_are(numbers, highest)
    found = distinct_values(numbers, _LOOKED_AT)
    if found is None:
        return Bare(_scaled(numbers, 255 / max(highest, 1), np.uint8), 255, soft=True)
    if np.count_nonzero(found < 0) == 1:
        found = found[1:]
        if highest <= 65535:
            return _as_they_are(numbers, highest)
    found = np.union1d(found, np.zeros(1, found.dtype))
    zero = int(np.searchsorted(found, 0))
    places = np.arange(found.size, dtype=np.uint32)
    places[:zero] += 1
    places[zero] = 0
    levels = np.empty(numbers.shape, np.uint32)
    for into, band in zip(parts(levels), parts(numbers), strict=True):
        into[:] = places[np.searchsorted(found, np.maximum(band, found[0]))]
    ordered = np.concatenate([found[zero : zero + 1], found[:zero], found[zero + 1 :]])
    return Bare(levels, -1, ordered)


def _as_they_are(numbers: Numbers, highest: float) -> Bare:
    deep = highest > 255 or (numbers.dtype.kind != "f" and numbers.dtype.itemsize < 8)
    kind = np.uint16 if deep else np.uint8
    return Bare(_scaled(numbers, None, kind), int(np.iinfo(kind).max))


def _scaled(numbers: Numbers, factor: float | None, kind: type[np.uint8] | type[np.uint16]) -> Levels:
    """Numbers times a factor, as whole ones of that type."""
    levels: Levels = np.empty(numbers.shape, kind)
    for into, band in zip(parts(levels), parts(numbers), strict=True):
        scaled = band if factor is None else np.rint(band * factor)
        into[:] = np.clip(scaled, 0, np.iinfo(kind).max)
    return levels


def _highest(numbers: Numbers) -> float:
    return float(max(band.max() for band in parts(numbers)))
