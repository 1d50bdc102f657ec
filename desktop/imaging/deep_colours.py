"""Colours of 16 bits a channel, of which Pillow keeps the upper 8."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image, TiffImagePlugin

from desktop.core.errors import MaskError
from desktop.imaging.pixel_counts import distinct_values
from desktop.opencv import cv2

_MOST = 66


def check_told_apart(data: bytes, image: Image.Image) -> None:
    """Raises MaskError for a label image whose colours are fewer when they have 8 bits: they would become one."""
    if not _deep(data, image):
        return
    samples = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if samples is None or samples.dtype != np.uint16 or samples.ndim != 3 or samples.shape[2] < 3:
        return
    colours = distinct_values(_packed(np.asarray(samples, np.uint16)), _MOST)
    if colours is None:
        return
    if np.unique(colours & np.uint64(0xFF00FF00FF00)).size < colours.size:
        raise MaskError(
            "This label image has 16 bits per channel and colours that differ too little; save it with 8 bits per "
            "channel, or with numbers for labels."
        )


def _deep(data: bytes, image: Image.Image) -> bool:
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        return tuple(image.tag_v2.get(TiffImagePlugin.BITSPERSAMPLE, ()))[:3] == (16, 16, 16)
    return image.format == "PNG" and data[24] == 16 and image.mode in {"RGB", "RGBA"}


def _packed(samples: npt.NDArray[np.uint16]) -> npt.NDArray[np.uint64]:
    packed = samples[..., 0].astype(np.uint64)
    for channel in (1, 2):
        packed <<= np.uint64(16)
        packed |= samples[..., channel]
    return packed
