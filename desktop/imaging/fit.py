"""A picture as the bytes that are sent: the original ones where they will do."""

from __future__ import annotations

import math

import numpy as np

from desktop.core.conventions import Conventions
from desktop.core.errors import PictureError
from desktop.core.fitting import aspect_allowed, enlarged_size, scaled_size, side_allowed
from desktop.core.geometry import Box, aspect_text, whole
from desktop.core.request import EncodedAsset, encoded_asset
from desktop.core.shot import SourceImage
from desktop.imaging.colour import is_srgb
from desktop.imaging.metadata import picture_only
from desktop.imaging.probe import Facts, probe
from desktop.imaging.read import Pixels, decode_with_notes
from desktop.opencv import cv2

BEST_QUALITY, GOOD_QUALITY, LEAST_QUALITY = 95, 92, 88
"""JPEG qualities at full size; a picture that is still too large at the least one is scaled down instead."""

_ROUGH_QUALITIES = (80, 65, 50, 35)
"""Tried only where the picture may not get any smaller."""

_TRIES = 5
_AIM, _ENOUGH = 0.93, 0.75
"""Shares of the byte limit: what scaling aims at, and what is near enough to stop."""

_LEFT_OUT = "What the file says beside the picture (camera, time, place) was left out."

_SAMPLE_BANDS, _SAMPLE_ROWS = 8, 32


def fit_image(image: SourceImage, limits: Conventions) -> EncodedAsset:
    """The bytes to send for a picture, within ``limits``.

    A plain JPEG or PNG that is upright, uncropped, sRGB, opaque and within the limits goes as it is, but for what
    the file says beside the picture (camera, time, place), which stays here. Anything else is cropped to its frame,
    converted, enlarged where that is allowed and needed, and saved as PNG (lossless sources) or JPEG, scaled down
    only when the qualities 95 to 88 are too large. ``notes`` says what was done. Raises PictureError for pictures
    that cannot be read or break a limit on sides or aspect.
    """
    frame = image.frame
    _check(image, frame, limits)
    facts = probe(image.data)
    if _goes_as_it_is(facts, image, limits):
        parts = picture_only(image.data, facts.media_type)
        if parts is not None and sum(map(len, parts)) <= limits.max_image_bytes:
            bare = b"".join(parts)
            left_out = (_LEFT_OUT,) if len(bare) < len(image.data) else ()
            return encoded_asset(bare, facts.media_type, image.width, image.height, left_out)
    decoded = decode_with_notes(image)
    pixels, notes = decoded.pixels, list(decoded.notes)
    if frame != whole(image.width, image.height):
        pixels = np.ascontiguousarray(pixels[frame.slices])
        notes.append(f"Cropped to {_size(frame.width, frame.height)} pixels.")
    if not side_allowed(frame.width, frame.height, limits.min_side):
        size = enlarged_size(frame.width, frame.height, limits.min_side, limits.max_aspect)
        pixels = _resized(pixels, size, cv2.INTER_LANCZOS4)
        notes.append(f"Enlarged from {_size(frame.width, frame.height)} to {_size(*size)} pixels.")
    if facts.lossless:
        data = _small_png(pixels, limits.max_image_bytes)
        if data is not None:
            notes.append("Saved as PNG without loss.")
            return _asset(data, "image/png", pixels, notes)
    return _fitted_jpeg(pixels, limits, notes)


def _check(image: SourceImage, frame: Box, limits: Conventions) -> None:
    if not aspect_allowed(frame.width, frame.height, limits.max_aspect):
        raise PictureError(
            f"The picture's aspect of {aspect_text(frame.width, frame.height)} is beyond "
            f"{limits.max_aspect:g}:1; crop it."
        )
    if not image.enlarge and not side_allowed(frame.width, frame.height, limits.min_side):
        raise PictureError(
            f"The picture has {_size(frame.width, frame.height)} pixels and each side needs at least "
            f"{limits.min_side}; enlarge it."
        )


def _goes_as_it_is(facts: Facts, image: SourceImage, limits: Conventions) -> bool:
    return (
        (facts.baseline or facts.format == "PNG")
        and facts.mode == "RGB"
        and facts.bits == 8
        and facts.orientation == 1
        and not facts.several
        and not facts.transparent
        and is_srgb(facts.icc)
        and (image.width, image.height) == (facts.width, facts.height)
        and image.frame == whole(facts.width, facts.height)
        and side_allowed(facts.width, facts.height, limits.min_side)
    )


