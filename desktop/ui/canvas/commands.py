"""What the canvas does by name: the commands of `tools.table.COMMANDS`, for keys, menus and the palette."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from desktop.core.edits import label_of
from desktop.ui.canvas.toolbox import ToolCanvas
from desktop.ui.canvas.tools.table import tool_row

_AREA = "area-"
_STEP = 10
"""Of opacity in percent, and of steadiness."""


def carry_out(canvas: ToolCanvas, name: str) -> None:
    """Carry out a command. Raises KeyError for an unknown one."""
    if name.startswith(_AREA):
        label = label_of(int(name.removeprefix(_AREA)))
        if canvas.tool is None or not canvas.tool.area_key(label):
            canvas.session.choose_area(label)
    else:
        _COMMANDS[name](canvas)


def _stepped(direction: int, *, coarse: bool = False) -> Callable[[ToolCanvas], None]:
    """A smaller or larger brush; a smaller or larger tolerance where the tool has one."""

    def step(canvas: ToolCanvas) -> None:
        row, options = tool_row(canvas.tool_name), canvas.options
        if row.size:
            options.step_size(row.name, direction, coarse=coarse)
        elif row.tolerance:
            options.set_tolerance(options.tolerance + direction * (10 if coarse else 2))

    return step


def _steadied(by: int) -> Callable[[ToolCanvas], None]:
    def step(canvas: ToolCanvas) -> None:
        canvas.options.set_steady(canvas.options.steady + by)

    return step


_COMMANDS: dict[str, Callable[[ToolCanvas], None]] = {
    "fit": lambda canvas: canvas.fit(),
    "actual-size": lambda canvas: canvas.actual_size(),
    "fit-area": lambda canvas: canvas.fit_area(),
    "zoom-in": lambda canvas: canvas.zoom_in(),
    "zoom-out": lambda canvas: canvas.zoom_out(),
    "hide-overlay": lambda canvas: canvas.set_look(replace(canvas.look, hidden=not canvas.look.hidden)),
    "mask-only": lambda canvas: canvas.set_look(replace(canvas.look, solid=not canvas.look.solid)),
    "hatch": lambda canvas: canvas.set_look(replace(canvas.look, hatch=not canvas.look.hatch)),
    "fainter": lambda canvas: canvas.set_look(canvas.look.fainter(_STEP)),
    "stronger": lambda canvas: canvas.set_look(canvas.look.fainter(-_STEP)),
    "steadier": _steadied(_STEP),
    "less-steady": _steadied(-_STEP),
    "smaller": _stepped(-1),
    "larger": _stepped(1),
    "much-smaller": _stepped(-1, coarse=True),
    "much-larger": _stepped(1, coarse=True),
    "swap": lambda canvas: canvas.swap_eraser(),
}
