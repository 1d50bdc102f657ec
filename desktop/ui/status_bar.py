"""The line at the bottom: what to press, what goes on, where the pointer is.

Hints that do not fit are left out, the last ones first: they never push anything aside.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from desktop.ui.controls import KeyHint, set_surface, small
from desktop.ui.tokens import SPACE

HEIGHT = 26


class _Strip(QWidget):
    """The hints side by side, as many as there is room for; the first one is shortened rather than left out."""

    def __init__(self) -> None:
        super().__init__()
        self._hints: list[KeyHint] = []
        self._told: list[tuple[str, str]] = []
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)

    def show_hints(self, hints: list[tuple[str, str]]) -> None:
        """Other hints. They come with every stroke: the widgets stay and get other texts."""
        if hints == self._told:
            return
        self._told = list(hints)
        for hint, (keys, text) in zip(self._hints, hints, strict=False):
            hint.set_hint(keys, text)
        self._hints += [KeyHint(keys, text, self) for keys, text in hints[len(self._hints) :]]
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        left, room = 0, self.width()
        for hint in self._hints[len(self._told) :]:
            hint.hide()
        for index, hint in enumerate(self._hints[: len(self._told)]):
            wanted = hint.sizeHint()
            width = min(wanted.width(), room) if index == 0 else wanted.width()
            hint.setGeometry(left, (self.height() - wanted.height()) // 2, width, wanted.height())
            hint.setVisible(left + width <= room)
            left += width + 4 * SPACE


class StatusBar(QWidget):
    """Key hints at the left; what is under way, position and picture at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_surface(self, "window")
        self.setFixedHeight(HEIGHT)
        self._strip = _Strip()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 0, 3 * SPACE, 0)
        layout.setSpacing(4 * SPACE)
        layout.addWidget(self._strip, 1)
        self.busy = small("")
        self.jobs = small("")
        self.position = small("")
        self.picture = small("")
        self.colour = small("")
        for label in (self.busy, self.jobs, self.position, self.picture, self.colour):
            layout.addWidget(label)
        self.set_watching(False)

    def set_watching(self, watching: bool) -> None:
        """While takes are watched there is no pointer on the picture, and the jobs are out of sight: say these."""
        self.jobs.setVisible(watching)
        for label in (self.position, self.picture, self.colour):
            label.setVisible(not watching)
        self.clear_position()

    def show_hints(self, hints: list[tuple[str, str]]) -> None:
        """What to press or drag, and what it does."""
        self._strip.show_hints(hints)

    def show_position(self, x: float, y: float) -> None:
        """Where the pointer is, in pixels of the picture."""
        self.position.setText(f"x {int(x)}  y {int(y)}")

    def clear_position(self) -> None:
        """The pointer is elsewhere."""
        self.position.setText("")

    def show_picture(self, width: int, height: int) -> None:
        """The picture's size; nothing when it is 0."""
        if not width:
            self.clear_position()
        self.picture.setText(f"{width} × {height}" if width else "")
        self.colour.setText("sRGB" if width else "")

    def show_jobs(self, counts: Iterable[str]) -> None:
        """How many jobs run, and how many wait for the user; nothing where there are none of a kind."""
        told = ", ".join(count for count in counts if count)
        self.jobs.setText(f"Jobs: {told}" if told else "")

    def show_busy(self, text: str) -> None:
        """What is being read or written."""
        self.busy.setText(text)
