"""Masks in small: white or an area's colour where they are painted, a label image in its colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

_BLACK, WHITE = 0xFF000000, 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Layer:
    """One mask: H x W values that show in ``color`` (0xffRRGGBB) from ``least`` on, or from the threshold where that is
    None; or, with ``table``, each value in its own colour (0 shows what is below)."""

    values: npt.NDArray[np.unsignedinteger[Any]] = field(repr=False)
    color: int = WHITE
    least: int | None = None
    table: npt.NDArray[np.uint32] | None = field(default=None, repr=False)


def mask_picture(layers: Sequence[Layer], side: int, threshold: int) -> QImage:
    """The layers, smaller masks on top, at most ``side`` pixels wide and high; their shape is the first one's."""
    height, width = layers[0].values.shape
    share = min(side / width, side / height)
    wide, high = max(1, round(width * share)), max(1, round(height * share))
    drawn = [_drawn(layer, wide, high, threshold) for layer in layers]
    pixels = np.full((high, wide), _BLACK, np.uint32)
    for layer in sorted(drawn, key=np.count_nonzero, reverse=True):
        np.copyto(pixels, layer, where=layer != 0)
    return QImage(pixels.data, wide, high, 4 * wide, QImage.Format.Format_RGB32).copy()


def _drawn(layer: Layer, wide: int, high: int, threshold: int) -> npt.NDArray[np.uint32]:
    """One layer in small, ``high`` x ``wide``: 0 where it is not painted."""
    rows = np.arange(high) * layer.values.shape[0] // high
    columns = np.arange(wide) * layer.values.shape[1] // wide
    sample = layer.values.take(rows, axis=0).take(columns, axis=1)
    if layer.table is not None:
        colors: npt.NDArray[np.uint32] = layer.table[sample]
        return colors
    least = threshold if layer.least is None else layer.least
    return np.where(sample >= least, np.uint32(layer.color), np.uint32(0))
