"""What waits in the tools when the picture under it becomes another one, and before the shot is left."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from desktop.core.geometry import Box, Point
from desktop.core.waiting import WaitingCrop, WaitingMasks, WaitingOutline, WaitingSelection
from desktop.imaging.masks import indexed_png, read_label_map
from desktop.storage.shot_file import load_shot, save_shot
from desktop.ui.canvas.draft import Draft
from desktop.ui.canvas.tools.magnet import MagnetTool
from desktop.ui.leaving import question
from tests.canvas_hands import Hands as CanvasHands
from tests.canvas_hands import outlines
from tests.job_shots import disc_png, disc_shot
from tests.selection_hands import draft_of
from tests.window_hands import Hands, live

CORNERS = ((50.0, 30.0), (350.0, 40.0), (340.0, 70.0), (60.0, 72.0))
RIM = [(200 + 80 * np.cos(t), 160 + 80 * np.sin(t)) for t in (0.0, 1.2, 2.4, 3.6)]
LABEL = 4
MOVED = "masks that are moved and not laid"
SAVE, DISCARD, CANCEL = (
    QMessageBox.StandardButton.Save,
    QMessageBox.StandardButton.Discard,
    QMessageBox.StandardButton.Cancel,
)


@pytest.fixture
def shot_file(tmp_path: Path) -> Path:
    """A shot on disk."""
    path = tmp_path / "shot.kinebrush"
    save_shot(disc_shot(), path, indexed_png)
    return path


def pen_of(hands: Hands) -> CanvasHands:
    return CanvasHands(hands.window.paint.canvas)


async def knows(hands: Hands) -> MagnetTool:
    """Wait until the magnet has found all its ways."""
    tool = hands.window.paint.canvas.tool
    assert isinstance(tool, MagnetTool)
    await hands.until(lambda: tool.knows_the_way and not tool._waiting, "the ways")
    return tool


async def polygon(hands: Hands, clicks: int = 4) -> None:
    """Begin a polygon."""
    hands.act(f"canvas-area-{LABEL}")
    hands.act("tool-polygon")
    for corner in CORNERS[:clicks]:
        pen_of(hands).click(*corner)


async def smart(hands: Hands) -> None:
    """Select the disc."""
    hands.act(f"canvas-area-{LABEL}")
    hands.act("tool-smart")
    pen_of(hands).drag((100, 60), (300, 260))


async def crop(hands: Hands) -> None:
    """Draw a crop."""
    hands.act("tool-crop")
    pen_of(hands).drag((400, 320), (380, 310))


async def masks(hands: Hands) -> None:
    """Move all masks."""
    hands.act("tool-align")
    pen_of(hands).drag((200, 160), (230, 140))


async def replaced(hands: Hands, path: Path, width: int, height: int) -> None:
    """Put another picture under the masks."""
    await asyncio.to_thread(path.write_bytes, disc_png(width, height))
    hands.act("replace-picture")
    await hands.choose_file(path)
    await hands.opened(width)


# The picture


def test_outlines_follow_their_masks_to_a_larger_picture_and_back(tmp_path: Path, shot_file: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.opened(400)
        canvas = hands.window.paint.canvas
        await polygon(hands)
        hands.act("canvas-area-1")
        hands.act("tool-magnet")
        for place in RIM[:3]:
            pen_of(hands).click(*place)
            await knows(hands)
        before = outlines(canvas)
        await replaced(hands, tmp_path / "large.png", 800, 640)
        after = outlines(canvas)
        assert [o.tool for o in after] == ["magnet", "polygon"]
        for there, here in zip(after, before, strict=True):
            assert there.size == (800, 640)
            assert (there.label, there.ends) == (here.label, here.ends)
            assert np.allclose(there.path, 2 * np.array(here.path))
        await knows(hands)
        x, y = RIM[3]
        pen_of(hands).click(2 * x, 2 * y)
        await knows(hands)
        (found, _) = outlines(canvas)
        rest = np.array(found.path[after[0].ends[-1] :])
        assert len(rest) > 20
        off_the_rim = np.abs(np.hypot(rest[:, 0] - 400, rest[:, 1] - 320) - 160)
        assert np.median(off_the_rim) < 3
        hands.key(Qt.Key.Key_Backspace)
        hands.act("tool-brush")
        hands.act("undo")
        await hands.opened(400)
        hands.act("tool-magnet")
        back = outlines(canvas)
        assert [o.size for o in back] == [(400, 320), (400, 320)]
        assert np.allclose(back[0].path, before[0].path)
        assert np.allclose(back[1].path, before[1].path)
        pen_of(hands).click(*RIM[3])
        tool = await knows(hands)
        hands.key(Qt.Key.Key_Return)
        await hands.until(lambda: not tool.busy, "the end of it")
        hands.act("tool-polygon")
        hands.key(Qt.Key.Key_Return)
        assert hands.shot.label_map[55, 200] == LABEL
        assert hands.shot.label_map[160, 200] == 1

    live(tmp_path / "data", script, [shot_file])


def test_a_closed_outline_fills_what_it_goes_around_on_the_new_picture(
    tmp_path: Path, shot_file: Path
) -> None:
    async def script(hands: Hands) -> None:
        await hands.opened(400)
        await polygon(hands)
        await replaced(hands, tmp_path / "large.png", 800, 640)
        await hands.go_to(hands.window.paint.canvas)
        hands.key(Qt.Key.Key_Return)
        rows, columns = np.nonzero(hands.shot.label_map == LABEL)
        assert (columns.min(), columns.max()) == pytest.approx((100, 699), abs=1)
        assert (rows.min(), rows.max()) == pytest.approx((60, 143), abs=1)

    live(tmp_path / "data", script, [shot_file])


def test_an_outline_does_not_go_to_a_picture_of_another_aspect(tmp_path: Path, shot_file: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.opened(400)
        await polygon(hands)
        hands.act("tool-brush")
        await replaced(hands, tmp_path / "square.png", 500, 500)
        await hands.told("it is dropped")
        assert outlines(hands.window.paint.canvas) == ()
        hands.act("tool-polygon")
        hands.key(Qt.Key.Key_Return)
        assert not (hands.shot.label_map == LABEL).any()

    live(tmp_path / "data", script, [shot_file])


def test_an_outline_stays_where_it_is_on_a_picture_of_the_same_size(tmp_path: Path, shot_file: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.opened(400)
        await polygon(hands)
        before = outlines(hands.window.paint.canvas)
        old = hands.shot.image
        await replaced(hands, tmp_path / "other.png", 400, 320)
        await hands.until(lambda: hands.shot.image is not old, "the other picture")
        await hands.ready()
        assert outlines(hands.window.paint.canvas) == before

    live(tmp_path / "data", script, [shot_file])


# Leaving

Begin = Callable[[Hands], Coroutine[Any, Any, None]]


async def asked(hands: Hands) -> QMessageBox:
    """The question that is asked."""
    return await hands.dialog(QMessageBox)


@pytest.mark.parametrize(
    ("begin", "words"),
    [
        (polygon, "“shot” has an outline that is not closed (polygon)."),
        (crop, "“shot” has a crop that is not accepted."),
        (masks, f"“shot” has {MOVED}."),
    ],
)
def test_closing_asks_before_it_drops_what_waits(
    tmp_path: Path, shot_file: Path, begin: Begin, words: str
) -> None:
    data = tmp_path / "data"

    async def script(hands: Hands) -> None:
        await hands.opened(400)
        await begin(hands)
        before = hands.window.paint.canvas.waiting()
        assert before
        hands.close()
        box = await asked(hands)
        assert (box.text().replace("disc", "shot"), box.informativeText()) == (
            words,
            "It is lost when you go on.",
        )
        assert box.standardButtons() == DISCARD | CANCEL
        assert box.defaultButton() is box.button(CANCEL)
        await hands.answer(CANCEL)
        await hands.until(lambda: not hands.application._closing, "the window to stay")
        assert hands.window.isEnabled()
        assert hands.window.paint.canvas.waiting() == before
        hands.close()
        await hands.answer(DISCARD)

    async def after(hands: Hands) -> None:
        await hands.ready()
        assert hands.application.session.shot is None
        assert not hands.said

    live(data, script, [shot_file], leave="script")
    live(data, after)


def test_opening_another_shot_asks_too(tmp_path: Path, shot_file: Path) -> None:
    other = tmp_path / "other.kinebrush"
    other.write_bytes(shot_file.read_bytes())

    async def script(hands: Hands) -> None:
        await hands.opened(400)
        documents = hands.application.documents
        await polygon(hands)
        hands.act("tool-brush")
        hands.window.documents_.open_path(other)
        await hands.answer(CANCEL)
        await hands.until(lambda: not hands.application.spawner.running, "the question to go")
        assert documents.path == shot_file
        assert len(outlines(hands.window.paint.canvas)) == 1
        hands.window.documents_.open_path(other)
        await hands.answer(DISCARD)
        await hands.until(lambda: documents.path == other, "the other shot")
        assert outlines(hands.window.paint.canvas) == ()

    live(tmp_path / "data", script, [shot_file])


def test_one_click_is_nothing_to_ask_about(tmp_path: Path, shot_file: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.opened(400)
        await polygon(hands, 1)
        hands.close()

    live(tmp_path / "data", script, [shot_file], leave="script")


def test_unsaved_changes_and_an_outline_are_one_question(tmp_path: Path, shot_file: Path) -> None:
    data = tmp_path / "data"

    async def script(hands: Hands) -> None:
        await hands.opened(400)
        hands.paint(area=2, path=False)
        await polygon(hands)
        hands.close()
        box = await asked(hands)
        assert "changes that are not saved and an outline that is not closed (polygon)." in box.text()
        assert box.informativeText() == "Save keeps only the changes; cancel to finish the outline first."
        assert box.defaultButton() is box.button(CANCEL)
        await hands.answer(SAVE)

    async def after(hands: Hands) -> None:
        await hands.ready()
        assert hands.application.session.shot is None

    live(data, script, [shot_file], leave="script")
    assert (load_shot(shot_file, read_label_map).label_map == 2).any()
    live(data, after)


@pytest.mark.parametrize("ready", [True, False])
def test_a_selection_that_is_not_kept_is_kept_by_saving(tmp_path: Path, shot_file: Path, ready: bool) -> None:
    async def script(hands: Hands) -> None:
        await hands.opened(400)
        canvas = hands.window.paint.canvas
        await smart(hands)
        draft = draft_of(canvas)
        if ready:
            await hands.until(lambda: not draft.running, "the selection")
        before = canvas.waiting()
        hands.close()
        box = await asked(hands)
        assert box.text().endswith("has changes that are not saved.")
        assert box.defaultButton() is box.button(SAVE)
        await hands.answer(CANCEL)
        await hands.until(lambda: not hands.application._closing, "the window to stay")
        assert canvas.waiting() == before  # all its strokes can still be mended
        assert draft.active
        if not ready:
            pen_of(hands).drag((60, 60), (90, 60))
        hands.close()
        await hands.answer(SAVE)

    live(tmp_path / "data", script, [shot_file], leave="script")
    saved = load_shot(shot_file, read_label_map).label_map
    assert saved[160, 200] == LABEL
    assert (saved[60, 75] == LABEL) is not ready


def test_saving_waits_for_a_selection_that_is_worked_out(
    tmp_path: Path, shot_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stood_still: list[Draft] = []

    async def script(hands: Hands) -> None:
        monkeypatch.setattr(Draft, "_see_through", stood_still.append)
        await hands.opened(400)
        await smart(hands)
        assert draft_of(hands.window.paint.canvas).running
        hands.act("save")
        await hands.until(lambda: not hands.application.spawner.running, "the save")
        assert not hands.said
        assert not hands.application.session.modified

    live(tmp_path / "data", script, [shot_file])
    assert not stood_still
    assert load_shot(shot_file, read_label_map).label_map[160, 200] == LABEL


def test_a_selection_can_be_discarded(tmp_path: Path, shot_file: Path) -> None:
    before = shot_file.read_bytes()

    async def script(hands: Hands) -> None:
        await hands.opened(400)
        await smart(hands)
        hands.close()
        await hands.answer(DISCARD)

    live(tmp_path / "data", script, [shot_file], leave="script")
    assert shot_file.read_bytes() == before


def test_a_selection_goes_on_at_the_next_start_when_the_system_ends_the_window(
    tmp_path: Path, shot_file: Path
) -> None:
    data = tmp_path / "data"

    async def script(hands: Hands) -> None:
        await hands.opened(400)
        await smart(hands)
        await hands.until(lambda: not draft_of(hands.window.paint.canvas).running, "the selection")
        hands.application.must_close()

    async def after(hands: Hands) -> None:
        await hands.ready()
        canvas = hands.window.paint.canvas
        assert isinstance(canvas.waiting()[0], WaitingSelection)
        await hands.until(lambda: not draft_of(canvas).running, "the selection")
        assert hands.shot.label_map[160, 200] == LABEL
        await hands.go_to(canvas)
        hands.key(Qt.Key.Key_Escape)
        assert np.array_equal(hands.shot.label_map, disc_shot().label_map)

    live(data, script, [shot_file], leave="script")
    live(data, after)


OUTLINE = WaitingOutline("magnet", 1, "add", (400, 320), (Point(0, 0), Point(1, 1)), (1, 2))
CROP = WaitingCrop("crop", (400, 320), Box(0, 0, 9, 9))
MASKS = WaitingMasks("align", (400, 320), 5.0)


@pytest.mark.parametrize(
    ("modified", "waiting", "words"),
    [
        (True, (), ("“a” has changes that are not saved.", "Save them before going on?")),
        (
            False,
            (OUTLINE, CROP),
            (
                "“a” has an outline that is not closed (magnet) and a crop that is not accepted.",
                "They are lost when you go on.",
            ),
        ),
        (
            True,
            (CROP,),
            (
                "“a” has changes that are not saved and a crop that is not accepted.",
                "Save keeps only the changes; cancel to finish the crop first.",
            ),
        ),
        (
            True,
            (CROP, MASKS),
            (
                f"“a” has changes that are not saved, a crop that is not accepted and {MOVED}.",
                "Save keeps only the changes; cancel to finish the rest first.",
            ),
        ),
    ],
)
def test_the_question_names_what_is_lost(
    modified: bool, waiting: tuple[WaitingOutline | WaitingCrop | WaitingMasks, ...], words: tuple[str, str]
) -> None:
    assert question("a", modified, waiting) == words
