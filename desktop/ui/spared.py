"""Says which hidden areas were in the way of an edit and stay as they are."""

from __future__ import annotations

from collections.abc import Callable

from desktop.core import edits
from desktop.core.edits import Patch
from desktop.core.shot import Shot


class Spared:
    """Each area is told of once, until it has been shown again."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._told: frozenset[int] = frozenset()

    def follow(self, shot: Shot | None) -> None:
        """Areas may have been shown."""
        self._told &= frozenset() if shot is None else edits.hidden_labels(shot)

    def tell(self, shot: Shot, labels: frozenset[int]) -> None:
        """These areas were in the way."""
        new = labels - self._told
        self._told |= new
        for area in shot.areas:
            if area.label in new:
                self._say(f"{area.title} is hidden and stays as it is.")

    def look(self, shot: Shot, patch: Patch) -> None:
        """Tell of those that are in the way of a patch, as long as there is something new to say: it takes time."""
        if patch.hidden - self._told:
            self.tell(shot, edits.spared(shot.label_map, patch))
