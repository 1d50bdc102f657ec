"""The bars of the real window: what they show moves nothing else, covers nothing, and says what to press."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from desktop.ui.canvas.look import LEAST_OPACITY
from desktop.ui.canvas.tools.table import TOOLS
from desktop.ui.main_window import MainWindow
from desktop.ui.tool_bars import ToolStrip
from tests.canvas_hands import Hands as CanvasHands
from tests.window_hands import Hands, live

SIZES = ((1024, 640), (1280, 800), (1440, 900), (1600, 1000), (1920, 1080))
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


async def resized(hands: Hands, wide: int, high: int) -> None:
    hands.window.resize(wide, high)
    await hands.until(lambda: hands.window.size() == QSize(wide, high), "the window's size")
    await settled(hands)


async def settled(hands: Hands) -> None:
    """Until the parts of the window have taken their places."""
    before: list[list[QRect]] = [[]]

    def rests() -> bool:
        before.append(places(hands.window))
        return before[-2] == before[-1]

    await hands.until(rests, "the parts to rest")


def places(window: MainWindow) -> list[QRect]:
    return [part.geometry() for part in (window.panel, window.paint.canvas, window.jobs_dock, window.strip)]


def picture_rect(window: MainWindow) -> QRect:
    """The picture on the canvas, in logical pixels."""
    canvas = window.paint.canvas
    nav, ratio = canvas.navigation, canvas.ratio
    left, top, (wide, high) = nav.left / ratio, nav.top / ratio, nav.screen
    return QRect(round(left), round(top), round(wide / ratio), round(high / ratio))


@dataclass(slots=True)
class Widths:
    """What has been as wide as that; all the same is one."""

    seen: set[tuple[int, ...]]

    def look(self, window: MainWindow) -> None:
        self.seen.add(tuple(part.width() for part in (window.panel, window.paint.canvas, window.jobs_dock)))


def test_no_tool_moves_what_is_beside_its_bar(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()
        window = hands.window
        for area in (1, 2, 3, 0):
            hands.paint(area=area, path=False)
        for wide, high in SIZES:
            await resized(hands, wide, high)
            widths, before = Widths(set()), places(window)
            widths.look(window)
            for tool in (*TOOLS, *reversed(TOOLS)):
                hands.act(f"tool-{tool.name}")
                widths.look(window)
                await settled(hands)
                widths.look(window)
                assert places(window) == before, (wide, tool.name)
            assert len(widths.seen) == 1, (wide, widths.seen)
            assert window.panel.width() == 330

    live(tmp_path / "data", script)


def test_the_zoom_bar_names_the_keys_that_work_and_covers_nothing(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()
        window, canvas = hands.window, hands.window.paint.canvas
        bar = window.paint.zoom_bar
        tips = {b.text(): b.toolTip() for b in bar.findChildren(QAbstractButton)}
        assert (tips["Fit"], tips["1:1"]) == ("All of it  F", "Actual pixels  Ctrl+1")
        await hands.go_to(canvas)
        hands.key(Qt.Key.Key_1, CTRL)
        assert canvas.zoom == 1.0
        hands.key(Qt.Key.Key_F)
        assert canvas.navigation.fitted
        player = window.takes.player.zoom_bar
        tips = {b.text(): b.toolTip() for b in player.findChildren(QAbstractButton)}
        assert (tips["Fit"], tips["1:1"]) == ("All of it  0", "Actual pixels  1")
        for wide, high in SIZES:
            await resized(hands, wide, high)
            canvas.fit()
            assert not picture_rect(window).intersects(bar.geometry()), wide
            assert canvas.rect().contains(picture_rect(window))
            assert not window.paint.navigator.isVisible()

    live(tmp_path / "data", script)


def test_what_floats_over_the_picture_gives_way_to_a_stroke(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()
        face = hands.window.paint
        mouse = CanvasHands(face.canvas)
        face.canvas.set_zoom(3.0)
        await hands.until(face.navigator.isVisible, "the navigator")
        floating: tuple[tuple[Callable[[], bool], QRect], ...] = (
            (face.zoom_bar.isVisible, face.zoom_bar.geometry()),
            (face.navigator.isVisible, face.navigator.geometry()),
        )
        nav = face.canvas.navigation
        start = nav.to_image(nav.view_width / 2, nav.view_height / 2)
        for visible, place in floating:
            there = nav.to_image(*(v * face.canvas.ratio for v in (place.center().x(), place.center().y())))
            mouse.press(*start)
            mouse.move(*start)
            assert visible()
            mouse.move(*there)
            assert not visible()
            mouse.move(*start)
            assert visible()
            mouse.move(*there)
            mouse.release(*there)
            assert visible()
        assert face.zoom_bar.isVisible()
        assert hands.window.session.undo_title

    live(tmp_path / "data", script)


def test_a_small_window_keeps_its_room_for_the_picture(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()
        window, ops = hands.window, hands.window.paint.area_ops
        hands.paint(path=True)
        await resized(hands, 1024, 640)
        assert window.jobs.folded
        assert window.jobs_dock.height() <= 40
        assert window.paint.canvas.height() >= 480
        hands.act("area-place")
        await hands.until(lambda: not ops.draft.running, "the area")
        canvas = window.paint.canvas
        assert ops.isVisible()
        assert canvas.rect().contains(ops.geometry())
        assert ops.width() * ops.height() <= 0.2 * canvas.width() * canvas.height()
        numbers = ops.numbers
        for boxes in ([numbers.dx, numbers.width_, numbers.angle], [numbers.dy, numbers.height_]):
            assert len({(box.x(), box.width()) for box in boxes}) == 1
        ops.cancel()

    live(tmp_path / "data", script)


@pytest.mark.parametrize("folded", [True, False])
def test_the_jobs_stay_as_the_person_left_them(tmp_path: Path, folded: bool) -> None:
    data = tmp_path / "data"

    def caret(window: MainWindow, name: str) -> QAbstractButton:
        (button,) = [b for b in window.jobs.findChildren(QAbstractButton) if b.accessibleName() == name]
        return button

    async def choose(hands: Hands) -> None:
        await hands.ready()
        assert hands.window.jobs.folded
        hands.click(caret(hands.window, "Unfold the jobs"))
        await settled(hands)
        assert hands.window.jobs_dock.height() > 150
        if folded:
            hands.click(caret(hands.window, "Fold the jobs"))
            await settled(hands)

    async def again(hands: Hands) -> None:
        await hands.ready()
        assert hands.window.jobs.folded is folded
        assert (hands.window.jobs_dock.height() <= 40) is folded

    live(data, choose)
    live(data, again)


def test_keys_set_opacity_and_steadiness(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()
        canvas, bar = hands.window.paint.canvas, hands.window.paint.options
        await hands.go_to(canvas)
        assert canvas.look.opacity == 1.0
        hands.key(Qt.Key.Key_Comma)
        hands.key(Qt.Key.Key_Comma)
        assert canvas.look.opacity == 0.8
        assert bar.look.popover.opacity.value() == 80
        hands.key(Qt.Key.Key_Period)
        assert canvas.look.opacity == 0.9
        for _ in range(12):
            hands.key(Qt.Key.Key_Comma)
        assert round(100 * canvas.look.opacity) == LEAST_OPACITY
        for _ in range(12):
            hands.key(Qt.Key.Key_Period)
        assert canvas.look.opacity == 1.0
        before = canvas.options.steady
        hands.key(Qt.Key.Key_Greater)
        assert canvas.options.steady == bar.steady.value() == before + 10
        hands.key(Qt.Key.Key_Period, SHIFT)
        assert canvas.options.steady == before + 20
        for _ in range(12):
            hands.key(Qt.Key.Key_Less)
        assert canvas.options.steady == 0

    live(tmp_path / "data", script)


def test_what_can_be_pressed_above_the_picture_says_what_it_does(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()
        window, bar = hands.window, hands.window.paint.options
        strip = window.findChild(ToolStrip)
        assert strip is not None
        for tool in TOOLS:
            button = strip.buttons[tool.name]
            first, _, second = button.toolTip().partition("\n")
            assert first == f"{tool.title}  {tool.shortcut}"
            assert 20 < len(second) <= 100, tool.name
            assert second == button.accessibleDescription()
            hands.act(f"tool-{tool.name}")
            assert button.toolTip().partition("\n")[2] == second, "chosen, it says the same"
        hints = {bar.diameter.toolTip(), bar.steady.toolTip(), bar.select.tolerance.toolTip()}
        modes = {b.toolTip() for b in bar.mode.findChildren(QAbstractButton)}
        assert "" not in hints | modes
        assert (len(hints), len(modes)) == (3, 4)

    live(tmp_path / "data", script)


def test_the_palette_lists_every_action_that_can_be_done(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()
        window = hands.window
        hands.act("palette")
        assert window.palette_.isVisible()
        assert sorted(window.palette_.shown()) == sorted(a.text() for a in window.actions_ if a.isEnabled())
        assert {"Areas fainter", "Areas stronger", "Steadier", "Less steady"} <= set(window.palette_.shown())
        QTest.keyClicks(window.palette_.field, "steadier")
        QTest.keyClick(window.palette_.field, Qt.Key.Key_Return)
        assert window.paint.canvas.options.steady == 30

    live(tmp_path / "data", script)
