"""Every state of the window, brought about in the real program one after another, for pictures and for tests.

`walk` goes through them in one window; after each name it yields, `photograph` takes a picture of what is shown,
popups and dialogs included.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget

from desktop.app.start import Application
from desktop.core import edits
from desktop.core.areas import MotionArea
from desktop.core.conventions import KLING
from desktop.core.errors import KinebrushError
from desktop.core.geometry import Box, Point
from desktop.core.job import Job, JobState
from desktop.core.parameters import Parameters
from desktop.core.services import MAGNIFIC
from desktop.core.shot import Shot
from desktop.core.trajectory import Trajectory
from desktop.ui.backend import Backend
from desktop.ui.canvas.tools.table import TOOLS
from desktop.ui.controls import ToastStack
from desktop.ui.jobs.find_dialog import FindDialog
from desktop.ui.main_window import JOBS_HEIGHT
from desktop.ui.theme import Tone, current

S = JobState
WIDE, NARROW, HUGE = (1600, 1000), (960, 600), (3840, 2160)

LONG_NAME = "The old harbour at dawn, seen from the ferry, third attempt with the mast masked by hand"
LONG_PROMPT = " ".join(["A small sailing boat glides to the left across a calm harbour at dawn"] * 24)
LONG_NEWS = (
    "“The old harbour at dawn, seen from the ferry”: the service’s answer could not be read, so nobody here knows "
    "whether the video is being made; look for it before you send it again."
)


@dataclass(slots=True)
class Stage:
    """The program under way. ``take`` is a folder with a finished take: video.mp4, poster.jpg, receipt.json."""

    application: Application
    take: Path

    async def settle(self, seconds: float = 0.15) -> None:
        """Let everything that was asked for be drawn."""
        await asyncio.sleep(seconds)

    async def until(self, reached: Callable[[], bool], what: str) -> None:
        """Wait for something. Raises AssertionError after 60 s."""
        end = time.monotonic() + 60
        while not reached():
            assert time.monotonic() < end, f"waited in vain for {what}"
            await asyncio.sleep(0.02)

    async def resize(self, size: tuple[int, int]) -> None:
        """Give the window another size."""
        self.application.window.resize(*size)
        await self.settle(0.3)

    async def open(self, shot: Shot) -> None:
        """Open a shot and wait for its picture."""
        canvas = self.application.window.paint.canvas
        self.application.session.open(shot)
        await self.until(lambda: 0 in canvas.levels, "the picture")
        canvas.fit()
        await self.settle(0.4)

    def trigger(self, name: str) -> None:
        """Trigger an action of the window."""
        self.application.window.actions_[name].trigger()

    def hover(self, x: float, y: float) -> None:
        """Put the pointer on a place of the picture, given in its pixels."""
        canvas = self.application.window.paint.canvas
        for widget in self.application.window.findChildren(QWidget):
            if widget is not canvas and widget.underMouse():
                # The offscreen pointer began somewhere and never leaves by itself.
                widget.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
                widget.update()
        at = canvas.navigation.to_view(Point(x, y))
        place = QPointF(at[0] / canvas.ratio, at[1] / canvas.ratio)
        # Sent, not by QTest, which would let other tasks run inside this one.
        none = Qt.MouseButton.NoButton
        move = QMouseEvent(
            QEvent.Type.MouseMove,
            place,
            canvas.mapToGlobal(place),
            none,
            none,
            Qt.KeyboardModifier.NoModifier,
        )
        QCoreApplication.sendEvent(canvas, move)

    def jobs(self, *jobs: Job) -> None:
        """Tell the window of these jobs, as the backend does."""
        self.application.backend.jobs_changed.emit(list(jobs))

    async def frozen(self) -> Job:
        """The open shot as a job of Magnific's that stands nowhere: its pictures are stored, nothing is queued."""
        from desktop.jobs.prepare import freeze, prepare

        backend = self.application.backend
        await self.until(lambda: _is_open(backend), "the workspace")
        shot = self.application.session.snapshot()
        assert shot is not None

        def make() -> Job:
            prepared = prepare(shot, MAGNIFIC, KLING, backend.settings)
            return freeze(prepared, backend.workspace.assets, now=time.time())

        return await asyncio.to_thread(make)

    async def close_popups(self) -> None:
        """Close every menu and dialog."""
        for widget in QApplication.topLevelWidgets():
            if widget is not self.application.window and widget.isVisible():
                widget.close()
        await self.settle(0.05)

    def toasts(self) -> ToastStack:
        """The window's toasts."""
        return self.application.window.toasts

    async def clear_toasts(self) -> None:
        """Close all toasts."""
        for toast in self.toasts().toasts():
            toast.close_now()
        await self.settle(0.02)


