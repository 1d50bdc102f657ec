"""The film strip: thumbnails, the playhead, the A-B range and the time under them. Drag to scrub."""

from __future__ import annotations

from math import floor

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.ui.controls.paint import box, focus_ring, line_of_text, text_width
from desktop.ui.player.bridge import Picture
from desktop.ui.player.times import clock
from desktop.ui.theme import SMALL, SPACE, colour, current, font, mix

_SIDE = 3.5 * SPACE
_CELLS = QRectF(0, 10, 0, 36)
_BAR_TOP, _BAR_HEIGHT = 72.0, 5.0
_LABEL_TOP = 84.0
_HEIGHT = 112
_GAP = 1.0
_GRAB = 7.0
_NEAREST_LABELS = 140


class FilmStrip(QWidget):
    """Shows where in the video one is."""

    scrub_began = Signal()
    scrubbed = Signal(int)
    """Frame number under the cursor"""
    scrub_ended = Signal()
    range_changed = Signal(int, int)
    """First and last frame, both included"""
    range_cleared = Signal()
    strip_wanted = Signal(object, int, int)
    """Frame numbers, and the size of their thumbnails in device pixels"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Film strip")
        self.setFixedHeight(_HEIGHT)
        self._frames, self._fps, self._aspect = 0, 24.0, 16 / 9
        self._position, self._kept = 0, 0
        self._part: tuple[int, int] | None = None
        self._pictures: dict[int, Picture] = {}
        self._cells: list[int] = []
        self._dragged = ""

    def sizeHint(self) -> QSize:
        return QSize(480, _HEIGHT)

    def clear(self) -> None:
        """Show no video."""
        self._frames = self._position = self._kept = 0
        self._part = None
        self._pictures, self._cells = {}, []
        self.update()

    def set_video(self, frames: int, fps: float, aspect: float) -> None:
        """Another video: its frames, frames per second, and width over height."""
        self.clear()
        self._frames, self._fps, self._aspect = frames, fps, aspect
        self._lay_out()

    def set_position(self, index: int) -> None:
        """Move the playhead to a frame."""
        if index != self._position:
            before, self._position = self._x(self._position), index
            for x in (before, self._x(index)):
                self.update(int(x) - 2, 0, 5, _HEIGHT)
            self.setAccessibleDescription(f"frame {index + 1} of {self._frames}")

    def set_range(self, part: tuple[int, int] | None, frames: int) -> None:
        """The A-B range, and how many frames there are."""
        if (part, frames) != (self._part, self._frames):
            self._part, self._frames = part, frames
            self.update()

    def set_kept(self, count: int) -> None:
        """Of how many frames copies are in memory: the line under the thumbnails."""
        self._kept = count
        self.update(0, int(_CELLS.bottom()), self.width(), 8)

    def add_thumbnail(self, index: int, picture: Picture) -> None:
        """Fill a cell."""
        if index in self._cells:
            self._pictures[index] = picture
            self.update(self._cell(self._cells.index(index)).toAlignedRect())

    def frame_at(self, x: float) -> int:
        """The frame at a place, in logical pixels from the left; the nearest one outside the strip."""
        share = (x - _SIDE) / max(1.0, self._room())
        return max(0, min(int(share * self._frames), self._frames - 1))

    def place_of(self, index: int) -> QPointF:
        """Where a frame lies in the row of thumbnails."""
        return QPointF(self._x(index), _CELLS.center().y())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self._frames:
            return
        self._dragged = self._grip(event.position()) or "head"
        if self._dragged == "head":
            self.scrub_began.emit()
            self.scrubbed.emit(self.frame_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged == "head":
            self.scrubbed.emit(self.frame_at(event.position().x()))
        elif self._dragged:
            self._move_end(self.frame_at(event.position().x()))
        else:
            over = self._grip(event.position()) if self._frames else ""
            self.setCursor(Qt.CursorShape.SizeHorCursor if over else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            if self._dragged == "head":
                self.scrub_ended.emit()
            self._dragged = ""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if _BAR_TOP - _GRAB <= event.position().y() <= _BAR_TOP + _BAR_HEIGHT + _GRAB:
            self.range_cleared.emit()
        else:
            self.mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # the player's keys are the same everywhere

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current()
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), colour(tokens.window))
            if not self._frames:
                return
            touched = QRectF(event.rect())
            first, last = self._part or (0, self._frames - 1)
            for number, index in enumerate(self._cells):
                cell = self._cell(number)
                if not cell.intersects(touched):
                    continue
                picture = self._pictures.get(index)
                if picture is None:
                    painter.fillRect(cell, colour(tokens.raised))
                else:
                    self._paint_picture(painter, cell, picture)
                if not first <= index <= last:
                    painter.fillRect(cell, colour(tokens.window, 0.5))
            self._paint_kept(painter)
            left, right = self._edge(first), self._edge(last + 1)
            quiet = mix(tokens.accent, tokens.window, 0.45)
            bar = QRectF(left, _BAR_TOP, max(_BAR_HEIGHT, right - left), _BAR_HEIGHT)
            box(painter, bar, fill=quiet if self._part else tokens.line, radius=_BAR_HEIGHT / 2)
            self._paint_times(painter)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            head = QRectF(round(self._x(self._position)) - 1, 6, 2, _BAR_TOP + _BAR_HEIGHT - 4)
            painter.fillRect(head, colour(tokens.accent))
            if self.hasFocus():
                focus_ring(painter, QRectF(self.rect()).adjusted(2, 2, -2, -2))

    def _paint_picture(self, painter: QPainter, cell: QRectF, picture: Picture) -> None:
        """One to one in device pixels where it was made for this cell, scaled after a change of width."""
        ratio = self.devicePixelRatioF()
        part = QRectF(0, 0, cell.width() * ratio, cell.height() * ratio)
        fits = abs(picture.image.width() - part.width()) <= 2 * ratio + 1
        fits = fits and abs(picture.image.height() - part.height()) <= 1
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not fits)
        if fits:
            painter.drawImage(cell, picture.image, part)
        else:
            painter.drawImage(cell, picture.image)

    def _paint_kept(self, painter: QPainter) -> None:
        if 0 < self._kept < self._frames:
            line = QRectF(_SIDE, _CELLS.bottom() + 3, self._room() * self._kept / self._frames, 2)
            painter.fillRect(line, colour(current().faint))

    def _paint_times(self, painter: QPainter) -> None:
        seconds = self._frames / self._fps
        face, ink = font(SMALL), current().faint
        most = max(1, int(self._room() // _NEAREST_LABELS))
        step = next((s for s in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60) if seconds / s <= most), seconds)
        count = int(seconds / step + 1e-6)
        for number in range(count + 1):
            text = clock(number * step, fine=step < 1)
            width = text_width(text, face) + 1
            x = _SIDE + self._room() * number * step / seconds
            x = min(max(x - width / 2, _SIDE), self.width() - _SIDE - width)
            line_of_text(painter, QRectF(x, _LABEL_TOP, width, 16), text, ink, face)

    def _room(self) -> float:
        return self.width() - 2 * _SIDE

    def _edge(self, index: int) -> float:
        return _SIDE + self._room() * index / max(1, self._frames)

    def _x(self, index: int) -> float:
        return (self._edge(index) + self._edge(index + 1)) / 2

    def _cell(self, number: int) -> QRectF:
        """On whole pixels, so that no thumbnail is blurred at its edges, and with the same gap after each."""
        left, end = (floor(_SIDE + self._room() * at / len(self._cells)) for at in (number, number + 1))
        return QRectF(left, _CELLS.top(), end - _GAP - left, _CELLS.height())

    def _lay_out(self) -> None:
        """Choose the frames of the cells: as many as keep the shape of the video, each the middle of its span."""
        if not self._frames or self._room() < 1:
            return
        count = max(1, min(self._frames, round(self._room() / (_CELLS.height() * self._aspect))))
        self._cells = [int((number + 0.5) * self._frames / count) for number in range(count)]
        self._pictures = {index: picture for index, picture in self._pictures.items() if index in self._cells}
        missing = [index for index in self._cells if index not in self._pictures]
        ratio = self.devicePixelRatioF()
        width = round((self._room() / count) * ratio)
        self.strip_wanted.emit(missing, max(1, width), max(1, round(_CELLS.height() * ratio)))
        self.update()

    def _grip(self, at: QPointF) -> str:
        """Which end of the range is under the cursor, if any."""
        if not self._part or abs(at.y() - _BAR_TOP - _BAR_HEIGHT / 2) > _GRAB:
            return ""
        ends = {"first": self._edge(self._part[0]), "last": self._edge(self._part[1] + 1)}
        name = min(ends, key=lambda end: abs(ends[end] - at.x()))
        return name if abs(ends[name] - at.x()) <= _GRAB else ""

    def _move_end(self, index: int) -> None:
        if self._part is None:
            return
        first, last = self._part
        if self._dragged == "first":
            self.range_changed.emit(min(index, last), last)
        else:
            self.range_changed.emit(first, max(index, first))
