"""The part of qasync that Kinebrush uses; the library ships no types."""

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self

from PySide6.QtCore import QCoreApplication

class QEventLoop(asyncio.BaseEventLoop):
    def __init__(
        self,
        app: QCoreApplication | None = None,
        set_running_loop: bool = False,
        already_running: bool = False,
    ) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

def asyncClose(fn: Callable[..., Awaitable[Any]]) -> Callable[..., Any]: ...
def asyncSlot(
    *args: type | str, **kwargs: Any
) -> Callable[[Callable[..., Awaitable[Any]]], Callable[..., asyncio.Task[Any]]]: ...
