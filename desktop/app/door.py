"""The one door for errors: of the program, its threads, Qt and the event loop.

Everything that nobody caught comes out here once: into the log whole, and to the user as one sentence with details to
copy. Repeats are folded, so that a fault in a paint event does not bury the window.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler

from desktop.core.errors import KinebrushError
from desktop.storage.secrets import redact

log = logging.getLogger(__name__)

QUIET_QT = (
    "propagateSizeHints",  # the offscreen platform says so for every window
    "This plugin does not support",
    "Populating font family aliases",
)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell the user. ``kind`` is ``error``, ``warning`` or ``info``; ``details`` can be copied.

    A notice takes the place of an earlier one about the same ``topic``, when it has one.
    """

    sentence: str
    kind: str = "info"
    details: str = ""
    topic: str = ""


class Door(QObject):
    """Hears of every uncaught error; ``notice`` tells it, in the window's thread."""

    notice = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[str, int] = {}
        self._lock = threading.Lock()
        self._before = sys.excepthook, threading.excepthook, sys.unraisablehook
        self._qt_before: Callable[[QtMsgType, QMessageLogContext, str], object] | None = None

    def open(self) -> None:
        """Take over the hooks of the interpreter, of threads and of Qt."""
        self._before = sys.excepthook, threading.excepthook, sys.unraisablehook
        sys.excepthook = self._uncaught
        threading.excepthook = self._uncaught_in_thread
        sys.unraisablehook = self._unraisable
        self._qt_before = qInstallMessageHandler(self._qt_said)

    def close(self) -> None:
        """Give the hooks back."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._before
        qInstallMessageHandler(self._qt_before)

    def of_loop(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """The event loop's exception handler."""
        error = context.get("exception")
        if isinstance(error, BaseException):
            self.report(error)
        else:
            self._tell("loop", str(context.get("message", "")), "")

    def report(self, error: BaseException) -> None:
        """An error that ended something in the background."""
        if isinstance(error, (KeyboardInterrupt, SystemExit, asyncio.CancelledError)):
            return
        if isinstance(error, KinebrushError):
            log.warning("%s (%s)", error, error.details)
            self.notice.emit(Notice(str(error), "error", redact(error.details)))
            return
        text = "".join(traceback.format_exception(error))
        last = traceback.extract_tb(error.__traceback__)[-1:]
        place = f"{last[0].filename}:{last[0].lineno}" if last else ""
        self._tell(f"{type(error).__name__} {place}", f"{type(error).__name__}: {error}", text)

    def _tell(self, name: str, what: str, text: str) -> None:
        with self._lock:
            count = self._seen[name] = self._seen.get(name, 0) + 1
        if count & (count - 1):
            return  # told at the 1st, 2nd, 4th, 8th ... time
        log.error("uncaught (%d): %s\n%s", count, what, text)
        again = f" ({count} times)" if count > 1 else ""
        sentence = (
            f"Something went wrong inside Kinebrush{again}; your work is kept. Please report the details."
        )
        self.notice.emit(Notice(sentence, "error", redact(text or what), name))

    def _uncaught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self.report(error)

    def _uncaught_in_thread(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self.report(arguments.exc_value)

    def _unraisable(self, arguments: sys.UnraisableHookArgs) -> None:
        if arguments.exc_value is not None:
            self.report(arguments.exc_value)

    def _qt_said(self, kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        if any(quiet in message for quiet in QUIET_QT):
            return
        level = {
            QtMsgType.QtDebugMsg: logging.DEBUG,
            QtMsgType.QtInfoMsg: logging.INFO,
            QtMsgType.QtWarningMsg: logging.WARNING,
        }.get(kind, logging.ERROR)
        logging.getLogger("qt").log(level, "%s: %s", context.category or "qt", message)
