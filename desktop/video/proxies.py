"""A small copy of every frame, in memory: what makes scrubbing and stepping back instant."""

from __future__ import annotations

import math
import threading

import numpy as np
import numpy.typing as npt

from desktop.core.errors import VideoError
from desktop.opencv import cv2
from desktop.video.probe import Frame
from desktop.video.view import shrunk

BUDGET = 96 << 20
"""Bytes the copies of one video may take."""

WIDTH = 960
"""Their width in pixels, less for videos so long that the budget would not hold them all."""

_QUALITY = 85
_BYTES_PER_PIXEL = 0.3  # of a JPEG of noisy footage at this quality


class Proxies:
    """Reduced copies of the frames of one video, as JPEG, by frame number. Safe to use from several threads."""

    def __init__(self, width: int, height: int, frames: int, budget: int = BUDGET) -> None:
        fits = math.sqrt(budget / max(1.0, frames * _BYTES_PER_PIXEL * height / width))
        self.width = max(2, min(WIDTH, width, int(fits)))
        self.height = max(2, round(height * self.width / width))
        self._budget = budget
        self._kept: dict[int, npt.NDArray[np.uint8]] = {}
        self._bytes = 0
        self._frontier = 0
        self._lock = threading.Lock()

    def __contains__(self, index: int) -> bool:
        return index in self._kept

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def size(self) -> int:
        """Bytes held now."""
        return self._bytes

    @property
    def full(self) -> bool:
        """Whether the budget is used up."""
        return self._bytes >= self._budget

    def first_missing(self) -> int:
        """The number of the first frame without a copy."""
        with self._lock:
            while self._frontier in self._kept:
                self._frontier += 1
            return self._frontier

    def add(self, index: int, frame: Frame) -> None:
        """Keep a copy of a frame, given at any size of at least the copies' own and in the right colours."""
        if index in self._kept or self.full:
            return
        small = shrunk(frame, self.width, self.height)
        done, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
        if not done:
            raise VideoError("A frame of the video could not be kept in memory.")
        with self._lock:
            self._kept[index] = np.asarray(data, np.uint8)
            self._bytes += data.nbytes

    def get(self, index: int) -> Frame | None:
        """The copy of a frame, BGR at the copies' size, or None where there is none yet."""
        with self._lock:
            data = self._kept.get(index)
        if data is None:
            return None
        return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
