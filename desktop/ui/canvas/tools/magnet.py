"""The magnet: an outline that clings to edges between the places that are clicked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QRegion

from desktop.core.geometry import Box, Point
from desktop.core.label_map import Stencil
from desktop.imaging import raster
from desktop.imaging.magnet import Guide
from desktop.ui.background import Background
from desktop.ui.canvas.tools.base import Hints, Pointer, Stage, padded, twofold
from desktop.ui.canvas.tools.shapes import Outline, closes


class _Voice(QObject):
    ready = Signal(int, object)


def _make(
    number: int, levels: Mapping[int, npt.NDArray[np.uint8]], box: Box, anchor: Point, voice: _Voice
) -> None:
    """In the thread."""
    voice.ready.emit(number, Guide(levels, box, anchor))


class MagnetTool(Outline):
    """Each click sets a place; between them the outline follows the picture's edges, seen at the present zoom.

    The first place, Enter or a double click closes it. Shift goes straight, Backspace takes a place back.
    """

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._path: list[Point] = []
        self._lengths: list[int] = []
        self._guide: Guide | None = None
        self._number = 0
        self._asked: Box | None = None
        self._waiting: list[Pointer] = []
        """Clicks that came before the ways from the place before them were found."""
        self._ending = False
        self._background = Background("magnet")
        self._voice = _Voice(stage.session)
        self._voice.ready.connect(self._ready)

    @property
    def knows_the_way(self) -> bool:
        """Whether the ways from the last place are found, or none is asked for."""
        return not self._path or (self._guide is not None and self._guide.anchor == self._path[-1])

    def outline(self) -> Sequence[Point]:
        if self.pointer is None or not self._path:
            return self._path
        return [*self._path, *(self._inside(p.at) for p in self._waiting), *self._way(self.pointer)]

    def stencil(self) -> tuple[Stencil, Box]:
        return raster.polygon(self._path, self.within)

    def press(self, pointer: Pointer) -> None:
        self.pointer = pointer
        if not self._drawing:
            if 0 not in self.stage.levels:
                self.session.notice.emit("The picture is still being read; try again in a moment.")
                return
            self.begin(pointer)
            self._path, self._lengths = [self._inside(pointer.at)], [1]
        elif len(self._lengths) + len(self._waiting) >= 2 and closes(self.stage, self._path[0], pointer):
            self.finish()
            return
        elif self._waiting or not (self.knows_the_way or pointer.shift):
            self._waiting.append(pointer)
            return
        else:
            self._set(pointer)
        self._ask()

    def _set(self, pointer: Pointer) -> None:
        """One more place, with the way to it."""
        self._path += self._way(pointer)
        self._lengths.append(len(self._path))

    def move(self, pointer: Pointer) -> None:
        self.hover(pointer)

    def hover(self, pointer: Pointer | None) -> None:
        super().hover(pointer)
        if self._drawing and pointer is not None:
            box = self._seen()
            if self._guide is not None and not self._guide.covers(pointer.at) and box != self._asked:
                self._ask()

    def double(self, pointer: Pointer) -> None:
        if self._drawing:
            self.finish()

    def finish(self) -> None:
        """Close it from the last place to the first along the edges, as soon as they are found."""
        if self._drawing and not self.knows_the_way:
            self._ending = True
            return
        if self._guide is not None and self._path and self.knows_the_way:
            self._path += self._guide.way_to(self._path[0])
        super().finish()

    def slight(self) -> bool:
        return len(set(self._path)) < 3

    def wants(self, key: int) -> bool:
        return self._drawing and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Backspace)

    def key(self, key: int) -> bool:
        if not self.wants(key):
            return False
        if key != Qt.Key.Key_Backspace:
            self.finish()
        elif self._waiting:
            self._waiting.pop()
        elif len(self._lengths) == 1:
            self.reset()
        else:
            self._lengths.pop()
            del self._path[self._lengths[-1] :]
            self._ask()
        return True

    def reset(self) -> None:
        super().reset()
        self._path, self._lengths = [], []
        self._guide, self._asked = None, None
        self._waiting, self._ending = [], False
        self._number += 1

    def stop(self) -> None:
        super().stop()
        self._background.stop()

    def draw(self, painter: QPainter) -> None:
        super().draw(painter)
        ratio = self.stage.ratio
        for index, length in enumerate(self._lengths):
            place = QPointF(*self.stage.navigation.to_view(self._path[length - 1]))
            closing = (
                index == 0 and self.pointer is not None and closes(self.stage, self._path[0], self.pointer)
            )
            for pen in twofold(painter, ratio):
                painter.setPen(pen)
                painter.drawEllipse(
                    place, *[(6.5 if closing and len(self._lengths) > 1 else 3.0) * ratio] * 2
                )

    def region(self) -> QRegion:
        region = super().region()
        for length in self._lengths:
            place = QPointF(*self.stage.navigation.to_view(self._path[length - 1]))
            region += padded(QRectF(place, place), 12 * self.stage.ratio)
        return region

    def hints(self) -> Hints:
        return [
            ("Click", "set a place on the edge"),
            ("Shift", "straight"),
            ("Backspace", "take one back"),
            ("Enter", self.purpose()),
            ("Esc", "drop it"),
        ]

    def _way(self, pointer: Pointer) -> Sequence[Point]:
        """From the last place to the pointer."""
        to = self._inside(pointer.at)
        guide = self._guide
        if pointer.shift or guide is None or not self.knows_the_way:
            return (to,)
        return guide.way_to(to)

    def _ask(self) -> None:
        """Have the ways from the last place found, in the part of the picture that is in sight."""
        self._asked = self._seen()
        self._number += 1
        self._background.clear()
        anchor = self._path[-1]
        box = self._asked.union(Box(int(anchor.x), int(anchor.y), int(anchor.x) + 1, int(anchor.y) + 1))
        box = box.grow(8).intersect(self.within)
        if box.width > 1 and box.height > 1:
            levels = dict(self.stage.levels)
            self._background.submit(partial(_make, self._number, levels, box, anchor, self._voice))

    def _ready(self, number: int, guide: Guide) -> None:
        if number != self._number or not self._drawing:
            return
        self._guide = guide
        if self._waiting:
            self._set(self._waiting.pop(0))
            self._ask()
        elif self._ending:
            self.finish()
        self.stage.repaint_tool()

    def _seen(self) -> Box:
        return self.stage.navigation.visible_image

    def _inside(self, p: Point) -> Point:
        within = self.within
        return Point(min(max(p.x, 0.0), float(within.right)), min(max(p.y, 0.0), float(within.bottom)))
