"""Masks: exactly what is painted, out and in again."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from desktop.core.areas import MotionArea
from desktop.core.conventions import KLING
from desktop.core.errors import MaskError
from desktop.core.geometry import Box, whole
from desktop.core.label_map import resized
from desktop.core.shot import Shot, new_shot
from desktop.imaging.encode import encode_shot
from desktop.imaging.mask_import import mask_from, read_mask_file
from desktop.imaging.masks import indexed_png, read_label_map, sent_mask
from desktop.imaging.read import open_image
from tests.pictures import photo

Labels = npt.NDArray[np.uint8]

LABEL_MAPS = hnp.arrays(
    np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=40), elements=st.integers(0, 7)
)


def png(array: npt.NDArray[np.generic]) -> bytes:
    out = io.BytesIO()
    Image.fromarray(array).save(out, "PNG")
    return out.getvalue()


@given(
    LABEL_MAPS, st.integers(1, 7), st.integers(1, 90), st.integers(1, 90), st.sampled_from(["white", "black"])
)
def test_a_mask_is_opaque_8_bit_grey_of_two_values(
    labels: Labels, label: int, width: int, height: int, painted: str
) -> None:
    conventions = replace(KLING, painted="white" if painted == "white" else "black")
    rows, columns = labels.shape
    encoded = sent_mask(resized(labels, whole(columns, rows), width, height) == label, conventions)
    with Image.open(io.BytesIO(encoded.data)) as image:
        assert (image.format, image.mode, image.size) == ("PNG", "L", (width, height))
        seen = np.asarray(image)
    expected = [
        [
            labels[(2 * r + 1) * rows // (2 * height), (2 * c + 1) * columns // (2 * width)] == label
            for c in range(width)
        ]
        for r in range(height)
    ]
    on, off = (255, 0) if painted == "white" else (0, 255)
    assert np.array_equal(seen, np.where(expected, on, off))
    assert encoded == sent_mask(resized(labels, whole(columns, rows), width, height) == label, conventions)


def test_a_mask_is_cut_from_the_frame() -> None:
    labels = np.zeros((60, 80), np.uint8)
    labels[30:40, 20:50] = 3
    encoded = sent_mask(resized(labels, Box(10, 20, 60, 50), 50, 30) == 3, KLING)
    seen = np.asarray(Image.open(io.BytesIO(encoded.data)))
    assert np.array_equal(seen, np.where(labels[20:50, 10:60] == 3, 255, 0))


@given(LABEL_MAPS)
def test_a_label_map_survives_its_png(labels: Labels) -> None:
    height, width = labels.shape
    found = read_label_map(indexed_png(labels), width, height)
    assert np.array_equal(found, labels)
    assert found.dtype == np.uint8
    found[0, 0] = 1  # the history writes into it


def test_a_label_map_of_full_size_survives() -> None:
    labels = np.random.default_rng(3).integers(0, 8, (1001, 1503)).astype(np.uint8)
    assert np.array_equal(read_label_map(indexed_png(labels), 1503, 1001), labels)


def test_a_foreign_label_map_is_refused() -> None:
    labels = np.zeros((30, 40), np.uint8)
    good = indexed_png(labels)
    rich = Image.fromarray(np.full((30, 40), 9, np.uint8))
    rich.putpalette(bytes(range(60)))
    out = io.BytesIO()
    rich.save(out, "PNG")
    for data in (
        b"",
        b"nothing",
        good[: len(good) // 2],
        png(labels),
        png(np.zeros((30, 40, 3), np.uint8)),
        out.getvalue(),
    ):
        with pytest.raises(MaskError):
            read_label_map(data, 40, 30)
    with pytest.raises(MaskError, match="do not belong"):
        read_label_map(good, 30, 40)


@given(st.integers(0, 400), st.integers(0, 255))
def test_a_damaged_label_map_is_refused_or_read(at: int, value: int) -> None:
    raw = bytearray(indexed_png(np.eye(24, dtype=np.uint8) * 5))
    raw[at % len(raw)] = value
    try:
        found = read_label_map(bytes(raw), 24, 24)
    except MaskError:
        return
    assert found.shape == (24, 24)
    assert found.max() <= 7


def shot_of(width: int, height: int) -> Shot:
    shot = new_shot("id", open_image(photo("coffee", width, height, "png"), "cup.png"))
    labels = shot.label_map
    labels[10:60, 10:60] = 2
    labels[100:200, 200:300] = 7
    labels[height - 20 :, width - 20 :] = 5
    areas = (MotionArea(5, hidden=True), MotionArea(7), MotionArea(2, locked=True), MotionArea(1))
    return replace(shot, areas=areas)


def test_a_shot_is_encoded_whole() -> None:
    shot = replace(shot_of(600, 400), end_frame=open_image(photo("rocket", 600, 400)))
    encoded = encode_shot(shot, KLING)
    assert encoded.image.data == shot.image.data
    assert encoded.end_frame is not None
    assert encoded.static is not None
    assert list(encoded.dynamic) == [5, 2]
    for label, asset in (*encoded.dynamic.items(), (7, encoded.static)):
        assert np.array_equal(mask_from(read_mask_file(asset.data), 600, 400), shot.label_map == label)


def test_areas_outside_the_crop_are_absent() -> None:
    shot = shot_of(600, 400)
    encoded = encode_shot(replace(shot, image=replace(shot.image, crop=Box(0, 0, 400, 350))), KLING)
    assert list(encoded.dynamic) == [2]
    assert encoded.static is not None
    sizes = {(entry.asset.width, entry.asset.height) for entry in encoded.assets}
    assert sizes == {(400, 350)}


def test_masks_follow_a_scaled_picture() -> None:
    encoded = encode_shot(shot_of(900, 600), replace(KLING, max_image_bytes=60_000))
    sizes = {(entry.asset.width, entry.asset.height) for entry in encoded.assets}
    assert len(sizes) == 1
    width, height = sizes.pop()
    assert width < 900
    seen = np.asarray(Image.open(io.BytesIO(encoded.dynamic[2].data)))
    centre = np.argwhere(seen == 255).mean(axis=0) + 0.5
    assert centre == pytest.approx([35 * height / 600, 35 * width / 900], abs=1)
