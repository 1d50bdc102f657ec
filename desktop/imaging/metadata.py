"""What a picture file says beside the picture (camera, time, place, thumbnails, notes) left out, no pixel touched."""

from __future__ import annotations

import re
from collections.abc import Iterator

from desktop.imaging.probe import END_OF_IMAGE, START_OF_SCAN, png_chunks

Parts = list[memoryview | bytes]
"""Pieces of a file, in order."""

_PNG_HEAD = 8
_COLOURS = frozenset(
    {b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT", b"mDCV", b"cLLI", b"pHYs"}
)
"""PNG chunks beside the critical ones that say how the pixels look."""

_JFIF, _ICC, _ADOBE, _COMMENT, _APPLICATIONS = 0xE0, 0xE2, 0xEE, 0xFE, range(0xE0, 0xF0)
_NEXT_MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]", re.DOTALL)
"""In coded data: neither an escaped 255 nor a restart."""


def picture_only(data: bytes, media_type: str) -> Parts | None:
    """The parts of a JPEG or PNG that its pixels, their colours and its resolution need: decoded, they give identical
    pixels. None for files that cannot be followed to their end.

    What is not known to be needed goes: EXIF, XMP, IPTC, comments, thumbnails, makers' own data, and what follows the
    picture's end (a phone's video, say). The orientation goes with EXIF, so only upright pictures look as before.
    """
    if media_type == "image/png":
        return _of_png(data)
    return _of_jpeg(data) if media_type == "image/jpeg" else None


def _of_png(data: bytes) -> Parts | None:
    view = memoryview(data)
    parts: Parts = [view[:_PNG_HEAD]]
    for name, start, end in png_chunks(data):
        critical = name[:1].isupper()
        if critical or name in _COLOURS:
            parts.append(view[start - 8 : end + 4])
        if name == b"IEND":
            return parts
    return None


def _of_jpeg(data: bytes) -> Parts | None:
    view = memoryview(data)
    parts: Parts = [view[:2]]
    for marker, start, end in _segments(data):
        body = data[start + 4 : min(end, start + 18)]
        if marker == END_OF_IMAGE[1]:
            return [*parts, END_OF_IMAGE]
        if marker == _JFIF:
            if body[:5] == b"JFIF\0" and len(body) >= 14:
                parts += [b"\xff\xe0\0\x10", body[:12], b"\0\0"]  # without its thumbnail
        elif marker in _APPLICATIONS or marker == _COMMENT:
            profile = marker == _ICC and body[:12] == b"ICC_PROFILE\0"
            if profile or (marker == _ADOBE and body[:5] == b"Adobe"):
                parts.append(view[start:end])
        else:
            parts.append(view[start:end])
    return None


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """(marker, start, end) of each segment of a JPEG, a scan together with its coded data. It stops after the end of
    the image, or where nothing follows that could be a segment."""
    at = 2
    while at + 2 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker == END_OF_IMAGE[1]:
            yield marker, at, at + 2
            return
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if end < at + 4 or end > len(data):
            return
        if marker == START_OF_SCAN:
            found = _NEXT_MARKER.search(data, end)
            if found is None:
                return
            end = found.start()
        yield marker, at, end
        at = end
