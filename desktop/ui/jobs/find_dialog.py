"""The search for the task of a job whose reply was lost. The widget asks; its owner speaks to the service."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.core.job import Job
from desktop.ui.controls import (
    Button,
    CheckLine,
    Heading,
    Label,
    ProgressLine,
    Row,
    column,
    row,
    rule,
    set_surface,
    small,
)
from desktop.ui.jobs import words
from desktop.ui.jobs.picture import Picture
from desktop.ui.theme import SPACE, Tone, font

if TYPE_CHECKING:
    from desktop.jobs.finder import Candidate

EXPLAINED = (
    "The service’s reply was lost, so nobody here knows whether the video is being made. If it is, it may have been "
    "charged, and one of the service’s tasks belongs to this job: take it, and nothing is paid again."
)
LOOKING = "Looking through the tasks on the service…"
NO_LIST = "This service has no list of tasks. Look on its website, and paste the task’s id below."
NOTHING = "Every task on the service belongs to a job already: most likely nothing was made or charged for this one."
FOUND = "Tasks on the service that no job knows, newest first:"
TWICE = "The first request may have been charged. Sending it again may cost twice{money}."

_PICTURE = 224, 126
_SMALL_PICTURE = 78, 44


class FindDialog(QDialog):
    """Open it with ``open()``. It looks at once if the owner answers ``search_asked`` with `show_candidates`.

    ``picture`` is the picture that was sent. Close it with ``accept()`` when a task was adopted or the job was sent.
    """

    search_asked = Signal()
    adopt_asked = Signal(str)
    """The id of the task to take for the job's."""
    send_again_asked = Signal()
    """The user has said that it shall be sent again although it may cost twice."""

    def __init__(
        self, job: Job, picture: Path | None, parent: QWidget | None = None, *, now: float | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Find “{job.shot_name}”")
        set_surface(self, "window")
        self.setMinimumSize(760, 460)
        self._rows: dict[str, Row] = {}
        explained = Label(EXPLAINED, wrap=True)
        explained.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        sent = self._what_was_sent(job, picture, time.time() if now is None else now)
        middle = row(sent, self._tasks_there(), gap=5)
        middle.setStretch(1, 1)
        self._foot = QStackedWidget()
        self._foot.addWidget(self._usual_foot())
        self._foot.addWidget(self._last_question(job))
        self._foot.setFixedHeight(11 * SPACE)  # two lines of the question: nothing moves when it is asked
        whole = column(explained, rule(), middle, rule(), self._foot, gap=3, margins=(5, 5, 5, 4))
        whole.setStretch(2, 1)
        self.setLayout(whole)
        self.setTabOrder(self.task_id, self.adopt)
        self._busy(looking=True)
        self.state.setText(LOOKING)
        self._on_id("")

    def _what_was_sent(self, job: Job, picture: Path | None, now: float) -> QWidget:
        facts = (f"{job.request.duration} s", words.money(job), f"sent {words.ago(now - job.changed)}")
        self._picture = Picture(picture, *_PICTURE, name="The picture that was sent")
        side = QWidget()
        side.setFixedWidth(_PICTURE[0])
        side.setLayout(
            column(
                Heading("What was sent"),
                self._picture,
                Label(job.shot_name, bold=True),
                small(" · ".join(fact for fact in facts if fact)),
                Label(job.request.prompt, ink="muted", wrap=True),
                1,
            )
        )
        return side

    def _tasks_there(self) -> QVBoxLayout:
        """How the search goes, what it found, and the id that is chosen."""
        self.state = Label(wrap=True, ink="muted")
        self._looking = ProgressLine("Looking")
        policy = self._looking.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._looking.setSizePolicy(policy)
        self._error = CheckLine(Tone.BAD, "")
        self._error.setVisible(False)
        self.task_id = QLineEdit()
        self.task_id.setFont(font())
        self.task_id.setPlaceholderText("Choose a task above, or paste a task’s id")
        self.task_id.setAccessibleName("The task’s id")
        self.task_id.setClearButtonEnabled(False)
        self.task_id.textChanged.connect(self._on_id)
        self.adopt = Button("Take this task", "check")
        self.adopt.setDefault(True)
        self.adopt.clicked.connect(self._adopt)
        found = self._candidates()
        line = row(self.task_id, self.adopt)
        right = column(Heading("Tasks on the service"), self.state, self._looking, self._error, found, line)
        right.setStretchFactor(found, 1)
        return right

    def _candidates(self) -> QScrollArea:
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, SPACE, 0)
        self._list.setSpacing(SPACE)
        self._list.addStretch(1)
        inside = QWidget()
        inside.setLayout(self._list)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        set_surface(scroll.viewport(), "window")
        set_surface(inside, "window")
        return scroll

    def _usual_foot(self) -> QWidget:
        self.send_again = Button("Send again…", "upload")
        self.send_again.clicked.connect(self._ask_twice)
        self.look_again = Button("Look again", "refresh")
        self.look_again.clicked.connect(self._search)
        self.later = Button("Decide later")
        self.later.clicked.connect(self.reject)
        foot = QWidget()
        foot.setLayout(row(self.send_again, 1, self.look_again, self.later))
        return foot

    def _last_question(self, job: Job) -> QWidget:
        money = words.money(job)
        question = CheckLine(Tone.WARN, TWICE.format(money=f" ({money} each time)" if money else ""))
        self.back = Button("Do not send")
        self.back.clicked.connect(self._take_back)
        self.confirm = Button("Send again anyway", "upload")
        self.confirm.clicked.connect(self._send_again)
        foot = QWidget()
        line = row(question, self.back, self.confirm)
        line.setStretch(0, 1)
        foot.setLayout(line)
        return foot

    # --- what the owner shows ---------------------------------------------------------------------------------------

    def show_candidates(
        self, found: Sequence[Candidate] | None, pictures: Mapping[str, Path] | None = None
    ) -> None:
        """Show what the search found; None when the service has no list of tasks.

        ``pictures`` are first frames that are on disk, by task id.
        """
        self._busy(looking=False)
        self._error.setVisible(False)
        self._clear()
        self.state.setText(NO_LIST if found is None else FOUND if found else NOTHING)
        for candidate in found or ():
            line = Row(_status(candidate.status), candidate.task_id, surface="panel")
            path = (pictures or {}).get(candidate.task_id)
            if path is not None:
                line.add_leading(Picture(path, *_SMALL_PICTURE, name="First frame of the task"))
            line.setAccessibleName(f"Task {candidate.task_id}, {_status(candidate.status)}")
            line.pressed.connect(self._on_row)
            line.opened.connect(self._on_row)
            self._rows[candidate.task_id] = line
            self._list.insertWidget(self._list.count() - 1, line)
        self._on_id(self.task_id.text())

    def show_error(self, sentence: str) -> None:
        """Say what went wrong; everything can be tried again."""
        self._busy(looking=False)
        if not self._rows:
            self.state.setText("")
        self._on_id(self.task_id.text())
        self._error.set_state(Tone.BAD, sentence)
        self._error.setVisible(True)
        self._foot.setCurrentIndex(0)

    def candidates(self) -> tuple[str, ...]:
        """The ids of the tasks that are shown."""
        return tuple(self._rows)

    def row_for(self, task_id: str) -> Row:
        """The row of a task. Raises KeyError when it is not shown."""
        return self._rows[task_id]

    # --- inside -----------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._foot.currentIndex() == 1:
            self._take_back()
        else:
            super().keyPressEvent(event)

    def _busy(self, *, looking: bool) -> None:
        self._looking.setVisible(looking)
        self._looking.set_value(None if looking else 0.0)
        self.look_again.setEnabled(not looking)
        self.confirm.setEnabled(True)
        self.task_id.setEnabled(True)

    def _clear(self) -> None:
        for line in self._rows.values():
            self._list.removeWidget(line)
            line.deleteLater()
        self._rows.clear()

    def _search(self) -> None:
        self._busy(looking=True)
        self._error.setVisible(False)
        self.state.setText(LOOKING)
        self.search_asked.emit()

    def _on_row(self) -> None:
        chosen = next((task_id for task_id, line in self._rows.items() if line is self.sender()), "")
        self.task_id.setText(chosen)
        self.task_id.setCursorPosition(0)

    def _on_id(self, text: str) -> None:
        wanted = text.strip()
        self.adopt.setEnabled(bool(wanted))
        for task_id, line in self._rows.items():
            line.set_selected(task_id == wanted)

    def _adopt(self) -> None:
        wanted = self.task_id.text().strip()
        if wanted and self.adopt.isEnabled():
            self.adopt.setEnabled(False)
            self.task_id.setEnabled(False)
            self._error.setVisible(False)
            self.adopt_asked.emit(wanted)

    def _ask_twice(self) -> None:
        self._foot.setCurrentIndex(1)
        self.back.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_back(self) -> None:
        self._foot.setCurrentIndex(0)
        self.send_again.setFocus(Qt.FocusReason.OtherFocusReason)

    def _send_again(self) -> None:
        self.confirm.setEnabled(False)  # one word, one request
        self.send_again_asked.emit()


def _status(word: str) -> str:
    """The service's word for a task, readable: *In progress*."""
    return word.replace("_", " ").strip().capitalize() or "No status"
