"""Posters, read and scaled in worker threads."""

from __future__ import annotations

import contextlib
from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, QSize, Qt, QThreadPool, Signal
from PySide6.QtGui import QImage, QImageReader

_MOST = 256


class _News(QObject):
    loaded = Signal(object, object)


class _Load(QRunnable):
    def __init__(self, path: Path, width: int, news: _News) -> None:
        super().__init__()
        self._path, self._width, self._news = path, width, news

    def run(self) -> None:
        reader = QImageReader(str(self._path))
        size = reader.size()
        if size.isValid() and size.width() > self._width:
            height = max(1, round(size.height() * self._width / size.width()))
            reader.setScaledSize(QSize(self._width, height))
        with contextlib.suppress(RuntimeError):  # the window may be gone already
            self._news.loaded.emit(self._path, reader.read())


class Posters(QObject):
    """Keeps the posters that were asked for; ``loaded`` tells of each that has come."""

    loaded = Signal(object)
    """Path"""

    def __init__(self, width: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._width = width
        self._images: dict[Path, QImage] = {}
        self._asked: set[Path] = set()
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
                QThreadPool.globalInstance().start(_Load(path, self._width, self._news))
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
