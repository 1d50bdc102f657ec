"""A steady hand: the brush hangs on a string that the pointer pulls.

The brush stays while the string is slack, and goes straight at the pointer once it is taut, as a weight does that is
dragged over a table. For a pointer that moves along a straight line its way (a tractrix) is known exactly, so that the
result depends on the line that was drawn and not on how often it was looked at.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from desktop.core.geometry import Point, foot

_STEP = 0.2
"""Lengths of string that the pointer goes between two points of the brush's way, which straight lines join."""

_STRAIGHT = 0.01
"""Radians between the string and the way of the pointer below which the rest of the way is straight."""

_KEPT = 2.0
"""Lengths of string that the brush has gone since: what was drawn before that is no longer caught up with."""

_LEAST = 1 / 24
"""Lengths of string between two points of the catching up, at least."""

_MOST = 1 / 12
"""And at most."""

_LONGEST = 54.0
"""Pixels of string for brushes of usual sizes: a circle of 120 pixels then comes out a tenth smaller."""


def string_length(steady: int, size: float) -> float:
    """Pixels of string at ``steady`` 0 to 100 for a brush of ``size`` pixels.

    It goes with the brush, for thin brushes are held over enlarged pictures and thick ones over small.
    """
    return steady / 100 * max(min(4.0 * size, _LONGEST), size / 2)


@dataclass(frozen=True, slots=True)
class _Seen:
    """Where the pointer was, and how far the brush had gone by then."""

    at: Point
    gone: float


class PulledString:
    """A brush at ``at`` on a string of ``length`` pixels; with none it is where the pointer is."""

    def __init__(self, start: Point, length: float) -> None:
        self.at = start
        self._length = length
        self._gone = 0.0
        self._trail = [_Seen(start, 0.0)]
        self._taut = 0
        """Index in the trail of where the pointer last pulled."""

    @property
    def pointer(self) -> Point:
        """Where the pulling end is."""
        return self._trail[-1].at

    @property
    def slack(self) -> bool:
        """Whether the brush is not where the pointer is."""
        return self.at != self.pointer

    def pull(self, to: Point) -> list[Point]:
        """The pointer goes straight to ``to``: the points the brush passes; none while the string is slack."""
        way = _pulled(self.at, self.pointer, to, self._length)
        before = self.at
        for p in way:
            self._gone += math.dist(before, p)
            before = p
        self.at = before
        self._trail.append(_Seen(to, self._gone))
        if way:
            self._forget_old()
            self._taut = len(self._trail) - 1
        return way

    def catch_up(self) -> list[Point]:
        """The string is reeled in: the points on the brush's way to the pointer, beside the line that was drawn."""
        if not self.slack:
            return []
        start, index = self._nearest()
        line = [start, *(seen.at for seen in self._trail[index:])]
        lengths = [math.dist(a, b) for a, b in pairwise(line)]
        whole, done = sum(lengths), 0.0
        off_x, off_y = self.at.x - start.x, self.at.y - start.y
        way, last = [], self.at
        for (a, b), length in zip(pairwise(line), lengths, strict=True):
            parts = max(1, math.ceil(length / (self._length * _MOST)))
            for part in range(1, parts + 1):
                u = (done + length * part / parts) / whole if whole else 1.0
                rest = 1.0 - u * u * (3.0 - 2.0 * u)
                x, y = a.x + (b.x - a.x) * part / parts, a.y + (b.y - a.y) * part / parts
                p = Point(x + off_x * rest, y + off_y * rest)
                if math.dist(p, last) >= self._length * _LEAST:
                    way.append(p)
                    last = p
            done += length
        if last != self.pointer:
            way.append(self.pointer)
        self.at = self.pointer
        self._trail, self._taut = [_Seen(self.at, self._gone)], 0
        return way

    def _forget_old(self) -> None:
        oldest = self._gone - _KEPT * self._length
        first = 0
        while first < len(self._trail) - 1 and self._trail[first + 1].gone < oldest:
            first += 1
        del self._trail[:first]

    def _nearest(self) -> tuple[Point, int]:
        """The place on the drawn line, up to the last pull, that is next to the brush; and what comes after it."""
        best, index = self._trail[0].at, 1
        off = math.dist(best, self.at)
        for k in range(1, self._taut + 1):
            p = foot(self.at, self._trail[k - 1].at, self._trail[k].at)
            distance = math.dist(p, self.at)
            if distance <= off:
                best, index, off = p, k, distance
        return best, index


def _pulled(brush: Point, start: Point, end: Point, length: float) -> list[Point]:
    """The way of a brush on a string whose other end goes straight from ``start`` to ``end``."""
    way = math.dist(start, end)
    if way == 0.0 or math.dist(brush, end) <= length:
        return []
    if length <= 0.0:
        return [end]
    ux, uy = (end.x - start.x) / way, (end.y - start.y) / way
    # In a frame that goes along with the line: how far the pointer is ahead of the brush, and how far beside it.
    ahead = (start.x - brush.x) * ux + (start.y - brush.y) * uy
    beside = (start.y - brush.y) * ux - (start.x - brush.x) * uy
    beside = min(max(beside, -length), length)
    taut_after = max(0.0, math.sqrt(length * length - beside * beside) - ahead)
    angle = math.asin(beside / length)
    left = way - taut_after
    if left <= 0.0:
        return []
    out: list[Point] = []
    gone = 0.0
    while gone < left:
        gone = min(gone + _STEP * length, left)
        turned = 2.0 * math.atan(math.tan(angle / 2) * math.exp(-gone / length))
        if abs(turned) < _STRAIGHT:
            gone = left
            turned = 2.0 * math.atan(math.tan(angle / 2) * math.exp(-gone / length))
        x, y = start.x + ux * (taut_after + gone), start.y + uy * (taut_after + gone)
        cosine, sine = math.cos(turned) * length, math.sin(turned) * length
        out.append(Point(x - (ux * cosine - uy * sine), y - (uy * cosine + ux * sine)))
    return [] if out[-1] == brush else out  # pulled by less than a number can tell
