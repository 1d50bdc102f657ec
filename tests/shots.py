"""Shots and requests to test with: plain makers, and what hypothesis may vary of them. Core only."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from hypothesis import strategies as st

from desktop.core.areas import MotionArea
from desktop.core.conventions import KLING, Conventions
from desktop.core.geometry import Box, Point
from desktop.core.label_map import empty
from desktop.core.models import KLING_4K, Model
from desktop.core.parameters import Parameters
from desktop.core.request import Asset, DynamicMask, Request
from desktop.core.shot import Shot, SourceImage
from desktop.core.trajectory import Trajectory

PATCH = Box(100, 100, 200, 200)
"""Where `moving` paints."""


def picture(
    width: int = 640, height: int = 480, *, crop: Box | None = None, enlarge: bool = False
) -> SourceImage:
    """A picture of that size; its bytes are no real file."""
    return SourceImage(b"picture", "image/png", width, height, "harbour.png", crop=crop, enlarge=enlarge)


def path(*nodes: tuple[float, float], smooth: bool = False, count: int | None = None) -> Trajectory:
    """A path through these (x, y) in pixels, straight from node to node unless ``smooth``."""
    return Trajectory(tuple(Point(x, y) for x, y in nodes), smooth, count)


def shot(
    image: SourceImage | None = None,
    boxes: Mapping[int, Box] | None = None,
    paths: Mapping[int, Trajectory] | None = None,
    *,
    areas: tuple[int, ...] | None = None,
    end_frame: SourceImage | None = None,
    parameters: Parameters | None = None,
) -> Shot:
    """A shot whose areas are painted as ``boxes``, label by label, in that z-order, and follow ``paths``.

    ``areas`` names the labels when some areas shall have no painted pixel.
    """
    source = picture() if image is None else image
    labels = empty(source.width, source.height)
    painted = boxes or {}
    for label, box in painted.items():
        labels[box.slices] = label
    listed = tuple(painted) if areas is None else areas
    return Shot(
        "shot-1",
        "Harbour",
        source,
        labels,
        tuple(MotionArea(label, trajectory=(paths or {}).get(label)) for label in listed),
        end_frame,
        Parameters(prompt="the boat drifts") if parameters is None else parameters,
    )


def moving(trajectory: Trajectory | None, image: SourceImage | None = None) -> Shot:
    """A shot with area 1 painted on `PATCH` and this path."""
    return shot(image, {1: PATCH}, {} if trajectory is None else {1: trajectory})


def asset(data: bytes = b"x", width: int = 640, height: int = 480, media_type: str = "image/png") -> Asset:
    """The asset of these bytes."""
    return Asset(hashlib.sha256(data).hexdigest(), media_type, len(data), width, height)


@dataclass(frozen=True)
class Made:
    """A request and the bytes of its assets by SHA-256."""

    request: Request
    contents: Mapping[str, bytes]

    def read(self, wanted: Asset) -> bytes:
        return self.contents[wanted.sha256]


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
"""What a person may type or paste: emoji, quotes, control characters, right-to-left marks."""


@st.composite
def conventions(draw: st.DrawFn) -> Conventions:
    """Every reading of a service."""
    return Conventions(
        name=draw(st.text(max_size=8)),
        origin=draw(st.sampled_from(["bottom-left", "top-left"])),
        bottom_row=draw(st.sampled_from(["H-1-r", "H-r"])),
        painted=draw(st.sampled_from(["white", "black"])),
        static_means=draw(st.sampled_from(["still", "move"])),
        max_groups=draw(st.integers(1, 6)),
        min_points=draw(st.integers(2, 5)),
        max_points=draw(st.integers(6, 100)),
        min_side=draw(st.integers(1, 600)),
        max_aspect=draw(st.floats(1, 10)),
        max_image_bytes=draw(st.integers(1, 10**9)),
        mask_durations=tuple(draw(st.lists(st.integers(1, 60), min_size=1, max_size=4))),
        other_durations=draw(st.sampled_from(["warning", "error"])),
        masks_with_end_frame=draw(st.sampled_from(["warning", "error"])),
    )


@st.composite
def requests(draw: st.DrawFn, model: Model = KLING_4K, reading: Conventions = KLING) -> Made:
    """Requests a service takes, with tiny files in the place of pictures."""
    contents: dict[str, bytes] = {}
    width, height = draw(st.integers(300, 750)), draw(st.integers(300, 750))

    def stored(media_type: str = "image/png") -> Asset:
        data = draw(st.binary(min_size=1, max_size=40))
        made = asset(data, width, height, media_type)
        contents[made.sha256] = data
        return made

    pixel = st.tuples(st.integers(0, width - 1), st.integers(0, height - 1))
    labels = draw(st.lists(st.integers(1, 6), unique=True, max_size=6))
    groups = tuple(
        DynamicMask(
            label,
            draw(TEXTS),
            stored(),
            tuple(draw(st.lists(pixel, min_size=2, max_size=draw(st.sampled_from([2, 5, 77]))))),
        )
        for label in labels
    )
    request = Request(
        model=model.id,
        conventions=reading,
        image=stored(draw(st.sampled_from(["image/png", "image/jpeg"]))),
        prompt=draw(TEXTS),
        negative_prompt=draw(TEXTS),
        cfg_scale=draw(st.sampled_from([0, 1, 0.5, 0.1, 0.3333, 1e-4])),
        duration=draw(st.sampled_from(model.durations)),
        end_frame=stored("image/jpeg") if draw(st.booleans()) else None,
        static_mask=stored() if draw(st.booleans()) else None,
        dynamic_masks=groups,
        webhook_url=draw(st.sampled_from(["", "https://example.org/hook?a=1&b=ü"])),
    )
    return Made(request, contents)
