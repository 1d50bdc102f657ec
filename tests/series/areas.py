"""Operations on an area, each begun by its key on an area that was painted before."""

from __future__ import annotations

from tests.series.studio import SHIFT, Studio
from tests.series.table import Series


async def _begin(studio: Studio, name: str, amount: int) -> None:
    """The operation by its key, with a number typed into its panel."""
    await studio.action(f"area-{name}")
    await studio.number(studio.window.paint.area_ops.amount, amount)


async def _apply(studio: Studio) -> None:
    """Enter, in the panel."""
    panel = studio.window.paint.area_ops
    studio.keys("Return")
    await studio.hands.until(lambda: not panel.isVisible(), "the panel to close")
    await studio.frame("Enter keeps it")


async def _coffee(studio: Studio, width: float = 300) -> None:
    await studio.view(300, 118, width)
    await studio.tool("ellipse")
    await studio.drag((203, 91), (369, 199))
    studio.rest()


async def _crema(studio: Studio, tolerance: int, reach: str) -> None:
    """The coffee by its colour."""
    await studio.view(300, 120, 260)
    await studio.tool("wand")
    options = studio.window.paint.options.select
    await studio.number(options.tolerance, tolerance)
    options.reach.set_value(reach)
    await studio.click((270, 165))
    studio.rest()


async def _rocket(studio: Studio, x: float, width: float) -> None:
    await studio.view(x, 250, width)
    await studio.tool("polygon")
    for place in ((310, 404), (310, 147), (322, 128), (334, 147), (334, 404)):
        await studio.click(place)
    studio.keys("Return")
    studio.rest()


async def grow(studio: Studio) -> None:
    await _coffee(studio)
    await studio.frame("The coffee")
    await _begin(studio, "grow", 60)
    await studio.frame("Shift+G: grow by 60")
    await _apply(studio)


async def shrink(studio: Studio) -> None:
    await studio.view(300, 118, 300)
    await studio.tool("ellipse")
    await studio.drag((174, 17), (408, 207))
    studio.rest()
    await studio.frame("The cup with its rim")
    await _begin(studio, "shrink", 45)
    await studio.frame("Shift+S: shrink by 45")
    await _apply(studio)


async def smooth(studio: Studio) -> None:
    await _crema(studio, 40, "touching")
    await studio.frame("By the wand: a ragged edge")
    await _begin(studio, "smooth", 16)
    await studio.frame("Shift+M: smooth over 16")
    await _apply(studio)


async def holes(studio: Studio) -> None:
    await _crema(studio, 40, "touching")
    await studio.frame("By the wand: full of holes")
    await _begin(studio, "holes", 400000)
    await studio.frame("Shift+O: fill holes up to 400000")
    await _apply(studio)


async def specks(studio: Studio) -> None:
    await _crema(studio, 40, "everywhere")
    await studio.frame("By the wand, everywhere: specks")
    await _begin(studio, "specks", 30000)
    await studio.frame("Shift+K: remove specks up to 30000")
    await _apply(studio)


async def invert(studio: Studio) -> None:
    await studio.view(320, 213, 530)
    await studio.tool("wand")
    await studio.number(studio.window.paint.options.select.tolerance, 36)
    await studio.move((250, 160))
    await studio.frame("The wand on the sky")
    await studio.click((250, 160))
    await studio.click((300, 20))
    await studio.click((390, 330))
    studio.rest()
    await studio.frame("The sky")
    await studio.action("area-invert")
    await studio.frame("Ctrl+I: all but the sky")


async def place(studio: Studio) -> None:
    await _rocket(studio, 345, 330)
    await studio.frame("The rocket")
    await studio.action("area-place")
    await studio.calm()
    await studio.press((322, 300))
    await studio.move((300, 330), (268, 352))
    await studio.frame("Ctrl+T, drag: move")
    await studio.release()
    await studio.drag((280, 456), (276, 420), (274, 400))
    await studio.calm()
    await studio.press(studio.round_handle())
    await studio.move((290, 236), (323, 230))
    await studio.frame("Corner: scale, knob: turn")
    await studio.release()
    studio.rest()
    await _apply(studio)


async def copy(studio: Studio) -> None:
    await _rocket(studio, 400, 400)
    await studio.frame("The rocket is area 1")
    await studio.action("area-copy")
    await studio.calm()
    with studio.holding(SHIFT):
        await studio.press((322, 300))
        await studio.move((280, 310), (241, 306))
        await studio.frame("Ctrl+D, Shift drag: straight")
        await studio.release()
    studio.rest()
    await _apply(studio)


SERIES = (
    Series("grow", "coffee", 3, grow, "corner"),
    Series("shrink", "coffee", 3, shrink, "corner"),
    Series("smooth", "coffee", 3, smooth, "corner"),
    Series("holes", "coffee", 3, holes, "corner"),
    Series("specks", "coffee", 3, specks, "corner"),
    Series("invert", "rocket", 3, invert),
    Series("place", "rocket", 4, place, "corner"),
    Series("copy", "rocket", 3, copy, "corner"),
)
