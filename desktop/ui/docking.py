"""The stage, and plain parts around it: docks without titles, tool bars without margins."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QStackedWidget, QToolBar, QWidget

from desktop.ui.controls import column


class Stage(QStackedWidget):
    """One face after another in the middle of the window. Its least width is the same for all of them, so that a face
    that is not shown, or another content of one, never takes width from the panel beside it."""

    def __init__(self, least_width: int) -> None:
        super().__init__()
        self._least_width = least_width

    def minimumSizeHint(self) -> QSize:
        return QSize(self._least_width, super().minimumSizeHint().height())


def add_dock(window: QMainWindow, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
    """A dock that shows nothing but the widget; its object's name is the title in small letters."""
    dock = QDockWidget(title, window)
    dock.setObjectName(title.lower())
    no_title = QWidget()
    no_title.setLayout(column())  # a bare widget has a height of -1, which the dock would be short of
    dock.setTitleBarWidget(no_title)
    dock.setWidget(widget)
    window.addDockWidget(area, dock)
    return dock


def add_strip(window: QMainWindow, title: str, widget: QWidget, area: Qt.ToolBarArea) -> QToolBar:
    """A tool bar that is a plain strip with the widget in it: it stays, and the style's margins and lines go."""
    bar = QToolBar(title)
    bar.setObjectName(title.lower())
    bar.setMovable(False)
    bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
    bar.setStyleSheet("QToolBar { border: 0; padding: 0; margin: 0; spacing: 0; }")
    layout = bar.layout()
    if layout is not None:
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
    bar.addWidget(widget)
    window.addToolBar(area, bar)
    return bar
