"""Paths, the picture's crop and exchange, masks from elsewhere, and ways to look."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtWidgets import QApplication

from tests.series.studio import ENLARGED, Studio
from tests.series.table import Series

ROCKET = ((310.0, 404.0), (310.0, 147.0), (322.0, 128.0), (334.0, 147.0), (334.0, 404.0))
SAUCER, CUP, COFFEE = (78, 70, 478, 388), (172, 17, 410, 250), (203, 91, 369, 199)


async def path(studio: Studio) -> None:
    await studio.view(352, 205, 362)
    await studio.tool("polygon")
    for place in ROCKET:
        await studio.click(place)
    studio.keys("Return")
    await studio.tool("path")
    await studio.press((322, 270))
    await studio.move((324, 200), (330, 150), (345, 100), (370, 60))
    await studio.frame("Drag: draw where it goes")
    await studio.move((420, 30))
    await studio.release()
    await studio.move((322, 250))
    await studio.frame("The points that are sent, and when")
    await studio.press((420, 30))
    await studio.move((410, 50), (392, 76))
    await studio.frame("Drag a point to move it")
    await studio.release()
    studio.rest()
    await studio.frame("The path")


async def crop(studio: Studio) -> None:
    await studio.view(300, 200, 640)
    await studio.tool("crop")
    await studio.frame("Crop: the frame")
    await studio.press((600, 400))
    await studio.move((540, 370), (500, 396))
    await studio.frame("Drag a corner")
    await studio.release()
    studio.window.paint.crop_bar.aspect.set_value("16:9")
    await studio.drag((290, 200), (282, 230))
    await studio.frame("Hold it to 16:9")
    await studio.hands.go_to(studio.canvas)
    studio.keys("Return")
    await studio.tool("brush")
    studio.rest()
    await studio.frame("Enter crops")


async def align(studio: Studio) -> None:
    await studio.view(256, 200, 520)
    await studio.tool("smart")
    await studio.drag((14, 8), (366, 511))
    studio.keys("Return")
    studio.rest()
    await studio.frame("Painted on one picture")
    with Image.open(studio.photograph("astronaut")) as image:
        part = image.crop((0, 0, image.width, round(0.8 * image.height)))
        other = studio.scratch / "wide.jpg"
        part.resize((1800, round(1800 * part.height / part.width))).save(other, quality=95)
    studio.hands.act("replace-picture")
    await studio.hands.choose_file(other)
    await studio.hands.opened(1800)
    await studio.hands.until(lambda: studio.canvas.tool_name == "align", "the align tool")
    for toast in studio.window.toasts.toasts():
        toast.close_now()
    await studio.view(300, 240, 620)
    await studio.frame("Replace it by one of another aspect")
    draft = studio.canvas.options.align
    frame = draft.frame
    left, top = frame.left / ENLARGED, frame.top / ENLARGED
    await studio.drag((300, 240), (300 - left, 240 - top))
    frame = draft.frame
    await studio.press((frame.right / ENLARGED, frame.bottom / ENLARGED))
    await studio.move((560, 560), (600, 600))
    await studio.frame("Drag; a corner scales")
    await studio.release()
    await studio.hands.go_to(studio.canvas)
    studio.keys("Return")
    await studio.hands.until(lambda: draft.laid(studio.session.shot) is None, "the masks to be laid")
    studio.rest()
    await studio.frame("Enter lays them there")


def label_image(file: Path) -> None:
    """What LabelMe and its like write: every thing of the coffee photograph in a colour of its own."""
    image = Image.new("P", (600, 400), 0)
    image.putpalette([0, 0, 0, 128, 0, 0, 0, 128, 0, 128, 128, 0])
    draw = ImageDraw.Draw(image)
    for index, box in enumerate((SAUCER, CUP, COFFEE), start=1):
        draw.ellipse(box, fill=index)
    image.save(file)


async def masks_in(studio: Studio) -> None:
    await studio.view(300, 200, 740)
    file = studio.scratch / "labels.png"
    label_image(file)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file))])
    assert studio.hands.drop(mime, studio.canvas)
    masks = studio.window.masks
    await studio.hands.until(lambda: masks.card is not None, "the card")
    await studio.frame("Drop a label image on it")
    studio.keys("Return")
    await studio.hands.until(lambda: studio.session.undo_title == "Import areas", "the areas")
    await studio.frame("Every colour is an area")


async def looks(studio: Studio) -> None:
    await studio.view(285, 190, 430)
    await studio.tool("ellipse")
    for number, box in ((0, SAUCER), (1, CUP), (2, COFFEE)):
        await studio.action(f"canvas-area-{number}")
        await studio.drag((box[0], box[1]), (box[2], box[3]))
    studio.rest()
    await studio.frame("Hold still, area 1 and area 2")
    await studio.action("canvas-hatch")
    await studio.frame("Shift+H: no hatch")
    await studio.action("canvas-hatch")
    look = studio.window.paint.options.look
    studio.hands.click(look)
    await studio.hands.until(look.popover.isVisible, "the popover")
    await studio.number(look.popover.opacity, 40)
    await studio.frame("Opacity 40 %")
    popup = QApplication.activePopupWidget()
    assert popup is look.popover
    popup.close()
    await studio.action("canvas-mask-only")
    await studio.frame("M: the masks alone")


async def hand(studio: Studio) -> None:
    await studio.view(285, 190, 300)
    await studio.tool("hand")
    await studio.press((250, 240))
    await studio.frame("Hand: take hold")
    await studio.move((330, 180))
    await studio.release()
    await studio.frame("Drag; or Space and drag in any tool")


async def zoom(studio: Studio) -> None:
    await studio.view(225, 150, 500)
    await studio.tool("zoom")
    await studio.press((128, 78))
    await studio.move((230, 150))
    await studio.frame("Zoom: drag around a part")
    await studio.release()
    studio.rest()
    await studio.frame("It fills the view")


SERIES = (
    Series("path", "rocket", 4, path),
    Series("crop", "coffee", 4, crop),
    Series("align", "astronaut", 4, align),
    Series("masks-in", "coffee", 2, masks_in, "foot"),
    Series("looks", "coffee", 4, looks, "corner"),
    Series("hand", "coffee", 2, hand),
    Series("zoom", "chelsea", 2, zoom),
)
