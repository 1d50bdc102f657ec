"""The note beside an autosaved shot: where that shot was saved last, and what waited in the tools.

A note without the one or the other is fine, and so is none at all: what cannot be read of it is left out.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop.core.geometry import Box, Point
from desktop.core.label_map import LABELS
from desktop.core.mark import Mark
from desktop.core.waiting import Waiting, WaitingCrop, WaitingMasks, WaitingOutline, WaitingSelection

_FARTHEST = 1e7
"""Pixels from the corner of the picture: no view shows a place that far away."""
_WIDEST = 1e4
"""Pixels of radius that no stroke has, and a scale at which no mask is seen any more."""

_Record = Mapping[str, Any]
"""What stands in the note; nothing of it is known to be right."""


@dataclass(frozen=True, slots=True)
class Note:
    """``home`` is the shot's file, None when it has none yet."""

    home: Path | None = None
    waiting: tuple[Waiting, ...] = ()


def note_bytes(note: Note) -> bytes:
    """The note as JSON. All that waits is listed as ``outlines``: at first there was nothing else."""
    record: dict[str, object] = {"path": "" if note.home is None else str(note.home)}
    if note.waiting:
        record["outlines"] = [_record_of(begun) for begun in note.waiting]
    return json.dumps(record).encode()


def read_note(path: Path) -> Note:
    """The note in this file. Never raises."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return Note()
    if not isinstance(record, dict):
        return Note()
    home, listed = record.get("path"), record.get("outlines")
    found = map(_waiting_of, listed) if isinstance(listed, list) else ()
    return Note(
        Path(home) if isinstance(home, str) and home else None,
        tuple(begun for begun in found if begun is not None),
    )


def _record_of(begun: Waiting) -> dict[str, object]:
    common: dict[str, object] = {"tool": begun.tool, "size": begun.size}
    match begun:
        case WaitingOutline():
            return common | {
                "label": begun.label,
                "mode": begun.mode,
                "path": begun.path,
                "ends": begun.ends,
                "clicks": [(*at, straight) for at, straight in begun.clicks],
                "right": begun.right,
            }
        case WaitingSelection():
            return common | {
                "kind": "selection",
                "label": begun.label,
                "mode": begun.mode,
                "frame": begun.frame,
                "marks": [(mark.points, mark.radius, mark.inside) for mark in begun.marks],
            }
        case WaitingCrop():
            return common | {
                "kind": "crop",
                "frame": begun.frame,
                "aspect": begun.aspect,
                "enlarge": begun.enlarge,
            }
        case WaitingMasks():
            return common | {
                "kind": "masks",
                "at": (begun.x, begun.y),
                "scale": (begun.scale_x, begun.scale_y),
            }


def _waiting_of(record: object) -> Waiting | None:
    """None for what is none."""
    try:
        if not isinstance(record, dict):
            raise TypeError("not an object")
        return _READERS[record.get("kind", "outline")](record)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _outline_of(record: _Record) -> WaitingOutline:
    return WaitingOutline(
        _word(record["tool"]),
        _label(record["label"]),
        _mode(record["mode"]),
        _size(record["size"]),
        _points(record["path"]),
        tuple(_whole(end) for end in record["ends"]),
        tuple((_point(x, y), straight is True) for x, y, straight in record["clicks"]),
        record["right"] is True,
    )


def _selection_of(record: _Record) -> WaitingSelection:
    return WaitingSelection(
        _word(record["tool"]),
        _label(record["label"]),
        _mode(record["mode"]),
        _size(record["size"]),
        None if record["frame"] is None else _box(record["frame"]),
        tuple(
            Mark(_points(points), _number(radius, _WIDEST), inside is True)
            for points, radius, inside in record["marks"]
        ),
    )


def _crop_of(record: _Record) -> WaitingCrop:
    return WaitingCrop(
        _word(record["tool"]),
        _size(record["size"]),
        _box(record["frame"]),
        _word(record["aspect"]),
        record["enlarge"] is True,
    )


def _masks_of(record: _Record) -> WaitingMasks:
    (x, y), (scale_x, scale_y) = record["at"], record["scale"]
    at = _point(x, y)
    return WaitingMasks(
        _word(record["tool"]),
        _size(record["size"]),
        at.x,
        at.y,
        _number(scale_x, _WIDEST),
        _number(scale_y, _WIDEST),
    )


_READERS: Mapping[str, Callable[[_Record], Waiting]] = {
    "outline": _outline_of,
    "selection": _selection_of,
    "crop": _crop_of,
    "masks": _masks_of,
}
"""By kind; what has none is an outline."""


def _word(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a word")
    return value


def _label(value: object) -> int:
    if value not in LABELS:
        raise ValueError("no such area")
    return _whole(value)


def _mode(value: object) -> str:
    if value not in ("add", "take", "keep"):
        raise ValueError("no such mode")
    return _word(value)


def _size(value: Any) -> tuple[int, int]:
    width, height = value
    return _whole(width), _whole(height)


def _box(value: Any) -> Box:
    left, top, right, bottom = value
    return Box(_whole(left), _whole(top), _whole(right), _whole(bottom))


def _points(value: Any) -> tuple[Point, ...]:
    return tuple(_point(x, y) for x, y in value)


def _point(x: object, y: object) -> Point:
    return Point(_number(x, _FARTHEST), _number(y, _FARTHEST))


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("not a whole number")
    return value


def _number(value: object, most: float) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError("not a number")
    number = float(value)
    if not math.isfinite(number) or abs(number) > most:
        raise ValueError("not such a number")
    return number
