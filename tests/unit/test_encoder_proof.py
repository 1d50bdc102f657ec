"""The encoder against an independent oracle, and the proof that the oracle sees every mistake put into it."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from desktop.core import label_map, wire
from desktop.core import request as request_module
from desktop.core.areas import STATIC_LABEL
from desktop.core.conventions import KLING, Conventions
from desktop.core.geometry import Box, whole
from desktop.core.label_map import LabelMap
from desktop.core.request import EncodedAsset, build_request, encoded_asset
from desktop.core.shot import SourceImage
from desktop.core.trajectory import Trajectory
from desktop.imaging import encode, masks
from tests.oracle import Scene, verify

# Nothing here is symmetric, square, centred or alike, so that no two readings look the same.
SCENE = Scene(
    size=(200, 150),
    crop=Box(17, 9, 157, 114),
    sent=(100, 75),
    painted={2: Box(30, 20, 60, 35), STATIC_LABEL: Box(100, 70, 150, 110), 1: Box(70, 30, 90, 80)},
    lines={1: ((75.3, 40.8), (140.6, 101.2), 7), 2: ((35.9, 30.4), (120.2, 15.7), 5)},
)
UNSCALED = Scene(
    (90, 70), Box(0, 0, 90, 70), (90, 70), {3: Box(5, 9, 31, 22)}, {3: ((10.6, 12.7), (80.9, 60.1), 4)}
)


def body_of(scene: Scene, conventions: Conventions = KLING) -> bytes:
    """The bytes that go out, by the real encoder; only the picture's own file is a stand-in."""
    picture = encoded_asset(b"picture", "image/png", *scene.sent)

    def fitted(image: SourceImage, limits: Conventions) -> EncodedAsset:
        return picture

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encode, "fit_image", fitted)
        shot = scene.shot()
        encoded = encode.encode_shot(shot, conventions)
    contents = {entry.asset.sha256: entry.data for entry in encoded.assets}
    request = build_request(shot, encoded, conventions)
    return wire.serialise(request, lambda asset: contents[asset.sha256])


@pytest.mark.parametrize("scene", [SCENE, UNSCALED])
def test_the_encoder_sends_what_the_oracle_says(scene: Scene) -> None:
    verify(scene, body_of(scene))


SIDES = st.integers(2, 40)


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    width, height = draw(SIDES), draw(SIDES)

    def box() -> Box:
        left, top = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
        return Box(left, top, draw(st.integers(left + 1, width)), draw(st.integers(top + 1, height)))

    labels = draw(st.lists(st.integers(1, STATIC_LABEL), unique=True, max_size=4))
    # Ends on whole pixels, and no point but the middle between them: the program's floats are then exact.
    ends = st.tuples(st.integers(-4, width + 4), st.integers(-4, height + 4))
    lines = {}
    for label in labels:
        start, end = draw(ends), draw(ends)
        assume(start != end)
        lines[label] = (start, end, draw(st.sampled_from([2, 3])))
    return Scene(
        (width, height),
        box(),
        (draw(SIDES), draw(SIDES)),
        {label: box() for label in labels},
        {label: line for label, line in lines.items() if label != STATIC_LABEL},
    )


@settings(max_examples=200)
@given(scenes())
def test_the_encoder_sends_what_the_oracle_says_of_any_scene(scene: Scene) -> None:
    moving = [label for label in scene.lines if scene.mask(label).any()]
    assume(all(len(scene.points(label)) >= 2 for label in moving))
    verify(scene, body_of(scene))


# Mistakes, each put into the place where it could be made.

Points = tuple[tuple[int, int], ...]
Patch = pytest.MonkeyPatch


def sending(change: Callable[[Points, int, int], Points]) -> Callable[[Patch], None]:
    """A mistake in the points that go out; ``change`` gets them with the sent width and height."""

    def inject(patch: Patch) -> None:
        real = request_module.service_points

        def wrong(points: Any, frame: Box, width: int, height: int, conventions: Conventions) -> Points:
            return change(real(points, frame, width, height, conventions), width, height)

        patch.setattr(request_module, "service_points", wrong)

    return inject


def y_as(formula: Callable[[int, int], int]) -> Callable[[Patch], None]:
    """A mistake in the y of a row: ``formula`` gets the row and the height."""

    def wrong(self: Conventions, row: int, height: int) -> int:
        return formula(row, height)

    return lambda patch: patch.setattr(Conventions, "y_out", wrong)


def pixel_as(formula: Callable[[float, int, int], int]) -> Callable[[Patch], None]:
    """A mistake in the pixel of a coordinate: ``formula`` gets coordinate, size and sent size."""

    def wrong(value: float, size: int, sent: int) -> int:
        return min(max(formula(value, size, sent), 0), sent - 1)

    return lambda patch: patch.setattr(request_module, "pixel_of", wrong)


