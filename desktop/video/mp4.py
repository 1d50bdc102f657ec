"""The few boxes of an MP4 that OpenCV does not tell about: what the picture is, and where its key frames are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_WAY = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
_TABLE_HEAD, _ENTRY_HEAD = 8, 86
_PICTURE = (b"avcC", b"hvcC", b"esds", b"colr", b"pasp")
_LARGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class PictureTrack:
    """The first track with a picture.

    ``codec`` is its four characters, ``parts`` the boxes of its description by kind. ``key_frames`` are numbers
    from 0 in decoding order, or None where every frame is one.
    """

    codec: bytes
    parts: Mapping[bytes, bytes]
    key_frames: tuple[int, ...] | None


def picture_track(path: Path) -> PictureTrack | None:
    """What an MP4 says of its picture; None for other files and damaged ones."""
    try:
        with path.open("rb") as file:
            for table in _sample_tables(file, path.stat().st_size):
                entry = table.get(b"stsd", b"")[_TABLE_HEAD:]
                parts = dict(_parts(entry[_ENTRY_HEAD:]))
                if any(kind in parts for kind in _PICTURE):
                    return PictureTrack(entry[4:8], parts, _key_frames(table.get(b"stss")))
    except OSError:
        return None
    return None


def _key_frames(table: bytes | None) -> tuple[int, ...] | None:
    if table is None:
        return None
    numbers = (int.from_bytes(table[at : at + 4], "big") - 1 for at in range(8, len(table) - 3, 4))
    return tuple(sorted(number for number in numbers if number >= 0))


def _sample_tables(file: BinaryIO, size: int) -> Iterator[dict[bytes, bytes]]:
    """The description and the key frames of each track, as they stand in the file."""
    reach = [(0, size, 0)]
    while reach:
        at, end, depth = reach.pop()
        if depth == len(_WAY):
            table = {}
            for kind, start, stop in _boxes(file, at, end):
                if kind in (b"stsd", b"stss"):
                    file.seek(start)
                    table[kind] = file.read(min(stop - start, _LARGEST))
            yield table
        else:
            inside = [(start, stop) for kind, start, stop in _boxes(file, at, end) if kind == _WAY[depth]]
            reach.extend((start, stop, depth + 1) for start, stop in reversed(inside))


def _boxes(file: BinaryIO, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and end of the body of each box; stops at the first that makes no sense."""
    while at + 8 <= end:
        file.seek(at)
        head = file.read(16)
        length, skip = int.from_bytes(head[:4], "big"), 8
        if length == 1:
            length, skip = int.from_bytes(head[8:16], "big"), 16
        length = length or end - at
        if length < skip or at + length > end:
            return
        yield head[4:8], at + skip, at + length
        at += length


def _parts(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        if length < 8 or at + length > len(data):
            return
        yield data[at + 4 : at + 8], data[at + 8 : at + length]
        at += length
