"""What the window knows of a take, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class TakeCard:
    """One take for the list and for the panel beside the player.

    ``key`` tells takes apart. ``when`` is in words (*today 09:41*), ``seconds`` the video's length. ``facts`` are
    lines of the panel, name and value, in their order: *Video*, *Size*, *Estimate*, *Made*. ``receipt`` is a word or
    two beside *Receipt*, ``receipt_lines`` what opens under it. ``number`` counts the takes of one shot from its first,
    from 1; 0 where that is not told.
    """

    key: str
    name: str
    when: str
    seconds: float
    video: Path
    poster: Path | None = None
    of_this_shot: bool = True
    facts: tuple[tuple[str, str], ...] = ()
    receipt: str = ""
    receipt_lines: tuple[tuple[str, str], ...] = ()
    number: int = 0

    @property
    def title(self) -> str:
        """The first line in the list: takes of one shot all have its name, and are told apart by their number."""
        return f"Take {self.number}" if self.number else self.name

    @property
    def line(self) -> str:
        """The second line in the list."""
        return f"{self.when} · {self.seconds:g} s"
