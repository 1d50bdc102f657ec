"""Intake: how soon a picture of 48 megapixels can be painted on, in the real window, and what that costs.

By itself: ``python -m tests.benchmarks.intake [KIND ...] [--runs 5] [--explain]``.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from desktop.opencv import cv2
from tests.benchmarks.intake_session import HEIGHT, WIDTH
from tests.benchmarks.row import Row, compared, limited, unmeasured
from tests.pictures import pixels

ROOT = Path(__file__).parent.parent.parent
RUNS = 5

USABLE_MS, MORE_MS, TURN_MS = 300, 100, 16
DETAIL = 0.4
"""Of the speed of a decode: a JPEG is decoded twice, first to fewer pixels, which are there much sooner."""

REST = (3 + 1) * 4 / 3 + 0.5
"""Bytes per pixel beside the file, which the shot keeps: picture and label map with their levels, and half a byte for
what is drawn on the screen. One overlay of full size would be four more."""

KINDS = {
    "baseline": "baseline JPEG",
    "progressive": "progressive JPEG",
    "png": "PNG, 8-bit RGB",
    "rgba": "PNG, 8-bit RGBA",
    "deep": "PNG, 16-bit RGB",
}
GRAIN = 8
"""Levels of noise, about as much as a phone's camera leaves: some 10 MB as a JPEG."""


def rows(kinds: Sequence[str] = tuple(KINDS), runs: int = RUNS, *, explain: bool = False) -> list[Row]:
    """One row a figure."""
    out: list[Row] = []
    with tempfile.TemporaryDirectory() as name:
        for kind in kinds:
            path = _file(Path(name), kind)
            out += _rows(KINDS[kind], _session(Path(name) / f"data-{kind}", path, runs, explain=explain))
            path.unlink()
    return out


def _rows(title: str, told: dict[str, Any]) -> list[Row]:
    """``first`` is not among the repeats: it is told by itself, since it comes once in a session."""
    plain, opened = told["plain"], told["opened"]
    usable = [run["usable"] for run in opened]
    what = f"{title} of {WIDTH * HEIGHT / 1e6:.0f} MP, {told['file'] / 1e6:.0f} MB"
    out: list[Row] = []
    if title == KINDS["baseline"]:
        out.append(limited(f"{what}: opened to the first stroke", usable, "ms", USABLE_MS))
    else:
        out.append(_within(f"{what}: opened to the first stroke", usable, plain))
    whole = [run["whole"] for run in opened]
    first = told["first"]["usable"]
    out += [
        _plain("  the same, first picture of a session", [first], "ms"),
        compared(f"  opened to all detail, {title}", whole, plain, "ms", DETAIL),
        limited(
            "  longest turn, by the thread's own time", [run["turn_cpu"] for run in opened], "ms", TURN_MS
        ),
        _plain("  longest turn, by the clock", [run["turn_wall"] for run in opened], "ms"),
    ]
    size = WIDTH * HEIGHT
    if told["rest"]:
        beside = (told["rest"] - told["file"]) / size
        out.append(
            limited(
                f"  memory at rest, beside the file's {told['file'] / size:.1f}",
                [beside],
                "bytes/pixel",
                REST,
            )
        )
        out.append(
            _plain("  memory at the peak, the size to send worked out", [told["most"] / size], "bytes/pixel")
        )
    else:
        out.append(unmeasured("  memory (only on Linux)", "bytes/pixel", f"<= {REST:.1f} bytes/pixel"))
    return out


def _within(name: str, ours: Sequence[float], plain: Sequence[float]) -> Row:
    """Held against a plain decode of the same file in the same process, in turn, and so much more."""
    mine, other = statistics.median(ours), statistics.median(plain)
    goal = f"<= decode + {MORE_MS} ms"
    ratio = round(other / mine, 2)
    return Row(
        name, round(mine), "ms", round(other), ratio, goal, mine <= other + MORE_MS, len(ours), "decode"
    )


def _plain(name: str, values: Sequence[float], unit: str) -> Row:
    return Row(name, round(statistics.median(values), 1), unit, None, None, "-", None, len(values))


def _file(folder: Path, kind: str) -> Path:
    """A photograph with grain as a file of that kind."""
    rgb = pixels("coffee", WIDTH, HEIGHT, GRAIN)
    samples = rgb[:, :, ::-1]
    jpeg = kind in ("baseline", "progressive")
    options = [cv2.IMWRITE_PNG_COMPRESSION, 1]
    if jpeg:
        options = [cv2.IMWRITE_JPEG_QUALITY, 90, cv2.IMWRITE_JPEG_PROGRESSIVE, int(kind == "progressive")]
    if kind == "rgba":
        y, x = np.ogrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
        alpha = np.clip(400 - 300 * (x * x + y * y), 0, 255).astype(np.uint8)
        samples = np.dstack([samples, alpha])
    elif kind == "deep":
        low = np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 1), np.uint16)
        samples = samples.astype(np.uint16) * 256 + low
    path = folder / f"{kind}{'.jpg' if jpeg else '.png'}"
    path.write_bytes(cv2.imencode(path.suffix, np.ascontiguousarray(samples), options)[1].tobytes())
    return path


def _session(data: Path, path: Path, runs: int, *, explain: bool) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.intake_session", str(data), str(path), str(runs)]
    done = subprocess.run(
        [*command, *(["--explain"] if explain else [])],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def main() -> None:
    """Some kinds by themselves, and where long turns come from."""
    parser = argparse.ArgumentParser(prog="bench intake")
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"of {', '.join(KINDS)}; none means all")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--explain", action="store_true", help="say what long turns do (disturbs a little)")
    options = parser.parse_args()
    for row in rows(options.kinds or tuple(KINDS), options.runs, explain=options.explain):
        print(row.as_json())


if __name__ == "__main__":
    main()
