"""What a window is asked for and takes its time over: work beside the event loop, whose errors are told."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop.core.errors import KinebrushError

Spawn = Callable[[Coroutine[Any, Any, Any], str], object]
"""Runs a coroutine under a name, and reports what breaks unexpectedly."""


class Errands(QObject):
    """A part of the window that runs coroutines for what somebody asked for."""

    failed = Signal(object)
    """The `KinebrushError` of something that was asked for."""

    def __init__(self, parent: QObject, spawn: Spawn) -> None:
        super().__init__(parent)
        self._spawn = spawn

    def _run(self, work: Coroutine[Any, Any, Any], name: str) -> None:
        self._spawn(self._reported(work), name)

    async def _reported(self, work: Coroutine[Any, Any, Any]) -> None:
        try:
            await work
        except KinebrushError as error:
            self.failed.emit(error)
