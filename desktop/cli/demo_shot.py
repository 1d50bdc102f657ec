"""The shot the demo makes of any photograph: areas chosen by its texture."""

from __future__ import annotations

import uuid
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from desktop.core.areas import STATIC_LABEL, MotionArea
from desktop.core.geometry import Box, Point, whole
from desktop.core.label_map import merge
from desktop.core.parameters import Parameters
from desktop.core.shot import Shot, SourceImage, new_shot
from desktop.core.trajectory import Trajectory
from desktop.imaging.read import decode

RADIUS = 0.13
"""Radius of a chosen area, as a share of the picture's shorter side."""

WAY = 0.16
"""How far it moves along each axis, likewise."""


def photo_shot(image: SourceImage) -> Shot:
    """Two moving areas and a still one on any photograph, where it has texture that can be followed.

    The halves along the longer side get one moving area each; both paths have a part across, so that a flipped axis
    is seen. The still area is the most textured place that neither of them crosses.
    """
    shot = new_shot(uuid.uuid4().hex, image)
    frame = image.frame
    short = min(frame.width, frame.height)
    radius, way = round(short * RADIUS), short * WAY
    energy, step = _energy(decode(image), short)
    wide = frame.width >= frame.height
    half = frame.width // 2 if wide else frame.height // 2
    crossed: list[Box] = []
    for label, first in ((1, True), (2, False)):
        if wide:
            part = Box(0, 0, half, frame.height) if first else Box(half, 0, frame.width, frame.height)
        else:
            part = Box(0, 0, frame.width, half) if first else Box(0, half, frame.width, frame.height)
        centre = _best(energy, step, radius, part, [])
        path = _room(centre, part, radius, way)
        _paint_disc(shot, centre, radius, label)
        shot = shot.with_area(MotionArea(label, "", Trajectory(path, smooth=False)))
        reach = radius + round(short * 0.03)
        crossed.append(_square(path[0], reach).union(_square(path[-1], reach)))
    still = _best(energy, step, radius, whole(frame.width, frame.height), crossed)
    _paint_disc(shot, still, radius, STATIC_LABEL)
    shot = shot.with_area(MotionArea(STATIC_LABEL))
    return replace(
        shot, parameters=Parameters(prompt="The marked parts move along their paths, locked camera")
    )


def _energy(pixels: npt.NDArray[np.uint8], short: int) -> tuple[npt.NDArray[np.float64], int]:
    """Gradient energy of the picture thinned by ``step``, and that step."""
    step = max(1, short // 300)
    grey = pixels[::step, ::step].mean(axis=2)
    down, across = np.gradient(grey)
    # The weaker direction counts: an edge alone cannot be followed along itself.
    return np.sqrt(np.abs(down) * np.abs(across)) + 0.05 * (np.abs(down) + np.abs(across)), step


def _best(energy: npt.NDArray[np.float64], step: int, radius: int, part: Box, taken: list[Box]) -> Point:
    """The centre of the most textured disc inside ``part`` that touches none of the boxes (the least touched one
    when all do)."""
    integral = np.pad(energy.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    best, where = -np.inf, Point((part.left + part.right) / 2, (part.top + part.bottom) / 2)
    margin = radius + 2 * step
    for y in range(part.top + margin, part.bottom - margin + 1, max(1, radius // 4)):
        for x in range(part.left + margin, part.right - margin + 1, max(1, radius // 4)):
            rows = ((y - radius) // step, min((y + radius) // step, energy.shape[0]))
            columns = ((x - radius) // step, min((x + radius) // step, energy.shape[1]))
            total = float(
                integral[rows[1], columns[1]]
                - integral[rows[0], columns[1]]
                - integral[rows[1], columns[0]]
                + integral[rows[0], columns[0]]
            )
            box = _square(Point(x, y), radius)
            overlap = sum(box.intersect(other).area for other in taken)
            score = total - 1e9 * overlap
            if score > best:
                best, where = score, Point(float(x), float(y))
    return where


def _room(centre: Point, part: Box, radius: int, way: float) -> tuple[Point, Point]:
    """A path from the centre towards the roomier side on each axis, within the part."""
    dx = way if part.right - centre.x >= centre.x - part.left else -way
    dy = way if part.bottom - centre.y >= centre.y - part.top else -way
    x = min(max(centre.x + dx, part.left + radius), part.right - radius)
    y = min(max(centre.y + dy, part.top + radius), part.bottom - radius)
    return centre, Point(float(x), float(y))


def _square(centre: Point, radius: int) -> Box:
    x, y = round(centre.x), round(centre.y)
    return Box(x - radius, y - radius, x + radius, y + radius)


def _paint_disc(shot: Shot, centre: Point, radius: int, label: int) -> None:
    across = np.arange(-radius, radius) + 0.5
    disc = (across[:, None] ** 2 + across[None, :] ** 2 <= radius * radius).astype(np.uint8)
    merge(shot.label_map, disc, _square(centre, radius), label)
