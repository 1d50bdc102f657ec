"""The job list's tables, and how a list of an older version becomes one of this version."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from desktop.core.errors import StoreError

_VERSION_1 = (
    """CREATE TABLE jobs (
        id TEXT PRIMARY KEY,
        shot_id TEXT NOT NULL,
        shot_name TEXT NOT NULL,
        service TEXT NOT NULL,
        request TEXT NOT NULL,
        created REAL NOT NULL,
        shot_sha256 TEXT NOT NULL,
        state TEXT NOT NULL,
        changed REAL NOT NULL,
        estimate REAL,
        currency TEXT NOT NULL,
        price_dated TEXT NOT NULL,
        out_dir TEXT NOT NULL,
        task_id TEXT NOT NULL,
        service_status TEXT NOT NULL,
        result_url TEXT NOT NULL,
        result_expires REAL,
        submitted REAL,
        completed REAL,
        received INTEGER NOT NULL,
        total INTEGER,
        take TEXT NOT NULL,
        note TEXT NOT NULL,
        details TEXT NOT NULL,
        revision INTEGER NOT NULL
    ) STRICT""",
    "CREATE INDEX jobs_by_age ON jobs (created, id)",
    "CREATE INDEX jobs_by_state ON jobs (state, created, id)",
    "CREATE INDEX jobs_by_shot ON jobs (shot_id, created, id)",
    "CREATE UNIQUE INDEX jobs_by_revision ON jobs (revision)",
    """CREATE TABLE attempts (
        job_id TEXT NOT NULL REFERENCES jobs (id),
        number INTEGER NOT NULL,
        started REAL NOT NULL,
        outcome TEXT NOT NULL,
        finished REAL,
        bytes_sent INTEGER NOT NULL,
        body_sha256 TEXT NOT NULL,
        http_status INTEGER,
        task_id TEXT NOT NULL,
        request_id TEXT NOT NULL,
        note TEXT NOT NULL,
        PRIMARY KEY (job_id, number)
    ) STRICT""",
    "CREATE INDEX attempts_by_age ON attempts (started)",
    # Every task a job ever had, also when the job was sent again later.
    """CREATE TABLE tasks (
        job_id TEXT NOT NULL REFERENCES jobs (id),
        task_id TEXT NOT NULL,
        PRIMARY KEY (task_id, job_id)
    ) STRICT""",
)

MIGRATIONS: Sequence[Sequence[str]] = (_VERSION_1,)
"""Statements that lead from version n (its index) to n + 1."""


def migrate(connection: sqlite3.Connection, migrations: Sequence[Sequence[str]] = MIGRATIONS) -> None:
    """Bring the list to the current version, in one transaction; nothing is changed when that fails.

    ``connection`` must be in autocommit mode. Raises StoreError for a list of a newer version.
    """
    if _version(connection) == len(migrations):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection)
        if version > len(migrations):
            raise StoreError("The job list was made by a newer Kinebrush; update this one.")
        for statements in migrations[version:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(migrations)}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
