"""Strokes and fills that controls and list delegates share. All distances in logical pixels."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen

from desktop.ui.theme import (
    RADIUS,
    SMALL,
    Tone,
    area_color,
    colour,
    contrast,
    current,
    font,
    readable_on,
    tone_colour,
)


def box(
    painter: QPainter,
    rect: QRectF,
    *,
    fill: str = "",
    line: str = "",
    radius: float = RADIUS,
    dashed: bool = False,
) -> None:
    """A rounded box; its one-pixel outline lies inside ``rect``, on whole pixels."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(colour(fill) if fill else Qt.BrushStyle.NoBrush)
    if line:
        pen = QPen(colour(line), 1)
        if dashed:
            pen.setDashPattern([4, 3])
        painter.setPen(pen)
        rect = rect.adjusted(0.5, 0.5, -0.5, -0.5)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
    painter.drawRoundedRect(rect, radius, radius)


def focus_ring(painter: QPainter, rect: QRectF, *, radius: float = RADIUS, on_accent: bool = False) -> None:
    """The ring that shows where the keyboard is; on an accent fill it is drawn inside, in the text's colour."""
    tokens = current()
    inset = 3.0 if on_accent else 0.75
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour(tokens.on_accent if on_accent else tokens.accent), 1.5))
    painter.drawRoundedRect(
        rect.adjusted(inset, inset, -inset, -inset), radius - inset / 2, radius - inset / 2
    )


def line_of_text(
    painter: QPainter,
    rect: QRectF,
    text: str,
    ink: str,
    face: QFont,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """One line of text, middle of ``rect`` in height, with an ellipsis where it does not fit."""
    painter.setFont(face)
    painter.setPen(colour(ink))
    shown = QFontMetricsF(face).elidedText(text, Qt.TextElideMode.ElideRight, rect.width() + 0.5)
    painter.drawText(rect, int(align | Qt.AlignmentFlag.AlignVCenter), shown)


def text_width(text: str, face: QFont) -> int:
    """Whole pixels that ``text`` takes."""
    return int(QFontMetricsF(face).horizontalAdvance(text) + 0.999)


def pill(painter: QPainter, rect: QRectF, text: str, tone: Tone) -> None:
    """The outlined pill of a state, for badges and for delegates."""
    ink = tone_colour(tone)
    radius = rect.height() / 2
    box(painter, rect, line=current().faint if tone is Tone.NEUTRAL else ink, radius=radius)
    line_of_text(painter, rect, text, ink, font(SMALL), Qt.AlignmentFlag.AlignHCenter)


def number_disc(painter: QPainter, rect: QRectF, number: int, fill: str = "") -> None:
    """The disc of an area: its colour (``fill``, else its number's own), and its number in readable ink. The still
    area is number 0."""
    fill = fill or area_color(number)
    tokens = current()
    seen = contrast(fill, tokens.panel) >= 1.5
    box(painter, rect, fill=fill, line="" if seen else tokens.line, radius=rect.height() / 2)
    face = font(bold=True)
    line_of_text(painter, rect, str(number), readable_on(fill), face, Qt.AlignmentFlag.AlignHCenter)


def progress(painter: QPainter, rect: QRectF, share: float | None, phase: float = 0.0) -> None:
    """A slim line with ``share`` (0 to 1) of it done; without a share a piece runs along it, at ``phase`` 0 to 1."""
    tokens = current()
    radius = rect.height() / 2
    box(painter, rect, fill=tokens.line, radius=radius)
    if share is None:
        length = rect.width() * 0.3
        start = rect.left() + (rect.width() + length) * phase - length
        done = QRectF(start, rect.top(), length, rect.height()).intersected(rect)
    else:
        done = QRectF(rect.left(), rect.top(), rect.width() * min(max(share, 0.0), 1.0), rect.height())
    if done.width() > 0:
        box(painter, done, fill=tokens.accent, radius=radius)


def busy_arc(painter: QPainter, rect: QRectF, ink: str, phase: float) -> None:
    """A turning three-quarter ring, at ``phase`` 0 to 1 of a turn."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pen = QPen(colour(ink), 2)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.drawArc(rect.adjusted(1, 1, -1, -1), round(-phase * 360 * 16), 270 * 16)


def handle(painter: QPainter, centre: QPointF, *, enabled: bool, focused: bool) -> None:
    """The round handle of a slider, with a gap around it; the focus is a ring outside the gap."""
    tokens = current()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if focused:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour(tokens.accent), 1.5))
        painter.drawEllipse(centre, 8.25, 8.25)
    painter.setPen(QPen(colour(tokens.window), 1.5))
    painter.setBrush(colour(tokens.text if enabled else tokens.faint))
    painter.drawEllipse(centre, 6.25, 6.25)
