"""About Kinebrush, and the list of keyboard shortcuts."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop import __version__
from desktop.ui.actions import MENUS, SEPARATOR, Actions
from desktop.ui.controls import Glyph, Heading, Label, row
from desktop.ui.tokens import SPACE

PARTS = (
    ("PySide6-Essentials", "Qt for Python", "LGPL-3.0"),
    ("QtAwesome", "icons (Phosphor)", "MIT"),
    ("qasync", "event loop", "BSD-2-Clause"),
    ("httpx", "network", "BSD-3-Clause"),
    ("opencv-python", "pictures and playback", "Apache-2.0"),
    ("numpy", "arrays", "BSD-3-Clause"),
    ("Pillow", "picture files", "MIT-CMU"),
    ("pybase64", "encoding", "BSD-2-Clause"),
    ("keyring", "API key", "MIT"),
    ("platformdirs", "folders", "MIT"),
    ("typer", "command line", "MIT"),
    ("rich", "command line", "MIT"),
    ("starlette", "simulator", "BSD-3-Clause"),
    ("uvicorn", "simulator", "BSD-3-Clause"),
    ("av", "simulator's videos (FFmpeg, x264)", "BSD-3-Clause; bundles GPL parts"),
    ("filelock", "one queue at a time", "MIT"),
)


def report() -> str:
    """Versions of everything, to paste into a bug report. Nothing private."""
    lines = [
        f"Kinebrush {__version__}",
        f"Python {platform.python_version()}, {platform.platform()}",
        f"Qt {qVersion()}, platform {QGuiApplication.platformName()}",
    ]
    for name, _, licence in PARTS:
        try:
            lines.append(f"{name} {version(name)} ({licence})")
        except PackageNotFoundError:
            lines.append(f"{name} bundled ({licence})")
    return "\n".join(lines)


class About(QDialog):
    """Name, licence, parts and versions."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("About Kinebrush")
        self.setMinimumSize(520, 420)
        self.text = QPlainTextEdit(report())
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Version report")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton("Copy the report", QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(self._copy)
        buttons.rejected.connect(self.reject)
        copy.setAutoDefault(False)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setDefault(True)
        head = QWidget()
        head.setLayout(row(Glyph("kinebrush", 28), Label(f"Kinebrush {__version__}", bold=True), 1, gap=3))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(5 * SPACE, 5 * SPACE, 5 * SPACE, 4 * SPACE)
        layout.setSpacing(3 * SPACE)
        layout.addWidget(head)
        layout.addWidget(
            Label(
                "Paint what moves where in a still picture, and turn it into a 4K video. Free software under the GNU "
                "General Public License, version 3 or later; there is no warranty.",
                ink="muted",
                wrap=True,
            )
        )
        layout.addWidget(self.text, 1)
        layout.addWidget(buttons)
        close.setFocus()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())


class Shortcuts(QDialog):
    """All actions that have keys, by menu."""

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Keyboard shortcuts")
        self.setMinimumSize(520, 560)
        grid = QGridLayout()
        grid.setHorizontalSpacing(6 * SPACE)
        grid.setVerticalSpacing(SPACE)
        line = 0
        for menu in MENUS:
            grid.addWidget(Heading(menu), line, 0, 1, 2)
            line += 1
            for entry in actions.rows:
                if entry.menu != menu or entry.title == SEPARATOR or not entry.shortcuts:
                    continue
                keys = "   ".join(
                    QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
                    for keys in entry.shortcuts
                )
                grid.addWidget(Label(entry.title.rstrip("…")), line, 0)
                grid.addWidget(Label(keys, ink="muted"), line, 1)
                line += 1
        holder = QWidget()
        holder.setLayout(grid)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(holder)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(5 * SPACE, 4 * SPACE, 5 * SPACE, 4 * SPACE)
        layout.addWidget(scroll, 1)
        layout.addWidget(buttons)
