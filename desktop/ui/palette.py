"""The command palette: every action by a few letters of its name."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from desktop.ui.actions import Actions
from desktop.ui.controls import SearchField
from desktop.ui.palette_delegate import LINE_HEIGHT, PaletteDelegate
from desktop.ui.tokens import SPACE

WIDTH, ROWS_SHOWN = 460, 11


class Palette(QFrame):
    """Opens over the top of its window; Enter runs the chosen action, Escape closes."""

    def __init__(self, actions: Actions, window: QWidget) -> None:
        super().__init__(window, Qt.WindowType.Popup)
        self._actions = actions
        self.setAccessibleName("Find an action")
        self.setObjectName("palette")
        self.field = SearchField("Find an action")
        self.field.textChanged.connect(self._filter)
        self.field.installEventFilter(self)
        self.list = QListWidget()
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setItemDelegate(PaletteDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setAccessibleName("Actions")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemActivated.connect(self._run)
        self.list.itemClicked.connect(self._run)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        layout.setSpacing(2 * SPACE)
        layout.addWidget(self.field)
        layout.addWidget(self.list)
        self.setFixedWidth(WIDTH)

    def open_over(self, window: QWidget) -> None:
        """Show all actions, at the top of the window."""
        self.field.clear()
        self._filter("")
        self.list.setFixedHeight(min(LINE_HEIGHT * ROWS_SHOWN, window.height() - 56 - 30 * SPACE))
        self.adjustSize()
        self.move(window.mapToGlobal(QPoint((window.width() - WIDTH) // 2, 56)))
        self.show()
        self.field.setFocus()

    def shown(self) -> list[str]:
        """The titles that fit what was typed, best first."""
        return [self.list.item(index).text().partition("\t")[0] for index in range(self.list.count())]

    def _filter(self, text: str) -> None:
        self.list.clear()
        ranked = [
            (rank, action)
            for action in self._actions
            if action.isEnabled() and (rank := matching(action.text(), text)) is not None
        ]
        for _, action in sorted(ranked, key=lambda pair: pair[0]):
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            item = QListWidgetItem(f"{action.text()}\t{keys}" if keys else action.text())
            item.setData(Qt.ItemDataRole.UserRole, action)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {
                Qt.Key.Key_Down: 1,
                Qt.Key.Key_Up: -1,
                Qt.Key.Key_PageDown: ROWS_SHOWN,
                Qt.Key.Key_PageUp: -ROWS_SHOWN,
            }.get(Qt.Key(event.key()))
            if step is not None:
                last = self.list.count() - 1
                self.list.setCurrentRow(min(max(self.list.currentRow() + step, 0), last))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _run(self, item: QListWidgetItem | None) -> None:
        action = None if item is None else item.data(Qt.ItemDataRole.UserRole)
        self.close()
        if isinstance(action, QAction):
            action.trigger()


def matching(title: str, typed: str) -> tuple[int, str] | None:
    """How well a title fits what was typed (smaller is better), or None: all its words must stand in the title."""
    low, words = title.lower(), typed.lower().split()
    if not all(word in low for word in words):
        return None
    if words and low.startswith(words[0]):
        return 0, low
    starts = words and any(part.startswith(words[0]) for part in low.split())
    return (1 if starts else 2), low if words else ""
