"""From a shot to a request, and a request's record."""

import json
import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.areas import STATIC_LABEL
from desktop.core.conventions import KLING, Conventions
from desktop.core.errors import RequestError
from desktop.core.geometry import Box, Point
from desktop.core.parameters import Parameters
from desktop.core.request import (
    EncodedAsset,
    EncodedShot,
    build_request,
    encoded_asset,
    from_record,
    service_points,
    to_record,
)
from desktop.core.shot import Shot
from desktop.core.trajectory import Trajectory
from tests.shots import Made, conventions, path, picture, requests, shot

QUARTERS = st.integers(-2000, 40_000).map(lambda value: value / 4)


def file(text: str, width: int = 640, height: int = 480) -> EncodedAsset:
    return encoded_asset(text.encode(), "image/png", width, height)


def encoded(of: Shot, width: int = 640, height: int = 480) -> EncodedShot:
    """Stand-ins for the files; every area of the shot is sent."""
    return EncodedShot(
        file("picture", width, height),
        None if of.end_frame is None else file("end", width, height),
        None if of.static_area is None else file("still", width, height),
        {area.label: file(f"mask {area.label}", width, height) for area in of.dynamic_areas},
    )


@given(
    st.lists(st.tuples(QUARTERS, QUARTERS), max_size=12),
    st.tuples(st.integers(0, 3000), st.integers(0, 3000), st.integers(1, 8000), st.integers(1, 8000)),
    st.integers(1, 8000),
    st.integers(1, 8000),
    conventions(),
)
def test_points_are_the_contracts_formula(
    nodes: list[tuple[float, float]],
    place: tuple[int, int, int, int],
    width: int,
    height: int,
    reading: Conventions,
) -> None:
    left, top, frame_width, frame_height = place
    frame = Box(left, top, left + frame_width, top + frame_height)
    expected: list[tuple[int, int]] = []
    for x, y in nodes:
        column = math.floor((Fraction(x) - left) * width / frame_width)
        row = math.floor((Fraction(y) - top) * height / frame_height)
        column, row = min(max(column, 0), width - 1), min(max(row, 0), height - 1)
        if reading.origin == "bottom-left":
            row = height - row - (1 if reading.bottom_row == "H-1-r" else 0)
        if expected[-1:] != [(column, row)]:
            expected.append((column, row))
    points = tuple(Point(x, y) for x, y in nodes)
    assert service_points(points, frame, width, height, reading) == tuple(expected)


@given(requests(reading=KLING) | conventions().flatmap(lambda reading: requests(reading=reading)))
def test_a_record_is_json_and_comes_back(made: Made) -> None:
    record = json.loads(json.dumps(to_record(made.request), allow_nan=False))
    assert from_record(record) == made.request


def sample() -> dict[str, Any]:
    source = shot(
        boxes={1: Box(0, 0, 9, 9), STATIC_LABEL: Box(20, 20, 30, 30)},
        paths={1: path((5, 5), (90, 90))},
        end_frame=picture(),
    )
    return to_record(build_request(source, encoded(source), KLING))


@pytest.mark.parametrize("name", list(sample()))
def test_a_record_with_a_piece_missing_is_refused(name: str) -> None:
    record = sample()
    assert to_record(from_record(record)) == record
    del record[name]
    with pytest.raises(RequestError, match="damaged"):
        from_record(record)


@pytest.mark.parametrize(
    "change",
    [
        {"image": None},
        {"image": []},
        {"image": {"sha256": "0"}},
        {"end_frame": "file.png"},
        {"duration": "five"},
        {"duration": float("inf")},
        {"cfg_scale": None},
        {"conventions": 5},
        {"conventions": {"origin": "middle"}},
        {"conventions": {"max_points": "many"}},
        {"dynamic_masks": 3},
        {"dynamic_masks": [{}]},
        {"dynamic_masks": [{**sample()["dynamic_masks"][0], "points": [[1, 2, 3]]}]},
        {"dynamic_masks": [{**sample()["dynamic_masks"][0], "points": [["a", "b"]]}]},
    ],
)
def test_a_damaged_record_gets_a_sentence(change: dict[str, Any]) -> None:
    with pytest.raises(RequestError, match=r"^A stored request is damaged .*\.$") as caught:
        from_record({**sample(), **change})
    assert caught.value.details


