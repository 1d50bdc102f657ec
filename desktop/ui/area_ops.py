"""Operations on the chosen area, shown live while their numbers are set, and kept as one step of undo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QVBoxLayout

from desktop.core import edits
from desktop.core.areas import DYNAMIC_LABELS, STATIC_LABEL
from desktop.core.edits import Patch
from desktop.core.geometry import EMPTY_BOX, Box
from desktop.core.label_map import bounds_of
from desktop.core.placement import Placement
from desktop.core.shot import Shot
from desktop.core.trajectory import Trajectory
from desktop.ui.area_table import Operation, operation
from desktop.ui.canvas.draft import Draft, Report
from desktop.ui.canvas.tools.place import Placed, PlaceHandles
from desktop.ui.canvas.view import CanvasView
from desktop.ui.controls import Button, Label, ProgressLine, SliderNumber, row
from desktop.ui.controls.card import Card
from desktop.ui.place_numbers import PlaceNumbers
from desktop.ui.session import Session
from desktop.ui.theme import SMALL, SPACE

WIDTH = 312
_LABELS = 56


@dataclass(frozen=True, slots=True)
class Settings:
    """What the panel asks for: ``amount`` in the operation's unit, and where the area is put."""

    amount: int = 0
    placement: Placement = field(default_factory=Placement)
    with_path: bool = True
    to: int = 0
    beside: bool = False
    """Wherever a copy lies beside what it is a copy of, in the place of ``placement``."""


@dataclass(slots=True)
class _Outcome:
    """What the thread found beside pixels: the area whose path is another one, that path, and what is moved."""

    label: int = 0
    path: Trajectory | None = None
    bounds: Box = EMPTY_BOX
    beside: Placement | None = None
    """Where beside it is."""
    taken: float = 0.0
    """How much of the area its copy takes over, 0 to 1."""


