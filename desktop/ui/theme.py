"""The look of the window in one place: tokens, type, and the switch between dark and light.

How to build with it
    theme = Theme(app)                       # once, before the first widget; follows the system
    theme.set_mode(Mode.LIGHT)               # live: palette, stylesheet, icons and painted controls change
    painter.fillRect(rect, colour(current().raised))
    widget.setFont(font(SMALL, bold=True))   # two sizes, two weights, tabular figures
    layout.setSpacing(2 * SPACE)             # every distance is a multiple of SPACE; corners are RADIUS

Controls that paint themselves read ``current()`` while they paint and keep no colour, so a switch needs nothing
but a repaint, which the new palette brings. What has state beyond that listens to ``Theme.changed``. Colours mean
the same everywhere: *accent* is only what is active, chosen, adjustable or in progress.
"""

import sys
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from desktop.ui.stylesheet import stylesheet
from desktop.ui.tokens import DARK, LIGHT, RADIUS, SMALL, SPACE, TEXT, Tokens

__all__ = [
    "DARK",
    "LIGHT",
    "RADIUS",
    "SMALL",
    "SPACE",
    "TEXT",
    "Mode",
    "Theme",
    "Tokens",
    "Tone",
    "area_color",
    "colour",
    "contrast",
    "current",
    "font",
    "mix",
    "readable_on",
    "tone_colour",
]

_AREAS = ("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#cc79a7", "#d55e00")  # Okabe and Ito, for every eye
_STILL = "#ffffff"
_STATIC_LABEL = 7
_PLAIN_FAMILIES = ("DejaVu Sans", "Bitstream Vera Sans", "Sans Serif", "Helvetica")
_BETTER_FAMILIES = ("Inter", "Cantarell", "Ubuntu", "Noto Sans", "Roboto", "Open Sans", "Liberation Sans")


class Mode(StrEnum):
    """What the user asked for."""

    SYSTEM = "system"
    DARK = "dark"
    LIGHT = "light"


class Tone(StrEnum):
    """What a badge, a dot, a toast or a check says besides its words."""

    NEUTRAL = "neutral"
    ACCENT = "accent"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(slots=True)
class _State:
    tokens: Tokens
    family: str


_state = _State(DARK, "")


def current() -> Tokens:
    """The tokens in force now. Ask while painting; do not keep them."""
    return _state.tokens


def colour(value: str, alpha: float = 1.0) -> QColor:
    """A token as a colour, with ``alpha`` from 0 to 1."""
    result = QColor(value)
    result.setAlphaF(alpha)
    return result


def mix(base: str, other: str, share: float) -> str:
    """``base`` with ``share`` (0 to 1) of ``other`` in it, as ``#rrggbb``."""
    one, two = QColor(base), QColor(other)
    pairs = ((one.red(), two.red()), (one.green(), two.green()), (one.blue(), two.blue()))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def tone_colour(tone: Tone, tokens: Tokens | None = None) -> str:
    """The token that carries a tone; neutral is muted text."""
    tokens = tokens or current()
    return {
        Tone.NEUTRAL: tokens.muted,
        Tone.ACCENT: tokens.accent,
        Tone.GOOD: tokens.good,
        Tone.WARN: tokens.warn,
        Tone.BAD: tokens.bad,
    }[tone]


def area_color(number: int) -> str:
    """The colour of area 1 to 6; the still area, number 0 in the window and 7 in the label map, is white.

    Raises ValueError for a number that names no area.
    """
    if number in (0, _STATIC_LABEL):
        return _STILL
    if not 1 <= number <= len(_AREAS):
        raise ValueError(f"There is no area {number}: areas are 1 to {len(_AREAS)}, or 0 for the still one.")
    return _AREAS[number - 1]


def _luminance(value: str) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    seen = QColor(value)
    return 0.2126 * linear(seen.redF()) + 0.7152 * linear(seen.greenF()) + 0.0722 * linear(seen.blueF())


