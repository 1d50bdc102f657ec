"""The label map against a naive model that thinks pixel by pixel."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from desktop.core import label_map
from desktop.core.geometry import EMPTY_BOX, Box
from desktop.core.label_map import LABELS, LabelMap, Stencil

MAPS = arrays.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=st.integers(0, 7))
LOCKS = st.sets(st.integers(1, 7), max_size=3)


@st.composite
def stamps(draw: st.DrawFn) -> tuple[Stencil, Box]:
    """A stencil and its box, which may reach over or lie beyond the map."""
    left, top = draw(st.integers(-6, 11)), draw(st.integers(-6, 11))
    stencil = draw(
        arrays.arrays(
            np.uint8,
            st.tuples(st.integers(1, 8), st.integers(1, 8)),
            elements=st.sampled_from([0, 1, 128, 255]),
        )
    )
    return stencil, Box(left, top, left + stencil.shape[1], top + stencil.shape[0])


def naively_merged(
    labels: LabelMap, stencil: Stencil, box: Box, label: int, locked: set[int]
) -> tuple[LabelMap, set[tuple[int, int]]]:
    """The painted map and the changed (row, column) pairs."""
    out, changed = labels.copy(), set()
    for row in range(labels.shape[0]):
        for column in range(labels.shape[1]):
            in_box = box.top <= row < box.bottom and box.left <= column < box.right
            if not in_box or stencil[row - box.top, column - box.left] == 0:
                continue
            before = int(labels[row, column])
            if before == label or before in locked or label in locked:
                continue
            out[row, column] = label
            changed.add((row, column))
    return out, changed


@settings(max_examples=300)
@given(MAPS, stamps(), st.integers(0, 7), LOCKS)
def test_merge_equals_the_naive_model(
    labels: LabelMap, stamp: tuple[Stencil, Box], label: int, locked: set[int]
) -> None:
    expected, changed = naively_merged(labels, *stamp, label, locked)
    dirty = label_map.merge(labels, *stamp, label, locked)
    assert np.array_equal(labels, expected)
    if changed:
        rows, columns = [r for r, _ in changed], [c for _, c in changed]
        assert dirty == Box(min(columns), min(rows), max(columns) + 1, max(rows) + 1)
    else:
        assert dirty == EMPTY_BOX


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 219), st.integers(0, 299), st.integers(1, 40), st.integers(1, 40)),
        max_size=4,
    )
)
def test_the_parts_of_a_change_hold_all_of_it_and_end_at_it(boxes: list[tuple[int, int, int, int]]) -> None:
    labels, stencil = label_map.empty(300, 220), np.zeros((220, 300), np.uint8)
    for top, left, height, width in boxes:
        stencil[top : top + height, left : left + width] = 1
    parts = label_map.merge_parts(labels, stencil, Box(0, 0, 300, 220), 3)
    told = np.zeros_like(labels)
    for part in parts:
        assert not part.empty
        assert labels[part.slices].any()
        told[part.slices] = 3
    assert not (labels != 0)[told == 0].any()
    rows, columns = np.nonzero(labels)
    if len(rows):
        closest = Box(int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1)
        assert label_map.united(parts) == closest


def test_the_parts_of_a_ring_leave_out_what_is_inside() -> None:
    labels = label_map.empty(600, 600)
    y, x = np.mgrid[0:600, 0:600]
    away = np.hypot(x - 300, y - 300)
    ring = ((away < 280) & (away > 270)).astype(np.uint8)
    parts = label_map.merge_parts(labels, ring, Box(0, 0, 600, 600), 1)
    assert sum(part.area for part in parts) < 600 * 600 / 3


@given(MAPS, st.lists(st.tuples(stamps(), st.integers(0, 7), LOCKS), max_size=5))
def test_masks_stay_disjoint(
    labels: LabelMap, strokes: list[tuple[tuple[Stencil, Box], int, set[int]]]
) -> None:
    for stamp, label, locked in strokes:
        kept = {other: label_map.mask_of(labels, other).copy() for other in locked}
        label_map.merge(labels, *stamp, label, locked)
        assert all(np.array_equal(label_map.mask_of(labels, other), mask) for other, mask in kept.items())
    owners = np.sum([label_map.mask_of(labels, label) for label in LABELS], axis=0)
    assert int(owners.max()) <= 1
    assert np.array_equal(owners == 0, labels == 0)


@given(MAPS)
def test_counts_and_bounds_equal_the_naive_model(labels: LabelMap) -> None:
    counted = label_map.counts(labels)
    assert list(counted) == [1, 2, 3, 4, 5, 6, 7]
    for label in LABELS:
        where = [(r, c) for (r, c), value in np.ndenumerate(labels) if value == label]
        assert counted[label] == len(where)
        rows, columns = [r for r, _ in where], [c for _, c in where]
        expected = Box(min(columns), min(rows), max(columns) + 1, max(rows) + 1) if where else EMPTY_BOX
        assert label_map.bounds_of(labels, label) == expected


@pytest.mark.parametrize("height", [1, 63, 64, 65, 200])
def test_counts_see_every_band_of_rows(height: int) -> None:
    labels = np.full((height, 3), 5, np.uint8)
    labels[-1] = 7
    assert label_map.counts(labels) == {1: 0, 2: 0, 3: 0, 4: 0, 5: 3 * (height - 1), 6: 0, 7: 3}
    assert label_map.counts(labels[:, 1:2])[7] == 1  # a part of a map is counted too


@given(MAPS, st.data(), st.integers(1, 14), st.integers(1, 14))
def test_resizing_takes_the_pixel_under_the_centre(
    labels: LabelMap, data: st.DataObject, width: int, height: int
) -> None:
    rows, columns = labels.shape
    left, top = data.draw(st.integers(0, columns - 1)), data.draw(st.integers(0, rows - 1))
    frame = Box(left, top, data.draw(st.integers(left + 1, columns)), data.draw(st.integers(top + 1, rows)))
    out = label_map.resized(labels, frame, width, height)
    assert out.shape == (height, width)
    assert out.dtype == np.uint8
    assert out.flags.c_contiguous
    for (row, column), value in np.ndenumerate(out):
        source_row = frame.top + math.floor((row + 0.5) * frame.height / height)
        source_column = frame.left + math.floor((column + 0.5) * frame.width / width)
        assert value == labels[source_row, source_column]


def test_an_empty_map_has_the_pictures_shape() -> None:
    labels = label_map.empty(5, 3)
    assert labels.shape == (3, 5)
    assert labels.dtype == np.uint8
    assert not labels.any()
    assert label_map.extent(labels) == Box(0, 0, 5, 3)
