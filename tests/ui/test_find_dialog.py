"""The search for the task of a job whose reply was lost, driven by mouse and keys."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.core.conventions import KLING
from desktop.core.job import Job, JobState
from desktop.core.request import Request
from desktop.jobs.finder import Candidate
from desktop.ui.gallery import photograph
from desktop.ui.jobs import find_dialog
from desktop.ui.jobs.find_dialog import FindDialog
from desktop.ui.jobs.picture import Picture
from tests.shots import asset

NOW = 1_790_000_000.0
REQUEST = Request("kling-4k-i2v", KLING, asset(), "waves", "", 0.5, 5)
LOST = Job(
    "job-1",
    "shot-1",
    "Waterfall",
    "magnific",
    REQUEST,
    created=NOW,
    changed=NOW - 720,
    state=JobState.UNKNOWN,
    estimate=6.3,
    currency="USD",
)
LEFT = Qt.MouseButton.LeftButton

FOUND = (Candidate("task-a", "COMPLETED", "https://cdn"), Candidate("task-b", "IN_PROGRESS", ""))


class Searched:
    """What the dialog asked for."""

    def __init__(self, dialog: FindDialog) -> None:
        self.heard: list[str] = []
        dialog.search_asked.connect(self.on_search)
        dialog.adopt_asked.connect(self.heard.append)
        dialog.send_again_asked.connect(self.on_send)

    def on_search(self) -> None:
        self.heard.append("search")

    def on_send(self) -> None:
        self.heard.append("send")


@pytest.fixture
def dialog(qtbot: QtBot) -> FindDialog:
    dialog = FindDialog(LOST, None, now=NOW)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.open()
    return dialog


def test_a_task_is_chosen_and_taken(qtbot: QtBot, dialog: FindDialog) -> None:
    searched = Searched(dialog)
    assert not dialog.adopt.isEnabled()
    dialog.show_candidates(FOUND)
    assert dialog.candidates() == ("task-a", "task-b")
    QTest.mouseClick(dialog.row_for("task-b"), LEFT)
    assert dialog.row_for("task-b").is_selected()
    assert not dialog.row_for("task-a").is_selected()
    QTest.mouseClick(dialog.adopt, LEFT)
    QTest.mouseClick(dialog.adopt, LEFT)  # under way: not asked for twice
    assert searched.heard == ["task-b"]
    dialog.show_error("The service does not know this task.")
    assert dialog.adopt.isEnabled()
    assert dialog.task_id.text() == "task-b"


def test_an_id_is_pasted_and_taken_by_enter(qtbot: QtBot, dialog: FindDialog) -> None:
    searched = Searched(dialog)
    dialog.show_candidates(None)
    assert dialog.state.text() == find_dialog.NO_LIST
    dialog.task_id.setFocus()
    QTest.keyClicks(dialog.task_id, "  task-x ")
    QTest.keyClick(dialog.task_id, Qt.Key.Key_Return)
    assert searched.heard == ["task-x"]
    assert dialog.isVisible()


def test_an_error_can_be_tried_again(qtbot: QtBot, dialog: FindDialog) -> None:
    searched = Searched(dialog)
    dialog.show_candidates(FOUND)
    QTest.mouseClick(dialog.row_for("task-a"), LEFT)
    QTest.mouseClick(dialog.adopt, LEFT)
    dialog.show_error("The service cannot be reached.")
    assert [
        label for label in dialog.findChildren(QLabel) if label.text() == "The service cannot be reached."
    ]
    QTest.mouseClick(dialog.adopt, LEFT)
    QTest.mouseClick(dialog.look_again, LEFT)
    assert searched.heard == ["task-a", "task-a", "search"]
    assert not dialog.look_again.isEnabled()
    dialog.show_candidates(())
    assert dialog.state.text() == find_dialog.NOTHING
    assert dialog.candidates() == ()


def test_sending_again_takes_a_second_word_and_is_asked_for_once(qtbot: QtBot, dialog: FindDialog) -> None:
    searched = Searched(dialog)
    QTest.mouseClick(dialog.send_again, LEFT)
    assert searched.heard == []
    assert any(
        "cost twice (6.30 USD est. each time)" in label.text() for label in dialog.findChildren(QLabel)
    )
    assert dialog.back.hasFocus()
    QTest.keyClick(dialog.back, Qt.Key.Key_Return)
    QTest.mouseClick(dialog.send_again, LEFT)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert searched.heard == []
    QTest.mouseClick(dialog.send_again, LEFT)
    QTest.mouseClick(dialog.confirm, LEFT)
    QTest.mouseClick(dialog.confirm, LEFT)
    assert searched.heard == ["send"]


def test_deciding_later_changes_nothing(qtbot: QtBot, dialog: FindDialog) -> None:
    searched = Searched(dialog)
    QTest.mouseClick(dialog.later, LEFT)
    assert not dialog.isVisible()
    assert searched.heard == []


def test_first_frames_that_are_here_are_shown_beside_their_tasks(
    qtbot: QtBot, dialog: FindDialog, tmp_path: Path
) -> None:
    picture = QImage(320, 180, QImage.Format.Format_RGB32)
    picture.fill(QColor("#c04020"))
    picture.save(str(tmp_path / "frame.png"))
    dialog.show_candidates(FOUND, {"task-a": tmp_path / "frame.png"})
    frames = dialog.row_for("task-a").findChildren(Picture)
    assert len(frames) == 1
    assert not dialog.row_for("task-b").findChildren(Picture)
    qtbot.waitUntil(frames[0].has_image)
    assert photograph(frames[0], 2.0).pixelColor(70, 40).name() == "#c04020"
