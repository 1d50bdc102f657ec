"""Conventions: how a service reads masks and points, and what it accepts.

What the documentation leaves open is a value here, never a guess in the code.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

from desktop.core.errors import SettingsError

Origin = Literal["bottom-left", "top-left"]
BottomRow = Literal["H-1-r", "H-r"]
Painted = Literal["white", "black"]
StaticMeans = Literal["still", "move"]
Exclusion = Literal["warning", "error"]


@dataclass(frozen=True, slots=True)
class Conventions:
    """A service's reading of a request.

    ``bottom_row`` is the formula of y for the pixel row r of an image of height H when the origin is at the
    bottom. ``painted`` is the grey value of painted pixels. Sizes are in pixels and bytes, durations in
    seconds.
    """

    name: str = "kling"
    origin: Origin = "bottom-left"
    bottom_row: BottomRow = "H-1-r"
    painted: Painted = "white"
    static_means: StaticMeans = "still"
    max_groups: int = 6
    min_points: int = 2
    max_points: int = 77
    min_side: int = 300
    max_aspect: float = 2.5
    max_image_bytes: int = 10_000_000
    mask_durations: tuple[int, ...] = (5,)
    other_durations: Exclusion = "warning"
    masks_with_end_frame: Exclusion = "warning"

    def y_out(self, row: int, height: int) -> int:
        """The y sent for a pixel row counted from the top of an image ``height`` pixels high."""
        if self.origin == "top-left":
            return row
        return height - 1 - row if self.bottom_row == "H-1-r" else height - row

    def row_in(self, y: int, height: int) -> int:
        """The pixel row, counted from the top, that a sent y means. The inverse of `y_out`."""
        if self.origin == "top-left":
            return y
        return height - 1 - y if self.bottom_row == "H-1-r" else height - y

    def record(self) -> dict[str, Any]:
        """As plain JSON data."""
        return {**asdict(self), "mask_durations": list(self.mask_durations)}


KLING = Conventions()
STRICT = replace(KLING, name="kling-strict", other_durations="error", masks_with_end_frame="error")

PROFILES: Mapping[str, Conventions] = {profile.name: profile for profile in (KLING, STRICT)}

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "origin": ("bottom-left", "top-left"),
    "bottom_row": ("H-1-r", "H-r"),
    "painted": ("white", "black"),
    "static_means": ("still", "move"),
    "other_durations": ("warning", "error"),
    "masks_with_end_frame": ("warning", "error"),
}


def profile(name: str) -> Conventions:
    """The profile of that name. Raises SettingsError for an unknown one."""
    try:
        return PROFILES[name]
    except KeyError:
        raise SettingsError(f"There is no profile “{name}”; choose one of {', '.join(PROFILES)}.") from None


def from_record(record: Mapping[str, Any]) -> Conventions:
    """Read `Conventions.record` back, unknown entries left out. Raises SettingsError for an impossible value."""
    values: dict[str, Any] = {}
    for field in fields(Conventions):
        if field.name not in record:
            continue
        value = record[field.name]
        allowed = _CHOICES.get(field.name)
        if allowed is not None and value not in allowed:
            raise SettingsError(
                f"The convention {field.name} is “{value}”; it must be one of {', '.join(allowed)}."
            )
        if allowed is None and not _usable(field.name, value):
            raise SettingsError(f"The convention {field.name} is “{value}”, which cannot be used.")
        values[field.name] = tuple(value) if field.name == "mask_durations" else value
    return Conventions(**values)


def _usable(name: str, value: Any) -> bool:
    if name == "name":
        return isinstance(value, str)
    if name == "mask_durations":
        return isinstance(value, list | tuple) and len(value) > 0 and all(map(_counts, value))
    if name == "max_aspect":
        return type(value) in (int, float) and 1 <= value < math.inf
    return _counts(value)


def _counts(value: Any) -> bool:
    return type(value) is int and value > 0
