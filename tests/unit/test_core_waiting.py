"""What waits in the tools, as plain data."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.geometry import Box, Point
from desktop.core.mark import Mark
from desktop.core.waiting import WaitingCrop, WaitingMasks, WaitingOutline, WaitingSelection

OUTLINE = WaitingOutline(
    "magnet",
    3,
    "take",
    (400, 300),
    (Point(0.0, 0.0), Point(3.0, 4.0), Point(400.0, 300.0)),
    (1, 3),
    ((Point(100.0, 150.0), True),),
    right=True,
)
STROKE = Mark((Point(1.0, 2.0),), 3.0)


def test_an_outline_follows_its_masks_to_a_larger_picture() -> None:
    there = OUTLINE.on((800, 600))
    assert there == replace(
        OUTLINE,
        size=(800, 600),
        path=(Point(0.0, 0.0), Point(6.0, 8.0), Point(800.0, 600.0)),
        clicks=((Point(200.0, 300.0), True),),
    )
    assert OUTLINE.on((400, 300)) is OUTLINE


@pytest.mark.parametrize("size", [(300, 400), (400, 298), (402, 300)])
def test_an_outline_does_not_follow_to_another_aspect(size: tuple[int, int]) -> None:
    assert OUTLINE.on(size) is None


@given(st.integers(1, 5000), st.integers(1, 5000), st.integers(1, 9))
def test_an_outline_comes_back_from_a_picture_that_is_larger(width: int, height: int, times: int) -> None:
    path = (Point(0.3 * width, 0.7 * height), Point(float(width), 0.0))
    outline = WaitingOutline("polygon", 1, "add", (width, height), path, (1, 2))
    there = outline.on((times * width, times * height))
    assert there is not None
    back = there.on((width, height))
    assert back is not None
    assert back.size == outline.size
    for here, was in zip(back.path, path, strict=True):
        assert math.dist(here, was) < 1e-6


def test_what_is_work_to_lose() -> None:
    click = WaitingOutline("polygon", 1, "add", (400, 300), (Point(1.0, 1.0),), (1,))
    assert not click.counts
    assert replace(click, clicks=((Point(2.0, 2.0), False),)).counts
    assert OUTLINE.counts
    assert WaitingSelection("smart", 1, "add", (400, 300), None, (STROKE,)).counts
    assert WaitingCrop("crop", (400, 300), Box(0, 0, 400, 300)).counts
    assert not WaitingMasks("align", (400, 300)).counts
    assert not WaitingMasks("align", (400, 300), 1e-9, 0.0, 1.0 + 1e-12, 1.0).counts
    assert WaitingMasks("align", (400, 300), 1.0).counts
    assert WaitingMasks("align", (400, 300), scale_y=0.9).counts


@pytest.mark.parametrize("frame", [Box(0, 0, 401, 300), Box(-1, 0, 4, 4), Box(5, 5, 5, 9), Box(9, 9, 3, 12)])
def test_frames_are_inside_of_their_picture(frame: Box) -> None:
    with pytest.raises(ValueError, match="frame"):
        WaitingCrop("crop", (400, 300), frame)
    with pytest.raises(ValueError, match="frame"):
        WaitingSelection("smart", 1, "add", (400, 300), frame)


@pytest.mark.parametrize("marks", [(), (replace(STROKE, inside=False), STROKE)])
def test_a_selection_begins_with_a_box_or_with_a_stroke_on_the_thing(marks: tuple[Mark, ...]) -> None:
    with pytest.raises(ValueError, match="where the thing is"):
        WaitingSelection("smart", 1, "add", (400, 300), None, marks)


@pytest.mark.parametrize(
    ("points", "radius"), [((), 1.0), (STROKE.points, 0.0), (STROKE.points, -1.0), (STROKE.points, math.nan)]
)
def test_a_stroke_has_a_place_and_a_width(points: tuple[Point, ...], radius: float) -> None:
    with pytest.raises(ValueError, match="stroke"):
        Mark(points, radius)


@pytest.mark.parametrize(
    "values",
    [(math.nan, 0.0, 1.0, 1.0), (0.0, math.inf, 1.0, 1.0), (0.0, 0.0, 0.0, 1.0), (0.0, 0.0, 1.0, -1.0)],
)
def test_masks_lie_somewhere(values: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="nowhere"):
        WaitingMasks("align", (400, 300), *values)
