"""A box for one number."""

import re

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox, QWidget

from desktop.ui.controls.paint import text_width
from desktop.ui.theme import font


class NumberBox(QDoubleSpinBox):
    """A number with its unit, raised, at the right of its box; typed, or stepped with Up and Down.

    What is typed beyond a limit becomes the limit. The wheel passes through, so that scrolling a page never changes a
    number. Escape brings back the number that was there when the box got the keyboard, or since Enter. ``decimals`` 0
    makes it whole.
    ``name`` is what a screen reader says.
    """

    def __init__(
        self,
        name: str,
        minimum: float,
        maximum: float,
        value: float,
        *,
        step: float = 1.0,
        decimals: int = 0,
        unit: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("look", "number")
        self.setFont(font())
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.lineEdit().setTextMargins(4, 0, 5, 0)
        self.setLocale(QLocale.c())
        self.setKeyboardTracking(False)
        self.setFixedHeight(22)
        self.setAccessibleName(f"{name}, {unit}" if unit else name)
        self.setDecimals(decimals)
        self.setSingleStep(step)
        self.setSuffix(f"\u2009{unit}" if unit == "%" else f" {unit}" if unit else "")
        self._limits: tuple[float, float] | None = None
        self.set_range(minimum, maximum)
        self.setValue(value)
        self._before = self.value()

    def restore(self) -> None:
        """Forget what was typed and stepped since the box got the keyboard."""
        self.setValue(self._before)

    def begin(self, digit: str = "") -> None:
        """Take the keyboard, so that what is typed takes the number's place; perhaps with its first digit."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.selectAll()
        if digit:
            self.lineEdit().insert(digit)

    def set_range(self, minimum: float, maximum: float) -> None:
        """Change the limits and make room for the longest number between them."""
        if self._limits == (minimum, maximum):
            return
        self._limits = (minimum, maximum)
        self.setRange(minimum, maximum)
        longest = max(
            text_width(self.textFromValue(edge) + self.suffix(), font()) for edge in (minimum, maximum)
        )
        self.setFixedWidth(max(48, longest + 18))

    def validate(self, text: str, at: int) -> tuple[QValidator.State, str, int]:
        """More than the most may be typed: `fixup` makes it the most, where Qt would swallow the digit. Below zero
        the same with the least."""
        number = self._number_in(text)
        if number is not None and not self.minimum() <= number <= self.maximum():
            return QValidator.State.Intermediate, text, at
        return super().validate(text, at)

    def fixup(self, text: str) -> str:
        """The limit that is next to what was typed."""
        number = self._number_in(text)
        if number is None:
            return text
        return self.textFromValue(min(max(number, self.minimum()), self.maximum())) + self.suffix()

    def _number_in(self, text: str) -> float | None:
        typed = text.removesuffix(self.suffix()).strip()
        return float(typed) if re.fullmatch(r"-?\d{1,9}(\.\d*)?", typed) else None

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._before = self.value()
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.restore()
            event.ignore()  # what the box stands in may close by it
            return
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._before = self.value()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
