"""Values as numpy saves them into a TIFF, of more bits than a picture has: labels of 64 bits, shares from 0 to 1."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import TiffImagePlugin
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from desktop.imaging.probe import MAX_PIXELS
from desktop.opencv import cv2

Numbers = npt.NDArray[np.number[Any]]
Levels = npt.NDArray[np.unsignedinteger[Any]]

_BAND = 500_000


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


def levels_of(numbers: Numbers) -> tuple[Levels, bool]:
    """Numbers as grey levels, up to 255 or up to 65535; and whether they are shares from 0 to 1, which go to 255."""
    flat = numbers.ravel()
    bands = [flat[start : start + _BAND] for start in range(0, flat.size, _BAND)]
    real = numbers.dtype.kind == "f"
    highest = max(float(np.nanmax(band, initial=0.0)) for band in bands)
    shares = real and highest <= 1.0
    most = 255 if highest <= 255 else 65535
    levels: Levels = np.empty(flat.size, np.uint8 if most == 255 else np.uint16)
    for index, band in enumerate(bands):
        whole = np.nan_to_num(np.rint(band * 255 if shares else band)) if real else band
        levels[index * _BAND : index * _BAND + band.size] = np.clip(whole, 0, most)
    return levels.reshape(numbers.shape), shares
