"""The manifest of a shot file: a shot as plain JSON data, and back, with every type checked.

Entries this version does not know are kept at every level: ``Shot.unknown`` has the form of a manifest that holds
nothing else (``areas`` by label, then ``trajectory``; ``picture``, ``end_frame``, ``parameters``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from desktop.core.areas import MotionArea
from desktop.core.errors import ShotFileError
from desktop.core.geometry import Box, Point, whole
from desktop.core.label_map import LabelMap
from desktop.core.parameters import Parameters
from desktop.core.shot import Shot, SourceImage
from desktop.core.trajectory import Trajectory
from desktop.storage.migrations import FORMAT, STEPS, VERSION, migrate
from desktop.storage.typed import (
    Level,
    Record,
    a_flag,
    a_list,
    a_natural,
    a_number,
    a_text,
    an_integer,
    wrong,
)

LABELS_FILE = "labels.png"
MAX_PIXELS = 400_000_000
"""Pixels of a picture (and so bytes of its label map) beyond which a manifest is not believed."""
MAX_NODES = 100_000

_EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/tiff": "tiff",
    "image/gif": "gif",
    "image/bmp": "bmp",
    "image/avif": "avif",
    "image/heic": "heic",
}
_PICTURE_FILE = re.compile(r"(picture|end_frame)/original\.[a-z0-9]{1,8}")


@dataclass(frozen=True, slots=True)
class PictureEntry:
    """What a manifest says of a picture: its file in the zip, its size in bytes, and the rest without the bytes."""

    file: str
    size: int
    picture: SourceImage


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest read and checked; only the bytes are missing."""

    id: str
    name: str
    image: PictureEntry
    end_frame: PictureEntry | None
    areas: tuple[MotionArea, ...]
    parameters: Parameters
    unknown: Mapping[str, Any]

    def shot(self, read: Callable[[PictureEntry], bytes], label_map: LabelMap) -> Shot:
        """The shot of this manifest with the bytes that ``read`` gives."""
        end = self.end_frame
        return Shot(
            id=self.id,
            name=self.name,
            image=_with_data(self.image, read(self.image)),
            label_map=label_map,
            areas=self.areas,
            end_frame=None if end is None else _with_data(end, read(end)),
            parameters=self.parameters,
            unknown=self.unknown,
        )


def picture_file(folder: str, picture: SourceImage) -> str:
    """Where a picture lies in the zip; the extension is for people who open it."""
    return f"{folder}/original.{_EXTENSIONS.get(picture.media_type, 'bin')}"


def to_bytes(shot: Shot) -> bytes:
    """The manifest of a shot: always the same bytes for the same shot.

    Raises ShotFileError for values that JSON cannot hold.
    """
    kept = shot.unknown
    end = shot.end_frame
    record: Record = {
        **_unknown_top(kept),
        "format": FORMAT,
        "version": VERSION,
        "id": shot.id,
        "name": shot.name,
        "labels": LABELS_FILE,
        "picture": _picture_record("picture", shot.image, _level(kept, "picture")),
        "end_frame": None if end is None else _picture_record("end_frame", end, _level(kept, "end_frame")),
        "areas": [_area_record(area, _level(_level(kept, "areas"), str(area.label))) for area in shot.areas],
        "parameters": {**_level(kept, "parameters"), **asdict(shot.parameters)},
    }
    try:
        return json.dumps(record, indent=1, sort_keys=True, ensure_ascii=True, allow_nan=False).encode(
            "ascii"
        )
    except (TypeError, ValueError, RecursionError) as fault:
        raise ShotFileError("This shot holds a value that cannot be saved.", repr(fault)) from fault


def from_bytes(data: bytes) -> Manifest:
    """Read a manifest of this or an older version. Raises ShotFileError that names what is wrong."""
    try:
        record = json.loads(data, parse_constant=_no_constant)
    except (ValueError, RecursionError) as fault:
        raise ShotFileError("This shot is damaged: its manifest cannot be read.", repr(fault)) from fault
    if not isinstance(record, dict):
        raise ShotFileError("This file is not a Kinebrush shot; choose a .kinebrush file.")
    return _manifest(Level(migrate(record, STEPS), ""))


def _manifest(top: Level) -> Manifest:
    top.take("format", a_text)
    top.take("version", an_integer)
    top.take("labels", _labels_file)
    unknown: Record = {}
    image, unknown["picture"] = _picture(top.inner("picture"), "picture")
    end_level, end = top.inner_or_none("end_frame"), None
    if end_level is not None:
        end, unknown["end_frame"] = _picture(end_level, "end_frame")
    areas: list[MotionArea] = []
    unknown["areas"] = {}
    for level in top.items("areas"):
        area, rest = _area(level)
        areas.append(area)
        if rest:
            unknown["areas"][str(area.label)] = rest
    if len({area.label for area in areas}) != len(areas):
        raise ShotFileError("This shot is damaged: two of its areas have the same number.")
    parameters, unknown["parameters"] = _parameters(top.inner("parameters"))
    manifest_id, name = top.take("id", a_text), top.take("name", a_text)
    nested = {key: value for key, value in unknown.items() if value}
    return Manifest(manifest_id, name, image, end, tuple(areas), parameters, {**top.unknown(), **nested})


