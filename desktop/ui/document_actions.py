"""What the window does with documents: asks for files, asks before work is lost, opens what is dropped or pasted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox, QWidget

from desktop.core import edits
from desktop.core.errors import KinebrushError
from desktop.ui.actions import Actions
from desktop.ui.address_dialog import AddressDialog
from desktop.ui.documents import PICTURES, SHOTS, SUFFIX, Documents, picture_of
from desktop.ui.errands import Errands, Spawn
from desktop.ui.icons import icon
from desktop.ui.leaving import kept_by_saving, question
from desktop.ui.session import Session
from desktop.ui.tokens import AROUND


class DocumentActions(Errands):
    """Connects the document actions of a window."""

    def __init__(
        self, window: QWidget, actions: Actions, session: Session, documents: Documents, spawn: Spawn
    ) -> None:
        super().__init__(window, spawn)
        self._window = window
        self._actions = actions
        self._session = session
        self._documents = documents
        documents.may_replace = self.may_leave
        self.first_look: Callable[[QMimeData], bool] | None = None
        """Asked first about what is dropped or pasted; True when somebody else takes care of it."""
        self.keep_selection: Callable[[], None] = _nothing
        """Asked to apply a selection that waits, before the shot is saved."""
        for name, slot in {
            "new": self.ask_picture,
            "open": self.ask_open,
            "open-url": self.ask_url,
            "sample": self.open_sample,
            "save": self.save,
            "save-as": self.ask_save,
            "end-frame": self.ask_end_frame,
            "paste": self.paste,
        }.items():
            actions.on(name, slot)
        self.recent_menu = QMenu("Open recent", window)
        self.recent_menu.aboutToShow.connect(self._fill_recent)
        self.recent_menu.triggered.connect(self._recent_chosen)

    # --- open ---------------------------------------------------------------------------------------------------

    def ask_picture(self) -> None:
        """Ask for a picture and make a new shot of it."""
        self._ask_file("New shot from a picture", f"{PICTURES};;All files (*)", self.open_path)

    def ask_open(self) -> None:
        """Ask for a shot or a picture."""
        kinds = f"Shots and pictures (*{SUFFIX} {PICTURES.partition('(')[2]};;{SHOTS};;{PICTURES}"
        self._ask_file("Open", kinds, self.open_path)

    def open_source(self, source: object) -> None:
        """Make a new shot of a path or a QImage, after asking about unsaved work."""
        if isinstance(source, QImage):
            self._run(self._documents.open_pasted(source), "open")
        else:
            self.open_path(str(source))

    def ask_url(self) -> None:
        """Ask for the address of a picture."""
        sentence = "The address of a picture (https://…). It is downloaded once and kept in the shot."
        clipboard = QGuiApplication.clipboard().text().strip()
        text = clipboard if clipboard.startswith("https://") else "https://"
        dialog = AddressDialog(self._window, "Open an address", sentence, "Open", text)
        dialog.textValueSelected.connect(self.open_url)
        dialog.open()

    def open_path(self, path: str | Path) -> None:
        """Open a shot or a picture file, after asking about unsaved work."""
        self._run(self._documents.open_file(Path(path)), "open")

    def open_url(self, url: str) -> None:
        """Open a picture on the web, after asking about unsaved work."""
        self._run(self._documents.open_url(url.strip()), "open")

    def open_sample(self) -> None:
        """Open the sample, after asking about unsaved work."""
        self._run(self._documents.open_sample(), "open")

    def paste(self) -> None:
        """Make a new shot of the picture (or file, or address) in the clipboard."""
        mime = QGuiApplication.clipboard().mimeData()
        if not self.take(mime):
            self.failed.emit(
                KinebrushError("There is no picture in the clipboard; copy one and paste again.")
            )

    def take(self, mime: QMimeData | None) -> bool:
        """Open what was dropped or pasted; False when it is nothing that can be opened."""
        if mime is None:  # an empty clipboard
            return False
        if self.first_look is not None and self.first_look(mime):
            return True
        for url in mime.urls():
            if url.isLocalFile():
                self.open_path(url.toLocalFile())
            else:
                self.open_url(url.toString())
            return True
        if mime.hasImage():
            image = mime.imageData()
            if isinstance(image, QImage) and not image.isNull():
                self._run(self._documents.open_pasted(image), "open")
                return True
        text = mime.text().strip()
        if text.startswith(("https://", "http://")):
            self.open_url(text)
            return True
        if text.startswith("file:"):
            self.open_path(QUrl(text).toLocalFile())
            return True
        return False

    # --- save ---------------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Save to the shot's file, or ask for one."""
        if self._session.shot is None:
            return
        if self._documents.path is None:
            self.ask_save()
        else:
            self._run(self._save(self._documents.path), "save")

    def ask_save(self) -> None:
        """Ask where to save."""
        self._ask_where(self._save_to)

    def _save_to(self, path: str) -> None:
        self._run(self._save(Path(path)), "save")

    async def _save(self, path: Path) -> None:
        self.keep_selection()
        await _finished_all(self._session)
        await self._documents.save(path)

    def _ask_where(self, then: Callable[[str], object]) -> QFileDialog | None:
        shot = self._session.shot
        if shot is None:
            return None
        dialog = QFileDialog(self._window, "Save the shot", "", SHOTS)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(SUFFIX.lstrip("."))
        current = self._documents.path
        if current is not None:
            dialog.setDirectory(str(current.parent))
        dialog.selectFile(current.name if current is not None else f"{shot.name}{SUFFIX}")
        dialog.fileSelected.connect(then)
        dialog.open()
        return dialog

    # --- end frame ----------------------------------------------------------------------------------------------

    def ask_end_frame(self) -> None:
        """Ask for the picture the video ends with."""
        self._ask_file("End frame", f"{PICTURES};;All files (*)", self.set_end_frame)

    def set_end_frame(self, source: object) -> None:
        """Use a file, an address or a QImage as the end frame."""
        self._run(self._set_end_frame(source), "end frame")

    async def _set_end_frame(self, source: object) -> None:
        image = (await picture_of(source)).image
        shot = self._session.shot
        if shot is not None:
            self._session.edit("Set the end frame", edits.set_end_frame(shot, image))

    # --- unsaved work -------------------------------------------------------------------------------------------

    async def may_leave(self) -> bool:
        """Ask what to do with unsaved work; True when the shot may be left."""
        await self._documents.settled()
        self._documents.end_gesture()  # a stroke under way is work too
        shot, waiting = self._session.shot, [begun for begun in self._documents.waiting() if begun.counts]
        lost = [begun for begun in waiting if not kept_by_saving(begun)]
        modified = self._session.modified or len(lost) < len(waiting)
        if shot is None or not (modified or lost):
            return True
        text, advice = question(shot.name, modified, lost)
        box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle("Unsaved work")
        box.setContentsMargins(*AROUND)
        box.setIconPixmap(icon("save").pixmap(28))
        box.setText(text)
        box.setInformativeText(advice)
        save, cancel = QMessageBox.StandardButton.Save, QMessageBox.StandardButton.Cancel
        box.setStandardButtons(QMessageBox.StandardButton.Discard | cancel | (save if modified else cancel))
        box.setDefaultButton(cancel if lost else save)
        answer = await _finished(box)
        if answer == QMessageBox.StandardButton.Discard:
            return True
        if answer != QMessageBox.StandardButton.Save:
            return False
        path = self._documents.path or await self._chosen_path()
        if path is None:
            return False
        await self._save(path)
        return not self._session.modified and not any(map(kept_by_saving, self._documents.waiting()))

    async def _chosen_path(self) -> Path | None:
        chosen: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        def take(path: str) -> None:
            if not chosen.done():
                chosen.set_result(path)

        dialog = self._ask_where(take)
        if dialog is None:
            return None
        dialog.rejected.connect(lambda: take(""))
        path = await chosen
        return Path(path) if path else None

    # --- inside -------------------------------------------------------------------------------------------------

    def _ask_file(self, title: str, kinds: str, then: Callable[[str], object]) -> None:
        dialog = QFileDialog(self._window, title, "", kinds)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(then)
        dialog.open()

    def _fill_recent(self) -> None:
        self.recent_menu.clear()
        for path in self._documents.recent:
            action = self.recent_menu.addAction(f"{path.stem}    {path.parent}")
            action.setData(str(path))
        if not self._documents.recent:
            self.recent_menu.addAction("Nothing yet").setEnabled(False)

    def _recent_chosen(self, action: object) -> None:
        data = getattr(action, "data", str)()
        if data:
            self.open_path(str(data))


def _nothing() -> None:
    """There is no selection."""


async def _finished_all(session: Session) -> None:
    """Wait until what is applied is worked out and painted."""
    done = asyncio.Event()
    connection = session.finished.connect(done.set)
    try:
        if session.finishing:
            await done.wait()
    finally:
        session.finished.disconnect(connection)


async def _finished(box: QMessageBox) -> QMessageBox.StandardButton:
    """Open a box and wait for its answer without a loop of its own: other tasks go on."""
    answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def take(result: int) -> None:
        if not answer.done():
            answer.set_result(result)

    box.finished.connect(take)
    box.open()
    return QMessageBox.StandardButton(await answer)
