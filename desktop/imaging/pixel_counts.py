"""Which values and colours an image has, and how often: in bands, since counting holds the interpreter, and a window
waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from desktop.opencv import cv2

BAND = 500_000
"""Pixels that are looked at in one go."""

COLOURS = (1 << 24) + 1
"""Packed colours, and one number that stands for something else."""

_SAMPLE = 50_000

Packed = npt.NDArray[np.uint32]
Looked = TypeVar("Looked", bound=np.generic)


def parts(values: npt.NDArray[Looked]) -> Iterator[npt.NDArray[Looked]]:
    """The values one after the other, some at a time."""
    flat = values.ravel()
    for start in range(0, flat.size, BAND):
        yield flat[start : start + BAND]


def neutral(rgba: npt.NDArray[np.uint8], most: int) -> bool:
    """Whether red, green and blue are the same everywhere, give or take ``most`` levels."""
    rows = max(1, BAND // rgba.shape[1])
    for top in range(0, rgba.shape[0], rows):
        band = rgba[top : top + rows]
        least = np.minimum(np.minimum(band[..., 0], band[..., 1]), band[..., 2])
        greatest = np.maximum(np.maximum(band[..., 0], band[..., 1]), band[..., 2])
        if int((greatest - least).max()) > most:
            return False
    return True


def packed_colours(rgba: npt.NDArray[np.uint8]) -> Packed:
    """0xRRGGBB of each pixel."""
    packed = rgba[..., 0].astype(np.uint32)
    for channel in (1, 2):
        packed <<= 8
        packed |= rgba[..., channel]
    return packed


def distinct(packed: Packed, most: int) -> list[int] | None:
    """The different values, rising; None when there are more than ``most``."""
    if np.unique(packed.ravel()[:: max(1, packed.size // _SAMPLE)]).size > most:
        return None
    seen = np.zeros(COLOURS, np.bool_)
    for band in parts(packed):
        seen[band] = True
    used = np.flatnonzero(seen)
    return [int(value) for value in used] if used.size <= most else None


def histogram(values: npt.NDArray[np.integer[Any]], size: int) -> npt.NDArray[np.int64]:
    """How often each value occurs."""
    found = np.zeros(size, np.int64)
    small = values.dtype in (np.uint8, np.uint16)  # OpenCV counts these several times as fast
    for band in parts(values):
        if small:
            found += cv2.calcHist([band], [0], None, [size], [0, size]).ravel().astype(np.int64)
        else:
            found += np.bincount(band, minlength=size)
    return found


def looked_up(table: npt.NDArray[Looked], values: npt.NDArray[np.generic]) -> npt.NDArray[Looked]:
    """``table[values]``."""
    out = np.empty(values.shape, table.dtype)
    for into, band in zip(parts(out), parts(values), strict=True):
        into[:] = table[band]
    return out


def distinct_values(values: npt.NDArray[Looked], most: int) -> npt.NDArray[Looked] | None:
    """The different values of any type, rising; None when there are more than ``most``."""
    found = values.ravel()[:1]
    for band in parts(values):
        starts = band[1:][band[1:] != band[:-1]]  # labels lie in pieces: few are left to sort
        found = np.unique(np.concatenate([found, band[:1], starts]))
        if found.size > most:
            return None
    return found
