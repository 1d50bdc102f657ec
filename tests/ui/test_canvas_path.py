"""The path tool: drawing, editing, and the one path that can be grabbed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.core import edits
from desktop.core.geometry import Point, distance
from desktop.core.trajectory import Trajectory
from desktop.ui.canvas.tools.path import PathTool
from desktop.ui.canvas.view import CanvasView
from tests.canvas_hands import ALT, Hands, labels, open_canvas, pixels, shot, shot_of


@pytest.fixture
def view(qtbot: QtBot) -> CanvasView:
    view = open_canvas(shot_of(640, 420, 1, 2, 7))
    qtbot.addWidget(view)
    view.set_tool("path")
    return view


def path(view: CanvasView, label: int = 1) -> Trajectory | None:
    area = shot(view).area(label)
    return None if area is None else area.trajectory


def nodes(view: CanvasView, label: int = 1) -> tuple[Point, ...]:
    found = path(view, label)
    assert found is not None
    return found.nodes


def give(view: CanvasView, label: int, *places: tuple[float, float]) -> None:
    trajectory = Trajectory(tuple(Point(*p) for p in places))
    view.session.edit("path", edits.set_trajectory(shot(view), label, trajectory))


def test_freehand_is_smoothed_and_follows_the_hand(view: CanvasView, hands: Hands) -> None:
    wave = [(100 + 4 * k, 200 + 60 * math.sin(k / 15) + (1 if k % 2 else -1)) for k in range(100)]
    hands.drag(*wave)
    drawn = path(view)
    assert drawn is not None
    assert 4 <= len(drawn.nodes) <= 25
    assert distance(drawn.nodes[0], Point(*wave[0])) < 1
    assert distance(drawn.nodes[-1], Point(*wave[-1])) < 1
    off = [min(distance(Point(*p), q) for q in drawn.curve) for p in wave]
    assert max(off) < 8
    assert 2 <= len(drawn.points()) <= 77
    assert view.session.undo_title == "Path of Area 1"
    view.session.undo()
    assert path(view) is None


def test_point_by_point(view: CanvasView, hands: Hands) -> None:
    hands.click(100, 100)
    hands.click(200, 150)
    hands.click(250, 300)
    hands.key(Qt.Key.Key_Backspace)
    hands.click(300, 100)
    assert path(view) is None
    hands.key(Qt.Key.Key_Return)
    assert nodes(view) == (Point(100, 100), Point(200, 150), Point(300, 100))


def test_a_double_click_ends_and_escape_drops(view: CanvasView, hands: Hands) -> None:
    hands.click(100, 100)
    hands.click(200, 150)
    hands.key(Qt.Key.Key_Escape)
    assert path(view) is None
    hands.click(100, 300)
    hands.double(300, 320)
    assert nodes(view) == (Point(100, 300), Point(300, 320))


def test_another_tool_drops_the_draft(view: CanvasView, hands: Hands) -> None:
    hands.click(100, 100)
    hands.click(200, 150)
    view.set_tool("brush")
    view.set_tool("path")
    hands.key(Qt.Key.Key_Return)
    assert path(view) is None


def test_a_node_is_dragged_as_one_step(view: CanvasView, hands: Hands) -> None:
    give(view, 1, (100, 100), (200, 200), (300, 100))
    hands.drag((201, 201), (220, 220), (240, 260))
    assert nodes(view)[1] == Point(240, 260)
    assert view.session.undo_title == "Move a path point"
    view.session.undo()
    assert nodes(view)[1] == Point(200, 200)


def test_a_drag_broken_off_puts_the_node_back(view: CanvasView, hands: Hands) -> None:
    give(view, 1, (100, 100), (200, 200), (300, 100))
    hands.press(200, 200)
    hands.move(400, 50)
    hands.key(Qt.Key.Key_Escape)
    assert nodes(view)[1] == Point(200, 200)
    hands.release(400, 50)
    assert nodes(view)[1] == Point(200, 200)


def test_a_click_on_the_line_inserts_a_node(view: CanvasView, hands: Hands) -> None:
    give(view, 1, (100, 100), (300, 100))
    hands.drag((200, 101), (200, 150))
    assert nodes(view) == (Point(100, 100), Point(200, 150), Point(300, 100))
    view.session.undo()
    assert nodes(view) == (Point(100, 100), Point(300, 100))


def test_alt_click_and_delete_remove_nodes(view: CanvasView, hands: Hands) -> None:
    give(view, 1, (100, 100), (200, 200), (300, 100), (400, 200))
    hands.modifiers = ALT
    hands.click(200, 200)
    assert len(nodes(view)) == 3
    hands.modifiers = Qt.KeyboardModifier.NoModifier
    hands.move(300, 100)
    hands.key(Qt.Key.Key_Delete)
    assert nodes(view) == (Point(100, 100), Point(400, 200))
    hands.move(400, 200)
    hands.key(Qt.Key.Key_Delete)
    assert path(view) is None
    view.session.undo()
    assert len(nodes(view)) == 2


def test_only_the_chosen_areas_path_can_be_grabbed(view: CanvasView, hands: Hands) -> None:
    give(view, 1, (100, 100), (300, 100))
    give(view, 2, (100, 300), (300, 300))
    view.session.choose_area(2)
    hands.drag((100, 100), (150, 150), (200, 250))
    assert nodes(view, 1) == (Point(100, 100), Point(300, 100))
    assert nodes(view, 2)[0] == Point(100, 100)
    assert nodes(view, 2)[-1] == Point(200, 250)


def test_what_holds_still_and_what_is_locked_gets_no_path(view: CanvasView, hands: Hands) -> None:
    heard: list[str] = []
    view.session.notice.connect(heard.append)
    view.session.choose_area(7)
    hands.drag((100, 100), (200, 200))
    view.session.edit("lock", edits.lock_area(shot(view), 1, True))
    view.session.choose_area(1)
    hands.drag((100, 100), (200, 200))
    assert path(view) is None
    assert heard == [
        "What holds still has no path; choose an area 1 to 6.",
        "Area 1 is locked; unlock it to change it.",
    ]


def test_a_path_stays_on_the_picture_and_paints_nothing(view: CanvasView, hands: Hands) -> None:
    hands.drag((600, 200), (700, 250), (900, 300))
    assert all(0 <= p.x <= 640 and 0 <= p.y <= 420 for p in nodes(view))
    assert not labels(view).any()


def test_the_path_is_seen_and_its_tip_lies_where_it_ends(view: CanvasView, hands: Hands) -> None:
    view.set_zoom(1.0)
    empty = pixels(view)
    give(view, 1, (150, 200), (250, 200))
    QApplication.processEvents()
    rows, columns = np.nonzero((pixels(view) != empty).any(axis=2))
    ratio = view.ratio
    end_x, end_y = view.navigation.to_view(Point(250, 200))
    assert columns.max() == pytest.approx(end_x, abs=3 * ratio)
    assert (rows.min() + rows.max()) / 2 == pytest.approx(end_y, abs=2 * ratio)
    view.session.undo()
    assert np.array_equal(pixels(view), empty)


def test_index_and_time_stand_at_the_cursor(view: CanvasView, hands: Hands) -> None:
    view.set_zoom(1.0)
    give(view, 1, (100, 200), (200, 100), (300, 200))
    tool = view.tool
    assert isinstance(tool, PathTool)
    hands.move(500, 50)
    assert tool.place_text() == ""
    found = path(view)
    assert found is not None
    count = len(found.points())
    hands.move(300, 200)
    assert tool.place_text() == f"point {count} of {count} · 5.00 s"
    hands.move(100, 200)
    assert tool.place_text() == f"point 1 of {count} · 0.00 s"
