"""The workspace: a data directory opened, with everything that lives in it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from desktop.core.job import Job
from desktop.core.services import service
from desktop.jobs.connections import Connections
from desktop.jobs.fetching import Fetching
from desktop.jobs.policy import Policy
from desktop.jobs.queue import Queue
from desktop.storage.assets import AssetStore
from desktop.storage.job_rows import DamagedStore
from desktop.storage.jobs import JobStore
from desktop.storage.owner import Owner, try_own
from desktop.storage.paths import DataDir, data_dir
from desktop.storage.recovery import open_store
from desktop.storage.secrets import Keys
from desktop.storage.settings import Loaded, Settings, SettingsFile


@dataclass(slots=True)
class Workspace:
    """Settings, jobs, assets and keys of one data directory. `open_workspace` makes it."""

    data: DataDir
    settings: Settings
    store: JobStore
    assets: AssetStore
    keys: Keys
    connections: Connections
    problems: tuple[str, ...] = ()
    """Sentences on settings that could not be used."""

    def queue(self, policy: Policy | None = None) -> Queue:
        """A queue on this workspace. Only the owner may run it."""
        own = self.settings
        chosen = policy or Policy(slots=own.concurrency, first_poll=own.first_poll, last_poll=own.last_poll)
        library = Path(own.library).expanduser() if own.library else self.data.library
        return Queue(
            self.store,
            self.assets,
            self.connections,
            Fetching(library, self.store, self.assets, chosen, time.time),
            chosen,
            limit_today=self.limit_today,
        )

    def try_own(self) -> Owner | None:
        """The right to run the queue, or None while another process has it."""
        return try_own(self.data)

    def limit_today(self, job: Job) -> tuple[float | None, float]:
        """The user's limit of money a day, None when the job costs nothing; and when today began, in unix seconds."""
        midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        charged = service(job.service).charges
        return self.settings.daily_limit if charged else None, midnight.timestamp()

    def close(self) -> None:
        """Close the job store."""
        self.store.close()


def open_workspace(
    chosen: DataDir | Path | None, simulator_url: Callable[[DataDir], str], loaded: Loaded | None = None
) -> Workspace:
    """Open (or make) a data directory. None chooses the system's usual place.

    ``simulator_url`` starts the embedded simulator when a job first needs it; ``loaded`` are its settings, when they
    have been read already. Raises StoreError when the directory
    cannot be used.
    """
    data = chosen if isinstance(chosen, DataDir) else data_dir(chosen)
    keys = Keys()
    loaded = loaded or SettingsFile(data.settings).load()
    store, saved = _open_store(data)
    return Workspace(
        data=data,
        settings=loaded.settings,
        problems=(*loaded.problems, *saved),
        store=store,
        assets=AssetStore(data.assets),
        keys=keys,
        connections=Connections(keys, lambda: simulator_url(data)),
    )


def _open_store(data: DataDir) -> tuple[JobStore, tuple[str, ...]]:
    """The job list; a damaged one is set aside and saved from, unless another process is at work on it."""
    try:
        return JobStore(data.jobs), ()
    except DamagedStore:
        owner = try_own(data)
        if owner is None:
            raise
        with owner:
            store, sentence = open_store(data.jobs)
        return store, (sentence,)
