"""Without a network, a key or an account everything but generating works, and nothing even tries to connect."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.offline_script import work
from tests.pictures import photo
from tests.window_hands import Hands, live

ALL = ["paint", "check", "save", "masks", "crop", "replace", "autosave", "open"]
ROOT = Path(__file__).parents[2]


class Refusal:
    """Counts and refuses every way out of this process."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.tried: list[str] = []
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, self._method(name))
        for name in (
            "getaddrinfo",
            "gethostbyname",
            "gethostbyname_ex",
            "gethostbyaddr",
            "create_connection",
        ):
            patch.setattr(socket, name, self._function(name))

    def _method(self, name: str) -> Any:
        real = getattr(socket.socket, name)

        def refuse(sock: socket.socket, address: Any, *rest: Any) -> Any:
            if sys.platform == "win32" and address[0] == "127.0.0.1" and not self.tried:
                return real(sock, address, *rest)  # the socket pair of an event loop
            return self._note(name, address)

        return refuse

    def _function(self, name: str) -> Any:
        def refuse(*arguments: Any, **_: Any) -> NoReturn:
            self._note(name, arguments[:2])

        return refuse

    def _note(self, name: str, where: Any) -> NoReturn:
        self.tried.append(f"{name} {where}")
        raise ConnectionRefusedError(f"{name} is refused in this test")


def picture(folder: Path) -> Path:
    path = folder / "coffee.jpg"
    path.write_bytes(photo("coffee", 600, 400))
    return path


def test_an_hour_of_painting_tries_no_connection_until_one_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = Refusal(monkeypatch)

    async def script(hands: Hands) -> None:
        assert await work(hands, tmp_path) == ALL
        await hands.ready()
        assert refusal.tried == []
        # What is asked for does try, is counted, and is told: the counting has teeth.
        hands.window.documents_.open_url("https://pictures.example/one.png")
        await hands.until(lambda: bool(refusal.tried) and bool(hands.window.toasts.toasts()), "the refusal")
        assert any("pictures.example" in attempt for attempt in refusal.tried)

    live(tmp_path / "data", script, [picture(tmp_path)])


def test_a_process_without_a_network_works_and_tries_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.offline_worker"]
    command += [str(tmp_path / "data"), str(picture(tmp_path)), str(tmp_path)]
    ran = subprocess.run(
        [*_no_network(), *command], cwd=ROOT, capture_output=True, text=True, timeout=110, check=False
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    said = json.loads(ran.stdout.splitlines()[-1])
    assert said == {"tried": [], "done": ALL, "qt_network": []}


def test_the_worker_notes_what_is_tried() -> None:
    code = (
        "import socket, sys, tests.offline_worker as w; sys.addaudithook(w.refuse)\n"
        "ways = (lambda: socket.getaddrinfo('one.example', 80), lambda: socket.socket().connect(('192.0.2.1', 9)))\n"
        "for go in ways:\n"
        "    try: go()\n"
        "    except ConnectionRefusedError: pass\n"
        "print(len(w.tried))"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "2"


def _no_network() -> list[str]:
    """What puts a command into a network of its own that leads nowhere, where the system lets us."""
    tool = shutil.which("unshare")
    if tool is None:
        return []
    works = subprocess.run([tool, "-rn", "true"], capture_output=True, check=False).returncode == 0
    return [tool, "-rn"] if works else []
