"""Any picture in: what comes out is upright sRGB, and what is no whole picture is refused with a sentence."""

from __future__ import annotations

import io
import struct
import zlib
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from desktop.core.errors import PictureError
from desktop.core.shot import SourceImage
from desktop.imaging.probe import MAX_PIXELS, probe
from desktop.imaging.read import decode, decode_with_notes, load, open_image, upright
from tests import pictures
from tests.pictures import Kind, photo, pixels, turned

W, H = 360, 240

# Mean difference to the original, in levels of 255, that the file's own loss explains.
LOSS: dict[Kind, float] = {"png": 0, "tiff": 0, "bmp": 0, "png16": 1, "tiff16": 1, "palette": 6, "gif": 6}


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_kind_of_file_is_read_in_its_size(kind: Kind) -> None:
    image = open_image(photo("coffee", W, H, kind), "cup", "https://example.org/cup")
    found = decode(image)
    assert (image.width, image.height, image.name, image.url) == (W, H, "cup", "https://example.org/cup")
    assert found.shape == (H, W, 3)
    assert found.dtype == np.uint8


@pytest.mark.parametrize(
    "kind", ["jpeg", "progressive", "cmyk", "png", "png16", "tiff", "tiff16", "palette", "webp", "gif", "bmp"]
)
def test_colours_stay_what_they_are(kind: Kind) -> None:
    original = pixels("coffee", W, H)
    found = decode(open_image(photo("coffee", W, H, kind)))
    assert np.abs(found.astype(int) - original).mean() <= LOSS.get(kind, 4)


@pytest.mark.parametrize("kind", ["grey-jpeg", "grey-png", "grey16"])
def test_grey_is_the_same_in_all_channels(kind: Kind) -> None:
    found = decode(open_image(photo("rocket", W, H, kind))).astype(int)
    original = np.asarray(Image.fromarray(pixels("rocket", W, H)).convert("L")).astype(int)
    if kind == "grey16":
        original = pixels("rocket", W, H)[:, :, 1].astype(int)
    assert np.ptp(found, axis=2).max() == 0
    assert np.abs(found[:, :, 0] - original).mean() < 2


@pytest.mark.parametrize("kind", ["png16", "tiff16"])
def test_sixteen_bits_are_rounded_not_cut(kind: Kind) -> None:
    original = pixels("coffee", W, H)
    image = open_image(photo("coffee", W, H, kind))
    expected = np.where(original < 255, original + 1, 255)
    assert np.array_equal(decode(image), expected)
    assert "Reduced from 16 to 8 bits per channel." in decode_with_notes(image).notes


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(form: str, orientation: int) -> None:
    image = open_image(turned("astronaut", 320, 208, orientation, form))
    assert (image.width, image.height) == (320, 208)
    assert np.abs(decode(image).astype(int) - pixels("astronaut", 320, 208)).mean() < 5


@pytest.mark.parametrize("orientation", range(1, 9))
def test_probe_knows_the_upright_size_without_decoding(orientation: int) -> None:
    for form in ("JPEG", "PNG", "TIFF"):
        assert probe(turned("rocket", 320, 208, orientation, form)).upright_size == (320, 208)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_upright_agrees_with_pillow(orientation: int) -> None:
    array = np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3)
    operation = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }.get(orientation)
    image = Image.fromarray(array)
    expected = array if operation is None else np.asarray(image.transpose(operation))
    assert np.array_equal(upright(array, orientation), expected)


