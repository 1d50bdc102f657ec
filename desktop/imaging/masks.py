"""Masks as PNG: out for the service, out and in for shot files."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from PIL import Image

from desktop.core.areas import STATIC_LABEL
from desktop.core.conventions import Conventions
from desktop.core.errors import MaskError, PictureError
from desktop.core.label_map import LabelMap
from desktop.core.request import EncodedAsset, encoded_asset
from desktop.imaging.probe import opened

Mask = npt.NDArray[np.bool_]
"""H x W, bool: True is painted."""

THRESHOLD = 128
"""Grey values from here on are painted."""

_PNG_LEVEL = 6
PALETTE = bytes.fromhex("000000E69F0056B4E9009E73F0E442CC79A7D55E00FFFFFF")
"""Okabe and Ito's colours for areas 1 to 6, white for the static area: to look at; the indices are the data."""


def sent_mask(mask: Mask, conventions: Conventions) -> EncodedAsset:
    """A mask of the sent picture's size as the service reads it: an opaque 8-bit greyscale PNG of only 0 and 255.

    Which of the two values is painted is the conventions' word.
    """
    painted = mask if conventions.painted == "white" else ~mask
    return encoded_asset(mask_png(painted), "image/png", mask.shape[1], mask.shape[0])


def mask_png(mask: Mask) -> bytes:
    """A mask as 8-bit greyscale PNG: 255 where True, else 0."""
    return _png(Image.fromarray(np.multiply(mask, 255, dtype=np.uint8)))


def luminance(image: Image.Image) -> npt.NDArray[np.uint8]:
    """The brightness of a picture of 8 bits, 0 to 255."""
    rich = image if image.mode in {"L", "1"} else image.convert("RGB")
    return np.asarray(rich.convert("L"))


def same_aspect(width: int, height: int, picture_width: int, picture_height: int) -> bool:
    """Whether one size is the other one scaled, give or take the rounding of a side to whole pixels."""
    return (
        abs(picture_height * width - height * picture_width) < picture_width
        or abs(picture_width * height - width * picture_height) < picture_height
    )


def indexed_png(label_map: LabelMap) -> bytes:
    """A label map as lossless indexed PNG for shot files: the palette index of a pixel is its label."""
    image = Image.fromarray(label_map)
    image.putpalette(PALETTE)
    return _png(image)


def read_label_map(data: bytes, width: int, height: int) -> LabelMap:
    """`indexed_png` read back: H x W, uint8, writable. Raises MaskError for anything else."""
    try:
        image = opened(data)
        usual = image.format == "PNG" and image.mode == "P" and image.size == (width, height)
        labels = np.array(image, np.uint8) if usual else None
    except PictureError as error:
        raise MaskError("The painted areas are damaged and cannot be read.", error.details) from error
    except Exception as error:
        raise MaskError("The painted areas are damaged and cannot be read.", repr(error)) from error
    if labels is None:
        raise MaskError(
            "The painted areas do not belong to this picture.",
            f"{image.format} {image.mode} {image.size} instead of PNG P {(width, height)}",
        )
    if int(labels.max()) > STATIC_LABEL:
        raise MaskError("The painted areas are damaged and cannot be read.", f"label {int(labels.max())}")
    return labels


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=_PNG_LEVEL)
    return out.getvalue()
