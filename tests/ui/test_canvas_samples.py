"""The same samples in image pixels give the same label map, bit for bit, at any zoom, scroll and device pixel ratio.

Every tool is driven by real events and held against what the core makes of the bare samples. One child process has
screens of several ratios, between which the canvas is moved while it lives.
"""

from __future__ import annotations

import itertools
import json
import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.core import edits, label_map
from desktop.core.geometry import Box, Point, box_around, whole
from desktop.core.label_map import LabelMap, Stencil
from desktop.core.mark import Mark
from desktop.core.steady import PulledString, string_length
from desktop.imaging import raster
from desktop.imaging.magnet import Guide
from desktop.imaging.pyramid import picture_levels
from desktop.imaging.regions import region
from desktop.imaging.smart import select
from desktop.imaging.wand import similar
from desktop.ui.canvas.navigation import LEAST_ZOOM, MOST_ZOOM
from desktop.ui.canvas.tools.magnet import MagnetTool
from desktop.ui.canvas.view import CanvasView
from tests import pictures
from tests.canvas_hands import RIGHT, SHIFT, Hands, labels, open_canvas, shot, shot_of
from tests.child_pytest import run_pytest
from tests.selection_hands import draft_of, finish, show

WIDTH, HEIGHT = 320, 240
EXTENT = whole(WIDTH, HEIGHT)
GRAIN = 256
"""Positions are multiples of 1/256 pixel: what the canvas rounds to, so that an event carries each exactly."""

RATIOS = (1.0, 1.25, 1.5, 1.75, 2.0, 3.0)
SEVERAL = "QT_SCREEN_SCALE_FACTORS"
"""Set in the child process, which has a screen of each ratio."""

Samples = Sequence[tuple[float, float]]

places = st.tuples(
    st.integers(0, WIDTH * GRAIN).map(lambda v: v / GRAIN),
    st.integers(0, HEIGHT * GRAIN).map(lambda v: v / GRAIN),
)
pixels = st.tuples(
    st.integers(0, WIDTH * GRAIN - 1).map(lambda v: v / GRAIN),
    st.integers(0, HEIGHT * GRAIN - 1).map(lambda v: v / GRAIN),
)
strokes = st.lists(places, min_size=2, max_size=7)


@dataclass(frozen=True)
class Sight:
    """How the picture is looked at: the screen by its number, zoom, and where the picture lies beside its middle."""

    screen: int
    zoom: float
    dx: int
    dy: int

    def look(self, view: CanvasView) -> None:
        """Move the canvas to that screen, and the picture in the canvas."""
        screens = QGuiApplication.screens()
        screen, handle = screens[self.screen % len(screens)], view.windowHandle()
        if handle.screen() is not screen:
            handle.setScreen(screen)
            view.move(screen.geometry().topLeft())
            QApplication.processEvents()
            view.resize(500, 400)
            QApplication.processEvents()
            assert view.ratio == screen.devicePixelRatio()
        view.fit()
        view.set_zoom(self.zoom)
        view.pan_by(self.dx, self.dy)


sights = st.builds(
    Sight,
    st.integers(0, len(RATIOS) - 1),
    st.floats(math.log(LEAST_ZOOM), math.log(MOST_ZOOM)).map(math.exp),
    st.integers(-300, 300),
    st.integers(-300, 300),
)
settled = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def view(qtbot: QtBot) -> CanvasView:
    view = open_canvas(shot_of(WIDTH, HEIGHT, 1, 2, 7))
    qtbot.addWidget(view)
    show(view, photograph())
    return view


@lru_cache(maxsize=1)
def photograph() -> npt.NDArray[np.uint8]:
    return pictures.pixels("coffee", WIDTH, HEIGHT)


def points(samples: Samples) -> list[Point]:
    return [Point(*place) for place in samples]


def covered(found: tuple[Stencil, Box], label: int = 1) -> LabelMap:
    """A map with a stencil in it."""
    out = label_map.empty(WIDTH, HEIGHT)
    if not found[1].empty:
        label_map.merge(out, *found, label)
    return out


def stroked(samples: Samples, size: int, steady: int) -> LabelMap:
    """What a brush of that size leaves along the samples."""
    out = label_map.empty(WIDTH, HEIGHT)
    hand = points(samples)
    string, line = PulledString(hand[0], string_length(steady, size)), [hand[0]]
    for to in hand[1:]:
        line += string.pull(to)
    line += string.catch_up()
    assert line[-1] == hand[-1]
    for a, b in itertools.pairwise([line[0], *line]):
        stencil, box = raster.segment(a, b, size / 2, size / 2, EXTENT)
        if not box.empty:
            label_map.merge(out, stencil, box, 1)
    return out


def taken_back(view: CanvasView) -> LabelMap:
    """The map as it is now; then everything is undone."""
    found = labels(view).copy()
    while view.session.undo_title:
        view.session.undo()
    assert not labels(view).any()
    return found


