"""How large the picture is that will be sent: worked out in a thread by doing what sending does."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QRunnable, QThreadPool, QTimer, Signal

from desktop.core.conventions import Conventions
from desktop.core.errors import KinebrushError
from desktop.core.shot import SourceImage
from desktop.ui.let_go import give_back_soon

PAUSE_MS = 300
"""A drag comes to rest this long before anything is encoded."""

QUIET_MS = 10_000
"""After so long without another picture the memory that reading and encoding took goes back to the system. Not at once:
a picture that is opened right after this one would have to fetch it again, which can take longer than its decode."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What would be sent: size in pixels, bytes, and what is done to the picture; or the ``problem`` that is in the
    way."""

    width: int = 0
    height: int = 0
    size: int = 0
    notes: tuple[str, ...] = ()
    problem: str = ""

    @property
    def text(self) -> str:
        """In a few words."""
        if self.problem:
            return self.problem
        return f"{self.width} × {self.height}, {size_text(self.size)}"


def size_text(size: int) -> str:
    """Bytes as megabytes, small ones as kilobytes."""
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{max(1, round(size / 1e3))} kB"


class _Voice(QObject):
    found = Signal(int, object)


class _Fitting(QRunnable):
    def __init__(self, number: int, image: SourceImage, limits: Conventions, voice: _Voice) -> None:
        super().__init__()
        self._number, self._image, self._limits, self._voice = number, image, limits, voice

    def run(self) -> None:
        from desktop.imaging.fit import fit_image

        try:
            sent = fit_image(self._image, self._limits)
            found = Sent(sent.asset.width, sent.asset.height, len(sent.data), tuple(sent.notes))
        except KinebrushError as error:
            found = Sent(problem=str(error))
        except MemoryError:
            found = Sent(problem="There is not enough memory to work out the size.")
        self._voice.found.emit(self._number, found)


class SentSize(QObject):
    """Works out one picture at a time; a newer question makes the answer to an older one void."""

    asked = Signal()
    """The size known so far is out of date."""
    found = Signal(object)
    """The `Sent` of the last question."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._voice = _Voice(self)
        self._voice.found.connect(self._arrived)
        self._number = 0
        self._question: tuple[SourceImage, Conventions] | None = None
        self.last: Sent | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._start)
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(QUIET_MS)
        self._quiet.timeout.connect(give_back_soon)

    def ask(self, image: SourceImage | None, limits: Conventions) -> None:
        """Find out about this picture, or about none."""
        if image is None or not image.data:
            self._forget()
            return
        question, last = (image, limits), self._question
        # Another file is another question: to compare hundreds of megabytes takes longer than a turn of the loop may.
        if last is not None and last[0].data is image.data and last == question:
            return
        self._question, self.last = question, None
        self._number += 1
        self._pool.clear()
        self._timer.start()
        self.asked.emit()

    def stop(self) -> None:
        """Want nothing any more, and wait for the thread."""
        self._forget()
        self._pool.waitForDone()

    def _forget(self) -> None:
        self._timer.stop()
        self._quiet.stop()
        self._number += 1
        self._question = self.last = None
        self._pool.clear()

    def _start(self) -> None:
        if self._question is not None:
            self._quiet.stop()
            self._pool.start(_Fitting(self._number, *self._question, self._voice))

    def _arrived(self, number: int, sent: object) -> None:
        self._quiet.start()
        if number == self._number and isinstance(sent, Sent):
            self.last = sent
            self.found.emit(sent)
