"""Buttons with words: links, outlined ones, those that open a menu or the search. Their base paints itself.

None takes the focus by a click, so a focus ring always means the keyboard; all are reached with Tab.
"""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QPushButton, QSizePolicy, QWidget

from desktop.ui.controls.paint import box, focus_ring, line_of_text, text_width
from desktop.ui.icons import paint_icon
from desktop.ui.theme import SPACE, Tone, current, font, mix, tone_colour


class PaintedButton(QAbstractButton):
    """What painted buttons share: keyboard-only focus, Enter as well as Space, repaint under the mouse."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFont(font())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
        else:
            super().keyPressEvent(event)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


def name_with_shortcut(text: str, *shortcuts: str) -> str:
    """The tooltip of an action: its name, and its keys as this system writes them."""
    native = QKeySequence.SequenceFormat.NativeText
    keys = " or ".join(QKeySequence(keys).toString(native) for keys in shortcuts if keys)
    return f"{text}  {keys}" if keys else text


class LinkButton(PaintedButton):
    """A word to press: bold, in the accent, without a box. ``flush`` begins it at its left edge, under a sentence."""

    def __init__(self, text: str, parent: QWidget | None = None, *, flush: bool = False) -> None:
        super().__init__(text, parent)
        self._align = Qt.AlignmentFlag.AlignLeft if flush else Qt.AlignmentFlag.AlignHCenter
        self.setFont(font(bold=True))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(text_width(self.text(), self.font()) + SPACE, 22)

    def ink(self) -> str:
        """The colour of the word now."""
        return current().accent if self.isEnabled() else current().faint

    def paintEvent(self, _event: QPaintEvent) -> None:
        area = QRectF(self.rect())
        with QPainter(self) as painter:
            face = self.font()
            face.setUnderline(self.isEnabled() and self.underMouse())
            line_of_text(painter, area, self.text(), self.ink(), face, self._align)
            if self.hasFocus():
                focus_ring(painter, area)

    def set_flush(self, flush: bool) -> None:
        """Begin at the left edge, or stand in the middle."""
        self._align = Qt.AlignmentFlag.AlignLeft if flush else Qt.AlignmentFlag.AlignHCenter
        self.update()


class Button(QPushButton):
    """An ordinary outlined button, with an icon if ``name`` is given; the default one of a dialog has the accent."""

    def __init__(self, text: str, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._name = name
        self._filled = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFont(font())
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

    def set_filled(self, filled: bool) -> None:
        """Lie on a raised box, as on the stage, where the outline alone would hardly be seen."""
        self._filled = filled
        self.update()

    def _words(self) -> str:
        return self.text().replace("&", "")

    def sizeHint(self) -> QSize:
        return QSize(text_width(self._words(), self.font()) + (24 if self._name else 0) + 6 * SPACE, 30)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = current()
        area = QRectF(self.rect())
        hot = self.isEnabled() and self.underMouse()
        primary = self.isDefault() and self.isEnabled()
        if primary:
            strength = 0.16 if self.isDown() else 0.08 if hot else 0.0
            fill = line = mix(tokens.accent, tokens.window, strength)
        else:
            rest = tokens.raised if self._filled else ""
            fill, line = tokens.line if self.isDown() else tokens.raised if hot else rest, tokens.line
        ink = tokens.on_accent if primary else tokens.text if self.isEnabled() else tokens.off
        width = text_width(self._words(), self.font()) + 1
        lead = 24 if self._name else 0
        left = area.center().x() - (lead + width) / 2
        with QPainter(self) as painter:
            box(painter, area, fill=fill, line=line)
            if self._name:
                paint_icon(painter, QRectF(round(left), area.center().y() - 8, 16, 16), self._name, ink)
            line_of_text(
                painter, QRectF(left + lead, 0, width, area.height()), self._words(), ink, self.font()
            )
            if self.hasFocus():
                focus_ring(painter, area, on_accent=primary)


class MenuButton(PaintedButton):
    """An outlined button that opens something: a dot of a tone or an icon, a text, a caret or its keys at the right."""

    def __init__(
        self, text: str, *, name: str = "", tone: Tone | None = None, keys: str = "", caret: bool = True
    ) -> None:
        super().__init__(text)
        self._name = name
        self._tone = tone
        self._keys = keys
        self._caret = caret
        self.setAccessibleName(text)
        self.setToolTip(name_with_shortcut(text, keys))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def set_state(self, text: str, tone: Tone | None = None) -> None:
        """Change the words and the dot."""
        self._tone = tone
        self.setText(text)
        self.setAccessibleName(text)
        self.setToolTip(name_with_shortcut(text, self._keys))
        self.updateGeometry()
        self.update()

    def _keys_text(self) -> str:
        native = (
            QKeySequence(self._keys).toString(QKeySequence.SequenceFormat.NativeText) if self._keys else ""
        )
        return native.replace("+", " ")

    def _lead(self) -> int:
        return 22 if self._name else 14 if self._tone is not None else 0

    def _trail(self) -> int:
        keys = text_width(self._keys_text(), self.font()) + 2 * SPACE if self._keys else 0
        return keys + (20 if self._caret else 0)

    def sizeHint(self) -> QSize:
        return QSize(5 * SPACE + self._lead() + text_width(self.text(), self.font()) + 1 + self._trail(), 26)

    def minimumSizeHint(self) -> QSize:
        return QSize(5 * SPACE + self._lead() + self._trail() + 24, 26).boundedTo(self.sizeHint())

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = current()
        area = QRectF(self.rect())
        hot = self.isEnabled() and (self.underMouse() or self.isDown())
        ink = (tokens.text if hot else tokens.muted) if self.isEnabled() else tokens.off
        inner = area.adjusted(2.5 * SPACE, 0, -2.5 * SPACE, 0)
        with QPainter(self) as painter:
            box(painter, area, fill=tokens.raised if hot else "", line=tokens.line)
            if self._name:
                paint_icon(painter, QRectF(inner.left(), area.center().y() - 8, 16, 16), self._name, ink)
            elif self._tone is not None:
                dot = QRectF(inner.left(), area.center().y() - 4, 8, 8)
                box(painter, dot, fill=tone_colour(self._tone), radius=4)
            words = inner.adjusted(self._lead(), 0, -self._trail(), 0)
            line_of_text(painter, words, self.text(), ink, self.font())
            if self._keys:
                line_of_text(painter, inner, self._keys_text(), ink, self.font(), Qt.AlignmentFlag.AlignRight)
            if self._caret:
                paint_icon(
                    painter, QRectF(inner.right() - 13, area.center().y() - 7, 14, 14), "caret-down", ink
                )
            if self.hasFocus():
                focus_ring(painter, area)


class SearchButton(MenuButton):
    """Looks like a search field and opens the command palette: *Find an action  Ctrl K*."""

    def __init__(self, text: str = "Find an action", keys: str = "Ctrl+K") -> None:
        super().__init__(text, name="search", keys=keys, caret=False)
        self._words = text

    def set_compact(self, compact: bool) -> None:
        """Show only the icon and the keys, or the words too."""
        shown = "" if compact else self._words
        if shown != self.text():
            self.set_state(shown)
            self.setAccessibleName(self._words)
            self.setToolTip(name_with_shortcut(self._words, self._keys))
