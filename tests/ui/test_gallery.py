"""The gallery, photographed at one and two pixels per point, dark and light: nothing clipped, nothing unreadable."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QCursor, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.ui import gallery
from desktop.ui.controls import (
    Badge,
    Button,
    CounterText,
    IconButton,
    Label,
    LinkButton,
    MenuButton,
    NumberBadge,
    NumberBox,
    PrimaryButton,
    Row,
    Segmented,
    ToolButton,
)
from desktop.ui.gallery import Gallery, photograph
from desktop.ui.theme import Mode, Theme, contrast, current

MODES = (Mode.DARK, Mode.LIGHT)


@pytest.fixture(params=MODES, ids=str)
def page(qapp: QApplication, qtbot: QtBot, request: pytest.FixtureRequest) -> Iterator[Gallery]:
    QCursor.setPos(795, 795)
    theme = Theme(qapp, request.param)
    page = Gallery()
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    yield page
    theme.setParent(None)
    theme.deleteLater()


def visible(page: QWidget) -> list[QWidget]:
    return [widget for widget in page.findChildren(QWidget) if widget.isVisible()]


def place(widget: QWidget, page: QWidget) -> QRect:
    return QRect(widget.mapTo(page, QPoint(0, 0)), widget.size())


def ground(image: QImage, box: QRect) -> str:
    """The colour that most of ``box`` (logical pixels) has."""
    ratio = image.devicePixelRatio()
    pixels: Counter[int] = Counter()
    for x in range(round(box.left() * ratio), round((box.right() + 1) * ratio)):
        for y in range(round(box.top() * ratio), round((box.bottom() + 1) * ratio)):
            pixels[image.pixel(x, y) & 0xFFFFFF] += 1
    return f"#{pixels.most_common(1)[0][0]:06x}"


def ink_of(widget: QWidget) -> str | None:
    """The colour of the text that ``widget`` shows; None if it shows none."""
    if isinstance(widget, NumberBadge) or (isinstance(widget, QLabel) and not widget.text()):
        return None
    if isinstance(widget, Badge | LinkButton | PrimaryButton):
        return widget.ink()
    if isinstance(widget, QLabel | QLineEdit):
        return widget.palette().color(widget.foregroundRole()).name()
    return None


def test_every_child_lies_inside_its_parent(page: Gallery) -> None:
    for widget in visible(page):
        parent = widget.parentWidget()
        assert parent is not None
        assert parent.rect().contains(widget.geometry()), (
            type(widget).__name__,
            widget.geometry(),
            parent.rect(),
        )


def test_every_text_fits_or_ends_in_an_ellipsis(page: Gallery) -> None:
    cut = []
    for widget in visible(page):
        if isinstance(widget, Label) and not widget.wordWrap() and widget.sizeHint().width() > widget.width():
            cut.append(widget.text())
            assert widget.toolTip() == widget.text()
        elif isinstance(widget, Label) and widget.wordWrap():
            assert widget.heightForWidth(widget.width()) <= widget.height(), widget.text()
        elif isinstance(widget, Badge | Button | LinkButton | MenuButton):
            assert widget.sizeHint().width() <= widget.width(), widget.text()
        elif isinstance(widget, NumberBox):
            edit = widget.lineEdit()
            margins = edit.textMargins()
            needed = edit.fontMetrics().horizontalAdvance(edit.text()) + margins.left() + margins.right()
            assert needed <= edit.width(), edit.text()
        if isinstance(widget, QLabel) and not widget.wordWrap():
            assert widget.fontMetrics().height() <= widget.height(), widget.text()
    assert cut
    assert all(text.startswith(("Clouds", "15 s", "Waterfall")) for text in cut), cut


def test_prompts_show_their_whole_text(page: Gallery) -> None:
    boxes = page.findChildren(QTextEdit)
    assert len(boxes) == 3
    assert all(box.verticalScrollBar().maximum() == 0 for box in boxes)


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_every_text_has_contrast(page: Gallery, scale: float) -> None:
    image = photograph(page, scale)
    seen = 0
    for widget in visible(page):
        ink = ink_of(widget)
        if ink is not None:
            seen += 1
            behind = ground(image, place(widget, page))
            assert contrast(ink, behind) >= 4.5, (type(widget).__name__, widget.accessibleName(), ink, behind)
    assert seen > 60


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_known_spots_have_the_colours_of_the_tokens(page: Gallery, scale: float) -> None:
    tokens = current()
    image = photograph(page, scale)
    assert image.size() == page.size() * scale

    def at(widget: QWidget, x: float, y: float) -> str:
        corner = widget.mapTo(page, QPoint(0, 0))
        return image.pixelColor(round((corner.x() + x) * scale), round((corner.y() + y) * scale)).name()

    assert image.pixelColor(1, 1).name() == tokens.window
    enabled = [button for button in page.findChildren(PrimaryButton) if button.isEnabled()]
    assert all(at(button, button.width() / 2 - 20, 5) == tokens.accent for button in enabled)
    refused = next(button for button in page.findChildren(PrimaryButton) if not button.isEnabled())
    assert at(refused, refused.width() / 2, 5) == tokens.raised
    brush = next(tool for tool in page.findChildren(ToolButton) if tool.isChecked())
    assert at(brush, 18, 1) == tokens.accent
    chosen = next(line for line in page.findChildren(Row) if line.is_selected())
    assert at(chosen, chosen.width() / 2, 3) == tokens.raised
    segments = page.findChildren(Segmented)[0]
    assert at(segments, segments.width() - 12, 4) == tokens.raised
    box = next(box for box in page.findChildren(NumberBox) if box.isEnabled())
    assert at(box, 5, 5) == tokens.raised
    field = page.findChildren(CounterText)[0].findChildren(QTextEdit)[0]
    assert at(field, field.width() / 2, field.height() - 5) == tokens.window


def test_everything_to_press_is_named_and_reached_by_keys(page: Gallery) -> None:
    for button in page.findChildren(QAbstractButton):
        assert button.accessibleName() or button.text(), type(button).__name__
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus, type(button).__name__
    for flat in page.findChildren(IconButton):
        assert flat.toolTip()


def test_a_switch_of_mode_needs_no_new_page(qapp: QApplication, qtbot: QtBot) -> None:
    QCursor.setPos(795, 795)
    theme = Theme(qapp, Mode.LIGHT)
    switched = Gallery()
    qtbot.addWidget(switched)
    with qtbot.waitExposed(switched):
        switched.show()
    before = switched.sizeHint()
    theme.set_mode(Mode.DARK)
    assert switched.sizeHint() == before
    surfaces = Counter(
        ground(photograph(switched, 1.0), QRect(0, at, switched.width(), 9)) for at in range(0, 90, 9)
    )
    assert set(surfaces) <= {current().window, current().panel, current().stage}
    theme.setParent(None)
    theme.deleteLater()


@pytest.mark.parametrize("scale", ["1", "2"])
def test_the_module_photographs_itself(tmp_path: Path, scale: str) -> None:
    shot = tmp_path / "gallery.png"
    command = [sys.executable, "-m", "desktop.ui.gallery", "--shot", str(shot), "--scale", scale, "--light"]
    root = Path(gallery.__file__).parents[2]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    image = QImage(str(shot))
    assert image.width() > 1200 * int(scale)
    assert image.pixelColor(1, 1).name() == "#efefef"


def test_a_shot_that_cannot_be_written_is_one_sentence(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QT_SCALE_FACTOR", "1")
    assert gallery.main(["--shot", str(tmp_path / "missing" / "a.png")]) == 1
    assert "cannot be written" in capsys.readouterr().err
