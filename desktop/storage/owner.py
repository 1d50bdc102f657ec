"""The one owner: the process that runs the queue of a data directory.

An OS lock, which the system releases when its process dies in whatever way, so it is never stale.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from dataclasses import asdict, dataclass
from types import TracebackType

from filelock import Timeout, UnixFileLock, WindowsFileLock

from desktop.core.errors import StoreError
from desktop.storage.atomic import write_atomic, write_sentence
from desktop.storage.paths import DataDir

_Lock = WindowsFileLock if os.name == "nt" else UnixFileLock


@dataclass(frozen=True, slots=True)
class OwnerInfo:
    """Who owns the queue: process id, when it took it (unix seconds), and a word on what it is."""

    pid: int
    since: float
    what: str


class Owner:
    """Holds the lock until `release`, the end of the ``with`` block, or the end of the process."""

    def __init__(self, data: DataDir, lock: UnixFileLock | WindowsFileLock, info: OwnerInfo) -> None:
        self._data, self._lock = data, lock
        self.info = info

    def release(self) -> None:
        """Let another process own the queue. Harmless when called again."""
        if self._lock.is_locked:
            with contextlib.suppress(OSError):
                self._data.owner_info.unlink()
            self._lock.release()

    def __enter__(self) -> Owner:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def try_own(data: DataDir, what: str = "Kinebrush") -> Owner | None:
    """Take the lock of a data directory; None when another process (or another owner in this one) has it.

    Raises StoreError when the directory cannot be written.
    """
    data.make()
    # Bound to no thread: it is taken in one and may be released in another.
    lock = _Lock(data.owner_lock, timeout=0, thread_local=False, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout:
        return None
    except (OSError, NotImplementedError) as fault:
        problem = fault if isinstance(fault, OSError) else OSError(0, str(fault))
        raise StoreError(write_sentence(problem, data.owner_lock), repr(fault)) from fault
    info = OwnerInfo(os.getpid(), time.time(), what)
    try:
        write_atomic(data.owner_info, json.dumps(asdict(info)).encode())
    except StoreError:
        lock.release()
        raise
    return Owner(data, lock, info)


def owner_info(data: DataDir) -> OwnerInfo | None:
    """Who owns the queue according to its note; None without one. After a crash the note may be an old one."""
    try:
        record = json.loads(data.owner_info.read_bytes())
        return OwnerInfo(int(record["pid"]), float(record["since"]), str(record["what"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
