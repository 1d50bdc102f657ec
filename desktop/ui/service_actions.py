"""Where requests go: the service menu, the key, its free check."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QMenu, QVBoxLayout, QWidget

from desktop.core.services import SERVICES, SIMULATOR, Service, host_of
from desktop.ui.actions import Actions
from desktop.ui.address_dialog import AddressDialog
from desktop.ui.backend import Backend, ServiceState
from desktop.ui.controls import Label
from desktop.ui.errands import Errands, Spawn
from desktop.ui.theme import Tone
from desktop.ui.tokens import SPACE

TONES = {
    "works": Tone.GOOD,
    "not needed": Tone.GOOD,
    "unchecked": Tone.NEUTRAL,
    "missing": Tone.WARN,
    "refused": Tone.BAD,
}

WORDS = {
    "works": "key works",
    "not needed": "nothing is charged",
    "unchecked": "key not checked",
    "missing": "no key",
    "refused": "key refused",
}


def service_text(state: ServiceState) -> str:
    """What the title bar says of the service."""
    return f"{state.service.title}, {WORDS[state.key]}"


class ServiceActions(Errands):
    """Connects the actions of service and key."""

    told = Signal(str)

    def __init__(self, window: QWidget, actions: Actions, backend: Backend, spawn: Spawn) -> None:
        super().__init__(window, spawn)
        self._window = window
        self._backend = backend
        actions.on("key", self.ask_key)
        actions.on("check-key", self.check)

    def open_menu(self, at: QPoint) -> None:
        """The menu of services and keys."""
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        group = QActionGroup(menu)
        chosen = self._backend.service
        entries = list(SERVICES) if chosen in SERVICES else [*SERVICES, chosen]
        for entry in entries:
            action = group.addAction(entry.title)
            action.setCheckable(True)
            action.setChecked(entry == chosen)
            action.setData(entry.id)
            menu.addAction(action)
        group.triggered.connect(self._chosen)
        menu.addAction("Other address…", self.ask_address)
        menu.addSeparator()
        for title, slot in (
            ("Enter the API key…", self.ask_key),
            ("Check the key (free)", self.check),
            ("Forget the key", self.forget),
        ):
            menu.addAction(title, slot).setEnabled(chosen is not SIMULATOR)
        menu.popup(at)

    def choose(self, name: str) -> None:
        """Use another service."""
        self._run(self._backend.choose_service(name), "choose service")

    def ask_address(self) -> None:
        """Ask for the address of another service."""
        sentence = "The base address of the service (https://…). A key is kept for this host alone."
        dialog = AddressDialog(self._window, "Other address", sentence, "Use it")
        dialog.textValueSelected.connect(self.choose)
        dialog.open()

    def ask_key(self) -> None:
        """Ask for the key of the service that refused its own, else of the chosen one."""
        entry = self._backend.service_wanting_key
        if entry is SIMULATOR:
            self.told.emit("The simulator needs no key. Choose another service first.")
            return
        dialog = KeyDialog(entry.title, host_of(entry), self._window)
        dialog.entered.connect(partial(self._entered, entry))
        dialog.open()

    def check(self) -> None:
        """Ask the service whether the key works; this is free."""
        self._run(self._check(), "check key")

    def forget(self) -> None:
        """Remove the key from the keyring."""
        self._run(self._backend.forget_key(), "forget key")

    def _chosen(self, action: object) -> None:
        self.choose(str(getattr(action, "data", str)()))

    def _entered(self, entry: Service, key: str) -> None:
        self._run(self._set(entry, key), "set key")

    async def _set(self, entry: Service, key: str) -> None:
        works = await self._backend.set_key(key, entry)
        self.told.emit("The key works." if works else "The key was kept, but the service refuses it.")

    async def _check(self) -> None:
        works = await self._backend.check_key()
        self.told.emit("The key works." if works else self._backend.service_state.sentence)


class KeyDialog(QDialog):
    """Takes a key, masked. It goes to the keyring and to its host, nowhere else."""

    entered = Signal(str)

    def __init__(self, title: str, host: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"API key for {title}")
        self.setMinimumWidth(420)
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName("API key")
        self.field.setPlaceholderText("Paste the key here")
        self.field.textChanged.connect(self._typed)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setText("Keep and check")
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(5 * SPACE, 5 * SPACE, 5 * SPACE, 4 * SPACE)
        layout.setSpacing(3 * SPACE)
        layout.addWidget(
            Label(
                f"The key is kept in the system’s keyring and sent to {host} alone. The check is free.",
                ink="muted",
                wrap=True,
            )
        )
        layout.addWidget(self.field)
        layout.addWidget(self.buttons)
        self._typed("")

    def _typed(self, text: str) -> None:
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(bool(text.strip()))

    def _accept(self) -> None:
        key = self.field.text().strip()
        self.field.clear()
        self.entered.emit(key)
        self.accept()
