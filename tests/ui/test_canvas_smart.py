"""Smart select on the canvas: box or scribble, live result, strokes that mend it, kept or dropped."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from desktop.core import edits
from desktop.core.geometry import whole
from desktop.ui.canvas.view import CanvasView
from tests.canvas_hands import ALT, PLAIN, Hands, labels, open_canvas, shot, shot_of
from tests.pictures import pixels
from tests.selection_hands import draft_of, finish, show

WIDTH, HEIGHT = 640, 480


def scene() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
    """A cat's fur in the shape of a star on a cold ground, and where it is."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    turn, away = np.arctan2(y - 240, x - 320), np.hypot(y - 240, x - 320)
    thing = away < 130 * (1 + 0.2 * np.cos(5 * turn))
    picture = pixels("chelsea", WIDTH, HEIGHT)
    ground = pixels("coffee", WIDTH, HEIGHT)
    cold = np.stack([ground[..., 2] // 3, ground[..., 1] // 2 + 60, ground[..., 0] // 2 + 120], axis=-1)
    picture[~thing] = cold[~thing]
    return picture, thing


def overlap(found: npt.NDArray[np.bool_], thing: npt.NDArray[np.bool_]) -> float:
    return float((found & thing).sum() / (found | thing).sum())


@pytest.fixture
def view(qtbot: QtBot) -> CanvasView:
    view = open_canvas(shot_of(WIDTH, HEIGHT, 1, 2))
    qtbot.addWidget(view)
    show(view, scene()[0])
    view.set_tool("smart")
    return view


def box_it(view: CanvasView, hands: Hands) -> None:
    hands.drag((130, 50), (300, 200), (510, 430))
    finish(draft_of(view))


def test_a_box_finds_the_thing_and_enter_keeps_it(view: CanvasView, hands: Hands) -> None:
    thing = scene()[1]
    box_it(view, hands)
    assert view.session.in_gesture
    assert overlap(labels(view) == 1, thing) > 0.97
    assert view.undo_title == "the selection"
    hands.key(Qt.Key.Key_Return)
    assert not view.session.in_gesture
    assert view.session.undo_title == "Add to Area 1"
    view.session.undo()
    assert not labels(view).any()


def test_strokes_mend_it_and_backspace_takes_one_back(view: CanvasView, hands: Hands) -> None:
    view.options.set_size("smart", 20)
    box_it(view, hands)
    found = labels(view).copy()
    hands.modifiers = ALT
    hands.drag((320, 180), (320, 300))
    finish(draft_of(view))
    assert not labels(view)[180:300, 318:322].any()
    hands.modifiers = PLAIN
    hands.drag((60, 60), (90, 60))
    finish(draft_of(view))
    assert (labels(view)[58:62, 60:90] == 1).all()
    hands.key(Qt.Key.Key_Backspace)
    hands.key(Qt.Key.Key_Backspace)
    finish(draft_of(view))
    assert np.array_equal(labels(view), found)
    hands.key(Qt.Key.Key_Backspace)
    assert not draft_of(view).active
    assert not labels(view).any()


def test_a_scribble_finds_the_thing_too(view: CanvasView, hands: Hands) -> None:
    view.options.set_smart_start("scribble")
    hands.drag((260, 240), (320, 200), (380, 240), (320, 300))
    finish(draft_of(view))
    assert overlap(labels(view) == 1, scene()[1]) > 0.7
    hands.double(320, 240)
    finish(draft_of(view))
    assert view.session.undo_title == "Add to Area 1"


def test_escape_drops_it_and_restores_what_was_under_it(view: CanvasView, hands: Hands) -> None:
    view.session.apply("", edits.add(shot(view), np.ones((HEIGHT, 300), np.uint8), whole(300, HEIGHT), 2))
    before = labels(view).copy()
    box_it(view, hands)
    assert (labels(view) == 1).any()
    hands.key(Qt.Key.Key_Escape)
    assert np.array_equal(labels(view), before)
    assert not view.session.in_gesture


def test_take_away_and_locks(view: CanvasView, hands: Hands) -> None:
    session = view.session
    session.apply("", edits.add(shot(view), np.ones((HEIGHT, WIDTH), np.uint8), whole(WIDTH, HEIGHT), 1))
    view.options.set_mode("take")
    box_it(view, hands)
    hands.key(Qt.Key.Key_Enter)
    assert overlap(labels(view) == 0, scene()[1]) > 0.97
    view.options.set_mode("add")
    session.edit("", edits.lock_area(shot(view), 1, True))
    session.choose_area(2)
    box_it(view, hands)
    hands.key(Qt.Key.Key_Enter)
    assert overlap(labels(view) == 2, scene()[1]) > 0.97
    assert np.count_nonzero(labels(view)) == WIDTH * HEIGHT


def test_it_waits_while_another_area_or_a_slider_is_touched(view: CanvasView, hands: Hands) -> None:
    box_it(view, hands)
    view.setFocus()
    view.clearFocus()
    assert draft_of(view).active
    view.session.choose_area(2)
    hands.drag((60, 60), (90, 60))
    finish(draft_of(view))
    hands.key(Qt.Key.Key_Enter)
    assert not (labels(view) == 2).any()
    assert overlap(labels(view) == 1, scene()[1]) > 0.9


def test_saving_keeps_what_is_shown(view: CanvasView, hands: Hands) -> None:
    box_it(view, hands)
    view.session.settle()
    assert not draft_of(view).active
    assert view.session.undo_title == "Add to Area 1"
    assert view.session.modified


def test_a_click_is_too_small_for_a_box(view: CanvasView, hands: Hands, said: list[str]) -> None:
    hands.click(300, 200)
    assert said == ["Drag a box around the thing; a click is too small."]
    assert not view.session.in_gesture


def test_zoom_and_pan_in_the_middle_of_a_box(view: CanvasView, hands: Hands) -> None:
    box_it(view, hands)
    plain = labels(view).copy()
    hands.key(Qt.Key.Key_Escape)
    hands.press(130, 50)
    hands.move(300, 200)
    hands.wheel(QPointF(100, 80), 3)
    view.pan_by(-40, 25)
    hands.move(500, 420)
    hands.release(510, 430)
    finish(draft_of(view))
    assert np.array_equal(labels(view), plain)


def test_a_box_beside_the_picture_and_one_of_all_of_it(view: CanvasView, hands: Hands) -> None:
    hands.drag((-80, -60), (-20, -10))
    assert not draft_of(view).active
    hands.drag((-20, -20), (WIDTH + 20, HEIGHT + 20))
    finish(draft_of(view))
    assert draft_of(view).active
    hands.key(Qt.Key.Key_Escape)
    assert not labels(view).any()
