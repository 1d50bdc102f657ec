"""Starts the built program the ways people do, and fails on anything it says that is not listed here.

    python packaging/smoke.py [FOLDER]      (dist/kinebrush)

Every line of output must match one of the step's patterns, and every pattern must match a line: a warning, a traceback
or a missing part cannot pass.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop import __version__
from desktop.cli.doctor import PACKAGES, PROBES
from desktop.simulator import VERSION

TIMEOUT = 300.0
"""Seconds for one step; the demo is the longest."""

DEMO_FILES = ("poster.jpg", "receipt.json", "request.json", "shot.kinebrush", "video.mp4")
OFFSCREEN_HINT = r"This plugin does not support propagateSizeHints\(\)"
OURS = ("KINEBRUSH_", "PYTHON", "QT_", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
"""Variables of the builder that must not help or hinder the program."""


@dataclass(frozen=True, slots=True)
class Step:
    """One start: its arguments, the exit code, and regular expressions for whole lines of both outputs.

    ``may`` lists lines of standard error that need not come. ``files`` are left in the working folder.
    """

    arguments: tuple[str, ...]
    out: tuple[str, ...] = ()
    err: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    code: int = 0
    files: tuple[str, ...] = ()


def doctor_lines() -> tuple[str, ...]:
    names = "|".join(re.escape(name) for name, _ in PROBES)
    versions = ", ".join(rf"{re.escape(name)} \d[\w.]*" for name in PACKAGES)
    return (
        r"\[",
        r" {2}\{",
        rf' {{4}}"check": "({names})",',
        r' {4}"ok": true,',
        rf' {{4}}"text": "Kinebrush {re.escape(__version__)}, Python [\d.]+\w*, frozen, .*"',
        rf' {{4}}"text": "{versions}"',
        r' {4}"text": ".*, 0 jobs"',
        r' {4}"text": "[\d.]+ GB free"',
        r' {4}"text": "nobody else runs the jobs"',
        r' {4}"text": "no key for Magnific; the simulator is used"',
        r' {4}"text": "OpenCV \d[\w.]* with FFmpeg"',
        r' {4}"text": "starts and answers"',
        r" {2}\},?",
        r"\]",
    )


def demo_end(out: str) -> tuple[str, ...]:
    files = (rf" {{2}}{out}[/\\]{re.escape(name)} +[\d,]+ bytes" for name in DEMO_FILES)
    return ("Measuring the motion", *files, r"Done in \d+ s\.")


STEPS = (
    Step(("--version",), (rf"Kinebrush {re.escape(__version__)}",)),
    Step(("simulate", "--version"), (re.escape(VERSION),)),
    Step(("--data-dir", "data", "doctor", "--json"), doctor_lines()),
    Step(
        ("--data-dir", "data", "check", "nothing.kinebrush"),
        err=(r".*nothing\.kinebrush.*",),
        code=2,
    ),
    Step(
        ("demo", "--headless", "--out", "headless"),
        err=(
            "Building the request",
            "Generating on the simulator: nothing is charged",
            r"\d\d:\d\d:\d\d Harbour at dawn: (queued|submitting|submitted|in progress|downloading|done)",
            r"“Clouds” follows its path .*; “Sailing boat” follows its path .*; “Mountains, pier” leaks .*",
            *demo_end("headless"),
        ),
        files=tuple(f"headless/{name}" for name in DEMO_FILES),
    ),
    Step(
        ("--data-dir", "headless/data", "jobs", "list"),
        (r"job +created +shot +state +estimate *", r"[0-9a-f]{8} +[\d: -]+ +Harbour at dawn +done .*"),
    ),
    Step(
        ("demo", "--out", "window"),
        err=(
            r"\S+ Painting and generating in the window, on the simulator: nothing is charged",
            r" +\d\d [\w ]+\.png",
            r" {2}window[/\\]\d\d [\w ]+\.png +[\d,]+ bytes",
            r"“Area 1” follows its path .*; “Area 2” follows its path .*; “Hold still” leaks .*",
            *demo_end("window"),
        ),
        may=(OFFSCREEN_HINT,),
        files=tuple(f"window/{name}" for name in DEMO_FILES),
    ),
    Step(
        ("--gallery", "--shot", "controls.png"),
        may=(OFFSCREEN_HINT,),
        files=("controls.png",),
    ),
)


def unlisted(text: str, patterns: Sequence[str], may: Sequence[str] = ()) -> list[str]:
    """What is wrong with an output: lines that no pattern matches, and patterns that match no line."""
    lines = text.splitlines()
    known = [re.compile(pattern) for pattern in (*patterns, *may)]
    wrong = [f"not listed: {line}" for line in lines if not any(one.fullmatch(line) for one in known)]
    wrong += [
        f"missing: {pattern}"
        for pattern in patterns
        if not any(re.fullmatch(pattern, line) for line in lines)
    ]
    return wrong


def faults(program: Path, step: Step, folder: Path) -> list[str]:
    """Run one step in the folder and give what is wrong, nothing when all is as listed."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    variables |= {"COLUMNS": "400", "QT_QPA_PLATFORM": "offscreen"}
    try:
        done = subprocess.run(
            [program, *step.arguments],
            cwd=folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return [str(error)]
    wrong = [] if done.returncode == step.code else [f"exit code {done.returncode}, not {step.code}"]
    wrong += unlisted(done.stdout.decode("utf-8", "backslashreplace"), step.out)
    wrong += unlisted(done.stderr.decode("utf-8", "backslashreplace"), step.err, step.may)
    for name in step.files:
        path = folder / name
        if not path.is_file() or path.stat().st_size == 0:
            wrong.append(f"no file {name}")
    return wrong


def size(folder: Path) -> int:
    """Bytes of all files; links are not followed."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_symlink() or path.is_file())


def main(arguments: Sequence[str]) -> int:
    folder = Path(arguments[0] if arguments else "dist/kinebrush").resolve()
    program = folder / ("kinebrush.exe" if os.name == "nt" else "kinebrush")
    if not program.is_file():
        print(f"There is no built program at {program}; “bootstrap.py build” makes it.", file=sys.stderr)
        return 2
    print(f"{folder}: {size(folder) / 1e6:.0f} MB")
    failed = False
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as work:
        for step in STEPS:
            started = time.monotonic()
            wrong = faults(program, step, Path(work))
            failed |= bool(wrong)
            seconds = time.monotonic() - started
            print(f"{'BAD ' if wrong else 'ok  '} {seconds:5.1f} s  kinebrush {' '.join(step.arguments)}")
            for line in wrong:
                print(f"       {line}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
