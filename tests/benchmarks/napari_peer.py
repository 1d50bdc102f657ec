"""napari beside us: its child process, found, started and asked. None is needed; without it the rows say so."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from desktop.core.label_map import LabelMap
from desktop.imaging.pyramid import Picture

VARIABLE = "KINEBRUSH_BENCH_NAPARI"
"""Path of a Python that has napari; ``--napari-python`` of the bench sets it."""

ABSENT = f"napari is not installed: give a Python that has it by --napari-python or {VARIABLE}"

_CHILD = Path(__file__).with_name("napari_child.py")


class NapariMissing(Exception):
    """napari cannot be measured here; the message says why, in one line."""


class NapariPeer:
    """napari with this label map over this tile of a picture. Raises NapariMissing."""

    def __init__(self, labels: LabelMap, tile: Picture) -> None:
        python = _python()
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        np.save(folder / "labels.npy", labels)
        np.save(folder / "tile.npy", tile)
        self._log = folder / "log"
        files = [folder / "labels.npy", folder / "tile.npy", self._log]
        command, environment = _on_display([python, str(_CHILD), *map(str, files)])
        environment["NAPARI_CONFIG"] = str(folder / "settings.yaml")
        try:
            self._child = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
            )
        except OSError as error:
            self._folder.cleanup()
            raise NapariMissing(f"{python} cannot be started: {error.strerror}") from error
        try:
            told = self._answer()
        except RuntimeError as error:
            raise NapariMissing(f"napari does not start: {error}") from error
        self.name = f"napari {told['version']}"
        self.drawn_by: str = told["drawn_by"]
        """Who draws its canvas, ``llvmpipe`` for a processor in place of a graphics card; empty: it has no canvas."""

    def ask(self, do: str, **order: Any) -> dict[str, Any]:
        """Let the child do something. Raises RuntimeError when it cannot."""
        if self._child.stdin is not None:
            self._child.stdin.write(json.dumps({"do": do, **order}) + "\n")
            self._child.stdin.flush()
        return self._answer()

    def stroke(self, places: Sequence[tuple[float, float]], label: int) -> dict[str, Any]:
        """Paint through these image positions, and take it back: as the child's ``stroke``."""
        told = self.ask("stroke", places=list(places), label=label)
        self.ask("undo", again=False)
        return told

    def stop(self) -> None:
        """End the child."""
        if self._child.stdin is not None:
            self._child.stdin.close()
        try:
            self._child.wait(20)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        if self._child.stdout is not None:
            self._child.stdout.close()
        self._folder.cleanup()

    def _answer(self) -> dict[str, Any]:
        line = self._child.stdout.readline() if self._child.stdout is not None else ""
        try:
            told: dict[str, Any] = json.loads(line)
        except ValueError:
            said = self._log.read_text(errors="replace").strip() if self._log.exists() else ""
            self.stop()
            raise RuntimeError((said or line.strip() or "it said nothing").splitlines()[-1]) from None
        return told


def _python() -> str:
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return chosen
    if importlib.util.find_spec("napari") is None:
        raise NapariMissing(ABSENT)
    return sys.executable


def _on_display(command: list[str]) -> tuple[list[str], dict[str, str]]:
    """The command and its environment so that it finds OpenGL: on the screen there is, else on one in memory."""
    environment = dict(os.environ)
    if sys.platform == "linux" and not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        server = shutil.which("xvfb-run")
        if server is None:
            return command, environment | {"QT_QPA_PLATFORM": "offscreen"}
        command = [server, "-a", "-s", "-screen 0 4096x2400x24", *command]
    environment.pop("QT_QPA_PLATFORM", None)
    return command, environment
