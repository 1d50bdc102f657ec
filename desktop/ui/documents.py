"""Documents: open, save, recent shots, autosave and recovery.

Files are read and written in threads. Only Save touches the shot file; autosave writes into the recovery folder, two
seconds after the last change and at least every twelve seconds of work.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import uuid
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QTimer, Signal
from PySide6.QtGui import QImage, QImageWriter

from desktop.core.errors import KinebrushError
from desktop.core.shot import Shot, SourceImage
from desktop.core.waiting import Waiting, WaitingMasks, WaitingSelection
from desktop.storage.atomic import write_atomic
from desktop.storage.autosaves import NOTE, Autosaves
from desktop.storage.latest import LatestWriter
from desktop.storage.paths import DataDir
from desktop.storage.recovery_note import Note, note_bytes, read_note
from desktop.ui.errands import Spawn
from desktop.ui.session import Session

if TYPE_CHECKING:
    from desktop.imaging.glimpse import Taken

SUFFIX = ".kinebrush"
PICTURES = "Pictures (*.jpg *.jpeg *.png *.webp *.tif *.tiff *.bmp *.gif *.avif)"
SHOTS = f"Shots (*{SUFFIX})"

QUIET_MS = 2000
"""Autosave this long after the last change."""
LONGEST_MS = 12_000
"""Autosave at least this often while work goes on; with the writing, no more than 15 seconds of work are at stake."""
MOST_RECENT = 12


class Documents(QObject):
    """The file side of a session. ``spawn`` runs coroutines and reports their failures."""

    path_changed = Signal(object)
    """The file of the open shot (a Path), or None for one that has none yet."""
    busy_changed = Signal(str)
    """What is being read or written; empty when nothing."""
    picture_taken = Signal(object)
    """A new shot of this picture (a `Taken`) is about to be shown."""
    waiting_found = Signal(object)
    """Work was recovered in which this waited to be finished (``tuple[Waiting, ...]``)."""

    def __init__(
        self,
        session: Session,
        data: DataDir,
        spawn: Spawn,
        writer: LatestWriter,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._data = data
        self._spawn = spawn
        self._writer = writer
        self._autosaves = Autosaves(data.recovery)
        self._autosave_file = self._autosaves.new()
        self._autosaving, self._saving, self._replacing = asyncio.Lock(), asyncio.Lock(), asyncio.Lock()
        self._autosaved_revision = -1
        self._autosaved_half = False
        """Whether the last autosave was in the middle of a stroke, which may have been dropped since."""
        self._autosaved_waiting: tuple[Waiting, ...] = ()
        self._closed = False
        self.waiting: Callable[[], tuple[Waiting, ...]] = tuple
        """What is begun in the tools and waits to be finished: no shot holds it, but recovery does."""
        self._turns: list[_Turn] = []
        self._asked = self._shown = 0
        self.may_replace: Callable[[], Awaitable[bool]] = _always
        """Asked, when all is read, before another shot takes the place of the open one; False keeps that."""
        self.path: Path | None = None
        self.recent: tuple[Path, ...] = self._read_recent()
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(QUIET_MS)
        self._quiet.timeout.connect(self._autosave_soon)
        self._longest = QTimer(self)
        self._longest.setSingleShot(True)
        self._longest.setInterval(LONGEST_MS)
        self._longest.timeout.connect(self._autosave_soon)
        session.edited.connect(self._edited)
        session.labels_changed.connect(self._drawn)

    # --- open ---------------------------------------------------------------------------------------------------

    async def open_file(self, path: Path) -> None:
        """Open a shot file, or make a new shot of a picture file. Raises KinebrushError."""
        with self._busy(f"Opening {path.name}") as turn:
            if path.suffix.lower() == SUFFIX:
                shot = await asyncio.to_thread(_load, path)
                if await self._show(turn, shot, path):
                    self._remember(path)
            else:
                await self._show_new(turn, await asyncio.to_thread(_picture_of_file, path))

    async def open_url(self, url: str) -> None:
        """Make a new shot of a picture on the web, downloaded once and kept in the shot. Raises KinebrushError."""
        with self._busy("Downloading the picture") as turn:
            await self._show_new(turn, await picture_of_url(url), saved=False)

    async def open_pasted(self, image: QImage) -> None:
        """Make a new shot of a pasted picture. Raises KinebrushError."""
        with self._busy("Reading the picture") as turn:
            await self._show_new(turn, await picture_of(image), saved=False)

    async def open_sample(self) -> None:
        """Open the shipped sample as a new shot."""
        with self._busy("Opening the sample") as turn:
            await self._show(turn, await asyncio.to_thread(_sample), None)

    async def open_shot(self, shot: Shot) -> bool:
        """Show a shot that is kept elsewhere (a copy of a job's, say). False when the open one was to stay."""
        with self._busy("") as turn:
            return await self._show(turn, shot, None)

    # --- save ---------------------------------------------------------------------------------------------------

    async def save(self, path: Path) -> None:
        """Write the open shot; the old file stays until the new one is whole. Raises KinebrushError."""
        if path.suffix.lower() != SUFFIX:
            path = path.with_name(path.name + SUFFIX)
        async with self._saving:
            self._session.settle()
            copy, file = self._session.begin_snapshot(), self._autosave_file
            if copy is None:
                return
            revision = self._session.revision
            with self._busy(f"Saving {path.name}"):
                await asyncio.to_thread(lambda: _save(copy(), path))
            self._remember(path)
            if self._autosave_file != file:
                return  # another shot was opened meanwhile: the file is not its
            self.path = path
            if self._session.revision == revision:
                self._session.mark_saved()
                await self.forget_recovery()
                if self.waiting():
                    self._edited()
            self.path_changed.emit(path)

    async def settled(self) -> None:
        """Wait until a save under way has ended."""
        async with self._saving:
            return

    # --- recovery -----------------------------------------------------------------------------------------------

    async def left_behind(self) -> tuple[Path, ...]:
        """Work that was never saved and whose window is gone, newest first. Raises StoreError."""
        return await asyncio.to_thread(self._autosaves.take_over)

    async def recover(self, path: Path) -> None:
        """Open autosaved work as unsaved. Raises KinebrushError when it cannot be read, and sets it aside."""
        with self._busy("Recovering your work") as turn:
            try:
                shot = await asyncio.to_thread(_load, path)
            except KinebrushError as error:
                kept = await asyncio.to_thread(self._autosaves.set_aside, path)
                raise KinebrushError(
                    f"Unsaved work could not be recovered; it is kept as “{kept}”.",
                    f"{error} {error.details}",
                ) from error
            note = await asyncio.to_thread(read_note, path.with_suffix(NOTE))
            if await self._show(turn, shot, note.home, saved=False):
                self._autosave_file, self._autosaved_waiting = path, note.waiting
                self.waiting_found.emit(note.waiting)

    async def forget_recovery(self) -> None:
        """The open shot is safe, or not wanted: its autosaved copy may go."""
        self._quiet.stop()
        self._longest.stop()
        await self._forget(self._autosave_file)
        self._autosaved_revision, self._autosaved_half, self._autosaved_waiting = -1, False, ()

    async def close(self) -> None:
        """The window is going: no autosave follows."""
        self._closed = True
        self._quiet.stop()
        self._longest.stop()
        async with self._autosaving:
            await asyncio.to_thread(self._autosaves.close)

    async def autosave(self) -> None:
        """Write the open shot into the recovery folder, if it has changes that no file holds or something waits.

        A stroke that is being drawn is written as far as it has come; what is only tried out, a preview, is not.
        """
        async with self._autosaving:
            session, file, path = self._session, self._autosave_file, self.path
            drawing, revision, waiting = session.drawing, session.revision, self.waiting()
            if not drawing and not session.modified and not waiting:
                if self._autosaved_half or self._autosaved_waiting:
                    self._autosaved_revision, self._autosaved_half, self._autosaved_waiting = -1, False, ()
                    await asyncio.to_thread(self._autosaves.remove, file)
                return
            same = not drawing and revision == self._autosaved_revision
            if same and waiting == self._autosaved_waiting:
                return
            copy = None if same else session.begin_snapshot(settled=not drawing)
            if copy is None and not same:
                return
            # Masks that are laid now would be moved once more by a note of before.
            until = (w for w in self._autosaved_waiting if w in waiting or not isinstance(w, WaitingMasks))
            before, after = Note(path, tuple(until)), Note(path, waiting)
            self._longest.stop()
            try:
                await asyncio.to_thread(self._write_recovery, file, copy, before, after)
            except KinebrushError:
                self._longest.start()  # a full disk passes: it is tried again without another change
                raise
            if self._autosave_file != file:
                return  # another shot was opened meanwhile: nothing is autosaved of that
            self._autosaved_revision, self._autosaved_half = (-1, True) if drawing else (revision, False)
            self._autosaved_waiting = waiting
            if drawing:
                self._longest.start()

    def end_gesture(self) -> None:
        """A stroke under way becomes a step of undo; a selection that waits goes on."""
        session = self._session
        session.finish_step()
        if session.in_gesture and not any(isinstance(begun, WaitingSelection) for begun in self.waiting()):
            session.commit_gesture()
            session.gesture_taken.emit()

    def waiting_changed(self) -> None:
        """What is begun in the tools is something else now: that, too, is work to lose."""
        self._edited()

    # --- inside -------------------------------------------------------------------------------------------------

    async def _show_new(self, turn: _Turn, taken: Taken, *, saved: bool = True) -> None:
        """Show a new shot of a picture."""
        await self._show(turn, _new_shot(taken.image), None, saved=saved, taken=taken)

    async def _show(
        self, turn: _Turn, shot: Shot, path: Path | None, *, saved: bool = True, taken: Taken | None = None
    ) -> bool:
        """Put a shot in the place of the open one. False when that was to stay, or what was asked for later is shown
        already: who opens one picture and then another does not wait for the first."""
        await asyncio.to_thread(bring_in)
        async with self._replacing:
            if turn.number < self._shown or not await self.may_replace():
                return False
            self._shown = turn.number
            before, self._autosave_file = self._autosave_file, self._autosaves.new()
            if taken is not None:
                self.picture_taken.emit(taken)
            self._session.open(shot, saved=saved, blank=taken is not None)
            self.path = path
            self._autosaved_revision, self._autosaved_half, self._autosaved_waiting = -1, False, ()
            self.path_changed.emit(path)
            if not saved:
                self._edited()
            await self._forget(before)
            return True

    async def _forget(self, file: Path) -> None:
        async with self._autosaving:
            await asyncio.to_thread(self._autosaves.remove, file)

    def _edited(self) -> None:
        if self._closed:
            return
        self._quiet.start()
        if not self._longest.isActive():
            self._longest.start()

    def _drawn(self, _box: object) -> None:
        """A stroke may go on for longer than what may be lost."""
        if self._session.drawing and not self._longest.isActive():
            self._longest.start()

    def _autosave_soon(self) -> None:
        self._spawn(self.autosave(), "autosave")

    def _write_recovery(self, file: Path, copy: Callable[[], Shot] | None, before: Note, after: Note) -> None:
        """In the thread: the shot, if it is another one, and then the note; a shot is never there without one.

        What has waited and is painted now is in the note until it is in the shot.
        """
        self._autosaves.begin()
        note = file.with_suffix(NOTE)
        if copy is not None:
            write_atomic(note, note_bytes(before))
            _save(copy(), file)
        if copy is None or after != before:
            write_atomic(note, note_bytes(after))

    def _busy(self, text: str) -> _Turn:
        self._asked += 1
        return _Turn(self, text, self._asked)

    def begin_turn(self, turn: _Turn) -> None:
        """Something is being read or written."""
        self._turns.append(turn)
        self.busy_changed.emit(turn.text)

    def end_turn(self, turn: _Turn) -> None:
        """It is not any more."""
        self._turns.remove(turn)
        self.busy_changed.emit(self._turns[-1].text if self._turns else "")

    @property
    def _recent_file(self) -> Path:
        return self._data.root / "recent.json"

    def _read_recent(self) -> tuple[Path, ...]:
        try:
            listed = json.loads(self._recent_file.read_text(encoding="utf-8"))
            return tuple(Path(str(entry)) for entry in listed)[:MOST_RECENT]
        except (OSError, ValueError, TypeError):
            return ()

    def _remember(self, path: Path) -> None:
        path = path.absolute()
        self.recent = (path, *(entry for entry in self.recent if entry != path))[:MOST_RECENT]
        text = json.dumps([str(entry) for entry in self.recent])
        self._writer.put(self._recent_file, partial(write_atomic, self._recent_file, text.encode()))


class _Turn:
    """Says what is being done, and that it is over. The later it was asked for, the higher is its ``number``."""

    def __init__(self, documents: Documents, text: str, number: int) -> None:
        self._documents, self.text, self.number = documents, text, number

    def __enter__(self) -> _Turn:
        self._documents.begin_turn(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._documents.end_turn(self)


def png_of(image: QImage) -> bytes:
    """A picture of Qt's as PNG bytes."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"PNG")).write(image)
    return bytes(buffer.data().data())


async def picture_of(source: object) -> Taken:
    """A picture from a path, an address or a QImage, with what can be shown of it at once. Raises KinebrushError."""
    if isinstance(source, QImage):
        return await asyncio.to_thread(_picture_of_image, source)
    text = str(source)
    if text.startswith(("https://", "http://")):
        return await picture_of_url(text)
    return await asyncio.to_thread(_picture_of_file, Path(text))


async def picture_of_url(url: str) -> Taken:
    """A picture on the web, downloaded once. Raises KinebrushError."""
    from desktop.jobs.pictures import fetch

    return await fetch(url)


def bring_in() -> None:
    """Import, in a thread, what a shot is read, shown and painted with: in the window's turn it would be felt."""
    for name in ("desktop.imaging.glimpse", "desktop.ui.canvas.surface", "desktop.ui.canvas.tools.make"):
        importlib.import_module(name)


# The readers are imported in the threads that use them: OpenCV and Pillow take longer to load than a window to show.


def _load(path: Path) -> Shot:
    from desktop.imaging.masks import read_label_map
    from desktop.storage.shot_file import load_shot

    return load_shot(path, read_label_map)


def _save(shot: Shot, path: Path) -> None:
    from desktop.imaging.masks import indexed_png
    from desktop.storage.shot_file import save_shot

    save_shot(shot, path, indexed_png)


def _sample() -> Shot:
    from desktop.jobs.sample import sample_shot

    return sample_shot()


def _picture_of_file(path: Path) -> Taken:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise KinebrushError(f"{path.name} cannot be read: {error.strerror or error}.") from error
    return _picture_of_bytes(data, path.name)


def _picture_of_image(image: QImage) -> Taken:
    return _picture_of_bytes(png_of(image), "Pasted picture.png")


def _picture_of_bytes(data: bytes, name: str) -> Taken:
    from desktop.imaging.glimpse import take_in

    return take_in(data, name)


def _new_shot(image: SourceImage) -> Shot:
    from desktop.core.shot import new_shot

    return new_shot(uuid.uuid4().hex, image)


async def _always() -> bool:
    return True
