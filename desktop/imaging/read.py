"""Any picture in: upright sRGB pixels, or one sentence on why not."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from desktop.core.errors import PictureError
from desktop.core.shot import SourceImage
from desktop.imaging.colour import Convert, converter
from desktop.imaging.png_bands import bands, suits, whole
from desktop.imaging.probe import Facts, damaged, jpeg_is_whole, opened, png_is_whole, probe
from desktop.imaging.pyramid import blank_levels, halve_rows
from desktop.opencv import cv2

Pixels = npt.NDArray[np.uint8]
"""H x W x 3, uint8, RGB in sRGB, upright."""

Samples = npt.NDArray[Any]
"""H x W or H x W x channels, as they lie in the file."""

_STRIP_PIXELS = 1 << 17
"""Pixels that are converted at a time, so few that all that is made on the way stays in a core's own cache."""

_THREADS = min(4, os.cpu_count() or 1)
_LAID = "Transparent parts were laid over white."
_GREY = {"L", "LA", "I;16"}


@dataclass(frozen=True, slots=True)
class Decoded:
    """A picture's pixels, and one sentence for each thing that was done to them."""

    pixels: Pixels = field(repr=False)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Steps:
    """How decoded samples become RGB in sRGB."""

    rgb: bool
    grey: bool
    convert: Convert | None

    def write(self, samples: Samples, out: Pixels) -> bool:
        """Some rows, written into ``out``, which is contiguous. True when something was transparent."""
        part: Samples = samples
        if part.dtype == np.uint16:
            part = cv2.convertScaleAbs(part, alpha=1 / 257)  # rounded, as Pillow is not; there are no ties
        alpha = cv2.extractChannel(part, 3) if part.ndim == 3 and part.shape[2] == 4 else None
        if alpha is not None and self.grey:
            part = cv2.extractChannel(part, 0)
        order = cv2.COLOR_BGR2RGB if alpha is None else cv2.COLOR_BGRA2RGB
        if self.convert is not None:
            part = part if part.ndim == 2 or self.rgb else cv2.cvtColor(part, order)
            out[:] = np.asarray(self.convert(Image.fromarray(part)))
        elif self.rgb:
            out[:] = part
        else:
            cv2.cvtColor(part, cv2.COLOR_GRAY2RGB if part.ndim == 2 else order, dst=out)
        if alpha is None or int(alpha.min()) == 255:
            return False
        cover = cv2.cvtColor(alpha, cv2.COLOR_GRAY2RGB)
        cv2.multiply(out, cover, dst=out, scale=1 / 255)
        cv2.add(out, cv2.bitwise_not(cover, dst=cover), dst=out)
        return True


