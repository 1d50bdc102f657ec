"""Photograph every tool at work on real photographs: ``python docs/make_tool_pictures.py``.

Drives the real window offscreen by mouse, wheel and keys through the series of `tests.series` and writes each as one
strip of frames, which `docs/tools.md` shows.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the strips; returns the exit code."""
    parser = argparse.ArgumentParser(description="Photograph every tool at work on real photographs.")
    parser.add_argument(
        "--out", type=Path, default=ROOT / "docs" / "screenshots" / "tools", help="folder of the strips"
    )
    parser.add_argument("--only", default="", help="only series whose names match this regular expression")
    parser.add_argument("--scale", type=int, choices=(1, 2), default=1, help="device pixels per pixel")
    parser.add_argument("--mode", choices=("dark", "light"), default="dark", help="look of the window")
    parser.add_argument(
        "--maps", action="store_true", help="also write the label maps of each series' frames as NAME.npz"
    )
    asked = parser.parse_args(arguments)
    asked.out.mkdir(parents=True, exist_ok=True)
    os.environ["QT_SCALE_FACTOR"] = str(asked.scale)
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as scratch:
        return _photograph(asked, Path(scratch))


def _photograph(asked: argparse.Namespace, scratch: Path) -> int:
    import numpy as np

    from tests.window_scenes import WIDE, offscreen

    os.environ["QT_QPA_PLATFORM"] = offscreen(scratch, asked.scale)

    from desktop.app.start import Application, live_with
    from desktop.ui.theme import Mode
    from tests.series.studio import Studio
    from tests.series.table import all_series
    from tests.small_pictures import make_small

    faults: list[str] = []

    async def guest(application: Application) -> None:
        application.theme.set_mode(Mode(asked.mode))
        application.door.notice.connect(lambda notice: faults.append(f"{notice.sentence}\n{notice.details}"))
        studio = Studio(application, scratch)
        await studio.hands.ready()
        application.window.resize(*WIDE)
        for series in all_series().values():
            if re.search(asked.only, series.name):
                await series.make(studio)
                file = asked.out / f"{series.name}.png"
                studio.strip().save(str(file))
                await asyncio.to_thread(make_small, file, light=asked.mode == "light")
                if asked.maps:
                    np.savez_compressed(file.with_suffix(".npz"), *studio.maps)
                print(file.name, flush=True)

    code = live_with(scratch / "data", lambda chosen: Application(chosen, []), guest=guest)
    print(*faults, sep="\n", file=sys.stderr)
    return 1 if faults else code


if __name__ == "__main__":
    sys.exit(main())
