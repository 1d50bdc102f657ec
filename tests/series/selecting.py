"""Smart select, magnet, wand and fill."""

from __future__ import annotations

from tests.series.studio import Place, Studio
from tests.series.table import Series

RIM: tuple[Place, ...] = (
    (174, 108),
    (222, 34),
    (300, 17),
    (380, 45),
    (408, 118),
    (370, 180),
    (285, 207),
    (205, 170),
)
"""Around the rim of the cup."""


async def smart(studio: Studio) -> None:
    await studio.view(256, 256, 512)
    await studio.tool("smart")
    await studio.press((16, 8))
    await studio.move((366, 511))
    await studio.frame("Drag a box around it")
    await studio.release()
    await studio.move((420, 300))
    await studio.frame("What was found")
    studio.canvas.options.set_size("smart", 60)
    await studio.press((150, 205))
    await studio.move((185, 240), (250, 262), (282, 235), (232, 215))
    await studio.frame("Drag: this belongs to it")
    await studio.release()
    await studio.drag((170, 490), (120, 500))
    studio.keys("Return")
    studio.rest()
    await studio.frame("Enter keeps it")


async def scribble(studio: Studio) -> None:
    await studio.view(225, 150, 451)
    await studio.tool("smart")
    studio.window.paint.options.select.start.set_value("scribble")
    await studio.press((70, 40))
    await studio.move(
        (150, 30), (270, 40), (310, 110), (250, 240), (180, 215), (120, 130), (60, 150), (60, 250)
    )
    await studio.frame("Scribble on it")
    await studio.release()
    await studio.frame("What was found")
    await studio.drag((345, 60), (350, 150), (320, 240), (260, 285))
    await studio.drag((40, 200), (30, 260))
    studio.keys("Return")
    studio.rest()
    await studio.frame("Two strokes more; Enter keeps it")


async def magnet(studio: Studio) -> None:
    await studio.view(292, 163, 290)
    await studio.tool("magnet")
    await studio.click(RIM[0])
    await studio.move(RIM[1], RIM[2])
    await studio.frame("Click once, then move")
    for place in RIM[2::2]:
        await studio.click(place)
    await studio.move((210, 160))
    await studio.frame("A click where it shall pass")
    await studio.move(RIM[0])
    await studio.frame("The first place closes it")
    await studio.click(RIM[0])
    studio.rest()
    await studio.frame("The area")


async def wand(studio: Studio) -> None:
    await studio.view(320, 213, 530)
    await studio.tool("wand")
    await studio.click((250, 160))
    await studio.frame("Click: this colour, touching")
    await studio.click((300, 20))
    await studio.click((390, 290))
    await studio.click((150, 300))
    await studio.frame("Three clicks more")
    studio.window.paint.options.select.reach.set_value("everywhere")
    for place in ((250, 160), (300, 20), (390, 290)):
        await studio.click(place)
    await studio.frame("Everywhere: between the struts too")


async def fill(studio: Studio) -> None:
    await studio.view(393, 425, 235)
    await studio.tool("brush")
    studio.canvas.options.set_size("brush", 16)
    line = [(278, 511), (279, 460), (290, 415), (312, 378), (350, 352), (395, 344), (440, 354), (474, 384), (490, 425),
            (494, 470), (492, 511)]  # fmt: skip
    await studio.press(line[0])
    await studio.move(*line[1:])
    await studio.frame("An outline with the brush")
    await studio.release()
    await studio.tool("fill")
    await studio.move((390, 440))
    await studio.frame("Fill: click inside")
    await studio.click((390, 440))
    studio.rest()
    await studio.frame("The area")


SERIES = (
    Series("smart", "astronaut", 4, smart),
    Series("scribble", "chelsea", 3, scribble),
    Series("magnet", "coffee", 4, magnet),
    Series("wand", "rocket", 3, wand),
    Series("fill", "astronaut", 3, fill),
)
