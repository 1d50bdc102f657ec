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
from desktop.storage.jobs import JobStore
from desktop.storage.owner import Owner, try_own
from desktop.storage.paths import DataDir, data_dir
from desktop.storage.secrets import Keys
from desktop.storage.settings import Settings, SettingsFile


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
            allowed_today=self.allowed_today,
        )

    def try_own(self) -> Owner | None:
        """The right to run the queue, or None while another process has it."""
        return try_own(self.data)

    def allowed_today(self, job: Job) -> str:
        """Empty, or why this job must wait: the limit of money per day that the user set."""
        limit = self.settings.daily_limit
        if limit is None or not job.estimate or not service(job.service).charges:
            return ""
        midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        spent = self.store.spent_today(midnight.timestamp())
        if spent + job.estimate <= limit:
            return ""
        return (
            f"The limit of {limit:.2f} {job.currency} a day would be passed ({spent:.2f} spent, "
            f"{job.estimate:.2f} for this job); raise it or wait until tomorrow."
        )

    def close(self) -> None:
        """Close the job store."""
        self.store.close()


def open_workspace(chosen: DataDir | Path | None, simulator_url: Callable[[DataDir], str]) -> Workspace:
    """Open (or make) a data directory. None chooses the system's usual place.

    ``simulator_url`` starts the embedded simulator when a job first needs it. Raises StoreError when the directory
    cannot be used.
    """
    data = chosen if isinstance(chosen, DataDir) else data_dir(chosen)
    keys = Keys()
    loaded = SettingsFile(data.settings).load()
    return Workspace(
        data=data,
        settings=loaded.settings,
        problems=loaded.problems,
        store=JobStore(data.jobs),
        assets=AssetStore(data.assets),
        keys=keys,
        connections=Connections(keys, lambda: simulator_url(data)),
    )
