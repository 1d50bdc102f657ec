"""Smart select and the wand on a photograph of 48 megapixels: from a hand's last event until what is found is painted.

Beside it in the same run: OpenCV's GrabCut by itself on a copy with a 64th of the pixels, and its flood fill.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.opencv import cv2
from desktop.ui.canvas.view import CanvasView
from tests.benchmarks.row import RUNS, Row, beside, limited
from tests.canvas_hands import ALT, PLAIN, Hands, labels, open_canvas, settle, shot_of
from tests.pictures import pixels
from tests.selection_hands import draft_of, show, turn

WIDTH, HEIGHT = 8000, 6000
FRAME = ((500, 150), (6850, 5950))
"""Corners of a box around the cup with its saucer, in image pixels."""
GRAIN = 8
SECOND_MS, TURN_MS = 1000, 16
_SMALL = 8
_ROUNDS = 3

_Picture = npt.NDArray[np.uint8]


def rows() -> list[Row]:
    """One row a figure."""
    _app = QApplication.instance() or QApplication([])
    view = open_canvas(shot_of(WIDTH, HEIGHT, 1, 2), 1920, 1080)
    picture = pixels("coffee", WIDTH, HEIGHT, GRAIN)
    show(view, picture)
    view.fit()
    settle(view)
    out = list(_rows(Watch(view), picture))
    view.stop()
    view.close()
    return out


def _rows(watch: Watch, picture: _Picture) -> Iterator[Row]:
    view, hands = watch.view, Hands(watch.view)
    (left, top), (right, bottom) = FRAME
    middle = ((left + right) / 2, (top + bottom) / 2)

    def box() -> None:
        hands.drag((left, top), middle, (right, bottom))

    def scribble() -> None:
        hands.drag((left + 900, middle[1]), middle, (right - 900, middle[1]))

    def mend() -> None:
        hands.modifiers = ALT
        hands.drag((left + 600, bottom - 700), middle, (right - 600, top + 700))
        hands.modifiers = PLAIN

    view.set_tool("smart")
    boxed, mended, scribbled, clicked = (list[float]() for _ in range(4))
    for _ in range(RUNS):
        boxed.append(watch.ms(box))
        found = int((labels(view) == 1).sum())
        assert 0.3 < found / ((right - left) * (bottom - top)) < 0.98, found
        mended.append(watch.ms(mend))
        watch.drop(hands)
    view.options.set_smart_start("scribble")
    for _ in range(RUNS):
        scribbled.append(watch.ms(scribble))
        watch.drop(hands)
    view.set_tool("wand")
    for _ in range(RUNS):
        clicked.append(watch.ms(lambda: hands.click(*middle)))
        watch.drop(hands)
    alone = [_grabcut(picture) for _ in range(3)]
    flooded = [_flood(picture, middle) for _ in range(RUNS)]
    where = f"{WIDTH * HEIGHT / 1e6:.0f} MP"
    cut = f"GrabCut, {WIDTH * HEIGHT / _SMALL**2 / 1e6:.2f} MP"
    yield beside(limited(f"smart select, a box, until painted, {where}", boxed, "ms", SECOND_MS), alone, cut)
    yield beside(
        limited(f"smart select, a scribble, until painted, {where}", scribbled, "ms", SECOND_MS), alone, cut
    )
    yield limited(f"smart select, a stroke that mends, until painted, {where}", mended, "ms", SECOND_MS)
    yield beside(
        limited(f"wand, a click, until painted, {where}", clicked, "ms", SECOND_MS), flooded, "flood fill"
    )
    yield limited("  longest turn meanwhile, by the thread's own time", [watch.longest], "ms", TURN_MS)


class Watch:
    """Waits for what a tool finds in a thread, and for its painting."""

    def __init__(self, view: CanvasView) -> None:
        self.view = view
        self.longest = 0.0
        """Milliseconds of processor time of the longest turn of the event loop."""

    def ms(self, act: Callable[[], None]) -> float:
        """Milliseconds from the end of ``act`` until all that comes of it is painted."""
        act()
        begun = time.perf_counter()
        draft = draft_of(self.view)
        while draft.running:
            self._timed_turn()
        while not self.view.sharp:
            self._timed_turn()
        self.view.repaint()
        return (time.perf_counter() - begun) * 1000

    def drop(self, hands: Hands) -> None:
        """Give up what was found, and wait for that."""
        hands.key(Qt.Key.Key_Escape)
        while self.view.session.in_gesture:
            self._timed_turn()
        settle(self.view)

    def _timed_turn(self) -> None:
        begun = time.thread_time()
        turn()
        self.longest = max(self.longest, (time.thread_time() - begun) * 1000)


def _grabcut(picture: _Picture) -> float:
    small = cv2.resize(picture, None, fx=1 / _SMALL, fy=1 / _SMALL, interpolation=cv2.INTER_AREA)
    (left, top), (right, bottom) = ((x // _SMALL, y // _SMALL) for x, y in FRAME)
    cells, models = np.zeros(small.shape[:2], np.uint8), (np.zeros((1, 65)), np.zeros((1, 65)))
    begun = time.perf_counter()
    cv2.grabCut(
        small, cells, (left, top, right - left, bottom - top), *models, _ROUNDS, cv2.GC_INIT_WITH_RECT
    )
    return (time.perf_counter() - begun) * 1000


def _flood(picture: _Picture, at: tuple[float, float]) -> float:
    mask = np.zeros((HEIGHT + 2, WIDTH + 2), np.uint8)
    begun = time.perf_counter()
    cv2.floodFill(
        picture, mask, (int(at[0]), int(at[1])), 0, (24,) * 3, (24,) * 3, 4 | cv2.FLOODFILL_MASK_ONLY
    )
    return (time.perf_counter() - begun) * 1000
