"""Masks as PNG: out for the service and for shot files, in from any paint program."""

from __future__ import annotations

import io
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from desktop.core.areas import STATIC_LABEL
from desktop.core.conventions import Conventions
from desktop.core.errors import MaskError, PictureError
from desktop.core.geometry import whole
from desktop.core.label_map import LabelMap, resized
from desktop.core.request import EncodedAsset, encoded_asset
from desktop.imaging.probe import opened

Mask = npt.NDArray[np.bool_]
"""H x W, bool: True is painted."""

Source = Literal["auto", "luminance", "alpha"]

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


def read_mask(
    data: bytes, width: int, height: int, *, source: Source = "auto", threshold: int = THRESHOLD
) -> Mask:
    """A mask from a picture file, for a picture of ``width`` x ``height`` upright pixels: H x W, bool.

    ``luminance`` paints where the picture is at least ``threshold`` bright (0 to 255), ``alpha`` where it is
    at least that opaque; ``auto`` takes the alpha channel when it tells anything. Other resolutions of the
    same aspect are scaled by nearest neighbour. Raises MaskError when the file cannot be read or its aspect
    differs.
    """
    try:
        image = opened(data)
        image.load()
        values = mask_values(ImageOps.exif_transpose(image), source)
    except PictureError as error:
        raise MaskError(str(error), error.details) from error
    except MaskError:
        raise
    except Exception as error:
        raise MaskError("This mask is damaged; save it again as PNG.", repr(error)) from error
    found_height, found_width = values.shape
    if not same_aspect(found_width, found_height, width, height):
        raise MaskError(
            f"The mask has {found_width} × {found_height} pixels, which is another aspect than the picture's "
            f"{width} × {height}; save it in the picture's size."
        )
    painted = (values >= threshold).astype(np.uint8)
    mask: Mask = resized(painted, whole(found_width, found_height), width, height) != 0
    return mask


def mask_values(image: Image.Image, source: Source) -> npt.NDArray[np.uint8]:
    """The channel that says what is painted, 0 to 255."""
    if image.mode.startswith("I;16") or image.mode == "I":
        if source == "alpha":
            raise _no_alpha()
        return (np.asarray(image).astype(np.uint32).clip(0, 65535) >> 8).astype(np.uint8)
    if "A" in image.mode or "a" in image.mode or "transparency" in image.info:
        alpha = image.convert("RGBA").getchannel("A")
        low, high = alpha.getextrema()
        if source == "alpha" or (source == "auto" and low != high):
            return np.asarray(alpha)
    elif source == "alpha":
        raise _no_alpha()
    rich = image if image.mode in {"L", "1"} else image.convert("RGB")
    return np.asarray(rich.convert("L"))


def _no_alpha() -> MaskError:
    return MaskError("This mask has no transparency; read its brightness instead.")


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
