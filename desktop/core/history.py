"""Undo and redo of everything in a shot: one entry per gesture.

What is painted is kept as tiles of old values; everything else is small plain data and kept as it was before
and after. The history alone writes into the label map.
"""

from __future__ import annotations

import weakref
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from desktop.core import label_map
from desktop.core.areas import MotionArea
from desktop.core.geometry import EMPTY_BOX, Box
from desktop.core.label_map import LabelMap, Stencil
from desktop.core.live_copy import LiveCopy
from desktop.core.parameters import Parameters
from desktop.core.shot import Shot, SourceImage
from desktop.core.tiles import TILE, SavedTiles

CAP_BYTES = 256 * 1024 * 1024
"""Memory the entries may take together before the oldest is dropped."""


class Facts(NamedTuple):
    """A shot without its label map."""

    id: str
    name: str
    image: SourceImage
    areas: tuple[MotionArea, ...]
    end_frame: SourceImage | None
    parameters: Parameters
    unknown: Mapping[str, Any]

    @classmethod
    def of(cls, shot: Shot) -> Facts:
        """The facts of a shot."""
        return cls(shot.id, shot.name, shot.image, shot.areas, shot.end_frame, shot.parameters, shot.unknown)

    def shot(self, labels: LabelMap) -> Shot:
        """The shot of these facts with a label map."""
        return Shot(
            self.id,
            self.name,
            self.image,
            labels,
            self.areas,
            self.end_frame,
            self.parameters,
            self.unknown,
        )


@dataclass(frozen=True, slots=True)
class Change:
    """What a step did. ``box`` holds every pixel of the label map that may differ; ``new_map`` means that the
    map is another array, of another size perhaps."""

    title: str
    before: Facts
    after: Facts
    box: Box = EMPTY_BOX
    new_map: bool = False


@dataclass(slots=True, eq=False)
class _Entry:
    title: str
    before: Facts
    after: Facts
    tiles: SavedTiles
    box: Box
    new_map: bool
    key: str | None = None
    weight: int = 0

    @property
    def size(self) -> int:
        pictures = {id(f.image): len(f.image.data) for f in (self.before, self.after)}
        own = sum(pictures.values()) if len(pictures) > 1 else 0
        return self.tiles.size + own


