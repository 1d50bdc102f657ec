"""What is sent of a picture that goes as it is: the same pixels and colours, and nothing of who took it where."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from desktop.core.conventions import KLING
from desktop.core.services import MAGNIFIC
from desktop.core.shot import Shot
from desktop.imaging.fit import fit_image
from desktop.imaging.masks import indexed_png, read_label_map
from desktop.imaging.metadata import picture_only
from desktop.imaging.read import decode, open_image
from desktop.jobs.prepare import prepare
from desktop.opencv import cv2
from desktop.storage.settings import Settings
from desktop.storage.shot_file import shot_bytes, shot_from_bytes
from tests import pictures
from tests.job_shots import painted_shot
from tests.pictures import pixels

SECRETS = (b"SECRET", b"Exif", b"GPS", b"http://ns.adobe.com/xap", b"Photoshop 3.0", b"FPXR")
LEFT_OUT = ("What the file says beside the picture (camera, time, place) was left out.",)


def exif(orientation: int = 1) -> bytes:
    """A camera, a place, an orientation and a thumbnail's worth of notes."""
    found = Image.Exif()
    found[0x010F], found[0x0110], found[0x0112] = "SECRET maker", "SECRET model", orientation
    found.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.5), 3: "E", 4: (13.0, 24.0, 18.0), 29: "SECRET"})
    return found.tobytes()


def segment(marker: int, body: bytes) -> bytes:
    """A segment of a JPEG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg(orientation: int = 1) -> bytes:
    """A JPEG as phones and editors leave them: EXIF with a place, XMP, IPTC, a comment, and a video behind its end."""
    out = io.BytesIO()
    Image.fromarray(pixels("coffee", 420, 320)).save(
        out, "JPEG", quality=90, exif=exif(orientation), icc_profile=pictures.srgb_profile(), dpi=(300, 300)
    )
    plain = out.getvalue()
    more = (
        segment(0xE0, b"JFXX\0\x10SECRET thumbnail")
        + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>SECRET</x:xmpmeta>")
        + segment(0xE2, b"FPXR\0SECRET")
        + segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04SECRET")
        + segment(0xEB, b"JP\0\x01SECRET")
        + segment(0xFE, b"SECRET comment \xff\xd9 with an end in it")
    )
    frame = plain.index(b"\xff\xdb")
    return plain[:frame] + more + plain[frame:] + b"\0\0\0\x18ftypmp42 SECRET video \xff\xd9"


def chunk(name: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png() -> bytes:
    """A PNG with every kind of note, before and after its pixels, and an editor's own chunk."""
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "SECRET author")
    notes.add_text("Comment", "SECRET comment " * 20, zip=True)
    notes.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>SECRET</x:xmpmeta>")
    out = io.BytesIO()
    Image.fromarray(pixels("chelsea", 420, 320)).save(
        out, "PNG", pnginfo=notes, exif=exif(), icc_profile=pictures.srgb_profile(), dpi=(300, 300)
    )
    plain = out.getvalue()
    end = plain.index(b"IEND") - 4
    late = chunk(b"tIME", struct.pack(">H5B", 2026, 11, 25, 12, 0, 0)) + chunk(b"mkBT", b"SECRET layers")
    return plain[:end] + late + chunk(b"tEXt", b"Late\0SECRET") + plain[end:] + b"SECRET behind the end"


FILES = {"jpeg": jpeg, "png": png}


def decoded(data: bytes) -> npt.NDArray[np.uint8]:
    """The samples as OpenCV finds them, turned as EXIF says."""
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert found is not None
    return np.asarray(found, np.uint8)


@pytest.mark.parametrize("kind", FILES)
def test_nothing_but_the_picture_is_sent(kind: str) -> None:
    data = FILES[kind]()
    image = open_image(data, "mine")
    fitted = fit_image(image, KLING)
    assert b"SECRET" in data
    assert not [secret for secret in SECRETS if secret in fitted.data]
    assert fitted.notes == LEFT_OUT
    assert np.array_equal(decoded(fitted.data), decoded(data))
    with Image.open(io.BytesIO(fitted.data)) as seen, Image.open(io.BytesIO(data)) as before:
        assert np.array_equal(np.asarray(seen), np.asarray(before))
        assert not seen.getexif()
        assert seen.info["icc_profile"] == before.info["icc_profile"]
        assert seen.info["dpi"] == before.info["dpi"]
        assert not getattr(seen, "text", {})
    assert image.data == data


