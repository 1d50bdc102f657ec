"""What the window shows when nothing can be done, nothing is under way, or something else is looked at."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.areas import MotionArea
from desktop.core.job import JobState
from desktop.storage.settings import SETTINGS, Settings
from desktop.ui.address_dialog import AddressDialog
from desktop.ui.controls import Button, CheckLine, Label, MenuButton, ProgressLine, SliderNumber, ToneIcon
from desktop.ui.controls.slider_number import _Track
from desktop.ui.jobs.dock import JobsDock
from desktop.ui.panel.area_row import AreaRow
from desktop.ui.panel.name_editor import NameEditor
from desktop.ui.place_numbers import PlaceNumbers
from desktop.ui.player.face import TakesFace
from desktop.ui.player.strip import FilmStrip
from desktop.ui.preferences import Preferences
from desktop.ui.shadow import REACH, draw_shadow
from desktop.ui.take_cards import TakeCards
from desktop.ui.theme import SPACE, Mode, Theme, current
from desktop.ui.title_bar import Mark
from tests.job_shots import png
from tests.window_hands import Hands, live
from tests.window_jobs import job


def picture(folder: Path) -> Path:
    path = folder / "picture.png"
    path.write_bytes(png(420, 330, 1))
    return path


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    theme = Theme(qapp, Mode.DARK)
    yield theme
    theme.setParent(None)
    qapp.setStyleSheet("")


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


def names_in_line(face: TakesFace) -> bool:
    """Whether the headings of both columns stand in one line, and the facts begin under theirs."""
    heading, *facts = face.facts.findChildren(Label)
    first = face.takes.visualRect(face.takes.model().index(0, 0))
    over_list = face.takes.viewport().mapTo(face, first.center()).y()
    begins = {fact.mapTo(face, QPoint(0, 0)).x() for fact in facts if fact.text() in ("Video", "Size")}
    level = heading.mapTo(face, heading.rect().center()).y()
    return abs(level - over_list) <= 1 and begins == {heading.mapTo(face, QPoint(0, 0)).x()}


def test_takes_that_are_there_are_not_denied(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()
        player = hands.window.takes.player
        assert "No take yet" in names(player)
        hands.click(hands.window.checks.generate)
        await hands.job_in(JobState.DONE)
        hands.act("face-takes")
        await asyncio.sleep(0)
        takes = hands.window.takes
        takes.show_take(takes.takes.model().index(1, 0).data(Qt.ItemDataRole.UserRole))
        await hands.until(lambda: names_in_line(takes), "the headings to be in line")
        takes.show_nothing()
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


def test_fields_of_the_preferences_end_in_lines(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    dialog = Preferences(Settings(), window)
    dialog.show()
    short = {spec.name for spec in SETTINGS if spec.kind in ("integer", "number", "date")}
    ends: dict[bool, set[int]] = {True: set(), False: set()}
    for name, field in dialog.fields.items():
        if name != "library":  # the button that chooses a folder stands after it
            ends[name in short].add(field.mapTo(dialog, field.rect().topRight()).x())
    assert len(ends[True]) == len(ends[False]) == 1


@pytest.mark.parametrize("ratio", [1.0, 1.5])
def test_thumbnails_of_the_strip_stand_equally_far_apart(qtbot: QtBot, ratio: float) -> None:
    strip = FilmStrip()
    qtbot.addWidget(strip)
    for width in range(300, 1300, 7):
        strip.resize(round(width * ratio), strip.height())
        strip.set_video(120, 24.0, 16 / 9)
        cells = [strip._cell(number) for number in range(len(strip._cells))]
        gaps = {after.left() - before.right() for before, after in pairwise(cells)}
        assert gaps <= {1.0}, width


def test_folded_jobs_are_parted_from_the_stage(qtbot: QtBot) -> None:
    """Qt draws the line between docks only where it can be dragged."""
    dock = JobsDock()
    qtbot.addWidget(dock)
    dock.set_folded(True)
    dock.resize(400, dock.maximumHeight())
    dock.show()
    image = dock.grab().toImage()
    assert {image.pixelColor(x, 0).name() for x in range(400)} == {current().line}


def test_the_mark_is_as_strong_as_the_name_beside_it(qtbot: QtBot) -> None:
    mark = Mark("kinebrush", "Menu")
    qtbot.addWidget(mark)
    assert current().text in colours(mark)


def test_days_of_takes_are_said_as_people_say_them() -> None:
    now = datetime.now(UTC).astimezone().replace(hour=12, minute=0)
    said = []
    for days in (0, 1, 2):
        moment = now - timedelta(days=days)
        said.append(TakeCards().card(job(1, JobState.DONE, completed=moment.timestamp()), "").when)
    assert said == ["today 12:00", "yesterday 12:00", f"{now - timedelta(days=2):%Y-%m-%d} 12:00"]


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


def test_the_open_fold_counts_the_negative_prompt(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.opened(420)
        words = hands.window.words
        fold, text = words.negative_fold, words.negative
        assert fold.value() == "default"
        fold.set_opened(True)
        assert fold.value() == text.counter() == f"{len(text.text())} / 2500"
        text.setFocus()
        hands.type("x")
        assert fold.value() == text.counter() == f"{len(text.text())} / 2500"
        fold.set_opened(False)
        assert fold.value() == f"{len(text.text())} characters"
        fold.set_opened(True)
        first = min(
            child.mapTo(words, QPoint(0, 0)).y() for child in text.findChildren(QWidget) if child.isVisible()
        )
        bottom = fold.mapTo(words, QPoint(0, 30)).y()
        assert first - bottom <= 8, "the text follows its heading, without another line between"

    live(tmp_path / "data", script, [picture(tmp_path)])


def test_the_ring_of_a_slider_is_whole_at_its_ends(qtbot: QtBot) -> None:
    slider = SliderNumber("Opacity", 0, 100, 100)
    qtbot.addWidget(slider)
    slider.show()
    slider.activateWindow()
    slider.setFocus()
    track = slider.findChild(_Track)
    assert track is not None
    qtbot.waitUntil(track.hasFocus)
    image = track.grab().toImage()
    edge = {image.pixelColor(image.width() - 1, y).name() for y in range(image.height())}
    near = {image.pixelColor(image.width() - 2, y).name() for y in range(image.height())}
    assert current().accent not in edge
    assert len(near) > 1, "it reaches as far as it can"


def test_numbers_of_a_place_stand_flush(qtbot: QtBot) -> None:
    numbers = PlaceNumbers()
    qtbot.addWidget(numbers)
    numbers.setFixedWidth(288)
    numbers.show()
    names = [label for label in numbers.findChildren(Label) if label.x() < 40]
    assert {name.x() for name in names} == {0}
    assert numbers.dy.geometry().right() == numbers.height_.geometry().right() == 287
    middles = [box.geometry().center().y() for box in (numbers.dx, numbers.width_, numbers.angle)]
    assert middles[1] - middles[0] == middles[2] - middles[1]


def test_an_address_is_opened_and_has_room(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    dialog = AddressDialog(window, "Open an address", "The address of a picture.", "Open")
    dialog.open()
    layout = dialog.layout()
    assert layout is not None
    assert layout.spacing() == 3 * SPACE
    assert dialog.okButtonText() == "Open"
    dialog.reject()


def test_a_note_among_the_checks_does_not_take_the_accent(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.opened(420)
        hands.paint(area=1)
        hands.act("focus-prompt")
        hands.type("calm")
        checks = hands.window.checks

        def notes() -> list[CheckLine]:
            return [line for line in checks.findChildren(CheckLine) if "damp" in line.accessibleName()]

        await hands.until(lambda: bool(notes()), "the note")
        assert current().accent not in colours(notes()[0].findChildren(ToneIcon)[0])

    live(tmp_path / "data", script, [picture(tmp_path)])


def test_takes_of_one_shot_are_told_apart() -> None:
    """All of them have the shot's name."""
    cards = TakeCards()
    jobs = [job(number, JobState.DONE, completed=1000.0 * number, shot_id="own") for number in (1, 2, 3)]
    other = job(4, JobState.DONE, completed=2500.0, shot_id="other")
    assert [card.title for card in cards.of([*jobs, other], "own")] == [
        "Take 3",
        other.shot_name,
        "Take 2",
        "Take 1",
    ]
    assert cards.card(jobs[0], "own").title == "Take 1"
    assert {card.title for card in cards.of(jobs, "another")} == {
        jobs[0].shot_name,
        jobs[1].shot_name,
        jobs[2].shot_name,
    }


