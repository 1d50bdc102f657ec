"""The frames of a clip: sprites carried over a plate, in the planes of the video itself.

Everything is YUV 4:2:0 in BT.709 limited range from the first step, the way the file stores it. A frame
differs from the plate only in the boxes of its sprites, so only these are computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor, hypot, sin, sqrt, tau

import numpy as np
import numpy.typing as npt
from PIL import Image

from desktop.simulator import fill

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Points = Sequence[tuple[int, int]]
Planes = tuple[Bytes, ...]

_STRIP = 48  # rows worked on at once: small enough to stay in the processor's cache
_SWAY = 0.01  # of the width: how far the static area sways where a service reads it as moving


@dataclass(frozen=True, slots=True)
class Scene:
    """What is to be animated, in pixels of the source.

    ``areas``: a mask (H x W, True painted) and a trajectory each, in the service's coordinates.
    ``y_up``: trajectories are measured from the bottom-left corner, else from the top-left one.
    ``static_moves``: the static mask sways instead of holding still.
    """

    image: Image.Image
    areas: Sequence[tuple[Mask, Points]]
    static: Mask | None = None
    tail: Image.Image | None = None
    y_up: bool = True
    static_moves: bool = False


def output_size(width: int, height: int, megapixels: float) -> tuple[int, int]:
    """The even size nearest to ``megapixels`` million pixels at the aspect of ``width`` x ``height``."""
    scale = sqrt(megapixels * 1e6 / (width * height))
    return max(16, 2 * round(width * scale / 2)), max(16, 2 * round(height * scale / 2))


def displacement(points: Points, progress: float) -> tuple[float, float]:
    """How far the area is from where it began when ``progress`` (0 to 1) of the path's length is done."""
    lengths = [hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points)]
    left = progress * sum(lengths)
    start = points[0]
    for ((x0, y0), (x1, y1)), length in zip(pairwise(points), lengths, strict=True):
        if left <= length and length > 0:
            part = left / length
            return x0 + part * (x1 - x0) - start[0], y0 + part * (y1 - y0) - start[1]
        left -= length
    return points[-1][0] - start[0], points[-1][1] - start[1]


class Renderer:
    """Renders a Scene at ``size`` (width, height; even) into ``frames`` frames of yuv420p."""

    def __init__(self, scene: Scene, size: tuple[int, int], frames: int) -> None:
        self.size, self.frames = size, frames
        self._scene = scene
        self._scale = size[0] / scene.image.width, size[1] / scene.image.height
        picture = scene.image.resize(size, Image.Resampling.LANCZOS)
        source = _planes(picture)
        moving = [_coverage(mask, size) for mask, _ in scene.areas]
        still: Bytes | None = None
        if scene.static is not None and scene.static_moves:
            moving.append(_coverage(scene.static, size))
        elif scene.static is not None:
            still = _coverage(scene.static, size)
        self._plate = source
        if moving:
            self._plate = _planes(fill.plate(picture, np.maximum.reduce(moving)))
        # Where nothing may be drawn, and in the still area the plate is the picture itself, to the bit.
        self._free = None if still is None else tuple(255 - level for level in _levels(still))
        if self._free is not None:
            for plane, original, free in zip(self._plate, source, self._free, strict=True):
                np.copyto(plane, original, where=free < 255)
        self._sprites = [_Sprite(source, coverage) for coverage in moving]
        self._tail: Bytes | None = None
        if scene.tail is not None:
            tail = scene.tail.resize(size, Image.Resampling.LANCZOS)
            self._tail = np.concatenate([plane.ravel() for plane in _planes(tail)]).reshape(-1, size[0])

    def __iter__(self) -> Iterator[Bytes]:
        """Each frame as an array (height * 3 / 2, width), the layout PyAV calls yuv420p.

        The array is used again for the next frame.
        """
        width, height = self.size
        frame = np.concatenate([plane.ravel() for plane in self._plate]).reshape(-1, width)
        planes = _views(frame, width, height)
        for index in range(self.frames):
            progress = index / max(1, self.frames - 1)
            for sprite in self._sprites:
                sprite.erase(planes, self._plate)
            for number, sprite in enumerate(self._sprites):
                sprite.draw(planes, self._shift(number, progress), self._free)
            # An end frame fades in over the last quarter.
            weight = 4 * progress - 3
            yield frame if self._tail is None or weight <= 0 else _mixed(frame, self._tail, weight)

    def _shift(self, number: int, progress: float) -> tuple[float, float]:
        """Right and down, in pixels of the video."""
        if number == len(self._scene.areas):  # the static area, read as one that moves
            return _SWAY * self.size[0] * sin(tau * progress), 0.0
        x, y = displacement(self._scene.areas[number][1], progress)
        return x * self._scale[0], (-y if self._scene.y_up else y) * self._scale[1]