class AreaOps(Card):
    """A small panel on the picture. Enter applies, Escape puts everything back, and so does anything that undoes.

    Another gesture (a stroke, a save) keeps what is shown.
    """

    closed = Signal()
    ground = "window"

    def __init__(self, session: Session, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self._session = session
        self._canvas = canvas
        self._operation: Operation | None = None
        self._label = 1
        self._outcome = _Outcome()
        self._filling = self._beside = self._refused = False
        self._bounds = EMPTY_BOX
        self._handles = PlaceHandles(canvas, self)
        self.draft = Draft(session)
        self.draft.progressed.connect(self._show_progress)
        self.draft.shown.connect(self._shown)
        self.draft.ended.connect(self._ended)
        self._heading = Label("", bold=True)
        self._words = Label("", ink="muted")
        self._words.setFixedWidth(_LABELS)
        self.amount = SliderNumber("Amount", 1, 500, 8, unit="px", logarithmic=True, show_label=False)
        self.amount.set_live()
        self.numbers = PlaceNumbers()
        self.with_path = QCheckBox("With its path")
        self.with_path.setChecked(True)
        self.target = QComboBox()
        self.target.setAccessibleName("Copy to")
        self.target.setToolTip("The area that the copy goes into  0 to 6")
        self.taken = Label("", ink="muted", size=SMALL)
        self.progress = ProgressLine("Working")
        self.progress.set_idle(True)
        self.cancel_button, self.apply_button = Button("Cancel"), Button("Apply", "check")
        self.apply_button.setDefault(True)
        self.cancel_button.setToolTip("Put everything back  Esc")
        self.apply_button.setToolTip("Keep it  Enter")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, 3 * SPACE)
        layout.setSpacing(2 * SPACE)
        layout.addWidget(self._heading)
        layout.addWidget(self.target)
        layout.addLayout(row(self._words, self.amount))
        for part in (self.numbers, self.taken, self.progress):
            layout.addWidget(part)
        layout.addLayout(row(self.with_path, 1, self.cancel_button, self.apply_button))
        self.amount.value_changed.connect(self._look)
        self.numbers.changed.connect(self._placed_by_hand)
        self.numbers.chain_changed.connect(canvas.tell_hints)
        self.with_path.toggled.connect(self._look)
        self.target.activated.connect(self._target_chosen)
        self.cancel_button.clicked.connect(self.cancel)
        self.apply_button.clicked.connect(self.apply)
        self.setFixedWidth(WIDTH)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        canvas.installEventFilter(self)
        self.hide()

    # What is asked

    def start(self, name: str) -> None:
        """Begin an operation of `area_table.OPERATIONS` on the chosen area. Raises KeyError."""
        wanted = operation(name)
        self.give_way()
        session, shot = self._session, self._session.shot
        if shot is None:
            return
        self._label = session.active_label
        area = shot.area(self._label)
        if area is None or not session.coverage().get(self._label, 0):
            session.notice.emit("Nothing of this area is painted yet; paint something first.")
            return
        self._operation = wanted
        self._heading.setText(wanted.step.format(area.title))
        self._prepare(wanted, shot)
        if not self._begin():
            self._operation = None
            return
        self._canvas.set_look(replace(self._canvas.look, hidden=False))  # nothing is changed unseen
        if not wanted.at_once:
            self._place()
            self.show()
            self.raise_()
            if name == "place":
                self.numbers.dx.begin()
            else:
                first = self.target if name == "copy" else self.amount
                first.setFocus(Qt.FocusReason.OtherFocusReason)
            if wanted.name in ("place", "copy"):
                self._canvas.lend(self._handles)
        self._look()

    def settings(self) -> Settings:
        """What the panel says now."""
        to = self.target.currentData()
        return Settings(
            round(self.amount.value()),
            self.numbers.placement,
            self.with_path.isChecked(),
            to if isinstance(to, int) else 0,
            self._beside,
        )

    @property
    def placed(self) -> Placed | None:
        """Where the area is that is moved, scaled and turned, for the handles on the canvas."""
        return None if self._bounds.empty else Placed(self._bounds, self.numbers.placement)

    @property
    def proportional(self) -> bool:
        """Whether width and height change together."""
        return self.numbers.proportional

    def set_placement(self, placement: Placement) -> None:
        """Put it there."""
        self.numbers.set_placement(placement)

    def nudge(self, dx: int, dy: int) -> None:
        """Move it by so many pixels more."""
        was = self.numbers.placement
        self.numbers.set_placement(replace(was, dx=was.dx + dx, dy=was.dy + dy))

    @property
    def copying(self) -> bool:
        """Whether the panel asks which area a copy goes into."""
        return self._operation is not None and self._operation.name == "copy"

    def choose_target(self, label: int) -> None:
        """Let the copy go into the area of this label; says so when that is the area that is copied."""
        index, shot = self.target.findData(label), self._session.shot
        if index < 0 and shot is not None:
            self._session.notice.emit(
                f"{_title(shot, label)} is what is copied; choose another area for the copy."
            )
        elif index != self.target.currentIndex():
            self.target.setCurrentIndex(index)
            self._target_chosen()

    def apply(self) -> None:
        """Keep it, as soon as all of it is shown; not where it is refused."""
        if not self._refused:
            self.draft.keep()

    def cancel(self) -> None:
        """Put everything back."""
        self.draft.drop()

    def give_way(self) -> None:
        """Something else is chosen: what was applied is there, what was not is put back."""
        self.draft.give_way()

    def stop(self) -> None:
        """Before the end."""
        self.draft.stop()

    # Inside

    def _prepare(self, wanted: Operation, shot: Shot) -> None:
        """Show the parts that the operation has, with its usual values."""
        self._filling = True
        amount, placing = wanted.amount, wanted.name in ("place", "copy")
        self.amount.setVisible(amount is not None)
        self._words.setVisible(amount is not None)
        if amount is not None:
            self.amount.set_range(1, amount.most)
            self.amount.set_value(amount.usual)
            self._words.setText(amount.label)
        self.numbers.setVisible(placing)
        self.numbers.begin(max(shot.image.width, shot.image.height))
        area = shot.area(self._label)
        self.with_path.setVisible(placing and area is not None and area.trajectory is not None)
        self._beside = wanted.name == "copy"
        self.target.setVisible(self._beside)
        self.taken.setVisible(self._beside)
        self.taken.setText("")
        self.target.clear()
        if wanted.name == "copy":
            for label in (*DYNAMIC_LABELS, STATIC_LABEL):
                if label != self._label:
                    self.target.addItem(f"To {_title(shot, label)}", label)
            locked = edits.locked_labels(shot)
            others = [self.target.itemData(index) for index in range(self.target.count())]
            usual = [label for label in (shot.free_label, *others) if label in others and label not in locked]
            self.target.setCurrentIndex(self.target.findData(usual[0]) if usual else 0)
        self._filling = False
        self.adjustSize()

    def _begin(self) -> bool:
        """Open the gesture on the area that is painted. A copy waits for an area that is not locked."""
        wanted, shot = self._operation, self._session.shot
        if wanted is None or shot is None:
            return False
        label: int | None = self.settings().to if wanted.name == "copy" else self._label
        self._refused = wanted.name == "copy" and label in edits.locked_labels(shot)
        self.apply_button.setEnabled(not self._refused)
        self.taken.set_ink("warn" if self._refused else "muted")
        if self._refused and label is not None:
            self.taken.setText(f"{_title(shot, label)} is locked; choose another area.")
            label = None
        return self.draft.begin(self._heading.text(), label)

    def _target_chosen(self) -> None:
        """Another area is painted: begin again, so that none is left behind empty."""
        wanted = self._operation
        self._filling = True
        self.draft.drop()
        self._filling = False
        self._operation = wanted
        if self._begin():
            self._look()
        else:
            self._close()

    def _placed_by_hand(self) -> None:
        if not self._filling:
            self._beside = False
            self._look()

    def _look(self) -> None:
        wanted = self._operation
        if wanted is None or self._filling:
            return
        self._outcome = _Outcome()
        self._canvas.repaint_tool()
        if not self._refused:
            self.draft.compute(partial(_work, wanted.name, self._label, self.settings(), self._outcome))

    def _shown(self) -> None:
        outcome, shot = self._outcome, self._session.shot
        if outcome.beside is not None and self._beside:
            self._filling = True
            self.numbers.set_placement(outcome.beside)
            self._filling = self._beside = False
        self.taken.setText("" if shot is None else _words_of(outcome.taken, _title(shot, self._label)))
        if not outcome.bounds.empty:
            self._bounds = outcome.bounds
            self._canvas.repaint_tool()
        if outcome.label and shot is not None and shot.area(outcome.label) is not None:
            self.draft.preview_areas(edits.set_trajectory(shot, outcome.label, outcome.path))
        self._canvas.place_badges()
        if self._operation is not None and self._operation.at_once:
            self.draft.keep()

    def _show_progress(self) -> None:
        """Only what takes its time: a line that came and went with every step of the slider would flicker."""
        self.progress.set_idle(not self.draft.slow)
        self.progress.set_value(self.draft.share if self.draft.slow else 0.0)

    def _ended(self, _kept: bool) -> None:
        if not self._filling:
            self._close()

    def _close(self) -> None:
        self._operation, self._bounds = None, EMPTY_BOX
        self._canvas.lend(None)
        if self.isVisible():
            self.hide()
            self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        self.closed.emit()

    def _place(self) -> None:
        self.adjustSize()
        self.move(self._canvas.width() - self.width() - 3 * SPACE, 3 * SPACE)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QResizeEvent) and watched is self._canvas and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.apply()
        else:
            super().keyPressEvent(event)

    def leave(self) -> None:
        self.cancel()


