"""What is behind a moving area: the picture with its areas filled from their surroundings."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

_LONG_SIDE = 640  # the fill is smooth, so it is computed small
_GROW = 4  # pixels: nothing of the area's own edge may stay behind


def plate(picture: Image.Image, hole: Bytes) -> Image.Image:
    """The RGB ``picture`` with the ``hole`` (H x W, above 0 is hole) filled, edges blended."""
    spread = Image.fromarray(hole).filter(ImageFilter.BoxBlur(_GROW)).point([0] + [255] * 255)
    scale = min(1.0, _LONG_SIDE / max(picture.size))
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    colours = np.asarray(picture.resize(size, Image.Resampling.BOX), dtype=np.float32)
    known = np.asarray(spread.resize(size, Image.Resampling.BOX)) == 0
    if not known.any():
        return picture.copy()
    filled = _push_pull(colours, known.astype(np.float32))
    small = Image.fromarray(np.clip(filled + 0.5, 0, 255).astype(np.uint8))
    behind = small.resize(picture.size, Image.Resampling.BICUBIC)
    return Image.composite(behind, picture, spread.filter(ImageFilter.BoxBlur(1)))


def _push_pull(colours: Floats, known: Floats) -> Floats:
    """Colours (H x W x 3) where ``known`` (H x W, 0 to 1) is 0 taken from coarser and coarser means."""
    height, width = known.shape
    if height == 1 and width == 1:
        return colours
    even = ((0, height % 2), (0, width % 2))
    weights = np.pad(known, even)
    weighted = np.pad(colours * known[:, :, None], (*even, (0, 0)))
    total = _quads(weights)
    means: Floats = (_quads(weighted) / np.maximum(total, np.float32(1e-6))[:, :, None]).astype(np.float32)
    coarse = _push_pull(means, np.minimum(total, np.float32(1)))
    smooth = _doubled(coarse)[:height, :width]
    part = known[:, :, None]
    result: Floats = colours * part + smooth * (1 - part)
    return result


def _quads(plane: Floats) -> Floats:
    """Sums over blocks of two by two."""
    rows = plane[::2] + plane[1::2]
    result: Floats = rows[:, ::2] + rows[:, 1::2]
    return result


def _doubled(plane: Floats) -> Floats:
    """Twice the size, bilinear between the centres of the small pixels."""
    for axis in (0, 1):
        lines = np.moveaxis(plane, axis, 0)
        before = np.concatenate([lines[:1], lines[:-1]])
        after = np.concatenate([lines[1:], lines[-1:]])
        doubled = np.stack([0.75 * lines + 0.25 * before, 0.75 * lines + 0.25 * after], axis=1)
        plane = np.moveaxis(doubled.reshape(-1, *lines.shape[1:]), 0, axis).astype(np.float32)
    return plane
