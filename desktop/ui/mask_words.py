"""What an imported mask is understood to be: the words and colours of the card that asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtGui import QColor

from desktop.core.areas import STATIC_LABEL
from desktop.ui.theme import area_color

if TYPE_CHECKING:
    from desktop.imaging.mask_import import MaskFile

_GREY = 0xFF606060


def words_of(file: MaskFile, chosen: dict[int, int]) -> str:
    """What a mask file is taken for, in a few words. ``chosen``: the label of each region, by its index."""
    if file.other is not None:
        return f"{words_of(replace(file, other=None), chosen)}; or {words_of(file.other, chosen)}"
    if file.kind == "labels":
        what = "label" if all(region.value for region in file.regions) else "colour"
        return f"a label image with {counted(len(file.regions), what)}; {_becomes(file, chosen)}"
    return {"mask": "two colours", "grey": "brightness", "alpha": "transparency"}[file.kind]


def _becomes(file: MaskFile, chosen: dict[int, int]) -> str:
    """Which areas the regions become."""
    areas = _areas(sorted(chosen.values()))
    count = len(file.regions)
    if len(chosen) == count:
        return f"it becomes {areas}" if count == 1 else f"they become {areas}"
    least = min((file.regions[index].pixels for index in chosen), default=0)
    largest = all(region.pixels <= least for i, region in enumerate(file.regions) if i not in chosen)
    return f"the {len(chosen)} largest become {areas}" if largest else f"{len(chosen)} of them become {areas}"


def _areas(labels: list[int]) -> str:
    """Areas in a sentence: *areas 1 to 6*, *areas 1 and 4*, *area 2 and Hold still*."""
    moving = [label for label in labels if label != STATIC_LABEL]
    words = []
    if len(moving) > 2 and moving[-1] - moving[0] == len(moving) - 1:
        words = [f"areas {moving[0]} to {moving[-1]}"]
    elif moving:
        words = [f"{'area' if len(moving) == 1 else 'areas'} {moving[0]}", *(str(n) for n in moving[1:])]
    words += ["Hold still"] * (STATIC_LABEL in labels)
    return listed(words)


def listed(words: Sequence[str]) -> str:
    """Words in a sentence: *a*, *a and b*, *a, b and c*."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def counted(number: int, what: str) -> str:
    """A number with its noun: *1 area*, *3 areas*."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def colors_of(file: MaskFile, chosen: dict[int, int]) -> np.ndarray[Any, np.dtype[np.uint32]]:
    """A colour 0xffRRGGBB for every region number of a label image: the file's own, or that of the area it becomes;
    grey for bare values that become none."""
    table = np.full(len(file.regions) + 1, _GREY, np.uint32)
    table[0] = 0xFF000000
    for index, region in enumerate(file.regions):
        if region.color:
            table[index + 1] = QColor(region.color).rgb()
    for index, label in chosen.items():
        if not file.regions[index].color:
            table[index + 1] = QColor(area_color(0 if label == STATIC_LABEL else label)).rgb()
    return table
