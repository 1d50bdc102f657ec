"""Frees large memory in a thread: giving hundreds of megabytes back to the system takes longer than a turn may."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from functools import cache, partial

from PySide6.QtCore import QTimer

from desktop.ui.background import Background

PAUSE_MS = 40
"""What takes the place of the old things is shown before they go."""

_KEPT = 32 << 20
"""Bytes that stay with the program: the window draws with memory of the first thread's, and should not have to fetch it
from the system again in the middle of a turn."""

_background = Background("letting go")


def let_go(*things: object) -> None:
    """Hold these until everybody else in this turn of the loop has dropped them, and let a thread be the last."""
    QTimer.singleShot(PAUSE_MS, partial(_background.submit, partial(_drop, list(things))))


def give_back_soon() -> None:
    """`give_back` in the thread."""
    _background.submit(give_back)


def give_back() -> None:
    """Memory that is free goes back to the system, in a thread: milliseconds. The C library of Linux keeps what the
    threads that read and encode pictures have freed, some hundred megabytes, in case they want it again."""
    trim = _trim()
    if trim is not None:
        trim(_KEPT)


@cache
def _trim() -> Callable[[int], int] | None:
    """The C library's own way, where it has one (glibc)."""
    if not sys.platform.startswith("linux"):
        return None
    found: Callable[[int], int] | None = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return found


def _drop(things: list[object]) -> None:
    """One by one: between two of them the window gets its turn."""
    while things:
        things.pop()
