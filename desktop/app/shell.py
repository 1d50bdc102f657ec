"""The first thing to be seen: an empty window in its place and colours, while the program behind it is imported.

Imports nothing but Qt and the colours, so that it is there nearly as soon as a bare window could be.
"""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import QByteArray, QRect, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from desktop.ui.tokens import DARK, LIGHT, Tokens

TITLE_HEIGHT, STRIP_WIDTH, PANEL_WIDTH, JOBS_HEIGHT = 45, 48, 331, 179


class Shell(QWidget):
    """The window's regions without anything in them."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self._tokens = tokens
        self.setWindowTitle("Kinebrush")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.resize(1600, 1000)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, width, height = self._tokens, self.width(), self.height()
        right = width - PANEL_WIDTH
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(tokens.window))
            stage = QRect(STRIP_WIDTH, TITLE_HEIGHT, right - STRIP_WIDTH, height - TITLE_HEIGHT - JOBS_HEIGHT)
            painter.fillRect(stage, QColor(tokens.stage))
            panel = QRect(right, TITLE_HEIGHT, PANEL_WIDTH, height - TITLE_HEIGHT)
            painter.fillRect(panel, QColor(tokens.panel))


def show_shell(folder: Path) -> Shell:
    """Show the shell where the window of this data directory last was, in its colours."""
    app = QApplication.instance() or QApplication(["kinebrush"])
    shell = Shell(_tokens(folder))
    geometry = str(_value(folder / "window.json", "geometry"))
    shell.restoreGeometry(QByteArray.fromBase64(geometry.encode()))
    shell.show()
    app.processEvents()
    return shell


def _tokens(folder: Path) -> Tokens:
    """The colours that were chosen, else the system's."""
    chosen = _value(folder / "settings.json", "theme")
    light = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Light
    return LIGHT if chosen == "light" or (chosen != "dark" and light) else DARK


def _value(path: Path, name: str) -> object:
    """A value of a file of the window's; empty when it has none."""
    try:
        return json.loads(path.read_bytes()).get(name, "")
    except (OSError, ValueError, AttributeError, RecursionError):
        return ""
