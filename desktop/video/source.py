"""A video read so that the number of the frame at hand is always known.

``CAP_PROP_POS_FRAMES`` does not land where it is told for every file (opencv#9053, #20227). So the time stamp of each
frame is noted the first time it is decoded in order from the start; after a jump the time stamp tells which frame it
really is, and where it tells nothing useful, decoding starts again at the beginning.
"""

from __future__ import annotations

from bisect import bisect_right
from pathlib import Path

import numpy as np

from desktop.core.errors import VideoError
from desktop.opencv import cv2
from desktop.video.mp4 import picture_track
from desktop.video.probe import Frame, VideoFacts, facts_of

THREADS = 4
"""Threads FFmpeg decodes with."""

_LEAD = 16
"""OpenCV looks for a key frame at least this far before the frame it is sent to, and decodes from there."""

_UNCOUNTED = 2
"""Frames a container may announce and not hold (codec delay)."""


class EndOfVideo(VideoError):
    """The video holds a frame or two less than its container announces."""


class Source:
    """One open video, used by one thread. ``position`` is the number of the frame at hand, -1 before the first.

    ``frames`` is how many there are: announced at first, counted once the end has been reached. Raises VideoError
    when the file is no video.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._video = self._open()
        try:
            self.facts: VideoFacts = facts_of(self._video, path)
        except VideoError:
            self._video.release()
            raise
        self.frames = self.facts.frames
        self.position = -1
        self.jumps = 0
        self._tried = -1
        self._stamps: list[float] = []
        self._number: dict[float, int] = {}
        track = picture_track(path)
        self._keys = track.key_frames if track is not None else None

    def close(self) -> None:
        """Let go of the file."""
        self._video.release()

    def approach(self, index: int) -> bool:
        """Make one step towards a frame, a decode or a jump; True when it is at hand.

        Raises VideoError when the video ends before it.
        """
        if self.position == index:
            return True
        if not 0 <= index < self.frames:
            raise VideoError(f"{self._path.name} has no frame {index + 1}.")
        goal, key = self._goal(index)
        ahead = self.position < key and index < len(self._stamps) and self._tried != index
        if self.position > index or ahead:
            self._tried = index  # a jump that lands too early is not repeated but decoded on from
            self._jump(goal)
        else:
            self._grab(index)
        if self.position == index:
            self._tried = -1
        return self.position == index

    def frame(self, into: Frame | None = None) -> Frame:
        """The frame at hand, full size, BGR as OpenCV gives it; written to ``into`` where that fits."""
        try:
            done, frame = self._video.retrieve(into) if into is not None else self._video.retrieve()
        except cv2.error as error:
            raise VideoError(self._damaged(), str(error)) from error
        if not done or frame.ndim != 3:
            raise VideoError(self._damaged())
        return np.asarray(frame, np.uint8)

    def _open(self) -> cv2.VideoCapture:
        if not self._path.is_file():
            raise VideoError(f"The video {self._path.name} is not there.", str(self._path))
        video = cv2.VideoCapture(str(self._path), cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, THREADS])
        if not video.isOpened():
            raise VideoError(
                f"{self._path.name} is not a video, or its beginning is damaged; download it again."
            )
        return video

    def _grab(self, index: int) -> None:
        try:
            done = self._video.grab()
        except cv2.error as error:
            raise VideoError(self._damaged(), str(error)) from error
        if not done:
            self._ended(index)
            return
        self.position += 1
        if self.position == len(self._stamps):
            stamp = float(self._video.get(cv2.CAP_PROP_PTS))
            self._number[stamp] = self.position if stamp not in self._number else -1
            self._stamps.append(stamp)

    def _ended(self, index: int) -> None:
        """No further frame came: the count is known now, unless frames past here were seen before."""
        if self.position + 1 < len(self._stamps):
            raise VideoError(self._damaged())
        counted, announced = self.position + 1, self.frames
        self.frames = counted
        self.position = counted  # no frame is at hand any more
        if counted == 0:
            raise VideoError(f"{self._path.name} has no frame that can be shown; download it again.")
        if counted < announced - _UNCOUNTED:
            raise VideoError(
                f"{self._path.name} is incomplete or damaged: {counted} of its {announced} frames can be "
                "played; download it again."
            )
        if index >= counted:
            raise EndOfVideo(f"{self._path.name} has no frame {index + 1}.")

    def _goal(self, index: int) -> tuple[int, int]:
        """Where to jump on the way to a frame, and the key frame that is decoded from then.

        It is as near behind the key frame as costs no decoding twice; the rest is decoded frame by frame, which
        the thread can leave at any time.
        """
        if self._keys is None:
            return index, index
        before = bisect_right(self._keys, index) - 1
        key = self._keys[before] if before >= 0 else 0
        return min(index, key + _LEAD), key

    def _jump(self, index: int) -> None:
        """Go to ``index`` or somewhere before it, by a jump that is checked or from the beginning."""
        self.jumps += 1
        if self._video.set(cv2.CAP_PROP_POS_FRAMES, index) and self._video.grab():
            found = self._number.get(float(self._video.get(cv2.CAP_PROP_PTS)), -1)
            if 0 <= found <= index:
                self.position = found
                return
        self._video.release()
        self._video = self._open()
        self.position = -1

    def _damaged(self) -> str:
        return f"Frame {self.position + 1} of {self._path.name} is damaged; download the video again."
