"""The jobs dock, driven by mouse and keys."""

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QModelIndex, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMenu
from pytestqt.qtbot import QtBot

from desktop.core.job import Job, JobState
from desktop.jobs.commands import Action
from desktop.jobs.runner import Progress
from desktop.ui.gallery import photograph
from desktop.ui.jobs.delegate import JobsDelegate
from desktop.ui.jobs.dock import JobsDock
from desktop.ui.jobs.row_plan import MORE, plan
from desktop.ui.theme import Theme, current
from tests.window_jobs import DONE, EVERY, LOST, NOW, RUNNING, job

S = JobState
LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


class Ears:
    """What the dock asked for."""

    def __init__(self, dock: JobsDock) -> None:
        self.heard: list[tuple[str, str]] = []
        dock.open_asked.connect(self.on_open)
        dock.action_asked.connect(self.on_action)

    def on_open(self, asked: Job) -> None:
        self.heard.append(("open", asked.id))

    def on_action(self, name: str, asked: Job) -> None:
        self.heard.append((name, asked.id))


@pytest.fixture
def dock(qtbot: QtBot) -> JobsDock:
    dock = JobsDock(take_is_here=lambda asked: asked.take == "/take", now=lambda: NOW)
    dock.restore_folded(False, until_known=False)
    qtbot.addWidget(dock)
    dock.resize(1200, 800)
    with qtbot.waitExposed(dock):
        dock.show()
    return dock


@pytest.fixture
def ears(dock: JobsDock) -> Ears:
    return Ears(dock)


def press(qtbot: QtBot, dock: JobsDock, made: Job, name: str) -> None:
    spot = dock.list.rect_of(made.id, name).center().toPoint()
    QTest.mouseMove(dock.list.viewport(), spot)
    QTest.mouseClick(dock.list.viewport(), LEFT, NONE, spot)


def names(dock: JobsDock) -> list[str]:
    return [dock.model.job_at(row).shot_name for row in range(dock.model.rowCount())]


def texts(dock: JobsDock) -> list[str]:
    return [label.text() for label in dock.findChildren(QLabel) if label.isVisible() and label.text()]


def button_of(dock: JobsDock, name: str) -> QAbstractButton:
    return next(button for button in dock.findChildren(QAbstractButton) if button.accessibleName() == name)


def open_menu(dock: JobsDock) -> QMenu:
    return next(menu for menu in dock.findChildren(QMenu) if menu.isVisible())


def test_the_chosen_job_stays_chosen_when_newer_ones_come(dock: JobsDock) -> None:
    dock.upsert([RUNNING, DONE, LOST])
    dock.choose(LOST.id)
    dock.upsert([job(-number, S.QUEUED) for number in range(30)])
    current_job = dock.list.current_job()
    assert current_job is not None
    assert current_job.id == LOST.id


# --- mouse ----------------------------------------------------------------------------------------------------------


def test_icons_and_words_in_a_row_ask_for_what_they_say(qtbot: QtBot, dock: JobsDock, ears: Ears) -> None:
    dock.upsert([RUNNING, DONE, LOST])
    press(qtbot, dock, RUNNING, Action.STOP_WAITING)
    press(qtbot, dock, DONE, Action.OPEN)
    press(qtbot, dock, DONE, Action.SHOW_FOLDER)
    press(qtbot, dock, LOST, Action.FIND)
    assert ears.heard == [
        ("stop-waiting", RUNNING.id),
        ("open", DONE.id),
        ("folder", DONE.id),
        ("find", LOST.id),
    ]


@pytest.mark.parametrize("made", EVERY, ids=lambda made: str(made.state))
@pytest.mark.parametrize("width", [420, 700, 1400])
def test_the_parts_of_a_row_do_not_overlap(made: Job, width: int, qapp: QApplication) -> None:
    made = replace(made, service="simulator")
    whole = QRectF(0, 100, width, 50)
    parts = plan(whole, made, "Downloading 100 %")
    across = [
        parts.poster,
        parts.name,
        *([parts.simulator] if parts.simulator.isValid() else []),
        parts.badge,
    ]
    for left, right in pairwise(across):
        assert left.right() <= right.left()
    for spot in parts.spots:
        assert spot.area.left() >= parts.badge.right()
    for area in (*across, *(spot.area for spot in parts.spots if spot.link)):
        assert whole.contains(area)
    assert parts.track.right() <= parts.badge.left()


