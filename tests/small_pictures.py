"""Pictures of the window for the documentation, written with 256 colours: a third of the bytes."""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path

from PIL import Image, ImageColor

from desktop.ui.theme import area_color
from desktop.ui.tokens import DARK, LIGHT


def make_small(file: Path, *, light: bool = False) -> None:
    """Write a picture again with 256 colours, the window's own among them."""
    values = [*astuple(LIGHT if light else DARK)[1:], *map(area_color, range(1, 7))]
    own = [ImageColor.getrgb(value) for value in values]
    with Image.open(file) as picture:
        whole = picture.convert("RGB")
    most = whole.quantize(256 - len(own), Image.Quantize.MEDIANCUT).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([*(part for colour in own for part in colour[:3]), *most[: 3 * (256 - len(own))]])
    whole.quantize(palette=palette, dither=Image.Dither.NONE).save(file, optimize=True)
