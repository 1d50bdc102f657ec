"""Bars that fold their controls where room is short lose nothing that one can do."""

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui.actions import Actions
from desktop.ui.canvas.tools.table import TOOLS
from desktop.ui.controls import MenuButton, Segmented, SliderNumber
from desktop.ui.controls.fitting import fit
from desktop.ui.paint_face import PaintFace
from desktop.ui.session import Session
from tests.canvas_hands import shot_of

CHOICES = (("add", "Add"), ("take", "Take away"), ("keep", "Keep inside"))


class Bar(QWidget):
    """A slider of fixed width and three choices."""

    def __init__(self) -> None:
        super().__init__()
        self.size_ = SliderNumber("Size", 1, 500, 80, unit="px")
        self.size_.setFixedWidth(250)
        self.mode = Segmented(CHOICES, "What a shape does")
        layout = QHBoxLayout(self)
        layout.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)
        layout.setContentsMargins(0, 0, 0, 0)
        for part in (self.size_, self.mode):
            layout.addWidget(part)
        layout.addStretch(1)

    def at(self, width: int) -> tuple[int, int]:
        """The widths of the parts when the bar is as wide as that."""
        self.resize(width, 36)
        fit(self, (self.size_, self.mode))
        layout = self.layout()
        assert layout is not None
        layout.activate()
        return self.size_.width(), self.mode.width()


def folded(mode: Segmented) -> MenuButton:
    button = mode.findChild(MenuButton)
    assert button is not None
    return button


def test_parts_fold_in_their_order_and_come_back(qtbot: QtBot) -> None:
    bar = Bar()
    qtbot.addWidget(bar)
    bar.show()
    wide, choices = bar.at(800)
    assert wide == 250
    assert folded(bar.mode).isHidden()
    slim, same = bar.at(420)
    assert slim < 150
    assert same == choices
    _, menu = bar.at(260)
    assert menu < choices / 2
    assert not folded(bar.mode).isHidden()
    assert slim + menu <= 260
    assert bar.at(800) == (wide, choices)


def test_a_folded_choice_is_a_menu(qtbot: QtBot) -> None:
    bar = Bar()
    qtbot.addWidget(bar)
    bar.show()
    bar.mode.set_available("keep", False)
    bar.at(200)
    button = folded(bar.mode)
    assert button.text() == "Add"
    assert button.accessibleName() == "What a shape does: Add"
    button.click()
    (menu,) = bar.mode.findChildren(QMenu)
    entries = menu.actions()
    assert [entry.text() for entry in entries] == ["Add", "Take away", "Keep inside"]
    assert [entry.isEnabled() for entry in entries] == [True, True, False]
    with qtbot.waitSignal(bar.mode.changed) as chosen:
        entries[1].trigger()
    assert chosen.args == ["take"]
    assert button.text() == "Take away"
    menu.close()


def test_a_folded_slider_keeps_its_number(qtbot: QtBot) -> None:
    bar = Bar()
    qtbot.addWidget(bar)
    bar.show()
    bar.at(200)
    with qtbot.waitSignal(bar.size_.value_changed) as moved:
        bar.size_.set_value(120)
    assert moved.args == [120.0]
    bar.at(800)
    assert bar.size_.value() == 120


class Sizes(QObject):
    """Every size that a widget is given."""

    def __init__(self) -> None:
        super().__init__()
        self.heights: list[int] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QResizeEvent):
            self.heights.append(event.size().height())
        return False


def test_the_picture_stays_where_it_is_when_a_tool_brings_its_own_bar(qtbot: QtBot) -> None:
    session = Session(shot_of(600, 400, 1))
    face = PaintFace(session, Actions(session))
    qtbot.addWidget(face)
    face.resize(1200, 700)
    face.show()
    QCoreApplication.processEvents()
    sizes = Sizes()
    face.canvas.installEventFilter(sizes)
    for tool in (*(row.name for row in TOOLS), "align", "crop", "brush"):
        face.canvas.set_tool(tool)
        QCoreApplication.processEvents()
    assert not sizes.heights
    face.stop()
