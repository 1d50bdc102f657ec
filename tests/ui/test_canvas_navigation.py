"""Zoom stays at the cursor, pan moves whole device pixels, fitting fits, and drops are passed on."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence
from pytestqt.qtbot import QtBot

from desktop.core.geometry import Box, Point
from desktop.ui.canvas.navigation import LEAST_ZOOM, MOST_ZOOM, NO_MARGINS, Margins, Navigation, snapped
from desktop.ui.canvas.tools.table import COMMANDS, TOOLS
from desktop.ui.canvas.view import CanvasView
from desktop.ui.icons import NAMES
from desktop.ui.wheel import Wheel
from tests.canvas_hands import (
    CTRL,
    MIDDLE,
    MOUSE,
    RIGHT,
    SHIFT,
    TOUCHPAD,
    Hands,
    labels,
    open_canvas,
    shot_of,
)

WIDTH, HEIGHT = 1200, 800


@pytest.fixture
def view(qtbot: QtBot) -> CanvasView:
    view = open_canvas(shot_of(WIDTH, HEIGHT, 1), 600, 500)
    qtbot.addWidget(view)
    return view


sides = st.integers(1, 12000)
views = st.integers(50, 4000)


@given(sides, sides, views, views)
def test_a_fitted_picture_is_whole_and_fills_a_side(width: int, height: int, wide: int, high: int) -> None:
    nav = Navigation()
    nav.resize(wide, high, Margins(10, 10, 10))
    nav.set_picture(width, height)
    nav.fit(Margins(10, 10, 10))
    on_screen = width * nav.zoom, height * nav.zoom
    assert on_screen[0] <= wide - 20
    assert on_screen[1] <= high - 20
    assert nav.zoom == snapped(nav.zoom)
    fills = max(on_screen[0] / (wide - 20), on_screen[1] / (high - 20))
    assert fills > 0.96 or nav.zoom == MOST_ZOOM
    assert abs(nav.left + on_screen[0] / 2 - wide / 2) <= 1


@given(st.floats(0.01, 100), st.floats(0, 600), st.floats(0, 500), st.integers(-300, 300))
def test_what_is_under_the_cursor_stays_there(zoom: float, x: float, y: float, shift: int) -> None:
    nav = Navigation()
    nav.resize(600, 500, NO_MARGINS)
    nav.set_picture(WIDTH, HEIGHT)
    nav.zoom_to(0.5, 300, 250)
    nav.pan(shift, -shift)
    x = min(max(x, nav.left), nav.left + nav.screen[0])
    y = min(max(y, nav.top), nav.top + nav.screen[1])
    before = nav.to_image(x, y)
    nav.zoom_to(zoom, x, y)
    wide, high = nav.screen
    assume(48 - wide < nav.left < 600 - 48)  # else the picture was kept from leaving the view
    assume(48 - high < nav.top < 500 - 48)
    after = nav.to_view(before)
    slack = 1.0 + nav.zoom / 256
    assert abs(after[0] - x) <= slack
    assert abs(after[1] - y) <= slack
    assert LEAST_ZOOM * 0.9 <= nav.zoom <= MOST_ZOOM
    assert isinstance(nav.left, int)


@given(st.floats(0.1, 32), st.integers(-5000, 5000), st.integers(-5000, 5000))
def test_positions_go_to_the_screen_and_back(zoom: float, dx: int, dy: int) -> None:
    nav = Navigation()
    nav.resize(600, 500, NO_MARGINS)
    nav.set_picture(WIDTH, HEIGHT)
    nav.zoom_to(zoom, 300, 250)
    nav.pan(dx, dy)
    for p in (Point(0.0, 0.0), Point(123.25, 77.5), Point(float(WIDTH), float(HEIGHT))):
        assert nav.to_image(*nav.to_view(p)) == p
    wide, high = nav.screen
    assert nav.left <= nav.view_width
    assert nav.left + wide >= 0
    assert nav.top + high >= 0


def test_small_pinches_add_up() -> None:
    nav = Navigation()
    nav.resize(600, 500, NO_MARGINS)
    nav.set_picture(WIDTH, HEIGHT)
    nav.zoom_to(1.0, 0, 0)
    for _ in range(70):
        nav.zoom_by(1.01, 300, 250)
    assert nav.zoom == pytest.approx(1.01**70, rel=0.03)


def test_the_wheel_zooms_at_the_cursor(view: CanvasView, hands: Hands) -> None:
    heard: list[float] = []
    view.zoom_changed.connect(heard.append)
    at = QPointF(420, 150)
    before = view.navigation.to_image(at.x() * view.ratio, at.y() * view.ratio)
    for steps in (1, 1, 1, -1, 5):
        hands.wheel(at, steps)
    x, y = view.navigation.to_view(before)
    assert math.hypot(x - at.x() * view.ratio, y - at.y() * view.ratio) <= 6 + view.zoom
    assert heard[-1] == view.zoom > 1.0
    hands.wheel(at, -60, CTRL)
    assert view.zoom == pytest.approx(LEAST_ZOOM, rel=0.02)
    hands.wheel(at, 90)
    assert view.zoom == MOST_ZOOM


@given(
    st.floats(0, 600),
    st.floats(0, 500),
    st.lists(st.sampled_from([1.003, 1.02, 1.19, 1 / 1.02, 1 / 1.19]), max_size=60),
)
def test_many_small_zooms_stay_where_they_began(x: float, y: float, factors: list[float]) -> None:
    nav = Navigation()
    nav.resize(600, 500, NO_MARGINS)
    nav.set_picture(8000, 6000)
    at = nav.to_image(x, y)
    assume(0 <= at.x <= 8000 and 0 <= at.y <= 6000)
    for factor in factors:
        nav.zoom_by(factor, x, y)
    now_x, now_y = nav.to_view(at)
    assert math.hypot(now_x - x, now_y - y) <= 1 + nav.zoom / 256


def test_a_pinch_zooms_at_the_cursor_and_two_fingers_pan(view: CanvasView, hands: Hands) -> None:
    at = QPointF(420, 150)
    before = view.navigation.to_image(at.x() * view.ratio, at.y() * view.ratio)
    zoom = view.zoom
    for _ in range(120):
        hands.pinch(at, 0.015)
    assert view.zoom == pytest.approx(zoom * 1.015**120, rel=0.02)
    x, y = view.navigation.to_view(before)
    assert math.hypot(x - at.x() * view.ratio, y - at.y() * view.ratio) <= 1 + view.zoom / 256
    left, top, zoom = view.navigation.left, view.navigation.top, view.zoom
    hands.two_fingers(at, 31, -12)
    moved = view.navigation.left - left, view.navigation.top - top
    assert moved == (math.floor(31 * view.ratio + 0.5), math.floor(-12 * view.ratio + 0.5))
    assert view.zoom == zoom
    hands.pinch(at, 0.0, Qt.NativeGestureType.SmartZoomNativeGesture)
    assert view.navigation.fitted
    hands.pinch(at, 0.0, Qt.NativeGestureType.SmartZoomNativeGesture)
    assert view.zoom == 1.0


ANGLES = [QPoint(0, 120), QPoint(0, -120), QPoint(0, 16), QPoint(0, -7)]
X11, UPDATE = Qt.ScrollPhase.NoScrollPhase, Qt.ScrollPhase.ScrollUpdate


@pytest.mark.parametrize("angle", ANGLES)
@pytest.mark.parametrize("chosen", list(Wheel))
@pytest.mark.parametrize(
    "pixels", [QPoint(), QPoint(0, 15)]
)  # X11 tells pixels of a wheel too, and wrong ones
def test_a_mouse_wheel_zooms_unless_it_shall_pan(
    view: CanvasView, hands: Hands, angle: QPoint, chosen: Wheel, pixels: QPoint
) -> None:
    view.set_zoom(2.0)
    view.wheel = chosen
    at, nav = QPointF(420, 150), view.navigation
    place, zoom = (nav.left, nav.top), view.zoom
    under = nav.to_image(at.x() * view.ratio, at.y() * view.ratio)
    for _ in range(4):
        hands.turn(at, angle, pixels, device=MOUSE)
    moved = nav.left - place[0], nav.top - place[1]
    if chosen == Wheel.PAN:
        assert view.zoom == zoom
        assert moved == (0, math.floor(4 * angle.y() * 0.5 * view.ratio + 0.5))
        hands.turn(at, QPoint(0, 240), device=MOUSE, modifiers=CTRL)
        assert view.zoom > zoom
    else:
        assert view.zoom == pytest.approx(zoom * 1.19 ** (4 * angle.y() / 120), rel=0.02)
        x, y = nav.to_view(under)
        assert math.hypot(x - at.x() * view.ratio, y - at.y() * view.ratio) <= 2 + view.zoom


@pytest.mark.parametrize("phase", [X11, UPDATE, Qt.ScrollPhase.ScrollMomentum])
@pytest.mark.parametrize("chosen", list(Wheel))
def test_two_fingers_pan_unless_they_shall_zoom(
    view: CanvasView, hands: Hands, phase: Qt.ScrollPhase, chosen: Wheel
) -> None:
    """On X11 the device tells, and pixels do not count; on Wayland and macOS the phase tells, whatever the device."""
    view.set_zoom(2.0)
    view.wheel = chosen
    at, nav = QPointF(300, 250), view.navigation
    place, zoom, fingers = (nav.left, nav.top), view.zoom, phase == X11
    device = TOUCHPAD if fingers else MOUSE
    hands.turn(at, QPoint(14, -8), QPoint(7, -4), device=device, phase=phase)
    if chosen == Wheel.ZOOM:
        hands.turn(at, QPoint(0, -240), QPoint(0, -120), device=device, phase=phase)
        assert view.zoom < zoom
        hands.turn(at, QPoint(90, 0), QPoint(45, 0), device=device, phase=phase)
        return
    assert view.zoom == zoom
    assert nav.left - place[0] == math.floor(7 * view.ratio + 0.5)
    assert nav.top - place[1] == math.floor(-4 * view.ratio + 0.5)
    for _ in range(10):  # small ones add up
        hands.turn(at, QPoint(1, 0), QPoint() if fingers else QPoint(1, 0), device=device, phase=phase)
    step = 0.5 if fingers else 1.0
    assert abs(nav.left - place[0] - (7 + 10 * step) * view.ratio) <= 1
    hands.turn(at, QPoint(0, 240), QPoint(0, 120), device=device, phase=phase, modifiers=CTRL)
    assert view.zoom > zoom
    zoom = view.zoom
    hands.pinch(at, 0.3)
    assert view.zoom > zoom


def test_fingers_that_only_touch_leave_a_fitted_picture_fitted(view: CanvasView, hands: Hands) -> None:
    for phase in (Qt.ScrollPhase.ScrollBegin, Qt.ScrollPhase.ScrollEnd):
        hands.turn(QPointF(300, 250), QPoint(), device=TOUCHPAD, phase=phase)
    assert view.navigation.fitted


def test_a_pinch_and_two_fingers_leave_a_stroke_under_way(view: CanvasView, hands: Hands) -> None:
    view.options.set_steady(0)
    hands.press(300, 300)
    hands.move(400, 300)
    hands.pinch(QPointF(300, 250), 0.5)
    hands.two_fingers(QPointF(300, 250), -20, 15)
    hands.move(500, 300)
    hands.release(500, 300)
    row = labels(view)[300]
    assert row[300:500].all()
    assert view.session.undo_title == "Paint Area 1"
    view.session.undo()
    assert not labels(view).any()


def test_shift_and_wheel_pan_sideways(view: CanvasView, hands: Hands) -> None:
    view.set_zoom(2.0)
    left, top = view.navigation.left, view.navigation.top
    hands.wheel(QPointF(300, 250), 1, SHIFT)
    assert view.navigation.left == left + round(60 * view.ratio)
    assert view.navigation.top == top


def test_space_and_the_middle_button_pan_in_any_tool(view: CanvasView, hands: Hands) -> None:
    view.set_zoom(2.0)
    for tool in ("brush", "lasso", "path", "rectangle"):
        view.set_tool(tool)
        for button in (MIDDLE, Qt.MouseButton.LeftButton):
            left, top = view.navigation.left, view.navigation.top
            if button != MIDDLE:
                hands.key(Qt.Key.Key_Space, up=False)
            hands.drag_view(QPointF(300, 250), QPointF(320, 240), button)
            hands.key(Qt.Key.Key_Space, down=False)
            moved = view.navigation.left - left, view.navigation.top - top
            assert moved == (math.floor(20 * view.ratio + 0.5), math.floor(-10 * view.ratio + 0.5))
    assert not labels(view).any()
    assert view.session.undo_title == ""


def test_hand_and_zoom_tools(view: CanvasView, hands: Hands) -> None:
    view.set_tool("zoom")
    before = view.zoom
    hands.click(600, 400)
    assert view.zoom > before
    hands.click(600, 400, RIGHT)
    assert view.zoom == pytest.approx(before, rel=0.04)
    hands.drag((200, 200), (300, 260), (400, 300))
    shown = view.navigation.visible_image
    assert shown.left <= 200 < 400 <= shown.right
    assert shown.width < 320
    view.set_tool("hand")
    left = view.navigation.left
    hands.drag_view(QPointF(300, 250), QPointF(340, 250), Qt.MouseButton.LeftButton)
    assert view.navigation.left == left + round(40 * view.ratio)


def test_commands(view: CanvasView, hands: Hands) -> None:
    view.run("actual-size")
    assert view.zoom == 1.0
    view.run("zoom-in")
    assert view.zoom == 1.25
    view.run("zoom-out")
    assert view.zoom == 1.0
    view.run("fit")
    assert view.navigation.fitted
    hands.drag((500, 300), (600, 350))
    view.run("fit-area")
    shown = view.navigation.visible_image
    assert shown.width < 400
    assert shown.intersect(Box(500, 300, 600, 350)) == Box(500, 300, 600, 350)
    view.run("area-0")
    assert view.session.active_label == 7
    view.run("fit-area")
    assert view.navigation.fitted
    for name in ("hide-overlay", "mask-only", "hatch"):
        before = view.look
        view.run(name)
        assert view.look != before
    with pytest.raises(KeyError):
        view.run("dance")
    with pytest.raises(KeyError):
        view.set_tool("chisel")


def test_a_fitted_picture_stays_fitted_when_the_window_changes(view: CanvasView) -> None:
    view.fit()
    before = view.zoom
    view.resize(300, 250)
    assert view.zoom < before
    assert view.navigation.screen[0] <= 300 * view.ratio
    view.set_zoom(4.0)
    view.resize(600, 500)
    assert view.zoom == 4.0


def test_every_command_runs_and_no_shortcut_is_taken_twice(view: CanvasView) -> None:
    for row in COMMANDS:
        view.run(row.name)
    taken = [row.shortcut for row in TOOLS] + [key for row in COMMANDS for key in row.shortcuts]
    written = [QKeySequence(key).toString() for key in taken]
    assert all(written)
    assert len(set(written)) == len(written)
    icons = [row.icon for row in TOOLS] + [row.icon for row in COMMANDS if row.icon]
    assert set(icons) <= set(NAMES)
    for tool in TOOLS:
        view.set_tool(tool.name)
        assert view.tool_name == tool.name
        assert view.tool is not None
        assert view.tool.hints()


def test_the_cursor_is_told_in_image_pixels(view: CanvasView, hands: Hands) -> None:
    heard: list[tuple[float, float]] = []

    def listen(x: float, y: float) -> None:
        heard.append((x, y))

    view.cursor_moved.connect(listen)
    hands.move(123, 456)
    assert heard == [(123, 456)]


def test_a_drop_is_passed_on(view: CanvasView) -> None:
    heard: list[list[QUrl]] = []

    def listen(mime: QMimeData) -> None:
        heard.append(mime.urls())

    view.dropped.connect(listen)
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.com/a.jpg")])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    entering = QDragEnterEvent(QPoint(10, 10), copy, mime, left, Qt.KeyboardModifier.NoModifier)
    QCoreApplication.sendEvent(view, entering)
    assert entering.isAccepted()
    dropping = QDropEvent(QPointF(10, 10), copy, mime, left, Qt.KeyboardModifier.NoModifier)
    QCoreApplication.sendEvent(view, dropping)
    assert heard == [[QUrl("https://example.com/a.jpg")]]


@given(st.integers(20, 9000), st.integers(20, 9000), st.integers(60, 3000), st.integers(60, 2000))
def test_a_fitted_picture_is_in_sight_to_its_last_pixel(
    width: int, height: int, view_width: int, view_height: int
) -> None:
    navigation = Navigation()
    navigation.set_picture(width, height)
    navigation.resize(view_width, view_height, Margins(10, 10, 10))
    assert navigation.visible_image == Box(0, 0, width, height)
