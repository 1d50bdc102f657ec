"""The job store: every job and every attempt to create, in SQLite, synced to disk before a call returns.

Writes are short transactions with compare-and-set, so several processes may share the list. One connection writes and
reads under a lock, another watches for changes: a store may be used from any thread. No key ever comes here.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from desktop.core.errors import StoreError
from desktop.core.job import MAY_HAVE_COST, WITHOUT_TASK, Attempt, Job, JobState, Outcome, may_move
from desktop.storage.atomic import make_folder
from desktop.storage.job_rows import (
    JOB_COLUMNS,
    SELECT_ATTEMPTS,
    SELECT_JOBS,
    attempt_of,
    connect,
    find_job,
    insert_attempt,
    insert_job,
    jobs_of,
    newest_attempt,
    next_revision,
    remember_task,
    request_of,
    sqlite_sentences,
    update,
)
from desktop.storage.schema import migrate

FIXED = frozenset({"id", "shot_id", "service", "request", "created", "shot_sha256", "state", "changed"})
"""What no update changes: a job's request is frozen, and its state changes by `JobStore.move` only."""


class StaleJob(StoreError):
    """The job is not in the state the caller took it to be in: somebody else moved it meanwhile."""


class OverLimit(StoreError):
    """The attempt would pass the limit of money that the user set."""


