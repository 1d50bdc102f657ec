"""Preferences, drawn from the table of settings."""

from __future__ import annotations

from dataclasses import asdict

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from desktop.core.errors import SettingsError
from desktop.storage.settings import SETTINGS, Settings, SettingSpec, changed
from desktop.ui.controls import Button, Label, row, small
from desktop.ui.tokens import SPACE

HERE = tuple(spec for spec in SETTINGS if spec.name != "service")
"""The service has its own menu in the title bar."""

CHOICES = {
    "": "As the service documents it",
    "system": "As the system",
    "dark": "Dark",
    "light": "Light",
    "apart": "The wheel zooms, two fingers pan",
    "zoom": "Both zoom",
    "pan": "Both pan",
}
"""Choices that are not shown by their own name."""

_SHORT = 36 * SPACE
"""Logical pixels of every field for a number or a day, so that they end in one line, each with its unit after it."""


class Preferences(QDialog):
    """Every setting with its explanation; ``applied`` carries the new Settings."""

    applied = Signal(object)

    def __init__(self, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Preferences")
        self.setMinimumWidth(600)
        self._settings = settings
        self.fields: dict[str, QWidget] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(4 * SPACE)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        values = asdict(settings)
        for index, spec in enumerate(HERE):
            field, shown = self._field(spec, values[spec.name])
            self.fields[spec.name] = field
            label = Label(spec.label)
            label.setBuddy(field)
            field.setAccessibleName(spec.label)
            field.setAccessibleDescription(spec.help)
            line = 4 * index
            grid.addWidget(label, line, 0)
            grid.addWidget(shown, line, 1)
            grid.setRowMinimumHeight(line + 1, 2)
            grid.addWidget(small(spec.help), line + 2, 1)
            grid.setRowMinimumHeight(line + 3, 3 * SPACE)
        self.problem = Label("", ink="bad", wrap=True)
        self.problem.hide()
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.button(QDialogButtonBox.StandardButton.Ok).setText("Save")
        buttons.accepted.connect(self.apply)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(5 * SPACE, 5 * SPACE, 5 * SPACE, 4 * SPACE)
        layout.setSpacing(SPACE)
        layout.addLayout(grid)
        layout.addWidget(self.problem)
        layout.addWidget(buttons)

    def apply(self) -> None:
        """Check all values; tell them, or say what is wrong and stay."""
        try:
            values = {spec.name: self._value(spec) for spec in HERE}
            settings = changed(self._settings, **values)
        except SettingsError as error:
            self.problem.setText(str(error))
            self.problem.show()
            return
        self.applied.emit(settings)
        self.accept()

    def _field(self, spec: SettingSpec, value: object) -> tuple[QWidget, QWidget]:
        if spec.kind == "choice":
            combo = QComboBox()
            for choice in spec.choices:
                combo.addItem(CHOICES.get(choice, choice), choice)
            combo.setCurrentIndex(max(combo.findData(value), 0))
            return combo, combo
        line = QLineEdit("" if value is None else f"{value:g}" if isinstance(value, float) else str(value))
        if spec.optional:
            line.setPlaceholderText("none")
        if spec.kind == "date":
            line.setPlaceholderText("year-month-day")
        if spec.kind == "folder":
            line.setPlaceholderText("In Kinebrush’s own folder")
            browse = Button("Choose…")
            browse.clicked.connect(self._choose_folder)
            holder = QWidget()
            holder.setLayout(row(line, browse))
            return line, holder
        if spec.kind in ("integer", "number", "date"):
            line.setFixedWidth(_SHORT)
            holder = QWidget()
            holder.setLayout(row(line, small(spec.unit), 1))
            return line, holder
        return line, line

    def _value(self, spec: SettingSpec) -> object:
        field = self.fields[spec.name]
        if isinstance(field, QComboBox):
            return field.currentData()
        text = field.text().strip() if isinstance(field, QLineEdit) else ""
        if spec.kind not in ("integer", "number"):
            return text
        if not text and spec.optional:
            return None
        try:
            return float(text.replace(",", "."))
        except ValueError:
            raise SettingsError(f"{spec.label} must be a number.") from None

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, "Library folder")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        field = self.fields["library"]
        if isinstance(field, QLineEdit):
            dialog.fileSelected.connect(field.setText)
        dialog.open()
