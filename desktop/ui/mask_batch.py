"""Several mask files at once: which area each becomes, and which are left out and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from desktop.core.areas import DYNAMIC_LABELS, STATIC_LABEL
from desktop.core.edits import locked_labels
from desktop.core.errors import KinebrushError
from desktop.core.mask_names import labels_named
from desktop.core.shot import Shot
from desktop.imaging.progress import Report
from desktop.ui.mask_files import Incoming, Snapshot, read
from desktop.ui.mask_words import listed

_LIST = 3
"""Files that a sentence names; the others are counted."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Files by the label of the area each becomes, in the order in which they came. ``painted`` are labels that have
    pixels already, ``left`` are sentences about what is left out; ``revision`` is the session's that all this is of."""

    files: dict[int, Incoming]
    painted: frozenset[int]
    left: tuple[str, ...]
    revision: int


@dataclass(slots=True)
class _Left:
    """Names of files that are left out."""

    unread: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    locked: dict[int, list[str]] = field(default_factory=dict)
    crowd: list[str] = field(default_factory=list)

    def sentences(self, shot: Shot) -> tuple[str, ...]:
        size = f"{shot.image.width} × {shot.image.height}"
        titles = {area.label: area.title for area in shot.areas}
        said = [
            (self.unread, "{} cannot be read as a mask."),
            (self.odd, f"{{}}: another aspect than the picture's {size}."),
            *((names, f"{{}}: {titles[label]} is locked.") for label, names in self.locked.items()),
            (self.crowd, "No area is free for {}."),
        ]
        return tuple(words.format(_names(names)) for names, words in said if names)


def read_batch(paths: Sequence[Path], copy: Snapshot, revision: int, report: Report) -> Batch:
    """Read mask files, in a thread: each for the area that its name says, else for the next one that is empty."""
    sizes = [_size(path) for path in paths]
    shot = copy()
    counts = np.bincount(shot.label_map.ravel(), minlength=8)
    painted = frozenset(int(label) for label in np.flatnonzero(counts) if label)
    locked = locked_labels(shot)
    named = labels_named([path.name for path in paths], shot)
    taken = painted | locked | set(named)
    free = [label for label in DYNAMIC_LABELS if label not in taken]
    left = _Left()
    files: dict[int, Incoming] = {}
    for index, (path, said) in enumerate(zip(paths, named, strict=True)):
        report(sum(sizes[:index]) / sum(sizes))
        label = said or (free[0] if free else 0)
        if label == 0:
            left.crowd.append(path.name)
        elif label in locked:
            left.locked.setdefault(label, []).append(path.name)
        else:
            try:
                incoming = read(path, shot, True)
            except KinebrushError:
                left.unread.append(path.name)
                continue
            if not incoming.fits:
                left.odd.append(path.name)
                continue
            files[label] = incoming
            if label in free:
                free.remove(label)
    return Batch(files, painted, left.sentences(shot), revision)


def _size(path: Path) -> int:
    """Bytes of a file, at least one."""
    try:
        return max(path.stat().st_size, 1)
    except OSError:
        return 1


def _names(names: Sequence[str]) -> str:
    """File names in a sentence; not all of very many."""
    more = len(names) - _LIST
    return listed([*names[:_LIST], f"{more} more"] if more > 1 else names)


def number_of(label: int) -> int:
    """The number of a label as it is seen."""
    return 0 if label == STATIC_LABEL else label
