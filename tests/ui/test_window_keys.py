"""The whole job by keys alone: open the sample, choose areas, type, generate, open the take, play it, quit."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from desktop.core.job import JobState
from tests.window_hands import CTRL, CTRL_SHIFT, SHIFT, Hands, live

K = Qt.Key


async def found(hands: Hands, words: str) -> None:
    """Ctrl+K, a few letters, Enter."""
    hands.key(K.Key_K, CTRL)
    palette = hands.window.palette_
    await hands.until(palette.isVisible, "the palette")
    hands.type(words)
    assert palette.shown(), words
    hands.key(K.Key_Return)
    await hands.until(lambda: not palette.isVisible(), "the palette to close")


def test_the_whole_job_without_a_mouse(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        session, window = hands.application.session, hands.window
        await hands.ready()
        session.close()
        await found(hands, "open sample")
        await hands.until(lambda: session.shot is not None, "the sample")
        await hands.ready()
        await hands.go_to(window.paint.canvas)
        for number, key in ((2, K.Key_2), (0, K.Key_0), (1, K.Key_1)):
            hands.key(key)
            area = hands.shot.area(session.active_label)
            assert area is not None
            assert area.number == number
        hands.key(K.Key_F2)
        hands.type("Dinghy")
        hands.key(K.Key_Return)
        area = hands.shot.area(1)
        assert area is not None
        assert area.name == "Dinghy"
        hands.key(K.Key_L, CTRL)
        hands.key(K.Key_A, CTRL)
        hands.type("A dinghy sails at b e t")  # letters that are tools elsewhere
        assert hands.shot.parameters.prompt == "A dinghy sails at b e t"
        assert window.paint.canvas.tool_name == "brush"
        for _ in range(20):  # from field to field
            hands.key(K.Key_Tab)
            if window.words.duration.isAncestorOf(hands.focus):
                break
        seconds = hands.shot.parameters.duration
        hands.key(K.Key_Up)
        hands.key(K.Key_Return)
        assert hands.shot.parameters.duration == seconds + 1
        hands.key(K.Key_Z, CTRL)
        await found(hands, "undo")
        await hands.go_to(window.paint.canvas)
        hands.key(K.Key_Return, CTRL)
        job = await hands.job_in(JobState.DONE)
        hands.key(K.Key_J, CTRL_SHIFT)
        hands.key(K.Key_Down)
        assert window.jobs.list.current_job() == job
        hands.key(K.Key_Return)
        player = window.takes.player
        await hands.until(lambda: window.faces.currentWidget() is window.takes, "the takes")
        await hands.until(lambda: player.position > 2, "the take to play")
        hands.key(K.Key_Space)
        await hands.until(lambda: not player.playing, "the pause")
        at = player.position
        hands.key(K.Key_Left)
        await hands.until(lambda: player.position == at - 1, "one frame back")
        await found(hands, "paint")
        hands.key(K.Key_Q, CTRL)
        await hands.until(lambda: any(isinstance(w, QPushButton) for w in [hands.focus]), "the question")
        for _ in range(3):
            button = hands.focus
            assert isinstance(button, QPushButton)
            if "Discard" in button.text() or "Don" in button.text():
                break
            hands.key(K.Key_Tab)
        hands.key(K.Key_Space)

    live(tmp_path / "data", script, leave="script")


def round_trip(hands: Hands) -> list[QWidget]:
    """Every widget that Tab gives the focus to, from the present one until it is back there."""
    first, seen = hands.focus, []
    for _ in range(300):
        hands.key(K.Key_Tab)
        seen.append(hands.focus)
        if seen[-1] is first:
            return seen
        assert seen[-1] not in seen[:-1], f"Tab goes in a circle at {seen[-1].accessibleName()}"
    raise AssertionError("Tab does not come back to where it began")


def test_tab_goes_round_and_reaches_everything(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()
        window = hands.window
        await hands.go_to(window.words.prompt)
        window.words.prompt.setFocus()
        there = round_trip(hands)
        for part in (
            *(
                window.words.duration,
                window.words.guidance,
                window.words.end_frame,
                window.words.negative_fold,
            ),
            *(window.areas, window.checks.generate, window.title.service, window.title.faces),
            *(window.jobs, window.paint.canvas, window.paint.options.diameter, window.strip),
        ):
            assert any(widget is part or part.isAncestorOf(widget) for widget in there), part
        back = []
        for _ in there:
            hands.key(K.Key_Tab, SHIFT)
            back.append(hands.focus)
        assert set(back) == set(there)
        assert back[-1] is there[-1]

    live(tmp_path / "data", script)
