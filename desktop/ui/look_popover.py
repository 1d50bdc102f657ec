"""How the areas look, in a small window beside the eye: opacity, hatch, hidden, masks alone."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from desktop.ui.canvas.look import LEAST_OPACITY
from desktop.ui.canvas.view import CanvasView
from desktop.ui.controls import IconButton, SliderNumber
from desktop.ui.controls.card import Card
from desktop.ui.theme import SPACE


class LookPopover(Card):
    """Follows the canvas's look and sets it. Escape or a click elsewhere closes it."""

    def __init__(self, canvas: CanvasView, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._canvas = canvas
        self.setAccessibleName("How the areas look")
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.opacity = SliderNumber("Opacity", LEAST_OPACITY, 100, 100, unit="%")
        self.opacity.setFixedWidth(250)
        self.hatch = QCheckBox("Hatch the areas (Shift+H)")
        self.hidden = QCheckBox("The picture alone (H)")
        self.solid = QCheckBox("The masks alone (M)")
        self.opacity.set_hint("How much the areas cover the picture  , .")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 3 * SPACE)
        layout.setSpacing(2 * SPACE)
        for widget in (self.opacity, self.hatch, self.hidden, self.solid):
            layout.addWidget(widget)
        self.opacity.value_changed.connect(self._opacity_moved)
        for check in (self.hatch, self.hidden, self.solid):
            check.clicked.connect(self._switched)
        canvas.look_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the look as it is."""
        look = self._canvas.look
        if round(self.opacity.value()) != round(look.opacity * 100):
            self.opacity.set_value(round(look.opacity * 100))
        self.hatch.setChecked(look.hatch)
        self.hidden.setChecked(look.hidden)
        self.solid.setChecked(look.solid)

    def open_under(self, button: QWidget) -> None:
        """Show it below a button, its right edge at the button's."""
        self.adjustSize()
        corner = button.mapToGlobal(QPoint(button.width() - self.width(), button.height() + SPACE))
        self.move(corner)
        self.show()
        self.opacity.setFocus(Qt.FocusReason.PopupFocusReason)

    def _opacity_moved(self, value: float) -> None:
        self._canvas.set_look(replace(self._canvas.look, opacity=value / 100))

    def _switched(self) -> None:
        self._canvas.set_look(
            replace(
                self._canvas.look,
                hatch=self.hatch.isChecked(),
                hidden=self.hidden.isChecked(),
                solid=self.solid.isChecked(),
            )
        )

    def leave(self) -> None:
        self.hide()


class LookButton(IconButton):
    """Opens the popover."""

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__("caret-down", "How the areas look")
        self.popover = LookPopover(canvas, self)
        self.clicked.connect(self._open)

    def _open(self) -> None:
        self.popover.open_under(self)
