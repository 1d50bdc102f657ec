"""Operations on an area: shown live, kept or dropped, as one step of undo, locked areas untouched."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.core import edits
from desktop.core.areas import MotionArea
from desktop.core.geometry import Box, Point, whole
from desktop.core.label_map import bounds_of
from desktop.core.placement import Placement, corners_of, middle_of
from desktop.core.trajectory import Trajectory
from desktop.imaging import morphology, placing, raster
from desktop.ui.area_ops import AreaOps
from desktop.ui.area_table import OPERATIONS
from desktop.ui.canvas.tools.place import STALK, Placed
from desktop.ui.canvas.view import CanvasView
from desktop.ui.controls import NumberBox
from desktop.ui.panel.areas_panel import AreasPanel
from desktop.ui.theme import area_color
from tests.canvas_hands import PLAIN, SHIFT, Hands, labels, open_canvas, pixels, shot, shot_of
from tests.selection_hands import finish

WIDTH, HEIGHT = 600, 400
PATH = Trajectory((Point(300.0, 200.0), Point(400.0, 220.0)))


@pytest.fixture
def view(qtbot: QtBot) -> CanvasView:
    start = shot_of(WIDTH, HEIGHT, 2)
    view = open_canvas(replace(start, areas=(MotionArea(1, trajectory=PATH), *start.areas)))
    qtbot.addWidget(view)
    paint(view, 1, Point(300, 200), 60)
    paint(view, 2, Point(480, 200), 60)
    return view


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


def test_the_amount_shows_live_while_it_is_typed(view: CanvasView, ops: AreaOps) -> None:
    start = mask(view)
    ops.start("grow")
    box = ops.amount.findChild(NumberBox)
    assert isinstance(box, NumberBox)
    box.setFocus()
    box.selectAll()
    for key, amount in (("2", 2), ("5", 25)):
        QTest.keyClicks(box, key)
        finish(ops.draft)
        assert np.array_equal(mask(view), morphology.grown(start, amount))
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert np.array_equal(mask(view), start)
    assert not ops.isVisible()


@pytest.mark.parametrize("name", ["grow", "place"])
def test_what_is_typed_at_once_is_the_number(view: CanvasView, ops: AreaOps, name: str, qtbot: QtBot) -> None:
    ops.start(name)
    for digit in "42":
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClicks(focused, digit)
    QTest.keyClick(ops.numbers.dx if name == "place" else ops.amount, Qt.Key.Key_Tab)
    finish(ops.draft)
    assert (ops.numbers.dx.value() if name == "place" else ops.amount.value()) == 42


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


def type_into(box: NumberBox, text: str) -> None:
    """Type a number and leave its box."""
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, text)
    QTest.keyClick(box, Qt.Key.Key_Tab)


def in_picture(start: npt.NDArray[np.uint8], bounds: Box, placement: Placement) -> npt.NDArray[np.uint8]:
    """The mask placed, in the whole picture."""
    moved, box = placing.placed(start[bounds.slices], bounds, placement, (WIDTH, HEIGHT))
    out = np.zeros_like(start)
    out[box.slices] = moved
    return out


def path_of(view: CanvasView) -> Trajectory:
    area = shot(view).area(1)
    assert area is not None
    assert area.trajectory is not None
    return area.trajectory


def test_move_scale_and_turn_by_number_with_the_path(view: CanvasView, ops: AreaOps) -> None:
    start, bounds = mask(view), bounds_of(labels(view), 1)
    ops.start("place")
    numbers = ops.numbers
    type_into(numbers.dx, "-50")
    type_into(numbers.dy, "30")
    type_into(numbers.width_, "50")
    assert numbers.height_.value() == 50
    numbers.chain.click()
    type_into(numbers.height_, "75")
    type_into(numbers.angle, "30")
    finish(ops.draft)
    asked = Placement(-50, 30, 0.5, 0.75, 30)
    assert numbers.placement == asked
    assert np.array_equal(mask(view), in_picture(start, bounds, asked))
    x, y = middle_of(bounds)
    cos, sin = math.cos(math.radians(30)), math.sin(math.radians(30))
    right, down = (400 - x) * 0.5, (220 - y) * 0.75
    end = (right * cos - down * sin + x - 50, right * sin + down * cos + y + 30)
    assert path_of(view).nodes[1] == pytest.approx(end)
    ops.with_path.click()
    finish(ops.draft)
    assert shot(view).area(1) == MotionArea(1, trajectory=PATH)
    ops.with_path.click()
    finish(ops.draft)
    QTest.keyClick(numbers.angle, Qt.Key.Key_Return)
    assert not ops.isVisible()
    assert view.session.undo_title == "Move Area 1"
    view.session.undo()
    assert np.array_equal(mask(view), start)
    assert shot(view).area(1) == MotionArea(1, trajectory=PATH)


def test_numbers_that_change_often_lose_nothing(view: CanvasView, ops: AreaOps) -> None:
    erased = np.ones((40, 17), np.uint8)
    view.session.apply("Paint", edits.erase(shot(view), erased, Box(300, 150, 317, 190)))
    start, bounds = mask(view), bounds_of(labels(view), 1)
    ops.start("place")
    numbers = ops.numbers
    for text in ("10", "-3", "333", "100"):
        type_into(numbers.width_, text)
        type_into(numbers.angle, text)
        finish(ops.draft)
    type_into(numbers.angle, "0")
    finish(ops.draft)
    assert np.array_equal(mask(view), start)
    numbers.mirror_across.click()
    finish(ops.draft)
    assert np.array_equal(mask(view)[bounds.slices], start[bounds.slices][:, ::-1])
    numbers.mirror_across.click()
    numbers.mirror_down.click()
    finish(ops.draft)
    assert np.array_equal(mask(view)[bounds.slices], start[bounds.slices][::-1])
    numbers.mirror_down.click()
    for _ in range(4):
        numbers.quarter.click()
        finish(ops.draft)
    assert numbers.placement == Placement()
    assert np.array_equal(mask(view), start)


def test_a_mirrored_turn_is_mirrored_as_it_is_seen(view: CanvasView, ops: AreaOps) -> None:
    bounds = bounds_of(labels(view), 1)
    ops.start("place")
    type_into(ops.numbers.angle, "30")
    before = ops.numbers.placement
    ops.numbers.mirror_across.click()
    assert ops.numbers.angle.value() == -30
    middle = middle_of(bounds)
    for corner in corners_of(bounds):
        seen, mirrored = before.of(corner, middle), ops.numbers.placement.of(corner, middle)
        assert mirrored == pytest.approx((2 * middle.x - seen.x, seen.y))


def test_a_copy_joins_another_area(view: CanvasView, ops: AreaOps) -> None:
    start = mask(view)
    ops.start("copy")
    assert ops.target.currentData() == 3
    finish(ops.draft)
    type_into(ops.numbers.dx, "-150")
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


@pytest.mark.parametrize("x", [100, 300, 500])
def test_a_copy_with_its_usual_numbers_lies_beside_the_area(view: CanvasView, ops: AreaOps, x: int) -> None:
    view.session.clear("Clear", 1)
    paint(view, 1, Point(x, 200), 60)
    view.session.choose_area(1)
    start = mask(view)
    ops.start("copy")
    finish(ops.draft)
    assert ops.taken.text() == "Area 1 stays as it is"
    press(ops, Qt.Key.Key_Return)
    assert np.array_equal(mask(view), start)
    copied = bounds_of(labels(view), 3)
    of = bounds_of(start, 1)
    assert np.count_nonzero(mask(view, 3)) == np.count_nonzero(start)
    gap = copied.left - of.right if copied.left > of.left else of.left - copied.right
    assert gap == round(of.width / 4)


def test_a_copy_that_has_no_room_says_what_it_takes(view: CanvasView, ops: AreaOps) -> None:
    view.session.apply(
        "Fill", edits.add(shot(view), np.ones((HEIGHT, WIDTH), np.uint8), whole(WIDTH, HEIGHT), 1)
    )
    ops.start("copy")
    finish(ops.draft)
    assert ops.taken.text() == "75 % of Area 1 is taken over"
    assert np.count_nonzero(mask(view)) == WIDTH * HEIGHT // 4
    ops.numbers.dx.setValue(-WIDTH / 2)
    finish(ops.draft)
    assert ops.taken.text() == "50 % of Area 1 is taken over"
    press(ops, Qt.Key.Key_Escape)
    assert (mask(view) == 1).all()
    ops.start("place")
    finish(ops.draft)
    assert (ops.numbers.dx.value(), ops.numbers.dy.value()) == (0, 0)
    assert not ops.taken.isVisible()


def test_another_target_leaves_no_empty_area_behind(view: CanvasView, ops: AreaOps) -> None:
    ops.start("copy")
    finish(ops.draft)
    ops.target.setCurrentIndex(ops.target.findData(7))
    ops.target.activated.emit(ops.target.currentIndex())
    type_into(ops.numbers.dy, "150")
    finish(ops.draft)
    assert ops.isVisible()
    ops.apply()
    assert shot(view).area(3) is None
    assert np.count_nonzero(mask(view, 7)) > 1000
    still = shot(view).area(7)
    assert still is not None
    assert still.trajectory is None


def choose(ops: AreaOps, label: int) -> None:
    """Another target, by the list of them."""
    ops.target.setCurrentIndex(ops.target.findData(label))
    ops.target.activated.emit(ops.target.currentIndex())


def test_a_locked_target_is_refused_in_the_panel_and_another_one_can_be_chosen(
    view: CanvasView, ops: AreaOps
) -> None:
    said: list[str] = []
    view.session.notice.connect(said.append)
    view.session.edit("", edits.lock_area(shot(view), 2, True))
    before, title = labels(view).copy(), view.session.undo_title
    ops.start("copy")
    finish(ops.draft)
    for by_key in (False, True):
        if by_key:
            ops.choose_target(2)
        else:
            choose(ops, 2)
        assert ops.isVisible()
        assert ops.target.currentData() == 2
        assert ops.taken.text() == "Area 2 is locked; choose another area."
        assert not ops.apply_button.isEnabled()
        assert np.array_equal(labels(view), before)
        type_into(ops.numbers.dy, "20")
        press(ops, Qt.Key.Key_Return)
        assert ops.isVisible()
        assert not ops.draft.running
        assert np.array_equal(labels(view), before)
        choose(ops, 3)
        assert ops.apply_button.isEnabled()
        finish(ops.draft)
        assert "locked" not in ops.taken.text()
        assert np.count_nonzero(mask(view, 3)) > 1000
    assert said == []
    ops.apply()
    assert not ops.isVisible()
    assert np.array_equal(mask(view, 2), before == 2)
    view.session.undo()
    assert view.session.undo_title == title
    assert np.array_equal(labels(view), before)


@pytest.mark.parametrize("leave", ["escape", "undo", "drag", "other"])
def test_a_refused_copy_leaves_nothing_behind(view: CanvasView, ops: AreaOps, leave: str) -> None:
    for label in (2, 3, 4, 5, 6, 7):
        view.session.edit("", edits.lock_area(edits.add_area(shot(view), label), label, True))
    before, title, areas = labels(view).copy(), view.session.undo_title, shot(view).areas
    ops.start("copy")
    assert ops.isVisible()
    assert ops.taken.text().endswith("is locked; choose another area.")
    assert not ops.apply_button.isEnabled()
    if leave == "escape":
        press(ops, Qt.Key.Key_Escape)
    elif leave == "undo":
        view.session.undo()
    elif leave == "drag":
        Hands(view).drag((50, 50), (60, 60))
        assert ops.isVisible()  # a drag moves the copy, there is only none yet
        view.session.settle()  # as saving does
    else:
        ops.start("grow")
        assert ops.apply_button.isEnabled()
        finish(ops.draft)
        press(ops, Qt.Key.Key_Escape)
    assert not ops.isVisible()
    assert view.session.undo_title == title
    assert shot(view).areas == areas
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
    hands, numbers = Hands(view), ops.numbers
    hands.press(300, 200)
    hands.move(260, 150)
    hands.wheel(hands.place(200, 200), 2)
    hands.release(250, 180)
    assert (numbers.dx.value(), numbers.dy.value()) == (-50, -20)
    hands.modifiers = SHIFT
    hands.drag((250, 180), (230, 185))
    hands.modifiers = PLAIN
    assert (numbers.dx.value(), numbers.dy.value()) == (-70, -20)
    view.fit()
    corner, middle = placed(ops).at(1, 1), placed(ops).middle
    hands.drag(corner, halfway(middle, corner))
    assert (numbers.width_.value(), numbers.height_.value()) == pytest.approx((50, 50), abs=1)
    hands.key(Qt.Key.Key_Right)
    assert numbers.dx.value() == -69
    finish(ops.draft)
    assert np.array_equal(mask(view), in_picture(start, bounds, numbers.placement))
    hands.key(Qt.Key.Key_Return)
    assert not ops.isVisible()
    assert view.session.undo_title == "Move Area 1"
    assert view.tool_name == "brush"
    hands.drag((50, 50), (60, 60))
    assert view.session.undo_title == "Paint Area 1"


def badge_at(view: CanvasView, at: Point) -> bool:
    """Whether the badge of area 2 stands at a place of the picture: its plain colour on both sides of its number."""
    x, y = (round(side) for side in view.navigation.to_view(at))
    seen, color = pixels(view), QColor(area_color(2))
    wanted = (color.blue(), color.green(), color.red())
    return all((seen[y, x + side, :3] == wanted).all() for side in (-7, 7))


def test_badge_and_thumbnail_follow_a_preview_and_come_back(
    view: CanvasView, ops: AreaOps, qtbot: QtBot
) -> None:
    view.session.choose_area(2)
    panel = AreasPanel(view.session)
    qtbot.addWidget(panel)
    panel.show()
    row = panel.row(2)
    assert row is not None

    def thumbnail() -> QImage:
        return row.thumbnail.grab().toImage()

    def follows(wanted: QImage) -> None:
        qtbot.waitUntil(lambda: thumbnail() == wanted)

    start, before = Point(480.0, 200.0), thumbnail()
    assert badge_at(view, start)
    ops.start("place")
    finish(ops.draft)
    hands = Hands(view)
    hands.press(*start)
    for to in (Point(180.0, 120.0), Point(100.0, 300.0)):
        hands.move(*to)
        finish(ops.draft)
        assert badge_at(view, to)
        assert not badge_at(view, start)
    qtbot.waitUntil(lambda: thumbnail() != before)
    hands.release(100, 300)
    finish(ops.draft)
    hands.key(Qt.Key.Key_Escape)
    assert badge_at(view, start)
    follows(before)
    ops.start("place")
    ops.set_placement(Placement(dx=-200))
    finish(ops.draft)
    hands.key(Qt.Key.Key_Return)
    assert badge_at(view, Point(280.0, 200.0))


def placed(ops: AreaOps) -> Placed:
    found = ops.placed
    assert found is not None
    return found


def halfway(a: Point, b: Point) -> tuple[float, float]:
    return (a.x + b.x) / 2, (a.y + b.y) / 2


@pytest.mark.parametrize("angle", ["0", "30", "-120"])
def test_a_side_scales_one_way_and_a_corner_both(view: CanvasView, ops: AreaOps, angle: str) -> None:
    ops.start("place")
    finish(ops.draft)
    hands, numbers = Hands(view), ops.numbers
    type_into(numbers.angle, angle)
    view.setFocus()
    hands.drag(placed(ops).at(1, 0), halfway(placed(ops).middle, placed(ops).at(1, 0)))
    assert (numbers.width_.value(), numbers.height_.value()) == pytest.approx((50, 100), abs=1)
    hands.drag(placed(ops).at(0, -1), halfway(placed(ops).middle, placed(ops).at(0, -1)))
    assert (numbers.width_.value(), numbers.height_.value()) == pytest.approx((50, 50), abs=1)
    hands.drag(placed(ops).at(0, 1), placed(ops).at(0, -1))
    assert numbers.height_.value() == pytest.approx(-50, abs=1)  # pulled over to the other side: mirrored
    hands.drag(placed(ops).at(-1, -1), placed(ops).at(-2, -2))
    even = numbers.width_.value(), numbers.height_.value()
    assert even == pytest.approx((100, -100), abs=2)
    hands.modifiers = SHIFT
    hands.drag(placed(ops).at(1, 1), placed(ops).at(0.5, 0.25))
    assert (numbers.width_.value(), numbers.height_.value()) == pytest.approx((50, -25), abs=1)
    hands.modifiers = PLAIN
    numbers.chain.click()
    hands.drag(placed(ops).at(1, 1), placed(ops).at(2, 1))
    assert (numbers.width_.value(), numbers.height_.value()) == pytest.approx((100, -25), abs=2)


def test_the_round_handle_turns_and_shift_keeps_to_steps(view: CanvasView, ops: AreaOps) -> None:
    start, bounds = mask(view), bounds_of(labels(view), 1)
    ops.start("place")
    finish(ops.draft)
    hands, numbers = Hands(view), ops.numbers
    middle = placed(ops).middle
    handle = Point(middle.x, bounds.top - STALK * view.ratio / view.zoom)
    far = middle.y - handle.y
    hands.press(*handle)
    hands.move(middle.x + far, middle.y)
    assert numbers.angle.value() == pytest.approx(90, abs=0.5)
    for degrees, shown in ((100, 105), (-50, -45), (172, 165), (176, 180)):
        hands.modifiers = SHIFT
        turn = math.radians(degrees)
        hands.move(middle.x + far * math.sin(turn), middle.y - far * math.cos(turn))
        assert numbers.placement.angle == shown
    hands.modifiers = PLAIN
    hands.move(middle.x + far * math.sin(0.5), middle.y - far * math.cos(0.5))
    hands.release(middle.x + far * math.sin(0.5), middle.y - far * math.cos(0.5))
    assert numbers.placement.angle == pytest.approx(math.degrees(0.5), abs=0.5)
    finish(ops.draft)
    assert np.array_equal(mask(view), in_picture(start, bounds, numbers.placement))
    hands.key(Qt.Key.Key_Return)
    view.session.undo()
    assert np.array_equal(mask(view), start)


def test_the_handle_that_turns_stays_in_sight(view: CanvasView, ops: AreaOps) -> None:
    ops.start("place")
    finish(ops.draft)
    bounds, hands = bounds_of(labels(view), 1), Hands(view)
    view.set_zoom(2.0)
    view.pan_by(0, -(view.navigation.to_view(Point(0, bounds.top))[1] + 10))
    below = Point(placed(ops).middle.x, bounds.bottom + STALK * view.ratio / view.zoom)
    hands.press(*below)
    hands.move(below.x + 10, below.y)
    hands.release(below.x + 10, below.y)
    assert ops.numbers.placement.angle < -1


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
