"""Every tool and every command of the canvas: name, title, shortcut and icon, in the order of the tool strip.

The main window makes its actions, menus and tooltips from these tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from desktop.ui.canvas.tools.modes import Mode

Group = Literal["paint", "shape", "select", "path", "picture", "view"]


@dataclass(frozen=True, slots=True)
class ToolRow:
    """One tool. ``modes`` are those of add, take away, keep inside that apply; ``size`` and
    ``tolerance`` say which of the two it has."""

    name: str
    title: str
    shortcut: str
    icon: str
    group: Group
    modes: tuple[Mode, ...] = ()
    size: bool = False
    tolerance: bool = False

    @property
    def paints(self) -> bool:
        """Whether it changes areas or paths."""
        return self.group in ("paint", "shape", "select", "path")


_ALL: tuple[Mode, ...] = ("add", "take", "keep")

TOOLS: tuple[ToolRow, ...] = (
    ToolRow("brush", "Brush", "B", "brush", "paint", ("add", "take"), True),
    ToolRow("eraser", "Eraser", "E", "eraser", "paint", size=True),
    ToolRow("rectangle", "Rectangle", "R", "rectangle", "shape", modes=_ALL),
    ToolRow("ellipse", "Ellipse", "O", "ellipse", "shape", modes=_ALL),
    ToolRow("lasso", "Lasso", "L", "lasso", "shape", modes=_ALL),
    ToolRow("polygon", "Polygon", "P", "polygon", "shape", modes=_ALL),
    ToolRow("smart", "Smart select", "S", "sparkle", "select", _ALL, True),
    ToolRow("magnet", "Magnet", "D", "magnet", "select", _ALL),
    ToolRow("wand", "Wand", "W", "wand", "select", _ALL, tolerance=True),
    ToolRow("fill", "Fill", "G", "bucket", "select", ("add", "take")),
    ToolRow("path", "Path", "T", "path", "path"),
    ToolRow("crop", "Crop", "C", "crop", "picture"),
    ToolRow("align", "Align the masks", "A", "align", "picture"),
    ToolRow("hand", "Hand", "V", "hand", "view"),
    ToolRow("zoom", "Zoom", "Z", "zoom", "view"),
)


@dataclass(frozen=True, slots=True)
class CommandRow:
    """One command of the canvas: ``CanvasView.run(name)`` carries it out."""

    name: str
    title: str
    shortcuts: tuple[str, ...]
    icon: str = ""


COMMANDS: tuple[CommandRow, ...] = (
    CommandRow("fit", "Fit the picture", ("F", "Ctrl+0"), "fit"),
    CommandRow("actual-size", "Actual size", ("Ctrl+1",)),
    CommandRow("fit-area", "Fit the area", ("Shift+F",)),
    CommandRow("zoom-in", "Zoom in", ("+", "=", "Ctrl++", "Ctrl+="), "zoom"),
    CommandRow("zoom-out", "Zoom out", ("-", "Ctrl+-"), "zoom-out"),
    CommandRow("hide-overlay", "Hide the areas", ("H",), "eye-closed"),
    CommandRow("mask-only", "Masks only", ("M",), "areas"),
    CommandRow("hatch", "Hatch the areas", ("Shift+H",)),
    CommandRow("fainter", "Areas fainter", (",",)),
    CommandRow("stronger", "Areas stronger", (".",)),
    CommandRow("smaller", "Smaller brush", ("[",), "minus"),
    CommandRow("larger", "Larger brush", ("]",), "plus"),
    CommandRow("much-smaller", "Much smaller brush", ("{", "Shift+[")),
    CommandRow("much-larger", "Much larger brush", ("}", "Shift+]")),
    CommandRow("steadier", "Steadier", (">", "Shift+.")),
    CommandRow("less-steady", "Less steady", ("<", "Shift+,")),
    CommandRow("swap", "Swap brush and eraser", ("X",), "swap"),
    *(
        CommandRow(
            f"area-{number}", "Choose Hold still" if number == 0 else f"Choose area {number}", (str(number),)
        )
        for number in range(7)
    ),
)


def tool_row(name: str) -> ToolRow:
    """The row of a tool. Raises KeyError for an unknown name."""
    for row in TOOLS:
        if row.name == name:
            return row
    raise KeyError(name)
