"""Icons by name, drawn as outlines at any scale and tinted while they are painted.

``icon("brush")`` gives a QIcon for actions and menus; it takes its colour from the theme at the moment of painting,
so a switch between dark and light needs no rebuilding. ``paint_icon`` draws one straight into a control.

Most are Phosphor's, from the font file that QtAwesome carries. The font is read without importing QtAwesome, whose
import and twelve fonts would come before the first paint; the outlines come from Qt itself.
"""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QByteArray, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QIcon, QIconEngine, QPainter, QPainterPath, QPixmap, QRawFont
from PySide6.QtSvg import QSvgRenderer

from desktop.core.errors import KinebrushError
from desktop.ui.theme import Tone, colour, current, tone_colour
from desktop.ui.tokens import icons_folder

_EM = 256
_OWN = ("kinebrush", "lasso")

NAMES = {
    "brush": "paint-brush",
    "eraser": "eraser",
    "rectangle": "selection",
    "ellipse": "circle-dashed",
    "lasso": "lasso",
    "polygon": "polygon",
    "wand": "magic-wand",
    "sparkle": "sparkle",
    "magnet": "magnet",
    "path": "path",
    "hand": "hand",
    "zoom": "magnifying-glass-plus",
    "zoom-out": "magnifying-glass-minus",
    "undo": "arrow-u-up-left",
    "redo": "arrow-u-up-right",
    "eye": "eye",
    "eye-closed": "eye-slash",
    "lock": "lock-simple-fill",
    "lock-open": "lock-simple-open",
    "plus": "plus",
    "minus": "minus",
    "x": "x",
    "caret-right": "caret-right",
    "caret-left": "caret-left",
    "caret-down": "caret-down",
    "caret-up": "caret-up",
    "picture": "image-square",
    "end-frame": "image-square",
    "stop": "stop-circle",
    "play": "play-fill",
    "play-circle": "play-circle",
    "pause": "pause-fill",
    "star": "star",
    "star-on": "star-fill",
    "filter": "funnel-simple",
    "columns": "columns",
    "gear": "gear-six",
    "search": "magnifying-glass",
    "warning": "warning-fill",
    "check-circle": "check-circle-fill",
    "x-circle": "x-circle-fill",
    "info": "info-fill",
    "skip-back": "skip-back-fill",
    "skip-forward": "skip-forward-fill",
    "frame-back": "caret-left",
    "frame-forward": "caret-right",
    "repeat": "repeat",
    "scissors": "scissors",
    "folder": "folder-open",
    "arrow": "arrow-bend-up-right",
    "arrow-right": "arrow-right",
    "swap": "arrows-left-right",
    "fullscreen": "corners-out",
    "fullscreen-exit": "corners-in",
    "trash": "trash",
    "download": "download-simple",
    "upload": "upload-simple",
    "link": "link-simple",
    "open-outside": "arrow-square-out",
    "copy": "copy",
    "check": "check",
    "key": "key",
    "offline": "wifi-slash",
    "cloud": "cloud",
    "clock": "clock",
    "film": "film-strip",
    "areas": "selection-background",
    "save": "floppy-disk",
    "pencil": "pencil-simple",
    "more": "dots-three",
    "refresh": "arrows-clockwise",
    "question": "question",
    "keyboard": "keyboard",
    "sliders": "sliders-horizontal",
    "invert": "selection-inverse",
    "grow": "arrows-out-simple",
    "shrink": "arrows-in-simple",
    "bucket": "paint-bucket",
    "eyedropper": "eyedropper",
    "fit": "frame-corners",
    "crop": "crop",
    "align": "arrows-out-cardinal",
    "chain": "link-simple-horizontal",
    "chain-off": "link-simple-horizontal-break",
    "mirror-across": "arrows-left-right",
    "mirror-down": "arrows-down-up",
    "turn": "arrow-clockwise",
    "palette": "palette",
    "solo": "circle-half",
    "price": "currency-circle-dollar",
    "list": "list",
    "kinebrush": "kinebrush",
}
"""Our name of an icon -> its name in Phosphor, or the file of our own in ``resources/icons``."""