def _is_open(backend: Backend) -> bool:
    try:
        return bool(backend.workspace)
    except KinebrushError:
        return False


def offscreen(folder: Path, scale: float) -> str:
    """The name of an offscreen platform whose screen is as large as the largest window, for ``QT_QPA_PLATFORM``."""
    file = folder / "screen.json"
    screen = {"name": "one", "x": 0, "y": 0, "width": round(4096 * scale), "height": round(2304 * scale)}
    file.write_text(json.dumps({"screens": [{**screen, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}]}))
    return f"offscreen:configfile={file}"


async def walk(stage: Stage) -> AsyncIterator[str]:
    """Bring about one state after another; yields the name of each when it can be seen."""
    application = stage.application
    window, session = application.window, application.session
    canvas = window.paint.canvas
    await stage.until(lambda: 0 in canvas.levels, "the sample")
    await stage.resize(WIDE)
    stage.hover(2400, 1100)
    await stage.settle(0.5)
    yield "first start"
    session.close()
    await stage.settle()
    yield "empty"
    await application.documents.open_sample()
    await stage.until(lambda: 0 in canvas.levels, "the sample")
    canvas.fit()
    await stage.settle(0.5)
    sample = session.snapshot()
    assert sample is not None
    async for name in _tools(stage):
        yield name
    async for name in _panel(stage, sample):
        yield name
    await stage.open(replace(sample, id="shot-1"))
    job = await stage.frozen()
    async for name in _jobs(stage, job):
        yield name
    async for name in _windows(stage, job):
        yield name
    async for name in _takes(stage, job):
        yield name
    async for name in _sizes(stage, sample):
        yield name


async def _tools(stage: Stage) -> AsyncIterator[str]:
    window = stage.application.window
    window.activateWindow()
    for tool in (*(row.name for row in TOOLS if row.name != "brush"), "brush"):
        stage.trigger(f"tool-{tool}")
        stage.hover(2400, 1100)
        await stage.settle()
        yield f"tool {tool}"
    window.paint.options.look.click()
    await stage.settle()
    yield "how the areas look"
    await stage.close_popups()
    for operation in ("grow", "place", "copy"):
        stage.trigger(f"area-{operation}")
        await stage.until(lambda: not window.paint.area_ops.draft.running, "the operation")
        await stage.settle(0.4)
        yield f"area {operation}"
        window.paint.area_ops.cancel()
    await stage.settle()
    stage.trigger("canvas-mask-only")
    await stage.settle(0.3)
    yield "masks only"
    stage.trigger("canvas-mask-only")
    stage.trigger("canvas-actual-size")
    await stage.settle(0.4)
    yield "actual size"
    stage.trigger("canvas-fit")
    window.words.negative_fold.set_opened(True)
    window.words.webhook_fold.set_opened(True)
    window.words.model_fold.set_opened(True)
    await stage.settle(0.3)
    yield "panel unfolded"
    for fold in (window.words.negative_fold, window.words.webhook_fold, window.words.model_fold):
        fold.set_opened(False)
    await stage.settle()


async def _panel(stage: Stage, sample: Shot) -> AsyncIterator[str]:
    window, session = stage.application.window, stage.application.session
    bad = replace(
        sample,
        id="shot-bad",
        areas=(
            *(replace(area, trajectory=None) if area.number == 1 else area for area in sample.areas),
            MotionArea(4, "Forgotten"),
            MotionArea(5),
        ),
        end_frame=sample.image,
        parameters=Parameters(
            prompt=f"{LONG_PROMPT} {LONG_PROMPT}", webhook_url="http://localhost/hook", duration=5
        ),
    )
    await stage.open(bad)
    yield "checks failing"
    await stage.open(with_six(sample))
    yield "six areas"
    row = window.areas.row(2)
    assert row is not None
    row.rename()
    await stage.settle()
    yield "renaming an area"
    QTest.keyClick(row, Qt.Key.Key_Escape)
    session.close()
    long = replace(
        sample,
        id="shot-long",
        name=LONG_NAME,
        areas=tuple(replace(area, name=LONG_NAME) for area in sample.areas),
        end_frame=replace(sample.image, name=f"{LONG_NAME}.png"),
        parameters=replace(sample.parameters, prompt=LONG_PROMPT),
    )
    await stage.open(long)
    window.say_wrong(LONG_NEWS, "HTTP 599\nretry-after: 7")
    await stage.settle()
    yield "long names"
    await stage.clear_toasts()


