"""Badges follow the areas, and only where one moved is painted again: the screen is as if all were."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QEvent, QObject, QRect
from PySide6.QtGui import QImage, QPaintEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.core import edits
from desktop.core.geometry import Point
from desktop.core.trajectory import Trajectory
from desktop.ui.canvas.path_items import badge_places
from desktop.ui.canvas.view import CanvasView
from tests.canvas_hands import Hands, open_canvas, shot, shot_of

WIDTH, HEIGHT = 640, 480


@pytest.fixture
def view(qtbot: QtBot) -> CanvasView:
    view = open_canvas(shot_of(WIDTH, HEIGHT, 1, 2, 3, 7), 700, 540)
    qtbot.addWidget(view)
    view.options.set_steady(0)
    return view


class Painted(QObject):
    """What a widget has painted, in logical pixels."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self.rects: list[QRect] = []
        view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.rects.append(event.region().boundingRect())
        return False


def settled(view: CanvasView, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: view.settled)
    QApplication.processEvents()
    QApplication.processEvents()


def screen(view: CanvasView) -> npt.NDArray[np.uint8]:
    """What has been painted on the window, as it stands."""
    image = view.window().backingStore().paintDevice()
    assert isinstance(image, QImage)
    assert (image.width(), image.height()) == (view.navigation.view_width, view.navigation.view_height)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return pixels[:, : image.width(), :3].copy()


def assert_as_if_all_were_painted(view: CanvasView, qtbot: QtBot) -> None:
    settled(view, qtbot)
    now = screen(view)
    view.update()
    settled(view, qtbot)
    assert np.array_equal(now, screen(view))


def places(view: CanvasView) -> dict[int, QRect]:
    return badge_places(view.navigation, shot(view).areas, view._anchors, view.ratio)


def stroke(view: CanvasView, label: int, *points: tuple[float, float], width: float = 60) -> None:
    view.session.choose_area(label)
    view.options.set_size("brush", width)
    Hands(view).drag(*points)


@pytest.mark.parametrize("zoom", [0.5, 1.0, 2.3])
def test_the_screen_is_as_if_all_were_painted(view: CanvasView, qtbot: QtBot, zoom: float) -> None:
    view.set_zoom(zoom)
    random = np.random.default_rng(round(10 * zoom))
    start = Trajectory((Point(330, 250), Point(420, 300), Point(520, 200)))
    for turn in range(24):
        what = turn % 6
        if what < 3:
            label = (1, 2, 3, 7)[turn % 4]
            x, y = float(random.integers(60, 580)), float(random.integers(60, 420))
            dx, dy = random.integers(-90, 90, 2).tolist()
            stroke(view, label, (x, y), (x + dx, y + dy), width=float(random.integers(10, 120)))
        elif what == 3:
            view.session.undo()
        elif what == 4:
            # A badge at the start of its path stands beside it, and goes back where it is painted elsewhere.
            view.session.edit("Path", edits.set_trajectory(shot(view), 1, start if turn % 4 else None))
            stroke(view, 1, (300, 250), (370, 255), width=90)
        else:
            view.session.clear("Clear", (2, 3)[turn % 2])
        assert_as_if_all_were_painted(view, qtbot)


def test_only_where_badges_moved_is_painted_again(view: CanvasView, qtbot: QtBot) -> None:
    for label, x in ((2, 520), (1, 120)):
        stroke(view, label, (x, 100), (x, 380))
    settled(view, qtbot)
    painted, before, hands = Painted(view), places(view), Hands(view)
    hands.press(120, 380)
    hands.move(180, 380)
    settled(view, qtbot)
    painted.rects.clear()
    hands.release(180, 380)
    settled(view, qtbot)
    after = places(view)
    assert after[1] != before[1]
    assert after[2] == before[2]
    both = before[1].united(after[1])
    seen = QRect()
    for rect in painted.rects:
        seen = seen.united(rect)
    ratio = view.ratio
    device = QRect(*(round(v * ratio) for v in (seen.x(), seen.y(), seen.width(), seen.height())))
    assert device.contains(both)
    assert seen.width() * seen.height() < view.width() * view.height() / 6
    assert_as_if_all_were_painted(view, qtbot)


def test_badges_that_come_go_or_are_hidden(view: CanvasView, qtbot: QtBot) -> None:
    stroke(view, 1, (200, 200), (260, 200))
    assert 1 in places(view)
    assert_as_if_all_were_painted(view, qtbot)
    view.session.undo()
    assert 1 not in places(view)
    assert_as_if_all_were_painted(view, qtbot)
    view.session.redo()
    view.set_look(replace(view.look, hidden=True))
    assert_as_if_all_were_painted(view, qtbot)
    view.session.undo()
    assert_as_if_all_were_painted(view, qtbot)
    view.session.redo()
    view.set_look(replace(view.look, hidden=False))
    assert_as_if_all_were_painted(view, qtbot)
    view.session.edit("Hide", edits.hide_area(shot(view), 1, True))
    stroke(view, 2, (230, 200), (300, 210))
    assert_as_if_all_were_painted(view, qtbot)


@pytest.mark.parametrize("zoom", [0.48, 1.6])
def test_what_a_small_paint_draws_sharp_around_itself_is_shown(qtbot: QtBot, zoom: float) -> None:
    """After a zoom the view is drawn over several turns; a stroke or a hovering tool may paint in between."""
    view = open_canvas(shot_of(2000, 1600, 1), 1100, 900)
    qtbot.addWidget(view)
    settled(view, qtbot)
    view.set_zoom(zoom)
    QApplication.processEvents()
    turns = 0
    while not view.sharp:
        turns += 1
        view.update(QRect(20, 20, 10, 10))
        QApplication.processEvents()
    assert turns
    assert_as_if_all_were_painted(view, qtbot)
    view.stop()
