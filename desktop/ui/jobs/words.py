"""What the window says of a job: its badge, its second line, its actions. Pure functions of plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from desktop.core.errors import SettingsError
from desktop.core.job import ACTIVE, Job, JobState
from desktop.core.services import service
from desktop.jobs.commands import Action
from desktop.ui.theme import Tone

if TYPE_CHECKING:  # the runner brings the network in, which must not come before the first paint
    from desktop.jobs.runner import Progress

_S = JobState
_DOT = " · "
_KNOWN_WORDS = frozenset({"", "CREATED", "PENDING", "QUEUED", "IN_PROGRESS", "PROCESSING", "COMPLETED"})
_LONGEST_WORD = 20
_MEGA = 1_000_000


@dataclass(frozen=True, slots=True)
class BadgeWords:
    """The pill of a state."""

    text: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class ActionWords:
    """How the window names an action. ``link`` is the short word in a row; empty where ``icon`` stands alone."""

    title: str
    icon: str
    hint: str
    link: str = ""


# --- badges ---------------------------------------------------------------------------------------------------------

_BADGES: Mapping[JobState, BadgeWords] = {
    _S.HELD: BadgeWords("Held", Tone.WARN),
    _S.QUEUED: BadgeWords("Queued", Tone.NEUTRAL),
    _S.SUBMITTING: BadgeWords("Sending", Tone.ACCENT),
    _S.SUBMITTED: BadgeWords("Accepted", Tone.ACCENT),
    _S.IN_PROGRESS: BadgeWords("In progress", Tone.ACCENT),
    _S.READY: BadgeWords("Ready", Tone.ACCENT),
    _S.DOWNLOADING: BadgeWords("Downloading", Tone.ACCENT),
    _S.DONE: BadgeWords("Done", Tone.GOOD),
    _S.REFUSED: BadgeWords("Refused", Tone.BAD),
    _S.FAILED: BadgeWords("Failed", Tone.BAD),
    _S.UNKNOWN: BadgeWords("Reply lost", Tone.BAD),
    _S.EXPIRED: BadgeWords("Expired", Tone.WARN),
    _S.STOPPED: BadgeWords("Stopped", Tone.NEUTRAL),
}


def badge(job: Job, progress: Progress | None = None) -> BadgeWords:
    """The badge of a job: *Downloading 64 %*, *Done*, *Reply lost*. A service's unusual word is shown as it is."""
    plain = _BADGES[job.state]
    if job.state in (_S.SUBMITTED, _S.IN_PROGRESS) and job.service_status.upper() not in _KNOWN_WORDS:
        word = job.service_status.replace("_", " ").strip().capitalize()
        shown = word if len(word) <= _LONGEST_WORD else f"{word[: _LONGEST_WORD - 1]}…"
        return BadgeWords(shown or plain.text, plain.tone)
    done = share(job, progress)
    if done is None:
        return plain
    if job.state is _S.SUBMITTING and done >= 1:
        return BadgeWords("Awaiting reply", plain.tone)
    return BadgeWords(f"{plain.text} {int(done * 100)} %", plain.tone)


def share(job: Job, progress: Progress | None) -> float | None:
    """How much of the transfer that the job's state means is done, 0 to 1; None when there is none or no telling."""
    phase = {_S.SUBMITTING: "upload", _S.DOWNLOADING: "download"}.get(job.state)
    if phase is None or progress is None or progress.phase != phase or not progress.total:
        return None
    return min(max(progress.done / progress.total, 0.0), 1.0)


# --- the second line ------------------------------------------------------------------------------------------------


def subtitle(job: Job, progress: Progress | None = None, rate: float | None = None, now: float = 0.0) -> str:
    """The second line: length, then what matters most in this state. ``rate`` is bytes a second, ``now`` unix time."""
    parts = (f"{job.request.duration} s", *_particulars(job, progress, rate, now), expiry(job, now))
    return _DOT.join(part for part in parts if part)


def _particulars(job: Job, progress: Progress | None, rate: float | None, now: float) -> tuple[str, ...]:
    note = _clause(job.note)
    match job.state:
        case _S.HELD:
            return (note or "held; nothing is sent until you resume it",)
        case _S.QUEUED:
            return (money(job), note or "waits for its turn")
        case _S.SUBMITTING:
            if progress is not None and progress.phase == "upload":
                return amount(progress.done, progress.total), speed(rate)
            return (money(job), "being sent")
        case _S.SUBMITTED | _S.IN_PROGRESS:
            since = job.submitted if job.submitted is not None else job.changed
            return money(job), elapsed(now - since), note
        case _S.READY:
            return (note or "the video is on the service and comes next",)
        case _S.DOWNLOADING:
            if progress is not None and progress.phase == "download":
                return amount(progress.done, progress.total), speed(rate)
            return ("the video is on its way",)
        case _S.DONE:
            return money(job), ago(now - job.changed)
        case _S.REFUSED:
            return ("not charged", note or "the service did not take it")
        case _S.FAILED:
            return (note or "the service gave no reason",)
        case _S.UNKNOWN:
            return ("it may have been charged; it is not sent again until you say so",)
        case _S.EXPIRED:
            return ("the link to the video died before it was here; ask for a new one",)
        case _S.STOPPED:
            return note or "no longer waited for", ago(now - job.changed)


def _clause(sentence: str) -> str:
    """A sentence as a part of a line, without its full stop."""
    return " ".join(sentence.split()).removesuffix(".")


def money(job: Job) -> str:
    """The estimate, empty when none is known or nothing is charged."""
    return f"{job.estimate:.2f} {job.currency} est." if job.estimate and charges(job) else ""