@settled
@given(sights, strokes, st.integers(1, 120), st.sampled_from([0, 20, 75]))
def test_brush(
    view: CanvasView, hands: Hands, sight: Sight, samples: Samples, size: int, steady: int
) -> None:
    view.options.set_size("brush", size)
    view.options.set_steady(steady)
    sight.look(view)
    hands.drag(*samples)
    assert np.array_equal(taken_back(view), stroked(samples, size, steady))


@settled
@given(sights, strokes, strokes, st.integers(1, 120), st.booleans())
def test_erasing(
    view: CanvasView, hands: Hands, sight: Sight, painted: Samples, samples: Samples, size: int, right: bool
) -> None:
    view.options.set_steady(0)
    view.options.set_size("brush", size)
    view.options.set_size("eraser", size)
    sight.look(view)
    view.set_tool("brush")
    hands.drag(*painted)
    if right:
        hands.drag(*samples, button=RIGHT)
    else:
        view.set_tool("eraser")
        hands.drag(*samples)
    expected = stroked(painted, size, 0)
    expected[stroked(samples, size, 0) == 1] = 0
    assert np.array_equal(taken_back(view), expected)


MAKERS: dict[str, Callable[[Samples], tuple[Stencil, Box]]] = {
    "rectangle": lambda samples: raster.rectangle(Point(*samples[0]), Point(*samples[-1]), EXTENT),
    "ellipse": lambda samples: raster.ellipse(Point(*samples[0]), Point(*samples[-1]), EXTENT),
    "lasso": lambda samples: raster.polygon(
        [p for p, before in zip(points(samples), [None, *points(samples)], strict=False) if p != before],
        EXTENT,
    ),
}


@pytest.mark.parametrize("tool", MAKERS)
@settled
@given(sight=sights, samples=strokes)
def test_shapes_that_are_dragged(
    view: CanvasView, hands: Hands, tool: str, sight: Sight, samples: Samples
) -> None:
    view.set_tool(tool)
    sight.look(view)
    # A drag as short as a click is none: that is meant to be of the screen.
    farthest = samples[-1:] if tool != "lasso" else samples
    assume(max(math.dist(samples[0], place) for place in farthest) * view.zoom > 8 * view.ratio)
    hands.drag(*samples)
    assert np.array_equal(taken_back(view), covered(MAKERS[tool](samples)))


@pytest.mark.parametrize("tool", ["polygon", "magnet"])
@settled
@given(sight=sights, samples=st.lists(places, min_size=3, max_size=6))
def test_outlines_that_are_clicked(
    view: CanvasView, hands: Hands, tool: str, sight: Sight, samples: Samples
) -> None:
    view.set_tool(tool)
    sight.look(view)
    # A click as near to the first place as a finger is thick closes the outline: that is meant to be of the screen.
    near = [math.dist(samples[0], place) * view.zoom for place in samples[1:]]
    assume(min(near) > 10 * view.ratio)
    assume(len(set(points(samples))) >= 3)
    for place in samples[:-1]:
        hands.click(*place)
        if tool == "magnet":
            hands.modifiers = SHIFT  # straight
    hands.click(*samples[-1])
    hands.modifiers = Qt.KeyboardModifier.NoModifier
    if tool == "magnet":
        straight(magnet(view))
    hands.key(Qt.Key.Key_Return)
    assert np.array_equal(taken_back(view), covered(raster.polygon(points(samples), EXTENT)))


def magnet(view: CanvasView) -> MagnetTool:
    tool = view.tool
    assert isinstance(tool, MagnetTool)
    return tool


def straight(tool: MagnetTool) -> None:
    """As if there were no edges: the line that closes it is straight as well."""
    nowhere = SimpleNamespace(anchor=tool._path[-1], way_to=lambda to: (to,), covers=lambda _: True)
    tool._guide = cast("Guide", nowhere)
    tool._found_number = tool._asked_number


@settings(settled, max_examples=6)
@given(
    st.integers(0, len(RATIOS) - 1),
    st.floats(0.3, 1.0),
    st.integers(-30, 30),
    st.lists(places, min_size=3, max_size=4),
)
def test_ways_of_the_magnet_while_the_whole_picture_is_in_sight(
    view: CanvasView, hands: Hands, screen: int, zoom: float, shift: int, samples: Samples
) -> None:
    """It looks closer at what is looked at closely, so this is promised for one and the same part in sight."""
    view.set_tool("magnet")
    Sight(screen, zoom, shift, -shift).look(view)
    assert view.navigation.visible_image.grow(8).intersect(EXTENT) == EXTENT
    near = [math.dist(samples[0], place) * view.zoom for place in samples[1:]]
    assume(min(near) > 10 * view.ratio)
    for place in samples:
        hands.click(*place)
        while not magnet(view).knows_the_way:
            QCoreApplication.processEvents()
    hands.key(Qt.Key.Key_Return)
    outline, levels = points(samples[:1]), dict(enumerate(picture_levels(photograph())))
    for to in points([*samples[1:], samples[0]]):
        outline += Guide(levels, EXTENT, outline[-1]).way_to(to)
    assert np.array_equal(taken_back(view), covered(raster.polygon(outline, EXTENT)))


