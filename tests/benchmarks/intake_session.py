"""Pictures of 48 megapixels opened in the real window, in a process of its own: the figures as one JSON object.

``python -m tests.benchmarks.intake_session FOLDER FILE RUNS [--explain]``. Every run decodes the file plainly (OpenCV,
all channels, on a thread, nothing else at work) and then opens it as *Open* does: from there until the picture, perhaps
reduced, is painted and a brush stroke on it is painted too; until the full detail is there; the turns of the UI loop
meanwhile; memory. The first opening is the first of the process and told apart.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QObject

from desktop.app.start import Application, live_with
from desktop.ui.sent_size import QUIET_MS
from tests.benchmarks.memory import peak
from tests.benchmarks.turns import Culprits, Probe
from tests.canvas_hands import Hands

WIDTH, HEIGHT = 8000, 6000
_PATIENCE = 120.0


class Painted(QObject):
    """Counts the paints of a widget that have begun."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.count = 0
        parent.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.count += 1
        return False


class Intake:
    """Opens pictures in one window and measures."""

    def __init__(self, application: Application, probe: Probe) -> None:
        self._application, self._probe = application, probe
        self._canvas = application.window.paint.canvas
        self._hands = Hands(self._canvas)
        self._painted = Painted(self._canvas)

    async def open(self, path: Path) -> dict[str, float]:
        """Open a picture and paint on it; milliseconds until that is seen, until all detail is, and the turns."""
        canvas, session = self._canvas, self._application.session
        session.mark_saved()
        before, turns = session.shot, self._probe.turns
        first = len(turns.wall)
        begun = time.perf_counter()
        self._application.window.documents_.open_path(path)
        await until(lambda: session.shot is not before and bool(canvas.levels))
        shot = session.shot
        assert shot is not None
        assert (shot.image.width, shot.image.height) == (WIDTH, HEIGHT)
        await self._paint()
        seen = time.perf_counter()
        self._hands.press(3000, 3000)
        self._hands.move(3100, 3000)
        await self._paint()
        usable = time.perf_counter()
        for x in range(3200, 4000, 100):
            await asyncio.sleep(1 / 120)
            self._hands.move(x, 3000)
        self._hands.release(3900, 3000)
        assert shot.label_map[3000, 3500] == session.active_label
        await until(lambda: 0 in canvas.levels)
        await self._paint()
        whole = time.perf_counter()
        await until(lambda: canvas.settled)
        await asyncio.sleep(0.05)
        check(canvas.levels[0])
        wall, cpu = turns.wall[first:], turns.cpu[first:]
        return {
            "seen": 1000 * (seen - begun),
            "usable": 1000 * (usable - begun),
            "whole": 1000 * (whole - begun),
            "turn_wall": 1000 * max(wall),
            "turn_cpu": 1000 * max(cpu),
        }

    async def _paint(self) -> None:
        """Wait until what is shown now has been painted."""
        count = self._painted.count
        self._canvas.update()
        await until(lambda: self._painted.count > count)


def check(pixels: npt.NDArray[np.uint8]) -> None:
    """The picture that was decoded is the one that is meant: not blank, and of full size."""
    assert pixels.shape == (HEIGHT, WIDTH, 3)
    assert float(pixels[::97, ::97].std()) > 20


async def until(reached: object) -> None:
    """Live on until it is so, looking every millisecond."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if callable(reached) and reached():
            return
        await asyncio.sleep(0.001)
    raise TimeoutError("the intake waited in vain")


def plainly(data: bytes) -> float:
    """Milliseconds of a plain full decode."""
    from desktop.opencv import cv2

    flags = cv2.IMREAD_UNCHANGED | cv2.IMREAD_IGNORE_ORIENTATION
    begun = time.perf_counter()
    assert cv2.imdecode(np.frombuffer(data, np.uint8), flags) is not None
    return 1000 * (time.perf_counter() - begun)


def resident() -> int:
    """The resident size now, in bytes; 0 where it cannot be known."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024


def held(application: Application) -> int:
    """Bytes of the picture and the label map that are open, with their levels."""
    shot, levels = application.session.shot, application.window.paint.canvas.levels
    if shot is None:
        return 0
    return sum(level.nbytes for level in levels.values()) + round(4 / 3 * shot.label_map.nbytes)


def forget_peak() -> None:
    """Let the peak begin anew at what is resident now, where that can be done (Linux)."""
    switch = Path("/proc/self/clear_refs")
    if switch.exists():
        switch.write_text("5")


async def session(application: Application, path: Path, runs: int, *, explain: bool) -> None:
    """Open the picture again and again and print the figures."""
    probe = Probe()
    culprits = Culprits(probe) if explain else None
    window = application.window
    await until(
        lambda: window.isVisible() and not {"start", "first document"} & set(application.spawner.running)
    )
    await asyncio.sleep(2.0)  # what the start leaves to do in the background is done
    intake = Intake(application, probe)
    gc.collect()
    before = resident() - held(application)  # of the sample, which goes
    forget_peak()
    probe.begin()
    first = await intake.open(path)
    await asyncio.sleep(0.5)
    await asyncio.to_thread(window.paint.sent._pool.waitForDone)
    most = peak() - before if before else 0
    await asyncio.sleep(QUIET_MS / 1000 + 1.0)
    rest = resident() - before if before else 0
    data = await asyncio.to_thread(path.read_bytes)
    plain, opened = [], []
    for _ in range(runs):
        plain.append(await asyncio.to_thread(plainly, data))
        opened.append(await intake.open(path))
        await asyncio.sleep(0.5)
        await asyncio.to_thread(window.paint.sent._pool.waitForDone)
    probe.end()
    report = {"first": first, "plain": plain, "opened": opened, "rest": rest, "most": most, "file": len(data)}
    print(json.dumps(report), flush=True)
    if culprits is not None:
        culprits.end()
        worst = sorted(zip(probe.turns.cpu, probe.turns.wall, strict=True), reverse=True)[:12]
        for cpu, wall in worst:
            print(f"  {1000 * wall:7.1f} ms, computing {1000 * cpu:6.1f}", file=sys.stderr)
        for place, count in culprits.seen.most_common(30):
            print(f"{count:5} {place}", file=sys.stderr)


def main() -> None:
    """Run the session."""
    folder, path, runs = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])

    async def guest(application: Application) -> None:
        await session(application, path, runs, explain="--explain" in sys.argv)
        application.session.mark_saved()

    live_with(folder, lambda data: Application(data, [], service_url="http://127.0.0.1:9"), guest=guest)


if __name__ == "__main__":
    main()
