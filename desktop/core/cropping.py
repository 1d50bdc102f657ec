"""The crop frame while it is drawn: whole pixels, inside the picture, of an aspect the service takes."""

from __future__ import annotations

import math
from typing import Literal

from desktop.core.fitting import crop_to_aspect
from desktop.core.geometry import Box

Grip = Literal["move", "n", "s", "w", "e", "nw", "ne", "sw", "se"]
"""What is held: the frame itself, or one of its sides or corners."""

LEAST_SIDE = 16
"""Pixels below which the frame is not drawn smaller."""


def with_aspect(frame: Box, within: Box, aspect: float) -> Box:
    """The frame of this aspect (width by height) around the same middle, of about the same area, inside ``within``."""
    height = math.sqrt(frame.width * frame.height / aspect)
    height = min(max(height, LEAST_SIDE), within.height, within.width / aspect)
    wide, high = max(1, min(round(height * aspect), within.width)), max(1, min(round(height), within.height))
    middle_x, middle_y = (frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2
    return _inside(round(middle_x - wide / 2), round(middle_y - high / 2), wide, high, within)


def moved(frame: Box, dx: float, dy: float, within: Box) -> Box:
    """The frame somewhere else, as far as the picture goes."""
    return _inside(frame.left + round(dx), frame.top + round(dy), frame.width, frame.height, within)


def dragged(
    frame: Box, grip: Grip, dx: float, dy: float, within: Box, aspect: float | None, most: float
) -> Box:
    """The frame after a grip was dragged by (dx, dy) pixels.

    The side or corner across stays where it is. With an ``aspect`` it is kept; without, the frame stays within
    1:``most`` to ``most``:1.
    """
    if grip == "move":
        return moved(frame, dx, dy, within)
    sign_x = 1 if "e" in grip else -1 if "w" in grip else 0
    sign_y = 1 if "s" in grip else -1 if "n" in grip else 0
    room_x = _room(frame.left, frame.right, within.left, within.right, sign_x)
    room_y = _room(frame.top, frame.bottom, within.top, within.bottom, sign_y)
    wide = min(max(frame.width + sign_x * dx, LEAST_SIDE), room_x)
    high = min(max(frame.height + sign_y * dy, LEAST_SIDE), room_y)
    if aspect is not None:
        if sign_x == 0 or (sign_y != 0 and wide < high * aspect):
            wide = high * aspect
        high = min(wide / aspect, room_y, room_x / aspect)
        wide = high * aspect
    elif sign_x == 0:
        high = min(max(high, wide / most), wide * most)
    elif sign_y == 0:
        wide = min(max(wide, high / most), high * most)
    else:
        wide, high = min(wide, high * most), min(high, wide * most)
    width, height = max(1, math.floor(wide + 1e-6)), max(1, math.floor(high + 1e-6))
    if aspect is None:
        width, height = min(width, math.floor(height * most)), min(height, math.floor(width * most))
    left = _start(frame.left, frame.right, width, sign_x)
    top = _start(frame.top, frame.bottom, height, sign_y)
    return _inside(left, top, width, height, within)


def sized(frame: Box, width: int, height: int, within: Box, most: float) -> Box:
    """The frame of a size that was typed, around the same middle and of an allowed aspect."""
    wide = min(max(width, 1), within.width)
    high = min(max(height, 1), within.height)
    box = _inside(
        round((frame.left + frame.right - wide) / 2),
        round((frame.top + frame.bottom - high) / 2),
        wide,
        high,
        within,
    )
    return crop_to_aspect(box, most)


def _room(start: int, stop: int, low: int, high: int, sign: int) -> float:
    """How long a side can become when the other end (or, for 0, the middle) stays."""
    if sign > 0:
        return high - start
    if sign < 0:
        return stop - low
    return min(high - (start + stop) / 2, (start + stop) / 2 - low) * 2


def _start(start: int, stop: int, length: int, sign: int) -> int:
    if sign > 0:
        return start
    if sign < 0:
        return stop - length
    return round((start + stop - length) / 2)


def _inside(left: int, top: int, width: int, height: int, within: Box) -> Box:
    left = min(max(left, within.left), within.right - width)
    top = min(max(top, within.top), within.bottom - height)
    return Box(left, top, left + width, top + height)
