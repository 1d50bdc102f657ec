"""How a line of the command palette is drawn: icon, title, keys at the right."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QKeySequence, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.ui.controls.paint import box, line_of_text, text_width
from desktop.ui.theme import current, font
from desktop.ui.tokens import SPACE

LINE_HEIGHT = 30
_ICON = 16
_TITLE_AT = 9 * SPACE


class PaletteDelegate(QStyledItemDelegate):
    """Draws the action of a line (its ``UserRole``); the chosen line lies on a raised box."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, LINE_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        action = index.data(Qt.ItemDataRole.UserRole)
        if not isinstance(action, QAction):
            return
        tokens = current()
        whole = QRect(option.rect)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if chosen:
            box(painter, QRectF(whole), fill=tokens.raised)
        top = whole.top() + (LINE_HEIGHT - _ICON) // 2
        action.icon().paint(painter, QRect(whole.left() + 2 * SPACE, top, _ICON, _ICON))
        inner = QRectF(whole).adjusted(_TITLE_AT, 0, -3 * SPACE, 0)
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        line_of_text(painter, inner, keys, tokens.muted, font(), Qt.AlignmentFlag.AlignRight)
        words = inner.adjusted(0, 0, -text_width(keys, font()) - 3 * SPACE, 0)
        line_of_text(painter, words, action.text(), tokens.text, font())
        painter.restore()
