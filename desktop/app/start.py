"""Start: the window first, everything slow after it; and the orderly end."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from desktop import __version__
from desktop.app.door import Door, Notice
from desktop.app.logs import start_logs, stop_logs
from desktop.app.tasks import Spawner
from desktop.core.errors import KinebrushError
from desktop.simulator_process import SimulatorProcess
from desktop.storage.paths import DataDir, data_dir
from desktop.ui.backend import Backend
from desktop.ui.documents import Documents
from desktop.ui.icons import app_icon
from desktop.ui.main_window import MainWindow
from desktop.ui.session import Session
from desktop.ui.theme import Mode, Theme, Tone

log = logging.getLogger(__name__)

QUIT_GRACE = 30.0
"""Seconds that background work gets to end; a create under way is the reason for so many."""


class Application:
    """The window with what stands behind it, from first paint to the end."""

    def __init__(
        self, data: DataDir, files: Sequence[str], *, service_url: str = "", debug: bool = False
    ) -> None:
        self.data, self.files, self.debug = data, files, debug
        self.door = Door()
        self.spawner = Spawner(self.door.report)
        self.simulator = SimulatorProcess(data.simulator)
        self.session = Session()
        self.documents = Documents(self.session, data, self.spawner.spawn)
        self.backend = Backend(data, self.spawner.spawn, self._simulator_url, service_url)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self.theme = Theme(app, Mode(self.backend.settings.theme))
        self.window = MainWindow(
            self.session,
            self.documents,
            self.backend,
            self.theme,
            self.spawner.spawn,
            data.root / "window.ini",
        )
        self._closed: asyncio.Event | None = None
        self._closing = False

    async def run(self) -> int:
        """Show the window and live until it is closed."""
        self._closed = asyncio.Event()
        asyncio.get_running_loop().set_exception_handler(self.door.of_loop)
        self.door.notice.connect(self._show_notice)
        self.window.close_asked.connect(self.ask_to_close)
        self.window.show()
        self.window.paint.canvas.setFocus()
        # The first paint comes before anything heavy is imported.
        QTimer.singleShot(0, self._begin)
        await self._closed.wait()
        return 0

    def _begin(self) -> None:
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
        await opening

    async def _open_first(self) -> None:
        """What was named on the command line, else work a crash left behind, else the sample at the first start."""
        try:
            if self.files:
                await self.documents.open_file(Path(self.files[0]))
                return
            left = await self.documents.left_behind()
            if left:
                await self.documents.recover(left[0])
                more = f" {len(left) - 1} more are in {self.data.recovery}." if len(left) > 1 else ""
                self._show_notice(Notice(f"Your unsaved work was recovered; save it to keep it.{more}"))
            elif not self.documents.recent and not self.data.jobs.exists():
                await self.documents.open_sample()
        except KinebrushError as error:
            self.door.report(error)

    def ask_to_close(self) -> None:
        """The user wants to quit: ask about unsaved work, then end in order."""
        if not self._closing:
            self._closing = True
            self.spawner.spawn(self._close(), "close")

    async def _close(self) -> None:
        try:
            leave = await self.window.documents_.may_leave()
        except KinebrushError as error:
            self.door.report(error)
            leave = False
        if not leave:
            self._closing = False
            return
        await self.shut_down()

    async def shut_down(self) -> None:
        """End everything in order and close the window."""
        self.window.setEnabled(False)
        if self.session.modified:
            await self.documents.forget_recovery()
        try:
            await asyncio.wait_for(self.backend.stop(), QUIT_GRACE)
        except TimeoutError:
            log.warning("background work did not end in %s seconds", QUIT_GRACE)
        except KinebrushError as error:
            log.warning("%s", error)
        await asyncio.to_thread(self.simulator.stop)
        self.window.really_close()
        if self._closed is not None:
            self._closed.set()

    def _simulator_url(self, _: DataDir) -> str:
        return self.simulator.url()

    def _show_notice(self, notice: Notice) -> None:
        tone = {"error": Tone.BAD, "warning": Tone.WARN}.get(notice.kind, Tone.NEUTRAL)
        self.window.toasts.show_toast(notice.sentence, tone, details=notice.details)


def open_window(
    files: Sequence[str] = (), *, data: Path | None = None, service_url: str = "", debug: bool = False
) -> int:
    """Open the window and live until it is closed; returns the exit code. Raises KinebrushError before that."""
    return live_with(
        data, lambda chosen: Application(chosen, files, service_url=service_url, debug=debug), debug=debug
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
    start_logs(chosen.logs, debug=debug)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("Kinebrush")
    app.setApplicationDisplayName("Kinebrush")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("kinebrush")
    app.setWindowIcon(app_icon())
    app.setQuitOnLastWindowClosed(False)

    async def live() -> int:
        application = make(chosen)
        application.door.open()
        if sys.platform != "win32":
            signal.signal(signal.SIGTERM, lambda *_: application.ask_to_close())
        running = asyncio.ensure_future(application.run())
        try:
            if guest is not None:
                try:
                    await guest(application)
                finally:
                    await application.shut_down()
            return await running
        finally:
            await application.spawner.shut_down(5.0)
            application.door.close()

    try:
        with asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
            return runner.run(live())
    finally:
        stop_logs()
