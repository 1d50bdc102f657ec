"""Opening pictures in the real window: large ones at once, the one asked for last first, bad ones in a sentence."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from desktop.core.shot import new_shot
from desktop.imaging import glimpse
from desktop.imaging.glimpse import take_in
from desktop.imaging.probe import Facts
from desktop.imaging.pyramid import picture_levels
from desktop.imaging.read import Reading, begin, decode
from desktop.ui.canvas.loader import PictureLoader
from tests.canvas_hands import Hands as CanvasHands
from tests.canvas_hands import open_canvas, settle, shot_of
from tests.canvas_hands import pixels as shown
from tests.pictures import Kind, encode, photo, pixels
from tests.window_hands import Hands, live

WIDE, HIGH = 2800, 1500


class Held:
    """Holds the reading of one file back until it is let go."""

    def __init__(self, data: bytes) -> None:
        self.begun, self.gate = threading.Event(), threading.Event()
        self._data = data

    def begin(self, data: bytes, facts: Facts, *, levels: bool = False) -> Reading:
        """As `read.begin`."""
        if data == self._data:
            self.begun.set()
            assert self.gate.wait(60)
        return begin(data, facts, levels=levels)


def written(folder: Path, name: str, data: bytes) -> Path:
    """A file."""
    path = folder / name
    path.write_bytes(data)
    return path


def test_another_picture_does_not_wait_for_the_one_that_is_being_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = written(tmp_path, "slow.png", photo("coffee", 640, 420, "png"))
    held = Held(slow.read_bytes())
    monkeypatch.setattr(glimpse, "begin", held.begin)
    quick = written(tmp_path, "quick.jpg", photo("chelsea", 500, 400))

    async def script(hands: Hands) -> None:
        await hands.opened(320)
        hands.window.documents_.open_path(slow)
        await hands.until(held.begun.is_set, "the slow one to be read")
        assert hands.window.status.busy.text() == "Opening slow.png"
        hands.window.documents_.open_path(quick)
        await hands.opened(500)
        busy = hands.window.status.busy
        await hands.until(lambda: busy.text() == "Opening slow.png", "the quick one to be done with")
        assert not held.gate.is_set()
        hands.paint(path=False)
        held.gate.set()
        await hands.until(lambda: "open" not in hands.application.spawner.running, "the slow one to end")
        assert hands.shot.image.width == 500  # and nobody is asked about it
        assert hands.shot.label_map.any()
        assert hands.window.status.busy.text() == ""

    live(tmp_path / "data", script, [written(tmp_path, "start.jpg", photo("rocket", 320, 300))])


def test_a_large_jpeg_is_painted_on_before_it_is_read_in_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = written(tmp_path, "first.jpg", photo("coffee", WIDE, HIGH))
    second = written(tmp_path, "second.jpg", photo("chelsea", WIDE - 100, HIGH))
    gate, begun = threading.Event(), threading.Event()
    all_levels = glimpse.all_levels

    def held(image: object) -> object:
        begun.set()
        if getattr(image, "width", 0) == WIDE:
            assert gate.wait(60)
        return all_levels(image)  # type: ignore[arg-type]

    monkeypatch.setattr(glimpse, "all_levels", held)

    async def script(hands: Hands) -> None:
        await hands.opened(320)
        canvas = hands.window.paint.canvas
        hands.window.documents_.open_path(first)
        await hands.until(lambda: hands.shot.image.width == WIDE and bool(canvas.levels), "the glimpse")
        await hands.until(begun.is_set, "the rest to be read")
        assert 0 not in canvas.levels
        hands.paint(path=False)
        assert hands.shot.label_map.any()
        hands.application.session.mark_saved()
        hands.window.documents_.open_path(second)
        await hands.opened(WIDE - 100)  # in full, while the first is still being read
        assert not gate.is_set()
        whole = picture_levels(decode(hands.shot.image))
        assert all(np.array_equal(canvas.levels[level], whole[level]) for level in range(len(whole)))
        gate.set()

    live(tmp_path / "data", script, [written(tmp_path, "start.jpg", photo("rocket", 320, 300))])


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "cut.jpg": (lambda: photo("coffee", WIDE, HIGH)[:-40_000], "damaged or incomplete"),
    "cut.png": (lambda: photo("coffee", 640, 420, "png")[:-4000], "damaged or incomplete"),
    "note.png": (lambda: b"Dear Kinebrush, this is a letter.\n" * 20, "not a picture"),
    "empty.jpg": (lambda: b"", "empty"),
    "page.jpg": (lambda: b"%PDF-1.7\n", "document"),
}


def test_bad_files_end_in_one_sentence_and_change_nothing(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.opened(320)
        before = hands.shot
        for name, (make, word) in BAD.items():
            hands.window.documents_.open_path(written(tmp_path, name, make()))
            toast = await hands.told(word)
            assert len(hands.said) == 1, hands.said
            assert toast.sentence.endswith(".")
            toast.close_now()
            await hands.until(lambda: not hands.said, "the toast to go")
            assert hands.shot is before
        assert hands.window.status.busy.text() == ""

    live(tmp_path / "data", script, [written(tmp_path, "start.jpg", photo("rocket", 320, 300))])


def test_the_name_of_a_file_does_not_matter(tmp_path: Path) -> None:
    kinds: tuple[Kind, ...] = ("jpeg", "cmyk", "palette", "alpha", "grey16", "gif")

    async def script(hands: Hands) -> None:
        await hands.opened(320)
        for number, kind in enumerate(kinds):
            width = 400 + 10 * number
            path = written(tmp_path, f"{kind}.png", encode(pixels("coffee", width, 300), kind))
            hands.window.documents_.open_path(path)
            await hands.opened(width)
            assert hands.window.paint.canvas.levels[0].shape == (300, width, 3)
        assert hands.said == []

    live(tmp_path / "data", script, [written(tmp_path, "start.jpg", photo("rocket", 320, 300))])


def test_what_is_read_already_is_shown_at_once_and_once(qtbot: QtBot) -> None:
    loader = PictureLoader()
    told: list[list[int]] = []
    loader.loaded.connect(lambda levels: told.append(sorted(levels)))
    taken = take_in(photo("coffee", WIDE, HIGH))
    other = take_in(photo("chelsea", 300, 200))
    loader.expect(taken)
    loader.load(taken.image)
    assert told == [[1, 2, 3]]
    qtbot.waitUntil(lambda: len(told) == 2, timeout=20_000)
    assert told[1] == [0, 1, 2, 3]
    loader.expect(taken)
    loader.load(other.image)  # something else: it is read from its bytes
    assert len(told) == 2
    qtbot.waitUntil(lambda: len(told) == 3, timeout=20_000)
    assert told[2] == [0]
    loader.load(taken.image)  # and nothing is kept for later
    qtbot.waitUntil(lambda: len(told) == 5, timeout=20_000)
    assert told[3:] == [[1, 2, 3], [0, 1, 2, 3]]
    loader.expect(taken)
    loader.load(taken.image)
    loader.cancel()
    loader.stop()
    qtbot.wait(1)
    assert told[5:] == [[1, 2, 3]]


def test_another_shot_on_the_same_canvas_looks_like_on_a_new_one(qtbot: QtBot) -> None:
    """The memory of what was drawn is taken over: nothing of the old shot may show."""
    view = open_canvas(shot_of(900, 600, 1), 600, 450)
    qtbot.addWidget(view)
    CanvasHands(view).drag((100, 100), (800, 500))
    settle(view)
    view.gone()  # the brush's outline goes with the pointer
    image = take_in(photo("coffee", 900, 600, "png"))
    view.expect(image)
    view.session.open(new_shot("two", image.image))
    fresh = open_canvas(new_shot("three", image.image), 600, 450)
    qtbot.addWidget(fresh)
    fresh.set_levels(image.levels)
    assert np.array_equal(shown(view), shown(fresh))
    view.stop()
    fresh.stop()
