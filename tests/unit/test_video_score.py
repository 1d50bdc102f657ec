"""The score measures what is there: known motion comes out as it went in, and every deviation is seen."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from desktop.core.areas import MotionArea
from desktop.core.errors import VideoError
from desktop.core.geometry import Box, Point
from desktop.core.shot import new_shot
from desktop.core.trajectory import Trajectory
from desktop.imaging.read import open_image
from desktop.video.score import Score, score, score_shot
from tests.clips import Motion, along, disc, still, write_clip
from tests.pictures import photo, pixels

W, H = 960, 540
STRAIGHT = Trajectory((Point(260, 260), Point(340, 180)), smooth=False)
CURVE = Trajectory((Point(680, 300), Point(720, 240), Point(790, 290), Point(810, 370)))
PATHS = {1: STRAIGHT.points(), 2: CURVE.points()}
RIGHT: dict[int, Motion] = {1: along(PATHS[1]), 2: along(PATHS[2]), 7: still}


def painted() -> npt.NDArray[np.uint8]:
    labels = np.zeros((H, W), np.uint8)
    disc(labels, 1, 260, 260, 80)
    disc(labels, 2, 680, 300, 70)
    disc(labels, 7, 480, 110, 70)
    return labels


def measured(folder: Path, motions: dict[int, Motion], name: str = "chelsea", codec: str = "MJPG") -> Score:
    path = folder / ("clip.mp4" if codec == "mp4v" else "clip.avi")
    write_clip(path, pixels(name, W, H), painted(), {**RIGHT, **motions}, codec=codec)
    return score(path, painted(), PATHS)


@pytest.mark.parametrize(
    "name", ["chelsea", "rocket", *(pytest.param(n, marks=pytest.mark.long) for n in ("astronaut", "coffee"))]
)
def test_motion_as_planned_scores_as_planned(tmp_path: Path, name: str) -> None:
    found = measured(tmp_path, {}, name, "FFV1")
    assert found.measurable
    assert found.follows()
    for area in found.areas:
        assert area.direction_error is not None
        assert area.direction_error < 2
        assert area.way == pytest.approx(1, abs=0.05)
        assert area.agree is not None
        assert area.agree > 0.99
    assert found.leak is not None
    assert found.leak < 0.1


def test_a_compressed_clip_scores_nearly_the_same(tmp_path: Path) -> None:
    found = measured(tmp_path, {}, codec="mp4v")
    assert found.follows()
    assert found.direction_error is not None
    assert found.direction_error < 2


def test_a_flipped_axis_is_seen(tmp_path: Path) -> None:
    found = measured(
        tmp_path, {label: along([(x, -y) for x, y in points]) for label, points in PATHS.items()}
    )
    assert not found.follows()
    first, second = found.areas
    assert first.direction_error == pytest.approx(90, abs=2)
    assert second.direction_error is not None
    assert second.direction_error > 30


def test_swapped_masks_are_seen(tmp_path: Path) -> None:
    found = measured(tmp_path, {1: along(PATHS[2]), 2: along(PATHS[1])})
    assert not found.follows()


def test_half_the_way_is_seen(tmp_path: Path) -> None:
    found = measured(tmp_path, {1: along(PATHS[1], 0.5)})
    assert found.areas[0].way == pytest.approx(0.5, abs=0.05)
    assert found.areas[0].direction_error is not None
    assert found.areas[0].direction_error < 2


def test_no_motion_at_all_is_seen(tmp_path: Path) -> None:
    found = measured(tmp_path, {1: still})
    assert found.areas[0].direction_error == pytest.approx(90)
    assert found.areas[0].way == pytest.approx(0, abs=0.05)
    assert found.areas[0].agree == 0.0


def test_a_leak_is_measured_in_pixels(tmp_path: Path) -> None:
    found = measured(tmp_path, {7: lambda t: (2 * t, 0.0)})
    assert found.leak == pytest.approx(2, abs=0.2)
    assert not found.follows()
    wobble = measured(tmp_path, {7: lambda t: (0.0, 0.8 * math.sin(12 * t))})
    assert wobble.leak == pytest.approx(0.8, abs=0.2)


def test_a_leak_of_a_part_is_seen(tmp_path: Path) -> None:
    """The left part of the still area stands, the right one drifts."""
    labels = np.zeros((H, W), np.uint8)
    labels[100:440, 150:800] = 7
    truth = labels.copy()
    truth[:, :480][truth[:, :480] == 7] = 0
    path = write_clip(
        tmp_path / "c.avi", pixels("chelsea", W, H), truth, {7: lambda t: (3 * t, 0.0)}, codec="MJPG"
    )
    found = score(path, labels, {})
    assert found.leak is not None
    assert found.leak == pytest.approx(2.9, abs=0.3)


def test_a_plain_area_says_that_it_cannot_be_measured(tmp_path: Path) -> None:
    grey = np.full((H, W, 3), 128, np.uint8)
    path = write_clip(tmp_path / "c.avi", grey, painted(), {}, codec="MJPG")
    found = score(path, painted(), PATHS)
    assert not found.measurable
    assert not found.follows()
    assert found.leak is None
    assert [area.direction_error for area in found.areas] == [None, None]
    assert "too little texture" in found.sentence


def test_an_outline_is_enough(tmp_path: Path) -> None:
    """A plain disc on a plain ground has no corner, but its edge shows where it goes."""
    picture = np.full((H, W, 3), 60, np.uint8)
    labels = np.zeros((H, W), np.uint8)
    disc(labels, 1, 260, 260, 80)
    picture[labels == 1] = 200
    path = tmp_path / "c.avi"
    plate = np.full((H, W, 3), 60, np.uint8)
    # The clip is painted directly: the plate under the disc is the ground, not a blur of the disc.
    from desktop.opencv import cv2

    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"MJPG"), 24, (W, H))
    for index in range(48):
        canvas = plate.copy()
        dx, dy = along(PATHS[1])(index / 47)
        cv2.circle(
            canvas,
            (round((260 + dx) * 16), round((260 + dy) * 16)),
            80 * 16,
            (200, 200, 200),
            -1,
            cv2.LINE_AA,
            4,
        )
        writer.write(canvas)
    writer.release()
    found = score(path, labels, {1: PATHS[1]})
    assert found.areas[0].direction_error is not None
    assert found.areas[0].direction_error < 5
    assert found.areas[0].way == pytest.approx(1, abs=0.1)


def test_a_shot_is_scored_by_its_own_plan_in_its_crop(tmp_path: Path) -> None:
    """The clip shows the crop at 1.5 times the size; the plan is in pixels of the whole picture."""
    shot = new_shot("id", open_image(photo("chelsea", W, H, "png")))
    shot.label_map[:] = painted()
    areas = (MotionArea(1, "Sail", STRAIGHT), MotionArea(2, trajectory=CURVE), MotionArea(7))
    crop = Box(120, 30, 920, 530)
    shot = replace(shot, areas=areas, image=replace(shot.image, crop=crop))
    size = (1200, 750)
    from desktop.opencv import cv2

    large = np.asarray(cv2.resize(np.ascontiguousarray(pixels("chelsea", W, H)[crop.slices]), size), np.uint8)
    labels = np.asarray(
        cv2.resize(np.ascontiguousarray(painted()[crop.slices]), size, interpolation=cv2.INTER_NEAREST),
        np.uint8,
    )
    motions = {label: along(np.array(points) * 1.5) for label, points in PATHS.items()}
    path = write_clip(tmp_path / "c.avi", large, labels, {**motions, 7: still}, codec="MJPG")
    found = score_shot(path, shot)
    assert found.follows(degrees=2, leak=0.2)
    assert [area.title for area in found.areas] == ["Sail", "Area 2"]
    assert found.areas[0].planned == pytest.approx(1.5 * STRAIGHT.length, rel=1e-6)
    assert "“Sail” follows its path" in found.sentence


def test_a_path_too_short_to_have_a_direction(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "c.avi", pixels("chelsea", W, H), painted(), {}, frames=12, codec="MJPG")
    found = score(path, painted(), {1: (Point(260, 260), Point(260.5, 260)), 2: ()})
    assert [area.note for area in found.areas] == ["has no path to compare with"] * 2


def test_the_record_is_json(tmp_path: Path) -> None:
    found = measured(tmp_path, {})
    record = json.loads(json.dumps(found.record()))
    assert record["sentence"] == found.sentence
    assert record["video"]["frames"] == 48
    assert len(record["areas"]) == 2


def test_what_is_no_video_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c.mp4").write_bytes(b"nothing")
    with pytest.raises(VideoError):
        score(tmp_path / "c.mp4", painted(), PATHS)
