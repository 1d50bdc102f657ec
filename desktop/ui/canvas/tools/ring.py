"""The brush's outline, a cross where that is out of sight, and the size while it changes."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QRegion

from desktop.ui.canvas.tools.base import padded, twofold
from desktop.ui.controls.paint import text_width
from desktop.ui.theme import SPACE, current, font

_MOST_CACHED = 1500.0
"""Device pixels of radius up to which the outline is kept as an image."""
_SMALLEST = 4.0
"""Logical pixels of radius below which the outline is hard to find."""
_CROSS = 9.0
_AROUND = tuple((math.cos(k * math.pi / 16), math.sin(k * math.pi / 16)) for k in range(32))
_LABEL_HEIGHT = 22
_BANDS, _LEAST_BAND = 8, 24
"""The circle is drawn in so many bands of rows, of at least so many device pixels."""
_WORTH_LEAVING = 12


def draw_ring(painter: QPainter, centre: QPointF, radius: float, ratio: float) -> None:
    """A light circle with a dark rim."""
    for pen in twofold(painter, ratio):
        painter.setPen(pen)
        painter.drawEllipse(centre, radius, radius)


@lru_cache(maxsize=4)
def ring_image(radius: float, ratio: float) -> QImage:
    """`draw_ring` as an image: a large circle takes ten times as long to draw as to copy."""
    side = 2 * math.ceil(radius + 4 * ratio)
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_ring(painter, QPointF(side / 2, side / 2), radius, ratio)
    return image


@lru_cache(maxsize=8)
def _bands(radius: float, pad: float) -> tuple[QRect, ...]:
    """Rectangles around the middle that hold the circle's line, ``pad`` pixels to either side: two in most bands of
    rows, and few pixels of what is inside."""
    inner, outer = max(radius - pad, 0.0), radius + pad
    reach = math.ceil(outer)
    rows = max(_LEAST_BAND, -(-2 * reach // _BANDS))
    found: list[QRect] = []
    for top in range(-reach, reach, rows):
        bottom = min(top + rows, reach)
        near, far = (0 if top < 0 < bottom else min(abs(top), abs(bottom))), max(abs(top), abs(bottom))
        out = math.ceil(math.sqrt(max(outer * outer - near * near, 0.0)))
        free = math.floor(math.sqrt(max(inner * inner - far * far, 0.0)))
        if free > _WORTH_LEAVING:
            found.append(QRect(-out, top, out - free, bottom - top))
            found.append(QRect(free, top, out - free, bottom - top))
        else:
            found.append(QRect(-out, top, 2 * out, bottom - top))
    return tuple(found)


@lru_cache(maxsize=8)
def _line_region(radius: float, pad: float) -> QRegion:
    """`_bands` as a region."""
    region = QRegion()
    for band in _bands(radius, pad):
        region += band
    return region


class Ring:
    """A brush of ``radius`` device pixels at ``centre`` in a view of ``width`` x ``height`` device pixels."""

    def __init__(
        self, centre: QPointF, radius: float, ratio: float, width: int, height: int, words: str = ""
    ) -> None:
        self.centre, self.radius, self.ratio = centre, radius, ratio
        self._view = QRectF(0.0, 0.0, width, height)
        self._words = words

    @property
    def lost(self) -> bool:
        """Whether most of the circle is out of sight, or it is too small to be found."""
        x, y, radius, view = self.centre.x(), self.centre.y(), self.radius, self._view
        if radius < _SMALLEST * self.ratio:
            return True
        if view.contains(x - radius, y - radius) and view.contains(x + radius, y + radius):
            return False
        wide, high = view.width(), view.height()
        seen = sum(0.0 <= x + radius * dx <= wide and 0.0 <= y + radius * dy <= high for dx, dy in _AROUND)
        return 2 * seen < len(_AROUND)

    def draw(self, painter: QPainter) -> None:
        """The circle, with its cross and its label where they are needed."""
        centre, radius, ratio = self.centre, self.radius, self.ratio
        if radius <= _MOST_CACHED:
            ring = ring_image(round(radius * 4) / 4, ratio)
            half = ring.width() // 2
            x, y = round(centre.x()), round(centre.y())
            for band in _bands(radius, 3 * ratio):
                painter.drawImage(band.translated(x, y).topLeft(), ring, band.translated(half, half))
        else:
            draw_ring(painter, centre, radius, ratio)
        if self.lost:
            draw_cross(painter, centre, ratio, gap=radius < _SMALLEST * ratio)
        if self._words:
            self._draw_label(painter)

    def region(self) -> QRegion:
        """What `draw` covers, without the untouched middle of a large circle."""
        centre, radius, pad = self.centre, self.radius, 3 * self.ratio
        region = _line_region(radius, pad + 1.0).translated(round(centre.x()), round(centre.y()))
        if self.lost:
            region += cross_region(centre, self.ratio)
        if self._words:
            region += padded(self._label(), 2.0)
        return region

    def _label(self) -> QRectF:
        """Below the circle at the right, or as near to that as the view allows."""
        ratio = self.ratio
        wide, high = (text_width(self._words, font()) + 4 * SPACE) * ratio, _LABEL_HEIGHT * ratio
        out = max(0.0 if self.lost else self.radius * math.sqrt(0.5), _CROSS * ratio) + SPACE * ratio
        edge = 2 * SPACE * ratio
        left = min(self.centre.x() + out, self._view.width() - wide - edge)
        top = min(self.centre.y() + out, self._view.height() - high - edge)
        return QRectF(max(left, edge), max(top, edge), wide, high)

    def _draw_label(self, painter: QPainter) -> None:
        tokens, place = current(), self._label()
        painter.save()
        painter.translate(place.topLeft())
        painter.scale(self.ratio, self.ratio)
        inner = QRectF(0, 0, place.width() / self.ratio, place.height() / self.ratio)
        painter.setPen(QColor(tokens.line))
        painter.setBrush(QColor(tokens.window))
        painter.drawRoundedRect(inner, 4, 4)
        painter.setPen(QColor(tokens.text))
        painter.setFont(font())
        painter.drawText(inner, Qt.AlignmentFlag.AlignCenter, self._words)
        painter.restore()


def draw_cross(painter: QPainter, centre: QPointF, ratio: float, *, gap: bool) -> None:
    """A small cross, with a gap in its middle where a tiny circle stands."""
    arm = _CROSS * ratio
    for pen in twofold(painter, ratio):
        painter.setPen(pen)
        for dx, dy in ((1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)):
            near = centre + QPointF(dx, dy) * (arm * (0.6 if gap else 0.0))
            painter.drawLine(near, centre + QPointF(dx, dy) * arm)


def cross_region(centre: QPointF, ratio: float) -> QRegion:
    """What `draw_cross` covers."""
    return padded(QRectF(centre, centre), (_CROSS + 3.0) * ratio)
