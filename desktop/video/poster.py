"""A small still of a video."""

from __future__ import annotations

from pathlib import Path

from desktop.core.errors import VideoError
from desktop.opencv import cv2
from desktop.video.probe import capture, facts_of


def poster(path: Path, out: Path, width: int = 640, at: float = 0.0) -> None:
    """Write one frame as PNG or JPEG by ``out``'s name, at most ``width`` pixels wide.

    ``at`` is the moment as a share of the clip, 0 the first frame and 1 the last. The file appears whole or
    not at all. Raises VideoError when the video cannot be read or the picture not be written.
    """
    with capture(path) as video:
        facts = facts_of(video, path)
        for _ in range(round(min(max(at, 0.0), 1.0) * (facts.frames - 1))):
            if not video.grab():
                break
        done, frame = video.read()
        if not done or frame is None:
            raise VideoError(f"{path.name} has no frame that can be shown; download it again.")
    if width < frame.shape[1]:
        height = max(1, round(frame.shape[0] * width / frame.shape[1]))
        frame = cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA)
    suffix = ".png" if out.suffix.lower() == ".png" else ".jpg"
    done, data = cv2.imencode(suffix, frame)
    if not done:
        raise VideoError(f"A still of {path.name} could not be made.")
    part = out.with_name(f".{out.name}.part")
    try:
        part.write_bytes(data.tobytes())
        part.replace(out)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise VideoError(f"The still {out.name} could not be written.", str(error)) from error
