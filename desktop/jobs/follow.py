"""Follow jobs to their end from a program without a window.

Whoever owns the queue runs the jobs: this process when nobody else does, else the window or the other command line
that was there first. Either way the store tells how they fare.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass

from desktop.core.job import ENDED, NEEDS_USER, Job
from desktop.jobs.queue import Queue
from desktop.jobs.runner import Progress
from desktop.jobs.workspace import Workspace


@dataclass(frozen=True, slots=True)
class View:
    """What there is to see: the jobs, the transfers of this process, and what holds everything back."""

    jobs: tuple[Job, ...]
    progress: dict[str, Progress]
    offline: str
    key_problem: str


async def follow(
    workspace: Workspace,
    job_ids: Collection[str],
    show: Callable[[View], None],
    *,
    offline_timeout: float | None = None,
) -> tuple[Job, ...]:
    """Run (or watch) until every job has ended or waits for the user; returns them as they stand.

    Returns earlier when the key is refused, or when the service has been out of reach for ``offline_timeout``
    seconds; the jobs stay in the queue then. Cancelling is safe at any point.
    """
    loop = asyncio.get_running_loop()
    owner = None
    queue: Queue | None = None
    running: asyncio.Task[None] | None = None
    offline_since: float | None = None
    try:
        while True:
            if owner is None:
                owner = await asyncio.to_thread(workspace.try_own)
                if owner is not None:
                    queue = workspace.queue()
                    running = asyncio.create_task(queue.run(), name="queue")
            if running is not None and running.done():
                running.result()
            jobs = tuple([await asyncio.to_thread(workspace.store.get, job_id) for job_id in job_ids])
            # Another service's trouble is none of these jobs'.
            offline, key_problem = queue.trouble({job.service for job in jobs}) if queue else ("", "")
            show(View(jobs, dict(queue.progress) if queue else {}, offline, key_problem))
            if all(job.state in ENDED or job.state in NEEDS_USER for job in jobs) or key_problem:
                return jobs
            offline_since = (offline_since or loop.time()) if offline else None
            waited = loop.time() - offline_since if offline_since is not None else 0.0
            if offline_timeout is not None and waited > offline_timeout:
                return jobs
            await asyncio.sleep(0.2)
    finally:
        if running is not None:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            await (
                workspace.connections.forget()
            )  # while the loop runs: a connection cannot be closed after it
        if owner is not None:
            owner.release()
