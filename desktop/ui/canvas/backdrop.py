"""What lies around and right on the picture: stage, shadow, pixel grid, crop. All in device pixels of the view."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import cast

from PySide6.QtCore import QLine, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QRegion

from desktop.core.geometry import Box
from desktop.ui.canvas.navigation import Navigation
from desktop.ui.shadow import draw_shadow
from desktop.ui.theme import current

GRID_ZOOM = 8.0
"""From this zoom on every pixel has a thin frame."""

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
        draw_shadow(painter, picture, ratio, current().stage, bounds)


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
