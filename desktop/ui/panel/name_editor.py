"""A name that is typed where it stands."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

INSET = 6
"""From its edge to its letters, in logical pixels: outline and padding of the stylesheet, and Qt's own 2."""

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class NameEditor(QLineEdit):
    """Enter, or the focus going elsewhere, keeps the name; Escape leaves the old one.

    It keeps all keys to itself: what it lies on would take Enter for its own, and begin again.
    """

    typed = Signal(str)
    """It is over, and this is the name."""
    left = Signal()
    """It is over, and the old name stays."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(name, parent)
        self.setProperty("look", "name")
        self._over = False
        self.selectAll()

    @property
    def over(self) -> bool:
        """Whether it has told how it ended."""
        return self._over

    def leave(self) -> None:
        """End without another name."""
        if not self._over:
            self._over = True
            self.left.emit()

    def _keep(self) -> None:
        if not self._over:
            self._over = True
            self.typed.emit(self.text())

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in (*_ENTER, Qt.Key.Key_Escape)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.key() in _ENTER:
            self._keep()
        else:
            super().keyPressEvent(event)
        event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self._keep()
