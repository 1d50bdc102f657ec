"""Autosaved work: every running window keeps it in a folder of its own, which a lock marks as in use.

The system releases the lock when the process dies in whatever way. So what is in a folder whose lock is free was left
behind, and what another window is working on is never taken from it.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout

from desktop.core.errors import StoreError
from desktop.storage.atomic import make_folder, patiently, write_sentence

SHOT, NOTE, DAMAGED = ".kinebrush", ".json", ".damaged"


class Autosaves:
    """The autosaved shots of one window below ``root``. All calls but `new` block; use them in a thread."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = root / secrets.token_hex(8)
        self._lock = _lock_of(self._folder)

    def new(self) -> Path:
        """A place of its own for another document; its note lies beside it. Nothing is made yet."""
        return self._folder / f"{secrets.token_hex(8)}{SHOT}"

    def begin(self) -> None:
        """Make this window's folder and lock it, before the first write. Raises StoreError with a sentence."""
        if self._lock.is_locked:
            return
        make_folder(self._root)
        try:
            self._lock.acquire(timeout=0)
        except Timeout as fault:
            raise StoreError("The folder for autosaved work is in use; start Kinebrush again.") from fault
        except OSError as fault:
            raise StoreError(write_sentence(fault, self._folder), repr(fault)) from fault
        make_folder(self._folder)

    def take_over(self) -> tuple[Path, ...]:
        """Bring what dead windows left behind into this window's folder; returns the shots, newest first.

        Raises StoreError when it cannot be written there.
        """
        found: list[Path] = []
        with suppress(FileNotFoundError):
            for folder in sorted(self._root.iterdir()):
                if folder.is_dir() and folder != self._folder:
                    found += self._take(folder)
        return tuple(sorted(found, key=lambda file: -file.stat().st_mtime))

    def remove(self, shot: Path) -> None:
        """This autosaved shot is not needed any more; a missing one is fine."""
        for path in (shot, shot.with_suffix(NOTE)):
            with suppress(FileNotFoundError):
                patiently(path.unlink)

    def set_aside(self, shot: Path) -> Path:
        """Keep a file that cannot be read out of the way of the next start; returns its new place."""
        kept = self._root / f"{shot.stem}{DAMAGED}"
        with suppress(OSError):
            patiently(partial(shot.replace, kept))
        return kept

    def close(self) -> None:
        """This window is gone: what is left in its folder is offered at the next start."""
        if self._lock.is_locked:
            _tidy(self._folder, self._lock)

    def _take(self, folder: Path) -> list[Path]:
        lock = _lock_of(folder)
        try:
            lock.acquire(timeout=0)
        except (Timeout, OSError):
            return []
        try:
            shots = [file for file in folder.iterdir() if file.suffix == SHOT]
            if shots:
                self.begin()
            taken = []
            for shot in shots:
                note, target = shot.with_suffix(NOTE), self._folder / shot.name
                with suppress(FileNotFoundError):
                    patiently(partial(note.replace, target.with_suffix(NOTE)))
                patiently(partial(shot.replace, target))
                taken.append(target)
        except OSError as fault:
            raise StoreError(write_sentence(fault, self._folder), repr(fault)) from fault
        finally:
            _tidy(folder, lock)
        return taken


def _lock_of(folder: Path) -> FileLock:
    return FileLock(folder.with_suffix(".lock"), thread_local=False)


def _tidy(folder: Path, lock: FileLock) -> None:
    """Remove a folder in which no shot is left, with its lock; let go of the lock in any case."""
    with suppress(OSError):
        if not any(file.suffix == SHOT for file in folder.iterdir()):
            for file in folder.iterdir():
                file.unlink()
            folder.rmdir()
    lock.release()
    if not folder.exists():
        with suppress(OSError):
            Path(lock.lock_file).unlink()
