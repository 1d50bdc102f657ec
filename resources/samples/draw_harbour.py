"""Draw the sample shot "Harbour at dawn": the picture, its masks and its paths, all our own work.

    python resources/samples/draw_harbour.py

writes picture.jpg (3840 x 2160), still.png, 1.png, 2.png and paths.json into harbour/.
The picture carries brush-like texture everywhere, so that motion in a video of it can be measured.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 3840, 2160
HORIZON = 1300
OUT = Path(__file__).parent / "harbour"

Pixels = npt.NDArray[np.float32]
Polygon = list[tuple[float, float]]

FAR_RANGE: Polygon = [
    (0, 1200), (480, 927), (840, 1078), (1320, 783), (1725, 1070), (2080, 958),
    (2408, 1168), (2800, 1042), (3320, 1200), (3840, 1042), (3840, HORIZON), (0, HORIZON),
]  # fmt: skip
NEAR_RANGE: Polygon = [
    (0, 1260), (540, 1115), (1060, 1200), (1620, 1150), (2200, 1250), (2900, 1210), (3840, 1275),
    (3840, HORIZON), (0, HORIZON),
]  # fmt: skip
PIER: Polygon = [(0, 1880), (1005, 1808), (1045, 1875), (1000, 2160), (0, 2160)]
POSTS = [(160, 1717), (520, 1697), (880, 1668)]
HULL: Polygon = [(1543, 1578), (2105, 1578), (2010, 1718), (1640, 1718)]
SAIL_LEFT: Polygon = [(1815, 1010), (1570, 1530), (1815, 1565)]
SAIL_RIGHT: Polygon = [(1862, 1060), (1862, 1555), (2050, 1525)]
MAST: Polygon = [(1820, 1000), (1850, 1000), (1850, 1585), (1820, 1585)]
CLOUDS = [(420, 300, 1020, 460), (760, 215, 1380, 400), (1120, 270, 1720, 450)]
FAR_CLOUD = (2570, 225, 3520, 340)


def main() -> None:
    """Write every file of the sample."""
    OUT.mkdir(exist_ok=True)
    random = np.random.default_rng(2026)
    canvas = _sky()
    canvas = _over(canvas, _soft(_ellipses([FAR_CLOUD]), 26), (240, 195, 175), 0.85)
    canvas = _over(canvas, _soft(_ellipses(CLOUDS), 34), (238, 196, 186), 0.9)
    canvas = _over(canvas, _soft(_polygon(FAR_RANGE), 1.5), (96, 76, 116), 1.0)
    canvas = _over(canvas, _soft(_polygon(NEAR_RANGE), 1.5), (66, 56, 96), 1.0)
    canvas = _water(canvas)
    for shape, colour in ((HULL, (32, 25, 41)), (SAIL_LEFT, (244, 229, 212)), (SAIL_RIGHT, (226, 202, 190))):
        canvas = _over(canvas, _soft(_polygon(shape), 1.2), colour, 1.0)
    canvas = _over(canvas, _soft(_polygon(MAST), 1.0), (44, 34, 50), 1.0)
    for x, top in POSTS:
        canvas = _over(
            canvas,
            _soft(_polygon([(x, top), (x + 40, top), (x + 40, 1900), (x, 1900)]), 1.0),
            (16, 14, 26),
            1.0,
        )
    canvas = _over(canvas, _soft(_polygon(PIER), 1.2), (24, 21, 36), 1.0)
    canvas *= 1 + _texture(random)[:, :, None]
    picture = Image.fromarray(np.clip(canvas, 0, 255).astype(np.uint8))
    picture.save(OUT / "picture.jpg", quality=88, subsampling=0, optimize=True)

    boat = _polygon(
        [(1800, 985), (1868, 985), (2075, 1545), (2125, 1565), (2020, 1730), (1630, 1730), (1525, 1570)]
    )
    cloud = _ellipses([(x0 - 45, y0 - 35, x1 + 45, y1 + 35) for x0, y0, x1, y1 in CLOUDS])
    land = np.maximum.reduce([_polygon(FAR_RANGE), _polygon(PIER), *(_post(x, top) for x, top in POSTS)])
    land[boat > 0] = 0
    for name, mask in (("still", land), ("1", boat), ("2", cloud)):
        Image.fromarray(mask).save(OUT / f"{name}.png", optimize=True)
    paths = {
        "1": [[1835, 1400], [1370, 1415], [1040, 1390], [760, 1430], [540, 1560]],
        "2": [[1070, 370], [1480, 275], [1860, 240], [2300, 165]],
    }
    (OUT / "paths.json").write_text(json.dumps(paths) + "\n", encoding="utf-8")


def _sky() -> Pixels:
    rows = np.linspace(0, 1, HEIGHT, dtype=np.float32)
    stops = [0.0, 0.25, 0.42, 0.56, 0.6, 0.75, 1.0]
    colours = np.array(
        [
            (38, 42, 84),
            (96, 72, 122),
            (190, 104, 116),
            (246, 160, 120),
            (232, 150, 122),
            (92, 76, 118),
            (22, 26, 62),
        ],
        np.float32,
    )
    column = np.stack([np.interp(rows, stops, colours[:, channel]) for channel in range(3)], axis=1)
    canvas = np.repeat(column[:, None, :], WIDTH, axis=1).astype(np.float32)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    away = np.hypot(x - 2555, (y - 1160) * 1.1)
    glow = np.exp(-((away / 620) ** 2))[:, :, None]
    canvas = canvas * (1 - 0.75 * glow) + np.array((255, 222, 160), np.float32) * 0.75 * glow
    disc = (1 / (1 + np.exp(np.clip((away - 128) / 3, -30, 30))))[:, :, None]
    return (canvas * (1 - disc) + np.array((255, 241, 208), np.float32) * disc).astype(np.float32)


def _water(canvas: Pixels) -> Pixels:
    """The lower part: the sky mirrored and darkened, with streaks of sunlight."""
    depth = HEIGHT - HORIZON
    mirrored = canvas[HORIZON - depth : HORIZON][::-1]
    shade = np.linspace(0.92, 0.35, depth, dtype=np.float32)[:, None, None]
    canvas[HORIZON:] = mirrored * shade * 0.55 + canvas[HORIZON:] * 0.45
    streaks = [(2700, 1335, 340), (2640, 1400, 470), (2680, 1475, 330), (2590, 1565, 560), (2740, 1670, 270)]
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    for x, y, half in streaks:
        mask = np.maximum(mask, _ellipses([(x - half // 2, y - 9, x + half // 2, y + 9)]))
    return _over(canvas, _soft(mask, 6), (255, 214, 160), 0.7)


def _texture(random: np.random.Generator) -> Pixels:
    """Grain and strokes of three sizes, a few per cent of the brightness."""
    total = np.zeros((HEIGHT, WIDTH), np.float32)
    for cell, strength in ((96, 0.03), (24, 0.02), (6, 0.025)):
        coarse = random.standard_normal((HEIGHT // cell + 2, WIDTH // cell + 2)).astype(np.float32)
        image = Image.fromarray(coarse).resize(
            ((WIDTH // cell + 2) * cell, (HEIGHT // cell + 2) * cell), Image.Resampling.BICUBIC
        )
        total += np.asarray(image)[:HEIGHT, :WIDTH] * strength
    return total


def _post(x: float, top: float) -> npt.NDArray[np.uint8]:
    return _polygon([(x, top), (x + 40, top), (x + 40, 1900), (x, 1900)])


def _polygon(points: Polygon) -> npt.NDArray[np.uint8]:
    image = Image.new("L", (WIDTH, HEIGHT))
    ImageDraw.Draw(image).polygon(points, fill=255)
    return np.array(image)


def _ellipses(boxes: list[tuple[int, int, int, int]]) -> npt.NDArray[np.uint8]:
    image = Image.new("L", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(image)
    for box in boxes:
        draw.ellipse(box, fill=255)
    return np.array(image)


def _soft(mask: npt.NDArray[np.uint8], radius: float) -> npt.NDArray[np.uint8]:
    return np.array(Image.fromarray(mask).filter(ImageFilter.GaussianBlur(radius)))


def _over(
    canvas: Pixels, mask: npt.NDArray[np.uint8], colour: tuple[int, int, int], strength: float
) -> Pixels:
    alpha = (mask.astype(np.float32) / 255 * strength)[:, :, None]
    return (canvas * (1 - alpha) + np.array(colour, np.float32) * alpha).astype(np.float32)


if __name__ == "__main__":
    main()
