"""What is on screen is the picture and the areas, pixel for pixel, at every device pixel ratio."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.core import edits
from desktop.core.geometry import Box, whole
from desktop.core.shot import SourceImage, new_shot
from desktop.imaging import compose
from desktop.imaging.pyramid import LabelLevels, picture_levels
from desktop.ui.canvas.navigation import snapped
from desktop.ui.canvas.view import CanvasView
from desktop.ui.session import Session
from desktop.ui.theme import Mode, Theme, current
from tests import pictures
from tests.canvas_hands import Hands, gradient, labels, open_canvas, pixels, shot, shot_of

WIDTH, HEIGHT = 320, 240


@pytest.fixture
def view(qtbot: QtBot) -> CanvasView:
    view = open_canvas(shot_of(WIDTH, HEIGHT, 1, 2, 7))
    qtbot.addWidget(view)
    return view


def shown(view: CanvasView) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """The picture's part of the screen: H x W x 3, RGB."""
    nav = view.navigation
    left, top = max(nav.left, 0), max(nav.top, 0)
    box = nav.visible
    return pixels(view)[top : top + box.height, left : left + box.width, 2::-1]


def test_actual_size_shows_every_pixel_as_it_is(view: CanvasView) -> None:
    view.set_zoom(1.0)
    assert np.array_equal(shown(view), gradient(WIDTH, HEIGHT))


@pytest.mark.parametrize("zoom", [2, 3, 5])
def test_large_zooms_show_squares(view: CanvasView, zoom: int) -> None:
    view.set_zoom(float(zoom))
    box = view.navigation.visible
    big = gradient(WIDTH, HEIGHT).repeat(zoom, axis=0).repeat(zoom, axis=1)
    assert np.array_equal(shown(view), big[box.slices])


def test_small_zooms_show_means(view: CanvasView) -> None:
    view.set_levels(dict(enumerate(picture_levels(gradient(2048, 1536)))))
    smooth = np.full((1536, 2048, 3), (10, 120, 240), np.uint8)
    smooth[:, 1024:] = (200, 100, 0)
    levels = picture_levels(smooth)
    assert [level.shape[1] for level in levels] == [2048, 1024, 512]
    assert (levels[2][5, 5] == (10, 120, 240)).all()
    drawn = compose.sample_picture(dict(enumerate(levels)), (2048, 1536), 0.25, Box(0, 0, 512, 384))
    assert drawn.shape == (384, 512)
    assert drawn[10, 10] == 0xFF0A78F0
    assert drawn[10, 500] == 0xFFC86400


@settings(max_examples=40)
@given(
    st.floats(0.1, 9),
    st.integers(0, 300),
    st.integers(0, 200),
    st.integers(1, 90),
    st.integers(1, 70),
    st.booleans(),
)
def test_parts_drawn_apart_fit_the_whole(zoom: float, x: int, y: int, w: int, h: int, coarse: bool) -> None:
    zoom = snapped(zoom)
    image = gradient(1301, 903)
    levels = dict(enumerate(picture_levels(image)))
    if coarse:
        levels.pop(0)
    wide, high = compose.screen_size(1301, 903, zoom)
    frame = whole(wide, high).intersect(Box(0, 0, 420, 300))
    part = Box(x, y, x + w, y + h).intersect(frame)
    if part.empty:
        return
    full = compose.sample_picture(levels, (1301, 903), zoom, frame)
    piece = compose.sample_picture(levels, (1301, 903), zoom, part)
    difference = np.abs(
        full[part.slices].copy().view(np.uint8).astype(int)
        - np.ascontiguousarray(piece).view(np.uint8).astype(int)
    )
    assert difference.max() <= 1  # OpenCV's fixed-point weights


def test_whatever_is_painted_is_seen_at_any_zoom() -> None:
    painted = np.zeros((901, 1203), np.uint8)
    rng = np.random.default_rng(3)
    rows, columns = rng.integers(0, 901, 30), rng.integers(0, 1203, 30)
    painted[rows, columns] = 5
    levels = LabelLevels(painted)
    levels.read()
    for level, small in enumerate(levels.levels):
        assert (small[rows >> level, columns >> level] == 5).all()


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 1200), st.integers(0, 900), st.integers(0, 7)), max_size=6))
def test_levels_that_follow_strokes_are_levels_made_afresh(strokes: list[tuple[int, int, int]]) -> None:
    painted = np.zeros((901, 1203), np.uint8)
    followed = LabelLevels(painted)
    followed.read()
    for x, y, label in strokes:
        box = Box(x, y, x + 77, y + 51).intersect(whole(1203, 901))
        painted[box.slices] = label
        followed.update(box)
    fresh = LabelLevels(painted.copy())
    fresh.read()
    assert all(np.array_equal(a, b) for a, b in zip(followed.levels, fresh.levels, strict=True))


