"""The player as one widget: stage, film strip, transport, and the keys for them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from desktop.ui.controls import EmptyState, column, rule, set_surface
from desktop.ui.player.bridge import FramePicture, PlayerBridge
from desktop.ui.player.stage import StageView
from desktop.ui.player.strip import FilmStrip
from desktop.ui.player.transport import Transport
from desktop.ui.player.zoom_bar import ZoomBar
from desktop.ui.theme import SPACE
from desktop.video.messages import State
from desktop.video.plain import VideoFacts

_SHUTTLE = {1.0: 2.0, 2.0: 4.0, 4.0: 4.0}
_KEY = Qt.Key
_CORNER = 14

_PLAIN = frozenset(
    {
        *(_KEY.Key_Space, _KEY.Key_Left, _KEY.Key_Right, _KEY.Key_Home, _KEY.Key_End),
        *(_KEY.Key_J, _KEY.Key_K, _KEY.Key_L, _KEY.Key_I, _KEY.Key_O, _KEY.Key_F),
        *(_KEY.Key_0, _KEY.Key_1, _KEY.Key_Plus, _KEY.Key_Equal, _KEY.Key_Minus),
    }
)


def _means_something(event: QKeyEvent) -> bool:
    """Whether `PlayerView.handle_key` would do something with a key."""
    keys = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if keys == Qt.KeyboardModifier.ControlModifier:
        return event.key() == _KEY.Key_L
    if keys == Qt.KeyboardModifier.AltModifier:
        return event.key() == _KEY.Key_X
    return event.key() in _PLAIN and (not keys or keys == Qt.KeyboardModifier.ShiftModifier)


_NO_TAKE = ("No take yet", "Generate a shot, and its video plays here.")
_NONE_CHOSEN = ("Choose a take", "Its video plays here.")


class PlayerView(QWidget):
    """Plays one video. Keys: Space, Left and Right, Home and End, J K L, I O, Alt+X, Ctrl+L, 0, 1, +, -, F."""

    full_screen_pressed = Signal()
    opened = Signal(object)
    """``VideoFacts``"""
    frame_shown = Signal(int, bool)
    """Frame number, and whether it is the frame itself"""
    frame_saved = Signal(object, int)
    """Path, frame number"""
    failed = Signal(str, str)
    """A sentence, and details to copy"""
    closed = Signal(object)
    """Path of the video that may be replaced now"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_surface(self, "window")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.bridge = PlayerBridge(self)
        self.stage, self.strip, self.transport = StageView(), FilmStrip(), Transport()
        self._empty = EmptyState("film", *_NO_TAKE)
        set_surface(self._empty, "stage")
        self.room = QWidget()  # of the video, or of what stands there without one
        self._stack = QStackedLayout(self.room)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.stage)
        self.zoom_bar = ZoomBar("0", "1", ("-",), ("+", "="), self.stage)
        self.setLayout(column(self.room, rule(), self.strip, rule(), self.transport, gap=0))
        self._state: State | None = None
        self._facts: VideoFacts | None = None
        self._play_after_scrub = False
        self._position = 0
        self._wire()

    @property
    def position(self) -> int:
        """The number of the frame on screen."""
        return self._position

    @property
    def facts(self) -> VideoFacts | None:
        """What plays, or None."""
        return self._facts

    @property
    def state(self) -> State | None:
        """How playback stands, or None without a video."""
        return self._state

    @property
    def playing(self) -> bool:
        """Whether it plays now."""
        return self._state is not None and self._state.playing

    def open(self, path: Path, poster: QImage | None = None, *, play: bool = False) -> None:
        """Show a video; ``poster`` stands there until its first frame comes."""
        self._reset()
        self._stack.setCurrentWidget(self.stage)
        self.stage.set_poster(poster)
        self.bridge.open(path, play=play)

    def close_video(self) -> None:
        """Let go of the file; ``closed`` follows when it may be replaced."""
        self._reset()
        self._stack.setCurrentWidget(self._empty)
        self.bridge.close()

    def save_frame(self, path: Path, index: int | None = None) -> None:
        """Write a frame, or the one on screen, full size as PNG; ``frame_saved`` or ``failed`` follows."""
        self.bridge.player.save_frame(path, self._position if index is None else index)

    def shutdown(self) -> bool:
        """End the player's threads, for the end of the application. False if they did not end in time."""
        return self.bridge.shutdown()

    def set_choice(self, there_is_one: bool) -> None:
        """Whether there are takes to choose from: what stands here without a video says so."""
        self._empty.set_text(*(_NONE_CHOSEN if there_is_one else _NO_TAKE))

    def set_full_screen(self, on: bool) -> None:
        """Show the video without room around it, and the way back."""
        self.stage.set_margin(0 if on else 8 * SPACE)
        self.transport.set_full_screen(on)

    def event(self, event: QEvent) -> bool:
        """The player's keys are its own while it has the focus, whatever the window uses them for."""
        override = event.type() == QEvent.Type.ShortcutOverride and self._state is not None
        if override and isinstance(event, QKeyEvent) and _means_something(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.handle_key(event):
            super().keyPressEvent(event)

    def handle_key(self, event: QKeyEvent) -> bool:
        """Do what a key means; False for keys that mean nothing here."""
        player, state = self.bridge.player, self._state
        if state is None:
            return False
        key, keys = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if keys == Qt.KeyboardModifier.ControlModifier and key == _KEY.Key_L:
            player.set_loop(not state.loop)
            return True
        if keys == Qt.KeyboardModifier.AltModifier and key == _KEY.Key_X:
            player.set_range(None)
            return True
        shift = keys == Qt.KeyboardModifier.ShiftModifier
        if keys and not shift:
            return False
        match key:
            case _KEY.Key_Space:
                self._toggle()
            case _KEY.Key_Left | _KEY.Key_Right:
                player.step((10 if shift else 1) * (1 if key == _KEY.Key_Right else -1))
            case _KEY.Key_Home:
                self._to_start()
            case _KEY.Key_End:
                self._to_end()
            case _KEY.Key_J | _KEY.Key_L:
                self._shuttle(-1 if key == _KEY.Key_J else 1)
            case _KEY.Key_K:
                player.pause()
            case _KEY.Key_I:
                self._mark(first=self._position)
            case _KEY.Key_O:
                self._mark(last=self._position)
            case _KEY.Key_0:
                self.stage.fit()
            case _KEY.Key_1:
                self._actual_size()
            case _KEY.Key_Plus | _KEY.Key_Equal:
                self.stage.zoom_in()
            case _KEY.Key_Minus:
                self.stage.zoom_out()
            case _KEY.Key_F:
                self.full_screen_pressed.emit()
            case _:
                return False
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_zoom_bar()

    def _wire(self) -> None:
        bridge, player = self.bridge, self.bridge.player
        bridge.opened.connect(self._on_opened)
        bridge.state_changed.connect(self._on_state)
        bridge.frame_shown.connect(self._on_frame)
        bridge.thumbnail.connect(self.strip.add_thumbnail)
        bridge.kept.connect(self._on_kept)
        bridge.failed.connect(self.failed)
        bridge.closed.connect(self.closed)
        bridge.frame_saved.connect(self.frame_saved)
        self.stage.view_changed.connect(player.set_view)
        self.stage.zoom_changed.connect(self._on_zoom)
        self.stage.clicked.connect(self._toggle)
        self.stage.double_clicked.connect(self.full_screen_pressed)
        self.zoom_bar.zoom_in.connect(self.stage.zoom_in)
        self.zoom_bar.zoom_out.connect(self.stage.zoom_out)
        self.zoom_bar.fit.connect(self.stage.fit)
        self.zoom_bar.actual.connect(self.stage.one_to_one)
        self.strip.scrub_began.connect(self._on_scrub_began)
        self.strip.scrubbed.connect(player.seek)
        self.strip.scrub_ended.connect(self._on_scrub_ended)
        self.strip.range_changed.connect(self._on_range)
        self.strip.range_cleared.connect(self._on_range_cleared)
        self.strip.strip_wanted.connect(player.set_strip)
        self.transport.play_pressed.connect(self._toggle)
        self.transport.start_pressed.connect(self._to_start)
        self.transport.end_pressed.connect(self._to_end)
        self.transport.stepped.connect(player.step)
        self.transport.loop_changed.connect(player.set_loop)
        self.transport.speed_changed.connect(player.set_speed)
        self.transport.range_cleared.connect(self._on_range_cleared)
        self.transport.actual_size_pressed.connect(self._actual_size)
        self.transport.full_screen_pressed.connect(self.full_screen_pressed)

    def _reset(self) -> None:
        self._state = self._facts = None
        self._play_after_scrub = False
        self._position = 0
        self.stage.clear()
        self.strip.clear()
        self.transport.clear()
        self.zoom_bar.hide()

    def _on_opened(self, facts: VideoFacts) -> None:
        self._facts = facts
        self.stage.set_video(facts.width, facts.height)
        self.strip.set_video(facts.frames, facts.fps, facts.width / facts.height)
        self.transport.set_video(facts.fps)
        self.zoom_bar.show()
        self._place_zoom_bar()
        self.opened.emit(facts)

    def _on_state(self, state: State) -> None:
        self._state = state
        self.strip.set_range(state.part, state.frames)
        self.transport.set_state(state)
        if not state.playing:
            self._show_position(state.position)

    def _on_frame(self, frame: FramePicture) -> None:
        self.stage.show_frame(frame)
        self._show_position(frame.index)
        self.frame_shown.emit(frame.index, frame.exact)

    def _show_position(self, index: int) -> None:
        self._position = index
        self.strip.set_position(index)
        if self._state is not None:
            self.transport.set_position(index, self._state.frames)

    def _on_kept(self, count: int, _frames: int) -> None:
        self.strip.set_kept(count)

    def _on_zoom(self, scale: float) -> None:
        self.zoom_bar.set_zoom(scale)

    def _place_zoom_bar(self) -> None:
        self.zoom_bar.adjustSize()
        size = self.zoom_bar.size()
        self.zoom_bar.move(_CORNER, self.stage.height() - size.height() - _CORNER)

    def _on_scrub_began(self) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._play_after_scrub = self.playing
        if self.playing:
            self.bridge.player.pause()

    def _on_scrub_ended(self) -> None:
        if self._play_after_scrub:
            self.bridge.player.play()

    def _on_range(self, first: int, last: int) -> None:
        self.bridge.player.set_range((first, last))

    def _on_range_cleared(self) -> None:
        self.bridge.player.set_range(None)

    def _toggle(self) -> None:
        if self._state is not None:
            self.bridge.player.toggle()

    def _to_start(self) -> None:
        state = self._state
        if state is not None:
            self.bridge.player.seek(state.part[0] if state.part else 0)

    def _to_end(self) -> None:
        state = self._state
        if state is not None:
            self.bridge.player.pause()
            self.bridge.player.seek(state.part[1] if state.part else state.frames - 1)

    def _actual_size(self) -> None:
        """Between all of it and its own pixels."""
        placement = self.stage.placement
        if placement is not None and placement.scale == 1.0:
            self.stage.fit()
        else:
            self.stage.one_to_one()

    def _shuttle(self, direction: int) -> None:
        """J and L: play that way, and faster with every press."""
        state = self._state
        assert state is not None
        same = state.playing and state.speed * direction > 0
        speed = _SHUTTLE.get(abs(state.speed), 1.0) if same else 1.0
        self.bridge.player.set_speed(direction * speed)
        if not state.playing:
            self.bridge.player.play()

    def _mark(self, first: int | None = None, last: int | None = None) -> None:
        """Set one end of the range; the other one gives way."""
        state = self._state
        assert state is not None
        start, end = state.part or (0, state.frames - 1)
        if first is not None:
            start, end = first, end if end >= first else state.frames - 1
        if last is not None:
            start, end = start if start <= last else 0, last
        self.bridge.player.set_range((start, end))