def test_a_press_that_is_let_go_elsewhere_asks_for_nothing(qtbot: QtBot, dock: JobsDock, ears: Ears) -> None:
    dock.upsert([RUNNING, DONE])
    view = dock.list.viewport()
    stop = dock.list.rect_of(RUNNING.id, Action.STOP_WAITING).center().toPoint()
    folder = dock.list.rect_of(DONE.id, Action.SHOW_FOLDER).center().toPoint()
    QTest.mousePress(view, LEFT, NONE, stop)
    QTest.mouseRelease(view, LEFT, NONE, folder)
    QTest.mousePress(view, LEFT, NONE, QPoint(200, stop.y()))
    QTest.mouseRelease(view, LEFT, NONE, stop)
    QTest.mouseClick(view, Qt.MouseButton.RightButton, NONE, stop)
    assert ears.heard == []


def test_a_double_click_plays_the_take_and_never_twice_by_its_icon(
    qtbot: QtBot, dock: JobsDock, ears: Ears
) -> None:
    dock.upsert([DONE])
    view = dock.list.viewport()
    QTest.mouseClick(view, LEFT, NONE, QPoint(200, 20))
    QTest.mouseDClick(view, LEFT, NONE, QPoint(200, 20))
    assert ears.heard == [("open", DONE.id)]


def test_the_three_dots_and_the_right_button_open_the_same_menu(
    qtbot: QtBot, dock: JobsDock, ears: Ears
) -> None:
    dock.upsert([RUNNING, LOST])
    press(qtbot, dock, LOST, MORE)
    menu = open_menu(dock)
    titles = [entry.text() for entry in menu.actions() if entry.text()]
    assert titles == [
        "Find it on the service…",
        "Send again…",
        "Give it up",
        "Begin a shot with these settings",
        "Copy details",
    ]
    menu.close()
    place = dock.list.visualRect(dock.model.index(1)).center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, dock.list.viewport().mapToGlobal(place))
    QApplication.sendEvent(dock.list.viewport(), event)
    menu = open_menu(dock)
    assert [entry.text() for entry in menu.actions() if entry.text()] == titles
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert ears.heard == [("send-again", LOST.id)]


def test_the_menu_of_a_job_that_changed_meanwhile_carries_the_job_as_it_is(
    qtbot: QtBot, dock: JobsDock
) -> None:
    asked: list[Job] = []

    def on_action(_name: str, about: Job) -> None:
        asked.append(about)

    dock.action_asked.connect(on_action)
    dock.upsert([RUNNING])
    menu = dock.list.menu_for(RUNNING)
    dock.upsert([replace(RUNNING, state=S.DONE)])
    menu.actions()[0].trigger()
    assert [about.state for about in asked] == [S.DONE]


def test_tips_say_what_icons_do_and_what_is_cut(dock: JobsDock) -> None:
    long = job(0, S.FAILED, note="It failed. " + "Because of this and that. " * 20)
    dock.upsert([long, RUNNING])
    delegate = dock.list.itemDelegate()
    assert isinstance(delegate, JobsDelegate)

    def tip(row: int, point: QPointF) -> str:
        index = dock.model.index(row)
        return delegate.tip_at(index, QRectF(dock.list.visualRect(index)), point)[0]

    assert "cost twice" in tip(0, dock.list.rect_of(long.id, Action.SEND_AGAIN).center())
    assert "no cancel" in tip(1, dock.list.rect_of(RUNNING.id, Action.STOP_WAITING).center())
    assert tip(0, QPointF(200, 32)).endswith("Because of this and that")
    assert tip(0, QPointF(200, 16)) == ""
    assert tip(1, QPointF(200, 50 + 32)) == ""


