"""Shots, areas and pictures keep their promises by construction."""

import numpy as np
import pytest

from desktop.core.areas import DYNAMIC_LABELS, STATIC_LABEL, MotionArea
from desktop.core.geometry import Box
from desktop.core.label_map import empty
from desktop.core.shot import Shot, SourceImage, new_shot
from tests.shots import path, picture, shot


@pytest.mark.parametrize("label", [0, 8, -1, 255])
def test_an_area_has_one_of_seven_labels(label: int) -> None:
    assert [MotionArea(good).number for good in (*DYNAMIC_LABELS, STATIC_LABEL)] == [1, 2, 3, 4, 5, 6, 0]
    with pytest.raises(ValueError, match="neither 1 to 6 nor 7"):
        MotionArea(label)


def test_the_static_area_has_no_path() -> None:
    assert MotionArea(STATIC_LABEL).static
    assert not MotionArea(1).static
    with pytest.raises(ValueError, match="no trajectory"):
        MotionArea(STATIC_LABEL, trajectory=path((0, 0), (1, 1)))


def test_titles() -> None:
    titles = [MotionArea(3).title, MotionArea(7).title, MotionArea(3, name="Boat").title]
    assert titles == ["Area 3", "Hold still", "Boat"]


def test_the_label_map_has_the_pictures_size_and_labels_are_unique() -> None:
    with pytest.raises(ValueError, match="picture's size"):
        Shot("1", "x", picture(640, 480), empty(480, 640))
    with pytest.raises(ValueError, match="same label"):
        shot(areas=(1, 2, 1))


@pytest.mark.parametrize(
    "crop",
    [Box(0, 0, 0, 480), Box(10, 10, 5, 20), Box(-1, 0, 640, 480), Box(0, 0, 641, 480), Box(0, 0, 640, 481)],
)
def test_a_crop_is_a_part_of_its_picture(crop: Box) -> None:
    assert picture(crop=Box(0, 0, 640, 480)).frame == picture().frame == Box(0, 0, 640, 480)
    assert picture(crop=Box(639, 479, 640, 480)).frame.area == 1
    with pytest.raises(ValueError, match="inside the picture"):
        picture(crop=crop)


@pytest.mark.parametrize(("width", "height"), [(0, 5), (5, 0), (-1, 5)])
def test_a_picture_has_pixels(width: int, height: int) -> None:
    with pytest.raises(ValueError, match="at least one pixel"):
        SourceImage(b"", "image/png", width, height)


def test_areas_are_added_replaced_and_removed_in_place() -> None:
    before = shot(areas=(3, STATIC_LABEL, 1))
    renamed = before.with_area(MotionArea(STATIC_LABEL, name="Quay"))
    assert [area.label for area in renamed.areas] == [3, STATIC_LABEL, 1]
    assert renamed.static_area == MotionArea(STATIC_LABEL, name="Quay")
    grown = renamed.with_area(MotionArea(2))
    assert [area.label for area in grown.areas] == [3, STATIC_LABEL, 1, 2]
    assert [area.label for area in grown.dynamic_areas] == [3, 1, 2]
    assert [area.label for area in grown.without_area(3).areas] == [STATIC_LABEL, 1, 2]
    assert grown.area(5) is None
    assert [area.label for area in before.areas] == [3, STATIC_LABEL, 1]


@pytest.mark.parametrize(
    ("used", "free"), [((), 1), ((1, 2, 4), 3), ((STATIC_LABEL,), 1), ((1, 2, 3, 4, 5, 6), None)]
)
def test_the_lowest_free_label(used: tuple[int, ...], free: int | None) -> None:
    assert shot(areas=used).free_label == free


def test_a_snapshot_is_out_of_the_brushs_reach() -> None:
    live = shot(boxes={1: Box(0, 0, 9, 9)})
    kept = live.snapshot()
    live.label_map[:] = 5
    assert int(np.count_nonzero(kept.label_map)) == 81
    assert kept.areas == live.areas


@pytest.mark.parametrize(
    ("file", "given", "title"),
    [
        ("harbour.at.dawn.jpg", "", "harbour.at.dawn"),
        ("", "", "Untitled"),
        (".png", "", "Untitled"),
        ("a.png", "B", "B"),
    ],
)
def test_a_new_shot_takes_its_title_from_the_file(file: str, given: str, title: str) -> None:
    made = new_shot("1", SourceImage(b"", "image/png", 4, 3, file), given)
    assert made.name == title
    assert made.label_map.shape == (3, 4)
    assert not made.label_map.any()
