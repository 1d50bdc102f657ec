"""A line to search in, with its magnifying glass."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.ui.icons import paint_icon
from desktop.ui.theme import current, font


class SearchField(QLineEdit):
    """A QLineEdit named by its placeholder."""

    def __init__(self, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "search")
        self.setFont(font())
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self.setMinimumHeight(28)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with QPainter(self) as painter:
            paint_icon(painter, QRectF(8, self.height() / 2 - 8, 16, 16), "search", current().muted)
