"""Asks for an address: of a picture, of a service."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QWidget

from desktop.ui.tokens import AROUND, SPACE


class AddressDialog(QInputDialog):
    """A sentence, a line, and the word for what is done with it. Open it; ``textValueSelected`` brings the address."""

    def __init__(self, window: QWidget, title: str, sentence: str, verb: str, text: str = "https://") -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setContentsMargins(*AROUND)
        self.setLabelText(sentence)
        self.setOkButtonText(verb)
        self.setTextValue(text)

    def setVisible(self, visible: bool) -> None:
        super().setVisible(visible)
        layout = self.layout()
        if visible and layout is not None:  # Qt makes it when the dialog is shown
            layout.setSpacing(3 * SPACE)
