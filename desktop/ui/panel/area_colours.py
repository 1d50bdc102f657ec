"""The menu of an area's colours: Okabe and Ito's, white, any other, or its own again."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QColorDialog, QMenu, QWidget

from desktop.core.areas import MotionArea
from desktop.ui.controls.paint import box
from desktop.ui.theme import area_color

SWATCHES: tuple[tuple[str, str], ...] = (
    ("Orange", "#e69f00"),
    ("Sky blue", "#56b4e9"),
    ("Bluish green", "#009e73"),
    ("Yellow", "#f0e442"),
    ("Reddish purple", "#cc79a7"),
    ("Vermilion", "#d55e00"),
    ("Blue", "#0072b2"),
    ("White", "#ffffff"),
)


class ColourMenu(QMenu):
    """``chosen`` brings the area's label and ``#rrggbb``, or nothing for the label's own colour."""

    chosen = Signal(int, str)

    def __init__(self, area: MotionArea, parent: QWidget) -> None:
        super().__init__("Colour", parent)
        self._label, self._color = area.label, area.color or area_color(area.number)
        for name, value in SWATCHES:
            action = self.addAction(_swatch(value), name)
            action.setCheckable(True)
            action.setChecked(value == self._color.lower())
            action.setData(value)
        self.addSeparator()
        self.addAction("Other…").setData("?")
        own = self.addAction("Its own")
        own.setData("")
        own.setEnabled(bool(area.color))
        self.triggered.connect(self._picked)

    def _picked(self, action: QAction) -> None:
        value = action.data()
        if value == "?":
            dialog = QColorDialog(QColor(self._color), self.parentWidget())
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.setWindowTitle("Colour of the area")
            dialog.colorSelected.connect(self._other)
            dialog.open()
        else:
            self.chosen.emit(self._label, str(value))

    def _other(self, color: QColor) -> None:
        self.chosen.emit(self._label, color.name())


def _swatch(value: str) -> QIcon:
    pixmap = QPixmap(32, 32)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        box(painter, QRectF(4, 4, 24, 24), fill=value, line="#808080", radius=12)
    return QIcon(pixmap)
