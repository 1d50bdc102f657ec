"""The frames themselves, as numpy planes: what moves goes where the trajectory says, what is still stands.

PyAV is not loaded here: the process of the tests may have OpenCV in it.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from desktop.simulator import fill
from desktop.simulator.renderer import Renderer, Scene, displacement, output_size
from tests.simulator_orders import textured

Bytes = npt.NDArray[np.uint8]
WIDTH, HEIGHT = 400, 300
BOX = (slice(120, 200), slice(150, 250))  # rows, columns


def mask(box: tuple[slice, slice] = BOX, width: int = WIDTH, height: int = HEIGHT) -> npt.NDArray[np.bool_]:
    result = np.zeros((height, width), bool)
    result[box] = True
    return result


def frames(scene: Scene, size: tuple[int, int] = (WIDTH, HEIGHT), count: int = 9) -> list[Bytes]:
    return [frame.copy() for frame in Renderer(scene, size, count)]


def luma(frame: Bytes) -> npt.NDArray[np.int64]:
    return frame[: len(frame) * 2 // 3].astype(np.int64)


@pytest.mark.parametrize(
    ("points", "y_up", "right", "down"),
    [
        ([(10, 10), (50, 10)], True, 40, 0),
        ([(50, 10), (10, 10)], True, -40, 0),
        ([(10, 10), (10, 50)], True, 0, -40),
        ([(10, 10), (10, 50)], False, 0, 40),
        ([(10, 50), (34, 18)], True, 24, 32),
        ([(10, 50), (34, 18)], False, 24, -32),
    ],
)
def test_an_area_goes_where_its_trajectory_says(
    points: list[tuple[int, int]], y_up: bool, right: int, down: int
) -> None:
    """Eight equal steps of whole pixels: each frame holds the area of the picture, bit for bit."""
    scene = Scene(textured(WIDTH, HEIGHT), [(mask(), points)], y_up=y_up)
    first, *rest = frames(scene)
    inner = luma(first)[122:198, 152:248]
    source = luma(next(iter(Renderer(Scene(textured(WIDTH, HEIGHT), []), (WIDTH, HEIGHT), 1))))
    assert np.array_equal(inner, source[122:198, 152:248])
    for number, frame in enumerate(rest, 1):
        x, y = right * number // 8, down * number // 8
        assert np.array_equal(luma(frame)[122 + y : 198 + y, 152 + x : 248 + x], inner)


def test_chroma_moves_with_luma() -> None:
    picture = Image.new("RGB", (WIDTH, HEIGHT), "grey")
    picture.paste("red", (150, 120, 250, 200))
    last = frames(Scene(picture, [(mask(), [(0, 0), (40, 20)])]))[-1]
    red = last[HEIGHT + HEIGHT // 4 :].reshape(HEIGHT // 2, WIDTH // 2)
    rows, columns = np.nonzero(red > 180)
    assert (rows.mean(), columns.mean()) == pytest.approx((139.5 / 2, 239.5 / 2), abs=0.6)


@pytest.mark.parametrize("steps", [2, 4, 5])
def test_fractions_of_a_pixel(steps: int) -> None:
    """A fraction of a pixel to the right and up lies between the neighbours, bilinearly."""
    clip = frames(Scene(textured(WIDTH, HEIGHT), [(mask(), [(0, 0), (1, 1)])]), count=steps + 1)
    part, inner = 1 / steps, luma(clip[0])[125:195, 155:245]
    across = (1 - part) * inner[:, 1:] + part * inner[:, :-1]
    expected = (1 - part) * across[:-1] + part * across[1:]
    found = luma(clip[1])[125:194, 156:245]
    assert np.abs(found - expected).max() <= 0.51
    assert np.abs(found - inner[:-1, 1:]).max() > 5


def test_the_still_area_stands_and_is_on_top() -> None:
    still = mask((slice(0, HEIGHT), slice(260, WIDTH)))
    scene = Scene(textured(WIDTH, HEIGHT), [(mask(), [(0, 0), (120, 0)])], static=still)
    clip = frames(scene)
    source = luma(next(iter(Renderer(Scene(textured(WIDTH, HEIGHT), []), (WIDTH, HEIGHT), 1))))
    for frame in clip:
        assert np.array_equal(luma(frame)[:, 262:], source[:, 262:])
    free = Scene(textured(WIDTH, HEIGHT), [(mask(), [(0, 0), (120, 0)])])
    assert not np.array_equal(luma(frames(free)[-1])[:, 262:], source[:, 262:])


def test_a_static_mask_read_as_moving_moves() -> None:
    still = mask((slice(100, 200), slice(260, 380)))
    scene = Scene(textured(WIDTH, HEIGHT), [], static=still, static_moves=True)
    clip = frames(scene)
    inside = np.s_[120:180, 290:350]
    assert np.abs(luma(clip[2])[inside] - luma(clip[0])[inside]).mean() > 5
    steady = frames(Scene(textured(WIDTH, HEIGHT), [], static=still))
    assert all(np.array_equal(frame, steady[0]) for frame in steady)


def test_nothing_else_moves_and_the_hole_is_filled() -> None:
    picture = Image.new("RGB", (WIDTH, HEIGHT), (60, 120, 180))
    picture.paste((250, 250, 0), (150, 120, 250, 200))
    clip = frames(Scene(picture, [(mask(), [(0, 0), (140, 0)])]))
    background = luma(clip[0])[10, 10]
    assert np.abs(luma(clip[-1])[115:205, 145:255] - background).max() <= 2
    outside = np.ones((HEIGHT, WIDTH), bool)
    outside[110:210, 140:400] = False
    assert all(np.array_equal(luma(frame)[outside], luma(clip[0])[outside]) for frame in clip)


def test_scaled_up_the_motion_is_scaled_and_edges_stay_sharp() -> None:
    picture = Image.new("RGB", (WIDTH, HEIGHT), "black")
    picture.paste("white", (150, 120, 250, 200))
    scene = Scene(picture, [(mask(), [(0, 0), (40, 40)])])
    clip = frames(scene, (4 * WIDTH, 4 * HEIGHT))
    rows, columns = np.nonzero(luma(clip[-1]) > 125)
    assert rows.mean() == pytest.approx(4 * (159.5 - 40) + 1.5, abs=1)
    assert columns.mean() == pytest.approx(4 * (199.5 + 40) + 1.5, abs=1)


def test_an_area_may_leave_the_picture() -> None:
    scene = Scene(textured(WIDTH, HEIGHT), [(mask(), [(0, 0), (1000, 700)])])
    left = frames(scene)[-1]
    assert left.shape == (HEIGHT * 3 // 2, WIDTH)
    assert np.array_equal(left, frames(Scene(textured(WIDTH, HEIGHT), [(mask(), [(0, 0), (2000, 9)])]))[-1])


def test_areas_may_be_empty_everything_or_overlap() -> None:
    everything = mask((slice(None), slice(None)))
    nothing = mask((slice(0), slice(0)))
    for areas in ([everything], [nothing], [everything, nothing, mask(), mask()]):
        scene = Scene(textured(WIDTH, HEIGHT), [(area, [(5, 5), (25, 15)]) for area in areas])
        assert len(frames(scene, count=3)) == 3


def test_the_end_frame_is_reached() -> None:
    tail = Image.new("RGB", (600, 300), "orange")
    clip = frames(Scene(textured(WIDTH, HEIGHT), [(mask(), [(0, 0), (9, 9)])], tail=tail))
    assert len(np.unique(luma(clip[-1]))) == 1
    assert len(np.unique(luma(clip[5]))) > 50


def test_colours_are_those_of_bt709() -> None:
    for colour, expected in [("white", (235, 128, 128)), ("black", (16, 128, 128)), ("red", (63, 102, 240))]:
        frame = next(iter(Renderer(Scene(Image.new("RGB", (64, 64), colour), []), (64, 64), 1)))
        assert (frame[0, 0], frame[64, 0], frame[80, 0]) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ((1920, 1080), (3840, 2160)),
        ((1080, 1920), (2160, 3840)),
        ((1000, 1000), (2880, 2880)),
        ((8000, 6000), (3326, 2494)),
        ((750, 300), (4554, 1822)),
    ],
)
def test_output_sizes(source: tuple[int, int], expected: tuple[int, int]) -> None:
    assert output_size(*source, 8.2944) == expected


@given(
    st.lists(st.tuples(st.integers(-500, 500), st.integers(-500, 500)), min_size=2, max_size=20),
    st.floats(0, 1),
)
def test_displacement_is_at_the_right_length(points: Sequence[tuple[int, int]], progress: float) -> None:
    """From nothing to the last point, never faster than evenly along the path."""
    start, end = np.array(points[0]), np.array(points[-1])
    total = sum(np.hypot(*(np.array(b) - a)) for a, b in pairwise(points))
    assert displacement(points, 0) == (0, 0)
    assert displacement(points, 1) == pytest.approx(tuple(end - start), abs=1e-6)
    here, later = (np.array(displacement(points, p)) for p in (progress, min(1.0, progress + 0.01)))
    assert np.hypot(*(later - here)) <= 0.01 * total + 1e-6


def test_the_fill_takes_its_colours_from_around() -> None:
    ramp = np.repeat(np.linspace(0, 255, WIDTH)[None, :], HEIGHT, axis=0).astype(np.uint8)
    picture = Image.fromarray(ramp).convert("RGB")
    hole = np.where(mask(), 255, 0).astype(np.uint8)
    filled = np.asarray(fill.plate(picture, hole)).astype(int)[:, :, 0]
    assert np.abs(filled - ramp)[BOX].max() < 40
    assert np.array_equal(filled[:, :130], ramp[:, :130])
    whole = np.full_like(hole, 255)
    assert np.array_equal(np.asarray(fill.plate(picture, whole))[:, :, 0], ramp)
