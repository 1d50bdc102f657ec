"""The command line for tests: in this process for speed, or as a child process."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from desktop.cli import main
from desktop.cli.options import options
from desktop.imaging.masks import indexed_png
from desktop.simulator_process import ARGUMENTS_VARIABLE
from desktop.storage.names import safe_name
from desktop.storage.shot_file import save_shot
from tests.job_shots import painted_shot, png

ROOT = Path(__file__).parents[1]
SMALL = "--set megapixels=0.1 --fps 8"
"""Arguments that let the embedded simulator render quickly."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a command left: its exit code and both outputs."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)

    def clear(self) -> "Said":
        """Itself, when what it says is for people: no traceback, no class names of errors."""
        for word in ("Traceback", "Error:", "Exception", "Something broke inside"):
            assert word not in self.err, self.err
        return self


class CommandLine:
    """Commands in this process, on a data directory of their own."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.data = folder / "data"
        self._capture = capture

    def __call__(self, *words: object) -> Said:
        """Run a command; ``--data-dir`` is added."""
        return self.plain(*words, "--data-dir", self.data)

    def plain(self, *words: object) -> Said:
        """Run a command as it stands."""
        options.data_dir, options.service_url, options.debug = None, "", False
        self._capture.readouterr()
        code = main([str(word) for word in words])
        done = self._capture.readouterr()
        return Said(code, done.out, done.err)

    def child(self, *words: object, typed: str = "", **environment: str) -> Said:
        """Run a command as a process of its own, in the test's folder."""
        process = self.start(*words, **environment)
        out, err = process.communicate(typed, timeout=100)
        return Said(process.returncode, out, err)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of child processes."""
        return {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "300"}

    def start(self, *words: object, **environment: str) -> subprocess.Popen[str]:
        """Start a command as a process of its own, as the leader of its group."""
        return subprocess.Popen(
            [sys.executable, "-m", "desktop", *map(str, words), "--data-dir", str(self.data)],
            cwd=self.folder,
            env={**self.environment, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )

    def picture(self, name: str = "picture.png", width: int = 400, height: int = 320, seed: int = 1) -> Path:
        """A picture file."""
        path = self.folder / name
        path.write_bytes(png(width, height, seed))
        return path

    def shot(self, name: str = "shot", prompt: str = "it moves") -> Path:
        """A shot file with a still area and two moving ones."""
        path = self.folder / f"{safe_name(name)}.kinebrush"
        save_shot(replace(painted_shot(prompt=prompt), name=name), path, indexed_png)
        return path


@pytest.fixture
def cli(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[CommandLine]:
    """The command line with a small embedded simulator and a width that breaks no sentence."""
    monkeypatch.setenv(ARGUMENTS_VARIABLE, SMALL)
    monkeypatch.setenv("COLUMNS", "300")
    yield CommandLine(tmp_path, capsys)
    options.data_dir, options.service_url, options.debug = None, "", False
