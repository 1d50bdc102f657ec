"""What a body must hold, computed from the shot by the contract's own sentences, in nobody else's code.

A point (x, y) of a w x h image sent as W x H is column c = clamp(floor(x * W / w), 0, W - 1), row r likewise, and goes
out as x = c, y = H - 1 - r. Points of a straight path stand evenly between its ends. White is painted.
"""

from __future__ import annotations

import base64
import io
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from PIL import Image

from desktop.core.areas import STATIC_LABEL, MotionArea
from desktop.core.geometry import Box, Point
from desktop.core.label_map import empty
from desktop.core.parameters import Parameters
from desktop.core.shot import Shot, SourceImage
from desktop.core.trajectory import Trajectory

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Scene:
    """What is painted and asked, in image pixels, y down. Every path is one straight line with a fixed count."""

    size: tuple[int, int]
    crop: Box
    sent: tuple[int, int]
    painted: Mapping[int, Box]
    lines: Mapping[int, tuple[tuple[float, float], tuple[float, float], int]]

    def shot(self) -> Shot:
        """The same, as the program holds it."""
        width, height = self.size
        labels = empty(width, height)
        for label, box in self.painted.items():
            labels[box.top : box.bottom, box.left : box.right] = label
        areas = []
        for label in self.painted:
            line = self.lines.get(label)
            path = None if line is None else Trajectory((Point(*line[0]), Point(*line[1])), False, line[2])
            areas.append(MotionArea(label, trajectory=path))
        image = SourceImage(b"no real file", "image/png", width, height, crop=self.crop)
        return Shot("1", "Proof", image, labels, tuple(areas), parameters=Parameters(prompt="a boat"))

    def mask(self, label: int) -> Pixels:
        """The mask as sent: 255 where the pixel under the sent pixel's centre is painted."""
        owner = np.zeros((self.size[1], self.size[0]), np.uint8)
        for other, box in self.painted.items():
            owner[box.top : box.bottom, box.left : box.right] = other
        width, height = self.sent
        out = np.zeros((height, width), np.uint8)
        rows = [
            self.crop.top + math.floor(Fraction(2 * r + 1, 2 * height) * self.crop.height)
            for r in range(height)
        ]
        columns = [
            self.crop.left + math.floor(Fraction(2 * c + 1, 2 * width) * self.crop.width)
            for c in range(width)
        ]
        for r, row in enumerate(rows):
            for c, column in enumerate(columns):
                out[r, c] = 255 if owner[row, column] == label else 0
        return out

    def points(self, label: int) -> list[dict[str, int]]:
        """The points as sent; those that fall into the pixel before them only once."""
        start, end, count = self.lines[label]
        width, height = self.sent
        out: list[dict[str, int]] = []
        for k in range(count):
            x = Fraction(start[0]) + (Fraction(end[0]) - Fraction(start[0])) * k / (count - 1)
            y = Fraction(start[1]) + (Fraction(end[1]) - Fraction(start[1])) * k / (count - 1)
            c = math.floor((x - self.crop.left) * width / self.crop.width)
            r = math.floor((y - self.crop.top) * height / self.crop.height)
            c, r = max(0, min(c, width - 1)), max(0, min(r, height - 1))
            point = {"x": c, "y": height - 1 - r}
            if not out or out[-1] != point:
                out.append(point)
        return out


def decoded(text: str) -> Pixels:
    """A sent mask; it must be an opaque 8-bit greyscale PNG."""
    image = Image.open(io.BytesIO(base64.b64decode(text, validate=True)))
    assert (image.format, image.mode) == ("PNG", "L")
    return np.asarray(image)


def verify(scene: Scene, body: bytes) -> None:
    """Fail unless the body asks for exactly what the scene shows."""
    sent = json.loads(body)
    groups = [label for label in scene.painted if label != STATIC_LABEL and scene.mask(label).any()]
    still = STATIC_LABEL in scene.painted and bool(scene.mask(STATIC_LABEL).any())
    assert ("static_mask" in sent) == still
    if still:
        assert np.array_equal(decoded(sent["static_mask"]), scene.mask(STATIC_LABEL)), (
            "the static mask is another"
        )
    assert len(sent.get("dynamic_masks", [])) == len(groups)
    for label, group in zip(groups, sent.get("dynamic_masks", []), strict=True):
        assert np.array_equal(decoded(group["mask"]), scene.mask(label)), f"mask {label} is another"
        assert group["trajectories"] == scene.points(label), f"path {label} is another"
