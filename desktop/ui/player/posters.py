"""Posters, read and scaled in worker threads."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader

from desktop.ui.background import Background

_MOST = 256


class _News(QObject):
    loaded = Signal(object, object)


def _load(path: Path, width: int, news: _News) -> None:
    """In the thread: read a picture, scaled down as it is read."""
    reader = QImageReader(str(path))
    size = reader.size()
    if size.isValid() and size.width() > width:
        reader.setScaledSize(QSize(width, max(1, round(size.height() * width / size.width()))))
    news.loaded.emit(path, reader.read())


class Posters(QObject):
    """Keeps the posters that were asked for; ``loaded`` tells of each that has come."""

    loaded = Signal(object)
    """Path"""

    def __init__(self, width: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._width = width
        self._images: dict[Path, QImage] = {}
        self._asked: set[Path] = set()
        self._background = Background("take posters")
        self._news = _News(self)
        self._news.loaded.connect(self._on_loaded, Qt.ConnectionType.QueuedConnection)

    def get(self, path: Path | None) -> QImage | None:
        """The poster, or None while it is being read or cannot be; ``width`` device pixels wide at most."""
        if path is None:
            return None
        image = self._images.get(path)
        if image is None:
            if path not in self._asked:
                self._asked.add(path)
                self._background.submit(partial(_load, path, self._width, self._news))
            return None
        return None if image.isNull() else image

    def forget(self, keep: set[Path]) -> None:
        """Let go of posters of takes that are gone."""
        self._images = {path: image for path, image in self._images.items() if path in keep}
        self._asked &= keep

    def _on_loaded(self, path: Path, image: QImage) -> None:
        if path in self._asked:
            if len(self._images) >= _MOST:
                oldest = next(iter(self._images))
                del self._images[oldest]
                self._asked.discard(oldest)
            self._images[path] = image
            self.loaded.emit(path)
