"""A line of a list: areas, jobs, anything with a title, a second line and what one can do with it."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.ui.controls.icon_buttons import IconButton
from desktop.ui.controls.paint import box, focus_ring
from desktop.ui.controls.text import Label, Surface
from desktop.ui.theme import SMALL, SPACE, current, mix


class Row(QWidget):
    """Leading mark, title over subtitle, trailing controls; hovered and selected it has its own background.

    ``pressed`` when it is chosen by mouse, Space or Enter, ``opened`` on a double click or Enter again. Up and Down
    go to the neighbouring rows. ``surface`` is what it lies on, so that its backgrounds stand out and its text stays
    readable.
    """

    pressed = Signal()
    opened = Signal()

    def __init__(
        self,
        title: str,
        subtitle: str = "",
        *,
        surface: Surface = "panel",
        bold: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._surface = surface
        self._selected = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.title = Label(title, bold=bold)
        self.subtitle = Label(subtitle, ink="faint", size=SMALL)
        self.subtitle.setVisible(bool(subtitle))
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, SPACE)
        self._line.setSpacing(2 * SPACE)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(1)
        self.body.addStretch(1)
        self.body.addWidget(self.title)
        self.body.addWidget(self.subtitle)
        self.body.addStretch(1)
        self._line.addLayout(self.body, 1)
        self._leading = 0
        self._trailing = QHBoxLayout()
        self._trailing.setSpacing(0)
        self._line.addLayout(self._trailing)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._name_it()

    def _name_it(self) -> None:
        self.setAccessibleName(", ".join(text for text in (self.title.text(), self.subtitle.text()) if text))

    def set_texts(self, title: str, subtitle: str = "") -> None:
        self.title.setText(title)
        self.subtitle.setText(subtitle)
        self.subtitle.setVisible(bool(subtitle))
        self._name_it()

    def add_leading(self, widget: QWidget) -> None:
        """Put a disc or a picture before the texts."""
        self._line.insertWidget(self._leading, widget)
        self._leading += 1

    def add_trailing(self, widget: QWidget) -> None:
        """Put a badge or buttons after the texts; icons stand close, and their own margin ends the row."""
        flat = isinstance(widget, IconButton)
        if not flat and self._trailing.count():
            self._trailing.addSpacing(2 * SPACE)
        self._trailing.addWidget(widget)
        self._line.setContentsMargins(2 * SPACE, SPACE, 0 if flat else 2 * SPACE, SPACE)

    def is_selected(self) -> bool:
        return self._selected

    def set_selected(self, selected: bool) -> None:
        self._selected = selected
        self.setAccessibleDescription("selected" if selected else "")
        self.update()

    def background(self) -> str:
        """The token it shows behind its texts now, empty where the surface shows through."""
        tokens = current()
        chosen = tokens.raised if self._surface == "panel" else tokens.panel
        if self._selected:
            return chosen
        if self.isEnabled() and self.underMouse():
            return mix(
                {"panel": tokens.panel, "stage": tokens.stage}.get(self._surface, tokens.window), chosen, 0.6
            )
        return ""

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(120, 42))

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit()
        else:
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Space or (key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self._selected):
            self.pressed.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._go(1 if key == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def _go(self, by: int) -> None:
        parent = self.parentWidget()
        if parent is None:
            return
        rows = [child for child in parent.findChildren(Row) if child.isVisible() and child.isEnabled()]
        rows.sort(key=lambda child: child.mapTo(parent, child.rect().topLeft()).y())
        target = rows.index(self) + by
        if 0 <= target < len(rows):
            rows[target].setFocus(Qt.FocusReason.TabFocusReason)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        fill = self.background()
        area = QRectF(self.rect())
        with QPainter(self) as painter:
            if fill:
                box(painter, area, fill=fill)
            if self.hasFocus():
                focus_ring(painter, area)
