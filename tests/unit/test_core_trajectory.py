"""Paths: even spacing, smooth curves, simplification, and how many points are sent."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from desktop.core.geometry import Point, distance, length
from desktop.core.trajectory import (
    AUTO_SPACING,
    FARTHEST,
    Trajectory,
    automatic_count,
    catmull_rom,
    from_freehand,
    resample,
    simplify,
)

COORDINATES = st.floats(-200, 9000)
POINTS = st.builds(Point, COORDINATES, COORDINATES)
LINES = st.lists(POINTS, min_size=2, max_size=12)


def off_line(point: Point, line: list[Point]) -> float:
    """Distance to a polyline, by the nearest of the projections on each segment, clipped to it."""
    best = math.inf
    for a, b in itertools.pairwise(line):
        direction, rel = np.subtract(b, a), np.subtract(point, a)
        squared = float(direction @ direction)
        share = float(np.clip(rel @ direction / squared, 0, 1)) if squared else 0.0
        best = min(best, float(np.hypot(*(rel - share * direction))))
    return best


@given(LINES, st.integers(2, 77))
def test_resampled_points_are_even_along_the_line(line: list[Point], count: int) -> None:
    steps = [math.dist(a, b) for a, b in itertools.pairwise(line)]
    assume(sum(steps) > 1e-3)
    out = resample(line, count)
    assert len(out) == count
    assert (out[0], out[-1]) == (line[0], line[-1])
    walked = np.concatenate([[0.0], np.cumsum(steps)])
    targets = np.linspace(0, walked[-1], count)
    expected = np.stack([np.interp(targets, walked, [p[axis] for p in line]) for axis in (0, 1)], axis=1)
    assert np.allclose(out, expected, rtol=0, atol=1e-5)


def test_resampling_needs_a_length_and_two_points() -> None:
    with pytest.raises(ValueError, match="length"):
        resample([Point(1, 1), Point(1, 1)], 5)
    with pytest.raises(ValueError, match="two points"):
        resample([Point(1, 1), Point(2, 1)], 1)


@given(st.lists(POINTS, max_size=8), st.booleans(), st.none() | st.integers(-3, 200))
@example([Point(0, 0), Point(900, 0), Point(900, 1e-40), Point(5, 5)], True, None)
@example([Point(2.0, 0), Point(math.nextafter(2.0, 0), 0), Point(math.nextafter(2.0, 3), 0)], True, 7)
@example([Point(5, 5), Point(9, 9), Point(5, 5)], True, 77)
def test_points_sent_keep_the_ends_and_the_limits(
    nodes: list[Point], smooth: bool, count: int | None
) -> None:
    path = Trajectory(tuple(nodes), smooth, count)
    points = path.points()
    if path.length == 0:
        assert points == ()
        return
    assert 2 <= len(points) <= 77
    if count is not None:
        assert len(points) == min(max(count, 2), 77)
    assert (points[0], points[-1]) == (nodes[0], nodes[-1])
    assert all(math.isfinite(p.x) and math.isfinite(p.y) for p in points)


@pytest.mark.parametrize("nodes", [(), ((4, 4),), ((4, 4), (4, 4)), ((4, 4),) * 5])
@pytest.mark.parametrize("smooth", [True, False])
def test_a_path_without_length_sends_nothing(nodes: tuple[tuple[float, float], ...], smooth: bool) -> None:
    assert Trajectory(tuple(Point(*node) for node in nodes), smooth).points() == ()


def test_limits_of_another_service_are_kept() -> None:
    path = Trajectory((Point(0, 0), Point(500, 0)))
    assert len(path.points(least=3, most=10)) == 3
    assert len(Trajectory(path.nodes, count=50).points(least=3, most=10)) == 10


@given(LINES)
def test_a_smooth_curve_passes_through_its_nodes_in_order(nodes: list[Point]) -> None:
    curve = catmull_rom(nodes)
    assert curve[0] == nodes[0]
    at = 0
    for node in nodes:
        while at < len(curve) and distance(curve[at], node) > 1e-6:
            at += 1
        assert at < len(curve), f"{node} is not on the curve"
    assert all(math.isfinite(p.x) and math.isfinite(p.y) for p in curve)


@given(LINES)
def test_a_smooth_curve_stays_near_its_nodes(nodes: list[Point]) -> None:
    longest = max(math.dist(a, b) for a, b in itertools.pairwise(nodes))
    assert all(off_line(p, nodes) <= longest + 1e-6 for p in catmull_rom(nodes))


def test_nodes_on_a_straight_line_give_a_straight_curve() -> None:
    nodes = [Point(0, 0), Point(10, 5), Point(100, 50), Point(120, 60)]
    assert max(off_line(p, [nodes[0], nodes[-1]]) for p in catmull_rom(nodes)) < 1e-9
    assert catmull_rom(nodes[:2]) == tuple(nodes[:2])


@pytest.mark.parametrize(
    ("nodes", "smooth", "count"),
    [
        ([(0, 0), (900, 400)], True, 2),  # straight
        ([(0, 0), (100, 0), (400, 0), (8000, 0)], True, 2),
        ([(0, 0), (50, 0.5), (100, 0)], False, 2),  # straight enough
        ([(0, 0), (50, 0.6), (100, 0)], False, 7),  # round(100.01 / 15)
        ([(0, 0), (60, 0), (60, 60)], False, 8),  # 120 / 15
        ([(0, 0), (100, 0), (0, 0)], False, 13),  # there and back is not straight
        ([(0, 0), (100, 0), (60, 0), (120, 0)], False, 13),  # turns back on its own line
        ([(0, 0), (4, 0), (4, 4)], False, 3),  # bent, so never fewer than three
        ([(0, 0), (1000, 0), (1000, 1000)], False, 77),
    ],
)
def test_the_automatic_count(nodes: list[tuple[float, float]], smooth: bool, count: int) -> None:
    path = Trajectory(tuple(Point(*node) for node in nodes), smooth)
    assert automatic_count(path.curve) == count
    assert len(path.points()) == count


@given(LINES)
def test_the_automatic_count_spaces_a_bent_line(line: list[Point]) -> None:
    assume(length(line) > 1)
    count = automatic_count(line)
    assert 2 <= count <= 77
    if 3 < count < 77:
        assert length(line) / AUTO_SPACING == pytest.approx(count, abs=0.5)


@given(st.lists(POINTS, max_size=40), st.floats(0, 300))
def test_simplifying_keeps_every_point_within_the_tolerance(points: list[Point], tolerance: float) -> None:
    kept = simplify(points, tolerance)
    remaining = iter(points)
    assert all(any(point is candidate for candidate in remaining) for point in kept), "not in order"
    if len(points) < 3:
        assert list(kept) == points
        return
    assert (kept[0], kept[-1]) == (points[0], points[-1])
    assert all(off_line(point, list(kept)) <= tolerance + 1e-6 for point in points)


def test_simplifying_drops_what_says_nothing() -> None:
    line = [Point(x, 0) for x in range(100)]
    assert simplify(line, 0.1) == (line[0], line[-1])
    bent = [*line, *(Point(99, y) for y in range(1, 50))]
    assert simplify(bent, 0.1) == (bent[0], Point(99, 0), bent[-1])


@given(st.lists(POINTS, max_size=20))
def test_a_freehand_path_has_no_repeated_node(samples: list[Point]) -> None:
    doubled = [sample for sample in samples for _ in range(2)]
    path = from_freehand(doubled, 0.0)
    assert path == from_freehand(samples, 0.0)
    assert path.smooth
    assert path.count is None
    assert all(a != b for a, b in itertools.pairwise(path.nodes))


@given(LINES, st.floats(-500, 500), st.floats(-500, 500))
def test_moved_scaled_reversed(nodes: list[Point], dx: float, dy: float) -> None:
    path = Trajectory(tuple(nodes), smooth=False, count=9)
    assert path.moved(dx, dy).nodes == tuple((x + dx, y + dy) for x, y in nodes)
    assert path.scaled(0.5, 2.0).nodes == tuple((x * 0.5, y * 2.0) for x, y in nodes)
    assert path.reversed().nodes == tuple(nodes[::-1])
    assert path.reversed().reversed() == path
    for other in (path.moved(dx, dy), path.scaled(1, 2), path.reversed()):
        assert (other.smooth, other.count) == (False, 9)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, FARTHEST * 1.01, -FARTHEST * 1.01])
def test_a_node_that_is_no_place_is_refused(bad: float) -> None:
    for node in (Point(bad, 0), Point(0, bad)):
        with pytest.raises(ValueError, match="nowhere near"):
            Trajectory((Point(0, 0), node))
    assert Trajectory((Point(0, 0), Point(FARTHEST, -FARTHEST))).points()
