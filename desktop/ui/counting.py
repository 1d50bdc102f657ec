"""How much of the open shot each area covers, counted beside everything else."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.core.coverage import Coverage
from desktop.core.geometry import Box
from desktop.core.label_map import LabelMap
from desktop.core.shot import Shot

_PAUSE_MS = 120
_TILES = 150
"""Tiles that are counted in one turn of the loop: a few milliseconds at most."""


class Counting(QObject):
    """Counts a live map, and what of it a crop leaves, a few tiles a turn."""

    changed = Signal()
    """Other numbers are known, or may be asked for."""

    def __init__(self, halted: Callable[[], bool], parent: QObject) -> None:
        """``halted`` says that pixels are still to follow, so that counting would be in vain."""
        super().__init__(parent)
        self._halted = halted
        self._all: Coverage | None = None
        self._framed: tuple[Box, Coverage] | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.changed)
        self._turns = QTimer(self)
        self._turns.setInterval(0)
        self._turns.timeout.connect(self._turn)

    @property
    def running(self) -> bool:
        """Whether tiles are left to be counted that somebody has asked for."""
        return self._turns.isActive()

    def show(self, labels: LabelMap | None, *, blank: bool = False) -> None:
        """Count another map, or none. ``blank`` says that nothing is painted on it, which is otherwise looked for."""
        self._all = None if labels is None else Coverage(labels, blank=blank)
        self._framed = None

    def touch(self, box: Box) -> None:
        """Pixels in ``box`` may have changed."""
        if self._all is not None:
            self._all.touch(box)
        if self._framed is not None:
            frame, coverage = self._framed
            part = box.intersect(frame)
            if not part.empty:
                coverage.touch(part.moved(-frame.left, -frame.top))

    def soon(self) -> None:
        """Tell of a change in a moment, together with those that follow it."""
        if not self._pause.isActive():
            self._pause.start()

    def of_all(self) -> dict[int, int]:
        """Painted pixels of every label, 1 to 7, as far as they are counted; empty without a map."""
        return {} if self._all is None else self._known(self._all)

    def of_sent(self, shot: Shot | None) -> dict[int, int]:
        """The same of what is sent: inside the crop, if there is one."""
        if shot is None or shot.image.crop is None:
            return self.of_all()
        frame = shot.image.frame
        if self._framed is None or self._framed[0] != frame:
            self._framed = frame, Coverage(shot.label_map[frame.slices])
        return self._known(self._framed[1])

    def _known(self, coverage: Coverage) -> dict[int, int]:
        if not coverage.count(_TILES) and not self._turns.isActive():
            self._turns.start()
        return coverage.known()

    def _turn(self) -> None:
        if self._halted():
            return
        for coverage in (self._all, None if self._framed is None else self._framed[1]):
            if coverage is not None and not coverage.count(_TILES):
                return
        self._turns.stop()
        self.changed.emit()
