"""Align: moves and scales all masks and paths together, after another picture was put under them."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QRegion

from desktop.core.label_map import extent, resized
from desktop.core.trajectory import Trajectory
from desktop.core.waiting import Waiting, WaitingMasks
from desktop.ui.canvas.align_draft import AlignDraft, Laid
from desktop.ui.canvas.path_items import color_of, draw_path
from desktop.ui.canvas.tools.base import ENTER, DragTool, Hints, Pointer, Stage, twofold

_SEEN_SIDE = 1400
"""Longer side of the masks as they are shown while they are moved."""

_REACH = 12.0
_STEPS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
_LARGER, _SMALLER = (Qt.Key.Key_Plus, Qt.Key.Key_Equal), (Qt.Key.Key_Minus,)


class AlignTool(DragTool):
    """Shows the masks as they would lie; nothing changes before they are accepted."""

    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._held: Pointer | None = None
        self._corner: tuple[int, int] | None = None
        self._before = (0.0, 0.0, 100.0)
        self._seen: tuple[Laid, QImage] | None = None

    @property
    def draft(self) -> AlignDraft:
        """Where the masks lie."""
        return self.stage.options.align

    @property
    def covers_areas(self) -> bool:
        return self._laid is not None

    @property
    def busy(self) -> bool:
        return self._held is not None

    @property
    def waiting(self) -> WaitingMasks | None:
        shot = self.session.shot
        return None if shot is None else self.draft.waiting("align", shot)

    def take_up(self, begun: Waiting) -> bool:
        self.session.finish_step()
        shot = self.session.shot
        if shot is None or not isinstance(begun, WaitingMasks) or begun.size != self.picture_size:
            return False
        self.draft.take_up(shot, begun)
        return True

    def press(self, pointer: Pointer) -> None:
        self.session.finish_step()
        shot, draft = self.session.shot, self.draft
        if shot is None:
            return
        if self._laid is None:
            draft.begin_here(shot)
        self._held, self._corner = pointer, self._corner_at(pointer)
        self._before = (draft.x, draft.y, draft.percent)

    def move(self, pointer: Pointer) -> None:
        held, draft = self._held, self.draft
        if held is None:
            return
        x, y, percent = self._before
        if self._corner is None:
            draft.put(x + pointer.at.x - held.at.x, y + pointer.at.y - held.at.y)
            return
        frame = self._rect_in_image()
        anchor_x = frame.right() if self._corner[0] == 0 else frame.left()
        anchor_y = frame.bottom() if self._corner[1] == 0 else frame.top()
        start = np.hypot(held.at.x - anchor_x, held.at.y - anchor_y)
        now = np.hypot(pointer.at.x - anchor_x, pointer.at.y - anchor_y)
        if start > 0:
            draft.scale_to(percent * float(now / start), anchor_x, anchor_y)

    def release(self, pointer: Pointer) -> None:
        self._held = self._corner = None

    def double(self, pointer: Pointer) -> None:
        self.accept()

    def cancel(self) -> None:
        x, y, percent = self._before
        if self._held is not None:
            self.draft.scale_to(percent, 0.0, 0.0)
            self.draft.put(x, y)
        self._held = self._corner = None

    def accept(self) -> None:
        """Have the masks laid where they are shown."""
        self._held = self._corner = None
        if self._laid is not None:
            self.draft.accept_asked.emit()

    def wants(self, key: int) -> bool:
        return self._laid is not None and key in (*_STEPS, *ENTER, *_LARGER, *_SMALLER, Qt.Key.Key_Escape)

    def key(self, key: int) -> bool:
        if self._laid is None:
            return False
        draft, named = self.draft, Qt.Key(key)
        if named in ENTER:
            self.accept()
        elif named == Qt.Key.Key_Escape:
            draft.drop()
        elif named in _STEPS:
            step = max(1, round(1 / self.stage.navigation.zoom))
            draft.move(_STEPS[named][0] * step, _STEPS[named][1] * step)
        elif named in _LARGER or named in _SMALLER:
            middle = self._rect_in_image().center()
            draft.scale_to(draft.percent * (1.01 if named in _LARGER else 1 / 1.01), middle.x(), middle.y())
        else:
            return False
        return True

    def draw(self, painter: QPainter) -> None:
        laid = self._laid
        if laid is None:
            return
        rect, ratio, draft = self._rect(), self.stage.ratio, self.draft
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(rect, self._image(laid))
        painter.restore()
        for area in laid.areas:
            if area.trajectory is not None and not area.hidden:
                path: Trajectory = area.trajectory.scaled(draft.scale_x, draft.scale_y).moved(
                    draft.x, draft.y
                )
                draw_path(painter, self.stage.navigation, path, color_of(area), ratio, chosen=False)
        for pen in twofold(painter, ratio, dashed=True):
            painter.setPen(pen)
            painter.drawRect(rect)
        side = 9 * ratio
        painter.setPen(QPen(QColor(0, 0, 0, 190), 1.5 * ratio))
        painter.setBrush(QColor(255, 255, 255))
        for corner in (rect.topLeft(), rect.topRight(), rect.bottomLeft(), rect.bottomRight()):
            painter.drawRect(QRectF(corner.x() - side / 2, corner.y() - side / 2, side, side))

    def region(self) -> QRegion:
        if self._laid is None:
            return QRegion()
        nav = self.stage.navigation
        return QRegion(0, 0, nav.view_width, nav.view_height)

    def hints(self) -> Hints:
        if self._laid is None:
            return [("Drag", "move all masks and paths"), ("Corner", "scale them")]
        return [("Drag", "move"), ("Corner, + -", "scale"), ("Enter", "lay them here"), ("Esc", "leave them")]

    @property
    def _laid(self) -> Laid | None:
        return self.draft.laid(self.session.shot)

    def _rect_in_image(self) -> QRectF:
        draft, laid = self.draft, self._laid
        if laid is None:
            return QRectF()
        return QRectF(draft.x, draft.y, laid.width * draft.scale_x, laid.height * draft.scale_y)

    def _rect(self) -> QRectF:
        nav, rect = self.stage.navigation, self._rect_in_image()
        return QRectF(
            nav.left + rect.left() * nav.zoom,
            nav.top + rect.top() * nav.zoom,
            rect.width() * nav.zoom,
            rect.height() * nav.zoom,
        )

    def _corner_at(self, pointer: Pointer) -> tuple[int, int] | None:
        rect, reach = self._rect(), _REACH * self.stage.ratio
        for across, x in enumerate((rect.left(), rect.right())):
            for down, y in enumerate((rect.top(), rect.bottom())):
                if QPointF(pointer.x - x, pointer.y - y).manhattanLength() <= reach:
                    return across, down
        return None

    def _image(self, laid: Laid) -> QImage:
        """The masks as a small picture of translucent colours."""
        if self._seen is None or self._seen[0] is not laid:
            share = min(1.0, _SEEN_SIDE / max(laid.width, laid.height))
            wide, high = max(1, round(laid.width * share)), max(1, round(laid.height * share))
            table = np.zeros(256, np.uint32)
            for area in laid.areas:
                color = color_of(area)
                red, green, blue = (c * 150 // 255 for c in (color.red(), color.green(), color.blue()))
                table[area.label] = 0 if area.hidden else 150 << 24 | red << 16 | green << 8 | blue
            pixels = np.ascontiguousarray(table[resized(laid.labels, extent(laid.labels), wide, high)])
            form = QImage.Format.Format_ARGB32_Premultiplied
            self._seen = (laid, QImage(pixels.data, wide, high, 4 * wide, form).copy())
        return self._seen[1]
