"""A real window in a process of its own that paints stroke after stroke, for tests that kill it.

    python -m tests.window_painter DATA FILE QUIET_MS LONGEST_MS [TOOL]

It says ``painted N`` after each stroke. Stroke N leaves a dot at `place` of N; with the tool ``polygon`` it sets a
corner there, with ``smart`` it mends a selection (of `BOX`) there, with ``crop`` and ``align`` it moves what is
drafted by a pixel to the right.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.window_hands import Hands

STEP, COLUMNS = 8, 45
BOX = (60.0, 40.0, 340.0, 280.0)
"""Where the selection begins, and where the crop begins with its upper left quarter."""


def place(number: int) -> tuple[float, float]:
    """Where a stroke leaves its dot, in pixels of the picture (at least 400 x 320)."""
    return 12.5 + STEP * (number % COLUMNS), 12.5 + STEP * (number // COLUMNS)


def begin(hands: Hands, tool: str) -> None:
    """What comes before the strokes of a tool."""
    left, top, right, bottom = BOX
    if tool == "smart":
        hands.window.paint.canvas.options.set_size("smart", 6)
        hands.stroke((left, top), (right, bottom))
    elif tool == "crop":
        hands.stroke((400, 320), ((left + right) / 4, (top + bottom) / 4))


def stroke(hands: Hands, tool: str, number: int) -> None:
    """One stroke of a tool."""
    if tool in ("crop", "align"):
        hands.stroke((50 + number, 40), (51 + number, 40))
    else:
        hands.stroke(place(number), place(number))


def main(words: Sequence[str]) -> None:
    """Paint until killed."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from desktop.app.start import Application, live_with
    from desktop.ui import documents
    from tests.window_hands import Hands

    data, file = Path(words[0]), words[1]
    tool = words[4] if len(words) > 4 else "brush"
    documents.QUIET_MS, documents.LONGEST_MS = int(words[2]), int(words[3])

    async def guest(application: Application) -> None:
        hands = Hands(application)
        await hands.opened(400)
        hands.window.paint.canvas.options.set_size("brush", 5)
        hands.act("canvas-area-4")
        hands.act(f"tool-{tool}")
        begin(hands, tool)
        for number in range(COLUMNS * 36):
            stroke(hands, tool, number)
            print("painted", number, flush=True)
            await asyncio.sleep(0.02)

    live_with(data, lambda chosen: Application(chosen, [file]), guest=guest)


if __name__ == "__main__":
    main(sys.argv[1:])
