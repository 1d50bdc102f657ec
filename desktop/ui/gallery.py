"""Every control in every state on one page, in the manner of a style guide.

    python -m desktop.ui.gallery [--shot OUT.png] [--scale 2] [--light]

Without ``--shot`` it opens a window with a switch between dark, light and the system.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QColor, QImage, QPainter, QPixmap
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLayout,
    QLineEdit,
    QMenu,
    QRadioButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.ui.controls import (
    Badge,
    Button,
    CheckLine,
    Collapsible,
    CounterText,
    DropTarget,
    EmptyState,
    Glyph,
    IconButton,
    KeyHint,
    Label,
    LinkButton,
    MenuButton,
    NumberBadge,
    NumberBox,
    PrimaryButton,
    ProgressLine,
    RoundButton,
    Row,
    SearchButton,
    SearchField,
    Section,
    Segmented,
    SliderNumber,
    StatusDot,
    Surface,
    Toast,
    ToolButton,
    column,
    row,
    rule,
    set_surface,
    small,
)
from desktop.ui.icons import NAMES, app_icon, icon
from desktop.ui.theme import Mode, Theme, Tone, area_color, current

_PROMPT = (
    "A small sailing boat glides to the left across a calm harbour at dawn, clouds drift right, warm light on the "
    "water, locked camera"
)


_COLUMN = 340


def _off(widget: QWidget) -> QWidget:
    widget.setEnabled(False)
    return widget


def _card(title: str, *items: QWidget | QLayout | int, surface: Surface = "panel", gap: int = 2) -> QWidget:
    card = QWidget()
    set_surface(card, surface)
    section = Section(title, ink="muted" if surface == "stage" else "faint")
    section.content.addLayout(column(*items, gap=gap))
    outer = QVBoxLayout(card)
    outer.setContentsMargins(14, 8, 14, 14)
    outer.addWidget(section)
    return card


def _poster() -> QPixmap:
    picture = QPixmap(96, 54)
    picture.fill(QColor("#6b4a7a"))
    with QPainter(picture) as painter:
        painter.fillRect(0, 30, 96, 24, QColor("#3a3560"))
        painter.fillRect(0, 24, 96, 7, QColor(area_color(1)))
    return picture


class _Poster(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._picture = _poster()
        self.setFixedSize(58, 32)

    def sizeHint(self) -> QSize:
        return QSize(58, 32)

    def paintEvent(self, _event: object) -> None:
        with QPainter(self) as painter:
            painter.drawPixmap(self.rect(), self._picture)


def _swatches() -> QWidget:
    names = (
        "stage",
        "window",
        "panel",
        "raised",
        "line",
        "text",
        "muted",
        "faint",
        "accent",
        "good",
        "warn",
        "bad",
    )

    class Swatch(QWidget):
        def __init__(self, name: str) -> None:
            super().__init__()
            self._name = name
            self.setFixedSize(20, 20)
            self.setToolTip(name)

        def paintEvent(self, _event: object) -> None:
            with QPainter(self) as painter:
                painter.fillRect(self.rect(), QColor(current().line))
                painter.fillRect(self.rect().adjusted(1, 1, -1, -1), QColor(getattr(current(), self._name)))

    return _card(
        "Colour and type",
        row(*(Swatch(name) for name in names), 1, gap=1),
        row(*(NumberBadge(number) for number in range(7)), 1),
        row(
            Label("Text 13"),
            Label("bold", bold=True),
            Label("muted", ink="muted"),
            Label("faint", ink="faint"),
            1,
        ),
        row(
            small("Small 11"), Label("bold", size=11, bold=True), small("0123456789"), small("1111111111"), 1
        ),
        row(*(StatusDot(tone, tone.value) for tone in Tone), 1, gap=2),
    )


def _buttons() -> QWidget:
    chosen, focused = ToolButton("brush", "Brush", "B"), ToolButton("eraser", "Eraser", "E")
    chosen.setChecked(True)
    flat = IconButton("eye-closed", "Hide the overlay", checkable=True)
    flat.setChecked(True)
    busy = PrimaryButton("Generate", "sending")
    busy.set_busy(True)
    menu = MenuButton("Magnific, key works", tone=Tone.GOOD)
    return _card(
        "Buttons",
        row(
            chosen,
            focused,
            ToolButton("lasso", "Lasso", "L"),
            _off(ToolButton("path", "Path", "P")),
            RoundButton("play", "Play", "Space"),
            _off(RoundButton("play", "Play")),
            1,
        ),
        row(
            *(IconButton(name, name) for name in ("undo", "redo", "plus", "gear")),
            flat,
            _off(IconButton("trash", "Remove")),
            LinkButton("Why"),
            _off(LinkButton("Why")),
            1,
            gap=1,
        ),
        row(
            Button("Save frame", "picture"),
            Button("Export part", "scissors"),
            _off(Button("Off")),
            1,
        ),
        row(menu, _off(MenuButton("Take 3")), 1),
        row(SearchButton(), MenuButton("1×"), 1),
        PrimaryButton("Generate", "≈ 2.10 USD · 5 s · 4K"),
        _off(PrimaryButton("Generate", "2 errors above")),
        busy,
    )


def _values() -> QWidget:
    wrong = SliderNumber("Guidance", 0, 1, 1, step=0.05, decimals=2, label_width=72, ink="text")
    wrong.set_wrong(True)
    return _card(
        "Values",
        SliderNumber("Size", 1, 2000, 120, unit="px", logarithmic=True, label_width=72, ink="text"),
        SliderNumber("Duration", 3, 15, 5, unit="s", label_width=72, ink="text"),
        SliderNumber("Guidance", 0, 1, 0.5, step=0.05, decimals=2, label_width=72, ink="text"),
        wrong,
        _off(SliderNumber("Steady", 0, 100, 20, unit="%", label_width=72)),
        row(
            Segmented(
                (("add", "Add"), ("away", "Take away"), ("inside", "Keep inside")), "What a stroke does"
            ),
            1,
        ),
        row(_off(Segmented((("one", "One"), ("wipe", "Wipe")), "Compare")), 1),
        surface="window",
    )


def _fields() -> QWidget:
    combo, off_combo = QComboBox(), QComboBox()
    combo.addItems(["Magnific", "Simulator", "Freepik, legacy"])
    off_combo.addItems(["Simulator"])
    combo.setAccessibleName("Service")
    line, wrong = QLineEdit("https://example.org/hook"), QLineEdit("no address")
    wrong.setProperty("wrong", "true")
    spin = NumberBox("Jobs at once", 1, 9, 3)
    on, radio = QCheckBox("Loop"), QRadioButton("Dark")
    on.setChecked(True)
    radio.setChecked(True)
    off_check = QCheckBox("Off")
    off_check.setChecked(True)
    return _card(
        "Fields",
        SearchField("Find an action"),
        line,
        wrong,
        _off(QLineEdit("cannot be changed")),
        row(combo, _off(off_combo), spin, 1),
        row(on, QCheckBox("Mute"), _off(off_check), 1),
        row(radio, QRadioButton("Light"), _off(QRadioButton("Off")), 1),
    )


def _texts() -> QWidget:
    full = CounterText("Prompt", 140)
    full.set_text(_PROMPT)
    over = CounterText("Prompt", 100, least=2)
    over.set_text(_PROMPT)
    return _card(
        "Text boxes",
        CounterText("Prompt", 2500, placeholder="What should happen, in a sentence or two"),
        full,
        over,
        gap=1,
    )


def _marks() -> QWidget:
    half, unknown, done = ProgressLine("Download"), ProgressLine("Queue"), ProgressLine("Upload")
    half.set_value(0.64)
    unknown.set_value(None)
    done.set_value(1.0)
    texts = ("Queued", "Downloading 64 %", "Done", "Held", "Reply lost")
    return _card(
        "States",
        row(*(Badge(text, tone) for text, tone in zip(texts[:3], tuple(Tone)[:3], strict=True)), 1),
        row(*(Badge(text, tone) for text, tone in zip(texts[3:], tuple(Tone)[3:], strict=True)), 1),
        half,
        unknown,
        done,
        row(KeyHint("Drag", "paint area 1"), KeyHint("[ ]", "size"), KeyHint("Space", "pan"), 1, gap=4),
        CheckLine(Tone.GOOD, "Picture 3840 × 2160, 6.1 MB"),
        CheckLine(Tone.WARN, "“Calm” may damp the motion of the paths.", "Why"),
        CheckLine(Tone.BAD, "Area 2 has no path.", "Draw it"),
        surface="window",
    )


def _areas() -> QWidget:
    rows = []
    for number, title, below in (
        (0, "Hold still", "Mountains, pier · 21.4 %"),
        (1, "Sailing boat", "4.2 % · path 352 px, 24 points"),
        (2, "Clouds with a name that is longer than its row", "6.8 % · path 371 px, 18 points"),
    ):
        line = Row(title, below)
        line.add_leading(NumberBadge(number))
        line.add_trailing(IconButton("lock-open", "Lock"))
        line.add_trailing(IconButton("eye", "Hide"))
        line.set_selected(number == 1)
        rows.append(line)
    card = _card("Areas", *rows, gap=1)
    section = card.findChild(Section)
    if section is not None:
        section.heading.add_trailing(IconButton("plus", "Add an area"))
    return card


def _jobs() -> QWidget:
    running = Row("Harbour at dawn", "142 of 221 MB", surface="window", bold=True)
    progress = ProgressLine("Download")
    progress.set_value(0.64)
    running.body.addWidget(progress)
    running.set_selected(True)
    running.add_trailing(Badge("64 %", Tone.ACCENT))
    running.add_trailing(IconButton("stop", "Stop waiting"))
    done = Row("Street market, wide", "10 s · 4.20 USD est.", surface="window", bold=True)
    done.add_trailing(Badge("Done", Tone.GOOD))
    done.add_trailing(IconButton("play-circle", "Play"))
    lost = Row("Waterfall test 3", "15 s · it may have been charged", surface="window", bold=True)
    lost.add_trailing(Badge("Reply lost", Tone.BAD))
    lost.add_trailing(LinkButton("Find it"))
    for line in (running, done, lost):
        line.add_leading(_Poster())
    return _card("Jobs", running, done, lost, surface="window", gap=1)


def _folds() -> QWidget:
    opened = Collapsible("Negative prompt", "default", opened=True)
    opened.content.addWidget(Label("blur, distortion, text", ink="muted"))
    filled = DropTarget("End frame")
    filled.set_filled("evening.png", "3840 × 2160", _poster())
    return _card(
        "Folds and places",
        opened,
        Collapsible("Webhook", "none"),
        _off(Collapsible("Receipt", "none yet")),
        DropTarget("End frame"),
        filled,
        _off(DropTarget("End frame", "not with a path")),
    )


def _empty() -> QWidget:
    state = EmptyState("picture", "No picture yet", "Drop one here, paste it, or start with the sample shot.")
    state.add_action("Open the sample", primary=True)
    state.add_action("Open a picture", "folder")
    state.setMinimumHeight(190)
    return _card("Empty place", state, surface="stage")


def _toasts() -> QWidget:
    toasts = (
        Toast("The take of “Harbour at dawn” is here.", Tone.GOOD, action="Play"),
        Toast("You are offline. The jobs wait and go on by themselves.", Tone.WARN),
        Toast("The key was refused. Check it in the preferences.", Tone.BAD, action="Check", details="401"),
    )
    return _card(
        "Toasts", *(row(toast, 1, margins=(-4, 0, -4, 0)) for toast in toasts), surface="stage", gap=0
    )


def _icons() -> QWidget:
    names = list(NAMES)
    lines = [
        row(*(Glyph(name, 18) for name in names[at : at + 12]), 1, gap=2) for at in range(0, len(names), 12)
    ]
    mark = Label()
    mark.setPixmap(app_icon().pixmap(32, 32))
    return _card("Icons", *lines, surface="window")


def _menu() -> QWidget:
    menu = QMenu()
    menu.setWindowFlags(Qt.WindowType.Widget)
    for name, text, keys in (("folder", "Open…", "Ctrl+O"), ("save", "Save", "Ctrl+S")):
        action = QAction(icon(name), text, menu)
        action.setShortcut(keys)
        menu.addAction(action)
    menu.addSeparator()
    shown = QAction("Show paths", menu)
    shown.setCheckable(True)
    shown.setChecked(True)
    menu.addAction(shown)
    off = QAction(icon("trash"), "Remove", menu)
    off.setEnabled(False)
    menu.addAction(off)
    menu.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    menu.show()
    return _card("Menu", row(menu, 1))


_COLUMNS: tuple[tuple[Callable[[], QWidget], ...], ...] = (
    (_swatches, _buttons, _folds),
    (_values, _areas, _jobs, _menu),
    (_fields, _texts, _icons),
    (_marks, _empty, _toasts),
)


class Gallery(QWidget):
    """The page: four columns of cards, as large as it needs to be."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Kinebrush: controls")
        set_surface(self, "window")
        columns = []
        for makers in _COLUMNS:
            side = QWidget()
            side.setFixedWidth(_COLUMN + (80 if makers is _COLUMNS[-1] else 0))
            side.setLayout(column(*(make() for make in makers), 1, gap=3))
            columns.append(side)
        self.setLayout(row(*columns, gap=3, margins=(4, 4, 4, 4)))
        self.adjustSize()


