"""A tablet's pen on the canvas: what it does that a mouse does not, and what becomes of a stroke it leaves open."""

from __future__ import annotations

import math
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QInputDevice, QPointingDevice, QTabletEvent

from desktop.ui.canvas.navigation import Navigation
from desktop.ui.canvas.pointing import pointer_of
from desktop.ui.canvas.tools.base import Pointer

_Button = Qt.MouseButton
_DOUBLE_REACH = 10.0
"""Logical pixels between two taps that count as one double tap: a pen lands less exactly than a mouse stands."""


class Hand(Protocol):
    """The canvas as the pen sees it."""

    navigation: Navigation

    @property
    def ratio(self) -> float:
        """Device pixels per logical pixel."""

    @property
    def held(self) -> bool:
        """Whether a button is down: a tool works, or the picture is dragged."""

    def press_at(self, button: Qt.MouseButton, pointer: Pointer, *, double: bool = False) -> None:
        """A button went down."""

    def move_to(self, pointer: Pointer) -> None:
        """Dragged, or only hovering."""

    def release_at(self, button: Qt.MouseButton, pointer: Pointer) -> None:
        """A button went up."""

    def gone(self) -> None:
        """Nothing is over the canvas any more."""


def presses(event: QTabletEvent) -> bool:
    """Whether the device can tell how hard it is pressed."""
    return event.pointingDevice().hasCapability(QInputDevice.Capability.Pressure)


def pressure_of(event: QTabletEvent) -> float:
    """A pen's pressure 0 to 1; a device that cannot tell presses fully."""
    return event.pressure() if presses(event) else 1.0


class Pen(QObject):
    """Turns tablet events into presses, moves and releases. The eraser end and the barrel's button count as the right
    button. While the pen is down the mouse has no say, and the other way round.

    A stroke whose release never comes (the pen is out of reach, the keyboard went elsewhere) ends where the pen was
    last: all that was drawn stays.
    """

    def __init__(self, hand: Hand, parent: QObject) -> None:
        super().__init__(parent)
        self._hand = hand
        self._button = _Button.NoButton
        self._last: Pointer | None = None
        self._near = False
        self._tap: tuple[int, QPointF] | None = None

    @property
    def down(self) -> bool:
        """Whether what the pen has begun still goes on."""
        if not self._hand.held:
            self._button = _Button.NoButton
        return self._button != _Button.NoButton

    @property
    def place(self) -> QPointF | None:
        """Where the pen is down, in device pixels of the view."""
        return QPointF(self._last.x, self._last.y) if self.down and self._last is not None else None

    def take(self, event: QTabletEvent) -> None:
        """A press, move or release of the pen."""
        event.accept()
        self._come_near()
        hand, kind, pointer = self._hand, event.type(), self._pointer(event)
        if hand.held and not self.down:
            return
        if kind == QEvent.Type.TabletPress:
            self._press(event, pointer)
        elif kind == QEvent.Type.TabletRelease:
            if self.down and event.button() == self._button:
                self._button = _Button.NoButton
                hand.release_at(event.button(), pointer)
        else:
            if self.down and event.buttons() == _Button.NoButton:
                self.lift()
            self._last = pointer
            hand.move_to(pointer)

    def lift(self) -> None:
        """End what the pen has begun where it was last."""
        if self.down and self._last is not None:
            button, self._button = self._button, _Button.NoButton
            self._hand.release_at(button, self._last)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Only the application hears that a pen has left."""
        if event.type() == QEvent.Type.TabletLeaveProximity and self._near:
            self._near = False
            watched.removeEventFilter(self)
            self.lift()
            self._hand.gone()
        return False

    def _come_near(self) -> None:
        app = QCoreApplication.instance()
        if not self._near and app is not None:
            self._near = True
            app.installEventFilter(self)

    def _press(self, event: QTabletEvent, pointer: Pointer) -> None:
        button = event.button()
        in_the_air = presses(event) and event.pressure() == 0.0 and button == _Button.RightButton
        if self._hand.held or in_the_air:  # a barrel's button erases as soon as the tip is down too
            return
        double = self._doubles(event)
        self._hand.press_at(button, pointer, double=double)
        if self._hand.held:
            self._button, self._last = button, pointer

    def _doubles(self, event: QTabletEvent) -> bool:
        """Whether this is the second of two quick taps; Qt finds those of the mouse alone."""
        now, at = event.timestamp(), event.position()
        before, self._tap = self._tap, (now, at)
        if before is None or event.button() != _Button.LeftButton:
            return False
        near = math.hypot(at.x() - before[1].x(), at.y() - before[1].y()) <= _DOUBLE_REACH
        quick = 0 < now - before[0] <= QGuiApplication.styleHints().mouseDoubleClickInterval()
        if near and quick:
            self._tap = None
        return near and quick

    def _pointer(self, event: QTabletEvent) -> Pointer:
        right = (
            event.pointerType() == QPointingDevice.PointerType.Eraser
            or event.button() == _Button.RightButton
            or bool(event.buttons() & _Button.RightButton)
        )
        return pointer_of(
            self._hand.navigation,
            event.position(),
            self._hand.ratio,
            event.modifiers(),
            right=right,
            pressure=pressure_of(event),
        )
