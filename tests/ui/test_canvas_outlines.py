"""Outlines that are clicked together: they wait in their tool, close visibly, and say what they will do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.core.geometry import Point, whole
from desktop.imaging import raster
from desktop.ui.canvas.tools.magnet import MagnetTool
from desktop.ui.canvas.tools.modes import Mode
from desktop.ui.canvas.tools.outline import Outline
from desktop.ui.canvas.view import CanvasView
from desktop.ui.theme import current
from tests.canvas_hands import (
    ALT,
    CTRL,
    PLAIN,
    RIGHT,
    Hands,
    labels,
    open_canvas,
    outlines,
    pixels,
    shot,
    shot_of,
)
from tests.selection_hands import draft_of, finish, show

WIDTH, HEIGHT = 400, 300
CORNERS = ((50.0, 50.0), (250.0, 60.0), (260.0, 200.0), (60.0, 190.0))
RIM = [(200 + 90 * np.cos(t), 150 + 90 * np.sin(t)) for t in (0.0, 1.6, 3.2, 4.8)]


@pytest.fixture
def view(qtbot: QtBot) -> CanvasView:
    view = open_canvas(shot_of(WIDTH, HEIGHT, 1, 2), 500, 400)
    qtbot.addWidget(view)
    show(view, disc())
    return view


def disc() -> npt.NDArray[np.uint8]:
    """A bright disc of radius 90 on a dark ground, both with some grain."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    grain = np.random.default_rng(3).integers(0, 12, (HEIGHT, WIDTH, 3))
    inside = (np.hypot(x - 200, y - 150) <= 90)[:, :, None]
    return (np.where(inside, (210, 180, 90), (30, 50, 70)) + grain).astype(np.uint8)


def outline(view: CanvasView) -> Outline:
    tool = view.tool
    assert isinstance(tool, Outline)
    return tool


def settle(view: CanvasView) -> None:
    """Until the magnet has found all its ways."""
    tool = view.tool
    while isinstance(tool, MagnetTool) and (not tool.knows_the_way or (tool.busy and tool._ending)):
        QCoreApplication.processEvents()


def polygon(corners: tuple[tuple[float, float], ...], label: int = 1) -> npt.NDArray[np.uint8]:
    """The label map of one polygon."""
    wanted = np.zeros((HEIGHT, WIDTH), np.uint8)
    stencil, box = raster.polygon([Point(*corner) for corner in corners], whole(WIDTH, HEIGHT))
    wanted[box.slices][stencil != 0] = label
    return wanted


def hints(view: CanvasView) -> dict[str, str]:
    """What the status bar says now."""
    assert view.tool is not None
    return dict(view.tool.hints())


def meant(view: CanvasView) -> Mode | None:
    """The mode that the pointer shows."""
    assert view.tool is not None
    return view.tool.sign


def sign(view: CanvasView, hands: Hands, at: tuple[float, float]) -> npt.NDArray[np.uint8]:
    """What stands to the right of and below a place, in device pixels."""
    place = hands.place(*at) * view.ratio
    x, y = round(place.x()), round(place.y())
    near, far = round(7 * view.ratio), round(24 * view.ratio)
    return pixels(view)[y + near : y + far, x + near : x + far, :3]


# Waiting


def test_an_outline_waits_for_its_tool_while_another_one_works(
    view: CanvasView, hands: Hands, said: list[str]
) -> None:
    view.set_tool("polygon")
    for corner in CORNERS[:3]:
        hands.click(*corner)
    hands.key(Qt.Key.Key_X)
    view.run("swap")
    assert said == ["The outline waits; choose polygon (P) to go on with it."]
    view.session.choose_area(2)
    view.set_tool("brush")
    hands.drag((330, 250), (350, 250))
    view.undo()
    assert not labels(view).any()
    view.set_tool("polygon")
    hands.click(*CORNERS[3])
    hands.key(Qt.Key.Key_Return)
    assert np.array_equal(labels(view), polygon(CORNERS))


