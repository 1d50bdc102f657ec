"""Selections, crops and masks on their way that are not applied outlive the window like all other unsaved work."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from desktop.core.geometry import Box, Point
from desktop.core.waiting import Waiting, WaitingCrop, WaitingMasks, WaitingSelection
from desktop.imaging.masks import indexed_png
from desktop.storage.atomic import write_atomic
from desktop.storage.recovery_note import Note, note_bytes
from desktop.storage.shot_file import save_shot
from desktop.ui import documents
from tests.canvas_hands import ALT
from tests.canvas_hands import Hands as CanvasHands
from tests.faults.test_window_outlines import in_recovery, left_open, notes, recovered
from tests.faults.test_window_recovery import LATE, painter, paints_for
from tests.job_shots import disc_png, disc_shot
from tests.selection_hands import draft_of
from tests.window_hands import Hands, live
from tests.window_painter import BOX, place

LABEL = 4
QUIET, LONGEST = documents.QUIET_MS, documents.LONGEST_MS

pytestmark = pytest.mark.usefixtures("soon")


@pytest.fixture
def shot_file(tmp_path: Path) -> Path:
    """The shot on disk."""
    path = tmp_path / "shot.kinebrush"
    save_shot(disc_shot(), path, indexed_png)
    return path


def waiting(hands: Hands) -> tuple[Waiting, ...]:
    """What waits in the tools."""
    return hands.window.paint.canvas.waiting()


async def kept(hands: Hands) -> tuple[Waiting, ...]:
    """What waits in the tools, once it is in the recovery."""
    await in_recovery(hands)
    return waiting(hands)


async def found(hands: Hands) -> None:
    """Wait until smart select shows what it finds."""
    canvas = hands.window.paint.canvas
    await hands.until(lambda: draft_of(canvas).active and not draft_of(canvas).running, "the selection")


def left_behind(data: Path, shot_file: Path, *begun: Waiting) -> None:
    """The work of a window that was killed."""
    home = data / "recovery" / "aa"
    home.mkdir(parents=True)
    (home / "shot.kinebrush").write_bytes(shot_file.read_bytes())
    (home / "shot.json").write_bytes(note_bytes(Note(shot_file, begun)))


def test_a_selection_comes_back_with_its_box_and_strokes(tmp_path: Path, shot_file: Path) -> None:
    data, before = tmp_path / "data", shot_file.read_bytes()
    shown, noted = [], []

    async def begins(hands: Hands) -> None:
        await hands.opened(400)
        canvas = hands.window.paint.canvas
        pen = CanvasHands(canvas)
        hands.act(f"canvas-area-{LABEL}")
        hands.act("tool-smart")
        canvas.options.set_size("smart", 20)
        pen.drag((100, 60), (300, 260))
        pen.drag((60, 60), (90, 60))
        pen.modifiers = ALT
        pen.drag((180, 160), (220, 160))
        await found(hands)
        shown.append(hands.shot.label_map.copy())
        noted.append(await kept(hands))
        hands.act("canvas-area-2")
        await left_open(hands)

    async def goes_on(hands: Hands) -> None:
        await recovered(hands)
        canvas, session = hands.window.paint.canvas, hands.application.session
        assert (canvas.tool_name, session.active_label) == ("smart", LABEL)
        assert waiting(hands) == noted[0]
        (selection,) = noted[0]
        assert isinstance(selection, WaitingSelection)
        assert selection.label == LABEL
        assert [mark.inside for mark in selection.marks] == [True, False]
        await found(hands)
        assert np.array_equal(hands.shot.label_map, shown[0])
        hands.act("undo")
        await found(hands)
        assert hands.shot.label_map[160, 200] == LABEL
        (mended,) = waiting(hands)
        assert isinstance(mended, WaitingSelection)
        assert mended.marks == selection.marks[:1]
        hands.act("redo")
        await found(hands)
        hands.key(Qt.Key.Key_Return)
        await hands.until(lambda: not session.in_gesture, "the end of it")
        assert np.array_equal(hands.shot.label_map, shown[0])
        assert waiting(hands) == ()
        hands.act("undo")
        assert np.array_equal(hands.shot.label_map, disc_shot().label_map)
        await hands.until(lambda: [note.waiting for note in notes(data)] == [()], "the note without it")

    live(data, begins, [shot_file], leave="script")
    live(data, goes_on)
    assert np.count_nonzero(shown[0] == LABEL) > 10_000
    assert shown[0][160, 200] == 0
    assert shown[0][60, 75] == LABEL
    assert shot_file.read_bytes() == before


@pytest.mark.parametrize("way", ["escape", "undo", "another tool"])
def test_a_selection_whose_picture_is_still_read_can_be_dropped_and_waits(
    tmp_path: Path, shot_file: Path, way: str
) -> None:
    data = tmp_path / "data"
    left_behind(data, shot_file, WaitingSelection("smart", LABEL, "add", (400, 320), Box(100, 60, 300, 260)))

    async def script(hands: Hands) -> None:
        await recovered(hands)
        await found(hands)
        canvas, session = hands.window.paint.canvas, hands.application.session
        begun, levels = waiting(hands), canvas.levels
        session.abort_gesture()
        session.gesture_taken.emit()
        canvas.set_levels({})
        canvas.take_up(begun)
        assert waiting(hands) == begun
        assert not session.in_gesture
        await hands.go_to(canvas)
        if way == "another tool":
            hands.act("tool-brush")
            canvas.set_levels(levels)
            CanvasHands(canvas).drag((10, 10), (30, 10))
            assert hands.shot.label_map[10, 20] == LABEL
            assert waiting(hands) == begun
            hands.act("tool-smart")
            await found(hands)
            assert hands.shot.label_map[160, 200] == LABEL
        else:
            if way == "undo":
                hands.act("undo")
            else:
                hands.key(Qt.Key.Key_Escape)
            canvas.set_levels(levels)
            assert waiting(hands) == ()
            assert not session.in_gesture

    live(data, script)


def test_a_selection_does_not_come_back_in_the_middle_of_something_else(
    tmp_path: Path, shot_file: Path
) -> None:
    data = tmp_path / "data"
    left_behind(data, shot_file, WaitingSelection("smart", LABEL, "add", (400, 320), Box(100, 60, 300, 260)))

    async def script(hands: Hands) -> None:
        await recovered(hands)
        await found(hands)
        canvas, ops = hands.window.paint.canvas, hands.window.paint.area_ops
        begun, levels = waiting(hands), canvas.levels
        await hands.go_to(canvas)
        hands.key(Qt.Key.Key_Escape)
        canvas.set_levels({})
        canvas.take_up(begun)
        hands.act("canvas-area-1")
        hands.act("area-grow")
        await hands.until(lambda: ops.draft.active and not ops.draft.running, "the preview")
        canvas.set_levels(levels)
        assert ops.draft.active
        assert waiting(hands) == begun
        hands.key(Qt.Key.Key_Escape)
        assert not ops.draft.active
        CanvasHands(canvas).move(200, 160)
        await found(hands)
        assert hands.shot.label_map[160, 200] == LABEL

    live(data, script)


def test_a_selection_for_a_locked_area_is_said_and_dropped(tmp_path: Path, shot_file: Path) -> None:
    data = tmp_path / "data"
    shot = disc_shot()
    locked = replace(shot, areas=(replace(shot.areas[0], locked=True),))
    save_shot(locked, shot_file, indexed_png)
    left_behind(data, shot_file, WaitingSelection("smart", 1, "add", (400, 320), Box(100, 60, 300, 260)))

    async def script(hands: Hands) -> None:
        await recovered(hands)
        await hands.told("is locked")
        assert waiting(hands) == ()
        assert np.array_equal(hands.shot.label_map, shot.label_map)

    live(data, script)


def test_a_crop_comes_back_as_it_was_drawn(tmp_path: Path, shot_file: Path) -> None:
    data = tmp_path / "data"
    noted = []

    async def begins(hands: Hands) -> None:
        await hands.opened(400)
        bar = hands.window.paint.crop_bar
        hands.act("tool-crop")
        bar.aspect.set_value("1:1")
        bar.aspect.changed.emit("1:1")
        CanvasHands(hands.window.paint.canvas).drag((360, 320), (200, 160))
        hands.click(bar.enlarge)
        noted.append(await kept(hands))
        await left_open(hands)

    async def goes_on(hands: Hands) -> None:
        await recovered(hands)
        (crop,) = noted[0]
        assert isinstance(crop, WaitingCrop)
        assert (crop.frame.width, crop.aspect, crop.enlarge) == (crop.frame.height, "1:1", True)
        bar = hands.window.paint.crop_bar
        assert hands.window.paint.canvas.tool_name == "crop"
        assert bar.isVisible()
        assert (bar.wide.value(), bar.enlarge.isChecked()) == (crop.frame.width, True)
        assert waiting(hands) == noted[0]
        assert hands.shot.image.crop is None
        hands.click(bar.accept)
        cropped = hands.shot.image
        assert (cropped.crop, cropped.enlarge) == (crop.frame, True)
        assert waiting(hands) == ()
        await hands.until(lambda: [note.waiting for note in notes(data)] == [()], "the note without it")

    live(data, begins, [shot_file], leave="script")
    live(data, goes_on)


def test_a_remembered_aspect_alone_is_no_crop(tmp_path: Path, shot_file: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.opened(400)
        hands.window.paint.canvas.options.crop.set_aspect(None, "1:1")
        hands.act("tool-crop")
        assert waiting(hands) == ()
        hands.close()

    live(tmp_path / "data", script, [shot_file], leave="script")


def test_a_crop_that_is_left_is_forgotten(tmp_path: Path, shot_file: Path) -> None:
    data = tmp_path / "data"

    async def script(hands: Hands) -> None:
        await hands.opened(400)
        hands.act("tool-crop")
        CanvasHands(hands.window.paint.canvas).drag((400, 320), (200, 160))
        await kept(hands)
        hands.act("tool-brush")
        assert len(waiting(hands)) == 1
        hands.act("tool-crop")
        hands.key(Qt.Key.Key_Escape)
        await hands.until(lambda: not notes(data), "the copy to go")

    live(data, script, [shot_file])


def test_masks_on_their_way_come_back_and_are_laid(tmp_path: Path, shot_file: Path) -> None:
    data = tmp_path / "data"
    noted, frames = [], []

    async def begins(hands: Hands) -> None:
        await hands.opened(400)
        hands.act("tool-align")
        CanvasHands(hands.window.paint.canvas).drag((200, 160), (230, 140))
        for _ in range(5):
            hands.key(Qt.Key.Key_Plus)
        noted.append(await kept(hands))
        frames.append(hands.window.paint.canvas.options.align.frame)
        await left_open(hands)

    async def goes_on(hands: Hands) -> None:
        await recovered(hands)
        canvas = hands.window.paint.canvas
        assert canvas.tool_name == "align"
        assert hands.window.paint.align_bar.accept.isEnabled()
        assert waiting(hands) == noted[0]
        assert canvas.options.align.frame == frames[0]
        assert np.array_equal(hands.shot.label_map, disc_shot().label_map)
        hands.key(Qt.Key.Key_Return)
        await hands.until(lambda: waiting(hands) == (), "the masks to be laid")
        rows, columns = np.nonzero(hands.shot.label_map == 1)
        (masks,) = noted[0]
        assert isinstance(masks, WaitingMasks)
        assert masks.scale_x > 1.04
        corner = masks.x + 20 * masks.scale_x, masks.y + 100 * masks.scale_y
        assert np.allclose((columns.min(), rows.min()), corner, atol=1.0)
        await hands.until(lambda: [note.waiting for note in notes(data)] == [()], "the note without it")

    live(data, begins, [shot_file], leave="script")
    live(data, goes_on)


def test_masks_over_a_picture_of_another_aspect_come_back_where_they_were(
    tmp_path: Path, shot_file: Path
) -> None:
    data, square = tmp_path / "data", tmp_path / "square.png"
    square.write_bytes(disc_png(500, 500))
    shown = []

    async def begins(hands: Hands) -> None:
        await hands.opened(400)
        hands.act("replace-picture")
        await hands.choose_file(square)
        await hands.opened(500)
        canvas = hands.window.paint.canvas
        await hands.until(lambda: canvas.tool_name == "align", "the masks to align")
        assert waiting(hands) == ()  # the shot has them there already
        CanvasHands(canvas).drag((250, 250), (270, 290))
        await kept(hands)
        shown.append(canvas.options.align.frame)
        await left_open(hands)

    async def goes_on(hands: Hands) -> None:
        await recovered(hands)
        assert hands.shot.image.width == 500
        assert hands.window.paint.canvas.tool_name == "align"
        hands.key(Qt.Key.Key_Return)
        await hands.until(lambda: waiting(hands) == (), "the masks to be laid")
        frame = shown[0]
        rows, columns = np.nonzero(hands.shot.label_map == 1)
        scale = frame.width / 400
        wanted = (20, 100, 60, 140)
        there = [frame.left + scale * x for x in wanted[::2]] + [frame.top + scale * y for y in wanted[1::2]]
        assert np.allclose((columns.min(), columns.max() + 1, rows.min(), rows.max() + 1), there, atol=1.01)

    live(data, begins, [shot_file], leave="script")
    live(data, goes_on)


def test_masks_that_were_laid_just_before_the_end_are_not_moved_twice(
    tmp_path: Path, shot_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, written = tmp_path / "data", []

    async def script(hands: Hands) -> None:
        await hands.opened(400)
        hands.act("tool-align")
        CanvasHands(hands.window.paint.canvas).drag((200, 160), (230, 140))
        await kept(hands)

        def listen(path: Path, content: bytes) -> None:
            written.append(content)
            write_atomic(path, content)

        monkeypatch.setattr(documents, "write_atomic", listen)
        hands.key(Qt.Key.Key_Return)
        await hands.until(lambda: [note.waiting for note in notes(data)] == [()], "the note without it")

    live(data, script, [shot_file])
    assert written
    assert [content for content in written if b"kind" in content] == []


def test_all_that_waits_comes_back_at_once(tmp_path: Path, shot_file: Path) -> None:
    data = tmp_path / "data"
    crop = WaitingCrop("crop", (400, 320), Box(50, 60, 250, 220))
    masks = WaitingMasks("align", (400, 320), 10.0, -20.0, 1.5, 1.5)
    left_behind(data, shot_file, crop, masks)

    async def script(hands: Hands) -> None:
        await recovered(hands)
        assert hands.window.paint.canvas.tool_name == "crop"
        assert waiting(hands) == (crop, masks)

    live(data, script)


@pytest.mark.parametrize(
    "begun",
    [
        WaitingSelection("smart", LABEL, "add", (400, 321), Box(100, 60, 300, 260)),
        WaitingSelection("brush", LABEL, "add", (400, 320), Box(100, 60, 300, 260)),
        WaitingSelection("polygon", LABEL, "add", (400, 320), Box(100, 60, 300, 260)),
        WaitingSelection("crop", LABEL, "add", (400, 320), Box(100, 60, 300, 260)),
        WaitingCrop("crop", (401, 320), Box(50, 60, 250, 220)),
        WaitingCrop("smart", (400, 320), Box(50, 60, 250, 220)),
        WaitingCrop("nothing", (400, 320), Box(50, 60, 250, 220)),
        WaitingMasks("align", (320, 400), 10.0),
        WaitingMasks("magnet", (400, 320), 10.0),
    ],
)
def test_what_does_not_fit_is_left_out(tmp_path: Path, shot_file: Path, begun: Waiting) -> None:
    data = tmp_path / "data"
    left_behind(data, shot_file, begun)

    async def script(hands: Hands) -> None:
        await recovered(hands)
        assert waiting(hands) == ()
        assert hands.window.paint.canvas.tool_name == "brush"
        assert np.array_equal(hands.shot.label_map, disc_shot().label_map)

    live(data, script)


def acts_in(begun: Waiting) -> int:
    """How many strokes of `window_painter` are in what came back."""
    match begun:
        case WaitingSelection():
            places = [Point(*place(number)) for number in range(len(begun.marks))]
            assert begun.frame is not None
            assert np.allclose(begun.frame, BOX, atol=1.5)
            assert np.allclose([mark.points[0] for mark in begun.marks], places, atol=0.5)
            return len(begun.marks)
        case WaitingCrop():
            return begun.frame.left
        case WaitingMasks():
            return round(begun.x)
    raise AssertionError(begun)


def killed_and_recovered(
    tmp_path: Path, file: Path, tool: str, quiet: int, longest: int, seconds: float
) -> None:
    """Draft, kill, start again: what is lost is younger than the longest pause of autosave."""
    data, before = tmp_path / "data", file.read_bytes()
    with painter(data, file, quiet, longest, tool) as process:
        moments = paints_for(process, seconds)
    killed = time.monotonic()

    async def script(hands: Hands) -> None:
        await recovered(hands)
        assert hands.window.paint.canvas.tool_name == tool
        (begun,) = waiting(hands)
        must = [moment for moment in moments if moment < killed - longest / 1000 - LATE]
        most = 300 if tool == "crop" else len(moments)  # there the frame is at the picture's edge
        assert min(len(must), most - 40) <= acts_in(begun) <= len(moments)
        assert acts_in(begun) > 0
        if tool == "smart":
            await found(hands)
            assert hands.shot.label_map[160, 200] == LABEL

    live(data, script)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "tool",
    ["smart", pytest.param("crop", marks=pytest.mark.long), pytest.param("align", marks=pytest.mark.long)],
)
def test_a_kill_in_the_middle_of_a_draft_loses_little(tmp_path: Path, shot_file: Path, tool: str) -> None:
    killed_and_recovered(tmp_path, shot_file, tool, 300, 1200, 3.7)


@pytest.mark.long
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("tool", ["smart", "crop", "align"])
@pytest.mark.parametrize("run", range(3))
def test_a_kill_at_any_moment_loses_no_more_than_fifteen_seconds_of_a_draft(
    tmp_path: Path, shot_file: Path, tool: str, run: int
) -> None:
    killed_and_recovered(tmp_path, shot_file, tool, QUIET, LONGEST, random.Random(run).uniform(16, 32))
