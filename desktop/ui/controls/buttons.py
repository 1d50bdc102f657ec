"""Buttons: square tools, flat icons, links, the outlined menu button and the one primary button.

None takes the focus by a click, so a focus ring always means the keyboard; all are reached with Tab.
"""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QEnterEvent, QIcon, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QPushButton, QSizePolicy, QToolButton, QWidget

from desktop.ui.controls.paint import box, busy_arc, focus_ring, line_of_text, text_width
from desktop.ui.icons import icon, paint_icon
from desktop.ui.theme import SPACE, Tone, current, font, mix, tone_colour

_MODE = QIcon.Mode


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


def name_with_shortcut(text: str, shortcut: str) -> str:
    """The tooltip of an action: its name, and its keys as this system writes them."""
    keys = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText) if shortcut else ""
    return f"{text}  {keys}" if keys else text


class _Glyph(QToolButton):
    """A square button that shows its icon; give it an icon's name and text, or an action."""

    side = 28
    glyph = 16

    def __init__(
        self,
        name: str = "",
        text: str = "",
        shortcut: str = "",
        *,
        checkable: bool = False,
        tone: Tone = Tone.NEUTRAL,
    ) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedSize(self.side, self.side)
        self.setIconSize(QSize(self.glyph, self.glyph))
        self.setCheckable(checkable)
        if name:
            self.set_icon(name, tone)
        if text:
            self.set_text(text, shortcut)

    def set_icon(self, name: str, tone: Tone = Tone.NEUTRAL) -> None:
        """Show another icon of ``desktop.ui.icons``."""
        self.setIcon(icon(name, tone))

    def set_text(self, text: str, shortcut: str = "") -> None:
        """Name the button for tooltip and screen reader."""
        self.setText(text)
        self.setAccessibleName(text)
        self.setToolTip(name_with_shortcut(text, shortcut))

    def set_action(self, action: QAction) -> None:
        """Follow an action: icon, name, checked, enabled and what it does."""
        self.setDefaultAction(action)
        self.setAccessibleName(action.text().replace("&", ""))
        self.setToolTip(name_with_shortcut(self.accessibleName(), action.shortcut().toString()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def _on_accent(self) -> bool:
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = current()
        area = QRectF(self.rect())
        hot = self.isEnabled() and (self.underMouse() or self.isDown())
        with QPainter(self) as painter:
            if self._on_accent():
                box(painter, area, fill=mix(tokens.accent, tokens.text, 0.08) if hot else tokens.accent)
            elif hot or self.isChecked():
                box(
                    painter,
                    area,
                    fill=tokens.line if self.isDown() or (hot and self.isChecked()) else tokens.raised,
                )
            mode = _MODE.Selected if self._on_accent() else _MODE.Active if hot else _MODE.Normal
            place = (
                self.rect().center().x() + 1 - self.glyph // 2,
                self.rect().center().y() + 1 - self.glyph // 2,
            )
            self.icon().paint(
                painter,
                *place,
                self.glyph,
                self.glyph,
                Qt.AlignmentFlag.AlignCenter,
                mode if self.isEnabled() else _MODE.Disabled,
                QIcon.State.On if self.isChecked() else QIcon.State.Off,
            )
            if self.hasFocus():
                focus_ring(painter, area, on_accent=self._on_accent())


class IconButton(_Glyph):
    """A flat icon of 16 pixels in a square of 28; checked it stays raised."""


class ToolButton(_Glyph):
    """A tool of 18 pixels in a square of 36; the chosen one lies on the accent."""

    side = 36
    glyph = 18

    def __init__(self, name: str = "", text: str = "", shortcut: str = "", *, checkable: bool = True) -> None:
        super().__init__(name, text, shortcut, checkable=checkable)

    def _on_accent(self) -> bool:
        return self.isChecked() and self.isEnabled()


class RoundButton(_Glyph):
    """The round accent button that plays."""

    side = 36
    glyph = 18

    def _on_accent(self) -> bool:
        return self.isEnabled()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = current()
        area = QRectF(self.rect())
        hot = self.isEnabled() and self.underMouse()
        fill = tokens.raised if not self.isEnabled() else tokens.accent
        with QPainter(self) as painter:
            box(painter, area, fill=mix(fill, tokens.text, 0.08) if hot else fill, radius=self.side / 2)
            mode = _MODE.Selected if self.isEnabled() else _MODE.Disabled
            inset = (self.side - self.glyph) // 2
            self.icon().paint(
                painter, inset, inset, self.glyph, self.glyph, Qt.AlignmentFlag.AlignCenter, mode
            )
            if self.hasFocus():
                focus_ring(painter, area, radius=self.side / 2, on_accent=self.isEnabled())


class LinkButton(PaintedButton):
    """A word to press: bold, in the accent, without a box."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
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
            line_of_text(painter, area, self.text(), self.ink(), face, Qt.AlignmentFlag.AlignHCenter)
            if self.hasFocus():
                focus_ring(painter, area)


class Button(QPushButton):
    """An ordinary outlined button, with an icon if ``name`` is given; the default one of a dialog has the accent."""

    def __init__(self, text: str, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._name = name
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFont(font())
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

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
        fill = tokens.line if self.isDown() else tokens.raised if hot else ""
        line = tokens.accent if self.isDefault() and self.isEnabled() else tokens.line
        ink = tokens.text if self.isEnabled() else tokens.faint
        width = text_width(self._words(), self.font()) + 1
        lead = 24 if self._name else 0
        left = area.center().x() - (lead + width) / 2
        with QPainter(self) as painter:
            box(painter, area, fill=fill, line=line, dashed=not self.isEnabled())
            if self._name:
                paint_icon(painter, QRectF(round(left), area.center().y() - 8, 16, 16), self._name, ink)
            line_of_text(
                painter, QRectF(left + lead, 0, width, area.height()), self._words(), ink, self.font()
            )
            if self.hasFocus():
                focus_ring(painter, area)


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
        return QSize(5 * SPACE + self._lead() + self._trail() + 24, 26)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = current()
        area = QRectF(self.rect())
        hot = self.isEnabled() and (self.underMouse() or self.isDown())
        ink = (tokens.text if hot else tokens.muted) if self.isEnabled() else tokens.faint
        inner = area.adjusted(2.5 * SPACE, 0, -2.5 * SPACE, 0)
        with QPainter(self) as painter:
            box(
                painter,
                area,
                fill=tokens.raised if hot else "",
                line=tokens.line,
                dashed=not self.isEnabled(),
            )
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


class PrimaryButton(PaintedButton):
    """The one button that costs money: bold name at the left, what it costs at the right, on the accent."""

    def __init__(self, text: str, detail: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._detail = detail
        self._busy = False
        self._phase = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(40)
        self._timer.timeout.connect(self._turn)
        self.setFixedHeight(36)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._name_it()

    def _name_it(self) -> None:
        self.setAccessibleName(f"{self.text()}, {self._detail}" if self._detail else self.text())

    def detail(self) -> str:
        return self._detail

    def set_detail(self, detail: str) -> None:
        """What stands at the right: the estimate."""
        self._detail = detail
        self._name_it()
        self.updateGeometry()
        self.update()

    def is_busy(self) -> bool:
        return self._busy

    def set_busy(self, busy: bool) -> None:
        """While busy a ring turns before the name and a press does nothing."""
        self._busy = busy
        if busy and self.isVisible():
            self._timer.start()
        elif not busy:
            self._timer.stop()
        self.update()

    def _turn(self) -> None:
        self._phase = (self._phase + 0.04) % 1.0
        if self.isVisible():
            self.update()
        else:
            self._timer.stop()

    def nextCheckState(self) -> None:
        """Nothing to toggle."""

    def hitButton(self, _pos: object) -> bool:
        return not self._busy

    def click(self) -> None:
        if not self._busy:
            super().click()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._busy:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        words = text_width(self.text(), font(bold=True)) + text_width(self._detail, font())
        return QSize(words + 11 * SPACE, 36)

    def minimumSizeHint(self) -> QSize:
        return QSize(text_width(self.text(), font(bold=True)) + 8 * SPACE, 36)

    def ink(self) -> str:
        """The colour of the words now."""
        return current().on_accent if self.isEnabled() else current().faint

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = current()
        area = QRectF(self.rect())
        with QPainter(self) as painter:
            if self.isEnabled():
                strength = 0.16 if self.isDown() else 0.08 if self.underMouse() and not self._busy else 0.0
                box(painter, area, fill=mix(tokens.accent, tokens.window, strength))
            else:
                box(painter, area, fill=tokens.raised, line=tokens.line)
            inner = area.adjusted(3.5 * SPACE, 0, -3.5 * SPACE, 0)
            if self._busy:
                busy_arc(
                    painter, QRectF(inner.left(), area.center().y() - 8, 16, 16), self.ink(), self._phase
                )
                inner.adjust(24, 0, 0, 0)
            bold = font(bold=True)
            line_of_text(painter, inner, self.text(), self.ink(), bold)
            rest = inner.adjusted(text_width(self.text(), bold) + 3 * SPACE, 0, 0, 0)
            line_of_text(painter, rest, self._detail, self.ink(), font(), Qt.AlignmentFlag.AlignRight)
            if self.hasFocus():
                focus_ring(painter, area, on_accent=self.isEnabled())
