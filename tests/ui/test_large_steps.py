"""Large changes go on over many turns of the loop; whatever comes in between finds them whole, and loses nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, Qt
from pytestqt.qtbot import QtBot

from desktop.core import edits, tiles
from desktop.core.edits import Patch
from desktop.core.geometry import Box, whole
from desktop.core.label_map import LabelMap, counts
from desktop.core.shot import Shot, SourceImage
from desktop.imaging.masks import indexed_png, read_label_map
from desktop.storage.shot_file import load_shot, save_shot
from desktop.ui import steps
from desktop.ui.area_ops import AreaOps
from desktop.ui.canvas.view import CanvasView
from desktop.ui.session import Session
from tests.canvas_hands import Hands, labels, open_canvas, pixels, shot, shot_of
from tests.job_shots import painted_shot
from tests.selection_hands import finish
from tests.window_hands import CTRL, CTRL_SHIFT, live
from tests.window_hands import Hands as WindowHands

WIDTH, HEIGHT = 400, 330
Z = Qt.Key.Key_Z


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """One small tile a turn, so that a map of a few kilopixels takes as many turns as a large one."""
    monkeypatch.setattr(tiles, "TILE", 40)
    monkeypatch.setattr(tiles, "RUN", 1)
    monkeypatch.setattr(steps, "TURN_SECONDS", 0.0)
    monkeypatch.setattr(steps, "AT_ONCE", 0)


@pytest.fixture
def view(qtbot: QtBot) -> CanvasView:
    view = open_canvas(shot_of(WIDTH, HEIGHT, 1, 2))
    qtbot.addWidget(view)
    for label, box in ((1, Box(50, 60, 200, 180)), (2, Box(180, 150, 390, 300))):
        view.session.apply("Paint", Patch(np.ones((box.height, box.width), np.uint8), box, label))
        view.session.finish_step()
    return view


def invert(view: CanvasView, label: int = 1) -> LabelMap:
    """Invert an area as its operation does. Returns the map as it was before."""
    before = labels(view).copy()
    view.session.choose_area(label)
    ops = AreaOps(view.session, view)
    ops.start("invert")
    finish(ops.draft)
    ops.stop()
    ops.deleteLater()
    assert (labels(view) != before).all(where=before == label)
    return before


def everything(label: int) -> Patch:
    """All pixels to this label."""
    return Patch(np.ones((HEIGHT, WIDTH), np.uint8), whole(WIDTH, HEIGHT), label)


def turn(view: CanvasView, times: int = 3) -> None:
    """Some turns of the loop, in the middle of a change."""
    for _ in range(times):
        assert view.session.stepping
        QCoreApplication.processEvents()
    assert view.session.stepping


def ended(session: Session) -> None:
    """Until nothing is left to do."""
    while session.stepping:
        QCoreApplication.processEvents()


def test_undo_and_redo_of_an_inverted_map_go_on_over_many_turns(view: CanvasView) -> None:
    looked = pixels(view)
    before = invert(view)
    after, changed = labels(view).copy(), pixels(view)
    told: list[str] = []
    view.session.edited.connect(lambda: told.append("edited"))
    view.session.undo()
    turn(view)
    assert not told
    assert view.session.redo_title == "Invert Area 1"
    part = labels(view)
    assert (part != after).any()
    assert (part != before).any()
    ended(view.session)
    assert told == ["edited"]
    assert np.array_equal(labels(view), before)
    assert np.array_equal(pixels(view), looked)
    view.session.redo()
    turn(view)
    ended(view.session)
    assert np.array_equal(labels(view), after)
    assert np.array_equal(pixels(view), changed)


def test_a_small_change_is_undone_at_once(view: CanvasView, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "AT_ONCE", 10_000_000)
    before = labels(view).copy()
    Hands(view).drag((20, 20), (300, 250), (380, 20))
    assert not view.session.stepping
    assert not np.array_equal(labels(view), before)
    view.session.undo()
    assert not view.session.stepping
    assert np.array_equal(labels(view), before)


def test_a_stroke_in_the_middle_lies_on_the_whole_of_what_was_undone(view: CanvasView) -> None:
    before = invert(view)
    view.session.undo()
    turn(view)
    hands = Hands(view)
    hands.press(300, 40)
    assert not view.session.stepping
    untouched = np.ones(before.shape, bool)
    untouched[: 40 + 150, 150:] = False
    assert np.array_equal(labels(view)[untouched], before[untouched])
    hands.move(320, 50)
    hands.release(320, 50)
    painted = labels(view).copy()
    assert painted[40, 300] == 1
    assert view.session.redo_title == ""
    view.session.undo()
    view.session.finish_step()
    assert np.array_equal(labels(view), before)
    view.session.redo()
    view.session.finish_step()
    assert np.array_equal(labels(view), painted)


def test_a_held_key_takes_one_step_a_time_and_none_is_lost(view: CanvasView) -> None:
    session = view.session
    states = [labels(view).copy()]
    for label in (3, 4, 5, 6):
        assert session.apply(f"All {label}", everything(label))
        session.finish_step()
        states.append(labels(view).copy())
    for back in (3, 2, 1, 0):
        assert session.undo_title == f"All {3 + back}"
        session.undo()
        turn(view, 1)
        assert session.redo_title == f"All {3 + back}"
        taken = session.snapshot()
        assert taken is not None
        assert np.array_equal(taken.label_map, states[back])
    for _ in range(4):
        session.redo()
        turn(view, 1)
    ended(session)
    assert np.array_equal(labels(view), states[4])
    for _ in range(4):
        session.undo()
    ended(session)
    assert np.array_equal(labels(view), states[0])
    session.redo()
    turn(view)
    session.undo()
    session.redo()
    session.redo()
    ended(session)
    assert np.array_equal(labels(view), states[2])


def test_escape_in_a_large_preview_is_over_before_anything_else_begins(view: CanvasView) -> None:
    before = labels(view).copy()
    ops = AreaOps(view.session, view)
    ops.start("grow")
    ops.amount.set_value(150)
    finish(ops.draft)
    assert not np.array_equal(labels(view), before)
    ops.cancel()
    turn(view, 2)
    ops.start("grow")
    assert not view.session.stepping
    assert np.array_equal(labels(view), before)
    ops.stop()
    ended(view.session)
    assert np.array_equal(labels(view), before)
    assert view.session.undo_title == "Paint"


def test_undo_in_a_large_preview_takes_only_that_back(view: CanvasView) -> None:
    before = labels(view).copy()
    ops = AreaOps(view.session, view)
    ops.start("grow")
    ops.amount.set_value(150)
    finish(ops.draft)
    view.session.undo()
    turn(view, 2)
    view.session.undo()
    turn(view, 1)
    ended(view.session)
    assert counts(labels(view))[2] == 0
    view.session.redo()
    ended(view.session)
    assert np.array_equal(labels(view), before)
    ops.stop()


CHANGES: dict[str, Callable[[Session], bool]] = {
    "clear": lambda session: session.clear("Clear", 1),
    "remove": lambda session: session.clear("Remove", 2, remove=True),
    "paint": lambda session: session.apply("Paint", everything(3)),
    "another map": lambda session: session.edit("Map", _of(session, 4)),
    "another size": lambda session: session.edit(
        "Picture",
        edits.replace_picture(_of(session, 5), SourceImage(b"", "image/png", WIDTH + 90, HEIGHT + 70)),
    ),
}


def _of(session: Session, label: int) -> Shot:
    """The open shot with a map of one label."""
    assert session.shot is not None
    return replace(session.shot, label_map=np.full_like(session.shot.label_map, label))


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("then", ["wait", "undo", "rename", "snapshot"])
def test_a_large_edit_is_one_step_whatever_comes_in_the_middle(
    view: CanvasView, name: str, then: str
) -> None:
    session, before = view.session, labels(view).copy()
    areas = shot(view).areas
    with_it = Session(shot(view).snapshot())
    assert CHANGES[name](with_it)
    with_it.finish_step()
    assert with_it.shot is not None
    wanted = with_it.shot.label_map
    assert CHANGES[name](session)
    turn(view, 1)
    title = session.undo_title
    if then == "undo":
        session.undo()
        turn(view, 1)
        assert session.redo_title == title
    elif then == "rename":
        assert session.edit("Rename", edits.rename_area(shot(view), 1, "Boat"))
        ended(session)
        assert np.array_equal(labels(view), wanted)
        assert shot(view).image == with_it.shot.image
        assert [area.label for area in shot(view).areas] == [area.label for area in with_it.shot.areas]
        session.undo()
        assert session.undo_title == title
        session.undo()
    elif then == "snapshot":
        begun = session.begin_snapshot()
        assert begun is not None
        session.undo()
        turn(view, 1)
        assert np.array_equal(begun().label_map, wanted)
    else:
        ended(session)
        assert np.array_equal(labels(view), wanted)
        session.undo()
    ended(session)
    assert np.array_equal(labels(view), before)
    assert shot(view).areas == areas
    session.redo()
    ended(session)
    assert np.array_equal(labels(view), wanted)
    assert session.coverage() == counts(wanted)


def test_who_hears_of_new_facts_and_needs_the_pixels_has_them(view: CanvasView) -> None:
    session, looked, before = view.session, pixels(view), labels(view).copy()
    session.clear("Remove", 2, remove=True)
    ended(session)
    taken: list[Shot | None] = []
    told: list[str] = []
    session.areas_changed.connect(lambda: taken.append(session.snapshot()))
    session.edited.connect(lambda: told.append("edited"))
    session.undo()
    assert not session.stepping
    assert told == ["edited"]
    assert taken[0] is not None
    assert [area.label for area in taken[0].areas] == [1, 2]
    assert np.array_equal(taken[0].label_map, before)
    assert np.array_equal(pixels(view), looked)


def test_another_shot_that_is_opened_gets_nothing_of_it(view: CanvasView) -> None:
    invert(view)
    view.session.undo()
    turn(view)
    view.session.open(shot_of(WIDTH, HEIGHT, 4))
    for _ in range(10):
        QCoreApplication.processEvents()
    assert not view.session.stepping
    assert not labels(view).any()
    view.session.apply("All", everything(4))
    turn(view)
    view.session.close()
    assert view.session.shot is None
    assert not view.session.stepping


def test_save_key_and_close_in_the_real_window(tmp_path: Path) -> None:
    path = tmp_path / "shot.kinebrush"
    save_shot(painted_shot(), path, indexed_png)

    async def script(hands: WindowHands) -> None:
        await hands.ready()
        session = hands.application.session
        session.choose_area(1)
        before = hands.shot.label_map.copy()
        hands.act("area-invert")
        await hands.until(lambda: session.undo_title == "Invert Left", "the inverted area")
        await hands.until(lambda: not session.in_gesture, "the end of it")
        session.finish_step()
        after = hands.shot.label_map.copy()
        await hands.go_to(hands.window.paint.canvas)
        hands.key(Z, CTRL)
        assert session.stepping
        hands.act("save")
        await hands.until(lambda: hands.window.title.state.text() == "saved", "the saved file")
        assert np.array_equal(load_shot(path, read_label_map).label_map, before)
        hands.key(Z, CTRL_SHIFT)
        assert session.stepping
        hands.key(Z, CTRL)
        hands.key(Z, CTRL_SHIFT)
        assert session.stepping
        hands.act("save")
        await hands.until(lambda: not session.modified, "the saved file")
        assert np.array_equal(load_shot(path, read_label_map).label_map, after)
        hands.act("clear-area")  # the key comes while the first pixels are being cleared
        assert session.stepping
        hands.key(Z, CTRL)
        await hands.until(lambda: not session.stepping, "the end")
        assert np.array_equal(hands.shot.label_map, after)
        hands.act("clear-area")
        assert session.stepping
        await hands.application.documents.autosave()
        (kept,) = (tmp_path / "data").rglob("*.kinebrush")
        assert not (load_shot(kept, read_label_map).label_map == 1).any()
        await hands.application.documents.save(path)

    live(tmp_path / "data", script, [path])
