"""Undo, redo and Escape of what changes a whole map of 48 megapixels: turns of a real canvas, and the total."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from desktop.core import edits
from desktop.core.edits import Patch
from desktop.core.geometry import Box, Point, whole
from desktop.core.label_map import LabelMap
from desktop.core.shot import Shot, SourceImage
from desktop.imaging import raster
from desktop.imaging.pyramid import picture_levels
from desktop.ui.canvas.view import CanvasView
from desktop.ui.session import Session
from tests.benchmarks.row import RUNS, Row, limited
from tests.benchmarks.turns import LONG, Probe
from tests.canvas_hands import gradient, shot_of

WIDTH, HEIGHT = 8000, 6000
VIEW = (1920, 1080)
_AREAS = 6
_PIECE = 256
"""Rows and columns that a preview writes at a time."""
_REST_MS = 60
"""Time for what follows a step: badges, the last painting."""


@dataclass(slots=True)
class _Seen:
    """Milliseconds of the longest turn, by the clock and by the thread's own time, and of all; one of each a run."""

    longest: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)
    total: list[float] = field(default_factory=list)


def rows() -> list[Row]:
    """One row a figure."""
    app = QApplication.instance() or QApplication([])
    view = _canvas()
    app.processEvents()
    out = [*_whole_map(view), *_escape(view), *_clear(view), *_another_map(view)]
    view.stop()
    view.close()
    return out


def _canvas() -> CanvasView:
    view = CanvasView(Session(_painted()))
    view.session.setParent(view)
    view.resize(*VIEW)
    view.show()
    view.set_levels(dict(enumerate(picture_levels(np.tile(gradient(1000, 1000), (6, 8, 1))))))
    view.fit()
    return view


def _painted() -> Shot:
    shot = shot_of(WIDTH, HEIGHT, *range(1, _AREAS + 1))
    for label in range(1, _AREAS + 1):
        a, b = Point(label * 1000 - 300, 900.0), Point(8000 - label * 900, 5200.0)
        stencil, box = raster.segment(a, b, 380, 260, whole(WIDTH, HEIGHT))
        shot.label_map[box.slices][stencil != 0] = label
    return shot


def _whole_map(view: CanvasView) -> Iterator[Row]:
    """Invert an area: every pixel becomes another one."""
    session = view.session
    fresh, rested, again, hasty = _Seen(), _Seen(), _Seen(), _Seen()
    for _ in range(RUNS):
        _invert(session, 1)
        session.commit_gesture()
        _measure(view, session.undo, fresh)
        _measure(view, session.redo, again)
        _rest(session)
        _measure(view, session.undo, rested)

        def twice() -> None:
            session.redo()
            session.undo()

        _measure(view, twice, hasty)
    size = f"{WIDTH * HEIGHT // 1_000_000} megapixels"
    yield from _turn(f"undo of a whole map, {size}", rested)
    yield from _turn(f"undo of a whole map, {size}, just painted", fresh)
    yield from _turn(f"redo of a whole map, {size}", again)
    own, runs = float(np.median(hasty.own)), len(hasty.own)
    name = "redo, and undo before it has ended: longest turn, by the thread's own time"
    yield Row(name, round(own, 2), "ms", None, None, "-", None, runs)
    yield _total(f"undo of a whole map, {size}: in all, beside a copy of the map", rested)
    yield _total(f"redo of a whole map, {size}: in all, beside a copy of the map", again)


def _escape(view: CanvasView) -> Iterator[Row]:
    """Give a preview of the whole map up."""
    seen = _Seen()
    for _ in range(RUNS):
        _invert(view.session, 1)
        _measure(view, view.session.abort_gesture, seen)
    yield from _turn("Escape in a preview of the whole map", seen)


def _clear(view: CanvasView) -> Iterator[Row]:
    """Clear an area that is nearly the whole map."""
    session, seen, back = view.session, _Seen(), _Seen()
    _invert(session, 1)
    session.commit_gesture()
    for _ in range(RUNS):

        def clear() -> None:
            if session.shot is not None:
                session.clear("Clear the area", 1)

        _measure(view, clear, seen)
        _measure(view, session.undo, back)
    yield from _turn("an area of nearly the whole map is cleared", seen)
    yield from _turn("undo of that", back)
    session.undo()
    _loop(_REST_MS)


def _another_map(view: CanvasView) -> Iterator[Row]:
    """A picture of another size, and with it another map."""
    session, back, forth = view.session, _Seen(), _Seen()
    shot = session.shot
    if shot is None:
        return
    other = SourceImage(b"", "image/png", WIDTH - 200, HEIGHT - 150, "other.png")
    session.edit("Replace the picture", edits.replace_picture(replace(shot), other))
    for _ in range(RUNS):
        _measure(view, session.undo, back)
        _rest(session)
        _measure(view, session.redo, forth)
        _rest(session)
    yield from _turn("undo of a picture of another size", back)
    yield from _turn("redo of a picture of another size", forth)


def _invert(session: Session, label: int) -> None:
    """Invert an area piece by piece, as a preview does; the gesture stays open."""
    session.begin_gesture("Invert the area")
    shot = session.shot
    if shot is None:
        return
    labels: LabelMap = shot.label_map
    for top in range(0, HEIGHT, _PIECE):
        for left in range(0, WIDTH, _PIECE):
            box = Box(left, top, min(left + _PIECE, WIDTH), min(top + _PIECE, HEIGHT))
            own = labels[box.slices] == label
            session.paint(Patch((~own).view(np.uint8), box, label))
            session.paint(Patch(own.view(np.uint8), box, 0))


def _rest(session: Session) -> None:
    """Until nothing is left to pack."""
    _loop(_REST_MS)
    history = session._history
    while history is not None and history.pack():
        pass


def _measure(view: CanvasView, act: Callable[[], object], into: _Seen) -> None:
    """Carry it out in the loop, as a key does, and watch the turns until it is done and shown."""
    session, probe = view.session, Probe()
    history = session._history
    if history is None:
        return
    _loop(_REST_MS)
    ended: list[float] = []
    loop = QEventLoop()
    begun = 0.0

    def done() -> None:
        if begun and not ended and not session.stepping:
            ended.append(time.perf_counter())
            QTimer.singleShot(_REST_MS, loop.quit)

    def go() -> None:
        nonlocal begun
        begun = time.perf_counter()
        act()

    session.coverage_changed.connect(done)
    probe.begin()
    QTimer.singleShot(10, go)
    loop.exec()
    probe.end()
    session.coverage_changed.disconnect(done)
    into.longest.append(1000 * max(probe.turns.wall))
    into.own.append(1000 * max(probe.turns.cpu))
    into.total.append(1000 * (ended[0] - begun))


def _loop(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _turn(name: str, seen: _Seen) -> Iterator[Row]:
    yield limited(f"{name}: longest turn", seen.longest, "ms", 1000 * LONG)
    yield limited("the same, by the thread's own time", seen.own, "ms", 1000 * LONG)


def _total(name: str, seen: _Seen) -> Row:
    """The whole step beside the least that any way of doing it must move: one copy of the map."""
    source, target = np.zeros((HEIGHT, WIDTH), np.uint8), np.ones((HEIGHT, WIDTH), np.uint8)
    copies: list[float] = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        np.copyto(target, source)
        copies.append(1000 * (time.perf_counter() - begun))
    mine, floor = float(np.median(seen.total)), float(np.median(copies))
    return Row(name, round(mine, 2), "ms", round(floor, 2), round(floor / mine, 3), "-", None, len(copies))
