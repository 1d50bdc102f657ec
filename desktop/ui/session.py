"""The session: the one owner of the open shot and its history.

Everything that shows or edits the shot asks the session and listens to its signals; nothing else holds a shot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from desktop.core import edits
from desktop.core.edits import Patch
from desktop.core.geometry import Box
from desktop.core.history import Change, Facts, History, Step
from desktop.core.label_map import extent, united
from desktop.core.shot import Shot
from desktop.ui.counting import Counting
from desktop.ui.let_go import let_go
from desktop.ui.spared import Spared
from desktop.ui.steps import Steps

TYPING_PAUSE_MS = 1200
"""Edits of one field that follow each other faster than this become one step of undo."""

_IDLE_MS = 40


class Session(QObject):
    """The open shot, its history and the chosen area.

    A *gesture* (one stroke, one drag) is ``begin_gesture``, any number of ``paint`` and ``preview``, then
    ``commit_gesture`` or ``abort_gesture``: one step of undo, whatever it touched. ``edit`` is a gesture in one call.

    What rewrites more pixels than fit into a turn of the loop goes on in the next ones: ``shot`` then has its new facts
    already, and pixels that follow. Whatever builds upon those calls ``finish_step`` first, as every method here does.
    """

    shot_replaced = Signal()
    """Another shot is open, or none."""
    picture_changed = Signal()
    """The picture or its crop is another one; the label map may be another array, all of whose pixels are new."""
    labels_changed = Signal(object)
    """Pixels of the label map inside this `Box` (image pixels) may have changed."""
    areas_changed = Signal()
    path_changed = Signal(int)
    """The path of the area of this label is another one."""
    parameters_changed = Signal()
    end_frame_changed = Signal()
    name_changed = Signal(str)
    history_changed = Signal()
    dirty_changed = Signal(bool)
    """Whether there are changes that Save has not written."""
    edited = Signal()
    """Something that a file would hold has changed: time for autosave, checks and the estimate."""
    coverage_changed = Signal()
    active_area_changed = Signal(int)
    gesture_interrupted = Signal()
    """Something else needs the session: who has half a result on the map may still abort the gesture."""
    gesture_taken = Signal()
    """The gesture was ended from outside the tool that had begun it."""
    finished = Signal()
    """``finishing`` is over."""
    notice = Signal(str)
    """A sentence for the person: why a stroke does nothing."""

    def __init__(self, shot: Shot | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history: History | None = None
        self._active = 1
        self._modified = self._drawn = False
        self._revision = 0
        self.changed_parts: tuple[Box, ...] = ()
        """During ``labels_changed``: boxes that hold the change more closely than its one box, if any are known."""
        self.finishing = False
        """Whether what was applied is still being worked out: another gesture would have to wait for it."""
        self._spared = Spared(self.notice.emit)
        self._typing_key = ""
        self._typing_run = 0
        self._typing_clock = QElapsedTimer()
        self._steps = Steps(self._touched, self)
        self._idle = QTimer(self)
        self._idle.setInterval(_IDLE_MS)
        self._idle.timeout.connect(self._pack)
        self._counting = Counting(lambda: self.stepping, self)
        self._counting.changed.connect(self.coverage_changed)
        self.areas_changed.connect(self._areas_follow)
        if shot is not None:
            self.open(shot)

    # The document

    @property
    def shot(self) -> Shot | None:
        """The open shot as it is now; its label map is the live one and read only. None when none is open.

        While ``stepping``, pixels are still to follow.
        """
        return None if self._history is None else self._history.live

    @property
    def revision(self) -> int:
        """Grows with every change; equal revisions are equal shots."""
        return self._revision

    @property
    def modified(self) -> bool:
        """Whether there are changes that Save has not written."""
        return self._modified

    def open(self, shot: Shot, *, saved: bool = True, blank: bool = False) -> None:
        """Make this the open shot. ``saved`` is False for one that no file holds yet (new or recovered); ``blank`` says
        that nothing is painted yet, which is otherwise looked for."""
        self._steps.drop()
        let_go(self._history)
        self._history = History(shot)
        if not saved:
            self._history.mark_unsaved()
        self._counting.show(shot.label_map, blank=blank)
        self._spared = Spared(self.notice.emit)
        dynamic = shot.dynamic_areas
        self._active = dynamic[0].label if dynamic else 1
        self._revision += 1
        self.shot_replaced.emit()
        self.active_area_changed.emit(self._active)
        self._tell_history()

    def close(self) -> None:
        """Have no shot open."""
        self._steps.drop()
        let_go(self._history)
        self._history = None
        self._counting.show(None)
        self._revision += 1
        self._idle.stop()
        self.shot_replaced.emit()
        self._tell_history()

    def snapshot(self) -> Shot | None:
        """A copy that later painting does not reach, for saving in a thread."""
        self.finish_step()
        return None if self._history is None else self._history.shot.snapshot()

    def begin_snapshot(self, *, settled: bool = False) -> Callable[[], Shot] | None:
        """The same for large maps: copying begins, and the answer, called in a thread, ends it. None without a shot.

        What is painted meanwhile does not reach it; nor, when ``settled``, what a gesture that is open has done.
        """
        self.finish_step()
        if self._history is None:
            return None
        shot, copy = self._history.shot, self._history.begin_copy(settled=settled)
        facts = self._history.settled_facts if settled else Facts.of(shot)
        return lambda: facts.shot(copy.finish())

    def mark_saved(self) -> None:
        """The present state is the one on disk."""
        if self._history is not None:
            self._history.mark_saved()
        self._tell_history()

    # The chosen area

    @property
    def active_label(self) -> int:
        """Label of the area that tools paint; the area comes into being with its first stroke."""
        return self._active

    def choose_area(self, label: int) -> None:
        """Choose the area that tools paint."""
        if label != self._active:
            self._active = label
            self.active_area_changed.emit(label)

    def coverage(self) -> dict[int, int]:
        """Painted pixels of every label, 1 to 7; ``coverage_changed`` follows while large changes are counted."""
        return self._counting.of_all()

    @property
    def counting(self) -> bool:
        """Whether some of it is still being counted."""
        return self._counting.running

    def sent_coverage(self) -> dict[int, int]:
        """The same of what is sent: inside the crop, if there is one."""
        return self._counting.of_sent(self.shot)

    # Gestures

    @property
    def in_gesture(self) -> bool:
        """Whether a gesture has begun and not ended, or pixels of a large change are still to follow."""
        return self.stepping or (self._history is not None and self._history.in_gesture)

    def begin_gesture(self, title: str, *, drawn: bool = False) -> bool:
        """Begin one step of undo; False when no shot is open. A gesture left open is ended as it stands.

        ``drawn`` says that a hand draws it and that all of it counts at once, while others may still be only a try.
        """
        if self._history is None:
            return False
        self.settle()
        self._history.begin(title)
        self._drawn = drawn
        return True

    @property
    def drawing(self) -> bool:
        """Whether a gesture that a hand draws is open."""
        return self._drawn and self._history is not None and self._history.in_gesture

    @property
    def stepping(self) -> bool:
        """Whether pixels of a large change are still to follow."""
        return self._steps.active

    def finish_step(self) -> None:
        """Write now what is still to follow."""
        self._steps.finish()

    def settle(self) -> None:
        """End a gesture that is open, as it stands: something else begins, or the shot is saved or sent."""
        self.finish_step()
        if self.in_gesture:
            self.gesture_interrupted.emit()
            self.finish_step()
        if self.in_gesture:
            self.commit_gesture()
            self.gesture_taken.emit()

    def ready_to_paint(self, label: int) -> bool:
        """Inside a gesture: bring the area into being or into sight. False, with a notice, when it is locked."""
        shot = self.shot
        if shot is None:
            return False
        area = shot.area(label)
        if area is None:
            self.preview(edits.add_area(shot, label))
        elif area.locked:
            self.notice.emit(f"{area.title} is locked; unlock it to change it.")
            return False
        elif area.hidden:
            self.preview(edits.hide_area(shot, label, False))
        return True

    def tell_spared(self, labels: frozenset[int]) -> None:
        """These hidden areas were in the way and stay as they are: said once, until they have been shown again."""
        self._spared.tell(self._opened().live, labels)

    def paint(self, patch: Patch) -> Box:
        """Inside a gesture: write pixels. Returns the box that changed."""
        self.finish_step()
        history = self._opened()
        self._spared.look(history.live, patch)
        parts = history.paint_parts(patch.stencil, patch.box, patch.label, patch.locked)
        box = united(parts)
        if not box.empty:
            self.changed_parts = tuple(parts)
            self._touched(box)
            self.changed_parts = ()
        return box

    def preview(self, shot: Shot) -> None:
        """Inside a gesture: show another shot in the place of this one."""
        self.finish_step()
        same_map = shot.label_map is self._opened().live.label_map
        self._change(self._replaced(shot), self._following(), _nothing if same_map else self._count_soon)

    def commit_gesture(self, key: str | None = None) -> bool:
        """End the gesture as one step of undo; False when it changed nothing."""
        self.finish_step()
        history = self._opened()
        change = history.commit(key)
        self._tell_history()
        if change is None:
            return False
        self._revision += 1
        self._idle.start()
        self.coverage_changed.emit()
        self.edited.emit()
        return True

    def abort_gesture(self) -> None:
        """End the gesture and put everything back as it was."""
        history = self._history
        if history is not None and history.in_gesture:
            self.finish_step()
            if history.in_gesture:
                self._change(history.abort(), self._following(), self._aborted)

    def edit(self, title: str, shot: Shot, key: str | None = None) -> bool:
        """Put another shot in the place of this one as one step of undo; False when they are equal.

        Edits of one ``key`` (a text field) that follow each other without a pause become one step.
        """
        if not self.begin_gesture(title):
            return False
        run = None if key is None else self._run_of(key)
        return self._change(self._replaced(shot), self._following(), partial(self.commit_gesture, run))

    def apply(self, title: str, patch: Patch, label: int = 0) -> bool:
        """Paint one patch as one step of undo; False when nothing changed.

        The area that is painted, or that of ``label``, is made `ready_to_paint` first.
        """
        if not self.begin_gesture(title):
            return False
        label = label or patch.label
        if label and not self.ready_to_paint(label):
            return self.commit_gesture()
        parts = edits.parts(patch, extent(self._opened().shot.label_map))
        return self._change(None, self._painting(parts), self.commit_gesture)

    def clear(self, title: str, label: int, *, remove: bool = False) -> bool:
        """Take an area's pixels away, locked or not, as one step of undo, and with ``remove`` the area as well."""
        if not self.begin_gesture(title):
            return False
        shot = self._opened().shot
        change = self._replaced(shot.without_area(label)) if remove else None
        return self._change(change, self._painting(edits.clear_parts(shot, label)), self.commit_gesture)

    # Undo

    @property
    def undo_title(self) -> str:
        """What undo would take back; empty when nothing."""
        if self._history is None:
            return ""
        going = self._history.open_title if self.stepping else ""
        return going or self._history.undo_title

    @property
    def redo_title(self) -> str:
        """What redo would do again; empty when nothing."""
        return "" if self._history is None else self._history.redo_title

    @property
    def last_step(self) -> Step | None:
        """The step that undo would take back; None when there is none."""
        return None if self._history is None else self._history.last_step

    def undo(self) -> None:
        """Take the last step back; in the middle of a gesture, the gesture."""
        self.finish_step()
        if self.in_gesture:
            self.abort_gesture()
            self.gesture_taken.emit()
        elif self._history is not None:
            self._step(self._history.undo())

    def redo(self) -> None:
        """Do the step again that was taken back last."""
        self.finish_step()
        if self._history is not None and not self._history.in_gesture:
            self._step(self._history.redo())

    # Inside

    def _opened(self) -> History:
        if self._history is None:
            raise ValueError("no shot is open")
        return self._history

    def _run_of(self, key: str) -> str:
        paused = not self._typing_clock.isValid() or self._typing_clock.elapsed() > TYPING_PAUSE_MS
        if paused or key != self._typing_key:
            self._typing_run += 1
        self._typing_key = key
        self._typing_clock.restart()
        return f"{key}:{self._typing_run}"

    def _step(self, change: Change | None) -> None:
        if change is not None:
            self._typing_clock.invalidate()
            self._revision += 1
            self._change(change, self._following(), self._stepped)

    def _stepped(self) -> bool:
        self._revision += 1  # what was read in the middle is of no shot
        self._tell_history()
        self._idle.start()
        self.coverage_changed.emit()
        self.edited.emit()
        return True

    def _aborted(self) -> bool:
        self._tell_history()
        self.coverage_changed.emit()
        return True

    def _change(self, change: Change | None, steps: Iterator[Box], then: Callable[[], bool]) -> bool:
        """Tell new facts, make the steps of their pixels, and then that. What that says if it was done at once."""
        self._steps.begin(steps, then)  # before anybody is told, who might need the session
        if change is not None:
            self._tell(change)
        done = self._steps.start()
        if self.stepping:
            self._tell_history()
        return done

    def _following(self) -> Iterator[Box]:
        history = self._opened()
        while (box := history.advance()) is not None:
            yield box

    def _replaced(self, shot: Shot) -> Change:
        """Put another shot in the place of this one; its pixels follow."""
        history = self._opened()
        before = history.live
        history.replace(shot)
        new_map = history.live.label_map is not before.label_map
        return Change("", Facts.of(before), Facts.of(history.live), new_map=new_map)

    def _painting(self, patches: Iterable[Patch]) -> Iterator[Box]:
        history = self._opened()
        for patch in patches:
            self._spared.look(history.live, patch)
            yield history.paint(patch.stencil, patch.box, patch.label, patch.locked)

    def _areas_follow(self) -> None:
        self._spared.follow(self.shot)

    def _touched(self, box: Box) -> None:
        self._counting.touch(box)
        self.labels_changed.emit(box)
        if not self.stepping:  # the end of a large change is told by itself
            self._counting.soon()

    def _count_soon(self) -> bool:
        self._counting.soon()
        return True

    def _tell(self, change: Change) -> None:
        """Tell what is another fact now, and another map; its pixels are told as they follow."""
        before, after = change.before, change.after
        if change.new_map:
            self._counting.show(self._opened().live.label_map, blank=True)
        if change.new_map or before.image != after.image:
            self.picture_changed.emit()
        if before.areas != after.areas:
            paths = {area.label: area.trajectory for area in before.areas}
            now = {area.label: area.trajectory for area in after.areas}
            for label in sorted(paths.keys() | now.keys()):
                if paths.get(label) != now.get(label):
                    self.path_changed.emit(label)
            self.areas_changed.emit()
        if before.parameters != after.parameters:
            self.parameters_changed.emit()
        if before.end_frame != after.end_frame:
            self.end_frame_changed.emit()
        if before.name != after.name:
            self.name_changed.emit(after.name)

    def _tell_history(self) -> None:
        modified = self._history is not None and self._history.modified
        if modified != self._modified:
            self._modified = modified
            self.dirty_changed.emit(modified)
        self.history_changed.emit()

    def _pack(self) -> None:
        # A hand that draws comes first.
        if not self.in_gesture and (self._history is None or not self._history.pack()):
            self._idle.stop()


def _nothing() -> bool:
    return True
