"""The jobs behind the window: opens the workspace, runs the queue when nobody else does, tells what changes.

Everything slow happens in threads or in coroutines of the one event loop; the modules that need OpenCV and httpx are
imported after the window is there.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from desktop.core.conventions import Conventions, profile
from desktop.core.errors import KinebrushError, SecretError
from desktop.core.job import Job, JobState
from desktop.core.services import MAGNIFIC, SIMULATOR, Service, host_of, is_loopback, service
from desktop.core.shot import Shot
from desktop.storage.latest import LatestWriter
from desktop.storage.paths import DataDir
from desktop.storage.settings import Loaded, Settings, SettingsFile, changed
from desktop.ui.errands import Spawn

if TYPE_CHECKING:
    from desktop.jobs.finder import Candidate
    from desktop.jobs.queue import Queue
    from desktop.jobs.workspace import Workspace
    from desktop.storage.owner import Owner

WATCH_SECONDS = 0.2
OWN_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class ServiceState:
    """The chosen service as the title bar shows it. ``key`` is ``works``, ``missing``, ``refused``, ``unchecked``
    or ``not needed``; ``sentence`` says it."""

    service: Service
    key: str
    sentence: str


class Backend(QObject):
    """The window's way to jobs, services, keys and settings."""

    opened = Signal()
    """The workspace is open; jobs can be made."""
    followed = Signal()
    """The jobs that were there at the start are known."""
    jobs_changed = Signal(object)
    """``list[Job]`` that are new or have changed."""
    progress_changed = Signal(object)
    """Transfers under way: job id -> `desktop.jobs.runner.Progress`."""
    trouble_changed = Signal(str, str)
    """(offline, key problem): a sentence each, empty when all is well."""
    service_changed = Signal(object)
    """The `ServiceState`."""
    settings_changed = Signal(object)
    job_ended = Signal(object)
    """A `Job` that has just come to an end or to a halt, for a toast."""

    def __init__(
        self,
        data: DataDir,
        spawn: Spawn,
        simulator_url: Callable[[DataDir], str],
        writer: LatestWriter,
        service_url: str = "",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._data = data
        self._spawn = spawn
        self._writer = writer
        self._simulator_url = simulator_url
        self._service_url = service_url
        self._workspace: Workspace | None = None
        self._queue: Queue | None = None
        self._owner: Owner | None = None
        self._running: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._choices = 0
        self._freezing = asyncio.Lock()
        self._life, self._stopped = asyncio.Lock(), False
        self._revision = 0
        self._trouble = ("", "")
        self._moving = False
        self._followed = False
        """Whether the jobs that were there at the start are known."""
        self._states: dict[str, JobState] = {}
        self._loaded = SettingsFile(data.settings).load()
        self.settings: Settings = self._loaded.settings
        self._service_state = ServiceState(SIMULATOR, "not needed", "Simulator: nothing is charged")

    # --- life ---------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Open the workspace and begin to run and watch jobs. Raises StoreError when it cannot be opened."""
        async with self._life:
            if self._stopped:
                return
            self._workspace = await asyncio.to_thread(_open, self._data, self._simulator_url, self._loaded)
            self._workspace.settings = self.settings
            await self._choose_first_service()
            self.opened.emit()
            self._watching = asyncio.get_running_loop().create_task(self._watch(), name="watch jobs")
            self._watching.add_done_callback(self._watch_ended)

    async def stop(self) -> None:
        """Stop running jobs in order: a create under way gets a while to learn its outcome."""
        self._stopped = True
        async with self._life:
            watching, self._watching = self._watching, None
            if watching is not None:
                watching.cancel()
                await asyncio.wait([watching])
            running, self._running = self._running, None
            if running is not None:
                running.cancel()
                await asyncio.wait([running])
            if self._owner is not None:
                self._owner.release()
                self._owner = None
            async with self._freezing:  # what was ordered gets into the list
                workspace, self._workspace = self._workspace, None
            if workspace is not None:
                with suppress(KinebrushError):
                    await workspace.connections.forget()
                await asyncio.to_thread(workspace.close)

    @property
    def workspace(self) -> Workspace:
        """The open workspace. Raises KinebrushError while it is not."""
        if self._workspace is None:
            raise KinebrushError("Kinebrush is still starting; try again in a moment.")
        return self._workspace

    async def _watch(self) -> None:
        """Follow the store, and own the queue as soon as nobody else does."""
        next_try = 0.0
        version = -1
        trouble = ""
        while self._workspace is not None:
            workspace = self._workspace
            try:
                if self._owner is None and time.monotonic() >= next_try:
                    next_try = time.monotonic() + OWN_SECONDS
                    self._own(await _owned(workspace))
                current = await asyncio.to_thread(workspace.store.data_version)
                if current != version:
                    jobs, self._revision = await asyncio.to_thread(
                        workspace.store.changes_since, self._revision
                    )
                    version = current
                    if jobs:
                        self._tell(jobs)
                    if not self._followed:
                        self._followed = True
                        self.followed.emit()
                trouble = ""
            except KinebrushError as error:
                # A full disk or a locked file passes; it is told once, and looked at again.
                if str(error) != trouble:
                    trouble = str(error)
                    self._spawn(_raise(error), "watch jobs")
            self._tell_progress()
            await asyncio.sleep(OWN_SECONDS if trouble else WATCH_SECONDS)

    def _own(self, owner: Owner | None) -> None:
        self._owner = owner
        if owner is not None:
            self._queue = self.workspace.queue()
            self._running = asyncio.get_running_loop().create_task(self._queue.run(), name="queue")
            self._running.add_done_callback(self._queue_ended)

    def _watch_ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._spawn(_raise(error), "watch jobs")

    def _queue_ended(self, task: asyncio.Task[None]) -> None:
        """A queue that fell over is started again by the watch; its fault is reported."""
        self._queue = None
        if self._owner is not None:
            self._owner.release()
            self._owner = None
        if not task.cancelled() and (error := task.exception()) is not None:
            self._spawn(_raise(error), "queue")

    def _tell(self, jobs: list[Job]) -> None:
        self.jobs_changed.emit(jobs)
        for job in jobs:
            before = self._states.get(job.id)
            self._states[job.id] = job.state
            # A job may be over before it is seen for the first time; those of former days are no news.
            if self._followed and before is not job.state and _halted(job.state):
                self.job_ended.emit(job)

    def _tell_progress(self) -> None:
        queue = self._queue
        progress: Mapping[str, Any] = {} if queue is None else queue.progress
        if progress or self._moving:
            self._moving = bool(progress)
            self.progress_changed.emit(dict(progress))
        trouble = ("", "") if queue is None else (queue.offline, queue.key_problem)
        if trouble != self._trouble:
            self._trouble = trouble
            self.trouble_changed.emit(*trouble)

    # --- jobs ---------------------------------------------------------------------------------------------------

    async def generate(self, shot: Shot) -> Job:
        """Freeze a shot into a job and queue it. ``shot`` must be a snapshot. Raises KinebrushError."""
        workspace, entry, conventions = self.workspace, self.service, self.conventions
        async with self._freezing:
            job = await asyncio.to_thread(_freeze, workspace, shot, entry, conventions)
        self.nudge()
        return job

    async def carry_out(self, work: Callable[..., Job], *arguments: object) -> Job:
        """Carry out a command of `desktop.jobs.commands` on the store. Raises KinebrushError."""
        job = await asyncio.to_thread(work, self.workspace.store, *arguments)
        self.nudge()
        return job

    async def candidates(self, job: Job) -> tuple[Candidate, ...] | None:
        """Tasks that may be a lost job's. Raises KinebrushError."""
        from desktop.jobs import finder

        return await finder.candidates(job, self.workspace.store, self.workspace.connections)

    async def adopt(self, job: Job, task_id: str) -> Job:
        """Take a task for a lost job's. Raises KinebrushError."""
        from desktop.jobs import finder

        adopted = await finder.adopt(job, task_id, self.workspace.store, self.workspace.connections)
        self.nudge()
        return adopted

    async def send_again(self, job: Job) -> Job:
        """Send a request once more, on the user's word. Raises KinebrushError."""
        from desktop.jobs import commands

        return await self.carry_out(commands.send_again, job)

    async def details_of(self, job: Job) -> str:
        """Raw material about a job, to copy. Raises KinebrushError."""
        from desktop.jobs.commands import details_text

        attempts = await asyncio.to_thread(self.workspace.store.attempts, job.id)
        return details_text(job, attempts)

    async def shot_of(self, job: Job) -> Shot:
        """The shot a job was made from. Raises KinebrushError."""
        return await asyncio.to_thread(_shot_of, self.workspace, job)

    def picture_of(self, job: Job) -> Path | None:
        """A picture to show for a job: its take's poster, or the picture that was sent. Blocks briefly."""
        if job.take:
            poster = Path(job.take) / "poster.jpg"
            if poster.is_file():
                return poster
        if self._workspace is None:
            return None
        with suppress(KinebrushError):
            return self._workspace.assets.path(job.request.image)
        return None

    def nudge(self) -> None:
        """The store was changed here: let the queue look at once."""
        if self._queue is not None:
            self._queue.nudge()

    # --- service and key ----------------------------------------------------------------------------------------

    @property
    def service(self) -> Service:
        """The chosen service."""
        return self._service_state.service

    @property
    def service_state(self) -> ServiceState:
        """The chosen service with its key."""
        return self._service_state

    @property
    def conventions(self) -> Conventions:
        """How the chosen service reads masks: the user's choice, else the service's own."""
        return profile(self.settings.conventions or self.service.conventions)

    async def choose_service(self, name: str, *, remember: bool = True) -> None:
        """Use another service from now on; jobs under way stay with theirs. Raises SettingsError."""
        entry = service(name)
        if remember:
            self.save_settings(changed(self.settings, service=entry.id))
        await self._look_at_key(entry)

    @property
    def service_wanting_key(self) -> Service:
        """The service that refused its key, else the chosen one."""
        refused = () if self._queue is None else self._queue.refused
        return service(refused[0]) if refused and self.service.id not in refused else self.service

    async def set_key(self, key: str, entry: Service | None = None) -> bool:
        """Keep a key for a service (the chosen one) and check it for free. False when the service refuses it."""
        entry = entry or self.service
        await asyncio.to_thread(self.workspace.keys.set, host_of(entry), key)
        if self._queue is not None:
            await self._queue.new_key()
        else:
            await self.workspace.connections.forget()
        return await self.check_key(entry)

    async def forget_key(self) -> None:
        """Remove the key of the chosen service."""
        await asyncio.to_thread(self.workspace.keys.forget, host_of(self.service))
        await self.workspace.connections.forget()
        await self._look_at_key(self.service)

    async def check_key(self, entry: Service | None = None) -> bool:
        """Ask a service (the chosen one), for free, whether its key works. Raises KinebrushError when it cannot."""
        entry = entry or self.service
        client = await self.workspace.connections.client(entry.id)
        answer = await client.check_key()
        if entry == self.service:  # another may have been chosen while this one was asked
            self._set_state(entry, "works" if answer.valid else "refused", answer.sentence)
        return answer.valid

    async def _choose_first_service(self) -> None:
        entry = service(self._service_url or self.settings.service or MAGNIFIC.id)
        await self._look_at_key(entry)
        if self._service_state.key == "missing" and not self._service_url:
            # With no key there is nothing to pay with: begin where nothing is charged.
            self._set_state(SIMULATOR, "not needed", "Simulator: nothing is charged")

    async def _look_at_key(self, entry: Service) -> None:
        self._choices += 1
        choice = self._choices
        if entry is SIMULATOR:
            self._set_state(entry, "not needed", "Simulator: nothing is charged")
            return
        key, problem = None, ""
        try:
            key = await asyncio.to_thread(self.workspace.keys.get, host_of(entry))
        except SecretError as error:
            problem = str(error)
        if choice != self._choices:
            return  # another service was chosen while the key ring was asked: that one holds
        if problem:
            self._set_state(entry, "missing", problem)
        elif key is not None:
            self._set_state(entry, "unchecked", f"{entry.title}, key not checked yet")
        elif not entry.charges and is_loopback(host_of(entry).rpartition(":")[0] or host_of(entry)):
            self._set_state(entry, "not needed", f"{entry.title}: nothing is charged")
        else:
            self._set_state(entry, "missing", f"There is no API key for {entry.title} yet")

    def _set_state(self, entry: Service, key: str, sentence: str) -> None:
        self._service_state = ServiceState(entry, key, sentence)
        self.service_changed.emit(self._service_state)

    # --- settings -----------------------------------------------------------------------------------------------

    @property
    def settings_problems(self) -> tuple[str, ...]:
        """A sentence for everything in the settings file that could not be used at the start."""
        return self._loaded.problems

    def save_settings(self, settings: Settings) -> None:
        """Use other settings from now on, and have them written."""
        self.settings = settings
        if self._workspace is not None:
            self._workspace.settings = settings
        path = self._data.settings
        self._writer.put(path, partial(SettingsFile(path).save, settings))
        self.settings_changed.emit(settings)

    def save_theme(self, mode: str) -> None:
        """Keep the look that was chosen."""
        self.save_settings(changed(self.settings, theme=mode))

    @property
    def log_folder(self) -> Path:
        """Where the log files are."""
        return self._data.logs


def _halted(state: JobState) -> bool:
    return state in (
        JobState.DONE,
        JobState.FAILED,
        JobState.REFUSED,
        JobState.UNKNOWN,
        JobState.EXPIRED,
        JobState.HELD,
    )


async def _owned(workspace: Workspace) -> Owner | None:
    """The right to run the queue, given back when it comes after the end."""
    taking = asyncio.ensure_future(asyncio.to_thread(workspace.try_own))
    try:
        return await asyncio.shield(taking)
    except asyncio.CancelledError:
        late = await taking
        if late is not None:
            late.release()
        raise


async def _raise(error: BaseException) -> None:
    raise error


# In threads, since these bring OpenCV and httpx in.


def _open(data: DataDir, simulator_url: Callable[[DataDir], str], loaded: Loaded) -> Workspace:
    from desktop.jobs.workspace import open_workspace

    return open_workspace(data, simulator_url, loaded)


def _freeze(workspace: Workspace, shot: Shot, entry: Service, conventions: Conventions) -> Job:
    from desktop.jobs.prepare import freeze, prepare

    prepared = prepare(shot, entry, conventions, workspace.settings)
    return workspace.store.add(freeze(prepared, workspace.assets, now=time.time()))


def _shot_of(workspace: Workspace, job: Job) -> Shot:
    from desktop.imaging.masks import read_label_map
    from desktop.storage.shot_file import shot_from_bytes

    return shot_from_bytes(workspace.assets.read(job.shot_sha256), read_label_map)
