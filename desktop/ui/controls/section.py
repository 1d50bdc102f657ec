"""The order of a panel: sections with a heading, and parts that fold."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.ui.controls.buttons import PaintedButton
from desktop.ui.controls.paint import box, focus_ring, line_of_text, text_width
from desktop.ui.controls.text import Ink, Label
from desktop.ui.icons import paint_icon
from desktop.ui.theme import SMALL, SPACE, current, font


class Heading(QWidget):
    """A title in small capitals with room for a detail or an action at the right."""

    def __init__(self, title: str, *, ink: Ink = "faint", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2 * SPACE)
        self._title = Label(title, ink=ink, size=SMALL, bold=True, caps=True)
        self._detail = Label("", ink="faint", size=SMALL, bold=True)
        self._detail.hide()
        self._layout.addWidget(self._title)
        self._layout.addStretch(1)
        self._layout.addWidget(self._detail)
        self.setFixedHeight(28)

    def add_trailing(self, widget: QWidget) -> None:
        """Put an action or a badge at the right."""
        self._layout.addWidget(widget)

    def set_detail(self, text: str, ink: Ink = "faint") -> None:
        """What stands at the right: a count, a state."""
        self._detail.setText(text)
        self._detail.set_ink(ink)
        self._detail.setVisible(bool(text))

    def detail(self) -> str:
        return self._detail.text()


class Section(QWidget):
    """A heading with content under it: add to ``content``. On the stage its ``ink`` is *muted*, to stay readable."""

    def __init__(self, title: str, *, ink: Ink = "faint", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self.heading = Heading(title, ink=ink)
        self.content = QVBoxLayout()
        self.content.setContentsMargins(0, 0, 0, 0)
        self.content.setSpacing(SPACE)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.heading)
        whole.addLayout(self.content)


class _Fold(PaintedButton):
    """The line one presses: caret, title, value at the right."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.value = ""
        self.ink: Ink = "faint"
        self.setCheckable(True)
        self.setFixedHeight(30)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(
            text_width(self.text(), font()) + text_width(self.value, font(SMALL)) + 9 * SPACE,
            self.minimumHeight(),
        )

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.minimumHeight())

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = current()
        area = QRectF(self.rect())
        ink = tokens.text if self.isEnabled() else tokens.faint
        with QPainter(self) as painter:
            if self.isEnabled() and self.underMouse():
                box(painter, area.adjusted(0, 1, 0, -1), fill=tokens.raised)
            arrow = "caret-down" if self.isChecked() else "caret-right"
            paint_icon(painter, QRectF(1, area.center().y() - 7, 14, 14), arrow, ink)
            room = area.adjusted(6 * SPACE, 0, -SPACE, 0)
            line_of_text(painter, room, self.text(), ink, font())
            rest = room.adjusted(text_width(self.text(), font()) + 3 * SPACE, 0, 0, 0)
            line_of_text(
                painter, rest, self.value, getattr(tokens, self.ink), font(SMALL), Qt.AlignmentFlag.AlignRight
            )
            if self.hasFocus():
                focus_ring(painter, area)


class Collapsible(QWidget):
    """A part that folds away and then shows its value: *> Webhook ... none*. Left and right fold it too."""

    toggled = Signal(bool)

    def __init__(
        self, title: str, value: str = "", *, opened: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._fold = _Fold(title)
        self._body = QWidget()
        self.content = QVBoxLayout(self._body)
        self.content.setContentsMargins(0, SPACE, 0, SPACE)
        self.content.setSpacing(2 * SPACE)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._fold)
        whole.addWidget(self._body)
        self._fold.toggled.connect(self._on_toggled)
        self._body.hide()
        self.set_value(value)
        self.set_opened(opened)
        self.setFocusProxy(self._fold)

    def set_opened(self, opened: bool) -> None:
        self._fold.setChecked(opened)

    def is_opened(self) -> bool:
        return self._fold.isChecked()

    def value(self) -> str:
        return self._fold.value

    def set_value(self, value: str, ink: Ink = "faint") -> None:
        """What is inside, in a word or two."""
        self._fold.value, self._fold.ink = value, ink
        self._fold.setAccessibleName(f"{self._fold.text()}, {value}" if value else self._fold.text())
        self._fold.update()

    def _on_toggled(self, opened: bool) -> None:
        self._body.setVisible(opened)
        self.toggled.emit(opened)
