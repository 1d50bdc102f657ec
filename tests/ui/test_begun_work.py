"""What is begun and not yet finished: it waits, undo takes it back bit by bit, and no new stroke loses it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtGui import QFocusEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.core.geometry import Point, whole
from desktop.imaging import raster
from desktop.imaging.masks import indexed_png
from desktop.storage.shot_file import save_shot
from desktop.ui.canvas.view import CanvasView
from tests.canvas_hands import ALT, CTRL, RIGHT, SHIFT, Hands, labels, open_canvas, shot_of
from tests.job_shots import painted_shot
from tests.selection_hands import draft_of, finish, show
from tests.window_hands import Hands as WindowHands
from tests.window_hands import live

CORNERS = ((50.0, 50.0), (250.0, 60.0), (260.0, 200.0), (60.0, 190.0))
KEYS = {"polygon": Qt.Key.Key_Return, "magnet": Qt.Key.Key_Return}


@pytest.fixture
def view(qtbot: QtBot) -> CanvasView:
    view = open_canvas(shot_of(400, 300, 1, 2), 500, 400)
    qtbot.addWidget(view)
    return view


def disc() -> npt.NDArray[np.uint8]:
    """A bright disc of radius 90 on a dark ground, both with some grain."""
    y, x = np.mgrid[0:300, 0:400]
    grain = np.random.default_rng(3).integers(0, 12, (300, 400, 3))
    inside = (np.hypot(x - 200, y - 150) <= 90)[:, :, None]
    return (np.where(inside, (210, 180, 90), (30, 50, 70)) + grain).astype(np.uint8)


def settle(view: CanvasView) -> None:
    """Until the tool has found what it looks for."""
    tool = view.tool
    while not getattr(tool, "knows_the_way", True):
        QCoreApplication.processEvents()


@pytest.mark.parametrize("tool", ["polygon", "magnet"])
def test_an_outline_waits_while_the_keyboard_is_elsewhere_and_goes_to_its_own_area(
    view: CanvasView, hands: Hands, tool: str
) -> None:
    view.set_tool(tool)
    for corner in CORNERS:
        hands.click(*corner)
        settle(view)
    QApplication.sendEvent(view, QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.MouseFocusReason))
    view.session.choose_area(2)
    assert view.tool is not None
    assert view.tool.busy
    hands.key(KEYS[tool])
    while view.tool.busy:
        QCoreApplication.processEvents()
    assert set(np.unique(labels(view))) == {0, 1}
    assert labels(view)[120, 150] == 1


def test_undo_takes_the_corners_back_before_finished_work(view: CanvasView, hands: Hands) -> None:
    hands.drag((300, 250), (350, 250))
    painted = labels(view).copy()
    view.set_tool("polygon")
    told: list[str] = []
    view.begun_changed.connect(lambda: told.append(view.undo_title))
    for corner in CORNERS:
        hands.click(*corner)
    assert told == ["the last place"]
    view.undo()
    view.undo()
    assert np.array_equal(labels(view), painted)
    assert view.redo_title
    view.redo()
    hands.key(Qt.Key.Key_Return)
    stencil, box = raster.polygon([Point(*corner) for corner in CORNERS[:3]], whole(400, 300))
    wanted = painted.copy()
    wanted[box.slices][stencil != 0] = 1
    assert np.array_equal(labels(view), wanted)
    view.undo()
    assert np.array_equal(labels(view), painted)
    view.undo()
    assert not labels(view).any()


def test_the_other_button_takes_a_corner_back(view: CanvasView, hands: Hands) -> None:
    view.set_tool("polygon")
    for corner in CORNERS:
        hands.click(*corner)
    hands.click(200, 100, RIGHT)
    hands.key(Qt.Key.Key_Return)
    stencil, box = raster.polygon([Point(*corner) for corner in CORNERS[:3]], whole(400, 300))
    assert np.array_equal(labels(view)[box.slices] == 1, stencil != 0)


@pytest.mark.parametrize("tool", ["rectangle", "ellipse", "lasso"])
def test_undo_in_the_middle_of_a_drag_drops_the_drag(view: CanvasView, hands: Hands, tool: str) -> None:
    hands.drag((300, 250), (350, 250))
    painted = labels(view).copy()
    view.set_tool(tool)
    hands.press(50, 50)
    hands.move(150, 60)
    hands.move(160, 150)
    view.undo()
    hands.release(60, 140)
    assert np.array_equal(labels(view), painted)


@pytest.mark.parametrize("tool", ["lasso", "polygon", "rectangle", "ellipse", "magnet"])
def test_a_mere_click_keeps_the_area_as_it_is(view: CanvasView, hands: Hands, tool: str) -> None:
    hands.drag((100, 100), (300, 200))
    painted = labels(view).copy()
    view.set_tool(tool)
    hands.modifiers = CTRL
    hands.click(200, 150)
    hands.double(201, 151)
    hands.key(Qt.Key.Key_Return)
    for _ in range(50):
        QCoreApplication.processEvents()
    hands.modifiers = Qt.KeyboardModifier.NoModifier
    hands.key(Qt.Key.Key_Escape)
    assert np.array_equal(labels(view), painted)


def test_shift_makes_a_resting_rectangle_a_square(view: CanvasView, hands: Hands) -> None:
    view.set_tool("rectangle")
    hands.press(50, 50)
    hands.move(150, 90)
    hands.modifiers = SHIFT
    hands.key(Qt.Key.Key_Shift, up=False)
    hands.release(150, 90)
    hands.modifiers = Qt.KeyboardModifier.NoModifier
    rows, columns = np.nonzero(labels(view))
    assert int(np.ptp(rows)) == int(np.ptp(columns)) == 99


def test_nothing_to_take_from_is_said(view: CanvasView, hands: Hands, said: list[str]) -> None:
    view.session.open(shot_of(400, 300))
    for tool in ("rectangle", "lasso", "polygon"):
        view.set_tool(tool)
        hands.modifiers = ALT
        if tool == "polygon":
            for corner in CORNERS:
                hands.click(*corner)
            hands.key(Qt.Key.Key_Return)
        else:
            hands.drag((50, 50), (150, 60), (160, 150))
        hands.modifiers = Qt.KeyboardModifier.NoModifier
    assert said == ["Nothing is painted in Area 1 yet."] * 3


def test_fast_clicks_of_the_magnet_follow_the_edge_as_slow_ones_do(view: CanvasView, hands: Hands) -> None:
    show(view, disc())
    view.set_tool("magnet")
    around = [(200 + 90 * np.cos(t), 150 + 90 * np.sin(t)) for t in (0.0, 1.6, 3.2, 4.8)]

    def drawn(wait: bool) -> npt.NDArray[np.uint8]:
        for place in around:
            hands.click(*place)
            if wait:
                settle(view)
        hands.key(Qt.Key.Key_Return)
        assert view.tool is not None
        while view.tool.busy:
            QCoreApplication.processEvents()
        found = labels(view).copy()
        view.undo()
        return found

    slow, fast = drawn(wait=True), drawn(wait=False)
    y, x = np.mgrid[0:300, 0:400]
    thing = np.hypot(x - 200, y - 150) <= 90
    assert np.array_equal(slow, fast)
    assert ((slow == 1) & thing).sum() / ((slow == 1) | thing).sum() > 0.95


def test_a_finished_selection_stays_when_another_tool_is_chosen(view: CanvasView, hands: Hands) -> None:
    show(view, disc())
    view.set_tool("smart")
    hands.drag((90, 40), (310, 260))
    finish(draft_of(view))
    found = labels(view).copy()
    assert found.any()
    view.set_tool("brush")
    assert np.array_equal(labels(view), found)
    assert view.session.undo_title == "Add to Area 1"
    view.undo()
    assert not labels(view).any()


def test_a_stroke_waits_for_a_wand_under_way_and_keeps_its_own_area(
    view: CanvasView, hands: Hands, qtbot: QtBot
) -> None:
    show(view, disc())
    view.set_tool("wand")
    hands.click(200, 150)
    wand = draft_of(view)
    assert wand.running
    view.set_tool("brush")
    view.session.choose_area(2)
    hands.drag((10, 10), (40, 10))
    view.session.choose_area(3)
    view.set_tool("eraser")
    assert not (labels(view) == 2).any()
    finish(wand)
    qtbot.waitUntil(lambda: bool((labels(view) == 2).any()) and not view.session.in_gesture)
    assert labels(view)[150, 200] == 1
    assert labels(view)[10, 20] == 2
    assert (view.tool_name, view.session.active_label) == ("eraser", 3)
    view.undo()
    assert labels(view)[10, 20] == 0
    assert labels(view)[150, 200] == 1
    view.undo()
    assert not labels(view).any()


@pytest.mark.parametrize("way", ["escape", "undo"])
def test_a_stroke_that_waits_can_be_given_up_by_itself(
    view: CanvasView, hands: Hands, qtbot: QtBot, way: str
) -> None:
    show(view, disc())
    view.set_tool("wand")
    hands.click(200, 150)
    wand = draft_of(view)
    view.set_tool("brush")
    view.session.choose_area(2)
    hands.drag((10, 10), (40, 10))
    if way == "escape":
        QTest.keyClick(view, Qt.Key.Key_Escape)
    else:
        view.undo()
    finish(wand)
    qtbot.waitUntil(lambda: not view.session.in_gesture)
    assert labels(view)[150, 200] == 1
    assert not (labels(view) == 2).any()


def test_the_pointer_has_no_say_in_a_stroke_that_comes_later(
    view: CanvasView, hands: Hands, qtbot: QtBot
) -> None:
    show(view, disc())
    view.set_tool("wand")
    hands.click(200, 150)
    wand = draft_of(view)
    view.set_tool("brush")
    view.options.set_size("brush", 10)
    view.session.choose_area(2)
    hands.press(20, 20)
    for x in range(20, 100, 4):
        hands.move(x, 20)
    hands.release(100, 20)
    meddled: list[bool] = []

    def meddle() -> None:
        if view.session.in_gesture and not wand.active:
            hands.move(300, 280)
            meddled.append(True)

    turns = QTimer(interval=0)
    turns.timeout.connect(meddle)
    turns.start()
    finish(wand)
    qtbot.waitUntil(lambda: bool((labels(view) == 2).any()) and not view.session.in_gesture)
    turns.stop()
    assert meddled
    rows, columns = np.nonzero(labels(view) == 2)
    assert rows.max() < 40
    assert 90 < columns.max() < 110


def test_a_stroke_that_is_given_up_half_acted_out_is_taken_back(
    view: CanvasView, hands: Hands, qtbot: QtBot
) -> None:
    show(view, disc())
    view.set_tool("wand")
    hands.click(200, 150)
    wand = draft_of(view)
    view.set_tool("brush")
    view.session.choose_area(2)
    hands.press(20, 20)
    for x in range(20, 100, 4):
        hands.move(x, 20)
    hands.release(100, 20)
    given_up: list[bool] = []

    def give_up() -> None:
        if view.session.in_gesture and not wand.active and not given_up:
            given_up.append(True)
            view.undo()

    turns = QTimer(interval=0)
    turns.timeout.connect(give_up)
    turns.start()
    finish(wand)
    qtbot.waitUntil(lambda: bool(given_up) and not view.session.in_gesture)
    turns.stop()
    hands.move(200, 20)
    assert not (labels(view) == 2).any()
    assert labels(view)[150, 200] == 1


def test_the_window_goes_on_while_a_stroke_waits_for_what_was_applied(tmp_path: Path) -> None:
    path = tmp_path / "shot.kinebrush"
    save_shot(painted_shot(), path, indexed_png)

    async def script(hands: WindowHands) -> None:
        await hands.ready()
        canvas, ops, session = (
            hands.window.paint.canvas,
            hands.window.paint.area_ops,
            hands.application.session,
        )
        await hands.until(lambda: 0 in canvas.levels, "the picture")
        session.choose_area(1)
        painted = np.count_nonzero(hands.shot.label_map == 1)
        await hands.go_to(canvas)
        hands.key(Qt.Key.Key_G, SHIFT)
        assert ops.draft.running
        hands.key(Qt.Key.Key_Return)
        assert ops.draft.running
        session.choose_area(2)
        there = Hands(canvas)
        there.drag((30, 30), (60, 30))
        assert ops.draft.running
        canvas.pan_by(40, 0)
        await hands.until(lambda: session.undo_title.startswith("Paint"), "the stroke")
        assert hands.shot.label_map[30, 45] == 2
        assert np.count_nonzero(hands.shot.label_map == 1) > painted
        hands.act("undo")
        assert session.undo_title.startswith("Grow")
        session.mark_saved()

    live(tmp_path / "data", script, [path])


def test_undo_is_offered_for_the_first_corners_of_a_fresh_picture(tmp_path: Path) -> None:
    path = tmp_path / "shot.kinebrush"
    save_shot(painted_shot(), path, indexed_png)

    async def script(hands: WindowHands) -> None:
        await hands.ready()
        canvas = hands.window.paint.canvas
        undo = hands.window.actions_["undo"]
        assert not undo.isEnabled()
        canvas.set_tool("polygon")
        there = Hands(canvas)
        for corner in CORNERS[:2]:
            there.click(*corner)
        assert undo.isEnabled()
        assert undo.text() == "Undo the last place"
        hands.act("undo")
        hands.act("undo")
        assert not undo.isEnabled()
        assert canvas.tool is not None
        assert not canvas.tool.busy

    live(tmp_path / "data", script, [path])
