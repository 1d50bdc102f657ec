"""The shot: one document, everything a request is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from desktop.core.areas import DYNAMIC_LABELS, MotionArea
from desktop.core.geometry import Box, whole
from desktop.core.label_map import LabelMap, empty
from desktop.core.parameters import Parameters


@dataclass(frozen=True, slots=True)
class SourceImage:
    """A picture as it was chosen: the original file's bytes and the upright size they decode to.

    ``width`` and ``height`` are in pixels after the EXIF orientation is applied. ``crop`` is the part that is
    used, in those pixels (None: all of it); ``enlarge`` allows the picture to be scaled up to the service's
    smallest side. Both are instructions: the bytes are never changed. ``url`` is where it was downloaded
    from, else empty. Raises ValueError for a picture without pixels and for a crop that is not a part of it.
    """

    data: bytes = field(repr=False)
    media_type: str
    width: int
    height: int
    name: str = ""
    url: str = ""
    crop: Box | None = None
    enlarge: bool = False

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise ValueError("a picture has at least one pixel")
        if self.crop is not None and (
            self.crop.empty or self.crop.intersect(whole(self.width, self.height)) != self.crop
        ):
            raise ValueError("the crop must lie inside the picture")

    @property
    def frame(self) -> Box:
        """The part of the picture that is used, in its pixels."""
        return whole(self.width, self.height) if self.crop is None else self.crop


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One document. ``areas`` are listed from top to bottom (z-order); labels are unique.

    ``label_map`` has the shape of the upright source image; only the history writes into it, everything else
    takes it as it is. ``unknown`` keeps manifest entries of other versions so that saving does not lose them.
    """

    id: str
    name: str
    image: SourceImage
    label_map: LabelMap = field(repr=False)
    areas: tuple[MotionArea, ...] = ()
    end_frame: SourceImage | None = None
    parameters: Parameters = field(default_factory=Parameters)
    unknown: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.label_map.shape != (self.image.height, self.image.width):
            raise ValueError("the label map must have the picture's size")
        labels = [area.label for area in self.areas]
        if len(set(labels)) != len(labels):
            raise ValueError("two areas have the same label")

    def area(self, label: int) -> MotionArea | None:
        """The area of that label, or None."""
        return next((area for area in self.areas if area.label == label), None)

    @property
    def static_area(self) -> MotionArea | None:
        """The static area, or None."""
        return next((area for area in self.areas if area.static), None)

    @property
    def dynamic_areas(self) -> tuple[MotionArea, ...]:
        """The dynamic areas in their z-order."""
        return tuple(area for area in self.areas if not area.static)

    @property
    def free_label(self) -> int | None:
        """The lowest dynamic label not in use; None when all six are."""
        used = {area.label for area in self.areas}
        return next((label for label in DYNAMIC_LABELS if label not in used), None)

    def with_area(self, area: MotionArea) -> Shot:
        """The shot with this area put in the place of the one of its label, or added at the end."""
        if self.area(area.label) is None:
            return replace(self, areas=(*self.areas, area))
        return replace(self, areas=tuple(area if a.label == area.label else a for a in self.areas))

    def without_area(self, label: int) -> Shot:
        """The shot without the area of that label; its painted pixels stay in the map."""
        return replace(self, areas=tuple(area for area in self.areas if area.label != label))

    def snapshot(self) -> Shot:
        """A copy that later painting does not reach."""
        return replace(self, label_map=self.label_map.copy())


def new_shot(shot_id: str, image: SourceImage, name: str = "") -> Shot:
    """A shot of a picture with nothing painted. The title comes from the file's name when none is given."""
    title = name or image.name.rsplit(".", 1)[0] or "Untitled"
    return Shot(shot_id, title, image, empty(image.width, image.height))
