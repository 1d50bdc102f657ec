"""What the user has set for the tools; shown in the bar above the picture and remembered."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from desktop.ui.canvas.tools.modes import Mode

LEAST_SIZE, MOST_SIZE = 1, 2000
"""Diameter of brush and eraser in image pixels."""


class ToolOptions(QObject):
    """Sizes are diameters in image pixels, ``steady`` is 0 to 100."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sizes = {"brush": 80, "eraser": 80}
        self._steady = 20
        self._mode: Mode = "add"
        self._pressure = True

    def size(self, tool: str) -> int:
        """Diameter of ``brush`` or ``eraser`` in image pixels."""
        return self._sizes[tool]

    def set_size(self, tool: str, size: float) -> None:
        """Set the diameter of ``brush`` or ``eraser``; kept within the limits."""
        wanted = min(max(round(size), LEAST_SIZE), MOST_SIZE)
        if self._sizes[tool] != wanted:
            self._sizes[tool] = wanted
            self.changed.emit()

    def step_size(self, tool: str, direction: int, *, coarse: bool = False) -> None:
        """One step smaller (-1) or larger (1): a tenth of the size, or half of it when coarse, at least a pixel."""
        size = self._sizes[tool]
        factor = 1.5 if coarse else 1.1
        step = max(1, round(size * (factor - 1.0) if direction > 0 else size * (1.0 - 1.0 / factor)))
        self.set_size(tool, size + direction * step)

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
