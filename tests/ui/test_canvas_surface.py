"""What the canvas shows while it has no time to draw everything, and what it shows in the end."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from desktop.core import label_map
from desktop.core.geometry import Box, Point, whole
from desktop.imaging import raster
from desktop.imaging.compose import Pixels
from desktop.imaging.pyramid import Picture, picture_levels
from desktop.ui.canvas.look import Look
from desktop.ui.canvas.navigation import Margins, Navigation
from desktop.ui.canvas.overlay import table
from desktop.ui.canvas.surface import AT_ONCE, Surface
from desktop.ui.canvas.view import CanvasView
from tests.canvas_hands import Hands, gradient, open_canvas, pixels, settle, shot_of

WIDE, HIGH = 1700, 1300
PICTURE = dict(enumerate(picture_levels(gradient(WIDE, HIGH))))
LOOKS = (Look(), Look(hatch=False), Look(hidden=True), Look(opacity=0.4))


def _table(look: Look) -> Pixels:
    return table(shot_of(WIDE, HIGH, 1, 2, 3, 7).areas, look)


class _Screen:
    """A surface with what it shows, and a way to draw the same from nothing."""

    def __init__(self) -> None:
        self.labels = label_map.empty(WIDE, HIGH)
        self.navigation = Navigation()
        self.navigation.set_picture(WIDE, HIGH)
        self.navigation.resize(700, 500, Margins(10, 10, 10))
        self.look, self.solid, self.levels = Look(), False, dict[int, Picture]()
        self.surface = Surface(self.labels)
        self.dress(self.surface)

    def dress(self, surface: Surface) -> None:
        surface.set_levels(self.levels)
        surface.set_table(_table(self.look))
        surface.set_ground(QColor("#203040"), bare=self.solid)

    def prepare(self, surface: Surface) -> None:
        nav = self.navigation
        surface.prepare(nav.visible, nav.zoom, nav.view_width, nav.view_height, 1.0)

    def seen(self, surface: Surface) -> npt.NDArray[np.uint8]:
        box = self.navigation.visible
        image = QImage(box.width, box.height, QImage.Format.Format_RGB32)
        image.fill(QColor("#ff00ff"))
        with QPainter(image) as painter:
            surface.draw(painter, box, -box.left, -box.top)
        data = np.frombuffer(image.constBits(), np.uint8).reshape(box.height, box.width, 4)
        return data[:, :, :3].copy()

    def afresh(self) -> npt.NDArray[np.uint8]:
        surface = Surface(self.labels)
        self.dress(surface)
        self.prepare(surface)
        while not surface.finished:
            surface.refine()
        return self.seen(surface)


def _strokes() -> st.SearchStrategy[tuple[str, int, int, int, int]]:
    return st.tuples(
        st.just("stroke"), st.integers(0, WIDE), st.integers(0, HIGH), st.integers(1, 400), st.integers(0, 7)
    )


def _moves() -> st.SearchStrategy[tuple[str, int, int]]:
    return st.tuples(st.just("pan"), st.integers(-900, 900), st.integers(-900, 900))


STEPS = st.one_of(
    _strokes(),
    _moves(),
    st.tuples(st.just("zoom"), st.floats(0.1, 9.0), st.integers(0, 700), st.integers(0, 500)),
    st.tuples(st.just("resize"), st.integers(60, 1500), st.integers(60, 1100)),
    st.tuples(st.just("look"), st.integers(0, len(LOOKS) - 1)),
    st.tuples(st.just("solid"), st.booleans()),
    st.tuples(st.just("levels"), st.integers(0, 2)),
    st.tuples(st.just("refine"), st.integers(1, 3)),
)


def _take(screen: _Screen, step: tuple[str, *tuple[float, ...]]) -> None:
    surface, nav = screen.surface, screen.navigation
    match step:
        case ("stroke", x, y, radius, label):
            at = Point(float(x), float(y))
            stencil, box = raster.segment(at, at, radius, radius, whole(WIDE, HIGH))
            parts = label_map.merge_parts(screen.labels, stencil, box, int(label))
            surface.labels_changed(label_map.united(parts), nav.zoom, parts)
        case ("pan", dx, dy):
            nav.pan(int(dx), int(dy))
        case ("zoom", zoom, x, y):
            nav.zoom_to(zoom, x, y)
        case ("resize", width, height):
            nav.resize(int(width), int(height), Margins(10, 10, 10))
        case ("look", number):
            screen.look = LOOKS[int(number)]
            screen.dress(surface)
        case ("solid", solid):
            screen.solid = bool(solid)
            screen.dress(surface)
        case ("levels", finest):
            screen.levels = {level: PICTURE[level] for level in PICTURE if level >= finest}
            screen.dress(surface)
        case ("refine", times):
            for _ in range(int(times)):
                surface.refine()
    screen.prepare(surface)


@settings(max_examples=25, deadline=None)
@given(st.lists(STEPS, max_size=14))
def test_whatever_has_happened_the_end_is_what_is_drawn_from_nothing(
    steps: list[tuple[str, *tuple[float, ...]]],
) -> None:
    screen = _Screen()
    screen.prepare(screen.surface)
    for step in steps:
        _take(screen, step)
    while not screen.surface.finished:
        screen.surface.refine()
    assert screen.surface.sharp(screen.navigation.visible, screen.navigation.zoom)
    seen, afresh = screen.seen(screen.surface).astype(int), screen.afresh().astype(int)
    assert np.abs(seen - afresh).max(initial=0) <= 1  # OpenCV rounds by where a strip begins


@settings(max_examples=15, deadline=None)
@given(st.lists(STEPS, max_size=10))
def test_there_is_something_to_see_at_every_moment(steps: list[tuple[str, *tuple[float, ...]]]) -> None:
    screen = _Screen()
    screen.levels = PICTURE
    screen.dress(screen.surface)
    screen.prepare(screen.surface)
    for step in steps:
        _take(screen, step)
        nothing = (screen.seen(screen.surface) == (255, 0, 255)).all(axis=-1)
        assert not nothing.any()


@pytest.fixture
def large(qapp: QCoreApplication) -> CanvasView:
    view = open_canvas(shot_of(2600, 1950, 1, 2), 1300, 900)
    Hands(view).drag((700, 900), (1900, 900))
    settle(view)
    return view


def test_a_zoom_step_in_a_large_view_is_shown_at_once_and_sharp_soon(large: CanvasView) -> None:
    assert large.navigation.visible.area * 2 > AT_ONCE
    settled = pixels(large).astype(int)
    large.zoom_at(1.19, 500, 400)
    coarse = large.grab().toImage()
    assert not large.sharp
    assert coarse.size() == large.size() * large.ratio
    assert len({coarse.pixel(x, 450) for x in range(0, 1300, 7)}) > 20
    first = pixels(large).astype(int)
    large.repaint()
    assert large.sharp
    assert np.array_equal(first, pixels(large))
    assert not np.array_equal(first, settled)


def test_a_pan_finds_its_strips_drawn(large: CanvasView) -> None:
    large.set_zoom(large.ratio)
    settle(large)
    seen = large.navigation.visible
    for _ in range(12):
        large.pan_by(7, -5)
        assert large.sharp
        large.repaint()
    assert large.navigation.visible == Box(seen.left - 84, seen.top + 60, seen.right - 84, seen.bottom + 60)
    QApplication.processEvents()
    moved = pixels(large)
    large.refresh()
    assert np.array_equal(moved, pixels(large))


def test_a_stroke_right_after_a_zoom_is_seen(large: CanvasView) -> None:
    large.set_zoom(1.0)
    large.grab()
    assert not large.sharp
    large.session.choose_area(2)
    Hands(large).drag((1250, 900), (1400, 1000))
    if large.tool is not None:
        large.tool.hover(None)
    with_stroke = pixels(large)
    large.zoom_at(2.0, 650, 450)
    pixels(large)
    large.zoom_at(0.5, 650, 450)
    assert np.array_equal(with_stroke, pixels(large))


def test_a_large_map_is_read_bit_by_bit(qapp: QCoreApplication) -> None:
    labels = label_map.empty(4000, 3000)
    labels[2900:2950, 100:3900] = 3
    surface = Surface(labels)
    assert not surface.read
    box = Box(0, 0, 400, 300)
    surface.prepare(box, 0.1, 400, 300, 1.0)
    while not surface.finished:
        surface.refine()
    assert surface.read
    assert surface.anchors().keys() == {3}
