"""Operations on an area: shown live, kept or dropped, as one step of undo, locked areas untouched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.core import edits
from desktop.core.areas import MotionArea
from desktop.core.geometry import Box, Point, whole
from desktop.core.label_map import bounds_of
from desktop.core.trajectory import Trajectory
from desktop.imaging import morphology, raster
from desktop.ui.area_ops import AreaOps
from desktop.ui.area_table import OPERATIONS
from desktop.ui.canvas.view import CanvasView
from tests.canvas_hands import PLAIN, SHIFT, Hands, labels, open_canvas, shot, shot_of
from tests.selection_hands import finish

WIDTH, HEIGHT = 600, 400
PATH = Trajectory((Point(300.0, 200.0), Point(400.0, 220.0)))


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[CanvasView]:
    start = shot_of(WIDTH, HEIGHT, 2)
    view = open_canvas(replace(start, areas=(MotionArea(1, trajectory=PATH), *start.areas)))
    qtbot.addWidget(view)
    paint(view, 1, Point(300, 200), 60)
    paint(view, 2, Point(480, 200), 60)
    yield view
    view.stop()


@pytest.fixture
def ops(view: CanvasView) -> Iterator[AreaOps]:
    ops = AreaOps(view.session, view)
    yield ops
    ops.stop()


def paint(view: CanvasView, label: int, at: Point, radius: float) -> None:
    stencil, box = raster.segment(at, at, radius, radius, whole(WIDTH, HEIGHT))
    view.session.apply("Paint", edits.add(shot(view), stencil, box, label))


def mask(view: CanvasView, label: int = 1) -> npt.NDArray[np.uint8]:
    found: npt.NDArray[np.uint8] = (labels(view) == label).astype(np.uint8)
    return found


def press(widget: QWidget, key: Qt.Key) -> None:
    QCoreApplication.sendEvent(widget, QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))


@pytest.mark.parametrize("name", ["grow", "shrink", "smooth"])
def test_the_amount_shows_live_and_enter_keeps_it(view: CanvasView, ops: AreaOps, name: str) -> None:
    before = labels(view).copy()
    title = view.session.undo_title
    make = {"grow": morphology.grown, "shrink": morphology.shrunk, "smooth": morphology.smoothed}[name]
    view.session.apply("Paint", edits.erase(shot(view), np.ones((9, 9), np.uint8), Box(250, 190, 259, 199)))
    start = mask(view)
    ops.start(name)
    assert ops.isVisible()
    for amount in (3, 20, 11):
        ops.amount.set_value(amount)
        finish(ops.draft)
        assert np.array_equal(mask(view), make(start, amount))
    press(ops, Qt.Key.Key_Return)
    assert not ops.isVisible()
    assert view.session.undo_title == f"{name.title()} Area 1"
    view.session.undo()
    assert np.array_equal(mask(view), start)
    view.session.undo()
    assert np.array_equal(labels(view), before)
    assert view.session.undo_title == title


def test_escape_puts_everything_back(view: CanvasView, ops: AreaOps) -> None:
    before = labels(view).copy()
    ops.start("grow")
    ops.amount.set_value(90)
    finish(ops.draft)
    assert np.count_nonzero(mask(view, 2)) < np.count_nonzero(before == 2)
    press(ops, Qt.Key.Key_Escape)
    assert np.array_equal(labels(view), before)
    assert not ops.isVisible()
    assert not view.session.in_gesture


def test_growing_stops_at_a_locked_area(view: CanvasView, ops: AreaOps) -> None:
    view.session.edit("", edits.lock_area(shot(view), 2, True))
    other = mask(view, 2)
    ops.start("grow")
    ops.amount.set_value(120)
    finish(ops.draft)
    ops.apply()
    assert np.array_equal(mask(view, 2), other)
    assert np.count_nonzero(mask(view)) > 20_000
    ops.start("invert")
    finish(ops.draft)
    assert np.array_equal(mask(view, 2), other)


@pytest.mark.parametrize("name", [row.name for row in OPERATIONS if row.name != "copy"])
def test_a_locked_area_and_an_empty_one_are_explained(view: CanvasView, ops: AreaOps, name: str) -> None:
    said: list[str] = []
    view.session.notice.connect(said.append)
    view.session.edit("", edits.lock_area(shot(view), 1, True))
    before = labels(view).copy()
    ops.start(name)
    view.session.choose_area(5)
    ops.start(name)
    assert said == [
        "Area 1 is locked; unlock it to change it.",
        "Nothing of this area is painted yet; paint something first.",
    ]
    assert not ops.isVisible()
    assert not view.session.in_gesture
    assert np.array_equal(labels(view), before)


def test_holes_are_filled_and_what_lies_in_them_stays(view: CanvasView, ops: AreaOps) -> None:
    paint(view, 2, Point(300, 200), 10)
    hole = np.ones((4, 4), np.uint8)
    view.session.apply("", edits.erase(shot(view), hole, Box(320, 200, 324, 204)))
    view.session.apply("", edits.erase(shot(view), np.ones((9, 9), np.uint8), Box(270, 200, 279, 209)))
    ops.start("holes")
    ops.amount.set_value(16)
    finish(ops.draft)
    ops.apply()
    assert (labels(view)[200:204, 320:324] == 1).all()
    assert not labels(view)[200:209, 270:279].any()
    assert labels(view)[200, 300] == 2


def test_specks_go(view: CanvasView, ops: AreaOps) -> None:
    paint(view, 1, Point(60, 60), 5)
    ops.start("specks")
    finish(ops.draft)
    ops.apply()
    assert labels(view)[60, 60] == 0
    assert labels(view)[200, 300] == 1


def test_invert_asks_nothing(view: CanvasView, ops: AreaOps) -> None:
    start = mask(view)
    ops.start("invert")
    assert not ops.isVisible()
    finish(ops.draft)
    assert np.array_equal(mask(view), 1 - start)
    assert view.session.undo_title == "Invert Area 1"


def test_move_and_scale_with_the_path(view: CanvasView, ops: AreaOps) -> None:
    start, bounds = mask(view), bounds_of(labels(view), 1)
    ops.start("place")
    ops.dx.set_value(-50)
    ops.dy.set_value(30)
    ops.scale.set_value(50)
    finish(ops.draft)
    moved, box = morphology.placed(start[bounds.slices], bounds, -50, 30, 0.5, (WIDTH, HEIGHT))
    expected = np.zeros_like(start)
    expected[box.slices] = moved
    assert np.array_equal(mask(view), expected)
    area = shot(view).area(1)
    assert area is not None
    assert area.trajectory is not None
    x = (bounds.left + bounds.right) / 2
    assert area.trajectory.nodes[0].x == pytest.approx((300 - x) * 0.5 + x - 50)
    ops.with_path.setChecked(False)
    finish(ops.draft)
    assert shot(view).area(1) == MotionArea(1, trajectory=PATH)
    ops.with_path.setChecked(True)
    finish(ops.draft)
    ops.apply()
    assert view.session.undo_title == "Move Area 1"
    view.session.undo()
    assert np.array_equal(mask(view), start)
    assert shot(view).area(1) == MotionArea(1, trajectory=PATH)


def test_a_copy_joins_another_area(view: CanvasView, ops: AreaOps) -> None:
    start = mask(view)
    ops.start("copy")
    assert ops.target.currentData() == 3
    finish(ops.draft)
    ops.dx.set_value(-150)
    finish(ops.draft)
    ops.apply()
    assert np.array_equal(mask(view, 3)[:, :-150], start[:, 150:])
    copied = shot(view).area(3)
    assert copied is not None
    assert copied.trajectory == PATH.moved(-150, 0)
    assert np.array_equal(mask(view), start & (1 - mask(view, 3)))
    view.session.undo()
    assert shot(view).area(3) is None
    assert np.array_equal(mask(view), start)


def test_another_target_leaves_no_empty_area_behind(view: CanvasView, ops: AreaOps) -> None:
    ops.start("copy")
    finish(ops.draft)
    ops.target.setCurrentIndex(ops.target.findData(7))
    ops.target.activated.emit(ops.target.currentIndex())
    ops.dy.set_value(150)
    finish(ops.draft)
    assert ops.isVisible()
    ops.apply()
    assert shot(view).area(3) is None
    assert np.count_nonzero(mask(view, 7)) > 1000
    still = shot(view).area(7)
    assert still is not None
    assert still.trajectory is None


def test_a_locked_target_closes_the_panel(view: CanvasView, ops: AreaOps) -> None:
    view.session.edit("", edits.lock_area(shot(view), 2, True))
    before = labels(view).copy()
    ops.start("copy")
    finish(ops.draft)
    ops.target.setCurrentIndex(ops.target.findData(2))
    ops.target.activated.emit(ops.target.currentIndex())
    assert not ops.isVisible()
    assert np.array_equal(labels(view), before)


def test_undo_drops_it_and_a_stroke_keeps_what_is_shown(view: CanvasView, ops: AreaOps) -> None:
    before = labels(view).copy()
    ops.start("grow")
    finish(ops.draft)
    view.session.undo()
    assert np.array_equal(labels(view), before)
    assert not ops.isVisible()
    ops.start("grow")
    finish(ops.draft)
    grown = mask(view).copy()
    hands = Hands(view)
    hands.drag((50, 50), (60, 60))
    assert not ops.isVisible()
    assert view.session.undo_title == "Paint Area 1"
    view.session.undo()
    assert np.array_equal(mask(view), grown)
    assert view.session.undo_title == "Grow Area 1"


def test_a_stroke_while_it_is_worked_out_drops_it(view: CanvasView, ops: AreaOps) -> None:
    ops.start("grow")
    assert ops.draft.running
    Hands(view).drag((50, 50), (60, 60))
    view.session.undo()
    assert view.session.undo_title == "Paint"


def test_another_shot_closes_the_panel(view: CanvasView, ops: AreaOps) -> None:
    ops.start("grow")
    view.session.open(shot_of(300, 200, 1))
    assert not ops.isVisible()
    assert not ops.draft.active
    ops.start("grow")
    assert not ops.isVisible()


def test_handles_move_and_scale_on_the_picture(view: CanvasView, ops: AreaOps) -> None:
    start, bounds = mask(view), bounds_of(labels(view), 1)
    ops.start("place")
    finish(ops.draft)
    hands = Hands(view)
    hands.press(300, 200)
    hands.move(260, 150)
    hands.wheel(hands.place(200, 200), 2)
    hands.release(250, 180)
    assert (ops.dx.value(), ops.dy.value()) == (-50, -20)
    hands.modifiers = SHIFT
    hands.drag((250, 180), (230, 185))
    hands.modifiers = PLAIN
    assert (ops.dx.value(), ops.dy.value()) == (-70, -20)
    view.fit()
    assert ops.placement is not None
    corner, middle = ops.placement.corners[2], ops.placement.middle
    hands.drag(corner, (middle.x + (corner.x - middle.x) / 2, middle.y + (corner.y - middle.y) / 2))
    assert ops.scale.value() == pytest.approx(50, abs=1)
    hands.key(Qt.Key.Key_Right)
    assert ops.dx.value() == -69
    finish(ops.draft)
    scale = ops.scale.value() / 100
    moved, box = morphology.placed(start[bounds.slices], bounds, -69, -20, scale, (WIDTH, HEIGHT))
    assert np.array_equal(mask(view)[box.slices], moved)
    hands.key(Qt.Key.Key_Return)
    assert not ops.isVisible()
    assert view.session.undo_title == "Move Area 1"
    assert view.tool_name == "brush"
    hands.drag((50, 50), (60, 60))
    assert view.session.undo_title == "Paint Area 1"


def test_escape_on_the_picture_and_another_tool_put_it_back(view: CanvasView, ops: AreaOps) -> None:
    before = labels(view).copy()
    hands = Hands(view)
    ends: tuple[Callable[[], None], ...] = (
        lambda: hands.key(Qt.Key.Key_Escape),
        lambda: view.set_tool("lasso"),
    )
    for end in ends:
        ops.start("place")
        finish(ops.draft)
        hands.drag((300, 200), (200, 150))
        finish(ops.draft)
        assert not np.array_equal(labels(view), before)
        end()
        assert np.array_equal(labels(view), before)
        assert not ops.isVisible()
    assert view.tool_name == "lasso"
