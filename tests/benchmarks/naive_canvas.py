"""The naive mask canvas: one RGBA overlay as large as the picture, as most open inpainting tools keep it.

The overlay is painted with QPainter, scaled over the picture at every paint, and copied whole before every stroke for
undo. It is spared what costs nothing to spare: it paints again only what a stroke has touched, reads only the pixels
in sight, strokes are not antialiased, and it has no outlines, hatches, badges, brush ring, locks or label map. The
picture is smoothed when it is scaled down, as labelme does; the overlay is not.
"""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from desktop.core.geometry import Point
from desktop.core.label_map import LabelMap
from desktop.imaging.pyramid import Picture
from desktop.ui.canvas.navigation import NO_MARGINS, Navigation

_COLOURS = ("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#CC79A7", "#D55E00", "#FFFFFF")
_ALPHA = 128


class NaiveCanvas(QWidget):
    """Shows a picture (H x W x 3, RGB) under an overlay with an area in its colour for each label."""

    def __init__(self, picture: Picture, labels: LabelMap) -> None:
        super().__init__()
        height, width = labels.shape
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.navigation = Navigation()
        self.navigation.set_picture(width, height)
        self.brush = 240
        """Width of a stroke in image pixels."""
        self.overlay = _overlay(labels)
        shown = QImage(picture.data, width, height, width * 3, QImage.Format.Format_RGB888)
        self._picture = QPixmap.fromImage(shown.convertToFormat(QImage.Format.Format_RGB32))
        self._kept: list[QImage] = []
        self._last: QPointF | None = None

    def keep(self) -> QImage:
        """Make the undo entry of a stroke that is about to begin."""
        self._kept.append(self.overlay.copy())
        return self._kept[-1]

    def undo(self) -> None:
        """Take the last stroke back."""
        if self._kept:
            self.overlay = self._kept.pop()
            self.update()

    def line(self, start: QPointF, end: QPointF) -> None:
        """Paint a segment of a stroke, given in image pixels."""
        colour = QColor(_COLOURS[0])
        colour.setAlpha(_ALPHA)
        pen = QPen(colour, self.brush, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        with QPainter(self.overlay) as painter:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            painter.setPen(pen)
            if start == end:
                painter.drawPoint(end)
            else:
                painter.drawLine(start, end)
        reach = self.brush / 2 + 1
        touched = QRectF(start, end).normalized().adjusted(-reach, -reach, reach, reach)
        self.update(self._on_screen(touched).toAlignedRect())

    def pan_by(self, dx: int, dy: int) -> None:
        """Move the picture."""
        self.navigation.pan(dx, dy)
        self.update()

    def zoom_at(self, factor: float, x: float, y: float) -> None:
        """Zoom at a place of the view."""
        self.navigation.zoom_by(factor, x, y)
        self.update()

    def look_at(self, zoom: float, centre: Point) -> None:
        """Show a place of the picture."""
        self.navigation.zoom_to(zoom, 0, 0)
        self.navigation.centre(centre)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.keep()
        self._last = self._in_picture(event)
        self.line(self._last, self._last)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._last is not None:
            at = self._in_picture(event)
            self.line(self._last, at)
            self._last = at

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._last = None

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.navigation.resize(self.width(), self.height(), NO_MARGINS)
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        nav, rect = self.navigation, event.rect()
        screen = QRect(nav.left, nav.top, *nav.screen)
        seen = rect.intersected(screen)
        left, top = ((seen.left() - nav.left) / nav.zoom, (seen.top() - nav.top) / nav.zoom)
        right, bottom = (left + seen.width() / nav.zoom, top + seen.height() / nav.zoom)
        source = QRect(math.floor(left), math.floor(top), 0, 0)
        source.setRight(min(math.ceil(right), nav.width) - 1)
        source.setBottom(min(math.ceil(bottom), nav.height) - 1)
        target = self._on_screen(QRectF(source))
        with QPainter(self) as painter:
            if not screen.contains(rect):
                painter.fillRect(rect, QColor("#141414"))
            if seen.isEmpty():
                return
            smooth = QPainter.RenderHint.SmoothPixmapTransform
            painter.setRenderHint(smooth, nav.zoom < 1)
            painter.drawPixmap(target, self._picture, QRectF(source))
            painter.setRenderHint(smooth, False)
            painter.drawImage(target, self.overlay, QRectF(source))

    def _in_picture(self, event: QMouseEvent) -> QPointF:
        at = self.navigation.to_image(event.position().x(), event.position().y())
        return QPointF(at.x, at.y)

    def _on_screen(self, box: QRectF) -> QRectF:
        nav = self.navigation
        return QRectF(
            box.left() * nav.zoom + nav.left,
            box.top() * nav.zoom + nav.top,
            box.width() * nav.zoom,
            box.height() * nav.zoom,
        )


def _overlay(labels: LabelMap) -> QImage:
    height, width = labels.shape
    table = np.zeros(256, np.uint32)
    for label, name in enumerate(_COLOURS, 1):
        red, green, blue = (part * _ALPHA // 255 for part in QColor(name).getRgb()[:3])  # type: ignore[index]
        table[label] = _ALPHA << 24 | red << 16 | green << 8 | blue
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    pixels = np.frombuffer(image.bits(), np.uint32).reshape(height, width)
    np.take(table, labels, out=pixels)
    return image
