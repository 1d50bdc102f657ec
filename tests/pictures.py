"""Real photographs for tests, in any size and any kind of file. Sources: tests/data/photos/SOURCES.md."""

from __future__ import annotations

import io
import struct
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

from desktop.opencv import cv2

PHOTOS = Path(__file__).parent / "data" / "photos"
NAMES = ("astronaut", "chelsea", "coffee", "rocket")

Kind = Literal[
    "jpeg",
    "progressive",
    "grey-jpeg",
    "cmyk",
    "cmyk-icc",
    "p3",
    "p3-png",
    "png",
    "png16",
    "grey16",
    "alpha",
    "palette",
    "grey-png",
    "tiff",
    "tiff16",
    "webp",
    "gif",
    "bmp",
]

_TURNED_BACK = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def pixels(name: str, width: int, height: int, grain: int = 3) -> npt.NDArray[np.uint8]:
    """A photograph that fills ``width`` x ``height`` (H x W x 3, RGB), with light grain so that it is no blur."""
    with Image.open(PHOTOS / f"{name}.jpg") as image:
        source = np.asarray(image.convert("RGB"))
    rows, columns = source.shape[:2]
    scale = max(width / columns, height / rows)
    part_width, part_height = min(columns, round(width / scale)), min(rows, round(height / scale))
    left, top = (columns - part_width) // 2, (rows - part_height) // 2
    part = np.ascontiguousarray(source[top : top + part_height, left : left + part_width])
    shrinks = scale < 1
    how = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    out = np.asarray(cv2.resize(part, (width, height), interpolation=how), np.uint8)
    if grain == 0:
        return out
    tile = np.random.default_rng(1).integers(0, 2 * grain + 1, (509, 521, 3), np.uint8)
    for y in range(0, height, 509):
        for x in range(0, width, 521):
            spot = out[y : y + 509, x : x + 521]
            noise = tile[: spot.shape[0], : spot.shape[1]]
            spot[:] = cv2.subtract(cv2.add(spot, noise), np.full_like(spot, grain))
    return out


@lru_cache(maxsize=16)
def photo(name: str, width: int, height: int, kind: Kind = "jpeg", quality: int = 92) -> bytes:
    """A photograph of that size as a file of that kind."""
    return encode(pixels(name, width, height), kind, quality)


