"""napari's Labels layer under the same strokes: a process of its own, in a Python that has napari.

``python napari_child.py LABELS.npy TILE.npy LOG`` takes one order a line (JSON) on its standard input and answers each
with one line; before the first it says what it is. It imports nothing of Kinebrush. Where there is no OpenGL the layer
is painted without a canvas, and ``drawn_by`` is empty.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

BRUSH = 240
_WAIT_S = 10.0


class Painter:
    """The layer, and the viewer it is shown in where that can be."""

    def __init__(self, labels: Any, tile: Any) -> None:
        import napari
        from qtpy.QtWidgets import QApplication

        height, width = labels.shape
        times = (-(-height // tile.shape[0]), -(-width // tile.shape[1]), 1)
        picture = np.ascontiguousarray(np.tile(tile, times)[:height, :width])
        self.version = str(napari.__version__)
        viewer = napari.Viewer(show=True)
        self.app = QApplication.instance() or QApplication([])
        self.app.processEvents()
        self.window = viewer.window._qt_window
        self.native = viewer.window._qt_viewer.canvas.native
        self.camera = getattr(viewer, "scene", viewer).camera  # before napari 0.9 the viewer's own
        self.draws = 0
        self.drawn_by = self._renderer()
        if self.drawn_by:
            viewer.add_image(picture)
            self.layer = viewer.add_labels(labels)
            viewer.window._qt_viewer.canvas._scene_canvas.events.draw.connect(self._drawn)
        else:
            viewer.close()
            self.layer = napari.layers.Labels(labels)
        self.layer.mode = "paint"
        self.layer.brush_size = BRUSH

    def look(self, width: int, height: int, zoom: float, x: float, y: float) -> dict[str, Any]:
        """Show a place of the picture in a canvas of this size; answers the size that could be had."""
        for _ in range(4):  # what surrounds the canvas may take another size each time
            dx, dy = width - self.native.width(), height - self.native.height()
            if dx or dy:
                self.window.resize(self.window.width() + dx, self.window.height() + dy)
                self._until_drawn(self.native.update)
        self.camera.zoom = zoom
        self.camera.center = (y - 0.5, x - 0.5)
        self._until_drawn(self.native.update)
        return {"width": self.native.width(), "height": self.native.height()}

    def stroke(self, places: Sequence[tuple[float, float]], label: int) -> dict[str, Any]:
        """Paint through these image positions: milliseconds of every move till it is handled and till it is drawn
        (none without a canvas), and the bytes of the undo entry."""
        self.layer.selected_label = label
        handled, drawn = self._drag(places) if self.drawn_by else self._draw(places, label)
        if any(self.layer.data[int(y), int(x)] != label for x, y in places):
            raise RuntimeError("the stroke has not painted where it went")
        return {"handled": handled, "drawn": drawn, "bytes": _size(self.layer._undo_history[-1])}

    def undo(self, *, again: bool) -> dict[str, Any]:
        """Take the last stroke back, and do it again if so wished: milliseconds of the layer's work, and till what is
        taken back is drawn."""
        begun = time.perf_counter()
        self.layer.undo()
        handled = _since(begun)
        if self.drawn_by:
            self._until_drawn(None)
        drawn = _since(begun)
        if again:
            self.layer.redo()
            self.app.processEvents()
        return {"handled": handled, "drawn": drawn}

    def pan(self, dx: float, dy: float) -> dict[str, Any]:
        """Move the picture by canvas pixels: milliseconds till it is drawn."""

        def move() -> None:
            y, x = self.camera.center[-2:]
            self.camera.center = (y - dy / self.camera.zoom, x - dx / self.camera.zoom)

        return {"drawn": self._until_drawn(move)}

    def zoom(self, factor: float) -> dict[str, Any]:
        """Zoom by a factor: milliseconds till it is drawn."""

        def step() -> None:
            self.camera.zoom *= factor

        return {"drawn": self._until_drawn(step)}

    def _drag(self, places: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
        from qtpy.QtCore import QEvent, Qt

        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        handled: list[float] = []
        drawn: list[float] = []
        self._until_drawn(lambda: self._mouse(QEvent.Type.MouseButtonPress, places[0], left, left))
        for place in places[1:]:
            begun = time.perf_counter()
            self._mouse(QEvent.Type.MouseMove, place, none, left)
            handled.append(_since(begun))
            self._until_drawn(None)
            drawn.append(_since(begun))
        self._mouse(QEvent.Type.MouseButtonRelease, places[-1], left, none)
        self.app.processEvents()
        return handled, drawn

    def _draw(self, places: Sequence[tuple[float, float]], label: int) -> tuple[list[float], list[float]]:
        spots = [(y - 0.5, x - 0.5) for x, y in places]
        spent: list[float] = []
        with self.layer.block_history():
            self.layer._draw(label, spots[0], spots[0])
            for last, spot in pairwise(spots):
                begun = time.perf_counter()
                self.layer._draw(label, last, spot)
                spent.append(_since(begun))
        return spent, []

    def _mouse(self, kind: Any, place: tuple[float, float], button: Any, held: Any) -> None:
        from qtpy.QtCore import QPointF, Qt
        from qtpy.QtGui import QMouseEvent

        y, x = self.camera.center[-2:]
        at = QPointF(
            (place[0] - 0.5 - x) * self.camera.zoom + self.native.width() / 2,
            (place[1] - 0.5 - y) * self.camera.zoom + self.native.height() / 2,
        )
        there = QPointF(self.native.mapToGlobal(at.toPoint()))
        event = QMouseEvent(kind, at, there, button, held, Qt.KeyboardModifier.NoModifier)
        self.app.sendEvent(self.native, event)

    def _until_drawn(self, work: Callable[[], object] | None) -> float:
        """Milliseconds of the work, if any, and of the drawing that follows from it."""
        begun, before = time.perf_counter(), self.draws
        if work is not None:
            work()
        while self.draws == before:
            self.app.processEvents()
            if time.perf_counter() - begun > _WAIT_S:
                raise RuntimeError("nothing is drawn")
        self._finish()
        return _since(begun)

    def _drawn(self, _event: object) -> None:
        self.draws += 1

    def _finish(self) -> None:
        """Wait for what OpenGL has been told to draw."""
        from vispy import gloo

        self.native.makeCurrent()
        gloo.gl.glFinish()

    def _renderer(self) -> str:
        """Who draws, as OpenGL calls it; empty where there is no OpenGL."""
        from vispy import gloo

        if not self.native.isValid():
            return ""
        self.native.makeCurrent()
        return str(gloo.gl.glGetParameter(gloo.gl.GL_RENDERER)).split("(")[0].strip()


def _size(value: Any) -> int:
    """Bytes of all arrays in an entry of the layer's history, whatever it is made of."""
    if isinstance(value, np.ndarray):
        return int(value.nbytes)
    if isinstance(value, (tuple, list)):
        return sum(_size(part) for part in value)
    names: Any = getattr(value, "__slots__", None) or getattr(value, "__dict__", ())
    return sum(_size(getattr(value, name)) for name in names)


def _since(begun: float) -> float:
    return (time.perf_counter() - begun) * 1000


def main(labels: Path, tile: Path, log: Path) -> None:
    """Answer orders till there are no more."""
    answers = os.fdopen(os.dup(1), "w")  # libraries may print: that goes to the log
    with log.open("w") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    painter = Painter(np.load(labels), np.load(tile))
    print(json.dumps({"version": painter.version, "drawn_by": painter.drawn_by}), file=answers, flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        answer = getattr(painter, order.pop("do"))(**order)
        print(json.dumps(answer), file=answers, flush=True)
    sys.stdout.flush()
    os._exit(0)  # napari's threads do not always end


if __name__ == "__main__":
    del sys.path[0]  # the benches' folder: its modules have common names
    main(*(Path(argument) for argument in sys.argv[1:]))
