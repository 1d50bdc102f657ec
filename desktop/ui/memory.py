"""What the window keeps from one start to the next, in a JSON file that people may edit."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QObject, QTimer, SignalInstance
from PySide6.QtWidgets import QWidget

from desktop.storage.atomic import write_atomic
from desktop.storage.latest import LatestWriter

REST_MS = 300
"""What has changed is written when it has been at rest for so long."""

_MOVES = frozenset({QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.WindowStateChange})


@dataclass(frozen=True, slots=True)
class Kept:
    """One value: how it is asked for, and how its text is set again. ``put`` raises ValueError for a bad one."""

    name: str
    get: Callable[[], str | int]
    put: Callable[[str], None]


def state_kept(name: str, save: Callable[[], QByteArray], restore: Callable[[QByteArray], bool]) -> Kept:
    """A state of Qt's; one that Qt does not take is left out."""
    return Kept(
        name,
        lambda: bytes(save().toBase64().data()).decode(),
        lambda text: _check(restore(QByteArray.fromBase64(text.encode())), name),
    )


def _check(taken: bool, name: str) -> None:
    if not taken:
        raise ValueError(name)


class Memory(QObject):
    """Reads ``path`` when it is made, and writes it in the background soon after `remember_soon`."""

    def __init__(self, path: Path, writer: LatestWriter, parent: QObject) -> None:
        super().__init__(parent)
        self._path, self._writer = path, writer
        self._values = read(path)
        self._table: tuple[Kept, ...] = ()
        self._watched: tuple[QWidget, ...] = ()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self.remember)

    def recall(self, table: Iterable[Kept]) -> None:
        """Set again what was written down. A value that cannot be used is left out, and only that one."""
        self._table = tuple(table)
        for kept in self._table:
            if kept.name in self._values:
                try:
                    kept.put(str(self._values[kept.name]))
                except ValueError:
                    continue

    def follow(self, *changes: SignalInstance) -> None:
        """Remember soon after one of these was emitted."""
        for change in changes:
            change.connect(self.remember_soon)

    def watch(self, *widgets: QWidget) -> None:
        """Remember soon after one of these was moved or resized."""
        self._watched = widgets
        for widget in widgets:
            widget.installEventFilter(self)

    def remember_soon(self, *_: object) -> None:
        """Something was changed."""
        self._rest.start()

    def remember(self) -> None:
        """Have it written now, if it is not what the file holds."""
        self._rest.stop()
        values = {**self._values, **{kept.name: kept.get() for kept in self._table}}
        if values != self._values:
            self._values = values
            text = json.dumps(values, indent=2) + "\n"
            self._writer.put(self._path, partial(write_atomic, self._path, text.encode()))

    def close(self) -> None:
        """The window is going: remember it as it is, and look no more."""
        for widget in self._watched:
            widget.removeEventFilter(self)
        self.remember()
        self._table = ()  # its functions hold the window

    def eventFilter(self, _: QObject, event: QEvent) -> bool:
        if event.type() in _MOVES:
            self.remember_soon()
        return False


def read(path: Path) -> dict[str, Any]:
    """The values in the file; none when it is not there or damaged."""
    try:
        values = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}
