"""A large PNG in bands of rows: one thread inflates ahead while another makes samples of what is there.

Inflating is most of what a PNG takes, and no decoder does it on two cores. But the rest (undoing the filters, and all
that is made of the samples) need not wait until it has ended. OpenCV undoes the filters: each band is given to it as a
small PNG of its own, stored without compression, whose first row is the last one of the band before.
"""

from __future__ import annotations

import struct
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt

from desktop.imaging.probe import Chunk, Facts, png_chunks
from desktop.opencv import cv2

Samples = npt.NDArray[Any]
"""Rows x W (grey) or rows x W x channels, uint8 or uint16. Colour is BGR or BGRA, as OpenCV has it without another pass
(grey with alpha is BGRA, too)."""

LARGE = 4_000_000
"""Pixels from which bands are worth it."""

_BAND_BYTES = 1 << 19
"""About so much is inflated at a time, which stays in a core's own cache until pixels are made of it."""

_PIECE_BYTES = 1 << 18
"""Compressed bytes that are given to the inflater at a time."""

_AHEAD = 4
"""Bands that may be inflated and wait."""

_CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}
"""By PNG's colour type; palettes are left out."""

_STORED = {2: [2, 1, 0], 4: [0, 3], 6: [2, 1, 0, 3]}
"""Which of OpenCV's channels a PNG's are, by colour type."""

_OTHERS = frozenset({b"acTL", b"fcTL", b"fdAT", b"tRNS"})
"""Chunks that make the pixels more than what the data says: animations, a colour that means transparent."""

_HEADER_END = 29
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def suits(data: bytes, facts: Facts) -> bool:
    """Whether a PNG is large and simple enough: one picture, not interlaced, 8 or 16 bits, no palette."""
    return (
        facts.format == "PNG"
        and facts.width * facts.height >= LARGE
        and facts.bits in (8, 16)
        and not facts.several
        and data[25] in _CHANNELS
        and data[26:29] == b"\0\0\0"
    )


