"""Memory that nobody uses any more is the system's again."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from desktop.ui import let_go
from desktop.ui.let_go import give_back

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
