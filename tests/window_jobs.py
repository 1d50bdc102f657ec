"""Jobs as the window's list gets them, for tests."""

from dataclasses import replace
from typing import Any

from desktop.core.conventions import KLING
from desktop.core.job import Job, JobState
from desktop.core.request import Request
from tests.shots import asset

S = JobState
NOW = 1_790_000_000.0
REQUEST = Request("kling-4k-i2v", KLING, asset(), "waves", "", 0.5, 5)


def job(number: int, state: JobState, **changes: Any) -> Job:
    """A job; number 1 is a minute old, number 2 two minutes."""
    base = Job(
        f"job-{number:05}",
        "shot-1",
        f"Shot {number}",
        "magnific",
        REQUEST,
        created=NOW - 60 * number,
        changed=NOW - 60 * number,
        state=state,
        shot_sha256="ab" * 32,
        estimate=2.1,
        currency="USD",
    )
    return replace(base, **changes)


RUNNING, DONE, LOST = job(1, S.DOWNLOADING, task_id="t"), job(2, S.DONE, take="/take"), job(3, S.UNKNOWN)
EVERY = tuple(job(number, state) for number, state in enumerate(S, 1))
