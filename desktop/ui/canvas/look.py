"""What the overlay shows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """``opacity`` is 0 to 1; ``solid`` shows masks as flat colours without the picture (the mask-only view)."""

    opacity: float = 1.0
    hatch: bool = True
    solid: bool = False
    hidden: bool = False
