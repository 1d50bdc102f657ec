"""A card over the canvas that asks what to do with a picture or mask. It is no dialog: work goes on beside it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QImage, QKeyEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.ui.controls import Button, IconButton, Label, SliderNumber
from desktop.ui.controls.paint import box
from desktop.ui.theme import SMALL, SPACE, current

_SIDE = 120
"""Logical pixels of the small picture at most."""


class MaskCard(QWidget):
    """A small picture, what the file is, perhaps a threshold, and buttons. ``chosen`` brings a button's key; the card
    then goes, as it does by Escape."""

    chosen = Signal(str)
    closed = Signal()

    def __init__(
        self,
        title: str,
        text: str,
        choices: list[tuple[str, str]],
        parent: QWidget,
        *,
        values: npt.NDArray[np.unsignedinteger[Any]] | None = None,
        colors: npt.NDArray[np.uint32] | None = None,
        threshold: int | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(title)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._values, self._colors = values, colors
        self._picture = QLabel()
        self._picture.setVisible(values is not None)
        heading = Label(title, bold=True)
        self.close_button = IconButton("x", "Close", "Esc")
        self.close_button.clicked.connect(self.close)
        self.threshold = SliderNumber("Threshold", 1, 255, threshold or 128)
        self.threshold.setVisible(threshold is not None)
        self.threshold.value_changed.connect(self._draw)
        self.buttons: dict[str, Button] = {}
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * SPACE)
        for key, words in choices:
            button = Button(words)
            button.setDefault(not self.buttons)
            button.setProperty("key", key)
            button.clicked.connect(self._press)
            self.buttons[key] = button
            buttons.addWidget(button)
        buttons.addStretch(1)
        head = QHBoxLayout()
        head.addWidget(heading, 1)
        head.addWidget(self.close_button)
        column = QVBoxLayout()
        column.setSpacing(2 * SPACE)
        column.addLayout(head)
        column.addWidget(Label(text, ink="muted", size=SMALL, wrap=True))
        column.addWidget(self.threshold)
        column.addLayout(buttons)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 3 * SPACE)
        layout.setSpacing(3 * SPACE)
        layout.addWidget(self._picture)
        layout.addLayout(column, 1)
        self._draw()

    def open(self) -> None:
        """Show it at the lower middle of its parent, with the first choice in the keyboard's hand."""
        parent = self.parentWidget()
        if parent is not None:
            self.adjustSize()
            self.move((parent.width() - self.width()) // 2, parent.height() - self.height() - 12 * SPACE)
        self.show()
        self.raise_()
        next(iter(self.buttons.values())).setFocus(Qt.FocusReason.TabFocusReason)

    def _press(self) -> None:
        key = self.sender().property("key")
        self.chosen.emit(str(key))
        self.close()

    def _draw(self, _value: float = 0.0) -> None:
        """The file in small: white where it is painted, or its colours."""
        if self._values is None:
            return
        ratio = self.devicePixelRatioF()
        height, width = self._values.shape
        share = min(_SIDE * ratio / width, _SIDE * ratio / height)
        wide, high = max(1, round(width * share)), max(1, round(height * share))
        rows, columns = np.arange(high) * height // high, np.arange(wide) * width // wide
        sample = self._values.take(rows, axis=0).take(columns, axis=1)
        if self._colors is not None:
            pixels = np.ascontiguousarray(self._colors[sample])
        else:
            painted = sample >= round(self.threshold.value())
            pixels = np.where(painted, np.uint32(0xFFFFFFFF), np.uint32(0xFF000000))
        image = QImage(pixels.data, wide, high, 4 * wide, QImage.Format.Format_RGB32).copy()
        image.setDevicePixelRatio(ratio)
        self._picture.setPixmap(QPixmap.fromImage(image))

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(360, 0))

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = current()
        with QPainter(self) as painter:
            box(painter, QRectF(self.rect()), fill=tokens.panel, line=tokens.line)
