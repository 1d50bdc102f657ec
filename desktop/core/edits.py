"""Edits of a shot as plain functions.

What changes facts gives a new shot; what changes pixels gives a `Patch` for the history to paint.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from desktop.core.areas import STATIC_LABEL, MotionArea
from desktop.core.geometry import Box, same_shape, whole
from desktop.core.label_map import LABELS, LabelMap, Stencil, bounds_of, extent
from desktop.core.parameters import Parameters
from desktop.core.shot import Shot, SourceImage
from desktop.core.tiles import runs_in
from desktop.core.trajectory import Trajectory


@dataclass(frozen=True, slots=True)
class Patch:
    """Pixels to write: ``label`` (0 erases) wherever the stencil in ``box`` covers and the owner is not locked.

    ``hidden`` are those of ``locked`` that are spared only because nobody sees them.
    """

    stencil: Stencil = field(repr=False)
    box: Box
    label: int
    locked: frozenset[int] = frozenset()
    hidden: frozenset[int] = frozenset()


def label_of(number: int) -> int:
    """The label of the number a person sees: 7 for 0, else the number."""
    return STATIC_LABEL if number == 0 else number


def locked_labels(shot: Shot) -> frozenset[int]:
    """Labels that may not be painted over."""
    return frozenset(area.label for area in shot.areas if area.locked)


def hidden_labels(shot: Shot) -> frozenset[int]:
    """Labels that are out of sight, and could be painted over otherwise."""
    return frozenset(area.label for area in shot.areas if area.hidden and not area.locked)


def add(shot: Shot, stencil: Stencil, box: Box, label: int) -> Patch:
    """The shape becomes part of an area; other areas give way, unless they are locked or hidden."""
    hidden = hidden_labels(shot) - {label}
    return Patch(stencil, box, label, locked_labels(shot) | hidden, hidden)


def erase(shot: Shot, stencil: Stencil, box: Box) -> Patch:
    """Nothing is painted inside the shape any more, locked and hidden areas excepted."""
    hidden = hidden_labels(shot)
    return Patch(stencil, box, 0, locked_labels(shot) | hidden, hidden)


def take(shot: Shot, stencil: Stencil, box: Box, label: int) -> Patch:
    """The shape is taken out of one area; other areas stay as they are."""
    return Patch(stencil, box, 0, frozenset(LABELS) - {label} | locked_labels(shot))


def spared(labels: LabelMap, patch: Patch) -> frozenset[int]:
    """The hidden areas that the patch covers pixels of and leaves as they are."""
    inside = patch.box.intersect(extent(labels))
    if inside.empty or not patch.hidden:
        return frozenset()
    under, covered = labels[inside.slices], patch.stencil[inside.slices_in(patch.box)] != 0
    return frozenset(label for label in patch.hidden if ((under == np.uint8(label)) & covered).any())


def keep(shot: Shot, stencil: Stencil, box: Box, label: int) -> Patch:
    """Only what lies inside the shape stays of an area; other areas stay as they are."""
    bounds = bounds_of(shot.label_map, label)
    outside = np.ones((bounds.height, bounds.width), np.uint8)
    common = bounds.intersect(box)
    if not common.empty:
        outside[common.slices_in(bounds)] = stencil[common.slices_in(box)] == 0
    return take(shot, outside, bounds, label)


def clear(shot: Shot, label: int, inside: Box | None = None) -> Patch:
    """An area loses all its pixels, or those inside a box, locked or not: the caller has asked for just this area."""
    part = extent(shot.label_map) if inside is None else inside
    box = bounds_of(shot.label_map[part.slices], label).moved(part.left, part.top)
    own = (shot.label_map[box.slices] == np.uint8(label)).view(np.uint8)
    return Patch(own, box, 0)


def clear_parts(shot: Shot, label: int) -> Iterator[Patch]:
    """`clear` in parts, none of which takes long; each is looked at when its turn comes."""
    for part in runs_in(extent(shot.label_map)):
        yield clear(shot, label, part)


def parts(patch: Patch, inside: Box) -> Iterator[Patch]:
    """The patch inside a box, in parts none of which takes long to paint."""
    for part in runs_in(patch.box.intersect(inside)):
        yield replace(patch, stencil=patch.stencil[part.slices_in(patch.box)], box=part)


def add_area(shot: Shot, label: int, name: str = "") -> Shot:
    """The shot with that area, on top of the dynamic ones and below the static; itself when it has it."""
    if shot.area(label) is not None:
        return shot
    area = MotionArea(label, name)
    if area.static:
        return replace(shot, areas=(area, *shot.areas))
    return replace(shot, areas=(*shot.areas, area))


def rename_area(shot: Shot, label: int, name: str) -> Shot:
    """Give an area a name; an empty one brings the plain title back."""
    return shot.with_area(replace(_area(shot, label), name=name.strip()))


def hide_area(shot: Shot, label: int, hidden: bool) -> Shot:
    """Hide or show an area's overlay and path."""
    return shot.with_area(replace(_area(shot, label), hidden=hidden))


