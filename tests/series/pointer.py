"""What a grab of a widget lacks: the mouse pointer, drawn as systems draw it; and a few words in a corner."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPolygonF

from desktop.ui.controls.paint import text_width
from desktop.ui.icons import icon
from desktop.ui.theme import font

_ARROW = ((0, 0), (0, 16), (4, 12.5), (6.5, 18.5), (9, 17.5), (6.5, 11.5), (11.5, 11.5))
_TURNED = {
    Qt.CursorShape.SizeHorCursor: (0.0,),
    Qt.CursorShape.SizeVerCursor: (90.0,),
    Qt.CursorShape.SizeFDiagCursor: (45.0,),
    Qt.CursorShape.SizeBDiagCursor: (-45.0,),
    Qt.CursorShape.SizeAllCursor: (0.0, 90.0),
}
_HANDS = (Qt.CursorShape.OpenHandCursor, Qt.CursorShape.ClosedHandCursor)


def draw_pointer(painter: QPainter, at: QPointF, shape: Qt.CursorShape) -> None:
    """Draw the mouse pointer of a shape with its hot spot at a place; a blank one is none."""
    if shape == Qt.CursorShape.BlankCursor:
        return
    painter.save()
    painter.translate(at)
    if shape == Qt.CursorShape.CrossCursor:
        _stroke(painter, _cross())
    elif shape in _HANDS:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 170))
        painter.drawEllipse(QPointF(0, 0), 15, 15)
        icon("hand").paint(painter, -10, -10, 20, 20, mode=QIcon.Mode.Active)
    elif shape in _TURNED:
        for turn in _TURNED[shape]:
            painter.save()
            painter.rotate(turn)
            _stroke(painter, _double_arrow())
            painter.restore()
    else:
        painter.setPen(QPen(QColor(0, 0, 0), 1.2))
        painter.setBrush(QColor(255, 255, 255))
        painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in _ARROW]))
    painter.restore()


def draw_caption(painter: QPainter, text: str, height: float) -> None:
    """A few words on a dark ground in the lower left corner of a frame of that height."""
    painter.setFont(font())
    back = QRectF(8, height - 32, math.ceil(text_width(text, font())) + 16, 24)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(20, 20, 20, 225))
    painter.drawRoundedRect(back, 4, 4)
    painter.setPen(QColor(237, 237, 237))
    painter.drawText(back, Qt.AlignmentFlag.AlignCenter, text)


def _stroke(painter: QPainter, path: QPainterPath) -> None:
    for color, width in ((QColor(0, 0, 0), 3.6), (QColor(255, 255, 255), 1.6)):
        painter.strokePath(path, QPen(color, width))


def _cross() -> QPainterPath:
    path = QPainterPath()
    for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        path.moveTo(3 * dx, 3 * dy)
        path.lineTo(11 * dx, 11 * dy)
    return path


def _double_arrow() -> QPainterPath:
    path = QPainterPath(QPointF(-10, 0))
    path.lineTo(10, 0)
    for side in (-1, 1):
        path.moveTo(side * 6, -4)
        path.lineTo(side * 10, 0)
        path.lineTo(side * 6, 4)
    return path
