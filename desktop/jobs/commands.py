"""What a person may ask of a job, and carrying it out on the store: for the window and for the command line.

Every command looks at the job anew, decides by what it finds, and moves it by compare-and-set. What cannot cost money
twice follows the job where it has gone meanwhile; `send_again` does not: it obeys only a word given on the job as it
stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from desktop.core.errors import KinebrushError
from desktop.core.job import ACTIVE, MAY_HAVE_COST, WITHOUT_TASK, Attempt, Job, JobState

if TYPE_CHECKING:
    from desktop.storage.jobs import JobStore

_S = JobState


class Action(StrEnum):
    """What can be asked of a job. The values are names for signals and scripts; the window has words of its own."""

    OPEN = "open"
    """Play the take."""
    SHOW_FOLDER = "folder"
    DOWNLOAD_AGAIN = "download-again"
    """Fetch the video once more; nothing is made or paid again."""
    RESUME = "resume"
    """Let a held job go."""
    HOLD = "hold"
    """Keep a queued job from being sent."""
    RETRY = "retry"
    """Send a refused job again: a refusal is not charged."""
    TAKE_UP = "take-up"
    """Wait for a job again that is no longer waited for."""
    FIND = "find"
    """Look for the task of a job whose reply was lost."""
    SEND_AGAIN = "send-again"
    """Send once more what may have been charged already. Ask before."""
    STOP_WAITING = "stop-waiting"
    """No longer wait. The service has no cancel."""
    DUPLICATE = "duplicate"
    """Begin a shot with this job's picture, areas and settings."""
    COPY_DETAILS = "details"


STOPPABLE = frozenset(
    {
        _S.HELD,
        _S.QUEUED,
        _S.SUBMITTED,
        _S.IN_PROGRESS,
        _S.READY,
        _S.DOWNLOADING,
        _S.UNKNOWN,
        _S.EXPIRED,
    }
)
"""States that `stop_waiting` leaves. A create under way is always seen to its end."""


def actions_for(job: Job, has_attempts: bool, take_is_here: bool = True) -> tuple[Action, ...]:
    """What fits the job now, the most likely first.

    ``has_attempts`` tells whether anything was ever sent for it, ``take_is_here`` whether a finished job's folder is
    still on disk.
    """
    always = (Action.COPY_DETAILS,) if not job.shot_sha256 else (Action.DUPLICATE, Action.COPY_DETAILS)
    return (*_fitting(job, has_attempts, take_is_here), *always)


def _fitting(job: Job, has_attempts: bool, take_is_here: bool) -> tuple[Action, ...]:
    match job.state:
        case _S.HELD:
            return Action.RESUME, Action.STOP_WAITING
        case _S.QUEUED:
            return Action.STOP_WAITING, Action.HOLD
        case _S.SUBMITTING:
            return ()
        case _S.SUBMITTED | _S.IN_PROGRESS | _S.READY | _S.DOWNLOADING:
            return (Action.STOP_WAITING,)
        case _S.DONE:
            here = (Action.OPEN, Action.SHOW_FOLDER)
            return here if take_is_here else (Action.DOWNLOAD_AGAIN,)
        case _S.REFUSED:
            return (Action.RETRY,)
        case _S.FAILED:
            if not job.task_id:
                return (Action.SEND_AGAIN,)
            # A task that was completed once has its video on the service still, perhaps.
            again = Action.DOWNLOAD_AGAIN if job.completed is not None else Action.TAKE_UP
            return again, Action.SEND_AGAIN
        case _S.UNKNOWN:
            return Action.FIND, Action.SEND_AGAIN, Action.STOP_WAITING
        case _S.EXPIRED:
            return ((Action.TAKE_UP,) if job.task_id else ()) + (Action.STOP_WAITING,)
        case _S.STOPPED:
            # With attempts and no task it comes back as a job whose reply was lost; else it queues.
            return (
                (Action.TAKE_UP,) if job.task_id or not has_attempts else (Action.TAKE_UP, Action.SEND_AGAIN)
            )


def stop_waiting(store: JobStore, job: Job) -> Job:
    """No longer wait for the job. A task on the service goes on there and is charged.

    Raises KinebrushError when there is nothing to stop, or when it is just being sent.
    """
    now = store.get(job.id)
    if now.state is _S.SUBMITTING:
        raise KinebrushError("The job is just being sent; wait until the service has answered, then stop it.")
    if now.state not in STOPPABLE:
        raise _misfit(now, "there is nothing to stop")
    if now.task_id:
        note = "Stopped by you; the task goes on at the service."
    elif any(attempt.outcome in MAY_HAVE_COST for attempt in store.attempts(job.id)):
        note = "Stopped by you; it may have been charged."
    else:
        note = "Stopped by you before anything was sent."
    # From that very state: a note must not say that nothing was sent of a job that has begun to be.
    return store.move(job.id, _WITH_TASK if now.state in _WITH_TASK else now.state, _S.STOPPED, note=note)


def hold(store: JobStore, job: Job) -> Job:
    """Keep a queued job from being sent until `release_held`. Raises KinebrushError when it is not queued."""
    now = store.get(job.id)
    if now.state is not _S.QUEUED:
        raise _misfit(now, "only a job that waits in the queue can be held")
    return store.move(job.id, _S.QUEUED, _S.HELD, note="Held by you.")


