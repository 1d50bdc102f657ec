"""Work that was never saved outlives the window, whatever ends it."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from desktop.core.shot import Shot
from desktop.imaging.masks import indexed_png, read_label_map
from desktop.storage.shot_file import load_shot, save_shot
from desktop.ui import documents
from tests.canvas_hands import Hands as CanvasHands
from tests.job_shots import painted_shot
from tests.window_hands import Hands, live
from tests.window_painter import place

ROOT = Path(__file__).parents[2]
LABEL = 4
LATE = 2.0
"""Seconds that a busy machine may take for one autosave in these tests."""


@contextmanager
def painter(
    data: Path, file: Path, quiet: int, longest: int, tool: str = "brush"
) -> Iterator[subprocess.Popen[str]]:
    """A window that paints, killed at the end of the block."""
    words = [
        sys.executable,
        "-m",
        "tests.window_painter",
        str(data),
        str(file),
        str(quiet),
        str(longest),
        tool,
    ]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def paints_for(process: subprocess.Popen[str], seconds: float) -> list[float]:
    """Watch it paint for so long, then kill it; the moments of its strokes."""
    moments: list[float] = []
    assert process.stdout is not None
    for line in process.stdout:
        assert line == f"painted {len(moments)}\n"
        moments.append(time.monotonic())
        if moments[-1] - moments[0] > seconds:
            break
    process.kill()
    return moments


def strokes_in(hands: Hands, painted: int) -> list[bool]:
    """Which strokes the open shot holds."""
    labels = hands.shot.label_map
    return [bool(labels[int(y), int(x)] == LABEL) for x, y in map(place, range(painted))]


def killed_and_recovered(tmp_path: Path, file: Path, quiet: int, longest: int, seconds: float) -> None:
    """Paint, kill, start again: what is lost is younger than the longest pause of autosave."""
    data = tmp_path / "data"
    before = file.read_bytes()
    with painter(data, file, quiet, longest) as process:
        moments = paints_for(process, seconds)
    killed = time.monotonic()
    assert file.read_bytes() == before

    async def script(hands: Hands) -> None:
        await hands.ready()
        await hands.told("unsaved work was recovered")
        held = strokes_in(hands, len(moments))
        kept = held.index(False) if False in held else len(held)
        assert not any(held[kept:])  # a moment of the work, not pieces of it
        must = [moment for moment in moments if moment < killed - longest / 1000 - LATE]
        assert kept >= len(must), f"{kept} of {len(moments)} strokes were kept, {len(must)} had to be"
        assert kept > 0
        assert hands.application.documents.path == file
        assert hands.application.session.modified

    live(data, script)
    assert file.read_bytes() == before


def test_a_kill_while_painting_loses_little(tmp_path: Path, shot_file: Path) -> None:
    killed_and_recovered(tmp_path, shot_file, 300, 1200, 3.7)


@pytest.mark.long
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("run", range(20))
def test_a_kill_at_any_moment_loses_no_more_than_fifteen_seconds(
    tmp_path: Path, shot_file: Path, run: int
) -> None:
    seconds = random.Random(run).uniform(16, 32)
    killed_and_recovered(tmp_path, shot_file, documents.QUIET_MS, documents.LONGEST_MS, seconds)


def test_the_longest_pause_leaves_room_for_the_writing() -> None:
    assert documents.LONGEST_MS / 1000 + LATE < 15


def test_another_window_keeps_its_work_to_itself(tmp_path: Path, shot_file: Path) -> None:
    data = tmp_path / "data"
    with painter(data, shot_file, 100, 300) as process:
        end = time.monotonic() + 30
        while not list(data.glob("recovery/*/*.kinebrush")):
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.02)

        async def beside(hands: Hands) -> None:
            await hands.ready()
            assert hands.application.session.shot is None
            assert not hands.said

        live(data, beside)
        assert list(data.glob("recovery/*/*.kinebrush"))
        assert process.poll() is None

    async def after(hands: Hands) -> None:
        await hands.ready()
        await hands.told("unsaved work was recovered")

    live(data, after)


def left(data: Path, folder: str, name: str, age: float) -> None:
    """Work of a window that died ``age`` seconds ago."""
    place = data / "recovery" / folder
    place.mkdir(parents=True)
    save_shot(painted_shot(prompt=name), place / f"{name}.kinebrush", indexed_png)
    os.utime(place / f"{name}.kinebrush", (time.time() - age,) * 2)


def test_all_that_was_left_is_offered_one_after_the_other(tmp_path: Path) -> None:
    data = tmp_path / "data"
    left(data, "aa", "older", 100)
    left(data, "bb", "newer", 10)

    async def first(hands: Hands) -> None:
        await hands.ready()
        await hands.told("1 more will be offered")
        assert hands.shot.parameters.prompt == "newer"
        await hands.application.documents.save(tmp_path / "saved.kinebrush")

    async def second(hands: Hands) -> None:
        await hands.ready()
        assert hands.shot.parameters.prompt == "older"

    async def third(hands: Hands) -> None:
        await hands.ready()
        assert hands.application.session.shot is None  # the second was not wanted

    for script in (first, second, third):
        live(data, script)
    assert not list(data.glob("recovery/*"))


def test_what_cannot_be_read_is_set_aside_and_the_next_is_taken(tmp_path: Path) -> None:
    data = tmp_path / "data"
    left(data, "aa", "whole", 100)
    left(data, "bb", "torn", 10)
    torn = data / "recovery" / "bb" / "torn.kinebrush"
    torn.write_bytes(torn.read_bytes()[:300])

    async def first(hands: Hands) -> None:
        hands.expect("could not be recovered; it is kept as")
        await hands.ready()
        assert hands.shot.parameters.prompt == "whole"

    async def second(hands: Hands) -> None:
        await hands.ready()
        assert not hands.said

    live(data, first)
    live(data, second)
    assert (data / "recovery" / "torn.damaged").stat().st_size == 300


def kept_in(recovery: Path) -> Shot | None:
    """What the recovery folder holds, if all of it is written."""
    files = list(recovery.glob("*/*.kinebrush"))
    return load_shot(files[0], read_label_map) if files else None


def test_a_long_stroke_is_kept_while_it_is_drawn_and_forgotten_when_it_is_dropped(
    tmp_path: Path, shot_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "QUIET_MS", 50)
    monkeypatch.setattr(documents, "LONGEST_MS", 300)

    async def script(hands: Hands) -> None:
        await hands.opened(400)
        recovery, pen = hands.application.data.recovery, CanvasHands(hands.window.paint.canvas)
        hands.act("canvas-area-4")
        hands.act("tool-brush")

        def drawn() -> bool:
            shot = kept_in(recovery)
            return shot is not None and bool(shot.label_map[300, 160] == LABEL)

        for going_on in (False, True):
            pen.press(100, 300)
            pen.move(160, 300)
            await hands.until(drawn, "the stroke so far")
            assert hands.window.paint.canvas.held
            if going_on:
                pen.release(160, 300)
                await hands.until(lambda: hands.window.session.modified, "the whole stroke")
            else:
                hands.key(Qt.Key.Key_Escape)
                pen.release(160, 300)
                await hands.until(lambda: kept_in(recovery) is None, "the copy to go")
        assert drawn()

    live(tmp_path / "data", script, [shot_file])


def test_a_preview_is_not_kept_as_if_it_were_done(
    tmp_path: Path, shot_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "QUIET_MS", 200)

    async def script(hands: Hands) -> None:
        await hands.opened(400)
        hands.paint(area=4, path=False)
        done = hands.shot.label_map.copy()
        hands.act("area-grow")
        await hands.until(lambda: not np.array_equal(hands.shot.label_map, done), "the preview")
        recovery = hands.application.data.recovery
        await hands.until(lambda: kept_in(recovery) is not None, "an autosave")
        kept = kept_in(recovery)
        assert kept is not None
        assert np.array_equal(kept.label_map, done)
        assert hands.window.paint.area_ops.draft.active
        hands.key(Qt.Key.Key_Return)
        grown = hands.shot.label_map.copy()

        def follows() -> bool:
            kept = kept_in(recovery)
            return kept is not None and np.array_equal(kept.label_map, grown)

        await hands.until(follows, "what was kept of the preview")

    live(tmp_path / "data", script, [shot_file])


def test_an_autosave_without_room_is_told_and_tried_again(
    tmp_path: Path, shot_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "QUIET_MS", 50)
    monkeypatch.setattr(documents, "LONGEST_MS", 300)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    async def script(hands: Hands) -> None:
        hands.expect("There is no room left")
        await hands.opened(400)
        with monkeypatch.context() as patch:
            patch.setattr("desktop.storage.atomic.os.open", full)
            hands.paint(area=5)
            await hands.told("There is no room left")
        recovery = hands.application.data.recovery
        await hands.until(lambda: bool(list(recovery.glob("*/*.kinebrush"))), "the next autosave")
        assert not list(recovery.glob("*/.kinebrush-*"))

    live(tmp_path / "data", script, [shot_file])
