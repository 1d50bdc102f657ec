"""The canvas: shows the open shot and lets the tools work on it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from desktop.ui.canvas.commands import carry_out
from desktop.ui.canvas.keys import BorrowedKeys
from desktop.ui.canvas.pen import Pen
from desktop.ui.canvas.pointing import Steps, gesture_factor, pointer_of, wheel_factor
from desktop.ui.canvas.toolbox import ToolCanvas
from desktop.ui.canvas.tools.base import Pointer
from desktop.ui.canvas.tools.table import tool_row
from desktop.ui.session import Session
from desktop.ui.wheel import Wheel, pans, shift

_BUTTONS = (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton)
_MODIFIERS = (Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Control)


class CanvasView(ToolCanvas):
    """The canvas in the hands of a person: pointer, pen, wheel, keys and drops."""

    cursor_moved = Signal(float, float)
    """Image position under the pointer."""
    cursor_left = Signal()
    dropped = Signal(object)
    """The ``QMimeData`` of a drop with files, addresses or a picture; valid only during the signal."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._pen = Pen(self, self)
        self._borrowed = BorrowedKeys(self, self)
        self._wheeled = Steps()
        self.wheel = Wheel.APART
        """What the wheel and two fingers do."""
        self.setMouseTracking(True)
        self.setTabletTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    # Commands

    def run(self, name: str) -> None:
        """Carry out a command of `tools.table.COMMANDS`. Raises KeyError for an unknown one."""
        carry_out(self, name)

    # Pointer

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        event.accept()
        if event.button() not in _BUTTONS:
            event.ignore()
        elif not self._pen.down:
            self.press_at(event.button(), self._pointer(event))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not self._pen.down:
            self.press_at(event.button(), self._pointer(event), double=True)
        else:
            self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._pen.down:
            self.move_to(self._pointer(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self._pen.down:
            self.release_at(event.button(), self._pointer(event))

    def tabletEvent(self, event: QTabletEvent) -> None:
        if event.type() == QEvent.Type.TabletPress:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._pen.take(event)

    @property
    def held(self) -> bool:
        """Whether a button is down: a tool works, or the picture is dragged."""
        return self._button != Qt.MouseButton.NoButton or self._panner.active or self._later.open

    def press_at(self, button: Qt.MouseButton, pointer: Pointer, *, double: bool = False) -> None:
        """A button of mouse or pen went down."""
        if button == Qt.MouseButton.MiddleButton or (button == Qt.MouseButton.LeftButton and self._space):
            self._panner.start(QPointF(pointer.x, pointer.y))
            self._show_cursor()
        elif self._later.press(partial(self.press_at, button, double=double), pointer):
            self._show_cursor()
        elif self.tool is not None and (double or self._button == Qt.MouseButton.NoButton):
            self._button = button
            if self.look.hidden and self._guest is None and tool_row(self._tool_name).paints:
                self.set_look(replace(self.look, hidden=False))  # nothing is painted unseen
            if double:
                self.tool.double(pointer)
            else:
                self.tool.press(pointer)
            self._repaint_tool()

    def move_to(self, pointer: Pointer) -> None:
        """Mouse or pen is dragged, or only hovers."""
        if self._panner.active:
            dx, dy = self._panner.to(QPointF(pointer.x, pointer.y))
            if dx or dy:
                self.pan_by(dx, dy)
            return
        self.cursor_moved.emit(pointer.at.x, pointer.at.y)
        if self.tool is None or self._later.move(self.move_to, pointer):
            return
        if self._button != Qt.MouseButton.NoButton:
            self.tool.move(pointer)
        else:
            self.tool.hover(pointer)
            self._show_cursor()
        self._repaint_tool()

    def release_at(self, button: Qt.MouseButton, pointer: Pointer) -> None:
        """A button of mouse or pen went up."""
        ends_pan = button in (Qt.MouseButton.MiddleButton, Qt.MouseButton.LeftButton)
        if self._panner.active and ends_pan and self._button != button:
            self._panner.stop()
            self._show_cursor()
            return
        if self._later.release(partial(self.release_at, button), pointer):
            return
        if button == self._button and self.tool is not None:
            self._panner.stop()
            self._button = Qt.MouseButton.NoButton
            self.tool.release(pointer)
            self._repaint_tool()

    def gone(self) -> None:
        """Nothing is over the canvas any more."""
        if self.tool is not None and self._button == Qt.MouseButton.NoButton:
            self.tool.hover(None)
            self._repaint_tool()
        self.cursor_left.emit()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._show_cursor()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.gone()
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()
        at = event.position() * self.ratio
        if pans(event, self.wheel):
            dx, dy = self._wheeled.by(shift(event, self.ratio))
            if dx or dy:  # fingers that come down or go up have not moved
                self.pan_by(dx, dy)
        elif event.angleDelta().y():
            self.zoom_at(wheel_factor(event), at.x(), at.y())

    # Keys, focus, gestures, drops

    def event(self, event: QEvent) -> bool:
        kind = event.type()
        if isinstance(event, QNativeGestureEvent):
            return self._native_gesture(event)
        if kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self.uses(event):
            event.accept()
            return True
        if kind == QEvent.Type.DevicePixelRatioChange:
            self._resized()
        return super().event(event)

    @property
    def hovered(self) -> bool:
        """Whether mouse or pen is over the canvas."""
        return self.tool is not None and self.tool.pointer is not None

    @property
    def space(self) -> bool:
        """Whether Space is held for panning."""
        return self._space

    def uses(self, event: QKeyEvent) -> bool:
        """Whether a key means something to the canvas now, before any shortcut does. With Ctrl it is a shortcut's."""
        key, ctrl = event.key(), Qt.KeyboardModifier.ControlModifier
        wanted = self.tool is not None and self.tool.wants(key) and not event.modifiers() & ctrl
        escapes = key == Qt.Key.Key_Escape and (self._busy or self._later.waiting)
        return wanted or key == Qt.Key.Key_Space or escapes

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, tool = event.key(), self.tool
        if key == Qt.Key.Key_Space:
            if not self._space:
                self._space = True
                if self._button != Qt.MouseButton.NoButton:
                    here = QPointF(self.mapFromGlobal(self.cursor().pos())) * self.ratio
                    self._panner.start(self._pen.place or here)
                self._show_cursor()
        elif key == Qt.Key.Key_Escape and self._drop_later():
            self._show_cursor()
        elif key == Qt.Key.Key_Escape and self._busy:
            self.cancel()
        elif tool is not None and tool.key(key):
            self._repaint_tool()
        else:
            super().keyPressEvent(event)
            self._modifiers_changed(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._space = False
                self._panner.stop()
                self._show_cursor()
        else:
            super().keyReleaseEvent(event)
            self._modifiers_changed(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._space = False
        self._pen.lift()
        self._panner.stop()
        if event.reason() != Qt.FocusReason.PopupFocusReason or self._button != Qt.MouseButton.NoButton:
            self._leave()
        if self.tool is not None and self.tool.pointer is not None:
            self.tool.pointer = replace(self.tool.pointer, shift=False, alt=False, ctrl=False)
            self._repaint_tool()  # their release is not heard here any more
        self._show_cursor()
        super().focusOutEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        mime = event.mimeData()
        if mime.hasUrls() or mime.hasImage() or mime.hasText():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.dropped.emit(event.mimeData())

    def stop(self) -> None:
        """Before the end: undo what is begun and wait for the reading thread."""
        self._borrowed.stop()
        super().stop()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.stop()
        super().closeEvent(event)

    # Inside

    def _pointer(self, event: QMouseEvent) -> Pointer:
        right = Qt.MouseButton.RightButton in (event.button(), self._button)
        return pointer_of(self.navigation, event.position(), self.ratio, event.modifiers(), right=right)

    def _modifiers_changed(self, event: QKeyEvent) -> None:
        """What a modifier would do shows before it is done, also while the pointer rests."""
        key, down, tool = event.key(), event.type() == QEvent.Type.KeyPress, self.tool
        if tool is None or tool.pointer is None or key not in _MODIFIERS:
            return
        at = tool.pointer
        pointer = replace(
            at,
            shift=down if key == Qt.Key.Key_Shift else at.shift,
            alt=down if key == Qt.Key.Key_Alt else at.alt,
            ctrl=down if key == Qt.Key.Key_Control else at.ctrl,
        )
        if self._button == Qt.MouseButton.NoButton:
            tool.hover(pointer)
        elif tool.heeds_shift and key == Qt.Key.Key_Shift:
            tool.move(pointer)
        self._repaint_tool()

    def _native_gesture(self, event: QNativeGestureEvent) -> bool:
        at, factor = event.position() * self.ratio, gesture_factor(event, self.navigation)
        if factor is None:
            return False
        if factor == 0.0:
            self.fit()
        else:
            self.zoom_at(factor, at.x(), at.y())
        return True
