"""Selections and area operations in the real window, by their keys alone where keys do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt

from desktop.core import edits
from desktop.core.areas import STATIC_LABEL
from desktop.imaging import morphology
from desktop.imaging.masks import indexed_png, read_label_map
from desktop.storage.shot_file import load_shot, save_shot
from desktop.ui.canvas.tools.draft_tool import DraftTool
from tests.job_shots import painted_shot
from tests.window_hands import CTRL, Hands, live

SHIFT = Qt.KeyboardModifier.ShiftModifier


def test_the_whole_of_it_by_keys(tmp_path: Path) -> None:
    path = tmp_path / "shot.kinebrush"
    save_shot(painted_shot(), path, indexed_png)

    async def script(hands: Hands) -> None:
        window, session = hands.window, hands.window.session
        await hands.until(lambda: session.shot is not None, "the shot")
        canvas, ops = window.paint.canvas, window.paint.area_ops
        await hands.until(lambda: 0 in canvas.levels, "the picture")
        await hands.go_to(canvas)
        before = hands.shot.label_map.copy()
        painted = np.count_nonzero(before == 1)

        hands.key(Qt.Key.Key_G, SHIFT)
        assert ops.isVisible()
        await hands.until(lambda: not ops.draft.running, "the grown area")
        assert np.count_nonzero(hands.shot.label_map == 1) > painted
        hands.key(Qt.Key.Key_Return)
        assert not ops.isVisible()
        assert session.undo_title == "Grow Left"
        await hands.go_to(canvas)
        hands.key(Qt.Key.Key_Z, CTRL)
        assert np.array_equal(hands.shot.label_map, before)

        hands.key(Qt.Key.Key_T, CTRL)
        await hands.go_to(canvas)
        hands.key(Qt.Key.Key_Right)
        await hands.until(lambda: not ops.draft.running, "the moved area")
        assert np.array_equal(hands.shot.label_map[:, 1:] == 1, before[:, :-1] == 1)
        hands.key(Qt.Key.Key_Escape)
        assert np.array_equal(hands.shot.label_map, before)

        hands.key(Qt.Key.Key_W)
        assert canvas.tool_name == "wand"
        hands.stroke((3.5, 3.5))
        tool = canvas.tool
        assert isinstance(tool, DraftTool)
        await hands.until(lambda: not tool.draft.active, "the wand")
        assert session.undo_title == "Add to Left"
        assert hands.shot.label_map[3, 3] == 1
        after = hands.shot.label_map.copy()

        hands.key(Qt.Key.Key_G, SHIFT)
        await hands.until(lambda: not ops.draft.running, "the grown area")
        await window.documents.save(path)
        assert not ops.isVisible()
        assert session.undo_title == "Grow Left"
        assert not session.modified
        assert np.array_equal(load_shot(path, read_label_map).label_map, hands.shot.label_map)
        assert not np.array_equal(hands.shot.label_map, after)

        hands.key(Qt.Key.Key_Z, CTRL)
        session.edit("Lock", edits.lock_area(hands.shot, 1, True))
        hands.act("clear-area")
        await hands.told("is locked; unlock it to change it.")
        hands.act("area-shrink")
        assert not ops.isVisible()
        assert np.array_equal(hands.shot.label_map, after)
        hands.act("save")
        await hands.until(lambda: not session.modified, "the saved shot")

    live(tmp_path / "data", script, [path])


def test_applied_work_survives_another_operation_and_another_tool(tmp_path: Path) -> None:
    path = tmp_path / "shot.kinebrush"
    save_shot(painted_shot(), path, indexed_png)

    async def script(hands: Hands) -> None:
        await hands.ready()
        canvas, ops, session = hands.window.paint.canvas, hands.window.paint.area_ops, hands.window.session
        before = hands.shot.label_map.copy()
        await hands.go_to(canvas)
        hands.key(Qt.Key.Key_G, SHIFT)
        hands.key(Qt.Key.Key_Return)
        assert ops.draft.running
        hands.act("area-place")
        assert session.undo_title == "Grow Left"
        grown = hands.shot.label_map.copy()
        assert np.count_nonzero(grown == 1) > np.count_nonzero(before == 1)
        await hands.go_to(canvas)
        hands.key(Qt.Key.Key_Right)
        hands.key(Qt.Key.Key_Return)
        assert ops.draft.running
        hands.key(Qt.Key.Key_E)
        assert not ops.isVisible()
        assert session.undo_title == "Move Left"
        assert np.array_equal(hands.shot.label_map[:, 1:] == 1, grown[:, :-1] == 1)
        hands.act("undo")
        assert np.array_equal(hands.shot.label_map, grown)
        hands.act("undo")
        assert np.array_equal(hands.shot.label_map, before)
        hands.act("area-grow")
        await hands.until(lambda: not ops.draft.running, "the grown area")
        hands.act("area-place")
        await hands.told("“Grow Left” was not applied and is put back; Enter keeps it.")
        ops.cancel()
        assert np.array_equal(hands.shot.label_map, before)

    live(tmp_path / "data", script, [path])


def test_undo_takes_a_preview_back_in_a_shot_without_steps(tmp_path: Path) -> None:
    path = tmp_path / "shot.kinebrush"
    save_shot(painted_shot(), path, indexed_png)

    async def script(hands: Hands) -> None:
        await hands.ready()
        canvas, ops, undo = (
            hands.window.paint.canvas,
            hands.window.paint.area_ops,
            hands.window.actions_["undo"],
        )
        before = hands.shot.label_map.copy()
        for name, title in (("grow", "Grow Left"), ("place", "Move Left")):
            assert not undo.isEnabled()
            hands.act(f"area-{name}")
            if name == "place":
                ops.nudge(5, 5)
            await hands.until(lambda: not ops.draft.running, "the preview")
            assert not np.array_equal(hands.shot.label_map, before)
            assert undo.isEnabled()
            assert undo.text() == f"Undo {title}"
            await hands.go_to(canvas)
            hands.key(Qt.Key.Key_Z, CTRL)
            assert not ops.isVisible()
            assert np.array_equal(hands.shot.label_map, before)
        assert undo.text() == "Undo"
        assert not undo.isEnabled()
        hands.key(Qt.Key.Key_W)
        hands.stroke((3.5, 3.5))
        assert undo.text() == "Undo Add to Left"
        hands.key(Qt.Key.Key_Z, CTRL)
        assert np.array_equal(hands.shot.label_map, before)
        assert not undo.isEnabled()

    live(tmp_path / "data", script, [path])


def test_digits_typed_in_a_panel_are_its_number_and_choose_no_area(tmp_path: Path) -> None:
    path = tmp_path / "shot.kinebrush"
    save_shot(painted_shot(), path, indexed_png)

    async def script(hands: Hands) -> None:
        session, ops = hands.window.session, hands.window.paint.area_ops
        await hands.ready()
        await hands.go_to(hands.window.paint.canvas)
        before = hands.shot.label_map == session.active_label
        chosen = session.active_label
        hands.key(Qt.Key.Key_G, SHIFT)
        for digit in (Qt.Key.Key_2, Qt.Key.Key_5):
            hands.key(digit)
        assert ops.amount.value() == 25
        assert session.active_label == chosen
        hands.key(Qt.Key.Key_Return)
        await hands.until(lambda: not ops.isVisible(), "the grown area")
        assert session.undo_title == "Grow Left"
        grown = hands.shot.label_map == chosen
        assert np.array_equal(grown, morphology.grown(before.astype(np.uint8), 25) != 0)

        hands.key(Qt.Key.Key_T, CTRL)
        for digit in (Qt.Key.Key_1, Qt.Key.Key_2):
            hands.key(digit)
        hands.key(Qt.Key.Key_Return)
        await hands.until(lambda: not ops.isVisible(), "the moved area")
        assert session.active_label == chosen
        assert np.array_equal(hands.shot.label_map[:, 12:] == chosen, grown[:, :-12])

    live(tmp_path / "data", script, [path])


def test_digits_choose_where_a_copy_goes_and_no_other_area_to_work_on(tmp_path: Path) -> None:
    path = tmp_path / "shot.kinebrush"
    save_shot(painted_shot(), path, indexed_png)

    async def script(hands: Hands) -> None:
        window = hands.window
        session, ops, canvas = window.session, window.paint.area_ops, window.paint.canvas
        await hands.ready()
        await hands.go_to(canvas)
        before = hands.shot.label_map.copy()
        chosen = session.active_label
        hands.key(Qt.Key.Key_D, CTRL)
        assert ops.target.hasFocus()
        hands.key(Qt.Key.Key_5)
        assert ops.target.currentData() == 5
        hands.key(Qt.Key.Key_0)
        assert ops.target.currentData() == STATIC_LABEL
        await hands.go_to(canvas)  # as after a drag of the copy
        hands.key(Qt.Key.Key_4)
        assert ops.target.currentData() == 4
        ops.apply_button.setFocus()
        assert ops.apply_button.hasFocus()
        hands.key(Qt.Key.Key_6)
        assert ops.target.currentData() == 6
        hands.type(str(chosen))
        await hands.told("is what is copied; choose another area for the copy.")
        assert (ops.target.currentData(), session.active_label) == (6, chosen)
        hands.key(Qt.Key.Key_Return)
        await hands.until(lambda: not ops.isVisible(), "the copy")
        copied = hands.shot.label_map == 6
        assert np.count_nonzero(copied) > 0
        assert hands.shot.area(5) is None
        assert session.active_label == chosen
        hands.key(Qt.Key.Key_5)
        assert session.active_label == 5, "the panel is gone"
        hands.act("undo")
        assert np.array_equal(hands.shot.label_map, before)

    live(tmp_path / "data", script, [path])
