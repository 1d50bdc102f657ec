"""The finder: for the job whose reply was lost. Was a task made for it, and which?

There is no idempotency key in the service, so the only evidence is its list of tasks (when it has one): a task that no
job of ours knows. Nothing is ever sent again without the user's word.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from desktop.api.faults import Fault
from desktop.core.errors import KinebrushError
from desktop.core.job import Job, JobState
from desktop.core.models import model
from desktop.jobs.connections import Connections
from desktop.storage.jobs import JobStore

PAGES = 5
"""Pages of 20 tasks that are looked through."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A task on the service that no job knows; ``url`` is its video, if it has one already."""

    task_id: str
    status: str
    url: str


async def candidates(job: Job, store: JobStore, connections: Connections) -> tuple[Candidate, ...] | None:
    """Tasks that might be this job's, newest first. None when the service has no list of tasks."""
    client = await connections.client(job.service)
    kind = model(job.request.model)
    known = await asyncio.to_thread(store.known_task_ids, job.service)
    found: list[Candidate] = []
    for page in range(1, PAGES + 1):
        tasks = await client.list_tasks(kind, page=page, per_page=20)
        if tasks is None:
            return None if page == 1 else tuple(found)
        for task in tasks:
            if task.task_id in known:
                continue
            status = await client.status(kind, task.task_id)
            found.append(
                Candidate(task.task_id, status.status, status.generated[0] if status.generated else "")
            )
        if len(tasks) < 20:
            break
    return tuple(found)


async def adopt(job: Job, task_id: str, store: JobStore, connections: Connections) -> Job:
    """Take a task for this job's, after asking the service that it exists.

    Raises KinebrushError when the service does not know it or another job has it.
    """
    known = await asyncio.to_thread(store.known_task_ids, job.service)
    own = {attempt.task_id for attempt in await asyncio.to_thread(store.attempts, job.id)}
    if task_id in known - own:
        raise KinebrushError(f"The task {task_id} belongs to another job already.")
    client = await connections.client(job.service)
    try:
        status = await client.status(model(job.request.model), task_id)
    except Fault as fault:
        raise KinebrushError(f"The task {task_id} was not taken over. {fault}", fault.details) from fault
    return await asyncio.to_thread(
        lambda: store.move(
            job.id,
            {JobState.UNKNOWN},
            JobState.SUBMITTED,
            task_id=task_id,
            service_status=status.status,
            note="",
            details="",
        )
    )
