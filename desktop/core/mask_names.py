"""File names of masks: what an area's file is called, and which area a file's name says."""

from __future__ import annotations

import re
from collections.abc import Sequence

from desktop.core.areas import STATIC_LABEL, MotionArea
from desktop.core.edits import label_of
from desktop.core.shot import Shot

_UNSAFE = re.compile(r"[^\w-]+")
_NUMBER_FIRST = re.compile(r"([0-6])(?:-|$)")
_NUMBER_INSIDE = re.compile(r"-([0-6])(?=-)")
_NUMBER_LAST = re.compile(r"(?:^|\D)0*([1-6])$")
_STILL = ("still", "static", "hold-still")


def safe_name(text: str) -> str:
    """A title as part of a file name on any system: letters, digits, ``-`` and ``_``."""
    return _UNSAFE.sub("-", text).strip("-_")[:60] or "shot"


def area_file(shot: Shot, area: MotionArea) -> str:
    """The file name of one area's mask."""
    return f"{safe_name(shot.name)}-{area.number}-{safe_name(area.title)}.png"


def labels_named(names: Sequence[str], shot: Shot) -> list[int]:
    """The label that each file's name says; 0 where it says none, or one that another file says better.

    Best says it a name of `area_file` of this shot, then an area's title, then `area_file` of another shot, then a
    number at the end.
    """
    stems = [name.rpartition(".")[0] or name for name in names]
    labels = [0] * len(stems)
    for says in (_own, _title, _foreign, _numbered):
        for index, stem in enumerate(stems):
            label = says(stem, shot)
            if labels[index] == 0 and label not in labels:
                labels[index] = label
    return labels


def _own(stem: str, shot: Shot) -> int:
    start = f"{safe_name(shot.name)}-"
    found = _NUMBER_FIRST.match(stem[len(start) :]) if stem.startswith(start) else None
    return 0 if found is None else label_of(int(found[1]))


def _title(stem: str, shot: Shot) -> int:
    word = safe_name(stem).casefold()
    for area in shot.areas:
        if safe_name(area.title).casefold() == word:
            return area.label
    return STATIC_LABEL if word in _STILL else 0


def _foreign(stem: str, _shot: Shot) -> int:
    """The last number between dashes: the shot's name is before it."""
    found = _NUMBER_INSIDE.findall(stem)
    return label_of(int(found[-1])) if found else 0


def _numbered(stem: str, _shot: Shot) -> int:
    found = _NUMBER_LAST.search(stem)
    return 0 if found is None else int(found[1])
