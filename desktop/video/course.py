"""The way playback takes through the frames, as plain numbers: no clock, no thread."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Course:
    """From frame ``start`` through ``first`` to ``last`` (both included), forwards or backwards.

    ``speed`` is signed: -2 plays backwards at double speed. ``fps`` is the video's own.
    """

    start: int
    first: int
    last: int
    fps: float
    speed: float = 1.0
    loop: bool = False

    @property
    def period(self) -> float:
        """Seconds from one frame to the next."""
        return 1.0 / (self.fps * abs(self.speed))

    def index(self, ordinal: int) -> int | None:
        """The frame at step ``ordinal`` (0 is the start); None past the end, unless it loops."""
        step = 1 if self.speed > 0 else -1
        at = self.start + step * ordinal
        ended = at > self.last if step > 0 else at < self.first
        if not ended:
            return at
        if not self.loop:
            return None
        return self.first + (at - self.first) % (self.last - self.first + 1)


def course(
    position: int, frames: int, fps: float, speed: float, loop: bool, part: tuple[int, int] | None
) -> Course:
    """The course from ``position`` under the settings; from an end it starts again at the other one."""
    first, last = part or (0, frames - 1)
    if speed > 0 and not first <= position < last:
        position = first
    elif speed < 0 and not first < position <= last:
        position = last
    return Course(position, first, last, fps, speed, loop)
