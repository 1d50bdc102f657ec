"""Undo and redo of everything in a shot: one entry per gesture.

What is painted is kept as tiles of old values; everything else is small plain data and kept as it was before
and after. The history alone writes into the label map.

A map may be far too large to be rewritten between two frames. Undo, redo, abort and replace therefore change the facts
(and the array, if it is to be another one) at once, and the pixels in *steps*: `History.advance` makes one, and every
other call makes those first that are left.
"""

from __future__ import annotations

import weakref
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from desktop.core import label_map
from desktop.core.areas import MotionArea
from desktop.core.geometry import EMPTY_BOX, Box
from desktop.core.label_map import LabelMap, Stencil
from desktop.core.live_copy import LiveCopy
from desktop.core.parameters import Parameters
from desktop.core.shot import Shot, SourceImage
from desktop.core.tiles import SavedTiles, runs_in

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
class Step:
    """One step of undo, for who must know whether it stands. It holds none of what was changed."""

    done: bool = True
    """Whether the shot is as this step and those before it have left it: it is not taken back."""


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
    step: Step = field(default_factory=Step)

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
        self._steps: Iterator[Box] | None = None

    @property
    def shot(self) -> Shot:
        """The shot as it is now, no step left. Its label map is the live one."""
        self.finish()
        return self._shot

    @property
    def live(self) -> Shot:
        """The same in the middle of steps: what is to be shown, and not to be built upon."""
        return self._shot

    @property
    def stepping(self) -> bool:
        """Whether steps may be left."""
        return self._steps is not None

    def advance(self) -> Box | None:
        """Make one step. Returns the box that it may have changed (perhaps empty), None when no step was left."""
        if self._steps is None:
            return None
        box = next(self._steps, None)
        if box is None:
            self._steps = None
        return box

    def finish(self) -> None:
        """Make every step that is left."""
        while self.advance() is not None:
            pass

    @property
    def in_gesture(self) -> bool:
        """Whether a gesture has begun and not ended."""
        return self._open is not None

    @property
    def settled_facts(self) -> Facts:
        """The facts without the gesture that is open, if one is."""
        return Facts.of(self.shot) if self._open is None else self._open.before

    def begin_copy(self, *, settled: bool = False) -> LiveCopy:
        """Begin a copy of the label map as it is now, or when ``settled`` without the gesture that is open; what is
        written from now on does not reach it."""
        undone = self._open.tiles.so_far() if settled and self._open is not None else None
        copy = LiveCopy(self.shot.label_map, undone)
        self._copies.append(weakref.ref(copy))
        return copy

    def begin(self, title: str) -> None:
        """Begin a gesture. Raises ValueError when one is open."""
        if self._open is not None:
            raise ValueError("a gesture is open already")
        facts, shape = Facts.of(self.shot), self._shot.label_map.shape
        self._open = _Entry(title, facts, facts, SavedTiles((shape[0], shape[1])), EMPTY_BOX, False)

    def paint(self, stencil: Stencil, box: Box, label: int, locked: Collection[int] = ()) -> Box:
        """`label_map.merge` into the live map, inside a gesture. Returns the dirty box."""
        return label_map.united(self.paint_parts(stencil, box, label, locked))

    def paint_parts(self, stencil: Stencil, box: Box, label: int, locked: Collection[int] = ()) -> list[Box]:
        """`label_map.merge_parts` into the live map, inside a gesture. Returns the dirty boxes."""
        entry = self._gesture()
        labels = self.shot.label_map
        inside = box.intersect(label_map.extent(labels))
        self._keep(inside)
        if not entry.new_map:
            entry.tiles.save(labels, inside)
        dirty = label_map.merge_parts(labels, stencil, box, label, locked)
        entry.box = entry.box.union(label_map.united(dirty))
        return dirty

    def replace(self, shot: Shot) -> None:
        """Put another shot in the place of the present one, inside a gesture; its pixels follow in steps.

        A label map of the same size is copied into the live one where it differs; one of another size into a new one.
        """
        entry = self._gesture()
        labels, other = self.shot.label_map, shot.label_map
        if other is labels:
            self._shot = shot
            return
        if other.shape != labels.shape:
            if not entry.new_map:
                for _ in entry.tiles.restore(labels, self._keep):
                    pass
                entry.tiles = SavedTiles.whole(labels)
                entry.new_map = True
            labels = np.zeros_like(other)
            entry.box = label_map.extent(labels)
        self._shot = replace(shot, label_map=labels)
        self._steps = self._copied(entry, labels, other)

    def commit(self, key: str | None = None) -> Change | None:
        """End the gesture as one entry; None when it changed nothing.

        Consecutive gestures of the same ``key`` that paint nothing become one entry (typing in a field).
        """
        entry = self._gesture()
        self.finish()
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
        """End the gesture and put everything back as it was before; the pixels follow in steps."""
        entry = self._gesture()
        self.finish()
        self._open = None
        present, labels = Facts.of(self._shot), self._shot.label_map
        if entry.new_map:
            labels = np.zeros(entry.tiles.shape, np.uint8)
        self._steps = entry.tiles.restore(labels, self._keep, blank=entry.new_map)
        self._shot = entry.before.shot(labels)
        return Change(entry.title, present, entry.before, entry.box, entry.new_map)

    def undo(self) -> Change | None:
        """Take the last entry back, its pixels in steps; None when there is none.

        Raises ValueError inside a gesture.
        """
        self._outside()
        self.finish()
        if not self._undo:
            return None
        entry = self._undo.pop()
        entry.step.done = False
        self._redo.append(entry)
        return self._exchange(entry, entry.after, entry.before)

    def redo(self) -> Change | None:
        """Do the entry again that was taken back last, its pixels in steps; None when there is none.

        Raises ValueError inside a gesture.
        """
        self._outside()
        self.finish()
        if not self._redo:
            return None
        entry = self._redo.pop()
        entry.step.done = True
        self._undo.append(entry)
        return self._exchange(entry, entry.before, entry.after)

    @property
    def last_step(self) -> Step | None:
        """What undo would take back; None when nothing."""
        return self._undo[-1].step if self._undo else None

    @property
    def open_title(self) -> str:
        """The title of the gesture that is open; empty when none is."""
        return "" if self._open is None else self._open.title

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
        self.finish()
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
        labels, box = self._shot.label_map, entry.box
        if entry.new_map:
            tiles, entry.tiles = entry.tiles, SavedTiles.whole(labels)
            self._weigh(entry)
            labels = np.zeros(tiles.shape, np.uint8)
            box = label_map.extent(labels)
            self._steps = tiles.restore(labels, self._keep, blank=True)
        else:
            self._steps = self._exchanged(entry, labels)
        self._shot = after.shot(labels)
        return Change(entry.title, before, after, box, entry.new_map)

    def _exchanged(self, entry: _Entry, labels: LabelMap) -> Iterator[Box]:
        for box in entry.tiles.exchange(labels, self._keep):
            yield box.intersect(entry.box)
        self._weigh(entry)

    def _copied(self, entry: _Entry, labels: LabelMap, other: LabelMap) -> Iterator[Box]:
        for run in runs_in(label_map.extent(labels)):
            part = label_map.difference(labels, other, run)
            if not part.empty:
                if not entry.new_map:
                    entry.tiles.save(labels, part)
                self._keep(part)
                labels[part.slices] = other[part.slices]
                entry.box = entry.box.union(part)
            yield part

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
