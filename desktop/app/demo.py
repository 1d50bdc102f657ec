"""The demo by hand: drives the real window with mouse and keys, from a bare picture to a playing take.

Leaves a screenshot of each step. Offscreen it needs no display.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from desktop.app.start import Application
from desktop.core.errors import KinebrushError
from desktop.core.geometry import Point
from desktop.core.job import ENDED, NEEDS_USER, Job, JobState
from desktop.core.shot import Shot

MOUNTAINS = (
    (30, 1205), (480, 940), (840, 1088), (1320, 800), (1700, 1070), (1700, 1290), (30, 1290),
)  # fmt: skip
PIER = ((20, 1900), (1000, 1830), (1030, 1880), (990, 2140), (20, 2140))
BOAT = ((1800, 985), (1868, 985), (2075, 1545), (2125, 1565), (2020, 1730), (1630, 1730), (1525, 1570))
BOAT_PATH = ((1835, 1400), (1370, 1415), (1040, 1390), (760, 1430), (540, 1560))
CLOUD_STROKES = (
    ((520, 380), (760, 330), (1000, 300), (1250, 330), (1600, 360)),
    ((560, 400), (1000, 380), (1600, 370)),
)
CLOUD_PATH = tuple((1070 + 30 * k, 370 - 6 * k + 15 * math.sin(k / 6)) for k in range(29))
PROMPT = "A small sailing boat glides to the left, clouds drift right, locked camera"

CLOUD_BRUSH = 170
WAIT_SECONDS = 240.0


@dataclass(frozen=True, slots=True)
class Driven:
    """What the demo made: the shot as painted and the job that is done."""

    shot: Shot
    job: Job


class Driver:
    """Hands for the window: moves, clicks and keys at places of the picture."""

    def __init__(self, application: Application, out: Path, say: Callable[[str], None]) -> None:
        self._application = application
        self._window = application.window
        self._canvas = application.window.paint.canvas
        self._out = out
        self._say = say
        self._step = 0

    async def run(self, picture: Path) -> Driven:
        """The whole job by hand. Raises KinebrushError when a step does not come about."""
        window, session = self._window, self._application.session
        await self._until(lambda: window.isVisible(), "the window to appear")
        await self.picture_taken("start")
        await self._application.documents.open_file(picture)
        await self._until(lambda: 0 in self._canvas.levels, "the picture to be read")
        await self.picture_taken("picture")
        self.keys("0")
        self.polygon(MOUNTAINS)
        self.polygon(PIER)
        await self.picture_taken("hold still")
        self.keys("1")
        self.polygon(BOAT)
        self.keys("T")
        for point in BOAT_PATH:
            self.click(point)
        QTest.keyClick(self._canvas, Qt.Key.Key_Return)
        await self.picture_taken("boat and its path")
        self.keys("2")
        self.keys("B")
        window.paint.options.diameter.set_value(CLOUD_BRUSH)
        self._canvas.options.set_size("brush", CLOUD_BRUSH)
        for stroke in CLOUD_STROKES:
            self.drag(stroke)
        self.keys("T")
        self.drag(CLOUD_PATH)
        await self.picture_taken("clouds and their path")
        window.actions_["focus-prompt"].trigger()
        QTest.keyClicks(_focused(window), PROMPT)
        await self.picture_taken("prompt")
        shot = session.snapshot()
        if shot is None or [area.number for area in shot.dynamic_areas] != [1, 2]:
            raise KinebrushError("The demo could not paint its areas.")
        known = set(self._jobs())
        window.actions_["generate"].trigger()
        await self._until(lambda: bool(set(self._jobs()) - known), "the job to be queued")
        (job_id,) = set(self._jobs()) - known
        await asyncio.sleep(3)
        await self.picture_taken("generating")
        await self._until(
            lambda: self._jobs()[job_id].state in ENDED | NEEDS_USER, "the video", seconds=WAIT_SECONDS
        )
        job = self._jobs()[job_id]
        if job.state is not JobState.DONE:
            raise KinebrushError(f"The job ended as {job.state}. {job.note}")
        await self.picture_taken("done")
        window.jobs_.open_take(job)
        player = window.takes.player
        await self._until(lambda: player.position > 12, "the take to play")
        await self.picture_taken("playing")
        QTest.keyClick(player, Qt.Key.Key_Space)
        QTest.keyClick(player, Qt.Key.Key_Right)
        await asyncio.sleep(0.5)
        await self.picture_taken("one frame on")
        window.show_paint()
        return Driven(shot, job)

    # --- hands --------------------------------------------------------------------------------------------------

    def keys(self, text: str) -> None:
        """Press a key on the canvas; shortcuts are found by the window."""
        self._canvas.setFocus()
        for letter in text:
            for action in self._window.actions_:
                if QKeySequence(letter) in action.shortcuts():
                    action.trigger()
                    break

    def click(self, at: tuple[float, float]) -> None:
        """A click of the left button at a place of the picture."""
        self._mouse(QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton)
        self._mouse(QEvent.Type.MouseButtonPress, at, Qt.MouseButton.LeftButton)
        self._mouse(QEvent.Type.MouseButtonRelease, at, Qt.MouseButton.NoButton)

    def drag(self, points: Sequence[tuple[float, float]]) -> None:
        """A drag of the left button along places of the picture."""
        self._mouse(QEvent.Type.MouseMove, points[0], Qt.MouseButton.NoButton)
        self._mouse(QEvent.Type.MouseButtonPress, points[0], Qt.MouseButton.LeftButton)
        for before, after in itertools.pairwise(points):
            for share in (0.25, 0.5, 0.75, 1.0):
                place = (
                    before[0] + (after[0] - before[0]) * share,
                    before[1] + (after[1] - before[1]) * share,
                )
                self._mouse(QEvent.Type.MouseMove, place, Qt.MouseButton.LeftButton)
        self._mouse(QEvent.Type.MouseButtonRelease, points[-1], Qt.MouseButton.NoButton)

    def polygon(self, points: Iterable[tuple[float, float]]) -> None:
        """A polygon by clicks, ended with Enter."""
        self.keys("P")
        for point in points:
            self.click(point)
        QTest.keyClick(self._canvas, Qt.Key.Key_Return)

    def _mouse(self, kind: QEvent.Type, at: tuple[float, float], held: Qt.MouseButton) -> None:
        x, y = self._canvas.navigation.to_view(Point(*at))
        place = QPointF(x / self._canvas.ratio, y / self._canvas.ratio)
        button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
        event = QMouseEvent(
            kind,
            place,
            QPointF(self._canvas.mapToGlobal(QPoint(round(place.x()), round(place.y())))),
            button,
            held,
            Qt.KeyboardModifier.NoModifier,
        )
        QCoreApplication.sendEvent(self._canvas, event)

    # --- eyes ---------------------------------------------------------------------------------------------------

    async def picture_taken(self, name: str) -> None:
        """A screenshot of the window as it is now."""
        await asyncio.sleep(0.3)
        self._step += 1
        path = self._out / f"{self._step:02} {name}.png"
        image = self._window.grab().toImage()
        await asyncio.to_thread(image.save, str(path))
        self._say(f"  {path.name}")

    def _jobs(self) -> dict[str, Job]:
        return self._window.jobs_.known

    async def _until(self, reached: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
        end = time.monotonic() + seconds
        for _ in range(1_000_000):
            if reached():
                return
            if time.monotonic() > end:
                break
            await asyncio.sleep(0.05)
        raise KinebrushError(f"The demo waited in vain for {what}.")


def _focused(window: QWidget) -> QWidget:
    focused = window.focusWidget()
    if focused is None:
        raise KinebrushError("Nothing in the window takes the keys.")
    return focused