def test_another_shot_ends_an_outline_that_waits(view: CanvasView, hands: Hands) -> None:
    view.set_tool("polygon")
    for corner in CORNERS:
        hands.click(*corner)
    view.set_tool("brush")
    view.session.open(shot_of(WIDTH, HEIGHT, 1))
    view.set_tool("polygon")
    assert not outline(view).busy
    hands.key(Qt.Key.Key_Return)
    assert not labels(view).any()


def test_an_outline_goes_on_once_the_picture_is_read(view: CanvasView, hands: Hands) -> None:
    view.set_tool("magnet")
    for place in RIM[:3]:
        hands.click(*place)
        settle(view)
    (waited,) = outlines(view)
    levels = view.levels
    view.session.open(shot_of(WIDTH, HEIGHT, 1, 2))
    view.set_tool("brush")
    view.set_levels({})
    view.take_up([waited])
    assert view.tool_name == "magnet"
    hands.click(*RIM[3])
    magnet = outline(view)
    assert isinstance(magnet, MagnetTool)
    assert not magnet.knows_the_way
    view.set_levels({1: np.ascontiguousarray(levels[0][::2, ::2])})
    assert not magnet.knows_the_way
    view.set_levels(levels)
    settle(view)
    while magnet._waiting:
        QCoreApplication.processEvents()
    assert outlines(view)[0].path[: len(waited.path)] == waited.path
    assert len(outlines(view)[0].ends) == len(RIM)
    assert len(outlines(view)[0].path) > len(waited.path) + 1  # along the rim


def test_nothing_is_taken_up_in_the_place_of_what_is_begun(view: CanvasView, hands: Hands) -> None:
    view.set_tool("polygon")
    hands.click(*CORNERS[0])
    begun = outlines(view)
    view.take_up([replace(begun[0], label=2)])
    assert outlines(view) == begun
    assert view.session.active_label == 1


def test_a_closed_outline_of_the_magnet_does_not_paint_under_another_tool(
    view: CanvasView, hands: Hands
) -> None:
    view.set_tool("magnet")
    for place in RIM:
        hands.click(*place)
    hands.key(Qt.Key.Key_Return)
    magnet = view.tool
    assert isinstance(magnet, MagnetTool)
    view.set_tool("brush")
    hands.press(20, 20)
    while magnet.busy and (len(magnet._lengths) < len(RIM) or not magnet.knows_the_way):
        QCoreApplication.processEvents()
    hands.move(40, 20)
    hands.release(40, 20)
    assert view.session.undo_title == "Paint Area 1"
    assert labels(view)[150, 200] == 0
    view.set_tool("magnet")
    hands.key(Qt.Key.Key_Return)
    assert labels(view)[150, 200] == 1


def test_a_save_in_the_middle_of_a_rectangle_leaves_the_drag_alone(view: CanvasView, hands: Hands) -> None:
    view.set_tool("rectangle")
    hands.press(50, 60)
    hands.move(100, 100)
    assert view.session.begin_gesture("Grow")
    view.session.settle()
    hands.move(150, 120)
    hands.release(150, 120)
    assert (labels(view)[60:120, 50:150] == 1).all()


def test_points_of_a_path_wait_and_undo_takes_them_back(view: CanvasView, hands: Hands) -> None:
    hands.drag((300, 250), (350, 250))
    painted = labels(view).copy()
    view.set_tool("path")
    for place in CORNERS:
        hands.click(*place)
    QApplication.sendEvent(view, QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.MouseFocusReason))
    assert view.undo_title == "the last point"
    view.undo()
    assert np.array_equal(labels(view), painted)
    hands.key(Qt.Key.Key_Return)
    area = shot(view).area(1)
    assert area is not None
    assert area.trajectory is not None
    assert area.trajectory.nodes == tuple(Point(*corner) for corner in CORNERS[:3])


# The magnet's places


