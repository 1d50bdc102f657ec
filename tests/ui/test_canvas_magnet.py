"""The magnet on the canvas: its outline clings to the edge of a thing between a few clicks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QCoreApplication, Qt
from pytestqt.qtbot import QtBot

from desktop.core.geometry import Box, Point
from desktop.imaging.magnet import Guide
from desktop.imaging.pyramid import picture_levels
from desktop.ui.canvas.tools.magnet import MagnetTool
from desktop.ui.canvas.view import CanvasView
from tests.canvas_hands import SHIFT, Hands, labels, open_canvas, shot_of
from tests.selection_hands import show

WIDTH, HEIGHT = 600, 440
PLACES = ((450.0, 220.0), (300.0, 370.0), (150.0, 220.0), (300.0, 70.0))


def scene() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
    """A warm disc of radius 150 on a cold ground, with grain."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    thing = np.hypot(x + 0.5 - 300, y + 0.5 - 220) < 150
    grain = np.random.default_rng(1).integers(-12, 13, (HEIGHT, WIDTH, 1))
    colours = np.where(thing[:, :, None], (170, 110, 60), (60, 110, 150)) + grain
    return np.clip(colours, 0, 255).astype(np.uint8), thing


@pytest.fixture
def view(qtbot: QtBot) -> CanvasView:
    view = open_canvas(shot_of(WIDTH, HEIGHT, 1))
    qtbot.addWidget(view)
    show(view, scene()[0])
    view.set_tool("magnet")
    return view


def magnet(view: CanvasView) -> MagnetTool:
    tool = view.tool
    assert isinstance(tool, MagnetTool)
    return tool


def place(view: CanvasView, hands: Hands, x: float, y: float) -> None:
    """Go there, click, and wait until the ways from there are known."""
    hands.move(x, y)
    hands.click(x, y)
    while not magnet(view).knows_the_way:
        QCoreApplication.processEvents()


def test_four_clicks_follow_the_edge_of_a_disc(view: CanvasView, hands: Hands) -> None:
    for x, y in PLACES:
        place(view, hands, x, y)
    hands.click(*PLACES[0])
    found, thing = labels(view) == 1, scene()[1]
    assert (found & thing).sum() / (found | thing).sum() > 0.96
    assert view.session.undo_title == "Add to Area 1"
    view.session.undo()
    assert not labels(view).any()


def test_enter_closes_it_along_the_edge_and_shift_goes_straight(view: CanvasView, hands: Hands) -> None:
    for x, y in PLACES[:3]:
        place(view, hands, x, y)
    hands.key(Qt.Key.Key_Return)
    half = labels(view).copy()
    thing = scene()[1]
    assert half[230:360, 290:310].all()
    assert ((half == 1) & thing).sum() / half.sum() > 0.96
    view.session.undo()
    hands.modifiers = SHIFT
    for x, y in PLACES:
        place(view, hands, x, y)
    hands.key(Qt.Key.Key_Backspace)
    hands.key(Qt.Key.Key_Escape)
    assert not labels(view).any()
    assert not magnet(view).busy


def test_backspace_takes_places_back_to_none(view: CanvasView, hands: Hands) -> None:
    place(view, hands, *PLACES[0])
    place(view, hands, *PLACES[1])
    assert len(magnet(view).outline()) > 10
    hands.key(Qt.Key.Key_Backspace)
    hands.key(Qt.Key.Key_Backspace)
    assert not magnet(view).busy
    assert len(magnet(view).outline()) == 0


def test_a_way_keeps_to_the_edge_and_goes_straight_beyond_the_part_in_sight() -> None:
    levels = dict(enumerate(picture_levels(scene()[0])))
    guide = Guide(levels, Box(0, 0, WIDTH, HEIGHT), Point(450.0, 220.0))
    way = guide.way_to(Point(300.0, 370.0))
    assert way[-1] == Point(300.0, 370.0)
    assert max(abs(np.hypot(p.x - 300, p.y - 220) - 150) for p in way) < 3
    assert Guide(levels, Box(200, 100, 500, 300), Point(450.0, 220.0)).way_to(Point(20.0, 20.0)) == (
        Point(20.0, 20.0),
    )
