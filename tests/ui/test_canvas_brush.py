"""Brush and eraser, driven by real events: what they paint, what undoes them, what they cost."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.core import edits, label_map
from desktop.core.geometry import Box, Point, whole
from desktop.core.label_map import LabelMap
from desktop.imaging import raster
from desktop.ui.canvas.view import CanvasView
from tests.canvas_hands import ALT, PLAIN, RIGHT, SHIFT, Hands, labels, open_canvas, pixels, shot, shot_of

WIDTH, HEIGHT = 640, 420


@pytest.fixture
def view(qtbot: QtBot) -> CanvasView:
    view = open_canvas(shot_of(WIDTH, HEIGHT, 1, 2, 7))
    qtbot.addWidget(view)
    view.options.set_steady(0)
    view.options.set_size("brush", 40)
    return view


def drawn(*places: tuple[float, float], size: float = 40, label: int = 1) -> LabelMap:
    """What a stroke through these places must paint."""
    out = label_map.empty(WIDTH, HEIGHT)
    points = [Point(*place) for place in places]
    for a, b in itertools.pairwise([points[0], *points]):
        stencil, box = raster.segment(a, b, size / 2, size / 2, whole(WIDTH, HEIGHT))
        label_map.merge(out, stencil, box, label)
    return out


def test_a_stroke_paints_its_samples_and_is_one_step(view: CanvasView, hands: Hands) -> None:
    hands.drag((100, 100), (150, 130), (300, 90))
    assert np.array_equal(labels(view), drawn((100, 100), (150, 130), (300, 90)))
    assert view.session.undo_title == "Paint Area 1"
    view.session.undo()
    assert not labels(view).any()
    view.session.redo()
    assert np.array_equal(labels(view), drawn((100, 100), (150, 130), (300, 90)))


def test_a_click_paints_a_dot(view: CanvasView, hands: Hands) -> None:
    hands.click(200, 200)
    assert np.array_equal(labels(view), drawn((200, 200)))


def test_the_right_button_and_the_eraser_erase_with_their_own_size(view: CanvasView, hands: Hands) -> None:
    hands.drag((100, 100), (300, 100))
    hands.drag((150, 100), (200, 100), button=RIGHT)
    assert labels(view)[100, 175] == 0
    assert labels(view)[100, 250] == 1
    view.set_tool("eraser")
    view.options.set_size("eraser", 10)
    hands.drag((250, 90), (250, 110))
    assert labels(view)[100, 250] == 0
    assert labels(view)[100, 260] == 1
    assert view.options.size("brush") == 40


def test_taking_away_leaves_other_areas(view: CanvasView, hands: Hands) -> None:
    hands.drag((100, 100), (300, 100))
    view.session.choose_area(2)
    hands.drag((100, 140), (300, 140))
    before = labels(view) == 1
    view.options.set_mode("take")
    hands.drag((200, 60), (200, 200))
    assert np.array_equal(labels(view) == 1, before)
    assert labels(view)[140, 200] == 0


def test_shift_click_draws_a_straight_line_from_the_end_of_the_last_stroke(
    view: CanvasView, hands: Hands
) -> None:
    hands.click(100, 100)
    hands.modifiers = SHIFT
    hands.click(400, 300)
    assert np.array_equal(labels(view), drawn((100, 100), (400, 300)))


def test_the_first_straight_line_on_another_picture_begins_at_the_click(
    view: CanvasView, hands: Hands
) -> None:
    hands.drag((50, 50), (60, 50))
    view.session.open(shot_of(WIDTH, HEIGHT, 1))
    hands.modifiers = SHIFT
    hands.click(400, 300)
    assert np.array_equal(labels(view), drawn((400, 300)))


def straight_from(view: CanvasView, hands: Hands) -> tuple[int, int] | None:
    """Where a Shift-click at (400, 300) begins its line; None at the click. The line is taken back."""
    before = labels(view).copy()
    hands.modifiers = SHIFT
    hands.click(400, 300)
    hands.modifiers = PLAIN
    painted = labels(view).copy()
    view.session.undo()
    assert np.array_equal(labels(view), before)
    for start in ((100, 100), (200, 50), (60, 350), None):
        line = drawn((400, 300)) if start is None else drawn(start, (400, 300))
        if (
            np.count_nonzero(painted != np.maximum(before, line)) < 20
        ):  # places on screen are a little rounded
            return start
    raise AssertionError("a line from nowhere")


def test_after_undo_a_straight_line_begins_at_the_stroke_that_is_now_the_last(
    view: CanvasView, hands: Hands
) -> None:
    hands.drag((50, 50), (100, 100))
    hands.drag((250, 50), (200, 50))
    view.session.apply("Fill", edits.add(shot(view), np.ones((9, 9), np.uint8), Box(620, 400, 629, 409), 1))
    assert straight_from(view, hands) == (200, 50), "what else is done moves it nowhere"
    view.session.undo()
    assert straight_from(view, hands) == (200, 50)
    view.session.undo()
    assert straight_from(view, hands) == (100, 100)
    view.session.undo()
    assert straight_from(view, hands) is None
    hands.drag((60, 300), (60, 350))
    assert straight_from(view, hands) == (60, 350)


def test_redo_brings_back_where_a_straight_line_begins(view: CanvasView, hands: Hands) -> None:
    hands.drag((50, 50), (100, 100))
    hands.drag((250, 50), (200, 50))
    view.session.undo()
    view.session.undo()
    view.session.redo()
    view.session.redo()
    assert straight_from(view, hands) == (200, 50)


def test_a_stroke_that_takes_the_place_of_an_undone_one_is_the_last(view: CanvasView, hands: Hands) -> None:
    hands.drag((50, 50), (100, 100))
    hands.drag((250, 50), (200, 50))
    view.session.undo()
    hands.drag((60, 300), (60, 350))
    assert straight_from(view, hands) == (60, 350)
    view.session.undo()
    assert straight_from(view, hands) == (100, 100)


def test_a_click_on_what_is_painted_already_begins_a_straight_line(view: CanvasView, hands: Hands) -> None:
    hands.drag((50, 50), (100, 100), (200, 50))
    hands.click(100, 100)
    assert view.session.undo_title == "Paint Area 1"
    assert straight_from(view, hands) == (100, 100)
    view.session.undo()
    assert not labels(view).any()
    assert straight_from(view, hands) is None


def test_alt_drag_sets_the_size_and_paints_nothing(view: CanvasView, hands: Hands) -> None:
    view.set_zoom(1.0)
    hands.modifiers = ALT
    hands.drag((100, 100), (110, 100), (130, 100))
    assert view.options.size("brush") == 100
    assert not labels(view).any()
    hands.press(100, 100)
    hands.move(150, 100)
    hands.key(Qt.Key.Key_Escape)
    assert view.options.size("brush") == 100


def test_size_steps_stay_within_the_limits(view: CanvasView) -> None:
    view.options.set_size("brush", 2)
    view.run("smaller")
    view.run("smaller")
    assert view.options.size("brush") == 1
    for _ in range(60):
        view.run("much-larger")
    assert view.options.size("brush") == 2000
    view.run("smaller")
    assert view.options.size("brush") < 2000


def by_escape(view: CanvasView, hands: Hands) -> None:
    hands.key(Qt.Key.Key_Escape)


def by_tool(view: CanvasView, hands: Hands) -> None:
    view.set_tool("lasso")


def by_focus(view: CanvasView, hands: Hands) -> None:
    QApplication.sendEvent(view, QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.ActiveWindowFocusReason))


def by_tab(view: CanvasView, hands: Hands) -> None:
    hands.key(Qt.Key.Key_Tab)


def by_area(view: CanvasView, hands: Hands) -> None:
    view.run("area-2")


def by_saving(view: CanvasView, hands: Hands) -> None:
    view.session.settle()


def by_undo(view: CanvasView, hands: Hands) -> None:
    view.session.undo()


@pytest.mark.parametrize("steady", [0, 100])
@pytest.mark.parametrize("end", [by_tool, by_focus, by_tab, by_area, by_saving])
def test_a_stroke_that_something_else_ends_is_kept(
    view: CanvasView, hands: Hands, end: Callable[[CanvasView, Hands], None], steady: int
) -> None:
    view.options.set_steady(steady)
    other = QWidget(view)
    other.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    other.show()
    view.setFocus()
    hands.press(100, 100)
    hands.move(320, 100)
    end(view, hands)
    assert view.session.undo_title == "Paint Area 1"
    assert not view.session.in_gesture
    stroke = labels(view).copy()
    assert np.array_equal(stroke == 1, drawn((100, 100), (320, 100)) == 1) or steady
    assert stroke[100, 330] == 1
    hands.move(200, 200)
    hands.release(200, 200)
    assert np.array_equal(labels(view), stroke)
    view.session.undo()
    assert not labels(view).any()
    view.session.redo()
    assert np.array_equal(labels(view), stroke)


@pytest.mark.parametrize("break_off", [by_escape, by_undo])
def test_a_stroke_broken_off_leaves_nothing(
    view: CanvasView, hands: Hands, break_off: Callable[[CanvasView, Hands], None]
) -> None:
    hands.drag((300, 300), (350, 300))
    before = labels(view).copy()
    hands.press(100, 100)
    hands.move(320, 310)
    assert not np.array_equal(labels(view), before)
    break_off(view, hands)
    assert np.array_equal(labels(view), before)
    hands.move(200, 200)
    hands.release(200, 200)
    assert np.array_equal(labels(view), before)
    assert not view.session.in_gesture
    view.session.undo()
    assert not labels(view).any()


def test_space_pans_in_mid_stroke_and_the_stroke_goes_on(view: CanvasView, hands: Hands) -> None:
    view.set_zoom(2.0)
    hands.press(200, 200)
    hands.move(220, 200)
    left = view.navigation.left
    hands.key(Qt.Key.Key_Space, up=False)
    view._panner.start(hands.place(220, 200) * view.ratio)
    start = hands.place(220, 200)
    hands.move_view(start + QPointF(40, 10))
    assert view.navigation.left == left + round(40 * view.ratio)
    hands.key(Qt.Key.Key_Space, down=False)
    hands.move(240, 200)
    hands.release(240, 200)
    assert np.array_equal(labels(view), drawn((200, 200), (220, 200), (240, 200)))


def test_a_new_area_comes_into_being_with_its_first_stroke(view: CanvasView, hands: Hands) -> None:
    view.run("area-4")
    hands.click(50, 50)
    assert shot(view).area(4) is not None
    view.session.undo()
    assert shot(view).area(4) is None


def test_locked_areas_are_safe_and_hidden_ones_come_back(view: CanvasView, hands: Hands) -> None:
    hands.drag((100, 100), (200, 100))
    view.session.edit("lock", edits.lock_area(shot(view), 1, True))
    before = labels(view).copy()
    with_notice: list[str] = []
    view.session.notice.connect(with_notice.append)
    hands.drag((100, 150), (200, 150))
    hands.drag((100, 100), (200, 100), button=RIGHT)
    assert np.array_equal(labels(view), before)
    assert with_notice == ["Area 1 is locked; unlock it to change it."]
    view.session.edit("hide", edits.hide_area(shot(view), 2, True))
    view.session.choose_area(2)
    hands.click(300, 300)
    area = shot(view).area(2)
    assert area is not None
    assert not area.hidden


def test_what_is_hidden_stays_and_is_told_of_once(view: CanvasView, hands: Hands, said: list[str]) -> None:
    view.session.choose_area(2)
    hands.drag((100, 100), (300, 100))
    before = labels(view) == 2
    view.session.choose_area(1)
    view.session.edit("hide", edits.hide_area(shot(view), 2, True))
    hands.drag((400, 300), (500, 300))
    assert said == []
    hands.drag((200, 50), (200, 150))
    hands.drag((150, 50), (150, 150), button=RIGHT)
    view.set_tool("eraser")
    hands.drag((220, 100), (240, 100))
    view.set_tool("rectangle")
    hands.drag((90, 50), (310, 150))
    assert np.array_equal(labels(view) == 2, before)
    assert labels(view)[60, 250] == 1
    assert said == ["Area 2 is hidden and stays as it is."]
    view.session.edit("show", edits.hide_area(shot(view), 2, False))
    view.session.edit("hide", edits.hide_area(shot(view), 2, True))
    hands.drag((90, 50), (310, 150))
    assert said == ["Area 2 is hidden and stays as it is."] * 2
    view.session.edit("show", edits.hide_area(shot(view), 2, False))
    hands.drag((90, 50), (310, 150))
    assert not (labels(view) == 2)[60:140, 100:300].any()
    assert len(said) == 2


@pytest.mark.parametrize(
    ("tool", "shows"), [("brush", True), ("lasso", True), ("fill", True), ("hand", False)]
)
def test_the_first_press_of_a_painting_tool_shows_hidden_areas(
    view: CanvasView, hands: Hands, tool: str, shows: bool
) -> None:
    view.set_tool(tool)
    view.run("hide-overlay")
    hands.press(200, 200)
    assert view.look.hidden != shows
    hands.release(210, 210)


def test_a_locked_area_shows_before_it_is_painted(view: CanvasView, hands: Hands) -> None:
    heard: list[list[tuple[str, str]]] = []
    view.hint_changed.connect(heard.append)
    hands.move(200, 200)
    assert view.cursor().shape() == Qt.CursorShape.BlankCursor
    view.session.edit("lock", edits.lock_area(shot(view), 1, True))
    assert view.cursor().shape() == Qt.CursorShape.ForbiddenCursor
    assert heard[-1][0] == ("Area 1 is locked", "unlock it to paint")
    hands.move(210, 200)
    assert view.cursor().shape() == Qt.CursorShape.ForbiddenCursor
    view.set_tool("eraser")  # which takes from the areas that are not locked
    assert view.cursor().shape() == Qt.CursorShape.BlankCursor
    view.set_tool("wand")
    assert view.cursor().shape() == Qt.CursorShape.ForbiddenCursor
    view.session.choose_area(2)
    assert view.cursor().shape() == Qt.CursorShape.CrossCursor
    view.session.choose_area(1)
    view.session.edit("unlock", edits.lock_area(shot(view), 1, False))
    assert view.cursor().shape() == Qt.CursorShape.CrossCursor
    assert "locked" not in heard[-1][0][0]


def test_the_stabiliser_smooths_and_still_ends_where_the_hand_does(view: CanvasView, hands: Hands) -> None:
    view.options.set_size("brush", 8)
    view.options.set_steady(90)
    shaky = [(100 + 4 * k, 200 + (12 if k % 2 else -12)) for k in range(60)]
    hands.drag(*shaky)
    rows = np.flatnonzero((labels(view)[:, 150:300] == 1).any(axis=1))
    assert rows.max() - rows.min() < 20
    end = shaky[-1]
    assert labels(view)[int(end[1]), int(end[0])] == 1


def circle(count: int, radius: float = 120.0, share: float = 1.0) -> list[tuple[float, float]]:
    """So many places along a part of a circle in the middle of the picture."""
    turns = np.linspace(0.0, share * 2 * np.pi, count)
    return [(320 + radius * float(np.cos(t)), 210 + radius * float(np.sin(t))) for t in turns]


@pytest.mark.parametrize("size", [6, 20, 80])
def test_a_steady_circle_keeps_its_size_and_closes_beside_its_line(
    view: CanvasView, hands: Hands, size: int
) -> None:
    view.options.set_size("brush", size)
    view.options.set_steady(100)
    hands.drag(*circle(80, share=0.875))
    rows, columns = np.nonzero(labels(view) == 1)
    away = np.hypot(columns + 0.5 - 320, rows + 0.5 - 210)
    assert np.median(away) > 0.85 * 120
    assert away.min() > 0.85 * 120 - size / 2 - 1  # a chord would lie further inside
    assert away.max() < 120 + size / 2 + 1
    end = circle(80, share=0.875)[-1]
    assert labels(view)[int(end[1]), int(end[0])] == 1


@pytest.mark.parametrize("steady", [20, 60, 100])
def test_the_stroke_does_not_depend_on_how_often_the_hand_is_looked_at(
    view: CanvasView, hands: Hands, steady: int
) -> None:
    view.options.set_size("brush", 30)
    view.options.set_steady(steady)
    strokes = []
    for often in (1, 2, 5):
        hands.drag(*circle(60 * often + 1))
        strokes.append(labels(view) == 1)
        strokes[-1] = strokes[-1].copy()
        view.session.undo()
    for other in strokes[1:]:
        assert (strokes[0] & other).sum() > 0.98 * (strokes[0] | other).sum()


def test_a_string_leads_from_the_brush_to_the_pointer(view: CanvasView, hands: Hands) -> None:
    view.set_zoom(1.0)
    view.options.set_size("brush", 40)
    view.options.set_steady(100)
    hands.press(200, 200)
    hands.move(300, 200)
    with_string = pixels(view)
    assert labels(view)[200, 300] == 0
    hands.release(300, 200)
    assert labels(view)[200, 300] == 1
    view.session.undo()
    hands.move(300, 300)
    y = int(hands.place(0, 200).y() * view.ratio)
    columns = slice(*(int(hands.place(x, 200).x() * view.ratio) for x in (275, 290)))
    differs = (with_string != pixels(view)).any(axis=2)
    assert differs[y - 1 : y + 1, columns].all()
    assert not differs[y - 8 : y - 4, columns].any()


def changed_by(view: CanvasView, act: Callable[[], object]) -> int:
    """Pixels of the canvas that look different after it."""
    before = pixels(view)
    act()
    return int((pixels(view) != before).any(axis=2).sum())


def test_the_pointer_is_seen_in_a_brush_larger_than_the_view(view: CanvasView, hands: Hands) -> None:
    view.options.set_size("brush", 2000)
    assert view.tool is not None
    view.tool.hover(None)
    assert 0 < changed_by(view, lambda: hands.move(320, 210)) < 2500
    assert changed_by(view, lambda: hands.move(325, 210)) > 0


def test_the_size_stands_beside_the_ring_while_it_is_changed(
    view: CanvasView, hands: Hands, qtbot: QtBot
) -> None:
    hands.move(320, 210)
    assert changed_by(view, lambda: view.options.set_size("brush", 40)) == 0
    plain = pixels(view)
    view.run("larger")
    labelled = pixels(view)
    view.run("smaller")
    assert (labelled != plain).any(axis=2).sum() > 600  # a label of 22 pixels in height
    qtbot.waitUntil(lambda: np.array_equal(pixels(view), plain), timeout=5000)
    hands.modifiers = ALT
    hands.press(320, 210)
    assert changed_by(view, lambda: hands.move(320, 210)) == 0
    assert (pixels(view) != plain).any(axis=2).sum() > 600
    hands.release(320, 210)
    assert np.array_equal(pixels(view), plain)


def test_the_screen_after_strokes_is_the_screen_drawn_afresh(view: CanvasView, hands: Hands) -> None:
    for zoom in (0.5, 0.71875, 1.0, 3.0):
        view.set_zoom(zoom)
        QApplication.processEvents()
        for label in (1, 2, 7):
            view.session.choose_area(label)
            hands.drag((60 * label, 80), (60 * label + 50, 200), (220, 300))
            QApplication.processEvents()
        view.session.undo()
        hands.view.pan_by(17, -9)
        hands.move(10, 10)
        shown = pixels(view)
        surface = view._surface
        assert surface is not None
        surface.prepare(whole(0, 0), view.zoom / 2, 1, 1, view.ratio)  # forget everything drawn
        assert np.array_equal(pixels(view), shown)


def test_the_ring_shows_the_size_and_leaves_no_trace(view: CanvasView, hands: Hands) -> None:
    hands.move(200, 200)
    QApplication.processEvents()
    with_ring = pixels(view)
    if view.tool is not None:
        view.tool.hover(None)
    without = pixels(view)
    rows, columns = np.nonzero((with_ring != without).any(axis=2))
    diameter = 40 * view.zoom
    assert columns.max() - columns.min() == pytest.approx(diameter, abs=6 * view.ratio)
    assert rows.max() - rows.min() == pytest.approx(diameter, abs=6 * view.ratio)


def test_hints_say_what_the_hands_can_do(view: CanvasView) -> None:
    heard: list[list[tuple[str, str]]] = []
    view.hint_changed.connect(heard.append)
    view.set_tool("eraser")
    view.run("swap")
    assert view.tool_name == "brush"
    view.session.choose_area(7)
    assert ("Drag", "paint Hold still") in heard[-1]
