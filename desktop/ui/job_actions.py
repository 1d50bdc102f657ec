"""What the window does with jobs: generate, follow, act, and show finished takes."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget
from shiboken6 import isValid

from desktop.core.errors import KinebrushError
from desktop.core.job import Job, JobState
from desktop.core.models import model
from desktop.core.rules import blocking, check_shot
from desktop.ui.actions import Actions
from desktop.ui.backend import Backend
from desktop.ui.documents import Documents
from desktop.ui.errands import Errands, Spawn
from desktop.ui.icons import icon
from desktop.ui.jobs.dock import JobsDock
from desktop.ui.jobs.find_dialog import FindDialog
from desktop.ui.player.card import TakeCard
from desktop.ui.player.face import TakesFace
from desktop.ui.session import Session
from desktop.ui.take_cards import TakeCards, with_receipt
from desktop.ui.theme import Tone
from desktop.ui.tokens import AROUND


class JobActions(Errands):
    """Connects generate, the jobs dock and the takes face to the backend."""

    told = Signal(str, object, str, object)
    """(sentence, tone, action, what the action does)"""
    busy_changed = Signal(str)
    show_takes_asked = Signal()
    show_paint_asked = Signal()

    def __init__(
        self,
        window: QWidget,
        actions: Actions,
        session: Session,
        documents: Documents,
        backend: Backend,
        dock: JobsDock,
        takes: TakesFace,
        spawn: Spawn,
    ) -> None:
        super().__init__(window, spawn)
        self._window = window
        self._session = session
        self._documents = documents
        self._backend = backend
        self._dock = dock
        self._takes = takes
        self.known: dict[str, Job] = {}
        """Every job, by id, as it was told last."""
        self._done: dict[str, Job] = {}
        self._cards = TakeCards()
        self._cards_stale = False
        self._next_frame: Path | None = None
        self._preparing = False
        self._settled = asyncio.Event()
        self._settled.set()
        # A key that is held down must not order a video with every repeat.
        actions["generate"].setAutoRepeat(False)
        actions.on("generate", self.generate)
        dock.open_asked.connect(self.open_take)
        dock.action_asked.connect(self.act)
        backend.jobs_changed.connect(self._jobs_changed)
        backend.progress_changed.connect(dock.set_progress)
        backend.trouble_changed.connect(dock.set_trouble)
        backend.job_ended.connect(self._job_ended)
        session.shot_replaced.connect(self._show_cards)
        takes.looked_at.connect(self._takes_looked_at)
        takes.shown.connect(self._take_shown)
        takes.show_file.connect(self._show_file)
        takes.variation.connect(self._variation)
        takes.save_frame.connect(self._ask_save_frame)
        takes.next_shot.connect(self._begin_next_shot)
        takes.frame_saved.connect(self._frame_saved)
        takes.failed.connect(self._take_failed)

    # --- generate -----------------------------------------------------------------------------------------------

    def generate(self) -> None:
        """Freeze the shot as it is now and queue it."""
        if not self._preparing:
            self._preparing = True
            self._settled.clear()
            self._run(self._generate(), "generate")

    async def settled(self) -> None:
        """Wait until what was ordered is in the list."""
        await self._settled.wait()

    async def _generate(self) -> None:
        self.busy_changed.emit("preparing")
        try:
            copy = self._session.begin_snapshot()
            if copy is None:
                return
            shot = await asyncio.to_thread(copy)
            kind = model(shot.parameters.model)
            # In a thread, since it counts every pixel of the map.
            found = await asyncio.to_thread(check_shot, shot, kind, self._backend.conventions)
            stops = blocking(found)
            if stops:
                raise KinebrushError(stops[0].text)
            await self._backend.generate(shot)
        finally:
            self._preparing = False
            self._settled.set()
            self.busy_changed.emit("")

    # --- jobs ---------------------------------------------------------------------------------------------------

    def act(self, name: str, job: Job) -> None:
        """Carry out what was chosen for a job."""
        from desktop.jobs.commands import BY_NAME, Action

        match Action(name):
            case Action.OPEN:
                self.open_take(job)
            case Action.SHOW_FOLDER:
                self._show_folder(Path(job.take))
            case Action.FIND:
                self._find(job)
            case Action.COPY_DETAILS:
                self._run(self._copy_details(job), name)
            case Action.DUPLICATE:
                self._run(self._duplicate(job), name)
            case Action.SEND_AGAIN:
                self._run(self._send_again(job), name)
            case action:
                self._run(self._backend.carry_out(BY_NAME[action], job), name)

    def open_take(self, job: Job) -> None:
        """Watch the take of a job."""
        if job.state is not JobState.DONE:
            return
        self.show_takes_asked.emit()
        self._show_cards()
        self._takes.show_take(self._cards.card(job, self._shot_id), play=True)

    async def _copy_details(self, job: Job) -> None:
        QGuiApplication.clipboard().setText(await self._backend.details_of(job))
        self.told.emit("Copied.", Tone.NEUTRAL, "", None)

    async def _duplicate(self, job: Job) -> None:
        shot = await self._backend.shot_of(job)
        if await self._documents.open_shot(shot):
            self.show_paint_asked.emit()

    async def _send_again(self, job: Job) -> None:
        if not await self._confirmed_twice():
            return
        await self._backend.send_again(job)

    async def _confirmed_twice(self) -> bool:
        box = QMessageBox(self._window)
        box.setIconPixmap(icon("warning", Tone.WARN).pixmap(28))
        box.setWindowTitle("Send again")
        box.setContentsMargins(*AROUND)
        box.setText("The first request may have been charged. Sending it again may cost twice.")
        send = box.addButton("Send again", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def take(_: int) -> None:
            if not answer.done():
                answer.set_result(box.clickedButton() is send)

        box.finished.connect(take)
        box.open()
        try:
            return await answer
        finally:
            box.deleteLater()

    def _find(self, job: Job) -> None:
        dialog = FindDialog(job, self._backend.picture_of(job), self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.search_asked.connect(partial(self._search, dialog, job))
        dialog.adopt_asked.connect(partial(self._adopt, dialog, job))
        dialog.send_again_asked.connect(partial(self._send_lost_again, dialog, job))
        dialog.open()
        self._search(dialog, job)

    def _search(self, dialog: FindDialog, job: Job) -> None:
        self._spawn(self._searched(dialog, job), "find")

    async def _searched(self, dialog: FindDialog, job: Job) -> None:
        try:
            found = await self._backend.candidates(job)
        except KinebrushError as error:
            if isValid(dialog):  # it may have been closed meanwhile
                dialog.show_error(str(error))
        else:
            if isValid(dialog):
                dialog.show_candidates(found)

    def _adopt(self, dialog: FindDialog, job: Job, task_id: str) -> None:
        self._spawn(self._adopted(dialog, job, task_id), "adopt")

    async def _adopted(self, dialog: FindDialog, job: Job, task_id: str) -> None:
        try:
            await self._backend.adopt(job, task_id)
        except KinebrushError as error:
            if isValid(dialog):
                dialog.show_error(str(error))
        else:
            if isValid(dialog):
                dialog.accept()

    def _send_lost_again(self, dialog: FindDialog, job: Job) -> None:
        dialog.accept()
        self._run(self._backend.send_again(job), "send again")

    # --- what comes back ----------------------------------------------------------------------------------------

    def _jobs_changed(self, jobs: list[Job]) -> None:
        self._dock.upsert(jobs)
        self.known.update((job.id, job) for job in jobs)
        done = {job.id: job for job in jobs if job.state is JobState.DONE}
        if done or any(job.id in self._done for job in jobs):
            for job in jobs:
                self._done.pop(job.id, None)
            self._done.update(done)
            self._show_cards()

    def _job_ended(self, job: Job) -> None:
        name = f"“{job.shot_name}”"
        if job.state is JobState.DONE:
            self.told.emit(f"{name} is here.", Tone.GOOD, "Play", partial(self.open_take, job))
        else:
            note = job.note or f"The job is {job.state}."
            find = partial(self._find, job) if job.state is JobState.UNKNOWN else None
            self.told.emit(f"{name}: {note}", Tone.BAD, "Find it" if find else "", find)

    # --- takes --------------------------------------------------------------------------------------------------

    def _show_cards(self) -> None:
        """Bring the list of takes up to date, at the latest when it is looked at."""
        self._cards_stale = not self._takes.isVisible() and self._takes.card is None
        if not self._cards_stale:
            self._takes.set_takes(self._cards.of(self._done.values(), self._shot_id))

    def _takes_looked_at(self) -> None:
        if self._cards_stale:
            self._cards_stale = False
            self._takes.set_takes(self._cards.of(self._done.values(), self._shot_id))

    @property
    def _shot_id(self) -> str:
        shot = self._session.shot
        return "" if shot is None else shot.id

    def _take_shown(self, card: TakeCard) -> None:
        if not card.receipt_lines:
            self._spawn(self._read_receipt(card), "receipt")

    async def _read_receipt(self, card: TakeCard) -> None:
        whole = await asyncio.to_thread(with_receipt, card)
        self._cards.keep(whole)
        self._takes.know(whole)

    def _show_file(self, card: TakeCard) -> None:
        self._show_folder(card.video.parent)

    def _show_folder(self, folder: Path) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _variation(self, card: TakeCard) -> None:
        job = self._done.get(card.key)
        if job is not None:
            self._run(self._duplicate(job), "variation")

    def _ask_save_frame(self, card: TakeCard, number: int) -> None:
        dialog = QFileDialog(self._window, "Save the frame", "", "PNG (*.png)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("png")
        dialog.selectFile(f"{card.name} frame {number + 1}.png")
        dialog.fileSelected.connect(partial(self._save_frame, number))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _save_frame(self, number: int, path: str) -> None:
        self._takes.save_frame_to(Path(path), number)

    def _begin_next_shot(self, card: TakeCard, number: int) -> None:
        self._next_frame = card.video.parent / f"frame {number + 1}.png"
        self._takes.save_frame_to(self._next_frame, number)

    def _frame_saved(self, path: object, number: int) -> None:
        if path == self._next_frame:
            self._next_frame = None
            self._run(self._open_frame(Path(str(path))), "next shot")
        else:
            self.told.emit(f"Frame {number + 1} is saved as {path}.", Tone.GOOD, "", None)

    async def _open_frame(self, path: Path) -> None:
        await self._documents.open_file(path)
        self.show_paint_asked.emit()

    def _take_failed(self, sentence: str, details: str) -> None:
        self.failed.emit(KinebrushError(sentence, details))