def test_areas_are_seen_hidden_and_shown_alone(view: CanvasView) -> None:
    view.set_zoom(1.0)
    plain = shown(view).copy()
    Hands(view).drag((60, 120), (160, 120))
    QApplication.processEvents()
    if view.tool is not None:
        view.tool.hover(None)
    painted = shown(view)
    inside = labels(view) == 1
    assert (painted[inside] != plain[inside]).any(axis=-1).mean() > 0.95
    view.session.edit("hide", edits.hide_area(shot(view), 1, True))
    assert np.array_equal(shown(view), plain)
    view.session.undo()
    view.run("mask-only")
    alone = shown(view)
    assert (alone[0, 0] == 0).all()
    assert tuple(alone[120, 80]) == (0xE6, 0x9F, 0x00)
    view.run("mask-only")
    view.run("hide-overlay")
    assert np.array_equal(shown(view), plain)


def test_opacity_fades_the_areas(view: CanvasView) -> None:
    view.set_zoom(1.0)
    plain = shown(view).astype(int)
    Hands(view).drag((60, 120), (160, 120))
    if view.tool is not None:
        view.tool.hover(None)
    full = np.abs(shown(view).astype(int) - plain)[90:150, 40:70].mean()
    view.set_look(replace(view.look, opacity=0.3))
    faint = np.abs(shown(view).astype(int) - plain)[90:150, 40:70].mean()
    assert 0.15 * full < faint < 0.5 * full


def test_undo_is_seen_at_once(view: CanvasView) -> None:
    view.set_zoom(1.5)
    before = pixels(view)
    Hands(view).drag((60, 120), (160, 120))
    if view.tool is not None:
        view.tool.hover(None)
    assert not np.array_equal(pixels(view), before)
    view.session.undo()
    assert np.array_equal(pixels(view), before)


def test_the_stage_follows_the_theme(view: CanvasView, qapp: QApplication) -> None:
    theme = Theme(qapp, Mode.DARK)
    try:
        view.fit()
        for mode in (Mode.LIGHT, Mode.DARK):
            theme.set_mode(mode)
            corner = pixels(view)[1, 1, 2::-1]
            assert "#" + "".join(f"{c:02x}" for c in corner) == current().stage
    finally:
        theme.deleteLater()
        qapp.setStyleSheet("")


def test_a_picture_is_read_in_the_background_with_a_glimpse_first(qtbot: QtBot) -> None:
    data = pictures.photo("rocket", 3000, 2400)
    opened = new_shot("shot", SourceImage(data, "image/jpeg", 3000, 2400, "photo.jpg"))
    view = CanvasView(Session())
    view.session.setParent(view)
    qtbot.addWidget(view)
    heard: list[bool] = []
    view.picture_loaded.connect(heard.append)
    view.resize(400, 300)
    view.show()
    view.session.open(opened)
    qtbot.waitUntil(lambda: heard[-1:] == [True], timeout=20000)
    assert heard == [False, True]
    coarse = view.levels[1].astype(int)
    assert view.levels[0].shape == (2400, 3000, 3)
    assert coarse.shape == (1200, 1500, 3)
    seen = pixels(view)
    assert len(np.unique(seen.reshape(-1, 4), axis=0)) > 500
    view.stop()


def test_a_picture_that_cannot_be_read_is_named(qtbot: QtBot) -> None:
    opened = new_shot("shot", SourceImage(b"nonsense", "image/jpeg", 300, 300, "broken.jpg"))
    view = CanvasView(Session())
    view.session.setParent(view)
    qtbot.addWidget(view)
    with qtbot.waitSignal(view.failed, timeout=10000) as blocker:
        view.session.open(opened)
    assert blocker.args is not None
    assert str(blocker.args[0]).endswith(".")
    view.stop()


def test_nothing_is_open_at_first_and_again_after_closing(qtbot: QtBot) -> None:
    view = CanvasView(Session())
    view.session.setParent(view)
    qtbot.addWidget(view)
    view.show()
    hands = Hands(view)
    hands.drag((10, 10), (50, 50))
    view.set_tool("eraser")
    view.set_tool("brush")
    view.session.open(shot_of(100, 80, 1))
    hands.drag((10, 10), (50, 50))
    assert labels(view).any()
    view.session.close()
    hands.drag((10, 10), (50, 50))
    assert pixels(view)[:, :, :3].std() < 1.0
