"""What is begun and waits to be finished, as plain data: no shot holds it, only the window and its recovery."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.core.geometry import Point


@dataclass(frozen=True, slots=True)
class WaitingOutline:
    """An outline that is clicked together and not closed yet, for the area ``label`` of a picture of ``size``.

    Of the first ``ends[k]`` points of ``path`` (image pixels) the last one is place k, which was clicked; what lies
    between two places was found. ``clicks`` are those whose way is not found yet, each with whether it goes straight.
    """

    tool: str
    label: int
    mode: str
    """``add``, ``take`` or ``keep``."""
    size: tuple[int, int]
    """Width and height in pixels."""
    path: tuple[Point, ...]
    ends: tuple[int, ...]
    clicks: tuple[tuple[Point, bool], ...] = ()
    right: bool = False
    """Whether the right button has begun it, and so sets places."""

    def __post_init__(self) -> None:
        steps = zip(self.ends, self.ends[1:], strict=False)
        if not self.ends or self.ends[0] != 1 or self.ends[-1] != len(self.path):
            raise ValueError("the places are not those of the path")
        if any(here > there for here, there in steps):
            raise ValueError("the places are not in the order of the path")
