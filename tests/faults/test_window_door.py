"""The door for errors: whatever breaks, wherever, becomes one toast with details, and the window lives on."""

import asyncio
import threading
from pathlib import Path

from PySide6.QtCore import QTimer, qWarning
from PySide6.QtGui import QGuiApplication

from desktop.app.door import Door
from desktop.core.errors import StoreError
from tests.window_hands import Hands, live

BROKEN = "Something went wrong inside Kinebrush"


def test_faults_in_slots_tasks_threads_and_the_loop_are_told(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        hands.expect("boom")
        await hands.ready()
        window, spawner = hands.window, hands.application.spawner

        def slot() -> None:
            raise ValueError("boom in a slot")

        async def task() -> None:
            raise ValueError("boom in a task")

        def thread() -> None:
            raise ValueError("boom in a thread")

        QTimer.singleShot(0, slot)
        await told(hands, "boom in a slot")
        spawner.spawn(task(), "breaks")
        await told(hands, "boom in a task")
        worker = threading.Thread(target=thread)
        worker.start()
        worker.join()
        await told(hands, "boom in a thread")
        asyncio.get_running_loop().call_soon(slot)
        await told(hands, "boom in a slot", times=2)
        assert window.isEnabled()

    live(tmp_path / "data", script)


async def told(hands: Hands, what: str, times: int = 1) -> None:
    """Wait for the toast, and copy its details."""

    def found() -> bool:
        return sum(what in notice.details for notice in hands.notices) == times

    await hands.until(found, what)
    toast = next(t for t in reversed(hands.window.toasts.toasts()) if BROKEN in t.sentence)
    assert toast.thread() is hands.window.thread()
    assert not toast.is_timed()  # it stays until it is read
    QGuiApplication.clipboard().clear()
    hands.click(toast._copy)
    assert what in QGuiApplication.clipboard().text()
    toast.close_now()


def test_a_fault_that_comes_again_and_again_is_folded(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        hands.expect("boom")
        await hands.ready()
        runs = 0

        def slot() -> None:
            nonlocal runs
            runs += 1
            raise ValueError("boom")

        timer = QTimer()
        timer.timeout.connect(slot)
        timer.start(0)
        await hands.until(lambda: runs >= 100, "a hundred faults")
        timer.stop()
        assert len(hands.notices) <= runs.bit_length()
        last = 1 << runs.bit_length() - 1  # told at the first, second, fourth, eighth ... time
        (sentence,) = hands.said
        assert f"({last} times)" in sentence

    live(tmp_path / "data", script)


def test_a_sentence_for_people_is_told_as_it_is(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        hands.expect("The disk is on fire")
        await hands.ready()

        async def task() -> None:
            raise StoreError("The disk is on fire.", "errno 99")

        hands.application.spawner.spawn(task(), "burns")
        toast = await hands.told("The disk is on fire.")
        hands.click(toast._copy)
        assert "errno 99" in QGuiApplication.clipboard().text()

    live(tmp_path / "data", script)


def test_a_warning_of_qt_is_in_the_log_and_no_news(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        hands.expect("Qt is not amused")
        await hands.ready()
        qWarning("Qt is not amused")
        assert not hands.said

    hands = live(tmp_path / "data", script)
    assert "Qt is not amused" in (hands.application.data.logs / "kinebrush.log").read_text(encoding="utf-8")


def test_the_hooks_are_given_back() -> None:
    before = threading.excepthook
    door = Door()
    door.open()
    assert threading.excepthook != before
    door.close()
    assert threading.excepthook == before
