"""The lock and the eye of a row: seen at once where they say something, out of the way where they do not."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent

from desktop.ui.controls import IconButton, Row
from desktop.ui.controls.paint import box, focus_ring
from desktop.ui.icons import paint_icon
from desktop.ui.theme import current


class StateButton(IconButton):
    """A flat icon of something that can be on or off, as a lock that is closed or open.

    On it is in the colour of text. Off it is faint, and shown while its row is chosen, pointed at or has the focus.
    """

    def __init__(self, name: str, text: str) -> None:
        super().__init__(name, text)
        self._name = name
        self._on = False

    @property
    def on(self) -> bool:
        """Whether what it stands for is so."""
        return self._on

    @property
    def shown(self) -> bool:
        """Whether its icon is painted now."""
        row = self.parentWidget()
        near = isinstance(row, Row) and (row.is_selected() or row.underMouse() or row.hasFocus())
        return self._on or near or self.hasFocus() or self.underMouse()

    def set_state(self, on: bool, name: str, text: str, shortcut: str = "") -> None:
        """``name`` of the icon and ``text`` of what a press does, for the state that it is in."""
        self._on, self._name = on, name
        self.set_icon(name)
        self.set_text(text, shortcut)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = current()
        area = QRectF(self.rect())
        hot = self.isEnabled() and (self.underMouse() or self.isDown())
        with QPainter(self) as painter:
            if hot:
                box(painter, area, fill=tokens.line if self.isDown() else tokens.raised)
            if self.shown:
                inset = (self.side - self.glyph) // 2
                place = QRectF(inset, inset, self.glyph, self.glyph)
                paint_icon(painter, place, self._name, tokens.text if self._on or hot else tokens.faint)
            if self.hasFocus():
                focus_ring(painter, area)
