"""Small marks: the pill of a state, the disc of an area, the dot of a status, the keys of a hint."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from desktop.ui.controls.paint import box, number_disc, pill, text_width
from desktop.ui.controls.text import Label
from desktop.ui.theme import SMALL, SPACE, Tone, font, tone_colour

_FIXED = QSizePolicy.Policy.Fixed


class Badge(QLabel):
    """A word about a state in an outlined pill: *Done*, *Downloading 64 %*, *Simulator*."""

    def __init__(self, text: str, tone: Tone = Tone.NEUTRAL, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._tone = tone
        self.setFont(font(SMALL))
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(_FIXED, _FIXED)

    def tone(self) -> Tone:
        return self._tone

    def set_state(self, text: str, tone: Tone) -> None:
        self._tone = tone
        self.setText(text)
        self.updateGeometry()
        self.update()

    def ink(self) -> str:
        """The colour of the word now."""
        return tone_colour(self._tone)

    def sizeHint(self) -> QSize:
        return QSize(text_width(self.text(), self.font()) + 5 * SPACE, 22)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            pill(painter, QRectF(self.rect()), self.text(), self._tone)


FADED = 0.5
"""Opacity of what stands for something hidden."""


class NumberBadge(QLabel):
    """The disc of an area, 1 to 6, or 0 for the still one."""

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(str(number), parent)
        self._number = number
        self._colour = ""
        self._faded = False
        self.setFixedSize(22, 22)
        self.setAccessibleName(f"Area {number}" if number else "The still area")

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setOpacity(FADED if self._faded else 1.0)
            number_disc(painter, QRectF(self.rect()), self._number, self._colour)

    def set_faded(self, faded: bool) -> None:
        """Show it faint, since its area is hidden."""
        if faded != self._faded:
            self._faded = faded
            self.update()

    def set_colour(self, value: str) -> None:
        """Give the disc a colour ``#rrggbb`` of its own; empty brings its number's back."""
        if value != self._colour:
            self._colour = value
            self.update()


class StatusDot(QWidget):
    """A dot of 8 pixels; its tooltip and accessible name say what the colour says."""

    def __init__(self, tone: Tone, meaning: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone = tone
        self.setFixedSize(8, 8)
        self.set_state(tone, meaning)

    def set_state(self, tone: Tone, meaning: str) -> None:
        self._tone = tone
        self.setAccessibleName(meaning)
        self.setToolTip(meaning)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            box(painter, QRectF(self.rect()), fill=tone_colour(self._tone), radius=4)


class KeyHint(QWidget):
    """A hint of the status bar: **Space** pan."""

    def __init__(self, keys: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = Label(size=SMALL, bold=True)
        self._text = Label(ink="faint", size=SMALL)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        layout.addWidget(self._keys)
        layout.addWidget(self._text)
        self.setSizePolicy(_FIXED, _FIXED)
        self.set_hint(keys, text)

    def set_hint(self, keys: str, text: str) -> None:
        """Another hint."""
        self.setAccessibleName(f"{keys}: {text}")
        self._keys.setText(keys)
        self._text.setText(text)
