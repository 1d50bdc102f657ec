"""Operations on one area of a shot, as patches: worked out on a snapshot, in a thread for large pictures."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from desktop.core import edits
from desktop.core.edits import Patch
from desktop.core.errors import MaskError
from desktop.core.geometry import Box
from desktop.core.label_map import bounds_of, extent
from desktop.core.placement import Placement, middle_of
from desktop.core.shot import Shot
from desktop.core.trajectory import Trajectory
from desktop.imaging import morphology
from desktop.imaging.morphology import Mask
from desktop.imaging.placing import placed
from desktop.imaging.progress import Report, unheard


def grow(shot: Shot, label: int, reach: int, report: Report = unheard) -> list[Patch]:
    """The area with everything within ``reach`` pixels of it; other unlocked areas give way."""
    return _reshaped(shot, label, lambda mask: morphology.grown(mask, reach, report), reach + 1)


def shrink(shot: Shot, label: int, reach: int, report: Report = unheard) -> list[Patch]:
    """The area without everything within ``reach`` pixels of its border."""
    return _reshaped(shot, label, lambda mask: morphology.shrunk(mask, reach, report), 1)


def smooth(shot: Shot, label: int, reach: int, report: Report = unheard) -> list[Patch]:
    """The area with its border evened out over ``reach`` pixels."""
    margin = morphology.SMOOTH_PASSES * reach + 1
    return _reshaped(shot, label, lambda mask: morphology.smoothed(mask, reach, report), margin)


def fill_holes(shot: Shot, label: int, most: int, report: Report = unheard) -> list[Patch]:
    """Holes of at most ``most`` pixels become part of the area. Other areas that lie in them stay."""
    labels = shot.label_map
    box = _frame(shot, label, 1)
    part = labels[box.slices]
    whole = morphology.filled((part == label).view(np.uint8), most, report)
    return [edits.add(shot, whole & (part == 0), box, label)]


def remove_specks(shot: Shot, label: int, most: int, report: Report = unheard) -> list[Patch]:
    """Pieces of at most ``most`` pixels go."""
    return _reshaped(shot, label, lambda mask: morphology.without_specks(mask, most, report), 0)


def invert(shot: Shot, label: int, report: Report = unheard) -> list[Patch]:
    """What was the area is unpainted, and everything else in the picture is the area; locked areas stay."""
    report(0.0)
    box = extent(shot.label_map)
    mask = (shot.label_map == label).view(np.uint8)
    report(0.5)
    return [edits.take(shot, mask, box, label), edits.add(shot, 1 - mask, box, label)]


def place(
    shot: Shot, label: int, placement: Placement, *, to: int | None = None, report: Report = unheard
) -> list[Patch]:
    """The area scaled and turned about its middle, and moved; with ``to`` a copy of it joins that area instead, and
    takes the pixels that both would have."""
    bounds = _frame(shot, label, 0)
    mask = (shot.label_map[bounds.slices] == label).view(np.uint8)
    moved, box = placed(mask, bounds, placement, (shot.image.width, shot.image.height), report)
    if to is not None:
        return [edits.add(shot, moved, box, to)]
    return [edits.take(shot, mask, bounds, label), edits.add(shot, moved, box, label)]


def beside(shot: Shot, label: int) -> Placement:
    """Where a copy of the area lies beside it, a quarter of its width away and inside the picture: right, left, below
    or above. Where there is no such place, the quarter of its width alone, to where there is more room."""
    bounds = _frame(shot, label, 0)
    gap = max(1, round(bounds.width / 4))
    across, down = bounds.width + gap, bounds.height + gap
    room = (shot.image.width - bounds.right, bounds.left, shot.image.height - bounds.bottom, bounds.top)
    steps = ((across, 0), (-across, 0), (0, down), (0, -down))
    for free, (dx, dy) in zip(room, steps, strict=True):
        if free >= abs(dx) + abs(dy):
            return Placement(float(dx), float(dy))
    return Placement(float(gap if room[0] >= room[1] else -gap))


def share_taken(shot: Shot, label: int, patch: Patch) -> float:
    """How much of an area a patch takes for another one, 0 to 1."""
    if label == patch.label or label in patch.locked:
        return 0.0
    there = int(np.count_nonzero(shot.label_map == label))
    taken = int(np.count_nonzero(patch.stencil[shot.label_map[patch.box.slices] == label]))
    return taken / max(there, 1)


def placed_path(shot: Shot, label: int, placement: Placement) -> Trajectory | None:
    """The area's path placed as `place` does its pixels; None when it has none."""
    area = shot.area(label)
    if area is None or area.trajectory is None:
        return None
    middle, path = middle_of(_frame(shot, label, 0)), area.trajectory
    return Trajectory(tuple(placement.of(p, middle) for p in path.nodes), path.smooth, path.count)


def _frame(shot: Shot, label: int, margin: int) -> Box:
    """The box of what is painted, with a margin inside the picture. Raises MaskError when nothing is."""
    bounds = bounds_of(shot.label_map, label)
    if bounds.empty:
        raise MaskError("Nothing of this area is painted yet; paint something first.")
    return bounds.grow(margin).intersect(extent(shot.label_map))


def _reshaped(shot: Shot, label: int, make: Callable[[Mask], Mask], margin: int) -> list[Patch]:
    """The patches that make an area's mask another one inside its bounds and ``margin`` pixels around them."""
    box = _frame(shot, label, margin)
    mask = (shot.label_map[box.slices] == label).view(np.uint8)
    wanted = make(mask)
    return [
        edits.take(shot, mask & (1 - wanted), box, label),
        edits.add(shot, wanted & (1 - mask), box, label),
    ]
