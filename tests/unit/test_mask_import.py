"""Masks from other programs: what each file is taken for, and that what goes out comes in again to the pixel."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image, ImageDraw, ImageOps

from desktop.core.areas import MotionArea
from desktop.core.errors import MaskError
from desktop.core.mask_names import safe_name
from desktop.core.shot import Shot, SourceImage, new_shot
from desktop.imaging.mask_export import area_files, indexed_file
from desktop.imaging.mask_import import MaskFile, choose_labels, labels_from, mask_from, read_mask_file
from desktop.imaging.masks import indexed_png, mask_png
from desktop.opencv import cv2
from tests.pictures import photo, tiff

Labels = npt.NDArray[np.uint8]

LABEL_MAPS = hnp.arrays(
    np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=40), elements=st.integers(0, 7)
)
MASKS = hnp.arrays(np.bool_, hnp.array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=40))


def saved(array: npt.NDArray[np.generic], form: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.fromarray(array).save(out, form)
    return out.getvalue()


def regions(width: int = 60, height: int = 40) -> Labels:
    """Nothing, and three regions of different sizes: 1 the smallest, 3 the largest."""
    labels = np.zeros((height, width), np.uint8)
    labels[2:8, 2:8] = 1
    labels[10:20, 20:40] = 2
    labels[22:38, 5:55] = 3
    return labels


def laid(file: MaskFile, width: int = 60, height: int = 40) -> Labels:
    return labels_from(file, width, height, choose_labels(file))


@given(LABEL_MAPS)
def test_one_png_of_all_areas_comes_back_exactly(labels: Labels) -> None:
    height, width = labels.shape
    file = read_mask_file(indexed_png(labels))
    if file.kind == "mask":  # nothing painted at all
        assert not labels.any()
        assert not mask_from(file, width, height).any()
    else:
        assert np.array_equal(laid(file, width, height), labels)


@given(MASKS)
def test_one_png_of_an_area_comes_back_exactly(mask: npt.NDArray[np.bool_]) -> None:
    height, width = mask.shape
    file = read_mask_file(mask_png(mask))
    assert file.kind == "mask"
    assert np.array_equal(mask_from(file, width, height), mask)


@given(MASKS, st.integers(2, 5))
def test_a_larger_mask_is_scaled_by_nearest(mask: npt.NDArray[np.bool_], factor: int) -> None:
    height, width = mask.shape
    large = mask.repeat(factor, axis=0).repeat(factor, axis=1)
    assert np.array_equal(mask_from(read_mask_file(mask_png(large)), width, height), mask)
    scaled = mask_from(read_mask_file(mask_png(mask)), width * factor, height * factor)
    assert np.array_equal(scaled, large)


@pytest.mark.parametrize(
    ("size", "fits"), [((500, 333), True), ((500, 334), True), ((500, 335), False), ((400, 400), False)]
)
def test_only_rounding_may_change_the_aspect(size: tuple[int, int], fits: bool) -> None:
    file = read_mask_file(mask_png(np.ones((size[1], size[0]), np.bool_)))
    if fits:
        assert mask_from(file, 1500, 1000).all()
    else:
        with pytest.raises(MaskError, match=rf"{size[0]} × {size[1]}.*1500 × 1000"):
            mask_from(file, 1500, 1000)


@pytest.mark.parametrize("mode", ["1", "P", "RGB", "RGBA", "LA"])
def test_black_and_white_is_a_mask_in_every_mode(mode: str) -> None:
    out = io.BytesIO()
    Image.fromarray(np.where(regions() == 3, np.uint8(255), np.uint8(0))).convert(mode).save(out, "PNG")
    file = read_mask_file(out.getvalue())
    assert file.kind == "mask"
    assert np.array_equal(mask_from(file, 60, 40), regions() == 3)


@given(LABEL_MAPS, st.integers(2, 4))
def test_other_resolutions_of_the_aspect_are_scaled(labels: Labels, times: int) -> None:
    height, width = labels.shape
    larger = labels.repeat(times, axis=0).repeat(times, axis=1)
    if labels.any():
        assert np.array_equal(laid(read_mask_file(indexed_png(larger)), width, height), labels)


def test_another_aspect_is_refused_in_a_sentence() -> None:
    file = read_mask_file(indexed_png(regions()))
    assert not file.fits(60, 60)
    with pytest.raises(MaskError, match="another aspect"):
        mask_from(file, 60, 60)
    with pytest.raises(MaskError, match="another aspect"):
        labels_from(file, 60, 60, {0: 1})


def test_a_labelme_palette_gives_each_class_its_area() -> None:
    image = Image.fromarray(regions())
    image.putpalette([0, 0, 0, 128, 0, 0, 0, 128, 0, 128, 128, 0])
    out = io.BytesIO()
    image.save(out, "PNG")
    file = read_mask_file(out.getvalue())
    assert [(r.value, r.color) for r in file.regions] == [(1, "#800000"), (2, "#008000"), (3, "#808000")]
    assert np.array_equal(laid(file), regions())


def test_cvat_colours_on_black_become_areas_the_largest_first() -> None:
    colors = np.array([[0, 0, 0], [250, 50, 83], [50, 183, 250], [36, 179, 83]], np.uint8)
    file = read_mask_file(saved(colors[regions()]))
    assert file.kind == "labels"
    assert [r.color for r in file.regions] == ["#24b353", "#32b7fa", "#fa3253"]
    assert np.array_equal(laid(file), np.array([0, 3, 2, 1], np.uint8)[regions()])


def test_our_own_colours_keep_their_areas() -> None:
    colors = np.array([[0, 0, 0], [0x56, 0xB4, 0xE9], [0xFF, 0xFF, 0xFF], [1, 2, 3]], np.uint8)
    file = read_mask_file(saved(colors[regions()]))
    chosen = choose_labels(file, {"#56b4e9": 2, "#ffffff": 7})
    found = labels_from(file, 60, 40, chosen)
    assert np.array_equal(found, np.array([0, 2, 7, 1], np.uint8)[regions()])


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_napari_labels_of_16_bits_are_values_not_brightness(form: str) -> None:
    values = np.array([0, 1, 2, 5], np.uint16)[regions()]
    file = read_mask_file(saved(values, form))
    assert [r.value for r in file.regions] == [1, 2, 5]
    assert np.array_equal(laid(file), values.astype(np.uint8))


@pytest.mark.parametrize("kind", ["u1", "i2", "u4", "i4", "u8", "i8", "f4", "f8"])
def test_labels_of_every_type_that_numpy_saves_are_read(kind: str) -> None:
    file = read_mask_file(tiff(np.array([0, 1, 2, 5])[regions()].astype(kind)))
    assert [r.value for r in file.regions] == [1, 2, 5]
    assert np.array_equal(laid(file), np.array([0, 1, 2, 5], np.uint8)[regions()])


@pytest.mark.parametrize("most", [1.0, 255.0])
@pytest.mark.parametrize("kind", ["f4", "f8"])
def test_a_soft_mask_of_shares_keeps_its_greys(kind: str, most: float) -> None:
    ramp = np.tile(np.linspace(0.0, most, 240), (160, 1)).astype(kind)
    file = read_mask_file(tiff(ramp))
    assert file.kind == "grey"
    assert np.array_equal(mask_from(file, 240, 160, threshold=200), np.rint(ramp * 255 / most) >= 200)


@pytest.mark.parametrize("cut", [8, 40, 150, 200])
def test_a_cut_file_of_64_bits_is_damaged_and_no_mask(cut: int) -> None:
    with pytest.raises(MaskError):
        read_mask_file(tiff(regions().astype(np.int64))[:cut])


def test_large_label_values_become_the_free_areas_in_order() -> None:
    values = np.array([0, 40_000, 300, 7_001], np.uint16)[regions()]
    file = read_mask_file(saved(values))
    assert [r.value for r in file.regions] == [300, 7_001, 40_000]
    assert np.array_equal(laid(file), np.array([0, 3, 1, 2], np.uint8)[regions()])


@pytest.mark.parametrize("kind", ["u4", "i4", "u8", "i8", "f4", "f8"])
def test_labels_above_65535_stay_apart(kind: str) -> None:
    top = 2**24 if kind == "f4" else 2**53 if kind == "f8" else int(np.iinfo(kind).max)
    numbers = [0, top, 70_000, top - 1]
    file = read_mask_file(tiff(np.array(numbers, kind)[regions()]))
    assert file.kind == "labels"
    assert [r.value for r in file.regions] == [70_000, top - 1, top]
    assert np.array_equal(laid(file), np.array([0, 3, 1, 2], np.uint8)[regions()])


@pytest.mark.parametrize("kind", ["i2", "i4", "i8"])
def test_one_number_below_nothing_is_nothing_and_several_are_labels(kind: str) -> None:
    file = read_mask_file(tiff(np.array([0, -1, 1, 2], kind)[regions()]))
    assert [r.value for r in file.regions] == [1, 2]
    file = read_mask_file(tiff(np.array([-1, 1, 2, 300], kind)[regions()]))
    assert [r.value for r in file.regions] == [1, 2, 300]
    file = read_mask_file(tiff(np.array([0, -1, -7, 2], kind)[regions()]))
    assert [r.value for r in file.regions] == [-7, -1, 2]
    assert np.array_equal(laid(file), np.array([0, 2, 1, 3], np.uint8)[regions()])


@pytest.mark.parametrize("kind", ["u4", "i8", "f8"])
def test_brightness_beyond_16_bits_is_as_bright_as_it_is_beside_the_greatest(kind: str) -> None:
    ramp = np.tile(np.linspace(0, 3_000_000, 256), (160, 1)).astype(kind)
    noise = np.random.default_rng(5).integers(0, 3_000_000, (700, 800)).astype(kind)
    for values in (ramp, noise):
        file = read_mask_file(tiff(values))
        assert file.kind == "grey"
        share = values.astype(np.float64) * 255 / values.max()
        assert np.abs(file.values - share).max() <= 1
    mask = read_mask_file(tiff(np.where(regions() == 2, 3_000_000_000, 0).astype(kind)))
    assert mask.kind == "mask"
    assert np.array_equal(mask_from(mask, 60, 40), regions() == 2)


def test_labels_past_counting_are_refused_in_a_sentence() -> None:
    values = np.random.default_rng(1).permutation(70_000).reshape(250, 280).astype(np.int64) + 1
    values = values.repeat(4, axis=0).repeat(4, axis=1)
    with pytest.raises(MaskError, match="70,000 labels, and no more than 65,535"):
        read_mask_file(tiff(values))


@pytest.mark.parametrize("dtype", [np.uint8, np.int32])
def test_two_small_numbers_without_nothing_are_two_labels(dtype: type[np.generic]) -> None:
    values = np.array([1, 1, 2, 1])[regions()].astype(dtype)
    file = read_mask_file(tiff(values))
    assert [r.value for r in file.regions] == [1, 2]
    assert np.array_equal(laid(file), values)


def test_a_palette_of_one_colour_still_has_its_indices() -> None:
    for labels in ((regions() == 2).astype(np.uint8), regions()):
        image = Image.fromarray(labels)
        image.putpalette([0, 0, 0] * 4)
        for transparency in (None, 0):
            out = io.BytesIO()
            image.save(out, "PNG", **({} if transparency is None else {"transparency": transparency}))
            found = read_mask_file(out.getvalue())
            assert np.array_equal(mask_from(found, 60, 40), labels != 0)
            if found.kind == "labels":
                assert np.array_equal(laid(found), labels)
            else:
                assert labels.max() == 1


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_colours_of_16_bits_that_8_bits_cannot_tell_apart_are_refused(form: str) -> None:
    def written(colors: list[tuple[int, int, int]]) -> bytes:
        pixels = np.array(colors, np.uint16)[regions()][..., ::-1]
        done, data = cv2.imencode(f".{form.lower()}", np.ascontiguousarray(pixels))
        assert done
        return data.tobytes()

    with pytest.raises(MaskError, match="16 bits per channel"):
        read_mask_file(written([(0, 0, 0), (1, 0, 0), (2, 0, 0), (3, 0, 0)]))
    file = read_mask_file(written([(0, 0, 0), (65535, 0, 0), (0, 40000, 0), (300, 0, 65535)]))
    assert len(file.regions) == 3
    assert np.array_equal(laid(file), np.array([0, 3, 2, 1], np.uint8)[regions()])


def test_many_colours_in_their_pieces_may_be_labels_and_half_transparent_ones_are() -> None:
    values = cells(100, np.uint16)
    colors = np.random.default_rng(3).permutation(1 << 24)[:101]
    colors[0] = 0
    rgb = np.stack([colors >> 16, colors >> 8 & 255, colors & 255], axis=-1).astype(np.uint8)[values]
    file = read_mask_file(saved(rgb))
    assert file.kind == "grey"
    assert file.other is not None
    assert len(file.other.regions) == 100
    assert np.array_equal(mask_from(file.other, 320, 240), values != 0)
    rgba = np.array([[0, 0, 0, 0], [255, 0, 0, 120], [0, 255, 0, 120], [0, 0, 255, 120]], np.uint8)
    overlay = read_mask_file(saved(rgba[regions()]))
    assert np.array_equal(laid(overlay), np.array([0, 3, 2, 1], np.uint8)[regions()])


def test_of_more_than_six_colours_the_six_largest_become_areas() -> None:
    values = np.zeros((40, 60), np.uint8)
    for n in range(9):
        values[4 * n : 4 * n + 4, : 5 + 5 * n] = 20 + 10 * n
    file = read_mask_file(saved(values))
    chosen = choose_labels(file)
    assert sorted(chosen.values()) == [1, 2, 3, 4, 5, 6]
    assert sorted(file.regions[index].value for index in chosen) == [50, 60, 70, 80, 90, 100]


def cells(count: int, dtype: type[np.generic]) -> npt.NDArray[np.generic]:
    """So many labels, each a rectangle of its own size on nothing."""
    values = np.zeros((240, 320), np.uint16)
    for n in range(count):
        y, x = 12 * (n // 16), 20 * (n % 16)
        values[y + 1 : y + 11, x + 1 : x + 10 + n % 9] = n + 1
    return values.astype(dtype)


@pytest.mark.parametrize(("count", "dtype"), [(100, np.uint8), (100, np.uint16), (300, np.uint16)])
def test_many_labels_in_their_pieces_are_labels(count: int, dtype: type[np.generic]) -> None:
    values = cells(count, dtype)
    file = read_mask_file(saved(values))
    assert [region.value for region in file.regions] == list(range(1, count + 1))
    chosen = choose_labels(file)
    assert sorted(chosen.values()) == [1, 2, 3, 4, 5, 6]
    assert {file.regions[index].pixels for index in chosen} == {170}
    found = labels_from(file, 320, 240, chosen)
    for index, label in chosen.items():
        assert np.array_equal(found == label, values == index + 1)
    assert np.array_equal(mask_from(file, 320, 240), values != 0)


def test_many_levels_of_a_soft_mask_a_slope_or_a_photograph_are_no_labels() -> None:
    y, x = np.mgrid[0:240, 0:320]
    disc = np.clip(255 * (1.6 - np.hypot(x - 160, y - 120) / 60), 0, 255).astype(np.uint8)
    slope = (y * 100 // 240).astype(np.uint8)
    grey = np.asarray(Image.open(io.BytesIO(photo("chelsea", 320, 240))).convert("L"))
    for values in (disc, slope, grey, slope.astype(np.uint16) * 256):
        assert read_mask_file(saved(values)).kind == "grey"


def test_seven_holds_still_in_our_own_file_alone() -> None:
    labels = np.array([0, 1, 2, 7], np.uint8)[regions()]
    assert np.array_equal(laid(read_mask_file(indexed_png(labels))), labels)
    expected = np.array([0, 1, 2, 3], np.uint8)[regions()]
    assert np.array_equal(laid(read_mask_file(saved(labels))), expected)
    image = Image.fromarray(labels)
    image.putpalette([c for n in range(8) for c in (30 * n, 0, 0)])
    out = io.BytesIO()
    image.save(out, "PNG")
    assert np.array_equal(laid(read_mask_file(out.getvalue())), expected)


def test_of_seven_small_values_the_six_largest_keep_theirs() -> None:
    values = np.zeros((40, 60), np.uint8)
    for n in range(1, 8):
        values[4 * n : 4 * n + 4, : 3 if n == 2 else 10 + n] = n
    found = laid(read_mask_file(saved(values)))
    assert np.array_equal(found, np.array([0, 1, 0, 3, 4, 5, 6, 2], np.uint8)[values])


def test_a_soft_grey_mask_is_cut_at_its_threshold() -> None:
    ramp = np.tile(np.arange(256, dtype=np.uint8), (64, 1))
    file = read_mask_file(saved(ramp))
    assert file.kind == "grey"
    for threshold in (1, 100, 255):
        assert np.array_equal(mask_from(file, 256, 64, threshold=threshold), ramp >= threshold)


def test_a_few_grey_pixels_at_the_border_of_black_and_white_are_no_labels() -> None:
    soft = np.zeros((60, 60), np.uint8)
    soft[:, 30:] = 255
    soft[:, 29], soft[:, 30] = 90, 170
    assert read_mask_file(saved(soft)).kind == "grey"


def antialiased() -> Image.Image:
    """A white wedge and a disc on black, with the greys of 4 x 4 samples a pixel at their borders."""
    large = Image.new("L", (1024, 768))
    draw = ImageDraw.Draw(large)
    draw.polygon([(100, 80), (760, 300), (260, 700)], fill=255)
    draw.ellipse((640, 420, 900, 700), fill=255)
    return large.resize((256, 192), Image.Resampling.BOX)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P"])
@pytest.mark.parametrize("inverted", [False, True])
def test_an_antialiased_mask_is_grey_in_every_mode(mode: str, inverted: bool) -> None:
    grey = ImageOps.invert(antialiased()) if inverted else antialiased()
    assert 10 < len(np.unique(np.asarray(grey))) < 30
    out = io.BytesIO()
    saved_as = grey.convert("P") if mode == "P" else grey.convert(mode)
    assert saved_as.mode == mode
    saved_as.save(out, "PNG")
    file = read_mask_file(out.getvalue())
    assert file.kind == "grey"
    assert np.array_equal(file.values, np.asarray(grey))


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("quality", [75, 95])
def test_a_black_and_white_jpeg_is_a_grey_mask(mode: str, quality: int) -> None:
    sharp = antialiased().point(lambda value: 255 if value > 127 else 0)
    out = io.BytesIO()
    sharp.convert(mode).save(out, "JPEG", quality=quality)
    file = read_mask_file(out.getvalue())
    assert file.kind == "grey"
    assert np.mean(mask_from(file, 256, 192) == (np.asarray(sharp) > 127)) > 0.999


def test_a_jpeg_with_a_slight_tint_is_a_grey_mask() -> None:
    sharp = np.asarray(antialiased().point(lambda value: 250 if value > 127 else 3))
    tinted = np.stack([sharp, sharp, sharp + np.uint8(2)], axis=-1)
    out = io.BytesIO()
    Image.fromarray(tinted).save(out, "JPEG", quality=100, subsampling=0)
    file = read_mask_file(out.getvalue())
    assert file.kind in ("grey", "mask")
    assert np.array_equal(mask_from(file, 256, 192), sharp > 127)


def test_a_few_greys_saved_as_colours_are_the_labels_that_they_are_as_grey() -> None:
    values = np.array([0, 60, 120, 180], np.uint8)[regions()]
    as_grey, as_colours = (read_mask_file(saved(v)) for v in (values, np.stack([values] * 3, axis=-1)))
    assert as_colours.regions == as_grey.regions
    assert np.array_equal(laid(as_colours), laid(as_grey))


@pytest.mark.parametrize("mode", ["L", "RGB", "P"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_black_grey_and_white_are_a_mask_with_soft_edges(
    mode: str, dtype: type[np.unsignedinteger[Any]]
) -> None:
    """Few greys between, as of a mask that was scaled: no labels. Many: the file may be labels as well."""
    white = np.iinfo(dtype).max
    edge = np.zeros((60, 60), dtype)
    edge[:, 30:], edge[:, 29] = white, white // 2
    broad = edge.copy()
    broad[:, 20:40] = white // 2
    for values, both in ((edge, False), (broad, True)):
        out = io.BytesIO()
        if dtype == np.uint16:
            Image.fromarray(values).save(out, "PNG")
        else:
            Image.fromarray(values).convert(mode).save(out, "PNG")
        file = read_mask_file(out.getvalue())
        assert file.kind == "grey"
        assert np.array_equal(mask_from(file, 60, 60, threshold=100), values > 0)
        assert np.array_equal(mask_from(file, 60, 60, threshold=128), values == white)
        assert (file.other is not None) == both
        if file.other is not None:
            chosen = choose_labels(file.other)
            found = labels_from(file.other, 60, 60, chosen)
            assert np.array_equal(found, np.searchsorted([0, white // 2, white], values).astype(np.uint8))


@pytest.mark.parametrize("values", [(0, 1, 2, 3), (0, 1, 2, 5), (0, 4, 5, 6), (0, 7, 20, 30)])
def test_small_numbers_are_labels_and_nothing_else(values: tuple[int, ...]) -> None:
    file = read_mask_file(saved(np.array(values, np.uint8)[regions()]))
    assert file.kind == "labels"
    assert file.other is None
    assert [region.value for region in file.regions] == list(values[1:])


@pytest.mark.parametrize("values", [(0, 60, 120, 180), (0, 1, 2, 200)])
def test_a_few_other_greys_are_labels_or_a_mask(values: tuple[int, ...]) -> None:
    array = np.array(values, np.uint8)[regions()]
    file = read_mask_file(saved(array))
    assert file.kind == "labels"
    assert file.other is not None
    assert file.other.kind == "grey"
    assert np.array_equal(mask_from(file.other, 60, 40, threshold=100), array >= 100)


def test_a_palette_of_colours_is_labels_alone() -> None:
    image = Image.fromarray(regions())
    image.putpalette([0, 0, 0, 128, 128, 128, 255, 255, 255, 255, 0, 0])
    out = io.BytesIO()
    image.save(out, "PNG")
    file = read_mask_file(out.getvalue())
    assert file.kind == "labels"
    assert file.other is None
    assert np.array_equal(laid(file), regions())


def test_two_grey_levels_are_a_mask_of_the_brighter_one() -> None:
    for low, high in ((0, 1), (0, 255), (40, 200)):
        values = np.where(regions() == 3, np.uint8(high), np.uint8(low))
        file = read_mask_file(saved(values))
        assert file.kind == "mask"
        assert np.array_equal(mask_from(file, 60, 40), regions() == 3)


def test_one_colour_on_black_is_a_mask_however_dark_it_is() -> None:
    colors = np.array([[0, 0, 0], [0, 0, 90]], np.uint8)
    file = read_mask_file(saved(colors[(regions() == 2).astype(np.uint8)]))
    assert file.kind == "mask"
    assert np.array_equal(mask_from(file, 60, 40), regions() == 2)


def test_transparency_tells_what_is_painted() -> None:
    rgba = np.full((40, 60, 4), 200, np.uint8)
    rgba[..., 3] = np.where(regions() == 3, 255, 0)
    file = read_mask_file(saved(rgba))
    assert file.kind == "alpha"
    assert np.array_equal(mask_from(file, 60, 40), regions() == 3)
    rgba[..., 3] = np.arange(60, dtype=np.uint8) * 4
    soft = read_mask_file(saved(rgba))
    assert soft.kind == "alpha"
    assert np.array_equal(mask_from(soft, 60, 40, threshold=80), rgba[..., 3] >= 80)


def test_colours_on_transparency_are_labels() -> None:
    colors = np.array([[9, 9, 9, 0], [255, 0, 0, 255], [0, 255, 0, 255], [0, 0, 0, 255]], np.uint8)
    file = read_mask_file(saved(colors[regions()]))
    assert file.kind == "labels"
    assert np.array_equal(laid(file), np.array([0, 3, 2, 1], np.uint8)[regions()])


def test_a_photograph_is_no_label_image() -> None:
    file = read_mask_file(photo("chelsea", 300, 200))
    assert file.kind == "grey"


@pytest.mark.parametrize("data", [b"", b"no picture", mask_png(regions() > 0)[:60]])
def test_what_is_no_picture_is_said(data: bytes) -> None:
    with pytest.raises(MaskError):
        read_mask_file(data)


def painted() -> Shot:
    image = SourceImage(b"", "image/png", 60, 40, "a.png")
    shot = new_shot("id", image, "Harbour: at/dawn")
    areas = (MotionArea(7), MotionArea(1, "Big boat"), MotionArea(2))
    return replace(shot, label_map=np.array([0, 1, 7, 7], np.uint8)[regions()], areas=areas)


def test_every_painted_area_goes_out_by_its_own_name() -> None:
    files = area_files(painted())
    assert list(files) == ["Harbour-at-dawn-0-Hold-still.png", "Harbour-at-dawn-1-Big-boat.png"]
    file = read_mask_file(files["Harbour-at-dawn-1-Big-boat.png"])
    assert np.array_equal(mask_from(file, 60, 40), painted().label_map == 1)
    name, data = indexed_file(painted())
    assert name == "Harbour-at-dawn-areas.png"
    assert np.array_equal(laid(read_mask_file(data)), painted().label_map)


@given(st.text(max_size=200))
def test_names_are_safe_on_any_system(title: str) -> None:
    name = safe_name(title)
    assert 0 < len(name) <= 60
    assert not set(name) & set('<>:"/\\|?*.\0\n ')
