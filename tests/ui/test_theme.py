"""The tokens are those of the design, every text can be read, and a switch of mode reaches everything at once."""

import gc
import re
from collections.abc import Iterator
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontInfo, QFontMetricsF, QGuiApplication, QIcon, QImage, QPainter, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.ui import theme as look
from desktop.ui.icons import NAMES, app_icon, icon, paint_icon
from desktop.ui.stylesheet import stylesheet
from desktop.ui.theme import DARK, LIGHT, Mode, Theme, Tokens, Tone

DESIGN = {
    "dark": "#141414 #1e1e1e #252525 #303030 #3a3a3a #ededed #b0b0b0 #9a9a9a #8a7bff #0f0b2a #4fb477 #e3b341 #f0706a",
    "light": "#cfcfcf #efefef #fafafa #e6e6e6 #d6d6d6 #1a1a1a #545454 #5f5f5f #5a48e5 #ffffff #1f7a45 #8a6100 #b3261e",
}
BOTH = pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=lambda tokens: tokens.name)


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    theme = Theme(qapp, Mode.DARK)
    yield theme
    theme.set_mode(Mode.DARK)
    theme.setParent(None)
    theme.deleteLater()


@BOTH
def test_what_is_off_is_seen_and_is_fainter_than_anything_that_is_not(tokens: Tokens) -> None:
    for ground in (tokens.window, tokens.panel):
        assert 2.0 <= look.contrast(tokens.off, ground) <= look.contrast(tokens.faint, ground) / 1.7


@BOTH
def test_tokens_are_those_of_the_design(tokens: Tokens) -> None:
    values = asdict(tokens)
    del values["off"]
    assert " ".join(values[name] for name in list(values)[1:]) == DESIGN[values["name"]]


@BOTH
def test_text_reads_on_every_surface(tokens: Tokens) -> None:
    for ink in (tokens.text, tokens.muted, tokens.faint):
        for surface in (tokens.window, tokens.panel, tokens.raised):
            assert look.contrast(ink, surface) >= 4.5, (ink, surface)
    assert min(look.contrast(ink, tokens.stage) for ink in (tokens.text, tokens.muted)) >= 4.5
    assert look.contrast(tokens.on_accent, tokens.accent) >= 4.5


@BOTH
@pytest.mark.parametrize("tone", list(Tone))
def test_tones_read_on_window_and_panel(tokens: Tokens, tone: Tone) -> None:
    for surface in (tokens.window, tokens.panel):
        assert look.contrast(look.tone_colour(tone, tokens), surface) >= 4.5


def test_contrast_is_that_of_wcag() -> None:
    assert look.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert look.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert look.contrast("#123456", "#123456") == 1


def test_areas_have_the_colours_of_okabe_and_ito() -> None:
    expected = ["#e69f00", "#56b4e9", "#009e73", "#f0e442", "#cc79a7", "#d55e00"]
    assert [look.area_color(number) for number in range(1, 7)] == expected
    assert look.area_color(0) == look.area_color(7) == "#ffffff"
    for number in range(8):
        fill = look.area_color(number)
        assert look.contrast(look.readable_on(fill), fill) >= 4.5


@pytest.mark.parametrize("number", [-1, 8])
def test_no_colour_for_no_area(number: int) -> None:
    with pytest.raises(ValueError, match=f"no area {number}"):
        look.area_color(number)


@pytest.mark.parametrize("size", [look.TEXT, look.SMALL])
@pytest.mark.parametrize("bold", [False, True])
def test_figures_are_equally_wide(theme: Theme, size: int, bold: bool) -> None:
    face = look.font(size, bold=bold)
    assert face.pixelSize() == QFontInfo(face).pixelSize() == size
    metrics = QFontMetricsF(face)
    widths = [metrics.horizontalAdvance(digit * 8) for digit in "0123456789"]
    assert all(
        one == pytest.approx(two, abs=0.4) for one, two in pairwise(widths)
    )  # of eight, a font's rounding


def test_mix_goes_from_one_to_the_other() -> None:
    assert look.mix("#000000", "#ffffff", 0) == "#000000"
    assert look.mix("#000000", "#ffffff", 1) == "#ffffff"
    assert look.mix("#102030", "#304050", 0.5) == "#203040"


def test_a_switch_dresses_the_application_and_says_so_once(
    theme: Theme, qapp: QApplication, qtbot: QtBot
) -> None:
    assert theme.tokens is look.current() is DARK
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == DARK.window
    told: list[Tokens] = []
    theme.changed.connect(lambda: told.append(look.current()))
    theme.set_mode(Mode.LIGHT)
    assert told == [LIGHT]
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == LIGHT.window
    assert LIGHT.panel in qapp.styleSheet()
    theme.set_mode(Mode.LIGHT)
    assert told == [LIGHT]


