"""A PNG that is read in bands is the PNG that is read in one go, whatever its size, its filters and its faults."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.core.errors import PictureError
from desktop.imaging import png_bands
from desktop.imaging.glimpse import Taken, take_in
from desktop.imaging.png_bands import bands, whole
from desktop.imaging.probe import probe
from desktop.imaging.pyramid import blank_levels, halve_rows, level_sizes, picture_levels
from desktop.imaging.read import Decoded, begin, read_pixels
from desktop.opencv import cv2
from tests.pictures import encode, pixels, turned

CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}
SIGNATURE = b"\x89PNG\r\n\x1a\n"

Samples = npt.NDArray[Any]


@contextmanager
def in_bands(band_bytes: int = 300) -> Iterator[None]:
    """Small pictures are read in bands, too, of about so many bytes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(png_bands, "LARGE", 0)
        patch.setattr(png_bands, "_BAND_BYTES", band_bytes)
        yield


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def filtered(samples: Samples, filters: list[int]) -> bytes:
    """Rows of PNG's samples (H x W x channels), each after its filter's number, by the definition."""
    height = samples.shape[0]
    step = samples.shape[2] * samples.dtype.itemsize
    raw = samples.astype(samples.dtype.newbyteorder(">")).reshape(height, -1).view(np.uint8).astype(int)
    before = np.zeros(raw.shape[1], int)
    out = bytearray()
    for number, row in enumerate(raw):
        left, corner = np.roll(row, step), np.roll(before, step)
        left[:step] = corner[:step] = 0
        guess = left + before - corner
        far_left, far_up, far_corner = abs(guess - left), abs(guess - before), abs(guess - corner)
        paeth = np.where(
            (far_left <= far_up) & (far_left <= far_corner),
            left,
            np.where(far_up <= far_corner, before, corner),
        )
        kind = filters[number % len(filters)]
        guessed = [0 * row, left, before, (left + before) // 2, paeth][kind]
        out += bytes([kind]) + (row - guessed).astype(np.uint8).tobytes()
        before = row
    return bytes(out)


def png(samples: Samples, colour: int, filters: list[int], piece: int = 1 << 20, level: int = 6) -> bytes:
    """A PNG file whose data comes in chunks of ``piece`` bytes."""
    height, width = samples.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, 8 * samples.dtype.itemsize, colour, 0, 0, 0)
    data = zlib.compress(filtered(samples, filters), level)
    parts = [chunk(b"IDAT", data[at : at + piece]) for at in range(0, len(data), piece)]
    return b"".join((SIGNATURE, chunk(b"IHDR", header), *parts, chunk(b"IEND", b"")))


def expected(samples: Samples, colour: int) -> npt.NDArray[np.uint8]:
    """RGB over white in whole numbers: every division is rounded, and none of them has ties."""
    part = samples.astype(int)
    if samples.dtype == np.uint16:
        part = (part + 128) // 257
    rgb = part[:, :, :3] if colour in (2, 6) else np.repeat(part[:, :, :1], 3, axis=2)
    if colour in (4, 6):
        alpha = part[:, :, -1:]
        rgb = (2 * rgb * alpha + 255) // 510 + 255 - alpha
    return rgb.astype(np.uint8)


