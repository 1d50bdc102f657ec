"""Masks out: one PNG per area, or one indexed PNG of all."""

from __future__ import annotations

import re

from desktop.core.areas import MotionArea
from desktop.core.label_map import mask_of
from desktop.core.shot import Shot
from desktop.imaging.masks import indexed_png, mask_png

_UNSAFE = re.compile(r"[^\w-]+")


def safe_name(text: str) -> str:
    """A title as part of a file name on any system: letters, digits, ``-`` and ``_``."""
    return _UNSAFE.sub("-", text).strip("-_")[:60] or "shot"


def area_files(shot: Shot) -> dict[str, bytes]:
    """One black and white PNG of the picture's size per area that is painted, by file name."""
    files: dict[str, bytes] = {}
    for area in shot.areas:
        mask = mask_of(shot.label_map, area.label)
        if mask.any():
            files[area_file(shot, area)] = mask_png(mask)
    return files


def area_file(shot: Shot, area: MotionArea) -> str:
    """The file name of one area's mask."""
    return f"{safe_name(shot.name)}-{area.number}-{safe_name(area.title)}.png"


def indexed_file(shot: Shot) -> tuple[str, bytes]:
    """(file name, PNG) of all areas: the palette index of a pixel is its label, 1 to 6, or 7 for the static area."""
    return f"{safe_name(shot.name)}-areas.png", indexed_png(shot.label_map)
