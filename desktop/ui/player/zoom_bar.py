"""The small bar on the stage that says and sets the zoom."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.ui.controls import IconButton, Label, PaintedButton, row
from desktop.ui.controls.buttons import name_with_shortcut
from desktop.ui.controls.paint import box, focus_ring, line_of_text, text_width
from desktop.ui.theme import SPACE, current


class _Word(PaintedButton):
    """A flat word to press."""

    def __init__(self, text: str, name: str, keys: str) -> None:
        super().__init__(text)
        self.setAccessibleName(name)
        self.setToolTip(name_with_shortcut(name, keys))
        self.setFixedSize(text_width(text, self.font()) + 3 * SPACE, 24)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = current()
        area = QRectF(self.rect())
        with QPainter(self) as painter:
            if self.underMouse():
                box(painter, area, fill=tokens.raised)
            ink = tokens.text if self.underMouse() else tokens.muted
            line_of_text(painter, area, self.text(), ink, self.font(), Qt.AlignmentFlag.AlignHCenter)
            if self.hasFocus():
                focus_ring(painter, area)


class ZoomBar(QWidget):
    """Smaller, the zoom in percent, larger, *Fit*, *1:1*. Each of the keys given does the same."""

    zoom_in = Signal()
    zoom_out = Signal()
    fit = Signal()
    actual = Signal()

    def __init__(
        self,
        fit_keys: str,
        actual_keys: str,
        out_keys: Sequence[str],
        in_keys: Sequence[str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        less = self.less = IconButton("minus", "Zoom out")
        more = self.more = IconButton("plus", "Zoom in")
        less.setToolTip(name_with_shortcut("Zoom out", *out_keys))
        more.setToolTip(name_with_shortcut("Zoom in", *in_keys))
        self._label = Label("100 %")
        self._label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._label.setFixedWidth(text_width("3200 %", self._label.font()) + 2)
        fit, actual = _Word("Fit", "All of it", fit_keys), _Word("1:1", "Actual pixels", actual_keys)
        for button in (less, more):
            button.setFixedSize(24, 24)
        self.setLayout(row(less, self._label, more, fit, actual, gap=0, margins=(1, 1, 1, 1)))
        less.clicked.connect(self.zoom_out)
        more.clicked.connect(self.zoom_in)
        fit.clicked.connect(self.fit)
        actual.clicked.connect(self.actual)
        self.setCursor(Qt.CursorShape.ArrowCursor)

    def set_zoom(self, scale: float) -> None:
        """Device pixels for each pixel of the video."""
        self._label.setText(f"{scale * 100:.0f} %")

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = current()
        with QPainter(self) as painter:
            box(painter, QRectF(self.rect()), fill=tokens.window, line=tokens.line)