def test_areas_go_out_in_their_order_with_their_own_mask_and_path() -> None:
    source = shot(
        boxes={4: Box(0, 0, 9, 9), STATIC_LABEL: Box(20, 20, 30, 30), 2: Box(10, 10, 19, 19)},
        paths={4: path((5, 5), (105, 5)), 2: path((15, 15), (15, 115), count=3)},
        end_frame=picture(),
    )
    files = encoded(source)
    request = build_request(source, files, KLING)
    assert [group.label for group in request.dynamic_masks] == [4, 2]
    assert [group.points for group in request.dynamic_masks] == [
        ((5, 474), (105, 474)),
        ((15, 464), (15, 414), (15, 364)),
    ]
    for group in request.dynamic_masks:
        assert group.mask == files.dynamic[group.label].asset
    assert files.static is not None
    assert files.end_frame is not None
    assert request.static_mask == files.static.asset
    assert request.end_frame == files.end_frame.asset
    assert request.assets == tuple(entry.asset for entry in files.assets)
    assert len(request.assets) == 5


def test_an_area_without_a_mask_is_left_out() -> None:
    source = shot(boxes={1: Box(0, 0, 9, 9), 2: Box(9, 9, 19, 19)}, paths={2: path((0, 0), (50, 0))})
    files = replace(encoded(source), dynamic={2: file("mask 2")})
    assert [group.label for group in build_request(source, files, KLING).dynamic_masks] == [2]


def test_texts_are_trimmed_and_guidance_is_rounded() -> None:
    parameters = Parameters(" a boat\n", "\tblur ", 0.30000000000000004, 7, " https://example.org ")
    source = shot(parameters=parameters)
    request = build_request(source, encoded(source), KLING)
    assert (request.prompt, request.negative_prompt) == ("a boat", "blur")
    assert (request.cfg_scale, request.duration) == (0.3, 7)
    assert request.webhook_url == "https://example.org"
    assert request.static_mask is None
    assert request.dynamic_masks == ()


@pytest.mark.parametrize("trajectory", [None, path((5, 5)), path((5, 5), (5, 5))])
def test_a_painted_area_without_a_path_cannot_be_sent(trajectory: Trajectory | None) -> None:
    source = shot(boxes={3: Box(0, 0, 9, 9)}, paths={} if trajectory is None else {3: trajectory})
    with pytest.raises(RequestError, match=r"^“Area 3” is painted but has no path to follow"):
        build_request(source, encoded(source), KLING)


def test_a_path_that_shrinks_to_one_pixel_says_so() -> None:
    source = shot(picture(6400, 4800), {1: Box(0, 0, 9, 9)}, {1: path((5, 5), (9, 5))})
    assert build_request(source, encoded(source, 6400, 4800), KLING).dynamic_masks
    with pytest.raises(RequestError, match="too short for the picture as it is sent"):
        build_request(source, encoded(source, 640, 480), KLING)


def test_the_count_follows_the_service() -> None:
    source = shot(boxes={1: Box(0, 0, 9, 9)}, paths={1: path((5, 5), (600, 5), count=77)})
    reading = Conventions(max_points=10)
    (group,) = build_request(source, encoded(source), reading).dynamic_masks
    assert len(group.points) == 10
    straight = shot(boxes={1: Box(0, 0, 9, 9)}, paths={1: path((5, 5), (600, 5))})
    (group,) = build_request(straight, encoded(straight), Conventions(min_points=4)).dynamic_masks
    assert len(group.points) == 4
