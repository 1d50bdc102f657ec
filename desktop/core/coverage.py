"""How many pixels each area has, kept up to date tile by tile."""

from __future__ import annotations

import numpy as np

from desktop.core.geometry import Box
from desktop.core.label_map import LABELS, LabelMap, extent
from desktop.core.tiles import tile_box, tile_count, tiles_in


class Coverage:
    """Painted pixels per label of a live map. Only tiles that were touched are counted again."""

    def __init__(self, labels: LabelMap, *, blank: bool = False) -> None:
        """``blank`` says that nothing is painted yet, which is otherwise looked for."""
        self._labels = labels
        self._shape = (labels.shape[0], labels.shape[1])
        self._tiles = np.zeros((tile_count(self._shape), len(LABELS)), np.int64)
        empty = blank or not labels.any()
        self._stale = set[int]() if empty else set(tiles_in(self._shape, extent(labels)))

    def touch(self, box: Box) -> None:
        """Pixels in ``box`` may have changed."""
        self._stale.update(tiles_in(self._shape, box.intersect(extent(self._labels))))

    def count(self, most: int) -> bool:
        """Count up to ``most`` of the touched tiles again; True when none is left."""
        for _ in range(min(most, len(self._stale))):
            index = self._stale.pop()
            tile = self._labels[tile_box(self._shape, index).slices]
            lowest, highest = int(tile.min()), int(tile.max())
            self._tiles[index] = 0
            if lowest == highest:
                if lowest:
                    self._tiles[index, lowest - 1] = tile.size
                continue
            for label in range(max(lowest, 1), highest + 1):
                self._tiles[index, label - 1] = np.count_nonzero(tile == label)
        return not self._stale

    def counts(self) -> dict[int, int]:
        """Painted pixels of every label, 1 to 7."""
        self.count(len(self._stale))
        return self.known()

    def known(self) -> dict[int, int]:
        """The same, as it was before what is not counted again yet was touched."""
        totals = self._tiles.sum(axis=0)
        return {label: int(total) for label, total in zip(LABELS, totals, strict=True)}
