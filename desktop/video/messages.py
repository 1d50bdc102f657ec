"""What the player tells: plain data, sent from its own thread."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from desktop.video.plain import Shown, VideoFacts, View


@dataclass(frozen=True, slots=True)
class FrameShown:
    """A frame to draw. ``exact`` is False for a reduced copy that stands in; the number is right in any case.

    ``image`` is BGRx at the size of ``view`` and belongs to the receiver.
    """

    index: int
    image: Shown
    view: View
    exact: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """A video can be played."""

    path: Path
    facts: VideoFacts


@dataclass(frozen=True, slots=True)
class State:
    """How playback stands. ``part`` is the first and the last frame of the A-B range, both included."""

    playing: bool
    position: int
    frames: int
    speed: float
    loop: bool
    part: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Kept:
    """Of how many frames copies are in memory: from then on scrubbing is instant."""

    count: int
    frames: int


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A small picture of a frame for the film strip, BGRx."""

    index: int
    image: Shown


@dataclass(frozen=True, slots=True)
class FrameSaved:
    """A frame was written, full size."""

    path: Path
    index: int


@dataclass(frozen=True, slots=True)
class Failed:
    """Something went wrong: one sentence, and details to copy."""

    sentence: str
    details: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The file is let go of and may be replaced."""

    path: Path


Message = FrameShown | Opened | State | Kept | Thumbnail | FrameSaved | Failed | Closed
