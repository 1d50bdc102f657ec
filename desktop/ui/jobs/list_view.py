"""The list itself: mouse, keys and menu on the rows of jobs."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QFrame, QListView, QMenu, QWidget

from desktop.core.job import Job
from desktop.jobs.commands import Action
from desktop.ui.icons import icon
from desktop.ui.jobs import words
from desktop.ui.jobs.delegate import JobsDelegate
from desktop.ui.jobs.model import JobsModel
from desktop.ui.jobs.row_plan import MORE, Spot, fitting
from desktop.ui.theme import SPACE

_SCROLL_BAR = 10
_SECOND = 1000
_SLOW_TICKS = 30
_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
_SEPARATED = (Action.DUPLICATE,)


class JobsList(QListView):
    """Rows of jobs. Enter opens the take (or what leads on), Delete stops waiting, the menu has everything."""

    opened = Signal(object)
    """``Job`` whose take shall be played."""
    action_asked = Signal(str, object)
    """The name of an `Action`, and the ``Job``."""

    def __init__(
        self, jobs: JobsModel, take_is_here: Callable[[Job], bool], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._take_is_here = take_is_here
        self._down: tuple[str, str] = ("", "")
        self._count = 0
        self.setAccessibleName("Jobs")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("QListView, QListView:focus { border: none }")  # the row shows the focus
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QListView.SelectionMode.SingleSelection)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.verticalScrollBar().setSingleStep(16)
        self.verticalScrollBar().rangeChanged.connect(self._on_range)
        self._on_range(0, 0)
        self._delegate = JobsDelegate(jobs, self)
        self.setItemDelegate(self._delegate)
        self.setModel(jobs)
        self._timer = QTimer(self)
        self._timer.setInterval(_SECOND)
        self._timer.timeout.connect(self.tick)

    # --- what is chosen ---------------------------------------------------------------------------------------------

    def current_job(self) -> Job | None:
        """The chosen job."""
        index = self.currentIndex()
        return self._jobs.job_at(index.row()) if index.isValid() else None

    def choose(self, job_id: str) -> None:
        """Choose a job and bring it into sight."""
        row = self._jobs.row_of(job_id)
        if row >= 0:
            self.setCurrentIndex(self._jobs.index(row))
            self.scrollTo(self.currentIndex())

    def actions_of(self, job: Job) -> tuple[Action, ...]:
        """All that can be done with a job now; looks once whether a finished one is still on disk."""
        return fitting(job, not job.take or self._take_is_here(job))

    def menu_for(self, job: Job) -> QMenu:
        """The menu of a job. It deletes itself when it is closed."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in self.actions_of(job):
            if action in _SEPARATED and not menu.isEmpty():
                menu.addSeparator()
            said = words.action_words(action, job)
            entry = menu.addAction(icon(said.icon), said.title)
            entry.setData((str(action), job.id))
            entry.setToolTip(said.hint)
            if action is Action.STOP_WAITING:
                entry.setShortcut(QKeySequence(Qt.Key.Key_Delete))
            entry.setShortcutVisibleInContextMenu(True)
        menu.triggered.connect(self._on_menu)
        return menu

    def rect_of(self, job_id: str, name: str) -> QRectF:
        """Where a spot of a job's row lies in the viewport; null when the row has none."""
        index = self._jobs.index(self._jobs.row_of(job_id))
        parts = self._delegate.plan_of(index, QRectF(self.visualRect(index)))
        return next((spot.area for spot in (*parts.spots, parts.more) if spot.name == name), QRectF())

    # --- time -------------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """A second has passed: repaint the rows in sight that count it; half a minute repaints all in sight."""
        self._count = (self._count + 1) % _SLOW_TICKS
        if self._count == 0:
            self.viewport().update()
            return
        for row in self.rows_in_sight():
            if words.ticks(self._jobs.job_at(row)):
                self.update(self._jobs.index(row))

    def rows_in_sight(self) -> range:
        """The rows that can be seen now, the ones cut in half included."""
        count = self._jobs.rowCount()
        top = self.indexAt(QPoint(1, 0))
        if not count or not top.isValid():
            return range(0)
        bottom = self.indexAt(QPoint(1, self.viewport().height() - 1))
        return range(top.row(), bottom.row() + 1 if bottom.isValid() else count)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    # --- mouse ------------------------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._follow(event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._delegate.shows_focus = False
        self._follow(event.position())
        left = event.button() == Qt.MouseButton.LeftButton
        self._down = self._delegate.hot if left else ("", "")
        self._delegate.pressed = bool(self._down[0])
        super().mousePressEvent(event)
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        down, self._down = self._down, ("", "")
        self._delegate.pressed = False
        self.viewport().update()
        hit = self._spot_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or hit is None or not down[0]:
            return
        job, spot = hit
        if (job.id, spot.name) != down:
            return
        if spot.name == MORE:
            self._show_menu(job, self.viewport().mapToGlobal(spot.area.bottomLeft().toPoint()))
        else:
            self._ask(spot.name, job)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._spot_at(event.position()) is not None:
            self.mousePressEvent(event)  # two quick presses of an icon are two presses
            return
        super().mouseDoubleClickEvent(event)
        job = self.current_job()
        if job is not None and event.button() == Qt.MouseButton.LeftButton:
            self._lead_on(job)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._follow(QPointF(-1, -1))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            job = self.current_job()
            if job is not None:
                self._show_menu(job, self._place_of_current())
        else:
            index = self.indexAt(event.pos())
            if index.isValid():
                self._show_menu(self._jobs.job_at(index.row()), event.globalPos())
        event.accept()

    def _follow(self, point: QPointF) -> None:
        hit = self._spot_at(point)
        hot = ("", "") if hit is None else (hit[0].id, hit[1].name)
        if hot != self._delegate.hot:
            before, self._delegate.hot = self._delegate.hot, hot
            for job_id in {before[0], hot[0]} - {""}:
                row = self._jobs.row_of(job_id)
                if row >= 0:
                    self.update(self._jobs.index(row))
        link = hit is not None and bool(hit[1].link)
        shape = Qt.CursorShape.PointingHandCursor if link else Qt.CursorShape.ArrowCursor
        if self.viewport().cursor().shape() != shape:
            self.viewport().setCursor(shape)

    def _spot_at(self, point: QPointF) -> tuple[Job, Spot] | None:
        index = self.indexAt(point.toPoint())
        if not index.isValid():
            return None
        spot = self._delegate.plan_of(index, QRectF(self.visualRect(index))).hit(point)
        return None if spot is None else (self._jobs.job_at(index.row()), spot)

    # --- keys -------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._delegate.shows_focus = True
        job = self.current_job()
        if job is None:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._lead_on(job)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            if Action.STOP_WAITING in fitting(job):
                self._ask(Action.STOP_WAITING, job)
        elif event.matches(QKeySequence.StandardKey.Copy):
            self._ask(Action.COPY_DETAILS, job)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._delegate.shows_focus = event.reason() in _KEYBOARD
        super().focusInEvent(event)
        if self._delegate.shows_focus and not self.currentIndex().isValid() and self._jobs.rowCount():
            self.setCurrentIndex(self._jobs.index(0))

    # --- what is asked ----------------------------------------------------------------------------------------------

    def _lead_on(self, job: Job) -> None:
        """Play the take; else look for a lost job; else show what can be done. Nothing that costs, unasked."""
        offered = self.actions_of(job)
        if Action.OPEN in offered:
            self._ask(Action.OPEN, job)
        elif Action.FIND in offered:
            self._ask(Action.FIND, job)
        else:
            self._show_menu(job, self._place_of_current())

    def _ask(self, name: str, job: Job) -> None:
        if name == Action.OPEN:
            self.opened.emit(job)
        else:
            self.action_asked.emit(str(name), job)

    def _show_menu(self, job: Job, place: QPoint) -> None:
        self.menu_for(job).popup(place)

    def _on_menu(self, entry: QAction) -> None:
        name, job_id = entry.data()
        job = self._jobs.job(job_id)
        if job is not None:
            self._ask(name, job)

    def _place_of_current(self) -> QPoint:
        area = self.visualRect(self.currentIndex())
        return self.viewport().mapToGlobal(QPoint(area.left() + 20 * SPACE, area.bottom()))

    def _on_range(self, low: int, high: int) -> None:
        """The rows keep their width when the scroll bar comes: it takes its room from the margin."""
        self.setViewportMargins(3 * SPACE, 0, 3 * SPACE - (_SCROLL_BAR if high > low else 0), 0)