def _title(shot: Shot, label: int) -> str:
    area = shot.area(label)
    if area is not None:
        return area.title
    return "Hold still" if label == STATIC_LABEL else f"Area {label}"


def _words_of(taken: float, title: str) -> str:
    if taken == 0:
        return f"{title} stays as it is"
    return f"{max(1, round(100 * taken))} % of {title} is taken over"


def _work(
    name: str, label: int, settings: Settings, outcome: _Outcome, shot: Shot, report: Report
) -> Sequence[Patch]:
    # OpenCV comes in here, in the thread: the window shows before it is loaded.
    from desktop.imaging import area_edits

    simple: dict[str, Callable[[Shot, int, int, Report], Sequence[Patch]]] = {
        "grow": area_edits.grow,
        "shrink": area_edits.shrink,
        "smooth": area_edits.smooth,
        "holes": area_edits.fill_holes,
        "specks": area_edits.remove_specks,
    }
    if name in simple:
        return simple[name](shot, label, settings.amount, report)
    if name == "invert":
        return area_edits.invert(shot, label, report)
    placement = settings.placement
    if settings.beside:
        placement = outcome.beside = area_edits.beside(shot, label)
    outcome.bounds = bounds_of(shot.label_map, label)
    to = settings.to if name == "copy" else label
    target = shot.area(to)
    if to != STATIC_LABEL and target is not None:
        moved = area_edits.placed_path(shot, label, placement) if settings.with_path else None
        outcome.label, outcome.path = to, moved or target.trajectory
    copy_to = settings.to if name == "copy" else None
    patches = area_edits.place(shot, label, placement, to=copy_to, report=report)
    if copy_to is not None:
        outcome.taken = area_edits.share_taken(shot, label, patches[0])
    return patches