class JobStore:
    """The list at ``path``, made when it is not there. ``now`` gives unix seconds.

    Raises StoreError with a sentence when the file cannot be opened or is from a newer version, DamagedStore when it
    is damaged (`desktop.storage.recovery.open_store` sets such a file aside and saves what can be read).
    """

    def __init__(self, path: Path, now: Callable[[], float] = time.time) -> None:
        make_folder(path.parent)
        self.path = path
        self._now = now
        self._lock = threading.RLock()
        self._watch_lock = threading.Lock()
        with sqlite_sentences(path):
            self._db = connect(path)
            try:
                self._db.execute("PRAGMA journal_mode = WAL")
                migrate(self._db)
                self._watcher = connect(path)
            except BaseException:
                self._db.close()
                raise

    def close(self) -> None:
        """Close the file; the store cannot be used afterwards."""
        with self._lock, self._watch_lock:
            self._watcher.close()
            self._db.close()

    # --- read ---------------------------------------------------------------------------------------------------

    def get(self, job_id: str) -> Job:
        """The job of that id. Raises StoreError when there is none."""
        with self._reading() as db:
            return find_job(db, job_id)

    def all(
        self,
        *,
        states: Collection[JobState] | None = None,
        shot_id: str | None = None,
        newest_first: bool = False,
        after: Job | None = None,
        limit: int | None = None,
    ) -> list[Job]:
        """Jobs by age, oldest first unless told otherwise, of these states and this shot.

        Pages: ``limit`` jobs that come ``after`` the last one of the page before. A row that cannot be read is
        logged and left out, so that one damaged job does not hide the others.
        """
        clauses, values = _where(states, shot_id)
        if after is not None:
            clauses.append(f"(created, id) {'<' if newest_first else '>'} (?, ?)")
            values += [after.created, after.id]
        order = "DESC" if newest_first else "ASC"
        query = f"{SELECT_JOBS}{_joined(clauses)} ORDER BY created {order}, id {order} LIMIT ?"
        with self._reading() as db:
            rows = db.execute(query, (*values, -1 if limit is None else limit)).fetchall()
        return list(jobs_of(rows))

    def count(self, *, states: Collection[JobState] | None = None, shot_id: str | None = None) -> int:
        """How many jobs there are of these states and this shot."""
        clauses, values = _where(states, shot_id)
        with self._reading() as db:
            return int(db.execute(f"SELECT count(*) FROM jobs{_joined(clauses)}", values).fetchone()[0])

    def attempts(self, job_id: str) -> list[Attempt]:
        """All attempts to create of a job, the first one first."""
        with self._reading() as db:
            rows = db.execute(f"{SELECT_ATTEMPTS} WHERE job_id = ? ORDER BY number", (job_id,)).fetchall()
        return [attempt_of(row) for row in rows]

    def known_task_ids(self, service: str) -> set[str]:
        """Every task that any job of this service has or ever had."""
        query = "SELECT tasks.task_id FROM tasks JOIN jobs ON jobs.id = tasks.job_id WHERE jobs.service = ?"
        with self._reading() as db:
            return {row[0] for row in db.execute(query, (service,))}

    def spent_today(self, day_start: float, currency: str = "USD") -> float:
        """Money that attempts begun since ``day_start`` (unix seconds) have cost or may have cost, by estimate.

        Attempts whose outcome is not known count as charged; jobs without an estimate count nothing.
        """
        with self._reading() as db:
            return _spent(db, day_start, currency)

    def asset_names(self) -> set[str]:
        """The SHA-256 of every asset and shot file that a job names: what `AssetStore.prune` must keep.

        Raises StoreError when a job cannot be read, since its assets would be taken for unused.
        """
        with self._reading() as db:
            rows = db.execute("SELECT request, shot_sha256 FROM jobs").fetchall()
        names: set[str] = set()
        for text, shot in rows:
            names.update(asset.sha256 for asset in request_of(text).assets)
            if shot:
                names.add(shot)
        return names

    def data_version(self) -> int:
        """A number that is another one after any change by anyone, this store included. Cheap: no table is read."""
        with self._watch_lock, sqlite_sentences(self.path):
            return int(self._watcher.execute("PRAGMA data_version").fetchone()[0])

    def changes_since(self, revision: int) -> tuple[list[Job], int]:
        """The jobs added or changed after ``revision`` (0: all), in the order of change, and the new revision."""
        with self._reading() as db:
            query = (
                f"SELECT {', '.join(JOB_COLUMNS)}, revision FROM jobs WHERE revision > ? ORDER BY revision"
            )
            rows = db.execute(query, (revision,)).fetchall()
        return list(jobs_of(rows)), rows[-1][-1] if rows else revision

    # --- write --------------------------------------------------------------------------------------------------

    def add(self, job: Job) -> Job:
        """Add a job. Raises StoreError when there is one of that id."""
        return self.add_many([job])[0]

    def add_many(self, jobs: Iterable[Job]) -> list[Job]:
        """Add jobs, all of them or none. Raises StoreError when there is one of the same id."""
        added: list[Job] = []
        with self._writing() as db:
            for job in jobs:
                stamped = replace(job, changed=job.changed or self._now())
                if db.execute("SELECT 1 FROM jobs WHERE id = ?", (job.id,)).fetchone():
                    raise StoreError("This job is in the list already.", job.id)
                insert_job(db, stamped)
                added.append(stamped)
        return added

    def move(
        self, job_id: str, before: JobState | Collection[JobState], after: JobState, **changes: Any
    ) -> Job:
        """Move a job from (one of) ``before`` to ``after`` and change fields with it, in one transaction.

        Raises StaleJob when the job is in another state, StoreError when such a move is not allowed at all.
        """
        expected = {before} if isinstance(before, JobState) else set(before)
        with self._writing() as db:
            job = find_job(db, job_id)
            if job.state not in expected:
                raise _stale(job, after)
            _require_move(job.state, after)
            return self._change(db, job, after, changes)

    def update(self, job_id: str, **changes: Any) -> Job:
        """Change fields that do not touch the state (progress, notes, what the service said)."""
        with self._writing() as db:
            job = find_job(db, job_id)
            return self._change(db, job, job.state, changes)

    def begin_attempt(self, job_id: str, *, limit: float | None = None, day_start: float = 0.0) -> Attempt:
        """Begin an attempt to create: the job goes from queued to submitting, on disk before this returns.

        What an earlier task left in the job is cleared; its id stays known. Raises StaleJob when it is not queued, and
        OverLimit when its estimate and what `spent_today` tells would pass ``limit`` together: asked and written in
        one transaction, so that two jobs begun at once do not pass it either.
        """
        with self._writing() as db:
            job = find_job(db, job_id)
            if job.state is not JobState.QUEUED:
                raise _stale(job, JobState.SUBMITTING)
            if limit is not None and job.estimate:
                spent = _spent(db, day_start, job.currency)
                if spent + job.estimate > limit:
                    raise OverLimit(
                        f"The limit of {limit:.2f} {job.currency} a day would be passed ({spent:.2f} spent, "
                        f"{job.estimate:.2f} for this job); raise it or wait until tomorrow."
                    )
            attempt = Attempt(job_id, newest_attempt(db, job_id) + 1, self._now())
            insert_attempt(db, attempt)
            self._change(db, job, JobState.SUBMITTING, WITHOUT_TASK)
            return attempt

    def end_attempt(
        self,
        job_id: str,
        number: int,
        outcome: Outcome,
        after: JobState,
        *,
        finished: float | None = None,
        bytes_sent: int = 0,
        body_sha256: str = "",
        http_status: int | None = None,
        task_id: str = "",
        request_id: str = "",
        service_status: str = "",
        note: str = "",
        details: str = "",
    ) -> Job:
        """Write down how an attempt ended and move its job, in one transaction.

        A task id is never lost: when the job was moved meanwhile, the attempt is still written (an accepted one is
        never made unknown again), a job that became unknown takes its task up, and otherwise StaleJob is raised.
        """
        _require_move(JobState.SUBMITTING, after)
        ended = self._now() if finished is None else finished
        with self._writing() as db:
            job = find_job(db, job_id)
            row = db.execute(
                f"{SELECT_ATTEMPTS} WHERE job_id = ? AND number = ?", (job_id, number)
            ).fetchone()
            if row is None:
                raise StoreError("This attempt is not in the job list.", f"{job_id} {number}")
            if attempt_of(row).outcome is not Outcome.ACCEPTED:
                values: dict[str, Any] = {
                    "outcome": outcome,
                    "finished": ended,
                    "bytes_sent": bytes_sent,
                    "body_sha256": body_sha256,
                    "http_status": http_status,
                    "task_id": task_id,
                    "request_id": request_id,
                    "note": note,
                }
                update(db, "attempts", {"job_id": job_id, "number": number}, values)
                if task_id:
                    remember_task(db, job_id, task_id)
            late = job.state is JobState.UNKNOWN and outcome is Outcome.ACCEPTED
            if number == newest_attempt(db, job_id) and (job.state is JobState.SUBMITTING or late):
                changes: dict[str, Any] = {"note": note, "details": details}
                if outcome is Outcome.ACCEPTED:
                    changes |= {"task_id": task_id, "service_status": service_status, "submitted": ended}
                return self._change(db, job, after, changes)
        raise _stale(job, after)

    def _change(self, db: sqlite3.Connection, job: Job, state: JobState, changes: Mapping[str, Any]) -> Job:
        wrong = [name for name in changes if name in FIXED or name not in JOB_COLUMNS]
        if wrong:
            raise ValueError(f"a job's {', '.join(wrong)} cannot be changed")
        changed = replace(job, **changes, state=state, changed=self._now())
        values = {**changes, "state": state, "changed": changed.changed, "revision": next_revision(db)}
        update(db, "jobs", {"id": job.id}, values)
        if changes.get("task_id"):
            remember_task(db, job.id, changes["task_id"])
        return changed

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, sqlite_sentences(self.path):
            yield self._db

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction; IMMEDIATE, so that what it reads cannot change before it writes."""
        with self._lock, sqlite_sentences(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise


def _spent(db: sqlite3.Connection, day_start: float, currency: str) -> float:
    marks = ", ".join("?" * len(MAY_HAVE_COST))
    query = (
        "SELECT total(jobs.estimate) FROM attempts JOIN jobs ON jobs.id = attempts.job_id "
        f"WHERE attempts.started >= ? AND jobs.currency = ? AND attempts.outcome IN ({marks})"
    )
    return float(db.execute(query, (day_start, currency, *MAY_HAVE_COST)).fetchone()[0])


def _where(states: Collection[JobState] | None, shot_id: str | None) -> tuple[list[str], list[Any]]:
    clauses: list[str] = []
    values: list[Any] = []
    if states is not None:
        clauses.append(f"state IN ({', '.join('?' * len(states))})")
        values += sorted(states)
    if shot_id is not None:
        clauses.append("shot_id = ?")
        values.append(shot_id)
    return clauses, values


def _joined(clauses: Sequence[str]) -> str:
    return f" WHERE {' AND '.join(clauses)}" if clauses else ""


def _stale(job: Job, after: JobState) -> StaleJob:
    return StaleJob(
        f"This job is “{job.state}” by now, so it was not made “{after}”; look at the list again.", job.id
    )


def _require_move(before: JobState, after: JobState) -> None:
    if not may_move(before, after):
        raise StoreError(f"A job that is “{before}” cannot become “{after}”.")
