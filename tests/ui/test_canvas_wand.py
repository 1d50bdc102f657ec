"""The wand on the canvas: colours near the one clicked, by mode, in a thread, as one step of undo."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from desktop.core import edits
from desktop.core.edits import Patch
from desktop.core.geometry import whole
from desktop.core.shot import Shot
from desktop.imaging.wand import similar
from desktop.ui.canvas.draft import Report
from desktop.ui.canvas.view import CanvasView
from tests.canvas_hands import ALT, CTRL, PLAIN, RIGHT, Hands, labels, open_canvas, shot, shot_of
from tests.pictures import pixels
from tests.selection_hands import draft_of, finish, show

WIDTH, HEIGHT = 600, 400
EVERYWHERE = whole(WIDTH, HEIGHT)


@pytest.fixture
def view(qtbot: QtBot) -> CanvasView:
    view = open_canvas(shot_of(WIDTH, HEIGHT, 1, 2))
    qtbot.addWidget(view)
    show(view, pixels("coffee", WIDTH, HEIGHT))
    view.set_tool("wand")
    return view


def test_a_click_adds_what_has_that_colour(view: CanvasView, hands: Hands) -> None:
    before = labels(view).copy()
    view.options.set_tolerance(40)
    hands.click(300.5, 200.5)
    finish(draft_of(view))
    stencil, box = similar(view.levels[0], 300, 200, 40)
    assert np.count_nonzero(stencil) > 100
    assert np.array_equal(labels(view)[box.slices] == 1, stencil != 0)
    assert np.count_nonzero(labels(view)) == np.count_nonzero(stencil)
    assert view.session.undo_title == "Add to Area 1"
    view.session.undo()
    assert np.array_equal(labels(view), before)
    view.session.redo()
    assert np.count_nonzero(labels(view)) == np.count_nonzero(stencil)


def test_everywhere_and_tolerance_by_option_and_key(view: CanvasView, hands: Hands) -> None:
    view.options.set_contiguous(False)
    view.options.set_tolerance(10)
    view.run("larger")
    view.run("much-larger")
    assert view.options.tolerance == 22
    hands.click(300.5, 200.5)
    finish(draft_of(view))
    away = np.abs(view.levels[0].astype(int) - view.levels[0][200, 300].astype(int)).max(axis=2)
    assert np.array_equal(labels(view) == 1, away <= 22)


def test_modes_by_modifier_button_and_option(view: CanvasView, hands: Hands) -> None:
    view.options.set_tolerance(60)
    view.session.apply("", edits.add(shot(view), np.ones((HEIGHT, WIDTH), np.uint8), EVERYWHERE, 1))
    stencil, box = similar(view.levels[0], 300, 200, 60)
    hands.modifiers = ALT
    hands.click(300.5, 200.5)
    finish(draft_of(view))
    assert not labels(view)[box.slices][stencil != 0].any()
    assert np.count_nonzero(labels(view)) == WIDTH * HEIGHT - np.count_nonzero(stencil)
    view.session.undo()
    hands.modifiers = PLAIN
    hands.click(300.5, 200.5, RIGHT)
    finish(draft_of(view))
    assert np.count_nonzero(labels(view)) == WIDTH * HEIGHT - np.count_nonzero(stencil)
    view.session.undo()
    hands.modifiers = CTRL
    hands.click(300.5, 200.5)
    finish(draft_of(view))
    assert np.count_nonzero(labels(view)) == np.count_nonzero(stencil)
    assert view.session.undo_title == "Keep inside of Area 1"


def test_locked_areas_stay(view: CanvasView, hands: Hands, said: list[str]) -> None:
    session = view.session
    session.apply("", edits.add(shot(view), np.ones((HEIGHT, 300), np.uint8), whole(300, HEIGHT), 2))
    session.edit("", edits.lock_area(shot(view), 2, True))
    view.options.set_tolerance(255)
    hands.click(400, 200)
    finish(draft_of(view))
    assert (labels(view)[:, :300] == 2).all()
    assert (labels(view)[:, 300:] == 1).all()
    session.choose_area(2)
    title = session.undo_title
    hands.click(400, 200)
    assert not draft_of(view).active
    assert said == ["Area 2 is locked; unlock it to change it."]
    assert session.undo_title == title


def test_beside_the_picture_and_before_it_is_read_nothing_happens(
    view: CanvasView, hands: Hands, said: list[str]
) -> None:
    hands.click(-5, 200)
    assert not draft_of(view).active
    view.set_levels({1: view.levels[0][::2, ::2].copy()})
    hands.click(300, 200)
    assert said == ["The picture is still being read; try again in a moment."]
    assert not draft_of(view).active


def test_escape_another_tool_undo_and_a_stroke_end_it(view: CanvasView, hands: Hands) -> None:
    gate = threading.Event()

    def slow(_shot: Shot, report: Report) -> Sequence[Patch]:
        while not gate.wait(0.005):
            report(0.5)
        return [Patch(np.ones((HEIGHT, WIDTH), np.uint8), EVERYWHERE, 1)]

    draft = draft_of(view)
    ends = (
        lambda: hands.key(Qt.Key.Key_Escape),
        view.session.undo,
        view.session.settle,
        lambda: view.session.apply("", edits.clear(shot(view), 2)),
        view.session.close,
    )
    for end in ends:
        view.set_tool("wand")
        assert draft.begin("Add", 1)
        draft.compute(slow)
        end()
        assert not draft.active
        assert not view.session.in_gesture
        if view.session.shot is not None:
            assert not labels(view).any()
            assert view.session.undo_title == ""
    gate.set()


def test_zoom_and_pan_in_the_middle_change_nothing(view: CanvasView, hands: Hands) -> None:
    hands.press(300.5, 200.5)
    hands.wheel(QPointF(200, 150), 4)
    view.pan_by(31, -12)
    hands.release(100, 100)
    finish(draft_of(view))
    stencil, _ = similar(view.levels[0], 300, 200, view.options.tolerance)
    assert np.count_nonzero(labels(view)) == np.count_nonzero(stencil)


def test_leaving_the_canvas_lets_the_work_go_on(view: CanvasView) -> None:
    gate = threading.Event()

    def waits(_shot: Shot, _report: Report) -> Sequence[Patch]:
        gate.wait(20)
        return [Patch(np.ones((5, 5), np.uint8), whole(5, 5), 1)]

    draft = draft_of(view)
    view.setFocus()
    assert draft.begin("Add", 1)
    draft.compute(waits)
    view.clearFocus()
    assert draft.active
    gate.set()
    finish(draft)
    assert np.count_nonzero(labels(view)) == 25


def test_a_fault_in_the_thread_is_said_and_puts_everything_back(view: CanvasView, said: list[str]) -> None:

    def breaks(_shot: Shot, _report: Report) -> Sequence[Patch]:
        raise MemoryError

    draft = draft_of(view)
    assert draft.begin("Add", 1)
    draft.compute(breaks)
    finish(draft)
    assert said == ["There is not enough memory for this; close other programs and try again."]
    assert not view.session.in_gesture
