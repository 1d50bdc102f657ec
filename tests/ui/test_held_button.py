"""Keys that are pressed while a button is held over the picture of the real window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from desktop.imaging.masks import indexed_png
from desktop.storage.shot_file import save_shot
from desktop.ui.canvas.view import CanvasView
from tests.canvas_hands import Hands as CanvasHands
from tests.job_shots import painted_shot
from tests.window_hands import CTRL, CTRL_SHIFT, Hands, live

K = Qt.Key
REFUSED = "Areas cannot be hidden in the middle of a stroke"


def shot_file(folder: Path) -> Path:
    path = folder / "shot.kinebrush"
    save_shot(painted_shot(), path, indexed_png)
    return path


async def ready(hands: Hands) -> CanvasView:
    await hands.ready()
    canvas = hands.window.paint.canvas
    await hands.until(lambda: 0 in canvas.levels, "the picture")
    await hands.go_to(canvas)
    return canvas


@pytest.mark.parametrize("tool", ["brush", "eraser", "lasso", "path"])
def test_what_is_being_painted_cannot_be_hidden(tmp_path: Path, tool: str) -> None:
    async def script(hands: Hands) -> None:
        canvas = await ready(hands)
        canvas.set_tool(tool)
        there = CanvasHands(canvas)
        there.press(30, 30)
        there.move(60, 40)
        hands.key(K.Key_H)
        await hands.told(REFUSED)
        assert not canvas.look.hidden
        there.move(60, 60)
        there.release(30, 60)
        hands.key(K.Key_H)  # the stroke is over
        assert canvas.look.hidden
        there.press(30, 30)  # the next one brings them back
        assert not canvas.look.hidden
        there.release(60, 40)
        hands.application.session.mark_saved()

    live(tmp_path / "data", script, [shot_file(tmp_path)])


def test_other_drags_and_operations_know_what_is_hidden(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        canvas = await ready(hands)
        there = CanvasHands(canvas)
        canvas.set_tool("hand")
        there.press(30, 30)
        hands.key(K.Key_H)
        assert canvas.look.hidden
        there.release(30, 30)
        assert canvas.look.hidden
        hands.window.session.choose_area(1)
        hands.act("area-grow")
        assert not canvas.look.hidden
        hands.key(K.Key_H)  # with no button held, what was can be looked at
        await hands.go_to(canvas)
        hands.window.paint.area_ops.cancel()
        assert not hands.window.session.in_gesture

    live(tmp_path / "data", script, [shot_file(tmp_path)])


def _crop(canvas: CanvasView) -> object:
    shot = canvas.session.shot
    assert shot is not None
    return canvas.options.crop.frame(shot.image)


def _align(canvas: CanvasView) -> object:
    draft = canvas.options.align
    return draft.x, draft.y, draft.scale_x


def _zoom(canvas: CanvasView) -> object:
    return canvas.zoom


@pytest.mark.parametrize(("tool", "state"), [("crop", _crop), ("align", _align), ("zoom", _zoom)])
def test_undo_in_a_drag_drops_the_drag_and_leaves_the_shot(
    tmp_path: Path, tool: str, state: Callable[[CanvasView], object]
) -> None:
    async def script(hands: Hands) -> None:
        canvas = await ready(hands)
        session = hands.window.session
        hands.paint(area=3)
        hands.act("undo")  # so that there is something to undo, and to redo
        there = CanvasHands(canvas)
        steps, painted = (session.undo_title, session.redo_title), hands.shot.label_map.copy()
        assert all(steps)
        canvas.set_tool(tool)
        there.drag((20, 20), (24, 22))
        before = state(canvas)
        there.press(40, 40)
        there.move(60, 60)
        there.move(90, 80)
        assert hands.window.actions_["undo"].text() == "Undo the drag"
        hands.key(K.Key_Z, CTRL_SHIFT)
        hands.key(K.Key_Z, CTRL)
        assert state(canvas) == before
        there.move(100, 70)
        there.release(100, 70)
        assert state(canvas) == before
        assert (session.undo_title, session.redo_title) == steps
        assert np.array_equal(hands.shot.label_map, painted)
        hands.key(K.Key_Z, CTRL)  # nothing is dragged any more
        assert session.undo_title != steps[0]
        session.mark_saved()

    live(tmp_path / "data", script, [shot_file(tmp_path)])
