"""Colour: whatever a picture's profile says, as sRGB."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from PIL import Image, ImageCms

_SAME_COLOUR = 2
"""A profile whose colours differ from sRGB by no more than this many levels of 255 is taken as sRGB."""

_FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION | ImageCms.Flags.NOCACHE

Convert = Callable[[Image.Image], Image.Image]


@lru_cache(maxsize=8)
def is_srgb(icc: bytes) -> bool:
    """Whether an RGB profile means sRGB, whatever its name; no profile means sRGB."""
    if not icc:
        return True
    steps = np.linspace(0, 255, 9).round().astype(np.uint8)
    cube = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(27, 27, 3)
    try:
        seen = _conversion("RGB", icc)(Image.fromarray(cube))
    except (ImageCms.PyCMSError, OSError):
        return False
    return int(np.abs(np.asarray(seen).astype(int) - cube).max()) <= _SAME_COLOUR


@lru_cache(maxsize=8)
def profile_space(icc: bytes) -> str:
    """The colour space a profile is for, ``RGB``, ``GRAY``, ``CMYK``; empty when it cannot be read."""
    if not icc:
        return ""
    try:
        return str(ImageCms.ImageCmsProfile(io.BytesIO(icc)).profile.xcolor_space).strip()
    except (ImageCms.PyCMSError, OSError, ValueError):
        return ""


def profile_title(icc: bytes) -> str:
    """The profile's own name, for people."""
    try:
        title = ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(icc))).strip()
    except (ImageCms.PyCMSError, OSError, ValueError):
        title = ""
    return title[:60] or "its own colour profile"


def converter(mode: str, icc: bytes) -> tuple[Convert | None, str]:
    """What makes pictures of mode RGB, L or CMYK sRGB in mode RGB, and a sentence when their colours become others.

    None leaves the colours as they are. The conversion is relative colorimetric with black point compensation, and may
    be used by several threads. A profile that cannot be read, or is for another kind of picture, is left out.
    """
    space = profile_space(icc)
    if mode == "L" and space == "RGB":
        mode = "RGB"
    fits = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}.get(space) == mode
    if fits and not (space == "RGB" and is_srgb(icc)):
        try:
            return _conversion(mode, icc), f"Converted from {profile_title(icc)} to sRGB."
        except (ImageCms.PyCMSError, OSError):
            fits = False
    if mode == "CMYK":
        return None, "Converted from CMYK to sRGB without a colour profile."
    if icc and not fits:
        return None, "The colour profile of the file could not be used; its colours were taken as sRGB."
    return None, ""


def _conversion(mode: str, icc: bytes) -> Convert:
    transform = ImageCms.buildTransform(
        ImageCms.ImageCmsProfile(io.BytesIO(icc)),
        ImageCms.createProfile("sRGB"),
        mode,
        "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        _FLAGS,
    )

    def convert(image: Image.Image) -> Image.Image:
        seen = ImageCms.applyTransform(image if image.mode == mode else image.convert(mode), transform)
        if seen is None:
            raise OSError("the colours were not converted")
        return seen

    return convert