# --- keys -----------------------------------------------------------------------------------------------------------


def test_the_list_is_used_by_keys_alone(qtbot: QtBot, dock: JobsDock, ears: Ears) -> None:
    dock.upsert([RUNNING, DONE, LOST])
    dock.list.setFocus(Qt.FocusReason.TabFocusReason)
    view = dock.list
    QTest.keyClick(view, Qt.Key.Key_Delete)
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Return)
    QTest.keyClick(view, Qt.Key.Key_Delete)  # nothing to stop
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Enter)
    assert ears.heard == [
        ("stop-waiting", RUNNING.id),
        ("open", DONE.id),
        ("details", DONE.id),
        ("find", LOST.id),
    ]


@pytest.mark.parametrize("state", [S.FAILED, S.REFUSED, S.STOPPED, S.HELD, S.QUEUED])
def test_enter_asks_for_nothing_that_may_cost(
    qtbot: QtBot, dock: JobsDock, ears: Ears, state: JobState
) -> None:
    dock.upsert([job(1, state)])
    dock.choose("job-00001")
    QTest.keyClick(dock.list, Qt.Key.Key_Return)
    assert ears.heard == []
    assert open_menu(dock).actions()


def test_a_take_that_is_gone_offers_to_download_it(qtbot: QtBot, dock: JobsDock, ears: Ears) -> None:
    dock.upsert([job(1, S.DONE, take="/gone")])
    dock.choose("job-00001")
    QTest.keyClick(dock.list, Qt.Key.Key_Return)
    menu = open_menu(dock)
    assert menu.actions()[0].text() == "Download again"
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert ears.heard == [("download-again", "job-00001")]


# --- the dock -------------------------------------------------------------------------------------------------------


def test_an_empty_dock_says_what_to_do(dock: JobsDock) -> None:
    assert "No jobs yet." in texts(dock)
    assert "Generate makes the first one." in texts(dock)
    dock.upsert([DONE])
    assert "No jobs yet." not in texts(dock)
    assert dock.list.isVisible()


def test_the_header_counts(dock: JobsDock) -> None:
    dock.upsert([RUNNING, DONE, LOST])
    assert {"1 running", "1 waiting for you"} <= set(texts(dock))
    dock.upsert([replace(RUNNING, state=S.DONE), replace(LOST, state=S.STOPPED)])
    assert not [text for text in texts(dock) if text.endswith(("running", "for you"))]


def test_the_filter_narrows_the_list_and_escape_widens_it(qtbot: QtBot, dock: JobsDock) -> None:
    dock.upsert([RUNNING, DONE, LOST])
    menu = dock.filter_menu()
    next(entry for entry in menu.actions() if entry.text() == "Done").trigger()
    assert names(dock) == ["Shot 2"]
    assert "Showing: done" in texts(dock)
    dock.set_filter("Ended without a video")
    assert "No job is of this kind." in texts(dock)
    dock.set_filter("Done")
    QTest.keyClick(dock.list, Qt.Key.Key_Escape)
    assert len(names(dock)) == 3


def test_choosing_a_job_shows_it_though_filtered_and_folded(dock: JobsDock) -> None:
    dock.upsert([RUNNING, DONE, LOST])
    dock.set_filter("Done")
    dock.set_folded(True)
    dock.choose(LOST.id)
    assert not dock.folded
    chosen = dock.list.current_job()
    assert chosen is not None
    assert chosen.id == LOST.id


def test_the_dock_folds_to_its_header(qtbot: QtBot, dock: JobsDock) -> None:
    dock.upsert([RUNNING])
    folds: list[bool] = []
    dock.folded_changed.connect(folds.append)
    caret = button_of(dock, "Fold the jobs")
    QTest.mouseClick(caret, LEFT)
    assert not dock.list.isVisible()
    assert dock.height() <= 40
    dock.set_trouble("The service cannot be reached.", "")
    assert "The service cannot be reached." in texts(dock)
    assert dock.maximumHeight() > 50
    QTest.mouseClick(caret, LEFT)
    assert dock.list.isVisible()
    assert folds == [True, False]


