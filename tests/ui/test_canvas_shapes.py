"""Rectangle, ellipse, lasso and polygon: filled when finished, with add, take away and keep inside."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from desktop.core import label_map
from desktop.core.geometry import Box, Point, whole
from desktop.imaging import raster
from desktop.ui.canvas.tools.modes import Mode
from desktop.ui.canvas.tools.shapes import RectangleTool
from desktop.ui.canvas.view import CanvasView
from tests.canvas_hands import (
    ALT,
    CTRL,
    LEFT,
    MIDDLE,
    PLAIN,
    RIGHT,
    SHIFT,
    Hands,
    labels,
    open_canvas,
    pixels,
    shot_of,
)

WIDTH, HEIGHT = 640, 420


@pytest.fixture
def view(qtbot: QtBot) -> CanvasView:
    view = open_canvas(shot_of(WIDTH, HEIGHT, 1, 2))
    qtbot.addWidget(view)
    return view


def filled(view: CanvasView, label: int = 1) -> Box:
    return label_map.bounds_of(labels(view), label)


def test_a_rectangle_covers_exactly_what_was_dragged(view: CanvasView, hands: Hands) -> None:
    view.set_tool("rectangle")
    hands.drag((100, 50), (200, 90), (300, 150))
    assert filled(view) == Box(100, 50, 300, 150)
    assert label_map.counts(labels(view))[1] == 200 * 100
    assert view.session.undo_title == "Add to Area 1"
    hands.modifiers = SHIFT
    hands.drag((400, 400), (330, 390))
    assert labels(view)[331, 331] == 1
    assert labels(view)[329, 331] == 0


def test_a_click_makes_no_shape(view: CanvasView, hands: Hands) -> None:
    for tool in ("rectangle", "ellipse", "lasso"):
        view.set_tool(tool)
        hands.click(200, 200)
    assert not labels(view).any()
    assert view.session.undo_title == ""


def test_an_ellipse_fills_its_frame(view: CanvasView, hands: Hands) -> None:
    view.set_tool("ellipse")
    hands.drag((100, 50), (300, 150))
    stencil, box = raster.ellipse(Point(100, 50), Point(300, 150), whole(WIDTH, HEIGHT))
    assert np.array_equal(labels(view)[box.slices] == 1, stencil == 1)


def test_modes_by_button_modifier_and_option(view: CanvasView, hands: Hands) -> None:
    view.set_tool("rectangle")
    hands.drag((100, 100), (300, 300))
    view.session.choose_area(2)
    hands.drag((300, 100), (500, 300))
    view.session.choose_area(1)
    hands.drag((90, 90), (150, 400), button=RIGHT)
    assert filled(view) == Box(150, 100, 300, 300)
    hands.modifiers = ALT
    hands.drag((250, 90), (600, 400))
    assert filled(view) == Box(150, 100, 250, 300)
    assert filled(view, 2) == Box(300, 100, 500, 300)
    hands.modifiers = CTRL
    hands.drag((160, 120), (600, 280))
    assert filled(view) == Box(160, 120, 250, 280)
    hands.modifiers = PLAIN
    view.options.set_mode("keep")
    hands.drag((200, 0), (600, 400))
    assert filled(view) == Box(200, 120, 250, 280)
    assert view.session.undo_title == "Keep inside of Area 1"
    for _ in range(6):
        view.session.undo()
    assert not labels(view).any()


MODES: tuple[Mode, ...] = ("add", "take", "keep")
CHOSEN_BY: tuple[tuple[Mode, Qt.KeyboardModifier, Qt.MouseButton], ...] = (
    ("add", SHIFT, LEFT),
    ("take", ALT, LEFT),
    ("take", PLAIN, RIGHT),
    ("keep", CTRL, LEFT),
    ("keep", SHIFT | ALT, LEFT),
)


@pytest.mark.parametrize("tool", ["rectangle", "ellipse", "lasso", "polygon"])
@pytest.mark.parametrize("chosen", MODES)
@pytest.mark.parametrize(("meant", "modifiers", "button"), CHOSEN_BY)
def test_every_mode_is_at_hand_whatever_the_bar_says(
    view: CanvasView,
    hands: Hands,
    tool: str,
    chosen: Mode,
    meant: Mode,
    modifiers: Qt.KeyboardModifier,
    button: Qt.MouseButton,
) -> None:
    view.set_tool("rectangle")
    hands.drag((100, 100), (300, 300))
    view.options.set_mode(chosen)
    view.set_tool(tool)
    corners = ((200, 200), (400, 200), (400, 400), (200, 400))
    hands.modifiers = modifiers
    if tool == "polygon":
        hands.click(*corners[0], button)
        hands.modifiers = PLAIN
        for corner in corners[1:]:
            hands.click(*corner)
        hands.key(Qt.Key.Key_Return)
    elif tool == "lasso":
        hands.drag(*corners, button=button)
    else:
        hands.press(*corners[0], button)
        hands.modifiers = PLAIN
        hands.move(*corners[2])
        hands.release(*corners[2])
    left, both, shape = labels(view)[120, 120], labels(view)[290, 290], labels(view)[310, 310]
    wanted = {"add": (1, 1, 1), "take": (1, 0, 0), "keep": (0, 1, 0)}
    assert (left, both, shape) == wanted[meant]


@pytest.mark.parametrize(
    ("chosen", "modifiers", "wide"),
    [
        ("add", SHIFT, False),
        ("take", SHIFT, True),
        ("keep", SHIFT, True),
        ("add", SHIFT | ALT, True),
        ("add", SHIFT | CTRL, False),
        ("keep", SHIFT | ALT, True),
    ],
)
def test_shift_that_has_chosen_the_mode_makes_even_sides_when_it_is_pressed_again(
    view: CanvasView, hands: Hands, chosen: Mode, modifiers: Qt.KeyboardModifier, wide: bool
) -> None:
    view.set_tool("rectangle")
    view.options.set_mode(chosen)
    tool = view.tool
    assert isinstance(tool, RectangleTool)
    hands.move(100, 100)
    hands.modifiers = modifiers
    hands.press(100, 100)
    hands.move(300, 200)
    assert (tool.outline()[2] == Point(300, 200)) is wide
    hands.key(Qt.Key.Key_Shift, down=False)
    assert tool.outline()[2] == Point(300, 200)
    hands.key(Qt.Key.Key_Shift, up=False)
    assert tool.outline()[2] == Point(300, 300)


def test_the_hints_name_what_the_chosen_mode_is_not(view: CanvasView) -> None:
    told: list[list[tuple[str, str]]] = []
    view.hint_changed.connect(told.append)
    view.set_tool("rectangle")
    assert told[-1][1:4] == [("Alt drag", "take away"), ("Ctrl drag", "keep inside"), ("Shift", "even sides")]
    view.options.set_mode("take")
    assert told[-1][1:4] == [
        ("Shift drag", "add"),
        ("Ctrl drag", "keep inside"),
        ("Drag, then Shift", "even sides"),
    ]
    view.options.set_mode("keep")
    assert told[-1][1:3] == [("Shift drag", "add"), ("Alt drag", "take away")]
    view.set_tool("lasso")
    assert told[-1][-1] == ("Esc", "drop it")
    assert all("even" not in words for _, words in told[-1])
    view.set_tool("polygon")
    assert told[-1][1] == ("Shift click", "add")


def test_a_lasso_is_closed_on_release(view: CanvasView, hands: Hands) -> None:
    view.set_tool("lasso")
    corners = [(100.0, 100.0), (300.0, 110.0), (260.0, 300.0)]
    hands.drag(*corners)
    stencil, box = raster.polygon([Point(*c) for c in corners], whole(WIDTH, HEIGHT))
    expected = np.zeros((HEIGHT, WIDTH), np.uint8)
    expected[box.slices] = stencil
    assert np.array_equal(labels(view), expected)


def test_a_polygon_by_clicks(view: CanvasView, hands: Hands) -> None:
    view.set_tool("polygon")
    for corner in ((100, 100), (300, 100), (300, 350), (300, 300), (100, 300)):
        hands.click(*corner)
        hands.move(corner[0] + 30, corner[1])
        if corner == (300, 350):
            hands.key(Qt.Key.Key_Backspace)
    assert not labels(view).any()
    hands.key(Qt.Key.Key_Return)
    box = filled(view)
    assert (box.left, box.top) == (100, 100)
    assert abs(box.right - 300) <= 1
    assert abs(box.bottom - 300) <= 1
    view.session.undo()
    assert not labels(view).any()


def test_a_polygon_closes_on_its_first_corner_and_by_a_double_click(view: CanvasView, hands: Hands) -> None:
    view.set_tool("polygon")
    for corner in ((100, 100), (300, 100), (200, 300), (101, 101)):
        hands.click(*corner)
    assert label_map.counts(labels(view))[1] == pytest.approx(20000, rel=0.03)
    view.session.undo()
    for corner in ((100, 100), (300, 100)):
        hands.click(*corner)
    hands.double(200, 300)
    assert label_map.counts(labels(view))[1] == pytest.approx(20000, rel=0.03)


def test_shift_keeps_a_polygon_to_forty_five_degrees(view: CanvasView, hands: Hands) -> None:
    view.set_tool("polygon")
    hands.click(100, 100)
    hands.modifiers = SHIFT
    hands.click(300, 120)
    hands.click(290, 310)
    hands.key(Qt.Key.Key_Enter)
    assert labels(view)[101, 290] == 1
    assert labels(view)[99, 200] == 0


@pytest.mark.parametrize("tool", ["rectangle", "ellipse", "lasso", "polygon"])
def test_escape_drops_a_shape_and_its_draft_leaves_the_screen(
    view: CanvasView, hands: Hands, tool: str
) -> None:
    view.set_tool(tool)
    hands.move(250, 200)  # the sign beside the pointer is where it will be again
    before = pixels(view)
    hands.press(100, 100)
    hands.move(200, 150)
    if tool == "polygon":
        hands.release(200, 150)
        hands.click(250, 300)
        hands.move(300, 100)
    assert not np.array_equal(pixels(view), before)
    hands.key(Qt.Key.Key_Escape)
    hands.move(250, 200)
    if tool != "polygon":
        hands.release(250, 200)
    assert not labels(view).any()
    assert np.array_equal(pixels(view), before)


def test_the_middle_button_pans_in_the_middle_of_a_polygon(view: CanvasView, hands: Hands) -> None:
    view.set_tool("polygon")
    view.set_zoom(1.0)
    for corner in ((100, 100), (300, 100)):
        hands.click(*corner)
    left, top = view.navigation.left, view.navigation.top
    hands.drag_view(QPointF(200, 200), QPointF(160, 230), MIDDLE)
    assert (view.navigation.left, view.navigation.top) == (
        left - round(40 * view.ratio),
        top + math.floor(30 * view.ratio + 0.5),
    )
    hands.click(300, 300)
    hands.key(Qt.Key.Key_Return)
    assert label_map.counts(labels(view))[1] == pytest.approx(20000, rel=0.03)
