"""Operations on areas of random label maps: locked areas never change, other areas only give way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.areas import MotionArea
from desktop.core.edits import Patch
from desktop.core.errors import MaskError
from desktop.core.geometry import Point
from desktop.core.history import History
from desktop.core.label_map import LabelMap
from desktop.core.placement import Placement
from desktop.core.shot import Shot, SourceImage, new_shot
from desktop.core.trajectory import Trajectory
from desktop.imaging import area_edits, morphology
from desktop.imaging.morphology import Mask

Make = Callable[[Shot, int, int], list[Patch]]
MASKS: dict[str, tuple[Make, Callable[[Mask, int], Mask]]] = {
    "grow": (area_edits.grow, morphology.grown),
    "shrink": (area_edits.shrink, morphology.shrunk),
    "smooth": (area_edits.smooth, morphology.smoothed),
    "specks": (area_edits.remove_specks, morphology.without_specks),
    "invert": (lambda shot, label, _: area_edits.invert(shot, label), lambda mask, _: 1 - mask),
}


def shot_of(seed: int, locked: tuple[int, ...], height: int = 13, width: int = 17) -> Shot:
    random = np.random.default_rng(seed)
    image = SourceImage(b"", "image/png", width, height, "plain.png")
    labels = random.choice(np.array([0, 0, 1, 1, 2, 3, 7], np.uint8), (height, width))
    areas = tuple(MotionArea(label, locked=label in locked) for label in (1, 2, 3, 7))
    return replace(new_shot("shot", image), label_map=labels, areas=areas)


def done(shot: Shot, patches: list[Patch]) -> LabelMap:
    """The label map after the patches, and proof that one undo brings the first back bit for bit."""
    history = History(replace(shot, label_map=shot.label_map.copy()))
    history.begin("step")
    for patch in patches:
        history.paint(patch.stencil, patch.box, patch.label, patch.locked)
    history.commit()
    after = history.shot.label_map.copy()
    history.undo()
    assert np.array_equal(history.shot.label_map, shot.label_map)
    history.redo()
    assert np.array_equal(history.shot.label_map, after)
    return after


@pytest.mark.parametrize("name", sorted(MASKS))
@given(seed=st.integers(0, 2**32 - 1), amount=st.integers(0, 5), locked=st.sampled_from([(), (2,), (3, 7)]))
def test_the_mask_becomes_what_the_operation_says_where_nothing_is_locked(
    name: str, seed: int, amount: int, locked: tuple[int, ...]
) -> None:
    shot = shot_of(seed, locked)
    edit, mask = MASKS[name]
    before, after = shot.label_map, done(shot, edit(shot, 1, amount))
    wanted = mask((before == 1).astype(np.uint8), amount) == 1
    fixed = np.isin(before, locked)
    assert np.array_equal(after == 1, wanted & ~fixed)
    assert np.array_equal(after[fixed], before[fixed])
    rest = ~wanted & (before != 1)
    assert np.array_equal(after[rest], before[rest])
    assert not after[~wanted & (before == 1)].any()


@given(seed=st.integers(0, 2**32 - 1), most=st.integers(1, 9))
def test_filling_holes_touches_unpainted_pixels_alone(seed: int, most: int) -> None:
    shot = shot_of(seed, ())
    before, after = shot.label_map, done(shot, area_edits.fill_holes(shot, 1, most))
    whole = morphology.filled((before == 1).astype(np.uint8), most) == 1
    assert np.array_equal(after == 1, (before == 1) | (whole & (before == 0)))
    painted = before != 0
    assert np.array_equal(after[painted], before[painted])


@given(
    seed=st.integers(0, 2**32 - 1),
    dx=st.integers(-20, 20),
    dy=st.integers(-20, 20),
    locked=st.sampled_from([(), (2,)]),
)
def test_a_moved_area_is_where_it_was_moved_to(seed: int, dx: int, dy: int, locked: tuple[int, ...]) -> None:
    shot = shot_of(seed, locked)
    before, after = shot.label_map, done(shot, area_edits.place(shot, 1, Placement(dx, dy)))
    wanted = np.zeros_like(before, np.bool_)
    for y, x in np.argwhere(before == 1):
        if 0 <= y + dy < wanted.shape[0] and 0 <= x + dx < wanted.shape[1]:
            wanted[y + dy, x + dx] = True
    assert np.array_equal(after == 1, wanted & ~np.isin(before, locked))
    copied = done(shot, area_edits.place(shot, 1, Placement(dx, dy), to=3))
    assert np.array_equal(copied == 3, (before == 3) | (wanted & ~np.isin(before, locked)))


def test_a_path_goes_where_its_area_goes() -> None:
    shot = shot_of(1, ())
    labels = np.zeros((13, 17), np.uint8)
    labels[4:8, 2:12] = 1
    path = Trajectory((Point(7.0, 6.0), Point(9.0, 10.0)), count=5)
    shot = replace(shot, label_map=labels, areas=(MotionArea(1, trajectory=path), MotionArea(2)))
    assert area_edits.placed_path(shot, 1, Placement(3.0, -1.0, 2.0, 2.0)) == Trajectory(
        (Point(10.0, 5.0), Point(14.0, 13.0)), count=5
    )
    assert area_edits.placed_path(shot, 1, Placement(angle=90.0)) == Trajectory(
        (Point(7.0, 6.0), Point(3.0, 8.0)), count=5
    )
    assert area_edits.placed_path(shot, 1, Placement(scale_x=-1.0, scale_y=0.5)) == Trajectory(
        (Point(7.0, 6.0), Point(5.0, 8.0)), count=5
    )
    assert area_edits.placed_path(shot, 2, Placement(3.0, -1.0)) is None


def test_an_area_without_pixels_is_explained() -> None:
    shot = replace(shot_of(1, ()), label_map=np.zeros((13, 17), np.uint8))
    for make in (area_edits.grow, area_edits.shrink, area_edits.smooth, area_edits.fill_holes):
        with pytest.raises(MaskError, match="paint something first"):
            make(shot, 1, 3)
