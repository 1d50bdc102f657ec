"""The line at the bottom: what to press, what goes on, where the pointer is."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.ui.controls import KeyHint, set_surface, small
from desktop.ui.tokens import SPACE

HEIGHT = 26


class StatusBar(QWidget):
    """Key hints at the left; what is under way, position and picture at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_surface(self, "window")
        self.setFixedHeight(HEIGHT)
        self._hints: list[KeyHint] = []
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(3 * SPACE, 0, 3 * SPACE, 0)
        self._layout.setSpacing(4 * SPACE)
        self._layout.addStretch(1)
        self.busy = small("")
        self.position = small("")
        self.picture = small("")
        self.colour = small("")
        for label in (self.busy, self.position, self.picture, self.colour):
            self._layout.addWidget(label)

    def show_hints(self, hints: list[tuple[str, str]]) -> None:
        """What to press or drag, and what it does."""
        for hint in self._hints:
            self._layout.removeWidget(hint)
            hint.hide()
            hint.deleteLater()
        self._hints = [KeyHint(keys, text) for keys, text in hints]
        for index, hint in enumerate(self._hints):
            self._layout.insertWidget(index, hint)

    def show_position(self, x: float, y: float) -> None:
        """Where the pointer is, in pixels of the picture."""
        self.position.setText(f"x {int(x)}  y {int(y)}")

    def clear_position(self) -> None:
        """The pointer is elsewhere."""
        self.position.setText("")

    def show_picture(self, width: int, height: int) -> None:
        """The picture's size; nothing when it is 0."""
        self.picture.setText(f"{width} × {height}" if width else "")
        self.colour.setText("sRGB" if width else "")

    def show_busy(self, text: str) -> None:
        """What is being read or written."""
        self.busy.setText(text)
