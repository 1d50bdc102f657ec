"""The stage a video is shown on: frames as they come, one to one in device pixels."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from desktop.ui.controls.paint import busy_arc
from desktop.ui.player.bridge import FramePicture
from desktop.ui.player.placement import Placement
from desktop.ui.shadow import draw_shadow
from desktop.ui.theme import SPACE, colour, current
from desktop.ui.wheel import Wheel, notches, pans, shift

_MARGIN = 8 * SPACE
_STEP = 1.25
_CLICK = 4


class StageView(QWidget):
    """Shows frames, or the poster until the first one comes. Wheel zooms at the cursor, dragging moves."""

    view_changed = Signal(object)
    """``View``: what to render from now on"""
    zoom_changed = Signal(float)
    """Device pixels for each pixel of the video"""
    clicked = Signal()
    double_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Video")
        self.setMinimumSize(160, 90)
        self._frame: FramePicture | None = None
        self._poster: QImage | None = None
        self._placement: Placement | None = None
        self._margin = _MARGIN
        self._press: QPointF | None = None
        self._drag: QPointF | None = None
        self.wheel = Wheel.APART
        """What the wheel and two fingers do."""

    @property
    def frame(self) -> FramePicture | None:
        """What is shown now."""
        return self._frame

    @property
    def placement(self) -> Placement | None:
        """Where the video lies, or None without one."""
        return self._placement

    def clear(self) -> None:
        """Show nothing."""
        self._frame = self._poster = self._placement = None
        self.update()

    def set_poster(self, poster: QImage | None) -> None:
        """What is shown until the first frame comes."""
        self._poster = poster
        if poster is not None and not poster.isNull() and self._frame is None and self._placement is None:
            self._place(Placement(poster.width(), poster.height(), *self._stage(), self._device(_MARGIN)))
        self.update()

    def set_video(self, width: int, height: int) -> None:
        """A video of that many pixels is coming; it is fitted."""
        self._frame = None
        self._place(Placement(width, height, *self._stage(), self._device(self._margin)), tell=True)

    def show_frame(self, frame: FramePicture) -> None:
        """Draw a frame."""
        self._frame = frame
        self._poster = None
        self.update(self._dirty())

    def set_margin(self, margin: int) -> None:
        """Room around a fitted video, in logical pixels."""
        self._margin = margin
        self._restage()

    def fit(self) -> None:
        """Show all of it."""
        if self._placement is not None:
            self._place(self._placement.fitted(), tell=True)

    def one_to_one(self) -> None:
        """One pixel of the video for each of the screen, about the middle."""
        self._zoom_to(1.0, QPointF(self.rect().center()))

    def zoom_in(self) -> None:
        """A step nearer, about the middle."""
        self._zoom_by(_STEP, QPointF(self.rect().center()))

    def zoom_out(self) -> None:
        """A step further away, about the middle."""
        self._zoom_by(1 / _STEP, QPointF(self.rect().center()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, ratio = current(), self.devicePixelRatioF()
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), colour(tokens.stage))
            if self._placement is None:
                return
            painter.scale(1 / ratio, 1 / ratio)
            whole = self._whole()
            if self._margin:
                draw_shadow(painter, whole, ratio, tokens.stage, QRect(0, 0, *self._stage()))
            frame, image = self._frame, self._poster
            if frame is not None:
                target = QRect(*self._placement.rect(frame.view))
                if frame.view == self._placement.view:
                    painter.drawImage(target.topLeft(), frame.picture.image)
                else:  # until the frame comes at its new size
                    painter.fillRect(whole, Qt.GlobalColor.black)
                    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                    painter.drawImage(target, frame.picture.image)
            elif image is not None and not image.isNull():
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                painter.drawImage(whole, image)
            else:
                painter.fillRect(whole, Qt.GlobalColor.black)
                middle = QPointF(whole.center())
                side = 24 * ratio
                ring = QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side)
                busy_arc(painter, ring, "#9a9a9a", 0.0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._restage()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._placement is None:
            return
        if pans(event, self.wheel):
            moved = shift(event, self.devicePixelRatioF())
            self._place(self._placement.panned(moved.x(), moved.y()), tell=True)
        else:
            self._zoom_by(_STEP ** notches(event), event.position())

    def event(self, event: QEvent) -> bool:
        if (
            isinstance(event, QNativeGestureEvent)
            and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture
        ):
            self._zoom_by(1 + event.value(), event.position())
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._press = self._drag = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is None or self._press is None or self._placement is None:
            return
        here = event.position()
        if self._drag == self._press and (here - self._press).manhattanLength() < _CLICK:
            return
        moved = (here - self._drag) * self.devicePixelRatioF()
        self._drag = here
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self._place(self._placement.panned(moved.x(), moved.y()), tell=True)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.unsetCursor()
        if (
            event.button() == Qt.MouseButton.LeftButton
            and self._press is not None
            and self._drag == self._press
        ):
            self.clicked.emit()
        self._press = self._drag = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._press = None
            self.double_clicked.emit()

    def _device(self, logical: float) -> int:
        return round(logical * self.devicePixelRatioF())

    def _stage(self) -> tuple[int, int]:
        return max(1, self._device(self.width())), max(1, self._device(self.height()))

    def _whole(self) -> QRect:
        placement = self._placement
        assert placement is not None
        x, y = placement.origin
        scale = placement.shown_scale
        return QRect(x, y, max(1, round(placement.width * scale)), max(1, round(placement.height * scale)))

    def _dirty(self) -> QRect:
        if self._placement is None:
            return self.rect()
        whole, ratio = self._whole(), self.devicePixelRatioF()
        lit = QRectF(whole.x() / ratio, whole.y() / ratio, whole.width() / ratio, whole.height() / ratio)
        return lit.toAlignedRect()

    def _restage(self) -> None:
        if self._placement is not None:
            width, height = self._stage()
            margin = self._device(self._margin)
            self._place(
                replace(self._placement, stage_width=width, stage_height=height, margin=margin), tell=True
            )

    def _zoom_by(self, factor: float, at: QPointF) -> None:
        if self._placement is not None:
            self._zoom_to(self._placement.shown_scale * factor, at)

    def _zoom_to(self, scale: float, at: QPointF) -> None:
        if self._placement is not None:
            place = at * self.devicePixelRatioF()
            self._place(self._placement.zoomed(scale, place.x(), place.y()), tell=True)

    def _place(self, placement: Placement, *, tell: bool = False) -> None:
        self._placement = placement
        self.update()
        if tell:
            self.zoom_changed.emit(placement.shown_scale)
            self.view_changed.emit(placement.view)
