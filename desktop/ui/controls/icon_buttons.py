"""Buttons of an icon: the square tool, the flat icon, the round one that plays. Focus comes by keys alone."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QActionEvent, QEnterEvent, QIcon, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolButton

from desktop.ui.controls.buttons import name_with_shortcut
from desktop.ui.controls.paint import box, focus_ring
from desktop.ui.icons import icon
from desktop.ui.theme import Tone, current, mix

_MODE = QIcon.Mode


class _Glyph(QToolButton):
    """A square button that shows its icon; give it an icon's name and text, or an action."""

    side = 28
    glyph = 16
    strong = False
    """Whether it is as strong as under the pointer all the time."""

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
        self._name_by(action)

    def _name_by(self, action: QAction) -> None:
        self.setAccessibleName(action.text().replace("&", ""))
        tip = name_with_shortcut(self.accessibleName(), action.shortcut().toString())
        more = action.whatsThis()
        self.setToolTip(f"{tip}\n{more}" if more else tip)
        self.setAccessibleDescription(more)

    def actionEvent(self, event: QActionEvent) -> None:
        super().actionEvent(event)  # takes the action's own tooltip, which has no keys
        action = self.defaultAction()
        if event.type() == QEvent.Type.ActionChanged and event.action() is action:
            self._name_by(action)

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
            mode = (
                _MODE.Selected if self._on_accent() else _MODE.Active if hot or self.strong else _MODE.Normal
            )
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
