"""A step of undo in the making: pixels are worked out in a thread, shown on the live map, then kept or dropped.

The label map belongs to the UI thread and is far too large to rewrite between two frames, so what the thread found is
written in pieces over as many turns of the event loop as it takes.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from desktop.core import edits, label_map
from desktop.core.edits import Patch
from desktop.core.errors import KinebrushError
from desktop.core.geometry import EMPTY_BOX, Box
from desktop.core.label_map import LabelMap
from desktop.core.shot import Shot
from desktop.ui.background import Background
from desktop.ui.session import Session

_log = logging.getLogger(__name__)

Report = Callable[[float], None]
Work = Callable[[Shot, Report], Sequence[Patch]]
"""Run in a thread: what to paint on the shot as it was when the draft began. Must not touch Qt.

Raises KinebrushError where there is nothing to paint for a reason worth saying; the draft is dropped then."""

_TURN_SECONDS = 0.006
_PIECE = (1024, 256)
_REPORT_SECONDS = 0.04
SLOW_SECONDS = 0.2
"""Work that takes longer shows how far it is."""


class _Unwanted(Exception):
    """Nobody waits for this work any more."""


@dataclass(slots=True)
class _Origin:
    """The shot as it was at the beginning, its label map copied by the thread before anything is shown."""

    shot: Shot
    labels: LabelMap | None = None


class _Voice(QObject):
    reported = Signal(int, float)
    found = Signal(int, object, object)
    failed = Signal(int, str)
    spared = Signal(int, object)


class _Run:
    """One piece of work for the thread."""

    def __init__(self, number: int, origin: _Origin, work: Work, touched: Box, voice: _Voice) -> None:
        self.unwanted = False
        self._number, self._origin, self._work, self._touched = number, origin, work, touched
        self._voice = voice
        self._told = 0.0
        self.found: tuple[Box, LabelMap] | None = None
        self.sentence = ""
        """Why nothing was found."""
        self.over = threading.Event()

    def run(self) -> None:
        origin = self._origin
        self.sentence = "This could not be worked out; the log file has the details."
        try:
            self._report(0.0)
            if origin.labels is None:
                origin.labels = origin.shot.label_map.copy()
            patches = self._work(replace(origin.shot, label_map=origin.labels), self._report)
            box = self._touched
            for patch in patches:
                box = box.union(patch.box.intersect(label_map.extent(origin.labels)))
            wanted = origin.labels[box.slices].copy()
            for patch in patches:
                self._report(1.0)
                moved = patch.box.moved(-box.left, -box.top)
                label_map.merge(wanted, patch.stencil, moved, patch.label, patch.locked)
            spared = [edits.spared(origin.labels, patch) for patch in patches]
            self._voice.spared.emit(self._number, frozenset().union(*spared))
            self.found = box, wanted
            self._voice.found.emit(self._number, box, wanted)
            self.sentence = ""
        except _Unwanted:
            self.sentence = ""
        except KinebrushError as error:
            self.sentence = str(error)
        except MemoryError:
            _log.exception("no memory for a selection")
            self.sentence = "There is not enough memory for this; close other programs and try again."
        finally:
            if self.sentence:
                self._voice.failed.emit(self._number, self.sentence)
            self.over.set()

    def _report(self, share: float) -> None:
        if self.unwanted:
            raise _Unwanted
        now = perf_counter()
        if now - self._told >= _REPORT_SECONDS:
            self._told = now
            self._voice.reported.emit(self._number, share)


class Draft(QObject):
    """One gesture of the session at a time: ``begin``, any number of ``compute``, then ``keep`` or ``drop``."""

    progressed = Signal()
    """``share`` or ``running`` changed."""
    shown = Signal()
    """All of the newest result is on the map."""
    ended = Signal(bool)
    """The gesture is over; whether it became a step of undo."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._background = Background("selection")
        self._voice = _Voice(self)
        self._voice.reported.connect(self._reported)
        self._voice.found.connect(self._found)
        self._voice.failed.connect(self._failed)
        self._voice.spared.connect(self._spared)
        self._turns = QTimer(self)
        self._turns.setInterval(0)
        self._turns.timeout.connect(self._turn)
        self._number = 0
        self._run: _Run | None = None
        self._origin: _Origin | None = None
        self._touched = EMPTY_BOX
        self._wanted: tuple[Box, LabelMap] | None = None
        self._pieces: list[Box] = []
        self._keeping = False
        self._title = ""
        self._share = 0.0
        self._since = 0.0
        session.gesture_interrupted.connect(self._interrupted)
        session.gesture_taken.connect(self._forget)
        session.shot_replaced.connect(self._forget)

    @property
    def active(self) -> bool:
        """Whether a gesture is open that is this draft's."""
        return self._origin is not None

    @property
    def title(self) -> str:
        """What the step of undo will be called; empty while nothing is open."""
        return self._title if self.active else ""

    @property
    def running(self) -> bool:
        """Whether the newest result is not yet all on the map."""
        return self._run is not None or bool(self._pieces)

    @property
    def slow(self) -> bool:
        """Whether it has run long enough to say so."""
        return self.running and perf_counter() - self._since >= SLOW_SECONDS

    @property
    def share(self) -> float:
        """How far the work is, 0 to 1."""
        return self._share

    def begin(self, title: str, label: int | None = None) -> bool:
        """Open the gesture, with ``label`` ready to be painted. False, after a notice, when it cannot be."""
        session = self._session
        if not session.begin_gesture(title):
            return False
        if label is not None and not session.ready_to_paint(label):
            session.abort_gesture()
            return False
        shot = session.shot
        if shot is None:
            return False
        self._origin, self._title = _Origin(shot), title
        return True

    def compute(self, work: Work) -> None:
        """Show what this finds in the place of what is shown; an older work under way is given up."""
        if self._origin is None:
            return
        self._give_up()
        self._number += 1
        self._since, self._share = perf_counter(), 0.0
        self._run = _Run(self._number, self._origin, work, self._touched, self._voice)
        self._background.submit(self._run.run)
        self.progressed.emit()

    def keep(self) -> None:
        """Make it a step of undo, as soon as all of it is on the map."""
        if not self.active:
            return
        if self.running:
            self._keeping = self._session.finishing = True
        else:
            self._clear()
            self.ended.emit(self._session.commit_gesture())

    def drop(self) -> None:
        """Put everything back."""
        if self.active:
            self._clear()
            self._session.abort_gesture()
            self.ended.emit(False)

    def give_way(self) -> None:
        """Something else is chosen: what is to be kept is seen through, what was not applied is put back, and said."""
        if self._keeping:
            self._see_through()
        elif self.active:
            title = self.title
            self.drop()
            self._session.notice.emit(f"“{title}” was not applied and is put back; Enter keeps it.")

    def stop(self) -> None:
        """Before the end: drop it and wait for the thread."""
        self.drop()
        self._background.stop()

    def preview_areas(self, shot: Shot) -> None:
        """Show other areas (paths) with the pixels as they are."""
        if self.active:
            present = self._session.shot
            if present is not None:
                self._session.preview(replace(present, areas=shot.areas))

    # Inside

    def _reported(self, number: int, share: float) -> None:
        if number == self._number and self._run is not None:
            self._share = share
            self.progressed.emit()

    def _found(self, number: int, box: Box, wanted: LabelMap) -> None:
        if number != self._number or self._origin is None:
            return
        self._run = None
        self._wanted = (box, wanted)
        self._touched = self._touched.union(box)
        self._pieces = [
            Box(left, top, left + _PIECE[0], top + _PIECE[1]).intersect(box)
            for top in range(box.top, box.bottom, _PIECE[1])
            for left in range(box.left, box.right, _PIECE[0])
        ][::-1]
        self._turn()
        if self._pieces:
            self._turns.start()

    def _spared(self, number: int, labels: frozenset[int]) -> None:
        if number == self._number and self.active:
            self._session.tell_spared(labels)

    def _failed(self, number: int, sentence: str) -> None:
        if number == self._number and self.active:
            self._session.notice.emit(sentence)
            self.drop()

    def _turn(self) -> None:
        """Write pieces until the turn is over."""
        self._write_until(perf_counter() + _TURN_SECONDS)

    def _write_until(self, until: float) -> None:
        while self._pieces and perf_counter() < until:
            self._write(self._pieces.pop())
        if self._pieces:
            return
        self._turns.stop()
        self._wanted = None
        self.progressed.emit()
        self.shown.emit()
        if self._keeping:
            self.keep()

    def _write(self, piece: Box) -> None:
        shot = self._session.shot
        if shot is None or self._wanted is None:
            return
        box, labels = self._wanted
        wanted = labels[piece.slices_in(box)]
        changed = wanted != shot.label_map[piece.slices]
        while changed.any():  # by one label after the other: there are few, and sorting for them takes longer
            label = wanted[np.unravel_index(changed.argmax(), changed.shape)]
            of_label = changed & (wanted == label)
            self._session.paint(Patch(of_label.view(np.uint8), piece, int(label)))
            changed ^= of_label

    def _interrupted(self) -> None:
        """Something else begins: what is to be kept is seen through first, a preview under way is dropped."""
        if self.active and self.running:
            self.give_way()

    def _see_through(self) -> None:
        """Wait for the thread and write all that is left, so that the next gesture comes after this one."""
        run = self._run
        if run is not None:
            QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
            try:
                run.over.wait()
            finally:
                QGuiApplication.restoreOverrideCursor()
            if run.found is None:
                self._failed(self._number, run.sentence)
                return
            self._found(self._number, *run.found)
        self._write_until(math.inf)

    def _forget(self) -> None:
        if self.active:
            self._clear()
            self.ended.emit(False)

    def _give_up(self) -> None:
        if self._run is not None:
            self._run.unwanted = True
            self._run = None
        self._turns.stop()
        self._pieces = []
        self._wanted = None

    def _clear(self) -> None:
        self._give_up()
        self._number += 1
        kept, self._keeping = self._keeping, False
        self._origin, self._touched = None, EMPTY_BOX
        self.progressed.emit()
        if kept:
            self._session.finishing = False
            self._session.finished.emit()
