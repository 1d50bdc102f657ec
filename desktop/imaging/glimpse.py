"""A small picture at once, while the full one is still being read."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageOps

from desktop.core.shot import SourceImage
from desktop.imaging.pyramid import Picture, level_sizes
from desktop.opencv import cv2

LONGEST = 2200
"""Longer side in pixels above which a glimpse is taken at all, and which it stays under."""

_MOST_REDUCED = 3


def glimpse(image: SourceImage) -> tuple[int, Picture] | None:
    """(level, pixels) of a large JPEG by reduced decoding: some five to ten times as fast as reading it whole.

    None for small pictures and for formats that cannot be decoded reduced. Colours are as stored: a profile is
    applied only to the full picture.
    """
    if image.media_type != "image/jpeg" or max(image.width, image.height) <= LONGEST:
        return None
    level = 1
    while max(image.width, image.height) >> level > LONGEST and level < _MOST_REDUCED:
        level += 1
    sizes = level_sizes(image.width, image.height)
    try:
        with Image.open(io.BytesIO(image.data)) as opened:
            if opened.mode != "RGB":
                return None
            opened.draft("RGB", (opened.width >> level, opened.height >> level))
            reduced = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None  # the full read says what is wrong
    pixels = np.asarray(reduced)
    if (pixels.shape[1], pixels.shape[0]) != sizes[level]:
        pixels = cv2.resize(pixels, sizes[level], interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    return level, pixels