def bands(data: bytes, multiple: int = 1) -> Iterator[tuple[slice, Samples]]:
    """The rows of a PNG that `suits`, from top to bottom, some at a time and a ``multiple`` of rows but for the last.

    Raises ValueError where anything in the file is not as it should be, perhaps only at its end: it is for a whole
    decoder then to say what is wrong, or that it does not matter.
    """
    chunks = _in_order(data)
    width, height, bits, colour = struct.unpack_from(">IIBB", data, 16)
    stride = 1 + width * _CHANNELS[colour] * bits // 8
    count = max(1, _BAND_BYTES // (stride * multiple)) * multiple
    tops = range(0, height, count)
    inflated = _inflated(data, chunks, [stride * min(count, height - top) for top in tops])
    before = bytes(stride - 1)
    with ThreadPoolExecutor(1, "inflating") as inflating, ThreadPoolExecutor(1, "checking") as checking:
        sound = checking.submit(_check_sums, data, chunks)
        ahead = deque(inflating.submit(next, inflated) for _ in tops[:_AHEAD])
        try:
            for number, top in enumerate(tops):
                filtered = ahead.popleft().result()
                if number + _AHEAD < len(tops):
                    ahead.append(inflating.submit(next, inflated))
                rows = slice(top, min(top + count, height))
                samples = _unfiltered(before, filtered, (width, rows.stop - top + 1, bits, colour))
                before = _as_stored(samples[-1], colour)
                yield rows, samples[1:]
            inflating.submit(next, inflated, None).result()
            sound.result()
        except (zlib.error, cv2.error) as error:
            raise ValueError(repr(error)) from error
        finally:
            inflating.shutdown(wait=False, cancel_futures=True)


def whole(data: bytes) -> Samples:
    """All rows of a PNG that `suits`. Raises ValueError as `bands` does."""
    (height,) = struct.unpack_from(">I", data, 20)
    out: Samples | None = None
    for rows, samples in bands(data):
        if out is None:
            out = np.empty((height, *samples.shape[1:]), samples.dtype)
        out[rows] = samples
    if out is None:
        raise ValueError("there are no rows")
    return out


def _in_order(data: bytes) -> list[Chunk]:
    """The chunks to the end of the picture, if they are those of a plain PNG."""
    chunks: list[Chunk] = []
    for chunk in png_chunks(data):
        chunks.append(chunk)
        if chunk[0] == b"IEND":
            break
    names = [name for name, _, _ in chunks]
    critical = [name for name, _ in groupby(names) if name[:1].isupper()]
    if [name for name in critical if name != b"PLTE"] != [b"IHDR", b"IDAT", b"IEND"]:
        raise ValueError("the chunks are not in order")
    if names.count(b"IHDR") != 1 or chunks[0][2] != _HEADER_END or not _OTHERS.isdisjoint(names):
        raise ValueError("it is no plain PNG")
    return chunks


def _check_sums(data: bytes, chunks: list[Chunk]) -> None:
    view = memoryview(data)
    for name, start, end in chunks:
        if name[:1].isupper() and zlib.crc32(view[start - 4 : end]) != int.from_bytes(
            view[end : end + 4], "big"
        ):
            raise ValueError(f"a checksum of {name!r} is wrong")


def _pieces(data: bytes, chunks: list[Chunk]) -> Iterator[bytes]:
    """The compressed data, in pieces that are neither small nor large."""
    view, small, size = memoryview(data), [], 0
    for name, start, end in chunks:
        if name == b"IDAT":
            for at in range(start, end, _PIECE_BYTES):
                small.append(view[at : min(end, at + _PIECE_BYTES)])
                size += len(small[-1])
                if size >= _PIECE_BYTES:
                    yield b"".join(small)
                    small, size = [], 0
    yield b"".join(small)


def _inflated(data: bytes, chunks: list[Chunk], sizes: Iterable[int]) -> Iterator[bytes]:
    """The filtered rows, so many bytes at a time, and no more than these."""
    inflater, pieces = zlib.decompressobj(), _pieces(data, chunks)
    for size in sizes:
        parts: list[bytes] = []
        missing = size
        while missing:
            piece = inflater.unconsumed_tail or next(pieces, b"")
            parts.append(inflater.decompress(piece, missing))
            missing -= len(parts[-1])
            if not parts[-1] and (not piece or inflater.eof):
                raise ValueError("there are too few rows")
        yield b"".join(parts)
    while not inflater.eof:
        piece = inflater.unconsumed_tail or next(pieces, b"")
        if inflater.decompress(piece, 1) or not piece:
            raise ValueError("there is no end to the rows")
    if inflater.unused_data or any(pieces):
        raise ValueError("something follows the rows")


def _unfiltered(before: bytes, filtered: bytes, head: tuple[int, int, int, int]) -> Samples:
    """Samples of a row that is known, as it is stored, and of those that follow it."""
    stored = zlib.compressobj(0)
    body = b"".join((stored.compress(b"\0" + before), stored.compress(filtered), stored.flush()))
    header = struct.pack(">IIBBBBB", *head, 0, 0, 0)
    png = b"".join((_SIGNATURE, *_chunk(b"IHDR", header), *_chunk(b"IDAT", body), *_chunk(b"IEND", b"")))
    samples = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    if samples is None or samples.shape[:2] != (head[1], head[0]):
        raise ValueError("OpenCV cannot decode a band")
    return np.asarray(samples)


def _chunk(name: bytes, body: bytes) -> tuple[bytes, ...]:
    checksum = zlib.crc32(body, zlib.crc32(name))
    return struct.pack(">I", len(body)), name, body, struct.pack(">I", checksum)


def _as_stored(row: Samples, colour: int) -> bytes:
    """One row of samples as a PNG has it: RGB, and 16 bits with the high byte first."""
    part = row if colour == 0 else row[:, _STORED[colour]]
    return part.astype(part.dtype.newbyteorder(">")).tobytes()
