"""What the player's two threads and its commands share. Everything here is read and written under ``changed``."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.video.course import Course, course
from desktop.video.messages import Message, State
from desktop.video.plain import Shown, VideoFacts, View

if TYPE_CHECKING:
    from desktop.video.proxies import Proxies

RING = 8
"""Most frames that wait, decoded and scaled, for their moment."""

RING_BYTES = 192 << 20
"""Most memory they take; three wait in any case."""

BEHIND = 12
"""Copies in a row that stand in before decoding ahead is given up for this course."""

SETTLE = 0.12
"""Seconds without a new command after which a copy on screen is replaced by the frame itself."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A frame that waits for its moment."""

    ordinal: int
    index: int
    image: Shown
    view: View


@dataclass(frozen=True, slots=True)
class OnScreen:
    """What was shown last."""

    index: int
    exact: bool
    view: View


@dataclass(frozen=True, slots=True)
class Save:
    """A frame to be written as PNG."""

    index: int
    path: Path


@dataclass(slots=True)
class Statistics:
    """Figures of playback: frames shown and dropped, copies that stood in, seconds each was late."""

    shown: int = 0
    dropped: int = 0
    stood_in: int = 0
    late: deque[float] = field(default_factory=lambda: deque(maxlen=10_000))


@dataclass(slots=True)
class Desk:
    """The state of one player."""

    changed: threading.Condition = field(default_factory=threading.Condition)
    stop: bool = False
    path: Path | None = None
    video: int = 0  # counts what was opened, so that what belongs to another video is recognised
    facts: VideoFacts | None = None
    proxies: Proxies | None = None
    frames: int = 0
    view: View | None = None
    playing: bool = False
    position: int = 0
    speed: float = 1.0
    loop: bool = False
    part: tuple[int, int] | None = None
    course: Course | None = None
    run: int = 0  # counts courses, so that frames of an older one are recognised
    began: float = 0.0
    ordinal: int = 0
    fed: int = 0
    behind: int = 0  # copies that stood in for frames, one after the other
    ring: deque[Ready] = field(default_factory=deque)
    exact: Ready | None = None
    on_screen: OnScreen | None = None
    touched: float = 0.0
    strip: dict[int, tuple[int, int]] = field(default_factory=dict)
    saves: deque[Save] = field(default_factory=deque)
    outbox: deque[Message] = field(default_factory=deque)
    statistics: Statistics = field(default_factory=Statistics)

    def tell(self, message: Message) -> None:
        """Have the presenter send a message."""
        self.outbox.append(message)
        self.changed.notify_all()

    def tell_state(self) -> None:
        """Send how playback stands."""
        self.tell(State(self.playing, self.position, self.frames, self.speed, self.loop, self.part))

    def leave_course(self) -> None:
        """Forget what was decoded ahead."""
        self.run += 1
        self.ring.clear()
        self.exact = None
        self.touched = time.monotonic()

    def restart(self, *, by_hand: bool = False) -> None:
        """Set the course anew after a command. A seek by hand to outside the A-B range ends the range."""
        self.leave_course()
        self.course = None
        self.behind = 0
        if self.playing and self.facts is not None and self.frames:
            if by_hand and self.part and not self.part[0] <= self.position <= self.part[1]:
                self.part = None
            self.course = course(self.position, self.frames, self.facts.fps, self.speed, self.loop, self.part)
            self.began, self.position = time.monotonic(), self.course.start
            # What is on screen already is not shown again.
            shown = self.on_screen is not None and self.on_screen.index == self.position
            self.ordinal = self.fed = int(shown)
        self.tell_state()

    @property
    def all_kept(self) -> bool:
        """Whether there is a copy of every frame."""
        return self.proxies is not None and 0 < self.frames <= self.proxies.first_missing()

    @property
    def from_copies(self) -> bool:
        """Whether playback is fed by the copies alone.

        Backwards it always is; as soon as they are complete also fast, and where decoding cannot keep up.
        """
        return self.speed < 0 or ((self.speed > 1 or self.behind >= BEHIND) and self.all_kept)

    @property
    def wants_exact(self) -> bool:
        """Whether, standing still, the frame itself is not on screen yet."""
        if self.playing or self.view is None or self.frames == 0:
            return False
        shown = self.on_screen
        return shown is None or not shown.exact or shown.index != self.position or shown.view != self.view

    def ring_has_room(self, view: View) -> bool:
        """Whether one more frame may be decoded ahead."""
        fits = min(RING, max(3, RING_BYTES // (4 * view.width * view.height)))
        return len(self.ring) < fits
