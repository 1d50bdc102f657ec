"""Every fix removes its problem, and does no more than it says."""

import math
from dataclasses import replace

import numpy as np
import pytest

from desktop.core import fixes, rules
from desktop.core.areas import STATIC_LABEL
from desktop.core.conventions import KLING, STRICT, Conventions
from desktop.core.geometry import Box
from desktop.core.label_map import counts
from desktop.core.models import KLING_4K, Model
from desktop.core.parameters import Parameters
from desktop.core.rules import Fix, Problem, blocking, check_shot
from desktop.core.shot import Shot
from tests.rule_cases import (
    CROPPED,
    DRAFT,
    LINE,
    SHOT_CASES,
    Case,
    asked,
    guided,
    lasting,
    problems_of,
    six_groups,
)
from tests.shots import moving, path, picture, shot


@pytest.mark.parametrize("case", [case for case in SHOT_CASES if case.fix], ids=str)
def test_a_fix_removes_its_problem(case: Case) -> None:
    for subject in case.bad:
        before = subject.label_map.copy()
        (problem,) = problems_of(subject, case)
        fixed = fixes.apply(subject, problem, case.model, case.conventions)
        assert problems_of(fixed, case) == []
        assert np.array_equal(subject.label_map, before), "the fix painted into the shot it was given"
        new_errors = {p.code for p in check_shot(fixed, case.model, case.conventions)} - {
            p.code for p in check_shot(subject, case.model, case.conventions)
        }
        # A crop can leave too few pixels, and a path started elsewhere can leave the picture; they have their own fix.
        assert new_errors <= {"image-too-small", "end_frame-too-small", "path-outside", "nothing-asked"}


def test_fixes_applied_one_after_the_other_leave_a_shot_that_can_be_sent() -> None:
    wrong = Parameters("x" * 3000 + "\0", "\ud800", math.nan, 99, "nowhere")
    subject = shot(
        picture(100, 900),
        {
            1: Box(0, 330, 50, 380),
            2: Box(50, 330, 90, 370),
            3: Box(0, 400, 50, 450),
            STATIC_LABEL: Box(90, 330, 100, 339),
        },
        {2: path((300, 60), (300, 60.1)), 3: path((25, 425), (60, 500), count=500)},
        end_frame=picture(10, 10),
        parameters=wrong,
    )
    for _ in range(30):
        fixable = [p for p in check_shot(subject, KLING_4K, STRICT) if p.fix and p.severity == "error"]
        if not fixable:
            break
        subject = fixes.apply(subject, fixable[0], KLING_4K, STRICT)
    assert blocking(check_shot(subject, KLING_4K, STRICT)) == ()
    assert [area.label for area in subject.areas] == [3, STATIC_LABEL]


# What the fixes do beyond removing their problem.


def fixed_by(
    subject: Shot, code: str, where: str, reading: Conventions = KLING, at: Model = KLING_4K
) -> Shot:
    return fixes.apply(subject, Problem("any", "error", where, "Any.", Fix(code, "Do it")), at, reading)


def test_the_crop_is_centred() -> None:
    assert fixed_by(shot(picture(1000, 300)), "crop", "image").image.crop == Box(125, 0, 875, 300)
    end = fixed_by(shot(end_frame=picture(300, 1000)), "crop", "end_frame").end_frame
    assert end is not None
    assert end.crop == Box(0, 125, 300, 875)


def test_texts_keep_what_they_can() -> None:
    assert (
        fixed_by(asked({"prompt": " " + "x" * 2499 + " yz"})[0], "shorten", "prompt").parameters.prompt
        == "x" * 2499
    )
    assert fixed_by(asked({"prompt": "a\0b\ud800c"})[0], "clean", "prompt").parameters.prompt == "abc"
    changed = fixed_by(
        asked({"prompt": "p\0", "negative_prompt": "n\0"})[0], "clean", "negative_prompt"
    ).parameters
    assert (changed.prompt, changed.negative_prompt) == ("p\0", "n")


@pytest.mark.parametrize(
    ("value", "clamped"), [(-0.01, 0), (1.01, 1), (math.nan, 0.5), (math.inf, 1), (-math.inf, 0)]
)
def test_guidance_goes_to_the_nearest_value(value: float, clamped: float) -> None:
    assert fixed_by(guided(value)[0], "clamp-guidance", "cfg_scale").parameters.cfg_scale == clamped


@pytest.mark.parametrize(
    ("seconds", "at", "nearest"),
    [(2, KLING_4K, 3), (16, KLING_4K, 15), (7, DRAFT, 5), (8, DRAFT, 10), (99, DRAFT, 10)],
)
def test_the_nearest_duration(seconds: int, at: Model, nearest: int) -> None:
    fixed = fixed_by(lasting(seconds)[0], "nearest-duration", "duration", at=at)
    assert fixed.parameters.duration == nearest
    assert rules.nearest_duration(15, replace(DRAFT, durations=(10, 20))) == 10


def test_a_removed_area_takes_its_pixels_along_and_no_others() -> None:
    fixed = fixed_by(six_groups(), "remove-area", "area:2")
    assert fixed.area(2) is None
    assert counts(fixed.label_map) == {1: 100, 2: 0, 3: 100, 4: 100, 5: 100, 6: 100, 7: 100}
    assert fixed_by(six_groups(), "remove-area", "area:0").static_area is None


def test_a_moved_path_keeps_its_shape_and_starts_in_the_middle_of_the_area() -> None:
    fixed = fixed_by(moving(path((300, 300), (400, 310), count=5)), "move-path", "area:1")
    assert fixed.areas[0].trajectory == path((149.5, 149.5), (249.5, 159.5), count=5)


def test_a_moved_path_starts_on_a_painted_pixel_of_a_ring() -> None:
    ring = moving(path((300, 300), (400, 310)))
    ring.label_map[110:190, 110:190] = 0
    fixed = fixed_by(ring, "move-path", "area:1").areas[0].trajectory
    assert fixed is not None
    x, y = fixed.nodes[0]
    assert ring.label_map[int(y), int(x)] == 1
    assert math.dist((x, y), (150, 150)) < 45


def test_a_moved_path_starts_inside_the_crop() -> None:
    fixed = fixed_by(moving(path((300, 300), (400, 310)), CROPPED), "move-path", "area:1").areas[0].trajectory
    assert fixed is not None
    assert fixed.nodes[0] == (174.5, 149.5)


@pytest.mark.parametrize("code", ["remove-area", "automatic-count", "move-path"])
def test_a_fix_for_an_area_that_is_gone_changes_nothing(code: str) -> None:
    subject = moving(LINE)
    assert fixed_by(subject, code, "area:5") is subject


def test_what_cannot_be_fixed_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="has no fix"):
        fixes.apply(shot(), Problem("areas-too-many", "error", "areas", "Any."), KLING_4K, KLING)
    with pytest.raises(ValueError, match="no fix pray"):
        fixed_by(shot(), "pray", "image")
