"""Every state of the window: nothing clipped, nothing over another, text readable, nothing that jumps.

The real program walks through its states in processes of their own, at 1x and 2x, dark and light, and with no other
typeface than DejaVu, which is wider than most.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.opencv import cv2
from desktop.ui.controls import Label
from tests.pictures import pixels
from tests.player_clips import numbered_clip
from tests.window_audit import audit
from tests.window_hands import Hands, live

ROOT = Path(__file__).parents[2]
DEJAVU = Path("/usr/share/fonts/truetype/dejavu")
STATES = 40
"""There are at least so many; fewer were left out."""

Walk = dict[str, Any]
SHORT = ((1, "dark", True), (2, "light", False))
LONG = ((1, "light", False), (2, "dark", True))


def walked(folder: Path, scale: int, mode: str, dejavu: bool) -> Walk:
    take = folder / "take"
    take.mkdir()
    numbered_clip(take / "video.mp4", 48, width=640, height=360)
    cv2.imwrite(str(take / "poster.jpg"), pixels("rocket", 640, 360))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    if dejavu and DEJAVU.is_dir():
        fonts = folder / "fonts.conf"
        fonts.write_text(
            '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'
            f"<fontconfig><dir>{DEJAVU}</dir><cachedir>{folder / 'cache'}</cachedir></fontconfig>"
        )
        environment["FONTCONFIG_FILE"] = str(fonts)
    worker = ROOT / "tests" / "screens_worker.py"
    ran = subprocess.run(
        [sys.executable, str(worker), str(folder), str(take), str(scale), mode],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "Traceback" not in ran.stderr, ran.stderr
    walk: Walk = json.loads((folder / "audit.json").read_text())["states"]
    shutil.rmtree(folder / "data", ignore_errors=True)
    return walk


@pytest.fixture(scope="module")
def short_walks(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[int, str, bool], Walk]:
    """Two of them, at the same time: they mostly wait."""
    folders = [tmp_path_factory.mktemp("walk") for _ in SHORT]
    with ThreadPoolExecutor(len(SHORT)) as pool:
        walks = pool.map(lambda pair: walked(pair[0], *pair[1]), zip(folders, SHORT, strict=True))
        return dict(zip(SHORT, walks, strict=True))


def assert_in_order(walk: Walk, scale: int) -> None:
    assert len(walk) >= STATES
    wrong = [f"{name}: {fault}" for name, state in walk.items() for fault in state["wrong"]]
    assert not wrong, "\n".join(wrong)
    assert {state["ratio"] for state in walk.values()} == {scale}


@pytest.mark.parametrize(("scale", "mode", "dejavu"), SHORT)
def test_nothing_is_clipped_covered_or_faint(
    short_walks: dict[tuple[int, str, bool], Walk], scale: int, mode: str, dejavu: bool
) -> None:
    assert_in_order(short_walks[scale, mode, dejavu], scale)


@pytest.mark.long
@pytest.mark.parametrize(("scale", "mode", "dejavu"), LONG)
def test_nothing_is_clipped_covered_or_faint_elsewhere(
    tmp_path: Path, scale: int, mode: str, dejavu: bool
) -> None:
    assert_in_order(walked(tmp_path, scale, mode, dejavu), scale)


@pytest.mark.parametrize("which", SHORT)
def test_what_one_knows_the_place_of_never_moves(
    short_walks: dict[tuple[int, str, bool], Walk], which: tuple[int, str, bool]
) -> None:
    wide = [state for state in short_walks[which].values() if state["size"] == [1600, 1000]]
    for key in ("faces", "add", "generate"):
        places = {tuple(state["where"][key]) for state in wide if key in state["where"]}
        assert len(places) == 1, (key, places)
    left, _, width = wide[0]["where"]["faces"]
    assert abs(left + width / 2 - 800) <= 1, "the faces stand in the middle of the title bar"


def test_the_audit_sees_what_is_wrong(qtbot: QtBot, qapp: QApplication) -> None:
    window = QWidget()
    window.resize(300, 200)
    faint = Label("hardly seen", parent=window)
    faint.setStyleSheet("color: #808080; background: #777777")
    faint.setGeometry(10, 10, 100, 20)
    cut = Label("a sentence that is far too long for its place", parent=window)
    cut.setGeometry(10, 40, 60, 20)
    cut.setToolTip("")
    out = Label("out", parent=window)
    out.setGeometry(280, 70, 60, 20)
    low = Label("several words that need more than one line", wrap=True, parent=window)
    low.setGeometry(10, 100, 60, 14)
    for left in (10, 70):
        QPushButton("press", window).setGeometry(left, 140, 90, 30)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    cut.setToolTip("")
    faults = "\n".join(audit(window))
    assert "“hardly seen” in QWidget: #808080 on #777777" in faults
    assert "“a sentence that is far too long for its" in faults
    assert "“out” in QWidget at (280, 70, 60, 20) reaches out of (300, 200)" in faults
    assert "pixels of height and has 14" in faults
    assert "overlap by (30, 30)" in faults
    for widget in (faint, cut, out, low):
        widget.hide()
    for button in window.findChildren(QPushButton)[1:]:
        button.hide()
    assert audit(window) == []


def test_the_start_shows_no_offer_that_is_gone_at_once(tmp_path: Path) -> None:
    seen: list[bool] = []

    async def script(hands: Hands) -> None:
        empty = hands.window.paint.empty

        def opened() -> bool:
            seen.append(empty.isVisible())
            return hands.window.session.shot is not None

        await hands.until(opened, "the sample")
        hands.window.session.close()
        assert empty.isVisible()

    live(tmp_path / "data", script)
    assert len(seen) > 1
    assert not any(seen)
