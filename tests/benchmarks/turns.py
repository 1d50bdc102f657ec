"""Turns of the UI loop: how long each kept the window from the next event.

A timer ticks every millisecond, and a turn lasts from one tick to the next: as long as whatever came just after the
first had to wait. The tick itself takes a few microseconds. (Qt's ``awake`` and ``aboutToBlock`` do not enclose timers
and sockets on every system.)
"""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from types import FrameType

from PySide6.QtCore import QObject, Qt, QTimer

BEAT_MS = 1
"""Milliseconds between ticks."""

LONG = 0.016
"""Seconds: a frame at 60 Hz."""


@dataclass(slots=True)
class Turns:
    """Seconds of every turn by the clock (``wall``) and of the thread's own computing (``cpu``)."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    """What the session was doing in each turn."""


class Probe(QObject):
    """Watches the loop of the thread it is made in, once begun."""

    def __init__(self) -> None:
        super().__init__()
        self.turns = Turns()
        self.doing = ""
        self._tick = self._cpu = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._ticked)

    def begin(self) -> None:
        """Tick."""
        self._tick, self._cpu = time.perf_counter(), time.thread_time()
        self._timer.start()

    def end(self) -> None:
        """Tick no longer."""
        self._timer.stop()

    @property
    def since(self) -> float:
        """Seconds since the loop came round last."""
        return time.perf_counter() - self._tick

    def _ticked(self) -> None:
        now, cpu = time.perf_counter(), time.thread_time()
        self.turns.wall.append(now - self._tick)
        self.turns.cpu.append(cpu - self._cpu)
        self.turns.names.append(self.doing)
        self._tick, self._cpu = now, cpu


class Culprits:
    """Looks, from a thread of its own, at what a turn does that has become long. It disturbs: for searching only."""

    def __init__(self, probe: Probe) -> None:
        self.seen: Counter[str] = Counter()
        self.collected: list[tuple[float, int]] = []
        """Milliseconds and generation of every collection of garbage in the loop's thread."""
        self._collecting = 0.0
        gc.callbacks.append(self._collection)
        self._probe, self._main = probe, threading.get_ident()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Look no longer."""
        self._stop.set()
        gc.callbacks.remove(self._collection)
        self._thread.join()

    def _collection(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            self._collecting = time.thread_time()
        elif threading.get_ident() == self._main:
            self.collected.append((1000 * (time.thread_time() - self._collecting), info["generation"]))

    def _look(self) -> None:
        while not self._stop.wait(0.004):
            if self._probe.since > LONG * 0.75:
                frame = sys._current_frames().get(self._main)
                self.seen[_path(frame)] += 1


def _path(frame: FrameType | None) -> str:
    """The innermost calls of our own, the outermost first."""
    calls: list[str] = []
    while frame is not None:
        file = frame.f_code.co_filename
        if "/desktop/" in file or "/tests/" in file:
            name = file.rpartition("/")[2].removesuffix(".py")
            calls.append(f"{name}.{frame.f_code.co_name}:{frame.f_lineno}")
        frame = frame.f_back
    return " > ".join(reversed(calls[:7]))
