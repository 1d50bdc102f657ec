"""The soft shadow that pictures and videos cast on the stage: the same on every face."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter

REACH = 24
"""How far it reaches, in logical pixels."""
_DARKEST = 48 / 255


def draw_shadow(painter: QPainter, picture: QRect, ratio: float, stage: str, bounds: QRect) -> None:
    """The shadow around ``picture`` on a ground of the colour ``stage``, all in device pixels, where it lies in
    ``bounds``: corners as they are, edges drawn out as long as the picture's."""
    steps = round(REACH * ratio)
    image = _shadow(steps, stage)
    columns = [
        (picture.left() - steps, steps, 0),
        (picture.left(), picture.width(), steps),
        (picture.left() + picture.width(), steps, steps + 1),
    ]
    lines = [
        (picture.top() - steps, steps, 0),
        (picture.top(), picture.height(), steps),
        (picture.top() + picture.height(), steps, steps + 1),
    ]
    for x, width, column in columns:
        for y, height, line in lines:
            if column == steps and line == steps:
                continue
            source = QRect(column, line, 1 if column == steps else steps, 1 if line == steps else steps)
            target = QRect(x, y, width, height)
            if source.width() == 1:
                target.setLeft(max(target.left(), bounds.left()))
                target.setRight(min(target.right(), bounds.right()))
            if source.height() == 1:
                target.setTop(max(target.top(), bounds.top()))
                target.setBottom(min(target.bottom(), bounds.bottom()))
            if target.intersects(bounds):
                painter.drawImage(target, image, source)


@lru_cache(maxsize=4)
def _shadow(steps: int, stage: str) -> QImage:
    """The shadow of a picture of one pixel on the stage: fainter with the distance, so that its corners are round."""
    side = 2 * steps + 1
    across = np.abs(np.arange(side) - steps)
    distance = np.hypot(across[:, None], across[None, :]) - 1
    share = _DARKEST * np.clip(1 - distance / steps, 0, 1) ** 2
    ground = QColor(stage)
    red, green, blue = (
        np.round(channel * (1 - share)).astype(np.uint32)
        for channel in (ground.red(), ground.green(), ground.blue())
    )
    pixels = np.ascontiguousarray(np.uint32(0xFF000000) | red << 16 | green << 8 | blue, np.uint32)
    return QImage(pixels.data, side, side, 4 * side, QImage.Format.Format_RGB32).copy()
