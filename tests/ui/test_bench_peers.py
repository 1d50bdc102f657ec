"""What the canvas is measured against really works: a peer that painted nothing would be a fast one."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.core.geometry import Point
from tests.benchmarks.naive_canvas import NaiveCanvas
from tests.benchmarks.napari_peer import ABSENT, VARIABLE, NapariMissing, NapariPeer
from tests.benchmarks.row import Row, beside, in_turn

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def naive(qapp: QApplication) -> Iterator[NaiveCanvas]:
    labels = np.zeros((300, 400), np.uint8)
    labels[:50] = 2
    canvas = NaiveCanvas(np.full((300, 400, 3), (200, 100, 40), np.uint8), labels)
    canvas.brush = 20
    canvas.resize(200, 150)
    canvas.show()
    canvas.look_at(0.5, Point(200, 150))
    qapp.processEvents()
    yield canvas
    canvas.close()
    canvas.deleteLater()


def shown(canvas: NaiveCanvas, x: int, y: int) -> tuple[int, int, int]:
    """Red, green and blue of a pixel of the window."""
    colour = canvas.grab().toImage().pixelColor(x, y)
    return colour.red(), colour.green(), colour.blue()


def over(name: str) -> tuple[int, int, int]:
    """An area's colour, half over the picture's."""
    colour = QColor(name)
    return tuple(
        (below + above) // 2
        for below, above in zip((200, 100, 40), (colour.red(), colour.green(), colour.blue()), strict=True)
    )  # type: ignore[return-value]


def near(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return all(abs(a - b) <= 2 for a, b in zip(one, other, strict=True))


def test_the_naive_canvas_paints_where_the_pointer_goes_and_takes_it_back(naive: NaiveCanvas) -> None:
    before = QImage(naive.overlay.copy())
    assert shown(naive, 100, 75) == (200, 100, 40)
    assert near(shown(naive, 100, 10), over("#56B4E9"))
    QTest.mousePress(naive, LEFT, pos=QPoint(50, 75))
    QTest.mouseMove(naive, QPoint(150, 75))
    QTest.mouseRelease(naive, LEFT, pos=QPoint(150, 75))
    for x in (50, 100, 150):
        assert near(shown(naive, x, 75), over("#E69F00"))
    assert shown(naive, 100, 95) == (200, 100, 40)
    assert naive.overlay.pixelColor(200, 150).alpha() == 128
    assert naive.overlay.pixelColor(200, 159).alpha() == 128
    assert naive.overlay.pixelColor(200, 162).alpha() == 0
    naive.undo()
    assert naive.overlay == before
    assert shown(naive, 100, 75) == (200, 100, 40)


def test_the_naive_canvas_follows_pan_and_zoom(naive: NaiveCanvas) -> None:
    naive.pan_by(0, 60)
    assert near(shown(naive, 100, 60 + 10), over("#56B4E9"))
    naive.look_at(1.0, Point(200, 50))
    assert near(shown(naive, 100, 74), over("#56B4E9"))
    assert shown(naive, 100, 76) == (200, 100, 40)


def test_napari_that_is_not_there_is_named_with_the_way_to_give_it() -> None:
    with pytest.raises(NapariMissing) as missing:
        NapariPeer(np.zeros((4, 4), np.uint8), np.zeros((2, 2, 3), np.uint8))
    assert str(missing.value) == ABSENT


def test_a_python_without_napari_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, sys.executable)
    with pytest.raises(NapariMissing, match="No module named 'napari'"):
        NapariPeer(np.zeros((4, 4), np.uint8), np.zeros((2, 2, 3), np.uint8))


def test_a_peer_stands_beside_a_figure_whose_goal_stays() -> None:
    row = beside(Row("brush", 2.0, "ms", None, None, "<= 2 ms", True, 7), [9.0, 3.0, 4.0], "naive")
    assert (row.against, row.ratio, row.peer, row.goal, row.met) == (4.0, 2.0, "naive", "<= 2 ms", True)


def test_sides_are_measured_in_turn_after_a_warm_up() -> None:
    seen: list[str] = []

    def side(name: str) -> float:
        seen.append(name)
        return float(len(seen))

    assert in_turn(lambda: side("a"), lambda: side("b"), lambda: side("c"), runs=2) == [
        [4, 7],
        [5, 8],
        [6, 9],
    ]
    assert "".join(seen) == "abcabcabc"
