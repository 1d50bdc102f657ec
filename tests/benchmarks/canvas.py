"""The canvas: strokes from event to paint, panning, zooming, undo, on 8000 x 6000 pixels with seven areas.

Beside it in the same run: one blit of the view, the naive canvas, and napari's Labels layer where a Python has it
(`canvas_peers`).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from desktop.core.geometry import Point, whole
from desktop.imaging import raster
from desktop.imaging.pyramid import picture_levels
from desktop.ui.canvas.view import CanvasView
from desktop.ui.session import Session
from tests.benchmarks.canvas_peers import Peers
from tests.benchmarks.row import RUNS, Row, beside, interleaved, limited
from tests.canvas_hands import Hands, gradient, settle, shot_of

WIDTH, HEIGHT = 8000, 6000
VIEWS = (("1080p", 1920, 1080), ("UHD", 3840, 2160))
ZOOMS = (0.1, 0.5, 1.0, 4.0)
_SIZE = 240
_FINE_ZOOM, _FINE_SIZE = 4.0, 60
"""Who zooms in so far paints details: 240 pixels are 960 on the screen there, half of a view."""
_STEPS = 60


def rows() -> list[Row]:
    """One row a figure."""
    app = QApplication.instance() or QApplication([])
    view = _canvas()
    peers = Peers(view)
    out: list[Row] = list(peers.missing())
    for name, width, height in VIEWS:
        view.resize(width, height)
        peers.resize(width, height)
        app.processEvents()
        for zoom in ZOOMS:
            out += list(_at(view, peers, name, zoom))
    out += list(_undo(view, peers))
    out += list(peers.undo_painted())
    out += list(peers.memory())
    peers.stop()
    view.stop()
    view.close()
    return out


def _canvas() -> CanvasView:
    shot = shot_of(WIDTH, HEIGHT, 7, 1, 2, 3, 4, 5, 6)
    for label in range(1, 8):
        a, b = Point(label * 1000 - 300, 900.0), Point(8000 - label * 900, 5200.0)
        stencil, box = raster.segment(a, b, 380, 260, whole(WIDTH, HEIGHT))
        shot.label_map[box.slices][stencil != 0] = label
    view = CanvasView(Session(shot))
    view.session.setParent(view)
    view.show()
    tile = gradient(1000, 1000)
    view.set_levels(dict(enumerate(picture_levels(np.tile(tile, (6, 8, 1))))))
    view.options.set_size("brush", _SIZE)
    view.options.set_steady(0)
    return view


def _at(view: CanvasView, peers: Peers, name: str, zoom: float) -> Iterator[Row]:
    view.set_zoom(zoom)
    view.centre_on(Point(WIDTH / 2, HEIGHT / 2))
    peers.look_at(view.zoom, Point(WIDTH / 2, HEIGHT / 2))
    where = f"{name}, zoom {view.zoom:g}"
    settle(view)
    places = _places(view)
    stroke, *others = peers.strokes(lambda: _stroke(view, places), places)
    yield from peers.brush(_p95(f"brush of {_SIZE} px, event to paint, 95 %, {where}", stroke, 2.0), others)
    if zoom >= _FINE_ZOOM:
        view.options.set_size("brush", _FINE_SIZE)
        fine = [ms for _ in range(RUNS) for ms in _stroke(view, places)]
        view.options.set_size("brush", _SIZE)
        yield _p95(f"brush of {_FINE_SIZE} px, event to paint, 95 %, {where}", fine, 2.0)
    cached = Cached(view.width(), view.height())

    def pan() -> float:
        settle(view)
        begun = time.perf_counter()
        view.pan_by(13, 7)
        view.repaint()
        return (time.perf_counter() - begun) * 1000

    def ahead() -> float:
        view.pan_by(13, 7)
        return _timed(lambda: settle(view))

    def zoom_in() -> float:
        return _zoomed(view, 1.19)

    def zoom_out() -> float:
        return _zoomed(view, 1 / 1.19)

    def step() -> float:
        settle(view)
        begun = time.perf_counter()
        view.zoom_at(1.19 if view.zoom <= zoom else 1 / 1.19, 400, 300)
        view.repaint()
        return (time.perf_counter() - begun) * 1000

    for name, work, most in (
        ("pan, to paint", pan, 3.0),
        ("pan, with what is then drawn ahead", ahead, None),
        ("zoom in, to paint", zoom_in, 3.0),
        ("zoom out, to paint", zoom_out, 3.0),
    ):
        mine, floor = interleaved(work, cached.paint, 3 * RUNS)
        yield _against(f"{name}, {where}", mine, floor, most)
    view.set_zoom(zoom)
    yield from peers.drawn(f"pan, to paint, {where}", pan, peers.pans(13, 7))
    view.set_zoom(zoom)
    yield from peers.drawn(f"zoom step, to paint, {where}", step, peers.steps(zoom, 1.19))
    view.set_zoom(zoom)
    yield _sharpened(view, where)
    cached.close()


def _zoomed(view: CanvasView, factor: float) -> float:
    """Milliseconds of a zoom step until something is painted everywhere."""
    view.set_zoom(view.zoom / factor)
    settle(view)
    begun = time.perf_counter()
    view.zoom_at(factor, 400, 300)
    view.repaint()
    return (time.perf_counter() - begun) * 1000


def _sharpened(view: CanvasView, where: str) -> Row:
    """Milliseconds from a zoom step until all in sight is sharp, in turns of some four milliseconds."""
    spent: list[float] = []
    app = QApplication.instance()
    for _ in range(RUNS):
        settle(view)
        view.zoom_at(1.19 if len(spent) % 2 else 1 / 1.19, 400, 300)
        begun = time.perf_counter()
        view.repaint()
        while app is not None and not view.sharp:
            app.processEvents()
        spent.append((time.perf_counter() - begun) * 1000)
    return limited(f"zoom step, until all is sharp, {where}", spent, "ms", 200.0)


class Cached(QWidget):
    """The floor: a bare widget that paints one image as large as itself."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._image = QImage(width, height, QImage.Format.Format_RGB32)
        self._image.fill(QColor("#808080"))
        self.resize(width, height)
        self.show()
        QApplication.processEvents()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.drawImage(0, 0, self._image)

    def paint(self) -> float:
        """Milliseconds of one paint."""
        return _timed(self.repaint)


