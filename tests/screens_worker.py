"""Walks through every state of the window in a process of its own: ``screens_worker.py FOLDER TAKE SCALE MODE``.

The scale of the screen and the fonts are those of the whole process. Writes ``audit.json``: for every state what is
wrong with it, and where the things are that must not move.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from tests.window_audit import audit
from tests.window_scenes import HUGE, WIDE, Stage, offscreen, photograph, walk


def main(folder: Path, take: Path, scale: int, mode: str) -> int:
    """Walk; returns the exit code of the program."""
    os.environ["QT_QPA_PLATFORM"] = offscreen(folder, scale)
    os.environ["QT_SCALE_FACTOR"] = str(scale)

    from PySide6.QtCore import QPoint

    from desktop.app.door import Notice
    from desktop.app.start import Application, live_with
    from desktop.ui.theme import Mode

    states: dict[str, Any] = {}

    async def guest(application: Application) -> None:
        window = application.window
        application.theme.set_mode(Mode(mode))
        notices: list[str] = []

        def heard(notice: Notice) -> None:
            notices.append(f"notice: {notice.sentence} {notice.details}")

        application.door.notice.connect(heard)
        fixed = {
            "faces": window.title.faces,
            "add": window.areas.add,
            "generate": window.checks.generate,
            "jobs": window.jobs,
        }
        async for name in walk(Stage(application, take)):
            where = {
                key: [*widget.mapTo(window, QPoint(0, 0)).toTuple(), widget.width()]
                for key, widget in fixed.items()
                if widget.isVisible()
            }
            image = photograph(window)
            states[name] = {
                "wrong": [*audit(window), *notices],
                "where": where,
                "size": window.size().toTuple(),
                "ratio": image.devicePixelRatio(),
                "font": window.font().family(),
            }
            notices.clear()

    code = live_with(folder / "data", lambda chosen: Application(chosen, []), guest=guest)
    (folder / "audit.json").write_text(json.dumps({"states": states, "wide": WIDE, "huge": HUGE}))
    return code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))
