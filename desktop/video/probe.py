"""What a video file is, and whether all of it is there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desktop.core.errors import VideoError
from desktop.opencv import cv2
from desktop.video.plain import Frame as Frame
from desktop.video.plain import VideoFacts as VideoFacts

LENGTH_TOLERANCE = 0.10
"""Share by which a clip may be shorter or longer than ordered."""

SPARE_FRAMES = 4
"""Frames by which it may differ in any case."""

_UNCOUNTED = 2
"""Frames a container may announce and not hold (codec delay)."""

_CONTAINERS = {b"moov", b"mdat"}


@contextmanager
def capture(path: Path) -> Iterator[cv2.VideoCapture]:
    """An open video, released at the end whatever happens. Raises VideoError when it is none."""
    if not path.is_file():
        raise VideoError(f"The video {path.name} is not there.", str(path))
    video = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    try:
        if not video.isOpened():
            raise VideoError(f"{path.name} is not a video, or its beginning is damaged; download it again.")
        yield video
    except cv2.error as error:
        raise VideoError(f"{path.name} is damaged; download it again.", str(error)) from error
    finally:
        video.release()


def probe(path: Path) -> VideoFacts:
    """What the file says of itself; nothing is decoded. Raises VideoError when it is no video."""
    with capture(path) as video:
        return facts_of(video, path)


def facts_of(video: cv2.VideoCapture, path: Path) -> VideoFacts:
    """What an open video says of itself. Raises VideoError when that makes no sense."""
    width, height = int(video.get(cv2.CAP_PROP_FRAME_WIDTH)), int(video.get(cv2.CAP_PROP_FRAME_HEIGHT))
    fps, frames = float(video.get(cv2.CAP_PROP_FPS)), int(video.get(cv2.CAP_PROP_FRAME_COUNT))
    if width <= 0 or height <= 0 or not 1.0 <= fps <= 1000.0 or frames <= 0:
        raise VideoError(
            f"{path.name} is not a video that can be played; download it again.",
            f"{width} x {height}, {fps} fps, {frames} frames",
        )
    code = int(video.get(cv2.CAP_PROP_FOURCC)) & 0xFFFFFFFF
    codec = code.to_bytes(4, "little").decode("ascii", "replace").strip("\0 ")
    return VideoFacts(width, height, fps, frames, frames / fps, codec)


def verify(
    path: Path, *, expected_seconds: float | None = None, tolerance: float = LENGTH_TOLERANCE
) -> VideoFacts:
    """Decode every frame, look at the first, middle and last ones, compare the length with the order.

    ``expected_seconds`` None skips the comparison. The result's ``frames`` and ``duration`` are counted, not
    announced. Raises VideoError for files that are no video, truncated, damaged, or of another length.
    """
    if not _boxes_are_whole(path):
        raise VideoError(f"{path.name} is incomplete; download it again.", "an MP4 box reaches over the end")
    with capture(path) as video:
        facts = facts_of(video, path)
        counted = _count(video, facts, path)
    if counted < facts.frames - _UNCOUNTED:
        raise VideoError(
            f"{path.name} is incomplete or damaged: {counted} of its {facts.frames} frames can be played; "
            "download it again."
        )
    seconds = counted / facts.fps
    if expected_seconds is not None:
        spare = max(tolerance * expected_seconds, SPARE_FRAMES / facts.fps)
        if abs(seconds - expected_seconds) > spare:
            raise VideoError(
                f"{path.name} lasts {seconds:.2f} seconds instead of the {expected_seconds:g} ordered."
            )
    return VideoFacts(facts.width, facts.height, facts.fps, counted, seconds, facts.codec)


def _count(video: cv2.VideoCapture, facts: VideoFacts, path: Path) -> int:
    """Decode to the end; the frames that are looked at must have the announced size."""
    looked_at = {0, facts.frames // 2}
    counted = 0
    while video.grab():
        # The last grabbed frame stays retrievable, but which one is last is only known one grab too late.
        if counted in looked_at or counted >= facts.frames - 1 - _UNCOUNTED:
            done, frame = video.retrieve()
            if not done or frame.shape[:2] != (facts.height, facts.width):
                raise VideoError(f"Frame {counted + 1} of {path.name} is damaged; download the video again.")
        counted += 1
        if counted > 2 * facts.frames + 1000:
            raise VideoError(f"{path.name} never ends; download it again.")
    return counted


def _boxes_are_whole(path: Path) -> bool:
    """Whether an MP4's outermost boxes fill the file exactly; True for other containers.

    This finds a file that was cut short even where the index at its front is untouched.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            found: set[bytes] = set()
            at = 0
            while at < size:
                file.seek(at)
                head = file.read(16)
                kind, length = head[4:8], int.from_bytes(head[:4], "big")
                if at == 0 and kind != b"ftyp":
                    return True
                if len(head) < 8:
                    return False
                if length == 1:
                    length = int.from_bytes(head[8:16], "big")
                elif length == 0:
                    length = size - at
                if length < 8 or at + length > size:
                    return False
                found.add(kind)
                at += length
    except OSError as error:
        raise VideoError(f"The video {path.name} cannot be read.", str(error)) from error
    return found >= _CONTAINERS