def _picture(level: Level, folder: str) -> tuple[PictureEntry, Record]:
    file = level.take("file", a_text)
    match = _PICTURE_FILE.fullmatch(file)
    width, height = level.take("width", a_natural), level.take("height", a_natural)
    if match is None or match[1] != folder or width * height > MAX_PIXELS:
        raise wrong(folder)
    size, crop = level.take("size", a_natural), level.take("crop", _crop, None)
    if crop is not None and (crop.empty or crop != crop.intersect(whole(width, height))):
        raise wrong(f"{folder}, crop")
    picture = SourceImage(
        data=b"",
        media_type=level.take("media_type", a_text),
        width=width,
        height=height,
        name=level.take("name", a_text, ""),
        url=level.take("url", a_text, ""),
        crop=crop,
        enlarge=level.take("enlarge", a_flag, False),
    )
    return PictureEntry(file, size, picture), level.unknown()


def _area(level: Level) -> tuple[MotionArea, Record]:
    inner, path, rest = level.inner_or_none("trajectory"), None, {}
    try:
        if inner is not None:
            path = Trajectory(
                nodes=inner.take("nodes", _nodes),
                smooth=inner.take("smooth", a_flag, True),
                count=inner.take("count", _count, None),
            )
            rest = inner.unknown()
        area = MotionArea(
            label=level.take("label", an_integer),
            name=level.take("name", a_text, ""),
            trajectory=path,
            hidden=level.take("hidden", a_flag, False),
            locked=level.take("locked", a_flag, False),
            color=level.take("color", _color, ""),
        )
    except ValueError as fault:
        raise wrong("areas") from fault
    unknown = level.unknown()
    return area, {**unknown, "trajectory": rest} if rest else unknown


def _parameters(level: Level) -> tuple[Parameters, Record]:
    default = Parameters()
    parameters = Parameters(
        prompt=level.take("prompt", a_text, default.prompt),
        negative_prompt=level.take("negative_prompt", a_text, default.negative_prompt),
        cfg_scale=level.take("cfg_scale", a_number, default.cfg_scale),
        duration=level.take("duration", an_integer, default.duration),
        webhook_url=level.take("webhook_url", a_text, default.webhook_url),
        model=level.take("model", a_text, default.model),
    )
    return parameters, level.unknown()


def _picture_record(folder: str, picture: SourceImage, unknown: Mapping[str, Any]) -> Record:
    values = {field.name: getattr(picture, field.name) for field in fields(picture) if field.name != "data"}
    crop = None if picture.crop is None else list(picture.crop)
    return {
        **unknown,
        **values,
        "crop": crop,
        "file": picture_file(folder, picture),
        "size": len(picture.data),
    }


def _area_record(area: MotionArea, unknown: Mapping[str, Any]) -> Record:
    path = area.trajectory
    trajectory = None
    if path is not None:
        nodes = [[point.x, point.y] for point in path.nodes]
        kept = _level(unknown, "trajectory")
        trajectory = {**kept, "nodes": nodes, "smooth": path.smooth, "count": path.count}
    return {
        **unknown,
        "label": area.label,
        "name": area.name,
        "hidden": area.hidden,
        "locked": area.locked,
        "color": area.color,
        "trajectory": trajectory,
    }


def _unknown_top(kept: Mapping[str, Any]) -> Record:
    nested = {"picture", "end_frame", "areas", "parameters"}
    return {name: value for name, value in kept.items() if name not in nested}


def _level(kept: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    inner = kept.get(name)
    return inner if isinstance(inner, Mapping) else {}


def _with_data(entry: PictureEntry, data: bytes) -> SourceImage:
    p = entry.picture
    return SourceImage(data, p.media_type, p.width, p.height, p.name, p.url, p.crop, p.enlarge)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number of JSON")


def _crop(value: object) -> Box | None:
    if value is None:
        return None
    left, top, right, bottom = (an_integer(side) for side in a_list(value))
    return Box(left, top, right, bottom)


def _nodes(value: object) -> tuple[Point, ...]:
    entries = a_list(value)
    if len(entries) > MAX_NODES:
        raise ValueError("too many nodes")
    nodes: list[Point] = []
    for entry in entries:
        x, y = (a_number(coordinate) for coordinate in a_list(entry))
        nodes.append(Point(x, y))
    return tuple(nodes)


def _count(value: object) -> int | None:
    return None if value is None else an_integer(value)


def _color(value: object) -> str:
    color = a_text(value)
    if color and not re.fullmatch(r"#[0-9a-fA-F]{6}", color):
        raise ValueError("not a colour")
    return color


def _labels_file(value: object) -> str:
    if value != LABELS_FILE:
        raise ValueError("another file")
    return LABELS_FILE
