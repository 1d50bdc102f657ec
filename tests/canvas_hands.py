"""A canvas with a picture, and hands that drive it by real Qt events at image positions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QImage,
    QInputDevice,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPointingDevice,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from desktop.core.areas import MotionArea
from desktop.core.geometry import Point
from desktop.core.label_map import LabelMap
from desktop.core.shot import Shot, SourceImage, new_shot
from desktop.core.waiting import WaitingOutline
from desktop.imaging.pyramid import picture_levels
from desktop.ui.canvas.view import CanvasView
from desktop.ui.session import Session

LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
NONE = Qt.MouseButton.NoButton
PLAIN, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier

TOUCHPAD = QPointingDevice(
    "touchpad",
    9,
    QInputDevice.DeviceType.TouchPad,
    QPointingDevice.PointerType.Finger,
    QInputDevice.Capability.Position,
    2,
    1,
)
MOUSE = QPointingDevice(
    "mouse",
    8,
    QInputDevice.DeviceType.Mouse,
    QPointingDevice.PointerType.Generic,
    QInputDevice.Capability.Position | QInputDevice.Capability.Scroll,
    1,
    3,
)
_PINCH = Qt.NativeGestureType.ZoomNativeGesture


def shot_of(width: int, height: int, *numbers: int) -> Shot:
    """A shot with these areas (labels) and nothing painted. Its picture has no file: pixels are set by hand."""
    shot = new_shot("shot", SourceImage(b"", "image/png", width, height, "plain.png"))
    return replace(shot, areas=tuple(MotionArea(label) for label in numbers))


def outlines(view: CanvasView) -> tuple[WaitingOutline, ...]:
    """The outlines that wait, that of the chosen tool first."""
    return tuple(begun for begun in view.waiting() if isinstance(begun, WaitingOutline))


def gradient(width: int, height: int) -> npt.NDArray[np.uint8]:
    """A picture in which every pixel differs from its neighbours."""
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([x * 7 % 256, y * 5 % 256, (x + y) * 3 % 256], axis=-1).astype(np.uint8)


def open_canvas(shot: Shot, width: int = 500, height: int = 400) -> CanvasView:
    """A shown canvas of ``width`` x ``height`` logical pixels with the shot's picture as a gradient."""
    view = CanvasView(Session(shot))
    view.session.setParent(view)
    view.resize(width, height)
    view.show()
    view.set_levels(dict(enumerate(picture_levels(gradient(shot.image.width, shot.image.height)))))
    QApplication.processEvents()
    return view


def labels(view: CanvasView) -> LabelMap:
    """The live label map."""
    shot = view.session.shot
    assert shot is not None
    return shot.label_map


def shot(view: CanvasView) -> Shot:
    """The open shot."""
    opened = view.session.shot
    assert opened is not None
    return opened


def settle(view: CanvasView) -> None:
    """Let the view draw on until nothing is left, as it does between the moves of a hand."""
    view.repaint()
    while not view.settled:
        QApplication.processEvents()


def pixels(view: CanvasView) -> npt.NDArray[np.uint8]:
    """What the canvas shows once it is drawn in full: H x W x 4 (blue, green, red, alpha) in device pixels."""
    view.grab()
    while not view.sharp:
        QApplication.processEvents()
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    data = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return data[:, : image.width()].copy()


def roll(
    widget: QWidget,
    at: QPointF,
    angle: QPoint,
    pixels: QPoint | None = None,
    *,
    device: QPointingDevice | None = None,
    phase: Qt.ScrollPhase = Qt.ScrollPhase.NoScrollPhase,
    modifiers: Qt.KeyboardModifier = PLAIN,
) -> None:
    """A wheel, or two fingers on a touchpad, over a widget."""
    event = QWheelEvent(
        at,
        QPointF(widget.mapToGlobal(at)),
        pixels or QPoint(),
        angle,
        NONE,
        modifiers,
        phase,
        False,
        Qt.MouseEventSource.MouseEventNotSynthesized,
        device or MOUSE,
    )
    QCoreApplication.sendEvent(widget, event)


