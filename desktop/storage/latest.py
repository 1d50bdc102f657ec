"""Small files written in the background: the newest state of each, one after the other, nothing left at the end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from desktop.core.errors import KinebrushError


class LatestWriter:
    """Writes files in a thread of its own, so that a slow disk stops nobody.

    What is put while an older state of the same file waits takes its place. ``report`` hears, in that thread, why a
    file could not be written; the same cause is told once until it has passed.
    """

    def __init__(self, report: Callable[[KinebrushError], None]) -> None:
        self._report = report
        self._thread = ThreadPoolExecutor(1, "latest")  # ended by the interpreter with what is left written
        self._lock = threading.Lock()
        self._waiting: dict[Path, Callable[[], None]] = {}
        self._told: dict[Path, str] = {}

    def put(self, path: Path, write: Callable[[], None]) -> None:
        """Have ``write`` write ``path`` soon. It should replace the file in one step, and raise KinebrushError."""
        with self._lock:
            if path not in self._waiting:
                self._thread.submit(self._write, path)
            self._waiting[path] = write

    def close(self) -> None:
        """Write what is left, and end. Blocks until it is on disk; nothing may be put afterwards."""
        self._thread.shutdown()

    def _write(self, path: Path) -> None:
        with self._lock:
            write = self._waiting.pop(path)
        try:
            write()
        except KinebrushError as error:
            if self._told.get(path) != str(error):
                self._told[path] = str(error)
                self._report(error)
        else:
            self._told.pop(path, None)
