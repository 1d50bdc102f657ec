"""The list of takes at the left: poster, name, when and how long, this shot's first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.ui.controls.paint import box, focus_ring, line_of_text
from desktop.ui.player.card import TakeCard
from desktop.ui.player.posters import Posters
from desktop.ui.theme import RADIUS, SMALL, SPACE, colour, current, font, mix

_Index = QModelIndex | QPersistentModelIndex
_CARD = Qt.ItemDataRole.UserRole
_POSTER_WIDTH = 480
_TEXT_HEIGHT = 46
_HEADING = 28
_BATCH = 100
"""Takes that are laid out in one turn of the loop."""


class _Model(QAbstractListModel):
    """Cards, and the headings between them as strings."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows: list[TakeCard | str] = []

    def set_takes(self, cards: Sequence[TakeCard]) -> None:
        self.beginResetModel()
        self._rows = []
        for heading, mine in (("Takes of this shot", True), ("All takes", False)):
            group = [card for card in cards if card.of_this_shot is mine]
            if group:
                self._rows += [heading, *group]
        self.endResetModel()

    def row_of(self, key: str) -> int:
        return next(
            (row for row, item in enumerate(self._rows) if isinstance(item, TakeCard) and item.key == key), -1
        )

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        item = self._rows[index.row()]
        if role == _CARD:
            return item
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return item if isinstance(item, str) else f"{item.title}, {item.line}"
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(item, TakeCard):
            return item.name
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if isinstance(self._rows[index.row()], str):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class _Delegate(QStyledItemDelegate):
    def __init__(self, posters: Posters, parent: QWidget) -> None:
        super().__init__(parent)
        self._posters = posters

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        if isinstance(index.data(_CARD), str):
            return QSize(100, _HEADING)
        width = option.rect.width()
        return QSize(100, round((width - 3 * SPACE) * 9 / 16) + _TEXT_HEIGHT + 3 * SPACE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        item, area = index.data(_CARD), QRectF(option.rect)
        tokens = current()
        painter.save()
        if isinstance(item, str):
            face = font(SMALL, bold=True)
            face.setCapitalization(QFont.Capitalization.AllUppercase)
            line_of_text(painter, area.adjusted(0, 2, 0, 0), item, tokens.faint, face)
        elif isinstance(item, TakeCard):
            area.adjust(0, 0, 0, -2 * SPACE)
            chosen = bool(option.state & QStyle.StateFlag.State_Selected)
            if chosen or option.state & QStyle.StateFlag.State_MouseOver:
                box(painter, area, fill=tokens.raised if chosen else mix(tokens.panel, tokens.raised, 0.5))
            self._paint_card(painter, area, item)
            if option.state & QStyle.StateFlag.State_HasFocus:
                focus_ring(painter, area)
        painter.restore()

    def _paint_card(self, painter: QPainter, area: QRectF, card: TakeCard) -> None:
        tokens = current()
        inner = area.adjusted(1.5 * SPACE, 1.5 * SPACE, -1.5 * SPACE, 0)
        place = QRectF(inner.left(), inner.top(), inner.width(), round(inner.width() * 9 / 16))
        path = QPainterPath()
        path.addRoundedRect(place, RADIUS, RADIUS)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(path, colour(tokens.stage))
        poster = self._posters.get(card.poster)
        if poster is not None:
            painter.save()
            painter.setClipPath(path)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            scale = max(place.width() / poster.width(), place.height() / poster.height())
            width, height = place.width() / scale, place.height() / scale
            part = QRectF((poster.width() - width) / 2, (poster.height() - height) / 2, width, height)
            painter.drawImage(place, poster, part)
            painter.restore()
        line = QRectF(inner.left(), place.bottom() + SPACE + 1, inner.width(), 18)
        line_of_text(painter, line, card.title, tokens.text, font(bold=True))
        line_of_text(painter, line.translated(0, 17), card.line, tokens.faint, font(SMALL))


class TakesList(QListView):
    """Choose a take with the mouse or the arrow keys."""

    chosen = Signal(object)
    """``TakeCard``"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Takes")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("QListView, QListView:focus { border: none; }")  # the ring lies on the take itself
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(_BATCH)
        self.setMouseTracking(True)
        self.posters = Posters(_POSTER_WIDTH, self)
        self.posters.loaded.connect(self._on_poster)
        self._takes = _Model(self)
        self.setModel(self._takes)
        self.setItemDelegate(_Delegate(self.posters, self))
        self.selectionModel().currentChanged.connect(self._on_current)

    def set_takes(self, cards: Sequence[TakeCard]) -> None:
        """Show these takes; the chosen one stays chosen if it is among them."""
        before = self.current()
        self.posters.forget({card.poster for card in cards if card.poster is not None})
        blocked = self.selectionModel().blockSignals(True)
        self._takes.set_takes(cards)
        self.selectionModel().blockSignals(blocked)
        if before is not None:
            self._mark(before.key, silent=True)

    def choose(self, key: str) -> None:
        """Mark a take as chosen, without a signal."""
        self._mark(key, silent=True)

    def current(self) -> TakeCard | None:
        """The chosen take."""
        item = self.currentIndex().data(_CARD) if self.currentIndex().isValid() else None
        return item if isinstance(item, TakeCard) else None

    def _mark(self, key: str, *, silent: bool) -> None:
        row = self._takes.row_of(key)
        if row < 0:
            return
        blocked = self.selectionModel().blockSignals(silent)
        self.selectionModel().setCurrentIndex(
            self._takes.index(row), QItemSelectionModel.SelectionFlag.ClearAndSelect
        )
        self.selectionModel().blockSignals(blocked)
        self.scrollTo(self._takes.index(row))
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._takes.rowCount() == 0:
            with QPainter(self.viewport()) as painter:
                area = QRectF(QPoint(0, 0), self.viewport().size()).adjusted(SPACE, SPACE, -SPACE, 0)
                area.setHeight(20)
                line_of_text(painter, area, "No takes yet", current().faint, font())

    def _on_current(self, now: QModelIndex, _before: QModelIndex) -> None:
        card = now.data(_CARD)
        if isinstance(card, TakeCard):
            self.chosen.emit(card)

    def _on_poster(self, _path: object) -> None:
        self.viewport().update()
