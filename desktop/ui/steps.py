"""A large change of the label map, carried out in turns of the event loop that are too short to be felt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import perf_counter

from PySide6.QtCore import QObject, QTimer

from desktop.core.geometry import Box
from desktop.core.label_map import united

TURN_SECONDS = 0.0025
"""How long is written before the window gets its turn."""

AT_ONCE = 1_500_000
"""A change of no more pixels than these (a stroke) is done in one turn, however busy the machine is."""

_LEAST = 64_000
"""Pixels that a step counts for at least."""


class Steps(QObject):
    """Drives one iterator of steps at a time; each step gives the box that it changed, perhaps an empty one."""

    def __init__(self, tell: Callable[[Box], None], parent: QObject) -> None:
        super().__init__(parent)
        self._tell = tell
        self._steps: Iterator[Box] | None = None
        self._then: Callable[[], bool] = bool
        self._said = True
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._go_on)

    @property
    def active(self) -> bool:
        """Whether steps are left."""
        return self._steps is not None

    def begin(self, steps: Iterator[Box], then: Callable[[], bool]) -> None:
        """From now on there are these steps to be made, and ``then`` to be called after the last; others first."""
        self.finish()
        self._steps, self._then, self._said = steps, then, True

    def start(self) -> bool:
        """Make as many as a turn has time for. What ``then`` said if all are made, else True."""
        self._turn(AT_ONCE)
        if self.active:
            self._timer.start()
        return self._said

    def finish(self) -> None:
        """Make all steps that are left, now."""
        steps = self._steps
        if steps is None:
            return
        box = united(iter(self._next, None))
        if not box.empty:
            self._tell(box)
        if self._steps is steps:  # nobody who was told has finished it himself
            self._end()

    def drop(self) -> None:
        """Leave it undone: what was to be changed is not wanted any more."""
        self._timer.stop()
        self._steps, self._then = None, bool

    def _turn(self, least: int = 0) -> None:
        """Make steps until the time is over, and at least as many pixels are written."""
        until = perf_counter() + TURN_SECONDS
        while self._steps is not None:
            box = self._next()
            if box is None:
                self._end()
                return
            if not box.empty:
                self._tell(box)
            least -= max(box.area, _LEAST)
            if least <= 0 and perf_counter() >= until:
                return

    def _go_on(self) -> None:
        self._turn()

    def _next(self) -> Box | None:
        try:
            return None if self._steps is None else next(self._steps, None)
        except BaseException:
            self.drop()
            raise

    def _end(self) -> None:
        then = self._then
        self.drop()
        self._said = then()
