"""Smart select: a box or a scribble finds a thing's border; strokes mend it; Enter keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QRegion

from desktop.core.edits import Patch
from desktop.core.errors import MaskError
from desktop.core.geometry import Box, Point, box_around
from desktop.core.mark import Mark
from desktop.core.shot import Shot
from desktop.core.waiting import Waiting, WaitingSelection
from desktop.imaging.progress import Report
from desktop.imaging.smart import select
from desktop.ui.canvas.tools.base import (
    CLICK_REACH,
    DRAFT_KEYS,
    Hints,
    Pointer,
    Stage,
    draft_key,
    padded,
    twofold,
)
from desktop.ui.canvas.tools.draft_tool import DraftTool
from desktop.ui.canvas.tools.modes import Mode, area_title, mode_named, other_modes, verb
from desktop.ui.canvas.tools.ring import draw_ring
from desktop.ui.canvas.tools.wand import MAKE

_INSIDE, _OUTSIDE = QColor(79, 180, 119, 150), QColor(240, 112, 106, 150)


class SmartTool(DraftTool):
    """The first drag draws a box around the thing (or scribbles on it); what is found shows at once in the area.

    Every later drag is a stroke: it adds, with the right button or Alt it takes away. Enter or a double click keeps
    the result as one step of undo, Escape drops it.
    """

    doing = "Looking for the border"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._mode: Mode = "add"
        self._label = 1
        self._frame: Box | None = None
        self._marks: list[Mark] = []
        self._taken_back: list[Mark] = []
        self._start: Pointer | None = None
        self._corner = Point(0.0, 0.0)
        self._stroke: list[Point] = []
        self._inside = True
        self._pending = False
        """Whether what is known comes from another window, and nothing is looked for yet."""

    @property
    def busy(self) -> bool:
        return super().busy or self._pending or self._start is not None

    @property
    def boxing(self) -> bool:
        """Whether the next drag draws a box."""
        return not self.draft.active and self.stage.options.smart_start == "box"

    def press(self, pointer: Pointer) -> None:
        self.pointer = pointer
        self.chosen()
        if not self.whole_picture() or self._pending:
            return
        if not self.draft.active:
            self._mode, self._label = self.mode_of(pointer), self.session.active_label
        self._inside = not (self.draft.active and (pointer.right or pointer.alt))
        self._start, self._corner = pointer, pointer.at
        self._stroke = [] if self.boxing else [pointer.at]

    def move(self, pointer: Pointer) -> None:
        self.pointer = pointer
        if self._start is None:
            return
        self._corner = pointer.at
        if self._stroke and pointer.at != self._stroke[-1]:
            self._stroke.append(pointer.at)

    def release(self, pointer: Pointer) -> None:
        self.move(pointer)
        start, self._start = self._start, None
        if start is None:
            return
        if self._stroke:
            stroke = tuple(self._stroke)
            self._stroke = []
            if self.draft.active or self.begin(self._mode):
                self._marks.append(Mark(stroke, self.stage.options.size("smart") / 2, self._inside))
                self._taken_back = []
                self._look()
            return
        frame = box_around((start.at, pointer.at)).intersect(self.within)
        reach = CLICK_REACH * self.stage.ratio / self.stage.navigation.zoom
        if min(frame.width, frame.height) <= max(reach, 2.0):
            self.session.notice.emit("Drag a box around the thing; a click is too small.")
        elif self.begin(self._mode):
            self._frame = frame
            self._look()

    def double(self, pointer: Pointer) -> None:
        if self.draft.active:
            self.draft.keep()
        else:
            self.press(pointer)

    def wants(self, key: int) -> bool:
        return self.draft.active and key in DRAFT_KEYS

    def key(self, key: int) -> bool:
        return self.wants(key) and draft_key(key, self.draft.keep, self.undo)

    @property
    def undo_title(self) -> str:
        if self._start is not None:
            return "the drag"
        if not (self.draft.active or self._pending):
            return ""
        return "the last stroke" if self._mended else "the selection"

    @property
    def redo_title(self) -> str:
        return "the stroke" if self.draft.active and self._taken_back else ""

    @property
    def sign(self) -> Mode | None:
        if self.pointer is None:
            return None
        if self._start is not None:
            return "take" if not self._inside else "add" if self.draft.active else self._mode
        if self.draft.active:
            return "take" if self.pointer.right or self.pointer.alt else "add"
        return self.mode_of(self.pointer)

    def undo(self) -> None:
        if self._start is not None:
            self.leave()
        elif self._mended:
            self._taken_back.append(self._marks.pop())
            self._look()  # which one that is pending does as soon as it can
        else:
            self.cancel()

    def redo(self) -> None:
        self._marks.append(self._taken_back.pop())
        self._look()

    @property
    def _mended(self) -> bool:
        """Whether there is a stroke besides what the selection began with."""
        return len(self._marks) > (self._frame is None)

    def shown(self) -> None:
        self.stage.tell_hints()

    def ended(self) -> None:
        self._frame, self._marks, self._taken_back = None, [], []
        self._start, self._stroke, self._pending = None, [], False
        self.stage.tell_waiting()

    def cancel(self) -> None:
        super().cancel()
        self.ended()

    def settle(self) -> None:
        if self._pending:
            self.session.notice.emit("The selection waits; choose smart select (S) to go on with it.")
        super().settle()

    @property
    def waiting(self) -> WaitingSelection | None:
        if self._frame is None and not self._marks:
            return None
        size, marks = self.picture_size, tuple(self._marks)
        return WaitingSelection("smart", self._label, self._mode, size, self._frame, marks)

    def take_up(self, begun: Waiting) -> bool:
        if not isinstance(begun, WaitingSelection) or begun.size != self.picture_size or self.busy:
            return False
        mode = mode_named(begun.mode)
        if mode is None:
            return False
        self._mode, self._label = mode, begun.label
        self._frame, self._marks, self._taken_back = begun.frame, list(begun.marks), []
        self._pending = True
        self.stage.tell_waiting()
        return True

    def chosen(self) -> None:
        """Look again for what comes from another window, once the picture is read and nothing else is done."""
        if self._pending and 0 in self.stage.levels and not self.session.in_gesture:
            self._pending = False
            if self.begin(self._mode, self._label):
                self._look()
            else:
                self.ended()

    def hover(self, pointer: Pointer | None) -> None:
        super().hover(pointer)
        self.chosen()

    def picture_replaced(self) -> None:
        if self._pending:
            self.session.notice.emit("The selection that waited was for another picture; it is dropped.")
            self.cancel()

    def leave(self) -> None:
        """A drag ends; what was found waits."""
        self._start, self._stroke = None, []

    def draw(self, painter: QPainter) -> None:
        ratio = self.stage.ratio
        if self._start is not None and not self._stroke:
            for pen in twofold(painter, ratio, dashed=True):
                painter.setPen(pen)
                painter.drawRect(self._drawn_box())
        if self._stroke:
            pen = QPen(_INSIDE if self._inside else _OUTSIDE, max(2 * self._radius, 2.0))
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            places = [self._view(p) for p in self._stroke]
            painter.drawPolyline([*places, places[-1]])
        if self.pointer is not None and not self.boxing:
            draw_ring(painter, QPointF(self.pointer.x, self.pointer.y), self._radius, ratio)
        super().draw(painter)

    def region(self) -> QRegion:
        region, ratio = super().region(), self.stage.ratio
        if self._start is not None and not self._stroke:
            region += padded(self._drawn_box(), 3 * ratio)
        rings = [self._view(p) for p in self._stroke]
        if self.pointer is not None and not self.boxing:
            rings.append(QPointF(self.pointer.x, self.pointer.y))
        if rings:
            left, right = min(p.x() for p in rings), max(p.x() for p in rings)
            top, bottom = min(p.y() for p in rings), max(p.y() for p in rings)
            around = QRectF(left, top, right - left, bottom - top)
            region += padded(around, self._radius + 4 * ratio)
        return region

    def hints(self) -> Hints:
        if self._pending:
            return [("Esc", "drop the selection that waits for the picture")]
        if self.draft.running:
            return [("Esc", "stop")]
        if self.draft.active:
            return [
                ("Drag", f"this belongs to it, for {area_title(self.session, self._label)}"),
                ("Alt drag", "this does not"),
                ("[ ]", "size"),
                ("Backspace", "one stroke back"),
                ("Enter", "keep"),
                ("Esc", "drop it"),
            ]
        what = "a box around it" if self.boxing else "scribble on it"
        mode = self.stage.options.mode
        return [
            ("Drag", f"{what}, to {verb(mode, 'add it to', area_title(self.session))}"),
            *other_modes(mode, "drag"),
        ]

    @property
    def _radius(self) -> float:
        """Of a stroke, in device pixels."""
        return self.stage.options.size("smart") / 2 * self.stage.navigation.zoom

    def _look(self) -> None:
        """Find the thing again with all that is known."""
        self.draft.compute(
            partial(
                _find,
                dict(self.stage.levels),
                self._frame,
                tuple(self._marks),
                self._mode,
                self._label,
            )
        )
        self.stage.tell_hints()
        self.stage.tell_waiting()

    def _drawn_box(self) -> QRectF:
        start = Point(0.0, 0.0) if self._start is None else self._start.at
        return QRectF(self._view(start), self._view(self._corner)).normalized()

    def _view(self, p: Point) -> QPointF:
        return QPointF(*self.stage.navigation.to_view(p))


def _find(
    levels: Mapping[int, npt.NDArray[np.uint8]],
    frame: Box | None,
    marks: Sequence[Mark],
    mode: Mode,
    label: int,
    shot: Shot,
    report: Report,
) -> Sequence[Patch]:
    stencil, box = select(levels, frame, marks, report)
    if box.empty:
        raise MaskError("No border was found in the box; draw it closer around the thing.")
    return [MAKE[mode](shot, stencil, box, label)]
