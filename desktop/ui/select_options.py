"""What wand and smart select can be told, in the bar above the picture."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.ui.canvas.tools.options import SmartStart, ToolOptions
from desktop.ui.canvas.tools.table import ToolRow
from desktop.ui.controls import Segmented, SliderNumber
from desktop.ui.tokens import SPACE

_STARTS: tuple[tuple[SmartStart, str], ...] = (("box", "Box"), ("scribble", "Scribble"))


class SelectOptions(QWidget):
    """Tolerance and reach of the wand, the first drag of smart select; each shown with its tool."""

    def __init__(self, options: ToolOptions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._options = options
        self.tolerance = SliderNumber("Tolerance", 0, 255, options.tolerance)
        self.tolerance.set_hint("How far red, green and blue may each be from the pixel you click  [ ]")
        self.reach = Segmented(
            (("touching", "Touching"), ("everywhere", "Everywhere")), "Where the wand looks"
        )
        self.reach.setToolTip("Only what hangs together with the pixel you click, or that colour anywhere")
        self.start = Segmented(_STARTS, "What the first drag draws")
        self.start.setToolTip("Drag a box around the thing, or scribble on it")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4 * SPACE)
        for widget in (self.tolerance, self.reach, self.start):
            layout.addWidget(widget)
        self.tolerance.value_changed.connect(options.set_tolerance)
        self.reach.changed.connect(self._reach_chosen)
        self.start.changed.connect(self._start_chosen)

    def show_tool(self, tool: ToolRow) -> None:
        """Show what this tool has."""
        options, smart = self._options, tool.name == "smart"
        self.tolerance.setVisible(tool.tolerance)
        self.reach.setVisible(tool.tolerance)
        self.start.setVisible(smart)
        self.setVisible(tool.tolerance or smart)
        self.tolerance.set_value(options.tolerance)
        self.reach.set_value("touching" if options.contiguous else "everywhere")
        self.start.set_value(options.smart_start)

    def _reach_chosen(self, key: str) -> None:
        self._options.set_contiguous(key == "touching")

    def _start_chosen(self, key: str) -> None:
        for start, _ in _STARTS:
            if start == key:
                self._options.set_smart_start(start)