def test_a_name_is_typed_where_it_stands(qtbot: QtBot, theme: Theme) -> None:
    area = MotionArea(1, "Boat")
    row = AreaRow(area)
    qtbot.addWidget(row)
    row.show_area(area, "3.2 % · 1337 px", chosen=True)
    row.resize(306, 48)
    row.show()
    row.rename()
    editor = row.findChildren(NameEditor)[0]
    editor.setCursorPosition(0)
    letters = editor.mapTo(row, editor.cursorRect().center())
    title = row.title.geometry()
    assert abs(letters.x() - title.x()) <= 1
    assert abs(editor.geometry().center().y() - title.center().y()) <= 1
    assert editor.geometry().bottom() <= row.subtitle.y() + 2, (
        "it does not lie over the letters of the second line"
    )


_LINES = """
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
app = QApplication([])
from desktop.ui.controls import rule
from desktop.ui.theme import Mode, Theme, current
Theme(app, Mode.DARK)
window = QWidget()
layout = QVBoxLayout(window)
layout.setSpacing(0)
for number in range(12):
    layout.addSpacing(20 + number % 3)
    layout.addWidget(rule())
layout.addSpacing(20)
window.resize(60, layout.sizeHint().height())
window.show()
image = window.grab().toImage()
rows = [image.pixelColor(image.width() // 2, y).name() == current().line for y in range(image.height())]
print(*(len(run) for run in "".join(".#"[row] for row in rows).split(".") if run))
"""


