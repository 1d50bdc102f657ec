"""What lies around and right on the picture: stage, shadow, pixel grid, crop. All in device pixels of the view."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import cast

from PySide6.QtCore import QLine, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QRegion

from desktop.core.geometry import Box
from desktop.ui.canvas.navigation import Navigation
from desktop.ui.theme import current

GRID_ZOOM = 8.0
"""From this zoom on every pixel has a thin frame."""

_SHADOW = 14
_SHADE = QColor(0, 0, 0, 150)


def rects(region: QRegion) -> list[QRect]:
    """The rectangles of a region, which PySide's type hints do not know to be iterable."""
    return list(cast("Iterable[QRect]", region))


def draw_stage(painter: QPainter, inside: QRect, picture: QRect, ratio: float) -> None:
    """The ground around the picture with the picture's soft shadow."""
    if picture.contains(inside):
        return
    stage = QColor(current().stage)
    bounds = QRect()
    for part in rects(QRegion(inside) - QRegion(picture)):
        painter.fillRect(part, stage)
        bounds = bounds.united(part)
    if not bounds.isEmpty() and not picture.isEmpty():
        _draw_shadow(painter, picture, round(_SHADOW * ratio), bounds)


def _draw_shadow(painter: QPainter, picture: QRect, steps: int, bounds: QRect) -> None:
    """The corners of `_shadow` as they are, its edges drawn out as long as the picture's."""
    image = _shadow(steps, current().stage)
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
    """The shadow of a picture of one pixel on the stage: frames around it, each fainter."""
    side = 2 * steps + 1
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(QColor(stage))
    with QPainter(image) as painter:
        for step in range(steps):
            shade = QColor(0, 0, 0, round(34 * (1.0 - step / steps) ** 2))
            first, wide = steps - step - 1, 2 * step + 3
            painter.fillRect(first, first, wide, 1, shade)
            painter.fillRect(first, first + wide - 1, wide, 1, shade)
            painter.fillRect(first, first + 1, 1, wide - 2, shade)
            painter.fillRect(first + wide - 1, first + 1, 1, wide - 2, shade)
    return image


def draw_grid(painter: QPainter, navigation: Navigation, bounds: QRect) -> None:
    """Thin lines between pixels, when they are large enough."""
    if navigation.zoom < GRID_ZOOM:
        return
    zoom, left, top = navigation.zoom, navigation.left, navigation.top
    wide, high = navigation.screen
    area = bounds.intersected(QRect(left, top, wide, high))
    if area.isEmpty():
        return
    lines: list[QLine] = []
    first, last = (
        math.floor((area.left() - left) / zoom),
        math.ceil((area.left() + area.width() - left) / zoom),
    )
    for column in range(first, last + 1):
        x = left + math.ceil(column * zoom - 0.5)
        lines.append(QLine(x, area.top(), x, area.top() + area.height() - 1))
    first, last = math.floor((area.top() - top) / zoom), math.ceil((area.top() + area.height() - top) / zoom)
    for row in range(first, last + 1):
        y = top + math.ceil(row * zoom - 0.5)
        lines.append(QLine(area.left(), y, area.left() + area.width() - 1, y))
    painter.setPen(QPen(QColor(128, 128, 128, 90), 1))
    painter.drawLines(lines)


def draw_crop(painter: QPainter, navigation: Navigation, crop: Box | None, picture: QRect) -> None:
    """Darken what the crop leaves out, and frame what stays."""
    if crop is None:
        return
    zoom = navigation.zoom
    left, top = round(crop.left * zoom), round(crop.top * zoom)
    kept = QRect(
        navigation.left + left,
        navigation.top + top,
        round(crop.right * zoom) - left,
        round(crop.bottom * zoom) - top,
    )
    for rect in rects(QRegion(picture) - QRegion(kept)):
        painter.fillRect(rect, _SHADE)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(255, 255, 255, 200), 1))
    painter.drawRect(kept.adjusted(0, 0, -1, -1))
