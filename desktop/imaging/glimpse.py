"""A small picture at once, while the full one is still being read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from desktop.core.shot import SourceImage
from desktop.imaging.probe import Facts, damaged, jpeg_is_whole, probe
from desktop.imaging.pyramid import Picture, level_sizes, picture_levels
from desktop.imaging.read import Reading, begin, upright
from desktop.opencv import cv2

LONGEST = 2200
"""Longer side in pixels above which a glimpse is taken at all, and which it stays under if it can."""

_REDUCED = {
    1: cv2.IMREAD_REDUCED_GRAYSCALE_2,
    2: cv2.IMREAD_REDUCED_GRAYSCALE_4,
    3: cv2.IMREAD_REDUCED_GRAYSCALE_8,
}
"""Flags by level; in colour together with `cv2.IMREAD_COLOR_RGB`, which those named for colour refuse."""


Levels = dict[int, Picture]
"""Level k is the picture at 1/2^k of its size."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A picture and the levels of it that could be had at once: all of them, or the coarser ones and the way to the
    ``rest``, to be called in a thread: it gives all levels, or raises PictureError or MemoryError."""

    image: SourceImage
    levels: Levels = field(repr=False)
    rest: Callable[[], Levels] | None = field(repr=False, default=None)


def take_in(data: bytes, name: str = "", url: str = "") -> Taken:
    """`open_image` with what can be shown at once; nothing is decoded twice. Raises PictureError like it.

    Of a large JPEG that is a glimpse: its coded data is read to the end, only the pixels are fewer. Of a large PNG
    without a profile it is all of it. Of all else that is large it is a sketch of the decoded pixels, which are still
    to be converted and halved.
    """
    facts = probe(data)
    width, height = facts.upright_size
    image = SourceImage(data, facts.media_type, width, height, name, url)
    first = glimpse(data, facts)
    if first is not None:
        return Taken(image, first, lambda: all_levels(image))
    reading = begin(data, facts, levels=True)
    if max(width, height) <= LONGEST or reading.levels:
        return Taken(image, _levels(reading))
    level = _level_for(facts)
    return Taken(image, _from(level, reading.sketch(1 << level)), lambda: _levels(reading))


def all_levels(image: SourceImage) -> Levels:
    """All levels of a picture, read in full. Raises PictureError."""
    facts = probe(image.data)
    if facts.upright_size != (image.width, image.height):
        raise damaged(f"{facts.upright_size} instead of {image.width} x {image.height}")
    return _levels(begin(image.data, facts, levels=True))


def _from(level: int, pixels: Picture) -> Levels:
    """Pixels of a level and all coarser ones."""
    return dict(enumerate(picture_levels(pixels), level))


def _levels(reading: Reading) -> Levels:
    pixels = reading.finish().pixels
    return dict(enumerate((pixels, *reading.levels) if reading.levels else picture_levels(pixels)))


def _level_for(facts: Facts) -> int:
    longest = max(facts.width, facts.height)
    return next((level for level in _REDUCED if longest >> level <= LONGEST), max(_REDUCED))


def glimpse(data: bytes, facts: Facts) -> Levels | None:
    """The coarser levels, upright, of a large and whole JPEG, by reduced decoding: in a third of the time of all of it,
    or two thirds if it is progressive.

    None for everything else. Colours are as stored: a profile is applied only to the full picture.
    """
    if facts.media_type != "image/jpeg" or facts.mode not in {"RGB", "L"}:
        return None
    if max(facts.width, facts.height) <= LONGEST or not jpeg_is_whole(data):
        return None
    level = _level_for(facts)
    flags = _REDUCED[level] | cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION
    found = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    if found is None:
        return None  # the full read says what is wrong
    size = level_sizes(facts.width, facts.height)[level]
    if (found.shape[1], found.shape[0]) != size:
        found = cv2.resize(found, size, interpolation=cv2.INTER_AREA)
    return _from(level, upright(np.asarray(found, np.uint8), facts.orientation))
