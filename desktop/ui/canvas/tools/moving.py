"""Hand and zoom: tools that change what is in sight and nothing else."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QRegion

from desktop.core.geometry import Box
from desktop.ui.canvas.tools.base import CLICK_REACH, DragTool, Hints, Pointer, Stage, Tool, padded, twofold

_STEP = 1.5


class HandTool(Tool):
    """Drags the picture."""

    cursor = Qt.CursorShape.OpenHandCursor

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._held: Pointer | None = None

    @property
    def busy(self) -> bool:
        return self._held is not None

    def press(self, pointer: Pointer) -> None:
        self._held = pointer

    def move(self, pointer: Pointer) -> None:
        if self._held is not None:
            self.stage.pan_by(pointer.x - self._held.x, pointer.y - self._held.y)
            self._held = pointer

    def release(self, pointer: Pointer) -> None:
        self._held = None

    def cancel(self) -> None:
        self._held = None

    def hints(self) -> Hints:
        return [("Drag", "move the picture"), ("Wheel", "zoom"), ("F", "fit")]


class ZoomTool(DragTool):
    """Zooms in by click, out by right or Alt click, to a dragged rectangle."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._from: Pointer | None = None
        self._to: Pointer | None = None

    @property
    def busy(self) -> bool:
        return self._from is not None

    def press(self, pointer: Pointer) -> None:
        self._from = self._to = pointer

    def move(self, pointer: Pointer) -> None:
        if self._from is not None:
            self._to = pointer

    def release(self, pointer: Pointer) -> None:
        start, self._from, self._to = self._from, None, None
        if start is None:
            return
        if math.hypot(pointer.x - start.x, pointer.y - start.y) <= 2 * CLICK_REACH * self.stage.ratio:
            out = start.right or start.alt
            self.stage.zoom_at(1 / _STEP if out else _STEP, pointer.x, pointer.y)
            return
        xs, ys = sorted((start.at.x, pointer.at.x)), sorted((start.at.y, pointer.at.y))
        box = Box(math.floor(xs[0]), math.floor(ys[0]), math.ceil(xs[1]), math.ceil(ys[1])).intersect(
            self.within
        )
        if not box.empty:
            self.stage.show_box(box)

    def cancel(self) -> None:
        self._from = self._to = None

    def draw(self, painter: QPainter) -> None:
        for pen in twofold(painter, self.stage.ratio, dashed=True):
            painter.setPen(pen)
            painter.drawRect(self._rect())

    def region(self) -> QRegion:
        return padded(self._rect(), 4 * self.stage.ratio) if self.busy else QRegion()

    def hints(self) -> Hints:
        return [("Click", "zoom in"), ("Right click", "zoom out"), ("Drag", "zoom to a part"), ("F", "fit")]

    def _rect(self) -> QRectF:
        if self._from is None or self._to is None:
            return QRectF()
        return QRectF(QPointF(self._from.x, self._from.y), QPointF(self._to.x, self._to.y)).normalized()
