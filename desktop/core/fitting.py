"""Sizes that the service accepts: the arithmetic of crops and scaling, without a pixel touched."""

from __future__ import annotations

import math

from desktop.core.geometry import Box


def aspect_allowed(width: int, height: int, max_aspect: float) -> bool:
    """Whether the aspect lies in 1:max_aspect to max_aspect:1, the limits included."""
    return max(width, height) <= max_aspect * min(width, height)


def side_allowed(width: int, height: int, min_side: int) -> bool:
    """Whether both sides are long enough."""
    return min(width, height) >= min_side


def crop_to_aspect(frame: Box, max_aspect: float) -> Box:
    """The largest centred part of ``frame`` whose aspect is allowed; ``frame`` itself when it already is."""
    if aspect_allowed(frame.width, frame.height, max_aspect):
        return frame
    if frame.width > frame.height:
        width = math.floor(frame.height * max_aspect)
        left = frame.left + (frame.width - width) // 2
        return Box(left, frame.top, left + width, frame.bottom)
    height = math.floor(frame.width * max_aspect)
    top = frame.top + (frame.height - height) // 2
    return Box(frame.left, top, frame.right, top + height)


def enlarged_size(width: int, height: int, min_side: int, max_aspect: float) -> tuple[int, int]:
    """The size of (nearly) the same aspect whose shorter side is ``min_side``; itself when it is large enough.

    An allowed aspect stays allowed, whatever the rounding.
    """
    short = min(width, height)
    if short >= min_side:
        return width, height
    long_side = round(max(width, height) * min_side / short)
    if aspect_allowed(width, height, max_aspect):
        long_side = min(long_side, math.floor(min_side * max_aspect))
    long_side = max(long_side, min_side)
    return (long_side, min_side) if width >= height else (min_side, long_side)


def scaled_size(width: int, height: int, factor: float, min_side: int, max_aspect: float) -> tuple[int, int]:
    """The size scaled down by ``factor`` <= 1: no side falls under ``min_side``, an allowed aspect stays allowed."""
    short, long_side = min(width, height), max(width, height)
    new_short = max(round(short * factor), min(min_side, short))
    new_long = max(round(long_side * new_short / short), new_short)
    if aspect_allowed(width, height, max_aspect):
        new_long = min(new_long, math.floor(new_short * max_aspect))
    return (new_long, new_short) if width >= height else (new_short, new_long)
