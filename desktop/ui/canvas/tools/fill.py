"""Fill: a click fills the region it falls into."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from desktop.core import edits
from desktop.core.edits import Patch
from desktop.core.errors import MaskError
from desktop.core.geometry import whole
from desktop.core.shot import Shot
from desktop.imaging.progress import Report
from desktop.imaging.regions import holes, region
from desktop.ui.canvas.tools.base import Hints, Pointer
from desktop.ui.canvas.tools.draft_tool import DraftTool
from desktop.ui.canvas.tools.modes import area_title


class FillTool(DraftTool):
    """Fills the unpainted region under the click with the chosen area, or the holes of the piece that was clicked.

    The picture's edge counts as a border, except for a region that reaches all four of them. The right button or Alt
    takes the piece under the pointer out of the area.
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
        if self.mode_of(pointer) == "take":
            if under != label:
                self.session.notice.emit(f"Click a piece of {area_title(self.session)} to take it away.")
            elif self.begin("take"):
                self.carry_out(partial(_piece, at, label))
        elif under not in (0, label):
            owner = shot.area(under)
            title = "another area" if owner is None else owner.title
            self.session.notice.emit(f"This belongs to {title}; click a place where nothing is painted.")
        elif self.begin("add"):
            self.carry_out(partial(_holes if under == label else _enclosed, at, label))

    def hints(self) -> Hints:
        if self.draft.running:
            return [("Esc", "stop")]
        title = area_title(self.session)
        return [
            ("Click", f"fill what is enclosed with {title}"),
            (f"Click {title}", "fill its holes"),
            ("Alt click", "take the piece away"),
        ]


def _enclosed(at: tuple[int, int], label: int, shot: Shot, report: Report) -> Sequence[Patch]:
    stencil, box = region(shot.label_map, *at)
    report(0.8)
    if box == whole(shot.image.width, shot.image.height):
        raise MaskError("Nothing encloses this place; draw a closed outline around it first.")
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
