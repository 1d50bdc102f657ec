"""Brush and eraser, driven by real events: what they paint, what undoes them, what they cost."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.core import edits, label_map
from desktop.core.geometry import Point, whole
from desktop.core.label_map import LabelMap
from desktop.imaging import raster
from desktop.ui.canvas.view import CanvasView
from tests.canvas_hands import ALT, RIGHT, SHIFT, Hands, labels, open_canvas, pixels, shot, shot_of

WIDTH, HEIGHT = 640, 420


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[CanvasView]:
    view = open_canvas(shot_of(WIDTH, HEIGHT, 1, 2, 7))
    qtbot.addWidget(view)
    view.options.set_steady(0)
    view.options.set_size("brush", 40)
    yield view
    view.stop()


@pytest.fixture
def hands(view: CanvasView) -> Hands:
    return Hands(view)


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


def by_undo(view: CanvasView, hands: Hands) -> None:
    view.session.undo()


@pytest.mark.parametrize("break_off", [by_escape, by_tool, by_focus, by_undo])
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


def test_the_stabiliser_smooths_and_still_ends_where_the_hand_does(view: CanvasView, hands: Hands) -> None:
    view.options.set_size("brush", 8)
    view.options.set_steady(90)
    shaky = [(100 + 4 * k, 200 + (12 if k % 2 else -12)) for k in range(60)]
    hands.drag(*shaky)
    rows = np.flatnonzero((labels(view)[:, 150:300] == 1).any(axis=1))
    assert rows.max() - rows.min() < 20
    end = shaky[-1]
    assert labels(view)[int(end[1]), int(end[0])] == 1


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
