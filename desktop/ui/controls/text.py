"""Labels with a role in the type scale, and small layouts that every control uses."""

from collections.abc import Iterable
from math import floor
from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.ui.controls.paint import text_width
from desktop.ui.theme import SMALL, SPACE, TEXT, colour, current, font

Ink = Literal["text", "muted", "faint", "accent", "good", "warn", "bad"]
Surface = Literal["stage", "window", "panel", "raised"]


def set_property(widget: QWidget, name: str, value: str | bool) -> None:
    """Set what the stylesheet asks for, and let it look again."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.update()


def set_surface(widget: QWidget, surface: Surface) -> None:
    """Give a plain container one of the four backgrounds."""
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
    set_property(widget, "surface", surface)


class Label(QLabel):
    """Text in one of two sizes and weights. One line ends in an ellipsis where room is short; ``wrap`` breaks lines."""

    def __init__(
        self,
        text: str = "",
        *,
        ink: Ink = "text",
        size: int = TEXT,
        bold: bool = False,
        caps: bool = False,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._caps = caps
        face = font(size, bold=bold)
        if caps:
            face.setCapitalization(QFont.Capitalization.AllUppercase)
        self.setFont(face)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        self.setProperty("ink", ink)
        policy = QSizePolicy.Policy
        self.setSizePolicy(policy.Preferred, policy.Preferred if wrap else policy.Fixed)
        self.setText(text)

    def set_ink(self, ink: Ink) -> None:
        set_property(self, "ink", ink)

    def setText(self, text: str) -> None:
        super().setText(text)
        self._tell_what_is_cut()

    def _wanted_width(self) -> int:
        shown = self.text().upper() if self._caps else self.text()
        return text_width(shown, self.font()) + 1

    def _tell_what_is_cut(self) -> None:
        if not self.wordWrap():
            self.setToolTip(self.text() if self._wanted_width() > self.width() else "")

    def sizeHint(self) -> QSize:
        if self.wordWrap():
            return super().sizeHint()
        return QSize(self._wanted_width(), self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        if self.wordWrap():
            return QSize(60, super().minimumSizeHint().height())
        return QSize(min(self._wanted_width(), 24), self.fontMetrics().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell_what_is_cut()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.wordWrap():
            super().paintEvent(event)
            return
        with QPainter(self) as painter:
            painter.setFont(self.font())
            painter.setPen(self.palette().color(self.foregroundRole()))
            shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
            painter.drawText(
                QRectF(self.rect()), int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), shown
            )


def small(text: str = "", ink: Ink = "faint") -> Label:
    """Secondary text of 11 pixels."""
    return Label(text, ink=ink, size=SMALL)


class Rule(QWidget):
    """A line of one logical pixel; where that is no whole number of the screen's, of as many as fit in it, so that
    all lines are equally strong wherever they fall."""

    def __init__(self, vertical: bool = False) -> None:
        super().__init__()
        self._vertical = vertical
        if vertical:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        thick = max(1, floor(ratio)) / ratio
        wide, high = (thick, self.height()) if self._vertical else (self.width(), thick)
        with QPainter(self) as painter:
            painter.fillRect(QRectF(0, 0, wide, high), colour(current().line))


def rule(vertical: bool = False) -> Rule:
    """A line between regions."""
    return Rule(vertical)


def row(
    *items: QWidget | QLayout | int, gap: int = 2, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QHBoxLayout:
    """Widgets side by side; an int is a stretch. Gap and margins count in ``SPACE``."""
    layout = QHBoxLayout()
    fill(layout, items, gap, margins)
    return layout


def column(
    *items: QWidget | QLayout | int, gap: int = 2, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QVBoxLayout:
    """Widgets under each other; an int is a stretch. Gap and margins count in ``SPACE``."""
    layout = QVBoxLayout()
    fill(layout, items, gap, margins)
    return layout


def fill(
    layout: QBoxLayout, items: Iterable[QWidget | QLayout | int], gap: int, margins: tuple[int, int, int, int]
) -> None:
    """Put ``items`` into ``layout``: see ``row`` and ``column``."""
    layout.setContentsMargins(*(side * SPACE for side in margins))
    layout.setSpacing(gap * SPACE)
    for item in items:
        if isinstance(item, QWidget):
            layout.addWidget(item)
        elif isinstance(item, QLayout):
            layout.addLayout(item)
        else:
            layout.addStretch(item)
