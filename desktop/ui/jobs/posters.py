"""Small pictures of jobs, found and read in a worker thread, the ones asked for last first."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader

from desktop.core.job import Job

log = logging.getLogger(__name__)

WIDTH, HEIGHT = 58, 32
"""Size in logical pixels."""
_DENSEST = 3
_KEPT = 512
_WAITING = 64

Key = tuple[str, str]
"""A job's id and its take: with the take comes another picture."""


def key_of(job: Job) -> Key:
    """What tells a job's pictures apart."""
    return job.id, job.take


class _News(QObject):
    """Carries pictures to the window's thread. It has no parent, so that it outlives the window while one is read."""

    loaded = Signal(object, object)


class Posters(QObject):
    """Keeps the pictures of the jobs seen last. ``poster_for`` tells, in a thread, which file shows a job."""

    loaded = Signal(str)
    """The id of the job whose picture has come."""

    # A thread of Python's: the destructor of a QThreadPool waits for its threads and holds the interpreter meanwhile,
    # which those threads wait for.

    def __init__(self, poster_for: Callable[[Job], Path | None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._poster_for = poster_for
        self._images: OrderedDict[Key, QImage | None] = OrderedDict()
        self._wanted: OrderedDict[Key, Job] = OrderedDict()
        self._asked: set[Key] = set()
        self._lock = threading.Lock()
        self._working = False
        self._last: tuple[Path, QImage] | None = None
        self._news = _News()
        self._news.loaded.connect(self._on_loaded, Qt.ConnectionType.QueuedConnection)
        self._thread: threading.Thread | None = None

    def get(self, job: Job) -> QImage | None:
        """The job's picture, cropped to 58:32, or None while it is being read or when there is none."""
        key = key_of(job)
        if key in self._images:
            self._images.move_to_end(key)
            return self._images[key]
        with self._lock:
            if key not in self._asked:
                self._asked.add(key)
                self._wanted[key] = job
                while len(self._wanted) > _WAITING:  # scrolled past: asked for again when it is seen again
                    self._asked.discard(self._wanted.popitem(last=False)[0])
                if (
                    not self._working
                ):  # one at a time: a picture of 50 megapixels takes 200 MB while it is read
                    self._working = True
                    self._thread = threading.Thread(target=self._work, name="posters", daemon=True)
                    self._thread.start()
        return self._images.get((job.id, ""))  # the picture that was sent, until the take's has come

    def stop(self) -> None:
        """Read no more, and wait for the one being read."""
        with self._lock:
            self._wanted.clear()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _work(self) -> None:
        """In the thread: read what is wanted, the last asked first, until nothing is."""
        news = self._news
        while (wanted := self._next_wanted()) is not None:
            key, job = wanted
            news.loaded.emit(key, self._read(job))

    def _next_wanted(self) -> tuple[Key, Job] | None:
        with self._lock:
            self._working = bool(self._wanted)
            return self._wanted.popitem() if self._wanted else None

    def _read(self, job: Job) -> QImage | None:
        """In the thread: a job's picture. Many takes of one picture in a row are read once."""
        try:
            path = self._poster_for(job)
        except Exception:
            log.exception("the picture of job %s could not be found", job.id)
            return None
        if path is None:
            return None
        if self._last is not None and self._last[0] == path:
            return self._last[1]
        image = thumbnail(path, QSize(WIDTH * _DENSEST, HEIGHT * _DENSEST))
        if image is not None:
            self._last = path, image
        return image

    def _on_loaded(self, key: Key, image: QImage | None) -> None:
        self._asked.discard(key)
        self._images[key] = image
        while len(self._images) > _KEPT:
            self._images.popitem(last=False)
        self.loaded.emit(key[0])


def thumbnail(path: Path, target: QSize) -> QImage | None:
    """The middle of a picture, filling ``target`` device pixels; None when it cannot be read. Blocks."""
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    size = reader.size()
    expanding = Qt.AspectRatioMode.KeepAspectRatioByExpanding
    if size.isValid() and size.width() > 4 * target.width() and size.height() > 4 * target.height():
        # Twice as large as needed: the last step is the smooth one.
        reader.setScaledSize(size.scaled(target * 2, expanding))
    image = reader.read()
    if image.isNull():
        return None
    image = image.scaled(target, expanding, Qt.TransformationMode.SmoothTransformation)
    left, top = (image.width() - target.width()) // 2, (image.height() - target.height()) // 2
    return image.copy(left, top, target.width(), target.height()).convertToFormat(
        QImage.Format.Format_ARGB32_Premultiplied
    )
