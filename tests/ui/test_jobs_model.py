"""The list of jobs for the window, and their small pictures."""

import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.core.job import Job, JobState
from desktop.jobs.runner import Progress
from desktop.ui.jobs.dock import no_poster
from desktop.ui.jobs.model import FILTERS, JobRole, JobsModel
from desktop.ui.jobs.posters import HEIGHT, WIDTH
from tests.window_jobs import DONE, EVERY, LOST, NOW, RUNNING, job

S = JobState


@pytest.fixture
def model(qapp: QApplication) -> JobsModel:
    return JobsModel(no_poster, now=lambda: NOW)


def names(model: JobsModel) -> list[str]:
    return [model.job_at(row).shot_name for row in range(model.rowCount())]


def test_the_newest_job_is_first_whatever_the_order_of_arrival(model: JobsModel) -> None:
    for made in (DONE, LOST, RUNNING):
        model.upsert([made])
    assert names(model) == ["Shot 1", "Shot 2", "Shot 3"]
    model.upsert([job(0, S.QUEUED), job(4, S.DONE)])
    assert names(model) == ["Shot 0", "Shot 1", "Shot 2", "Shot 3", "Shot 4"]


def test_only_rows_that_changed_are_told_of(model: JobsModel) -> None:
    model.upsert(EVERY)
    told: list[tuple[int, int]] = []

    def on_changed(first: QModelIndex, last: QModelIndex) -> None:
        told.append((first.row(), last.row()))

    model.dataChanged.connect(on_changed)
    model.upsert(EVERY)
    assert told == []
    model.upsert([replace(EVERY[row], note="new") for row in (7, 2, 3)])
    assert told == [(2, 3), (7, 7)]
    told.clear()
    progress = {EVERY[5].id: Progress("download", 1, 10)}
    model.set_progress(progress)
    model.set_progress(progress)
    assert told == [(5, 5)]
    model.set_progress({})
    assert told == [(5, 5), (5, 5)]


def test_a_model_changed_at_random_shows_what_a_plain_one_shows(model: JobsModel) -> None:
    chance = random.Random(7)
    plain: dict[str, Job] = {}
    for _ in range(150):
        if chance.random() < 0.2:
            model.set_filter(chance.choice(list(FILTERS)))
        batch = [job(chance.randrange(60), chance.choice(list(S))) for _ in range(chance.randrange(1, 12))]
        plain.update({made.id: made for made in batch})
        model.upsert(batch)
        shown = [made for made in plain.values() if made.state in FILTERS[model.filter]]
        shown.sort(key=lambda made: -made.created)
        assert [model.job_at(row) for row in range(model.rowCount())] == shown
        assert all(model.row_of(made.id) == row for row, made in enumerate(shown))
        assert model.total() == len(plain)
        assert model.running == sum(
            made.state in FILTERS["Under way"] - {S.QUEUED} for made in plain.values()
        )
        assert model.waiting_for_user == sum(
            made.state in FILTERS["Waiting for you"] for made in plain.values()
        )


def test_ten_thousand_jobs_change_two_hundred_at_once(model: JobsModel) -> None:
    many = [job(number, S.DONE) for number in range(10_000)]
    model.upsert(many)
    changed = [replace(made, state=S.READY) for made in random.Random(1).sample(many, 200)]
    model.upsert(changed)
    assert model.rowCount() == 10_000
    assert model.running == 200
    assert all(model.job_at(model.row_of(made.id)) == made for made in changed)


@pytest.mark.parametrize("made", EVERY, ids=lambda made: str(made.state))
def test_every_row_speaks(model: JobsModel, made: Job) -> None:
    model.upsert([made])
    spoken = model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith(f"{made.shot_name}, ")
    assert len(spoken.split(", ")) >= 3


def test_a_poster_is_read_in_a_worker_and_cropped(qtbot: QtBot, tmp_path: Path) -> None:
    picture = QImage(900, 900, QImage.Format.Format_RGB32)
    picture.fill(QColor("#208040"))
    picture.save(str(tmp_path / "poster.png"))
    model = JobsModel(lambda _: tmp_path / "poster.png")
    model.upsert([DONE])
    with qtbot.waitSignal(model.posters.loaded):
        assert model.index(0).data(JobRole.POSTER) is None
    image = model.index(0).data(JobRole.POSTER)
    assert (image.width(), image.height()) == (3 * WIDTH, 3 * HEIGHT)
    assert image.pixelColor(20, 20).name() == "#208040"
    model.posters.stop()


def test_a_poster_that_cannot_be_found_or_read_does_no_harm(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"no picture")

    def source(made: Job) -> Path | None:
        if made is DONE:
            raise OSError("gone")
        return tmp_path / "broken.jpg"

    model = JobsModel(source)
    model.upsert([DONE, LOST])
    with qtbot.waitSignals([model.posters.loaded] * 2):
        for row in range(2):
            model.index(row).data(JobRole.POSTER)
    assert [model.index(row).data(JobRole.POSTER) for row in range(2)] == [None, None]
    model.posters.stop()


def test_posters_scrolled_past_are_dropped_and_asked_for_again(qtbot: QtBot, tmp_path: Path) -> None:
    picture = QImage(64, 64, QImage.Format.Format_RGB32)
    picture.save(str(tmp_path / "poster.png"))
    model = JobsModel(lambda _: tmp_path / "poster.png")
    many = [job(number, S.DONE) for number in range(400)]
    model.upsert(many)
    for made in many:
        model.posters.get(made)
    qtbot.waitUntil(lambda: model.posters.get(many[-1]) is not None)
    qtbot.waitUntil(lambda: model.posters.get(many[0]) is not None)
    model.posters.stop()


CLOSED_WHILE_READING = """
import threading
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from desktop.ui.jobs.dock import JobsDock
from tests.window_jobs import DONE

app = QApplication([])
reading, go_on = threading.Event(), threading.Event()

def source(job):
    reading.set()
    go_on.wait(20)
    return None

dock = JobsDock(source)
dock.upsert([DONE])
dock.resize(800, 200)
dock.show()
app.processEvents()
assert reading.wait(20)
dock.deleteLater()
QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
go_on.set()
dock.model.posters._thread.join(20)
app.processEvents()
print("closed")
"""


def test_a_window_closes_while_a_poster_is_read() -> None:
    """In a process of its own, since the fault this guards against is one that never returns."""
    done = subprocess.run(
        [sys.executable, "-c", CLOSED_WHILE_READING], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.strip() == "closed", done.stderr
