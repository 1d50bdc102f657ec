"""A working session in the real window, in a process of its own: its UI loop's turns as one JSON object.

``python -m tests.benchmarks.ui_session FOLDER SERVICE_URL SECONDS [--explain]``. FOLDER is a data directory made by
`prepare`, with a picture of 48 megapixels, 10,000 jobs in the list, 200 of them to be polled and one to be downloaded.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from desktop.app.start import Application, live_with
from desktop.core.conventions import KLING
from desktop.core.job import Job, JobState
from desktop.core.request import Asset, Request
from desktop.storage.jobs import JobStore
from desktop.storage.paths import data_dir
from tests.benchmarks.turns import LONG, Culprits, Probe
from tests.canvas_hands import Hands

WIDTH, HEIGHT = 8000, 6000
JOBS, POLLED = 10_000, 200
_BEAT = 1 / 60


def prepare(folder: Path, service_url: str) -> None:
    """Make the data directory: the picture, the list of jobs, the takes of those that are done."""
    from desktop.opencv import cv2

    folder.mkdir(parents=True, exist_ok=True)
    coarse = np.random.default_rng(1).integers(0, 255, (HEIGHT // 40, WIDTH // 40, 3), np.uint8)
    picture = cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    (folder / "picture.jpg").write_bytes(bytes(cv2.imencode(".jpg", picture)[1]))
    image = Asset(hashlib.sha256(b"a").hexdigest(), "image/jpeg", 4_000_000, 1920, 1440)
    request = Request("kling-4k-i2v", KLING, image, "waves", "", 0.5, 5)
    now = time.time()
    store = JobStore(data_dir(folder).jobs)
    jobs: list[Job] = []
    for number in range(JOBS):
        name = f"{number:05}"
        take = folder / "library" / name
        job = Job(
            f"job-{name}", f"shot-{number % 300}", f"Shot {number}", service_url, request, now - 60 * number
        )
        if number == 0:
            clip = f"{service_url}/clip.mp4"
            job = replace(job, state=JobState.READY, task_id="ready", submitted=now, result_url=clip)
        elif number <= POLLED:
            job = replace(job, state=JobState.SUBMITTED, task_id=f"task-{name}", submitted=now)
        else:
            take.mkdir(parents=True)
            (take / "receipt.json").write_text(json.dumps(_receipt(name, service_url)))
            job = replace(job, state=JobState.DONE, task_id=f"task-{name}", completed=now, take=str(take))
        jobs.append(job)
    store.add_many(jobs)
    store.close()


def _receipt(name: str, service_url: str) -> dict[str, object]:
    return {
        "task_id": f"task-{name}",
        "service": service_url,
        "model": "kling-4k-i2v",
        "body_sha256": "ab" * 32,
        "video": {
            "width": 3840,
            "height": 2160,
            "fps": 24,
            "codec": "hevc",
            "size": 45_000_000,
            "duration": 5.04,
            "sha256": "cd" * 32,
        },
    }


class Session:
    """Paints, pans, zooms, types and undoes, one event a beat, as a hand would."""

    def __init__(self, application: Application, probe: Probe) -> None:
        self._window = application.window
        self._canvas = application.window.paint.canvas
        self._session = application.session
        self._hands = Hands(self._canvas)
        self._probe = probe
        self._random = np.random.default_rng(2)

    async def run(self, seconds: float) -> None:
        """Go on until the time is over."""
        end = time.monotonic() + seconds
        acts = (
            self.stroke,
            self.pan,
            self.stroke,
            self.zoom,
            self.polygon,
            self.type,
            self.stroke,
            self.undo,
        )
        while time.monotonic() < end:
            for act in acts:
                self._probe.doing = act.__name__
                await act()
                self._probe.doing = "rest"
                await asyncio.sleep(0.2)

    async def stroke(self) -> None:
        """A long stroke in another area."""
        label = int(self._random.integers(1, 8))
        self._session.choose_area(label)
        await asyncio.sleep(_BEAT)
        self._canvas.set_tool("brush")
        await asyncio.sleep(_BEAT)
        self._canvas.options.set_size("brush", float(self._random.integers(60, 600)))
        await asyncio.sleep(_BEAT)
        shown = self._canvas.navigation.visible_image
        xs = np.linspace(shown.left + 0.1 * shown.width, shown.left + 0.9 * shown.width, 60)
        ys = shown.top + shown.height * (0.5 + 0.35 * np.sin(np.linspace(0, 7, 60) + label))
        self._hands.press(float(xs[0]), float(ys[0]))
        for x, y in zip(xs[1:], ys[1:], strict=True):
            await asyncio.sleep(_BEAT)
            self._hands.move(float(x), float(y))
        await asyncio.sleep(_BEAT)
        self._hands.release(float(xs[-1]), float(ys[-1]))

    async def pan(self) -> None:
        """Drag the picture about with the middle button."""
        for step in range(40):
            self._canvas.pan_by(*((17, 11) if step < 20 else (-17, -11)))
            await asyncio.sleep(_BEAT)

    async def zoom(self) -> None:
        """In by the wheel and out again."""
        at = QPointF(self._canvas.width() / 2, self._canvas.height() / 3)
        for step in range(24):
            self._hands.wheel(at, 1 if step < 12 else -1)
            await asyncio.sleep(_BEAT)

    async def polygon(self) -> None:
        """A polygon over half of the picture."""
        self._canvas.set_tool("polygon")
        shown = self._canvas.navigation.visible_image
        for x, y in ((0.2, 0.2), (0.8, 0.25), (0.75, 0.8), (0.25, 0.7)):
            self._hands.click(shown.left + x * shown.width, shown.top + y * shown.height)
            await asyncio.sleep(_BEAT)
        self._hands.key(Qt.Key.Key_Return)

    async def type(self) -> None:
        """A few words into the prompt."""
        self._window.actions_["focus-prompt"].trigger()
        field = self._window.focusWidget()
        for letter in "clouds drift ":
            QTest.keyClicks(field, letter)
            await asyncio.sleep(_BEAT)

    async def undo(self) -> None:
        """Twice back and forth again."""
        for name in ("undo", "undo", "redo", "redo"):
            self._window.actions_[name].trigger()
            await asyncio.sleep(0.1)


async def session(application: Application, picture: Path, seconds: float, *, explain: bool) -> None:
    """Open the picture, wait until everything is there, work, and print the figures."""
    probe = Probe()
    probe.begin()
    culprits = Culprits(probe) if explain else None
    window = application.window
    probe.doing = "start"
    await _until(lambda: len(window.jobs_.known) >= JOBS)
    await asyncio.sleep(1.5)
    start = len(probe.turns.wall)
    probe.doing = "open"
    await application.documents.open_file(picture)
    await _until(lambda: 0 in window.paint.canvas.levels)
    await asyncio.sleep(1.0)
    opened = len(probe.turns.wall)
    begun = time.monotonic()
    await Session(application, probe).run(seconds)
    lasted = time.monotonic() - begun
    probe.end()
    if culprits is not None:
        culprits.end()
    turns = probe.turns
    moving = window.jobs.model.progress("job-00000")
    polled = sum(bool(job.service_status) for job in window.jobs_.known.values())
    report = {
        "start_ms": 1000 * max(turns.wall[:start]),
        "open_ms": 1000 * max(turns.wall[start:opened]),
        "wall": turns.wall[opened:],
        "cpu": turns.cpu[opened:],
        "names": turns.names[opened:],
        "seconds": lasted,
        "jobs": len(window.jobs_.known),
        "polled": polled,
        "received": 0 if moving is None else moving.done,
    }
    print(json.dumps(report), flush=True)
    if culprits is not None:
        _explain(probe, start, opened, culprits)


def _explain(probe: Probe, start: int, opened: int, culprits: Culprits) -> None:
    turns = probe.turns
    for title, part in (
        ("start", slice(0, start)),
        ("open", slice(start, opened)),
        ("work", slice(opened, None)),
    ):
        rows = zip(turns.wall[part], turns.cpu[part], turns.names[part], strict=True)
        worst = sorted(rows, key=lambda row: -row[1])[:24]
        print(title, file=sys.stderr)
        for wall, cpu, name in worst:
            if cpu > LONG / 2:
                print(f"  {1000 * wall:7.1f} ms, computing {1000 * cpu:6.1f}  {name}", file=sys.stderr)
    worst_first = sorted(culprits.collected, reverse=True)[:8]
    print("garbage", [(round(ms, 1), generation) for ms, generation in worst_first], file=sys.stderr)
    for path, count in culprits.seen.most_common(50):
        print(f"{count:5} {path}", file=sys.stderr)


async def _until(reached: object, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if callable(reached) and reached():
            return
        await asyncio.sleep(0.05)
    raise TimeoutError("the session waited in vain")


def main() -> None:
    """Run the session."""
    folder, service_url, seconds = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])

    async def guest(application: Application) -> None:
        await session(application, folder / "picture.jpg", seconds, explain="--explain" in sys.argv)
        application.session.mark_saved()

    live_with(folder, lambda data: Application(data, [], service_url=service_url), guest=guest)


if __name__ == "__main__":
    main()
