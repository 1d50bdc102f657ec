"""Where things are: the data directory and what is in it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from desktop.storage.atomic import make_folder

APP = "Kinebrush"
DATA_DIR_VARIABLE = "KINEBRUSH_DATA_DIR"


@dataclass(frozen=True, slots=True)
class DataDir:
    """The data directory. ``library`` is where finished takes go unless a setting or a job says otherwise."""

    root: Path
    library: Path

    @property
    def jobs(self) -> Path:
        """The job list (SQLite)."""
        return self.root / "jobs.sqlite"

    @property
    def assets(self) -> Path:
        """Pictures, masks and shots that jobs need, by SHA-256."""
        return self.root / "assets"

    @property
    def simulator(self) -> Path:
        """What the simulator keeps."""
        return self.root / "simulator"

    @property
    def recovery(self) -> Path:
        """Autosaved work."""
        return self.root / "recovery"

    @property
    def logs(self) -> Path:
        """Log files."""
        return self.root / "logs"

    @property
    def settings(self) -> Path:
        """The settings."""
        return self.root / "settings.json"

    @property
    def owner_lock(self) -> Path:
        """The lock held by the process that runs the queue."""
        return self.root / "owner.lock"

    @property
    def owner_info(self) -> Path:
        """Who holds it."""
        return self.root / "owner.json"

    def make(self) -> DataDir:
        """Make the directory if it is not there. Raises StoreError with a sentence when it cannot be made."""
        make_folder(self.root)
        return self


def data_dir(chosen: Path | None = None, environment: Mapping[str, str] = os.environ) -> DataDir:
    """The data directory: the one chosen (``--data-dir``), else ``KINEBRUSH_DATA_DIR``, else the system's place.

    A directory of one's own holds its library too; otherwise takes go into ``Kinebrush`` in the user's videos folder.
    """
    own = chosen or (Path(environment[DATA_DIR_VARIABLE]) if environment.get(DATA_DIR_VARIABLE) else None)
    if own is not None:
        root = own.expanduser().absolute()
        return DataDir(root, root / "library")
    root = Path(platformdirs.user_data_path(APP, appauthor=False))
    return DataDir(root, Path(platformdirs.user_videos_path()) / APP)
