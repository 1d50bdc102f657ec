"""The button that opens the operations on the chosen area."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

from desktop.ui.actions import Actions
from desktop.ui.area_table import OPERATIONS
from desktop.ui.controls import IconButton


class AreaMenuButton(IconButton):
    """Grow, shrink and what else can be done to an area, in a menu."""

    def __init__(self, actions: Actions) -> None:
        super().__init__("sliders", "Change the area")
        self._actions = actions
        self.clicked.connect(self.open_menu)

    def open_menu(self) -> None:
        """Offer the operations."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for row in OPERATIONS:
            menu.addAction(self._actions[f"area-{row.name}"])
        menu.addAction(self._actions["clear-area"])
        menu.popup(self.mapToGlobal(QPoint(0, self.height())))