@st.composite
def files(draw: st.DrawFn) -> tuple[Samples, int, bytes]:
    """(samples, colour type, file) of a PNG of any kind that is read in bands."""
    colour = draw(st.sampled_from(sorted(CHANNELS)))
    width, height = draw(st.integers(1, 40)), draw(st.integers(1, 70))
    most = draw(st.sampled_from([0xFF, 0xFFFF]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    samples = rng.integers(0, most + 1, (height, width, CHANNELS[colour]))
    samples = samples.astype(np.uint8 if most == 0xFF else np.uint16)
    if colour in (4, 6):
        clear = draw(st.sampled_from([None, 0, most]))
        if clear is not None:  # all of it, or rows of it
            samples[draw(st.integers(0, height)) :, :, -1] = clear
    filters = draw(st.lists(st.integers(0, 4), min_size=1, max_size=7))
    piece = draw(st.sampled_from([1, 7, 100, 1 << 20]))
    return samples, colour, png(samples, colour, filters, piece, draw(st.sampled_from([0, 1, 9])))


@settings(max_examples=150, deadline=None)
@given(files(), st.integers(1, 4000), st.integers(1, 9))
def test_bands_are_the_rows_of_the_whole(
    case: tuple[Samples, int, bytes], band_bytes: int, multiple: int
) -> None:
    data = case[2]
    plain = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert plain is not None
    with in_bands(band_bytes):
        found = list(bands(data, multiple))
        assert np.array_equal(whole(data), plain)
    assert [rows.start for rows, _ in found[1:]] == [rows.stop for rows, _ in found[:-1]]
    assert all(rows.start % multiple == 0 for rows, _ in found)
    assert found[-1][0].stop == plain.shape[0]
    assert all(np.array_equal(samples, plain[rows]) for rows, samples in found)


@settings(max_examples=150, deadline=None)
@given(files(), st.integers(1, 4000))
def test_pixels_are_the_same_in_bands_and_in_one_go(
    case: tuple[Samples, int, bytes], band_bytes: int
) -> None:
    samples, colour, data = case
    plain = read_pixels(data, probe(data))
    with in_bands(band_bytes):
        banded = begin(data, probe(data), levels=True)
    assert np.array_equal(plain.pixels, expected(samples, colour))
    assert banded.steps is None
    assert np.array_equal(banded.finish().pixels, plain.pixels)
    assert banded.finish().notes == plain.notes


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 1200), st.integers(1, 1200), st.integers(1, 5))
def test_levels_grow_with_the_rows(width: int, height: int, steps: int) -> None:
    """Band after band as all at once: the mean over the blocks of the level before, at odd edges of what is there."""
    picture = np.random.default_rng(width * height).integers(0, 256, (height, width, 3), np.uint8)
    levels = blank_levels(width, height)
    levels[0][:] = picture
    count = steps << (len(levels) - 1)
    for top in range(0, height, count):
        halve_rows(levels, slice(top, min(top + count, height)))
    assert [(level.shape[1], level.shape[0]) for level in levels] == list(level_sizes(width, height))
    assert all(np.array_equal(*pair) for pair in zip(levels, picture_levels(picture), strict=True))
    for finer, coarser in pairwise(levels):
        odd = ((0, finer.shape[0] % 2), (0, finer.shape[1] % 2), (0, 0))
        full = np.pad(finer.astype(int), odd, mode="edge")  # the mean of twice the same is the same
        blocks = full.reshape(coarser.shape[0], 2, coarser.shape[1], 2, 3).sum(axis=(1, 3))
        high, wide = finer.shape[0] // 2, finer.shape[1] // 2
        assert np.array_equal(coarser[:high, :wide], ((blocks + 2) // 4)[:high, :wide])
        assert np.array_equal(
            coarser[high:], np.rint(blocks / 4)[high:]
        )  # of two a half goes to the even one
        assert np.array_equal(coarser[:, wide:], np.rint(blocks / 4)[:, wide:])


SAMPLES = np.random.default_rng(5).integers(0, 256, (40, 30, 3), np.uint8)
PLAIN = png(SAMPLES, 2, [4, 2, 3], 500)
HEADER, BODY, END = PLAIN[:33], PLAIN[33:-12], PLAIN[-12:]
ROWS = filtered(SAMPLES, [4, 2, 3])


def with_rows(compressed: bytes) -> bytes:
    return HEADER + chunk(b"IDAT", compressed) + END


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


FIRST = struct.unpack(">I", BODY[:4])[0] + 12
ODD = {
    "a checksum of the data": flipped(PLAIN, 33 + FIRST - 1),
    "a checksum of the header": flipped(PLAIN, 32),
    "a checksum of the end": flipped(PLAIN, len(PLAIN) - 1),
    "the data": flipped(PLAIN, 80),
    "the checksum of the rows": with_rows(flipped(zlib.compress(ROWS), len(zlib.compress(ROWS)) - 1)),
    "no checksum of the rows": with_rows(zlib.compress(ROWS)[:-4]),
    "too few rows": with_rows(zlib.compress(ROWS[:-200])),
    "a row too many": with_rows(zlib.compress(ROWS + ROWS[:91])),
    "bytes after the rows": with_rows(zlib.compress(ROWS) + b"more"),
    "half of the data": with_rows(zlib.compress(ROWS)[:1000]),
    "no data": with_rows(b""),
    "no chunk of data": HEADER + END,
    "an unknown filter": with_rows(zlib.compress(b"\x07" + ROWS[1:])),
    "an unknown filter in the midst": with_rows(
        zlib.compress(ROWS[: 91 * 20] + b"\x07" + ROWS[91 * 20 + 1 :])
    ),
    "data in two places": HEADER + BODY[:FIRST] + chunk(b"tIME", bytes(7)) + BODY[FIRST:] + END,
    "two headers": HEADER + HEADER[8:] + BODY + END,
    "a chunk nobody knows": HEADER + chunk(b"WHAT", b"") + BODY + END,
    "an animation": HEADER + chunk(b"acTL", struct.pack(">II", 1, 0)) + BODY + END,
    "a transparent colour at the end": HEADER + BODY + chunk(b"tRNS", bytes(6)) + END,
}


def taken(data: bytes) -> Taken | str:
    try:
        return take_in(data)
    except PictureError as error:
        return str(error)


def same(data: bytes) -> None:
    """In bands and in one go the same pixels, or the same sentence."""
    plain = taken(data)
    with in_bands():
        banded = taken(data)
    if isinstance(plain, str) or isinstance(banded, str):
        assert banded == plain
        return
    assert all(np.array_equal(banded.levels[level], shown) for level, shown in plain.levels.items())


@pytest.mark.parametrize("data", ODD.values(), ids=ODD)
def test_what_is_odd_is_left_to_a_whole_decoder(data: bytes) -> None:
    with in_bands(), pytest.raises(ValueError):  # noqa: PT011 - why, only the decoder can say
        list(bands(data))
    same(data)


def test_what_is_plain_is_not() -> None:
    with in_bands():
        assert np.array_equal(whole(PLAIN)[:, :, ::-1], SAMPLES)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_damage_ends_alike(data: st.DataObject) -> None:
    raw = bytearray(PLAIN)
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    same(bytes(raw))
    same(PLAIN[: data.draw(st.integers(0, len(PLAIN)))])


def test_few_bytes_that_would_become_many_are_not_inflated() -> None:
    """No more than the rows of the header, whatever the data holds."""
    bomb = with_rows(zlib.compress(bytes(200_000_000), 9))
    with in_bands(), pytest.raises(ValueError, match="no end"):
        list(bands(bomb))


def test_a_band_that_is_not_wanted_leaves_no_thread() -> None:
    """Pytest's own watch over threads would fail otherwise; and the rest is not read."""
    with in_bands():
        parts = bands(PLAIN)
        rows, _ = next(parts)
        parts.close()  # type: ignore[attr-defined]
    assert rows.stop < 40


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_png_stands_upright_in_bands(orientation: int) -> None:
    data = turned("astronaut", 320, 208, orientation, "PNG")
    with in_bands(5000):
        shown = take_in(data).levels
    assert np.array_equal(shown[0], pixels("astronaut", 320, 208))


def test_a_profile_is_applied_to_what_came_in_bands() -> None:
    data = encode(pixels("coffee", 360, 240), "p3-png")
    plain: Decoded = read_pixels(data, probe(data))
    with in_bands(5000):
        banded = begin(data, probe(data), levels=True)
    assert banded.steps is not None
    assert banded.levels == ()
    assert np.array_equal(banded.finish().pixels, plain.pixels)
    assert banded.finish().notes == plain.notes == ("Converted from Display P3 to sRGB.",)
