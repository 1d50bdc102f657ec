"""A tablet's pen over a canvas: real `QTabletEvent`s at image positions."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QInputDevice, QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QApplication

from desktop.core.geometry import Point
from desktop.ui.canvas.view import CanvasView
from tests.canvas_hands import LEFT, NONE, PLAIN

_Kind = QPointingDevice.PointerType
_Can = QInputDevice.Capability


def _device(name: str, number: int, kind: _Kind, can: _Can) -> QPointingDevice:
    return QPointingDevice(name, number, QInputDevice.DeviceType.Stylus, kind, can, 1, 3)


TIP = _device("tip", 1, _Kind.Pen, _Can.Position | _Can.Pressure)
ERASER = _device("eraser", 2, _Kind.Eraser, _Can.Position | _Can.Pressure)
BLUNT = _device("blunt", 3, _Kind.Pen, _Can.Position)
"""A pen that cannot tell how hard it is pressed."""


class PenHands:
    """A pen; ``through_window`` lets Qt find the widget under it, as events from a tablet do."""

    def __init__(self, view: CanvasView, *, through_window: bool = False) -> None:
        self.view = view
        self.through_window = through_window
        self.device = TIP
        self.held = NONE
        self.modifiers = PLAIN
        self.time = 1000

    def press(self, x: float, y: float, pressure: float = 1.0, button: Qt.MouseButton = LEFT) -> None:
        self.held |= button
        self._send(QEvent.Type.TabletPress, x, y, pressure, button)

    def move(self, x: float, y: float, pressure: float = 1.0) -> None:
        self._send(QEvent.Type.TabletMove, x, y, pressure if self.held else 0.0, NONE)

    def release(self, x: float, y: float, button: Qt.MouseButton = LEFT) -> None:
        self.held &= ~button
        self._send(QEvent.Type.TabletRelease, x, y, 0.0, button)

    def hover(self, x: float, y: float) -> None:
        """Over the tablet without touching it."""
        self.held = NONE
        self.move(x, y)

    def tap(self, x: float, y: float, button: Qt.MouseButton = LEFT) -> None:
        self.press(x, y, 1.0, button)
        self.release(x, y, button)

    def drag(self, *places: Sequence[float], button: Qt.MouseButton = LEFT) -> None:
        """Each place is x, y and, where it is not full, the pressure."""
        x, y, pressure = (*places[0], 1.0)[:3]
        self.press(x, y, pressure, button)
        for place in places[1:]:
            x, y, pressure = (*place, 1.0)[:3]
            self.move(x, y, pressure)
        self.release(x, y, button)

    def wait(self, seconds: float) -> None:
        """Let time go by for the events."""
        self.time += round(seconds * 1000)

    def leave(self) -> None:
        """Lift the pen out of the tablet's reach: the application alone hears of it."""
        kind = QEvent.Type.TabletLeaveProximity
        far = QPointF(-1, -1)
        event = QTabletEvent(kind, self.device, far, far, 0, 0, 0, 0, 0, 0, PLAIN, NONE, NONE)
        app = QApplication.instance()
        assert app is not None
        QCoreApplication.sendEvent(app, event)

    def place(self, x: float, y: float) -> QPointF:
        """The logical position in the view of an image position."""
        left, top = self.view.navigation.to_view(Point(x, y))
        return QPointF(left / self.view.ratio, top / self.view.ratio)

    def _send(self, kind: QEvent.Type, x: float, y: float, pressure: float, button: Qt.MouseButton) -> None:
        self.time += 8
        at = self.place(x, y)
        target: QObject = self.view
        where = at
        if self.through_window:
            window = self.view.window()
            target, where = window.windowHandle(), self.view.mapTo(window, at)
        event = QTabletEvent(
            kind,
            self.device,
            where,
            QPointF(self.view.mapToGlobal(at)),
            pressure if self.device is not BLUNT else 0.0,
            0,
            0,
            0,
            0,
            0,
            self.modifiers,
            button,
            self.held,
        )
        event.setTimestamp(self.time)
        QCoreApplication.sendEvent(target, event)
