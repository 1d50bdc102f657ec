"""Reading the pictures and masks of a request with Pillow, which is loaded at the first one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from PIL import Image

    Mask = npt.NDArray[np.bool_]

_FORMATS = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png"}
_SMALLEST_SIDE = 300
_PIXEL_LIMIT = 170_000_000


class UnreadablePicture(ValueError):
    """The file is no whole JPEG or PNG."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What is known of a readable picture; sides in pixels as stored (no EXIF rotation)."""

    content_type: str
    width: int
    height: int


def load(path: Path) -> Image.Image:
    """The decoded picture. Raises UnreadablePicture."""
    from PIL import Image

    try:
        with Image.open(path) as image:
            if image.format not in _FORMATS:
                raise UnreadablePicture(f"{image.format} is neither JPEG nor PNG.")
            if image.width * image.height > _PIXEL_LIMIT:
                raise UnreadablePicture("The picture has too many pixels.")
            image.load()
            return image
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise UnreadablePicture(str(error)) from error


def inspect(path: Path) -> Picture:
    """Decode all of it and say what it is. Raises UnreadablePicture."""
    image = load(path)
    return Picture(_FORMATS[image.format or ""], image.width, image.height)


def size_fault(picture: Picture) -> str | None:
    """Why the picture cannot be the source of a video, or None if it can."""
    width, height = picture.width, picture.height
    if min(width, height) < _SMALLEST_SIDE:
        return f"{width}x{height} is smaller than {_SMALLEST_SIDE} pixels on a side"
    if 2 * max(width, height) > 5 * min(width, height):
        return f"the aspect ratio of {width}x{height} is not within 1:2.5 and 2.5:1"
    return None


def load_mask(path: Path, polarity: str) -> Mask:
    """The painted pixels of a mask, True where its grey is on the painted side of 128.

    ``polarity``: ``white`` or ``black`` is painted. Raises UnreadablePicture.
    """
    import numpy as np

    image = load(path)
    if image.mode.startswith("I"):
        grey = np.asarray(image, dtype=np.int64) >> 8
    else:
        grey = np.asarray(image.convert("L"), dtype=np.int64)
    bright: Mask = grey >= 128
    return bright if polarity == "white" else ~bright


def same_aspect(mask: Mask, width: int, height: int) -> bool:
    """Whether the mask has the aspect of the picture, up to the rounding of one side to whole pixels."""
    rows, columns = mask.shape
    difference: int = abs(columns * height - rows * width)
    return difference < min(width, height)
