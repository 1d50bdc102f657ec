"""The wand: a click selects what has nearly the same colour."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import numpy.typing as npt

from desktop.core import edits
from desktop.core.edits import Patch
from desktop.core.shot import Shot
from desktop.imaging.progress import Report
from desktop.imaging.wand import similar
from desktop.ui.canvas.tools.base import Hints, Pointer
from desktop.ui.canvas.tools.draft_tool import DraftTool
from desktop.ui.canvas.tools.modes import Mode, area_title, other_modes, verb

MAKE = {"add": edits.add, "take": edits.take, "keep": edits.keep}


class WandTool(DraftTool):
    """Adds, takes away or keeps the pixels whose colour is near that of the pixel clicked."""

    def press(self, pointer: Pointer) -> None:
        self.pointer = pointer
        at = self.on_picture(pointer)
        if at is None or not self.whole_picture():
            return
        mode = self.mode_of(pointer)
        if not self.begin(mode):
            return
        options = self.stage.options
        picture, label = self.stage.levels[0], self.session.active_label
        self.carry_out(partial(_find, picture, at, options.tolerance, options.contiguous, mode, label))

    @property
    def sign(self) -> Mode | None:
        return None if self.pointer is None else self.mode_of(self.pointer)

    def hints(self) -> Hints:
        if self.draft.running:
            return [("Esc", "stop")]
        mode = self.stage.options.mode
        return [
            ("Click", verb(mode, "add this colour to", area_title(self.session))),
            *other_modes(mode, "click"),
            ("[ ]", "tolerance"),
        ]


def _find(
    picture: npt.NDArray[np.uint8],
    at: tuple[int, int],
    tolerance: int,
    contiguous: bool,
    mode: Mode,
    label: int,
    shot: Shot,
    report: Report,
) -> Sequence[Patch]:
    stencil, box = similar(picture, at[0], at[1], tolerance, contiguous=contiguous, report=report)
    return [MAKE[mode](shot, stencil, box, label)]
