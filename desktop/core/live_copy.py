"""A copy of a live label map that is made little by little, in another thread, while painting goes on."""

from __future__ import annotations

from contextlib import AbstractContextManager

import numpy as np

from desktop.core.geometry import Box
from desktop.core.label_map import LabelMap

BAND = 64
"""Rows that are copied at a time: what painting may have to wait for."""


class LiveCopy:
    """The map as it is at this moment. The one who writes calls `keep` before writing; `finish` copies the rest.

    Making one costs nothing: memory is touched, and its pages filled, as rows are copied. ``lock`` is a lock of the
    caller's, who brings the threads.
    """

    def __init__(self, labels: LabelMap, lock: AbstractContextManager[object]) -> None:
        self._labels = labels
        self._copy: LabelMap = np.empty_like(labels)
        self._waiting = set(range(-(-labels.shape[0] // BAND)))
        self._lock = lock

    @property
    def finished(self) -> bool:
        """Whether nothing is left to copy."""
        return not self._waiting

    def keep(self, box: Box) -> None:
        """The pixels in this box, which lies in the map, are about to change."""
        if self._waiting and not box.empty:
            for band in range(box.top // BAND, (box.bottom - 1) // BAND + 1):
                self._take(band)

    def finish(self) -> LabelMap:
        """The whole copy; meant for another thread than the one that writes."""
        with self._lock:
            waiting = tuple(self._waiting)
        for band in waiting:
            self._take(band)
        return self._copy

    def _take(self, band: int) -> None:
        with self._lock:
            if band in self._waiting:
                rows = slice(band * BAND, (band + 1) * BAND)
                self._copy[rows] = self._labels[rows]
                self._waiting.discard(band)