class _Sprite:
    """One moving area cut out of the picture: values and coverage of each plane, with a clear rim."""

    def __init__(self, source: Planes, coverage: Bytes) -> None:
        rows, columns = np.flatnonzero(coverage.any(axis=1)), np.flatnonzero(coverage.any(axis=0))
        self._cuts: list[tuple[int, int, Bytes, Bytes]] = []
        self._drawn: dict[int, tuple[slice, slice]] = {}
        if not rows.size:
            return
        # Even bounds, two pixels wider, so that the chroma planes are cut at the same place.
        top, bottom = int(rows[0]) // 2 * 2 - 2, int(rows[-1]) // 2 * 2 + 4
        left, right = int(columns[0]) // 2 * 2 - 2, int(columns[-1]) // 2 * 2 + 4
        for plane, level, size in zip(source, _levels(coverage), (1, 2, 2), strict=True):
            box = top // size, bottom // size, left // size, right // size
            self._cuts.append((box[0], box[2], _cut(plane, box), _cut(level, box)))

    def erase(self, planes: Planes, plate: Planes) -> None:
        """Put the plate back where the sprite was drawn last."""
        for number, box in self._drawn.items():
            planes[number][box] = plate[number][box]
        self._drawn.clear()

    def draw(self, planes: Planes, shift: tuple[float, float], free: Planes | None) -> None:
        """Blend the sprite into ``planes``, moved by ``shift`` (right, down) pixels, bilinearly."""
        for number, (top, left, values, coverage) in enumerate(self._cuts):
            scale = 1 if number == 0 else 2
            across, down = shift[0] / scale, shift[1] / scale
            x, y = floor(across), floor(down)
            target = planes[number]
            height, width = values.shape
            # The sprite's inner pixel (i + 1) lands on i + 1 + shift; clip that to the plane.
            row0, row1 = max(0, top + y + 1), min(target.shape[0], top + y + height)
            col0, col1 = max(0, left + x + 1), min(target.shape[1], left + x + width)
            if row0 >= row1 or col0 >= col1:
                continue
            self._drawn[number] = slice(row0, row1), slice(col0, col1)
            columns = slice(col0 - left - x - 1, col1 - left - x)
            for start in range(row0, row1, _STRIP):
                stop = min(start + _STRIP, row1)
                rows = slice(start - top - y - 1, stop - top - y)
                box = slice(start, stop), slice(col0, col1)
                limit = None if free is None else free[number][box]
                _blend(
                    target[box], values[rows, columns], coverage[rows, columns], across - x, down - y, limit
                )


def _blend(
    target: Bytes, values: Bytes, coverage: Bytes, across: float, down: float, limit: Bytes | None
) -> None:
    """Draw a strip; ``values`` and ``coverage`` are one row and one column larger than ``target``."""
    if not coverage.any():
        return
    weight = coverage.astype(np.float32)
    weight *= np.float32(1 / 255)
    colour = _shifted(weight * values, across, down)
    weight = _shifted(weight, across, down)
    if limit is not None:
        part = limit.astype(np.float32)
        part *= np.float32(1 / 255)
        weight *= part
        colour *= part
    weight *= target
    colour -= weight
    colour += target
    colour += np.float32(0.5)
    np.copyto(target, colour, casting="unsafe")