def test_transparency_lies_over_white() -> None:
    image = open_image(photo("coffee", W, H, "alpha"))
    found, notes = decode(image), decode_with_notes(image).notes
    assert (found[0, 0] == 255).all()
    assert np.array_equal(found[H // 2, W // 2], pixels("coffee", W, H)[H // 2, W // 2])
    assert notes == ("Transparent parts were laid over white.",)


def test_display_p3_becomes_srgb() -> None:
    """Against the definition: linear P3 to XYZ to linear sRGB, both on D65."""
    to_xyz = np.array([[0.48657, 0.26567, 0.19822], [0.22897, 0.69174, 0.07929], [0.0, 0.04511, 1.04394]])
    from_xyz = np.array(
        [[3.24097, -1.53738, -0.49861], [-0.96924, 1.87597, 0.04156], [0.05563, -0.20398, 1.05697]]
    )
    colours = np.array(
        [[120, 90, 60], [180, 170, 160], [60, 100, 80], [200, 140, 130], [90, 90, 90]], np.uint8
    )
    level = colours / 255
    linear = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)
    mapped = np.clip(linear @ (from_xyz @ to_xyz).T, 0, 1)
    expected = np.where(mapped <= 0.0031308, mapped * 12.92, 1.055 * mapped ** (1 / 2.4) - 0.055) * 255
    flat = np.repeat(np.repeat(colours[None, :, :], 20, axis=0), 20, axis=1)
    out = io.BytesIO()
    Image.fromarray(flat).save(out, "PNG", icc_profile=pictures.display_p3_profile())
    image = open_image(out.getvalue())
    assert np.abs(decode(image)[10, 10::20].astype(float) - expected).max() < 2
    assert decode_with_notes(image).notes == ("Converted from Display P3 to sRGB.",)


def test_an_srgb_profile_changes_nothing() -> None:
    original = pixels("coffee", W, H)
    out = io.BytesIO()
    Image.fromarray(original).save(out, "PNG", icc_profile=pictures.srgb_profile())
    decoded = decode_with_notes(open_image(out.getvalue()))
    assert np.array_equal(decoded.pixels, original)
    assert decoded.notes == ()


def test_cmyk_goes_through_its_own_profile() -> None:
    """The profile's black ink is a dark blue, which a plain conversion cannot know."""
    found = []
    for profile in (pictures.cmyk_profile(), b""):
        out = io.BytesIO()
        Image.new("CMYK", (64, 64), (0, 0, 0, 255)).save(out, "JPEG", icc_profile=profile)
        found.append(decode(open_image(out.getvalue())))
    with_profile, without = found
    assert int(without.max()) < 12
    red, green, blue = (int(v) for v in with_profile[32, 32])
    assert blue > red + 60
    assert abs(red - green) < 12


def test_a_broken_profile_is_left_out() -> None:
    original = pixels("coffee", W, H)
    out = io.BytesIO()
    Image.fromarray(original).save(out, "PNG", icc_profile=b"not a profile" * 20)
    decoded = decode_with_notes(open_image(out.getvalue()))
    assert np.array_equal(decoded.pixels, original)
    assert "could not be used" in decoded.notes[0]


def test_only_the_first_picture_of_an_animation() -> None:
    first, second = Image.new("RGB", (40, 30), "red"), Image.new("RGB", (40, 30), "blue")
    out = io.BytesIO()
    first.save(out, "GIF", save_all=True, append_images=[second])
    decoded = decode_with_notes(open_image(out.getvalue()))
    assert tuple(decoded.pixels[5, 5]) == (255, 0, 0)
    assert decoded.notes == ("Only the first picture of the file is used.",)


def test_load_gives_what_open_and_decode_give() -> None:
    data = photo("chelsea", W, H)
    image, decoded = load(data, "cat")
    assert image == open_image(data, "cat")
    assert np.array_equal(decoded.pixels, decode(image))


@pytest.mark.parametrize(
    "kind", ["jpeg", "progressive", "cmyk", "png", "png16", "webp", "tiff", "tiff16", "bmp", "alpha"]
)
def test_a_truncated_file_is_refused_wherever_it_is_cut(kind: Kind) -> None:
    data = photo("rocket", 320, 208, kind)
    cuts = {len(data) * k // 25 for k in range(25)} | {len(data) - k for k in (1, 2, 3, 5, 12, 40)}
    for cut in sorted(cuts):
        with pytest.raises(PictureError) as caught:
            open_image(data[:cut])
        assert str(caught.value).endswith(".")


@settings(max_examples=150)
@given(st.data())
def test_hostile_bytes_end_in_a_sentence_or_a_picture(data: st.DataObject) -> None:
    kind: Kind = data.draw(st.sampled_from(get_args(Kind)))
    raw = bytearray(photo("coffee", 64, 48, kind))
    for _ in range(data.draw(st.integers(1, 12))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        image = open_image(bytes(raw))
    except PictureError:
        return
    assert decode(image).shape == (image.height, image.width, 3)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"<html><body>404</body></html>", "not a picture"),
        (b"%PDF-1.7\n%....", "document"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0isommp42", "video"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "drawing"),
        (bytes(4000), "not a picture"),
    ],
)
def test_foreign_files_are_named(data: bytes, word: str) -> None:
    with pytest.raises(PictureError, match=word):
        open_image(data)


def bomb(width: int, height: int) -> bytes:
    """A tiny PNG that says it is huge."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(999)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(20_001, 10_000), (30_000, 30_000), (2_000_000, 2_000_000)])
def test_decompression_bombs_are_refused_by_their_header(size: tuple[int, int]) -> None:
    with pytest.raises(PictureError, match=f"{MAX_PIXELS // 1_000_000} megapixels"):
        open_image(bomb(*size))


def test_a_float_picture_is_refused_with_what_to_do() -> None:
    out = io.BytesIO()
    Image.fromarray(np.zeros((20, 20), np.float32)).save(out, "TIFF")
    with pytest.raises(PictureError, match="8 or 16 bits"):
        open_image(out.getvalue())


def test_pixels_of_another_size_than_recorded_are_refused() -> None:
    data = photo("rocket", 320, 208)
    with pytest.raises(PictureError, match="damaged"):
        decode(SourceImage(data, "image/jpeg", 208, 320))
