"""A few choices in one box, exactly one of them chosen: Paint | Preview | Takes."""

from collections.abc import Iterable

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QMenu, QSizePolicy, QWidget

from desktop.ui.controls.buttons import MenuButton, PaintedButton, name_with_shortcut
from desktop.ui.controls.paint import box, focus_ring, line_of_text, text_width
from desktop.ui.theme import SPACE, current, font, mix


class _Segment(PaintedButton):
    def __init__(self, key: str, text: str) -> None:
        super().__init__(text)
        self.key = key
        self.setCheckable(True)
        self.setAccessibleName(text)
        self.setFixedSize(self.sizeHint())

    def sizeHint(self) -> QSize:
        return QSize(text_width(self.text(), font(bold=True)) + 8 * SPACE, 26)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        back, forth = (Qt.Key.Key_Left, Qt.Key.Key_Up), (Qt.Key.Key_Right, Qt.Key.Key_Down)
        parent = self.parentWidget()
        if event.key() in (*back, *forth) and isinstance(parent, Segmented):
            parent.step(1 if event.key() in forth else -1)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = current()
        area = QRectF(self.rect())
        chosen = self.isChecked()
        hot = self.isEnabled() and self.underMouse()
        with QPainter(self) as painter:
            if chosen:
                box(painter, area, fill=tokens.panel if self.isEnabled() else "", line=tokens.line)
            elif hot:
                box(painter, area, fill=mix(tokens.raised, tokens.text, 0.06))
            ink = tokens.faint if not self.isEnabled() else tokens.text if chosen or hot else tokens.muted
            line_of_text(painter, area, self.text(), ink, font(bold=chosen), Qt.AlignmentFlag.AlignHCenter)
            if self.hasFocus():
                focus_ring(painter, area)


class Segmented(QWidget):
    """Choices given as (key, text). ``changed`` brings the key of a new choice, by mouse, keys or ``set_value``."""

    changed = Signal(str)

    def __init__(self, options: Iterable[tuple[str, str]], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.setSpacing(2)
        self._segments: dict[str, _Segment] = {}
        for key, text in options:
            segment = _Segment(key, text)
            self._segments[key] = segment
            self._group.addButton(segment)
            layout.addWidget(segment)
        if not self._segments:
            raise ValueError("A segmented control needs at least one choice.")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._value = next(iter(self._segments))
        self._segments[self._value].setChecked(True)
        self._folded = MenuButton(self._segments[self._value].text())
        self._folded.hide()
        self._folded.clicked.connect(self._open_menu)
        layout.addWidget(self._folded)
        self._group.buttonToggled.connect(self._on_toggled)
        self._name_folded()

    def value(self) -> str:
        """The key of the choice."""
        return self._value

    def set_value(self, key: str) -> None:
        """Choose. Raises KeyError for a key that is no choice."""
        self._segments[key].setChecked(True)

    def set_hint(self, key: str, text: str, shortcut: str = "") -> None:
        """The tooltip of one choice."""
        self._segments[key].setToolTip(name_with_shortcut(text, shortcut))

    def set_available(self, key: str, available: bool) -> None:
        """Grey out one choice, or bring it back."""
        self._segments[key].setEnabled(available)

    def set_compact(self, compact: bool) -> None:
        """Show only the choice, with a menu of all of them, or all side by side."""
        self._folded.setVisible(compact)
        for segment in self._segments.values():
            segment.setVisible(not compact)

    def _open_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for segment in self._segments.values():
            entry = menu.addAction(segment.text())
            entry.setCheckable(True)
            entry.setChecked(segment.isChecked())
            entry.setEnabled(segment.isEnabledTo(self))
            entry.setData(segment.key)
        menu.triggered.connect(self._on_menu)
        menu.popup(self._folded.mapToGlobal(self._folded.rect().bottomLeft()))

    def _on_menu(self, entry: QAction) -> None:
        self.set_value(str(entry.data()))

    def step(self, by: int) -> None:
        """Choose the next (1) or the previous (-1) available one, round the end, and take the focus along."""
        open_ones = [segment for segment in self._segments.values() if segment.isEnabled()]
        if open_ones:
            here = (
                open_ones.index(self._segments[self._value])
                if self._segments[self._value] in open_ones
                else 0
            )
            target = open_ones[(here + by) % len(open_ones)]
            target.setChecked(True)
            target.setFocus(Qt.FocusReason.TabFocusReason)

    def _on_toggled(self, button: QAbstractButton, on: bool) -> None:
        if on and isinstance(button, _Segment) and button.key != self._value:
            self._value = button.key
            self._name_folded()
            self.changed.emit(button.key)

    def _name_folded(self) -> None:
        text = self._segments[self._value].text()
        self._folded.set_state(text)
        self._folded.setAccessibleName(f"{self.accessibleName()}: {text}")
        self._folded.setToolTip(self.accessibleName())

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            box(painter, QRectF(self.rect()), fill=current().raised)
