"""The slim line of work: how far it is, or that it moves."""

from PySide6.QtCore import QRectF, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.ui.controls.paint import progress


class ProgressLine(QWidget):
    """``set_value`` with 0 to 1, or None while nobody knows how far it is. Idle, it keeps its place and shows nothing:
    a bare track would look like a line that parts, or a slider without a handle."""

    def __init__(self, name: str = "Progress", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value: float | None = 0.0
        self._idle = False
        self._phase = 0.5
        self._name = name
        self._timer = QTimer(self)
        self._timer.setInterval(33)
        self._timer.timeout.connect(self._run)
        self.setFixedHeight(3)
        self.setMinimumWidth(40)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_value(0.0)

    def value(self) -> float | None:
        return self._value

    def set_idle(self, idle: bool) -> None:
        """Whether nothing is under way."""
        if idle != self._idle:
            self._idle = idle
            self.update()

    def is_idle(self) -> bool:
        return self._idle

    def set_value(self, value: float | None) -> None:
        self._value = None if value is None else min(1.0, max(0.0, value))
        self.setAccessibleName(
            self._name if value is None else f"{self._name}, {round((self._value or 0) * 100)} %"
        )
        self._animate()
        self.update()

    def is_running(self) -> bool:
        """Whether the piece runs along: only while the line is seen and its end unknown."""
        return self._timer.isActive()

    def _animate(self) -> None:
        if self._value is None and self.isVisible():
            self._timer.start()
        else:
            self._timer.stop()

    def _run(self) -> None:
        self._phase = (self._phase + 0.018) % 1.0
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._animate()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._idle:
            return
        with QPainter(self) as painter:
            progress(painter, QRectF(self.rect()), self._value, self._phase)
