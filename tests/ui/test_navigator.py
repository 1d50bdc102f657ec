"""The navigator shows what is in sight and moves it; it is there only when there is something to navigate."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.core.geometry import Point
from desktop.ui.canvas.navigator import Navigator
from desktop.ui.canvas.view import CanvasView
from tests.canvas_hands import open_canvas, shot_of

WIDTH, HEIGHT = 1200, 800
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(qtbot: QtBot) -> CanvasView:
    view = open_canvas(shot_of(WIDTH, HEIGHT, 1), 600, 500)
    qtbot.addWidget(view)
    return view


@pytest.fixture
def navigator(view: CanvasView) -> Navigator:
    return Navigator(view)


def middle(view: CanvasView) -> Point:
    nav = view.navigation
    return nav.to_image(nav.view_width / 2, nav.view_height / 2)


def image_point(navigator: Navigator, place: QPointF) -> Point:
    """The image position under a place of the navigator, by its own shape."""
    inner = navigator.rect().adjusted(6, 6, -6, -6)
    return Point(
        (place.x() - inner.left()) / inner.width() * WIDTH,
        (place.y() - inner.top()) / inner.height() * HEIGHT,
    )


def test_it_hides_while_everything_is_in_sight(view: CanvasView, navigator: Navigator) -> None:
    view.fit()
    assert navigator.isHidden()
    view.set_zoom(3.0)
    assert navigator.isVisible()
    view.fit()
    assert navigator.isHidden()


def test_it_stays_away_by_choice(view: CanvasView, navigator: Navigator) -> None:
    view.set_zoom(3.0)
    navigator.set_wanted(False)
    assert navigator.isHidden()
    view.set_zoom(4.0)
    assert navigator.isHidden()
    navigator.set_wanted(True)
    assert navigator.isVisible()


def test_it_goes_with_the_shot(view: CanvasView, navigator: Navigator) -> None:
    view.set_zoom(3.0)
    view.session.close()
    navigator.refresh()
    assert navigator.isHidden()


def test_it_lies_in_the_lower_right_corner_inside_the_canvas(view: CanvasView, navigator: Navigator) -> None:
    view.set_zoom(3.0)
    place = navigator.geometry()
    assert view.rect().contains(place)
    assert place.center().x() > view.width() / 2
    assert place.center().y() > view.height() / 2


def test_its_frame_is_what_is_in_sight(view: CanvasView, navigator: Navigator) -> None:
    view.set_zoom(4.0)
    view.centre_on(Point(300, 200))
    frame, seen = navigator.frame(), view.navigation.visible_image
    for place, x, y in (
        (frame.topLeft(), seen.left, seen.top),
        (frame.bottomRight(), seen.right, seen.bottom),
    ):
        found = image_point(navigator, place)
        assert abs(found.x - x) <= 12  # a pixel of the navigator is 8 of the picture
        assert abs(found.y - y) <= 12


def test_a_click_shows_that_place_and_a_drag_carries_the_frame(
    view: CanvasView, navigator: Navigator
) -> None:
    view.set_zoom(6.0)
    view.centre_on(Point(600, 400))
    target = QPoint(40, 30)
    QTest.mousePress(navigator, LEFT, Qt.KeyboardModifier.NoModifier, target)
    wanted = image_point(navigator, QPointF(target))
    assert abs(middle(view).x - wanted.x) <= 12
    assert abs(middle(view).y - wanted.y) <= 12
    before = middle(view)
    QTest.mouseRelease(navigator, LEFT, Qt.KeyboardModifier.NoModifier, target)
    grabbed = navigator.frame().center() + QPointF(
        3, 2
    )  # inside the frame, not in its middle: it does not jump
    QTest.mousePress(navigator, LEFT, Qt.KeyboardModifier.NoModifier, grabbed.toPoint())
    assert abs(middle(view).x - before.x) <= 12
    QTest.mouseRelease(navigator, LEFT)


def test_arrow_keys_pan(view: CanvasView, navigator: Navigator) -> None:
    view.set_zoom(6.0)
    view.centre_on(Point(600, 400))
    QTest.keyClick(navigator, Qt.Key.Key_Right)
    assert middle(view).x > 600
    QTest.keyClick(navigator, Qt.Key.Key_Up)
    assert middle(view).y < 400


def test_it_shows_the_picture(view: CanvasView, navigator: Navigator) -> None:
    plain = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    plain[:, : WIDTH // 2] = (200, 30, 10)
    plain[:, WIDTH // 2 :] = (10, 60, 220)
    view.set_levels({0: plain})
    view.set_zoom(16.0)
    view.centre_on(Point(600, 100))
    image: QImage = navigator.grab().toImage()
    ratio = image.devicePixelRatio()
    left = image.pixelColor(round(15 * ratio), round(80 * ratio))
    right = image.pixelColor(round((navigator.width() - 15) * ratio), round(80 * ratio))
    assert (left.red(), left.green(), left.blue()) == (200, 30, 10)
    assert (right.red(), right.green(), right.blue()) == (10, 60, 220)
