"""Opening the job list when it is damaged: the file is set aside, never deleted, and what can be read is saved."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime
from functools import partial
from pathlib import Path

from desktop.core.errors import StoreError
from desktop.storage.atomic import make_folder, patiently, sync_folder, write_sentence
from desktop.storage.job_rows import ATTEMPT_COLUMNS, JOB_COLUMNS, DamagedStore, connect, sqlite_sentences
from desktop.storage.jobs import JobStore

log = logging.getLogger(__name__)

_TABLES = {"jobs": (*JOB_COLUMNS, "revision"), "attempts": ATTEMPT_COLUMNS, "tasks": ("job_id", "task_id")}


def open_store(path: Path, now: Callable[[], float] = time.time) -> tuple[JobStore, str]:
    """Open the job list, checked; only the owner of the queue may do so.

    The text is empty when all is well. When the list is damaged it is set aside beside the new one, the jobs that can
    be read are taken over, and the text is the sentence to show. Raises StoreError as `JobStore` does.
    """
    try:
        check(path)
        return JobStore(path, now), ""
    except DamagedStore as fault:
        log.error("%s (%s)", fault, fault.details)
    kept = set_aside(path)
    store = JobStore(path, now)
    saved = _salvage(kept, path)
    return store, (
        f"The job list was damaged; {saved} {'job was' if saved == 1 else 'jobs were'} saved from it "
        f"and the damaged file is kept as “{kept}”."
    )


def check(path: Path) -> None:
    """Let SQLite look through the file. Raises DamagedStore when it finds fault; a missing file is fine."""
    if not path.exists():
        return
    with sqlite_sentences(path), closing(connect(path)) as db:
        found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise DamagedStore(
            f"The job list “{path}” is damaged; start Kinebrush again to save what can be read of it.",
            str(found),
        )


def set_aside(path: Path) -> Path:
    """Move the list with its companions into a folder of its own; returns its new place."""
    stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    folder, number = path.with_name(f"{path.stem}-damaged-{stamp}"), 2
    while folder.exists():
        folder, number = path.with_name(f"{path.stem}-damaged-{stamp}-{number}"), number + 1
    make_folder(folder)
    try:
        # The log goes first: left behind alone, SQLite would play it into the new list.
        for suffix in ("-wal", "-shm", ""):
            part = path.with_name(path.name + suffix)
            if part.exists():
                patiently(partial(part.rename, folder / part.name))
        sync_folder(folder)
        sync_folder(path.parent)
    except OSError as fault:
        raise StoreError(write_sentence(fault, path), repr(fault)) from fault
    return folder / path.name


def _salvage(kept: Path, path: Path) -> int:
    """Copy every row that can be read into the new list, in one transaction; returns how many jobs.

    The set-aside file is read without a change to it; from the first damaged page on a table is read backwards.
    """
    saved = 0
    with sqlite_sentences(path), closing(connect(path)) as new:
        new.execute("BEGIN IMMEDIATE")
        with suppress(sqlite3.Error), closing(_read_only(kept)) as old:
            for table, columns in _TABLES.items():
                names = ", ".join(columns)
                insert = f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})"
                for order in ("ASC", "DESC"):
                    with suppress(sqlite3.Error):
                        for row in old.execute(
                            f"SELECT {names} FROM {table} NOT INDEXED ORDER BY rowid {order}"
                        ):
                            with suppress(sqlite3.IntegrityError):
                                new.execute(insert, row)
        saved = int(new.execute("SELECT count(*) FROM jobs").fetchone()[0])
        new.execute("COMMIT")
    return saved


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
