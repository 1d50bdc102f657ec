"""What is sent for a picture: the original bytes where they will do, else within every limit."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from desktop.core.conventions import KLING
from desktop.core.errors import PictureError
from desktop.core.fitting import crop_to_aspect, enlarged_size
from desktop.core.geometry import Box
from desktop.core.request import EncodedAsset
from desktop.core.shot import SourceImage
from desktop.imaging.fit import fit_image
from desktop.imaging.read import decode, open_image
from tests import pictures
from tests.pictures import Kind, photo, pixels, turned


def opened(asset: EncodedAsset) -> Image.Image:
    """The sent bytes as another reader sees them; their facts must be the asset's."""
    image = Image.open(io.BytesIO(asset.data))
    image.load()
    assert image.size == (asset.asset.width, asset.asset.height)
    assert Image.MIME[str(image.format)] == asset.asset.media_type
    assert image.mode == "RGB"
    assert len(asset.data) == asset.asset.size
    return image


@pytest.mark.parametrize("kind", ["jpeg", "png"])
def test_a_plain_picture_goes_as_it_is(kind: Kind) -> None:
    data = photo("coffee", 600, 400, kind)
    fitted = fit_image(open_image(data), KLING)
    assert fitted.data == data
    assert fitted.notes == ()


def test_an_srgb_profile_does_not_hinder() -> None:
    out = io.BytesIO()
    Image.fromarray(pixels("coffee", 400, 300)).save(out, "JPEG", icc_profile=pictures.srgb_profile())
    assert fit_image(open_image(out.getvalue()), KLING).data == out.getvalue()


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("progressive", "image/jpeg"),
        ("cmyk", "image/jpeg"),
        ("p3", "image/jpeg"),
        ("webp", "image/jpeg"),
        ("grey-jpeg", "image/jpeg"),
        ("png16", "image/png"),
        ("alpha", "image/png"),
        ("palette", "image/png"),
        ("tiff16", "image/png"),
        ("gif", "image/png"),
    ],
)
def test_anything_else_becomes_plain(kind: Kind, media_type: str) -> None:
    image = open_image(photo("coffee", 600, 400, kind))
    fitted = fit_image(image, KLING)
    seen = np.asarray(opened(fitted)).astype(int)
    assert fitted.asset.media_type == media_type
    assert fitted.notes
    assert all(note.endswith(".") for note in fitted.notes)
    assert np.abs(seen - decode(image)).mean() < (1.5 if media_type == "image/jpeg" else 0.001)


@pytest.mark.parametrize("orientation", range(2, 9))
def test_turned_pictures_are_sent_upright(orientation: int) -> None:
    fitted = fit_image(open_image(turned("astronaut", 420, 310, orientation)), KLING)
    assert np.abs(np.asarray(opened(fitted)).astype(int) - pixels("astronaut", 420, 310)).mean() < 3


def test_48_megapixels_fit_into_ten_million_bytes() -> None:
    image = open_image(photo("coffee", 8000, 6000, "jpeg", 97))
    assert len(image.data) > KLING.max_image_bytes
    fitted = fit_image(image, KLING)
    opened(fitted)
    assert 0.5 * KLING.max_image_bytes < fitted.asset.size <= KLING.max_image_bytes
    assert fitted.notes[-1].endswith("to fit into 10 MB.")


def test_scaling_down_says_so_and_keeps_the_picture() -> None:
    image = open_image(photo("coffee", 900, 600, "png"))
    fitted = fit_image(image, replace(KLING, max_image_bytes=60_000))
    width, height = fitted.asset.width, fitted.asset.height
    assert fitted.notes == (
        f"Scaled from 900 × 600 to {width} × {height} pixels and saved as JPEG at quality 92 to fit into 0.06 MB.",
    )
    seen = opened(fitted).resize((900, 600))
    assert np.abs(np.asarray(seen).astype(int) - decode(image)).mean() < 8