def lock_area(shot: Shot, label: int, locked: bool) -> Shot:
    """Protect an area's pixels and path, or release them."""
    return shot.with_area(replace(_area(shot, label), locked=locked))


def color_area(shot: Shot, label: int, color: str) -> Shot:
    """Give an area a colour ``#rrggbb``; empty brings its own back."""
    return shot.with_area(replace(_area(shot, label), color=color))


def solo_area(shot: Shot, label: int) -> Shot:
    """Show one area alone; when it is alone already, show all."""
    alone = all(area.hidden == (area.label != label) for area in shot.areas)
    areas = tuple(replace(area, hidden=not alone and area.label != label) for area in shot.areas)
    return replace(shot, areas=areas)


def move_area(shot: Shot, label: int, index: int) -> Shot:
    """Move an area to a place in the list (0 is the top)."""
    area = _area(shot, label)
    others = [a for a in shot.areas if a.label != label]
    others.insert(min(max(index, 0), len(others)), area)
    return replace(shot, areas=tuple(others))


def set_trajectory(shot: Shot, label: int, trajectory: Trajectory | None) -> Shot:
    """Give a dynamic area a path, or none."""
    return shot.with_area(replace(_area(shot, label), trajectory=trajectory))


def set_parameters(shot: Shot, parameters: Parameters) -> Shot:
    """The shot with other parameters."""
    return replace(shot, parameters=parameters)


def set_end_frame(shot: Shot, image: SourceImage | None) -> Shot:
    """The shot with another end frame, or none."""
    return replace(shot, end_frame=image)


def same_aspect(shot: Shot, image: SourceImage) -> bool:
    """Whether a picture has the shot's aspect, up to one pixel of rounding."""
    frame = picture_frame(shot.image.width, shot.image.height, image)
    return frame == whole(image.width, image.height)


def picture_frame(width: int, height: int, image: SourceImage) -> Box:
    """Where masks of a picture of ``width`` x ``height`` go in another one: all of it when the aspect is the same,
    else as large as fits, centred, with their own shape."""
    if same_shape((width, height), (image.width, image.height)):
        return whole(image.width, image.height)
    factor = min(image.width / width, image.height / height)
    wide, high = max(1, round(width * factor)), max(1, round(height * factor))
    left, top = (image.width - wide) // 2, (image.height - high) // 2
    return Box(left, top, left + wide, top + high)


def replace_picture(shot: Shot, image: SourceImage) -> Shot:
    """Another picture under the same masks and paths.

    A picture of the same aspect gets them scaled, and the crop with them. In one of another aspect they keep their
    shape, as large as fits and centred.
    """
    width, height = shot.image.width, shot.image.height
    frame = picture_frame(width, height, image)
    crop = shot.image.crop
    if crop is not None and image.crop is None and frame == whole(image.width, image.height):
        sx, sy = frame.width / width, frame.height / height
        scaled = Box(
            round(crop.left * sx), round(crop.top * sy), round(crop.right * sx), round(crop.bottom * sy)
        )
        image = replace(image, crop=None if scaled.empty or scaled == frame else scaled)
    if (width, height) == (image.width, image.height):
        return replace(shot, image=image)
    bare = replace(shot, image=image, label_map=np.zeros((image.height, image.width), np.uint8))
    return place_masks(bare, shot.label_map, shot.areas, frame)


def place_masks(shot: Shot, labels: LabelMap, areas: Sequence[MotionArea], frame: Box) -> Shot:
    """The shot with a label map and its areas' paths laid into ``frame`` (pixels of the shot's picture).

    ``frame`` may reach over the picture's edges; what lies outside is cut off, paths go on outside. Names, colours
    and locks are the shot's own where it has the area.
    """
    inside = frame.intersect(whole(shot.image.width, shot.image.height))
    placed = np.zeros((shot.image.height, shot.image.width), np.uint8)
    if not inside.empty and not frame.empty:
        rows = _sources(inside.top - frame.top, inside.height, frame.height, labels.shape[0])
        columns = _sources(inside.left - frame.left, inside.width, frame.width, labels.shape[1])
        placed[inside.slices] = labels.take(rows, axis=0).take(columns, axis=1)
    sx, sy = frame.width / labels.shape[1], frame.height / labels.shape[0]
    paths = {
        area.label: None
        if area.trajectory is None
        else area.trajectory.scaled(sx, sy).moved(frame.left, frame.top)
        for area in areas
    }
    moved = tuple(
        replace(area, trajectory=paths[area.label]) if area.label in paths else area for area in shot.areas
    )
    return replace(shot, label_map=placed, areas=moved)


def _sources(first: int, count: int, size: int, source_size: int) -> npt.NDArray[np.intp]:
    """Source pixels under the centres of ``count`` target pixels from ``first`` on, of ``size`` in all."""
    centres: npt.NDArray[np.intp] = ((2 * np.arange(first, first + count) + 1) * source_size) // (2 * size)
    return centres


def _area(shot: Shot, label: int) -> MotionArea:
    area = shot.area(label)
    if area is None:
        raise ValueError(f"the shot has no area {label}")
    return area