def _fitted_jpeg(pixels: Pixels, limits: Conventions, notes: list[str]) -> EncodedAsset:
    """The best JPEG within the limit: full size at 95 to 88, else scaled down at 92; a handful of encodes."""
    limit = limits.max_image_bytes
    data, quality = _best_at_full_size(pixels, limit)
    if len(data) <= limit:
        notes.append(f"Saved as JPEG at quality {quality}{_reason(limit) if quality < BEST_QUALITY else ''}.")
        return _asset(data, "image/jpeg", pixels, notes)
    height, width = pixels.shape[:2]
    scaled, data, quality = _scaled_jpeg(pixels, len(data), limits)
    for rough in _ROUGH_QUALITIES:
        if len(data) <= limit:
            break
        data, quality = _jpeg(scaled, rough), rough
    if len(data) > limit:
        raise PictureError(
            f"The picture cannot be made to fit into {_megabytes(limit)}; choose one with less detail."
        )
    done = (scaled.shape[1], scaled.shape[0])
    how = (
        f"Scaled from {_size(width, height)} to {_size(*done)} pixels and saved"
        if done != (width, height)
        else "Saved"
    )
    notes.append(f"{how} as JPEG at quality {quality}{_reason(limit)}.")
    return _asset(data, "image/jpeg", scaled, notes)


def _scaled_jpeg(pixels: Pixels, full_bytes: int, limits: Conventions) -> tuple[Pixels, bytes, int]:
    """(pixels, bytes, quality): scaled down until it fits without wasting much of the limit.

    The bytes of a scaled picture grow with a power of its size that depends on grain and focus, so each try
    corrects the power from the two tries around the limit. The result is over the limit only at the smallest
    size allowed.
    """
    height, width = pixels.shape[:2]
    limit, quality = limits.max_image_bytes, GOOD_QUALITY
    aim = _AIM * limit
    over, under = (1.0, full_bytes), (0.0, 0)
    best: tuple[Pixels, bytes] | None = None
    factor = math.sqrt(aim / full_bytes)
    scaled, data = pixels, b""
    for attempt in range(_TRIES):
        size = scaled_size(width, height, factor, limits.min_side, limits.max_aspect)
        scaled = _resized(pixels, size, cv2.INTER_AREA)
        data = _jpeg(scaled, quality)
        smallest = min(size) <= min(limits.min_side, width, height)
        if len(data) <= limit:
            best, under = (scaled, data), (factor, len(data))
            if len(data) >= _ENOUGH * limit or attempt >= _TRIES - 2:
                break
        elif smallest:
            break
        else:
            over = (factor, len(data))
        if under[1] and over[1] > under[1]:
            power = math.log(over[1] / under[1]) / math.log(over[0] / under[0])
            factor = under[0] * (aim / under[1]) ** (1 / power)
        else:
            factor = min(factor * math.sqrt(aim / len(data)), 0.95 * factor)
    if best is not None:
        return *best, quality
    return scaled, data, quality


def _best_at_full_size(pixels: Pixels, limit: int) -> tuple[bytes, int]:
    """(bytes, quality): the best quality that fits; else the smallest file there was, over the limit."""
    best = _jpeg(pixels, BEST_QUALITY)
    if len(best) <= limit:
        return best, BEST_QUALITY
    if len(best) > 2.5 * limit:  # the least quality saves about half
        return best, BEST_QUALITY
    least = _jpeg(pixels, LEAST_QUALITY)
    if len(least) > limit:
        return least, LEAST_QUALITY
    good = _jpeg(pixels, GOOD_QUALITY)
    return (good, GOOD_QUALITY) if len(good) <= limit else (least, LEAST_QUALITY)


def _small_png(pixels: Pixels, limit: int) -> bytes | None:
    """The picture as PNG when that is within the limit; a few bands tell whether to try at all."""
    rows = pixels.shape[0]
    if pixels.nbytes > 2 * limit and rows > 2 * _SAMPLE_BANDS * _SAMPLE_ROWS:
        starts = np.linspace(0, rows - _SAMPLE_ROWS, _SAMPLE_BANDS).astype(int)
        sample = np.concatenate([pixels[start : start + _SAMPLE_ROWS] for start in starts])
        if len(_png(sample)) * rows / sample.shape[0] > 1.1 * limit:
            return None
    data = _png(pixels)
    return data if len(data) <= limit else None


def _jpeg(pixels: Pixels, quality: int) -> bytes:
    return _encoded(
        ".jpg",
        pixels,
        [
            cv2.IMWRITE_JPEG_QUALITY,
            quality,
            cv2.IMWRITE_JPEG_OPTIMIZE,
            1,
            cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
            cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
        ],
    )


def _png(pixels: Pixels) -> bytes:
    return _encoded(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 6])


def _encoded(suffix: str, pixels: Pixels, options: list[int]) -> bytes:
    done, data = cv2.imencode(suffix, cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), options)
    if not done:
        raise PictureError("The picture could not be encoded; choose another one.")
    return data.tobytes()


def _resized(pixels: Pixels, size: tuple[int, int], how: int) -> Pixels:
    return np.asarray(cv2.resize(pixels, size, interpolation=how), np.uint8)


def _asset(data: bytes, media_type: str, pixels: Pixels, notes: list[str]) -> EncodedAsset:
    return encoded_asset(data, media_type, pixels.shape[1], pixels.shape[0], tuple(notes))


def _size(width: int, height: int) -> str:
    return f"{width} × {height}"


def _megabytes(limit: int) -> str:
    return f"{limit / 1e6:g} MB"


def _reason(limit: int) -> str:
    return f" to fit into {_megabytes(limit)}"
