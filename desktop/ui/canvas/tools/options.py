"""What the user has set for the tools; shown in the bar above the picture and remembered."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QObject, Signal

from desktop.ui.canvas.align_draft import AlignDraft
from desktop.ui.canvas.crop_draft import CropDraft
from desktop.ui.canvas.tools.modes import Mode

LEAST_SIZE, MOST_SIZE = 1, 2000
"""Diameter of brush, eraser and the strokes of smart select in image pixels."""

SmartStart = Literal["box", "scribble"]
"""What the first drag of smart select draws."""

SMART_STARTS: tuple[SmartStart, ...] = ("box", "scribble")


class ToolOptions(QObject):
    """Sizes are diameters in image pixels, ``steady`` is 0 to 100."""

    changed = Signal()
    size_chosen = Signal(str)
    """A hand is setting the size of this tool: time to show it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.crop = CropDraft(self)
        self.align = AlignDraft(self)
        self._sizes = {"brush": 80, "eraser": 80, "smart": 40}
        self._steady = 20
        self._mode: Mode = "add"
        self._pressure = True
        self._tolerance = 24
        self._contiguous = True
        self._smart_start: SmartStart = "box"

    def size(self, tool: str) -> int:
        """Diameter of ``brush``, ``eraser`` or ``smart`` in image pixels."""
        return self._sizes[tool]

    def set_size(self, tool: str, size: float) -> None:
        """Set the diameter of ``brush``, ``eraser`` or ``smart``; kept within the limits."""
        wanted = min(max(round(size), LEAST_SIZE), MOST_SIZE)
        if self._sizes[tool] != wanted:
            self._sizes[tool] = wanted
            self.changed.emit()

    def choose_size(self, tool: str, size: float) -> None:
        """`set_size`, and show it beside the brush's ring."""
        before = self._sizes[tool]
        self.set_size(tool, size)
        if self._sizes[tool] != before:
            self.size_chosen.emit(tool)

    def step_size(self, tool: str, direction: int, *, coarse: bool = False) -> None:
        """One step smaller (-1) or larger (1): a tenth of the size, or half of it when coarse, at least a pixel."""
        size = self._sizes[tool]
        factor = 1.5 if coarse else 1.1
        step = max(1, round(size * (factor - 1.0) if direction > 0 else size * (1.0 - 1.0 / factor)))
        self.choose_size(tool, size + direction * step)

    @property
    def steady(self) -> int:
        """How much the hand's shaking is smoothed, 0 to 100."""
        return self._steady

    def set_steady(self, steady: float) -> None:
        """Set the stabiliser, 0 to 100."""
        wanted = min(max(round(steady), 0), 100)
        if self._steady != wanted:
            self._steady = wanted
            self.changed.emit()

    @property
    def mode(self) -> Mode:
        """What a shape does with the area: ``add``, ``take`` or ``keep``."""
        return self._mode

    def set_mode(self, mode: Mode) -> None:
        """Set what a shape does with the area."""
        if self._mode != mode:
            self._mode = mode
            self.changed.emit()

    @property
    def pressure(self) -> bool:
        """Whether a pen's pressure sets the size."""
        return self._pressure

    def set_pressure(self, pressure: bool) -> None:
        """Let a pen's pressure set the size, or not."""
        if self._pressure != pressure:
            self._pressure = pressure
            self.changed.emit()

    @property
    def tolerance(self) -> int:
        """How far the wand's colours may be away, 0 to 255 a channel."""
        return self._tolerance

    def set_tolerance(self, tolerance: float) -> None:
        """Set the wand's tolerance, 0 to 255."""
        wanted = min(max(round(tolerance), 0), 255)
        if self._tolerance != wanted:
            self._tolerance = wanted
            self.changed.emit()

    @property
    def contiguous(self) -> bool:
        """Whether the wand stays within what hangs together."""
        return self._contiguous

    def set_contiguous(self, contiguous: bool) -> None:
        """Let the wand select only what hangs together, or that colour everywhere."""
        if self._contiguous != contiguous:
            self._contiguous = contiguous
            self.changed.emit()

    @property
    def smart_start(self) -> SmartStart:
        """What the first drag of smart select draws."""
        return self._smart_start

    def set_smart_start(self, start: SmartStart) -> None:
        """Begin smart select with a box or with a scribble."""
        if self._smart_start != start:
            self._smart_start = start
            self.changed.emit()