def test_the_other_button_and_redo_at_the_magnet(view: CanvasView, hands: Hands) -> None:
    view.set_tool("magnet")
    for place in RIM[:3]:
        hands.click(*place)
        settle(view)
    drawn = list(outline(view).places)
    path = list(outline(view).outline())
    hands.click(300, 200, RIGHT)
    assert list(outline(view).places) == drawn[:2]
    assert view.redo_title == "the place"
    view.redo()
    settle(view)
    hands.move(*RIM[2])
    assert list(outline(view).places) == drawn
    assert list(outline(view).outline()) == path


def test_backspace_while_the_magnet_is_to_be_closed_opens_it_again(view: CanvasView, hands: Hands) -> None:
    view.set_tool("magnet")
    for place in RIM[:3]:
        hands.click(*place)
    hands.key(Qt.Key.Key_Return)
    hands.key(Qt.Key.Key_Backspace)
    hands.key(Qt.Key.Key_Backspace)
    settle(view)
    assert len(outline(view).places) == 2
    assert outline(view).busy
    assert not labels(view).any()


def test_a_click_right_after_the_picture_was_moved_still_finds_the_edge(
    view: CanvasView, hands: Hands
) -> None:
    view.set_tool("magnet")
    view.set_zoom(2.5)
    view.centre_on(Point(*RIM[0]))
    hands.click(*RIM[0])
    settle(view)
    view.centre_on(Point(*RIM[2]))
    assert isinstance(view.tool, MagnetTool)
    hands.press(*RIM[2])
    hands.release(*RIM[2])
    settle(view)
    assert len(view.tool._path) > 10
    away = [abs(np.hypot(p.x - 200, p.y - 150) - 90) for p in view.tool._path]
    assert max(away) < 4


# What is seen


def test_the_closing_line_is_dashed_and_the_first_corner_lights_up(view: CanvasView, hands: Hands) -> None:
    view.set_tool("polygon")
    for corner in CORNERS[:3]:
        hands.click(*corner)
    hands.move(*CORNERS[3])

    def lit(a: tuple[float, float], b: tuple[float, float]) -> float:
        """The share of the straight line between two places, away from its ends, that is light."""
        light = pixels(view)[:, :, :3].min(axis=-1)
        start, end = (hands.place(*place) * view.ratio for place in (a, b))
        found = []
        for share in np.linspace(0.2, 0.8, 200):
            at = start + (end - start) * float(share)
            x, y = round(at.x()), round(at.y())
            found.append(light[y - 1 : y + 2, x - 1 : x + 2].max() > 140)
        return float(np.mean(found))

    assert lit(CORNERS[0], CORNERS[1]) == 1.0
    assert lit(CORNERS[2], CORNERS[3]) == 1.0
    assert 0.25 < lit(CORNERS[3], CORNERS[0]) < 0.85
    accent = np.array(tuple(bytes.fromhex(current().accent[1:]))[::-1])

    def first() -> npt.NDArray[np.int64]:
        place = hands.place(*CORNERS[0]) * view.ratio
        inside: npt.NDArray[np.int64] = pixels(view)[round(place.y()) + 3, round(place.x()) - 2, :3].astype(
            int
        )
        return inside

    assert np.abs(first() - accent).max() > 20
    hands.move(CORNERS[0][0] + 1, CORNERS[0][1] + 1)
    assert np.abs(first() - accent).max() < 8
    hands.click(CORNERS[0][0] + 1, CORNERS[0][1] + 1)
    assert np.array_equal(labels(view), polygon(CORNERS[:3]))


