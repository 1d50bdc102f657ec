"""Where the window's parts were, and what was set on them: what is kept from one start to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import SignalInstance

from desktop.ui.memory import Kept, state_kept
from desktop.ui.tool_memory import tools_kept

if TYPE_CHECKING:
    from desktop.ui.jobs.dock import JobsDock
    from desktop.ui.main_window import MainWindow

LAYOUT_VERSION = 1
_FOLDS = {"": None, "0": False, "1": True}


def window_kept(window: MainWindow) -> tuple[Kept, ...]:
    """What is kept of a window, in the order it is brought back."""
    shown = window.actions_["navigator"]
    return (
        state_kept("geometry", window.saveGeometry, window.restoreGeometry),
        _folding(window.jobs),
        state_kept(
            f"layout-{LAYOUT_VERSION}",
            lambda: window.saveState(LAYOUT_VERSION),
            lambda state: window.restoreState(state, LAYOUT_VERSION),
        ),
        Kept("navigator", lambda: int(shown.isChecked()), lambda text: shown.setChecked(text != "0")),
        *tools_kept(window.paint.canvas),
    )


def changes(window: MainWindow) -> tuple[SignalInstance, ...]:
    """What tells that some of it is another now."""
    canvas = window.paint.canvas
    options = canvas.options
    return (
        options.changed,
        options.crop.changed,
        canvas.look_changed,
        canvas.tool_changed,
        window.actions_["navigator"].toggled,
        window.jobs.folded_changed,
    )


def _folding(jobs: JobsDock) -> Kept:
    """What the person chose for the list of jobs (perhaps nothing), and how it stood."""

    def get() -> str:
        wanted = jobs.wanted_folded
        return f"{'' if wanted is None else int(wanted)}/{int(jobs.folded)}"

    def put(text: str) -> None:
        wanted, _, stood = text.partition("/")
        if wanted not in _FOLDS:
            raise ValueError(text)
        jobs.restore_folded(_FOLDS[wanted], until_known=stood != "0")

    return Kept("jobs-folded", get, put)
