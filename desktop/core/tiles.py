"""Old values of a label map, kept in tiles: what the history remembers of a gesture."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import numpy as np

from desktop.core.geometry import Box
from desktop.core.label_map import LabelMap

TILE = 128
"""Side of a tile in pixels."""

GROUP = 64
"""Tiles that one call of `SavedTiles.pack` compresses: a turn of a millisecond or two."""

_MIXED = 255
_LEVEL = 1


def tiles_in(shape: tuple[int, int], box: Box) -> Iterator[int]:
    """Indices, row by row, of the tiles of an H x W map that a box inside it touches."""
    if box.empty:
        return
    columns = -(-shape[1] // TILE)
    for row in range(box.top // TILE, (box.bottom - 1) // TILE + 1):
        for column in range(box.left // TILE, (box.right - 1) // TILE + 1):
            yield row * columns + column


def tile_box(shape: tuple[int, int], index: int) -> Box:
    """The pixels of one tile; tiles at the right and lower edge are smaller."""
    row, column = divmod(index, -(-shape[1] // TILE))
    left, top = column * TILE, row * TILE
    return Box(left, top, min(left + TILE, shape[1]), min(top + TILE, shape[0]))


class SavedTiles:
    """Values that some tiles of an H x W map had. Tiles are kept as they are until `pack` compresses them."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self.shape = shape
        self._raw: dict[int, LabelMap] = {}
        self._packed: list[tuple[tuple[int, ...], bytes, bytes]] = []

    @classmethod
    def whole(cls, labels: LabelMap) -> SavedTiles:
        """Every tile of a map that nobody writes to any more."""
        saved = cls((labels.shape[0], labels.shape[1]))
        everything = Box(0, 0, labels.shape[1], labels.shape[0])
        for index in tiles_in(saved.shape, everything):
            saved._raw[index] = labels[tile_box(saved.shape, index).slices]
        return saved

    def save(self, labels: LabelMap, box: Box) -> None:
        """Remember the tiles that ``box`` (inside the map) touches, before they are written to the first time.

        Only for a saving in progress: tiles that are packed already would be saved twice.
        """
        for index in tiles_in(self.shape, box):
            if index not in self._raw:
                self._raw[index] = labels[tile_box(self.shape, index).slices].copy()

    def restore(self, labels: LabelMap) -> None:
        """Write the old values back."""
        for index, tile in self._tiles():
            labels[tile_box(self.shape, index).slices] = tile

    def swap(self, labels: LabelMap) -> None:
        """Exchange: the map gets the values kept here, and the values it had are kept instead."""
        taken: dict[int, LabelMap] = {}
        for index, tile in self._tiles():
            part = labels[tile_box(self.shape, index).slices]
            taken[index] = part.copy()
            part[:] = tile
        self._raw, self._packed = taken, []

    def rebuilt(self) -> LabelMap:
        """The map that `whole` was made from, as a new array."""
        labels = np.zeros(self.shape, np.uint8)
        self.restore(labels)
        return labels

    @property
    def empty(self) -> bool:
        """Whether nothing is kept."""
        return not self._raw and not self._packed

    @property
    def size(self) -> int:
        """Bytes kept."""
        raw = sum(tile.size for tile in self._raw.values())
        return raw + sum(8 * len(indices) + len(values) + len(blob) for indices, values, blob in self._packed)

    @property
    def packed(self) -> bool:
        """Whether everything is compressed."""
        return not self._raw

    def pack(self, most: int = GROUP) -> None:
        """Compress up to ``most`` tiles. One value for a tile that has only one; zlib for the others.

        Each row is first written as its difference to the row above, which makes shapes nearly all zeros.
        """
        indices = tuple(self._raw)[:most]
        if not indices:
            return
        values, mixed = bytearray(), []
        for index in indices:
            tile = self._raw.pop(index)
            first = tile.item(0)
            if bool((tile == first).all()):
                values.append(first)
                continue
            values.append(_MIXED)
            rows = tile.copy()
            rows[1:] ^= tile[:-1]
            mixed.append(rows.tobytes())
        self._packed.append((indices, bytes(values), zlib.compress(b"".join(mixed), _LEVEL)))

    def _tiles(self) -> Iterator[tuple[int, LabelMap]]:
        yield from self._raw.items()
        for indices, values, blob in self._packed:
            stored = np.frombuffer(zlib.decompress(blob), np.uint8)
            at = 0
            for index, value in zip(indices, values, strict=True):
                box = tile_box(self.shape, index)
                if value != _MIXED:
                    yield index, np.full((box.height, box.width), value, np.uint8)
                    continue
                rows = stored[at : at + box.area].reshape(box.height, box.width)
                at += box.area
                yield index, np.bitwise_xor.accumulate(rows, axis=0)