async def _jobs(stage: Stage, job: Job) -> AsyncIterator[str]:
    from desktop.jobs.runner import Progress

    window, backend = stage.application.window, stage.application.backend
    backend._set_state(MAGNIFIC, "works", "The key works.")
    now = time.time()

    def made(number: int, name: str, state: JobState, **changes: Any) -> Job:
        at = now - 60.0 * number * number
        return replace(
            job, id=f"job-{number}", shot_name=name, state=state, created=at, changed=at, **changes
        )

    running = made(0, job.shot_name, S.DOWNLOADING, task_id="t0", submitted=now - 200, received=142_000_000)
    waiting = made(1, "Street market, wide", S.IN_PROGRESS, task_id="t1", submitted=now - 62)
    stage.jobs(
        running,
        waiting,
        made(2, "Waterfall test 2", S.SUBMITTING),
        made(3, "Waterfall test 3", S.QUEUED),
        made(4, "Night train", S.DONE, take=str(stage.take), submitted=now - 1300, completed=now - 960),
    )
    backend.progress_changed.emit(
        {
            "job-0": Progress("download", 142_000_000, 221_000_000),
            "job-2": Progress("upload", 3_400_000, 8_100_000),
        }
    )
    window.checks.set_busy("preparing")
    await stage.settle(0.4)
    yield "generating"
    window.checks.set_busy("")
    offline = "The network is down; jobs go on by themselves when it is back."
    backend.trouble_changed.emit(offline, "")
    await stage.settle()
    yield "offline"
    backend._set_state(MAGNIFIC, "refused", "Magnific refuses the key.")
    backend.trouble_changed.emit("", "Magnific refuses this key; jobs wait until there is another one.")
    await stage.settle()
    yield "key refused"
    backend.trouble_changed.emit("", "")
    backend._set_state(MAGNIFIC, "works", "The key works.")
    refused = made(
        5, "Harbour, 15 s", S.REFUSED, note="The service refused it: the end frame has another aspect."
    )
    failed = made(
        6,
        "Harbour, two boats",
        S.FAILED,
        task_id="t6",
        note="The service says: content policy. It may be charged.",
    )
    lost = made(7, "Lighthouse", S.UNKNOWN, note="The reply was lost; it may have been charged.")
    expired = made(8, "Ferry", S.EXPIRED, task_id="t8", note="The link to the video died before it was here.")
    stage.jobs(refused, failed, lost, expired, made(9, "Stopped early", S.STOPPED, task_id="t9"))
    stage.application.window.resizeDocks([window.jobs_dock], [430], Qt.Orientation.Vertical)
    for ended in (refused, failed, lost):
        window.jobs_._job_ended(ended)
    await stage.settle(0.3)
    yield "failed refused lost"
    await stage.clear_toasts()
    window.jobs.set_folded(True)
    await stage.settle(0.3)
    yield "jobs folded"
    window.jobs.set_folded(False)
    window.resizeDocks([window.jobs_dock], [JOBS_HEIGHT], Qt.Orientation.Vertical)
    await stage.settle(0.3)
    for sentence, tone, action in (
        ("“Night train” is here.", Tone.GOOD, "Play"),
        ("Your unsaved work was recovered; save it to keep it.", Tone.NEUTRAL, ""),
        ("The library folder is nearly full.", Tone.WARN, ""),
        ("harbour.png cannot be read: it is no picture.", Tone.BAD, ""),
    ):
        window.toasts.show_toast(
            sentence,
            tone,
            action=action,
            on_action=window.show_paint,
            details="details" if tone is Tone.BAD else "",
        )
    await stage.settle()
    yield "toasts"
    await stage.clear_toasts()


async def _windows(stage: Stage, job: Job) -> AsyncIterator[str]:
    from desktop.jobs.finder import Candidate

    window = stage.application.window
    window.activateWindow()
    for action, name in (
        ("preferences", "preferences"),
        ("key", "key dialog"),
        ("palette", "palette"),
        ("shortcuts", "shortcuts"),
        ("about", "about"),
        ("open-url", "address dialog"),
    ):
        stage.trigger(action)
        await stage.settle(0.3)
        yield name
        await stage.close_popups()
    stage.application.session.edit("Rename", replace_name(stage))
    question = asyncio.ensure_future(window.documents_.may_leave())
    await stage.settle(0.3)
    yield "question before losing work"
    await stage.close_popups()
    assert not await question
    stage.application.session.undo()
    dialog = FindDialog(replace(job, state=S.UNKNOWN), stage.application.backend.picture_of(job), window)
    dialog.open()
    dialog.show_candidates(
        (Candidate("0f6c2a9e-51d4", "COMPLETED", ""), Candidate("9a11bb07-0c3e", "FAILED", ""))
    )
    await stage.settle(0.3)
    yield "find dialog"
    await stage.close_popups()
    window.title.open_menu()
    await stage.settle()
    yield "menu"
    whole = window.menu
    for entry in whole.actions():
        menu = entry.menu()
        if isinstance(menu, QMenu):
            whole.setActiveAction(entry)
            menu.popup(whole.mapToGlobal(QPoint(whole.width(), whole.actionGeometry(entry).top())))
            await stage.settle()
            yield f"menu {entry.text()}".lower()
            menu.close()
    await stage.close_popups()
    window.title.service.click()
    await stage.settle()
    yield "service menu"
    await stage.close_popups()


