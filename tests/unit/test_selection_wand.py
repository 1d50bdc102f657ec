"""The wand, regions and holes against models that walk pixel by pixel."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.geometry import Box
from desktop.imaging.regions import holes, region
from desktop.imaging.wand import similar

Grid = npt.NDArray[np.bool_]
SIZES = st.tuples(st.integers(1, 12), st.integers(1, 12))


def flood(open_to: Grid, column: int, row: int) -> Grid:
    """What hangs together with a pixel over pixel edges."""
    seen, todo = np.zeros_like(open_to), [(column, row)]
    while todo:
        x, y = todo.pop()
        if 0 <= x < open_to.shape[1] and 0 <= y < open_to.shape[0] and open_to[y, x] and not seen[y, x]:
            seen[y, x] = True
            todo += [(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)]
    return seen


def spread(stencil: npt.NDArray[np.uint8], box: Box, shape: tuple[int, ...]) -> Grid:
    """A stencil on the whole map."""
    whole = np.zeros(shape[:2], np.bool_)
    whole[box.slices] = stencil != 0
    return whole


@given(size=SIZES, seed=st.integers(0, 2**32 - 1), tolerance=st.integers(0, 255), contiguous=st.booleans())
def test_the_wand_selects_what_the_model_selects(
    size: tuple[int, int], seed: int, tolerance: int, contiguous: bool
) -> None:
    random = np.random.default_rng(seed)
    picture = random.choice(np.array([0, 20, 100, 250], np.uint8), (*size, 3))
    row, column = int(random.integers(size[0])), int(random.integers(size[1]))
    away = np.abs(picture.astype(int) - picture[row, column].astype(int)).max(axis=2)
    near = away <= tolerance
    expected = flood(near, column, row) if contiguous else near
    stencil, box = similar(picture, column, row, tolerance, contiguous=contiguous)
    assert np.array_equal(spread(stencil, box, size), expected)
    assert stencil.any(axis=1).all() or not contiguous
    assert stencil.shape == (box.height, box.width)


def test_the_wand_tells_how_far_it_is_and_can_be_broken_off() -> None:
    picture = np.zeros((4000, 3000, 3), np.uint8)
    shares: list[float] = []
    similar(picture, 5, 5, 10, report=shares.append)
    assert len(shares) > 4
    assert shares == sorted(shares)
    assert 0.0 <= shares[0] <= shares[-1] <= 1.0

    def refuse(share: float) -> None:
        if share > 0.3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        similar(picture, 5, 5, 10, report=refuse)


@given(size=SIZES, seed=st.integers(0, 2**32 - 1))
def test_a_region_is_what_hangs_together_under_the_click(size: tuple[int, int], seed: int) -> None:
    random = np.random.default_rng(seed)
    labels = random.choice(np.array([0, 0, 1, 7], np.uint8), size)
    row, column = int(random.integers(size[0])), int(random.integers(size[1]))
    before = labels.copy()
    stencil, box = region(labels, column, row)
    assert np.array_equal(spread(stencil, box, size), flood(labels == labels[row, column], column, row))
    assert np.array_equal(labels, before)


@given(size=SIZES, seed=st.integers(0, 2**32 - 1))
def test_holes_are_what_cannot_reach_the_outside(size: tuple[int, int], seed: int) -> None:
    stencil = (np.random.default_rng(seed).random(size) < 0.6).astype(np.uint8)
    outside = flood(np.pad(stencil == 0, 1, constant_values=True), 0, 0)[1:-1, 1:-1]
    assert np.array_equal(holes(stencil) == 1, (stencil == 0) & ~outside)
