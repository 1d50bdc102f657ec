"""A line of the checks: an icon, a sentence, and a link that explains or mends it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.ui.controls.buttons import LinkButton
from desktop.ui.controls.text import Label
from desktop.ui.controls.toast import ToneIcon
from desktop.ui.theme import SPACE, Tone

_LONG_LINK = 72
"""Pixels from which on a link stands under its sentence."""

_SAID = {
    Tone.GOOD: "Fine",
    Tone.WARN: "Warning",
    Tone.BAD: "Error",
    Tone.ACCENT: "Note",
    Tone.NEUTRAL: "Note",
}


class CheckLine(QWidget):
    """One check. ``activated`` when its link is pressed."""

    activated = Signal()

    def __init__(self, tone: Tone, sentence: str, link: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = ToneIcon(tone)
        self._label = Label(sentence, wrap=True)
        self._link = LinkButton(link)
        self._link.clicked.connect(self.activated)
        mark = QVBoxLayout()
        mark.setContentsMargins(0, 3, 0, 0)
        mark.addWidget(self._icon)
        mark.addStretch(1)
        self._words = QVBoxLayout()
        self._words.setContentsMargins(0, 2, 0, 2)
        self._words.setSpacing(0)
        self._words.addWidget(self._label)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 2)
        layout.setSpacing(2 * SPACE)
        layout.addLayout(mark)
        layout.addLayout(self._words, 1)
        layout.addWidget(self._link, 0, Qt.AlignmentFlag.AlignTop)
        self._line = layout
        self.set_state(tone, sentence, link)

    def set_state(self, tone: Tone, sentence: str, link: str = "") -> None:
        self._icon.set_tone(tone)
        self._label.setText(sentence)
        self._link.setText(link)
        self._place_link()
        self._link.setAccessibleName(f"{link}: {sentence}")
        self._link.setVisible(bool(link))
        self.setAccessibleName(f"{_SAID[tone]}: {sentence}")

    def _place_link(self) -> None:
        """A word stands at the right; more words go under the sentence, which keeps its whole width then."""
        below = self._link.sizeHint().width() > _LONG_LINK
        self._link.set_flush(below)
        if below != (self._words.count() > 1):
            self._line.removeWidget(self._link)
            self._words.removeWidget(self._link)
            if below:
                self._words.addWidget(self._link, 0, Qt.AlignmentFlag.AlignLeft)
            else:
                self._line.addWidget(self._link, 0, Qt.AlignmentFlag.AlignTop)
