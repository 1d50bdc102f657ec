"""The sign beside the pointer: whether a press would add to the area, take away from it, or keep what is inside."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QRegion

from desktop.ui.canvas.tools.base import Tool, padded, twofold
from desktop.ui.canvas.tools.modes import Mode

_AWAY = 15.0
"""Logical pixels from the pointer to the middle of the sign, to the right and down."""
_ARM = 4.5


def draw_sign(painter: QPainter, tool: Tool, ratio: float) -> None:
    """Draw the sign of a tool that has one, while the pointer is over the picture."""
    mode, at = tool.sign, _middle(tool, ratio)
    if mode is None or at is None:
        return
    painter.save()
    painter.translate(at)
    for pen in twofold(painter, ratio):
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setWidthF(pen.widthF() * 1.25)
        painter.setPen(pen)
        painter.drawPath(_path(mode, _ARM * ratio))
    painter.restore()


def sign_region(tool: Tool, ratio: float) -> QRegion:
    """What `draw_sign` covers now."""
    at = _middle(tool, ratio)
    if tool.sign is None or at is None:
        return QRegion()
    return padded(QRectF(at, at), (_ARM + 4) * ratio)


def _middle(tool: Tool, ratio: float) -> QPointF | None:
    pointer, away = tool.pointer, _AWAY * ratio
    return None if pointer is None else QPointF(pointer.x + away, pointer.y + away)


def _path(mode: Mode, arm: float) -> QPainterPath:
    """A plus, a minus, or the sign of what two sets have in common."""
    path = QPainterPath()
    if mode == "keep":
        path.moveTo(-arm, arm)
        path.lineTo(-arm, 0.0)
        path.arcTo(QRectF(-arm, -arm, 2 * arm, 2 * arm), 180.0, -180.0)
        path.lineTo(arm, arm)
        return path
    path.moveTo(-arm, 0.0)
    path.lineTo(arm, 0.0)
    if mode == "add":
        path.moveTo(0.0, -arm)
        path.lineTo(0.0, arm)
    return path
