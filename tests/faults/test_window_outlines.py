"""Outlines that are not closed yet outlive the window like all other work that was never saved."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from desktop.core.errors import StoreError
from desktop.core.geometry import Point
from desktop.core.shot import Shot
from desktop.core.waiting import WaitingOutline
from desktop.imaging.masks import read_label_map
from desktop.storage.recovery_note import Note, note_bytes, read_note
from desktop.storage.shot_file import load_shot
from desktop.ui import documents
from desktop.ui.canvas.tools.magnet import MagnetTool
from tests.canvas_hands import ALT, RIGHT, outlines
from tests.canvas_hands import Hands as CanvasHands
from tests.faults.test_window_recovery import LATE, painter, paints_for
from tests.window_hands import Hands, live
from tests.window_painter import place

CORNERS = ((50.0, 30.0), (350.0, 40.0), (340.0, 70.0), (60.0, 72.0))
LABEL = 4
QUIET, LONGEST = documents.QUIET_MS, documents.LONGEST_MS

pytestmark = pytest.mark.usefixtures("soon")


def pen_of(hands: Hands) -> CanvasHands:
    return CanvasHands(hands.window.paint.canvas)


def waiting(hands: Hands) -> tuple[WaitingOutline, ...]:
    """The outlines that wait in the tools."""
    return outlines(hands.window.paint.canvas)


def notes(data: Path) -> list[Note]:
    """The notes beside what is autosaved."""
    return [read_note(file.with_suffix(".json")) for file in data.glob("recovery/*/*.kinebrush")]


async def in_recovery(hands: Hands) -> None:
    """Wait until what waits in the tools is in the recovery."""
    data, canvas = hands.application.data.root, hands.window.paint.canvas
    await hands.until(
        lambda: [note.waiting for note in notes(data)] == [canvas.waiting()], "what waits in the recovery"
    )


async def kept(hands: Hands) -> tuple[WaitingOutline, ...]:
    """The outlines that wait, once they are in the recovery."""
    await in_recovery(hands)
    return waiting(hands)


async def knows(hands: Hands) -> MagnetTool:
    """Wait until the magnet has found all its ways."""
    tool = hands.window.paint.canvas.tool
    assert isinstance(tool, MagnetTool)
    await hands.until(lambda: tool.knows_the_way and not tool._waiting, "the ways")
    return tool


def full(*_: object) -> None:
    """A disk without room."""
    raise StoreError("There is no room left.")


async def left_open(hands: Hands) -> None:
    """End as the system ends it: nobody is asked, and what is unsaved waits for the next start."""
    await hands.application.shut_down(keep_work=True)


async def recovered(hands: Hands) -> None:
    await hands.ready()
    await hands.told("unsaved work was recovered")


def test_the_corners_of_a_polygon_come_back_into_the_tool(tmp_path: Path, shot_file: Path) -> None:
    data, before = tmp_path / "data", shot_file.read_bytes()
    found: list[tuple[WaitingOutline, ...]] = []

    async def begins(hands: Hands) -> None:
        await hands.opened(400)
        pen = pen_of(hands)
        hands.act("canvas-area-1")
        hands.act("tool-polygon")
        pen.modifiers = ALT
        pen.click(*CORNERS[0])
        for corner in CORNERS[1:]:
            pen.click(*corner)
        pen.click(10, 10)
        hands.act("undo")
        assert not hands.application.session.modified
        found.append(await kept(hands))
        hands.act("canvas-area-2")
        await left_open(hands)

    async def goes_on(hands: Hands) -> None:
        await recovered(hands)
        canvas = hands.window.paint.canvas
        assert hands.application.documents.path == shot_file
        assert (canvas.tool_name, hands.application.session.active_label) == ("polygon", 1)
        assert hands.window.actions_["tool-polygon"].isChecked()
        assert waiting(hands) == found[0]
        (outline,) = found[0]
        assert (outline.mode, outline.label) == ("take", 1)
        assert np.allclose(outline.path, CORNERS, atol=0.5)
        hands.act("undo")
        assert waiting(hands)[0].path == outline.path[:-1]
        hands.act("redo")
        assert waiting(hands) == found[0]
        pen_of(hands).click(*CORNERS[1], RIGHT)
        assert waiting(hands)[0].path == outline.path[:-1]
        for _ in CORNERS[1:]:
            hands.act("undo")
        assert waiting(hands) == ()
        assert canvas.undo_title == ""

    live(data, begins, [shot_file], leave="script")
    live(data, goes_on)
    assert shot_file.read_bytes() == before


def test_a_recovered_polygon_paints_its_own_area(tmp_path: Path, shot_file: Path) -> None:
    data = tmp_path / "data"
    maps = []

    async def begins(hands: Hands) -> None:
        await hands.opened(400)
        hands.act(f"canvas-area-{LABEL}")
        hands.act("tool-polygon")
        for corner in CORNERS:
            pen_of(hands).click(*corner)
        await kept(hands)
        hands.act("tool-brush")
        await left_open(hands)

    async def closes(hands: Hands) -> None:
        await recovered(hands)
        hands.key(Qt.Key.Key_Return)
        maps.append(hands.shot.label_map.copy())
        await hands.until(lambda: [note.waiting for note in notes(data)] == [()], "the note without it")

    live(data, begins, [shot_file], leave="script")
    live(data, closes)
    assert maps[0][50, 200] == LABEL
    assert not (maps[0][100:] == LABEL).any()


def test_the_places_of_a_magnet_come_back_with_the_ways_between_them(tmp_path: Path, shot_file: Path) -> None:
    data = tmp_path / "data"
    found: list[tuple[WaitingOutline, ...]] = []

    async def begins(hands: Hands) -> None:
        await hands.opened(400)
        hands.act(f"canvas-area-{LABEL}")
        hands.act("tool-magnet")
        for corner in CORNERS[:3]:
            pen_of(hands).click(*corner)
            await knows(hands)
        found.append(await kept(hands))
        await left_open(hands)

    async def goes_on(hands: Hands) -> None:
        await recovered(hands)
        assert waiting(hands) == found[0]
        assert len(found[0][0].ends) == 3
        tool = await knows(hands)
        hands.act("undo")
        await knows(hands)
        assert waiting(hands)[0].ends == found[0][0].ends[:-1]
        for corner in CORNERS[2:]:
            pen_of(hands).click(*corner)
            await knows(hands)
        hands.key(Qt.Key.Key_Return)
        await hands.until(lambda: not tool.busy, "the end of it")
        assert (hands.shot.label_map == LABEL).any()

    live(data, begins, [shot_file], leave="script")
    live(data, goes_on)


def test_clicks_that_waited_for_the_magnet_wait_again(tmp_path: Path, shot_file: Path) -> None:
    data, home = tmp_path / "data", tmp_path / "data" / "recovery" / "aa"
    home.mkdir(parents=True)
    clicks = ((Point(*CORNERS[1]), False), (Point(*CORNERS[2]), True))
    outline = WaitingOutline("magnet", LABEL, "add", (400, 320), (Point(*CORNERS[0]),), (1,), clicks)
    (home / "shot.kinebrush").write_bytes(shot_file.read_bytes())
    (home / "shot.json").write_bytes(note_bytes(Note(None, (outline,))))

    async def goes_on(hands: Hands) -> None:
        await recovered(hands)
        tool = await knows(hands)
        assert tool.places == [Point(*corner) for corner in CORNERS[:3]]
        assert tool._path[-2:] == [Point(*corner) for corner in CORNERS[1:3]]

    live(data, goes_on)


def test_both_tools_keep_theirs_and_the_chosen_one_is_chosen_again(tmp_path: Path, shot_file: Path) -> None:
    data = tmp_path / "data"
    found: list[tuple[WaitingOutline, ...]] = []

    async def begins(hands: Hands) -> None:
        await hands.opened(400)
        for tool, area in (("polygon", 2), ("magnet", LABEL)):
            hands.act(f"canvas-area-{area}")
            hands.act(f"tool-{tool}")
            for corner in CORNERS[:2]:
                pen_of(hands).click(*corner)
        await knows(hands)
        hands.stroke((10, 10), (20, 10))
        found.append(await kept(hands))
        await left_open(hands)

    async def goes_on(hands: Hands) -> None:
        await recovered(hands)
        assert [(o.tool, o.label) for o in waiting(hands)] == [("magnet", LABEL), ("polygon", 2)]
        assert waiting(hands) == found[0]
        assert hands.window.paint.canvas.tool_name == "magnet"
        assert hands.application.session.active_label == LABEL

    live(data, begins, [shot_file], leave="script")
    live(data, goes_on)


def test_an_outline_that_is_dropped_is_forgotten(tmp_path: Path, shot_file: Path) -> None:
    data = tmp_path / "data"

    async def script(hands: Hands) -> None:
        await hands.opened(400)
        hands.act("tool-polygon")
        for _ in range(2):
            pen_of(hands).click(*CORNERS[0])
            await kept(hands)
            hands.key(Qt.Key.Key_Escape)
            await hands.until(lambda: not notes(data), "the copy to go")

    live(data, script, [shot_file])


def test_saving_keeps_an_outline_that_waits(tmp_path: Path, shot_file: Path) -> None:
    data = tmp_path / "data"

    async def script(hands: Hands) -> None:
        await hands.opened(400)
        hands.paint(area=LABEL, path=False)
        hands.act("tool-polygon")
        pen_of(hands).click(*CORNERS[0])
        (outline,) = await kept(hands)
        hands.act("save")
        await hands.until(lambda: not hands.application.session.modified, "the save")
        assert await kept(hands) == (outline,)
        await left_open(hands)

    async def goes_on(hands: Hands) -> None:
        await recovered(hands)
        assert len(waiting(hands)) == 1

    live(data, script, [shot_file], leave="script")
    live(data, goes_on)


def test_a_corner_rewrites_only_the_note(tmp_path: Path, shot_file: Path) -> None:
    data = tmp_path / "data"

    async def script(hands: Hands) -> None:
        await hands.opened(400)
        hands.act("tool-polygon")
        pen_of(hands).click(*CORNERS[0])
        await kept(hands)
        (shot,) = data.glob("recovery/*/*.kinebrush")
        written = shot.stat().st_mtime_ns
        pen_of(hands).click(*CORNERS[1])
        (outline,) = await kept(hands)
        assert len(outline.path) == 2
        assert shot.stat().st_mtime_ns == written

    live(data, script, [shot_file])


def test_what_is_closed_stays_in_the_note_until_it_is_in_the_shot(
    tmp_path: Path, shot_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"

    async def script(hands: Hands) -> None:
        hands.expect("There is no room left")
        await hands.opened(400)
        hands.act(f"canvas-area-{LABEL}")
        hands.act("tool-polygon")
        for corner in CORNERS:
            pen_of(hands).click(*corner)
        found = await kept(hands)
        with monkeypatch.context() as patch:
            patch.setattr(documents, "_save", full)
            hands.key(Qt.Key.Key_Return)
            await hands.told("There is no room left")
            assert [note.waiting for note in notes(data)] == [found]
        await hands.until(lambda: [note.waiting for note in notes(data)] == [()], "the next autosave")
        (file,) = data.glob("recovery/*/*.kinebrush")
        assert load_shot(file, read_label_map).label_map[50, 200] == LABEL

    live(data, script, [shot_file])


def test_an_autosave_under_way_leaves_no_outline_to_the_next_shot(
    tmp_path: Path, shot_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, other = tmp_path / "data", tmp_path / "other.kinebrush"
    other.write_bytes(shot_file.read_bytes())
    writing, go_on, save = threading.Event(), threading.Event(), documents._save

    def slowly(shot: Shot, path: Path) -> None:
        writing.set()
        assert go_on.wait(30)
        save(shot, path)

    async def script(hands: Hands) -> None:
        hands.expect("There is no room left")
        await hands.opened(400)
        hands.act("tool-polygon")
        with monkeypatch.context() as patch:
            patch.setattr(documents, "_save", slowly)
            pen_of(hands).click(*CORNERS[0])
            await hands.until(writing.is_set, "an autosave")
            opened = hands.application.session.shot
            hands.window.documents_.open_path(other)
            await hands.until(lambda: hands.application.session.shot is not opened, "the other shot")
            assert waiting(hands) == ()
            go_on.set()
            await hands.until(lambda: not notes(data), "the copy of the first to go")
        with monkeypatch.context() as patch:
            patch.setattr(documents, "_save", full)
            hands.paint(area=LABEL, path=False)
            await hands.told("There is no room left")
        (note,) = data.glob("recovery/*/*.json")
        assert read_note(note) == Note(other)

    live(data, script, [shot_file])


def _torn(note: bytes) -> bytes:
    return note[: len(note) // 2]


def _other_size(note: bytes) -> bytes:
    return note.replace(b"[400, 320]", b"[400, 321]")


def _other_tool(note: bytes) -> bytes:
    return note.replace(b'"polygon"', b'"brush"')


@pytest.mark.parametrize("damage", [_torn, _other_size, _other_tool])
def test_an_outline_that_does_not_fit_is_left_out(
    tmp_path: Path, shot_file: Path, damage: Callable[[bytes], bytes]
) -> None:
    data, home = tmp_path / "data", tmp_path / "data" / "recovery" / "aa"
    home.mkdir(parents=True)
    (home / "shot.kinebrush").write_bytes(shot_file.read_bytes())
    outline = WaitingOutline("polygon", LABEL, "add", (400, 320), (Point(3.0, 4.0),), (1,))
    whole = note_bytes(Note(shot_file, (outline,)))
    assert damage(whole) != whole
    (home / "shot.json").write_bytes(damage(whole))

    async def script(hands: Hands) -> None:
        await recovered(hands)
        assert waiting(hands) == ()
        assert hands.window.paint.canvas.tool_name == "brush"

    live(data, script)


def killed_and_recovered(tmp_path: Path, file: Path, quiet: int, longest: int, seconds: float) -> None:
    """Click corners, kill, start again: what is lost is younger than the longest pause of autosave."""
    data, before = tmp_path / "data", file.read_bytes()
    with painter(data, file, quiet, longest, "polygon") as process:
        moments = paints_for(process, seconds)
    killed = time.monotonic()

    async def script(hands: Hands) -> None:
        await recovered(hands)
        (outline,) = waiting(hands)
        must = [moment for moment in moments if moment < killed - longest / 1000 - LATE]
        assert len(must) <= len(outline.path) <= len(moments)
        assert np.allclose(outline.path, [place(number) for number in range(len(outline.path))], atol=0.5)
        assert hands.window.paint.canvas.tool_name == "polygon"
        hands.act("undo")
        assert waiting(hands)[0].path == outline.path[:-1]

    live(data, script)
    assert file.read_bytes() == before


def test_a_kill_while_corners_are_clicked_loses_little(tmp_path: Path, shot_file: Path) -> None:
    killed_and_recovered(tmp_path, shot_file, 300, 1200, 1.9)


@pytest.mark.long
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("run", range(5))
def test_a_kill_at_any_moment_loses_no_more_than_fifteen_seconds_of_corners(
    tmp_path: Path, shot_file: Path, run: int
) -> None:
    killed_and_recovered(tmp_path, shot_file, QUIET, LONGEST, random.Random(run).uniform(16, 32))
