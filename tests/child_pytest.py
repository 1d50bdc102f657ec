"""Tests in a process of their own: for what Qt reads once, when it starts."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Ran:
    """How many tests did what, and the last words of the process. ``failed`` counts errors too."""

    passed: int
    failed: int
    skipped: int
    words: str


def run_pytest(tests: Sequence[str], report: Path, *, seconds: float, **environment: str) -> Ran:
    """Run these tests with more in the environment; ``report`` is a file to be written.

    A process that dies or is interrupted counts as failed.
    """
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junit-xml={report}", *tests],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    words = done.stdout[-6000:] + done.stderr[-2000:]
    if not report.is_file():
        return Ran(0, 1, 0, words)
    suite = ET.parse(report).getroot()[0]
    ran, failures, errors, skipped = (
        int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")
    )
    failed = failures + errors + (1 if done.returncode and not failures + errors else 0)
    return Ran(ran - failures - errors - skipped, failed, skipped, words)
