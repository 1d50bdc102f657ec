"""Jobs on a terminal: a bar each, or plain lines where there is no terminal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from desktop.cli.common import err, say
from desktop.core.job import ENDED, Job, JobState
from desktop.jobs.follow import View


class JobBars:
    """Shows the jobs of a `View`; call `show` as often as you like."""

    def __init__(self, bars: Progress | None) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}
        self._said: dict[str, str] = {}
        self._banner = ""

    def show(self, view: View) -> None:
        """Bring the terminal up to date."""
        banner = view.key_problem or view.offline
        if banner != self._banner:
            self._banner = banner
            say(banner or "The service answers again.")
        for job in view.jobs:
            transfer = view.progress.get(job.id)
            done, total = (transfer.done, transfer.total) if transfer else (0, None)
            if self._bars is not None:
                self._draw(job, done, total)
            else:
                self._tell(job)

    def _draw(self, job: Job, done: int, total: int | None) -> None:
        assert self._bars is not None
        task = self._tasks.get(job.id)
        if task is None:
            task = self._tasks[job.id] = self._bars.add_task(job.shot_name, total=None, state="")
        state = f"{job.state}  {job.note}" if job.note else str(job.state)
        if job.state is JobState.DONE:
            self._bars.update(task, total=1, completed=1, state=state)
        else:
            self._bars.update(task, total=total, completed=done, state=state)
        if job.state in ENDED:
            self._bars.stop_task(task)

    def _tell(self, job: Job) -> None:
        line = f"{job.shot_name}: {job.state}{f' ({job.note})' if job.note else ''}"
        if self._said.get(job.id) != line:
            self._said[job.id] = line
            say(f"{time.strftime('%H:%M:%S')} {line}")


@contextmanager
def job_bars() -> Iterator[JobBars]:
    """Bars on a terminal, lines elsewhere."""
    if not err.is_terminal:
        yield JobBars(None)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[state]}", markup=False),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err) as bars:
        yield JobBars(bars)
