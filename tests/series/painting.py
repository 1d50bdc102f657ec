"""Brush, eraser and shapes."""

from __future__ import annotations

import math
import random

from tests.series.studio import ALT, RIGHT, SHIFT, Place, Studio
from tests.series.table import Series

SPOON = ((350.0, 268.0), (384.0, 268.0), (352.0, 284.0), (384.0, 284.0), (352.0, 300.0), (382.0, 300.0))
HANDLE = (413.0, 78.0)
HEAD = (
    (153, 84), (156, 60), (168, 38), (188, 24), (212, 17), (246, 17), (276, 28), (294, 46), (302, 76), (298, 106),
    (286, 126), (276, 134), (262, 158), (246, 180), (226, 189), (204, 180), (189, 158), (182, 132), (164, 116),
)  # fmt: skip


async def brush(studio: Studio) -> None:
    await studio.view(384, 196, 262)
    options = studio.canvas.options
    with studio.holding(ALT):
        await studio.press((367, 285))
        await studio.move((382, 285))
        await studio.frame("Alt drag: the size")
        await studio.release()
    await studio.press(SPOON[0])
    await studio.move(*SPOON[1:5])
    await studio.frame("Drag")
    await studio.move(SPOON[5])
    await studio.release()
    await studio.drag((376, 246), (376, 240))
    while options.size("brush") > 44:
        studio.keys("{")
    await studio.drag((378, 238), (382, 218))
    with studio.holding(SHIFT):
        await studio.move(HANDLE)
        await studio.frame("Hold Shift: the line it would be")
        await studio.click(HANDLE)
    studio.rest()
    await studio.frame("Shift click")


def _rim(shake: float, shift: float, first: float, last: float) -> list[Place]:
    """Along the saucer's rim, by a hand that shakes by so many pixels."""
    hand = random.Random(4)
    places = []
    for step in range(90):
        turn = math.radians(first + (last - first) * step / 89)
        off = hand.uniform(-shake, shake)
        places.append(
            (279 + (196 - shift + off) * math.cos(turn), 222 + (162 - shift + off) * math.sin(turn))
        )
    return places


async def steady(studio: Studio) -> None:
    await studio.view(178, 292, 250)
    studio.canvas.options.set_size("brush", 24)
    slider = studio.window.paint.options.steady
    await studio.number(slider, 0)
    await studio.drag(*_rim(4, 8, 190, 90))
    await studio.frame("Steady 0, a shaking hand")
    await studio.action("canvas-area-2")
    await studio.number(slider, 90)
    places = _rim(4, 40, 190, 90)
    await studio.press(places[0])
    await studio.move(*places[1:60])
    await studio.frame("Steady 90, the same hand")
    await studio.move(*places[60:])
    await studio.release()
    studio.rest()
    await studio.frame("Both")


async def eraser(studio: Studio) -> None:
    await studio.view(322, 275, 262)
    options = studio.canvas.options
    options.set_size("brush", 110)
    await studio.press((322, 155))
    await studio.move((321, 270), (324, 385))
    await studio.frame("Too much was painted")
    await studio.release()
    await studio.tool("eraser")
    options.set_size("eraser", 60)
    await studio.drag((299, 130), (299, 140))
    with studio.holding(SHIFT):
        await studio.move((299, 375))
        await studio.frame("Eraser: Shift and a click")
        await studio.click((299, 408))
    await studio.tool("brush")
    options.set_size("brush", 54)
    await studio.press((345, 412), RIGHT)
    await studio.move((345, 330), (344.5, 260))
    await studio.frame("Brush: the right button erases")
    await studio.move((344.5, 130))
    await studio.release()
    studio.rest()
    await studio.frame("What is left")


async def rectangle(studio: Studio) -> None:
    await studio.view(322, 275, 262)
    await studio.tool("rectangle")
    await studio.press((309, 172))
    await studio.move((336, 400))
    await studio.frame("Drag")
    await studio.release()
    with studio.holding(SHIFT):
        await studio.press((296, 360))
        await studio.move((346, 405))
        await studio.frame("Shift drag: even sides")
        await studio.release()
    with studio.holding(ALT):
        await studio.press((312, 240))
        await studio.move((333, 262))
        await studio.frame("Alt drag: take away")
        await studio.release()
    studio.rest()
    await studio.frame("The area")


async def ellipse(studio: Studio) -> None:
    await studio.view(292, 163, 290)
    await studio.tool("ellipse")
    await studio.press((174, 17))
    await studio.move((290, 120))
    await studio.frame("Drag from corner to corner")
    await studio.move((408, 207))
    await studio.frame("The rim of the cup")
    await studio.release()
    with studio.holding(ALT):
        await studio.press((203, 91))
        await studio.move((369, 199))
        await studio.frame("Alt drag: take the coffee away")
        await studio.release()
    studio.rest()
    await studio.frame("The area")


async def lasso(studio: Studio) -> None:
    await studio.view(228, 104, 226)
    await studio.tool("lasso")
    await studio.press(HEAD[0])
    await studio.move(*HEAD[1:11])
    await studio.frame("Drag around it")
    await studio.move(*HEAD[11:])
    await studio.frame("It closes where you let go")
    await studio.release()
    studio.rest()
    await studio.frame("The area")


async def polygon(studio: Studio) -> None:
    await studio.view(300, 272, 262)
    await studio.tool("polygon")
    await studio.click((310, 404))
    with studio.holding(SHIFT):
        await studio.move((316, 172))
        await studio.frame("Shift: steps of 45°")
        await studio.click((316, 172))
    for place in ((311, 147), (322, 128), (333, 147), (334, 172)):
        await studio.click(place)
    await studio.move((352, 300))
    await studio.frame("Click: a corner")
    with studio.holding(SHIFT):
        await studio.click((336, 404))
    await studio.move((310.5, 403))
    await studio.frame("The first closes it")
    await studio.click((310.5, 403))
    studio.rest()
    await studio.frame("The area")


SERIES = (
    Series("brush", "coffee", 4, brush),
    Series("steady", "coffee", 3, steady),
    Series("eraser", "rocket", 4, eraser),
    Series("rectangle", "rocket", 4, rectangle),
    Series("ellipse", "coffee", 4, ellipse),
    Series("lasso", "astronaut", 3, lasso),
    Series("polygon", "rocket", 4, polygon),
)
