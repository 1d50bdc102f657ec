"""The face *Takes*: the list at the left, the player, and the facts at the right."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.ui.controls import column, rule, set_surface
from desktop.ui.player.card import TakeCard
from desktop.ui.player.facts_panel import FactsPanel
from desktop.ui.player.takes_list import TakesList
from desktop.ui.player.view import PlayerView

_LEFT, _LEFT_NARROW, _RIGHT = 230, 180, 306
_ROOMY = 1100


class _FullScreen(QWidget):
    """A window of its own for the player."""

    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("Kinebrush")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def take(self, player: PlayerView) -> None:
        self._column.addWidget(player)
        self.showFullScreen()
        player.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.left.emit()


class TakesFace(QWidget):
    """Watch takes. The window sets the cards and answers the signals; call ``shutdown`` before the end."""

    save_frame = Signal(object, int)
    """``TakeCard`` and frame number: ask where to, then call ``save_frame_to``"""
    show_file = Signal(object)
    next_shot = Signal(object, int)
    """``TakeCard`` and the number of its last frame: write it by ``save_frame_to``, begin a shot with it"""
    variation = Signal(object)
    shown = Signal(object)
    """The ``TakeCard`` that is played now"""
    frame_saved = Signal(object, int)
    """Path, frame number"""
    failed = Signal(str, str)
    """A sentence, and details to copy"""
    looked_at = Signal()
    """The face has come into sight"""
    closed = Signal(object)
    """Path of a video that may be replaced now"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.takes, self.player, self.facts = TakesList(), PlayerView(), FactsPanel()
        self._card: TakeCard | None = None
        self._full: _FullScreen | None = None
        left = self._left = QWidget()
        set_surface(left, "panel")
        left.setLayout(column(self.takes, margins=(3, 2, 2, 0)))
        self.facts.setFixedWidth(_RIGHT)
        self._share_room()
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(0)
        for widget in (left, rule(vertical=True), self.player, rule(vertical=True), self.facts):
            self._line.addWidget(widget)
        self._line.setStretchFactor(self.player, 1)
        self._place = self._line.indexOf(self.player)
        self.takes.chosen.connect(self.show_take)
        self.takes.activated.connect(self._on_activated)
        self.takes.posters.loaded.connect(self._on_poster)
        self.player.failed.connect(self.failed)
        self.player.frame_saved.connect(self.frame_saved)
        self.player.closed.connect(self.closed)
        self.player.full_screen_pressed.connect(self.toggle_full_screen)
        self.facts.save_frame.connect(self._on_save)
        self.facts.show_file.connect(self._on_show_file)
        self.facts.next_shot.connect(self._on_next)
        self.facts.variation.connect(self._on_variation)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        """The list gives way where the window is narrow: the player is what one came for."""
        self._left.setFixedWidth(_LEFT if self.width() >= _ROOMY else _LEFT_NARROW)

    @property
    def card(self) -> TakeCard | None:
        """The take that is shown."""
        return self._card

    def set_takes(self, cards: Sequence[TakeCard]) -> None:
        """Show these takes in the list, newest first; the one that plays goes on, unless it is gone."""
        self.takes.set_takes(cards)
        self.player.set_choice(bool(cards))
        if self._card is not None:
            again = next((card for card in cards if card.key == self._card.key), None)
            if again is None:
                self.show_nothing()
            else:
                self._card = again
                self.facts.set_card(again)

    def show_take(self, card: TakeCard, *, play: bool = False) -> None:
        """Show a take, from its first frame."""
        self._card = card
        self.takes.choose(card.key)
        self.facts.set_card(card)
        self.player.open(card.video, self.takes.posters.get(card.poster), play=play)
        self.shown.emit(card)

    def know(self, card: TakeCard) -> None:
        """More is known of a take: show it if it is the one that is shown."""
        if self._card is not None and self._card.key == card.key:
            self._card = card
            self.facts.set_card(card)

    def show_nothing(self) -> None:
        """Let go of the video."""
        self._card = None
        self.facts.set_card(None)
        self.player.close_video()

    def save_frame_to(self, path: Path, index: int | None = None) -> None:
        """Write a frame, or the one on screen, full size as PNG; ``frame_saved`` or ``failed`` follows."""
        self.player.save_frame(path, index)

    def shutdown(self) -> bool:
        """End the player's threads. False if they did not end in time."""
        return self.player.shutdown()

    def toggle_full_screen(self) -> None:
        """Give the player the whole screen, or take it back."""
        if self._full is None:
            self._full = _FullScreen(self)
            self._full.left.connect(self.toggle_full_screen)
            self.player.set_full_screen(True)
            self._full.take(self.player)
        else:
            full, self._full = self._full, None
            self._line.insertWidget(self._place, self.player, 1)
            self.player.set_full_screen(False)
            self.player.show()
            self.player.setFocus()
            full.hide()
            full.deleteLater()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.looked_at.emit()
        self.player.setFocus(Qt.FocusReason.OtherFocusReason)  # its keys work from the start

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.player.handle_key(event):
            super().keyPressEvent(event)

    def _on_activated(self) -> None:
        """Enter or a double click on a take plays it."""
        card = self.takes.current()
        if card is not None:
            self.show_take(card, play=True)

    def _on_poster(self, path: Path) -> None:
        if self._card is not None and self._card.poster == path and self.player.facts is None:
            self.player.stage.set_poster(self.takes.posters.get(path))

    def _on_save(self) -> None:
        if self._card is not None:
            self.save_frame.emit(self._card, self.player.position)

    def _on_show_file(self) -> None:
        if self._card is not None:
            self.show_file.emit(self._card)

    def _on_next(self) -> None:
        if self._card is not None and self.player.state is not None:
            self.next_shot.emit(self._card, self.player.state.frames - 1)

    def _on_variation(self) -> None:
        if self._card is not None:
            self.variation.emit(self._card)
