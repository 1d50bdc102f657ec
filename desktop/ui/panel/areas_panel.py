"""The areas list: choose, add, rename, hide, lock, remove."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QVBoxLayout, QWidget

from desktop.core import edits
from desktop.core.areas import STATIC_LABEL, MotionArea
from desktop.core.shot import Shot
from desktop.ui.controls import EmptyState, IconButton, NumberBadge, Row, Section
from desktop.ui.session import Session

ROW_HEIGHT = 48


class AreaRow(Row):
    """One area: badge, name, what is painted, lock and eye."""

    renamed = Signal(int, str)
    lock_asked = Signal(int)
    hide_asked = Signal(int)
    remove_asked = Signal(int)
    menu_asked = Signal(int, QPoint)

    def __init__(self, area: MotionArea) -> None:
        super().__init__(area.title)
        self.label = area.label
        self._editor: QLineEdit | None = None
        self.add_leading(NumberBadge(area.number))
        self.lock = IconButton("lock-open", "Lock", checkable=False)
        self.eye = IconButton("eye", "Hide", checkable=False)
        self.lock.clicked.connect(self._ask_lock)
        self.eye.clicked.connect(self._ask_hide)
        self.add_trailing(self.lock)
        self.add_trailing(self.eye)
        self.setMinimumHeight(ROW_HEIGHT)
        self.opened.connect(self.rename)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._ask_menu)

    def show_area(self, area: MotionArea, subtitle: str, *, chosen: bool) -> None:
        """Bring the row up to date."""
        self.set_texts(area.title, subtitle)
        self.set_selected(chosen)
        self.lock.set_icon("lock" if area.locked else "lock-open")
        self.lock.set_text(f"Unlock {area.title}" if area.locked else f"Lock {area.title}")
        self.eye.set_icon("eye-closed" if area.hidden else "eye")
        self.eye.set_text(f"Show {area.title}" if area.hidden else f"Hide {area.title}")

    def rename(self) -> None:
        """Let the name be typed in its place."""
        if self._editor is not None:
            return
        editor = QLineEdit(self.title.text(), self)
        editor.setAccessibleName("Name of the area")
        top_left = self.title.mapTo(self, QPoint(-6, -4))
        editor.setGeometry(top_left.x(), (self.height() - 32) // 2, self.lock.x() - top_left.x(), 32)
        editor.selectAll()
        editor.editingFinished.connect(self._renamed)
        self._editor = editor
        editor.show()
        editor.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._editor is not None:
            self._drop_editor()
        elif event.key() == Qt.Key.Key_F2:
            self.rename()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_asked.emit(self.label)
        else:
            super().keyPressEvent(event)

    def _renamed(self) -> None:
        if self._editor is not None:
            text = self._editor.text()
            self._drop_editor()
            self.renamed.emit(self.label, text)

    def _drop_editor(self) -> None:
        editor, self._editor = self._editor, None
        if editor is not None:
            editor.deleteLater()
            self.setFocus()

    def _ask_lock(self) -> None:
        self.lock_asked.emit(self.label)

    def _ask_hide(self) -> None:
        self.hide_asked.emit(self.label)

    def _ask_menu(self, at: QPoint) -> None:
        self.menu_asked.emit(self.label, self.mapToGlobal(at))


class AreasPanel(Section):
    """All areas of the shot; the chosen one is what tools paint."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("Areas", parent=parent)
        self._session = session
        self._rows: dict[int, AreaRow] = {}
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        self.content.addLayout(self._list)
        self._empty = EmptyState("areas", "Nothing is painted yet", "Choose the brush and paint what moves.")
        self.content.addWidget(self._empty)
        self.add = IconButton("plus", "Add an area")
        self.add.clicked.connect(self._offer_areas)
        self.heading.add_trailing(self.add)
        session.shot_replaced.connect(self.refresh)
        session.areas_changed.connect(self.refresh)
        session.coverage_changed.connect(self.refresh)
        session.active_area_changed.connect(self.refresh)
        session.path_changed.connect(self.refresh)
        self.refresh()

    def row(self, label: int) -> AreaRow | None:
        """The row of an area."""
        return self._rows.get(label)

    def refresh(self) -> None:
        """Show the areas as they are."""
        shot = self._session.shot
        areas = () if shot is None else shot.areas
        wanted = [area.label for area in areas]
        if list(self._rows) != wanted:
            self._rebuild(areas)
        counts = self._session.coverage()
        for area in areas:
            row = self._rows[area.label]
            row.show_area(
                area,
                "" if shot is None else describe(shot, area, counts.get(area.label, 0)),
                chosen=area.label == self._session.active_label,
            )
        self._empty.setVisible(shot is not None and not areas)
        self.add.setEnabled(shot is not None)

    def _rebuild(self, areas: tuple[MotionArea, ...]) -> None:
        focused = next((label for label, row in self._rows.items() if row.hasFocus()), None)
        for row in self._rows.values():
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = {}
        for area in areas:
            row = AreaRow(area)
            row.pressed.connect(self._chosen)
            row.renamed.connect(self._rename)
            row.lock_asked.connect(self._toggle_lock)
            row.hide_asked.connect(self._toggle_hide)
            row.remove_asked.connect(self._remove)
            row.menu_asked.connect(self._menu)
            self._rows[area.label] = row
            self._list.addWidget(row)
        if focused in self._rows:
            self._rows[focused].setFocus()

    def _chosen(self) -> None:
        row = self.sender()
        if isinstance(row, AreaRow):
            self._session.choose_area(row.label)

    def _offer_areas(self) -> None:
        shot = self._session.shot
        if shot is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        free = shot.free_label
        moving = menu.addAction("Moving area" if free is None else f"Moving area {free}")
        moving.setEnabled(free is not None)
        if free is not None:
            moving.setData(free)
        still = menu.addAction("Hold still")
        still.setEnabled(shot.static_area is None)
        still.setData(STATIC_LABEL)
        menu.triggered.connect(self._add_chosen)
        menu.popup(self.add.mapToGlobal(QPoint(0, self.add.height())))

    def _add_chosen(self, action: object) -> None:
        label = getattr(action, "data", int)()
        if isinstance(label, int):
            self.add_area(label)

    def add_area(self, label: int) -> None:
        """Add an area and choose it."""
        shot = self._session.shot
        if shot is not None:
            self._session.edit("Add an area", edits.add_area(shot, label))
            self._session.choose_area(label)

    def _rename(self, label: int, name: str) -> None:
        if (shot := self._session.shot) is not None:
            self._session.edit("Rename the area", edits.rename_area(shot, label, name))

    def _toggle_lock(self, label: int) -> None:
        shot = self._session.shot
        area = None if shot is None else shot.area(label)
        if shot is not None and area is not None:
            title = "Unlock the area" if area.locked else "Lock the area"
            self._session.edit(title, edits.lock_area(shot, label, not area.locked))

    def _toggle_hide(self, label: int) -> None:
        shot = self._session.shot
        area = None if shot is None else shot.area(label)
        if shot is not None and area is not None:
            title = "Show the area" if area.hidden else "Hide the area"
            self._session.edit(title, edits.hide_area(shot, label, not area.hidden))

    def _remove(self, label: int) -> None:
        """Remove the area with its pixels, as one step of undo."""
        shot = self._session.shot
        if shot is None or shot.area(label) is None or not self._session.begin_gesture("Remove the area"):
            return
        self._session.paint(edits.clear(shot, label))
        after = self._session.shot
        if after is not None:
            self._session.preview(after.without_area(label))
        self._session.commit_gesture()

    def _menu(self, label: int, at: QPoint) -> None:
        shot = self._session.shot
        area = None if shot is None else shot.area(label)
        row = self._rows.get(label)
        if shot is None or area is None or row is None:
            return
        index = [a.label for a in shot.areas].index(label)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Rename", row.rename)
        menu.addSeparator()
        up = menu.addAction("Move up")
        up.setEnabled(index > 0)
        up.setData((label, index - 1))
        down = menu.addAction("Move down")
        down.setEnabled(index < len(shot.areas) - 1)
        down.setData((label, index + 1))
        menu.addSeparator()
        clear = menu.addAction("Clear what is painted")
        clear.setEnabled(not area.locked and self._session.coverage().get(label, 0) > 0)
        clear.setData(("clear", label))
        path = menu.addAction("Remove the path")
        path.setEnabled(area.trajectory is not None and not area.locked)
        path.setData(("path", label))
        turn = menu.addAction("Reverse the path")
        turn.setEnabled(area.trajectory is not None and not area.locked)
        turn.setData(("turn", label))
        menu.addSeparator()
        remove = menu.addAction("Remove the area")
        remove.setData(("remove", label))
        menu.triggered.connect(self._menu_chosen)
        menu.popup(at)

    def _menu_chosen(self, action: object) -> None:
        shot = self._session.shot
        data: object = getattr(action, "data", tuple)()
        if shot is None or not isinstance(data, tuple) or len(data) != 2:
            return
        what, value = data
        if isinstance(what, int):
            self._session.edit("Reorder the areas", edits.move_area(shot, what, value))
            return
        area = shot.area(value)
        if area is None:
            return
        if what == "clear":
            self._session.apply("Clear the area", edits.clear(shot, value))
        elif what == "path":
            self._session.edit("Remove the path", edits.set_trajectory(shot, value, None))
        elif what == "turn" and area.trajectory is not None:
            turned = edits.set_trajectory(shot, value, area.trajectory.reversed())
            self._session.edit("Reverse the path", turned)
        elif what == "remove":
            self._remove(value)


def describe(shot: Shot, area: MotionArea, painted: int) -> str:
    """What is painted and where it goes, in a few words."""
    share = painted / shot.label_map.size
    text = "nothing painted" if painted == 0 else f"{max(share, 0.0001):.2%}".replace("%", " %")
    if share >= 0.01:
        text = f"{share:.1%}".replace("%", " %")
    if area.static:
        return text
    if area.trajectory is None:
        return f"{text} · no path"
    points = len(area.trajectory.points())
    return f"{text} · path {area.trajectory.length:.0f} px, {points} points"
