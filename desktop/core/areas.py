"""Motion areas: what one brush paints."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.core.trajectory import Trajectory

STATIC_LABEL = 7
"""Label of the static mask in a label map."""

DYNAMIC_LABELS = (1, 2, 3, 4, 5, 6)
"""Labels of the dynamic masks: at most six groups [K]."""


@dataclass(frozen=True, slots=True)
class MotionArea:
    """One area: the static mask (label 7) or a dynamic mask (label 1 to 6) with its trajectory.

    The painted pixels are not here: they are the label map's pixels of value ``label``.
    ``color`` is ``#rrggbb`` or empty for the label's own colour; it has no meaning for the service.
    """

    label: int
    name: str = ""
    trajectory: Trajectory | None = None
    hidden: bool = False
    locked: bool = False
    color: str = ""

    def __post_init__(self) -> None:
        if self.label not in DYNAMIC_LABELS and self.label != STATIC_LABEL:
            raise ValueError(f"area label {self.label} is neither 1 to 6 nor {STATIC_LABEL}")
        if self.static and self.trajectory is not None:
            raise ValueError("the static area has no trajectory")

    @property
    def static(self) -> bool:
        """Whether this is the static mask."""
        return self.label == STATIC_LABEL

    @property
    def number(self) -> int:
        """The number a person sees: 0 for the static area, 1 to 6 for the others."""
        return 0 if self.static else self.label

    @property
    def title(self) -> str:
        """The name, or a plain one when the user gave none."""
        if self.name:
            return self.name
        return "Hold still" if self.static else f"Area {self.label}"
