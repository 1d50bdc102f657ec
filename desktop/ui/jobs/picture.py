"""A still picture in a dialog, read in a worker thread."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.ui.controls.paint import box
from desktop.ui.icons import paint_icon
from desktop.ui.jobs.posters import thumbnail
from desktop.ui.theme import RADIUS, current

_DENSEST = 2


class _News(QObject):
    """Carries the picture to the window's thread; it has no parent and so outlives a dialog that was closed."""

    loaded = Signal(object)


def _load(path: Path, size: QSize, news: _News) -> None:
    news.loaded.emit(thumbnail(path, size))


class Picture(QWidget):
    """A picture that fills its place, with round corners; an icon until it is there, or when there is none."""

    def __init__(self, path: Path | None, width: int, height: int, name: str) -> None:
        super().__init__()
        self.setFixedSize(width, height)
        self.setAccessibleName(name)
        self._image: QImage | None = None
        self._news = _News()
        self._news.loaded.connect(self._on_loaded, Qt.ConnectionType.QueuedConnection)
        if path is not None:
            size = self.size() * _DENSEST
            threading.Thread(target=_load, args=(path, size, self._news), name="picture", daemon=True).start()

    def has_image(self) -> bool:
        """Whether the picture is there."""
        return self._image is not None

    def _on_loaded(self, image: QImage | None) -> None:
        self._image = image
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        area = QRectF(self.rect())
        with QPainter(self) as painter:
            if self._image is None:
                box(painter, area, fill=current().raised)
                side = min(20.0, self.height() / 2)
                middle = area.center()
                place = QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side)
                paint_icon(painter, place, "film", current().faint)
                return
            ratio = self.devicePixelRatioF()
            smooth = Qt.TransformationMode.SmoothTransformation
            fitted = self._image.scaled(
                round(self.width() * ratio),
                round(self.height() * ratio),
                Qt.AspectRatioMode.IgnoreAspectRatio,
                smooth,
            )
            fitted.setDevicePixelRatio(ratio)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QBrush(fitted))
            painter.drawRoundedRect(area, RADIUS, RADIUS)
