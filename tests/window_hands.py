"""The whole window for tests: entered and left as a user would, driven by real events, and nothing left behind.

`live` runs a script beside the real application until it has ended in order. It fails when anything was logged as a
warning or worse that the test did not expect, when the door told of an error, and when a thread, a task, a process or
a visible widget outlives the window.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import re
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPushButton,
    QWidget,
)

from desktop.app.door import Notice
from desktop.app.start import Application, live_with
from desktop.core.geometry import Point
from desktop.core.job import Job, JobState
from desktop.core.shot import Shot
from desktop.simulator_process import ARGUMENTS_VARIABLE
from desktop.storage.paths import DataDir, data_dir
from desktop.storage.settings import Settings, SettingsFile, changed
from desktop.ui.controls import Button, Toast
from desktop.ui.mask_card import MaskCard

W = TypeVar("W", bound=QWidget)

PATIENCE = 30.0
SMALL = "--set megapixels=0.1 --fps 8"
"""Arguments that let the embedded simulator render quickly."""

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
PLAIN = Qt.KeyboardModifier.NoModifier
CTRL_SHIFT = CTRL | SHIFT


class Hands:
    """Eyes and hands for one running window."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.window = application.window
        self.notices: list[Notice] = []
        self.expected: list[str] = []
        self.started = {"start", "first document"}
        application.door.notice.connect(self.notices.append)

    # --- eyes -------------------------------------------------------------------------------------------------------

    async def until(self, reached: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
        """Live on until it is so."""
        end = time.monotonic() + seconds
        while not reached():
            if time.monotonic() > end:
                said = [toast.sentence for toast in self.window.toasts.toasts()]
                jobs = [(job.state, job.note) for job in self.jobs.values()]
                raise AssertionError(f"waited in vain for {what}; toasts {said}, jobs {jobs}")
            await asyncio.sleep(0.02)

    @property
    def shot(self) -> Shot:
        """The open shot."""
        shot = self.application.session.shot
        assert shot is not None
        return shot

    @property
    def jobs(self) -> dict[str, Job]:
        """The jobs as the window knows them."""
        return self.window.jobs_.known

    @property
    def only_job(self) -> Job:
        """The one job there is."""
        (job,) = self.jobs.values()
        return job

    @property
    def said(self) -> list[str]:
        """The sentences of the toasts shown now."""
        return [toast.sentence for toast in self.window.toasts.toasts()]

    def toast(self, part: str) -> Toast:
        """The toast that says this."""
        (found,) = [toast for toast in self.window.toasts.toasts() if part in toast.sentence]
        return found

    async def told(self, part: str) -> Toast:
        """Wait for a toast that says this."""
        await self.until(lambda: any(part in sentence for sentence in self.said), f"the news “{part}”")
        return self.toast(part)

    async def ready(self) -> None:
        """Wait until the workspace is open and the picture, if any, is drawn."""
        await self.until(lambda: self.application.backend._workspace is not None, "the workspace")
        await self.until(lambda: not self.started.intersection(self.application.spawner.running), "the start")
        await self.until(
            lambda: self.application.session.shot is None or 0 in self.window.paint.canvas.levels, "picture"
        )

    async def opened(self, width: int) -> None:
        """Wait for a shot with a picture of this width."""
        session = self.application.session
        await self.until(
            lambda: session.shot is not None and session.shot.image.width == width, f"a picture of {width}"
        )
        await self.ready()

    async def job_in(self, *states: JobState) -> Job:
        """Wait until the only job is in one of these states."""
        await self.until(lambda: len(self.jobs) == 1 and self.only_job.state in states, f"a job in {states}")
        return self.only_job

    async def dialog(self, kind: type[W]) -> W:
        """Wait for a visible dialog (menu, window) of this kind."""
        await self.until(lambda: self._shown(kind) is not None, f"a {kind.__name__}")
        shown = self._shown(kind)
        assert shown is not None
        return shown

    def _shown(self, kind: type[W]) -> W | None:
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, kind) and widget.isVisible():
                return widget
        return None

    # --- hands ------------------------------------------------------------------------------------------------------

    def act(self, name: str) -> None:
        """An action by its name, if it can be chosen now."""
        action = self.window.actions_[name]
        assert action.isEnabled(), name
        action.trigger()

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        """A key, to whatever has the focus."""
        QTest.keyClick(self.focus, key, modifiers)

    def type(self, text: str) -> None:
        """Letters, to whatever has the focus."""
        QTest.keyClicks(self.focus, text)

    @property
    def focus(self) -> QWidget:
        """Where keys go."""
        popup = QApplication.activePopupWidget()
        if popup is not None:
            inside: QWidget | None = popup.focusWidget()
            return popup if inside is None else inside
        self.window.activateWindow()  # offscreen nobody gives the window back its place after a menu
        focused: QWidget | None = QApplication.focusWidget()
        widget = self.window.focusWidget() if focused is None else focused
        assert widget is not None, "nothing takes the keys"
        return widget

    async def go_to(self, widget: QWidget) -> None:
        """Give the focus to a widget; offscreen a dialog that closes does not give it back at once."""
        self.window.activateWindow()
        widget.setFocus()
        await self.until(widget.hasFocus, f"the focus on {widget}")

    def click(self, widget: QWidget) -> None:
        """A click into the middle of a widget that can be seen."""
        assert widget.isVisible(), widget
        assert widget.isEnabled(), widget
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, PLAIN, widget.rect().center())

    def stroke(self, *points: tuple[float, float]) -> None:
        """A drag of the left button along places of the picture."""
        self._mouse(QEvent.Type.MouseMove, points[0], Qt.MouseButton.NoButton)
        self._mouse(QEvent.Type.MouseButtonPress, points[0], Qt.MouseButton.LeftButton)
        for point in points[1:]:
            self._mouse(QEvent.Type.MouseMove, point, Qt.MouseButton.LeftButton)
        self._mouse(QEvent.Type.MouseButtonRelease, points[-1], Qt.MouseButton.NoButton)

    def _mouse(self, kind: QEvent.Type, at: tuple[float, float], held: Qt.MouseButton) -> None:
        canvas = self.window.paint.canvas
        x, y = canvas.navigation.to_view(Point(*at))
        place = QPointF(x / canvas.ratio, y / canvas.ratio)
        button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
        where = QPointF(canvas.mapToGlobal(QPoint(round(place.x()), round(place.y()))))
        QCoreApplication.sendEvent(canvas, QMouseEvent(kind, place, where, button, held, PLAIN))

    def paint(self, *, area: int = 1, path: bool = True) -> None:
        """Paint a stroke of an area in the middle of the picture and draw its path."""
        width, height = self.shot.image.width, self.shot.image.height
        y = height * (0.2 + 0.1 * area)
        self.act(f"canvas-area-{area}")
        self.act("tool-brush")
        self.stroke((width * 0.3, y), (width * 0.4, y))
        if path:
            self.act("tool-path")
            self.stroke((width * 0.35, y), (width * 0.5, y + 20), (width * 0.6, y + 30))

    def choose(self, menu: QMenu, title: str) -> None:
        """An entry of an open menu."""
        for action in menu.actions():
            if action.text() == title:
                assert action.isEnabled(), title
                action.trigger()
                menu.close()
                return
        raise AssertionError(f"{title!r} is not among {[a.text() for a in menu.actions()]}")

    async def choose_file(self, path: Path) -> None:
        """Type a file's name into the open file dialog."""
        dialog = await self.dialog(QFileDialog)
        field = dialog.findChild(QLineEdit)
        assert isinstance(field, QLineEdit)
        field.setText(str(path))
        QTest.keyClick(field, Qt.Key.Key_Return)
        await self.until(lambda: self._shown(QFileDialog) is None, "the file dialog to close")

    async def answer(self, which: QMessageBox.StandardButton) -> None:
        """Answer the question that is asked, or about to be."""
        box = await self.dialog(QMessageBox)
        self.click(box.button(which))

    def drop(self, mime: QMimeData, on: QWidget | None = None) -> bool:
        """Drop something on a widget (the window); True when it was taken."""
        target: QWidget = self.window if on is None else on
        at, button = target.rect().center(), Qt.MouseButton.LeftButton
        enter = QDragEnterEvent(at, Qt.DropAction.CopyAction, mime, button, PLAIN)
        QApplication.sendEvent(target, enter)
        if not enter.isAccepted():
            return False
        event = QDropEvent(QPointF(at), Qt.DropAction.CopyAction, mime, button, PLAIN)
        event.ignore()
        QApplication.sendEvent(target, event)
        return event.isAccepted()

    async def as_a_new_picture(self) -> None:
        """Answer the card that asks what a dropped or pasted picture shall be."""

        def card() -> MaskCard | None:
            cards = (widget for widget in QApplication.allWidgets() if isinstance(widget, MaskCard))
            return next((widget for widget in cards if widget.isVisible()), None)

        await self.until(lambda: card() is not None, "the card")
        shown = card()
        assert shown is not None
        (button,) = [b for b in shown.findChildren(Button) if b.text() == "New picture"]
        self.click(button)

    def press(self, dialog: QDialog, text: str) -> None:
        """A button of a dialog by its words."""
        (button,) = [
            b for b in dialog.findChildren(QPushButton) if b.text().replace("&", "") == text and b.isVisible()
        ]
        self.click(button)

    def close(self) -> None:
        """Close the window as its cross does."""
        self.window.close()

    def expect(self, pattern: str) -> None:
        """This will be logged or told, and is no fault of the window's."""
        self.expected.append(pattern)