@pytest.mark.parametrize(("ratio", "thick"), [("1.25", 1), ("1.5", 1), ("1.75", 1), ("2", 2)])
def test_lines_are_equally_strong_wherever_they_fall(ratio: str, thick: int) -> None:
    environment = {**os.environ, "QT_SCALE_FACTOR": ratio, "QT_QPA_PLATFORM": "offscreen"}
    ran = subprocess.run(
        [sys.executable, "-c", _LINES],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert ran.stdout.split() == [str(thick)] * 12


@pytest.mark.parametrize(("stage", "ratio"), [("#141414", 1.0), ("#cfcfcf", 1.5)])
def test_the_shadow_is_even_round_and_ends_softly(stage: str, ratio: float) -> None:
    ground = QImage(400, 300, QImage.Format.Format_RGB32)
    ground.fill(QColor(stage))
    picture, reach = QRect(100, 80, 200, 140), round(REACH * ratio)
    with QPainter(ground) as painter:
        draw_shadow(painter, picture, ratio, stage, ground.rect())
    bits = ground.constBits()
    grey = np.frombuffer(bits, np.uint8).reshape(300, 400, 4)[..., 0].astype(int)
    assert (grey == grey[::-1]).all()
    assert (grey == grey[:, ::-1]).all()
    beside = grey[150, 100 - reach : 100]
    assert (np.diff(beside) <= 0).all(), "it grows towards the picture"
    assert beside[-1] < beside[0] <= QColor(stage).red()
    over = grey[80 - reach : 80, 200]
    assert (beside == over).all(), "as far to the side as above"
    corner = np.diagonal(grey[80 - reach : 80, 100 - reach : 100])
    assert (np.diff(corner) <= 0).all(), "without holes"
    assert corner[0] == QColor(stage).red(), "a corner is further away than an edge"
    assert (grey[81:219, 101:299] == QColor(stage).red()).all()