def contrast(one: str, two: str) -> float:
    """The contrast ratio of WCAG 2.2, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(two)))
    return (high + 0.05) / (low + 0.05)


def readable_on(background: str) -> str:
    """Near black or white, whichever reads better on ``background``."""
    return max(("#111111", "#ffffff"), key=lambda ink: contrast(ink, background))


def _system_family() -> str:
    """The system's typeface; where a bare Linux offers only a stopgap, a better one if it is installed."""
    family = QFontInfo(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)).family()
    if sys.platform.startswith("linux") and family in _PLAIN_FAMILIES:
        installed = set(QFontDatabase.families())
        return next((name for name in _BETTER_FAMILIES if name in installed), family)
    return family


def font(size: int = TEXT, *, bold: bool = False) -> QFont:
    """The typeface at ``TEXT`` or ``SMALL`` pixels, regular or semi-bold, with figures of equal width."""
    if not _state.family:
        _state.family = _system_family()
    result = QFont(_state.family)
    result.setPixelSize(size)
    result.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    result.setFeature(QFont.Tag("tnum"), 1)
    return result


def _palette(tokens: Tokens) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive, QPalette.ColorGroup.Disabled):
        text = tokens.faint if group == QPalette.ColorGroup.Disabled else tokens.text
        for name, value in (
            (role.Window, tokens.window),
            (role.WindowText, text),
            (role.Base, tokens.window),
            (role.AlternateBase, tokens.panel),
            (role.Text, text),
            (role.PlaceholderText, tokens.faint),
            (role.Button, tokens.raised),
            (role.ButtonText, text),
            (role.BrightText, tokens.bad),
            (role.ToolTipBase, tokens.raised),
            (role.ToolTipText, tokens.text),
            (role.Highlight, tokens.accent),
            (role.HighlightedText, tokens.on_accent),
            (role.Accent, tokens.accent),
            (role.Link, tokens.accent),
            (role.LinkVisited, tokens.accent),
            (role.Light, tokens.line),
            (role.Midlight, tokens.raised),
            (role.Mid, tokens.line),
            (role.Dark, tokens.line),
            (role.Shadow, tokens.stage),
        ):
            palette.setColor(group, name, QColor(value))
    return palette


class Theme(QObject):
    """Holds the mode, follows the system and dresses the application. One per application."""

    changed = Signal()

    def __init__(self, app: QApplication, mode: Mode = Mode.SYSTEM) -> None:
        super().__init__(app)
        self._app = app
        self._mode = mode
        fusion = QStyleFactory.create("Fusion")
        if fusion is not None:
            app.setStyle(fusion)
        app.setFont(font())
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_system_changed)
        self._ask_system()
        self._dress()

    @property
    def mode(self) -> Mode:
        return self._mode

    @property
    def tokens(self) -> Tokens:
        return current()

    def set_mode(self, mode: Mode) -> None:
        """Show dark, light, or whatever the system shows."""
        if mode != self._mode:
            self._mode = mode
            self._ask_system()
            self._dress_if_new()

    def _ask_system(self) -> None:
        """Title bars and the system's own dialogs follow the choice where the platform lets them."""
        hints = QGuiApplication.styleHints()
        if self._mode is Mode.SYSTEM:
            hints.unsetColorScheme()
        else:
            dark = self._mode is Mode.DARK
            hints.setColorScheme(Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light)

    def _wanted(self) -> Tokens:
        if self._mode is not Mode.SYSTEM:
            return LIGHT if self._mode is Mode.LIGHT else DARK
        light = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Light
        return LIGHT if light else DARK

    def _on_system_changed(self, _scheme: Qt.ColorScheme) -> None:
        self._dress_if_new()

    def _dress_if_new(self) -> None:
        if self._wanted() is not current():
            self._dress()
            self.changed.emit()

    def _dress(self) -> None:
        _state.tokens = self._wanted()
        self._app.setPalette(_palette(_state.tokens))
        self._app.setStyleSheet(stylesheet(_state.tokens))