def test_the_chunks_that_stay_are_the_pictures() -> None:
    sent = fit_image(open_image(png()), KLING).data
    assert not [name for name in (b"tIME", b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"mkBT") if name in sent]
    assert [name for name in (b"IHDR", b"iCCP", b"pHYs", b"IDAT", b"IEND") if name in sent] == [
        b"IHDR",
        b"iCCP",
        b"pHYs",
        b"IDAT",
        b"IEND",
    ]


def test_a_turned_picture_is_sent_upright_and_bare() -> None:
    image = open_image(jpeg(orientation=6))
    fitted = fit_image(image, KLING)
    assert (fitted.asset.width, fitted.asset.height) == (320, 420)
    assert not [secret for secret in SECRETS if secret in fitted.data]
    assert np.abs(decoded(fitted.data)[:, :, ::-1].astype(int) - decode(image)).mean() < 2


def test_adobes_marker_stays_since_the_colours_hang_on_it() -> None:
    """Without it a JPEG of plain RGB would be taken for YCbCr."""
    out = io.BytesIO()
    Image.fromarray(pixels("coffee", 420, 320)).save(out, "JPEG", quality=95, keep_rgb=True, exif=exif())
    data = out.getvalue()
    if b"Adobe" not in data:
        frame = data.index(b"\xff\xdb")
        data = data[:frame] + segment(0xEE, b"Adobe\0\x64\0\0\0\0\0") + data[frame:]
    fitted = fit_image(open_image(data), KLING)
    assert b"SECRET" not in fitted.data
    assert np.array_equal(decoded(fitted.data), decoded(data))


def test_scans_and_restarts_are_followed_to_the_end() -> None:
    source = np.ascontiguousarray(pixels("rocket", 420, 320)[:, :, ::-1])
    for options in ([cv2.IMWRITE_JPEG_RST_INTERVAL, 3], [cv2.IMWRITE_JPEG_PROGRESSIVE, 1]):
        data = cv2.imencode(".jpg", source, options)[1].tobytes()
        parts = picture_only(data + b"behind", "image/jpeg")
        assert parts is not None
        assert b"".join(parts) == data


def test_what_is_bare_already_goes_byte_for_byte() -> None:
    for kind in ("jpeg", "png"):
        data = pictures.photo("coffee", 420, 320, kind)
        fitted = fit_image(open_image(data), KLING)
        assert fitted.data == data
        assert fitted.notes == ()


def test_notes_do_not_count_against_the_limit() -> None:
    data = jpeg()
    bare = len(fit_image(open_image(data), KLING).data)
    fitted = fit_image(open_image(data), replace(KLING, max_image_bytes=bare))
    assert np.array_equal(decoded(fitted.data), decoded(data))


@settings(max_examples=150)
@given(st.data())
def test_hostile_bytes_keep_their_pixels_or_are_left_alone(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(FILES)))
    raw = bytearray(FILES[kind]())
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(2, min(3000, len(raw) - 1)))] = data.draw(st.integers(0, 255))
    parts = picture_only(bytes(raw), f"image/{kind}")
    if parts is None:
        return
    seen = [
        cv2.imdecode(np.frombuffer(one, np.uint8), cv2.IMREAD_UNCHANGED) for one in (raw, b"".join(parts))
    ]
    if seen[0] is not None:
        assert seen[1] is not None
        assert np.array_equal(seen[0], seen[1])


def with_pictures(data: bytes) -> Shot:
    """A painted shot of this picture, and with it as the end frame."""
    shot = painted_shot(420, 320)
    return replace(shot, image=open_image(data, "mine"), end_frame=open_image(data, "end"))


@pytest.mark.parametrize("kind", FILES)
def test_the_request_is_bare_and_the_shot_keeps_the_original(kind: str) -> None:
    data = FILES[kind]()
    shot = with_pictures(data)
    prepared = prepare(shot, MAGNIFIC, KLING, Settings())
    for asset in prepared.encoded.assets:
        assert not [secret for secret in SECRETS if secret in asset.data]
    assert prepared.shot.image.data == data
    kept = shot_from_bytes(shot_bytes(prepared.shot, indexed_png), read_label_map)
    assert kept.image.data == data
    assert kept.end_frame is not None
    assert kept.end_frame.data == data
