"""Which colours a video means, and what must be done so that it is shown so.

OpenCV converts with the matrix the file is tagged with. Where a file has no tag it takes BT.601, while every
other player takes BT.709 for pictures of HD size and above (opencv#20513). Such frames are set right here by one
3 x 3 matrix: undo 601, do 709.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from desktop.opencv import cv2
from desktop.video.mp4 import picture_track
from desktop.video.probe import Frame
from desktop.video.sps import avc_matrix, hevc_matrix

Matrix = npt.NDArray[np.float32]
"""3 x 3, float32, for BGR columns."""

UNSPECIFIED = 2
"""The matrix coefficients of ITU-T H.273 that say nothing."""

_HD_WIDTH, _HD_HEIGHT = 1280, 576
_UNTAGGED_CODECS = (b"mp4v",)


def correction(path: Path, width: int, height: int) -> Matrix | None:
    """What to multiply the frames of a video by, or None where they are right as OpenCV gives them.

    ``width`` and ``height`` are the video's, in pixels. A file whose tags cannot be read is left as it is.
    """
    if width < _HD_WIDTH and height <= _HD_HEIGHT:
        return None
    return _from_601_to_709() if matrix_tag(path) == UNSPECIFIED else None


def corrected(frame: Frame, matrix: Matrix | None) -> Frame:
    """The frame in the right colours: itself, or a new array."""
    return frame if matrix is None else np.asarray(cv2.transform(frame, matrix), np.uint8)


def matrix_tag(path: Path) -> int | None:
    """The matrix coefficients (ITU-T H.273) an MP4's picture is tagged with; UNSPECIFIED where there are none.

    The stream's own tag goes before the container's, as in FFmpeg. None stands for what is not understood here:
    other containers, other codecs, damage.
    """
    track = picture_track(path)
    if track is None:
        return None
    known = track.codec in _UNTAGGED_CODECS
    for kind, read in ((b"avcC", avc_matrix), (b"hvcC", hevc_matrix)):
        if kind in track.parts:
            try:
                stream = read(track.parts[kind])
            except ValueError:
                continue
            if stream is not None:
                return stream
            known = True
    colr = track.parts.get(b"colr", b"")
    if colr[:4] in (b"nclx", b"nclc") and len(colr) >= 10:
        return int.from_bytes(colr[8:10], "big")
    return UNSPECIFIED if known else None


def _from_601_to_709() -> Matrix:
    """Undo the conversion of BT.601 and do that of BT.709, both of limited range, whose offsets cancel."""
    return (_to_bgr(0.2126, 0.0722) @ np.linalg.inv(_to_bgr(0.299, 0.114))).astype(np.float32)


def _to_bgr(red: float, blue: float) -> npt.NDArray[np.float64]:
    """From Y'CbCr to B'G'R' for the luma weights of red and blue."""
    green = 1 - red - blue
    cr, cb = 2 * (1 - red), 2 * (1 - blue)
    return np.array([[1, cb, 0], [1, -cb * blue / green, -cr * red / green], [1, 0, cr]])
