"""Where parts of the real window meet: strokes and opening, text and undo, faces and keys, jobs and unsaved work."""

import gc
import weakref
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, Qt, QUrl
from PySide6.QtWidgets import QMessageBox

from desktop.core.job import JobState
from desktop.ui.main_window import MainWindow
from tests.job_shots import png
from tests.window_hands import CTRL, Hands, live

K = Qt.Key
CANCEL, DISCARD = QMessageBox.StandardButton.Cancel, QMessageBox.StandardButton.Discard


def picture(folder: Path, width: int = 420) -> Path:
    """A picture file."""
    path = folder / f"picture {width}.png"
    path.write_bytes(png(width, 330, width))
    return path


def test_another_shot_in_the_middle_of_a_stroke(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.opened(420)
        hands.act("canvas-area-1")
        hands.act("tool-brush")
        hands._mouse(QEvent.Type.MouseButtonPress, (100, 100), Qt.MouseButton.LeftButton)
        hands._mouse(QEvent.Type.MouseMove, (120, 100), Qt.MouseButton.LeftButton)
        hands.window.documents_.open_path(picture(tmp_path, 440))
        await hands.answer(DISCARD)
        await hands.opened(440)
        hands._mouse(QEvent.Type.MouseMove, (140, 100), Qt.MouseButton.LeftButton)
        hands._mouse(QEvent.Type.MouseButtonRelease, (140, 100), Qt.MouseButton.LeftButton)
        assert not hands.application.session.in_gesture
        hands.paint(area=2)
        assert [area.number for area in hands.shot.areas] == [2]

    live(tmp_path / "data", script, [picture(tmp_path)])


def test_a_picture_dropped_on_the_canvas(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.opened(420)
        canvas = hands.window.paint.canvas
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(picture(tmp_path, 440)))])
        assert hands.drop(mime, canvas)
        await hands.as_a_new_picture()
        await hands.opened(440)

    live(tmp_path / "data", script, [picture(tmp_path)])


def test_undo_in_the_prompt_and_outside_agree(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.opened(420)
        session, prompt = hands.application.session, hands.window.words.prompt
        hands.act("focus-prompt")
        hands.type("boat")
        assert hands.shot.parameters.prompt == "boat"
        hands.key(K.Key_Z, CTRL)
        assert hands.shot.parameters.prompt == prompt.text() == ""
        hands.key(K.Key_Y, CTRL)
        assert hands.shot.parameters.prompt == prompt.text() == "boat"
        session.undo()
        assert hands.shot.parameters.prompt == prompt.text()

    live(tmp_path / "data", script, [picture(tmp_path)])


def test_a_take_of_a_former_day_plays_and_its_keys_are_its_own(tmp_path: Path) -> None:
    async def make(hands: Hands) -> None:
        await hands.ready()
        hands.click(hands.window.checks.generate)
        await hands.job_in(JobState.DONE)

    async def again(hands: Hands) -> None:
        await hands.ready()
        assert hands.application.session.shot is None  # not the first start any more
        job = await hands.job_in(JobState.DONE)
        hands.window.jobs.list.choose(job.id)
        await hands.go_to(hands.window.jobs.list)
        hands.key(K.Key_Return)
        player = hands.window.takes.player
        await hands.until(lambda: player.position > 1, "the take to play")
        tool = hands.window.paint.canvas.tool_name
        for key in (K.Key_Space, K.Key_I, K.Key_Right, K.Key_O, K.Key_L, K.Key_K, K.Key_0):
            hands.key(key)
        assert hands.window.paint.canvas.tool_name == tool
        await hands.until(lambda: not player.playing, "the pause")

    live(tmp_path / "data", make)
    live(tmp_path / "data", again)


def test_a_variation_asks_about_unsaved_work(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()
        hands.click(hands.window.checks.generate)
        job = await hands.job_in(JobState.DONE)
        hands.paint(area=3)
        before = hands.shot.label_map.copy()
        for answer in (CANCEL, DISCARD):
            hands.window.jobs_.act("duplicate", job)
            await hands.answer(answer)
            await hands.until(
                lambda: "duplicate" not in hands.application.spawner.running, "the copy to be opened"
            )
            assert (hands.shot.label_map.tobytes() == before.tobytes()) == (answer == CANCEL)
        assert not hands.application.session.modified

    live(tmp_path / "data", script)


def test_nothing_holds_a_window_that_is_gone(tmp_path: Path) -> None:
    gone: list[weakref.ref[MainWindow]] = []

    async def script(hands: Hands) -> None:
        await hands.ready()
        gone.append(weakref.ref(hands.window))

    live(tmp_path / "data", script)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    assert gone[0]() is None
