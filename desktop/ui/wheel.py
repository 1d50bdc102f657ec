"""What the wheel of a mouse and two fingers on a touchpad do over a picture: they zoom or pan.

Where the system tells them apart (the device on X11, phases on Wayland and macOS), two fingers pan and the wheel zooms.
Windows does not: both come from the mouse, and small turns of either a finely divided or a freely spinning wheel give,
as a touchpad does, are no multiples of a notch. So nothing is guessed there, and people may choose.
"""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QInputDevice, QWheelEvent

NOTCH = 120.0
_PIXELS = 0.5
"""Logical pixels that a picture moves for an eighth of a degree, as lists do."""


class Wheel(StrEnum):
    """What was chosen in the preferences."""

    APART = "apart"
    """The wheel zooms, two fingers pan."""
    ZOOM = "zoom"
    """Both zoom."""
    PAN = "pan"
    """Both pan."""


def by_fingers(event: QWheelEvent) -> bool:
    """Whether this is known to be two fingers on a touchpad."""
    return (
        event.phase() != Qt.ScrollPhase.NoScrollPhase
        or event.device().type() == QInputDevice.DeviceType.TouchPad
    )


def pans(event: QWheelEvent, chosen: Wheel) -> bool:
    """Whether it moves the picture; else it zooms. Ctrl always zooms; Shift and a wheel turned sideways always pan."""
    modifiers, turned = event.modifiers(), event.angleDelta()
    if modifiers & Qt.KeyboardModifier.ControlModifier:
        return False
    if modifiers & Qt.KeyboardModifier.ShiftModifier or chosen == Wheel.PAN:
        return True
    if by_fingers(event):
        return chosen == Wheel.APART
    return turned.y() == 0 and turned.x() != 0


def shift(event: QWheelEvent, ratio: float) -> QPointF:
    """Device pixels by which it moves the picture. Pixels are told truly only together with a phase."""
    exact = event.phase() != Qt.ScrollPhase.NoScrollPhase and not event.pixelDelta().isNull()
    delta = QPointF(event.pixelDelta()) if exact else QPointF(event.angleDelta()) * _PIXELS
    if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and delta.x() == 0.0:
        delta = QPointF(delta.y(), 0.0)
    return delta * ratio


def notches(event: QWheelEvent) -> float:
    """How far it was turned: 1 for a notch away from the hand."""
    return event.angleDelta().y() / NOTCH
