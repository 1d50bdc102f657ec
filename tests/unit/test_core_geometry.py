"""Boxes, points, and the sizes a service accepts."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.fitting import aspect_allowed, crop_to_aspect, enlarged_size, scaled_size, side_allowed
from desktop.core.geometry import (
    EMPTY_BOX,
    Box,
    Point,
    aspect_text,
    box_around,
    distance,
    foot,
    length,
    pixel_of,
    whole,
)

SMALL = st.integers(-6, 10)
BOXES = st.builds(Box, SMALL, SMALL, SMALL, SMALL)
SIDES = st.integers(1, 12_000)
POINTS = st.builds(Point, st.floats(-1e4, 1e4), st.floats(-1e4, 1e4))


def test_the_foot_on_a_line_lies_between_its_ends() -> None:
    a, b = Point(0.0, 0.0), Point(10.0, 0.0)
    assert foot(Point(4.0, 3.0), a, b) == (4.0, 0.0)
    assert foot(Point(-4.0, 3.0), a, b) == a
    assert foot(Point(14.0, 3.0), a, b) == b
    assert foot(Point(14.0, 3.0), a, a) == a


def pixels(box: Box) -> set[tuple[int, int]]:
    return {(x, y) for x in range(box.left, box.right) for y in range(box.top, box.bottom)}


@given(BOXES, BOXES)
def test_boxes_are_sets_of_pixels(a: Box, b: Box) -> None:
    assert pixels(a.intersect(b)) == pixels(a) & pixels(b)
    both = pixels(a) | pixels(b)
    joined = a.union(b)
    assert both <= pixels(joined)
    assert len(pixels(a)) == a.area == a.width * a.height
    assert a.empty == (not pixels(a))
    if both:  # the smallest one
        xs, ys = [x for x, _ in both], [y for _, y in both]
        assert joined == Box(min(xs), min(ys), max(xs) + 1, max(ys) + 1)
    else:
        assert joined.empty


@given(BOXES, st.integers(0, 4))
def test_growing_adds_on_every_side(box: Box, by: int) -> None:
    assert box.grow(by) == (box.left - by, box.top - by, box.right + by, box.bottom + by)


def test_slices_index_rows_then_columns() -> None:
    array = np.arange(20).reshape(4, 5)
    assert array[Box(1, 2, 4, 3).slices].tolist() == [[11, 12, 13]]
    assert array[whole(5, 4).slices].shape == (4, 5)


@given(BOXES, BOXES)
def test_slices_in_a_box_index_an_array_that_holds_just_its_pixels(outer: Box, box: Box) -> None:
    inside = box.intersect(outer)
    rows, columns = np.mgrid[outer.top : outer.top + outer.height, outer.left : outer.left + outer.width]
    slices = inside.slices_in(outer)
    assert set(zip(columns[slices].flat, rows[slices].flat, strict=True)) == pixels(inside)


@given(st.lists(POINTS, min_size=1, max_size=6), st.floats(0, 50))
def test_a_box_around_points_is_the_smallest(points: list[Point], margin: float) -> None:
    box = box_around(points, margin)
    for values, low, high in (
        ([p.x for p in points], box.left, box.right),
        ([p.y for p in points], box.top, box.bottom),
    ):
        assert low <= min(values) - margin < low + 1
        assert high - 1 <= max(values) + margin < high
    assert box_around([]) == EMPTY_BOX


def test_lengths() -> None:
    assert distance(Point(0, 0), Point(3, 4)) == 5
    assert length([Point(0, 0), Point(3, 4), Point(3, 10)]) == 11
    assert length([Point(7, 7)]) == length([]) == 0


@pytest.mark.parametrize(
    ("width", "height", "text"),
    [
        (750, 300, "2.5:1"),
        (751, 300, "2.503:1"),
        (300, 750, "1:2.5"),
        (300, 300, "1:1"),
        (299, 748, "1:2.502"),
    ],
)
def test_an_aspect_in_words(width: int, height: int, text: str) -> None:
    assert aspect_text(width, height) == text


@given(st.integers(-4000, 60_000), SIDES, SIDES)
def test_a_pixel_is_the_floor_of_the_scaled_coordinate(quarters: int, size: int, sent: int) -> None:
    exact = math.floor(Fraction(quarters, 4) * sent / size)
    assert pixel_of(quarters / 4, size, sent) == min(max(exact, 0), sent - 1)


@pytest.mark.parametrize(
    ("width", "height", "aspect", "side"),
    [
        (750, 300, True, True),
        (751, 300, False, True),
        (300, 750, True, True),
        (300, 751, False, True),
        (300, 300, True, True),
        (299, 300, True, False),
        (300, 299, True, False),
        (7500, 3000, True, True),
        (7501, 3000, False, True),
    ],
)
def test_both_sides_of_the_limits(width: int, height: int, aspect: bool, side: bool) -> None:
    assert aspect_allowed(width, height, 2.5) is aspect
    assert side_allowed(width, height, 300) is side


@given(st.builds(Box, SMALL, SMALL, SIDES, SIDES).filter(lambda box: not box.empty), st.floats(1, 4))
def test_a_crop_is_the_largest_allowed_and_centred(frame: Box, limit: float) -> None:
    box = crop_to_aspect(frame, limit)
    assert box.intersect(frame) == box
    assert not box.empty
    assert aspect_allowed(box.width, box.height, limit)
    assert abs((box.left - frame.left) - (frame.right - box.right)) <= 1
    assert abs((box.top - frame.top) - (frame.bottom - box.bottom)) <= 1
    if aspect_allowed(frame.width, frame.height, limit):
        assert box == frame
    else:
        wider = (frame.width > frame.height, frame.width < frame.height)
        assert not aspect_allowed(box.width + wider[0], box.height + wider[1], limit)


@given(SIDES, SIDES, st.sampled_from([2.5, 2.4, 1.0, 1.7777]))
def test_enlarging_reaches_the_side_and_keeps_an_allowed_aspect(
    width: int, height: int, limit: float
) -> None:
    new = enlarged_size(width, height, 300, limit)
    assert side_allowed(*new, 300)
    if min(width, height) >= 300:
        assert new == (width, height)
        return
    assert min(new) == 300
    assert (new[0] >= new[1]) == (width >= height) or new[0] == new[1]
    if aspect_allowed(width, height, limit):
        assert aspect_allowed(*new, limit)
        assert abs(max(new) - max(width, height) * 300 / min(width, height)) <= 1


@given(SIDES, SIDES, st.floats(0.001, 1), st.sampled_from([2.5, 2.4, 1.0]))
def test_scaling_down_keeps_sides_and_aspect_allowed(
    width: int, height: int, factor: float, limit: float
) -> None:
    new_width, new_height = scaled_size(width, height, factor, 300, limit)
    assert 1 <= new_width <= width
    assert 1 <= new_height <= height
    short, new_short = min(width, height), min(new_width, new_height)
    assert new_short >= min(short, 300)
    assert abs(new_short - max(short * factor, min(short, 300))) <= 0.5
    if aspect_allowed(width, height, limit):
        assert aspect_allowed(new_width, new_height, limit)
    assert abs(max(new_width, new_height) - max(width, height) * new_short / short) <= 1
