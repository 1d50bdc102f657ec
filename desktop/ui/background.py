"""Work in the background, one thing after the other, in a thread that is there only while there is work.

Not a QThreadPool: the destructor of one waits for its threads and holds the interpreter meanwhile, which the threads
wait for.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable

_log = logging.getLogger(__name__)

Work = Callable[[], object]


class Background:
    """Runs what is submitted in order. ``name`` is the thread's. To be used from one thread."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._waiting: deque[Work] = deque()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._working = False

    def submit(self, work: Work) -> None:
        """Run this after what was submitted before."""
        with self._lock:
            self._waiting.append(work)
            if not self._working:
                self._working = True
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def clear(self) -> None:
        """Forget what has not begun."""
        with self._lock:
            self._waiting.clear()

    def stop(self) -> None:
        """Forget what has not begun and wait for what has."""
        self.clear()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _run(self) -> None:
        try:
            while (work := self._next()) is not None:
                try:
                    work()
                except RuntimeError:
                    _log.debug("the window was gone before its work was done", exc_info=True)
        except BaseException:
            with self._lock:
                self._working = False  # the next one gets a thread; the fault goes to the door for errors
            raise

    def _next(self) -> Work | None:
        with self._lock:
            self._working = bool(self._waiting)
            return self._waiting.popleft() if self._waiting else None
