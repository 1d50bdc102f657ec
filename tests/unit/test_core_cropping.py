"""The crop frame stays inside the picture and within the limits, whatever is dragged."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.cropping import LEAST_SIDE, Grip, dragged, moved, sized, with_aspect
from desktop.core.fitting import aspect_allowed
from desktop.core.geometry import Box, whole

MOST = 2.5


@st.composite
def frames(draw: st.DrawFn) -> tuple[Box, Box]:
    """(picture, allowed frame in it)."""
    within = whole(draw(st.integers(100, 9000)), draw(st.integers(100, 9000)))
    width = draw(st.integers(LEAST_SIDE, within.width))
    low, high = max(LEAST_SIDE, -(-width * 2 // 5)), min(within.height, width * 5 // 2)
    if low > high:
        width, low, high = within.height, within.height, within.height
        width = min(width, within.width)
        low = high = min(within.height, width)
    height = draw(st.integers(low, high))
    left = draw(st.integers(0, within.width - width))
    top = draw(st.integers(0, within.height - height))
    return within, Box(left, top, left + width, top + height)


moves = st.floats(-12_000, 12_000)
grips = st.sampled_from(get_args(Grip))


@given(frames(), grips, moves, moves, st.sampled_from([None, 16 / 9, 9 / 16, 1.0, 2.5, 0.4]))
def test_a_drag_keeps_the_frame_inside_and_allowed(
    case: tuple[Box, Box], grip: Grip, dx: float, dy: float, aspect: float | None
) -> None:
    within, frame = case
    box = dragged(frame, grip, dx, dy, within, aspect, MOST)
    assert not box.empty
    assert box.intersect(within) == box
    if grip == "move":
        assert (box.width, box.height) == (frame.width, frame.height)
    elif aspect is None:
        assert aspect_allowed(box.width, box.height, MOST)
    else:
        assert abs(box.width - box.height * aspect) <= max(1.0, aspect) + 1e-6


@given(frames(), moves, moves)
def test_the_corner_across_stays(case: tuple[Box, Box], dx: float, dy: float) -> None:
    within, frame = case
    box = dragged(frame, "se", dx, dy, within, None, MOST)
    assert (box.left, box.top) == (frame.left, frame.top)
    box = dragged(frame, "nw", dx, dy, within, None, MOST)
    assert (box.right, box.bottom) == (frame.right, frame.bottom)


def test_a_drag_goes_where_the_pointer_goes() -> None:
    within = whole(1000, 800)
    frame = Box(100, 100, 500, 400)
    assert dragged(frame, "e", 60, 999, within, None, MOST) == Box(100, 100, 560, 400)
    assert dragged(frame, "n", 999, -40, within, None, MOST) == Box(100, 60, 500, 400)
    assert dragged(frame, "sw", -20, 30, within, None, MOST) == Box(80, 100, 500, 430)
    assert dragged(frame, "se", 100, 0, within, 1.0, MOST) == Box(100, 100, 600, 600)
    assert moved(frame, 9999, -9999, within) == Box(600, 0, 1000, 300)


@given(frames(), st.sampled_from([16 / 9, 9 / 16, 1.0, 2.5, 0.4]))
def test_a_preset_gives_its_aspect_around_the_middle(case: tuple[Box, Box], aspect: float) -> None:
    within, frame = case
    box = with_aspect(frame, within, aspect)
    assert box.intersect(within) == box
    assert abs(box.width - box.height * aspect) <= max(1.0, aspect)


@given(frames(), st.integers(-5, 20_000), st.integers(-5, 20_000))
def test_a_typed_size_is_kept_within_the_limits(case: tuple[Box, Box], width: int, height: int) -> None:
    within, frame = case
    box = sized(frame, width, height, within, MOST)
    assert not box.empty
    assert box.intersect(within) == box
    assert aspect_allowed(box.width, box.height, MOST)


@pytest.mark.parametrize(("width", "height"), [(640, 480), (300, 700)])
def test_a_typed_size_that_fits_is_taken_as_it_is(width: int, height: int) -> None:
    box = sized(Box(100, 100, 200, 200), width, height, whole(1000, 800), MOST)
    assert (box.width, box.height) == (width, height)
