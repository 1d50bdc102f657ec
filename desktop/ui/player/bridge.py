"""From the player's threads to the window: every message becomes a signal in the UI thread.

Pixels travel as numpy arrays and are wrapped, not copied, in a QImage here; both are kept together, since the
image only borrows them.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot
from PySide6.QtGui import QImage

from desktop.video.messages import (
    Closed,
    Failed,
    FrameSaved,
    FrameShown,
    Kept,
    Message,
    Opened,
    State,
    Thumbnail,
)
from desktop.video.plain import Shown, View
from desktop.video.player import Player


@dataclass(frozen=True, slots=True)
class Picture:
    """An image over pixels that are shared and kept alive with it."""

    image: QImage
    pixels: Shown


@dataclass(frozen=True, slots=True)
class FramePicture:
    """A frame to draw: its number, the part it shows, and whether it is the frame itself or a reduced copy."""

    index: int
    picture: Picture
    view: View
    exact: bool


def picture_of(pixels: Shown) -> Picture:
    """An opaque image over H x W x 4 BGRx pixels, without a copy."""
    height, width = pixels.shape[:2]
    return Picture(QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_RGB32), pixels)


class PlayerBridge(QObject):
    """Owns the player. Call ``shutdown`` before it is deleted; the end of the application does so too."""

    frame_shown = Signal(object)
    """``FramePicture``"""
    thumbnail = Signal(int, object)
    """Frame number, ``Picture``"""
    opened = Signal(object)
    """``VideoFacts``"""
    state_changed = Signal(object)
    """``desktop.video.messages.State``"""
    kept = Signal(int, int)
    frame_saved = Signal(object, int)
    """Path, frame number"""
    failed = Signal(str, str)
    """A sentence, and details to copy"""
    closed = Signal(object)
    """Path of the video that may be replaced now"""

    _message = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._message.connect(self._on_message, Qt.ConnectionType.QueuedConnection)
        self._ended = False
        self._path: Path | None = None
        self.player = Player(self._send)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.shutdown)

    def open(self, path: Path, *, play: bool) -> None:
        """Show another video. What is still on its way from the one before is not shown."""
        self._path = path
        self._opened = False
        self.player.open(path, play=play)

    def close(self) -> None:
        """Let go of the file; ``closed`` follows."""
        self._path = None
        self._opened = False
        self.player.close()

    def shutdown(self) -> bool:
        """End the player's threads. False if they did not end in time."""
        self._ended = True
        return self.player.shutdown()

    _opened = False

    def _send(self, message: Message) -> None:
        """Called in the player's thread."""
        if not self._ended:
            with contextlib.suppress(RuntimeError):  # the window may be gone already
                self._message.emit(message)

    @Slot(object)
    def _on_message(self, message: Message) -> None:
        match message:
            case Opened(path=path, facts=facts):
                self._opened = path == self._path
                if self._opened:
                    self.opened.emit(facts)
            case Closed(path=path):
                self.closed.emit(path)
            case FrameSaved(path=path, index=index):
                self.frame_saved.emit(path, index)
            case Failed(sentence=sentence, details=details):
                self.failed.emit(sentence, details)
            case FrameShown() if self._opened:
                picture = picture_of(message.image)
                self.frame_shown.emit(FramePicture(message.index, picture, message.view, message.exact))
            case Thumbnail() if self._opened:
                self.thumbnail.emit(message.index, picture_of(message.image))
            case State() if self._opened:
                self.state_changed.emit(message)
            case Kept() if self._opened:
                self.kept.emit(message.count, message.frames)
            case _:
                pass  # of a video that is not shown any more
