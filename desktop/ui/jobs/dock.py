"""The jobs dock: header with counts, filter and fold, what holds everything back, and the list."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QStackedWidget, QWidget

from desktop.core.job import Job
from desktop.ui.controls import (
    EmptyState,
    Glyph,
    IconButton,
    Label,
    LinkButton,
    column,
    row,
    rule,
    set_surface,
)
from desktop.ui.jobs import words
from desktop.ui.jobs.list_view import JobsList
from desktop.ui.jobs.model import EVERYTHING, FILTERS, JobsModel
from desktop.ui.jobs.row_plan import ROW_HEIGHT
from desktop.ui.theme import SPACE

if TYPE_CHECKING:
    from desktop.jobs.runner import Progress

_HEADER = 36
_ROWS_WANTED = 3


def no_poster(_job: Job) -> Path | None:
    """No picture for any job."""
    return None


def folder_is_there(job: Job) -> bool:
    """Whether the folder of a finished job is still on disk. Blocks briefly."""
    return bool(job.take) and Path(job.take).is_dir()


class _Banner(QWidget):
    """A line under the header: an icon, a sentence, and a word to press."""

    def __init__(self, icon: str, link: str = "") -> None:
        super().__init__()
        self._sentence = Label(ink="warn")
        self.link = LinkButton(link)
        self.link.setVisible(bool(link))
        self.setLayout(row(Glyph(icon, 16, ink="warn"), self._sentence, self.link, 1, margins=(5, 0, 5, 1)))
        self._sentence.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setVisible(False)

    def show_sentence(self, sentence: str) -> None:
        """Show the sentence, or nothing when it is empty."""
        self._sentence.setText(sentence)
        self.setAccessibleName(sentence)
        self.link.setAccessibleName(f"{self.link.text()}: {sentence}")
        self.setVisible(bool(sentence))


class _Header(QWidget):
    """Title, counts, filter, fold. A double click folds."""

    double_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(_HEADER)
        self.running, self.waiting, self.narrowed = (Label(ink="muted") for _ in range(3))
        self.filter = IconButton("filter", "Which jobs are shown", checkable=True)
        self.fold = IconButton("caret-down", "Fold the jobs")
        self.empty = Label("None yet; Generate makes the first one.", ink="muted")
        texts = (self.running, self.waiting, self.narrowed, self.empty)
        for label in texts:
            label.setVisible(False)
        self.setLayout(
            row(
                row(Label("Jobs", bold=True), *texts, gap=3),
                1,
                row(self.filter, self.fold, gap=1),
                margins=(3, 0, 4, 0),
            )
        )

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.double_clicked.emit()


class JobsDock(QWidget):
    """Everything about jobs at the foot of the window. The owner feeds it and answers its signals.

    ``poster_for`` names the picture of a job and is called in a worker thread; ``take_is_here`` is asked when a menu
    opens; ``now`` is unix time.
    """

    open_asked = Signal(object)
    """``Job`` whose take shall be played."""
    action_asked = Signal(str, object)
    """The name of an `desktop.jobs.commands.Action`, and the ``Job``. *Send again* must be confirmed by the owner."""
    key_asked = Signal()
    """The user wants to enter another key."""
    folded_changed = Signal(bool)
    counts_changed = Signal(object)
    """How many run and how many wait for the user, in words."""

    def __init__(
        self,
        poster_for: Callable[[Job], Path | None] = no_poster,
        take_is_here: Callable[[Job], bool] = folder_is_there,
        parent: QWidget | None = None,
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(parent)
        set_surface(self, "window")
        self.setAccessibleName("Jobs")
        self._folded = False
        self._wanted_folded: bool | None = None
        self._empty: bool | None = None
        self.model = JobsModel(poster_for, self, now=now)
        self.list = JobsList(self.model, take_is_here)
        self.list.opened.connect(self.open_asked)
        self.list.action_asked.connect(self.action_asked)
        self._header = _Header()
        self._header.fold.clicked.connect(self._toggle_fold)
        self._header.double_clicked.connect(self._toggle_fold)
        self._header.filter.clicked.connect(self._show_filters)
        self._offline = _Banner("offline")
        self._key_problem = _Banner("key", "Enter a key")
        self._key_problem.link.clicked.connect(self.key_asked)
        self._none = EmptyState("film", "No jobs yet.", "Generate makes the first one.")
        self._narrowed = EmptyState("filter", "No job is of this kind.")
        self._narrowed.add_action("Show all jobs").clicked.connect(self.show_all)
        self._pages = QStackedWidget()
        self._known, self._waiting = True, QWidget()
        for page in (self._none, self._narrowed, self.list, self._waiting):
            self._pages.addWidget(page)
        self._pages.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self._pages.setMinimumHeight(ROW_HEIGHT)
        body = column(self._pages, gap=0, margins=(0, 0, 0, 1))
        self._body = QWidget()
        self._body.setLayout(body)
        self._edge = rule()
        self._edge.hide()
        self.setLayout(column(self._edge, self._header, self._offline, self._key_problem, self._body, gap=0))
        self.model.counts_changed.connect(self._on_counts)
        self._on_counts()

    def sizeHint(self) -> QSize:
        return QSize(640, _HEADER + _ROWS_WANTED * ROW_HEIGHT + SPACE)

    # --- what is shown ----------------------------------------------------------------------------------------------

    def set_known(self, known: bool) -> None:
        """Whether it is known which jobs there are; before that the place stays empty, and says nothing."""
        self._known = known
        if not known:
            self._empty = None
        self._on_counts()

    def upsert(self, jobs: Iterable[Job]) -> None:
        """Take in jobs that are new or have changed."""
        self.model.upsert(jobs)

    def set_progress(self, progress: Mapping[str, Progress]) -> None:
        """The transfers under way, by job id."""
        self.model.set_progress(progress)

    def set_trouble(self, offline: str, key_problem: str) -> None:
        """What holds everything back, a sentence each; empty when all is well."""
        self._offline.show_sentence(offline)
        self._key_problem.show_sentence(key_problem)
        self._fit()

    def set_filter(self, name: str) -> None:
        """Narrow the list to a kind of `FILTERS`."""
        self.model.set_filter(name)

    def show_all(self) -> None:
        """Show all jobs again."""
        self.set_filter(EVERYTHING)

    def choose(self, job_id: str) -> None:
        """Choose a job and bring it into sight, whatever was filtered or folded."""
        self.set_folded(False)
        if self.model.row_of(job_id) < 0:
            self.show_all()
        self.list.choose(job_id)

    def take_focus(self) -> None:
        """Give the keys to the list; to the header while there is no list to be seen."""
        self.set_folded(False)
        seen = self._pages.currentWidget() is self.list
        (self.list if seen else self._header.filter).setFocus(Qt.FocusReason.ShortcutFocusReason)

    @property
    def folded(self) -> bool:
        """Whether only the header is shown."""
        return self._folded

    @property
    def wanted_folded(self) -> bool | None:
        """What the person chose; None to be folded while there are no jobs."""
        return self._wanted_folded

    def restore_folded(self, wanted: bool | None, *, until_known: bool) -> None:
        """What the person chose at another time; ``until_known`` holds while it is not known which jobs there are."""
        self._wanted_folded = wanted
        self.set_folded(until_known if wanted is None else wanted)

    def set_folded(self, folded: bool) -> None:
        """Show only the header, or everything."""
        if folded == self._folded:
            return
        self._folded = folded
        self._body.setVisible(not folded)
        layout = self.layout()
        if layout is not None:
            layout.activate()  # what is hidden asks for no room from now on
        self._fit()
        self._header.fold.set_icon("caret-up" if folded else "caret-down")
        self._header.fold.set_text("Unfold the jobs" if folded else "Fold the jobs")
        self._tell_empty()
        self.updateGeometry()
        self.folded_changed.emit(folded)

    def _fit(self) -> None:
        """Folded, only the header and what holds everything back take room."""
        banners = [banner for banner in (self._offline, self._key_problem) if not banner.isHidden()]
        height = _HEADER + sum(banner.sizeHint().height() for banner in banners)
        self._edge.setVisible(self._folded)  # a dock of one height has no line to drag it by
        self.setMaximumHeight(height + self._edge.height() if self._folded else _UNBOUNDED)

    def filter_menu(self) -> QMenu:
        """The menu of kinds. It deletes itself when it is closed."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        group = QActionGroup(menu)
        for name in FILTERS:
            entry = menu.addAction(name)
            entry.setCheckable(True)
            entry.setChecked(name == self.model.filter)
            group.addAction(entry)
        menu.triggered.connect(self._on_filter)
        return menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.model.filter != EVERYTHING:
            self.show_all()
        else:
            super().keyPressEvent(event)

    # --- inside -----------------------------------------------------------------------------------------------------

    def _on_counts(self) -> None:
        header = self._header
        texts = words.counts(self.model.running, self.model.waiting_for_user)
        narrowed = self.model.filter != EVERYTHING
        shown = f"Showing: {self.model.filter.lower()}" if narrowed else ""
        for label, text in zip(
            (header.running, header.waiting, header.narrowed), (*texts, shown), strict=True
        ):
            label.setText(text)
            label.setVisible(bool(text))
        self.counts_changed.emit(texts)
        header.filter.setChecked(narrowed)
        if not self.model.total():
            self._pages.setCurrentWidget(self._none if self._known else self._waiting)
        elif not self.model.rowCount():
            self._pages.setCurrentWidget(self._narrowed)
        else:
            self._pages.setCurrentWidget(self.list)
        self._fold_if_empty()
        self._tell_empty()

    def _tell_empty(self) -> None:
        """Folded, the header says that there is nothing in it."""
        self._header.empty.setVisible(self._folded and self._known and not self.model.total())

    def _toggle_fold(self) -> None:
        self._wanted_folded = not self._folded
        self.set_folded(not self._folded)

    def _fold_if_empty(self) -> None:
        """A place without jobs takes no room, unless the person has chosen; folding is left alone in between."""
        empty = not self.model.total()
        if self._known and empty != self._empty:
            self._empty = empty
            if self._wanted_folded is None:
                self.set_folded(empty)

    def _show_filters(self) -> None:
        button = self._header.filter
        button.setChecked(self.model.filter != EVERYTHING)
        menu = self.filter_menu()
        corner = button.mapToGlobal(button.rect().bottomRight())
        menu.popup(corner - QPoint(menu.sizeHint().width(), 0))

    def _on_filter(self, entry: QAction) -> None:
        self.set_filter(entry.text())


_UNBOUNDED = (1 << 24) - 1
"""Qt's QWIDGETSIZE_MAX."""
