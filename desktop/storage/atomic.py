"""Atomic writes: a file is the old one or the new one, whole, whatever happens in between.

The new content goes to a hidden file in the same folder, is synced to disk, takes the place of the old one in one
step, and then the folder is synced. A kill leaves at most a hidden temporary file, which `sweep` removes later.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, TypeVar

from desktop.core.errors import KinebrushError, StoreError

if sys.platform == "darwin":
    import fcntl

T = TypeVar("T")

TEMP_PREFIX, TEMP_SUFFIX = ".kinebrush-", ".tmp"
SWEEP_AGE = 3600.0
"""Seconds after which a temporary file is surely nobody's any more."""

_WINDOWS_TRIES = 12
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


def write_atomic(
    path: Path, data: bytes | Iterable[bytes], *, error: type[KinebrushError] = StoreError
) -> None:
    """Put ``data`` (bytes, or pieces of them) at ``path``; on return it is on disk.

    Raises ``error`` with a sentence that names the folder; the old file is then untouched.
    """
    with atomic_path(path, error=error) as temp, temp.open("wb") as file:
        for piece in (data,) if isinstance(data, bytes) else data:
            file.write(piece)


@contextlib.contextmanager
def atomic_path(path: Path, *, error: type[KinebrushError] = StoreError) -> Iterator[Path]:
    """A temporary path beside ``path`` to write to; leaving the block puts that file in its place.

    An exception inside the block, or a failure of the system, removes the temporary file and keeps the old one.
    Failures of the system raise ``error``; a link is followed, so that it stays a link.
    """
    with _sentences(path, error):
        target = path.resolve() if path.is_symlink() else path
        temp = target.with_name(f"{TEMP_PREFIX}{secrets.token_hex(8)}{TEMP_SUFFIX}")
        done = False
        try:
            os.close(os.open(temp, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
            with contextlib.suppress(OSError):
                temp.chmod(stat.S_IMODE(target.stat().st_mode))
            yield temp
            sync_file(temp)
            patiently(lambda: temp.replace(target))
            done = True
            sync_folder(target.parent)
        finally:
            if not done:
                with contextlib.suppress(OSError):
                    temp.unlink()


def make_folder(path: Path) -> None:
    """Make a folder and those above it, on disk on return. Raises StoreError with a sentence."""
    if path.is_dir():
        return
    if path.parent != path:
        make_folder(path.parent)
    with _sentences(path, StoreError):
        path.mkdir(exist_ok=True)
        sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Make sure that a file's content is on disk and not only in the system's cache."""
    # Windows syncs only through a handle that may write.
    with path.open("r+b") as file:
        sync(file)


def sync(file: BinaryIO) -> None:
    """The same for an open file."""
    file.flush()
    if sys.platform == "darwin":
        # On macOS fsync stops at the drive's own cache.
        with contextlib.suppress(OSError):
            fcntl.fcntl(file.fileno(), fcntl.F_FULLFSYNC)
            return
    os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make sure that a folder's entries are on disk. Windows has no such call, its file systems journal them."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as fault:
        # Some network file systems cannot sync a folder; there is nothing more to be done there.
        if fault.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(handle)


def patiently(action: Callable[[], T]) -> T:
    """Do it, and on Windows do it again while a virus scanner or an indexer holds the file for a moment."""
    for attempt in range(_WINDOWS_TRIES):
        try:
            return action()
        except PermissionError:
            if os.name != "nt" or attempt == _WINDOWS_TRIES - 1:
                raise
            time.sleep(0.01 * 1.6**attempt)
    raise AssertionError("unreachable: the last attempt returns or raises")


def sweep(folder: Path, *, older_than: float = SWEEP_AGE) -> int:
    """Remove temporary files a killed process left in ``folder``; returns how many. Never raises."""
    limit, removed = time.time() - older_than, 0
    with contextlib.suppress(OSError):
        for entry in folder.glob(f"{TEMP_PREFIX}*{TEMP_SUFFIX}"):
            with contextlib.suppress(OSError):
                if entry.stat().st_mtime < limit:
                    entry.unlink()
                    removed += 1
    return removed


def write_sentence(fault: OSError, path: Path) -> str:
    """Why ``path`` cannot be written, and what to do, in one sentence."""
    folder = path.parent
    if fault.errno in _FULL:
        return f"There is no room left in “{folder}”; free some space and try again."
    if fault.errno in _FORBIDDEN:
        return f"“{folder}” cannot be written to; choose another folder or change its permissions."
    if fault.errno in (errno.ENOENT, errno.ENOTDIR):
        return f"The folder “{folder}” does not exist; choose another one."
    if fault.errno == errno.EEXIST:
        return f"“{path.name}” in “{folder}” is in the way; move it away or choose another folder."
    if fault.errno in (errno.ENAMETOOLONG, errno.EINVAL):
        return f"“{path.name}” is not a name that can be used in “{folder}”; choose another one."
    return f"“{path.name}” could not be written into “{folder}”; check the disk and try again."


@contextlib.contextmanager
def _sentences(path: Path, error: type[KinebrushError]) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise error(write_sentence(fault, path), repr(fault)) from fault
