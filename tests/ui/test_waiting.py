"""What waits in the tools when the picture under it becomes another one."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from desktop.imaging.masks import indexed_png
from desktop.storage.shot_file import save_shot
from desktop.ui.canvas.tools.magnet import MagnetTool
from tests.canvas_hands import Hands as CanvasHands
from tests.canvas_hands import outlines
from tests.job_shots import disc_png, disc_shot
from tests.window_hands import Hands, live

CORNERS = ((50.0, 30.0), (350.0, 40.0), (340.0, 70.0), (60.0, 72.0))
RIM = [(200 + 80 * np.cos(t), 160 + 80 * np.sin(t)) for t in (0.0, 1.2, 2.4, 3.6)]
LABEL = 4
MOVED = "masks that are moved and not laid"


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