def map_as(change: Callable[[LabelMap], LabelMap]) -> Callable[[Patch], None]:
    """A mistake in the label map that becomes the masks."""

    def inject(patch: Patch) -> None:
        real = label_map.resized

        def wrong(labels: LabelMap, frame: Box, width: int, height: int) -> LabelMap:
            return change(real(labels, frame, width, height))

        patch.setattr(encode, "resized", wrong)

    return inject


def exchanged(one: int, other: int) -> Callable[[Patch], None]:
    table = np.arange(256, dtype=np.uint8)
    table[[one, other]] = table[[other, one]]
    return map_as(lambda labels: table[labels])


def inverted(patch: Patch) -> None:
    real = masks.sent_mask
    patch.setattr(encode, "sent_mask", lambda mask, conventions: real(~mask, conventions))


def paths_exchanged(patch: Patch) -> None:
    real = Trajectory.points
    shot = SCENE.shot()
    first, second = (area.trajectory for area in shot.dynamic_areas)
    assert first is not None
    assert second is not None
    other = {first: second, second: first}
    patch.setattr(Trajectory, "points", lambda self, **limits: real(other[self], **limits))


def points_ignore_the_crop(patch: Patch) -> None:
    real = request_module.service_points

    def wrong(points: Any, frame: Box, width: int, height: int, conventions: Conventions) -> Points:
        return real(points, whole(frame.width, frame.height), width, height, conventions)

    patch.setattr(request_module, "service_points", wrong)


def masks_ignore_the_crop(patch: Patch) -> None:
    real = label_map.resized

    def wrong(labels: LabelMap, frame: Box, width: int, height: int) -> LabelMap:
        return real(labels, whole(frame.width, frame.height), width, height)

    patch.setattr(encode, "resized", wrong)


def masks_of_the_whole_picture(patch: Patch) -> None:
    real = label_map.resized

    def wrong(labels: LabelMap, frame: Box, width: int, height: int) -> LabelMap:
        return real(labels, whole(labels.shape[1], labels.shape[0]), width, height)

    patch.setattr(encode, "resized", wrong)


MISTAKES: dict[str, Callable[[Patch], None]] = {
    "y not flipped": y_as(lambda row, height: row),
    "y one too high": y_as(lambda row, height: height - row),
    "y one too low": y_as(lambda row, height: height - 2 - row),
    "x flipped": sending(lambda points, width, height: tuple((width - 1 - x, y) for x, y in points)),
    "x and y swapped": sending(lambda points, width, height: tuple((y, x) for x, y in points)),
    "x one too far": sending(lambda points, width, height: tuple((x + 1, y) for x, y in points)),
    "scale left out": pixel_as(lambda value, size, sent: math.floor(value)),
    "scale turned round": pixel_as(lambda value, size, sent: math.floor(value * size / sent)),
    "scaled as size - 1": pixel_as(lambda value, size, sent: math.floor(value * (sent - 1) / (size - 1))),
    "rounded": pixel_as(lambda value, size, sent: round(value * sent / size)),
    "rounded up": pixel_as(lambda value, size, sent: math.ceil(value * sent / size)),
    "crop left out of the points": points_ignore_the_crop,
    "crop left out of the masks": masks_ignore_the_crop,
    "masks of the whole picture": masks_of_the_whole_picture,
    "points reversed": sending(lambda points, width, height: points[::-1]),
    "first point dropped": sending(lambda points, width, height: points[1:]),
    "last point dropped": sending(lambda points, width, height: points[:-1]),
    "paths of two areas exchanged": paths_exchanged,
    "masks of two areas exchanged": exchanged(1, 2),
    "static and dynamic exchanged": exchanged(STATIC_LABEL, 1),
    "polarity inverted": inverted,
    "masks upside down": map_as(lambda labels: labels[::-1]),
    "masks mirrored": map_as(lambda labels: labels[:, ::-1]),
    "masks one column off": map_as(lambda labels: np.roll(labels, 1, axis=1)),
    "masks one row off": map_as(lambda labels: np.roll(labels, 1, axis=0)),
    "an area lost": map_as(lambda labels: np.where(labels == 2, np.uint8(0), labels)),
    "static lost": map_as(lambda labels: np.where(labels == STATIC_LABEL, np.uint8(0), labels)),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_the_encoder_is_seen(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    verify(SCENE, body_of(SCENE))
    MISTAKES[mistake](monkeypatch)
    body = body_of(SCENE)
    with pytest.raises(AssertionError):
        verify(SCENE, body)


@pytest.mark.parametrize(
    "other",
    [Conventions(origin="top-left"), Conventions(bottom_row="H-r"), Conventions(painted="black")],
    ids=["top-left", "H-r", "black"],
)
def test_another_reading_of_the_service_is_another_body(other: Conventions) -> None:
    with pytest.raises(AssertionError):
        verify(SCENE, body_of(SCENE, other))


def test_the_scene_tells_masks_apart() -> None:
    found = [label_map.mask_of(SCENE.shot().label_map, label) for label in SCENE.painted]
    assert len({(int(mask.sum()), *(float(axis.mean()) for axis in np.nonzero(mask))) for mask in found}) == 3
