"""The navigator: the whole picture in small, with the frame of what is in sight."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QWidget

from desktop.core.geometry import Point, whole
from desktop.ui.canvas.pointing import wheel_factor
from desktop.ui.canvas.view import CanvasView
from desktop.ui.controls.paint import box, focus_ring
from desktop.ui.theme import SPACE, colour, current

WIDEST, HIGHEST = 148, 96
"""Logical pixels that the small picture takes at most."""

_INSET = 6
_KEY_STEP = 0.1
"""Share of the view that an arrow key moves by."""


class Navigator(QWidget):
    """Lies over the canvas's corner. Drag to pan; it hides while everything is in sight, or by choice."""

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._wanted = True
        self._aside = False
        self._picture = QImage()
        self._grabbed = QPointF()
        self.setAccessibleName("Navigator")
        self.setToolTip("Drag to show another part of the picture")
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.hide()
        canvas.view_changed.connect(self.refresh)
        canvas.picture_loaded.connect(self._picture_loaded)

    @property
    def wanted(self) -> bool:
        """Whether it shows when there is something to navigate."""
        return self._wanted

    def set_wanted(self, wanted: bool) -> None:
        """Let it show, or keep it away."""
        self._wanted = wanted
        self.refresh()

    def set_aside(self, aside: bool) -> None:
        """Keep it away for the moment, as while something is drawn where it lies."""
        if aside != self._aside:
            self._aside = aside
            self.setProperty("aside", aside and self.isVisible())
            self.refresh()

    def refresh(self) -> None:
        """Follow the canvas."""
        nav = self._canvas.navigation
        everything = nav.visible == whole(*nav.screen)
        shown = self._wanted and not self._aside and not everything and self._canvas.session.shot is not None
        if shown:
            self._place()
            self.update()
        self.setVisible(shown)

    def frame(self) -> QRectF:
        """Where the part in sight lies, in logical pixels of this widget."""
        nav, scale = self._canvas.navigation, self._scale
        seen = nav.visible
        left, top = seen.left / nav.zoom * scale, seen.top / nav.zoom * scale
        size = seen.width / nav.zoom * scale, seen.height / nav.zoom * scale
        return QRectF(_INSET + left, _INSET + top, max(size[0], 3.0), max(size[1], 3.0))

    @property
    def _scale(self) -> float:
        """Logical pixels of this widget per image pixel."""
        nav = self._canvas.navigation
        return min(WIDEST / nav.width, HIGHEST / nav.height)

    def _place(self) -> None:
        nav, scale, canvas = self._canvas.navigation, self._scale, self._canvas
        size = QSize(
            max(8, round(nav.width * scale)) + 2 * _INSET, max(8, round(nav.height * scale)) + 2 * _INSET
        )
        if size != self.size():
            self._picture = QImage()
        self.setGeometry(
            canvas.width() - size.width() - 3 * SPACE,
            canvas.height() - size.height() - 3 * SPACE,
            size.width(),
            size.height(),
        )

    def _picture_loaded(self, _whole: bool) -> None:
        self._picture = QImage()
        self.refresh()

    def _small(self) -> QImage:
        """The picture at this widget's device pixels."""
        inner = self.rect().adjusted(_INSET, _INSET, -_INSET, -_INSET).size() * self.devicePixelRatioF()
        if self._picture.size() != inner:
            levels = self._canvas.levels
            enough = [k for k in levels if levels[k].shape[1] >= inner.width()]
            if not levels:
                return QImage()
            pixels = levels[max(enough) if enough else min(levels)]
            height, width = pixels.shape[:2]
            image = QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_RGB888)
            self._picture = image.scaled(
                inner, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
        return self._picture

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = current()
        inner = QRectF(self.rect().adjusted(_INSET, _INSET, -_INSET, -_INSET))
        with QPainter(self) as painter:
            box(painter, QRectF(self.rect()), fill=tokens.window, line=tokens.line)
            small = self._small()
            if small.isNull():
                painter.fillRect(inner, colour(tokens.stage))
            else:
                painter.drawImage(inner, small)
            frame = self.frame().intersected(inner)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for pen in (QPen(colour("#000000", 0.55), 3.0), QPen(colour(tokens.accent), 1.5)):
                pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
                painter.setPen(pen)
                painter.drawRect(frame.adjusted(0.75, 0.75, -0.75, -0.75))
            if self.hasFocus():
                focus_ring(painter, QRectF(self.rect()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            frame, at = self.frame(), event.position()
            self._grabbed = at - frame.center() if frame.contains(at) else QPointF(0.0, 0.0)
            self._go(at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        nav = self._canvas.navigation
        self._canvas.zoom_at(wheel_factor(event), nav.view_width / 2, nav.view_height / 2)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        nav, key = self._canvas.navigation, Qt.Key(event.key())
        step_x, step_y = nav.view_width * _KEY_STEP, nav.view_height * _KEY_STEP
        steps = {
            Qt.Key.Key_Left: (step_x, 0.0),
            Qt.Key.Key_Right: (-step_x, 0.0),
            Qt.Key.Key_Up: (0.0, step_y),
            Qt.Key.Key_Down: (0.0, -step_y),
        }
        if key in steps:
            self._canvas.pan_by(*steps[key])
        else:
            super().keyPressEvent(event)

    def _go(self, at: QPointF) -> None:
        middle = at - self._grabbed
        self._canvas.centre_on(
            Point((middle.x() - _INSET) / self._scale, (middle.y() - _INSET) / self._scale)
        )