def test_system_mode_follows_the_system(theme: Theme, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    theme.set_mode(Mode.SYSTEM)
    hints = QGuiApplication.styleHints()
    shown = {Qt.ColorScheme.Light: LIGHT, Qt.ColorScheme.Dark: DARK, Qt.ColorScheme.Unknown: DARK}
    for scheme in (Qt.ColorScheme.Light, Qt.ColorScheme.Dark, Qt.ColorScheme.Light, Qt.ColorScheme.Unknown):
        monkeypatch.setattr(type(hints), "colorScheme", lambda _self, scheme=scheme: scheme)
        hints.colorSchemeChanged.emit(scheme)
        assert look.current() is shown[scheme]
    theme.set_mode(Mode.DARK)
    monkeypatch.setattr(type(hints), "colorScheme", lambda _self: Qt.ColorScheme.Light)
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert look.current() is DARK


@BOTH
def test_the_stylesheet_uses_only_tokens_and_drawings_that_exist(tokens: Tokens) -> None:
    sheet = stylesheet(tokens)
    values = set(asdict(tokens).values())
    colours = set(re.findall(r"#[0-9a-f]{6}\b", sheet))
    assert colours
    assert colours <= values
    drawings = {Path(name) for name in re.findall(r'url\("([^"]+)"\)', sheet)}
    assert drawings
    for drawing in drawings:
        used = set(re.findall(r"#[0-9a-f]{6}\b", drawing.read_text("utf-8")))
        assert used
        assert used <= {tokens.muted, tokens.text, tokens.on_accent}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_icon_is_drawn_in_its_tint_inside_its_box(theme: Theme, name: str) -> None:
    side, room = 48, 8
    image = QImage(side + 2 * room, side + 2 * room, QImage.Format.Format_ARGB32)
    image.fill(QColor("#000000"))
    with QPainter(image) as painter:
        paint_icon(painter, QRectF(room, room, side, side), name, "#ff0000")
    every = [(x, y) for x in range(image.width()) for y in range(image.height())]
    lit = [(x, y) for x, y in every if image.pixelColor(x, y).red() > 0]
    assert sum(image.pixelColor(x, y).name() == "#ff0000" for x, y in lit) > 16
    assert all(image.pixelColor(x, y).green() == 0 for x, y in lit)
    assert all(room <= x < room + side and room <= y < room + side for x, y in lit)


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0, 3.0])
def test_icons_have_the_pixels_of_the_screen(theme: Theme, scale: float) -> None:
    pixmap = icon("plus").pixmap(QSize(16, 16), scale, QIcon.Mode.Normal, QIcon.State.Off)
    assert pixmap.size() == QSize(16, 16) * scale
    assert pixmap.devicePixelRatio() == scale


def _strongest(shown: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal) -> str:
    image = shown.pixmap(QSize(64, 64), 1.0, mode, QIcon.State.Off).toImage()
    pixels = (image.pixelColor(x, y) for x in range(64) for y in range(64))
    return max(pixels, key=lambda pixel: pixel.alpha()).name()


def test_an_icon_is_tinted_by_its_mode_and_again_after_a_switch(theme: Theme) -> None:
    shown, good = icon("trash"), icon("check-circle", Tone.GOOD)
    assert _strongest(shown) == DARK.muted
    assert _strongest(shown, QIcon.Mode.Active) == DARK.text
    assert _strongest(shown, QIcon.Mode.Selected) == DARK.on_accent
    assert _strongest(shown, QIcon.Mode.Disabled) not in (DARK.muted, DARK.text)
    assert _strongest(good) == DARK.good
    copy = QIcon(shown)
    theme.set_mode(Mode.LIGHT)
    assert _strongest(shown) == _strongest(copy) == LIGHT.muted
    assert _strongest(good) == LIGHT.good


def test_icons_outlive_what_made_them(theme: Theme) -> None:
    copies = []
    for name in sorted(NAMES) * 3:
        copy = QIcon(icon(name))
        copy.setIsMask(True)  # parts it from the first, so its engine is cloned
        copies.append(copy)
    gc.collect()
    assert {_strongest(copy) for copy in copies[:20]} == {DARK.muted}


def test_an_unknown_icon_is_refused() -> None:
    with pytest.raises(KeyError, match="no icon named 'unicorn'"):
        icon("unicorn")


def test_the_application_has_its_own_icon(theme: Theme) -> None:
    image = app_icon().pixmap(64, 64).toImage()
    assert image.size() == QSize(64, 64)
    assert len({image.pixelColor(x, 32).rgba() for x in range(64)}) > 2
