"""What really moves in a video: the displacement of masked areas, followed from frame to frame.

Features inside each mask are followed by pyramidal Lucas-Kanade with a forward-backward check, from each
sampled frame to the next and then corrected against the first frame, so that errors do not add up. Areas
without enough texture are matched as one patch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from desktop.core.errors import VideoError
from desktop.opencv import cv2
from desktop.video.probe import VideoFacts, capture, facts_of

Grey = npt.NDArray[np.uint8]
"""H x W, uint8, brightness at the working size."""

Points = npt.NDArray[np.float32]
"""N x 2, float32, (x, y) in working pixels."""

Mask = npt.NDArray[np.bool_]

WORKING_SIDE = 960
"""The longer side frames are measured at, in pixels."""

SAMPLES = 61
"""Frames that are looked at, evenly spread over the clip, the first and the last among them."""

MIN_FEATURES = 6
"""With fewer features an area is matched as a patch."""

_MAX_FEATURES = 300
_FEATURE_SPACING = 5
_LEAST_CORNER = 2e-4
"""Smallest eigenvalue of a feature's gradients: below it there is only noise to follow."""

_EROSION = 7
_WINDOW, _LEVELS = (15, 15), 2
_ROUND_TRIP = 0.5
"""Working pixels by which a feature followed forth and back may miss its start."""

_CORRECTION = 3.0
"""Working pixels by which the first frame may correct the chain."""

_TILES, _TILE_FEATURES = 3, 8
"""An area is looked at in 3 x 3 tiles of its box, where they have features enough for a steady median."""

_PATCH_REACH = 24
_PATCH_LIKENESS = 0.6
_PATCH_CONTRAST = 4.0
_RIM = 2
_ENCODING_NOISE = 4
"""Grey levels by which pixels of a still area may differ, 99 % of them, before it is searched elsewhere."""


@dataclass(frozen=True, slots=True)
class Track:
    """How one area moved. All values are in pixels of the video, x right and y down.

    ``times`` are shares of the clip, 0 the first frame and 1 the last, of the frames in which the area was
    found; ``path`` (K x 2) is the area's displacement from the first frame in each, ``reach`` (K) how far
    its part that moved most is from its place in the first frame. ``seen`` is the share of the sampled
    frames. ``features`` is how many were followed at the start; 0 when the area was matched as a patch or
    not at all.
    """

    times: npt.NDArray[np.float64] = field(repr=False)
    path: npt.NDArray[np.float64] = field(repr=False)
    reach: npt.NDArray[np.float64] = field(repr=False)
    seen: float
    features: int

    @property
    def measurable(self) -> bool:
        """Whether the area was found in more frames than the first."""
        return self.times.size > 1


def working_size(facts: VideoFacts) -> tuple[int, int]:
    """(width, height) of the frames as they are measured; never larger than the video."""
    scale = min(1.0, WORKING_SIDE / max(facts.width, facts.height))
    return max(1, round(facts.width * scale)), max(1, round(facts.height * scale))


def follow(
    path: Path, masks: Mapping[int, Mask], samples: int = SAMPLES, still: Collection[int] = ()
) -> tuple[VideoFacts, dict[int, Track]]:
    """Measure how each masked area moves. Raises VideoError when the video cannot be read.

    Areas of the labels in ``still`` are expected in their place and looked for there first, so that a neighbour
    that moves past does not take their features along. ``masks`` say where the areas are in the first frame,
    each H x W of the `working_size`.
    """
    with capture(path) as video:
        facts = facts_of(video, path)
        size = working_size(facts)
        followers: dict[int, _Follower] = {}
        count = 0
        for time, grey in _sampled(video, facts, size, samples):
            if count == 0:
                followers = {label: _Follower(grey, mask, label in still) for label, mask in masks.items()}
            else:
                for follower in followers.values():
                    follower.step(grey, time)
            count += 1
    if count < 2:
        raise VideoError(f"{path.name} has too few frames to measure any motion.")
    scale = np.array([facts.width / size[0], facts.height / size[1]])
    return facts, {label: follower.track(scale, count) for label, follower in followers.items()}


