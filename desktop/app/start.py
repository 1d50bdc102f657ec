"""Start: the window first, everything slow after it; and the orderly end."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from qasync import QEventLoop
from shiboken6 import isValid

from desktop import __version__
from desktop.app.door import Door, Notice
from desktop.app.logs import start_logs, stop_logs
from desktop.app.tasks import Spawner
from desktop.core.errors import KinebrushError
from desktop.simulator_process import SimulatorProcess, further_arguments
from desktop.storage.latest import LatestWriter
from desktop.storage.paths import DataDir, data_dir
from desktop.ui.backend import Backend
from desktop.ui.controls import Toast
from desktop.ui.documents import Documents, bring_in
from desktop.ui.icons import app_icon
from desktop.ui.main_window import MainWindow
from desktop.ui.session import Session
from desktop.ui.theme import Mode, Theme, Tone

log = logging.getLogger(__name__)

QUIT_GRACE = 30.0
"""Seconds that background work gets to end; a create under way is the reason for so many."""

ENDS = (signal.SIGINT, signal.SIGTERM)
"""Signals by which the system, or Ctrl+C in the terminal, ends the program."""

SWITCH_SECONDS = 0.0005


class Application:
    """The window with what stands behind it, from first paint to the end."""

    def __init__(
        self,
        data: DataDir,
        files: Sequence[str],
        *,
        service_url: str = "",
        debug: bool = False,
        shell: QWidget | None = None,
    ) -> None:
        self.data, self.files, self.debug = data, files, debug
        self._shell = shell
        self.door = Door()
        self.spawner = Spawner(self.door.report)
        self.simulator = SimulatorProcess(data.simulator, further_arguments())
        self.session = Session()
        self.writer = LatestWriter(self.door.report)
        self.documents = Documents(self.session, data, self.spawner.spawn, self.writer)
        self.backend = Backend(data, self.spawner.spawn, self._simulator_url, self.writer, service_url)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self.theme = Theme(app, Mode(self.backend.settings.theme))
        self.window = MainWindow(
            self.session,
            self.documents,
            self.backend,
            self.theme,
            self.spawner.spawn,
            data.root / "window.json",
            self.writer,
        )
        self._first_start = not self.documents.recent and not data.jobs.exists()
        self._toasts: dict[str, Toast] = {}
        """The last toast about each topic."""
        self._closed: asyncio.Event | None = None
        self._closing = False
        self._ending: asyncio.Task[None] | None = None

    async def run(self) -> int:
        """Show the window and live until it is closed."""
        self._closed = asyncio.Event()
        asyncio.get_running_loop().set_exception_handler(self.door.of_loop)
        self.door.notice.connect(self._show_notice)
        self.window.close_asked.connect(self.ask_to_close)
        self.backend.jobs_changed.connect(self._settled)
        self.window.show()
        self.window.paint.canvas.setFocus()
        # The first paint comes before anything heavy is imported.
        QTimer.singleShot(0, self._begin)
        await self._closed.wait()
        return 0

    def _settled(self) -> None:
        """What is there now stays: looking through all of it for garbage would stop the window for long."""
        self.backend.jobs_changed.disconnect(self._settled)
        gc.freeze()

    def _begin(self) -> None:
        shell, self._shell = self._shell, None
        if shell is not None:
            shell.close()
        self.spawner.spawn(self._start(), "start")

    async def _start(self) -> None:
        for sentence in self.backend.settings_problems:
            self._show_notice(Notice(sentence, "warning"))
        opening = self.spawner.spawn(self._open_first(), "first document")
        try:
            await self.backend.start()
            for sentence in self.backend.workspace.problems[len(self.backend.settings_problems) :]:
                self._show_notice(Notice(sentence, "warning"))
        except KinebrushError as error:
            self.door.report(error)
        try:
            await opening
        finally:
            self.window.paint.offer()
            await asyncio.to_thread(bring_in)  # so that the first picture need not wait for it

    async def _open_first(self) -> None:
        """What was named on the command line, else work a crash left behind, else the sample at the first start."""
        if self.files:
            with self._told():
                await self.documents.open_file(Path(self.files[0]))
            return
        try:
            left = await self.documents.left_behind()
        except KinebrushError as error:
            self.door.report(error)
            left = ()
        for number, path in enumerate(left, 1):
            if await self._recovered(path):
                more = len(left) - number
                rest = "" if not more else f" {more} more will be offered at the next start."
                self._show_notice(Notice(f"Your unsaved work was recovered; save it to keep it.{rest}"))
                return
        if self._first_start and not left:
            with self._told():
                await self.documents.open_sample()

    async def _recovered(self, path: Path) -> bool:
        with self._told():
            await self.documents.recover(path)
            return True
        return False

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except KinebrushError as error:
            self.door.report(error)

    def ask_to_close(self) -> None:
        """The user wants to quit: ask about unsaved work, then end in order."""
        if not self._closing:
            self._closing = True
            self.spawner.spawn(self._close(), "close")

    async def _close(self) -> None:
        leave = False
        try:
            leave = await self.window.documents_.may_leave()
        except KinebrushError as error:
            self.door.report(error)
        finally:
            self._closing = leave
        if leave:
            await self.shut_down()

    def must_close(self) -> None:
        """The system wants an end and nobody may be there to be asked: unsaved work waits for the next start."""
        self.spawner.spawn(self.shut_down(keep_work=True), "close")

    async def shut_down(self, *, keep_work: bool = False) -> None:
        """End everything in order and close the window; ``keep_work`` keeps what is unsaved for the next start."""
        if self._ending is None:
            # A task of its own: one who waits for the end may be cancelled, the end may not.
            self._ending = asyncio.get_running_loop().create_task(self._end(keep_work), name="end")
        await asyncio.shield(self._ending)

    async def _end(self, keep_work: bool) -> None:
        self.window.setEnabled(False)
        self.window.status.show_busy("Ending; what is just being sent is seen through")
        try:
            await self._step(self.documents.settled())
            await self._step(self.window.jobs_.settled())
            await self._step(self._keep() if keep_work else self.documents.forget_recovery())
            await self._step(self.documents.close())
            await self._step(asyncio.wait_for(self.backend.stop(), QUIT_GRACE))
            await self._step(asyncio.to_thread(self.simulator.stop))
        finally:
            self.window.really_close()
            await self._step(asyncio.to_thread(self.writer.close))
            if self._closed is not None:
                self._closed.set()

    async def _keep(self) -> None:
        self.documents.end_gesture()
        await self.documents.autosave()

    async def _step(self, work: Awaitable[object]) -> None:
        """One step of the end; the next one comes whatever becomes of it."""
        try:
            await work
        except TimeoutError:
            log.warning("background work did not end in %s seconds", QUIT_GRACE)
        except (KinebrushError, OSError) as error:
            log.warning("at the end: %s", error, exc_info=error)

    def _simulator_url(self, _: DataDir) -> str:
        return self.simulator.url()

    def _show_notice(self, notice: Notice) -> None:
        tone = {"error": Tone.BAD, "warning": Tone.WARN}.get(notice.kind, Tone.NEUTRAL)
        before = self._toasts.pop(notice.topic, None)
        if before is not None and isValid(before):
            before.close_now()
        toast = self.window.toasts.show_toast(notice.sentence, tone, details=notice.details)
        if notice.topic:
            self._toasts[notice.topic] = toast


def open_window(
    files: Sequence[str] = (),
    *,
    data: Path | None = None,
    service_url: str = "",
    debug: bool = False,
    shell: QWidget | None = None,
) -> int:
    """Open the window and live until it is closed; returns the exit code. Raises KinebrushError before that.

    ``shell`` is what was shown meanwhile; the window takes its place.
    """
    return live_with(
        data,
        lambda chosen: Application(chosen, files, service_url=service_url, debug=debug, shell=shell),
        debug=debug,
    )


def live_with(
    data: Path | None,
    make: Callable[[DataDir], Application],
    *,
    debug: bool = False,
    guest: Callable[[Application], Coroutine[Any, Any, None]] | None = None,
) -> int:
    """Run an application in a Qt and asyncio loop of its own, with logs and the door for errors.

    ``guest`` runs beside it (the demo's hands) and ends it when it is through; what it raises is raised here.
    """
    chosen = data_dir(data)
    chosen.make()
    # A thread that computes in Python gives the window its turn after this time, not after the usual five milliseconds.
    sys.setswitchinterval(SWITCH_SECONDS)
    start_logs(chosen.logs, debug=debug)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("Kinebrush")
    app.setApplicationDisplayName("Kinebrush")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("kinebrush")
    app.setWindowIcon(app_icon())
    app.setQuitOnLastWindowClosed(False)

    async def live(application: Application) -> int:
        application.door.open()
        running = asyncio.ensure_future(application.run())
        before = [(number, signal.signal(number, lambda *_: application.must_close())) for number in ENDS]
        try:
            if guest is not None:
                try:
                    await guest(application)
                finally:
                    await application.shut_down()
            return await running
        finally:
            for number, handler in before:
                signal.signal(number, handler)
            await application.spawner.shut_down(5.0)
            application.door.close()

    try:
        application = make(
            chosen
        )  # reads its small files: before the loop, in which nothing may wait for a disk
        with asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
            return runner.run(live(application))
    finally:
        stop_logs()
