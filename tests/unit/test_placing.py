"""Masks that are moved, scaled, mirrored and turned: each pixel as the definition says, and exact where it can be."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.geometry import Box, Point
from desktop.core.placement import Placement, corners_of, middle_of
from desktop.imaging.morphology import Mask
from desktop.imaging.placing import placed

SIZE = (40, 36)
ROOMY = Box(14, 13, 23, 20)
"""Stays inside of the picture however it is turned."""

seeds = st.integers(0, 2**32 - 1)
shifts = st.integers(-24, 24).map(lambda v: v / 2)
scales = st.sampled_from([0.25, 0.5, 1.0, 1.5, 3.0, -1.0, -0.5, -2.0])


def mask_of(bounds: Box, seed: int) -> Mask:
    random = np.random.default_rng(seed)
    return (random.random((bounds.height, bounds.width)) < 0.6).astype(np.uint8)


def in_picture(mask: Mask, bounds: Box, placement: Placement, size: tuple[int, int] = SIZE) -> Mask:
    got, box = placed(mask, bounds, placement, size)
    out = np.zeros((size[1], size[0]), np.uint8)
    out[box.slices] = got
    return out


@given(
    seed=seeds,
    left=st.integers(0, 8),
    top=st.integers(0, 8),
    dx=shifts,
    dy=shifts,
    scale_x=scales,
    scale_y=scales,
    angle=st.sampled_from([0.0, 17.0, 45.0, 90.0, 133.3, 180.0, -90.0, -61.5, 270.0, 360.0]),
)
def test_each_pixel_takes_what_its_centre_comes_from(
    seed: int, left: int, top: int, dx: float, dy: float, scale_x: float, scale_y: float, angle: float
) -> None:
    bounds, size = Box(left, top, left + 5, top + 4), (16, 14)
    placement, mask = Placement(dx, dy, scale_x, scale_y, angle), mask_of(bounds, seed)
    got = in_picture(mask, bounds, placement, size)
    for y in range(size[1]):
        for x in range(size[0]):
            at = placement.back(Point(x + 0.5, y + 0.5), middle_of(bounds))
            if not placement.upright and min(abs(at.x - round(at.x)), abs(at.y - round(at.y))) < 1e-9:
                continue  # between two pixels, where rounding decides
            column, row = math.floor(at.x) - left, math.floor(at.y) - top
            inside = 0 <= column < 5 and 0 <= row < 4
            assert got[y, x] == (mask[row, column] if inside else 0)


@given(seed=seeds)
def test_unchanged_it_is_the_same(seed: int) -> None:
    mask = mask_of(ROOMY, seed)
    for placement in (
        Placement(),
        Placement(angle=360.0),
        Placement(scale_x=-1.0, scale_y=-1.0, angle=180.0),
    ):
        got, box = placed(mask, ROOMY, placement, SIZE)
        assert box.holds(ROOMY)
        assert np.array_equal(in_picture(mask, ROOMY, placement)[ROOMY.slices], mask)
        assert np.count_nonzero(got) == np.count_nonzero(mask)


@given(
    seed=seeds,
    wide=st.integers(1, 9),
    high=st.integers(1, 9),
    quarters=st.integers(-4, 4),
    across=st.booleans(),
    down=st.booleans(),
)
def test_quarter_turns_and_mirroring_keep_every_pixel(
    seed: int, wide: int, high: int, quarters: int, across: bool, down: bool
) -> None:
    bounds = Box(15, 13, 15 + wide, 13 + high)
    mask = mask_of(bounds, seed)
    placement = Placement(
        scale_x=-1.0 if across else 1.0, scale_y=-1.0 if down else 1.0, angle=90.0 * quarters
    )
    mirrored = mask[:: -1 if down else 1, :: -1 if across else 1]
    wanted = np.rot90(mirrored, -quarters)
    got = in_picture(mask, bounds, placement)
    assert np.count_nonzero(got) == np.count_nonzero(mask)
    rows, columns = np.nonzero(got)
    if rows.size:
        first = np.argwhere(wanted).min(axis=0)
        top, left = rows.min() - first[0], columns.min() - first[1]
        part = got[top : top + wanted.shape[0], left : left + wanted.shape[1]]
        assert np.array_equal(part, wanted)
        middle = middle_of(bounds)
        assert abs(left + wanted.shape[1] / 2 - middle.x) <= 0.5
        assert abs(top + wanted.shape[0] / 2 - middle.y) <= 0.5


@given(x=shifts, y=shifts, dx=shifts, dy=shifts, scale_x=scales, scale_y=scales, angle=st.floats(-720, 720))
def test_back_undoes_of(
    x: float, y: float, dx: float, dy: float, scale_x: float, scale_y: float, angle: float
) -> None:
    placement, middle = Placement(dx, dy, scale_x, scale_y, angle), Point(3.5, 2.0)
    there = placement.of(Point(x, y), middle)
    assert placement.back(there, middle) == pytest.approx((x, y), abs=1e-9)
    assert placement.of(middle, middle) == pytest.approx((3.5 + dx, 2.0 + dy))


def test_a_turn_is_clockwise_as_seen() -> None:
    turned = Placement(angle=90.0)
    assert turned.of(Point(5.0, 0.0), Point(0.0, 0.0)) == (0.0, 5.0)
    assert Placement(angle=-90.0).of(Point(5.0, 0.0), Point(0.0, 0.0)) == (0.0, -5.0)
    assert corners_of(Box(1, 2, 3, 4))[1] == (3, 2)


def test_the_area_of_a_turned_disc_stays() -> None:
    y, x = np.mgrid[0:400, 0:300]
    mask = (((x - 149.5) / 150) ** 2 + ((y - 199.5) / 200) ** 2 <= 1).astype(np.uint8)
    bounds, size = Box(300, 300, 600, 700), (900, 1000)
    for angle in (1.0, 30.0, 45.0, -77.7):
        got = in_picture(mask, bounds, Placement(angle=angle), size)
        assert np.count_nonzero(got) == pytest.approx(np.count_nonzero(mask), rel=0.001)
        y2, x2 = np.nonzero(got)
        assert (x2.mean() + 0.5, y2.mean() + 0.5) == pytest.approx(middle_of(bounds), abs=0.1)


def test_work_that_nobody_wants_ends() -> None:
    def unwanted(_share: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        placed(np.ones((9, 9), np.uint8), Box(0, 0, 9, 9), Placement(angle=10.0), SIZE, unwanted)


def test_out_of_the_picture_nothing_is_left() -> None:
    got, box = placed(np.ones((9, 9), np.uint8), Box(0, 0, 9, 9), Placement(dx=-100.0, angle=10.0), SIZE)
    assert got.size == 0
    assert box.empty


@pytest.mark.parametrize("wrong", [{"scale_x": 0.0}, {"scale_y": 0.0}, {"angle": math.nan}, {"dx": math.inf}])
def test_no_placement_without_size_or_numbers(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="placement"):
        Placement(**wrong)
