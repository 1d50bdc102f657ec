"""The bar under the film strip: start, back, play, on, end, loop, where one is, the range, speed, full screen."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from desktop.ui.controls import IconButton, Label, MenuButton, RoundButton, row, set_surface
from desktop.ui.player.times import speed_text, timecode
from desktop.ui.theme import SPACE
from desktop.video.messages import State
from desktop.video.plain import SPEEDS

_HEIGHT = 44
_ROOMY = 560
_SPEED_WIDTH = 72


class Transport(QWidget):
    """Buttons that ask; what they show comes from the player's state."""

    play_pressed = Signal()
    start_pressed = Signal()
    end_pressed = Signal()
    stepped = Signal(int)
    loop_changed = Signal(bool)
    speed_changed = Signal(float)
    range_cleared = Signal()
    actual_size_pressed = Signal()
    full_screen_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_surface(self, "window")
        self.setFixedHeight(_HEIGHT)
        self._fps, self._playing = 24.0, False
        self._first = IconButton("skip-back", "To the start", "Home")
        self._back = IconButton("frame-back", "A frame back", "Left")
        self.play_button = RoundButton("play", "Play", "Space")
        self._on = IconButton("frame-forward", "A frame on", "Right")
        self._end = IconButton("skip-forward", "To the end", "End")
        self._loop = IconButton("repeat", "Play in a loop", "Ctrl+L", checkable=True)
        self._time = Label("", bold=True)
        self._frame = Label("", ink="muted")
        self._part = Label("", ink="muted")
        self._no_part = IconButton("x", "Play all of it again", "Alt+X")
        self._speed = MenuButton(speed_text(1.0))
        self._speed.setMinimumWidth(_SPEED_WIDTH)
        self._actual = IconButton("search", "Actual pixels", "1")
        self._full = IconButton("fullscreen", "Full screen", "F")
        for label in (self._time, self._frame, self._part):
            label.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self._menu = QMenu(self)
        for speed in SPEEDS:
            action = self._menu.addAction(speed_text(speed))
            action.setData(speed)
        self._menu.triggered.connect(self._on_speed)
        items: tuple[QWidget | int, ...] = (
            self._first,
            self._back,
            self.play_button,
            self._on,
            self._end,
            self._loop,
            self._time,
            self._frame,
            1,
            self._part,
            self._no_part,
            self._speed,
            self._actual,
            self._full,
        )
        line = row(*items, gap=1, margins=(2, 0, 2, 0))
        line.insertSpacing(items.index(self._time), 2 * SPACE)
        line.insertSpacing(items.index(self._frame) + 1, 2 * SPACE)
        self.setLayout(line)
        self.play_button.clicked.connect(self.play_pressed)
        self._first.clicked.connect(self.start_pressed)
        self._end.clicked.connect(self.end_pressed)
        self._back.clicked.connect(self._on_back)
        self._on.clicked.connect(self._on_forward)
        self._loop.clicked.connect(self.loop_changed)
        self._no_part.clicked.connect(self.range_cleared)
        self._speed.clicked.connect(self._open_menu)
        self._actual.clicked.connect(self.actual_size_pressed)
        self._full.clicked.connect(self.full_screen_pressed)
        self.clear()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where room is short the frame's number goes first: time and buttons must stay whole."""
        super().resizeEvent(event)
        self._frame.setVisible(self.width() >= _ROOMY)

    def clear(self) -> None:
        """Show no video."""
        self.set_enabled(False)
        self._time.setText("")
        self._frame.setText("")
        self._part.hide()
        self._no_part.hide()
        self._show_playing(False)

    def set_video(self, fps: float) -> None:
        """Another video."""
        self._fps = fps
        self.set_enabled(True)

    def set_enabled(self, enabled: bool) -> None:
        """Whether there is anything to play."""
        for child in self.findChildren(QWidget):
            child.setEnabled(enabled)

    def set_position(self, index: int, frames: int) -> None:
        """Show where one is."""
        self._time.setText(timecode(index, self._fps))
        self._frame.setText(f"frame {index + 1} of {frames}")

    def set_state(self, state: State) -> None:
        """Show how playback stands."""
        self._show_playing(state.playing)
        self._loop.setChecked(state.loop)
        self._speed.set_state(speed_text(state.speed))
        self._part.setVisible(state.part is not None)
        self._no_part.setVisible(state.part is not None)
        if state.part is not None:
            # B is where its frame ends, so that B less A is how long the range plays.
            begins, ends = timecode(state.part[0], self._fps), timecode(state.part[1] + 1, self._fps)
            self._part.setText(f"A {begins}   B {ends}")

    def set_full_screen(self, on: bool) -> None:
        """Show the way back."""
        self._full.set_icon("fullscreen-exit" if on else "fullscreen")
        self._full.set_text("Leave full screen" if on else "Full screen", "F")

    def _show_playing(self, playing: bool) -> None:
        if playing != self._playing or not self.play_button.text():
            self._playing = playing
            self.play_button.set_icon("pause" if playing else "play")
            self.play_button.set_text("Pause" if playing else "Play", "Space")

    def _on_back(self) -> None:
        self.stepped.emit(-1)

    def _on_forward(self) -> None:
        self.stepped.emit(1)

    def _open_menu(self) -> None:
        above = QPoint(0, -self._menu.sizeHint().height() - SPACE)
        self._menu.popup(self._speed.mapToGlobal(above))

    def _on_speed(self, action: QAction) -> None:
        self.speed_changed.emit(float(action.data()))