def _places(view: CanvasView) -> list[tuple[float, float]]:
    """The image positions of a stroke across the view."""
    shown = view.navigation.visible_image
    xs = np.linspace(shown.left + shown.width * 0.2, shown.left + shown.width * 0.8, _STEPS)
    ys = shown.top + shown.height * (0.5 + 0.3 * np.sin(np.linspace(0, 6, _STEPS)))
    return [(float(x), float(y)) for x, y in zip(xs, ys, strict=True)]


def _stroke(view: CanvasView, places: list[tuple[float, float]]) -> list[float]:
    """Milliseconds of every move of a stroke, its painting included."""
    hands, app = Hands(view), QApplication.instance()
    hands.press(*places[0])
    spent: list[float] = []
    for x, y in places[1:]:
        begun = time.perf_counter()
        hands.move(x, y)
        if app is not None:
            app.processEvents()
        spent.append((time.perf_counter() - begun) * 1000)
    hands.release(*places[-1])
    view.session.undo()
    while view.session.stepping and app is not None:
        app.processEvents()
    settle(view)
    return spent


def _undo(view: CanvasView, peers: Peers) -> Iterator[Row]:
    view.set_zoom(0.5)
    view.centre_on(Point(WIDTH / 2, HEIGHT / 2))
    peers.look_at(view.zoom, Point(WIDTH / 2, HEIGHT / 2))
    session = view.session
    commits: list[float] = []
    undos: list[float] = []
    sizes: list[float] = []
    copies: list[float] = []
    swaps: list[float] = []
    for run in range(RUNS):
        session.begin_gesture("stroke")
        shot = session.shot
        if shot is None:
            return
        at = Point(1500.0 + 300 * run, 3000.0)
        for step in range(40):
            to = Point(at.x + 12, at.y + 20 * np.sin(step / 6))
            stencil, box = raster.segment(at, to, 120, 120, whole(WIDTH, HEIGHT))
            history = session._history
            if history is not None:
                history.paint(stencil, box, run % 7 + 1)
            at = to
        commits.append(_timed(lambda: session.commit_gesture() and None))
        kept, taken = peers.naive_entry()
        copies.append(kept)
        swaps.append(taken)
        history = session._history
        if history is None:
            return
        while history.pack():
            pass
        sizes.append(history.size / (run + 1))
        undos.append(_timed(session.undo))
        session.redo()
        while history.pack():
            pass
    entry = limited("undo entry of a stroke, radius 120, in the window's thread", commits, "ms", 1.0)
    yield beside(entry, copies, "naive")
    size = limited("undo entry of a stroke, bytes", sizes, "B", WIDTH * HEIGHT / 5000)
    yield from peers.entry_size(size)
    yield beside(limited("undo of a stroke, radius 120", undos, "ms", 16.0), swaps, "naive")


def _p95(name: str, values: list[float], most: float) -> Row:
    worst = float(np.percentile(values, 95))
    return Row(name, round(worst, 2), "ms", None, None, f"<= {most:g} ms", worst <= most, len(values))


def _against(name: str, ours: list[float], floor: list[float], most: float | None) -> Row:
    """A time against the floor of one blit; ``most`` is how many times the floor it may take."""
    mine, least = float(np.median(ours)), float(np.median(floor))
    goal = "-" if most is None else f"<= {most:g}x a blit"
    met = None if most is None else mine <= most * least
    return Row(
        name, round(mine, 2), "ms", round(least, 2), round(least / mine, 3), goal, met, len(ours), "blit"
    )


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000
