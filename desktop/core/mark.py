"""Strokes by which a person says what belongs to a thing."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.core.geometry import Point


@dataclass(frozen=True, slots=True)
class Mark:
    """A stroke of the person's: these pixels are ``inside`` the thing, or are not. Radius in image pixels."""

    points: tuple[Point, ...]
    radius: float
    inside: bool = True

    def __post_init__(self) -> None:
        if not self.points or not self.radius > 0.0:
            raise ValueError("a stroke has a place and a width")
