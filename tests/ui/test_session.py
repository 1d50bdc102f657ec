"""The session owns the shot: every change is told once, undone whole, and nothing is lost on the way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from desktop.core import edits, label_map
from desktop.core.edits import Patch
from desktop.core.geometry import Box, Point, whole
from desktop.core.history import History
from desktop.core.shot import Shot, SourceImage
from desktop.core.trajectory import Trajectory
from desktop.ui import session as module
from desktop.ui.session import Session
from tests.canvas_hands import shot_of


class Ears:
    """Counts what a session says."""

    def __init__(self, session: Session) -> None:
        self.heard: list[str] = []
        self.boxes: list[Box] = []
        self.notices: list[str] = []
        session.shot_replaced.connect(self.on_shot)
        session.picture_changed.connect(self.on_picture)
        session.areas_changed.connect(self.on_areas)
        session.path_changed.connect(self.on_path)
        session.parameters_changed.connect(self.on_parameters)
        session.end_frame_changed.connect(self.on_end_frame)
        session.dirty_changed.connect(self.on_dirty)
        session.edited.connect(self.on_edited)
        session.labels_changed.connect(self.boxes.append)
        session.notice.connect(self.notices.append)
        session.gesture_taken.connect(self.on_taken)

    def on_shot(self) -> None:
        self.heard.append("shot")

    def on_picture(self) -> None:
        self.heard.append("picture")

    def on_areas(self) -> None:
        self.heard.append("areas")

    def on_path(self, label: int) -> None:
        self.heard.append(f"path {label}")

    def on_parameters(self) -> None:
        self.heard.append("parameters")

    def on_end_frame(self) -> None:
        self.heard.append("end frame")

    def on_dirty(self, dirty: bool) -> None:
        self.heard.append("dirty" if dirty else "clean")

    def on_edited(self) -> None:
        self.heard.append("edited")

    def on_taken(self) -> None:
        self.heard.append("taken")


@pytest.fixture
def session(qtbot: QtBot) -> Session:
    return Session(shot_of(300, 200, 1, 2))


def square(session: Session, box: Box, label: int) -> Patch:
    return edits.add(opened(session), np.ones((box.height, box.width), np.uint8), box, label)


def opened(session: Session) -> Shot:
    assert session.shot is not None
    return session.shot


def test_a_stroke_is_told_by_its_boxes_and_undone_as_one(session: Session) -> None:
    ears = Ears(session)
    assert session.begin_gesture("stroke")
    session.paint(square(session, Box(10, 10, 20, 20), 1))
    session.paint(square(session, Box(15, 15, 40, 30), 1))
    assert session.in_gesture
    assert session.commit_gesture()
    assert ears.boxes == [Box(10, 10, 20, 20), Box(15, 15, 40, 30)]
    assert ears.heard == ["dirty", "edited"]
    assert session.coverage()[1] == 100 + 25 * 15 - 25
    session.undo()
    assert ears.boxes[-1] == Box(10, 10, 40, 30)
    assert not opened(session).label_map.any()
    assert not session.modified
    session.redo()
    assert session.coverage() == label_map.counts(opened(session).label_map)
    assert session.modified


def test_an_aborted_gesture_leaves_nothing(session: Session) -> None:
    session.begin_gesture("stroke")
    session.paint(square(session, Box(0, 0, 300, 200), 2))
    session.preview(edits.add_area(opened(session), 5))
    session.abort_gesture()
    assert not opened(session).label_map.any()
    assert [a.label for a in opened(session).areas] == [1, 2]
    assert session.coverage()[2] == 0
    assert session.undo_title == ""
    assert not session.modified


def test_pixels_of_a_preview_are_counted_before_it_is_kept(session: Session, qtbot: QtBot) -> None:
    session.begin_gesture("map")
    with qtbot.waitSignal(session.coverage_changed):
        session.preview(replace(opened(session), label_map=np.full((200, 300), 2, np.uint8)))
    assert session.in_gesture
    assert session.coverage()[2] == 60_000
    session.abort_gesture()
    assert session.coverage()[2] == 0


def test_undo_in_the_middle_of_a_gesture_takes_only_that_back(session: Session) -> None:
    session.apply("first", square(session, Box(0, 0, 9, 9), 1))
    ears = Ears(session)
    session.begin_gesture("second")
    session.paint(square(session, Box(50, 50, 90, 90), 2))
    session.undo()
    assert "taken" in ears.heard
    assert session.undo_title == "first"
    assert session.coverage()[1] == 81
    assert session.coverage()[2] == 0


def test_a_gesture_begun_over_another_ends_the_first_as_it_stands(session: Session) -> None:
    ears = Ears(session)
    session.begin_gesture("first")
    session.paint(square(session, Box(0, 0, 9, 9), 1))
    session.edit("rename", edits.rename_area(opened(session), 1, "Boat"))
    assert "taken" in ears.heard
    assert session.undo_title == "rename"
    session.undo()
    assert session.undo_title == "first"
    assert session.coverage()[1] == 81


def test_painting_brings_an_area_into_being_and_into_sight(session: Session) -> None:
    session.edit("hide", edits.hide_area(opened(session), 2, True))
    for label in (2, 4):
        session.begin_gesture("stroke")
        assert session.ready_to_paint(label)
        session.paint(square(session, Box(0, 0, 9, 9), label))
        session.commit_gesture()
    area = opened(session).area(2)
    assert area is not None
    assert not area.hidden
    assert opened(session).area(4) is not None
    session.undo()
    assert opened(session).area(4) is None


def test_a_locked_area_says_why_it_cannot_be_painted(session: Session) -> None:
    session.edit("lock", edits.lock_area(opened(session), 1, True))
    ears = Ears(session)
    session.begin_gesture("stroke")
    assert not session.ready_to_paint(1)
    session.abort_gesture()
    assert ears.notices == ["Area 1 is locked; unlock it to change it."]


def test_each_kind_of_change_has_its_signal(session: Session) -> None:
    ears = Ears(session)
    shot = opened(session)
    session.edit("prompt", replace(shot, parameters=replace(shot.parameters, prompt="waves")))
    path = Trajectory((Point(1.0, 1.0), Point(50.0, 50.0)))
    session.edit("path", edits.set_trajectory(opened(session), 2, path))
    end = SourceImage(b"end", "image/png", 300, 200)
    session.edit("end", edits.set_end_frame(opened(session), end))
    session.apply("stroke", square(session, Box(10, 20, 50, 60), 1))
    other = SourceImage(b"other", "image/png", 600, 400)
    session.edit("picture", edits.replace_picture(opened(session), other))
    assert [h for h in ears.heard if h not in ("dirty", "edited")] == [
        "parameters",
        "path 2",
        "areas",
        "end frame",
        "picture",
        "path 2",
        "areas",
    ]
    assert ears.boxes[-1] == Box(20, 40, 100, 120)
    assert session.coverage()[1] == 4 * 1600
    session.undo()
    assert ears.boxes[-1].intersect(Box(10, 20, 50, 60)) == Box(10, 20, 50, 60)
    assert opened(session).label_map.shape == (200, 300)
    assert session.coverage()[1] == 1600
    assert not session.edit("same", opened(session))


def test_typing_without_a_pause_is_one_step(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def type_prompt(text: str) -> None:
        shot = opened(session)
        session.edit("prompt", replace(shot, parameters=replace(shot.parameters, prompt=text)), "prompt")

    for text in ("w", "wa", "wav"):
        type_prompt(text)
    monkeypatch.setattr(module, "TYPING_PAUSE_MS", -1)
    type_prompt("wave")
    session.undo()
    assert opened(session).parameters.prompt == "wav"
    session.undo()
    assert opened(session).parameters.prompt == ""


def test_saved_and_snapshot(session: Session) -> None:
    session.apply("stroke", square(session, Box(0, 0, 9, 9), 1))
    copy = session.snapshot()
    session.mark_saved()
    assert not session.modified
    session.apply("stroke", square(session, Box(50, 0, 90, 90), 1))
    assert session.modified
    assert copy is not None
    assert label_map.counts(copy.label_map)[1] == 81
    session.undo()
    assert not session.modified


def noisy(session: Session) -> History:
    """A history of two steps that are long to keep as they are."""
    rng = np.random.default_rng(1)
    for label in (1, 2):
        stencil = rng.integers(0, 2, (200, 300), dtype=np.uint8)
        stencil[20:] = 1
        session.apply("noise", Patch(stencil, whole(300, 200), label))
    assert session._history is not None
    return session._history


def test_entries_are_packed_while_nothing_happens(session: Session, qtbot: QtBot) -> None:
    history = noisy(session)
    raw = history.size
    qtbot.waitUntil(lambda: history.size < raw / 5, timeout=5000)
    session.undo()
    session.undo()
    assert not opened(session).label_map.any()


def test_entries_are_not_packed_under_a_hand_that_draws(session: Session, qtbot: QtBot) -> None:
    history = noisy(session)
    raw = history.size
    assert session.begin_gesture("stroke", drawn=True)
    qtbot.wait(150)
    assert history.size == raw
    session.commit_gesture()
    qtbot.waitUntil(lambda: history.size < raw / 5, timeout=5000)


def test_opening_another_shot_forgets_the_history(session: Session) -> None:
    session.apply("stroke", square(session, Box(0, 0, 9, 9), 1))
    ears = Ears(session)
    session.open(shot_of(50, 40, 3), saved=False)
    assert session.active_label == 3
    assert session.undo_title == ""
    assert session.modified
    assert ears.heard[0] == "shot"
    session.close()
    assert session.shot is None
    assert not session.begin_gesture("nothing")
    session.undo()
    assert session.coverage() == {}
