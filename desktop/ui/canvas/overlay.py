"""How areas look on the picture: tint, hatch and outline, as a colour table and a pattern of screen pixels.

The pattern has the same density at every zoom and lies still relative to the picture, so panning carries it along.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from desktop.core.areas import STATIC_LABEL, MotionArea
from desktop.core.geometry import Box
from desktop.imaging.compose import Pixels
from desktop.ui.canvas.look import Look
from desktop.ui.theme import area_color

_TINT, _HATCH, _LINE = 0.26, 0.78, 0.95
_STILL_TINT, _STILL_DOTS, _STILL_LINE = 0.10, 0.72, 0.5


def reach(ratio: float) -> int:
    """Device pixels that the outline takes on either side of a border."""
    return max(1, round(ratio))


def table(areas: Iterable[MotionArea], look: Look) -> Pixels:
    """The 256 colours that `imaging.compose.overlay` indexes."""
    out = np.zeros((4, 4, 2, 8), np.uint32)
    if look.hidden:
        return out.reshape(256)
    for area in areas:
        if area.hidden:
            continue
        red, green, blue = _rgb(area)
        still = area.label == STATIC_LABEL
        for line in range(4):
            for hatch in range(4):
                for inside in range(2):
                    alpha = _alpha(line / 3, hatch / 3 if look.hatch else 0.0, bool(inside), still, look)
                    out[line, hatch, inside, area.label] = _premultiplied(red, green, blue, alpha)
    return out.reshape(256)


def _alpha(line: float, hatch: float, inside: bool, still: bool, look: Look) -> float:
    if look.solid:
        return 1.0 if inside else 0.0
    tint, strokes, outline = (_STILL_TINT, _STILL_DOTS, _STILL_LINE) if still else (_TINT, _HATCH, _LINE)
    clear = 1.0 - outline * line
    if inside:
        clear *= (1.0 - tint) * (1.0 - strokes * hatch)
    return (1.0 - clear) * look.opacity


def _rgb(area: MotionArea) -> tuple[int, int, int]:
    color = area.color or area_color(area.number)
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _premultiplied(red: int, green: int, blue: int, alpha: float) -> int:
    r, g, b = (round(c * alpha) for c in (red, green, blue))
    return round(255 * alpha) << 24 | r << 16 | g << 8 | b


class Hatch:
    """The pattern of every label: diagonals of different angles for 1 to 6, dots for the still area."""

    def __init__(self, ratio: float, width: int, height: int) -> None:
        """For a view of ``width`` x ``height`` device pixels at a device pixel ratio."""
        unit = 2 * max(1, round(3 * ratio))
        self._period = 6 * unit
        weight = 2.3 * ratio
        tile = np.zeros((2, self._period, self._period), np.uint8)
        strokes = (
            _lines(self._period, 2 * unit, 1, 1, weight),
            _lines(self._period, 2 * unit, -1, 1, weight),
            _lines(self._period, 3 * unit // 2, 0, 1, weight),
            _lines(self._period, 3 * unit // 2, 1, 0, weight),
            _lines(self._period, 3 * unit, 2, 1, weight),
            _lines(self._period, 3 * unit, -2, 1, weight),
            _dots(self._period, unit, 1.3 * ratio),
        )
        for label, coverage in enumerate(strokes, start=1):
            strength = np.rint(coverage * 3).astype(np.uint8)
            tile[0] |= (strength & 1) << label
            tile[1] |= (strength >> 1) << label
        repeats = (1, height // self._period + 2, width // self._period + 2)
        self._plane = np.tile(tile, repeats)

    def part(self, box: Box) -> npt.NDArray[np.uint8]:
        """The pattern of a screen box no larger than the view, as `imaging.compose.overlay` wants it."""
        top, left = box.top % self._period, box.left % self._period
        return self._plane[:, top : top + box.height, left : left + box.width]


def _lines(size: int, period: int, a: int, b: int, weight: float) -> npt.NDArray[np.float64]:
    """Coverage of lines a * x + b * y = 0 (mod period), ``weight`` pixels wide."""
    y, x = np.mgrid[0:size, 0:size]
    phase = (a * x + b * y) % period
    away = np.minimum(phase, period - phase) / np.hypot(a, b)
    covered: npt.NDArray[np.float64] = np.clip(weight / 2 - away + 0.5, 0.0, 1.0)
    return covered


def _dots(size: int, spacing: int, radius: float) -> npt.NDArray[np.float64]:
    """Coverage of dots on a lattice of rows ``spacing`` apart, every second one shifted; ``spacing`` is even."""
    y, x = np.mgrid[0:size, 0:size]
    row = y // spacing
    dy = y + 0.5 - (row + 0.5) * spacing
    dx = (x + 0.5 + (row % 2) * spacing) % (2 * spacing) - spacing
    covered: npt.NDArray[np.float64] = np.clip(radius - np.hypot(dx, dy) + 0.5, 0.0, 1.0)
    return covered
