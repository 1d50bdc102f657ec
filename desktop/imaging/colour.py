"""Colour: whatever a picture's profile says, as sRGB."""

from __future__ import annotations

import io
from functools import lru_cache

import numpy as np
from PIL import Image, ImageCms

_SAME_COLOUR = 2
"""A profile whose colours differ from sRGB by no more than this many levels of 255 is taken as sRGB."""

_FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION


@lru_cache(maxsize=8)
def is_srgb(icc: bytes) -> bool:
    """Whether an RGB profile means sRGB, whatever its name; no profile means sRGB."""
    if not icc:
        return True
    steps = np.linspace(0, 255, 9).round().astype(np.uint8)
    cube = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(27, 27, 3)
    try:
        seen = _converted(Image.fromarray(cube), icc)
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


def to_srgb(image: Image.Image, icc: bytes) -> tuple[Image.Image, str]:
    """A picture of mode RGB, L or CMYK as sRGB in mode RGB, and a sentence when its colours were converted.

    The conversion is relative colorimetric with black point compensation. A profile that cannot be read, or
    is for another kind of picture, is left out.
    """
    space = profile_space(icc)
    if image.mode == "L" and space == "RGB":
        image = image.convert("RGB")
    fits = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}.get(space) == image.mode
    if fits and not (space == "RGB" and is_srgb(icc)):
        try:
            return _converted(image, icc), f"Converted from {profile_title(icc)} to sRGB."
        except (ImageCms.PyCMSError, OSError):
            fits = False
    if image.mode == "CMYK":
        return image.convert("RGB"), "Converted from CMYK to sRGB without a colour profile."
    plain = image if image.mode == "RGB" else image.convert("RGB")
    if icc and not fits:
        return plain, "The colour profile of the file could not be used; its colours were taken as sRGB."
    return plain, ""


def _converted(image: Image.Image, icc: bytes) -> Image.Image:
    seen = ImageCms.profileToProfile(
        image,
        ImageCms.ImageCmsProfile(io.BytesIO(icc)),
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=_FLAGS,
    )
    if seen is None:
        raise OSError("the colours were not converted")
    return seen
