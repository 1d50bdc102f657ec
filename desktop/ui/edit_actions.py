"""Undo, redo, and what can be done with the chosen area from menus and keys."""

from __future__ import annotations

from PySide6.QtCore import QObject

from desktop.core import edits
from desktop.ui.actions import Actions
from desktop.ui.canvas.draft import Draft
from desktop.ui.canvas.view import CanvasView
from desktop.ui.panel.areas_panel import AreasPanel
from desktop.ui.session import Session

ON_AREAS = ("add-area", "rename-area", "clear-area", "remove-path")


class EditActions(QObject):
    """Connects the editing actions and keeps them in step with the session."""

    def __init__(
        self,
        actions: Actions,
        session: Session,
        areas: AreasPanel,
        canvas: CanvasView,
        preview: Draft,
        parent: QObject,
    ) -> None:
        """``preview`` is that of the operations on an area."""
        super().__init__(parent)
        self._canvas = canvas
        self._preview = preview
        self._actions = actions
        self._session = session
        self._areas = areas
        actions.on("undo", self.undo)
        actions.on("redo", canvas.redo)
        canvas.begun_changed.connect(self.refresh)
        preview.progressed.connect(self.refresh)
        actions.on("add-area", self.add_area)
        actions.on("rename-area", self.rename_area)
        actions.on("clear-area", self.clear_area)
        actions.on("remove-path", self.remove_path)
        session.history_changed.connect(self.refresh)
        session.shot_replaced.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """What can be done now, and what undo would take back."""
        session, canvas = self._session, self._canvas
        for name, title, step in (
            ("undo", "Undo", canvas.undo_title or self._preview.title or session.undo_title),
            ("redo", "Redo", canvas.redo_title or session.redo_title),
        ):
            self._actions[name].setEnabled(bool(step))
            self._actions[name].setText(f"{title} {step}".strip())
        for name in ON_AREAS:
            self._actions[name].setEnabled(session.shot is not None)

    def undo(self) -> None:
        """Take back what is begun, or the last step."""
        if self._preview.title and not self._canvas.undo_title:
            self._preview.drop()
        else:
            self._canvas.undo()

    def add_area(self) -> None:
        """One more moving area, if there is room for one."""
        shot = self._session.shot
        if shot is not None and (label := shot.free_label) is not None:
            self._areas.add_area(label)

    def rename_area(self) -> None:
        """Let the chosen area's name be typed."""
        row = self._areas.row(self._session.active_label)
        if row is not None:
            row.rename()

    def clear_area(self) -> None:
        """Take away what is painted in the chosen area, unless it is locked."""
        shot, label = self._session.shot, self._session.active_label
        area = None if shot is None else shot.area(label)
        if area is not None and area.locked:
            self._session.notice.emit(f"{area.title} is locked; unlock it to change it.")
        elif shot is not None:
            self._session.clear("Clear the area", label)

    def remove_path(self) -> None:
        """Take away the chosen area's path."""
        shot, label = self._session.shot, self._session.active_label
        area = None if shot is None else shot.area(label)
        if shot is not None and area is not None and not area.static:
            self._session.edit("Remove the path", edits.set_trajectory(shot, label, None))
