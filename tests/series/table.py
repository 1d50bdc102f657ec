"""Every picture series of the tools, by name: the photograph, the number of frames, and what is done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.series.studio import Part, Studio

Script = Callable[[Studio], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Series:
    """One series: ``script`` does the work and takes as many pictures as there are ``frames``, of ``part``."""

    name: str
    photo: str
    frames: int
    script: Script
    part: Part = "middle"

    async def make(self, studio: Studio) -> None:
        """Open the photograph and do it."""
        await studio.open(self.photo, self.frames, self.part)
        await self.script(studio)


def all_series() -> dict[str, Series]:
    """All of them, in the order of the page."""
    from tests.series import areas, painting, pictures, selecting

    found = (*painting.SERIES, *selecting.SERIES, *areas.SERIES, *pictures.SERIES)
    return {series.name: series for series in found}
