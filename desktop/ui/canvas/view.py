"""The canvas: shows the open shot and lets the tools work on it."""

from __future__ import annotations

from dataclasses import replace

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
    QPainter,
    QRegion,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from desktop.core.geometry import Box
from desktop.core.shot import Shot
from desktop.ui.canvas.commands import carry_out
from desktop.ui.canvas.display import CanvasDisplay
from desktop.ui.canvas.pen import Pen
from desktop.ui.canvas.pointing import (
    Panner,
    pointer_of,
    wheel_factor,
    wheel_pans,
    wheel_shift,
)
from desktop.ui.canvas.tools.base import Pointer, Tool
from desktop.ui.canvas.tools.options import ToolOptions
from desktop.ui.canvas.tools.table import tool_row
from desktop.ui.session import Session

_BUTTON_STEP = 1.25
_BUTTONS = (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton)


class CanvasView(CanvasDisplay):
    """The display with its tools: pointer, pen, wheel, keys and drops."""

    cursor_moved = Signal(float, float)
    """Image position under the pointer."""
    cursor_left = Signal()
    tool_changed = Signal(str)
    begun_changed = Signal()
    """``undo_title`` or ``redo_title`` is another one."""
    hint_changed = Signal(object)
    """``list[tuple[str, str]]``: what to press or drag, and what it does."""
    dropped = Signal(object)
    """The ``QMimeData`` of a drop with files, addresses or a picture; valid only during the signal."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.options = ToolOptions(self)
        self._tools: dict[str, Tool] = {}
        self._guest: Tool | None = None
        self._tool_name = "brush"
        self._other_tool = "eraser"
        self._button = Qt.MouseButton.NoButton
        self._space = False
        self._panner = Panner()
        self._drawn = QRegion()
        self._titles = ("", "")
        self._pen = Pen(self, self)
        self.setMouseTracking(True)
        self.setTabletTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        session.gesture_taken.connect(self._gesture_taken)
        self.options.changed.connect(self._options_changed)
        self.options.crop.changed.connect(self._options_changed)
        self.options.align.changed.connect(self._repaint_tool)
        self.options.align.started.connect(self._areas_changed)
        session.edited.connect(self.options.align.shot_edited)
        self._open()

    # Tools

    @property
    def tool_name(self) -> str:
        """The chosen tool."""
        return self._tool_name

    @property
    def tool(self) -> Tool | None:
        """The tool that has the pointer: the chosen one, or a guest; None while no shot is open."""
        return self._guest or self._tools.get(self._tool_name)

    def lend(self, tool: Tool | None) -> None:
        """Let a guest have the pointer in the place of the chosen tool; None gives it back."""
        if tool is not self._guest:
            if self.tool is not None:
                self.tool.hover(None)
            self._guest = tool
            self._button = Qt.MouseButton.NoButton
            self._hover_here()
            self._show_cursor()
            self._repaint_tool()
            self.tell_hints()

    def set_tool(self, name: str) -> None:
        """Choose a tool of `tools.table.TOOLS`; the present one settles what it has begun. Raises KeyError."""
        tool_row(name)
        if name == self._tool_name:
            return
        if self.tool is not None:
            if self.tool.busy:
                self.tool.settle()
            self.tool.hover(None)
        self._button = Qt.MouseButton.NoButton
        covered = self.tool is not None and self.tool.covers_areas
        self._other_tool, self._tool_name = self._tool_name, name
        self._hover_here()
        self._show_cursor()
        if covered or self.areas_hidden() != self.look.hidden:
            self._areas_changed()
        self._repaint_tool()
        self.tool_changed.emit(name)
        self.tell_hints()

    def cancel(self) -> None:
        """Undo what the tool has begun."""
        tool = self.tool
        if tool is not None and tool.busy:
            tool.cancel()
            self._repaint_tool()
        self._button = Qt.MouseButton.NoButton

    def _leave(self) -> None:
        """The keyboard is elsewhere."""
        tool = self.tool
        if tool is not None and tool.busy:
            tool.leave()
            self._repaint_tool()
        self._button = Qt.MouseButton.NoButton

    @property
    def undo_title(self) -> str:
        """What undo takes back of what the tool has begun; empty when it is the document's turn."""
        return "" if self.tool is None else self.tool.undo_title

    @property
    def redo_title(self) -> str:
        """The same for redo."""
        return "" if self.tool is None else self.tool.redo_title

    def undo(self) -> None:
        """Take back the last of what the tool has begun, or the document's last step."""
        if self.tool is not None and self.tool.undo_title:
            self.tool.undo()
            self._repaint_tool()
        else:
            self.session.undo()

    def redo(self) -> None:
        """Do again what was taken back last."""
        if self.tool is not None and self.tool.redo_title:
            self.tool.redo()
            self._repaint_tool()
        else:
            self.session.redo()

    def repaint_tool(self) -> None:
        """What the tool draws over the picture is something else now."""
        self._repaint_tool()

    def tell_hints(self) -> None:
        """The tool's hints may be others now."""
        self.hint_changed.emit([] if self.tool is None else self.tool.hints())

    def run(self, name: str) -> None:
        """Carry out a command of `tools.table.COMMANDS`. Raises KeyError for an unknown one."""
        carry_out(self, name)

    def swap_eraser(self) -> None:
        """From the eraser to the tool before it, from any other tool to the eraser."""
        self.set_tool(self._other_tool if self._tool_name == "eraser" else "eraser")

    def zoom_in(self) -> None:
        """One step in, at the pointer if it is here."""
        self._zoom_step(_BUTTON_STEP)

    def zoom_out(self) -> None:
        """One step out, at the pointer if it is here."""
        self._zoom_step(1 / _BUTTON_STEP)

    def draw_over(self, painter: QPainter) -> None:
        if self.tool is not None:
            self.tool.draw(painter)

    def crop_shown(self, shot: Shot) -> Box | None:
        crop = shot.image.crop
        return crop if self.tool is None else self.tool.crop_shown(crop)

    def areas_hidden(self) -> bool:
        return super().areas_hidden() or (self.tool is not None and self.tool.covers_areas)

    def stop(self) -> None:
        """Before the end: undo what is begun and wait for the reading thread."""
        self.cancel()
        for tool in self._tools.values():
            tool.stop()
        super().stop()

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
        return self._button != Qt.MouseButton.NoButton or self._panner.active

    def press_at(self, button: Qt.MouseButton, pointer: Pointer, *, double: bool = False) -> None:
        """A button of mouse or pen went down."""
        if button == Qt.MouseButton.MiddleButton or (button == Qt.MouseButton.LeftButton and self._space):
            self._panner.start(QPointF(pointer.x, pointer.y))
            self._show_cursor()
        elif self.tool is not None and (double or self._button == Qt.MouseButton.NoButton):
            self._button = button
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
        if self.tool is None:
            return
        if self._button != Qt.MouseButton.NoButton:
            self.tool.move(pointer)
        else:
            self.tool.hover(pointer)
            if self.cursor().shape() != self.tool.cursor:
                self._show_cursor()
        self._repaint_tool()

    def release_at(self, button: Qt.MouseButton, pointer: Pointer) -> None:
        """A button of mouse or pen went up."""
        ends_pan = button in (Qt.MouseButton.MiddleButton, Qt.MouseButton.LeftButton)
        if self._panner.active and ends_pan and self._button != button:
            self._panner.stop()
            self._show_cursor()
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
        if wheel_pans(event):
            shift = wheel_shift(event, self.ratio)
            self.pan_by(shift.x(), shift.y())
        else:
            self.zoom_at(wheel_factor(event), at.x(), at.y())

    # Keys, focus, gestures, drops

    def event(self, event: QEvent) -> bool:
        kind = event.type()
        if isinstance(event, QNativeGestureEvent):
            return self._native_gesture(event)
        if kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            wanted = self.tool is not None and self.tool.wants(event.key())
            if wanted or event.key() == Qt.Key.Key_Space or (event.key() == Qt.Key.Key_Escape and self._busy):
                event.accept()
                return True
        if kind == QEvent.Type.DevicePixelRatioChange:
            self._resized()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, tool = event.key(), self.tool
        if key == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._space = True
                if self._button != Qt.MouseButton.NoButton:
                    here = QPointF(self.mapFromGlobal(self.cursor().pos())) * self.ratio
                    self._panner.start(self._pen.place or here)
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
        self._show_cursor()
        super().focusOutEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        mime = event.mimeData()
        if mime.hasUrls() or mime.hasImage() or mime.hasText():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.dropped.emit(event.mimeData())

    def closeEvent(self, event: QCloseEvent) -> None:
        self.stop()
        super().closeEvent(event)

    # Inside

    @property
    def _busy(self) -> bool:
        return self.tool is not None and self.tool.busy

    def _pointer(self, event: QMouseEvent) -> Pointer:
        right = Qt.MouseButton.RightButton in (event.button(), self._button)
        return pointer_of(self.navigation, event.position(), self.ratio, event.modifiers(), right=right)

    def _hover_here(self) -> None:
        """Let a new tool know where the pointer is."""
        at = self.mapFromGlobal(self.cursor().pos())
        if self.tool is not None and self.underMouse() and self.rect().contains(at):
            modifiers = Qt.KeyboardModifier.NoModifier
            self.tool.hover(pointer_of(self.navigation, QPointF(at), self.ratio, modifiers))

    def _modifiers_changed(self, event: QKeyEvent) -> None:
        """Shift shows the straight line before it is drawn."""
        tool = self.tool
        if event.key() != Qt.Key.Key_Shift or tool is None or tool.pointer is None:
            return
        pointer = replace(tool.pointer, shift=event.type() == QEvent.Type.KeyPress)
        if self._button == Qt.MouseButton.NoButton:
            tool.hover(pointer)
        elif tool.heeds_shift:
            tool.move(pointer)
        self._repaint_tool()

    def _native_gesture(self, event: QNativeGestureEvent) -> bool:
        at = event.position() * self.ratio
        if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.zoom_at(max(1.0 + event.value(), 0.2), at.x(), at.y())
            return True
        if event.gestureType() == Qt.NativeGestureType.SmartZoomNativeGesture:
            if self.navigation.fitted:
                self.zoom_at(1.0 / self.zoom, at.x(), at.y())
            else:
                self.fit()
            return True
        return False

    def _zoom_step(self, factor: float) -> None:
        nav = self.navigation
        pointer = self.tool.pointer if self.tool is not None and self.underMouse() else None
        x, y = (nav.view_width / 2, nav.view_height / 2) if pointer is None else (pointer.x, pointer.y)
        self.zoom_at(factor, x, y)

    def _show_cursor(self) -> None:
        if self._panner.active:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._space:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.setCursor(Qt.CursorShape.ArrowCursor if self.tool is None else self.tool.cursor)

    def _open(self) -> None:
        self.cancel()
        super()._open()
        self._show_cursor()
        self.tell_hints()

    def _follow(self, shot: Shot) -> None:
        if not self._tools:
            # The tools bring OpenCV in: the window shows before it is loaded.
            from desktop.ui.canvas.tools.make import make_tools

            self._tools = make_tools(self)
        super()._follow(shot)

    def _areas_changed(self) -> None:
        super()._areas_changed()
        self.tell_hints()

    def _active_changed(self, label: int) -> None:
        super()._active_changed(label)
        self.tell_hints()

    def _moved(self) -> None:
        tool = self.tool
        if tool is not None and tool.pointer is not None:
            at = self.navigation.to_image(tool.pointer.x, tool.pointer.y)
            tool.pointer = replace(tool.pointer, at=at)
        super()._moved()

    def _gesture_taken(self) -> None:
        """A tool that only begins has taken it from somebody else: it goes on."""
        if self.tool is not None and self.tool.busy:
            self.tool.forget()
            self._button = Qt.MouseButton.NoButton
        self._repaint_tool()

    def _options_changed(self) -> None:
        self._repaint_tool()
        self.tell_hints()

    def _repaint_tool(self) -> None:
        """Paint again where the tool drew and where it draws now."""
        region = QRegion() if self.tool is None else self.tool.region()
        self._update_device(self._drawn + region)
        self._drawn = region
        titles = self.undo_title, self.redo_title
        if titles != self._titles:
            self._titles = titles
            self.begun_changed.emit()
