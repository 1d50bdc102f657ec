"""Qt's events as `Pointer`s, and panning by hand inside any tool."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QNativeGestureEvent, QWheelEvent

from desktop.ui.canvas.navigation import Navigation
from desktop.ui.canvas.tools.base import Pointer
from desktop.ui.wheel import notches

_ZOOM_PER_STEP = 1.19
_Modifier = Qt.KeyboardModifier


def pointer_of(
    navigation: Navigation,
    position: QPointF,
    ratio: float,
    modifiers: Qt.KeyboardModifier,
    *,
    right: bool = False,
    pressure: float = 1.0,
) -> Pointer:
    """The pointer at a logical position of the view."""
    x, y = position.x() * ratio, position.y() * ratio
    return Pointer(
        navigation.to_image(x, y),
        x,
        y,
        right,
        bool(modifiers & _Modifier.ShiftModifier),
        bool(modifiers & _Modifier.AltModifier),
        bool(modifiers & _Modifier.ControlModifier),
        pressure,
    )


def wheel_factor(event: QWheelEvent) -> float:
    """How much a turn of the wheel zooms."""
    return float(_ZOOM_PER_STEP ** notches(event))


def gesture_factor(event: QNativeGestureEvent, navigation: Navigation) -> float | None:
    """How much a gesture on a touchpad zooms: 0 to fit the picture, None when it means something else."""
    if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
        return max(1.0 + event.value(), 0.2)
    if event.gestureType() == Qt.NativeGestureType.SmartZoomNativeGesture:
        return 1.0 / navigation.zoom if navigation.fitted else 0.0
    return None


class Steps:
    """Whole device pixels of a movement, without losing fractions on the way."""

    def __init__(self) -> None:
        self._rest = QPointF(0.0, 0.0)

    def by(self, moved: QPointF) -> tuple[int, int]:
        """What to move by now."""
        wanted = moved + self._rest
        dx, dy = math.floor(wanted.x() + 0.5), math.floor(wanted.y() + 0.5)
        self._rest = wanted - QPointF(dx, dy)
        return dx, dy


class Panner:
    """Moves the picture with the pointer."""

    def __init__(self) -> None:
        self._last: QPointF | None = None
        self._steps = Steps()

    @property
    def active(self) -> bool:
        """Whether the picture is held."""
        return self._last is not None

    def start(self, at: QPointF) -> None:
        """Take hold at a place (device pixels)."""
        self._last, self._steps = at, Steps()

    def to(self, at: QPointF) -> tuple[int, int]:
        """Whole device pixels to move by, now that the pointer is here."""
        if self._last is None:
            return 0, 0
        moved, self._last = at - self._last, at
        return self._steps.by(moved)

    def stop(self) -> None:
        """Let go."""
        self._last = None
