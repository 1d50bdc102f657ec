"""Fill on the canvas: what is enclosed, the holes of a piece, and taking a piece away."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from desktop.core import edits
from desktop.core.geometry import Box, Point, whole
from desktop.core.label_map import Stencil
from desktop.core.shot import Shot
from desktop.imaging import raster
from desktop.ui.canvas.view import CanvasView
from tests.canvas_hands import ALT, PLAIN, RIGHT, SHIFT, Hands, labels, open_canvas, shot, shot_of
from tests.selection_hands import draft_of, finish

WIDTH, HEIGHT = 600, 400


@pytest.fixture
def view(qtbot: QtBot) -> CanvasView:
    view = open_canvas(shot_of(WIDTH, HEIGHT, 1, 2))
    qtbot.addWidget(view)
    view.set_tool("fill")
    return view


def disc(view: CanvasView, radius: float, label: int, x: float = 300, y: float = 200) -> tuple[Stencil, Box]:
    """Paint a disc (label 0: take one out)."""
    at = Point(x, y)
    stencil, box = raster.segment(at, at, radius, radius, whole(WIDTH, HEIGHT))
    edit = edits.add(shot(view), stencil, box, label) if label else edits.erase(shot(view), stencil, box)
    view.session.apply("", edit)
    return stencil, box


def ring(view: CanvasView, label: int) -> None:
    disc(view, 120, label)
    disc(view, 100, 0)


def test_an_outline_is_filled(view: CanvasView, hands: Hands) -> None:
    ring(view, 1)
    hands.click(300, 200)
    finish(draft_of(view))
    stencil, box = raster.segment(Point(300, 200), Point(300, 200), 120, 120, whole(WIDTH, HEIGHT))
    assert np.array_equal(labels(view)[box.slices] == 1, stencil != 0)
    assert view.session.undo_title == "Add to Area 1"
    view.session.undo()
    assert labels(view)[200, 300] == 0


def test_another_areas_outline_encloses_too_and_stays(view: CanvasView, hands: Hands) -> None:
    ring(view, 2)
    outline = labels(view) == 2
    hands.click(300, 200)
    finish(draft_of(view))
    assert labels(view)[200, 300] == 1
    assert np.array_equal(labels(view) == 2, outline)


def test_a_click_on_the_area_fills_the_holes_of_that_piece_only(view: CanvasView, hands: Hands) -> None:
    ring(view, 1)
    disc(view, 20, 2, 300, 200)
    disc(view, 30, 1, 80, 80)
    disc(view, 10, 0, 80, 80)
    hands.click(300, 90)
    finish(draft_of(view))
    assert labels(view)[140, 300] == 1
    assert labels(view)[200, 300] == 2
    assert labels(view)[80, 80] == 0


def test_the_pictures_edge_is_a_border_and_an_empty_picture_is_not_filled(
    view: CanvasView, hands: Hands, said: list[str]
) -> None:
    hands.click(300, 200)
    finish(draft_of(view))
    assert not labels(view).any()
    assert said == [
        "Nothing is painted yet; draw a closed outline first, then fill its inside or its outside."
    ]
    assert view.session.undo_title == ""
    view.session.apply(
        "", edits.add(shot(view), np.ones((HEIGHT, 10), np.uint8), Box(200, 0, 210, HEIGHT), 1)
    )
    hands.click(50, 50)
    finish(draft_of(view))
    assert (labels(view)[:, :210] == 1).all()
    assert not labels(view)[:, 210:].any()


def test_all_around_a_shape_is_filled(view: CanvasView, hands: Hands, said: list[str]) -> None:
    stencil, box = disc(view, 50, 1)
    view.session.choose_area(7)
    hands.click(20, 20)
    finish(draft_of(view))
    assert np.array_equal(labels(view)[box.slices] == 1, stencil != 0)
    assert (labels(view) != 0).all()
    assert said == []


def test_a_piece_of_another_area_changes_hands(view: CanvasView, hands: Hands, said: list[str]) -> None:
    stencil, box = disc(view, 50, 2)
    disc(view, 20, 2, 80, 80)
    hands.click(300, 200)
    finish(draft_of(view))
    assert np.array_equal(labels(view)[box.slices] == 1, stencil != 0)
    assert labels(view)[80, 80] == 2
    assert said == []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (edits.lock_area, "Area 2 is locked; unlock it to change it."),
        (edits.hide_area, "Area 2 is hidden and stays as it is."),
    ],
)
def test_a_piece_of_a_locked_or_hidden_area_does_not(
    view: CanvasView,
    hands: Hands,
    said: list[str],
    change: Callable[[Shot, int, bool], Shot],
    why: str,
) -> None:
    disc(view, 50, 2)
    view.session.edit("", change(shot(view), 2, True))
    before = labels(view).copy()
    hands.click(300, 200)
    assert said == [why]
    assert not draft_of(view).active
    assert np.array_equal(labels(view), before)


def test_a_piece_is_taken_away(view: CanvasView, hands: Hands, said: list[str]) -> None:
    disc(view, 50, 1)
    disc(view, 20, 1, 80, 80)
    hands.click(80, 80, RIGHT)
    finish(draft_of(view))
    assert labels(view)[80, 80] == 0
    assert labels(view)[200, 300] == 1
    hands.modifiers = ALT
    hands.click(80, 80)
    assert said == ["Click a piece of Area 1 to take it away."]


def test_a_locked_area_is_not_filled(view: CanvasView, hands: Hands, said: list[str]) -> None:
    ring(view, 1)
    view.session.edit("", edits.lock_area(shot(view), 1, True))
    before = labels(view).copy()
    hands.click(300, 200)
    assert not draft_of(view).active
    assert np.array_equal(labels(view), before)
    assert said == ["Area 1 is locked; unlock it to change it."]


def test_shift_gives_and_alt_takes_whatever_the_bar_says(view: CanvasView, hands: Hands) -> None:
    ring(view, 1)
    told: list[list[tuple[str, str]]] = []
    view.hint_changed.connect(told.append)
    view.options.set_mode("take")
    assert told[-1] == [("Click", "take the piece from Area 1"), ("Shift click", "give it to Area 1")]
    hands.modifiers = SHIFT
    hands.click(300, 200)
    finish(draft_of(view))
    assert labels(view)[200, 300] == 1
    hands.modifiers = PLAIN
    hands.click(300, 200)
    finish(draft_of(view))
    assert not labels(view).any()
    view.session.undo()
    view.options.set_mode("add")
    hands.modifiers = SHIFT | ALT
    hands.click(300, 200)
    finish(draft_of(view))
    assert not labels(view).any()
