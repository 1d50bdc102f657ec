"""Videos with known motion, written by OpenCV: photographs whose areas move as told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from desktop.opencv import cv2

Motion = Callable[[float], tuple[float, float]]
"""Displacement (dx, dy) in pixels, y down, at a share 0 to 1 of the clip."""


def along(points: npt.ArrayLike, speed: float = 1.0) -> Motion:
    """Motion along a polyline at constant speed, for ``speed`` of its length."""
    line = np.asarray(points, float)
    walked = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])

    def at(time: float) -> tuple[float, float]:
        here = min(time * speed, 1.0) * walked[-1]
        x, y = (float(np.interp(here, walked, line[:, axis]) - line[0, axis]) for axis in (0, 1))
        return x, y

    return at


def still(time: float) -> tuple[float, float]:
    """No motion at all."""
    return 0.0, 0.0


def write_clip(
    path: Path,
    rgb: npt.NDArray[np.uint8],
    label_map: npt.NDArray[np.uint8],
    motions: Mapping[int, Motion],
    *,
    frames: int = 48,
    fps: float = 24.0,
    codec: str = "mp4v",
) -> Path:
    """Write a clip of a picture (H x W x 3, RGB) in which the pixels of each label move by its motion.

    What they uncover shows the picture around them, blurred. The labels are painted in the order of ``motions``.
    """
    height, width = label_map.shape
    bgr = np.ascontiguousarray(rgb[:, :, ::-1])
    plate = bgr.copy()
    moving = np.isin(label_map, [label for label in motions if label != 7]).astype(np.uint8)
    hole = np.asarray(cv2.dilate(moving, np.ones((5, 5), np.uint8)), bool)
    plate[hole] = cv2.blur(bgr, (61, 61))[hole]
    sprites = {label: (label_map == label).astype(np.float32) for label in motions}
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*codec), fps, (width, height))
    assert writer.isOpened()
    try:
        for index in range(frames):
            canvas = plate
            for label, motion in motions.items():
                shift = np.array([[1, 0, 0], [0, 1, 0]], np.float64)
                shift[:, 2] = motion(index / max(frames - 1, 1))
                cover = np.asarray(cv2.warpAffine(sprites[label], shift, (width, height)))[:, :, None]
                moved = cv2.warpAffine(bgr, shift, (width, height), borderMode=cv2.BORDER_REPLICATE)
                canvas = (canvas * (1 - cover) + np.asarray(moved) * cover).round().astype(np.uint8)
            writer.write(canvas)
    finally:
        writer.release()
    return path


def disc(label_map: npt.NDArray[np.uint8], label: int, x: int, y: int, radius: int) -> None:
    """Paint a disc of a label in place."""
    cv2.circle(label_map, (x, y), radius, label, -1)
