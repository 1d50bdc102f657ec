"""The thread that shows: each frame at its moment by the monotonic clock, late ones dropped.

All messages leave from here, in order. While scrubbing and playing backwards it lives on the copies in memory and
never waits for the decoder.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from desktop.video.desk import Desk, OnScreen, Ready
from desktop.video.messages import FrameShown, Message
from desktop.video.proxies import Proxies
from desktop.video.view import View, render

_STALL = 2.0
"""Periods by which a frame may be late before the clock waits for it."""

_NEARLY = 0.0005
"""Seconds not worth waiting."""


class Presenter:
    """Runs until the desk says stop; ``send`` gets every message."""

    def __init__(self, desk: Desk, send: Callable[[Message], None]) -> None:
        self._desk = desk
        self._send = send

    def run(self) -> None:
        """The thread's body."""
        desk = self._desk
        while True:
            with desk.changed:
                if desk.outbox:
                    job: Message | Ready | tuple[int, View, Proxies, int] | None = desk.outbox.popleft()
                elif desk.stop:
                    return
                else:
                    job = self._moment() if desk.playing else self._still()
                video = desk.video
            if isinstance(job, Ready):
                self._show(FrameShown(job.index, job.image, job.view, True), video)
            elif isinstance(job, tuple):
                index, view, proxies, width = job
                copy = proxies.get(index)
                if copy is not None:
                    self._show(FrameShown(index, render(copy, view, width), view, False), video)
            elif job is not None:
                self._send(job)

    def _show(self, message: FrameShown, video: int) -> None:
        desk = self._desk
        with desk.changed:
            if video != desk.video:
                return
            desk.on_screen = OnScreen(message.index, message.exact, message.view)
            desk.changed.notify_all()
        self._send(message)

    def _still(self) -> Ready | tuple[int, View, Proxies, int] | None:
        """Standing still: the frame itself as soon as it is there, until then its copy."""
        desk = self._desk
        ready, desk.exact = desk.exact, None
        if ready is not None and ready.index == desk.position:
            return ready
        shown = desk.on_screen
        if shown is None or shown.index != desk.position:
            copy = self._copy(desk.position)
            if copy is not None:
                return copy
        desk.changed.wait()
        return None

    def _moment(self) -> Ready | tuple[int, View, Proxies, int] | None:
        """Playing: what is due now, or a wait."""
        desk, course = self._desk, self._desk.course
        if course is None:
            desk.changed.wait()
            return None
        if course.index(desk.ordinal) is None:
            desk.playing = False
            desk.leave_course()
            desk.tell_state()
            return None
        now = time.monotonic()
        due = desk.began + desk.ordinal * course.period
        if now < due - _NEARLY:
            desk.changed.wait(due - now)
            return None
        newest = desk.ordinal + max(0, int((now - due) / course.period))
        while course.index(newest) is None:
            newest -= 1
        while desk.ring and desk.ring[0].ordinal < desk.ordinal:
            desk.ring.popleft()
        ready = next((item for item in reversed(desk.ring) if item.ordinal <= newest), None)
        if ready is None or newest - ready.ordinal > 1:
            for ordinal in range(newest, ready.ordinal if ready else desk.ordinal - 1, -1):
                copy = self._copy(course.index(ordinal))
                if copy is not None:
                    if not desk.from_copies:
                        desk.statistics.stood_in += 1
                        desk.behind += 1
                    self._passed(ordinal, now)
                    return copy
        if ready is None:
            if desk.from_copies and desk.proxies is not None and desk.proxies.full:
                desk.ordinal = newest + 1  # there will never be a copy of these
            else:
                desk.changed.wait()
            return None
        desk.behind = 0
        self._passed(ready.ordinal, now)
        return ready

    def _passed(self, ordinal: int, now: float) -> None:
        desk, course = self._desk, self._desk.course
        assert course is not None
        late = now - (desk.began + ordinal * course.period)
        desk.statistics.shown += 1
        desk.statistics.dropped += ordinal - desk.ordinal
        desk.statistics.late.append(late)
        if late > _STALL * course.period:
            desk.began += late
        desk.ordinal = ordinal + 1
        desk.position = course.index(ordinal) or 0
        while desk.ring and desk.ring[0].ordinal <= ordinal:
            desk.ring.popleft()
        desk.changed.notify_all()

    def _copy(self, index: int | None) -> tuple[int, View, Proxies, int] | None:
        desk = self._desk
        if index is None or desk.proxies is None or desk.view is None or desk.facts is None:
            return None
        if index not in desk.proxies:
            return None
        return index, desk.view, desk.proxies, desk.facts.width
