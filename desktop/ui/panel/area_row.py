"""One line of the areas list: badge, what is painted in small, name, lock and eye. It can be dragged to its place."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QDrag, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from desktop.core.areas import MotionArea
from desktop.ui.controls import NumberBadge, Row
from desktop.ui.controls.badge import FADED
from desktop.ui.controls.paint import box
from desktop.ui.panel.name_editor import INSET, NameEditor
from desktop.ui.panel.state_button import StateButton
from desktop.ui.theme import area_color, current

AREA_MIME = "application/x-kinebrush-area"
"""A dragged area: its label as text."""

THUMBNAIL = QSize(36, 26)
ROW_HEIGHT = 48
_FINER = 2
"""Samples per device pixel in each direction."""


class MaskThumbnail(QWidget):
    """An area's mask in small, in its colour, in the shape of the picture."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(THUMBNAIL)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._coverage: npt.NDArray[np.uint8] = np.zeros((0, 0), np.uint8)
        self._color = ""
        self._faded = False

    def set_faded(self, faded: bool) -> None:
        """Show it faint, since what it shows is hidden."""
        if faded != self._faded:
            self._faded = faded
            self.update()

    def show_mask(self, coverage: npt.NDArray[np.uint8], color: str) -> None:
        """``coverage`` is 0 to 255 per device pixel, H x W."""
        if color != self._color or not np.array_equal(coverage, self._coverage):
            self._coverage, self._color = coverage, color
            self.update()

    def image(self) -> QImage:
        """What it shows: the colour as opaque as the coverage, on black."""
        height, width = self._coverage.shape
        color, share = QColor(self._color), self._coverage.astype(np.uint32)
        red, green, blue = ((c * share // 255) for c in (color.red(), color.green(), color.blue()))
        pixels = np.uint32(0xFF000000) | red << 16 | green << 8 | blue
        packed = np.ascontiguousarray(pixels, np.uint32)
        return QImage(packed.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()

    def paintEvent(self, _event: QPaintEvent) -> None:
        height, width = self._coverage.shape
        if not width or not height:
            return
        ratio = self.devicePixelRatioF()
        size = QSize(width, height) / ratio
        place = QRectF(
            (self.width() - size.width()) // 2, (self.height() - size.height()) // 2, *size.toTuple()
        )
        with QPainter(self) as painter:
            painter.setOpacity(FADED if self._faded else 1.0)
            painter.drawImage(place, self.image())
            box(painter, place, line=current().line, radius=0)


def coverage_of(sample: npt.NDArray[np.uint8], label: int) -> npt.NDArray[np.uint8]:
    """How much of each thumbnail pixel an area covers, 0 to 255, from a label map at `_FINER` times its size."""
    height, width = sample.shape[0] // _FINER, sample.shape[1] // _FINER
    mask = (sample == label).reshape(height, _FINER, width, _FINER)
    out: npt.NDArray[np.uint8] = (mask.sum(axis=(1, 3)) * 255 // _FINER**2).astype(np.uint8)
    return out


def sample_size(width: int, height: int, ratio: float) -> tuple[int, int]:
    """(width, height) to sample a label map at for thumbnails of a picture of that size."""
    share = min(THUMBNAIL.width() / width, THUMBNAIL.height() / height) * ratio
    return max(1, round(width * share)) * _FINER, max(1, round(height * share)) * _FINER


class AreaRow(Row):
    """One area. What was asked of it is emitted with its label; it changes nothing itself."""

    renamed = Signal(int, str)
    lock_asked = Signal(int)
    hide_asked = Signal(int)
    solo_asked = Signal(int)
    remove_asked = Signal(int)
    move_asked = Signal(int, int)
    """One place up (-1) or down (1)."""
    menu_asked = Signal(int, QPoint)

    def __init__(self, area: MotionArea) -> None:
        super().__init__(area.title)
        self.label = area.label
        self._editor: NameEditor | None = None
        self._pressed_at = QPointF()
        self._shown: tuple[str, bool, bool] | None = None
        self.badge = NumberBadge(area.number)
        self.thumbnail = MaskThumbnail()
        self.add_leading(self.badge)
        self.add_leading(self.thumbnail)
        self.lock = StateButton("lock-open", "Lock")
        self.eye = StateButton("eye", "Hide")
        self.lock.clicked.connect(self._ask_lock)
        self.eye.clicked.connect(self._ask_hide)
        self.add_trailing(self.lock)
        self.add_trailing(self.eye)
        self.opened.connect(self.rename)
        self.setMinimumHeight(ROW_HEIGHT)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._ask_menu)

    def stops(self) -> tuple[QWidget, ...]:
        """Where Tab goes in it, in order."""
        return self, self.lock, self.eye

    def show_area(self, area: MotionArea, subtitle: str, *, chosen: bool) -> None:
        """Bring the row up to date."""
        if (area.title, subtitle) != (self.title.text(), self.subtitle.text()):
            self.set_texts(area.title, subtitle)
        if chosen != self.is_selected():
            self.set_selected(chosen)
        self.badge.set_colour(area.color)
        shown = area.title, area.locked, area.hidden
        if shown != self._shown:
            self._shown = shown
            self._show_state(area)

    def _show_state(self, area: MotionArea) -> None:
        """The lock and the eye; what is hidden is faint."""
        locked, hidden = area.locked, area.hidden
        self.lock.set_state(
            locked, "lock" if locked else "lock-open", f"{'Unlock' if locked else 'Lock'} {area.title}"
        )
        self.eye.set_state(
            hidden,
            "eye-closed" if hidden else "eye",
            f"{'Show' if hidden else 'Hide'} {area.title}",
            "Alt-click shows it alone",
        )
        self.title.set_ink("faint" if hidden else "text")
        self.badge.set_faded(hidden)
        self.thumbnail.set_faded(hidden)

    def show_mask(self, sample: npt.NDArray[np.uint8], area: MotionArea) -> None:
        """Show the area's part of a sampled label map."""
        self.thumbnail.show_mask(coverage_of(sample, area.label), area.color or area_color(area.number))

    def rename(self) -> None:
        """Let the name be typed in its place."""
        if self._editor is not None:
            return
        editor = NameEditor(self.title.text(), self)
        editor.setAccessibleName("Name of the area")
        corner = self.title.mapTo(self, QPoint(-INSET, -3))  # the letters stay where they were
        editor.setGeometry(corner.x(), corner.y(), self.lock.x() - corner.x(), self.title.height() + 5)
        editor.typed.connect(self._renamed)
        editor.left.connect(self._drop_editor)
        self._editor = editor
        editor.show()
        editor.setFocus()

    def leave_name(self) -> None:
        """Stop typing, with the old name."""
        if self._editor is not None:
            self._editor.leave()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if event.key() == Qt.Key.Key_F2:
            self.rename()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_asked.emit(self.label)
        elif alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.move_asked.emit(self.label, -1 if event.key() == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = event.position()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not event.buttons() & Qt.MouseButton.LeftButton:
            return
        if (event.position() - self._pressed_at).manhattanLength() >= QApplication.startDragDistance():
            drag = QDrag(self)
            drag.setMimeData(self.mime())
            drag.setPixmap(self.grab())
            drag.setHotSpot(self._pressed_at.toPoint())
            drag.exec(Qt.DropAction.MoveAction)

    def mime(self) -> QMimeData:
        """What a drag of this row carries."""
        mime = QMimeData()
        mime.setData(AREA_MIME, str(self.label).encode())
        return mime

    def _renamed(self, name: str) -> None:
        self._drop_editor()
        self.renamed.emit(self.label, name)

    def _drop_editor(self) -> None:
        editor, self._editor = self._editor, None
        if editor is not None:
            if editor.hasFocus():
                self.setFocus()
            editor.hide()
            editor.deleteLater()

    def _ask_lock(self) -> None:
        self.lock_asked.emit(self.label)

    def _ask_hide(self) -> None:
        if QApplication.keyboardModifiers() & Qt.KeyboardModifier.AltModifier:
            self.solo_asked.emit(self.label)
        else:
            self.hide_asked.emit(self.label)

    def _ask_menu(self, at: QPoint) -> None:
        self.menu_asked.emit(self.label, self.mapToGlobal(at))
