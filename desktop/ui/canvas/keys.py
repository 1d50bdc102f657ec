"""The canvas's keys while the keyboard is elsewhere.

A hand that has just clicked a row, an eye or a slider and is over the picture again means the picture by Space, Enter
or Escape. What the canvas would use now is the canvas's while the pointer is over it, unless it is typed.
"""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QWidget
from shiboken6 import isValid

from desktop.ui.controls.number_box import NumberBox

_PRESSES = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
_ENDS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)


class Keyboard(Protocol):
    """The canvas as this module sees it."""

    @property
    def hovered(self) -> bool:
        """Whether mouse or pen is over the canvas."""

    @property
    def space(self) -> bool:
        """Whether Space is held for panning."""

    def uses(self, event: QKeyEvent) -> bool:
        """Whether a key means something to the canvas now, before any shortcut does."""


class BorrowedKeys(QObject):
    """Watches whatever has the focus in the canvas's window, and hands the canvas its keys.

    Enter and Escape in a number give the keyboard back to the canvas.
    """

    _app: QCoreApplication | None = (
        None  # of the class: what is torn down, attribute by attribute, may still be told
    )

    def __init__(self, canvas: QWidget, keyboard: Keyboard) -> None:
        super().__init__(canvas)
        self._canvas, self._keyboard = canvas, keyboard
        self._watched: QWidget | None = None
        self._app = QApplication.instance()
        if isinstance(self._app, QApplication):
            self._app.focusChanged.connect(self._focus_changed)

    def stop(self) -> None:
        """Before the end: the application outlives the canvas, and would tell it on."""
        if isinstance(self._app, QApplication):
            self._app.focusChanged.disconnect(self._focus_changed)
        self._focus_changed(None, None)
        self._app = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or watched is not self._watched or not self._canvas.isVisible():
            return False
        if event.type() in _PRESSES:
            if self._ends_number(event):
                return True
            if not self._keyboard.hovered or not self._may_take(event):
                return False
        elif event.key() != Qt.Key.Key_Space or not self._keyboard.space:
            return False
        self._canvas.event(event)
        return True

    def _may_take(self, event: QKeyEvent) -> bool:
        """Whether a key is the canvas's rather than that of the widget that has the focus."""
        key, widget = event.key(), self._watched
        if widget is None or not self._keyboard.uses(event):
            return False
        number = isinstance(widget, QAbstractSpinBox)
        if key == Qt.Key.Key_Space:
            return number or not _takes_text(widget)
        return not number and not _takes_text(widget) and not self._canvas.isAncestorOf(widget)

    def _ends_number(self, event: QKeyEvent) -> bool:
        """Enter keeps what was typed, Escape what was there before; a panel on the canvas has its own use for both."""
        box = self._watched
        if not isinstance(box, NumberBox) or event.key() not in _ENDS or self._canvas.isAncestorOf(box):
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if event.key() == Qt.Key.Key_Escape:
            box.restore()
        self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    @Slot(QWidget, QWidget)  # a plain method is looked for by name, which fails once the canvas is torn down
    def _focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self._app is None:
            return
        if self._watched is not None and isValid(self._watched):
            self._watched.removeEventFilter(self)
        elsewhere = new is not None and new is not self._canvas and new.window() is self._canvas.window()
        self._watched = new if elsewhere else None
        if self._watched is not None:
            self._watched.installEventFilter(self)


def _takes_text(widget: QWidget) -> bool:
    return bool(widget.inputMethodQuery(Qt.InputMethodQuery.ImEnabled))
