"""Work in a thread that somebody waits for: when it takes its time, a card over the canvas tells how far it is."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop.imaging.progress import Report
from desktop.ui.controls import Button, Label, ProgressLine, row, small
from desktop.ui.controls.card import Card
from desktop.ui.jobs.words import elapsed
from desktop.ui.theme import SPACE

T = TypeVar("T")

SLOW_MS = 400
"""What is done sooner needs no card."""

_BEAT_MS = 100
_WIDTH = 300


class _GivenUp(Exception):
    """Nobody wants it any more."""


class WorkCard(Card):
    """What is done, how far it is, for how long, and a button to give it up, which Escape is too."""

    given_up = Signal()

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setFixedWidth(_WIDTH)
        self.progress = ProgressLine(title)
        self.progress.set_value(None)
        self.time = small("")
        self.cancel_button = Button("Cancel")
        self.cancel_button.clicked.connect(self.given_up)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 3 * SPACE)
        layout.setSpacing(2 * SPACE)
        layout.addWidget(Label(title, bold=True))
        layout.addWidget(self.progress)
        layout.addLayout(row(self.time, 1, self.cancel_button))
        self.hide()

    def place(self, below: int) -> None:
        """Stand in the middle of the parent, above ``below``."""
        parent = self.parentWidget()
        if parent is not None:
            self.adjustSize()
            self.move((parent.width() - self.width()) // 2, below - self.height())

    def leave(self) -> None:
        self.given_up.emit()


class _Run(QObject):
    """One piece of work: the thread tells its share, the window's thread shows it."""

    def __init__(self, card: WorkCard, show: Callable[[WorkCard], None]) -> None:
        super().__init__(card)
        self.share: float | None = None
        self.wanted = True
        self._card, self._show_card = card, show
        self._begun = time.monotonic()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._beat)
        self._timer.start(SLOW_MS)
        card.given_up.connect(self.give_up)

    def report(self, share: float) -> None:
        """Called in the thread."""
        if not self.wanted:
            raise _GivenUp
        self.share = share

    def give_up(self) -> None:
        """The card goes at once, the thread with its next report."""
        self.wanted = False
        self._timer.stop()
        self._card.hide()

    def _beat(self) -> None:
        self._card.progress.set_value(self.share)
        self._card.time.setText(elapsed(time.monotonic() - self._begun))
        if self._card.isHidden():
            self._show_card(self._card)
            self._timer.start(_BEAT_MS)


class LongWork(QObject):
    """Runs work in threads and shows cards for it on the ``stage``."""

    shown = Signal(object)
    """This `WorkCard` is shown now."""

    def __init__(self, stage: QWidget, foot: Callable[[], int], parent: QObject) -> None:
        """``foot`` gives the lowest pixel of the stage that a card may take."""
        super().__init__(parent)
        self._stage, self._foot = stage, foot
        self._cards: list[WorkCard] = []

    async def run(self, title: str, work: Callable[[Report], T]) -> T | None:
        """What the work gives, which is called with a `Report`; None when it was given up."""
        card = WorkCard(title, self._stage)
        run = _Run(card, self._show)
        try:
            found = await asyncio.to_thread(work, run.report)
            return found if run.wanted else None
        except _GivenUp:
            return None
        finally:
            self._cards = [other for other in self._cards if other is not card]
            if isValid(card):
                run.give_up()
                card.deleteLater()

    def _show(self, card: WorkCard) -> None:
        shown = [other for other in self._cards if other.isVisible()]
        card.place(min([self._foot(), *(other.y() - 2 * SPACE for other in shown)]))
        self._cards.append(card)
        card.show()
        card.raise_()
        self.shown.emit(card)