@cache
def _phosphor() -> tuple[QRawFont, dict[str, str]]:
    spec = find_spec("qtawesome")
    places = list(spec.submodule_search_locations or ()) if spec else []
    for folder in (Path(place) / "fonts" for place in places):
        fonts, maps = (
            sorted(folder.glob("phosphor-[0-9]*.ttf")),
            sorted(folder.glob("phosphor-charmap-*.json")),
        )
        if fonts and maps:
            raw = QRawFont()
            raw.loadFromData(QByteArray(fonts[-1].read_bytes()), _EM, QFont.HintingPreference.PreferNoHinting)
            return raw, json.loads(maps[-1].read_text("utf-8"))
    raise KinebrushError("The icons are missing: install Kinebrush again, or run its bootstrap once more.")


@cache
def _outline(name: str) -> QPainterPath:
    """The outline of a Phosphor icon in a square of 256."""
    raw, charmap = _phosphor()
    glyphs = raw.glyphIndexesForString(chr(int(charmap[name], 16)))
    path = raw.pathForGlyph(glyphs[0])
    path.translate(0, raw.ascent())
    path.setFillRule(Qt.FillRule.WindingFill)
    return path


@cache
def _drawing(name: str) -> str:
    return (icons_folder() / f"{name}.svg").read_text("utf-8")


def paint_icon(painter: QPainter, box: QRectF, name: str, tint: str) -> None:
    """Draw the icon ``name`` as large as fits the middle of ``box`` in the colour ``tint``.

    Raises KeyError for a name that is not in ``NAMES``.
    """
    target = NAMES[name]
    side = min(box.width(), box.height())
    corner = box.center() - QPointF(side / 2, side / 2)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if target in _OWN:
        svg = QSvgRenderer(QByteArray(_drawing(target).replace("currentColor", tint).encode()))
        svg.render(painter, QRectF(corner.x(), corner.y(), side, side))
    else:
        painter.translate(corner)
        painter.scale(side / _EM, side / _EM)
        painter.fillPath(_outline(target), colour(tint))
    painter.restore()


class _Engine(QIconEngine):
    """Paints by name with the tokens of the moment; QIcon asks it each time."""

    def __init__(self, name: str, tone: Tone) -> None:
        super().__init__()
        self._name = name
        self._tone = tone

    def _tint(self, mode: QIcon.Mode, state: QIcon.State) -> str:
        tokens = current()
        if mode == QIcon.Mode.Disabled:
            return tokens.off
        if mode == QIcon.Mode.Selected:
            return tokens.on_accent
        if self._tone is not Tone.NEUTRAL:
            return tone_colour(self._tone)
        strong = mode == QIcon.Mode.Active or state == QIcon.State.On
        return tokens.text if strong else tokens.muted

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        paint_icon(painter, QRectF(rect), self._name, self._tint(mode, state))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        """``size`` is in logical pixels, ``scale`` device pixels for each."""
        result = QPixmap(size * scale)
        result.setDevicePixelRatio(scale)
        result.fill(Qt.GlobalColor.transparent)
        with QPainter(result) as painter:
            self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        return result

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._tone)

    def isNull(self) -> bool:
        return False

    def key(self) -> str:
        return f"kinebrush-{self._name}"


def icon(name: str, tone: Tone = Tone.NEUTRAL) -> QIcon:
    """The icon ``name`` for an action, a menu or a button; muted, or in the colour of ``tone``.

    Its mode *Selected* means "on the accent", *Active* and the state *On* mean strong, *Disabled* faded.
    Raises KeyError for an unknown name.
    """
    if name not in NAMES:
        raise KeyError(f"There is no icon named {name!r}.")
    return QIcon(_Engine(name, tone))


def app_icon() -> QIcon:
    """The application's own icon, for the window and the task bar."""
    return QIcon(str(icons_folder() / "app.svg"))
