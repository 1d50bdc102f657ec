"""The simulator as a process, for tests: start, control, kill, start again.

``running_simulator`` is the context manager; ``simulator`` the fixture (small renders, data in tmp_path).
"""

import json
import ssl
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

_ROOT = Path(__file__).resolve().parent.parent
_END_TIMEOUT = 10
# Loopback is plain HTTP; loading the authorities for every call would take most of its time.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@dataclass(slots=True)
class Simulator:
    """A running simulator process. ``url`` changes with ``restart(same_port=False)`` only."""

    data: Path
    log: Path
    arguments: Sequence[str]
    url: str = ""
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The process, running or ended."""
        assert self._process is not None
        return self._process

    @property
    def pid(self) -> int:
        """The process id."""
        return self.process.pid

    def start(self, port: int = 0, *arguments: str) -> None:
        """Start the process and wait until it listens."""
        command = [sys.executable, "-m", "desktop.simulator", "--with-parent", "--port", str(port)]
        command += ["--data", str(self.data), "--log", str(self.log), *self.arguments, *arguments]
        process = subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._process = process
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            process.wait()
            raise RuntimeError(f"The simulator ended with code {process.returncode}.\n{self.log_text()}")
        self.url = json.loads(line)["url"]

    def kill(self) -> None:
        """SIGKILL: no orderly end."""
        self.process.kill()
        self._reap()

    def stop(self) -> int:
        """End it in order by closing its stdin; gives the exit code."""
        if self.process.poll() is None and self.process.stdin is not None:
            self.process.stdin.close()
        return self._reap()

    def restart(self, *arguments: str, same_port: bool = True) -> None:
        """Start it again after ``kill`` or ``stop`` (or end it first), with further arguments."""
        self.stop()
        self.start(int(self.url.rpartition(":")[2]) if same_port else 0, *arguments)

    def _reap(self) -> int:
        try:
            code = self.process.wait(_END_TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()
        return code

    def control(self, path: str, content: object = None) -> Any:
        """A control call: GET, or POST with ``content``. Gives the JSON of the answer."""
        url = f"{self.url}/_control/{path}"
        response = httpx.request(
            "GET" if content is None else "POST", url, json=content, verify=NO_TLS, timeout=60
        )
        assert response.status_code == 200, response.text
        return response.json()

    def asset(self, task_id: str, name: str) -> bytes:
        """The bytes a task was sent: ``image``, ``image_tail``, ``static_mask``, ``dynamic_mask/N``."""
        response = httpx.get(f"{self.url}/_control/tasks/{task_id}/{name}", verify=NO_TLS, timeout=60)
        assert response.status_code == 200, response.text
        return response.content

    def state(self) -> dict[str, Any]:
        """All counters, tasks, faults and settings."""
        state: dict[str, Any] = self.control("state")
        return state

    @property
    def creates(self) -> int:
        """How many creates it has received whole, accepted or not."""
        return int(self.state()["creates_received"])

    def set_faults(self, *faults: str | dict[str, object]) -> None:
        """Arm these faults in the place of all others; none clears them."""
        self.control("faults", list(faults))

    def set(self, **switches: object) -> None:
        """Turn switches."""
        self.control("settings", switches)

    def reset(self) -> None:
        """Forget tasks, counters, faults and turned switches."""
        self.control("reset", {})

    def log_text(self) -> str:
        """Its log so far."""
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""


@contextmanager
def running_simulator(tmp_path: Path, *arguments: str) -> Iterator[Simulator]:
    """A simulator with its data under ``tmp_path``, ended with the block."""
    tool = Simulator(tmp_path / "simulator-data", tmp_path / "simulator.log", arguments)
    tool.start()
    try:
        yield tool
    finally:
        tool.stop()


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Simulator]:
    """A simulator that renders small and answers as the contract says."""
    with running_simulator(tmp_path, "--set", "render=fast", "--fps", "8") as tool:
        yield tool


@pytest.fixture(scope="module")
def shared_simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """One simulator for all tests of a module; use it through ``clean_simulator``."""
    with running_simulator(
        tmp_path_factory.mktemp("simulator"), "--set", "render=fast", "--fps", "8"
    ) as tool:
        yield tool


@pytest.fixture
def clean_simulator(shared_simulator: Simulator) -> Simulator:
    """The module's simulator, reset: quicker than a process of one's own."""
    shared_simulator.reset()
    return shared_simulator


@pytest.fixture
def service(clean_simulator: Simulator) -> Simulator:
    """The module's simulator with tiny renders."""
    clean_simulator.set(megapixels=0.1)
    return clean_simulator
