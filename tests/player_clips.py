"""Videos whose every frame carries its number in its pixels, and somebody to watch a player."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from desktop.opencv import cv2
from desktop.video.messages import FrameShown, Message

BITS = 9
"""Blocks in the row of each frame: one for each bit of its number."""

COLOUR = (32, 192, 64)
"""R, G, B of the videos for colour tests."""


def numbered_clip(
    path: Path, frames: int = 40, *, width: int = 320, height: int = 180, fps: float = 24.0
) -> Path:
    """Write an MPEG-4 clip; bit n of a frame's number is block n of its upper half, white or black."""
    codec = cv2.VideoWriter.fourcc(*"mp4v")
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, codec, fps, (width, height))
    assert writer.isOpened()
    edges = [round(width * bit / BITS) for bit in range(BITS + 1)]
    try:
        for index in range(frames):
            frame = np.full((height, width, 3), 90, np.uint8)
            for bit in range(BITS):
                frame[: height // 2, edges[bit] : edges[bit + 1]] = 255 if index >> bit & 1 else 0
            cv2.circle(frame, (width * index // frames, height * 3 // 4), height // 8, (40, 200, 240), -1)
            writer.write(frame)
    finally:
        writer.release()
    return path


def number_in(image: npt.NDArray[np.uint8]) -> int:
    """The number painted into a frame, at any size."""
    height, width = image.shape[:2]
    row = image[height // 4, :, :3].mean(axis=1)
    return sum(int(row[round(width * (bit + 0.5) / BITS)] > 127) << bit for bit in range(BITS))


_ENCODE = """
import sys
import av
import numpy as np
path, codec, weights, tag = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
width, height, count = (int(value) for value in sys.argv[5:8])
kr, kb = {"709": (0.2126, 0.0722), "601": (0.299, 0.114)}[weights]
r, g, b = (int(value) / 255 for value in sys.argv[8:11])
y = kr * r + (1 - kr - kb) * g + kb * b
values = 16 + 219 * y, 128 + 224 * (b - y) / (2 * (1 - kb)), 128 + 224 * (r - y) / (2 * (1 - kr))
planes = np.empty((height * 3 // 2, width), np.uint8)
flat = planes.reshape(-1)
area = width * height
flat[:area], flat[area : area * 5 // 4], flat[area * 5 // 4 :] = (round(value) for value in values)
with av.open(path, "w", format="mp4") as container:
    stream = container.add_stream(codec, rate=24)
    stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
    stream.options = {"crf": "8", "x265-params": "log-level=none"}
    if tag:
        context = stream.codec_context
        context.color_primaries = context.color_trc = context.colorspace = tag
        context.color_range = 1
    for index in range(count):
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts = index
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))
"""


def coloured_clip(
    path: Path, codec: str, weights: str, tag: int, size: tuple[int, int] = (1280, 720), frames: int = 4
) -> Path:
    """Write a clip of one colour, meant by BT.``weights``; ``tag`` is its matrix by ITU-T H.273, 0 for no tag.

    A process of its own does it: PyAV and OpenCV do not get along in one.
    """
    numbers = [str(value) for value in (*size, frames, *COLOUR)]
    command = [sys.executable, "-c", _ENCODE, str(path), codec, weights, str(tag), *numbers]
    subprocess.run(command, check=True, timeout=60)
    return path


class Watcher:
    """Collects what a player sends, and waits for it."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self._came = threading.Condition()

    def __call__(self, message: Message) -> None:
        with self._came:
            self.messages.append(message)
            self._came.notify_all()

    def mark(self) -> int:
        """The place where what comes from now on begins."""
        with self._came:
            return len(self.messages)

    def wait(
        self,
        kind: type[Any],
        when: Callable[[Any], bool] = lambda _: True,
        *,
        after: int = 0,
        timeout: float = 30,
    ) -> Any:
        """The first message of a kind for which ``when`` holds; AssertionError if none comes."""
        end = time.monotonic() + timeout
        with self._came:
            while True:
                for message in self.messages[after:]:
                    if isinstance(message, kind) and when(message):
                        return message
                left = end - time.monotonic()
                assert left > 0, f"no such {kind.__name__} among {self.messages[after:][-10:]}"
                self._came.wait(left)

    def frames(self, after: int = 0) -> list[FrameShown]:
        """The frames that came."""
        return [message for message in self.messages[after:] if isinstance(message, FrameShown)]
