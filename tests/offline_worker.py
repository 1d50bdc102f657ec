"""Works in the window for a while with every way to the network refused, and says what was tried.

``python -m tests.offline_worker DATA PICTURE FOLDER`` prints JSON: the attempts, and what was done.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

WATCHED = (
    "socket.connect",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "socket.gethostbyaddr",
    "socket.getnameinfo",
    "socket.sendto",
    "socket.sendmsg",
)

tried: list[str] = []


def refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: whatever would leave the process is noted and refused."""
    if event not in WATCHED:
        return
    where = repr(arguments[1:])
    if sys.platform == "win32" and event == "socket.connect" and "127.0.0.1" in where:
        return  # how Windows makes the socket pair that wakes an event loop
    tried.append(f"{event} {where}")
    raise ConnectionRefusedError(event)


def main(data: Path, picture: Path, folder: Path) -> None:
    """Paint, check, save, open, export, import, crop, replace; then say what was tried."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.addaudithook(refuse)
    from tests.offline_script import work
    from tests.window_hands import live

    done: list[str] = []

    async def script(hands: Any) -> None:
        done.extend(await work(hands, folder))

    live(data, script, [picture])
    qt_network = sorted(name for name in sys.modules if name == "PySide6.QtNetwork")
    print(json.dumps({"tried": tried, "done": done, "qt_network": qt_network}))


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
