"""Stencils cover the pixels whose centres lie inside, wherever they are and however they are cut."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.geometry import Box, Point, whole
from desktop.core.label_map import Stencil
from desktop.imaging import raster

WITHIN = whole(640, 480)
places = st.builds(Point, st.floats(-100, 740), st.floats(-100, 580))
radii = st.floats(0.5, 260)


def on_map(drawn: tuple[Stencil, Box], within: Box = WITHIN) -> npt.NDArray[np.bool_]:
    stencil, box = drawn
    assert stencil.shape == (box.height, box.width)
    assert box.intersect(within) == box
    out = np.zeros((within.height, within.width), np.bool_)
    out[box.slices] = stencil != 0
    return out


def off(a: Point, b: Point, within: Box = WITHIN) -> npt.NDArray[np.float64]:
    """Distance of every pixel centre from a segment."""
    y, x = np.mgrid[within.top : within.bottom, within.left : within.right] + 0.5
    dx, dy = b.x - a.x, b.y - a.y
    squared = dx * dx + dy * dy
    part = np.clip(((x - a.x) * dx + (y - a.y) * dy) / squared, 0, 1) if squared > 1e-12 else np.zeros_like(x)
    distance: npt.NDArray[np.float64] = np.hypot(x - a.x - part * dx, y - a.y - part * dy)
    return distance


@given(places, places, radii)
def test_a_stroke_covers_what_its_radius_reaches(a: Point, b: Point, radius: float) -> None:
    if radius < 1.0:
        a, b = (Point(math.floor(p.x) + 0.5, math.floor(p.y) + 0.5) for p in (a, b))
    covered, distance = on_map(raster.segment(a, b, radius, radius, WITHIN)), off(a, b)
    slack = 0.0 if radius < 8 else 0.9
    assert covered[distance <= radius - slack - 1e-9].all()
    assert not covered[distance > radius + slack + 1e-9].any()


@given(places, places, radii, radii)
def test_a_stroke_cut_to_a_window_is_the_stroke_in_that_window(
    a: Point, b: Point, r: float, s: float
) -> None:
    window = Box(200, 100, 391, 333)
    full = on_map(raster.segment(a, b, r, s, WITHIN))
    cut = on_map(raster.segment(a, b, r, s, window), WITHIN)
    differing = full[window.slices] != cut[window.slices]
    # Small boxes are drawn by exact distances, larger ones by OpenCV: only the rim may differ.
    assert not np.any(cut[: window.top])
    assert differing.sum() <= 4 * (max(r, s) + math.hypot(a.x - b.x, a.y - b.y)) + 40


@given(st.lists(places, min_size=2, max_size=6), radii, radii)
def test_a_stroke_is_the_union_of_its_segments(line: list[Point], r: float, s: float) -> None:
    within = whole(90, 70)
    stencil, box = raster.stroke(line, r, s, within)
    drawn, expected = np.zeros((70, 90), bool), np.zeros((70, 90), bool)
    if not box.empty:
        drawn[box.slices] = stencil != 0
    for k in range(len(line) - 1):
        first, last = (r + (s - r) * n / (len(line) - 1) for n in (k, k + 1))
        piece, part = raster.segment(line[k], line[k + 1], first, last, within)
        if not part.empty:
            expected[part.slices] |= piece != 0
    assert np.array_equal(drawn, expected)


@given(places, radii, radii)
def test_pressure_widens_from_one_radius_to_the_other(a: Point, r: float, s: float) -> None:
    b = Point(a.x + 120.0, a.y + 40.0)
    covered = on_map(raster.segment(a, b, r, s, WITHIN))
    ends = np.minimum(off(a, a) - r, off(b, b) - s) <= -1.0
    if min(r, s) >= 1.0:
        assert covered[ends].all()
    assert not covered[off(a, b) > max(r, s) + 1.5].any()


def test_one_pixel_brush_draws_a_line_without_gaps() -> None:
    covered = on_map(raster.segment(Point(10.2, 10.9), Point(60.7, 31.1), 0.5, 0.5, WITHIN))
    assert covered[10, 10]
    assert covered[31, 60]
    assert set(np.nonzero(covered)[1].tolist()) == set(range(10, 61))
    assert covered.sum() <= 2 * 51
    dot = on_map(raster.segment(Point(10.2, 10.9), Point(10.2, 10.9), 0.5, 0.5, WITHIN))
    assert dot.sum() == 1
    assert dot[10, 10]


@pytest.mark.parametrize("radius", [40.0, 120.0, 300.0])
def test_a_disc_has_the_area_of_a_disc(radius: float) -> None:
    within = whole(800, 800)
    covered = on_map(raster.segment(Point(400.3, 399.8), Point(400.3, 399.8), radius, radius, within), within)
    assert covered.sum() == pytest.approx(math.pi * radius * radius, rel=0.01)


def test_outside_there_is_nothing() -> None:
    stencil, box = raster.segment(Point(-500.0, 0.0), Point(-400.0, 0.0), 30, 30, WITHIN)
    assert box.empty
    assert stencil.size == 0
    assert raster.rectangle(Point(-9.0, -9.0), Point(-1.0, -1.0), WITHIN)[1].empty
    assert raster.polygon([Point(1.0, 1.0), Point(5.0, 5.0)], WITHIN)[1].empty


def test_a_rectangle_covers_the_centres_inside() -> None:
    covered = on_map(raster.rectangle(Point(30.4, 20.0), Point(10.6, 12.5), WITHIN))
    rows, columns = np.nonzero(covered)
    assert (columns.min(), columns.max()) == (11, 29)
    assert (rows.min(), rows.max()) == (12, 19)
    assert covered.sum() == 19 * 8


def test_an_ellipse_is_exact() -> None:
    covered = on_map(raster.ellipse(Point(100.0, 50.0), Point(300.0, 150.0), WITHIN))
    y, x = np.mgrid[0:480, 0:640] + 0.5
    assert np.array_equal(covered, ((x - 200) / 100) ** 2 + ((y - 100) / 50) ** 2 <= 1.0)


@given(places, places)
def test_an_ellipse_covers_the_centres_inside(a: Point, b: Point) -> None:
    half_x, half_y = abs(b.x - a.x) / 2, abs(b.y - a.y) / 2
    y, x = np.mgrid[0:480, 0:640] + 0.5
    inside = np.zeros((480, 640), np.bool_)
    if min(half_x, half_y) >= 1e-6:
        away_x, away_y = (x - (a.x + b.x) / 2) / half_x, (y - (a.y + b.y) / 2) / half_y
        inside = away_x * away_x <= 1.0 - away_y * away_y
    assert np.array_equal(on_map(raster.ellipse(a, b, WITHIN)), inside)


@given(st.lists(st.tuples(st.integers(-20, 660), st.integers(-20, 500)), min_size=3, max_size=9))
def test_a_polygon_covers_the_centres_inside(corners: list[tuple[int, int]]) -> None:
    points = [Point(float(x), float(y)) for x, y in corners]
    covered = on_map(raster.polygon(points, WITHIN))
    y, x = np.mgrid[0:480, 0:640] + 0.5
    inside = np.zeros((480, 640), np.bool_)
    for side in zip(points, [*points[1:], points[0]], strict=True):
        a, b = sorted(side, key=lambda p: p.y)
        if a.y != b.y:
            at = a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x)
            inside ^= ((a.y <= y) != (b.y <= y)) & (at <= x)
    assert np.array_equal(covered, inside)


def test_a_polygon_with_upright_sides_is_a_rectangle() -> None:
    a, b = Point(100.0, 90.5), Point(200.25, 190.0)
    corners = [a, Point(b.x, a.y), b, Point(a.x, b.y)]
    for turned in (corners, corners[::-1]):
        assert np.array_equal(on_map(raster.polygon(turned, WITHIN)), on_map(raster.rectangle(a, b, WITHIN)))


@given(st.lists(st.tuples(st.floats(0, 640), st.floats(0, 480)), min_size=4, max_size=4))
def test_polygons_that_share_a_side_neither_overlap_nor_leave_a_gap(
    corners: list[tuple[float, float]],
) -> None:
    a, b, c, d = (Point(x, y) for x, y in corners)
    one, other = on_map(raster.polygon((a, b, c), WITHIN)), on_map(raster.polygon((a, c, d), WITHIN))
    both = on_map(raster.polygon((a, b, c, d), WITHIN))
    assert np.array_equal(one ^ other, both)
