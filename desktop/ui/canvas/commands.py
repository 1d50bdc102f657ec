"""What the canvas does by name: the commands of `tools.table.COMMANDS`, for keys, menus and the palette."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from desktop.core.edits import label_of
from desktop.ui.canvas.tools.table import tool_row

if TYPE_CHECKING:
    from desktop.ui.canvas.view import CanvasView
    from desktop.ui.session import Session

_AREA = "area-"
_PAINTING = ("paint", "shape", "select", "path")
_STEP = 10
"""Of opacity in percent, and of steadiness."""


def carry_out(view: CanvasView, name: str) -> None:
    """Carry out a command. Raises KeyError for an unknown one."""
    if name.startswith(_AREA):
        label = label_of(int(name.removeprefix(_AREA)))
        if view.tool is None or not view.tool.area_key(label):
            view.session.choose_area(label)
    else:
        _COMMANDS[name](view)


def paints(tool: str, *, active: bool = False) -> bool:
    """Whether a tool changes areas or paths; with ``active`` only those of the chosen area."""
    row = tool_row(tool)
    return row.group in _PAINTING and not (active and tool == "eraser")


def locked_title(session: Session, tool: str) -> str:
    """What the chosen area is called, if it is locked and the tool would change it; else nothing."""
    shot = session.shot
    area = None if shot is None or not paints(tool, active=True) else shot.area(session.active_label)
    return area.title if area is not None and area.locked else ""


def locked_hints(title: str) -> list[tuple[str, str]]:
    """What the status bar says instead of what the tool would do."""
    return [(f"{title} is locked", "unlock it to paint"), ("Space", "pan")]


def _stepped(direction: int, *, coarse: bool = False) -> Callable[[CanvasView], None]:
    """A smaller or larger brush; a smaller or larger tolerance where the tool has one."""

    def step(view: CanvasView) -> None:
        row, options = tool_row(view.tool_name), view.options
        if row.size:
            options.step_size(row.name, direction, coarse=coarse)
        elif row.tolerance:
            options.set_tolerance(options.tolerance + direction * (10 if coarse else 2))

    return step


def _steadied(by: int) -> Callable[[CanvasView], None]:
    def step(view: CanvasView) -> None:
        view.options.set_steady(view.options.steady + by)

    return step


_COMMANDS: dict[str, Callable[[CanvasView], None]] = {
    "fit": lambda view: view.fit(),
    "actual-size": lambda view: view.actual_size(),
    "fit-area": lambda view: view.fit_area(),
    "zoom-in": lambda view: view.zoom_in(),
    "zoom-out": lambda view: view.zoom_out(),
    "hide-overlay": lambda view: view.set_look(replace(view.look, hidden=not view.look.hidden)),
    "mask-only": lambda view: view.set_look(replace(view.look, solid=not view.look.solid)),
    "hatch": lambda view: view.set_look(replace(view.look, hatch=not view.look.hatch)),
    "fainter": lambda view: view.set_look(view.look.fainter(_STEP)),
    "stronger": lambda view: view.set_look(view.look.fainter(-_STEP)),
    "steadier": _steadied(_STEP),
    "less-steady": _steadied(-_STEP),
    "smaller": _stepped(-1),
    "larger": _stepped(1),
    "much-smaller": _stepped(-1, coarse=True),
    "much-larger": _stepped(1, coarse=True),
    "swap": lambda view: view.swap_eraser(),
}
