"""The library: finished takes, one folder each, and downloads on their way there.

A take is built in a hidden folder of the same file system and appears by one rename, whole or not at all. The video is
moved in last, so a hidden folder that has one lacks nothing but its name, and `Library.find` gives it that.
"""

from __future__ import annotations

import contextlib
import errno
import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from desktop.core.errors import StoreError
from desktop.core.job import Job
from desktop.storage.atomic import (
    atomic_path,
    make_folder,
    patiently,
    sweep,
    sync_file,
    sync_folder,
    write_atomic,
    write_sentence,
)
from desktop.storage.names import safe_name
from desktop.storage.receipt import Receipt, read_receipt, receipt_json

VIDEO, RECEIPT, REQUEST, POSTER, SHOT = (
    "video.mp4",
    "receipt.json",
    "request.json",
    "poster.jpg",
    "shot.kinebrush",
)
INCOMING = ".incoming"
SHORT_ID = 8

_UNSAFE_ID = re.compile(r"[^A-Za-z0-9_-]")
_TAKEN = {errno.EEXIST, errno.ENOTEMPTY, errno.EACCES, errno.EPERM}


@dataclass(frozen=True, slots=True)
class Take:
    """A finished result in the library. ``poster`` may be missing when a user removed it."""

    folder: Path
    receipt: Receipt

    @property
    def video(self) -> Path:
        """The video as it came from the service."""
        return self.folder / VIDEO

    @property
    def poster(self) -> Path:
        """Its first frame."""
        return self.folder / POSTER

    @property
    def shot(self) -> Path:
        """The shot it was made from."""
        return self.folder / SHOT


class Library:
    """The takes under ``root``. Nothing is made on disk before the first download or take."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def part_path(self, job_id: str) -> Path:
        """Where a job's video is downloaded to; its folder is made. Raises StoreError when that fails."""
        return self._incoming(make=True) / f"{_file_id(job_id)}.part"

    def part_meta_path(self, job_id: str) -> Path:
        """Where the download keeps what it needs to resume (ETag, length, the address without its token)."""
        return self._incoming(make=True) / f"{_file_id(job_id)}.part.json"

    def discard_part(self, job_id: str) -> None:
        """Remove a download that is not wanted any more, as far as that is possible."""
        for path in (self.part_path(job_id), self.part_meta_path(job_id)):
            with contextlib.suppress(OSError):
                patiently(path.unlink)

    def set_aside(self, job_id: str) -> Path:
        """Keep a damaged download under another name, out of the way of the next one; returns where.

        Raises StoreError when there is none.
        """
        part = self.part_path(job_id)
        kept = _free(lambda number: part.with_name(f"{_file_id(job_id)}.damaged{number}.mp4"))
        with _sentences(part):
            patiently(lambda: part.rename(kept))
        with contextlib.suppress(FileNotFoundError):
            self.part_meta_path(job_id).unlink()
        return kept

    def place(
        self,
        job: Job,
        part_path: Path,
        *,
        receipt: Receipt,
        shot_bytes: bytes,
        poster_bytes: bytes,
        request_record: Mapping[str, Any],
    ) -> Path:
        """Make the take of a job from its downloaded video and return its folder.

        Never overwrites a take. After a crash at any point the same call, or `find`, ends with exactly one take; for a
        job that has one it is returned as it is. Raises StoreError; the downloaded video is then still there.
        """
        there = self.find(job)
        if there is not None:
            self.discard_part(job.id)
            return there
        if not part_path.is_file():
            raise StoreError("The downloaded video is not there any more; download it again.", str(part_path))
        building = self._building(job)
        with _sentences(building):
            if building.exists():
                shutil.rmtree(building)
            make_folder(building)
            write_atomic(building / RECEIPT, receipt_json(receipt))
            write_atomic(building / REQUEST, _json(request_record))
            write_atomic(building / SHOT, shot_bytes)
            write_atomic(building / POSTER, poster_bytes)
            sync_file(part_path)
            _move(part_path, building / VIDEO)
            sync_folder(building)
        return self._finish(job, building)

    def find(self, job: Job) -> Path | None:
        """The folder of a job's take, None when there is none; one that a crash left without its name gets it now.

        A take whose video was removed or cut short is none.
        """
        building = self._building(job)
        if (building / VIDEO).is_file():
            return self._finish(job, building)
        known = [Path(job.take)] if job.take else []
        suffix = f"[{_short(job.id)}]"
        with contextlib.suppress(OSError):
            known += sorted(entry for entry in self.root.iterdir() if suffix in entry.name)
        for folder in known:
            take = _take(folder)
            if take is not None and take.receipt.job_id == job.id:
                return folder
        return None

    def takes(self) -> Iterator[Take]:
        """All takes, the newest first by name; folders that are no takes are left out."""
        try:
            folders = sorted((entry for entry in self.root.iterdir() if entry.is_dir()), reverse=True)
        except OSError:
            return
        yield from filter(None, map(_take, folders))

    def _finish(self, job: Job, building: Path) -> Path:
        """Give a complete hidden folder its name."""
        moment = datetime.fromtimestamp(job.completed or job.created, UTC).astimezone()
        name = f"{moment:%Y-%m-%d} {safe_name(job.shot_name)} [{_short(job.id)}]"
        with _sentences(self.root / name):
            while True:
                target = _free(lambda number: self.root / f"{name}{f' ({number})' if number else ''}")
                try:
                    # Windows refuses when the name was taken meanwhile, other systems unless it is an empty folder.
                    patiently(partial(building.rename, target))
                    break
                except OSError as fault:
                    if fault.errno not in _TAKEN or not target.exists():
                        raise
            sync_folder(self.root)
            sync_folder(building.parent)
        with contextlib.suppress(OSError):
            self.part_meta_path(job.id).unlink()
        return target

    def _building(self, job: Job) -> Path:
        return self.root / INCOMING / f"{_file_id(job.id)}.take"

    def _incoming(self, *, make: bool) -> Path:
        folder = self.root / INCOMING
        if make:
            make_folder(folder)
            sweep(folder)
        return folder


def _take(folder: Path) -> Take | None:
    """The take in a folder; None when it is none, or its video is not as long as its receipt says."""
    try:
        receipt = read_receipt((folder / RECEIPT).read_bytes())
        whole = (folder / VIDEO).stat().st_size == receipt.video.size
    except (OSError, StoreError):
        return None
    return Take(folder, receipt) if whole else None


def _move(source: Path, target: Path) -> None:
    """Move a file, by renaming when both are on one file system."""
    try:
        patiently(lambda: source.rename(target))
    except OSError as fault:
        if fault.errno != errno.EXDEV:
            raise
        with atomic_path(target) as temp:
            shutil.copyfile(source, temp)
        source.unlink()


def _free(name: Callable[[str], Path]) -> Path:
    """The first path that is not taken: ``name`` is given nothing, then 2, 3, ..."""
    candidate, number = name(""), 2
    while candidate.exists() or candidate.is_symlink():
        candidate, number = name(str(number)), number + 1
    return candidate


def _file_id(job_id: str) -> str:
    """A job's id as a file name; ids made by this program are already."""
    return _UNSAFE_ID.sub("_", job_id)[:100]


def _short(job_id: str) -> str:
    return _file_id(job_id)[:SHORT_ID]


def _json(record: Mapping[str, Any]) -> bytes:
    return (json.dumps(record, indent=2, sort_keys=True) + "\n").encode("ascii")


@contextlib.contextmanager
def _sentences(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise StoreError(write_sentence(fault, path), repr(fault)) from fault
