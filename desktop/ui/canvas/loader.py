"""Reads a picture in the background: first a glimpse, then all of it with its levels."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.core.errors import KinebrushError
from desktop.core.shot import SourceImage

if TYPE_CHECKING:
    from desktop.imaging.glimpse import Levels, Taken

_log = logging.getLogger(__name__)

_AFTER_PAINT_MS = 40
"""Enough for what is told at once to be painted first, all over the window, and to be painted on."""


class _Voice(QObject):
    levels = Signal(int, object)
    failed = Signal(int, str)


class PictureLoader(QObject):
    """Reads the picture that was asked for last. An older one is read to its end beside it (a decode cannot be broken
    off), and nobody waits for that or hears of it."""

    loaded = Signal(object)
    """``dict[int, Picture]``: levels of the picture, perhaps only a coarse one at first."""
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._voice = _Voice(self)
        self._voice.levels.connect(self._arrived)
        self._voice.failed.connect(self._broke)
        self._number = 0
        self._taken: Taken | None = None
        self._threads: list[threading.Thread] = []

    def expect(self, taken: Taken) -> None:
        """This picture is about to be opened, and so much of it is read already."""
        self._taken = taken

    def load(self, image: SourceImage) -> None:
        """Read this picture; what is known of it already is told at once."""
        taken, self._taken = self._taken, None
        self.cancel()
        if taken is None or taken.image.data is not image.data:
            self._start(lambda tell: _read(image, tell))
            return
        self.loaded.emit(taken.levels)
        if taken.rest is not None:
            # After that: a thread that takes so much memory slows down everybody who takes any.
            QTimer.singleShot(_AFTER_PAINT_MS, partial(self._finish, self._number, taken.rest))

    def cancel(self) -> None:
        """Want nothing any more."""
        self._number += 1

    def stop(self) -> None:
        """The same at the end: wait for the threads, too."""
        self.cancel()
        for thread in self._threads:
            thread.join()

    def _finish(self, number: int, rest: Callable[[], Levels]) -> None:
        if number == self._number:
            self._start(lambda tell: tell(rest()))

    def _start(self, work: Callable[[Callable[[Levels], bool]], object]) -> None:
        number, voice = self._number, self._voice

        def tell(levels: Levels) -> bool:
            """Say it; False when nobody wants it any more."""
            if number == self._number:
                voice.levels.emit(number, levels)
            return number == self._number

        def run() -> None:
            try:
                work(tell)
            except KinebrushError as error:
                voice.failed.emit(number, str(error))
            except MemoryError:
                _log.exception("no memory for a picture")
                voice.failed.emit(number, "There is not enough memory to show this picture.")

        self._threads = [thread for thread in self._threads if thread.is_alive()]
        self._threads.append(threading.Thread(target=run, name="picture", daemon=True))
        self._threads[-1].start()

    def _arrived(self, number: int, levels: object) -> None:
        if number == self._number:
            self.loaded.emit(levels)

    def _broke(self, number: int, sentence: str) -> None:
        if number == self._number:
            self.failed.emit(sentence)


def _read(image: SourceImage, tell: Callable[[Levels], bool]) -> None:
    """In the thread. What it needs is imported here: OpenCV and Pillow take longer to load than a window to show."""
    from desktop.imaging.glimpse import all_levels, glimpse
    from desktop.imaging.probe import probe

    first = glimpse(image.data, probe(image.data))
    if first is None or tell(first):
        tell(all_levels(image))
