"""A card over the canvas that asks what to do with a picture or mask. It is no dialog: work goes on beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QPixmap
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.ui.controls import Button, IconButton, Label, NumberBadge, SliderNumber
from desktop.ui.controls.card import Card
from desktop.ui.mask_picture import Layer, mask_picture
from desktop.ui.theme import SMALL, SPACE

_SIDE = 120
"""Logical pixels of the small picture at most."""
_LONGEST = 320
"""Logical pixels of a file's name, before it is cut."""


def foot_of(stage: QWidget) -> int:
    """Where what stands at the lower middle of a stage ends."""
    return stage.height() - 12 * SPACE


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file of several, and the area it becomes: number, colour (empty for its number's) and title; ``note`` says
    what is special about it."""

    name: str
    number: int
    color: str
    title: str
    note: str = ""


class MaskCard(Card):
    """A small picture, what the file is, or which file becomes what; perhaps a threshold, and buttons. ``chosen``
    brings a button's key; the card then goes, as it does by Escape."""

    chosen = Signal(str)
    closed = Signal()

    def __init__(
        self,
        title: str,
        text: str,
        choices: list[tuple[str, str]],
        parent: QWidget,
        *,
        layers: Sequence[Layer] = (),
        rows: Sequence[FileRow] = (),
        threshold: int | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(title)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._layers = tuple(layers)
        self._picture = QLabel()
        self._picture.setVisible(bool(layers))
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
        if rows:
            column.addLayout(_table(rows))
        if text:
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
            self.move((parent.width() - self.width()) // 2, foot_of(parent) - self.height())
        self.show()
        self.raise_()
        next(iter(self.buttons.values())).setFocus(Qt.FocusReason.TabFocusReason)

    def _press(self) -> None:
        key = self.sender().property("key")
        self.chosen.emit(str(key))
        self.close()

    def _draw(self, _value: float = 0.0) -> None:
        """The file in small."""
        if self._layers:
            ratio = self.devicePixelRatioF()
            image = mask_picture(self._layers, round(_SIDE * ratio), round(self.threshold.value()))
            image.setDevicePixelRatio(ratio)
            self._picture.setPixmap(QPixmap.fromImage(image))

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(360, 0))

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()


def _table(rows: Sequence[FileRow]) -> QGridLayout:
    """Files, and the areas they become."""
    table = QGridLayout()
    table.setHorizontalSpacing(2 * SPACE)
    table.setVerticalSpacing(SPACE)
    table.setColumnStretch(0, 1)
    for line, row in enumerate(rows):
        badge = NumberBadge(row.number)
        badge.set_colour(row.color)
        name = Label(row.name)
        name.setMaximumWidth(_LONGEST)
        table.addWidget(name, line, 0)
        table.addWidget(badge, line, 1)
        table.addWidget(Label(row.title), line, 2)
        table.addWidget(Label(row.note, ink="muted", size=SMALL), line, 3)
    return table
