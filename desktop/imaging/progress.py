"""How long work tells how far it is, and learns that nobody wants it any more."""

from __future__ import annotations

from collections.abc import Callable, Iterator

Report = Callable[[float], None]
"""Called now and then with the share that is done, 0 to 1. It may raise, and the work ends at once."""

BAND = 2_000_000
"""Pixels that are worked on between two reports."""


def unheard(_share: float) -> None:
    """For work that nobody follows."""


def bands(height: int, width: int, report: Report, *, until: float = 1.0) -> Iterator[tuple[int, int]]:
    """(first row, row after the last) of the bands of an image, reporting shares up to ``until`` on the way."""
    rows = max(1, BAND // max(width, 1))
    for top in range(0, height, rows):
        report(until * top / height)
        yield top, min(top + rows, height)
