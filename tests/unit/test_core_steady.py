"""The pulled string: it lags by its length, forgets the rate of events, and catches up beside the line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desktop.core.geometry import Point
from desktop.core.steady import PulledString, string_length

places = st.builds(Point, st.floats(0, 400), st.floats(0, 400))
lines = st.lists(places, min_size=2, max_size=12)
lengths = st.floats(1.0, 80.0)


def divided(line: Sequence[Point], parts: int) -> list[Point]:
    """The same line with more points on it."""
    out = [line[0]]
    for a, b in pairwise(line):
        out += [
            Point(a.x + (b.x - a.x) * k / parts, a.y + (b.y - a.y) * k / parts) for k in range(1, parts + 1)
        ]
    return out


def off(p: Point, way: Sequence[Point]) -> float:
    """How far a place is from a way."""
    best = math.dist(p, way[0])
    for a, b in pairwise(way):
        dx, dy = b.x - a.x, b.y - a.y
        squared = dx * dx + dy * dy
        part = min(max(((p.x - a.x) * dx + (p.y - a.y) * dy) / squared, 0.0), 1.0) if squared else 0.0
        best = min(best, math.dist(p, (a.x + dx * part, a.y + dy * part)))
    return best


def pulled(line: Sequence[Point], length: float, *, catch_up: bool) -> list[Point]:
    string, way = PulledString(line[0], length), [line[0]]
    for p in line[1:]:
        way += string.pull(p)
    return way + string.catch_up() if catch_up else way


@given(lines, lengths)
@example([Point(0.0, 203.25), Point(275.0, 13.0), Point(194.0, 1.0), Point(275.0, 13.0)], 73.375)
def test_the_brush_is_never_further_away_than_the_string_is_long(line: list[Point], length: float) -> None:
    string = PulledString(line[0], length)
    for p in line[1:]:
        before = string.at
        way = string.pull(p)
        assert math.dist(string.at, p) <= length + 1e-6
        assert (string.at == before) == (not way)
        assert string.pointer == p


@given(lines, lengths, st.sampled_from([2, 5]))
def test_the_way_is_the_same_however_often_the_hand_is_looked_at(
    line: list[Point], length: float, parts: int
) -> None:
    once, often = (pulled(points, length, catch_up=False) for points in (line, divided(line, parts)))
    assert math.dist(once[-1], often[-1]) < 1e-3
    assert max(off(p, often) for p in once) < 0.02 * length
    assert max(off(p, once) for p in often) < 0.02 * length


@given(lines, lengths)
def test_catching_up_ends_at_the_pointer_and_stays_beside_the_line(line: list[Point], length: float) -> None:
    string = PulledString(line[0], length)
    for p in line[1:]:
        string.pull(p)
    away = off(string.at, line)
    way = string.catch_up()
    assert string.at == line[-1]
    assert not string.slack
    assert all(off(p, line) <= length + 1e-6 for p in way)
    if away == 0.0:
        assert all(off(p, line) < 1e-6 for p in way)
    assert string.catch_up() == []


def test_what_is_drawn_within_the_string_is_painted_at_the_end() -> None:
    small = [Point(100 + 10 * math.cos(t / 5), 100 + 10 * math.sin(t / 5)) for t in range(33)]
    string = PulledString(small[0], 54.0)
    assert not any(string.pull(p) for p in small[1:])
    way = string.catch_up()
    assert max(off(p, [small[0], *way]) for p in small) < 1.0


@given(lines)
def test_without_a_string_the_brush_is_where_the_pointer_is(line: list[Point]) -> None:
    string = PulledString(line[0], 0.0)
    for before, p in pairwise(line):
        assert string.pull(p) == ([p] if p != before else [])
        assert not string.slack


@pytest.mark.parametrize("count", [40, 400, 4000])
def test_a_circle_comes_out_as_a_circle_of_the_root_of_the_squares(count: int) -> None:
    length = string_length(100, 80)
    line = [
        Point(120 * math.cos(2 * math.pi * k / count), 120 * math.sin(2 * math.pi * k / count))
        for k in range(count + 1)
    ]
    way = pulled(line, length, catch_up=False)
    radius = math.hypot(*way[-1])
    assert radius == pytest.approx(math.sqrt(120**2 - length**2), rel=0.01)
    assert radius > 0.85 * 120


def test_the_string_goes_with_the_brush_and_the_setting() -> None:
    assert string_length(0, 80) == 0.0
    for size in (1, 6, 20, 80, 2000):
        assert string_length(50, size) == pytest.approx(string_length(100, size) / 2)
    longest = [string_length(100, size) for size in range(1, 2001)]
    assert longest == sorted(longest)