def test_a_dock_without_jobs_is_folded_until_there_is_one(qtbot: QtBot) -> None:
    dock = JobsDock()
    qtbot.addWidget(dock)
    dock.resize(1200, 800)
    dock.show()
    assert dock.folded
    assert dock.height() <= 40
    assert "None yet; Generate makes the first one." in texts(dock)
    dock.upsert([RUNNING])
    assert not dock.folded
    assert dock.list.isVisible()
    assert "None yet; Generate makes the first one." not in texts(dock)


@pytest.mark.parametrize("folded", [True, False])
def test_what_the_person_chose_holds_with_jobs_and_without(qtbot: QtBot, folded: bool) -> None:
    dock = JobsDock()
    qtbot.addWidget(dock)
    dock.show()
    QTest.mouseClick(button_of(dock, "Unfold the jobs"), LEFT)
    if folded:
        QTest.mouseClick(button_of(dock, "Fold the jobs"), LEFT)
    dock.upsert([RUNNING])
    assert dock.folded is folded
    assert dock.wanted_folded is folded


def test_nothing_folds_before_it_is_known_which_jobs_there_are(qtbot: QtBot) -> None:
    dock = JobsDock()
    qtbot.addWidget(dock)
    dock.set_known(False)
    dock.restore_folded(None, until_known=False)
    dock.show()
    assert not dock.folded
    dock.set_known(True)
    assert dock.folded


def test_trouble_is_said_and_a_key_can_be_entered(qtbot: QtBot, dock: JobsDock) -> None:
    dock.set_trouble("The service cannot be reached.", "The key was refused.")
    assert {"The service cannot be reached.", "The key was refused."} <= set(texts(dock))
    with qtbot.waitSignal(dock.key_asked):
        QTest.mouseClick(button_of(dock, "Enter a key: The key was refused."), LEFT)
    dock.set_trouble("", "")
    assert not {"The service cannot be reached.", "The key was refused."} & set(texts(dock))


def test_a_second_repaints_only_running_rows_in_sight(
    dock: JobsDock, monkeypatch: pytest.MonkeyPatch
) -> None:
    dock.upsert([job(number, S.IN_PROGRESS if number % 2 else S.DONE) for number in range(200)])
    dock.list.verticalScrollBar().setValue(500)
    repainted: list[int] = []

    def update(index: QModelIndex) -> None:
        repainted.append(index.row())

    monkeypatch.setattr(dock.list, "update", update)
    dock.list.tick()
    assert repainted
    assert all(row % 2 for row in repainted)
    assert set(repainted) <= set(dock.list.rows_in_sight())
    assert len(dock.list.rows_in_sight()) <= 800 // 50 + 1


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_rows_are_painted_in_the_colours_of_the_theme(
    qtbot: QtBot, theme: Theme, dock: JobsDock, scale: float
) -> None:
    dock.upsert([RUNNING, DONE, LOST])
    dock.set_progress({RUNNING.id: Progress("download", 50, 100)})
    picture = photograph(dock, scale)
    origin = dock.list.viewport().mapTo(dock, QPoint(0, 0))

    def seen(x: float, y: float) -> str:
        return picture.pixelColor(round((origin.x() + x) * scale), round((origin.y() + y) * scale)).name()

    rect = QRectF(dock.list.visualRect(dock.model.index(0)))
    parts = plan(rect, RUNNING, "Downloading 50 %")
    line = parts.track.center().y()
    assert seen(parts.track.left() + 10, line) == current().accent
    assert seen(parts.track.right() - 10, line) == current().line
    assert seen(rect.right() - 1, rect.top() + 1) == current().window
    dock.list.choose(RUNNING.id)
    picture = photograph(dock, scale)
    assert seen(parts.track.left() + 10, rect.top() + 4) == current().panel
