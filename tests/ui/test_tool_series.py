"""The picture series of the tools, made anew: every frame shows something else, and the areas cover what is meant.

The script of the documentation drives the real window in a process of its own, on real photographs.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw

from tests.pictures import PHOTOS
from tests.series.studio import ENLARGED, GAP
from tests.series.table import all_series

ROOT = Path(__file__).parents[2]
SHORT = ("brush", "smart", "magnet", "wand", "invert")

Mask = npt.NDArray[np.bool_]
Outline = Sequence[tuple[float, float]]

RIM: Outline = (
    (173, 108), (181, 77), (196, 53), (222, 33), (250, 23), (283, 18), (300, 18), (332, 23), (363, 40),
    (383, 57), (398, 78), (406, 97), (408, 118), (402, 143), (388, 167), (367, 188), (337, 203), (310, 208),
    (287, 208), (253, 202), (233, 193), (210, 178), (190, 157), (178, 133),
)  # fmt: skip
"""The outer rim of the cup."""

ASTRONAUT: Outline = (
    (153, 84), (156, 60), (168, 38), (188, 24), (212, 17), (246, 17), (276, 28), (294, 46), (302, 76),
    (298, 106), (286, 126), (276, 134), (268, 160), (290, 180), (303, 215), (303, 238), (335, 258), (357, 300),
    (362, 345), (330, 352), (303, 375), (287, 405), (280, 450), (282, 511), (22, 511), (28, 470), (24, 400),
    (40, 330), (48, 290), (62, 258), (105, 225), (120, 205), (112, 185), (125, 160), (150, 150), (178, 150),
    (178, 128), (164, 116),
)  # fmt: skip
"""Hair, face, collar and suit, without the helmet."""


def make(folder: Path, only: str, scale: int = 1) -> None:
    ran = subprocess.run(
        [
            sys.executable,
            str(ROOT / "docs" / "make_tool_pictures.py"),
            *("--out", str(folder), "--only", only, "--scale", str(scale), "--maps"),
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "Traceback" not in ran.stderr, ran.stderr


def assert_frames_differ(folder: Path, name: str, scale: int = 1) -> None:
    """Well over what a caption covers."""
    count = all_series()[name].frames
    with Image.open(folder / f"{name}.png") as strip:
        whole = np.asarray(strip.convert("RGB")).astype(int)
    width = (whole.shape[1] - (count - 1) * GAP * scale) // count
    lefts = [index * (width + GAP * scale) for index in range(count)]
    frames = [whole[: -40 * scale, left : left + width] for left in lefts]
    for first, second in pairwise(frames):
        differs = (np.abs(first - second).max(axis=2) > 40).sum()
        assert differs > 100 * scale, f"{name}: two frames show the same"


def maps(folder: Path, name: str) -> list[Mask]:
    """Where area 1 was at each frame of a series."""
    with np.load(folder / f"{name}.npz") as file:
        return [file[key] == 1 for key in file.files]


def part(mask: Mask, left: float, top: float, right: float, bottom: float) -> float:
    """How much of a box (pixels of the photograph) is painted, 0 to 1."""
    box = mask[
        round(top * ENLARGED) : round(bottom * ENLARGED), round(left * ENLARGED) : round(right * ENLARGED)
    ]
    return float(box.mean())


def overlap(found: Mask, outline: Outline) -> float:
    """Intersection over union with an outline drawn by hand."""
    image = Image.new("1", (found.shape[1], found.shape[0]))
    ImageDraw.Draw(image).polygon([(x * ENLARGED, y * ENLARGED) for x, y in outline], fill=1)
    thing = np.asarray(image)
    return float((found & thing).sum() / (found | thing).sum())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few of the series."""
    folder = tmp_path_factory.mktemp("series")
    make(folder, f"^({'|'.join(SHORT)})$")
    return folder


@pytest.mark.parametrize("name", SHORT)
def test_every_frame_shows_something_else(made: Path, name: str) -> None:
    assert_frames_differ(made, name)


def test_the_brush_covers_the_spoon_and_its_straight_line_the_handle(made: Path) -> None:
    sizing, stroke, held, line = maps(made, "brush")
    assert not sizing.any()
    assert part(stroke, 352, 268, 382, 298) > 0.9
    assert part(held, 388, 170, 398, 180) == 0.0
    assert part(line, 393, 165, 395, 170) > 0.9
    assert part(line, 200, 100, 340, 200) == 0.0  # the cup


def test_smart_select_finds_the_astronaut_and_strokes_mend_it(made: Path) -> None:
    box, found, _, mended = maps(made, "smart")
    assert not box.any()
    assert overlap(found, ASTRONAUT) > 0.78
    assert part(found, 195, 200, 270, 235) < 0.2  # the dark collar
    assert overlap(mended, ASTRONAUT) > 0.9
    assert part(mended, 195, 200, 270, 235) > 0.9
    assert part(mended, 400, 20, 500, 250) == 0.0  # the model of the shuttle
    assert part(mended, 320, 400, 480, 510) < 0.02  # the helmet


def test_the_magnet_keeps_to_the_rim(made: Path) -> None:
    *before, area = maps(made, "magnet")
    assert not any(mask.any() for mask in before)
    assert overlap(area, RIM) > 0.97


def test_the_wand_takes_the_sky_and_nothing_of_the_rocket(made: Path) -> None:
    touching, more, everywhere = maps(made, "wand")
    for mask in (touching, more, everywhere):
        assert part(mask, 110, 60, 190, 230) > 0.95  # sky between the left tower and the pole
        assert part(mask, 316, 160, 328, 400) == 0.0  # the rocket
    assert part(more, 345, 0, 440, 240) > 0.99
    assert part(more, 40, 60, 70, 300) == 0.0  # between the struts of the tower
    assert part(everywhere, 40, 60, 70, 300) > 0.7


def test_inverting_gives_all_but_the_sky(made: Path) -> None:
    nothing, sky, rest = maps(made, "invert")
    assert not nothing.any()
    assert sky.mean() > 0.6
    assert np.array_equal(rest, ~sky)


@pytest.mark.long
@pytest.mark.timeout(400)
@pytest.mark.parametrize("scale", [1, 2])
def test_all_series_can_be_made_anew(tmp_path: Path, scale: int) -> None:
    make(tmp_path, "", scale)
    assert {file.stem for file in tmp_path.glob("*.png")} == set(all_series())
    for name, series in all_series().items():
        assert_frames_differ(tmp_path, name, scale)
        assert len(maps(tmp_path, name)) == series.frames
        with Image.open(PHOTOS / f"{series.photo}.jpg") as photo:
            wide, high = photo.size
        if name != "align":  # another picture
            assert maps(tmp_path, name)[-1].shape == (high * ENLARGED, wide * ENLARGED)
