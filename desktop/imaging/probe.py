"""What a picture file is, from its first bytes: nothing is decoded here."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from PIL import ExifTags, Image, TiffImagePlugin, UnidentifiedImageError

from desktop.core.errors import PictureError

MAX_PIXELS: Final = 200_000_000
"""Pictures with more pixels are refused before they are decoded."""

MAX_FILE_BYTES: Final = 300_000_000
"""Larger files are refused."""

FORMATS: Final = ("JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP", "AVIF", "JPEG2000", "PPM")

Image.MAX_IMAGE_PIXELS = MAX_PIXELS

_MEDIA_TYPES = {"MPO": "image/jpeg", "PPM": "image/x-portable-anymap"}
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_DNG_VERSION, _NEW_SUBFILE_TYPE, _BITS_PER_SAMPLE = 50706, 254, 258
_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_CHUNK_HEAD = struct.Struct(">I4s")
START_OF_SCAN, END_OF_IMAGE = 0xDA, b"\xff\xd9"

Chunk = tuple[bytes, int, int]
"""A chunk of a PNG: its name, and where what it holds starts and ends."""


@dataclass(frozen=True, slots=True)
class Facts:
    """A picture file by its header.

    ``width`` and ``height`` are as stored, before the orientation is applied.
    ``mode`` is Pillow's, ``bits`` are per channel, ``orientation`` is EXIF's 1 to 8.
    """

    format: str
    media_type: str
    mode: str
    bits: int
    width: int
    height: int
    orientation: int
    several: bool
    transparent: bool
    lossless: bool
    baseline: bool
    icc: bytes = field(repr=False)

    @property
    def upright_size(self) -> tuple[int, int]:
        """(width, height) after the orientation is applied."""
        return (self.height, self.width) if self.orientation >= 5 else (self.width, self.height)


def opened(data: bytes) -> Image.Image:
    """The picture behind its header, lazily. Raises PictureError for anything that is no picture we read."""
    if not data:
        raise PictureError("This file is empty; choose a JPEG or PNG picture.")
    if len(data) > MAX_FILE_BYTES:
        raise PictureError(
            f"This file has {len(data) / 1e6:,.0f} MB and no more than {MAX_FILE_BYTES / 1e6:.0f} MB can be "
            "opened; export a smaller one."
        )
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise too_many_pixels(str(error)) from error
    except UnidentifiedImageError as error:
        raise PictureError(_foreign(data), repr(error)) from error
    except Exception as error:
        raise damaged(repr(error)) from error
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise too_many_pixels(f"{width} x {height}")
    return image


def probe(data: bytes) -> Facts:
    """Read the header. Raises PictureError when the file is foreign, damaged or too large."""
    image = opened(data)
    try:
        return _facts(image, data)
    except PictureError:
        raise
    except Exception as error:
        raise damaged(repr(error)) from error


def _facts(image: Image.Image, data: bytes) -> Facts:
    kind = image.format or ""
    bits = 16 if image.mode.startswith("I;16") else 8
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        tags = image.tag_v2
        if _DNG_VERSION in tags or tags.get(_NEW_SUBFILE_TYPE, 0) == 1 or data[8:10] == b"CR":
            raise PictureError(
                "This is a camera's raw file; develop it and export a JPEG or PNG of the picture."
            )
        bits = max(tags.get(_BITS_PER_SAMPLE, (1,)))
    elif kind == "PNG":
        bits = data[24]
    if image.mode in {"I", "F"}:
        raise PictureError(
            "This picture has 32 bits per channel; export it with 8 or 16 bits per channel as PNG or TIFF."
        )
    if kind == "PNG":
        # Pillow would decode all of the picture to look for what may follow the pixels.
        image.info.setdefault(
            "exif", next((data[a:b] for name, a, b in png_chunks(data) if name == b"eXIf"), b"")
        )
    orientation = Image.Image.getexif(image).get(ExifTags.Base.Orientation, 1)
    valid = isinstance(orientation, int) and 1 <= orientation <= 8
    width, height = image.size
    if isinstance(image, TiffImagePlugin.TiffImageFile) and valid and orientation >= 5:
        width, height = height, width  # Pillow already gives the upright size of a TIFF
    icc = image.info.get("icc_profile")
    return Facts(
        format=kind,
        media_type=_MEDIA_TYPES.get(kind) or Image.MIME[kind],
        mode=image.mode,
        bits=bits,
        width=width,
        height=height,
        orientation=orientation if valid else 1,
        several=kind != "MPO" and bool(getattr(image, "is_animated", False)),
        transparent="A" in image.mode or "a" in image.mode or "transparency" in image.info,
        lossless=kind in {"PNG", "BMP", "GIF", "TIFF", "PPM"} or (kind == "WEBP" and data[12:16] == b"VP8L"),
        baseline=kind == "JPEG" and jpeg_is_baseline(data),
        icc=icc if isinstance(icc, bytes) else b"",
    )


def jpeg_is_whole(data: bytes) -> bool:
    """Whether a JPEG's end marker follows its first scan. Coded data never contains the marker itself."""
    return data.rfind(END_OF_IMAGE, _jpeg_scan(data)[1]) >= 0


def jpeg_is_baseline(data: bytes) -> bool:
    """Whether a JPEG is coded from top to bottom in one go, not progressively."""
    return _jpeg_scan(data)[0] in {0xC0, 0xC1}


def png_is_whole(data: bytes) -> bool:
    """Whether the chunks of a PNG lead to its end."""
    return any(name == b"IEND" for name, _, _ in png_chunks(data))


def png_chunks(data: bytes) -> Iterator[Chunk]:
    """Each whole chunk. A large file has many thousands of them."""
    at, last = 8, len(data) - 4
    while at + 8 <= last:
        size, name = _CHUNK_HEAD.unpack_from(data, at)
        end = at + 8 + size
        if end > last:
            return
        yield name, at + 8, end
        at = end + 4


def _jpeg_scan(data: bytes) -> tuple[int, int]:
    """(marker of the frame header, offset of the first scan); (0, length) when the file ends before."""
    at, frame = 2, 0
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            break
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker in _FRAME_HEADERS:
            frame = marker
        if marker == START_OF_SCAN:
            return frame, at
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return frame, len(data)


def damaged(details: str) -> PictureError:
    """The error for a file that begins like a picture and does not go on like one."""
    return PictureError("This picture is damaged or incomplete; get the file again from its source.", details)


def too_many_pixels(details: str) -> PictureError:
    """The error for a picture that would need too much memory."""
    return PictureError(
        f"This picture has more than {MAX_PIXELS // 1_000_000} megapixels; export a smaller one.", details
    )


def _foreign(data: bytes) -> str:
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        return "HEIC pictures cannot be read here; export it as JPEG or PNG."
    if data[4:8] == b"ftyp" or data[:4] == b"\x1aE\xdf\xa3":
        return "This is a video or an unknown kind of picture; choose a JPEG or PNG picture."
    if data[:5] == b"%PDF-" or data.lstrip()[:5] in {b"<svg ", b"<?xml"}:
        return "This is a drawing or a document, not a photograph; export it as JPEG or PNG."
    return "This file is not a picture that can be read, or its beginning is damaged; choose a JPEG or PNG."
