"""Makes the tools of a canvas. Brings in OpenCV, so it is imported only once a picture is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from desktop.ui.canvas.tools.align import AlignTool
from desktop.ui.canvas.tools.base import Stage, Tool
from desktop.ui.canvas.tools.brush import BrushTool, EraserTool
from desktop.ui.canvas.tools.crop import CropTool
from desktop.ui.canvas.tools.fill import FillTool
from desktop.ui.canvas.tools.magnet import MagnetTool
from desktop.ui.canvas.tools.moving import HandTool, ZoomTool
from desktop.ui.canvas.tools.outline import PolygonTool
from desktop.ui.canvas.tools.path import PathTool
from desktop.ui.canvas.tools.shapes import EllipseTool, LassoTool, RectangleTool
from desktop.ui.canvas.tools.smart import SmartTool
from desktop.ui.canvas.tools.wand import WandTool

_KINDS: Mapping[str, Callable[[Stage], Tool]] = {
    "brush": BrushTool,
    "eraser": EraserTool,
    "rectangle": RectangleTool,
    "ellipse": EllipseTool,
    "lasso": LassoTool,
    "polygon": PolygonTool,
    "smart": SmartTool,
    "magnet": MagnetTool,
    "wand": WandTool,
    "fill": FillTool,
    "path": PathTool,
    "crop": CropTool,
    "align": AlignTool,
    "hand": HandTool,
    "zoom": ZoomTool,
}


def make_tools(stage: Stage) -> dict[str, Tool]:
    """One of each tool in `table.TOOLS`, by name."""
    return {name: kind(stage) for name, kind in _KINDS.items()}
