"""The list of jobs for the window: newest first, filtered, changed in place, quick with ten thousand."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QStringListModel, Qt, Signal

from desktop.core.job import ACTIVE, ENDED, NEEDS_USER, Job, JobState
from desktop.ui.jobs import words
from desktop.ui.jobs.posters import Posters
from desktop.ui.jobs.rates import Rates

if TYPE_CHECKING:
    from desktop.jobs.runner import Progress

Index = QModelIndex | QPersistentModelIndex


class JobRole(IntEnum):
    """What a row can be asked for besides its texts."""

    JOB = Qt.ItemDataRole.UserRole + 1
    """`Job`"""
    PROGRESS = Qt.ItemDataRole.UserRole + 2
    """`Progress` or None"""
    RATE = Qt.ItemDataRole.UserRole + 3
    """Bytes a second or None"""
    POSTER = Qt.ItemDataRole.UserRole + 4
    """QImage or None"""


FILTERS: Mapping[str, frozenset[JobState]] = {
    "All jobs": frozenset(JobState),
    "Under way": ACTIVE | {JobState.QUEUED},
    "Waiting for you": NEEDS_USER,
    "Done": frozenset({JobState.DONE}),
    "Ended without a video": ENDED - {JobState.DONE},
}
"""What the list can be narrowed to, by the name in the menu."""

EVERYTHING = "All jobs"


class JobsModel(QStringListModel):
    """Jobs by age, newest first. Only rows that changed are told of.

    A list view asks for the count of rows twice for every row whenever it lays out. The base class answers that
    without coming to Python: ten thousand jobs are laid out in 1 to 2 ms, not in 30. Its strings are place-holders.
    """

    counts_changed = Signal()

    def __init__(
        self,
        poster_for: Callable[[Job], Path | None],
        parent: QObject | None = None,
        *,
        now: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self.now = now
        self._jobs: dict[str, Job] = {}
        self._rows: list[Job] = []
        self._row_of: dict[str, int] = {}
        self._states: Counter[JobState] = Counter()
        self._progress: Mapping[str, Progress] = {}
        self._rates = Rates(clock)
        self._filter = EVERYTHING
        self.posters = Posters(poster_for, self)
        self.posters.loaded.connect(self._on_poster)

    # --- what there is ----------------------------------------------------------------------------------------------

    @property
    def running(self) -> int:
        """How many jobs are under way."""
        return sum(self._states[state] for state in ACTIVE)

    @property
    def waiting_for_user(self) -> int:
        """How many jobs wait for the user's word."""
        return sum(self._states[state] for state in NEEDS_USER)

    def total(self) -> int:
        """How many jobs there are, shown or not."""
        return len(self._jobs)

    def job(self, job_id: str) -> Job | None:
        """The job of that id."""
        return self._jobs.get(job_id)

    def job_at(self, row: int) -> Job:
        """The job in that row."""
        return self._rows[row]

    def row_of(self, job_id: str) -> int:
        """The row a job is shown in, -1 when it is not."""
        return self._row_of.get(job_id, -1)

    def progress(self, job_id: str) -> Progress | None:
        """The transfer of a job that is under way."""
        return self._progress.get(job_id)

    @property
    def filter(self) -> str:
        """The name of the filter in force, of `FILTERS`."""
        return self._filter

    # --- changes ----------------------------------------------------------------------------------------------------

    def upsert(self, jobs: Iterable[Job]) -> None:
        """Take in jobs that are new or have changed."""
        added: list[Job] = []
        gone: list[int] = []
        touched: list[int] = []
        shown = FILTERS[self._filter]
        news = {job.id: job for job in jobs}
        for job in news.values():
            before = self._jobs.get(job.id)
            if before == job:
                continue
            self._jobs[job.id] = job
            self._states[job.state] += 1
            if before is not None:
                self._states[before.state] -= 1
            row = self._row_of.get(job.id, -1)
            if row < 0:
                if job.state in shown:
                    added.append(job)
            elif job.state in shown:
                self._rows[row] = job
                touched.append(row)
            else:
                gone.append(row)
        self._tell(touched)
        self._remove(gone)
        self._insert(added)
        self.counts_changed.emit()

    def set_progress(self, progress: Mapping[str, Progress]) -> None:
        """The transfers under way, by job id; what is missing is under way no longer."""
        before, self._progress = self._progress, dict(progress)
        self._rates.update(self._progress)
        changed = [
            job_id
            for job_id in before.keys() | self._progress.keys()
            if before.get(job_id) != self._progress.get(job_id)
        ]
        self._tell([row for job_id in changed if (row := self.row_of(job_id)) >= 0])

    def set_filter(self, name: str) -> None:
        """Show only jobs of some states. ``name`` is one of `FILTERS`; raises KeyError for another."""
        shown = FILTERS[name]
        if name == self._filter:
            return
        self._filter = name
        self._rows = sorted((job for job in self._jobs.values() if job.state in shown), key=_newest_first)
        self._number()
        self.setStringList([""] * len(self._rows))
        self.counts_changed.emit()

    def _tell(self, rows: list[int]) -> None:
        """Rows that lie together are told of together."""
        for first, last in _runs(rows):
            self.dataChanged.emit(self.index(first), self.index(last))

    def _remove(self, rows: list[int]) -> None:
        for first, last in reversed(_runs(rows)):
            del self._rows[first : last + 1]
            self.removeRows(first, last - first + 1)
        if rows:
            self._number()

    def _insert(self, jobs: list[Job]) -> None:
        """Rows that come to lie together are inserted together, the oldest first so that places stay true."""
        jobs.sort(key=_newest_first)
        places = [bisect_left(self._rows, _newest_first(job), key=_newest_first) for job in jobs]
        end = len(jobs)
        while end:
            begin = bisect_left(places, places[end - 1])
            place, block = places[begin], jobs[begin:end]
            self._rows[place:place] = block
            self.insertRows(place, len(block))
            end = begin
        if jobs:
            self._number()

    def _number(self) -> None:
        self._row_of = {job.id: row for row, job in enumerate(self._rows)}

    def _on_poster(self, job_id: str) -> None:
        row = self.row_of(job_id)
        if row >= 0:
            self.dataChanged.emit(self.index(row), self.index(row), [JobRole.POSTER])

    # --- Qt asks ----------------------------------------------------------------------------------------------------

    def flags(self, index: Index) -> Qt.ItemFlag:
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        job = self._rows[index.row()]
        match role:
            case JobRole.JOB:
                return job
            case JobRole.PROGRESS:
                return self._progress.get(job.id)
            case JobRole.RATE:
                return self._rates.of(job.id)
            case JobRole.POSTER:
                return self.posters.get(job)
            case Qt.ItemDataRole.DisplayRole:
                return job.shot_name
            case Qt.ItemDataRole.AccessibleTextRole:
                return words.sentence(job, self._progress.get(job.id), self._rates.of(job.id), self.now())
        return None


def _newest_first(job: Job) -> tuple[float, str]:
    return -job.created, job.id


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    """Rows as spans of neighbours (first, last), in order."""
    spans: list[tuple[int, int]] = []
    for row in sorted(rows):
        if spans and row == spans[-1][1] + 1:
            spans[-1] = spans[-1][0], row
        else:
            spans.append((row, row))
    return spans
