"""The doctor: says what works on this machine and what does not, without spending or sending anything."""

from __future__ import annotations

import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer

from desktop import __version__
from desktop.cli.common import Exit, out, print_json
from desktop.cli.context import workspace
from desktop.core.errors import KinebrushError
from desktop.core.services import MAGNIFIC, host_of

PACKAGES = (
    "PySide6-Essentials",
    "QtAwesome",
    "qasync",
    "httpx",
    "opencv-python",
    "numpy",
    "Pillow",
    "pybase64",
    "keyring",
    "platformdirs",
    "typer",
    "rich",
    "starlette",
    "uvicorn",
    "av",
    "filelock",
)

SPACE_NEEDED = 2 * 1024**3
"""Free bytes below which a 4K result may not fit."""


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Check the installation: libraries, data folder, disk, keyring, simulator, video reading."""
    rows: list[tuple[str, bool, str]] = []
    for name, probe in PROBES:
        try:
            rows.append((name, True, probe()))
        except KinebrushError as error:
            rows.append((name, False, str(error)))
        except (ImportError, OSError, RuntimeError) as error:
            rows.append((name, False, f"{type(error).__name__}: {error}"))
    if as_json:
        print_json([{"check": name, "ok": ok, "text": text} for name, ok, text in rows])
    else:
        for name, ok, text in rows:
            out.print("ok  " if ok else "BAD ", style="green" if ok else "red", end=" ")
            out.print(f"{name}: {text}", markup=False)
    if not all(ok for _, ok, _ in rows):
        raise typer.Exit(int(Exit.FAILED))


def _program() -> str:
    frozen = ", frozen" if getattr(sys, "frozen", False) else ""
    return f"Kinebrush {__version__}, Python {platform.python_version()}{frozen}, {platform.platform()}"


def _libraries() -> str:
    missing, found = [], []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing and not getattr(sys, "frozen", False):
        raise KinebrushError(f"Missing: {', '.join(missing)}; run packaging/bootstrap.py again.")
    return ", ".join(found)


def _data() -> str:
    with workspace() as opened:
        return f"{opened.data.root}, {sum(1 for _ in opened.store.all())} jobs"


def _disk() -> str:
    with workspace() as opened:
        free = shutil.disk_usage(opened.data.root).free
        if free < SPACE_NEEDED:
            raise KinebrushError(
                f"Only {free / 1024**2:.0f} MB are free at {opened.data.root}; free some space."
            )
        return f"{free / 1024**3:.1f} GB free"


def _key() -> str:
    with workspace() as opened:
        if opened.keys.get(host_of(MAGNIFIC)) is None:
            return "no key for Magnific; the simulator is used"
        return "there is a key for Magnific"


def _simulator() -> str:
    from desktop.simulator_process import SimulatorProcess

    with tempfile.TemporaryDirectory() as folder:
        process = SimulatorProcess(Path(folder))
        try:
            process.url()
            return "starts and answers"
        finally:
            process.stop()


def _video() -> str:
    from desktop.opencv import cv2

    if cv2.CAP_FFMPEG not in cv2.videoio_registry.getStreamBackends():
        raise KinebrushError(
            "This OpenCV has no FFmpeg, so videos cannot be read; install opencv-python anew."
        )
    return f"OpenCV {cv2.__version__} with FFmpeg"


def _owner() -> str:
    with workspace() as opened:
        owner = opened.try_own()
        if owner is None:
            return "another Kinebrush is running the jobs"
        owner.release()
        return "nobody else runs the jobs"


PROBES: tuple[tuple[str, Callable[[], str]], ...] = (
    ("program", _program),
    ("libraries", _libraries),
    ("data folder", _data),
    ("disk", _disk),
    ("queue", _owner),
    ("key", _key),
    ("video", _video),
    ("simulator", _simulator),
)