Script = Callable[[Hands], Coroutine[Any, Any, None]]


@dataclass(slots=True)
class _Records(logging.Handler):
    """Warnings and worse."""

    kept: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        logging.Handler.__init__(self, logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        text = f"{record.name}: {record.getMessage()}"
        if record.exc_info:
            text += "\n" + logging.Formatter().formatException(record.exc_info)
        self.kept.append(text)

    def __hash__(self) -> int:
        return id(self)


def live(
    data: Path,
    script: Script,
    files: Sequence[Path | str] = (),
    *,
    service_url: str = "",
    leave: str = "end",
    simulator: str = SMALL,
) -> Hands:
    """Open the window on a data directory, run the script, end it, and look that nothing is left.

    ``leave``: ``end`` shuts it down as the script's end; ``script`` waits until the script itself has closed it.
    """
    hands: list[Hands] = []
    records = _Records()
    settings = data_dir(data).make().settings
    if not settings.exists():
        SettingsFile(settings).save(changed(Settings(), first_poll=1.0, last_poll=2.0))
    threads = set(threading.enumerate())

    def make(chosen: DataDir) -> Application:
        application = Application(chosen, [str(file) for file in files], service_url=service_url)
        hands.append(Hands(application))
        return application

    async def guest(application: Application) -> None:
        (hand,) = hands
        await hand.until(application.window.isVisible, "the window")
        application.window.activateWindow()
        await script(hand)
        if leave == "script":
            await hand.until(lambda: not application.window.isVisible(), "the window to close")

    logging.getLogger().addHandler(records)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(ARGUMENTS_VARIABLE, simulator)
            assert live_with(data, make, guest=guest) == 0
    finally:
        logging.getLogger().removeHandler(records)
    (hand,) = hands
    wrong = [*records.kept, *(f"told: {notice.sentence} {notice.details}" for notice in hand.notices)]
    wrong = [text for text in wrong if not any(re.search(pattern, text) for pattern in hand.expected)]
    assert not wrong, "\n".join(wrong)
    assert hand.application.spawner.running == ()
    assert hand.application.simulator._process is None
    visible = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    assert not visible, visible
    gc.collect()
    end = time.monotonic() + 10
    # Threads of Qt that have run Python once are kept as dummies by the interpreter; Qt ends them itself.
    while left := [
        t for t in threading.enumerate() if t not in threads and t.name.partition("-")[0] != "Dummy"
    ]:
        assert time.monotonic() < end, left
        time.sleep(0.01)
    return hand