def charges(job: Job) -> bool:
    """Whether the job's service costs money; one that is not known any more may."""
    return _service_charges(job.service)


@lru_cache(maxsize=64)
def _service_charges(name: str) -> bool:
    try:
        return service(name).charges
    except SettingsError:
        return True


def amount(done: int, total: int | None) -> str:
    """*142 of 221 MB*, in megabytes of 1,000,000 bytes, as prices of traffic count."""
    if not total:
        return _megabytes(done) + " MB"
    fine = total < 10 * _MEGA
    return f"{_megabytes(min(done, total), fine=fine)} of {_megabytes(total, fine=fine)} MB"


def _megabytes(count: int, *, fine: bool | None = None) -> str:
    value = count / _MEGA
    return f"{value:.1f}" if (value < 10 if fine is None else fine) else f"{value:.0f}"


def speed(rate: float | None) -> str:
    """*38 MB/s*; empty while it is not known."""
    if rate is None or rate <= 0:
        return ""
    if rate < 1000:
        return f"{rate:.0f} B/s"
    if rate < _MEGA:
        return f"{rate / 1000:.0f} kB/s"
    return f"{rate / _MEGA:.1f} MB/s" if rate < 10 * _MEGA else f"{rate / _MEGA:.0f} MB/s"


def elapsed(seconds: float) -> str:
    """*0:42*, *12:07*, *1:02:03*."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, second = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{second:02d}" if hours else f"{minutes}:{second:02d}"


def ago(seconds: float) -> str:
    """*just now*, *12 min ago*, *3 h ago*, *2 days ago*."""
    if seconds < 60:
        return "just now"
    return f"{span(seconds)} ago"


def span(seconds: float) -> str:
    """A stretch of time in its largest unit: *12 min*, *3 h*, *2 days*; less than a minute in seconds."""
    for unit, length in (("day", 86_400), ("h", 3600), ("min", 60)):
        count = int(seconds // length)
        if count:
            return f"{count} days" if unit == "day" and count > 1 else f"{count} {unit}"
    return f"{max(0, int(seconds))} s"


_NOT_HERE = frozenset({_S.READY, _S.DOWNLOADING, _S.FAILED, _S.STOPPED})


def expiry(job: Job, now: float) -> str:
    """How long the link to a video that is not here yet lives; empty when there is none or nobody knows."""
    if job.state not in _NOT_HERE or job.result_expires is None or not job.result_url:
        return ""
    left = job.result_expires - now
    return f"link expires in {span(left)}" if left > 0 else "link expired"


def ticks(job: Job) -> bool:
    """Whether the job's line changes every second."""
    return job.state in ACTIVE


def sentence(job: Job, progress: Progress | None = None, rate: float | None = None, now: float = 0.0) -> str:
    """The whole row for a screen reader."""
    free = "" if charges(job) else ", simulator, nothing is charged"
    return f"{job.shot_name}, {badge(job, progress).text}{free}, {subtitle(job, progress, rate, now)}"


def counts(running: int, waiting: int) -> tuple[str, str]:
    """What the header says: *1 running*, *1 waiting for you*; empty for none."""
    return f"{running} running" if running else "", f"{waiting} waiting for you" if waiting else ""


# --- actions --------------------------------------------------------------------------------------------------------

_ACTIONS: Mapping[Action, ActionWords] = {
    Action.OPEN: ActionWords("Play the take", "play-circle", "Play the take"),
    Action.SHOW_FOLDER: ActionWords("Show in its folder", "folder", "Show in its folder"),
    Action.DOWNLOAD_AGAIN: ActionWords(
        "Download again", "download", "Fetch the video once more; nothing is charged again", "Download"
    ),
    Action.RESUME: ActionWords("Resume", "play-circle", "Let the job go", "Resume"),
    Action.HOLD: ActionWords("Hold", "pause", "Keep the job from being sent until you resume it"),
    Action.RETRY: ActionWords(
        "Try again", "refresh", "Send it again; the refused request was not charged", "Try again"
    ),
    Action.TAKE_UP: ActionWords(
        "Take up again", "refresh", "Wait for it again; nothing is sent a second time", "Take up"
    ),
    Action.FIND: ActionWords(
        "Find it on the service…", "search", "Look on the service for what became of it", "Find it"
    ),
    Action.SEND_AGAIN: ActionWords(
        "Send again…", "upload", "Send the request once more; it may cost twice", "Send again"
    ),
    Action.STOP_WAITING: ActionWords(
        "Stop waiting", "stop", "Stop waiting; the service has no cancel and may go on"
    ),
    Action.DUPLICATE: ActionWords(
        "Begin a shot with these settings", "copy", "Open a copy of the shot this job was made from"
    ),
    Action.COPY_DETAILS: ActionWords("Copy details", "info", "Copy all that is known of this job"),
}


def action_words(action: Action, job: Job) -> ActionWords:
    """The words for an action on this job."""
    if action is Action.STOP_WAITING and job.state in (_S.QUEUED, _S.HELD):
        return ActionWords("Do not send", "stop", "Take the job out of the queue; it can be taken up again")
    if action is Action.STOP_WAITING and job.state in (_S.UNKNOWN, _S.EXPIRED):
        return ActionWords("Give it up", "stop", "No longer ask about this job; it can be taken up again")
    if action is Action.TAKE_UP and job.state is _S.EXPIRED:
        return ActionWords(
            "Ask for a new link", "refresh", "Ask the service for a new link to the video", "New link"
        )
    return _ACTIONS[action]
