"""The magnet: an outline that clings to edges between the places that are clicked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QPainter

from desktop.core.geometry import Box, Point
from desktop.core.label_map import Stencil
from desktop.core.waiting import WaitingOutline
from desktop.imaging import raster
from desktop.imaging.magnet import Guide
from desktop.ui.background import Background
from desktop.ui.canvas.tools.base import Hints, Pointer, Stage, twofold
from desktop.ui.canvas.tools.outline import Outline

_SPOT = 3.0
"""Logical pixels of radius of a place that was clicked."""


class _Voice(QObject):
    ready = Signal(int, object)


def _make(
    number: int, levels: Mapping[int, npt.NDArray[np.uint8]], box: Box, anchor: Point, voice: _Voice
) -> None:
    """In the thread."""
    voice.ready.emit(number, Guide(levels, box, anchor))


class MagnetTool(Outline):
    """Each click sets a place; between them the outline follows the picture's edges, seen at the present zoom.

    Clicks that come before the edges are found wait for them, dashed. The first place, Enter or a double click closes
    it. Shift goes straight; Backspace, undo and the other button take a place back.
    """

    name = "magnet"
    least = 2

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._path: list[Point] = []
        self._lengths: list[int] = []
        self._guide: Guide | None = None
        self._asked_number = self._found_number = 0
        self._asked: Box | None = None
        self._waiting: list[Pointer] = []
        """Clicks that came before the ways from the place before them were found."""
        self._ending = False
        self._taken_back: list[Pointer | list[Point]] = []
        """Places that were taken back, the last one last: clicks that waited, or the ways to those that were set."""
        self._background = Background("magnet")
        self._voice = _Voice(stage.session)
        self._voice.ready.connect(self._ready)

    @property
    def knows_the_way(self) -> bool:
        """Whether the ways from the last place are found, or none is asked for."""
        return not self._path or self._found_number == self._asked_number

    @property
    def places(self) -> Sequence[Point]:
        return [*(self._path[n - 1] for n in self._lengths), *(self._inside(p.at) for p in self._waiting)]

    def outline(self) -> Sequence[Point]:
        """What is found; up to the pointer once nothing waits."""
        if self.pointer is None or not self._path or self._waiting or not self.knows_the_way:
            return self._path
        return [*self._path, *self._way(self.pointer)]

    def guessed(self) -> Sequence[Point]:
        line = [self.outline()[-1], *(self._inside(p.at) for p in self._waiting)]
        if self.pointer is not None and (self._waiting or not self.knows_the_way):
            line.append(self._inside(self.pointer.at))
        return [*line, self._path[0]] if len(self.places) >= 2 else line

    def stencil(self) -> tuple[Stencil, Box]:
        return raster.polygon(self._path, self.within)

    def press(self, pointer: Pointer) -> None:
        self.pointer = pointer
        if not self._drawing:
            if 0 not in self.stage.levels:
                self.session.notice.emit("The picture is still being read; try again in a moment.")
                return
            self._path, self._lengths = [self._inside(pointer.at)], [1]
            self.begin(pointer)
            self._ask()
        elif self.takes_back(pointer):
            self.undo()
        elif self.closes(pointer):
            self.finish()
        else:
            self._taken_back = []
            self._add(pointer)

    def move(self, pointer: Pointer) -> None:
        self.hover(pointer)

    def hover(self, pointer: Pointer | None) -> None:
        super().hover(pointer)
        if self._drawing and pointer is not None and not self._waiting and self.knows_the_way:
            self._covers(pointer)

    def finish(self) -> None:
        """Close it from the last place to the first along the edges, as soon as they are found."""
        if self._drawing and (self._waiting or not self.knows_the_way):
            self._ending = True
            return
        if self._guide is not None and self._path:
            self._path += self._guide.way_to(self._path[0])
        super().finish()

    def slight(self) -> bool:
        return len(set(self._path)) < 3

    def settle(self) -> None:
        self._ending = False  # nothing is painted while another tool works
        super().settle()

    def undo(self) -> None:
        if self._ending:
            self._ending = False
        elif self._waiting:
            self._taken_back.append(self._waiting.pop())
        elif len(self._lengths) == 1:
            self.reset()
        else:
            self._lengths.pop()
            self._taken_back.append(self._path[self._lengths[-1] :])
            del self._path[self._lengths[-1] :]
            self._ask()
        self.stage.tell_waiting()

    @property
    def redo_title(self) -> str:
        return "the place" if self._drawing and self._taken_back else ""

    def redo(self) -> None:
        place = self._taken_back.pop()
        if isinstance(place, Pointer):
            self._add(place)
        else:
            self._path += place
            self._lengths.append(len(self._path))
            self._ask()
            self.stage.tell_waiting()

    @property
    def waiting(self) -> WaitingOutline | None:
        return self.kept(self._path, self._lengths, [(p.at, p.shift) for p in self._waiting])

    def go_on(self, outline: WaitingOutline) -> None:
        self._path, self._lengths = list(outline.path), list(outline.ends)
        self._waiting = [Pointer(at, 0.0, 0.0, shift=straight) for at, straight in outline.clicks]
        self._ask()

    def picture_read(self) -> None:
        if self._drawing and not self.knows_the_way:
            self._ask()

    def reset(self) -> None:
        super().reset()
        self._path, self._lengths = [], []
        self._guide, self._asked = None, None
        self._waiting, self._ending, self._taken_back = [], False, []
        self._asked_number += 1

    def stop(self) -> None:
        super().stop()
        self._background.stop()

    def draw(self, painter: QPainter) -> None:
        super().draw(painter)
        ratio = self.stage.ratio
        for place in self.places[1:]:
            for pen in twofold(painter, ratio):
                painter.setPen(pen)
                painter.drawEllipse(self._view(place), _SPOT * ratio, _SPOT * ratio)

    @property
    def aids(self) -> Hints:
        return [("Shift", "straight")]

    def _add(self, pointer: Pointer) -> None:
        """One more place: at once when the way to it is known, else as soon as it is."""
        if self._waiting or not (pointer.shift or (self.knows_the_way and self._covers(pointer))):
            self._waiting.append(pointer)
        else:
            self._set(pointer)
        self.stage.tell_waiting()

    def _set(self, pointer: Pointer) -> None:
        self._path += self._way(pointer)
        self._lengths.append(len(self._path))
        self._ask()

    def _way(self, pointer: Pointer) -> Sequence[Point]:
        """From the last place to the pointer."""
        to = self._inside(pointer.at)
        return (to,) if pointer.shift or self._guide is None else self._guide.way_to(to)

    def _covers(self, pointer: Pointer) -> bool:
        """Whether ways to there are found, or cannot be; where the picture was moved since, they are asked for."""
        if self._guide is None or self._guide.covers(self._inside(pointer.at)) or self._asked == self._seen():
            return True
        self._ask()
        return False

    def _ask(self) -> None:
        """Have the ways from the last place found, in the part of the picture that is in sight, once it is read."""
        self._asked = self._seen()
        self._asked_number += 1
        self._background.clear()
        if 0 not in self.stage.levels:
            return
        anchor = self._path[-1]
        box = self._asked.union(Box(int(anchor.x), int(anchor.y), int(anchor.x) + 1, int(anchor.y) + 1))
        box = box.grow(8).intersect(self.within)
        if box.width > 1 and box.height > 1:
            levels = dict(self.stage.levels)
            self._background.submit(partial(_make, self._asked_number, levels, box, anchor, self._voice))
        else:
            self._guide, self._found_number = None, self._asked_number

    def _ready(self, number: int, guide: Guide) -> None:
        if number != self._asked_number or not self._drawing:
            return
        self._guide, self._found_number = guide, number
        if self._waiting:
            pointer = self._waiting[0]
            if pointer.shift or self._covers(pointer):
                self._set(self._waiting.pop(0))
                self.stage.tell_waiting()
        elif self._ending:
            self.finish()
        self.stage.repaint_tool()

    def _seen(self) -> Box:
        return self.stage.navigation.visible_image

    def _inside(self, p: Point) -> Point:
        within = self.within
        return Point(min(max(p.x, 0.0), float(within.right)), min(max(p.y, 0.0), float(within.bottom)))
