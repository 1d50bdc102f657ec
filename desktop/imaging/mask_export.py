"""Masks out: one PNG per area, or one indexed PNG of all."""

from __future__ import annotations

from desktop.core.label_map import mask_of
from desktop.core.mask_names import area_file, safe_name
from desktop.core.shot import Shot
from desktop.imaging.masks import indexed_png, mask_png


def area_files(shot: Shot) -> dict[str, bytes]:
    """One black and white PNG of the picture's size per area that is painted, by file name."""
    files: dict[str, bytes] = {}
    for area in shot.areas:
        mask = mask_of(shot.label_map, area.label)
        if mask.any():
            files[area_file(shot, area)] = mask_png(mask)
    return files


def indexed_file(shot: Shot) -> tuple[str, bytes]:
    """(file name, PNG) of all areas: the palette index of a pixel is its label, 1 to 6, or 7 for the static area."""
    return f"{safe_name(shot.name)}-areas.png", indexed_png(shot.label_map)
