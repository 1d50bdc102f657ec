"""A disk that is full: a sentence, the old file, and nothing left behind."""

import contextlib
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.core.errors import KinebrushError, SettingsError, ShotFileError, StoreError
from desktop.core.job import JobState
from desktop.imaging.masks import indexed_png, read_label_map
from desktop.storage.assets import AssetStore
from desktop.storage.atomic import write_atomic
from desktop.storage.jobs import JobStore
from desktop.storage.library import Library
from desktop.storage.owner import try_own
from desktop.storage.paths import data_dir
from desktop.storage.settings import Settings, SettingsFile
from desktop.storage.shot_file import load_shot, save_shot
from tests.storage_worker import Place, bulk, numbered_job, numbered_shot, place_take

SIZE = 512 * 1024


@contextlib.contextmanager
def tiny_disk(folder: Path) -> Iterator[bool]:
    """A file system of 512 kB mounted at ``folder``; False (and an ordinary folder) where that is not permitted."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, timeout=30, check=False).returncode == 0
    except OSError:
        mounted = False
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], timeout=30, check=True)


@contextlib.contextmanager
def small_files() -> Iterator[None]:
    """No file of this process may grow beyond 100 kB: the next best thing where nothing can be mounted."""
    if sys.platform == "win32":
        pytest.skip("Windows knows neither tmpfs nor a limit of file size")
    else:
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture(params=["tiny disk", "small files"])
def disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A folder on a disk of 512 kB; or an ordinary one, under the limit of `small_files` once `filled`."""
    if request.param == "tiny disk":
        with tiny_disk(tmp_path / "disk"):
            yield tmp_path / "disk"
    else:
        (tmp_path / "disk").mkdir()
        yield tmp_path / "disk"


@contextlib.contextmanager
def filled(disk: Path) -> Iterator[None]:
    """The disk with no room left."""
    if disk.stat().st_dev == disk.parent.stat().st_dev:
        with small_files():
            yield
        return
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(4096)) == 4096:
            pass
    try:
        yield
    finally:
        filler.unlink()


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.name != "filler"}


def test_files_on_a_full_disk(disk: Path) -> None:
    write_atomic(disk / "file", b"old")
    with filled(disk), pytest.raises(StoreError, match=r"no room left in .*disk") as caught:
        write_atomic(disk / "file", bulk(1))
    assert str(disk) in str(caught.value)
    assert (disk / "file").read_bytes() == b"old"
    assert names(disk) == {"file"}
    write_atomic(disk / "file", b"new")


def test_a_shot_on_a_full_disk(disk: Path) -> None:
    path = disk / "Harbour.kinebrush"
    save_shot(numbered_shot(1), path, indexed_png)
    with filled(disk), pytest.raises(ShotFileError, match="no room left"):
        save_shot(numbered_shot(2), path, indexed_png)
    assert load_shot(path, read_label_map).parameters.prompt == "1"
    assert names(disk) == {path.name}


def test_assets_on_a_full_disk(disk: Path) -> None:
    store = AssetStore(disk)
    with filled(disk), pytest.raises(StoreError, match="no room left"):
        store.put(bulk(1))
    assert [path for path in disk.rglob("*") if path.is_file()] == []
    assert store.read(store.put(bulk(1))) == bulk(1)


def test_settings_on_a_full_disk(disk: Path) -> None:
    file = SettingsFile(disk / "settings.json")
    file.save(Settings(theme="dark"))
    long = Settings(webhook_url="https://example.org/" + "x" * 150_000)
    with filled(disk), pytest.raises(SettingsError, match="no room left"):
        file.save(long)
    assert file.load().settings == Settings(theme="dark")


def test_the_job_list_on_a_full_disk(disk: Path) -> None:
    store = JobStore(disk / "jobs.sqlite")
    first = store.add(numbered_job(1))
    long = [replace(numbered_job(number), details="x" * 10_000) for number in range(2, 200)]
    with filled(disk), pytest.raises(StoreError, match=r"no room left|check the disk"):
        deque(map(store.add, long), maxlen=0)
    kept = store.all()
    assert kept[0] == first
    assert [job.id for job in kept] == [f"{n + 1:08}" for n in range(len(kept))], "all or nothing, in order"
    store.begin_attempt(first.id)
    store.close()
    again = JobStore(disk / "jobs.sqlite")
    assert again.get(first.id).state is JobState.SUBMITTING
    assert again.count() == len(kept)
    again.close()


def test_a_take_on_a_full_disk_keeps_the_download(disk: Path) -> None:
    where, job = Place(disk), numbered_job(1)
    part = Library(disk / "library").part_path(job.id)
    part.write_bytes(bulk(1)[:150_000])
    with filled(disk), pytest.raises(StoreError, match="no room left"):
        place_take(where, job)
    assert part.read_bytes() == bulk(1)[:150_000]
    assert list(where.library.takes()) == []


def test_places_below_a_file_are_told_everywhere(tmp_path: Path) -> None:
    """What a folder without rights is to others, this is to root too: every write fails with a sentence."""
    (tmp_path / "file").touch()
    bad = tmp_path / "file" / "inner"
    actions: list[Callable[[], object]] = [
        lambda: write_atomic(bad / "x", b""),
        lambda: save_shot(numbered_shot(1), bad / "x.kinebrush", indexed_png),
        lambda: AssetStore(bad).put(b"x"),
        lambda: JobStore(bad / "jobs.sqlite"),
        lambda: Library(bad).part_path("x"),
        lambda: SettingsFile(bad / "settings.json").save(Settings()),
        lambda: try_own(data_dir(bad)),
    ]
    for action in actions:
        with pytest.raises(KinebrushError) as caught:
            action()
        assert str(tmp_path) in str(caught.value)
        assert str(caught.value).endswith(".")
    assert names(tmp_path) == {"file"}