@settled
@given(sights, pixels, st.integers(0, 90), st.booleans())
def test_wand(
    view: CanvasView, hands: Hands, sight: Sight, place: tuple[float, float], tolerance: int, contiguous: bool
) -> None:
    view.set_tool("wand")
    view.options.set_tolerance(tolerance)
    view.options.set_contiguous(contiguous)
    sight.look(view)
    hands.click(*place)
    finish(draft_of(view))
    column, row = math.floor(place[0]), math.floor(place[1])
    found = similar(photograph(), column, row, tolerance, contiguous=contiguous)
    assert np.array_equal(taken_back(view), covered(found))


@settled
@given(sights, pixels, st.integers(0, 359))
def test_fill(view: CanvasView, hands: Hands, sight: Sight, place: tuple[float, float], turn: int) -> None:
    """A line across the picture; the click fills its own side of it, or nothing on the line itself."""
    dx, dy = 400 * math.cos(math.radians(turn)), 400 * math.sin(math.radians(turn))
    line = raster.segment(Point(160 - dx, 120 - dy), Point(160 + dx, 120 + dy), 3, 3, EXTENT)
    view.session.apply("line", edits.add(shot(view), *line, 1))
    before = labels(view).copy()
    view.set_tool("fill")
    sight.look(view)
    hands.click(*place)
    finish(draft_of(view))
    column, row = math.floor(place[0]), math.floor(place[1])
    expected = before.copy()
    if before[row, column] == 0:
        stencil, box = region(before, column, row)
        expected[box.slices][stencil != 0] = 1
    assert np.array_equal(taken_back(view), expected)


@settings(settled, max_examples=3, phases=[Phase.generate])
@given(sights, st.integers(-20, 20), st.integers(-20, 20))
def test_smart_select(view: CanvasView, hands: Hands, sight: Sight, dx: int, dy: int) -> None:
    view.set_tool("smart")
    left, top, right, bottom = 70.25 + dx, 50.5 + dy, 250.75 + dx, 190.0 + dy
    sight.look(view)
    assume(100 * view.zoom > 8 * view.ratio)
    hands.drag((left, top), (right, bottom))
    finish(draft_of(view))
    hands.drag((150.5, 110.25), (170.75, 125.5))
    finish(draft_of(view))
    draft_of(view).keep()
    frame = box_around((Point(left, top), Point(right, bottom)))
    stroke = Mark((Point(150.5, 110.25), Point(170.75, 125.5)), view.options.size("smart") / 2)
    found = select(dict(enumerate(picture_levels(photograph()))), frame, (stroke,))
    assert np.array_equal(taken_back(view), covered(found))


@settled
@given(sights, st.lists(places, min_size=2, max_size=5))
def test_the_places_of_a_path(view: CanvasView, hands: Hands, sight: Sight, samples: Samples) -> None:
    assume(len(set(samples)) >= 2)
    view.set_tool("path")
    sight.look(view)
    for place in samples:
        hands.click(*place)
    hands.key(Qt.Key.Key_Return)
    area = shot(view).area(1)
    assert area is not None
    assert area.trajectory is not None
    assert list(area.trajectory.nodes) == points(samples)
    taken_back(view)


def test_screens_of_every_ratio_in_one_process(tmp_path: Path) -> None:
    """All of the above again, with the canvas moved from screen to screen."""
    if os.environ.get(SEVERAL):
        pytest.skip("this is the child process")
    if os.environ.get("QT_SCALE_FACTOR"):
        pytest.skip("the factor of the whole process comes on top of the screens' own")
    screens = [
        {"name": f"at-{ratio}", "x": 6000 * number, "y": 0, "width": 4000, "height": 3000}
        for number, ratio in enumerate(RATIOS)
    ]
    plan = tmp_path / "screens.json"
    dots = {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    plan.write_text(json.dumps({"screens": [{**screen, **dots} for screen in screens]}))
    ran = run_pytest(
        [__file__],
        tmp_path / "ran.xml",
        seconds=110,
        QT_QPA_PLATFORM=f"offscreen:configfile={plan}",
        **{SEVERAL: ";".join(f"at-{ratio}={ratio}" for ratio in RATIOS)},
    )
    assert ran.failed == 0, ran.words
    assert ran.passed >= 13, ran.words


@pytest.mark.skipif(not os.environ.get(SEVERAL), reason="only the child process has these screens")
def test_the_screens_are_those_asked_for(view: CanvasView) -> None:
    met = []
    for number, _ in enumerate(RATIOS):
        Sight(number, 1.0, 0, 0).look(view)
        met.append(view.ratio)
    assert met == list(RATIOS)
