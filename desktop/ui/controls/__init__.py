"""The controls of the window, each built once.

How to build with them
    size = SliderNumber("Size", 1, 2000, 120, unit="px", logarithmic=True)
    size.value_changed.connect(self._show_size)       # every move
    size.editing_finished.connect(self._keep_size)    # once per gesture
    faces = Segmented((("paint", "Paint"), ("takes", "Takes")), "Face of the stage")
    tool = ToolButton(); tool.set_action(action)      # icon, name, checked, enabled and keys come from the QAction
    toasts.show_toast("The take is here.", Tone.GOOD, action="Play", on_action=self._play)

Containers get a background with ``set_surface(widget, "panel")`` and lines with ``rule()``; texts are ``Label`` or
``small``; parts of a panel are ``Section`` (heading over content) and ``Collapsible``; lists are made of ``Row``.
``row(...)`` and ``column(...)`` lay out with distances that count in ``SPACE``. List delegates paint with
``desktop.ui.controls.paint``. Connect bound methods, not lambdas, so that a dead widget is let go. Qt's own line
edits, combos, check boxes, menus and tooltips are dressed by the stylesheet and need nothing.
"""

from desktop.ui.controls.badge import Badge, KeyHint, NumberBadge, StatusDot
from desktop.ui.controls.buttons import Button, LinkButton, MenuButton, PaintedButton, SearchButton
from desktop.ui.controls.check_line import CheckLine
from desktop.ui.controls.counter_text import CounterText
from desktop.ui.controls.drop_target import DropTarget
from desktop.ui.controls.empty_state import EmptyState, Glyph
from desktop.ui.controls.icon_buttons import IconButton, RoundButton, ToolButton
from desktop.ui.controls.number_box import NumberBox
from desktop.ui.controls.primary_button import PrimaryButton
from desktop.ui.controls.progress_line import ProgressLine
from desktop.ui.controls.row import Row
from desktop.ui.controls.search_field import SearchField
from desktop.ui.controls.section import Collapsible, Heading, Section
from desktop.ui.controls.segmented import Segmented
from desktop.ui.controls.slider_number import SliderNumber
from desktop.ui.controls.text import Ink, Label, Surface, column, row, rule, set_property, set_surface, small
from desktop.ui.controls.toast import Toast, ToastStack, ToneIcon

__all__ = [
    "Badge",
    "Button",
    "CheckLine",
    "Collapsible",
    "CounterText",
    "DropTarget",
    "EmptyState",
    "Glyph",
    "Heading",
    "IconButton",
    "Ink",
    "KeyHint",
    "Label",
    "LinkButton",
    "MenuButton",
    "NumberBadge",
    "NumberBox",
    "PaintedButton",
    "PrimaryButton",
    "ProgressLine",
    "RoundButton",
    "Row",
    "SearchButton",
    "SearchField",
    "Section",
    "Segmented",
    "SliderNumber",
    "StatusDot",
    "Surface",
    "Toast",
    "ToastStack",
    "ToneIcon",
    "ToolButton",
    "column",
    "row",
    "rule",
    "set_property",
    "set_surface",
    "small",
]
