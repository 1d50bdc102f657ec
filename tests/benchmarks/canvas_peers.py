"""What the canvas is held against: the naive canvas in the same process, napari's Labels layer in one of its own.

All look at the same place of the same picture with the same areas, and are painted through the same image positions
with a brush of the same width, in turn with ours.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from desktop.core.geometry import Point
from desktop.ui.canvas.view import CanvasView
from tests.benchmarks.naive_canvas import NaiveCanvas
from tests.benchmarks.napari_peer import NapariMissing, NapariPeer
from tests.benchmarks.row import RUNS, Row, beside, in_turn, unmeasured

Place = tuple[float, float]

_NAIVE = "naive"
_TILE = 1000
_LEFT, _NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


class Peers:
    """Those the view is held against. The view shows a picture whose left upper corner is repeated all over it."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        shot, picture = view.session.shot, view.levels[0]
        if shot is None:
            raise ValueError("no shot is open")
        self._naive = NaiveCanvas(picture, shot.label_map)
        self._naive.show()
        self._napari: NapariPeer | None = None
        self._size = (0, 0)
        self._smaller = ""
        """Words for napari's rows when the screen has no room for a canvas of the view's size."""
        self._why = ""
        try:
            self._napari = NapariPeer(shot.label_map, picture[:_TILE, :_TILE])
        except NapariMissing as missing:
            self._why = str(missing)

    def missing(self) -> Iterator[Row]:
        """A row that says what is not measured, and why."""
        if self._napari is None:
            yield unmeasured(f"napari's Labels painting: {self._why}", "ms", "-")
        elif not self._napari.drawn_by:
            why = "it has no OpenGL here, so only its layer is painted, without a canvas"
            yield unmeasured(f"{self._napari.name}, event to paint: {why}", "ms", "-")

    def resize(self, width: int, height: int) -> None:
        """All get the view's size."""
        self._naive.resize(width, height)
        self._size = (width, height)

    def look_at(self, zoom: float, centre: Point) -> None:
        """All show the same place."""
        self._naive.look_at(zoom, centre)
        if self._napari is not None and self._napari.drawn_by:
            width, height = self._size
            got = self._napari.ask("look", width=width, height=height, zoom=zoom, x=centre.x, y=centre.y)
            fits = (got["width"], got["height"]) == self._size
            self._smaller = "" if fits else f", its canvas {got['width']} x {got['height']}"

    def stop(self) -> None:
        """End them."""
        self._naive.close()
        if self._napari is not None:
            self._napari.stop()

    # Strokes

    def strokes(self, ours: Callable[[], list[float]], places: Sequence[Place]) -> list[list[float]]:
        """Milliseconds of every move of strokes in turn: ours, the naive canvas's, and napari's until it is handled and
        until it is drawn (as far as there are any). napari takes seconds for a stroke, so it paints one, halfway."""
        found: list[list[float]] = [[], []]
        for run in range(RUNS):
            found[0] += ours()
            found[1] += self._naive_stroke(places)
            if run == RUNS // 2 and self._napari is not None:
                told = self._napari.stroke(places, 1)
                found += [told["handled"], told["drawn"]]
        return found

    def brush(self, row: Row, others: Sequence[Sequence[float]]) -> Iterator[Row]:
        """The row with 95 % of what `strokes` found for the others."""
        naive, *napari = others
        yield beside(row, [_p95(naive)], _NAIVE)
        if self._napari is not None:
            handled, drawn = napari
            row = replace(row, runs=len(handled))
            if drawn:
                yield self._against_napari(row, [_p95(drawn)], "")
            yield self._against_napari(row, [_p95(handled)], "before it draws")

    def _naive_stroke(self, places: Sequence[Place]) -> list[float]:
        self._mouse(QEvent.Type.MouseButtonPress, places[0], _LEFT, _LEFT)
        QApplication.processEvents()
        spent: list[float] = []
        for place in places[1:]:
            begun = time.perf_counter()
            self._mouse(QEvent.Type.MouseMove, place, _NONE, _LEFT)
            QApplication.processEvents()
            spent.append(_since(begun))
        self._mouse(QEvent.Type.MouseButtonRelease, places[-1], _LEFT, _NONE)
        self._naive.undo()
        QApplication.processEvents()
        return spent

    def _mouse(self, kind: QEvent.Type, place: Place, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
        at = QPointF(*self._naive.navigation.to_view(Point(*place)))
        there = QPointF(self._naive.mapToGlobal(at))
        event = QMouseEvent(kind, at, there, button, held, Qt.KeyboardModifier.NoModifier)
        QCoreApplication.sendEvent(self._naive, event)

    # The view

    def pans(self, dx: int, dy: int) -> list[Callable[[], float]]:
        """A pan of each peer, in milliseconds until the whole view is drawn."""
        napari = self._napari

        def naive() -> float:
            begun = time.perf_counter()
            self._naive.pan_by(dx, dy)
            self._naive.repaint()
            return _since(begun)

        sides = [naive]
        if napari is not None and napari.drawn_by:
            sides.append(lambda: float(napari.ask("pan", dx=dx, dy=dy)["drawn"]))
        return sides

    def steps(self, zoom: float, factor: float) -> list[Callable[[], float]]:
        """A zoom step of each peer, in and out by turns, in milliseconds until the whole view is drawn."""
        napari, closer = self._napari, False

        def naive() -> float:
            wide = self._naive.navigation.zoom <= zoom
            begun = time.perf_counter()
            self._naive.zoom_at(factor if wide else 1 / factor, 400, 300)
            self._naive.repaint()
            return _since(begun)

        def other(peer: NapariPeer) -> float:
            nonlocal closer
            closer = not closer
            return float(peer.ask("zoom", factor=factor if closer else 1 / factor)["drawn"])

        sides = [naive]
        if napari is not None and napari.drawn_by:
            sides.append(lambda: other(napari))
        return sides

    def drawn(
        self, figure: str, ours: Callable[[], float], sides: Sequence[Callable[[], float]]
    ) -> Iterator[Row]:
        """A row against each peer of `pans` or `steps`. All take turns, but not with the blit: whoever comes after a
        peer finds the processor's cache full of the peer's pixels."""
        mine, naive, *napari = in_turn(ours, *sides)
        yield beside(_plain(f"{figure}, against the naive way", mine), naive, _NAIVE)
        for values in napari:
            yield self._against_napari(_plain(figure, mine), values, "")

    # Undo and memory

    def naive_entry(self) -> tuple[float, float]:
        """Milliseconds to make the naive canvas's undo entry, and to take it back without painting."""
        begun = time.perf_counter()
        self._naive.keep()
        kept = _since(begun)
        begun = time.perf_counter()
        self._naive.undo()
        return kept, _since(begun)

    def entry_size(self, row: Row) -> Iterator[Row]:
        """The bytes of an undo entry beside the peers'."""
        yield beside(row, [self._naive.overlay.sizeInBytes()], _NAIVE)
        if self._napari is not None:
            yield self._against_napari(row, [self._napari.stroke(_SHORT, 1)["bytes"]], "")

    def undo_painted(self) -> Iterator[Row]:
        """Undo of a stroke until it is painted. The session's last entry is a stroke in sight."""
        view, napari = self._view, self._napari

        def ours() -> float:
            begun = time.perf_counter()
            view.session.undo()
            QApplication.processEvents()
            spent = _since(begun)
            view.session.redo()
            QApplication.processEvents()
            return spent

        def naive() -> float:
            self._naive.keep()
            for start, end in pairwise(_SHORT):
                self._naive.line(QPointF(*start), QPointF(*end))
            QApplication.processEvents()
            begun = time.perf_counter()
            self._naive.undo()
            QApplication.processEvents()
            return _since(begun)

        sides = [ours, naive]
        if napari is not None and napari.drawn_by:
            napari.ask("stroke", places=_SHORT, label=1)
            sides.append(lambda: float(napari.ask("undo", again=True)["drawn"]))
        mine, theirs, *others = in_turn(*sides)
        row = _plain("undo of a stroke, until painted", mine)
        yield beside(row, theirs, _NAIVE)
        for values in others:
            yield self._against_napari(row, values, "")

    def memory(self) -> Iterator[Row]:
        """What keeps the areas, and what shows them, against the overlay."""
        surface, overlay = self._view._surface, self._naive.overlay.sizeInBytes() / 1e6
        if surface is None:
            return
        areas = sum(level.nbytes for level in surface._labels.levels) / 1e6
        name = "memory of the areas: label map and its levels"
        row = Row(name, round(areas, 1), "MB", None, None, "<= 0.5x the overlay", areas <= overlay / 2, 1)
        yield beside(row, [overlay], _NAIVE)
        shown = (surface._both, surface._picture)
        buffers = sum(buffer.pixels.nbytes for buffer in shown) / 1e6
        name = f"memory of the areas, with the buffers of a view of {self._size[0]} x {self._size[1]}"
        yield beside(Row(name, round(areas + buffers, 1), "MB", None, None, "-", None, 1), [overlay], _NAIVE)

    def _against_napari(self, row: Row, values: Sequence[float], note: str) -> Row:
        """The row's figure against napari's, without a goal."""
        peer = self._napari
        if peer is None:
            raise ValueError("there is no napari")
        whom = (
            f"{peer.name}{note and f' {note}'}"
            if peer.drawn_by
            else f"{peer.name}'s layer without its canvas"
        )
        named = replace(row, name=f"{row.name}, against {whom}{self._smaller}", goal="-", met=None)
        return beside(named, values, f"{peer.name}, {peer.drawn_by}" if peer.drawn_by else peer.name)


def _plain(name: str, values: Sequence[float]) -> Row:
    """Milliseconds without a goal, for comparison."""
    return Row(name, round(float(np.median(values)), 2), "ms", None, None, "-", None, len(values))


_SHORT: list[Place] = [(3300.0 + 12 * step, 3000.0 + 20 * float(np.sin(step / 6))) for step in range(41)]


def _p95(values: Sequence[float]) -> float:
    return float(np.percentile(values, 95))


def _since(begun: float) -> float:
    return (time.perf_counter() - begun) * 1000
