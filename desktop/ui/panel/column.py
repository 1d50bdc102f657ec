"""The panel's column: areas and words scroll, the checks and *Generate* stay in sight under them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from desktop.ui.controls import rule, set_surface
from desktop.ui.controls.text import set_property
from desktop.ui.tokens import SPACE

LEAST_WIDTH = 290

_SCROLL_BAR = 10
"""Its width in the stylesheet, in logical pixels."""


class PanelColumn(QWidget):
    """Two parts under each other; a line parts them while the upper one is cut off by the lower."""

    def __init__(
        self, areas: QWidget, words: QWidget, checks: QWidget, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        set_surface(self, "panel")
        self.setMinimumWidth(LEAST_WIDTH)
        upper = QWidget()
        set_surface(upper, "panel")
        self._inner = QVBoxLayout(upper)
        self._inner.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE - _SCROLL_BAR, 2 * SPACE)
        self._inner.setSpacing(2 * SPACE)
        self._inner.addWidget(areas)
        self._inner.addWidget(words)
        self._inner.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setFocusPolicy(
            Qt.FocusPolicy.NoFocus
        )  # a click beside the rows leaves the keys where they are
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self._scroll.setWidget(upper)
        self._edge = rule()
        lower = QWidget()
        set_surface(lower, "panel")
        foot = QVBoxLayout(lower)
        foot.setContentsMargins(3 * SPACE, SPACE, 3 * SPACE, 3 * SPACE)
        foot.addWidget(checks)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._scroll, 1)
        whole.addWidget(self._edge)
        whole.addWidget(lower)
        self._scroll.verticalScrollBar().rangeChanged.connect(self._range_changed)
        self._range_changed(0, 0)

    def _range_changed(self, _least: int, most: int) -> None:
        """The scroll bar always has its room, so that nothing moves; it is seen when there is something to scroll."""
        set_property(self._scroll.verticalScrollBar(), "idle", most == 0)
        self._edge.setVisible(most > 0)
