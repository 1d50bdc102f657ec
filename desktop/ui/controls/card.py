"""A small panel that floats on the picture."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.ui.controls.paint import box
from desktop.ui.theme import current


class Card(QWidget):
    """Rounded, with a line around it, on the ground of a panel or of the window. Escape calls ``leave``."""

    ground: Literal["panel", "window"] = "panel"

    def leave(self) -> None:
        """What Escape does."""
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = current()
        with QPainter(self) as painter:
            box(painter, QRectF(self.rect()), fill=getattr(tokens, self.ground), line=tokens.line)
