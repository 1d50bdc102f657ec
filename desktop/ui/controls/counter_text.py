"""A box for a prompt that grows with its text and counts it."""

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QResizeEvent, QTextBlockFormat, QTextCursor
from PySide6.QtWidgets import QSizePolicy, QTextEdit, QVBoxLayout, QWidget

from desktop.ui.controls.section import Heading
from desktop.ui.controls.text import Ink, set_property
from desktop.ui.theme import font

_LINE = 18  # pixels from line to line
_FRAME = 2 * 7  # padding and outline of the stylesheet
_NEAR = 0.9  # from this share of the limit on the counter warns


class _Growing(QTextEdit):
    """Plain text, as high as it is, between two numbers of lines; longer texts scroll."""

    left = Signal()

    def __init__(self, least: int, most: int) -> None:
        super().__init__()
        self._least = least
        self._most = most
        self.setFont(font())
        self.setAcceptRichText(False)
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.textChanged.connect(self._on_text)
        self.show_text("")

    def show_text(self, text: str) -> None:
        """Put ``text`` in, as the beginning of what can be undone."""
        self.setPlainText(text)
        self.document().clearUndoRedoStacks()

    def _air(self) -> None:
        """Keep the distance of lines, which Qt forgets when a text is replaced or all of it deleted."""
        document = self.document()
        if all(
            document.findBlockByNumber(at).blockFormat().lineHeight() == _LINE
            for at in range(document.blockCount())
        ):
            return
        airy = QTextBlockFormat()
        airy.setLineHeight(_LINE, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        cursor = QTextCursor(document)
        with QSignalBlocker(self):
            cursor.joinPreviousEditBlock()
            cursor.select(QTextCursor.SelectionType.Document)
            cursor.mergeBlockFormat(airy)
            cursor.endEditBlock()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()

    def _on_text(self) -> None:
        self._air()
        self._fit()

    def _fit(self) -> None:
        lines = round(self.document().size().height() / _LINE)
        shown = min(max(lines, self._least), self._most)
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if lines > self._most else policy.ScrollBarAlwaysOff
        )
        height = shown * _LINE + _FRAME
        if height != self.height() or self.maximumHeight() != height:
            self.setFixedHeight(height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        if self.document().size().height() <= self.viewport().height():
            self.verticalScrollBar().setRange(0, 0)  # Qt keeps the range of the lower box

    def minimumSizeHint(self) -> QSize:
        return QSize(80, super().minimumSizeHint().height())


class CounterText(QWidget):
    """A titled box for text with *128 / 2500* at its right, warning near the limit and marking what is over it.

    Nothing is cut off: a text that is too long stays, is marked, and ``is_over()`` says so. Characters are counted
    as Unicode code points. ``text_changed`` brings each new text; ``editing_finished`` comes when the box is left.
    Without ``show_title`` there is the box alone, for a place whose own heading shows ``counter``.
    """

    text_changed = Signal(str)
    editing_finished = Signal()

    def __init__(
        self,
        title: str,
        limit: int,
        *,
        placeholder: str = "",
        least: int = 3,
        most: int = 9,
        show_title: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._limit = limit
        self._title = title
        self._heading = Heading(title)
        self._edit = _Growing(least, most)
        self._edit.setPlaceholderText(placeholder)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._heading)
        layout.addWidget(self._edit)
        self._heading.setVisible(show_title)  # not before it has a parent: it would be a window for a moment
        self.setFocusProxy(self._edit)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._edit.textChanged.connect(self._on_changed)
        self._edit.left.connect(self.editing_finished)
        self._count()

    def text(self) -> str:
        return self._edit.toPlainText()

    def set_text(self, text: str) -> None:
        """Show ``text``; the same text again changes nothing, so the cursor stays where it is."""
        if text != self.text():
            self._edit.show_text(text)

    def counter(self) -> str:
        """What the counter shows."""
        return self._heading.detail()

    def counter_ink(self) -> Ink:
        """How the counter is written: as a warning near the limit, as wrong beyond it."""
        count = len(self.text())
        return "bad" if count > self._limit else "warn" if count >= _NEAR * self._limit else "faint"

    def is_over(self) -> bool:
        return len(self.text()) > self._limit

    def _on_changed(self) -> None:
        self._count()
        self.text_changed.emit(self.text())

    def _count(self) -> None:
        count = len(self.text())
        self._heading.set_detail(f"{count} / {self._limit}", self.counter_ink())
        set_property(self._edit, "wrong", count > self._limit)
        self._edit.setAccessibleName(self._title)
        self._edit.setAccessibleDescription(f"{count} of at most {self._limit} characters")