def test_the_crop_alone_is_sent() -> None:
    image = replace(open_image(photo("rocket", 640, 420, "png")), crop=Box(100, 50, 500, 400))
    fitted = fit_image(image, KLING)
    assert np.array_equal(np.asarray(opened(fitted)), pixels("rocket", 640, 420)[50:400, 100:500])
    assert fitted.notes[0] == "Cropped to 400 × 350 pixels."


@pytest.mark.parametrize("size", [(300, 300), (750, 300), (300, 750)])
def test_the_limits_themselves_are_allowed(size: tuple[int, int]) -> None:
    data = photo("rocket", *size)
    assert fit_image(open_image(data), KLING).data == data


@pytest.mark.parametrize(
    ("size", "word"), [((299, 300), "300"), ((400, 299), "300"), ((751, 300), "2.5"), ((300, 751), "2.5")]
)
def test_one_pixel_past_a_limit_is_refused(size: tuple[int, int], word: str) -> None:
    with pytest.raises(PictureError, match=word):
        fit_image(open_image(photo("rocket", *size)), KLING)


@pytest.mark.parametrize("size", [(751, 300), (300, 751), (1000, 330)])
def test_the_crop_for_the_aspect_goes_through(size: tuple[int, int]) -> None:
    image = open_image(photo("rocket", *size))
    fitted = fit_image(replace(image, crop=crop_to_aspect(image.frame, KLING.max_aspect)), KLING)
    opened(fitted)
    assert max(fitted.asset.width, fitted.asset.height) <= 2.5 * min(fitted.asset.width, fitted.asset.height)


def test_enlarging_must_be_allowed() -> None:
    image = open_image(photo("chelsea", 200, 150))
    with pytest.raises(PictureError, match="enlarge"):
        fit_image(image, KLING)
    fitted = fit_image(replace(image, enlarge=True), KLING)
    assert (fitted.asset.width, fitted.asset.height) == (400, 300)
    assert fitted.notes[0] == "Enlarged from 200 × 150 to 400 × 300 pixels."


@given(st.integers(1, 5000), st.integers(1, 5000))
def test_an_enlarged_size_keeps_the_limits(width: int, height: int) -> None:
    new_width, new_height = enlarged_size(width, height, KLING.min_side, KLING.max_aspect)
    assert min(new_width, new_height) >= min(KLING.min_side, width, height)
    if max(width, height) <= 2.5 * min(width, height):
        assert max(new_width, new_height) <= 2.5 * min(new_width, new_height)
        assert min(new_width, new_height) >= KLING.min_side


@settings(max_examples=60)
@given(
    width=st.integers(120, 700),
    height=st.integers(120, 700),
    kind=st.sampled_from(["jpeg", "png", "alpha", "webp"]),
    limit=st.integers(25_000, 150_000),
)
def test_fitting_never_exceeds_a_limit(width: int, height: int, kind: Kind, limit: int) -> None:
    limits = replace(KLING, max_image_bytes=limit, min_side=150)
    image: SourceImage = replace(open_image(photo("coffee", width, height, kind)), enlarge=True)
    image = replace(image, crop=crop_to_aspect(image.frame, limits.max_aspect))
    fitted = fit_image(image, limits)
    opened(fitted)
    sides = fitted.asset.width, fitted.asset.height
    assert fitted.asset.size <= limit
    assert min(sides) >= 150
    assert max(sides) <= limits.max_aspect * min(sides)
    assert max(sides) <= max(width, height, 375)


def test_what_cannot_fit_is_refused() -> None:
    image = open_image(photo("coffee", 400, 300))
    with pytest.raises(PictureError, match=r"cannot be made to fit into 0\.001 MB"):
        fit_image(image, replace(KLING, max_image_bytes=1000))


def test_the_same_picture_gives_the_same_bytes() -> None:
    image = open_image(photo("coffee", 600, 400, "cmyk"))
    assert fit_image(image, KLING).asset == fit_image(image, KLING).asset
