"""The runner: takes one job from where it stands to its end.

Every step is written to the store before it is taken, so a runner that dies at any point is followed by one that
carries on from the same place. Moves are compare-and-set: when the user (or another process) moved the job meanwhile,
the runner lets go.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, ParamSpec, TypeVar

from desktop.api.body import Body
from desktop.api.client import Created, ServiceClient, TaskStatus
from desktop.api.faults import (
    Expired,
    Fault,
    KeyRefused,
    NotAVideo,
    NotFound,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Refused,
)
from desktop.api.links import expires_at
from desktop.core.errors import KinebrushError, SecretError, VideoError
from desktop.core.job import Attempt, Job, JobState, Outcome
from desktop.core.models import Model, model
from desktop.jobs.connections import Connections
from desktop.jobs.fetching import Fetching
from desktop.jobs.gate import Gate
from desktop.jobs.policy import Policy
from desktop.storage.assets import AssetStore
from desktop.storage.jobs import JobStore, OverLimit, StaleJob

log = logging.getLogger(__name__)

MISSING_ASSET = "A picture this job needs is no longer on disk; make the job again from its shot."

BROKEN_CREATE = "Something broke while this was being sent; it may have been charged."

S = JobState
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a transfer is: ``phase`` is ``upload`` or ``download``, ``total`` None when unknown. In bytes."""

    phase: str
    done: int
    total: int | None


@dataclass(slots=True)
class Surroundings:
    """What all runners of a queue share. ``tell`` hears of every transfer's progress; ``now`` is unix time."""

    store: JobStore
    assets: AssetStore
    connections: Connections
    fetching: Fetching
    policy: Policy
    now: Callable[[], float]
    tell: Callable[[str, Progress], None]
    limit_today: Callable[[Job], tuple[float | None, float]]
    """The limit of money a day for this job (None: none), and when the day began in unix seconds."""
    downloads: asyncio.Semaphore
    gates: dict[str, Gate] = field(default_factory=dict)

    def gate(self, service_id: str) -> Gate:
        """The gate of a service."""
        return self.gates.setdefault(service_id, Gate(self.policy))