@dataclass(frozen=True, slots=True)
class Reading:
    """A picture whose samples are decoded, so that nothing is wrong with it, and are perhaps still to be converted."""

    facts: Facts
    samples: Samples = field(repr=False)
    steps: _Steps | None
    """None where the samples are the pixels already."""
    colours: tuple[str, ...] = ()
    orientation: int = 0
    """EXIF's where something is still to be turned another way than the file says; 0: as it says."""
    levels: tuple[Pixels, ...] = field(repr=False, default=())
    """The picture's others than its pixels, upright, where they came with them."""

    def sketch(self, step: int) -> Pixels:
        """Upright pixels at a ``step``-th of the size, each of them one of the picture's."""
        size = (-(-self.samples.shape[1] // step), -(-self.samples.shape[0] // step))
        return self._pixels(cv2.resize(self.samples, size, interpolation=cv2.INTER_NEAREST))[0]

    def finish(self) -> Decoded:
        """All of the pixels, and what was done to them."""
        pixels, laid = self._pixels(self.samples)
        facts = self.facts
        notes = ["Only the first picture of the file is used."] if facts.several else []
        notes += ["Reduced from 16 to 8 bits per channel."] if facts.bits == 16 else []
        notes += [*self.colours, *([_LAID] if laid else [])]
        notes += ["Turned upright as its EXIF data says."] if facts.orientation != 1 else []
        return Decoded(pixels, tuple(notes))

    def _pixels(self, samples: Samples) -> tuple[Pixels, bool]:
        steps, laid = self.steps, False
        pixels = (
            np.asarray(samples, np.uint8) if steps is None else np.empty((*samples.shape[:2], 3), np.uint8)
        )
        if steps is not None:
            with ThreadPoolExecutor(_THREADS, "pixels") as pool:
                strips = _strips(samples.shape[1], samples.shape[0])
                laid = any([*pool.map(lambda rows: steps.write(samples[rows], pixels[rows]), strips)])
        return upright(pixels, self.orientation or self.facts.orientation), laid


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


def decode_with_notes(image: SourceImage) -> Decoded:
    """The pixels of the whole picture, and what was done to them. Raises PictureError."""
    decoded = read_pixels(image.data, probe(image.data))
    if decoded.pixels.shape[:2] != (image.height, image.width):
        raise damaged(f"{decoded.pixels.shape} instead of {image.height} x {image.width}")
    return decoded


def read_pixels(data: bytes, facts: Facts) -> Decoded:
    """The pixels of a probed file. Raises PictureError when it is damaged or truncated."""
    return begin(data, facts).finish()


def begin(data: bytes, facts: Facts, *, levels: bool = False) -> Reading:
    """Decode a probed file; where that is as soon done, with the ``levels`` of the picture. Raises PictureError when it
    is damaged or truncated."""
    if facts.media_type == "image/jpeg" and not jpeg_is_whole(data):
        raise damaged("the JPEG has no end")
    if facts.format == "PNG" and not png_is_whole(data):
        raise damaged("the PNG has no end")
    try:
        if not _suits_opencv(facts):
            return _by_pillow(data, facts)
        return (_in_bands(data, facts, levels) if suits(data, facts) else None) or _by_opencv(data, facts)
    except PictureError:
        raise
    except MemoryError as error:
        raise PictureError(
            "There is not enough memory to open this picture; export a smaller one."
        ) from error
    except Exception as error:
        raise damaged(repr(error)) from error


def _suits_opencv(facts: Facts) -> bool:
    """Whether OpenCV gives all the samples of such a file: it is faster, and Pillow cuts 16 bits of colour to 8."""
    if facts.media_type == "image/jpeg":
        return facts.mode in {"RGB", "L"}
    if facts.bits == 16 and facts.mode in {"RGB", "RGBA", "LA"}:
        return True
    alpha = facts.mode in {"RGBA", "LA"}
    return (
        facts.format == "PNG"
        and facts.bits >= 8
        and (alpha or facts.mode in {"RGB", *_GREY})
        and alpha == facts.transparent
    )


def _by_opencv(data: bytes, facts: Facts) -> Reading:
    grey = facts.mode in _GREY
    rgb = (
        facts.format != "TIFF" and not grey and not facts.transparent
    )  # OpenCV garbles 16-bit TIFF in this order
    flags = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_ANYDEPTH | cv2.IMREAD_IGNORE_ORIENTATION
    found = cv2.imdecode(np.frombuffer(data, np.uint8), flags if rgb else cv2.IMREAD_UNCHANGED)
    if found is None or found.dtype not in (np.uint8, np.uint16):
        raise damaged("OpenCV cannot decode it")
    convert, note = converter("L" if grey else "RGB", facts.icc)
    steps = _Steps(rgb, grey, convert)
    ready = rgb and found.dtype == np.uint8 and convert is None
    return Reading(facts, np.asarray(found), None if ready else steps, (note,) if note else ())


def _in_bands(data: bytes, facts: Facts, with_levels: bool) -> Reading | None:
    """A large PNG. None when anything is odd about it: `_by_opencv` knows what to make of that."""
    grey = facts.mode in _GREY
    convert, note = converter("L" if grey else "RGB", facts.icc)
    steps, notes = _Steps(rgb=False, grey=grey, convert=convert), ((note,) if note else ())
    try:
        if convert is not None:  # it takes longer than inflating: the picture is shown before
            return Reading(facts, whole(data), steps, notes)
        if not with_levels or facts.orientation != 1:
            levels: tuple[Pixels, ...] = (np.empty((facts.height, facts.width, 3), np.uint8),)
        else:
            levels = blank_levels(facts.width, facts.height)
        laid = False
        for rows, samples in bands(data, 1 << (len(levels) - 1)):
            laid = steps.write(samples, levels[0][rows]) or laid
            halve_rows(levels, rows)
    except ValueError:
        return None
    return Reading(facts, levels[0], None, (*notes, *([_LAID] if laid else [])), levels=levels[1:])


def _by_pillow(data: bytes, facts: Facts) -> Reading:
    image = opened(data)
    if facts.format == "PNG":
        opened(data).verify()  # the checksums, which decoding does not look at
    image.load()
    width, height = image.size
    pixels = np.empty((height, width, 3), np.uint8)
    modes: dict[str, tuple[Convert | None, str]] = {}
    laid, note = False, ""
    for rows in _strips(width, height):
        part = image.crop((0, rows.start, width, rows.stop))
        if part.mode.startswith("I;16"):
            part = Image.fromarray(
                np.asarray(cv2.convertScaleAbs(np.asarray(part, np.uint16), alpha=1 / 257))
            )
        part, alpha = _without_alpha(part)
        if part.mode not in modes:
            modes[part.mode] = converter(part.mode, facts.icc)
        convert, note = modes[part.mode]
        part = part.convert("RGB") if convert is None else convert(part)
        if alpha is not None and alpha.getextrema() != (255, 255):
            white = Image.new("RGB", part.size, "white")
            white.paste(part, mask=alpha)
            part, laid = white, True
        pixels[rows] = np.asarray(part)
    notes = ((note,) if note else ()) + ((_LAID,) if laid else ())
    upright_already = facts.format == "TIFF"  # Pillow turns these by itself
    return Reading(facts, pixels, None, notes, 1 if upright_already else facts.orientation)


def _strips(width: int, height: int) -> list[slice]:
    """The rows of a picture, some at a time."""
    rows = max(1, _STRIP_PIXELS // width)
    return [slice(top, min(top + rows, height)) for top in range(0, height, rows)]


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
