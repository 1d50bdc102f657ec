"""What is begun and waits to be finished, as plain data: no shot holds it, only the window and its recovery.

Each names the ``tool`` it waits in and the ``size`` of the picture it belongs to: width and height in pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from desktop.core.geometry import Box, Point, same_shape, whole
from desktop.core.mark import Mark

_HARDLY = 1e-6
"""Pixels, or shares, that are no more than rounding."""


@dataclass(frozen=True, slots=True)
class WaitingOutline:
    """An outline that is clicked together and not closed yet, for the area ``label``.

    Of the first ``ends[k]`` points of ``path`` (image pixels) the last one is place k, which was clicked; what lies
    between two places was found. ``clicks`` are those whose way is not found yet, each with whether it goes straight.
    """

    tool: str
    label: int
    mode: str
    """``add``, ``take`` or ``keep``."""
    size: tuple[int, int]
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

    @property
    def counts(self) -> bool:
        """Whether it is work to lose: more than one click."""
        return len(self.ends) + len(self.clicks) > 1

    def on(self, size: tuple[int, int]) -> WaitingOutline | None:
        """The same on a picture of this size, scaled as its masks are; None when the aspect is another one."""
        if size == self.size:
            return self
        if not same_shape(self.size, size):
            return None
        sx, sy = size[0] / self.size[0], size[1] / self.size[1]
        return replace(
            self,
            size=size,
            path=tuple(Point(x * sx, y * sy) for x, y in self.path),
            clicks=tuple((Point(x * sx, y * sy), straight) for (x, y), straight in self.clicks),
        )


@dataclass(frozen=True, slots=True)
class WaitingSelection:
    """A thing that is looked for, for the area ``label``: in a box (``frame``, image pixels), or with None under the
    first of the ``marks``; the others mend what was found. The pixels are found again from these."""

    tool: str
    label: int
    mode: str
    """``add``, ``take`` or ``keep``."""
    size: tuple[int, int]
    frame: Box | None
    marks: tuple[Mark, ...] = ()

    def __post_init__(self) -> None:
        if self.frame is None and not (self.marks and self.marks[0].inside):
            raise ValueError("neither a box nor a stroke says where the thing is")
        if self.frame is not None:
            _check_inside(self.frame, self.size)

    @property
    def counts(self) -> bool:
        """Whether it is work to lose."""
        return True


@dataclass(frozen=True, slots=True)
class WaitingCrop:
    """A crop that is drawn and not accepted: its ``frame`` in image pixels, the ``aspect`` that it is held to (a name),
    and whether the part is to be enlarged."""

    tool: str
    size: tuple[int, int]
    frame: Box
    aspect: str = "free"
    enlarge: bool = False

    def __post_init__(self) -> None:
        _check_inside(self.frame, self.size)

    @property
    def counts(self) -> bool:
        """Whether it is work to lose."""
        return True


@dataclass(frozen=True, slots=True)
class WaitingMasks:
    """All masks and paths of the shot on their way to another place: scaled from the picture's corner, then moved by
    ``x`` and ``y`` (image pixels)."""

    tool: str
    size: tuple[int, int]
    x: float = 0.0
    y: float = 0.0
    scale_x: float = 1.0
    scale_y: float = 1.0

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.x, self.y))) or min(self.scale_x, self.scale_y) <= 0.0:
            raise ValueError("the masks lie nowhere")

    @property
    def counts(self) -> bool:
        """Whether it is work to lose: they lie elsewhere than in the shot."""
        return max(map(abs, (self.x, self.y, self.scale_x - 1.0, self.scale_y - 1.0))) > _HARDLY


Waiting = WaitingOutline | WaitingSelection | WaitingCrop | WaitingMasks


def _check_inside(frame: Box, size: tuple[int, int]) -> None:
    if frame.empty or not whole(*size).holds(frame):
        raise ValueError("the frame is not inside of the picture")
