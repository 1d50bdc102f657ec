"""Operations on masks against models that look at every pair of pixels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.imaging import morphology, progress
from desktop.imaging.morphology import Mask
from tests.unit.test_selection_wand import flood

SEEDS = st.integers(0, 2**32 - 1)
SIDES = st.integers(1, 14)


def mask_of(height: int, width: int, seed: int, share: float = 0.4) -> Mask:
    return (np.random.default_rng(seed).random((height, width)) < share).astype(np.uint8)


def near(mask: Mask, reach: int) -> Mask:
    """Pixels within ``reach`` of a painted one."""
    out = np.zeros_like(mask)
    places = np.argwhere(mask)
    for y in range(mask.shape[0]):
        for x in range(mask.shape[1]):
            if places.size and (((places - (y, x)) ** 2).sum(axis=1) <= reach * reach).any():
                out[y, x] = 1
    return out


@given(
    height=SIDES, width=SIDES, seed=SEEDS, share=st.sampled_from([0.02, 0.4, 0.95]), reach=st.integers(0, 7)
)
def test_grow_and_shrink_by_exact_distances(
    height: int, width: int, seed: int, share: float, reach: int
) -> None:
    mask = mask_of(height, width, seed, share)
    assert np.array_equal(morphology.grown(mask, reach), near(mask, reach))
    assert np.array_equal(morphology.shrunk(mask, reach), 1 - near(1 - mask, reach))


def test_bands_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    mask = mask_of(90, 60, 3, 0.02)
    whole = [morphology.grown(mask, 6), morphology.shrunk(1 - mask, 6), morphology.smoothed(mask, 3)]
    monkeypatch.setattr(progress, "BAND", 600)
    banded = [morphology.grown(mask, 6), morphology.shrunk(1 - mask, 6), morphology.smoothed(mask, 3)]
    for one, other in zip(whole, banded, strict=True):
        assert np.array_equal(one, other)


def test_the_largest_reach_is_a_round_disc() -> None:
    reach = morphology.MOST_REACH
    mask = np.zeros((1101, 1101), np.uint8)
    mask[550, 550] = 1
    y, x = np.mgrid[0:1101, 0:1101]
    disc = (x - 550) ** 2 + (y - 550) ** 2 <= reach * reach
    assert np.array_equal(morphology.grown(mask, reach) == 1, disc)
    with pytest.raises(ValueError, match="500"):
        morphology.grown(mask, reach + 1)


@given(height=SIDES, width=SIDES, seed=SEEDS, reach=st.integers(0, 3))
def test_smooth_is_the_majority_by_three_means(height: int, width: int, seed: int, reach: int) -> None:
    mask = mask_of(height, width, seed)
    weight: npt.NDArray[np.float64] = mask.astype(np.float64)
    size = 2 * reach + 1
    for _ in range(morphology.SMOOTH_PASSES):
        padded = np.pad(weight, reach, mode="edge")
        weight = np.array(
            [[padded[y : y + size, x : x + size].mean() for x in range(width)] for y in range(height)]
        )
    got = morphology.smoothed(mask, reach)
    clear = np.abs(weight - 0.5) > 1e-4
    assert np.array_equal(got[clear] == 1, (weight > 0.5)[clear])


def pieces(mask: Mask, *, corners: bool) -> list[npt.NDArray[np.bool_]]:
    """The pieces of a mask, over edges or over corners too."""
    left, found = mask == 1, []
    while left.any():
        row, column = (int(v) for v in np.argwhere(left)[0])
        piece = flood(left, column, row)
        while corners:
            grown = np.zeros_like(piece)
            for y, x in np.argwhere(piece):
                grown[max(y - 1, 0) : y + 2, max(x - 1, 0) : x + 2] = True
            wider = left & grown
            if np.array_equal(wider, piece):
                break
            piece = wider
        found.append(piece)
        left &= ~piece
    return found


@given(height=SIDES, width=SIDES, seed=SEEDS, most=st.one_of(st.none(), st.integers(1, 6)))
def test_holes_are_filled_up_to_a_size(height: int, width: int, seed: int, most: int | None) -> None:
    mask = mask_of(height, width, seed, 0.6)
    expected = mask == 1
    for piece in pieces(1 - mask, corners=False):
        edge = piece[0].any() or piece[-1].any() or piece[:, 0].any() or piece[:, -1].any()
        if not edge and (most is None or piece.sum() <= most):
            expected |= piece
    assert np.array_equal(morphology.filled(mask, most) == 1, expected)


@given(height=SIDES, width=SIDES, seed=SEEDS, most=st.integers(0, 8))
def test_specks_go_up_to_a_size(height: int, width: int, seed: int, most: int) -> None:
    mask = mask_of(height, width, seed)
    expected = np.zeros(mask.shape, np.bool_)
    for piece in pieces(mask, corners=True):
        if piece.sum() > most:
            expected |= piece
    assert np.array_equal(morphology.without_specks(mask, most) == 1, expected)