def turned(name: str, width: int, height: int, orientation: int, form: str = "JPEG") -> bytes:
    """A photograph that is ``width`` x ``height`` when upright, stored under an EXIF orientation of 1 to 8."""
    image = Image.fromarray(pixels(name, width, height))
    if orientation in _TURNED_BACK:
        image = image.transpose(_TURNED_BACK[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    return _saved(image, form, exif=exif.tobytes(), **({"quality": 95} if form == "JPEG" else {}))


def encode(rgb: npt.NDArray[np.uint8], kind: Kind, quality: int = 92) -> bytes:
    """Pixels (H x W x 3, RGB) as a file of that kind."""
    image = Image.fromarray(rgb)
    match kind:
        case "jpeg":
            return _saved(image, "JPEG", quality=quality)
        case "progressive":
            return _saved(image, "JPEG", quality=quality, progressive=True)
        case "grey-jpeg":
            return _saved(image.convert("L"), "JPEG", quality=quality)
        case "cmyk":
            return _saved(image.convert("CMYK"), "JPEG", quality=quality)
        case "cmyk-icc":
            return _saved(image.convert("CMYK"), "JPEG", quality=quality, icc_profile=cmyk_profile())
        case "p3":
            return _saved(image, "JPEG", quality=quality, icc_profile=display_p3_profile())
        case "p3-png":
            return _saved(image, "PNG", compress_level=1, icc_profile=display_p3_profile())
        case "png":
            return _saved(image, "PNG", compress_level=1)
        case "grey-png":
            return _saved(image.convert("L"), "PNG")
        case "alpha":
            image.putalpha(_vignette(image.width, image.height))
            return _saved(image, "PNG")
        case "palette":
            return _saved(image.quantize(64), "PNG")
        case "png16":
            return _by_opencv(".png", deep(rgb)[:, :, ::-1])
        case "grey16":
            return _by_opencv(".png", deep(rgb)[:, :, 1])
        case "tiff16":
            return _by_opencv(".tiff", deep(rgb)[:, :, ::-1])
        case "tiff":
            return _saved(image, "TIFF", compression="tiff_lzw")
        case "webp":
            return _saved(image, "WEBP", quality=quality)
        case "gif":
            return _saved(image.quantize(128), "GIF")
        case "bmp":
            return _saved(image, "BMP")


def deep(rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint16]:
    """Pixels with 16 bits a channel whose lower bytes matter: they round up to the next level everywhere."""
    return (rgb.astype(np.uint32) * 257 + np.where(rgb < 255, 200, 0)).astype(np.uint16)


def tiff(array: npt.NDArray[np.generic]) -> bytes:
    """What numpy's friends write, napari among them: the array's own type, one strip, zlib."""
    kinds = {"u": 1, "i": 2, "f": 3}
    pixels = zlib.compress(array.tobytes())
    height, width = array.shape
    tags = [
        (256, 4, width),
        (257, 4, height),
        (258, 3, array.dtype.itemsize * 8),
        (259, 3, 8),
        (262, 3, 1),
        (273, 4, 8),
        (277, 3, 1),
        (278, 4, height),
        (279, 4, len(pixels)),
        (339, 3, kinds[array.dtype.kind]),
    ]
    pixels += b"\0" * (len(pixels) % 2)
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    return (
        struct.pack("<4sI", b"II*\0", 8 + len(pixels)) + pixels + struct.pack("<H", 10) + entries + bytes(4)
    )


def _vignette(width: int, height: int) -> Image.Image:
    """Opaque in the middle, transparent in the corners."""
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    return Image.fromarray(np.clip(400 - 300 * (x * x + y * y), 0, 255).astype(np.uint8))


def _saved(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def _by_opencv(suffix: str, samples: npt.NDArray[np.uint16]) -> bytes:
    done, data = cv2.imencode(suffix, np.ascontiguousarray(samples))
    assert done
    return data.tobytes()


def srgb_profile() -> bytes:
    """littleCMS's own sRGB profile."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def display_p3_profile() -> bytes:
    """A Display P3 profile (ICC 2.4, matrix and curve): P3's primaries adapted to D50, sRGB's curve."""
    levels = np.linspace(0.0, 1.0, 1024)
    linear = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    curve = b"curv\0\0\0\0" + struct.pack(">I", 1024) + np.round(linear * 65535).astype(">u2").tobytes()
    primaries = {
        b"rXYZ": (0.51512, 0.24120, -0.00105),
        b"gXYZ": (0.29198, 0.69225, 0.04189),
        b"bXYZ": (0.15710, 0.06657, 0.78407),
    }
    tags = {
        b"desc": _description("Display P3"),
        b"wtpt": _xyz(0.9642, 1.0, 0.8249),
        **{tag: _xyz(*values) for tag, values in primaries.items()},
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    return _profile(b"mntr", b"RGB ", b"XYZ ", tags)


def cmyk_profile() -> bytes:
    """A coarse CMYK profile (ICC 2.4, one 2 x 2 x 2 x 2 table to Lab) whose black ink is a dark blue."""
    inks = np.array([[0.0, 0.6, 0.9], [0.9, 0.1, 0.5], [1.0, 0.9, 0.0], [0.05, 0.05, 0.25]])
    table = bytearray()
    for index in range(16):
        rgb = np.ones(3)
        for ink in range(4):
            if index >> (3 - ink) & 1:
                rgb = rgb * inks[ink]
        table += bytes(np.round(_lab8(rgb)).astype(np.uint8))
    ramp = bytes(range(256))
    identity = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    lut = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + identity + ramp * 4 + bytes(table) + ramp * 3
    tags = {b"desc": _description("Test inks"), b"wtpt": _xyz(0.9642, 1.0, 0.8249), b"A2B0": lut}
    return _profile(b"prtr", b"CMYK", b"Lab ", tags)


def _lab8(rgb: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Linear RGB as ICC's 8-bit Lab."""
    matrix = np.array([[0.4361, 0.3851, 0.1431], [0.2225, 0.7169, 0.0606], [0.0139, 0.0971, 0.7141]])
    x, y, z = (np.cbrt(v) for v in matrix @ rgb / np.array([0.9642, 1.0, 0.8249]))
    lab = np.array([(116 * y - 16) * 2.55, 500 * (x - y) + 128, 200 * (y - z) + 128])
    clipped: npt.NDArray[np.float64] = np.clip(lab, 0, 255)
    return clipped


def _xyz(*values: float) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(v * 65536) for v in values))


def _description(text: str) -> bytes:
    raw = text.encode("ascii") + b"\0"
    return b"desc\0\0\0\0" + struct.pack(">I", len(raw)) + raw + bytes(78)


def _profile(kind: bytes, space: bytes, connection: bytes, tags: dict[bytes, bytes]) -> bytes:
    offset = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for tag, data in tags.items():
        padded = data + bytes(-len(data) % 4)
        table += tag + struct.pack(">II", offset + len(body), len(data))
        body += padded
    head = bytearray(128)
    head[0:4] = struct.pack(">I", offset + len(body))
    head[8:12] = bytes([2, 0x40, 0, 0])
    head[12:24] = kind + space + connection
    head[36:40] = b"acsp"
    head[68:80] = struct.pack(">3i", round(0.9642 * 65536), 65536, round(0.8249 * 65536))
    return bytes(head) + table + body