def release_held(store: JobStore, job: Job) -> Job:
    """Let a held job go: it queues. Raises KinebrushError when it is not held."""
    now = store.get(job.id)
    if now.state is not _S.HELD:
        raise _misfit(now, "only a held job can be resumed")
    return store.move(job.id, _S.HELD, _S.QUEUED, note="", details="")


def retry_refused(store: JobStore, job: Job) -> Job:
    """Queue a refused job again: the service did not take it, so nothing is charged twice.

    Raises KinebrushError when it is not refused.
    """
    now = store.get(job.id)
    if now.state is not _S.REFUSED:
        raise _misfit(now, "only a refused job can be tried again without a question")
    return store.move(job.id, _S.REFUSED, _S.QUEUED, **WITHOUT_TASK)


def take_up(store: JobStore, job: Job) -> Job:
    """Wait again for a job that was stopped, failed or expired. Nothing is sent that may have been sent before.

    A job with a task is asked after; one of which nothing can have reached the service queues; one that may have
    reached it comes back as a job whose reply was lost. A job that is under way, or comes to be, stays as it is.
    Raises KinebrushError for any other.
    """
    now = store.get(job.id)
    if now.state is _S.QUEUED or now.state in ACTIVE:
        return now
    if now.state in (_S.STOPPED, _S.FAILED, _S.EXPIRED) and now.task_id:
        return store.move(job.id, now.state, _S.SUBMITTED, note="", details="")
    if now.state is _S.STOPPED:
        if any(attempt.outcome in MAY_HAVE_COST for attempt in store.attempts(job.id)):
            return store.move(job.id, _S.STOPPED, _S.UNKNOWN, note="")
        return store.move(job.id, _S.STOPPED, _S.QUEUED, note="")
    raise _misfit(now, "and has no task on the service that could be taken up", joint=" ")


def download_again(store: JobStore, job: Job) -> Job:
    """Fetch the video of a finished or failed job once more; nothing is made or paid again.

    Raises KinebrushError when the job never had a video.
    """
    now = store.get(job.id)
    if now.state is _S.DONE:
        return store.move(job.id, _S.DONE, _S.READY, note="")
    if now.state is _S.FAILED and now.task_id:
        return take_up(store, now)
    raise _misfit(now, "only a job that has had a video can be downloaded again")


def send_again(store: JobStore, job: Job) -> Job:
    """Queue the same request once more, on the user's word: it may cost twice.

    The word holds for ``job`` as the user saw it. Raises KinebrushError when it has changed since, or when it is
    neither lost, failed, refused nor stopped.
    """
    now = store.get(job.id)
    if now.state not in (_S.UNKNOWN, _S.FAILED, _S.REFUSED, _S.STOPPED):
        raise _misfit(now, "it is not sent again")
    if (now.state, now.changed) != (job.state, job.changed):
        raise KinebrushError("The job has changed meanwhile; look at it again before you send it again.")
    return store.move(job.id, now.state, _S.QUEUED, **WITHOUT_TASK)


BY_NAME: Mapping[str, Callable[[JobStore, Job], Job]] = {
    Action.DOWNLOAD_AGAIN: download_again,
    Action.RESUME: release_held,
    Action.HOLD: hold,
    Action.RETRY: retry_refused,
    Action.TAKE_UP: take_up,
    Action.SEND_AGAIN: send_again,
    Action.STOP_WAITING: stop_waiting,
}
"""The actions that move the job in the store, by name. The others only look, or begin something else."""


def details_text(job: Job, attempts: Iterable[Attempt] = ()) -> str:
    """All that is known of a job as plain lines to copy into a report. No key and no living link is in it."""
    lines = [
        f"Job {job.id}",
        f"Shot: {job.shot_name}",
        f"State: {job.state}",
        f"Service: {job.service}",
        f"Model: {job.request.model}, {job.request.duration} s",
        f"Made: {_moment(job.created)}",
    ]
    optional: tuple[tuple[str, Any], ...] = (
        ("Task", job.task_id),
        ("The service's word", job.service_status),
        ("Estimate", "" if not job.estimate else f"{job.estimate:.2f} {job.currency}"),
        ("Take", job.take),
        ("Note", job.note),
    )
    lines += [f"{name}: {value}" for name, value in optional if value]
    for attempt in attempts:
        status = "" if attempt.http_status is None else f", HTTP {attempt.http_status}"
        request = f", request {attempt.request_id}" if attempt.request_id else ""
        note = f": {attempt.note}" if attempt.note else ""
        lines.append(
            f"Attempt {attempt.number}, {_moment(attempt.started)}: {attempt.outcome}, "
            f"{attempt.bytes_sent} bytes sent{status}{request}{note}"
        )
    if job.details:
        lines += ["", job.details]
    return "\n".join(lines)


_WITH_TASK = STOPPABLE - {_S.HELD, _S.QUEUED, _S.UNKNOWN}
"""States of a job that has a task; it goes from one to another by itself."""


def _misfit(job: Job, why: str, joint: str = "; ") -> KinebrushError:
    return KinebrushError(f"The job is {_SAID.get(job.state, str(job.state))} by now{joint}{why}.")


_SAID = {_S.UNKNOWN: "one whose reply was lost", _S.READY: "ready to download"}


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
