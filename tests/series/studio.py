"""A real window with a real photograph, mouse and keys that work in it, and a camera on its canvas.

Places are given in pixels of the photograph as its file has it; the window opens it enlarged by `ENLARGED`, so that
tools work on a picture larger than the screen's, as they mostly do.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from PIL import Image
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QImage, QKeySequence, QPainter
from PySide6.QtTest import QTest

from desktop.app.start import Application
from desktop.core.label_map import LabelMap
from desktop.ui.canvas.look import Look
from desktop.ui.canvas.tools.draft_tool import DraftTool
from desktop.ui.canvas.tools.magnet import MagnetTool
from desktop.ui.canvas.tools.options import ToolOptions
from desktop.ui.canvas.tools.place import STALK
from desktop.ui.controls import SliderNumber
from desktop.ui.controls.number_box import NumberBox
from tests import canvas_hands, window_hands
from tests.pictures import PHOTOS, pixels
from tests.series.pointer import draw_caption, draw_pointer
from tests.window_scenes import photograph

ENLARGED = 3
WIDE, HEIGHT, GAP = 1600, 440, 8
"""Pixels of a strip, and between its frames."""

LEFT, RIGHT, MIDDLE = canvas_hands.LEFT, canvas_hands.RIGHT, canvas_hands.MIDDLE
SHIFT, ALT, CTRL = canvas_hands.SHIFT, canvas_hands.ALT, canvas_hands.CTRL
_KEYS = {SHIFT: Qt.Key.Key_Shift, ALT: Qt.Key.Key_Alt, CTRL: Qt.Key.Key_Control}
_NOTCH = 1.19
"""How much one notch of the wheel zooms."""

_STEP = 6.0
"""Logical pixels between two events of a mouse that is moved."""

Place = tuple[float, float]
Part = Literal["middle", "corner", "foot"]
"""What the frames show of the canvas: its middle, its upper right corner, where panels open, or its lower middle."""


class Studio:
    """One window for one series after another. ``frames`` are the pictures taken, ``maps`` the label maps then."""

    def __init__(self, application: Application, scratch: Path) -> None:
        self.window = application.window
        self.session = application.session
        self.documents = application.documents
        self.canvas = application.window.paint.canvas
        self.hands = window_hands.Hands(application)
        self.scratch = scratch
        self.frames: list[QImage] = []
        self.maps: list[LabelMap] = []
        self._mouse = canvas_hands.Hands(self.canvas)
        self._at: QPointF | None = None
        self._count = 4
        self._part: Part = "middle"

    # The photograph

    async def open(self, name: str, frames: int, part: Part) -> None:
        """Open a photograph of `tests.pictures` for a strip of so many frames, which show that part of the canvas; all
        tools are as at the first start."""
        self.session.close()
        options, fresh = self.canvas.options, ToolOptions()
        for tool in ("brush", "eraser", "smart"):
            options.set_size(tool, fresh.size(tool))
        options.set_steady(fresh.steady)
        options.set_mode(fresh.mode)
        options.set_tolerance(fresh.tolerance)
        options.set_contiguous(fresh.contiguous)
        options.set_smart_start(fresh.smart_start)
        self.canvas.set_look(Look())
        await self.documents.open_file(self.photograph(name))
        await self.hands.until(lambda: 0 in self.canvas.levels, "the photograph")
        self.session.choose_area(1)
        self.frames, self.maps, self._count, self._part, self._at = [], [], frames, part, None
        await self.tool("brush")

    def photograph(self, name: str) -> Path:
        """The enlarged photograph as a file."""
        file = self.scratch / f"{name}.jpg"
        if not file.exists():
            with Image.open(PHOTOS / f"{name}.jpg") as image:
                wide, high = image.size
            enlarged = pixels(name, ENLARGED * wide, ENLARGED * high, grain=0)
            Image.fromarray(enlarged).save(file, quality=95)
        return file

    @property
    def shown(self) -> QRect:
        """The part of the canvas that a frame shows, in its logical pixels."""
        wide, canvas = (WIDE - GAP * (self._count - 1)) // self._count, self.canvas.rect()
        rect = QRect(0, 0, wide, HEIGHT)
        rect.moveCenter(canvas.center())
        if self._part == "corner":
            rect.moveTopRight(canvas.topRight())
        elif self._part == "foot":
            rect.moveBottom(canvas.bottom())
        return rect

    async def view(self, x: float, y: float, width: float) -> None:
        """Zoom by the wheel until a frame shows so many of the photograph's pixels across; drag (x, y) to its middle
        by the middle button."""
        canvas = self.canvas
        middle = QPointF(canvas.width() / 2, canvas.height() / 2)
        shown = QRectF(self.shown)
        wanted = shown.width() * canvas.ratio / (width * ENLARGED)
        self._mouse.wheel(middle, math.log(wanted / canvas.zoom) / math.log(_NOTCH))
        for _ in range(3):  # the picture stays in sight, so a long way may need more than one drag
            self._mouse.drag_view(middle, middle + shown.center() - self._place((x, y)), MIDDLE)
        await self.calm()

    # Mouse and keys

    async def tool(self, name: str) -> None:
        """Choose a tool by its key."""
        await self.action(f"tool-{name}")
        assert self.canvas.tool_name == name

    async def action(self, name: str) -> None:
        """An action of the window by its key, pressed on the canvas."""
        await self.hands.go_to(self.canvas)
        self.keys(self.window.actions_[name].shortcut().toString())

    def keys(self, text: str) -> None:
        """Press keys, written as in the menus, on whatever has the keyboard."""
        pressed = QKeySequence(text)[0]  # type: ignore[index]  # the stubs know no sequence
        QTest.keyClick(self.hands.focus, pressed.key(), pressed.keyboardModifiers())

    @contextmanager
    def holding(self, modifier: Qt.KeyboardModifier) -> Iterator[None]:
        """Hold Shift, Alt or Ctrl meanwhile."""
        self._mouse.modifiers = modifier
        self._mouse.key(_KEYS[modifier], up=False)
        yield
        self._mouse.modifiers = canvas_hands.PLAIN
        self._mouse.key(_KEYS[modifier], down=False)

    async def move(self, *places: Place) -> None:
        """Move the mouse along places, with what is held."""
        for place in places:
            to = self._place(place)
            start = to if self._at is None else self._at
            way = to - start
            steps = max(1, math.ceil(math.hypot(way.x(), way.y()) / _STEP))
            for step in range(1, steps + 1):
                self._mouse.move_view(start + way * (step / steps))
            self._at = to
        await asyncio.sleep(0)

    def round_handle(self) -> Place:
        """Where the handle lies that turns an area."""
        placed = self.window.paint.area_ops.placed
        assert placed is not None
        (x, y), nav = placed.at(0, -1), self.canvas.navigation
        return x / ENLARGED, (y - STALK * self.canvas.ratio / nav.zoom) / ENLARGED

    async def press(self, place: Place, button: Qt.MouseButton = LEFT) -> None:
        """Go there and press a button."""
        await self.move(place)
        self._mouse.press(*_enlarged(place), button)

    async def release(self) -> None:
        """Let the button go where the mouse is."""
        assert self._at is not None
        point = self.canvas.navigation.to_image(*(self._at * self.canvas.ratio).toTuple())
        self._mouse.release(point.x, point.y)
        await self.calm()

    async def click(self, place: Place, button: Qt.MouseButton = LEFT) -> None:
        """Go there and click."""
        await self.press(place, button)
        await self.release()

    async def drag(self, *places: Place, button: Qt.MouseButton = LEFT) -> None:
        """Press at the first place, pass the others, release at the last."""
        await self.press(places[0], button)
        await self.move(*places[1:])
        await self.release()

    def rest(self) -> None:
        """The mouse leaves the canvas."""
        QCoreApplication.sendEvent(self.canvas, QEvent(QEvent.Type.Leave))
        self._at = None

    async def number(self, of: SliderNumber, value: int) -> None:
        """Type a number into the box beside a slider, and go back to the slider."""
        box = of.findChild(NumberBox)
        assert isinstance(box, NumberBox)
        await self.hands.go_to(box)
        self.keys("Ctrl+A")
        QTest.keyClicks(box, str(value))
        self.keys("Shift+Tab")
        assert round(of.value()) == value
        await self.calm()

    # The camera

    async def calm(self) -> None:
        """Wait until what was asked for is found and drawn in full."""
        self.canvas.repaint()
        await self.hands.until(lambda: not self._working(), "the tool")
        self.canvas.repaint()
        await self.hands.until(lambda: self.canvas.sharp, "the canvas")

    async def frame(self, caption: str) -> None:
        """Take a picture: the canvas with all that lies on it, the mouse and a few words."""
        await self.calm()
        canvas, ratio, shown = self.canvas, self.canvas.ratio, self.shown
        corner = canvas.mapTo(self.window, shown.topLeft())
        part = QRectF(corner * ratio, shown.size() * ratio).toRect()
        image = photograph(self.window).copy(part)
        image.setDevicePixelRatio(ratio)
        with QPainter(image) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self._at is not None:
                draw_pointer(painter, self._at - shown.topLeft(), canvas.cursor().shape())
            draw_caption(painter, caption, HEIGHT)
        self.frames.append(image)
        shot = self.session.shot
        assert shot is not None
        self.maps.append(shot.label_map.copy())

    def strip(self) -> QImage:
        """The frames side by side."""
        assert len(self.frames) == self._count, f"{len(self.frames)} frames of {self._count}"
        first = self.frames[0]
        gap = round(GAP * first.devicePixelRatio())
        wide = self._count * first.width() + (self._count - 1) * gap
        out = QImage(wide, first.height(), QImage.Format.Format_RGB32)
        out.fill(Qt.GlobalColor.white)
        with QPainter(out) as painter:
            for index, image in enumerate(self.frames):
                plain = image.copy()
                plain.setDevicePixelRatio(1.0)
                painter.drawImage(index * (first.width() + gap), 0, plain)
        return out

    # Inside

    def _place(self, place: Place) -> QPointF:
        return self._mouse.place(*_enlarged(place))

    def _working(self) -> bool:
        tool = self.canvas.tool
        return (
            (isinstance(tool, DraftTool) and tool.draft.active and tool.draft.running)
            or (isinstance(tool, MagnetTool) and not tool.knows_the_way)
            or self.window.paint.area_ops.draft.running
        )


def _enlarged(place: Place) -> Place:
    return place[0] * ENLARGED, place[1] * ENLARGED
