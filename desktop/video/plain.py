"""Plain data of videos, and what can be had without OpenCV: the window is there before it is loaded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Frame = npt.NDArray[np.uint8]
"""H x W x 3, uint8, BGR."""

Shown = npt.NDArray[np.uint8]
"""H x W x 4, uint8, BGRx: what a QImage of Format_RGB32 holds on every machine we run on."""

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)
"""How fast a video plays, in either direction."""


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """A video: size in pixels, frames per second, frames, duration in seconds, codec as four characters."""

    width: int
    height: int
    fps: float
    frames: int
    duration: float
    codec: str


@dataclass(frozen=True, slots=True)
class View:
    """A part of the frame and the size it is shown at.

    ``left``, ``top``, ``right``, ``bottom`` are edges in pixels of the video, y down; ``width`` and ``height`` are
    device pixels of the screen.
    """

    left: int
    top: int
    right: int
    bottom: int
    width: int
    height: int
