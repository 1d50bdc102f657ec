"""Areas drawn for several boxes at once, against each drawn by itself."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.core.geometry import Box
from desktop.core.label_map import united
from desktop.imaging import compose
from desktop.imaging.pyramid import LabelLevels
from desktop.ui.canvas.overlay import Hatch

WIDE, HIGH = 160, 120
TABLE = np.random.default_rng(5).integers(0, 2**32, 256, dtype=np.uint32)
TABLE[0] = 0


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    left, top = draw(st.integers(0, 200)), draw(st.integers(0, 150))
    return Box(left, top, left + draw(st.integers(1, 90)), top + draw(st.integers(1, 90)))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(boxes(), min_size=1, max_size=6),
    st.sampled_from([0.5, 1.0, 1.25, 2.0, 4.0]),
    st.integers(1, 3),
    st.integers(0, 99),
)
def test_boxes_drawn_together_are_the_same_as_each_alone(
    found: list[Box], zoom: float, reach: int, seed: int
) -> None:
    labels = np.kron(
        np.random.default_rng(seed).integers(0, 8, (HIGH // 8, WIDE // 8), dtype=np.uint8),
        np.ones((8, 8), np.uint8),
    )
    levels = LabelLevels(labels)
    levels.read()
    hatch = Hatch(float(reach), 400, 96)
    margin = compose.overlay_margin(reach)
    grid = compose.LabelGrid(levels.levels, zoom, united(found).grow(margin))
    sheet, places = compose.overlay_sheet(found, grid, hatch.part, TABLE, reach)
    for box, place in zip(found, places, strict=True):
        alone = np.zeros((box.height, box.width), np.uint32)
        around = compose.sample_labels(levels.levels, zoom, box.grow(margin))
        compose.overlay(around, hatch.part(box), TABLE, reach, alone)
        assert np.array_equal(sheet[place.slices], alone)
