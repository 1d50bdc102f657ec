"""The one spawner of background coroutines: it keeps them alive, reports their failures, and ends them in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class Spawner:
    """Starts coroutines on the running loop.

    A task that only asyncio holds may be collected in mid-flight, and its failure reaches nobody: so every one is
    kept here until it ends, and ``report`` hears of what it raised.
    """

    def __init__(self, report: Callable[[BaseException], None]) -> None:
        self._report = report
        self._tasks: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, Any], name: str = "") -> asyncio.Task[Any]:
        """Run ``work`` in the background; returns its task, which may be cancelled."""
        task = asyncio.get_running_loop().create_task(work, name=name or None)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    @property
    def running(self) -> tuple[str, ...]:
        """The names of the tasks under way."""
        return tuple(sorted(task.get_name() for task in self._tasks))

    async def shut_down(self, grace: float) -> None:
        """Cancel all tasks and wait for them, at most ``grace`` seconds; their own clean-up counts as theirs."""
        tasks = set(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=grace)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._report(error)
