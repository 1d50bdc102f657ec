"""Crop: a frame with thirds that is dragged, moved and accepted; what it leaves out is dimmed."""

from __future__ import annotations

from typing import get_args

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QRegion

from desktop.core import cropping
from desktop.core.cropping import Grip
from desktop.core.geometry import Box
from desktop.core.shot import SourceImage
from desktop.core.waiting import Waiting, WaitingCrop
from desktop.ui.canvas.crop_draft import CropDraft
from desktop.ui.canvas.tools.base import ENTER, DragTool, Hints, Pointer, Stage, twofold

_REACH = 10.0
"""Logical pixels within which a side or corner is held."""

_ARM = 16.0
_CURSORS = {
    "move": Qt.CursorShape.SizeAllCursor,
    "n": Qt.CursorShape.SizeVerCursor,
    "s": Qt.CursorShape.SizeVerCursor,
    "w": Qt.CursorShape.SizeHorCursor,
    "e": Qt.CursorShape.SizeHorCursor,
    "nw": Qt.CursorShape.SizeFDiagCursor,
    "se": Qt.CursorShape.SizeFDiagCursor,
    "ne": Qt.CursorShape.SizeBDiagCursor,
    "sw": Qt.CursorShape.SizeBDiagCursor,
}
_STEPS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class CropTool(DragTool):
    """Draws the frame. The picture's bytes are never changed: accepting it sets `SourceImage.crop`."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._grip: Grip | None = None
        self._from = QPointF()
        self._start: Box | None = None
        self._fresh = Box(0, 0, 0, 0)

    @property
    def draft(self) -> CropDraft:
        """The frame as it stands."""
        return self.stage.options.crop

    @property
    def busy(self) -> bool:
        return self._start is not None

    def crop_shown(self, crop: Box | None) -> Box | None:
        image = self._image
        return crop if image is None else self.draft.image(image).crop

    @property
    def waiting(self) -> WaitingCrop | None:
        image = self._image
        return None if image is None else self.draft.waiting("crop", image)

    def take_up(self, begun: Waiting) -> bool:
        image = self._image
        if image is None or not isinstance(begun, WaitingCrop) or begun.size != self.picture_size:
            return False
        self.draft.take_up(image, begun)
        return self.waiting is not None  # not when it was accepted just before the end

    def press(self, pointer: Pointer) -> None:
        image = self._image
        if image is None:
            return
        self._start = self.draft.frame(image)
        self._grip = self._grip_at(pointer)
        self._from = QPointF(pointer.at.x, pointer.at.y)
        if self._grip is None:
            x = min(max(round(pointer.at.x), 0), max(image.width - cropping.LEAST_SIDE, 0))
            y = min(max(round(pointer.at.y), 0), max(image.height - cropping.LEAST_SIDE, 0))
            seed = Box(x, y, x + cropping.LEAST_SIDE, y + cropping.LEAST_SIDE).intersect(self.within)
            self._fresh, self._grip = seed, "se"
            self._from = QPointF(seed.right, seed.bottom)
        else:
            self._fresh = self._start

    def move(self, pointer: Pointer) -> None:
        image = self._image
        if image is None or self._start is None or self._grip is None:
            return
        dx, dy = pointer.at.x - self._from.x(), pointer.at.y - self._from.y()
        draft = self.draft
        frame = cropping.dragged(
            self._fresh, self._grip, dx, dy, self.within, draft.ratio, draft.limits.max_aspect
        )
        if pointer.at != (self._from.x(), self._from.y()):
            draft.set_frame(image, frame)

    def release(self, pointer: Pointer) -> None:
        self.move(pointer)
        self._start = self._grip = None

    def double(self, pointer: Pointer) -> None:
        self.accept()

    def cancel(self) -> None:
        image = self._image
        if image is not None and self._start is not None:
            self.draft.set_frame(image, self._start)
        self._start = self._grip = None

    def accept(self) -> None:
        """Crop the picture."""
        self._start = self._grip = None
        self.draft.accept(self.session)

    def hover(self, pointer: Pointer | None) -> None:
        super().hover(pointer)
        grip = None if pointer is None else self._grip_at(pointer)
        self.cursor = Qt.CursorShape.CrossCursor if grip is None else _CURSORS[grip]

    def wants(self, key: int) -> bool:
        return key in _STEPS or key in ENTER or (key == Qt.Key.Key_Escape and self._drafted)

    def key(self, key: int) -> bool:
        image = self._image
        if image is None:
            return False
        if key in ENTER:
            self.accept()
        elif key == Qt.Key.Key_Escape and self._drafted:
            self.draft.drop()
        elif (named := Qt.Key(key)) in _STEPS:
            step = max(1, round(1 / self.stage.navigation.zoom))
            dx, dy = _STEPS[named]
            frame = cropping.moved(self.draft.frame(image), dx * step, dy * step, self.within)
            self.draft.set_frame(image, frame)
        else:
            return False
        return True

    def draw(self, painter: QPainter) -> None:
        if self._image is None:
            return
        rect, ratio = self._rect(), self.stage.ratio
        painter.setPen(QPen(QColor(255, 255, 255, 110), ratio))
        for third in (1, 2):
            x, y = rect.left() + rect.width() * third / 3, rect.top() + rect.height() * third / 3
            painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))
            painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
        for pen in twofold(painter, ratio):
            painter.setPen(pen)
            painter.drawRect(rect)
        arm = min(_ARM * ratio, rect.width() / 3, rect.height() / 3)
        for color, width in ((QColor(0, 0, 0, 190), 6.0), (QColor(255, 255, 255), 3.5)):
            pen = QPen(color, width * ratio)
            pen.setCapStyle(Qt.PenCapStyle.SquareCap)
            painter.setPen(pen)
            for x, sx in ((rect.left(), arm), (rect.right(), -arm)):
                for y, sy in ((rect.top(), arm), (rect.bottom(), -arm)):
                    painter.drawPolyline([QPointF(x + sx, y), QPointF(x, y), QPointF(x, y + sy)])
            middle = rect.center()
            for x in (rect.left(), rect.right()):
                painter.drawLine(QPointF(x, middle.y() - arm / 2), QPointF(x, middle.y() + arm / 2))
            for y in (rect.top(), rect.bottom()):
                painter.drawLine(QPointF(middle.x() - arm / 2, y), QPointF(middle.x() + arm / 2, y))

    def region(self) -> QRegion:
        nav = self.stage.navigation
        wide, high = nav.screen
        pad = 8 * self.stage.ratio
        whole = QRectF(nav.left, nav.top, wide, high).adjusted(-pad, -pad, pad, pad)
        view = QRectF(0, 0, nav.view_width, nav.view_height)
        return QRegion(whole.intersected(view).toAlignedRect())

    def hints(self) -> Hints:
        return [
            ("Drag", "the frame"),
            ("Arrows", "move it"),
            ("Enter", "crop"),
            ("Esc", "leave it as it was"),
        ]

    @property
    def _image(self) -> SourceImage | None:
        shot = self.session.shot
        return None if shot is None else shot.image

    @property
    def _drafted(self) -> bool:
        image = self._image
        return image is not None and self.draft.active(image)

    def _rect(self) -> QRectF:
        """The frame in device pixels of the view."""
        image = self._image
        if image is None:
            return QRectF()
        nav, frame = self.stage.navigation, self.draft.frame(image)
        return QRectF(
            nav.left + round(frame.left * nav.zoom),
            nav.top + round(frame.top * nav.zoom),
            round(frame.right * nav.zoom) - round(frame.left * nav.zoom),
            round(frame.bottom * nav.zoom) - round(frame.top * nav.zoom),
        )

    def _grip_at(self, pointer: Pointer) -> Grip | None:
        """What is held at a place: a corner or side within reach, the frame inside it, else nothing."""
        rect, reach = self._rect(), _REACH * self.stage.ratio
        if not rect.adjusted(-reach, -reach, reach, reach).contains(pointer.x, pointer.y):
            return None
        reach_x, reach_y = min(reach, rect.width() / 3 + 2), min(reach, rect.height() / 3 + 2)
        row = (
            "n"
            if abs(pointer.y - rect.top()) <= reach_y
            else "s"
            if abs(pointer.y - rect.bottom()) <= reach_y
            else ""
        )
        column = (
            "w"
            if abs(pointer.x - rect.left()) <= reach_x
            else "e"
            if abs(pointer.x - rect.right()) <= reach_x
            else ""
        )
        name = row + column or "move"
        return next((grip for grip in get_args(Grip) if grip == name), None)
