"""Reads a picture in the background: first a glimpse, then all of it with its levels."""

from __future__ import annotations

import logging
from functools import partial

from PySide6.QtCore import QObject, Signal

from desktop.core.errors import KinebrushError
from desktop.core.shot import SourceImage
from desktop.ui.background import Background

_log = logging.getLogger(__name__)


class _Voice(QObject):
    levels = Signal(int, object)
    failed = Signal(int, str)


def _read(number: int, image: SourceImage, voice: _Voice) -> None:
    """In the thread. What it needs is imported here: OpenCV and Pillow take longer to load than a window to show."""
    from desktop.imaging.glimpse import glimpse
    from desktop.imaging.pyramid import picture_levels
    from desktop.imaging.read import decode

    try:
        first = glimpse(image)
        if first is not None:
            voice.levels.emit(number, {first[0]: first[1]})
        voice.levels.emit(number, dict(enumerate(picture_levels(decode(image)))))
    except KinebrushError as error:
        voice.failed.emit(number, str(error))
    except MemoryError:
        _log.exception("no memory for a picture")
        voice.failed.emit(number, "There is not enough memory to show this picture.")


class PictureLoader(QObject):
    """Reads one picture at a time; a newer request makes the answer to an older one void."""

    loaded = Signal(object)
    """``dict[int, Picture]``: levels of the picture, perhaps only a coarse one at first."""
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = Background("picture")
        self._voice = _Voice(self)
        self._voice.levels.connect(self._arrived)
        self._voice.failed.connect(self._broke)
        self._number = 0

    def load(self, image: SourceImage) -> None:
        """Read this picture."""
        self._number += 1
        self._background.clear()
        self._background.submit(partial(_read, self._number, image, self._voice))

    def stop(self) -> None:
        """Want nothing any more, and wait for the thread (a running decode cannot be broken off)."""
        self._number += 1
        self._background.stop()

    def _arrived(self, number: int, levels: object) -> None:
        if number == self._number:
            self.loaded.emit(levels)

    def _broke(self, number: int, sentence: str) -> None:
        if number == self._number:
            self.failed.emit(sentence)
