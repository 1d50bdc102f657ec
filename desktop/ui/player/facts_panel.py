"""The panel at the right: facts of a take, its receipt, and what one can do with it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLayout, QScrollArea, QWidget

from desktop.ui.controls import (
    Button,
    Collapsible,
    Label,
    PrimaryButton,
    Section,
    column,
    row,
    set_surface,
)
from desktop.ui.controls.text import Ink
from desktop.ui.player.card import TakeCard

_LINE = 22


def _line(name: str, value: str, ink: Ink = "text") -> QWidget:
    label, text = Label(name), Label(value, ink=ink)
    text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    line = QWidget()
    line.setLayout(row(label, 1, text, gap=3))
    line.setFixedHeight(_LINE)
    line.setAccessibleName(f"{name}: {value}")
    return line


class FactsPanel(QWidget):
    """Shows a ``TakeCard``; its buttons ask."""

    save_frame = Signal()
    show_file = Signal()
    next_shot = Signal()
    variation = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_surface(self, "panel")
        self._section = Section("This take")
        self._receipt = Collapsible("Receipt")
        self._save = Button("Save frame", "picture")
        self._next = Button("Next shot", "arrow")
        self._show = Button("Show file", "folder")
        self._vary = PrimaryButton("Make a variation", "from these settings")
        self._save.setToolTip("Save the frame on screen as a PNG, full size  Ctrl+Shift+S")
        self._next.setToolTip("Begin a shot with the last frame of this take")
        self._show.setToolTip("Show the video in its folder")
        self._vary.setToolTip("Open the settings this take was made with")
        inner = QWidget()
        set_surface(inner, "panel")
        inner.setLayout(column(self._section, self._receipt, 1, gap=1))
        area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        buttons = row(self._save, self._next, gap=2)
        buttons.setStretch(0, 1)
        buttons.setStretch(1, 1)
        self.setLayout(column(area, buttons, self._show, self._vary, gap=2, margins=(3, 2, 3, 3)))
        self._save.clicked.connect(self.save_frame)
        self._next.clicked.connect(self.next_shot)
        self._show.clicked.connect(self.show_file)
        self._vary.clicked.connect(self.variation)
        self.set_card(None)

    def set_card(self, card: TakeCard | None) -> None:
        """Show a take, or nothing."""
        _refill(self._section.content, (_line(*fact) for fact in (card.facts if card else ())))
        _refill(
            self._receipt.content,
            (_line(name, value, "muted") for name, value in (card.receipt_lines if card else ())),
        )
        self._section.setVisible(card is not None)
        self._receipt.setVisible(card is not None and bool(card.receipt or card.receipt_lines))
        self._receipt.set_value(card.receipt if card else "")
        for button in (self._save, self._next, self._show, self._vary):
            button.setEnabled(card is not None)


def _refill(layout: QLayout, widgets: Iterable[QWidget]) -> None:
    while layout.count():
        item = layout.takeAt(0)
        old = item.widget() if item is not None else None
        if old is not None:
            old.hide()
            old.deleteLater()
    for widget in widgets:
        layout.addWidget(widget)
