"""Where a video lies on the stage: plain numbers in device pixels, no widget."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from desktop.video.plain import View

NEAREST = 32.0
"""The most device pixels a pixel of the video is shown at."""


@dataclass(frozen=True, slots=True)
class Placement:
    """A video of ``width`` x ``height`` pixels on a stage of ``stage_width`` x ``stage_height`` device pixels.

    ``scale`` is device pixels for each pixel of the video, None for *fit*; ``x`` and ``y`` are the point of the
    video, in its pixels, in the middle of the stage. ``margin`` stays free around a fitted one, in device pixels.
    """

    width: int
    height: int
    stage_width: int
    stage_height: int
    margin: int = 0
    scale: float | None = None
    x: float = 0.0
    y: float = 0.0

    @property
    def fit_scale(self) -> float:
        """The scale at which all of it is seen."""
        across = max(1, self.stage_width - 2 * self.margin) / self.width
        down = max(1, self.stage_height - 2 * self.margin) / self.height
        return min(across, down)

    @property
    def shown_scale(self) -> float:
        """The scale it is shown at."""
        return self.fit_scale if self.scale is None else self.scale

    @property
    def origin(self) -> tuple[int, int]:
        """Where the video's corner lies on the stage, in whole device pixels."""
        scale = self.shown_scale
        x, y = (self.width / 2, self.height / 2) if self.scale is None else (self.x, self.y)
        return round(self.stage_width / 2 - x * scale), round(self.stage_height / 2 - y * scale)

    @property
    def view(self) -> View:
        """The part on screen and its size there; never empty."""
        scale = self.shown_scale
        left, right, width = _span(self.origin[0], self.width, self.stage_width, scale)
        top, bottom, height = _span(self.origin[1], self.height, self.stage_height, scale)
        return View(left, top, right, bottom, width, height)

    def rect(self, view: View) -> tuple[int, int, int, int]:
        """Left, top, width and height on the stage of a part of the video."""
        scale, (x, y) = self.shown_scale, self.origin
        left, top = round(x + view.left * scale), round(y + view.top * scale)
        right, bottom = round(x + view.right * scale), round(y + view.bottom * scale)
        return left, top, max(1, right - left), max(1, bottom - top)

    def fitted(self) -> Placement:
        """All of it."""
        return replace(self, scale=None, x=0.0, y=0.0)

    def zoomed(self, scale: float, at_x: float, at_y: float) -> Placement:
        """At another scale, the point under ``at_x``, ``at_y`` (device pixels of the stage) staying where it is."""
        old = self.shown_scale
        smallest = min(self.fit_scale, 1.0) / 2
        scale = min(max(scale, smallest), NEAREST)
        x = (at_x - self.origin[0]) / old
        y = (at_y - self.origin[1]) / old
        moved = replace(
            self,
            scale=scale,
            x=x - (at_x - self.stage_width / 2) / scale,
            y=y - (at_y - self.stage_height / 2) / scale,
        )
        return moved.kept_in()

    def panned(self, dx: float, dy: float) -> Placement:
        """Moved by device pixels."""
        if self.scale is None:
            return self
        return replace(self, x=self.x - dx / self.scale, y=self.y - dy / self.scale).kept_in()

    def kept_in(self) -> Placement:
        """Moved back so that the middle of the stage shows a point of the video."""
        return replace(self, x=min(max(self.x, 0.0), self.width), y=min(max(self.y, 0.0), self.height))


def _span(origin: int, length: int, room: int, scale: float) -> tuple[int, int, int]:
    first = min(max(0, math.floor(-origin / scale)), length - 1)
    last = max(first + 1, min(length, math.ceil((room - origin) / scale)))
    return first, last, max(1, round(origin + last * scale) - round(origin + first * scale))
