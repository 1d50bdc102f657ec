"""How fast transfers are, from how far they were at what time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.jobs.runner import Progress

_STEP = 0.5
_WEIGHT = 0.4


class Rates:
    """Bytes a second of each transfer, smoothed over a few steps of half a second. ``clock`` is in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._marks: dict[str, tuple[str, float, int, float | None]] = {}

    def of(self, job_id: str) -> float | None:
        """Bytes a second, None while it is not known."""
        mark = self._marks.get(job_id)
        return None if mark is None else mark[3]

    def update(self, progress: Mapping[str, Progress]) -> None:
        """Take note of how far the transfers are now; those that are missing are forgotten."""
        now = self._clock()
        marks: dict[str, tuple[str, float, int, float | None]] = {}
        for job_id, step in progress.items():
            mark = self._marks.get(job_id)
            if mark is None or mark[0] != step.phase or step.done < mark[2]:
                mark = (step.phase, now, step.done, None)
            elif now - mark[1] >= _STEP:
                latest = (step.done - mark[2]) / (now - mark[1])
                smooth = latest if mark[3] is None else mark[3] + _WEIGHT * (latest - mark[3])
                mark = (step.phase, now, step.done, smooth)
            marks[job_id] = mark
        self._marks = marks
