"""The queue: gives every job that can go on a runner, and follows what others change.

The store is the only channel. Whoever wants something of a job (this window, another one, the command line) moves it
in the store; the owner of the queue sees the change and starts or stops runners accordingly. Starting up after a
crash is the same step: look at the store, run what can run.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from contextlib import suppress

from desktop.core.errors import KinebrushError, StoreError
from desktop.core.job import Job, JobState, Outcome
from desktop.jobs.connections import Connections
from desktop.jobs.fetching import Fetching
from desktop.jobs.policy import Policy
from desktop.jobs.runner import Progress, Runner, Surroundings
from desktop.storage.assets import AssetStore
from desktop.storage.jobs import JobStore, StaleJob

log = logging.getLogger(__name__)

RUNNABLE = frozenset(
    {
        JobState.QUEUED,
        JobState.SUBMITTED,
        JobState.IN_PROGRESS,
        JobState.READY,
        JobState.DOWNLOADING,
    }
)
"""States a runner can take a job on from."""

LOST_WORD = "The program ended while this was being sent; it may have been charged."


class Queue:
    """Owns the running of jobs. Exactly one process may have one for a data directory (see `storage.owner`)."""

    def __init__(
        self,
        store: JobStore,
        assets: AssetStore,
        connections: Connections,
        fetching: Fetching,
        policy: Policy | None = None,
        *,
        limit_today: Callable[[Job], tuple[float | None, float]] = lambda _: (None, 0.0),
        now: Callable[[], float] = time.time,
    ) -> None:
        self._policy = policy or Policy()
        self._store = store
        self._connections = connections
        self._runners: dict[str, tuple[Runner, asyncio.Task[None]]] = {}
        self._resting: dict[str, float] = {}
        """When a job whose runner failed may have another one, by the loop's clock."""
        self._noting: asyncio.Task[None] | None = None
        self._nudge = asyncio.Event()
        self.progress: dict[str, Progress] = {}
        """Transfers under way, by job id."""
        self._around = Surroundings(
            store=store,
            assets=assets,
            connections=connections,
            fetching=fetching,
            policy=self._policy,
            now=now,
            tell=self.progress.__setitem__,
            limit_today=limit_today,
            downloads=asyncio.Semaphore(self._policy.downloads),
        )

    async def run(self) -> None:
        """Run jobs until cancelled; then let a create that is under way come to its end, and stop.

        First, jobs a crash left in ``submitting`` become ``unknown``: nobody knows whether they were charged, and
        they are not sent again without the user's word.
        """
        version = -1
        owned_up = False
        failures = 0
        try:
            while True:
                try:
                    if not owned_up:
                        await asyncio.to_thread(self._own_up)
                        owned_up = True
                    changed = await asyncio.to_thread(self._store.data_version)
                    if changed != version or self._nudge.is_set():
                        self._nudge.clear()
                        await self._reconcile()
                        version = changed
                    failures = 0
                except Exception:
                    # A full disk or a file locked for long passes; the jobs under way go on meanwhile.
                    failures += 1
                    log.exception("looking through the job list failed")
                    await asyncio.sleep(self._policy.pause(failures))
                    continue
                # Not `asyncio.wait_for`: before Python 3.12 it drops a cancellation that comes together with the nudge
                # (as when the last job ends and nobody follows any more), and the queue would then run for ever.
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._policy.watch_interval):
                        await self._nudge.wait()
        finally:
            await self._stop()

    def nudge(self) -> None:
        """The store was changed by this process: look at once."""
        self._nudge.set()

    async def new_key(self) -> None:
        """A key was set or changed: forget the old clients and try again."""
        await self._connections.forget()
        for service, gate in list(self._around.gates.items()):
            problem = gate.key_problem
            gate.new_key()
            if problem:
                await asyncio.to_thread(self._release, service, problem)
        self.nudge()

    def _release(self, service: str, note: str) -> None:
        """Queue the jobs again that nothing but the old key held."""
        for job in self._store.all(states={JobState.HELD}):
            if job.service == service and job.note == note:
                with suppress(StaleJob):
                    self._store.move(job.id, JobState.HELD, JobState.QUEUED, note="")

    @property
    def offline(self) -> str:
        """A sentence when a service cannot be reached; empty when all is well."""
        return self.trouble(self._around.gates)[0]

    @property
    def key_problem(self) -> str:
        """A sentence when a key was refused; empty when all is well."""
        return self.trouble(self._around.gates)[1]

    @property
    def refused(self) -> tuple[str, ...]:
        """The services whose key was refused."""
        return tuple(name for name, gate in self._around.gates.items() if gate.key_problem)

    def trouble(self, services: Iterable[str]) -> tuple[str, str]:
        """What holds these services back: that one is out of reach, that a key was refused. Empty when all is well."""
        gates = [self._around.gates[name] for name in services if name in self._around.gates]
        offline = next((gate.offline for gate in gates if gate.offline), "")
        return offline, next((gate.key_problem for gate in gates if gate.key_problem), "")

    def _own_up(self) -> None:
        for job in self._store.all(states={JobState.SUBMITTING}):
            attempt = self._store.attempts(job.id)[-1]
            self._store.end_attempt(
                job.id,
                attempt.number,
                Outcome.UNKNOWN,
                JobState.UNKNOWN,
                finished=self._around.now(),
                note=LOST_WORD,
            )

    async def _reconcile(self) -> None:
        """Start runners for jobs that can run and have none; stop those whose job was moved away."""
        jobs = {
            job.id: job for job in await asyncio.to_thread(lambda: list(self._store.all(states=RUNNABLE)))
        }
        for job_id, (runner, task) in list(self._runners.items()):
            if task.done():
                self._forget(job_id, task)
            elif job_id not in jobs and not runner.submitting:
                current = await asyncio.to_thread(self._store.get, job_id)
                if current.state not in RUNNABLE and current.state is not JobState.SUBMITTING:
                    task.cancel()
        for job in sorted(jobs.values(), key=lambda job: job.created):
            rests = self._resting.get(job.id, 0.0) > asyncio.get_running_loop().time()
            if job.id not in self._runners and not rests:
                self._resting.pop(job.id, None)
                self._start(job.id)

    def _start(self, job_id: str) -> None:
        runner = Runner(job_id, self._around)
        task = asyncio.create_task(runner.run(), name=f"job {job_id}")
        task.add_done_callback(lambda done: self._ended(job_id, done))
        self._runners[job_id] = (runner, task)

    def _forget(self, job_id: str, task: asyncio.Task[None]) -> None:
        """Drop a runner that has ended, unless the job has another one by now."""
        _, current = self._runners.get(job_id, (None, None))
        if current is task:
            del self._runners[job_id]
            self.progress.pop(job_id, None)

    def _ended(self, job_id: str, task: asyncio.Task[None]) -> None:
        self._forget(job_id, task)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None and not isinstance(error, StaleJob):
            # Whatever it was (a full disk, a fault of ours), the job is in the store: try again a little later.
            log.error("the runner of job %s failed", job_id, exc_info=error)
            loop = asyncio.get_running_loop()
            self._resting[job_id] = loop.time() + self._policy.pause_last
            loop.call_later(self._policy.pause_last, self.nudge)
            if isinstance(error, KinebrushError):
                self._noting = loop.create_task(self._tell_why(job_id, str(error)))
            return
        self.nudge()

    async def _tell_why(self, job_id: str, sentence: str) -> None:
        with suppress(StoreError):
            await asyncio.to_thread(
                self._store.update, job_id, note=f"{sentence} It is tried again in a minute."
            )

    async def _stop(self) -> None:
        """Cancel all runners; those in the middle of a create get a while to learn its outcome."""
        sending = [task for runner, task in self._runners.values() if runner.leave_after_sending()]
        waiting = [task for _, task in self._runners.values() if task not in sending]
        for task in waiting:
            task.cancel()
        if sending:
            await asyncio.wait(sending, timeout=self._policy.quit_grace)
        for task in sending:
            task.cancel()
        await asyncio.gather(*waiting, *sending, return_exceptions=True)
        await self._connections.forget()
