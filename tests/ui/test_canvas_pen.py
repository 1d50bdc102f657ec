"""A tablet's pen on the canvas: pressure, its two ends and its buttons, and strokes that are left open."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.core import label_map
from desktop.core.geometry import Point, whole
from desktop.core.label_map import LabelMap
from desktop.imaging import raster
from desktop.ui.canvas.view import CanvasView
from tests.canvas_hands import ALT, LEFT, MIDDLE, RIGHT, Hands, labels, open_canvas, pixels, shot, shot_of
from tests.pen_hands import BLUNT, ERASER, PenHands
from tests.selection_hands import draft_of, finish

WIDTH, HEIGHT = 640, 420
SIZE = 40


@pytest.fixture
def view(qtbot: QtBot) -> CanvasView:
    view = open_canvas(shot_of(WIDTH, HEIGHT, 1, 2, 7))
    qtbot.addWidget(view)
    view.options.set_steady(0)
    for tool in ("brush", "eraser"):
        view.options.set_size(tool, SIZE)
    return view


@pytest.fixture
def pen(view: CanvasView) -> PenHands:
    return PenHands(view)


def drawn(*samples: tuple[float, float, float]) -> LabelMap:
    """What a pen must paint through x, y at that share of the size."""
    out = label_map.empty(WIDTH, HEIGHT)
    for (ax, ay, a), (bx, by, b) in itertools.pairwise([samples[0], *samples]):
        stencil, box = raster.segment(
            Point(ax, ay), Point(bx, by), SIZE / 2 * a, SIZE / 2 * b, whole(WIDTH, HEIGHT)
        )
        label_map.merge(out, stencil, box, 1)
    return out


def steps(view: CanvasView) -> int:
    """Undo everything; how many steps it took."""
    count = 0
    while view.session.undo_title:
        view.session.undo()
        count += 1
    assert not labels(view).any()
    return count


def test_pressure_sets_the_size_all_along_the_stroke(view: CanvasView, pen: PenHands) -> None:
    samples = (
        (80.0, 200.0, 0.1),
        (180.0, 200.0, 0.4),
        (280.0, 210.0, 0.7),
        (380.0, 200.0, 1.0),
        (480.0, 200.0, 0.25),
    )
    pen.drag(*samples)
    assert np.array_equal(labels(view), drawn(*samples))
    heights = [int((labels(view)[:, round(x)] == 1).sum()) for x, _, _ in samples]
    assert heights == pytest.approx([SIZE * share for _, _, share in samples], abs=3)
    assert view.session.undo_title == "Paint Area 1"
    assert steps(view) == 1


def test_hardly_any_pressure_is_no_blot(view: CanvasView, pen: PenHands) -> None:
    """Tablets tell a pressure of nothing at the first and the last touch."""
    pen.drag((100.0, 200.0, 0.0), (200.0, 200.0, 0.0), (300.0, 200.0, 0.0))
    assert 1 <= (labels(view)[:, 200] == 1).sum() <= 5


def test_a_pen_without_pressure_paints_the_whole_size(view: CanvasView, pen: PenHands) -> None:
    pen.device = BLUNT
    pen.drag((100, 200), (300, 200))
    assert np.array_equal(labels(view), drawn((100, 200, 1), (300, 200, 1)))


def test_pressure_can_be_switched_off(view: CanvasView, pen: PenHands) -> None:
    view.options.set_pressure(False)
    pen.drag((100.0, 200.0, 0.2), (300.0, 200.0, 0.5))
    assert np.array_equal(labels(view), drawn((100, 200, 1), (300, 200, 1)))


def test_the_eraser_end_erases(view: CanvasView, pen: PenHands) -> None:
    pen.drag((100, 200), (400, 200))
    pen.device = ERASER
    pen.drag((200.0, 200.0, 0.5), (300.0, 200.0, 0.5))
    assert labels(view)[200, 250] == 0
    assert labels(view)[200 + SIZE // 2 - 4, 250] == 1
    assert labels(view)[200, 120] == 1
    assert view.session.undo_title == "Erase"
    assert steps(view) == 2


def test_the_barrels_button_erases_where_the_tip_touches(view: CanvasView, pen: PenHands) -> None:
    pen.drag((100, 200), (400, 200))
    before = labels(view).copy()
    pen.press(150, 200, 0.0, RIGHT)  # in the air
    pen.move(250, 200, 0.0)
    assert np.array_equal(labels(view), before)
    pen.press(250, 200, 1.0, LEFT)
    pen.move(300, 200)
    pen.release(300, 200, LEFT)
    pen.release(300, 200, RIGHT)
    assert labels(view)[200, 275] == 0
    assert labels(view)[200, 150] == 1
    assert steps(view) == 2


def test_systems_that_tell_of_the_barrels_button_alone(view: CanvasView, pen: PenHands) -> None:
    pen.drag((100, 200), (400, 200))
    pen.drag((200, 200), (300, 200), button=RIGHT)
    assert labels(view)[200, 250] == 0
    assert labels(view)[200, 350] == 1
    assert steps(view) == 2


def test_a_barrel_button_in_mid_stroke_changes_nothing(view: CanvasView, pen: PenHands) -> None:
    pen.press(100, 200)
    pen.press(150, 200, 1.0, RIGHT)
    pen.release(200, 200, RIGHT)
    pen.move(300, 200)
    pen.release(300, 200)
    assert np.array_equal(labels(view), drawn((100, 200, 1), (300, 200, 1)))
    assert steps(view) == 1


def test_hovering_moves_the_ring_and_leaving_takes_it_away(view: CanvasView, pen: PenHands) -> None:
    bare = pixels(view)
    heard: list[tuple[float, float]] = []
    left: list[bool] = []
    view.cursor_moved.connect(lambda x, y: heard.append((x, y)))
    view.cursor_left.connect(lambda: left.append(True))
    for x, y in ((200, 200), (420, 150)):
        pen.hover(x, y)
        rows, columns = np.nonzero((pixels(view) != bare).any(axis=2))
        centre = view.navigation.to_image(
            float(columns.min() + columns.max()) / 2, float(rows.min() + rows.max()) / 2
        )
        assert centre == pytest.approx((x, y), abs=3 / view.zoom)
    assert heard == [(200, 200), (420, 150)]
    assert not labels(view).any()
    pen.leave()
    assert np.array_equal(pixels(view), bare)
    assert left == [True]


def test_space_and_the_pen_pan(view: CanvasView, pen: PenHands, hands: Hands) -> None:
    view.set_zoom(2.0)
    left, top = view.navigation.left, view.navigation.top
    hands.key(Qt.Key.Key_Space, up=False)
    start, end = (200.0, 200.0), (220.0, 190.0)
    pen.press(*start)
    pen.move(*end)
    pen.release(*end)
    hands.key(Qt.Key.Key_Space, down=False)
    assert (view.navigation.left - left, view.navigation.top - top) == (40, -20)
    assert not labels(view).any()
    assert not view.held
    pen.drag((200, 200), (220, 200))
    assert steps(view) == 1


def test_space_in_mid_stroke_pans_and_the_stroke_goes_on(
    view: CanvasView, pen: PenHands, hands: Hands
) -> None:
    view.set_zoom(2.0)
    pen.press(200, 200)
    pen.move(220, 200)
    left = view.navigation.left
    hands.key(Qt.Key.Key_Space, up=False)
    pen.move(230, 200)
    assert view.navigation.left == left + 20
    hands.key(Qt.Key.Key_Space, down=False)
    pen.move(260, 200)
    pen.release(260, 200)
    assert np.array_equal(labels(view), drawn((200, 200, 1), (220, 200, 1), (260, 200, 1)))
    assert steps(view) == 1


def test_a_middle_button_of_the_barrel_pans(view: CanvasView, pen: PenHands) -> None:
    view.set_zoom(2.0)
    left = view.navigation.left
    pen.press(200, 200, 0.0, MIDDLE)
    pen.move(230, 200, 0.0)
    pen.release(230, 200, MIDDLE)
    assert view.navigation.left == left + 60
    assert not labels(view).any()
    assert not view.held


def by_distance(view: CanvasView, pen: PenHands) -> None:
    pen.leave()


def by_focus(view: CanvasView, pen: PenHands) -> None:
    QApplication.sendEvent(view, QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.ActiveWindowFocusReason))


def by_a_lost_release(view: CanvasView, pen: PenHands) -> None:
    pen.hover(500, 390)


@pytest.mark.parametrize("end", [by_distance, by_focus, by_a_lost_release])
def test_a_stroke_without_its_release_is_kept_as_one_step(
    view: CanvasView, pen: PenHands, end: Callable[[CanvasView, PenHands], None]
) -> None:
    pen.press(100, 200, 0.5)
    pen.move(200, 200, 1.0)
    pen.move(300, 200, 0.5)
    end(view, pen)
    expected = drawn((100, 200, 0.5), (200, 200, 1), (300, 200, 0.5))
    assert np.array_equal(labels(view), expected)
    assert not view.session.in_gesture
    assert not view.held
    pen.move(400, 300)  # what still comes paints nothing
    pen.release(400, 300)
    assert np.array_equal(labels(view), expected)
    pen.drag((100, 350), (200, 350))
    assert labels(view)[350, 150] == 1
    assert steps(view) == 2


def test_escape_drops_what_the_pen_draws(view: CanvasView, pen: PenHands, hands: Hands) -> None:
    pen.press(100, 200)
    pen.move(200, 200)
    hands.key(Qt.Key.Key_Escape)
    pen.move(300, 200)
    pen.release(300, 200)
    assert not labels(view).any()
    hands.drag((100, 100), (200, 100))
    assert np.array_equal(labels(view), drawn((100, 100, 1), (200, 100, 1)))


def test_the_pen_does_not_disturb_the_mouse(view: CanvasView, pen: PenHands, hands: Hands) -> None:
    hands.press(100, 100)
    pen.hover(500, 300)
    pen.press(500, 300)
    pen.move(520, 320)
    hands.move(200, 100)
    pen.release(520, 320)
    pen.leave()
    hands.move(300, 100)
    hands.release(300, 100)
    assert np.array_equal(labels(view), drawn((100, 100, 1), (200, 100, 1), (300, 100, 1)))
    assert steps(view) == 1


def test_the_mouse_does_not_disturb_the_pen(view: CanvasView, pen: PenHands, hands: Hands) -> None:
    pen.press(100, 100, 0.5)
    hands.move(500, 300)
    hands.drag((500, 300), (520, 320))
    hands.double(400, 300)
    pen.move(200, 100, 0.5)
    hands.click(500, 300, RIGHT)
    pen.move(300, 100, 0.5)
    pen.release(300, 100)
    assert np.array_equal(labels(view), drawn((100, 100, 0.5), (200, 100, 0.5), (300, 100, 0.5)))
    assert steps(view) == 1


DRAGGED: dict[str, tuple[tuple[float, float], ...]] = {
    "brush": ((100, 100), (200, 150), (300, 100)),
    "eraser": ((100, 100), (200, 150), (300, 100)),
    "rectangle": ((100, 100), (200, 150), (300, 260)),
    "ellipse": ((100, 100), (200, 150), (300, 260)),
    "lasso": ((100, 100), (300, 120), (280, 300), (90, 280)),
}
CLICKED: dict[str, tuple[tuple[float, float], ...]] = {
    "polygon": ((100, 100), (300, 120), (280, 300), (100, 100)),
    "magnet": ((100, 100), (300, 120), (280, 300), (100, 100)),
    "fill": ((200, 200),),
    "wand": ((200.5, 200.5),),
}


@pytest.mark.parametrize("tool", [*DRAGGED, *CLICKED])
@pytest.mark.parametrize("how", ["add", "erase", "alt"])
def test_every_tool_works_by_pen_as_by_mouse(
    view: CanvasView, pen: PenHands, hands: Hands, tool: str, how: str
) -> None:
    """The eraser end and Alt take away, as the right button and Alt do."""
    hands.drag((120, 60), (120, 380), (420, 380), (420, 60), (120, 60))
    before = labels(view).copy()
    view.set_tool(tool)
    view.options.set_tolerance(60)

    def settled() -> LabelMap:
        if tool in ("fill", "wand"):
            finish(draft_of(view))
        while tool == "magnet" and view.tool is not None and view.tool.busy:
            QCoreApplication.processEvents()
        found = labels(view).copy()
        if not np.array_equal(found, before):
            view.session.undo()
        assert np.array_equal(labels(view), before)
        hands.key(Qt.Key.Key_Escape)
        return found

    button = RIGHT if how == "erase" else LEFT
    hands.modifiers = pen.modifiers = (
        ALT if how == "alt" and tool not in ("brush", "eraser") else hands.modifiers
    )
    if tool in DRAGGED:
        hands.drag(*DRAGGED[tool], button=button)
    else:
        for place in CLICKED[tool]:
            hands.click(*place, button=button)
    by_mouse = settled()
    pen.device = ERASER if how == "erase" else pen.device
    if tool in DRAGGED:
        pen.drag(*DRAGGED[tool])
    else:
        for place in CLICKED[tool]:
            pen.tap(*place)
    assert np.array_equal(settled(), by_mouse)
    if how == "add":
        assert not np.array_equal(by_mouse, before)


def nodes(view: CanvasView) -> list[tuple[float, float]]:
    area = shot(view).area(1)
    return [] if area is None or area.trajectory is None else [(p.x, p.y) for p in area.trajectory.nodes]


def test_paths_by_hand_by_taps_and_a_double_tap_ends_them(view: CanvasView, pen: PenHands) -> None:
    view.set_tool("path")
    pen.drag(*((100 + 10 * k, 200 + (k % 3)) for k in range(30)))
    first = nodes(view)
    assert first[0] == (100, 200)
    assert first[-1] == (390, 202)
    view.session.undo()
    for place in ((100, 100), (200, 150), (300, 100)):
        pen.tap(*place)
        pen.wait(1.0)
    pen.tap(400, 150)
    assert nodes(view) == []
    pen.tap(401, 151)
    assert nodes(view) == [(100, 100), (200, 150), (300, 100), (400, 150)]


def test_two_slow_taps_are_no_double_tap(view: CanvasView, pen: PenHands) -> None:
    view.set_tool("polygon")
    for place in ((100, 100), (300, 120)):
        pen.tap(*place)
    pen.tap(280, 300)
    pen.wait(2.0)
    pen.tap(280, 302)
    assert not labels(view).any()
    pen.tap(281, 302)
    assert labels(view)[150, 200] == 1


def test_qt_finds_the_canvas_under_the_pen_and_the_keys_follow(qtbot: QtBot, view: CanvasView) -> None:
    window = QWidget()
    layout = QHBoxLayout(window)
    field = QLineEdit()
    layout.addWidget(field)
    layout.addWidget(view)
    qtbot.addWidget(window)
    window.resize(800, 500)
    window.show()
    window.activateWindow()
    field.setFocus()
    QApplication.processEvents()
    pen = PenHands(view, through_window=True)
    pen.hover(100, 100)
    pen.drag((100.0, 100.0, 0.5), (200.0, 100.0, 0.5), (300.0, 120.0, 1.0))
    assert np.array_equal(labels(view), drawn((100, 100, 0.5), (200, 100, 0.5), (300, 120, 1)))
    assert steps(view) == 1
    assert view.hasFocus()
    view.setParent(None)
