"""What the tests of faults begin with: a shot on disk, an open workspace."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.imaging.masks import indexed_png
from desktop.jobs.workspace import Workspace
from desktop.storage.shot_file import save_shot
from desktop.ui import documents
from tests.job_shots import painted_shot
from tests.job_worker import quick_workspace


@pytest.fixture
def shot_file(tmp_path: Path) -> Path:
    """A shot on disk."""
    path = tmp_path / "shot.kinebrush"
    save_shot(painted_shot(), path, indexed_png)
    return path


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Autosave does not let the tests wait."""
    monkeypatch.setattr(documents, "QUIET_MS", 50)
    monkeypatch.setattr(documents, "LONGEST_MS", 300)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace with an impatient queue."""
    made = quick_workspace(tmp_path / "data")
    yield made
    made.close()