def photograph(widget: QWidget, scale: float) -> QImage:
    """What ``widget`` looks like at ``scale`` device pixels per logical pixel."""
    image = QImage(widget.size() * scale, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    image.fill(QColor(current().window))
    widget.render(image)
    return image


class _Window(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setWindowTitle("Kinebrush: controls")
        self.setWindowIcon(app_icon())
        set_surface(self, "window")
        self._modes = Segmented(((mode.value, mode.value.capitalize()) for mode in Mode), "Mode")
        self._modes.set_value(theme.mode.value)
        self._modes.changed.connect(self._on_mode)
        self._scroll = QScrollArea()
        self._scroll.setWidget(Gallery())
        bar = row(Glyph("kinebrush", 18), Label("Kinebrush", bold=True), 1, self._modes, margins=(4, 2, 4, 2))
        self.setLayout(column(bar, rule(), self._scroll, gap=0))
        self.resize(1280, 800)

    def _on_mode(self, mode: str) -> None:
        self._theme.set_mode(Mode(mode))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="gallery", description="Every control of the window on one page.")
    parser.add_argument("--shot", type=Path, help="write a picture of the page instead of opening it")
    parser.add_argument(
        "--scale", type=float, default=1.0, help="device pixels per logical pixel of the picture"
    )
    parser.add_argument("--light", action="store_true", help="light instead of what the system shows")
    asked = parser.parse_args(arguments)
    if asked.shot is not None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        os.environ["QT_SCALE_FACTOR"] = str(
            asked.scale
        )  # menus and check marks are then as crisp as on a screen
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    theme = Theme(app, Mode.LIGHT if asked.light else Mode.DARK if asked.shot else Mode.SYSTEM)
    if asked.shot is None:
        window = _Window(theme)
        window.show()
        return app.exec()
    page = Gallery()
    page.show()
    app.processEvents()
    if not photograph(page, asked.scale).save(str(asked.shot)):
        print(f"The picture cannot be written to {asked.shot}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
