"""Start the simulator as a process of its own and end it with this one.

Nothing of the simulator is imported: it writes video with PyAV, which must not live beside OpenCV in one process,
and it stands for somebody else's program.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from filelock import FileLock, Timeout

from desktop.core.errors import KinebrushError

OTHER_TIMEOUT = 10.0
"""Seconds to wait for another process's simulator to end."""

START_TIMEOUT = 30.0
"""Seconds to wait for its first line."""

ARGUMENTS_VARIABLE = "KINEBRUSH_SIMULATOR"
"""Further arguments for the embedded simulator, as on a command line; for tests and trials."""


def further_arguments() -> tuple[str, ...]:
    """What the environment wants the embedded simulator started with."""
    return tuple(shlex.split(os.environ.get(ARGUMENTS_VARIABLE, "")))


class SimulatorProcess:
    """A simulator that lives as long as this process: it ends when its standard input closes.

    ``data`` is the folder of its tasks, which outlive it. All calls block; use them in a thread.
    """

    def __init__(self, data: Path, arguments: Sequence[str] = ()) -> None:
        self._data = data
        self._arguments = tuple(arguments)
        self._process: subprocess.Popen[bytes] | None = None
        self._url = ""
        self._lock = threading.Lock()
        self._alone = FileLock(data.with_name(f"{data.name}.lock"), thread_local=False)

    def url(self) -> str:
        """The base URL, starting the process when it does not run. Raises KinebrushError when it cannot start."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._start()
            return self._url

    def stop(self) -> None:
        """End the process; its tasks stay on disk and go on at the next start."""
        with self._lock:
            process, self._process = self._process, None
            if process is None:
                return
            if process.stdin is not None:
                process.stdin.close()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout is not None:
                process.stdout.close()
            self._alone.release()

    def _start(self) -> None:
        self._data.mkdir(parents=True, exist_ok=True)
        self._keep_others_out()
        log = self._data / "simulator.log"
        process = subprocess.Popen(
            [*program(), "--with-parent", "--data", str(self._data), "--log", str(log), *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).parent.parent,
            # Ctrl+C is for the client, which ends the simulator when it has ended its own work.
            start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0)
            | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        timer = threading.Timer(START_TIMEOUT, process.kill)
        timer.start()
        try:
            line = b"" if process.stdout is None else process.stdout.readline()
        finally:
            timer.cancel()
        try:
            self._url = str(json.loads(line)["url"])
        except (ValueError, KeyError, TypeError) as error:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()
            self._alone.release()
            raise KinebrushError(
                f"The simulator did not start; its log is {log}.", line.decode(errors="replace")
            ) from error
        self._process = process

    def _keep_others_out(self) -> None:
        """Two simulators on one folder would both carry out its tasks: wait for another process's to end."""
        if self._alone.is_locked:
            return
        try:
            self._alone.acquire(timeout=OTHER_TIMEOUT)
        except Timeout as error:
            raise KinebrushError(
                "Another Kinebrush is using the simulator of this data folder; close it or use another folder."
            ) from error


def program() -> list[str]:
    """The command that runs the simulator, from a checkout or from the frozen program."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "simulate"]
    return [sys.executable, "-m", "desktop.simulator"]
