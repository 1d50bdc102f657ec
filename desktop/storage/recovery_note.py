"""The note beside an autosaved shot: where that shot was saved last, and what waited in the tools.

A note without the one or the other is fine, and so is none at all: what cannot be read of it is left out.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

from desktop.core.geometry import Point
from desktop.core.label_map import LABELS
from desktop.core.waiting import WaitingOutline

_FARTHEST = 1e7
"""Pixels from the corner of the picture: no view shows a place that far away."""


@dataclass(frozen=True, slots=True)
class Note:
    """``home`` is the shot's file, None when it has none yet."""

    home: Path | None = None
    outlines: tuple[WaitingOutline, ...] = ()


def note_bytes(note: Note) -> bytes:
    """The note as JSON."""
    record: dict[str, object] = {"path": "" if note.home is None else str(note.home)}
    if note.outlines:
        record["outlines"] = [_record_of(outline) for outline in note.outlines]
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
    outlines = [_outline_of(entry) for entry in listed] if isinstance(listed, list) else []
    return Note(
        Path(home) if isinstance(home, str) and home else None,
        tuple(outline for outline in outlines if outline is not None),
    )


def _record_of(outline: WaitingOutline) -> dict[str, object]:
    return {
        "tool": outline.tool,
        "label": outline.label,
        "mode": outline.mode,
        "size": outline.size,
        "path": outline.path,
        "ends": outline.ends,
        "clicks": [(*at, straight) for at, straight in outline.clicks],
        "right": outline.right,
    }


def _outline_of(record: object) -> WaitingOutline | None:
    """None for what is none."""
    try:
        if not isinstance(record, dict):
            raise TypeError("not an object")
        tool, label, mode, (width, height) = (record[name] for name in ("tool", "label", "mode", "size"))
        if not isinstance(tool, str) or label not in LABELS or mode not in ("add", "take", "keep"):
            raise ValueError("no such tool, area or mode")
        return WaitingOutline(
            tool,
            _whole(label),
            mode,
            (_whole(width), _whole(height)),
            tuple(_point(x, y) for x, y in record["path"]),
            tuple(_whole(end) for end in record["ends"]),
            tuple((_point(x, y), straight is True) for x, y, straight in record["clicks"]),
            record["right"] is True,
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError("not a whole number")
    return value


def _point(x: object, y: object) -> Point:
    if not isinstance(x, int | float) or not isinstance(y, int | float):
        raise TypeError("not a number")
    place = Point(float(x), float(y))
    if not all(math.isfinite(value) and abs(value) <= _FARTHEST for value in place):
        raise ValueError("not a place")
    return place