def _shifted(plane: Floats, across: float, down: float) -> Floats:
    """The plane moved right and down by fractions of a pixel, without its first row and column."""
    if across:
        moved = plane[:, 1:] * np.float32(1 - across)
        moved += plane[:, :-1] * np.float32(across)
    else:
        moved = plane[:, 1:]
    if not down:
        return moved[1:].copy()
    result = moved[1:] * np.float32(1 - down)
    result += moved[:-1] * np.float32(down)
    return result


def _mixed(frame: Bytes, other: Bytes, weight: float) -> Bytes:
    part = round(256 * weight)
    result = np.empty_like(frame)
    for start in range(0, len(frame), _STRIP):
        rows = slice(start, start + _STRIP)
        mixed = frame[rows].astype(np.uint16) * np.uint16(256 - part) + other[rows] * np.uint16(part)
        np.copyto(result[rows], (mixed + np.uint16(128)) >> 8, casting="unsafe")
    return result


def _cut(plane: Bytes, box: tuple[int, int, int, int]) -> Bytes:
    """A box (top, bottom, left, right) of the plane, zero where it reaches beyond."""
    top, bottom, left, right = box
    result = np.zeros((bottom - top, right - left), np.uint8)
    part = plane[max(0, top) : bottom, max(0, left) : right]
    row, column = max(0, -top), max(0, -left)
    result[row : row + part.shape[0], column : column + part.shape[1]] = part
    return result


def _coverage(mask: Mask, size: tuple[int, int]) -> Bytes:
    """The mask at the video's size, 0 to 255, its edge at most two pixels wide."""
    scaled = Image.fromarray(mask.astype(np.uint8) * 255).resize(size, Image.Resampling.BILINEAR)
    steepness = max(1.0, size[0] / mask.shape[1] / 2)
    table = [round(min(255.0, max(0.0, (level - 127.5) * steepness + 127.5))) for level in range(256)]
    return np.asarray(scaled.point(table))


def _levels(coverage: Bytes) -> Planes:
    """Coverage for the luma plane and the two chroma planes."""
    chroma = (_halved(coverage.astype(np.float32)) + np.float32(0.5)).astype(np.uint8)
    return coverage, chroma, chroma


def _halved(plane: Floats) -> Floats:
    """Chroma at half the size, sited at the left as H.264 has it by default."""
    rows = (plane[::2] + plane[1::2]) * np.float32(0.125)
    even, odd = rows[:, ::2], rows[:, 1::2]
    before = np.concatenate([even[:, :1], odd[:, :-1]], axis=1)
    result: Floats = even * 2 + odd + before
    return result


def _planes(picture: Image.Image) -> Planes:
    """Y, U and V of an RGB picture with even sides: BT.709, limited range."""
    width, height = picture.size
    pixels = np.asarray(picture)
    luma = np.empty((height, width), np.uint8)
    blue, red = (np.empty((height // 2, width // 2), np.uint8) for _ in range(2))
    half = np.float32(0.5)
    for start in range(0, height, _STRIP):
        stop = min(start + _STRIP, height)
        rgb = pixels[start:stop].astype(np.float32)
        r, g, b = rgb[:, :, 0], rgb[:, :, 1], rgb[:, :, 2]
        y = r * np.float32(0.2126) + g * np.float32(0.7152) + b * np.float32(0.0722)
        part = slice(start // 2, stop // 2)
        np.copyto(luma[start:stop], y * np.float32(219 / 255) + (16 + half), casting="unsafe")
        for plane, colour, span in ((blue, b, 1.8556), (red, r, 1.5748)):
            scaled = _halved(colour - y) * np.float32(224 / 255 / span)
            np.copyto(plane[part], scaled + (128 + half), casting="unsafe")
    return luma, blue, red


def _views(frame: Bytes, width: int, height: int) -> Planes:
    """The three planes inside a frame of PyAV's layout."""
    flat = frame.reshape(-1)
    luma, quarter = width * height, width * height // 4
    shape = height // 2, width // 2
    return (
        flat[:luma].reshape(height, width),
        flat[luma : luma + quarter].reshape(shape),
        flat[luma + quarter :].reshape(shape),
    )
