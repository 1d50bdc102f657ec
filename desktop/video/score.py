"""Does a video move as planned? Measured paths against trajectories, and the still area's leak."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from desktop.core.areas import STATIC_LABEL
from desktop.core.geometry import Box, Point
from desktop.core.label_map import LabelMap, extent, resized
from desktop.core.shot import Shot
from desktop.video.flow import SAMPLES, Track, follow, working_size
from desktop.video.probe import VideoFacts, probe

MIN_WAY = 2.0
"""Pixels of the video an area must be planned to move for its direction to mean anything."""

_STEP = 6.0
"""Pixels of the video one compared piece of the path has at least, so that noise does not turn it."""

_MOST_STEPS = 12
_AT_REST = 0.03
"""A piece that moved by less than this share of its plan has no direction and counts as 90 degrees off."""


@dataclass(frozen=True, slots=True)
class AreaScore:
    """One dynamic area. Lengths are in pixels of the video; values are None when nothing could be measured.

    ``direction_error`` is the mean angle in degrees between planned and measured motion, weighted by the
    planned length. ``way`` is measured length / planned length. ``agree`` is the correlation, -1 to 1, of
    measured and planned displacements over time. ``seen`` is the share of the sampled frames in which the
    area was found.
    """

    label: int
    title: str
    planned: float
    measured: float | None
    direction_error: float | None
    way: float | None
    agree: float | None
    seen: float
    features: int
    note: str = ""

    @property
    def measurable(self) -> bool:
        return self.direction_error is not None


@dataclass(frozen=True, slots=True)
class StillScore:
    """The static area.

    ``leak`` is how far its most restless part was from its place in the first frame, in pixels of the video: the
    95th percentile over the sampled frames; None when there is nothing to measure.
    """

    title: str
    leak: float | None
    seen: float
    features: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """A video against its plan."""

    video: VideoFacts
    areas: tuple[AreaScore, ...]
    still: StillScore | None

    @property
    def direction_error(self) -> float | None:
        """Mean direction error in degrees over the areas that could be measured; None when there is none."""
        errors = [area.direction_error for area in self.areas if area.direction_error is not None]
        return float(np.mean(errors)) if errors else None

    @property
    def leak(self) -> float | None:
        """The still area's leak in pixels of the video; None without one or when it cannot be measured."""
        return None if self.still is None else self.still.leak

    @property
    def measurable(self) -> bool:
        """Whether every area could be measured, the still one included."""
        return all(area.measurable for area in self.areas) and (
            self.still is None or self.still.leak is not None
        )

    def follows(self, *, degrees: float = 15.0, leak: float = 0.5) -> bool:
        """Whether every area is within ``degrees`` and the still area leaks under ``leak`` pixels."""
        turned = all(a.direction_error is not None and a.direction_error <= degrees for a in self.areas)
        return turned and (self.still is None or (self.still.leak is not None and self.still.leak < leak))

    @property
    def sentence(self) -> str:
        """The score in one sentence."""
        parts = [_area_text(area) for area in self.areas]
        if self.still is not None:
            leak = self.still.leak
            parts.append(
                f"“{self.still.title}” {self.still.note}"
                if leak is None
                else f"“{self.still.title}” leaks {leak:.2f} px"
            )
        return "; ".join(parts) + "." if parts else "There is no painted area to measure."

    def record(self) -> dict[str, Any]:
        """As plain JSON data."""
        return {
            **asdict(self),
            "direction_error": self.direction_error,
            "leak": self.leak,
            "sentence": self.sentence,
        }


def score_shot(path: Path, shot: Shot, samples: int = SAMPLES) -> Score:
    """`score` of a shot's plan: its areas as painted, its paths as they are sent. Raises VideoError."""
    paths = {
        area.label: () if area.trajectory is None else area.trajectory.points() for area in shot.dynamic_areas
    }
    titles = {area.label: area.title for area in shot.areas}
    return score(path, shot.label_map, paths, frame=shot.image.frame, titles=titles, samples=samples)