async def _takes(stage: Stage, job: Job) -> AsyncIterator[str]:
    window = stage.application.window
    window.show_takes()
    await stage.settle(0.3)
    yield "takes, none chosen"
    now = time.time()
    takes = [
        replace(
            job,
            id=f"take-{number}",
            state=S.DONE,
            take=str(stage.take),
            submitted=now - 3600 * number - 252,
            completed=now - 3600 * number,
            task_id=f"3f0c91d2-{number}",
            shot_id=job.shot_id if number < 3 else "other",
            shot_name=job.shot_name if number < 3 else LONG_NAME,
        )
        for number in range(4)
    ]
    stage.jobs(*takes)
    window.jobs_.open_take(takes[0])
    player = window.takes.player
    await stage.until(lambda: player.position > 6, "the take to play")
    yield "playing"
    QTest.keyClick(player, Qt.Key.Key_Space)
    await stage.settle(1.0)
    yield "paused"
    await stage.resize(NARROW)
    await stage.settle(0.5)
    yield "narrow takes"
    await stage.resize(WIDE)
    window.show_paint()
    await stage.settle(0.3)


async def _sizes(stage: Stage, sample: Shot) -> AsyncIterator[str]:
    window = stage.application.window
    await stage.open(replace(with_six(sample), id="shot-1"))
    await stage.resize(NARROW)
    stage.trigger("canvas-fit")
    stage.hover(2400, 1100)
    await stage.settle(0.3)
    yield "narrow"
    for tool in ("smart", "wand", "crop", "align", "brush"):
        stage.trigger(f"tool-{tool}")
        await stage.settle()
        yield f"narrow {tool}"
    window.resize(*HUGE)
    await stage.settle(0.6)
    stage.trigger("canvas-fit")
    await stage.settle(0.6)
    yield "uhd"
    await stage.resize(WIDE)


def replace_name(stage: Stage) -> Shot:
    """The open shot under another name: a change that can be lost."""
    shot = stage.application.session.shot
    assert shot is not None
    return replace(shot, name=f"{shot.name} 2")


def with_six(sample: Shot) -> Shot:
    """The sample with six moving areas, all painted and with paths, and the still one."""
    shot = replace(sample, id="shot-six", label_map=sample.label_map.copy())
    names = {3: "Birds", 4: "Reflection", 5: "", 6: "Waves at the pier"}
    for index, (label, name) in enumerate(names.items()):
        left = 2300 + 360 * index
        shot.label_map[Box(left, 1500, left + 260, 1700).slices] = label
        way = Trajectory((Point(left + 130, 1600), Point(left + 200, 1850), Point(left + 60, 2000)))
        shot = edits.add_area(shot, label)
        shot = edits.rename_area(shot, label, name)
        shot = edits.set_trajectory(shot, label, way)
    return shot


def photograph(window: QWidget) -> QImage:
    """What is on the screen: the window, with its open menus and dialogs where they lie."""
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    over = [
        widget
        for widget in QApplication.topLevelWidgets()
        if widget is not window and widget.isVisible() and widget.isWindow()
    ]
    over.sort(key=lambda widget: not isinstance(widget, QDialog))
    with QPainter(image) as painter:
        for widget in over:
            at = widget.mapToGlobal(QPoint(0, 0)) - window.mapToGlobal(QPoint(0, 0))
            if isinstance(widget, QDialog):
                at = QPoint((window.width() - widget.width()) // 2, (window.height() - widget.height()) // 2)
            painter.drawPixmap(at, widget.grab())
            if isinstance(widget, QDialog):
                painter.setPen(QColor(current().line))
                painter.drawRect(at.x() - 1, at.y() - 1, widget.width() + 1, widget.height() + 1)
    return image
