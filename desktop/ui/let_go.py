"""Frees large memory in a thread: giving hundreds of megabytes back to the system takes longer than a turn may."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QTimer

from desktop.ui.background import Background

PAUSE_MS = 40
"""What takes the place of the old things is shown before they go."""

_background = Background("letting go")


def let_go(*things: object) -> None:
    """Hold these until everybody else in this turn of the loop has dropped them, and let a thread be the last."""
    QTimer.singleShot(PAUSE_MS, partial(_background.submit, partial(_drop, list(things))))


def _drop(things: list[object]) -> None:
    """One by one: between two of them the window gets its turn."""
    while things:
        things.pop()
