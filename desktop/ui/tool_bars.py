"""The tool strip at the left, and the bar of the chosen tool's options above the picture."""

from __future__ import annotations

import itertools

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.ui.actions import Actions
from desktop.ui.area_menu import AreaMenuButton
from desktop.ui.canvas.tools.options import LEAST_SIZE, MOST_SIZE
from desktop.ui.canvas.tools.table import TOOLS, tool_row
from desktop.ui.canvas.view import CanvasView
from desktop.ui.controls import IconButton, Segmented, SliderNumber, ToolButton, rule, set_surface
from desktop.ui.controls.fitting import fit, set_yielding
from desktop.ui.look_popover import LookButton
from desktop.ui.select_options import SelectOptions
from desktop.ui.tokens import SPACE

STRIP_WIDTH = 48
BAR_HEIGHT = 36

MODES = (("add", "Add"), ("take", "Take away"), ("keep", "Keep inside"))
_MODE_HINTS = {
    "add": "Paint what is drawn; another area gives way: hold Shift",
    "take": "Take what is drawn away from the area: hold Alt, or the right button",
    "keep": "Keep only what of the area lies inside: hold Ctrl, or Shift and Alt",
}


class ToolStrip(QWidget):
    """One button a tool, in groups."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_surface(self, "window")
        self.setFixedWidth(STRIP_WIDTH)
        self.setAccessibleName("Tools")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 2 * SPACE, 6, 2 * SPACE)
        layout.setSpacing(SPACE)
        self.buttons: dict[str, ToolButton] = {}
        group = TOOLS[0].group
        for tool in TOOLS:
            if tool.group != group and {tool.group, group} != {"paint", "shape"}:
                layout.addSpacing(SPACE)
                layout.addWidget(rule())
                layout.addSpacing(SPACE)
            group = tool.group
            button = ToolButton()
            button.set_action(actions[f"tool-{tool.name}"])
            self.buttons[tool.name] = button
            layout.addWidget(button)
        layout.addStretch(1)
        self._roomy = layout.sizeHint().height()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def minimumSizeHint(self) -> QSize:
        """Less than it needs: a tool bar hides what does not fit, and the tools must never be gone."""
        return QSize(STRIP_WIDTH, 100)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window the buttons come closer."""
        super().resizeEvent(event)
        layout, roomy = self.layout(), self.height() >= self._roomy
        if layout is None:
            return
        layout.setSpacing(SPACE if roomy else 0)
        margin = 2 * SPACE if roomy else SPACE // 2
        layout.setContentsMargins(6, margin, 6, margin)
        for button in self.buttons.values():
            button.setFixedHeight(button.side if roomy else self._side_between())

    def _side_between(self) -> int:
        """How high a button may be for all of them, with the lines between the groups, to fit."""
        lines = sum(one.group != other.group for one, other in itertools.pairwise(TOOLS))
        return max(20, min(ToolButton.side, (self.height() - SPACE - lines * (2 * SPACE + 1)) // len(TOOLS)))


class PressureSwitch(QCheckBox):
    """Whether a pen's pressure sets the size; one word where room is short."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Pen pressure")
        self.setToolTip("The harder a pen is pressed, the wider it paints")
        self.set_compact(False)

    def set_compact(self, compact: bool) -> None:
        """Say less, or all."""
        self.setText("Pen" if compact else "Pen pressure")


class OptionsBar(QWidget):
    """Size, stabiliser, pressure and mode of the chosen tool; undo, redo and hide at the right."""

    def __init__(self, canvas: CanvasView, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        set_surface(self, "window")
        self.setFixedHeight(BAR_HEIGHT)
        set_yielding(self)
        self.diameter = SliderNumber("Size", LEAST_SIZE, MOST_SIZE, 80, unit="px", logarithmic=True)
        self.steady = SliderNumber("Steady", 0, 100, 20)
        self.pressure = PressureSwitch()
        self.select = SelectOptions(canvas.options)
        for slider, width in ((self.diameter, 250), (self.steady, 210), (self.select.tolerance, 240)):
            slider.setFixedWidth(width)
        self.diameter.set_hint("How wide a stroke is, in pixels of the picture  [ ]")
        self.steady.set_hint("How much the shaking of a hand is smoothed; 0 not at all  < >")
        self.mode = Segmented(MODES, "What a shape does")
        for key, hint in _MODE_HINTS.items():
            self.mode.set_hint(key, hint)
        self.area_menu = AreaMenuButton(actions)
        self.undo, self.redo, self.hide_areas = IconButton(), IconButton(), IconButton()
        self.undo.set_action(actions["undo"])
        self.redo.set_action(actions["redo"])
        self.hide_areas.set_action(actions["canvas-hide-overlay"])
        layout = QHBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 0, 3 * SPACE, 0)
        layout.setSpacing(4 * SPACE)
        for widget in (self.diameter, self.steady, self.pressure, self.select, self.mode):
            layout.addWidget(widget)
        layout.addStretch(1)
        self.look = LookButton(canvas)
        for button in (self.area_menu, self.undo, self.redo, self.hide_areas, self.look):
            layout.addWidget(button)
        self.diameter.value_changed.connect(self._size_moved)
        self.steady.value_changed.connect(canvas.options.set_steady)
        self.pressure.clicked.connect(canvas.options.set_pressure)
        self.mode.changed.connect(self._mode_chosen)
        canvas.options.changed.connect(self.refresh)
        canvas.tool_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the options of the chosen tool."""
        tool = tool_row(self._canvas.tool_name)
        options = self._canvas.options
        self.diameter.setVisible(tool.size)
        for widget in (self.steady, self.pressure):
            widget.setVisible(tool.size and tool.group == "paint")
        self.pressure.setChecked(options.pressure)
        self.select.show_tool(tool)
        self.mode.setVisible(bool(tool.modes))
        if tool.size:
            self.diameter.set_value(options.size(tool.name))
            self.steady.set_value(options.steady)
        if tool.modes:
            for key, _ in MODES:
                self.mode.set_available(key, key in tool.modes)
            self.mode.set_value(options.mode if options.mode in tool.modes else tool.modes[0])

        self._share_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    def set_compact(self, compact: bool) -> None:
        """Bring everything closer together, or give it air."""
        layout = self.layout()
        if layout is not None:
            layout.setSpacing((2 if compact else 4) * SPACE)

    def _share_room(self) -> None:
        """Where the bar is too narrow for all, sliders fold into their numbers, choices into menus, and at last all
        comes closer."""
        select = self.select
        sliders = (select.tolerance, self.steady, self.diameter)
        fit(self, (*sliders, self.pressure, self.mode, select.reach, select.start, self))

    def _size_moved(self, value: float) -> None:
        tool = tool_row(self._canvas.tool_name)
        if tool.size:
            self._canvas.options.choose_size(tool.name, value)

    def _mode_chosen(self, key: str) -> None:
        for mode in tool_row(self._canvas.tool_name).modes:
            if mode == key:
                self._canvas.options.set_mode(mode)
