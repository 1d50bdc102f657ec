"""What a maker has set on the tools, kept from one start to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TypeVar

from desktop.ui.canvas.crop_draft import ASPECTS
from desktop.ui.canvas.look import LEAST_OPACITY
from desktop.ui.canvas.tools.modes import MODES
from desktop.ui.canvas.tools.options import LEAST_SIZE, MOST_SIZE, SMART_STARTS
from desktop.ui.canvas.tools.table import TOOLS
from desktop.ui.canvas.view import CanvasView
from desktop.ui.memory import Kept

Word = TypeVar("Word", bound=str)


def tools_kept(canvas: CanvasView) -> tuple[Kept, ...]:
    """Sizes, modes, the look and the chosen tool."""
    options = canvas.options

    def put_number(least: int, most: int, put: Callable[[int], None]) -> Callable[[str], None]:
        return lambda text: put(_number(text, least, most))

    def put_switch(put: Callable[[bool], None]) -> Callable[[str], None]:
        return lambda text: put(bool(_number(text, 0, 1)))

    def put_opacity(percent: int) -> None:
        canvas.set_look(replace(canvas.look, opacity=percent / 100))

    def put_hatch(hatch: bool) -> None:
        canvas.set_look(replace(canvas.look, hatch=hatch))

    sizes = (
        Kept(
            f"{tool}-size",
            partial(options.size, tool),
            put_number(LEAST_SIZE, MOST_SIZE, partial(options.set_size, tool)),
        )
        for tool in ("brush", "eraser", "smart")
    )
    return (
        *sizes,
        Kept("steady", lambda: options.steady, put_number(0, 100, options.set_steady)),
        Kept("pen-pressure", lambda: int(options.pressure), put_switch(options.set_pressure)),
        Kept("mode", lambda: options.mode, lambda text: options.set_mode(_one(text, dict(MODES)))),
        Kept("tolerance", lambda: options.tolerance, put_number(0, 255, options.set_tolerance)),
        Kept("contiguous", lambda: int(options.contiguous), put_switch(options.set_contiguous)),
        Kept(
            "smart-start",
            lambda: options.smart_start,
            lambda text: options.set_smart_start(_one(text, SMART_STARTS)),
        ),
        Kept(
            "crop-aspect",
            lambda: options.crop.aspect,
            lambda text: options.crop.set_aspect(None, _one(text, [key for key, _, _ in ASPECTS])),
        ),
        Kept(
            "opacity", lambda: round(100 * canvas.look.opacity), put_number(LEAST_OPACITY, 100, put_opacity)
        ),
        Kept("hatch", lambda: int(canvas.look.hatch), put_switch(put_hatch)),
        Kept(
            "chosen",
            lambda: canvas.tool_name,
            lambda text: canvas.set_tool(_one(text, [tool.name for tool in TOOLS])),
        ),
    )


def _number(text: str, least: int, most: int) -> int:
    number = int(text)
    if not least <= number <= most:
        raise ValueError(text)
    return number


def _one(text: str, known: Iterable[Word]) -> Word:
    for word in known:
        if word == text:
            return word
    raise ValueError(text)
