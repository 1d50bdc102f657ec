"""The bar at the top: the mark with the menu, the shot's name, the faces, the service, search and preferences."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QWidget

from desktop.ui.controls import (
    IconButton,
    Label,
    MenuButton,
    SearchButton,
    Segmented,
    row,
    set_surface,
    small,
)
from desktop.ui.theme import Tone
from desktop.ui.tokens import SPACE

HEIGHT = 44
ROOMY = 1200
"""A narrower bar shows the search without its words."""

FACES = (("paint", "Paint"), ("takes", "Takes"))


class Mark(IconButton):
    """The program's own mark: larger than an icon, and as strong as its name beside it. It opens the menu."""

    glyph = 20
    strong = True


class TitleBar(QWidget):
    """Shows what is open and where it would be sent; carries no logic."""

    service_menu_asked = Signal(QPoint)

    def __init__(self, menu: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_surface(self, "window")
        self.setFixedHeight(HEIGHT)
        self._menu = menu
        self.mark = Mark("kinebrush", "Menu", "Alt+M")
        self.mark.setAccessibleName("Menu")
        self.mark.clicked.connect(self.open_menu)
        self.name = Label("", ink="muted")
        self.name.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.state = small("")
        self.faces = Segmented(FACES, "Face of the stage")
        self.service = MenuButton("Simulator", tone=Tone.GOOD)
        self.service.clicked.connect(self._ask_service_menu)
        self.search = SearchButton()
        self.gear = IconButton("gear", "Preferences", "Ctrl+,")
        program = Label("Kinebrush", bold=True)
        program.setFixedWidth(program.sizeHint().width())  # the shot's name gives way, not the program's
        left, right = QWidget(), QWidget()
        left.setLayout(row(self.mark, program, self.name, self.state, 1, gap=2))
        right.setLayout(row(1, self.service, self.search, self.gear, gap=3))
        for side in (left, right):
            side.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * SPACE, 0, 2 * SPACE, 0)
        layout.setSpacing(3 * SPACE)
        layout.addWidget(left, 1)
        layout.addWidget(self.faces, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(right, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.search.set_compact(self.width() < ROOMY)

    def show_document(self, name: str, state: str) -> None:
        """The name of the shot's file and whether it is saved."""
        self.name.setText(name)
        self.name.setMaximumWidth(self.name.fontMetrics().horizontalAdvance(name) + SPACE)
        self.state.setText(state)

    def show_service(self, text: str, tone: Tone) -> None:
        """Where requests go, and whether that works."""
        self.service.set_state(text, tone)
        self.service.setToolTip(text)

    def open_menu(self) -> None:
        """Open the menu under the mark."""
        self._menu.popup(self.mark.mapToGlobal(QPoint(0, self.mark.height())))

    def _ask_service_menu(self) -> None:
        self.service_menu_asked.emit(self.service.mapToGlobal(QPoint(0, self.service.height())))
