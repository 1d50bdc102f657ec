"""One figure of a bench, and what makes it comparable: the same run, interleaved repeats, medians."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

RUNS = 7
"""Repeats of each side; at least five."""


@dataclass(frozen=True, slots=True)
class Row:
    """A figure. ``measured`` and ``against`` are medians in ``unit`` (None: not measured here); ``ratio`` is how many
    times better the measured one is; ``goal`` is in words, ``met`` None when it could not be judged; ``peer`` names
    what it is held against."""

    name: str
    measured: float | None
    unit: str
    against: float | None
    ratio: float | None
    goal: str
    met: bool | None
    runs: int
    peer: str = ""

    def as_json(self) -> str:
        """As one JSON object on one line."""
        return json.dumps(asdict(self), ensure_ascii=False)


def limited(name: str, values: Sequence[float], unit: str, most: float) -> Row:
    """A figure that must not exceed a limit."""
    middle = statistics.median(values)
    return Row(name, round(middle, 2), unit, None, None, f"<= {most:g} {unit}", middle <= most, len(values))


def compared(name: str, ours: Sequence[float], theirs: Sequence[float], unit: str, least: float) -> Row:
    """Two times (the smaller the better) of interleaved repeats; the goal is on theirs / ours."""
    mine, other = statistics.median(ours), statistics.median(theirs)
    ratio = other / mine
    runs = min(len(ours), len(theirs))
    return Row(
        name, round(mine, 2), unit, round(other, 2), round(ratio, 2), f">= {least:g}x", ratio >= least, runs
    )


def beside(row: Row, theirs: Sequence[float], peer: str) -> Row:
    """The figure with a peer's for comparison; its goal stays what it is."""
    other = statistics.median(theirs)
    ratio = float(f"{other / row.measured:.3g}") if row.measured else None
    return replace(row, against=round(other, 2), ratio=ratio, peer=peer)


def unmeasured(name: str, unit: str, goal: str) -> Row:
    """A figure that cannot be measured on this machine; the name says why."""
    return Row(name, None, unit, None, None, goal, None, 0)


def interleaved(
    ours: Callable[[], float], theirs: Callable[[], float], runs: int = RUNS
) -> tuple[list[float], list[float]]:
    """Both sides in turn: `in_turn`."""
    mine, other = in_turn(ours, theirs, runs=runs)
    return mine, other


def in_turn(*sides: Callable[[], float], runs: int = RUNS) -> list[list[float]]:
    """All sides in turn, after one warm-up of each, so that a busy moment of the machine strikes all."""
    for side in sides:
        side()
    found: list[list[float]] = [[] for _ in sides]
    for _ in range(runs):
        for side, values in zip(sides, found, strict=True):
            values.append(side())
    return found
