"""The button that sends the request."""

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.ui.controls.buttons import PaintedButton
from desktop.ui.controls.paint import box, busy_arc, focus_ring, line_of_text, text_width
from desktop.ui.theme import SPACE, current, font, mix


class PrimaryButton(PaintedButton):
    """The one button that costs money: bold name at the left, what it costs at the right, on the accent."""

    def __init__(self, text: str, detail: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._detail = detail
        self._busy = False
        self._phase = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(40)
        self._timer.timeout.connect(self._turn)
        self.setFixedHeight(36)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._name_it()

    def _name_it(self) -> None:
        self.setAccessibleName(f"{self.text()}, {self._detail}" if self._detail else self.text())

    def detail(self) -> str:
        return self._detail

    def set_detail(self, detail: str) -> None:
        """What stands at the right: the estimate."""
        self._detail = detail
        self._name_it()
        self.updateGeometry()
        self.update()

    def is_busy(self) -> bool:
        return self._busy

    def set_busy(self, busy: bool) -> None:
        """While busy a ring turns before the name and a press does nothing."""
        self._busy = busy
        if busy and self.isVisible():
            self._timer.start()
        elif not busy:
            self._timer.stop()
        self.update()

    def _turn(self) -> None:
        self._phase = (self._phase + 0.04) % 1.0
        if self.isVisible():
            self.update()
        else:
            self._timer.stop()

    def nextCheckState(self) -> None:
        """Nothing to toggle."""

    def hitButton(self, _pos: object) -> bool:
        return not self._busy

    def click(self) -> None:
        if not self._busy:
            super().click()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._busy:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        words = text_width(self.text(), font(bold=True)) + text_width(self._detail, font())
        return QSize(words + 11 * SPACE, 36)

    def minimumSizeHint(self) -> QSize:
        return QSize(text_width(self.text(), font(bold=True)) + 8 * SPACE, 36)

    def ink(self) -> str:
        """The colour of the words now."""
        return current().on_accent if self.isEnabled() else current().faint

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = current()
        area = QRectF(self.rect())
        with QPainter(self) as painter:
            if self.isEnabled():
                strength = 0.16 if self.isDown() else 0.08 if self.underMouse() and not self._busy else 0.0
                box(painter, area, fill=mix(tokens.accent, tokens.window, strength))
            else:
                box(painter, area, fill=tokens.raised, line=tokens.line)
            inner = area.adjusted(3.5 * SPACE, 0, -3.5 * SPACE, 0)
            if self._busy:
                busy_arc(
                    painter, QRectF(inner.left(), area.center().y() - 8, 16, 16), self.ink(), self._phase
                )
                inner.adjust(24, 0, 0, 0)
            bold = font(bold=True)
            line_of_text(painter, inner, self.text(), self.ink(), bold)
            rest = inner.adjusted(text_width(self.text(), bold) + 3 * SPACE, 0, 0, 0)
            line_of_text(painter, rest, self._detail, self.ink(), font(), Qt.AlignmentFlag.AlignRight)
            if self.hasFocus():
                focus_ring(painter, area, on_accent=self.isEnabled())
