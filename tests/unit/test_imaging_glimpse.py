"""A picture is taken in with what can be shown at once; what follows is what a full read gives."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from desktop.core.errors import PictureError
from desktop.imaging import png_bands
from desktop.imaging.glimpse import LONGEST, all_levels, take_in
from desktop.imaging.probe import MAX_PIXELS, probe
from desktop.imaging.pyramid import level_sizes, picture_levels
from desktop.imaging.read import decode, decode_with_notes
from desktop.opencv import cv2
from tests.pictures import Kind, encode, photo, pixels, turned

WIDE, HIGH = LONGEST + 601, 1501


@pytest.mark.parametrize(
    "kind", ["jpeg", "progressive", "grey-jpeg", "p3", "p3-png", "webp", "tiff", "tiff16"]
)
def test_a_large_picture_shows_its_coarser_levels_first(kind: Kind) -> None:
    taken = take_in(photo("coffee", WIDE, HIGH, kind), "cup")
    whole = picture_levels(decode(taken.image))
    assert 0 not in taken.levels
    assert max(taken.levels) == len(whole) - 1
    for level, shown in taken.levels.items():
        assert (shown.shape[1], shown.shape[0]) == level_sizes(WIDE, HIGH)[level]
        # Sketches are of single pixels, and a profile is applied to the full picture alone: alike, not equal.
        assert np.abs(shown.astype(int) - whole[level]).mean() < 12
    assert taken.rest is not None
    rest = taken.rest()
    assert sorted(rest) == list(range(len(whole)))
    assert all(np.array_equal(rest[level], whole[level]) for level in rest)


@pytest.mark.parametrize("kind", ["png", "alpha", "png16", "grey16", "grey-png"])
def test_a_large_png_comes_with_all_its_levels(kind: Kind) -> None:
    """They are made while its rows are still being inflated, and are what a decode in one go gives."""
    taken = take_in(photo("coffee", WIDE, HIGH, kind), "cup")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(png_bands, "LARGE", MAX_PIXELS)
        whole = picture_levels(decode(taken.image))
    assert taken.rest is None
    assert sorted(taken.levels) == list(range(len(whole)))
    assert all(np.array_equal(taken.levels[level], whole[level]) for level in taken.levels)
    assert all(np.array_equal(shown, whole[level]) for level, shown in all_levels(taken.image).items())


@pytest.mark.parametrize("kind", ["jpeg", "alpha", "png16"])
def test_a_small_picture_is_there_at_once(kind: Kind) -> None:
    taken = take_in(photo("coffee", 360, 240, kind))
    assert taken.rest is None
    assert np.array_equal(taken.levels[0], decode(taken.image))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_glimpse_stands_upright(orientation: int) -> None:
    taken = take_in(turned("astronaut", 2400, 1600, orientation))
    (level, *_) = taken.levels
    shown = picture_levels(pixels("astronaut", 2400, 1600))[level]
    assert (taken.image.width, taken.image.height) == (2400, 1600)
    assert np.abs(taken.levels[level].astype(int) - shown).mean() < 6


@pytest.mark.parametrize("kind", ["jpeg", "progressive", "png", "alpha", "png16"])
def test_a_large_truncated_file_is_refused_at_once(kind: Kind) -> None:
    data = photo("coffee", WIDE, HIGH, kind)
    for cut in (len(data) // 3, len(data) * 9 // 10, len(data) - 2):
        with pytest.raises(PictureError, match="damaged or incomplete"):
            take_in(data[:cut])


def test_nothing_is_decoded_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[int] = []
    imdecode = cv2.imdecode

    def counted(buffer: npt.NDArray[np.uint8], flags: int) -> object:
        samples = imdecode(buffer, flags)
        decoded.append(0 if samples is None else samples.shape[0])
        return samples

    monkeypatch.setattr(cv2, "imdecode", counted)
    rows: dict[Kind, int] = {"tiff16": HIGH}
    rows |= dict.fromkeys(("jpeg", "progressive"), HIGH // 2 + 1 + HIGH)
    rows |= dict.fromkeys(("png", "alpha", "png16", "p3-png"), HIGH)
    for kind, most in rows.items():
        data = encode(pixels("coffee", WIDE, HIGH), kind)
        decoded.clear()
        taken = take_in(data)
        if taken.rest is not None:
            taken.rest()
        assert taken.levels
        again = len(decoded) - 1  # each band but the first begins with the last row of the one before
        assert sum(decoded) <= most + again + 1, kind
        assert again < HIGH / 10, kind


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def test_an_orientation_after_the_pixels_of_a_png_counts() -> None:
    data = encode(pixels("coffee", 360, 240), "png")
    exif = Image.Exif()
    exif[0x0112] = 6
    end = data.index(b"IEND") - 4
    turned_late = data[:end] + _chunk(b"eXIf", exif.tobytes().removeprefix(b"Exif\0\0")) + data[end:]
    assert probe(turned_late).upright_size == (240, 360)


def test_the_header_of_a_png_is_read_without_its_pixels() -> None:
    data = encode(pixels("coffee", 360, 240), "png")
    start = data.index(b"IDAT")
    assert probe(data[: start + 4]).upright_size == (360, 240)


def test_a_png_with_a_wrong_checksum_is_refused() -> None:
    data = bytearray(encode(pixels("coffee", 360, 240), "png"))
    data[data.index(b"IDAT") + 200] ^= 1
    with pytest.raises(PictureError, match="damaged"):
        take_in(bytes(data))


def _saved(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def test_one_bit_is_black_and_white() -> None:
    bits = np.indices((40, 60)).sum(axis=0) % 2 == 0
    for form in ("PNG", "TIFF", "BMP"):
        found = take_in(_saved(Image.fromarray(bits), form)).levels[0]
        assert np.array_equal(found, np.repeat((bits * np.uint8(255))[:, :, None], 3, axis=2)), form


@pytest.mark.parametrize("form", ["PNG", "GIF"])
def test_a_palette_with_transparency_lies_over_white(form: str) -> None:
    image = Image.new("P", (60, 40), 1)
    image.putpalette([255, 0, 0, 0, 0, 200])
    image.paste(0, (0, 0, 30, 40))
    decoded = decode_with_notes(take_in(_saved(image, form, transparency=0)).image)
    assert tuple(decoded.pixels[20, 10]) == (255, 255, 255)
    assert tuple(decoded.pixels[20, 50]) == (0, 0, 200)
    assert decoded.notes == ("Transparent parts were laid over white.",)


def test_a_colour_that_means_transparent_lies_over_white() -> None:
    image = Image.new("RGB", (60, 40), (0, 0, 200))
    image.paste((1, 2, 3), (0, 0, 30, 40))
    found = take_in(_saved(image, "PNG", transparency=(1, 2, 3))).levels[0]
    assert tuple(found[20, 10]) == (255, 255, 255)
    assert tuple(found[20, 50]) == (0, 0, 200)


@pytest.mark.parametrize("form", ["PNG", "GIF", "WEBP"])
def test_an_animation_gives_its_first_picture(form: str) -> None:
    first, second = Image.new("RGB", (60, 40), (255, 0, 0)), Image.new("RGB", (60, 40), (0, 0, 255))
    data = _saved(
        first, form, save_all=True, append_images=[second], **({"lossless": True} if form == "WEBP" else {})
    )
    decoded = decode_with_notes(take_in(data).image)
    assert tuple(decoded.pixels[20, 30]) == (255, 0, 0)
    assert decoded.notes == ("Only the first picture of the file is used.",)


def _tiff_of(channels: int) -> bytes:
    """An uncompressed TIFF of 8 x 8 pixels with so many channels of 8 bits."""
    samples = bytes(8 * 8 * channels)
    entries = [
        (256, 3, 1, struct.pack("<HH", 8, 0)),
        (257, 3, 1, struct.pack("<HH", 8, 0)),
        (258, 3, channels, struct.pack("<I", 200)),
        (259, 3, 1, struct.pack("<HH", 1, 0)),
        (262, 3, 1, struct.pack("<HH", 1, 0)),
        (273, 4, 1, struct.pack("<I", 300)),
        (277, 3, 1, struct.pack("<HH", channels, 0)),
        (278, 3, 1, struct.pack("<HH", 8, 0)),
        (279, 4, 1, struct.pack("<I", len(samples))),
    ]
    table = struct.pack("<H", len(entries))
    table += b"".join(struct.pack("<HHI", tag, kind, count) + value for tag, kind, count, value in entries)
    head = b"II*\0" + struct.pack("<I", 8) + table + bytes(4)
    body = head.ljust(200, b"\0") + struct.pack("<H", 8) * channels
    return body.ljust(300, b"\0") + samples


def test_a_tiff_of_twenty_channels_ends_in_one_sentence() -> None:
    with pytest.raises(PictureError) as caught:
        take_in(_tiff_of(20))
    assert str(caught.value).count(".") == 1
    assert str(caught.value).endswith(".")
