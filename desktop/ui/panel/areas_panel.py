"""The areas list: choose, add, rename, reorder, colour, hide, show alone, lock, remove."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from desktop.core import edits
from desktop.core.areas import STATIC_LABEL, MotionArea
from desktop.core.label_map import extent, resized
from desktop.core.shot import Shot
from desktop.ui.controls import EmptyState, IconButton, Section
from desktop.ui.panel.area_colours import ColourMenu
from desktop.ui.panel.area_row import AREA_MIME, AreaRow, sample_size
from desktop.ui.session import Session
from desktop.ui.theme import colour, current


class AreaDrops(QWidget):
    """The rows, and the line between two of them where a dragged one would go."""

    def __init__(self, panel: AreasPanel) -> None:
        super().__init__()
        self._panel = panel
        self._line: int | None = None
        self.setAcceptDrops(True)
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(2)

    def index_at(self, y: float) -> int:
        """The gap of the list (0 is above the first row) at this height."""
        return sum(y > row.y() + row.height() / 2 for row in self._panel.listed())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(AREA_MIME):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if event.mimeData().hasFormat(AREA_MIME):
            self._show_line(self.index_at(event.position().y()))
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._show_line(None)

    def dropEvent(self, event: QDropEvent) -> None:
        self._show_line(None)
        data = bytes(event.mimeData().data(AREA_MIME).data())
        if data.isdigit():
            self._panel.move_area(int(data), self.index_at(event.position().y()))
            event.acceptProposedAction()

    def _show_line(self, index: int | None) -> None:
        if index != self._line:
            self._line = index
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        listed = self._panel.listed()
        if self._line is None or not listed:
            return
        y = listed[self._line].y() if self._line < len(listed) else self.height()
        with QPainter(self) as painter:
            top = min(max(y - 1, 0), self.height() - 2)
            painter.fillRect(QRectF(0, top, self.width(), 2), colour(current().accent))


class AreasPanel(Section):
    """All areas of the shot; the chosen one is what tools paint."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("Areas", parent=parent)
        self._session = session
        self._rows: dict[int, AreaRow] = {}
        self._drops = AreaDrops(self)
        self._list = self._drops.rows
        self.content.addWidget(self._drops)
        self._empty = EmptyState("areas", "Nothing is painted yet", "Choose the brush and paint what moves.")
        self.content.addWidget(self._empty)
        self.add = IconButton("plus", "Add an area")
        self.add.clicked.connect(self._offer_areas)
        self.heading.add_trailing(self.add)
        session.shot_replaced.connect(self._show_other)
        session.areas_changed.connect(self.refresh)
        session.coverage_changed.connect(self.refresh)
        session.active_area_changed.connect(self._show_words)
        session.path_changed.connect(self._show_words)
        self.refresh()

    def row(self, label: int) -> AreaRow | None:
        """The row of an area."""
        return self._rows.get(label)

    def listed(self) -> list[AreaRow]:
        """The rows from top to bottom."""
        return list(self._rows.values())

    def refresh(self) -> None:
        """Show the areas as they are."""
        shot = self._session.shot
        areas = () if shot is None else shot.areas
        self._arrange(areas)
        self._show_words()
        self._show_masks()
        self._empty.setVisible(shot is not None and not areas)
        self.add.setEnabled(shot is not None)

    def _show_other(self) -> None:
        """Another shot: a name that was being typed is not for its areas."""
        for row in self._rows.values():
            row.leave_name()
        self.refresh()

    def _show_words(self) -> None:
        """Names, numbers, and which one is chosen."""
        shot = self._session.shot
        if shot is None:
            return
        counts = self._session.coverage()
        for area in shot.areas:
            row = self._rows.get(area.label)
            if row is not None:
                words = describe(shot, area, counts.get(area.label, 0))
                row.show_area(area, words, chosen=area.label == self._session.active_label)

    def _show_masks(self) -> None:
        shot = self._session.shot
        if shot is None or not shot.areas:
            return
        size = sample_size(shot.image.width, shot.image.height, self.devicePixelRatioF())
        sample = resized(shot.label_map, extent(shot.label_map), *size)
        for area in shot.areas:
            self._rows[area.label].show_mask(sample, area)

    def _arrange(self, areas: tuple[MotionArea, ...]) -> None:
        """A row for each area, in their order. Rows stay as long as their areas: making one takes its time."""
        wanted = [area.label for area in areas]
        if list(self._rows) == wanted:
            return
        for label in [label for label in self._rows if label not in wanted]:
            row = self._rows.pop(label)
            row.leave_name()
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        rows = {area.label: self._rows.get(area.label) or self._made(area) for area in areas}
        self._rows = rows
        before: QWidget = self.add
        for place, row in enumerate(rows.values()):
            if self._list.indexOf(row) != place:
                self._list.removeWidget(row)
                self._list.insertWidget(place, row)
            for stop in row.stops():
                self.setTabOrder(before, stop)
                before = stop

    def _made(self, area: MotionArea) -> AreaRow:
        row = AreaRow(area)
        row.pressed.connect(self._chosen)
        row.renamed.connect(self._rename)
        row.lock_asked.connect(self._toggle_lock)
        row.hide_asked.connect(self._toggle_hide)
        row.solo_asked.connect(self._solo)
        row.move_asked.connect(self._step)
        row.remove_asked.connect(self._remove)
        row.menu_asked.connect(self._menu)
        return row

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
        shot = self._session.shot
        if shot is not None and shot.area(label) is not None:
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

    def _solo(self, label: int) -> None:
        if (shot := self._session.shot) is not None:
            self._session.edit("Show one area alone", edits.solo_area(shot, label))

    def _color(self, label: int, color: str) -> None:
        shot = self._session.shot
        if shot is not None and shot.area(label) is not None:
            self._session.edit("Colour the area", edits.color_area(shot, label, color))

    def _step(self, label: int, by: int) -> None:
        index = list(self._rows).index(label)
        self.move_area(label, max(0, index + (2 if by > 0 else -1)))

    def move_area(self, label: int, place: int) -> None:
        """Move an area to a gap of the list: 0 is above the first row, 1 below it."""
        shot = self._session.shot
        if shot is None or shot.area(label) is None:
            return
        index = [area.label for area in shot.areas].index(label)
        self._session.edit("Reorder the areas", edits.move_area(shot, label, place - (place > index)))

    def _remove(self, label: int) -> None:
        """Remove the area with its pixels, as one step of undo, unless it is locked."""
        shot = self._session.shot
        area = None if shot is None else shot.area(label)
        if area is not None and area.locked:
            self._session.notice.emit(f"{area.title} is locked; unlock it to change it.")
        elif area is not None:
            self._session.clear("Remove the area", label, remove=True)

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
        colours = ColourMenu(area, menu)
        colours.chosen.connect(self._color)
        menu.addMenu(colours)
        menu.addAction("Show it alone").setData(("solo", label))
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
        remove.setEnabled(not area.locked)
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
            self._session.clear("Clear the area", value)
        elif what == "path":
            self._session.edit("Remove the path", edits.set_trajectory(shot, value, None))
        elif what == "turn" and area.trajectory is not None:
            turned = edits.set_trajectory(shot, value, area.trajectory.reversed())
            self._session.edit("Reverse the path", turned)
        elif what == "solo":
            self._solo(value)
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
    return f"{text} · {area.trajectory.length:.0f} px, {points} points"
