"""Rows of the job list: connections, SQLite's errors as sentences, jobs and attempts to rows and back."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

from desktop.core.errors import RequestError, StoreError
from desktop.core.job import Attempt, Job, JobState, Outcome
from desktop.core.request import Request, from_record, to_record

log = logging.getLogger(__name__)

JOB_COLUMNS = tuple(field.name for field in fields(Job))
ATTEMPT_COLUMNS = tuple(field.name for field in fields(Attempt))

SELECT_JOBS = f"SELECT {', '.join(JOB_COLUMNS)} FROM jobs"
SELECT_ATTEMPTS = f"SELECT {', '.join(ATTEMPT_COLUMNS)} FROM attempts"

BUSY_SECONDS = 30.0
"""How long a connection waits for another process's transaction."""


class DamagedStore(StoreError):
    """The file is no job list, or SQLite finds it damaged."""


def connect(path: Path) -> sqlite3.Connection:
    """A connection in autocommit mode that syncs every commit to disk and waits for other processes."""
    db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA fullfsync = ON")  # macOS: through the drive's own cache too
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA trusted_schema = OFF")
    except BaseException:
        db.close()
        raise
    return db


@contextmanager
def sqlite_sentences(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into sentences (StoreError, DamagedStore)."""
    try:
        yield
    except sqlite3.Error as fault:
        code = getattr(fault, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise DamagedStore(
                f"The job list “{path}” is damaged; start Kinebrush again to save what can be read of it.",
                repr(fault),
            ) from fault
        if code == sqlite3.SQLITE_FULL:
            sentence = f"There is no room left in “{path.parent}”; free some space and try again."
        elif code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
            sentence = f"The job list “{path}” cannot be opened for writing; check the folder's permissions."
        elif code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            sentence = "Another program keeps the job list busy; close it and try again."
        else:
            sentence = f"The job list “{path}” cannot be used; check the disk and try again."
        raise StoreError(sentence, repr(fault)) from fault


def find_job(db: sqlite3.Connection, job_id: str) -> Job:
    """The job of that id. Raises StoreError when there is none, or when its row is damaged."""
    row = db.execute(f"{SELECT_JOBS} WHERE id = ?", (job_id,)).fetchone()
    if row is None:
        raise StoreError(f"There is no job “{job_id}” in the list.")
    return job_of(row)


def insert_job(db: sqlite3.Connection, job: Job) -> None:
    """Add a row for a job, inside a transaction of the caller's."""
    request = json.dumps(to_record(job.request), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    values = {name: getattr(job, name) for name in JOB_COLUMNS} | {
        "request": request,
        "revision": next_revision(db),
    }
    _insert(db, "jobs", values)
    if job.task_id:
        remember_task(db, job.id, job.task_id)


def insert_attempt(db: sqlite3.Connection, attempt: Attempt) -> None:
    """Add a row for an attempt, inside a transaction of the caller's."""
    _insert(db, "attempts", {name: getattr(attempt, name) for name in ATTEMPT_COLUMNS})


def newest_attempt(db: sqlite3.Connection, job_id: str) -> int:
    """The number of a job's newest attempt, 0 when there is none."""
    return int(db.execute("SELECT max(number) FROM attempts WHERE job_id = ?", (job_id,)).fetchone()[0] or 0)


def update(db: sqlite3.Connection, table: str, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Write ``values`` into the row whose columns are ``key``, inside a transaction of the caller's."""
    assignments = ", ".join(f"{name} = ?" for name in values)
    where = " AND ".join(f"{name} = ?" for name in key)
    db.execute(
        f"UPDATE {table} SET {assignments} WHERE {where}", _storable((*values.values(), *key.values()))
    )


def _insert(db: sqlite3.Connection, table: str, values: Mapping[str, Any]) -> None:
    marks = ", ".join("?" * len(values))
    db.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", _storable(values.values()))


def _storable(values: Iterable[Any]) -> tuple[Any, ...]:
    """Values that SQLite takes: half characters, as names of files may have them, become question marks."""
    return tuple(
        value.encode(errors="replace").decode() if isinstance(value, str) else value for value in values
    )


def remember_task(db: sqlite3.Connection, job_id: str, task_id: str) -> None:
    """Note that a job has (had) a task, inside a transaction of the caller's."""
    db.execute("INSERT OR IGNORE INTO tasks (job_id, task_id) VALUES (?, ?)", (job_id, task_id))


def next_revision(db: sqlite3.Connection) -> int:
    """The number of the next change of a job."""
    return int(db.execute("SELECT coalesce(max(revision), 0) + 1 FROM jobs").fetchone()[0])


def jobs_of(rows: Iterable[tuple[Any, ...]]) -> Iterator[Job]:
    """The jobs in these rows; one that cannot be read is logged and left out."""
    for row in rows:
        try:
            yield job_of(row)
        except StoreError as error:
            log.error("%s (%s)", error, error.details)


def job_of(row: tuple[Any, ...]) -> Job:
    """The job in a row that begins with `JOB_COLUMNS`. Raises StoreError when it is damaged."""
    values = dict(zip(JOB_COLUMNS, row, strict=False))
    try:
        values["request"] = request_of(values["request"])
        values["state"] = JobState(values["state"])
    except (StoreError, ValueError) as fault:
        raise StoreError(f"The job “{values['id']}” is damaged in the list.", repr(fault)) from fault
    return Job(**values)


def request_of(text: str) -> Request:
    """A request from its canonical JSON. Raises StoreError when it is damaged."""
    try:
        return from_record(json.loads(text))
    except (ValueError, TypeError, RequestError) as fault:
        raise StoreError("A request in the job list is damaged and cannot be read.", repr(fault)) from fault


def attempt_of(row: tuple[Any, ...]) -> Attempt:
    """The attempt in a row of `ATTEMPT_COLUMNS`."""
    values = dict(zip(ATTEMPT_COLUMNS, row, strict=True))
    values["outcome"] = Outcome(values["outcome"])
    return Attempt(**values)