class History:
    """The one writer of a shot, with its undo and redo."""

    def __init__(self, shot: Shot, cap_bytes: int = CAP_BYTES) -> None:
        self._shot = shot
        self._cap = cap_bytes
        self._open: _Entry | None = None
        self._undo: list[_Entry] = []
        self._redo: list[_Entry] = []
        self._saved: object = None
        self._weight = 0
        self._copies: list[weakref.ref[LiveCopy]] = []

    @property
    def shot(self) -> Shot:
        """The shot as it is now. Its label map is the live one."""
        return self._shot

    @property
    def in_gesture(self) -> bool:
        """Whether a gesture has begun and not ended."""
        return self._open is not None

    def begin_copy(self, lock: AbstractContextManager[object]) -> LiveCopy:
        """Begin a copy of the label map as it is now; what is written from now on does not reach it.

        ``lock`` keeps the one who paints and the one who ends the copy apart.
        """
        copy = LiveCopy(self._shot.label_map, lock)
        self._copies.append(weakref.ref(copy))
        return copy

    def begin(self, title: str) -> None:
        """Begin a gesture. Raises ValueError when one is open."""
        if self._open is not None:
            raise ValueError("a gesture is open already")
        facts, shape = Facts.of(self._shot), self._shot.label_map.shape
        self._open = _Entry(title, facts, facts, SavedTiles((shape[0], shape[1])), EMPTY_BOX, False)

    def paint(self, stencil: Stencil, box: Box, label: int, locked: Collection[int] = ()) -> Box:
        """`label_map.merge` into the live map, inside a gesture. Returns the dirty box."""
        return label_map.united(self.paint_parts(stencil, box, label, locked))

    def paint_parts(self, stencil: Stencil, box: Box, label: int, locked: Collection[int] = ()) -> list[Box]:
        """`label_map.merge_parts` into the live map, inside a gesture. Returns the dirty boxes."""
        entry = self._gesture()
        labels = self._shot.label_map
        inside = box.intersect(label_map.extent(labels))
        self._keep(inside)
        if not entry.new_map:
            entry.tiles.save(labels, inside)
        dirty = label_map.merge_parts(labels, stencil, box, label, locked)
        entry.box = entry.box.union(label_map.united(dirty))
        return dirty

    def replace(self, shot: Shot) -> Box:
        """Put another shot in the place of the present one, inside a gesture.

        A label map of the same size is copied into the live one where it differs. Returns the dirty box.
        """
        entry = self._gesture()
        labels, other = self._shot.label_map, shot.label_map
        if other is labels:
            self._shot = shot
            return EMPTY_BOX
        if other.shape != labels.shape:
            if not entry.new_map:
                self._keep(entry.box)
                entry.tiles.restore(labels)
                entry.tiles = SavedTiles.whole(labels)
                entry.new_map = True
            self._shot = shot
            entry.box = label_map.extent(other)
            return entry.box
        dirty = EMPTY_BOX
        for top in range(0, labels.shape[0], TILE):
            rows = slice(top, min(top + TILE, labels.shape[0]))
            differing = labels[rows] != other[rows]
            columns = np.flatnonzero(differing.any(axis=0))
            if columns.size == 0:
                continue
            lines = np.flatnonzero(differing.any(axis=1))
            part = Box(int(columns[0]), top + int(lines[0]), int(columns[-1]) + 1, top + int(lines[-1]) + 1)
            if not entry.new_map:
                entry.tiles.save(labels, part)
            self._keep(part)
            labels[part.slices] = other[part.slices]
            dirty = dirty.union(part)
        self._shot = replace(shot, label_map=labels)
        entry.box = entry.box.union(dirty)
        return dirty

    def commit(self, key: str | None = None) -> Change | None:
        """End the gesture as one entry; None when it changed nothing.

        Consecutive gestures of the same ``key`` that paint nothing become one entry (typing in a field).
        """
        entry = self._gesture()
        self._open = None
        entry.after = Facts.of(self._shot)
        change = Change(entry.title, entry.before, entry.after, entry.box, entry.new_map)
        if entry.box.empty and not entry.new_map:
            if entry.after == entry.before:
                return None
            entry.tiles = SavedTiles(entry.tiles.shape)
            if self._joined(entry, key):
                return change
        entry.key = key
        for undone in self._redo:
            self._weight -= undone.weight
        self._redo.clear()
        self._undo.append(entry)
        self._weigh(entry)
        self._trim()
        return change

    def abort(self) -> Change:
        """End the gesture and put everything back as it was before."""
        entry = self._gesture()
        self._open = None
        present, labels = Facts.of(self._shot), self._shot.label_map
        if entry.new_map:
            labels = entry.tiles.rebuilt()
        else:
            self._keep(entry.box)
            entry.tiles.restore(labels)
        self._shot = entry.before.shot(labels)
        return Change(entry.title, present, entry.before, entry.box, entry.new_map)

    def undo(self) -> Change | None:
        """Take the last entry back; None when there is none. Raises ValueError inside a gesture."""
        self._outside()
        if not self._undo:
            return None
        entry = self._undo.pop()
        self._redo.append(entry)
        return self._exchange(entry, entry.after, entry.before)

    def redo(self) -> Change | None:
        """Do the entry again that was taken back last; None when there is none. Raises ValueError inside a gesture."""
        self._outside()
        if not self._redo:
            return None
        entry = self._redo.pop()
        self._undo.append(entry)
        return self._exchange(entry, entry.before, entry.after)

    @property
    def undo_title(self) -> str:
        """What undo would take back; empty when nothing."""
        return self._undo[-1].title if self._undo else ""

    @property
    def redo_title(self) -> str:
        """What redo would do again; empty when nothing."""
        return self._redo[-1].title if self._redo else ""

    def mark_saved(self) -> None:
        """The present state is the one on disk."""
        self._saved = self._undo[-1] if self._undo else None

    def mark_unsaved(self) -> None:
        """No state of this history is on disk (a new or a recovered shot)."""
        self._saved = object()

    @property
    def modified(self) -> bool:
        """Whether the present state differs from the one on disk."""
        top = self._undo[-1] if self._undo else None
        return top is not self._saved or (self._open is not None and not self._open.box.empty)

    @property
    def size(self) -> int:
        """Bytes that all entries take."""
        return self._weight

    def pack(self) -> bool:
        """Compress a few tiles of the newest entries, for idle turns; False when nothing was left to do."""
        for entries in (self._undo, self._redo):
            for entry in reversed(entries):
                if not entry.tiles.packed:
                    entry.tiles.pack()
                    self._weigh(entry)
                    return True
        return False

    def _gesture(self) -> _Entry:
        if self._open is None:
            raise ValueError("no gesture is open")
        return self._open

    def _outside(self) -> None:
        if self._open is not None:
            raise ValueError("a gesture is open")

    def _joined(self, entry: _Entry, key: str | None) -> bool:
        """Whether the entry could be joined to the last one."""
        last = self._undo[-1] if self._undo else None
        if key is None or last is None or last.key != key or last is self._saved or self._redo:
            return False
        if not last.tiles.empty or last.new_map:
            return False
        last.after = entry.after
        return True

    def _exchange(self, entry: _Entry, before: Facts, after: Facts) -> Change:
        labels = self._shot.label_map
        box = entry.box
        if entry.new_map:
            other = entry.tiles.rebuilt()
            entry.tiles = SavedTiles.whole(labels)
            labels = other
            box = label_map.extent(labels)
        else:
            self._keep(entry.box)
            entry.tiles.swap(labels)
        self._weigh(entry)
        self._shot = after.shot(labels)
        return Change(entry.title, before, after, box, entry.new_map)

    def _keep(self, box: Box) -> None:
        """Pixels in ``box`` are about to change: copies under way get them first."""
        if self._copies:
            found = [(known, known()) for known in self._copies]
            self._copies = [known for known, copy in found if copy is not None and not copy.finished]
            for _, copy in found:
                if copy is not None:
                    copy.keep(box)

    def _weigh(self, entry: _Entry) -> None:
        """Keep the sum of all sizes right after an entry's size has changed."""
        size = entry.size
        self._weight += size - entry.weight
        entry.weight = size

    def _trim(self) -> None:
        while self._weight > self._cap and len(self._undo) > 1:
            self._weight -= self._undo.pop(0).weight
            if self._saved is None:
                self._saved = object()
