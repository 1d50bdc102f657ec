"""Any picture in: upright sRGB pixels, or one sentence on why not."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from PIL import Image

from desktop.core.errors import PictureError
from desktop.core.shot import SourceImage
from desktop.imaging.colour import is_srgb, to_srgb
from desktop.imaging.probe import Facts, damaged, jpeg_is_whole, opened, probe
from desktop.opencv import cv2

Pixels = npt.NDArray[np.uint8]
"""H x W x 3, uint8, RGB in sRGB, upright."""


_PNG_END = b"IEND\xae\x42\x60\x82"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A picture's pixels, and one sentence for each thing that was done to them."""

    pixels: Pixels = field(repr=False)
    notes: tuple[str, ...] = ()


def open_image(data: bytes, name: str = "", url: str = "") -> SourceImage:
    """The picture in these bytes, decoded once to be sure that it is whole.

    Formats are told by content: JPEG, PNG, WebP, TIFF, GIF, BMP, AVIF, JPEG 2000 and PNM. Raises PictureError
    for files that are foreign, damaged, truncated or too large.
    """
    return load(data, name, url)[0]


def load(data: bytes, name: str = "", url: str = "") -> tuple[SourceImage, Decoded]:
    """`open_image` together with the pixels it had to decode anyway. Raises PictureError like it."""
    facts = probe(data)
    decoded = read_pixels(data, facts)
    height, width = decoded.pixels.shape[:2]
    return SourceImage(data, facts.media_type, width, height, name, url), decoded


def decode(image: SourceImage) -> Pixels:
    """The pixels of the whole picture (H x W x 3, RGB, uint8, upright, sRGB). Raises PictureError."""
    return decode_with_notes(image).pixels


def decode_frame(image: SourceImage) -> Pixels:
    """The pixels of the part that is used (`SourceImage.frame`). Raises PictureError."""
    return decode(image)[image.frame.slices]


def decode_with_notes(image: SourceImage) -> Decoded:
    """The pixels of the whole picture, and what was done to them. Raises PictureError."""
    decoded = read_pixels(image.data, probe(image.data))
    if decoded.pixels.shape[:2] != (image.height, image.width):
        raise damaged(f"{decoded.pixels.shape} instead of {image.height} x {image.width}")
    return decoded


def read_pixels(data: bytes, facts: Facts) -> Decoded:
    """The pixels of a probed file. Raises PictureError when it is damaged or truncated."""
    if facts.media_type == "image/jpeg" and not jpeg_is_whole(data):
        raise damaged("the JPEG has no end")
    if facts.format == "PNG" and _PNG_END not in data:
        raise damaged("the PNG has no end")
    try:
        return _read(data, facts)
    except PictureError:
        raise
    except MemoryError as error:
        raise PictureError(
            "There is not enough memory to open this picture; export a smaller one."
        ) from error
    except Exception as error:
        raise damaged(repr(error)) from error


def _read(data: bytes, facts: Facts) -> Decoded:
    notes = ["Only the first picture of the file is used."] if facts.several else []
    orientation = facts.orientation
    if facts.media_type == "image/jpeg" and facts.mode == "RGB" and is_srgb(facts.icc):
        pixels = _by_opencv(data, cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION)
    else:
        image = opened(data)
        if facts.format == "PNG":
            opened(data).verify()  # the checksums, which decoding does not look at
        image.load()
        if facts.bits == 16 and facts.mode in {"RGB", "RGBA", "LA"}:
            image = _from_16_bits(data)
        elif facts.mode.startswith("I;16"):
            image = Image.fromarray(_to_8_bits(np.asarray(image, np.uint16)))
        elif facts.format == "TIFF":
            orientation = 1  # Pillow turns TIFF files by itself
        if facts.bits == 16:
            notes.append("Reduced from 16 to 8 bits per channel.")
        image, alpha = _without_alpha(image)
        image, note = to_srgb(image, facts.icc)
        if note:
            notes.append(note)
        if alpha is not None and alpha.getextrema() != (255, 255):
            white = Image.new("RGB", image.size, "white")
            white.paste(image, mask=alpha)
            image = white
            notes.append("Transparent parts were laid over white.")
        pixels = np.asarray(image)
    if facts.orientation != 1:
        notes.append("Turned upright as its EXIF data says.")
    return Decoded(upright(pixels, orientation), tuple(notes))


def _by_opencv(data: bytes, flags: int) -> Pixels:
    found = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    if found is None:
        raise damaged("OpenCV cannot decode it")
    return np.asarray(found, np.uint8)


def _from_16_bits(data: bytes) -> Image.Image:
    """A 16-bit colour picture, rounded to 8 bits: Pillow would cut the lower byte off."""
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED | cv2.IMREAD_IGNORE_ORIENTATION)
    if found is None or found.dtype != np.uint16:
        raise damaged("OpenCV cannot decode its 16-bit samples")
    low = _to_8_bits(np.asarray(found, np.uint16))
    if low.ndim == 2:
        return Image.fromarray(low)
    if low.shape[2] == 4:
        return Image.fromarray(cv2.cvtColor(low, cv2.COLOR_BGRA2RGBA))
    return Image.fromarray(cv2.cvtColor(low, cv2.COLOR_BGR2RGB))


def _to_8_bits(samples: npt.NDArray[np.uint16]) -> npt.NDArray[np.uint8]:
    table = ((np.arange(65536, dtype=np.uint32) + 128) // 257).astype(np.uint8)
    rounded: npt.NDArray[np.uint8] = table[samples]
    return rounded


def _without_alpha(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """The colours in mode RGB, L or CMYK, and the alpha channel when there is one."""
    if image.mode in {"RGB", "L", "CMYK"} and "transparency" not in image.info:
        return image, None
    if "A" in image.mode or "a" in image.mode or "transparency" in image.info:
        grey = image.mode in {"LA", "L", "La"}
        image = image.convert("LA" if grey and image.mode == "La" else image.mode)
        rich = image.convert("RGBA")
        return (rich.convert("RGB").convert("L") if grey else rich.convert("RGB")), rich.getchannel("A")
    return image.convert("L" if image.mode == "1" else "RGB"), None


def upright(pixels: Pixels, orientation: int) -> Pixels:
    """The pixels turned and mirrored as an EXIF orientation of 1 to 8 says."""
    if orientation in {5, 6, 7, 8}:
        pixels = np.asarray(cv2.transpose(pixels), np.uint8)
    flips = {2: 1, 3: -1, 4: 0, 6: 1, 7: -1, 8: 0}
    if orientation in flips:
        pixels = np.asarray(cv2.flip(pixels, flips[orientation]), np.uint8)
    return pixels
