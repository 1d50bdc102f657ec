"""A copy of a live label map that is made little by little, in another thread, while painting goes on."""

from __future__ import annotations

import numpy as np

from desktop.core.geometry import Box
from desktop.core.label_map import LabelMap
from desktop.core.tiles import SavedTiles

BAND = 64
"""Rows that are copied at a time."""


class LiveCopy:
    """The map as it is at this moment. The one who writes calls `keep` before writing; `finish` copies the rest.

    Making one costs nothing. Nobody waits for the other, since a wait for a thread that waits for the interpreter takes
    many times as long as a copy: both may copy the same rows, and the first copy counts. It is a whole one, for the
    writer begins after his own, and until he has begun the rows are as they were.

    With ``undone`` the copy is as the map was before those tiles were written, perhaps of another size.
    """

    def __init__(self, labels: LabelMap, undone: SavedTiles | None = None) -> None:
        self._labels = labels
        self._undone = undone
        self._bands: int = -(-labels.shape[0] // BAND)
        self._kept: dict[int, LabelMap] = {}

    @property
    def finished(self) -> bool:
        """Whether nothing is left to copy."""
        return len(self._kept) == self._bands

    def keep(self, box: Box) -> None:
        """The pixels in this box, which lies in the map, are about to change."""
        if not self.finished and not box.empty:
            for band in range(box.top // BAND, (box.bottom - 1) // BAND + 1):
                self._take(band)

    def finish(self) -> LabelMap:
        """The whole copy; meant for another thread than the one that writes."""
        for band in range(self._bands):
            self._take(band)
        labels = np.concatenate([self._kept[band] for band in range(self._bands)])
        if self._undone is None:
            return labels
        if self._undone.shape != labels.shape:
            labels = np.zeros(self._undone.shape, np.uint8)
        for _ in self._undone.restore(labels, _told_nobody):
            pass
        return labels

    def _take(self, band: int) -> None:
        if band not in self._kept:
            self._kept.setdefault(band, self._labels[band * BAND : (band + 1) * BAND].copy())


def _told_nobody(_box: Box) -> None:
    """The copy has no copies."""
