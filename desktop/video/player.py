"""Plays one video: commands in, frames and news out. No Qt here.

Two threads work behind it: the decoder owns the video file and scales; the presenter shows at the right moment and
sends every message. ``send`` is called in the presenter's thread and must be quick; commands return at once and may
come from any thread.

    player = Player(send)
    player.set_view(whole(3840, 2160, 1280, 720))
    player.open(path)
    player.play()
    player.shutdown()
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from desktop.video.desk import Desk, Save, Statistics
from desktop.video.messages import Message
from desktop.video.plain import SPEEDS, View


class Player:
    """One video at a time. After ``shutdown`` a player is of no further use."""

    def __init__(self, send: Callable[[Message], None]) -> None:
        self._desk = Desk()
        self._decoder = threading.Thread(
            target=_decode, args=(self._desk,), name="video decoder", daemon=True
        )
        self._presenter = threading.Thread(
            target=_present, args=(self._desk, send), name="video presenter", daemon=True
        )
        self._running = False

    @property
    def statistics(self) -> Statistics:
        """Figures since the video was opened."""
        return self._desk.statistics

    def open(self, path: Path, *, play: bool = False) -> None:
        """Show a video from its first frame; ``Opened`` or ``Failed`` follows. The speed is 1 again."""
        self._run()
        with self._desk.changed:
            self._forget(path)
            self._desk.playing = play
            self._desk.changed.notify_all()

    def close(self) -> None:
        """Let go of the file; ``Closed`` follows when it may be replaced."""
        self._run()
        with self._desk.changed:
            self._forget(None)
            self._desk.changed.notify_all()

    def shutdown(self, timeout: float = 10.0) -> bool:
        """End both threads, the file let go of. False if one was still busy after ``timeout`` seconds."""
        with self._desk.changed:
            self._desk.stop = True
            self._desk.changed.notify_all()
        for thread in (self._decoder, self._presenter):
            if thread.is_alive() and thread is not threading.current_thread():
                thread.join(timeout)
        return not (self._decoder.is_alive() or self._presenter.is_alive())

    def play(self) -> None:
        """Play on; from an end of the range start at its other one."""
        with self._desk.changed:
            self._desk.playing = True
            self._desk.restart()

    def pause(self) -> None:
        """Stand still; the frame on screen is refined to its full detail."""
        with self._desk.changed:
            self._desk.playing = False
            self._desk.leave_course()
            self._desk.tell_state()

    def toggle(self) -> None:
        """Play or pause."""
        with self._desk.changed:
            (self.pause if self._desk.playing else self.play)()

    def seek(self, index: int) -> None:
        """Go to a frame by its number, or to the nearest there is. A playing video plays on from there."""
        desk = self._desk
        with desk.changed:
            desk.position = max(0, min(index, max(desk.frames, 1) - 1))
            self._desk.restart(by_hand=True)

    def step(self, frames: int) -> None:
        """Go forward or back by a number of frames, and stand still."""
        with self._desk.changed:
            self._desk.playing = False
            self.seek(self._desk.position + frames)

    def set_speed(self, speed: float) -> None:
        """Speed from 0.25 to 4, negative for backwards. Raises ValueError for others."""
        if abs(speed) not in SPEEDS:
            raise ValueError(f"There is no speed {speed}.")
        with self._desk.changed:
            self._desk.speed = speed
            self._desk.restart()

    def set_loop(self, loop: bool) -> None:
        """Whether playback goes round in the range, or in the whole video."""
        with self._desk.changed:
            self._desk.loop = loop
            self._desk.restart()

    def set_range(self, part: tuple[int, int] | None) -> None:
        """Play between two frames, both included, in either order; None for all."""
        desk = self._desk
        with desk.changed:
            if part is not None:
                last = max(desk.frames, 1) - 1
                part = max(0, min(*part, last)), min(max(*part, 0), last)
            desk.part = part
            self._desk.restart()

    def set_view(self, view: View) -> None:
        """What part is shown, and at what size in device pixels."""
        with self._desk.changed:
            if view != self._desk.view:
                self._desk.view = view
                self._desk.exact = None
                self._desk.changed.notify_all()

    def set_strip(self, frames: Iterable[int], width: int, height: int) -> None:
        """Send a ``Thumbnail`` of each of these frames, in this order and as they are decoded."""
        with self._desk.changed:
            self._desk.strip = dict.fromkeys(frames, (width, height))
            self._desk.changed.notify_all()

    def save_frame(self, path: Path, index: int | None = None) -> None:
        """Write a frame, or the one on screen, full size as PNG; ``FrameSaved`` or ``Failed`` follows."""
        desk = self._desk
        with desk.changed:
            last = max(desk.frames, 1) - 1
            at = desk.position if index is None else index
            desk.saves.append(Save(max(0, min(at, last)), path))
            desk.changed.notify_all()

    def _run(self) -> None:
        if not self._running and not self._desk.stop:
            self._running = True
            self._decoder.start()
            self._presenter.start()

    def _forget(self, path: Path | None) -> None:
        desk = self._desk
        desk.leave_course()
        desk.path, desk.facts, desk.proxies, desk.course = path, None, None, None
        desk.video += 1
        desk.frames = desk.position = 0
        desk.playing, desk.speed, desk.part = False, 1.0, None
        desk.on_screen = None
        desk.strip, desk.statistics = {}, Statistics()
        desk.saves.clear()


# Imported in the threads: OpenCV takes longer to load than a window to show.


def _decode(desk: Desk) -> None:
    from desktop.video.decoder import Decoder

    Decoder(desk).run()


def _present(desk: Desk, send: Callable[[Message], None]) -> None:
    from desktop.video.presenter import Presenter

    Presenter(desk, send).run()
