"""Old values of a label map, kept in tiles: what the history remembers of a gesture."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from heapq import merge
from itertools import chain, product
from operator import itemgetter

import numpy as np

from desktop.core.geometry import Box
from desktop.core.label_map import LabelMap

TILE = 128
"""Side of a tile in pixels."""

RUN = 32
"""Tiles side by side that one step writes at most: half a millisecond or so."""

GROUP = 32
"""Tiles that one call of `SavedTiles.pack` compresses: a turn of a millisecond or two."""

_LEVEL = 1

_Value = LabelMap | int
"""A tile's pixels, or the one value that all of them have."""


def tiles_in(shape: tuple[int, int], box: Box) -> Iterator[int]:
    """Indices, row by row, of the tiles of an H x W map that a box inside it touches."""
    if box.empty:
        return
    columns = -(-shape[1] // TILE)
    for row in range(box.top // TILE, (box.bottom - 1) // TILE + 1):
        for column in range(box.left // TILE, (box.right - 1) // TILE + 1):
            yield row * columns + column


def tile_count(shape: tuple[int, int]) -> int:
    """How many tiles an H x W map has."""
    return -(-shape[0] // TILE) * -(-shape[1] // TILE)


def tile_box(shape: tuple[int, int], index: int) -> Box:
    """The pixels of one tile; tiles at the right and lower edge are smaller."""
    return _run_box(shape, index, 1)


def runs_in(box: Box) -> Iterator[Box]:
    """The parts of a box, row by row, that lie in one row of tiles and at most `RUN` columns of them."""
    for top in range(box.top - box.top % TILE, box.bottom, TILE):
        for left in range(box.left - box.left % (RUN * TILE), box.right, RUN * TILE):
            yield Box(left, top, left + RUN * TILE, top + TILE).intersect(box)


class SavedTiles:
    """Values that some tiles of an H x W map had.

    A tile of one value is kept as that value. Others are kept as they are until `pack` compresses them.
    """

    def __init__(self, shape: tuple[int, int]) -> None:
        self.shape = shape
        self._even: dict[int, int] = {}
        self._raw: dict[int, LabelMap] = {}
        self._packed: list[tuple[tuple[int, ...], bytes]] = []

    @classmethod
    def whole(cls, labels: LabelMap) -> SavedTiles:
        """Every tile of a map that nobody writes to any more."""
        saved = cls((labels.shape[0], labels.shape[1]))
        places = product(range(0, labels.shape[0], TILE), range(0, labels.shape[1], TILE))
        tiles = (labels[top : top + TILE, left : left + TILE] for top, left in places)
        saved._raw = dict(enumerate(tiles))
        return saved

    def so_far(self) -> SavedTiles:
        """The same, which later saving does not reach; for a saving in progress."""
        other = SavedTiles(self.shape)
        other._even, other._raw, other._packed = dict(self._even), dict(self._raw), list(self._packed)
        return other

    def save(self, labels: LabelMap, box: Box) -> None:
        """Remember the tiles that ``box`` (inside the map) touches, before they are written to the first time.

        Only for a saving in progress: tiles that are packed already would be saved twice.
        """
        for index in tiles_in(self.shape, box):
            if index not in self._raw and index not in self._even:
                self._keep(index, labels[tile_box(self.shape, index).slices])

    def restore(
        self, labels: LabelMap, before: Callable[[Box], None], *, blank: bool = False
    ) -> Iterator[Box]:
        """Write the old values back, a run of tiles a step; ``before`` is told each box ahead, which then follows.

        A ``blank`` map is all 0 already.
        """
        for run in self._runs():
            box = _run_box(self.shape, run[0][0], len(run))
            if not blank or any(value if isinstance(value, int) else value.any() for _, value in run):
                before(box)
                self._write(labels, run)
                yield box

    def exchange(self, labels: LabelMap, before: Callable[[Box], None]) -> Iterator[Box]:
        """The same, and the values that the map had are kept instead: once all steps are done, not sooner."""
        taken = SavedTiles(self.shape)
        for run in self._runs():
            first, box = run[0][0], _run_box(self.shape, run[0][0], len(run))
            value = _even_value(labels[box.slices])
            if value is not None:
                taken._even.update(dict.fromkeys(range(first, first + len(run)), value))
            else:
                for index, _ in run:
                    taken._keep(index, labels[tile_box(self.shape, index).slices])
            before(box)
            self._write(labels, run)
            yield box
        self._even, self._raw, self._packed = taken._even, taken._raw, []

    @property
    def empty(self) -> bool:
        """Whether nothing is kept."""
        return not self._even and not self._raw and not self._packed

    @property
    def size(self) -> int:
        """Bytes kept."""
        raw = sum(tile.size for tile in self._raw.values())
        packed = sum(8 * len(indices) + len(blob) for indices, blob in self._packed)
        return 9 * len(self._even) + raw + packed

    @property
    def packed(self) -> bool:
        """Whether everything is compressed."""
        return not self._raw

    def pack(self, most: int = GROUP) -> None:
        """Compress up to ``most`` tiles, the first in the map.

        Each row is first written as its difference to the row above, which makes shapes nearly all zeros.
        """
        mixed: list[int] = []
        differences: list[bytes] = []
        for index in sorted(self._raw)[:most]:
            tile = self._raw.pop(index)
            value = _even_value(tile)
            if value is not None:
                self._even[index] = value
                continue
            rows = tile.copy()
            rows[1:] ^= tile[:-1]
            mixed.append(index)
            differences.append(rows.tobytes())
        if mixed:
            self._packed.append((tuple(mixed), zlib.compress(b"".join(differences), _LEVEL)))

    def _keep(self, index: int, tile: LabelMap) -> None:
        value = _even_value(tile)
        if value is None:
            self._raw[index] = tile.copy()
        else:
            self._even[index] = value

    def _write(self, labels: LabelMap, run: list[tuple[int, _Value]]) -> None:
        """Write the values of tiles side by side; those that are one value at once."""
        first = run[0][1]
        if isinstance(first, int) and all(value == first for _, value in run if isinstance(value, int)):
            labels[_run_box(self.shape, run[0][0], len(run)).slices] = first
            run = [(index, value) for index, value in run if not isinstance(value, int)]
        for index, value in run:
            labels[tile_box(self.shape, index).slices] = value

    def _runs(self) -> Iterator[list[tuple[int, _Value]]]:
        """Index and value of every tile, in the order of the map, by tiles side by side."""
        columns = -(-self.shape[1] // TILE)
        run: list[tuple[int, _Value]] = []
        for index, value in self._tiles():
            if run and (index != run[-1][0] + 1 or index % columns == 0 or len(run) == RUN):
                yield run
                run = []
            run.append((index, value))
        if run:
            yield run

    def _tiles(self) -> Iterator[tuple[int, _Value]]:
        kept: dict[int, _Value] = {**self._even, **self._raw}
        # Groups were packed in the order of the map, so one is unpacked at a time.
        unpacked = chain.from_iterable(self._unpacked(*group) for group in self._packed)
        return merge(sorted(kept.items(), key=itemgetter(0)), unpacked, key=itemgetter(0))

    def _unpacked(self, indices: tuple[int, ...], blob: bytes) -> Iterator[tuple[int, _Value]]:
        stored = np.frombuffer(zlib.decompress(blob), np.uint8)
        at = 0
        for index in indices:
            box = tile_box(self.shape, index)
            rows = stored[at : at + box.area].reshape(box.height, box.width)
            at += box.area
            yield index, np.bitwise_xor.accumulate(rows, axis=0)


def _run_box(shape: tuple[int, int], index: int, count: int) -> Box:
    """The pixels of ``count`` tiles side by side."""
    row, column = divmod(index, -(-shape[1] // TILE))
    left, top = column * TILE, row * TILE
    return Box(left, top, min(left + count * TILE, shape[1]), min(top + TILE, shape[0]))


def _even_value(part: LabelMap) -> int | None:
    """The value of all pixels, or None when they differ."""
    first = part.item(0)
    return first if part.item(-1) == first and bool((part == first).all()) else None