@pytest.mark.parametrize("tool", ["rectangle", "lasso", "polygon", "magnet", "wand", "smart"])
def test_the_sign_beside_the_pointer_follows_mode_and_keys(view: CanvasView, hands: Hands, tool: str) -> None:
    view.set_tool(tool)
    view.setFocus()
    at = (330.0, 40.0)
    hands.move(*at)
    assert meant(view) == "add"
    add = sign(view, hands, at)
    hands.modifiers = ALT
    hands.key(Qt.Key.Key_Alt, up=False)
    assert meant(view) == "take"
    take = sign(view, hands, at)
    hands.modifiers = PLAIN
    hands.key(Qt.Key.Key_Alt, down=False)
    assert np.array_equal(sign(view, hands, at), add)
    hands.modifiers = CTRL
    hands.key(Qt.Key.Key_Control, up=False)
    assert meant(view) == "keep"
    keep = sign(view, hands, at)
    assert not any(np.array_equal(a, b) for a, b in ((add, take), (take, keep), (add, keep)))
    QApplication.sendEvent(view, QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.OtherFocusReason))
    assert meant(view) == "add"
    hands.modifiers = PLAIN
    view.options.set_mode("take")
    assert np.array_equal(sign(view, hands, at), take)
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    bare = sign(view, hands, at)
    assert not np.array_equal(bare, take)


def test_a_drag_keeps_the_sign_it_was_begun_with(view: CanvasView, hands: Hands) -> None:
    view.set_tool("rectangle")
    hands.press(50, 50, RIGHT)
    hands.move(100, 100)
    assert meant(view) == "take"
    hands.release(100, 100)
    hands.move(120, 100)
    assert meant(view) == "add"


def test_hints_name_the_mode_and_the_area_it_is_begun_for(view: CanvasView, hands: Hands) -> None:
    view.set_tool("polygon")
    assert hints(view) == {
        "Click": "place by place, to fill Area 1",
        "Alt click": "take away",
        "Ctrl click": "keep inside",
    }
    told: list[dict[str, str]] = []
    view.hint_changed.connect(lambda words: told.append(dict(words)))
    hands.click(*CORNERS[0])
    assert told[-1]["Right click"] == "take one back"
    assert told[-1]["Another tool"] == "it waits"
    view.session.choose_area(2)
    assert told[-1]["Enter"] == "fill Area 1"
    hands.key(Qt.Key.Key_Escape)
    assert told[-1]["Click"] == "place by place, to fill Area 2"
    view.options.set_mode("take")
    for tool, gesture, words in (
        ("rectangle", "drag", "take from Area 2"),
        ("wand", "click", "take from Area 2"),
        ("smart", "drag", "a box around it, to take from Area 2"),
    ):
        view.set_tool(tool)
        assert hints(view)[gesture.capitalize()] == words
        assert f"Alt {gesture}" not in hints(view)
        assert hints(view)[f"Ctrl {gesture}"] == "keep inside"


# What there is nothing of, and what is only begun


@pytest.mark.parametrize("tool", ["rectangle", "wand"])
def test_an_area_whose_pixels_are_gone_has_nothing_to_take(
    view: CanvasView, hands: Hands, said: list[str], tool: str
) -> None:
    hands.drag((300, 250), (350, 250))
    view.set_tool("rectangle")
    hands.modifiers = ALT
    hands.drag((0, 0), (WIDTH, HEIGHT))
    assert not labels(view).any()
    assert not said
    view.set_tool(tool)
    hands.drag((20, 20), (60, 60))
    assert said == ["Nothing is painted in Area 1 yet."]


def test_undo_in_the_middle_of_a_drag_of_smart_select_drops_only_the_drag(
    view: CanvasView, hands: Hands
) -> None:
    hands.drag((20, 280), (60, 280))
    painted = labels(view).copy()
    view.set_tool("smart")
    hands.press(90, 40)
    hands.move(300, 200)
    view.undo()
    hands.release(310, 260)
    assert np.array_equal(labels(view), painted)
    hands.drag((90, 40), (200, 150), (310, 260))
    finish(draft_of(view))
    found = labels(view).copy()
    hands.press(150, 150)
    hands.move(160, 160)
    view.undo()
    hands.release(170, 170)
    assert draft_of(view).active
    assert np.array_equal(labels(view), found)