def _sampled(
    video: cv2.VideoCapture, facts: VideoFacts, size: tuple[int, int], samples: int
) -> Iterator[tuple[float, Grey]]:
    """(time, frame) of evenly spread frames; the others are decoded but not converted."""
    last = max(facts.frames - 1, 1)
    wanted = {round(last * k / (samples - 1)) for k in range(samples)}
    index = 0
    while video.grab():
        if index in wanted:
            done, frame = video.retrieve()
            if not done:
                return
            grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
            if (grey.shape[1], grey.shape[0]) != size:
                grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
            yield index / last, np.asarray(grey, np.uint8)
        index += 1


class _Follower:
    """Follows one area through the frames."""

    def __init__(self, first: Grey, mask: Mask, still: bool = False) -> None:
        self._still = still
        self._first, self._previous, self._mask = first, first, mask
        self._origins = _features(first, mask)
        self._features = len(self._origins)
        self._patch = None if self._features >= MIN_FEATURES else _patch(first, mask)
        self._now = self._origins.copy()
        self._moved = np.zeros(2)
        self._speed = np.zeros(2)
        self._last_time = 0.0
        self._rows: list[tuple[float, float, float, float]] = [(0.0, 0.0, 0.0, 0.0)]

    def step(self, grey: Grey, time: float) -> None:
        """Find the area in the next frame."""
        ahead = self._speed * (time - self._last_time)
        found = self._by_features(grey, ahead) if self._patch is None else self._by_patch(grey, ahead)
        self._previous = grey
        if found is None:
            return
        moved, reach = found
        self._speed = (moved - self._moved) / (time - self._last_time)
        self._moved, self._last_time = moved, time
        self._rows.append((time, float(moved[0]), float(moved[1]), reach))

    def track(self, scale: npt.NDArray[np.float64], frames: int) -> Track:
        """What was found, in pixels of the video: ``scale`` of them to a working pixel."""
        followed = self._features if self._patch is None else 0
        rows = np.array(self._rows)
        return Track(
            times=rows[:, 0],
            path=rows[:, 1:3] * scale,
            reach=rows[:, 3] * float(scale.mean()),
            seen=len(rows) / frames,
            features=followed if followed >= MIN_FEATURES else 0,
        )

    def _by_features(
        self, grey: Grey, ahead: npt.NDArray[np.float64]
    ) -> tuple[npt.NDArray[np.float64], float] | None:
        if len(self._now) < max(MIN_FEATURES, self._features // 3):
            self._find_more()
        if len(self._now) < 1:
            return None
        guess = self._now + ahead.astype(np.float32)
        now, good = _tracked(self._previous, grey, self._now, guess)
        exact, sure = _tracked(self._first, grey, self._origins, now, levels=0)
        near = sure & (np.abs(exact - now).max(axis=1) < _CORRECTION)
        now[near] = exact[near]
        good |= near
        if self._still:
            home, stayed = _tracked(self._first, grey, self._origins, self._origins, levels=0)
            now[stayed] = home[stayed]
            good |= stayed
        self._origins, self._now = self._origins[good], now[good]
        if len(self._now) < MIN_FEATURES:
            return None
        offsets = (self._now - self._origins).astype(np.float64)
        return np.median(offsets, axis=0), _farthest(self._origins, offsets)

    def _find_more(self) -> None:
        """New features where the area was last seen, as if they had been followed from the start."""
        shift = np.round(self._moved).astype(int)
        fresh = _features(self._previous, _shifted(self._mask, int(shift[0]), int(shift[1])))
        self._now = np.concatenate([self._now, fresh])
        self._origins = np.concatenate([self._origins, fresh - self._moved.astype(np.float32)])

    def _by_patch(
        self, grey: Grey, ahead: npt.NDArray[np.float64]
    ) -> tuple[npt.NDArray[np.float64], float] | None:
        if self._patch is None or not self._patch.usable:
            return None
        if self._still and self._patch.stands(grey):
            return np.zeros(2), 0.0
        moved = self._patch.find(grey, self._moved + ahead)
        return None if moved is None else (moved, float(np.hypot(*moved)))


def _features(grey: Grey, mask: Mask) -> Points:
    """Corners well inside the mask, N x 2."""
    stencil = mask.astype(np.uint8)
    inner = stencil
    for size in (_EROSION, _EROSION // 2, 1):
        # Features near the edge see the background; small areas have nothing but edge.
        inner = np.asarray(
            cv2.erode(stencil, _disc(size), borderType=cv2.BORDER_CONSTANT, borderValue=0), np.uint8
        )
        if int(np.count_nonzero(inner)) >= max(64, int(np.count_nonzero(stencil)) // 5):
            break
    strength = cv2.cornerMinEigenVal(grey.astype(np.float32) / 255.0, 5, ksize=3)
    inner[strength < _LEAST_CORNER] = 0
    if not inner.any():
        return np.zeros((0, 2), np.float32)
    found = cv2.goodFeaturesToTrack(grey, _MAX_FEATURES, 0.005, _FEATURE_SPACING, mask=inner, blockSize=5)
    return np.asarray(found, np.float32).reshape(-1, 2)


def _farthest(origins: Points, offsets: npt.NDArray[np.float64]) -> float:
    """How far the part of the area that moved most has moved: parts are tiles with features enough for a median."""
    low = origins.min(axis=0)
    tile = np.maximum((origins.max(axis=0) - low) / _TILES, 1.0)
    where = np.minimum((origins - low) // tile, _TILES - 1).astype(int)
    index = where[:, 0] * _TILES + where[:, 1]
    parts = [offsets[index == k] for k in np.flatnonzero(np.bincount(index) >= _TILE_FEATURES)]
    return max(float(np.hypot(*np.median(part, axis=0))) for part in [offsets, *parts])


def _disc(radius: int) -> npt.NDArray[np.uint8]:
    side = 2 * radius + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)


def _tracked(
    before: Grey, after: Grey, points: Points, guess: Points, levels: int = _LEVELS
) -> tuple[Points, npt.NDArray[np.bool_]]:
    """Where the points went, and which of them came back to their start when followed backwards.

    Near a good guess no coarser levels are needed, whose windows would reach far over the area's edge.
    """
    there, forth = _lucas_kanade(before, after, points, guess, levels)
    back, home = _lucas_kanade(after, before, there, points, levels)
    missed = np.abs(back - points).max(axis=1)
    return there, forth & home & (missed < _ROUND_TRIP)


def _lucas_kanade(
    before: Grey, after: Grey, points: Points, guess: Points, levels: int
) -> tuple[Points, npt.NDArray[np.bool_]]:
    moved, status, _ = cv2.calcOpticalFlowPyrLK(
        before,
        after,
        np.ascontiguousarray(points.reshape(-1, 1, 2)),
        guess.reshape(-1, 1, 2).copy(),
        winSize=_WINDOW,
        maxLevel=levels,
        criteria=(cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 30, 0.003),
        flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
    )
    return np.asarray(moved, np.float32).reshape(-1, 2), np.asarray(status).ravel() == 1


def _shifted(mask: Mask, dx: int, dy: int) -> Mask:
    out = np.zeros_like(mask)
    height, width = mask.shape
    if abs(dx) < width and abs(dy) < height:
        out[max(dy, 0) : height + min(dy, 0), max(dx, 0) : width + min(dx, 0)] = mask[
            max(-dy, 0) : height + min(-dy, 0), max(-dx, 0) : width + min(-dx, 0)
        ]
    return out


def _patch(first: Grey, mask: Mask) -> _Patch:
    """The area with a rim around it, in which an outline shows even where the inside is plain."""
    stencil = np.asarray(cv2.dilate(mask.astype(np.uint8), _disc(_RIM)), np.uint8)
    rows, columns = np.flatnonzero(stencil.any(axis=1)), np.flatnonzero(stencil.any(axis=0))
    if rows.size == 0:
        return _Patch(np.zeros((0, 0), np.uint8), np.zeros((0, 0), np.uint8), 0, 0)
    # Without room at its sides a patch could be found nowhere but in its place.
    top, bottom = _with_room(int(rows[0]), int(rows[-1]) + 1, stencil.shape[0])
    left, right = _with_room(int(columns[0]), int(columns[-1]) + 1, stencil.shape[1])
    return _Patch(first[top:bottom, left:right], stencil[top:bottom, left:right], left, top)


def _with_room(low: int, high: int, size: int) -> tuple[int, int]:
    """The bounds, drawn in to leave the reach of the search free at both ends where that leaves half of them."""
    inner_low, inner_high = max(low, _PATCH_REACH), min(high, size - _PATCH_REACH)
    return (inner_low, inner_high) if 2 * (inner_high - inner_low) >= high - low else (low, high)


@dataclass(frozen=True, slots=True)
class _Patch:
    """A piece of the first frame with its stencil, to be found again by normalised correlation."""

    pixels: Grey
    stencil: Grey
    left: int
    top: int

    @property
    def usable(self) -> bool:
        """Whether there is any contrast to match."""
        inside = self.pixels[self.stencil != 0]
        return inside.size >= 16 and float(inside.std()) >= _PATCH_CONTRAST

    def stands(self, grey: Grey) -> bool:
        """Whether the frame shows the same pixels in the same place, up to the noise of encoding."""
        height, width = self.pixels.shape
        here = grey[self.top : self.top + height, self.left : self.left + width]
        inner = cv2.erode(self.stencil, _disc(_RIM + 2), borderType=cv2.BORDER_CONSTANT, borderValue=0) != 0
        if not inner.any():
            return False
        off = np.abs(here.astype(np.int16) - self.pixels.astype(np.int16))[inner]
        return float(np.percentile(off, 99)) <= _ENCODING_NOISE

    def find(self, grey: Grey, moved: npt.NDArray[np.float64]) -> npt.NDArray[np.float64] | None:
        """The displacement near ``moved`` at which the patch fits best; None when it fits nowhere."""
        height, width = self.pixels.shape
        left = max(self.left + round(float(moved[0])) - _PATCH_REACH, 0)
        top = max(self.top + round(float(moved[1])) - _PATCH_REACH, 0)
        region = grey[top : top + height + 2 * _PATCH_REACH, left : left + width + 2 * _PATCH_REACH]
        if region.shape[0] < height or region.shape[1] < width:
            return None
        likeness = np.asarray(
            cv2.matchTemplate(region, self.pixels, cv2.TM_CCOEFF_NORMED, mask=self.stencil), np.float64
        )
        likeness[~np.isfinite(likeness)] = -1.0
        row, column = (int(i) for i in np.unravel_index(int(likeness.argmax()), likeness.shape))
        if likeness[row, column] < _PATCH_LIKENESS:
            return None
        x = left + column + _vertex(likeness[row, :], column) - self.left
        y = top + row + _vertex(likeness[:, column], row) - self.top
        return np.array([x, y])


def _vertex(values: npt.NDArray[np.float64], at: int) -> float:
    """How far from a sampled maximum the parabola through it and its neighbours peaks, -0.5 to 0.5."""
    if not 0 < at < len(values) - 1:
        return 0.0
    before, peak, after = (float(v) for v in values[at - 1 : at + 2])
    bend = before - 2 * peak + after
    return 0.0 if bend >= 0 else min(max((before - after) / (2 * bend), -0.5), 0.5)
