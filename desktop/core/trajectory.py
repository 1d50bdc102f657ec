"""Trajectories: the path a dynamic area takes, in image pixels, y down."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from desktop.core.geometry import Point, distance, foot, length

MIN_POINTS, MAX_POINTS = 2, 77
"""How many points one trajectory may have (Kling's documentation, for a 5 s video)."""

AUTO_SPACING = 15.0
"""Pixels between two points when the count is automatic and the path is not straight."""

STRAIGHT_TOLERANCE = 0.5
"""A path that stays within this many pixels of its chord is sent as a straight line of two points."""

FARTHEST = 1e7
"""Pixels from the origin beyond which a node is a mistake, not a place."""

SAME_PLACE = 1e-6
"""Nodes of a curve nearer than this many pixels are one: a span between them has no direction to compute."""

CURVE_STEPS = 16
"""Pieces each span of a smooth curve is flattened into before it is resampled."""


@dataclass(frozen=True, slots=True)
class Trajectory:
    """A path as the user edits it: a few nodes, joined by straight lines or a smooth curve.

    ``count`` is the number of evenly spaced points sent, 2 to 77; None chooses by length and shape. Raises
    ValueError for a node that is not a number or lies more than ten million pixels away.
    """

    nodes: tuple[Point, ...]
    smooth: bool = True
    count: int | None = None

    def __post_init__(self) -> None:
        # Written so that NaN fails too.
        if not all(abs(p.x) <= FARTHEST and abs(p.y) <= FARTHEST for p in self.nodes):
            raise ValueError("a node of a path lies nowhere near a picture")

    @property
    def curve(self) -> tuple[Point, ...]:
        """The drawn line as a dense polyline."""
        return catmull_rom(self.nodes) if self.smooth else self.nodes

    @property
    def length(self) -> float:
        """Length of the drawn line in pixels."""
        return length(self.curve)

    def points(self, *, least: int = MIN_POINTS, most: int = MAX_POINTS) -> tuple[Point, ...]:
        """The points to send: evenly spaced along the line, first node first, last node last.

        Empty when the path has fewer than two distinct nodes.
        """
        curve = self.curve
        if length(curve) == 0.0:
            return ()
        count = automatic_count(curve) if self.count is None else self.count
        return resample(curve, min(max(count, least), most))

    def moved(self, dx: float, dy: float) -> Trajectory:
        """The same path, shifted by (dx, dy) pixels."""
        return Trajectory(tuple(Point(p.x + dx, p.y + dy) for p in self.nodes), self.smooth, self.count)

    def scaled(self, sx: float, sy: float) -> Trajectory:
        """The same path in an image scaled by (sx, sy)."""
        return Trajectory(tuple(Point(p.x * sx, p.y * sy) for p in self.nodes), self.smooth, self.count)

    def reversed(self) -> Trajectory:
        """The same path, walked from its end to its start."""
        return Trajectory(self.nodes[::-1], self.smooth, self.count)


def automatic_count(curve: Sequence[Point]) -> int:
    """How many points describe the line well: 2 for a straight one, else one every 15 px, at most 77."""
    first, last = curve[0], curve[-1]
    if all(distance(p, foot(p, first, last)) <= STRAIGHT_TOLERANCE for p in curve) and _advances(curve):
        return MIN_POINTS
    return min(max(round(length(curve) / AUTO_SPACING), MIN_POINTS + 1), MAX_POINTS)


def _advances(curve: Sequence[Point]) -> bool:
    """Whether the line never turns back on itself along its chord."""
    first, last = curve[0], curve[-1]
    dx, dy = last.x - first.x, last.y - first.y
    along = [p.x * dx + p.y * dy for p in curve]
    return all(b >= a - 1e-9 for a, b in itertools.pairwise(along))


def resample(points: Sequence[Point], count: int) -> tuple[Point, ...]:
    """``count`` >= 2 points evenly spaced by arc length along a polyline; the two ends are kept exactly."""
    if count < MIN_POINTS:
        raise ValueError("a path needs at least two points")
    steps = [distance(a, b) for a, b in itertools.pairwise(points)]
    total = math.fsum(steps)
    if total == 0.0:
        raise ValueError("a path needs a length")
    out = [points[0]]
    index, walked = 0, 0.0
    for k in range(1, count - 1):
        target = total * k / (count - 1)
        while index < len(steps) - 1 and walked + steps[index] < target:
            walked += steps[index]
            index += 1
        part = min((target - walked) / steps[index], 1.0) if steps[index] else 0.0
        a, b = points[index], points[index + 1]
        out.append(Point(a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part))
    out.append(points[-1])
    return tuple(out)


def simplify(points: Sequence[Point], tolerance: float) -> tuple[Point, ...]:
    """Fewer of the given points: each lies within ``tolerance`` pixels of their polyline, the ends are kept.

    Ramer-Douglas-Peucker.
    """
    if len(points) < 3:
        return tuple(points)
    keep = {0, len(points) - 1}
    spans = [(0, len(points) - 1)]
    while spans:
        start, end = spans.pop()
        worst, where = tolerance, -1
        for i in range(start + 1, end):
            off = distance(points[i], foot(points[i], points[start], points[end]))
            if off > worst:
                worst, where = off, i
        if where >= 0:
            keep.add(where)
            spans += [(start, where), (where, end)]
    return tuple(points[i] for i in sorted(keep))


def from_freehand(samples: Sequence[Point], tolerance: float) -> Trajectory:
    """A path drawn by hand: repeats dropped, jitter under ``tolerance`` pixels removed, made smooth."""
    distinct = [p for p, _ in itertools.groupby(samples)]
    return Trajectory(simplify(distinct, tolerance), smooth=True)


def catmull_rom(nodes: Sequence[Point]) -> tuple[Point, ...]:
    """A smooth curve through all nodes, as a polyline: centripetal Catmull-Rom, which has no cusps or loops
    within a span (Yuksel, Schaefer, Keyser 2011). Two nodes give the straight line."""
    distinct = _distinct(nodes)
    if len(distinct) < 3:
        return tuple(distinct)
    first, last = distinct[0], distinct[-1]
    before = Point(2 * first.x - distinct[1].x, 2 * first.y - distinct[1].y)
    after = Point(2 * last.x - distinct[-2].x, 2 * last.y - distinct[-2].y)
    padded = [before, *distinct, after]
    out = [first]
    for i in range(len(distinct) - 1):
        p0, p1, p2, p3 = padded[i : i + 4]
        out += [_span(p0, p1, p2, p3, k / CURVE_STEPS) for k in range(1, CURVE_STEPS)]
        out.append(p2)
    return tuple(out)


def _distinct(nodes: Sequence[Point]) -> list[Point]:
    """The nodes without those that repeat their predecessor; the first and the last are kept exactly."""
    out = list(nodes[:1])
    for node in nodes[1:]:
        if distance(node, out[-1]) > SAME_PLACE:
            out.append(node)
    if len(out) > 1:
        out[-1] = nodes[-1]
    return out


def _span(p0: Point, p1: Point, p2: Point, p3: Point, u: float) -> Point:
    """The point at share ``u`` of the span p1..p2 (Barry and Goldman's pyramid)."""
    t0 = 0.0
    t1 = t0 + math.sqrt(distance(p0, p1))
    t2 = t1 + math.sqrt(distance(p1, p2))
    t3 = t2 + math.sqrt(distance(p2, p3))
    t = t1 + (t2 - t1) * u
    a1, a2, a3 = _mix(p0, p1, t0, t1, t), _mix(p1, p2, t1, t2, t), _mix(p2, p3, t2, t3, t)
    return _mix(_mix(a1, a2, t0, t2, t), _mix(a2, a3, t1, t3, t), t1, t2, t)


def _mix(a: Point, b: Point, ta: float, tb: float, t: float) -> Point:
    part = (t - ta) / (tb - ta)
    return Point(a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part)
