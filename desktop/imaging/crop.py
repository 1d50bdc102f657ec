"""Sizes the service accepts, for a picture: where to crop and how far to enlarge."""

from __future__ import annotations

from desktop.core import fitting
from desktop.core.conventions import Conventions
from desktop.core.geometry import Box
from desktop.core.shot import SourceImage


def crop_to_aspect(image: SourceImage, limits: Conventions) -> Box:
    """The largest centred part of the frame whose aspect is allowed; the frame itself when it already is."""
    return fitting.crop_to_aspect(image.frame, limits.max_aspect)


def enlarged_size(width: int, height: int, limits: Conventions) -> tuple[int, int]:
    """(width, height) of (nearly) the same aspect with no side under the limit; never an unallowed aspect."""
    return fitting.enlarged_size(width, height, limits.min_side, limits.max_aspect)