class Hands:
    """Mouse, wheel, pen and keys at image positions."""

    def __init__(self, view: CanvasView) -> None:
        self.view = view
        self.held = NONE
        self.modifiers = PLAIN

    def place(self, x: float, y: float) -> QPointF:
        """The logical position in the view of an image position."""
        left, top = self.view.navigation.to_view(Point(x, y))
        return QPointF(left / self.view.ratio, top / self.view.ratio)

    def press(self, x: float, y: float, button: Qt.MouseButton = LEFT) -> None:
        self.held = button
        self._mouse(QEvent.Type.MouseButtonPress, self.place(x, y), button, button)

    def move(self, x: float, y: float) -> None:
        self._mouse(QEvent.Type.MouseMove, self.place(x, y), NONE, self.held)

    def release(self, x: float, y: float) -> None:
        button, self.held = self.held, NONE
        self._mouse(QEvent.Type.MouseButtonRelease, self.place(x, y), button, NONE)

    def double(self, x: float, y: float) -> None:
        self.click(x, y)
        self._mouse(QEvent.Type.MouseButtonDblClick, self.place(x, y), LEFT, LEFT)
        self.held = LEFT
        self.release(x, y)

    def click(self, x: float, y: float, button: Qt.MouseButton = LEFT) -> None:
        self.press(x, y, button)
        self.release(x, y)

    def drag(self, *places: tuple[float, float], button: Qt.MouseButton = LEFT) -> None:
        """Press at the first place, pass all others, release at the last."""
        self.press(*places[0], button)
        for place in places[1:]:
            self.move(*place)
        self.release(*places[-1])

    def drag_view(self, start: QPointF, end: QPointF, button: Qt.MouseButton) -> None:
        """Drag between two logical positions of the view."""
        self._mouse(QEvent.Type.MouseButtonPress, start, button, button)
        self._mouse(QEvent.Type.MouseMove, (start + end) / 2, NONE, button)
        self._mouse(QEvent.Type.MouseMove, end, NONE, button)
        self._mouse(QEvent.Type.MouseButtonRelease, end, button, NONE)

    def move_view(self, at: QPointF) -> None:
        """Move to a logical position of the view with what is held."""
        self._mouse(QEvent.Type.MouseMove, at, NONE, self.held)

    def wheel(self, at: QPointF, steps: float, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        self.turn(at, QPoint(0, round(120 * steps)), modifiers=modifiers)

    def turn(
        self,
        at: QPointF,
        angle: QPoint,
        pixels: QPoint | None = None,
        *,
        device: QPointingDevice | None = None,
        phase: Qt.ScrollPhase = Qt.ScrollPhase.NoScrollPhase,
        modifiers: Qt.KeyboardModifier = PLAIN,
    ) -> None:
        """A wheel or two fingers, as a system tells of them, over a logical position of the view."""
        roll(self.view, at, angle, pixels, device=device, phase=phase, modifiers=modifiers)

    def pinch(self, at: QPointF, grown: float, kind: Qt.NativeGestureType = _PINCH) -> None:
        """Two fingers of a touchpad spread by this share over a logical position of the view, or another gesture."""
        place = QPointF(self.view.mapToGlobal(at))
        event = QNativeGestureEvent(kind, TOUCHPAD, 2, at, at, place, grown, QPointF())
        QCoreApplication.sendEvent(self.view, event)

    def two_fingers(self, at: QPointF, dx: int, dy: int) -> None:
        """Two fingers of a touchpad push by logical pixels."""
        place, phase = QPointF(self.view.mapToGlobal(at)), Qt.ScrollPhase.ScrollUpdate
        event = QWheelEvent(at, place, QPoint(dx, dy), QPoint(2 * dx, 2 * dy), NONE, PLAIN, phase, False)
        QCoreApplication.sendEvent(self.view, event)

    def key(self, key: Qt.Key, *, down: bool = True, up: bool = True) -> None:
        if down:
            QCoreApplication.sendEvent(self.view, QKeyEvent(QEvent.Type.KeyPress, key, self.modifiers))
        if up:
            QCoreApplication.sendEvent(self.view, QKeyEvent(QEvent.Type.KeyRelease, key, self.modifiers))

    def _mouse(self, kind: QEvent.Type, at: QPointF, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
        place = QPointF(self.view.mapToGlobal(at))
        QCoreApplication.sendEvent(self.view, QMouseEvent(kind, at, place, button, held, self.modifiers))
