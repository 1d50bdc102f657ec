"""What of a frame is shown, and the pixels for it."""

from __future__ import annotations

import numpy as np

from desktop.opencv import cv2
from desktop.video.colour import Matrix, corrected
from desktop.video.plain import Frame
from desktop.video.plain import Shown as Shown
from desktop.video.plain import View as View


def whole(frame_width: int, frame_height: int, width: int, height: int) -> View:
    """All of the frame, as large as fits ``width`` x ``height`` device pixels."""
    scale = min(width / frame_width, height / frame_height)
    shown = max(1, round(frame_width * scale)), max(1, round(frame_height * scale))
    return View(0, 0, frame_width, frame_height, *shown)


def shrunk(frame: Frame, width: int, height: int) -> Frame:
    """The frame at a smaller size, or itself.

    Halved while that is possible, then bilinear: the means of whole pixels that OpenCV takes for other ratios cost
    eight times as much at 4K and look the same.
    """
    while frame.shape[1] >= 2 * width and frame.shape[0] >= 2 * height and min(frame.shape[:2]) >= 4:
        # An odd last row or column is left out: halving is quick for even sizes alone.
        even = frame[: frame.shape[0] & ~1, : frame.shape[1] & ~1]
        half = even.shape[1] // 2, even.shape[0] // 2
        frame = np.asarray(cv2.resize(even, half, interpolation=cv2.INTER_AREA), np.uint8)
    if (frame.shape[1], frame.shape[0]) == (width, height):
        return frame
    return np.asarray(cv2.resize(frame, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def render(frame: Frame, view: View, frame_width: int, matrix: Matrix | None = None) -> Shown:
    """The part of the frame that ``view`` names, at its size and in the right colours, as a new array.

    ``frame`` may be a reduced copy of a frame of ``frame_width`` pixels.
    """
    share = frame.shape[1] / frame_width
    left, top = int(view.left * share), int(view.top * share)
    right = min(frame.shape[1], max(left + 1, round(view.right * share)))
    bottom = min(frame.shape[0], max(top + 1, round(view.bottom * share)))
    part = frame[top:bottom, left:right]
    if view.width >= 2 * part.shape[1]:
        # From twice its size on the pixels themselves are what one wants to see.
        size = view.width, view.height
        shown = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    else:
        shown = shrunk(part, view.width, view.height)
    return np.asarray(cv2.cvtColor(corrected(shown, matrix), cv2.COLOR_BGR2BGRA), np.uint8)
