"""What the window shows when nothing can be done, nothing is under way, or something else is looked at."""

import asyncio
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.core.job import JobState
from desktop.ui.controls import Button, MenuButton, ProgressLine
from desktop.ui.theme import current
from tests.job_shots import png
from tests.window_hands import Hands, live


def picture(folder: Path) -> Path:
    path = folder / "picture.png"
    path.write_bytes(png(420, 330, 1))
    return path


def colours(widget: QWidget) -> set[str]:
    """Every colour that is seen of it."""
    image = widget.grab().toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def names(widget: QWidget) -> set[str]:
    return {child.accessibleName() for child in widget.findChildren(QWidget)}


def test_the_status_bar_tells_of_what_is_looked_at(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.opened(420)
        status, canvas = hands.window.status, hands.window.paint.canvas
        QTest.mouseMove(canvas, QPoint(canvas.width() // 2, canvas.height() // 2))
        await hands.until(lambda: status.position.text().startswith("x "), "the pointer's place")
        assert not status.jobs.isVisible()
        hands.act("face-takes")
        assert not status.position.isVisible()
        assert not status.picture.isVisible()
        hands.window.jobs.counts_changed.emit(("2 running", "1 waiting for you"))
        assert status.jobs.isVisible()
        assert status.jobs.text() == "Jobs: 2 running, 1 waiting for you"
        hands.act("face-paint")
        assert status.picture.isVisible()
        assert status.position.text() == "", "the pointer has not moved on the picture since"
        status.show_position(3, 4)
        hands.application.session.close()
        assert status.position.text() == "", "no place on no picture"

    live(tmp_path / "data", script, [picture(tmp_path)])


def test_takes_that_are_there_are_not_denied(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()
        player = hands.window.takes.player
        assert "No take yet" in names(player)
        hands.click(hands.window.checks.generate)
        await hands.job_in(JobState.DONE)
        hands.act("face-takes")
        await asyncio.sleep(0)
        hands.window.takes.show_nothing()
        assert "Choose a take" in names(player)
        assert "No take yet" not in names(player)

    live(tmp_path / "data", script)


def test_an_idle_line_shows_nothing(qtbot: QtBot) -> None:
    line = ProgressLine()
    qtbot.addWidget(line)
    line.resize(200, 3)
    assert current().line in colours(line)
    line.set_idle(True)
    assert current().line not in colours(line)
    assert line.sizeHint() == ProgressLine().sizeHint(), "what stands under it stays"


def test_what_cannot_be_pressed_is_faint_and_never_dashed(qtbot: QtBot) -> None:
    """A dashed outline asks for something to be dropped."""
    for button in (Button("Crop"), MenuButton("Add")):
        qtbot.addWidget(button)
        button.setEnabled(False)
        button.resize(button.sizeHint())
        image = button.grab().toImage()
        row = {image.pixelColor(x, 0).name() for x in range(8, image.width() - 8)}
        assert row == {current().line}, "an outline without gaps"
        assert current().off in colours(button)
        assert current().text not in colours(button)
