"""Photograph every state of the window: ``python docs/make_screenshots.py --out FOLDER``.

Drives the real window offscreen through the states that the tests check, at 1x and 2x, dark and light. ``--docs``
writes the few pictures that the documentation shows instead.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

SHOWN = {
    ("first start", "dark"): "first-start-dark.png",
    ("tool path", "dark"): "painting-dark.png",
    ("checks failing", "light"): "checks-light.png",
    ("generating", "dark"): "generating-dark.png",
    ("preferences", "dark"): "preferences-dark.png",
    ("playing", "dark"): "playing-dark.png",
}
"""The states and looks the documentation shows, and their files."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the pictures; returns the exit code."""
    parser = argparse.ArgumentParser(description="Photograph every state of the window.")
    parser.add_argument(
        "--out", type=Path, default=ROOT / "docs" / "screenshots", help="folder of the pictures"
    )
    parser.add_argument(
        "--scale", type=float, choices=(1, 1.5, 2), help="only at this many device pixels per pixel"
    )
    parser.add_argument("--mode", choices=("dark", "light"), help="only in this look")
    parser.add_argument("--only", default="", help="only states whose names match this regular expression")
    parser.add_argument("--take", type=Path, help="folder of a finished take; without it one is made first")
    parser.add_argument("--docs", action="store_true", help="only the pictures of the documentation")
    asked = parser.parse_args(arguments)
    asked.out.mkdir(parents=True, exist_ok=True)
    if asked.scale is not None and asked.mode is not None and asked.take is not None:
        return _photograph(asked)
    with tempfile.TemporaryDirectory() as scratch:
        take = asked.take or _made_take(Path(scratch) / "demo")
        scales = [asked.scale] if asked.scale else [1] if asked.docs else [1, 2]
        looks = [asked.mode] if asked.mode else ["dark", "light"]
        for scale in scales:
            for mode in looks:
                command = [sys.executable, __file__, "--out", str(asked.out), "--only", asked.only]
                command += ["--scale", str(scale), "--mode", mode, "--take", str(take)]
                subprocess.run([*command, *(["--docs"] if asked.docs else [])], check=True)
    return 0


def _made_take(folder: Path) -> Path:
    """A take of the sample, made by the simulator."""
    command = [sys.executable, "-m", "desktop", "demo", "--out", str(folder)]
    subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"})
    return folder


def _photograph(asked: argparse.Namespace) -> int:
    os.environ["QT_SCALE_FACTOR"] = str(asked.scale)
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    sys.path.insert(0, str(ROOT))

    from desktop.app.start import Application, live_with
    from desktop.ui.theme import Mode
    from tests.small_pictures import make_small
    from tests.window_scenes import Stage, offscreen, photograph, walk

    faults: list[str] = []

    async def guest(application: Application) -> None:
        application.theme.set_mode(Mode(asked.mode))
        application.door.notice.connect(lambda notice: faults.append(f"{notice.sentence}\n{notice.details}"))
        async for name in walk(Stage(application, asked.take.resolve())):
            if asked.docs:
                if (name, asked.mode) not in SHOWN:
                    continue
                file = SHOWN[name, asked.mode]
            elif re.search(asked.only, name):
                file = f"{name.replace(' ', '-').replace(',', '')}-{asked.mode}-{asked.scale:g}x.png"
            else:
                continue
            photograph(application.window).save(str(asked.out / file))
            if asked.docs:
                await asyncio.to_thread(make_small, asked.out / file, light="-light" in file)
            print(file, flush=True)

    with tempfile.TemporaryDirectory() as scratch:
        os.environ["QT_QPA_PLATFORM"] = offscreen(Path(scratch), asked.scale)
        code = live_with(Path(scratch) / "data", lambda chosen: Application(chosen, []), guest=guest)
    print(*faults, sep="\n", file=sys.stderr)
    return 1 if faults else code


if __name__ == "__main__":
    sys.exit(main())
