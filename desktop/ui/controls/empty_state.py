"""What an empty place says: a sentence, and what to do next."""

from typing import Literal

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.ui.controls.buttons import Button
from desktop.ui.controls.text import Label
from desktop.ui.icons import paint_icon
from desktop.ui.theme import SPACE, current


class Glyph(QWidget):
    """An icon that is no button."""

    def __init__(
        self,
        name: str,
        side: int = 16,
        parent: QWidget | None = None,
        *,
        ink: Literal["faint", "warn"] = "faint",
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._ink: Literal["faint", "warn"] = ink
        self.setFixedSize(side, side)

    def set_icon(self, name: str) -> None:
        self._name = name
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            paint_icon(painter, QRectF(self.rect()), self._name, getattr(current(), self._ink))


class EmptyState(QWidget):
    """An icon, a sentence, a hint and the buttons that lead on, in the middle of the place."""

    def __init__(self, name: str, sentence: str, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(sentence)
        middle = Qt.AlignmentFlag.AlignHCenter
        self._sentence = Label(sentence, bold=True, wrap=True)
        self._hint = Label(hint, ink="muted", wrap=True)
        for label in (self._sentence, self._hint):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setMaximumWidth(420)
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._hint.setVisible(bool(hint))
        self._actions = QHBoxLayout()
        self._actions.setSpacing(2 * SPACE)
        self._actions.addStretch(1)
        self._actions.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(4 * SPACE, 4 * SPACE, 4 * SPACE, 4 * SPACE)
        whole.setSpacing(2 * SPACE)
        whole.addStretch(1)
        whole.addWidget(Glyph(name, 32), 0, middle)
        for label in (self._sentence, self._hint):
            line = QHBoxLayout()
            line.addStretch(1)
            line.addWidget(label, 8)
            line.addStretch(1)
            whole.addLayout(line)
        whole.addSpacing(SPACE)
        whole.addLayout(self._actions)
        whole.addStretch(1)

    def set_text(self, sentence: str, hint: str = "") -> None:
        self._sentence.setText(sentence)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self.setAccessibleName(sentence)

    def add_action(self, text: str, name: str = "", *, primary: bool = False) -> QPushButton:
        """Add a button and return it, to connect it."""
        button = Button(text, name)
        button.set_filled(True)
        if primary:
            button.setDefault(True)
        self._actions.insertWidget(self._actions.count() - 1, button)
        return button
