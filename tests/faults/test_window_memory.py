"""What the window remembers is written behind its back, outlives a kill, and a slow or full disk stops nobody."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from desktop.storage import atomic
from tests.window_changer import BRUSH, OPACITY, PRICE, SIZE, change
from tests.window_hands import Hands, live

ROOT = Path(__file__).parents[2]


def held(path: Path) -> Any:
    """What a file holds now."""
    return json.loads(path.read_bytes()) if path.exists() else {}


async def all_is_back(hands: Hands, shot: Path) -> None:
    """The window is as `change` left it."""
    await hands.ready()
    window, settings = hands.window, hands.application.backend.settings
    assert (window.width(), window.height()) == SIZE
    assert window.paint.canvas.options.size("brush") == BRUSH
    assert round(100 * window.paint.canvas.look.opacity) == OPACITY
    assert window.paint.canvas.tool_name == "lasso"
    assert not window.actions_["navigator"].isChecked()
    assert (settings.theme, settings.price_per_second) == ("light", PRICE)
    assert hands.application.documents.recent == (shot,)


def test_a_kill_a_second_after_a_change_loses_nothing(tmp_path: Path, shot_file: Path) -> None:
    data = tmp_path / "data"
    words = [sys.executable, "-m", "tests.window_changer", str(data), str(shot_file)]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "changed\n"
            time.sleep(1)  # what is promised
        finally:
            process.kill()

    async def again(hands: Hands) -> None:
        await all_is_back(hands, shot_file)

    live(data, again)


class Watch:
    """The files that a thread opens, renames and syncs: the interpreter tells of each."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._thread = str(folder), threading.get_ident()
        self.on = False
        self.here: list[tuple[str, str]] = []
        self.elsewhere: list[tuple[str, str]] = []

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        """An audit hook; it cannot be taken away again, so it is switched off."""
        if self.on and event in ("open", "os.rename") and str(arguments[0]).startswith(self._folder):
            here = threading.get_ident() == self._thread
            (self.here if here else self.elsewhere).append((event, str(arguments[0])))


def test_the_windows_thread_never_touches_these_files(tmp_path: Path, shot_file: Path) -> None:
    data = tmp_path / "data"
    watch = Watch(data)
    sys.addaudithook(watch.hook)

    async def script(hands: Hands) -> None:
        await hands.ready()
        watch.on = True
        try:
            await hands.application.documents.open_file(shot_file)
            await change(hands)
            await hands.until(lambda: held(data / "window.json").get("brush-size") == BRUSH, "the window")
            await hands.until(lambda: held(data / "settings.json")["theme"] == "light", "the settings")
            await hands.until(lambda: held(data / "recent.json") == [str(shot_file)], "the list")
        finally:
            watch.on = False

    live(data, script)
    read_by_this_test = {("open", str(data / f"{name}.json")) for name in ("window", "settings", "recent")}
    assert set(watch.here) <= read_by_this_test
    assert {event for event, _ in watch.elsewhere} == {"open", "os.rename"}


@contextmanager
def standing_still(patch: pytest.MonkeyPatch) -> Iterator[tuple[threading.Event, Callable[[], None]]]:
    """A disk that does not answer any more: (it was asked, let it go on)."""
    asked, goes_on, sync_file = threading.Event(), threading.Event(), atomic.sync_file

    def slow(path: Path) -> None:
        asked.set()
        assert goes_on.wait(60)
        sync_file(path)

    with patch.context() as held_up:
        held_up.setattr(atomic, "sync_file", slow)
        try:
            yield asked, goes_on.set
        finally:
            goes_on.set()


def test_a_disk_that_stands_still_does_not_stop_the_window(
    tmp_path: Path, shot_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"

    async def script(hands: Hands) -> None:
        await hands.ready()
        with standing_still(monkeypatch) as (asked, go_on):
            for theme in ("light", "dark", "light", "dark"):
                hands.act(f"theme-{theme}")
            await hands.until(asked.is_set, "the disk to be asked")
            await hands.application.documents.open_file(shot_file)
            await change(hands)
            assert held(data / "settings.json")["theme"] == "system"
            threading.Timer(0.5, go_on).start()  # by then the window is on its way out
            await hands.application.shut_down()
        assert (held(data / "settings.json")["theme"], held(data / "recent.json")) == (
            "light",
            [str(shot_file)],
        )

    live(data, script, leave="script")

    async def again(hands: Hands) -> None:
        await all_is_back(hands, shot_file)

    live(data, again)


def test_a_full_disk_is_told_and_the_settings_hold_for_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    async def script(hands: Hands) -> None:
        hands.expect("There is no room left")
        await hands.ready()
        with monkeypatch.context() as patch:
            patch.setattr("desktop.storage.atomic.os.open", full)
            hands.act("theme-light")
            await hands.told("There is no room left")
            assert hands.application.backend.settings.theme == "light"
            assert held(data / "settings.json")["theme"] == "system"
        hands.act("theme-dark")
        await hands.until(lambda: held(data / "settings.json")["theme"] == "dark", "the settings")

    live(data, script)
