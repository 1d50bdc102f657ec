"""Fill: a click fills the region it falls into."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from desktop.core import edits
from desktop.core.edits import Patch
from desktop.core.errors import MaskError
from desktop.core.shot import Shot
from desktop.imaging.progress import Report
from desktop.imaging.regions import holes, region
from desktop.ui.canvas.tools.base import Hints, Pointer
from desktop.ui.canvas.tools.draft_tool import DraftTool
from desktop.ui.canvas.tools.modes import area_title


class FillTool(DraftTool):
    """Gives what hangs together under the click to the chosen area: a region where nothing is painted, or a piece of
    another area. A click on the chosen area fills the holes of that piece.

    The right button or Alt takes the piece under the pointer out of the area; Shift gives where the mode is to take.
    """

    doing = "Filling"

    def press(self, pointer: Pointer) -> None:
        self.pointer = pointer
        self.session.finish_step()
        at, shot = self.on_picture(pointer), self.session.shot
        if at is None or shot is None:
            return
        label = self.session.active_label
        under = int(shot.label_map[at[1], at[0]])
        if pointer.alt or self.mode_of(pointer) == "take":  # it has no third mode for Shift and Alt together
            if under != label:
                self.session.notice.emit(f"Click a piece of {area_title(self.session)} to take it away.")
            elif self.begin("take"):
                self.carry_out(partial(_piece, at, label))
        elif not self._protects(under, label) and self.begin("add"):
            self.carry_out(partial(_holes if under == label else _region, at, label))

    def _protects(self, under: int, label: int) -> bool:
        """Whether another area under the click is not to be changed; says why."""
        shot = self.session.shot
        owner = None if shot is None or under == label else shot.area(under)
        if owner is None or not (owner.locked or owner.hidden):
            return False
        why = "locked; unlock it to change it" if owner.locked else "hidden and stays as it is"
        self.session.notice.emit(f"{owner.title} is {why}.")
        return True

    def hints(self) -> Hints:
        if self.draft.running:
            return [("Esc", "stop")]
        title = area_title(self.session)
        if self.stage.options.mode == "take":
            return [("Click", f"take the piece from {title}"), ("Shift click", f"give it to {title}")]
        return [
            ("Click", f"give what hangs together to {title}"),
            (f"Click {title}", "fill its holes"),
            ("Alt click", "take the piece away"),
        ]


def _region(at: tuple[int, int], label: int, shot: Shot, report: Report) -> Sequence[Patch]:
    if not shot.label_map.any():
        raise MaskError(
            "Nothing is painted yet; draw a closed outline first, then fill its inside or its outside."
        )
    stencil, box = region(shot.label_map, *at)
    report(0.8)
    return [edits.add(shot, stencil, box, label)]


def _holes(at: tuple[int, int], label: int, shot: Shot, report: Report) -> Sequence[Patch]:
    """Unpainted pixels inside the piece; other areas in it stay."""
    stencil, box = region(shot.label_map, *at)
    report(0.5)
    inside = holes(stencil) & (shot.label_map[box.slices] == 0).view(np.uint8)
    return [edits.add(shot, inside, box, label)]


def _piece(at: tuple[int, int], label: int, shot: Shot, report: Report) -> Sequence[Patch]:
    stencil, box = region(shot.label_map, *at)
    report(0.8)
    return [edits.take(shot, stencil, box, label)]
