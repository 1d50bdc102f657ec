"""Jobs: one request on its way to a local video, and the moves it may make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from desktop.core.request import Request


class JobState(StrEnum):
    """Where a job is. The values are stored; the window shows them."""

    HELD = "held"
    QUEUED = "queued"
    SUBMITTING = "submitting"
    SUBMITTED = "submitted"
    IN_PROGRESS = "in progress"
    READY = "ready"
    DOWNLOADING = "downloading"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    STOPPED = "stopped"


_S = JobState

MOVES: Mapping[JobState, frozenset[JobState]] = {
    _S.HELD: frozenset({_S.QUEUED, _S.STOPPED}),
    _S.QUEUED: frozenset({_S.SUBMITTING, _S.HELD, _S.STOPPED}),
    # Back to queued or held only when the request surely was not accepted; refused likewise.
    _S.SUBMITTING: frozenset({_S.SUBMITTED, _S.QUEUED, _S.HELD, _S.REFUSED, _S.UNKNOWN}),
    _S.SUBMITTED: frozenset({_S.IN_PROGRESS, _S.READY, _S.FAILED, _S.STOPPED}),
    _S.IN_PROGRESS: frozenset({_S.READY, _S.FAILED, _S.STOPPED}),
    _S.READY: frozenset({_S.DOWNLOADING, _S.EXPIRED, _S.FAILED, _S.STOPPED}),
    _S.DOWNLOADING: frozenset({_S.DONE, _S.READY, _S.EXPIRED, _S.STOPPED}),
    _S.DONE: frozenset({_S.READY}),
    _S.REFUSED: frozenset({_S.QUEUED}),
    # The user may send a failed request again, or look once more at its task.
    _S.FAILED: frozenset({_S.QUEUED, _S.SUBMITTED}),
    # Adopt the task that was found, send again on the user's word, or give it up.
    _S.UNKNOWN: frozenset({_S.SUBMITTED, _S.QUEUED, _S.STOPPED}),
    _S.EXPIRED: frozenset({_S.READY, _S.SUBMITTED, _S.STOPPED}),
    _S.STOPPED: frozenset({_S.SUBMITTED, _S.QUEUED, _S.UNKNOWN}),
}

ACTIVE = frozenset({_S.SUBMITTING, _S.SUBMITTED, _S.IN_PROGRESS, _S.READY, _S.DOWNLOADING})
"""States in which something is under way."""

ENDED = frozenset({_S.DONE, _S.REFUSED, _S.FAILED, _S.EXPIRED, _S.STOPPED})
"""States that nothing but the user's word leaves."""

NEEDS_USER = frozenset({_S.HELD, _S.UNKNOWN, _S.EXPIRED})
"""States that wait for the user."""


def may_move(before: JobState, after: JobState) -> bool:
    """Whether a job may go from one state to another."""
    return after in MOVES[before]


@dataclass(frozen=True, slots=True)
class Job:
    """One request on its way to a local video; ``request`` never changes.

    Times are unix seconds (UTC). ``shot_sha256`` names the stored shot file the request was made from.
    ``service`` is a service id or a custom base URL, never a simulator's port. ``note`` is one sentence for a
    person, ``details`` raw material to copy. ``take`` is the folder of the finished result, ``out_dir`` the folder
    it should be put into (empty: the library). ``estimate`` is money in ``currency``, None when no price is known.
    """

    id: str
    shot_id: str
    shot_name: str
    service: str
    request: Request
    created: float
    shot_sha256: str = ""
    state: JobState = JobState.QUEUED
    changed: float = 0.0
    estimate: float | None = None
    currency: str = ""
    price_dated: str = ""
    out_dir: str = ""
    task_id: str = ""
    service_status: str = ""
    result_url: str = ""
    result_expires: float | None = None
    submitted: float | None = None
    completed: float | None = None
    received: int = 0
    total: int | None = None
    take: str = ""
    note: str = ""
    details: str = ""


WITHOUT_TASK: Mapping[str, Any] = {
    "task_id": "",
    "service_status": "",
    "result_url": "",
    "result_expires": None,
    "submitted": None,
    "completed": None,
    "received": 0,
    "total": None,
    "note": "",
    "details": "",
}
"""What a job that is sent anew says of the task it had: nothing."""


class Outcome(StrEnum):
    """How one attempt to create ended."""

    STARTED = "started"
    """Nothing is known yet; after a crash this means the outcome is unknown."""
    ACCEPTED = "accepted"
    NOT_SENT = "not sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"


MAY_HAVE_COST = (Outcome.STARTED, Outcome.ACCEPTED, Outcome.UNKNOWN)
"""Outcomes of an attempt after which the service may have charged."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to create: when, how much was sent, and how it ended. Numbers count from 1 within a job."""

    job_id: str
    number: int
    started: float
    outcome: Outcome = Outcome.STARTED
    finished: float | None = None
    bytes_sent: int = 0
    body_sha256: str = ""
    http_status: int | None = None
    task_id: str = ""
    request_id: str = ""
    note: str = ""
