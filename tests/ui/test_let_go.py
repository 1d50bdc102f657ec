"""Memory that nobody uses any more is the system's again."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from desktop.core.conventions import KLING
from desktop.imaging.read import open_image
from desktop.ui import let_go, sent_size
from desktop.ui.let_go import give_back
from desktop.ui.sent_size import SentSize
from tests.pictures import photo

BLOCK, COUNT = 100_000, 1000
"""Blocks so small that the C library takes them from what it keeps."""


def resident() -> int:
    """Bytes of memory that the process really has."""
    status = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in status if line.startswith("VmRSS")).split()[1]) * 1024


@pytest.mark.skipif(
    let_go._trim() is None, reason="only glibc keeps free memory until it is told to give it back"
)
def test_free_memory_goes_back_to_the_system() -> None:
    kept: list[np.ndarray] = []

    def fill() -> None:
        blocks = [np.ones(BLOCK, np.uint8) for _ in range(COUNT)]
        kept.extend(blocks[::20])  # which hold what lies between them, too

    thread = threading.Thread(target=fill)
    thread.start()
    thread.join()
    before = resident()
    give_back()
    assert before - resident() > BLOCK * COUNT // 2
    assert all(block.all() for block in kept)


def test_where_nothing_is_kept_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    let_go._trim.cache_clear()
    try:
        assert let_go._trim() is None
        give_back()
    finally:
        let_go._trim.cache_clear()


def test_memory_is_given_back_when_no_other_picture_has_come_for_a_while(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[bool] = []
    monkeypatch.setattr(sent_size, "give_back_soon", lambda: given.append(True))
    monkeypatch.setattr(sent_size, "QUIET_MS", 400)
    sizes = SentSize()
    for width in (400, 420):
        image = open_image(photo("coffee", width, 320), "coffee.jpg")
        with qtbot.waitSignal(sizes.found, timeout=60_000):
            sizes.ask(image, KLING)
        assert not given
    qtbot.waitUntil(lambda: bool(given))
    sizes.stop()
    assert given == [True]
