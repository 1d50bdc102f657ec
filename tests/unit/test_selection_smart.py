"""Smart select on pictures where the truth is known."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from desktop.core.geometry import Box, Point
from desktop.core.label_map import Stencil
from desktop.core.mark import Mark
from desktop.imaging.pyramid import Picture, picture_levels
from desktop.imaging.smart import select
from tests.pictures import pixels


def scene(width: int, height: int) -> tuple[Picture, npt.NDArray[np.bool_]]:
    """A warm star on a cold ground, both with grain and light falling off."""
    y, x = np.mgrid[0:height, 0:width]
    turn = np.arctan2(y - height / 2, x - width / 2)
    thing = np.hypot(y - height / 2, x - width / 2) < height * 0.3 * (1 + 0.2 * np.cos(5 * turn))
    grain = np.random.default_rng(1).integers(-12, 13, (height, width, 1))
    light = (40 * x / width)[:, :, None]
    colours = np.where(thing[:, :, None], (170, 110, 60), (60, 110, 150)) + grain + light
    return np.clip(colours, 0, 255).astype(np.uint8), thing


def spread(stencil: Stencil, box: Box, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    whole = np.zeros(shape[:2], np.bool_)
    whole[box.slices] = stencil != 0
    return whole


def overlap(found: npt.NDArray[np.bool_], thing: npt.NDArray[np.bool_]) -> float:
    return float((found & thing).sum() / (found | thing).sum())


@pytest.mark.parametrize(("width", "height"), [(120, 90), (700, 500), (2400, 1800)])
def test_the_border_is_found_at_full_size(width: int, height: int) -> None:
    picture, thing = scene(width, height)
    levels = dict(enumerate(picture_levels(picture)))
    frame = Box(width // 5, height // 10, width - width // 5, height - height // 10)
    found = spread(*select(levels, frame), picture.shape)
    assert overlap(found, thing) > 0.97
    wrong = found != thing
    near = 6 + width // 200
    y, x = np.nonzero(wrong)
    depth = np.array(
        [
            thing[max(b - near, 0) : b + near, max(a - near, 0) : a + near].mean()
            for b, a in zip(y, x, strict=True)
        ]
    )
    assert ((depth > 0) & (depth < 1)).all()  # every mistake is beside the true border


def test_the_same_box_and_strokes_find_the_same_thing_every_time() -> None:
    """GrabCut draws its first colours by lot."""
    levels = dict(enumerate(picture_levels(pixels("coffee", 320, 240))))
    frame = Box(70, 50, 251, 190)
    found = []
    for marks in ((), (Mark((Point(150.5, 110.25), Point(170.75, 125.5)), 20.0),), ()) * 2:
        stencil, box = select(levels, frame, marks)
        found.append((box, stencil.tobytes()))
    assert found[:3] == found[3:]
    assert found[0] == found[2] != found[1]


def test_marks_have_the_last_word() -> None:
    picture, _ = scene(700, 500)
    levels = dict(enumerate(picture_levels(picture)))
    frame = Box(140, 50, 560, 450)
    keep = Mark((Point(30.0, 30.0), Point(60.0, 30.0)), 8.0)
    drop = Mark((Point(350.0, 250.0), Point(380.0, 250.0)), 10.0, inside=False)
    found = spread(*select(levels, frame, [keep, drop]), picture.shape)
    assert found[30, 30:60].all()
    assert not found[245:255, 350:380].any()


@pytest.mark.parametrize(
    ("photo", "size", "stroke", "inside", "outside"),
    [
        (
            "astronaut",
            (512, 512),
            ((230, 60), (230, 130), (220, 220), (150, 320), (200, 450)),
            (Box(60, 300, 240, 500), Box(190, 60, 270, 160), Box(290, 270, 340, 330)),
            (Box(0, 0, 140, 90), Box(370, 0, 512, 300), Box(330, 400, 480, 512)),
        ),
        (
            "coffee",
            (600, 400),
            ((250, 50), (300, 190)),
            (Box(210, 50, 370, 170),),
            (Box(80, 250, 180, 350), Box(450, 20, 600, 380), Box(0, 0, 150, 100)),
        ),
    ],
)
def test_a_scribble_finds_more_of_a_thing_than_the_colours_under_it(
    photo: str,
    size: tuple[int, int],
    stroke: tuple[tuple[float, float], ...],
    inside: tuple[Box, ...],
    outside: tuple[Box, ...],
) -> None:
    picture = pixels(photo, *size, grain=0)
    levels = dict(enumerate(picture_levels(picture)))
    mark = Mark(tuple(Point(x, y) for x, y in stroke), 7.0)
    found = spread(*select(levels, None, [mark]), picture.shape)
    assert all(found[box.slices].mean() > 0.85 for box in inside)
    assert all(found[box.slices].mean() < 0.05 for box in outside)


def test_one_coloured_pictures_and_extreme_boxes_give_an_answer() -> None:
    flat = np.full((80, 100, 3), 128, np.uint8)
    levels = dict(enumerate(picture_levels(flat)))
    for frame in (
        Box(0, 0, 100, 80),
        Box(0, 0, 1, 1),
        Box(99, 79, 100, 80),
        Box(40, 0, 41, 80),
        Box(10, 10, 60, 50),
    ):
        stencil, box = select(levels, frame)
        assert stencil.shape == (box.height, box.width)
        assert box.intersect(Box(0, 0, 100, 80)) == box
    stencil, box = select(levels, None, [Mark((Point(50.0, 40.0),), 3.0)])
    assert spread(stencil, box, flat.shape)[40, 50]


def test_it_can_be_broken_off_at_every_step() -> None:
    picture, _ = scene(2400, 1800)
    levels = dict(enumerate(picture_levels(picture)))
    shares: list[float] = []
    select(levels, Box(400, 200, 2000, 1600), report=shares.append)
    assert shares == sorted(shares)
    assert 0.0 <= shares[0] < 0.1
    assert 0.9 < shares[-1] <= 1.0
    for most in (0.0, 0.2, 0.5, 0.8):

        def refuse(share: float, most: float = most) -> None:
            if share >= most:
                raise InterruptedError

        with pytest.raises(InterruptedError):
            select(levels, Box(400, 200, 2000, 1600), report=refuse)
