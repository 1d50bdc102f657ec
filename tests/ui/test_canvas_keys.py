"""The canvas's keys after clicks elsewhere in the window: what is over the picture works on the picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QScrollArea

from desktop.ui.controls import SliderNumber
from desktop.ui.controls.number_box import NumberBox
from desktop.ui.panel.area_row import AreaRow
from tests.canvas_hands import LEFT, PLAIN
from tests.canvas_hands import Hands as CanvasHands
from tests.window_hands import CTRL, Hands, live

K = Qt.Key
PHOTO = Path(__file__).parent.parent / "data" / "photos" / "astronaut.jpg"


def click_track(slider: SliderNumber) -> None:
    """A click on the slider itself, which gives it the focus."""
    track = slider.focusProxy()
    assert track is not None
    QTest.mouseClick(track, LEFT, PLAIN, QPoint(60, 11))


class Both:
    """Hands on a window and on its canvas, with a stroke painted and an area row there."""

    def __init__(self, hands: Hands) -> None:
        self.hands, self.window = hands, hands.window
        self.session = hands.application.session
        self.canvas = hands.window.paint.canvas
        self.on_canvas = CanvasHands(self.canvas)
        self.on_canvas.drag((100, 100), (160, 100))

    @property
    def painted(self) -> int:
        return int((self.hands.shot.label_map != 0).sum())

    @property
    def area_row(self) -> AreaRow:
        row = self.window.areas.row(1)
        assert row is not None
        return row

    def row(self) -> None:
        QTest.mouseClick(self.area_row, LEFT, PLAIN, QPoint(90, 12))

    def beside_rows(self) -> None:
        QTest.mouseClick(self.window.areas, LEFT, PLAIN, QPoint(4, 4))

    def eye(self) -> None:
        for _ in range(2):
            QTest.mouseClick(self.area_row.eye, LEFT)

    def lock(self) -> None:
        for _ in range(2):
            QTest.mouseClick(self.area_row.lock, LEFT)

    def slider(self) -> None:
        click_track(self.window.paint.options.diameter)

    def number(self) -> None:
        (box,) = self.window.paint.options.diameter.findChildren(NumberBox)
        QTest.mouseClick(box.lineEdit(), LEFT)
        box.setFocus()

    def mode(self) -> None:
        for button in self.window.paint.options.mode.findChildren(QAbstractButton)[:2]:
            QTest.mouseClick(button, LEFT)
        self.canvas.options.set_mode("add")

    def tool(self) -> None:
        QTest.mouseClick(self.window.strip.findChildren(QAbstractButton)[0], LEFT)

    def focused_button(self) -> None:
        self.area_row.eye.setFocus()

    def duration(self) -> None:
        click_track(self.window.words.duration)


CLICKS: tuple[Callable[[Both], None], ...] = (
    Both.row,
    Both.beside_rows,
    Both.eye,
    Both.lock,
    Both.slider,
    Both.number,
    Both.mode,
    Both.tool,
    Both.focused_button,
    Both.duration,
)


def test_the_keys_of_the_canvas_work_after_clicks_everywhere(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()
        await hands.opened(512)
        both = Both(hands)
        canvas, on_canvas = both.canvas, both.on_canvas
        for click in CLICKS:
            name = click.__name__
            await hands.go_to(canvas)
            click(both)
            assert not isinstance(hands.focus, QScrollArea), name
            on_canvas.move(200, 200)
            painted, left = both.painted, canvas.navigation.left
            QTest.keyPress(hands.focus, K.Key_Space)
            assert canvas.cursor().shape() == Qt.CursorShape.OpenHandCursor, name
            on_canvas.drag((200, 200), (230, 230), (260, 260))
            QTest.keyRelease(hands.focus, K.Key_Space)
            assert both.painted == painted, name
            assert canvas.navigation.left > left + 20, name
            area = hands.shot.area(1)
            assert area is not None
            assert not area.hidden, name
            assert not area.locked, name
            canvas.fit()
            # The stroke that Space does not hold paints, and takes the focus.
            on_canvas.drag((200, 300), (230, 300))
            assert both.painted > painted, name
            both.session.undo()

    live(tmp_path / "data", script, [PHOTO])


def test_digits_brackets_and_letters_work_after_clicks(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()
        await hands.opened(512)
        both = Both(hands)
        canvas = both.canvas
        for click in CLICKS:
            if click is Both.number:  # there they are typed
                continue
            name = click.__name__
            await hands.go_to(canvas)
            canvas.set_tool("brush")
            both.session.choose_area(1)
            click(both)
            size = canvas.options.size("brush")
            hands.key(K.Key_BracketRight)
            assert canvas.options.size("brush") > size, name
            hands.key(K.Key_BracketLeft)
            hands.key(K.Key_3)
            assert both.session.active_label == 3, name
            hands.key(K.Key_E)
            assert canvas.tool_name == "eraser", name

    live(tmp_path / "data", script, [PHOTO])


def test_escape_reaches_a_begun_polygon_from_a_button(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()
        await hands.opened(512)
        both = Both(hands)
        canvas, on_canvas = both.canvas, both.on_canvas
        both.session.undo()
        canvas.set_tool("polygon")
        for place in ((50, 50), (250, 50), (150, 150)):
            on_canvas.click(*place)
        both.window.title.gear.setFocus(Qt.FocusReason.PopupFocusReason)  # as after a menu: the draft goes on
        assert canvas.tool is not None
        assert canvas.tool.busy
        hands.key(K.Key_Backspace)
        assert canvas.tool.busy
        on_canvas.move(150, 150)
        hands.key(K.Key_Escape)
        assert not canvas.tool.busy
        assert both.painted == 0
        assert both.window.title.gear.hasFocus()

    live(tmp_path / "data", script, [PHOTO])


def test_space_presses_a_focused_button_while_the_pointer_is_elsewhere(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()
        await hands.opened(512)
        both = Both(hands)
        both.focused_button()
        QCoreApplication.sendEvent(both.canvas, QEvent(QEvent.Type.Leave))
        hands.key(K.Key_Space)
        area = hands.shot.area(1)
        assert area is not None
        assert area.hidden

    live(tmp_path / "data", script, [PHOTO])


def test_space_is_typed_in_a_text_while_the_pointer_is_over_the_canvas(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()
        await hands.opened(512)
        both = Both(hands)
        hands.key(K.Key_L, CTRL)
        hands.key(K.Key_A, CTRL)
        both.on_canvas.move(200, 200)
        hands.type("a boat")
        assert hands.shot.parameters.prompt == "a boat"
        assert both.canvas.cursor().shape() == Qt.CursorShape.BlankCursor

    live(tmp_path / "data", script, [PHOTO])


@pytest.mark.parametrize("which", ["diameter", "duration"])
def test_enter_and_escape_give_the_keys_back_from_a_number(tmp_path: Path, which: str) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()
        await hands.opened(512)
        both = Both(hands)
        canvas = both.canvas
        slider = both.window.paint.options.diameter if which == "diameter" else both.window.words.duration
        (box,) = slider.findChildren(NumberBox)
        first = round(slider.value())
        wanted = 33 if which == "diameter" else 10
        box.setFocus()
        hands.key(K.Key_A, CTRL)
        hands.type(str(wanted))
        hands.key(K.Key_Return)
        assert slider.value() == wanted
        assert canvas.hasFocus()
        hands.key(K.Key_3)
        hands.key(K.Key_E)
        assert both.session.active_label == 3
        assert canvas.tool_name == "eraser"
        canvas.set_tool("brush")
        box.setFocus()
        hands.key(K.Key_A, CTRL)
        hands.type("7")
        hands.key(K.Key_Escape)
        assert canvas.hasFocus()
        assert slider.value() == wanted
        assert box.text().startswith(str(wanted))
        box.setFocus()
        hands.key(K.Key_Down)
        hands.key(K.Key_Escape)
        assert slider.value() == wanted
        box.setFocus()
        hands.key(K.Key_A, CTRL)
        hands.type(str(first))
        hands.key(K.Key_Tab)
        assert slider.value() == first
        assert not box.hasFocus()
        assert not canvas.hasFocus()

    live(tmp_path / "data", script, [PHOTO])


def test_the_keys_that_the_zoom_buttons_name_work_and_those_with_ctrl_under_any_tool(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()
        canvas, bar = hands.window.paint.canvas, hands.window.paint.zoom_bar
        await hands.until(lambda: 0 in canvas.levels, "the picture")
        assert bar.more.toolTip() == "Zoom in  + or Ctrl++"
        assert bar.less.toolTip() == "Zoom out  - or Ctrl+-"

        async def zooms(tip: str, larger: bool, *, all_of_them: bool) -> None:
            for text in tip.partition("  ")[2].split(" or ")[0 if all_of_them else 1 :]:
                canvas.set_zoom(1.0)
                QTest.keySequence(hands.focus, QKeySequence(text))
                assert (canvas.zoom > 1.0) == larger, text
                assert canvas.zoom != 1.0, text

        await hands.go_to(canvas)
        await zooms(bar.more.toolTip(), True, all_of_them=True)
        await zooms(bar.less.toolTip(), False, all_of_them=True)
        for text in ("=", "Ctrl+="):  # where + is typed with Shift
            await zooms(f"Zoom in  {text}", True, all_of_them=True)
        await hands.go_to(hands.window.words.prompt)
        await zooms(bar.more.toolTip(), True, all_of_them=False)
        await hands.go_to(canvas)
        hands.paint(path=False)
        canvas.set_tool("align")
        CanvasHands(canvas).drag((20, 20), (40, 40))
        scale = canvas.options.align.scale_x
        await zooms(bar.more.toolTip(), True, all_of_them=False)
        assert canvas.options.align.scale_x == scale
        hands.key(K.Key_Plus)  # which is the tool's here, as the status bar says
        assert canvas.options.align.scale_x > scale
        hands.window.session.mark_saved()

    live(tmp_path / "data", script, [PHOTO])