class Runner:
    """Runs one job. `run` returns when the job has ended, waits for the user, or was taken away."""

    def __init__(self, job_id: str, around: Surroundings) -> None:
        self._id = job_id
        self._around = around
        self.submitting = False
        """Whether a create is under way, which must not be broken off lightly."""
        self._leaving = False

    def leave_after_sending(self) -> bool:
        """Ask the runner to end once the create under way has its outcome. False when none is under way."""
        self._leaving = self.submitting
        return self._leaving

    async def run(self) -> None:
        """Take the job as far as it goes. Ends quietly when somebody else moved it."""
        fresh = False
        try:
            while True:
                job = await self._call(self._around.store.get, self._id)
                gate = self._around.gate(job.service)
                if job.state is S.QUEUED:
                    async with gate.slot():
                        sent = await self._submit(job, gate)
                        if self._leaving:
                            return
                        if sent:
                            fresh = await self._wait_for_video(gate)
                elif job.state in (S.SUBMITTED, S.IN_PROGRESS):
                    async with gate.slot(there=True):
                        fresh = await self._wait_for_video(gate)
                elif job.state in (S.READY, S.DOWNLOADING):
                    await self._fetch(job, gate, fresh=fresh)
                    fresh = False
                else:
                    return
        except StaleJob:
            log.info("job %s was moved by somebody else; its runner lets go", self._id)

    # --- create -------------------------------------------------------------------------------------------------

    async def _submit(self, job: Job, gate: Gate) -> bool:
        """One attempt to create. True when the service has the task."""
        around = self._around
        if not await gate.passage(create=True):
            await self._move(S.QUEUED, S.HELD, note=gate.key_problem)
            return False
        if await self._call(around.assets.missing, job.request.assets):
            await self._move(S.QUEUED, S.HELD, note=MISSING_ASSET)
            return False
        try:
            client = await around.connections.client(job.service)
        except SecretError as error:
            gate.refuse_key(str(error))
            await self._move(S.QUEUED, S.HELD, note=str(error))
            return False
        except KinebrushError as error:
            gate.unreachable(str(error))
            await self._update(note=str(error), details=error.details)
            return False
        try:
            digest = await self._call(Body(job.request, around.assets.path).digest)
        except KinebrushError as error:
            await self._move(S.QUEUED, S.HELD, note=str(error), details=error.details)
            return False
        limit, day_start = await self._call(around.limit_today, job)
        try:
            attempt = await self._call(around.store.begin_attempt, self._id, limit=limit, day_start=day_start)
        except OverLimit as error:
            await self._move(S.QUEUED, S.HELD, note=str(error))
            return False
        self.submitting = True
        try:
            # Shielded: a create that was begun is seen to its end, so that its outcome is known.
            work = asyncio.ensure_future(
                self._create(client, job, replace(attempt, body_sha256=digest), gate)
            )
            try:
                return await asyncio.shield(work)
            except asyncio.CancelledError:
                work.cancel()
                await asyncio.gather(work, return_exceptions=True)
                raise
        finally:
            self.submitting = False

    async def _create(self, client: ServiceClient, job: Job, attempt: Attempt, gate: Gate) -> bool:
        sent = 0

        def progress(done: int, total: int) -> None:
            nonlocal sent
            sent = done
            self._around.tell(self._id, Progress("upload", done, total))

        try:
            created = await client.create(job.request, self._around.assets.path, progress)
        except NotSent as fault:
            gate.unreachable(str(fault))
            await self._end(attempt, Outcome.NOT_SENT, S.QUEUED, fault, sent)
        except RateLimited as fault:
            gate.busy(fault.retry_after, create=True)
            await self._end(attempt, Outcome.REFUSED, S.QUEUED, fault, sent)
        except KeyRefused as fault:
            gate.refuse_key(str(fault))
            await self._end(attempt, Outcome.REFUSED, S.HELD, fault, sent)
        except Refused as fault:
            _heard_from(gate, fault)
            await self._end(attempt, Outcome.REFUSED, S.REFUSED, fault, sent)
        except OutcomeUnknown as fault:
            _heard_from(gate, fault)
            await self._end(attempt, Outcome.UNKNOWN, S.UNKNOWN, fault, sent)
        except Exception as fault:
            # Whatever else went wrong, a fault of ours included: nothing proves that no task was made.
            log.exception("the create of job %s broke", self._id)
            await self._end(attempt, Outcome.UNKNOWN, S.UNKNOWN, fault, sent)
        except asyncio.CancelledError:
            lost = OutcomeUnknown("The program ended while this was being sent; it may have been charged.")
            await asyncio.shield(self._end(attempt, Outcome.UNKNOWN, S.UNKNOWN, lost, sent))
            raise
        else:
            gate.reached()
            await self._accepted(attempt, created)
            return True
        return False

    async def _accepted(self, attempt: Attempt, created: Created) -> None:
        """Write the task id down before anything else."""
        await self._settle(
            attempt,
            Outcome.ACCEPTED,
            S.SUBMITTED,
            bytes_sent=created.bytes_sent,
            http_status=created.http_status,
            task_id=created.task_id,
            request_id=created.request_id,
            service_status=created.status,
        )

    async def _end(
        self, attempt: Attempt, outcome: Outcome, state: JobState, fault: Exception, sent: int
    ) -> None:
        await self._settle(
            attempt,
            outcome,
            state,
            bytes_sent=sent,
            http_status=fault.http_status if isinstance(fault, Fault) else None,
            request_id=fault.request_id if isinstance(fault, Fault) else "",
            note=str(fault) if isinstance(fault, KinebrushError) else BROKEN_CREATE,
            details=fault.details if isinstance(fault, KinebrushError) else repr(fault),
        )

    async def _settle(self, attempt: Attempt, outcome: Outcome, state: JobState, **facts: Any) -> None:
        """Write down how an attempt ended, however long it takes: a full disk must not leave it open."""
        end_attempt, finished = self._around.store.end_attempt, self._around.now()
        for tries in range(1, 1_000_000):
            try:
                await self._call(
                    end_attempt,
                    self._id,
                    attempt.number,
                    outcome,
                    state,
                    finished=finished,
                    body_sha256=attempt.body_sha256,
                    **facts,
                )
                return
            except StaleJob:
                raise
            except KinebrushError:
                task = facts.get("task_id", "")
                log.exception("the end of an attempt is not stored yet: job %s, task %s", self._id, task)
                await asyncio.sleep(self._around.policy.pause(tries))

    # --- poll ---------------------------------------------------------------------------------------------------

    async def _wait_for_video(self, gate: Gate) -> bool:
        """Poll until there is a video. True when its address is fresh; False when the job went elsewhere."""
        policy = self._around.policy
        job = await self._call(self._around.store.get, self._id)
        kind = model(job.request.model)
        empty = missing = errors = 0
        for count in range(1_000_000):
            await asyncio.sleep(policy.poll_delay(count) * random.uniform(0.9, 1.1))
            status = await self._status(job, kind, gate)
            if isinstance(status, NotFound):
                missing += 1
                if missing >= policy.missing_polls:
                    await self._fail(
                        "The service does not know this task; was it made with another key?", status.details
                    )
                    return False
                continue
            if isinstance(status, Fault):
                errors += 1
                await self._note(f"{status} Waiting goes on.")
                await asyncio.sleep(policy.pause(errors))
                continue
            errors = missing = 0
            word = status.status.upper()
            if word == "COMPLETED" and status.generated:
                await self._ready(status)
                return True
            if word == "COMPLETED":
                empty += 1
                if empty >= policy.empty_polls:
                    await self._fail(
                        "The service says completed but gives no video; take it up again later.", status.raw
                    )
                    return False
            elif word == "FAILED":
                reason = status.error or "The service gave no reason."
                await self._fail(f"The service reports that it failed. {reason}", status.raw)
                return False
            job = await self._heard(job, status)
        return False

    async def _status(self, job: Job, kind: Model, gate: Gate) -> TaskStatus | Fault:
        """One poll. Transport trouble and a refused key never end a paid job: they come back as a Fault."""
        await gate.passage()
        await gate.poll_turn()
        try:
            client = await self._around.connections.client(job.service)
            status = await client.status(kind, job.task_id)
        except KeyRefused as fault:
            gate.refuse_key(str(fault))
            return fault
        except RateLimited as fault:
            gate.busy(fault.retry_after)
            return fault
        except NotSent as fault:
            gate.unreachable(str(fault))
            return fault
        except Fault as fault:
            _heard_from(gate, fault)
            return fault
        except SecretError as error:
            gate.refuse_key(str(error))
            return Fault(str(error))
        except KinebrushError as error:
            gate.unreachable(str(error))
            return Fault(str(error), error.details)
        gate.reached()
        return status

    async def _heard(self, job: Job, status: TaskStatus) -> Job:
        """Keep the service's word; an unknown one is shown as it is and polled on."""
        if status.status.upper() == "IN_PROGRESS" and job.state is S.SUBMITTED:
            return await self._move(S.SUBMITTED, S.IN_PROGRESS, service_status=status.status, note="")
        if status.status != job.service_status or job.note:
            return await self._update(service_status=status.status, note="")
        return job

    async def _ready(self, status: TaskStatus) -> None:
        url = status.generated[0]
        now = self._around.now()
        await self._move(
            (S.SUBMITTED, S.IN_PROGRESS),
            S.READY,
            service_status=status.status,
            result_url=url,
            result_expires=expires_at(url),
            completed=now,
            note="",
        )

    # --- fetch --------------------------------------------------------------------------------------------------

    async def _fetch(self, job: Job, gate: Gate, *, fresh: bool) -> None:
        """Bring the video here. Returns when it is, or when the job went elsewhere."""
        around, kind = self._around, model(job.request.model)
        if job.state is S.DOWNLOADING:
            job = await self._move(S.DOWNLOADING, S.READY)
        damaged = failures = 0
        renewed = fresh
        while True:
            done = await self._call(around.fetching.finished, job)
            if done is not None:
                await self._move(S.READY, S.DOWNLOADING)
                await self._move(S.DOWNLOADING, S.DONE, take=str(done), note="")
                return
            if not renewed:
                job = await self._renew_address(job, kind, gate)
                renewed = True
            async with around.downloads:
                job = await self._move(S.READY, S.DOWNLOADING, note="")
                try:
                    take = await around.fetching.fetch(job, self._downloading)
                except Expired as fault:
                    old = job.result_url
                    job = await self._move(S.DOWNLOADING, S.READY)
                    job = await self._renew_address(job, kind, gate)
                    if job.result_url == old:
                        await self._move(S.READY, S.EXPIRED, note=str(fault), details=fault.details)
                        return
                    continue
                except (VideoError, NotAVideo) as error:
                    damaged += 1
                    job = await self._move(S.DOWNLOADING, S.READY, note=str(error), details=error.details)
                    kept = await self._call(around.fetching.set_aside, job)
                    if damaged >= around.policy.damaged_downloads:
                        copy = f" The last copy is kept as {kept}." if kept else ""
                        note = f"{error} It came so {damaged} times; take it up again later.{copy}"
                        await self._move(S.READY, S.FAILED, note=note)
                        return
                except KinebrushError as error:
                    failures += 1
                    job = await self._move(
                        S.DOWNLOADING, S.READY, note=f"{error} It is tried again.", details=error.details
                    )
                else:
                    await self._move(S.DOWNLOADING, S.DONE, take=str(take), note="", details="")
                    return
            await asyncio.sleep(around.policy.pause(max(failures, damaged)))

    def _downloading(self, done: int, total: int | None) -> None:
        self._around.tell(self._id, Progress("download", done, total))

    async def _renew_address(self, job: Job, kind: Model, gate: Gate) -> Job:
        """Ask for the video's address again; the old one stays when the service does not answer with another."""
        status = await self._status(job, kind, gate)
        if isinstance(status, Fault) or not status.generated or status.generated[0] == job.result_url:
            return job
        url = status.generated[0]
        return await self._update(result_url=url, result_expires=expires_at(url))

    # --- the store ----------------------------------------------------------------------------------------------

    async def _fail(self, note: str, details: str) -> None:
        await self._move((S.SUBMITTED, S.IN_PROGRESS), S.FAILED, note=note, details=details)

    async def _note(self, note: str) -> None:
        await self._update(note=note)

    async def _update(self, **changes: Any) -> Job:
        return await self._call(self._around.store.update, self._id, **changes)

    async def _move(self, before: JobState | tuple[JobState, ...], after: JobState, **changes: Any) -> Job:
        return await self._call(self._around.store.move, self._id, before, after, **changes)

    async def _call(self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Synced SQLite and file work runs in a thread: the loop may be the window's."""
        return await asyncio.to_thread(work, *arguments, **named)


def _heard_from(gate: Gate, fault: Fault) -> None:
    """An answer, though a bad one, shows that the service can be reached."""
    if fault.http_status is not None:
        gate.reached()
