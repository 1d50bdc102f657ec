"""What lies around and right on the picture: stage, shadow, pixel grid, crop. All in device pixels of the view."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import cast

from PySide6.QtCore import QLine, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QRegion

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


def draw_stage(
    painter: QPainter, region: Sequence[QRect], picture: QRect, ratio: float, *, bare: bool, solid: bool
) -> None:
    """The ground around the picture with the picture's soft shadow; and, while it is ``bare``, the picture's own."""
    tokens = current()
    stage = QColor(tokens.stage)
    ground = QColor("#000000") if solid else QColor(tokens.window)
    for rect in region:
        if not picture.contains(rect):
            painter.fillRect(rect, stage)
    if picture.isEmpty():
        return
    if not all(picture.contains(rect) for rect in region):
        _draw_shadow(painter, picture, round(_SHADOW * ratio))
    if bare:
        for rect in region:
            painter.fillRect(rect.intersected(picture), ground)


def _draw_shadow(painter: QPainter, picture: QRect, steps: int) -> None:
    """Frames around the picture, each fainter; as filled strips, a quarter of the time of drawn rectangles."""
    for step in range(steps):
        shade = QColor(0, 0, 0, round(34 * (1.0 - step / steps) ** 2))
        left, top = picture.left() - step - 1, picture.top() - step - 1
        wide, high = picture.width() + 2 * step + 2, picture.height() + 2 * step + 2
        painter.fillRect(left, top, wide, 1, shade)
        painter.fillRect(left, top + high - 1, wide, 1, shade)
        painter.fillRect(left, top + 1, 1, high - 2, shade)
        painter.fillRect(left + wide - 1, top + 1, 1, high - 2, shade)


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
