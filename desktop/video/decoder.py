"""The thread that owns the video: it decodes ahead, refines what stands still, and keeps a copy of every frame.

It works in small steps, one decode each, and looks after each what is wanted most now: a frame to save, the ring
of a playing video, the exact frame of a standing one, the film strip, the copies still missing.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, replace
from enum import Enum, auto
from pathlib import Path

import numpy as np

from desktop.core.errors import VideoError
from desktop.opencv import cv2
from desktop.video.colour import Matrix, corrected, correction
from desktop.video.desk import SETTLE, Desk, Ready
from desktop.video.messages import Closed, Failed, FrameSaved, Kept, Opened, Thumbnail
from desktop.video.probe import Frame
from desktop.video.proxies import Proxies
from desktop.video.source import EndOfVideo, Source
from desktop.video.view import View, render, shrunk

_MOST_SKIPS = 3
"""Late frames in a row that are not even converted."""


class SaveError(VideoError):
    """A frame could not be written; the video itself is well."""


class _Aim(Enum):
    STOP = auto()
    LOAD = auto()
    SAVE = auto()
    RUN = auto()
    SHOW = auto()
    STRIP = auto()
    KEEP = auto()


@dataclass(frozen=True, slots=True)
class _Work:
    """One step. ``video`` and ``run`` tell later whether its result is still wanted."""

    aim: _Aim
    index: int = 0
    view: View | None = None
    path: Path | None = None
    video: int = 0
    run: int = 0
    ordinal: int = 0


@dataclass(slots=True)
class _Loaded:
    """The video at hand; ``full`` holds frame number ``at`` in full size, in the colours OpenCV gave."""

    path: Path
    source: Source
    proxies: Proxies
    matrix: Matrix | None
    full: Frame
    spare: Frame
    at: int = -1


class Decoder:
    """Runs until the desk says stop."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._loaded: _Loaded | None = None
        self._video = 0
        self._skips = 0

    def run(self) -> None:
        """The thread's body."""
        while True:
            with self._desk.changed:
                work = self._next()
            try:
                if work.aim is _Aim.STOP:
                    break
                if work.aim is _Aim.LOAD:
                    self._load(work)
                elif self._loaded is not None:
                    self._step(work, self._loaded)
            except EndOfVideo:
                self._counted()
            except VideoError as error:
                self._failed(work, error)
            except (cv2.error, MemoryError, OSError) as error:
                self._failed(work, VideoError("The video cannot be played: decoding it failed.", repr(error)))
        self._unload()

    def _next(self) -> _Work:
        """Wait for something to do, and say what comes first."""
        desk = self._desk
        while not desk.stop:
            if desk.video != self._video:
                return _Work(_Aim.LOAD, path=desk.path, video=desk.video)
            if self._loaded is not None:
                work, patience = self._choose(self._loaded)
                if work is not None:
                    return work
                desk.changed.wait(patience)
            else:
                desk.saves.clear()
                desk.changed.wait()
        return _Work(_Aim.STOP)

    def _choose(self, loaded: _Loaded) -> tuple[_Work | None, float | None]:
        desk, patience = self._desk, None
        if desk.saves:
            save = desk.saves[0]
            return _Work(_Aim.SAVE, save.index, path=save.path, video=desk.video), None
        if desk.playing and desk.course is not None and desk.view is not None and not desk.from_copies:
            desk.fed = max(desk.fed, desk.ordinal)
            index = desk.course.index(desk.fed)
            if index is not None and desk.ring_has_room(desk.view):
                return _Work(_Aim.RUN, index, desk.view, None, desk.video, desk.run, desk.fed), None
            return None, None
        if desk.wants_exact and desk.exact is None:
            rest = desk.touched + SETTLE - time.monotonic()
            if rest <= 0 or desk.position not in loaded.proxies or loaded.at == desk.position:
                return _Work(_Aim.SHOW, desk.position, desk.view, None, desk.video, desk.run), None
            patience = rest
        for index in desk.strip:
            if index in loaded.proxies:
                return _Work(_Aim.STRIP, index), None
        missing = loaded.proxies.first_missing()
        if missing < desk.frames and not loaded.proxies.full:
            return _Work(_Aim.KEEP, missing, video=desk.video), None
        return None, patience

    def _step(self, work: _Work, loaded: _Loaded) -> None:
        if work.aim is _Aim.STRIP:
            copy = loaded.proxies.get(work.index)
            if copy is not None:
                self._thumbnail(work.index, copy)
        elif work.aim is _Aim.RUN:
            self._feed(work, loaded)
        elif work.aim is _Aim.KEEP:
            loaded.source.approach(work.index)
            self._keep(loaded)
        elif loaded.at == work.index or self._reach(work.index, loaded):
            if work.aim is _Aim.SAVE:
                self._save(work, loaded)
            else:
                self._refine(work, loaded)

    def _reach(self, index: int, loaded: _Loaded) -> bool:
        """One step towards a frame that is wanted in full; copies are kept on the way."""
        if not loaded.source.approach(index):
            self._keep(loaded)
            return False
        loaded.full = loaded.source.frame(loaded.full)
        loaded.at = index
        self._copy(index, loaded.full, loaded)
        return True

    def _keep(self, loaded: _Loaded) -> None:
        """Keep a copy of the frame at hand, unless there is one."""
        index = loaded.source.position
        if index >= 0 and index not in loaded.proxies and not loaded.proxies.full:
            loaded.spare = loaded.source.frame(loaded.spare)
            self._copy(index, loaded.spare, loaded)

    def _copy(self, index: int, frame: Frame, loaded: _Loaded) -> None:
        if index in loaded.proxies:
            return
        proxies = loaded.proxies
        small = corrected(shrunk(frame, proxies.width, proxies.height), loaded.matrix)
        proxies.add(index, small)
        if index in self._desk.strip:
            self._thumbnail(index, small)
        with self._desk.changed:
            self._desk.tell(Kept(len(proxies), self._desk.frames))

    def _thumbnail(self, index: int, frame: Frame) -> None:
        desk = self._desk
        with desk.changed:
            size = desk.strip.pop(index, None)
        if size is not None:
            image = np.asarray(cv2.cvtColor(shrunk(frame, *size), cv2.COLOR_BGR2BGRA), np.uint8)
            with desk.changed:
                desk.tell(Thumbnail(index, image))

    def _feed(self, work: _Work, loaded: _Loaded) -> None:
        """One step towards the next frame of the ring."""
        desk = self._desk
        if not loaded.source.approach(work.index):
            return
        assert work.view is not None
        with desk.changed:
            course = desk.course
            if work.run != desk.run or course is None:
                return
            late = time.monotonic() - desk.began - (work.ordinal + 1) * course.period
            if late > 0 and not desk.ring and self._skips < _MOST_SKIPS and work.ordinal > desk.ordinal:
                self._skips += 1
                desk.fed = work.ordinal + 1
                return
        self._skips = 0
        loaded.spare = loaded.source.frame(loaded.spare)
        image = render(loaded.spare, work.view, loaded.source.facts.width, loaded.matrix)
        with desk.changed:
            if work.run == desk.run and work.ordinal == desk.fed:
                desk.ring.append(Ready(work.ordinal, work.index, image, work.view))
                desk.fed = work.ordinal + 1
                desk.changed.notify_all()
        if not loaded.proxies.full:
            self._copy(work.index, loaded.spare, loaded)

    def _refine(self, work: _Work, loaded: _Loaded) -> None:
        assert work.view is not None
        image = render(loaded.full, work.view, loaded.source.facts.width, loaded.matrix)
        desk = self._desk
        with desk.changed:
            if work.run == desk.run and not desk.playing:
                desk.exact = Ready(0, work.index, image, work.view)
                desk.changed.notify_all()

    def _save(self, work: _Work, loaded: _Loaded) -> None:
        """Write the frame as PNG, whole or not at all."""
        assert work.path is not None
        self._drop_save()
        done, data = cv2.imencode(
            ".png", corrected(loaded.full, loaded.matrix), [cv2.IMWRITE_PNG_COMPRESSION, 3]
        )
        if not done:
            raise SaveError(f"The frame could not be saved as {work.path.name}.")
        part = work.path.with_name(f".{work.path.name}.part")
        try:
            part.write_bytes(data.tobytes())
            part.replace(work.path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise SaveError(
                f"{work.path.name} could not be written; choose another folder.", str(error)
            ) from error
        with self._desk.changed:
            self._desk.tell(FrameSaved(work.path, work.index))

    def _drop_save(self) -> None:
        with self._desk.changed:
            if self._desk.saves:
                self._desk.saves.popleft()

    def _load(self, work: _Work) -> None:
        self._unload()
        self._video = work.video
        if work.path is None:
            return
        source = Source(work.path)
        facts = source.facts
        full, spare = (np.empty((facts.height, facts.width, 3), np.uint8) for _ in range(2))
        proxies = Proxies(facts.width, facts.height, facts.frames)
        matrix = correction(work.path, facts.width, facts.height)
        self._loaded = _Loaded(work.path, source, proxies, matrix, full, spare)
        desk = self._desk
        with desk.changed:
            if work.video == desk.video:
                desk.facts, desk.proxies, desk.frames = facts, proxies, facts.frames
                desk.position = min(desk.position, facts.frames - 1)
                desk.tell(Opened(work.path, facts))
                desk.restart()

    def _unload(self) -> None:
        if self._loaded is not None:
            loaded, self._loaded = self._loaded, None
            loaded.source.close()
            with self._desk.changed:
                self._desk.tell(Closed(loaded.path))

    def _counted(self) -> None:
        """The video has a frame or two less than announced: go by the count from now on."""
        desk = self._desk
        with desk.changed:
            if self._loaded is None or desk.video != self._video:
                return
            frames = self._loaded.source.frames
            desk.frames = frames
            desk.position = min(desk.position, frames - 1)
            if desk.part is not None:
                desk.part = min(desk.part[0], frames - 1), min(desk.part[1], frames - 1)
            if desk.course is not None:
                last = min(desk.course.last, frames - 1)
                desk.course = replace(desk.course, first=min(desk.course.first, last), last=last)
            desk.saves = deque(save for save in desk.saves if save.index < frames)
            desk.tell_state()

    def _failed(self, work: _Work, error: VideoError) -> None:
        """Tell it; a video of which fewer frames came than announced is played as far as it goes."""
        desk, loaded = self._desk, self._loaded
        with desk.changed:
            if desk.video == self._video:
                desk.tell(Failed(str(error), error.details))
        if work.aim is _Aim.SAVE and isinstance(error, SaveError):
            return
        if loaded is not None and 0 < loaded.source.frames < desk.frames:
            self._counted()
            return
        self._unload()
        with desk.changed:
            if desk.video == self._video:
                desk.playing = False
                desk.leave_course()
                desk.frames = 0
                desk.tell_state()
