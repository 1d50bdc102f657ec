"""A real window in a process of its own that paints stroke after stroke, for tests that kill it.

    python -m tests.window_painter DATA FILE QUIET_MS LONGEST_MS [TOOL]

It says ``painted N`` after each stroke. Stroke N leaves a dot at `place` of N; with the tool ``polygon`` it sets a
corner there.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

STEP, COLUMNS = 8, 45


def place(number: int) -> tuple[float, float]:
    """Where a stroke leaves its dot, in pixels of the picture (at least 400 x 320)."""
    return 12.5 + STEP * (number % COLUMNS), 12.5 + STEP * (number // COLUMNS)


def main(words: Sequence[str]) -> None:
    """Paint until killed."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from desktop.app.start import Application, live_with
    from desktop.ui import documents
    from tests.window_hands import Hands

    data, file = Path(words[0]), words[1]
    documents.QUIET_MS, documents.LONGEST_MS = int(words[2]), int(words[3])

    async def guest(application: Application) -> None:
        hands = Hands(application)
        await hands.opened(400)
        hands.window.paint.canvas.options.set_size("brush", 5)
        hands.act("canvas-area-4")
        hands.act(f"tool-{words[4] if len(words) > 4 else 'brush'}")
        for number in range(COLUMNS * 36):
            hands.stroke(place(number), place(number))
            print("painted", number, flush=True)
            await asyncio.sleep(0.02)

    live_with(data, lambda chosen: Application(chosen, [file]), guest=guest)


if __name__ == "__main__":
    main(sys.argv[1:])