def score(
    path: Path,
    label_map: LabelMap,
    paths: Mapping[int, Sequence[Point]],
    *,
    frame: Box | None = None,
    titles: Mapping[int, str] | None = None,
    samples: int = SAMPLES,
) -> Score:
    """Measure a video of a picture whose areas are painted in ``label_map`` (H x W, 0 to 7).

    ``paths`` are the planned points by label, in image pixels, y down; an area is planned to move from the
    first to the last of them at constant speed over the whole clip. ``frame`` is the part of the picture that
    was sent (None: all). Areas without pixels in the frame are left out. Raises VideoError when the video
    cannot be read.
    """
    box = extent(label_map) if frame is None else frame
    names = titles or {}
    labels = resized(label_map, box, *working_size(probe(path)))
    present = {int(value) for value in np.unique(labels)}
    masks = {label: labels == label for label in (*paths, STATIC_LABEL) if label in present}
    facts, tracks = follow(path, masks, samples, still=(STATIC_LABEL,))
    scale = np.array([facts.width / box.width, facts.height / box.height])
    areas = [
        _area_score(
            label, names.get(label, f"Area {label}"), np.array(points).reshape(-1, 2) * scale, tracks[label]
        )
        for label, points in paths.items()
        if label in tracks
    ]
    still = tracks.get(STATIC_LABEL)
    title = names.get(STATIC_LABEL, "Hold still")
    return Score(facts, tuple(areas), None if still is None else _still_score(title, still))


def _area_score(label: int, title: str, points: npt.NDArray[np.float64], track: Track) -> AreaScore:
    planned_length = float(np.hypot(*np.diff(points, axis=0).T).sum()) if len(points) > 1 else 0.0

    def unmeasured(note: str) -> AreaScore:
        return AreaScore(
            label, title, planned_length, None, None, None, None, track.seen, track.features, note
        )

    if planned_length < MIN_WAY:
        return unmeasured("has no path to compare with")
    if not track.measurable:
        return unmeasured("has too little texture to be measured")
    planned = _planned(points, track.times)
    chosen = _pieces(track.times, planned_length)
    plan, real = np.diff(planned[chosen], axis=0), np.diff(track.path[chosen], axis=0)
    plan_lengths, real_lengths = np.hypot(*plan.T), np.hypot(*real.T)
    angles = np.degrees(np.abs(np.arctan2(_cross(plan, real), (plan * real).sum(axis=1))))
    angles[real_lengths < _AT_REST * plan_lengths] = 90.0
    total = float(plan_lengths.sum())
    if total == 0.0:
        return unmeasured("was lost before it was to move")
    resting = float(real_lengths.sum()) < _AT_REST * total
    size = float(np.sqrt((planned**2).sum() * (track.path**2).sum()))
    return AreaScore(
        label=label,
        title=title,
        planned=planned_length,
        measured=float(real_lengths.sum()),
        direction_error=float((angles * plan_lengths).sum() / total),
        way=float(real_lengths.sum()) / total,
        agree=float((planned * track.path).sum()) / size if not resting else 0.0,
        seen=track.seen,
        features=track.features,
        note="" if track.seen > 0.8 else f"was followed in {track.seen:.0%} of the clip only",
    )


def _planned(points: npt.NDArray[np.float64], times: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Planned displacement from the start at each time: K x 2, at constant speed along the polyline."""
    walked = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    along = times * walked[-1]
    return np.stack([np.interp(along, walked, points[:, axis]) - points[0, axis] for axis in (0, 1)], axis=1)


def _pieces(times: npt.NDArray[np.float64], length: float) -> npt.NDArray[np.intp]:
    """Indices of the samples between which directions are compared: pieces long enough to have one."""
    count = int(min(max(length // _STEP, 1), _MOST_STEPS, len(times) - 1))
    wanted = np.linspace(times[0], times[-1], count + 1)
    return np.unique(np.abs(times[:, None] - wanted[None, :]).argmin(axis=0))


def _cross(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    crossed: npt.NDArray[np.float64] = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    return crossed


def _still_score(title: str, track: Track) -> StillScore:
    if not track.measurable:
        return StillScore(title, None, track.seen, track.features, "has too little texture to be measured")
    leak = float(np.percentile(track.reach[1:], 95))
    return StillScore(title, leak, track.seen, track.features)


def _area_text(area: AreaScore) -> str:
    if area.direction_error is None or area.way is None:
        return f"“{area.title}” {area.note}"
    text = (
        f"“{area.title}” follows its path within {area.direction_error:.1f}° over {area.way:.0%} of its way"
    )
    return f"{text} and {area.note}" if area.note else text
