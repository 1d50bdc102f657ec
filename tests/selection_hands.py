"""A canvas with a photograph that is painted to a plan, and waiting for what its tools work out in a thread."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QCoreApplication, QEventLoop

from desktop.imaging.pyramid import picture_levels
from desktop.ui.canvas.draft import Draft
from desktop.ui.canvas.tools.draft_tool import DraftTool
from desktop.ui.canvas.view import CanvasView


def show(view: CanvasView, picture: npt.NDArray[np.uint8]) -> None:
    """Give the canvas this picture."""
    view.set_levels(dict(enumerate(picture_levels(picture))))


def draft_of(view: CanvasView) -> Draft:
    """The draft of the chosen tool."""
    tool = view.tool
    assert isinstance(tool, DraftTool)
    return tool.draft


def finish(draft: Draft) -> None:
    """Let the event loop turn until the newest result is on the map, or the draft is over."""
    while draft.active and draft.running:
        turn()
    QCoreApplication.processEvents()


def turn() -> None:
    """Wait for the next event and handle what has come. Looking all the time would keep the thread that works from
    Python's lock."""
    QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
