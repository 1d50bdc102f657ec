"""The window: first paint against a bare one, and the turns of its loop in a working session.

By itself: ``python -m tests.benchmarks.ui [--seconds 300] [--explain]``.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.row import RUNS, Row, unmeasured
from tests.benchmarks.service_stub import service_stub
from tests.benchmarks.turns import LONG

ROOT = Path(__file__).parent.parent.parent
SECONDS = 20.0

_BARE = """
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
window.resize(1600, 1000)
window.show()
app.processEvents()
"""

_OURS = """
import desktop.cli, desktop.cli.window, sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from desktop.app.start import Application
from desktop.storage.paths import data_dir
app = QApplication([])
application = Application(data_dir(Path(sys.argv[1])).make(), [])
application.window.show()
app.processEvents()
"""

_SHELL = """
import desktop.cli, desktop.cli.window, sys
from pathlib import Path
from desktop.app.shell import show_shell
show_shell(Path(sys.argv[1]))
"""

_STAMP = """
import os, time
print(time.clock_gettime(time.CLOCK_MONOTONIC), time.process_time(), flush=True)
os._exit(0)
"""


def rows() -> list[Row]:
    """One row a figure; the session is a short one."""
    return [*first_paint(), *work(SECONDS, explain=False)]


def first_paint() -> list[Row]:
    """From the start of the process to the first paint, cold of nothing but the process."""
    if not hasattr(time, "clock_gettime"):
        return [unmeasured("first paint (no shared clock on this system)", "ms", "<= 1.3x a bare window")]
    with tempfile.TemporaryDirectory() as folder:
        # In turn, so that a busy moment of the machine strikes all; the first of each is a warm-up.
        scripts = (_BARE, _SHELL, _OURS)
        runs = [[_painted(script, folder) for script in scripts] for _ in range(RUNS + 1)][1:]
    out: list[Row] = []
    for index, (name, goal) in enumerate(
        (
            ("first paint: the window's place and colours", "<= 1.3x a bare window"),
            ("first paint of the whole window", "-"),
        ),
        start=1,
    ):
        for column, what in enumerate(("process start to pixels", "processor time")):
            mine = statistics.median(run[index][column] for run in runs)
            other = statistics.median(run[0][column] for run in runs)
            met = mine <= 1.3 * other if index == 1 else None
            ratio = round(mine / other, 3)
            out.append(Row(f"{name}, {what}", round(mine), "ms", round(other), ratio, goal, met, RUNS))
    return out


def work(seconds: float, *, explain: bool) -> list[Row]:
    """Turns of the loop in a session of that length."""
    with tempfile.TemporaryDirectory() as name, service_stub() as url:
        folder = Path(name) / "data"
        _child("-c", _PREPARE, str(folder), url)
        told = _child(
            "-m",
            "tests.benchmarks.ui_session",
            str(folder),
            url,
            str(seconds),
            *(["--explain"] if explain else []),
        )
    report: dict[str, Any] = json.loads(told.splitlines()[-1])
    what = (
        f"{report['seconds']:.0f} s, 48 MP painted, {report['jobs']} jobs, {report['polled']} polled, "
        f"{report['received'] / 1e6:.0f} MB received"
    )
    wall, cpu = np.array(report["wall"]) * 1000, np.array(report["cpu"]) * 1000
    out = [_share(f"turns under 16 ms, {what}", wall), _share("the same, by the thread's own time", cpu)]
    for title, values in (("by the clock", wall), ("by the thread's own time", cpu)):
        out.append(_told(f"turn, 99.9 %, {title}", float(np.percentile(values, 99.9)), len(values), 16.0))
        out.append(_told(f"longest turn, {title}", float(values.max()), len(values)))
    blocked = float(wall[wall > 1000 * LONG].sum() / wall.sum() * 100)
    out.append(Row("time in turns over 16 ms", round(blocked, 2), "%", None, None, "-", None, len(wall)))
    out.append(_told("longest turn while 10,000 jobs are listed at the start", report["start_ms"], 1))
    out.append(_told("longest turn while 48 MP are opened", report["open_ms"], 1))
    return out


_PREPARE = """
import sys
from pathlib import Path
from tests.benchmarks.ui_session import prepare
prepare(Path(sys.argv[1]), sys.argv[2])
"""


def _share(name: str, values: np.ndarray[Any, np.dtype[np.float64]]) -> Row:
    share = float((values < 1000 * LONG).mean() * 100)
    return Row(name, round(share, 3), "%", None, None, ">= 99.9 %", share >= 99.9, len(values))


def _told(name: str, value: float, runs: int, most: float | None = None) -> Row:
    goal = "-" if most is None else f"<= {most:g} ms"
    return Row(name, round(value, 1), "ms", None, None, goal, None if most is None else value <= most, runs)


def _painted(program: str, folder: str) -> tuple[float, float]:
    """Milliseconds from the start of a process to its first paint: by the clock, and of the processor's."""
    begun = time.clock_gettime(time.CLOCK_MONOTONIC)
    ended, spent = (float(word) for word in _child("-c", program + _STAMP, folder).split()[-2:])
    return (ended - begun) * 1000, spent * 1000


def _child(*arguments: str) -> str:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def main() -> None:
    """A session of any length, and where its long turns come from."""
    parser = argparse.ArgumentParser(prog="bench ui")
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--explain", action="store_true", help="say what long turns do (disturbs a little)")
    parser.add_argument("--first-paint", action="store_true", help="this figure alone")
    options = parser.parse_args()
    found = first_paint() if options.first_paint else work(options.seconds, explain=options.explain)
    for row in found:
        print(row.as_json())


if __name__ == "__main__":
    main()
