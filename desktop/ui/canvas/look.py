"""What the overlay shows."""

from __future__ import annotations

from dataclasses import dataclass, replace

LEAST_OPACITY = 10
"""Percent; hiding is a switch of its own."""


@dataclass(frozen=True, slots=True)
class Look:
    """``opacity`` is 0 to 1; ``solid`` shows masks as flat colours without the picture (the mask-only view)."""

    opacity: float = 1.0
    hatch: bool = True
    solid: bool = False
    hidden: bool = False

    def fainter(self, percent: int) -> Look:
        """With areas so many percent fainter, or stronger below 0; kept within the limits."""
        wanted = min(max(round(100 * self.opacity) - percent, LEAST_OPACITY), 100)
        return replace(self, opacity=wanted / 100)
