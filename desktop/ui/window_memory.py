"""Where the window's parts were, and what was set on them: kept from one start to the next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings

from desktop.ui.tool_memory import recall, remember

if TYPE_CHECKING:
    from desktop.ui.main_window import MainWindow

LAYOUT_VERSION = 1
_FOLDS = {"0": False, "1": True}


class WindowMemory:
    """Reads and writes one file. What is damaged in it, or not there, is left as it is at the first start."""

    def __init__(self, file: Path) -> None:
        self._settings = QSettings(str(file), QSettings.Format.IniFormat)

    def keep(self, window: MainWindow) -> None:
        """Write down how the window is left."""
        settings, folded = self._settings, window.jobs.wanted_folded
        settings.setValue("geometry", window.saveGeometry())
        settings.setValue(f"layout-{LAYOUT_VERSION}", window.saveState(LAYOUT_VERSION))
        remember(window.paint.canvas, settings)
        settings.setValue("navigator", int(window.paint.navigator.wanted))
        settings.setValue("jobs-folded", "" if folded is None else str(int(folded)))
        settings.setValue("jobs-unseen", str(int(window.jobs.folded)))
        settings.sync()

    def restore(self, window: MainWindow) -> None:
        """Bring back what was kept."""
        settings = self._settings
        geometry, layout = settings.value("geometry"), settings.value(f"layout-{LAYOUT_VERSION}")
        if isinstance(geometry, QByteArray):
            window.restoreGeometry(geometry)
        window.jobs.restore_folded(
            _FOLDS.get(str(settings.value("jobs-folded"))),
            until_known=_FOLDS.get(str(settings.value("jobs-unseen")), True),
        )
        if isinstance(layout, QByteArray):
            window.restoreState(layout, LAYOUT_VERSION)
        recall(window.paint.canvas, settings)
        if str(settings.value("navigator", 1)) == "0":
            window.actions_["navigator"].trigger()
