"""The part file of a download: what is on disk, what it belongs to, written in threads."""

from __future__ import annotations

import asyncio
import errno
import json
import os
from dataclasses import asdict, dataclass
from io import FileIO
from pathlib import Path

from desktop.api.faults import DiskFault

BATCH = 1 << 20
"""Bytes that are gathered before a thread writes them; two such buffers are all the memory a download takes."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a part belongs to: validators of the server's file and its whole length in bytes (None: unknown)."""

    path: str
    etag: str = ""
    modified: str = ""
    length: int | None = None

    @property
    def validator(self) -> str:
        """What If-Range takes: a strong ETag or a date; empty when there is neither."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.modified

    def same_file(self, other: Origin) -> bool:
        """Whether another reply speaks of the same file, as far as both tell."""
        return all(
            not mine or not theirs or mine == theirs
            for mine, theirs in (
                (self.etag, other.etag),
                (self.modified, other.modified),
                (self.length, other.length),
            )
        )


class Part:
    """A part file, open for appending. All methods block, so they run in threads, one at a time.

    ``size`` bytes are in the file.
    """

    def __init__(self, path: Path, meta_path: Path) -> None:
        self._path = path
        self._meta_path = meta_path
        self._file: FileIO | None = None
        self.size = 0
        self.origin: Origin | None = None

    def open(self, link_path: str) -> None:
        """Open the file and take up what is there, if it belongs to this link."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._path.open("ab+", buffering=0)
        self.origin = self._read_origin()
        if self.origin is None or self.origin.path != link_path:
            self.restart()
            return
        self.size = os.fstat(self._file.fileno()).st_size

    def restart(self) -> None:
        """Empty the file: nothing in it can be used."""
        self._opened().truncate(0)
        self._meta_path.unlink(missing_ok=True)
        self.size = 0
        self.origin = None

    def belongs_to(self, origin: Origin) -> None:
        """Remember what is being fetched, before any of its bytes is written."""
        if origin == self.origin:
            return
        draft = self._meta_path.with_name(self._meta_path.name + ".new")
        draft.write_text(json.dumps(asdict(origin)), encoding="utf-8")
        draft.replace(self._meta_path)
        self.origin = origin

    def append(self, data: memoryview) -> None:
        """Write bytes at the end. When the disk fills up, what still went in is counted."""
        file = self._opened()
        while data:
            count = file.write(data)
            self.size += count
            data = data[count:]

    def close(self, *, whole: bool = False) -> None:
        """Close the file; a whole one is synced to the disk first and needs no memory of where it came from."""
        if self._file is None:
            return
        try:
            if whole:
                os.fsync(self._file.fileno())
        finally:
            self._file.close()
            self._file = None

    def _opened(self) -> FileIO:
        if self._file is None:
            raise ValueError("the part file is not open")
        return self._file

    def _read_origin(self) -> Origin | None:
        try:
            record = json.loads(self._meta_path.read_bytes())
            length = record["length"]
            return Origin(
                str(record["path"]),
                str(record["etag"]),
                str(record["modified"]),
                None if length is None else int(length),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None


class Writer:
    """Gathers what arrives and has it written in a thread while more arrives.

    Two buffers take turns: joining pieces in the thread would hold the interpreter, and with it the event loop.
    """

    def __init__(self, part: Part) -> None:
        self._part = part
        self._filling, self._spare = bytearray(BATCH), bytearray(BATCH)
        self._filled = 0
        self._writing: asyncio.Future[None] | None = None

    async def add(self, piece: bytes) -> None:
        """Take a piece. Raises OSError when an earlier one could not be written."""
        rest = memoryview(piece)
        while rest:
            taken = rest[: BATCH - self._filled]
            self._filling[self._filled : self._filled + len(taken)] = taken
            self._filled += len(taken)
            rest = rest[len(taken) :]
            if self._filled == BATCH:
                await self._settle()
                self._start()

    async def finish(self) -> None:
        """Have everything written. Raises OSError."""
        await self._settle()
        if self._filled:
            self._start()
            await self._settle()

    def _start(self) -> None:
        data = memoryview(self._filling)[: self._filled]
        self._filling, self._spare, self._filled = self._spare, self._filling, 0
        self._writing = asyncio.ensure_future(asyncio.to_thread(self._part.append, data))

    async def _settle(self) -> None:
        """Wait for the thread. Shielded: a write cannot be interrupted, only waited for."""
        writing = self._writing
        if writing is not None:
            await asyncio.shield(writing)
            self._writing = None


def disk_fault(error: OSError, part: Path) -> DiskFault:
    """What the system's complaint about a part file means to a person."""
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        sentence = (
            "There is no room left on the disk for the video; free some and it goes on where it stopped."
        )
    elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        sentence = f"The video cannot be written to {part.parent}; choose another folder."
    else:
        sentence = f"The video cannot be written to {part.parent}: {error.strerror or error}."
    return DiskFault(sentence, repr(error))
