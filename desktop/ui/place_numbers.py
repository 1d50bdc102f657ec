"""Where an area is put, in numbers: how far, how large, how far turned; and the switches that go with it."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.core.placement import Placement
from desktop.ui.canvas.tools.place import LEAST_SCALE, MOST_SCALE, held, normal
from desktop.ui.controls import IconButton, Label, NumberBox, row

_MOST = 100 * MOST_SCALE
_WIDE = 74
"""Logical pixels of every box, so that they stand in columns."""


class PlaceNumbers(QWidget):
    """Holds a `Placement` to the full, though its boxes show it rounded: only what is typed in a box changes."""

    changed = Signal()
    chain_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._placement = Placement()
        self.dx = NumberBox("Right", -1, 1, 0, unit="px")
        self.dy = NumberBox("Down", -1, 1, 0, unit="px")
        self.width_ = NumberBox("Width", -_MOST, _MOST, 100, decimals=1, unit="%")
        self.height_ = NumberBox("Height", -_MOST, _MOST, 100, decimals=1, unit="%")
        self.angle = NumberBox("Angle", -360, 360, 0, decimals=1, unit="°")
        self.chain = IconButton("chain", "Keep the proportions", checkable=True)
        self.chain.setChecked(True)
        self.mirror_across = IconButton("mirror-across", "Mirror left and right")
        self.mirror_down = IconButton("mirror-down", "Mirror top and bottom")
        self.quarter = IconButton("turn", "Turn by 90° clockwise")
        for number, tip in (
            (self.dx, "How far to the right; below zero to the left"),
            (self.dy, "How far down; below zero up"),
            (self.width_, "Share of the width it had; below zero mirrored"),
            (self.height_, "Share of the height it had; below zero mirrored"),
            (self.angle, "How far it is turned clockwise"),
        ):
            number.setToolTip(tip)
            number.setFixedWidth(_WIDE)
            number.valueChanged.connect(self._typed)
        buttons = QWidget()
        buttons.setLayout(row(self.mirror_across, self.mirror_down, self.quarter, gap=1))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(0)
        for line, (first, second) in enumerate(((self.dx, self.dy), (self.width_, self.height_))):
            grid.setRowMinimumHeight(line, self.chain.height())
            grid.addWidget(_label(first), line, 0)
            grid.addWidget(first, line, 1)
            grid.addWidget(_label(second), line, 3)
            grid.addWidget(second, line, 4)
        grid.addWidget(self.chain, 1, 2, Qt.AlignmentFlag.AlignCenter)  # its column takes what is left over
        grid.addWidget(_label(self.angle), 2, 0)
        grid.addWidget(self.angle, 2, 1)
        grid.addWidget(buttons, 2, 2, 1, 3, Qt.AlignmentFlag.AlignRight)
        grid.setColumnStretch(2, 1)
        self.mirror_across.clicked.connect(self._mirror_across)
        self.mirror_down.clicked.connect(self._mirror_down)
        self.quarter.clicked.connect(self._quarter)
        self.chain.toggled.connect(self._chained)

    @property
    def placement(self) -> Placement:
        """What is asked for."""
        return self._placement

    @property
    def proportional(self) -> bool:
        """Whether width and height change together."""
        return self.chain.isChecked()

    def begin(self, reach: int) -> None:
        """As it was, to be moved by up to so many pixels."""
        for number in (self.dx, self.dy):
            number.blockSignals(True)
            number.setRange(-reach, reach)
            number.blockSignals(False)
        self._placement = Placement()
        self._show()

    def set_placement(self, placement: Placement) -> None:
        """Put it there. ``changed`` follows when that is another place."""
        most = self.dx.maximum()
        placement = replace(
            placement, dx=min(max(placement.dx, -most), most), dy=min(max(placement.dy, -most), most)
        )
        if placement != self._placement:
            self._placement = placement
            self._show()
            self.changed.emit()

    def _show(self) -> None:
        asked = self._placement
        for number, value in (
            (self.dx, asked.dx),
            (self.dy, asked.dy),
            (self.width_, 100 * asked.scale_x),
            (self.height_, 100 * asked.scale_y),
            (self.angle, asked.angle),
        ):
            number.blockSignals(True)
            number.setValue(value)
            number.blockSignals(False)

    def _typed(self, value: float) -> None:
        was, box = self._placement, self.sender()
        if box is self.dx:
            asked = replace(was, dx=value)
        elif box is self.dy:
            asked = replace(was, dy=value)
        elif box is self.angle:
            asked = replace(was, angle=normal(value))
        else:
            scale = held(value / 100) if abs(value) >= 100 * LEAST_SCALE else LEAST_SCALE
            across = box is self.width_
            other, before = (was.scale_y, was.scale_x) if across else (was.scale_x, was.scale_y)
            if self.proportional:
                other = held(math.copysign(other * scale / before, other))
            asked = (
                replace(was, scale_x=scale, scale_y=other)
                if across
                else replace(was, scale_x=other, scale_y=scale)
            )
        if asked == was:
            self._show()  # what was typed means the same
        self.set_placement(asked)

    def _mirror_across(self) -> None:
        """As it is seen: of an area that is turned, the turn is mirrored too."""
        was = self._placement
        self.set_placement(replace(was, scale_x=-was.scale_x, angle=normal(-was.angle)))

    def _mirror_down(self) -> None:
        was = self._placement
        self.set_placement(replace(was, scale_y=-was.scale_y, angle=normal(-was.angle)))

    def _quarter(self) -> None:
        self.set_placement(replace(self._placement, angle=normal(self._placement.angle + 90)))

    def _chained(self, on: bool) -> None:
        self.chain.set_icon("chain" if on else "chain-off")
        self.chain_changed.emit()


def _label(number: NumberBox) -> Label:
    """The name of a box, in full."""
    label = Label(number.accessibleName().partition(",")[0], ink="muted")
    label.setFixedWidth(label.sizeHint().width())
    return label
