"""The areas list: order, colour, alone, thumbnails; each change is one step of undo and can be made by keys."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from desktop.core import edits
from desktop.core.shot import Shot
from desktop.ui.controls import set_surface
from desktop.ui.look_popover import LookPopover
from desktop.ui.panel.area_colours import SWATCHES, ColourMenu
from desktop.ui.panel.area_row import AREA_MIME, AreaRow, coverage_of, sample_size
from desktop.ui.panel.areas_panel import AreasPanel
from desktop.ui.session import Session
from desktop.ui.theme import Theme, contrast
from tests.canvas_hands import open_canvas, shot_of

ALT = Qt.KeyboardModifier.AltModifier


def painted() -> Shot:
    shot = shot_of(400, 200, 7, 1, 2, 3)
    labels = np.zeros((200, 400), np.uint8)
    labels[:100, :200] = 1
    labels[100:, 200:] = 7
    return replace(shot, label_map=labels)


@pytest.fixture
def panel(qtbot: QtBot) -> AreasPanel:
    session = Session(painted())
    panel = AreasPanel(session)
    session.setParent(panel)
    qtbot.addWidget(panel)
    set_surface(panel, "panel")
    panel.resize(320, 400)
    panel.show()
    QApplication.processEvents()
    return panel


def session_of(panel: AreasPanel) -> Session:
    return panel.findChildren(Session)[0]


def order(panel: AreasPanel) -> list[int]:
    shot = session_of(panel).shot
    assert shot is not None
    assert [row.label for row in panel.listed()] == [area.label for area in shot.areas]
    return [area.label for area in shot.areas]


def hidden(panel: AreasPanel) -> set[int]:
    shot = session_of(panel).shot
    assert shot is not None
    return {area.label for area in shot.areas if area.hidden}


def row(panel: AreasPanel, label: int) -> AreaRow:
    found = panel.row(label)
    assert found is not None
    return found


def drop(panel: AreasPanel, label: int, y: float) -> None:
    """Drag a row by what its drag carries, and let go at a height of the list."""
    mime: QMimeData = row(panel, label).mime()
    target = panel._drops
    at = QPointF(40.0, y)
    actions, buttons = Qt.DropAction.MoveAction, Qt.MouseButton.LeftButton
    plain = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(target, QDragEnterEvent(at.toPoint(), actions, mime, buttons, plain))
    move = QDragMoveEvent(at.toPoint(), actions, mime, buttons, plain)
    QApplication.sendEvent(target, move)
    assert move.isAccepted()
    event = QDropEvent(at, actions, mime, buttons, plain)
    QApplication.sendEvent(target, event)
    assert event.isAccepted()
    QApplication.processEvents()


def test_a_row_is_dropped_between_others_and_that_is_undone(panel: AreasPanel) -> None:
    assert order(panel) == [7, 1, 2, 3]
    drop(panel, 3, row(panel, 1).y() + 2.0)
    assert order(panel) == [7, 3, 1, 2]
    drop(panel, 7, 9999.0)
    assert order(panel) == [3, 1, 2, 7]
    drop(panel, 2, 0.0)
    assert order(panel) == [2, 3, 1, 7]
    for _ in range(3):
        session_of(panel).undo()
    assert order(panel) == [7, 1, 2, 3]


def test_a_row_dropped_where_it_is_changes_nothing(panel: AreasPanel) -> None:
    for y in (row(panel, 1).y() + 2.0, row(panel, 2).y() + 2.0):
        drop(panel, 1, y)
        assert order(panel) == [7, 1, 2, 3]
    assert session_of(panel).undo_title == ""


def test_keys_move_a_row(panel: AreasPanel) -> None:
    row(panel, 2).setFocus()
    QTest.keyClick(row(panel, 2), Qt.Key.Key_Up, ALT)
    assert order(panel) == [7, 2, 1, 3]
    QTest.keyClick(row(panel, 2), Qt.Key.Key_Down, ALT)
    QTest.keyClick(row(panel, 2), Qt.Key.Key_Down, ALT)
    assert order(panel) == [7, 1, 3, 2]
    QTest.keyClick(row(panel, 2), Qt.Key.Key_Down, ALT)
    assert order(panel) == [7, 1, 3, 2]
    QTest.keyClick(row(panel, 7), Qt.Key.Key_Up, ALT)
    assert order(panel) == [7, 1, 3, 2]


def test_a_foreign_drop_is_not_taken(panel: AreasPanel) -> None:
    mime = QMimeData()
    mime.setText("1")
    event = QDropEvent(
        QPointF(9, 9),
        Qt.DropAction.MoveAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(panel._drops, event)
    assert order(panel) == [7, 1, 2, 3]
    assert not mime.hasFormat(AREA_MIME)


def test_alt_click_on_the_eye_shows_an_area_alone_and_then_all(
    panel: AreasPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QApplication, "keyboardModifiers", lambda: ALT)
    eye = row(panel, 2).eye
    QTest.mouseClick(eye, Qt.MouseButton.LeftButton, ALT)
    assert hidden(panel) == {7, 1, 3}
    QTest.mouseClick(eye, Qt.MouseButton.LeftButton, ALT)
    assert hidden(panel) == set()
    session_of(panel).undo()
    assert hidden(panel) == {7, 1, 3}
    session_of(panel).undo()
    assert hidden(panel) == set()


def test_a_plain_click_on_the_eye_hides_one(panel: AreasPanel) -> None:
    QTest.mouseClick(row(panel, 2).eye, Qt.MouseButton.LeftButton)
    assert hidden(panel) == {2}


def test_a_colour_is_chosen_undone_and_seen_on_the_badge(panel: AreasPanel) -> None:
    session, area = session_of(panel), painted().area(1)
    assert area is not None
    menu = ColourMenu(area, panel)
    menu.chosen.connect(panel._color)
    blue = dict(SWATCHES)["Blue"]
    next(action for action in menu.actions() if action.data() == blue).trigger()
    coloured = session.shot
    assert coloured is not None
    now = coloured.area(1)
    assert now is not None
    assert now.color == blue
    QApplication.processEvents()
    image = row(panel, 1).badge.grab().toImage()
    assert image.pixelColor(image.width() // 2, 3).name() == blue
    again = ColourMenu(now, panel)
    again.chosen.connect(panel._color)
    next(action for action in again.actions() if action.text() == "Its own").trigger()
    assert session.undo_title == "Colour the area"
    session.undo()
    session.undo()
    shot = session.shot
    assert shot is not None
    first = shot.area(1)
    assert first is not None
    assert first.color == ""


def test_a_locked_area_is_not_removed_by_key_or_menu(panel: AreasPanel) -> None:
    session = session_of(panel)
    said: list[str] = []
    session.notice.connect(said.append)

    def offered() -> bool:
        row(panel, 1).customContextMenuRequested.emit(QPoint(20, 20))
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        (entry,) = [action for action in menu.actions() if action.text() == "Remove the area"]
        menu.close()
        return entry.isEnabled()

    QTest.mouseClick(row(panel, 1).lock, Qt.MouseButton.LeftButton)
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
        row(panel, 1).setFocus()
        QTest.keyClick(row(panel, 1), key)
    assert order(panel) == [7, 1, 2, 3]
    assert session.undo_title == "Lock the area"
    assert said == ["Area 1 is locked; unlock it to change it."] * 2
    assert not offered()
    QTest.mouseClick(row(panel, 1).lock, Qt.MouseButton.LeftButton)
    assert offered()
    QTest.keyClick(row(panel, 1), Qt.Key.Key_Delete)
    assert order(panel) == [7, 2, 3]


def test_rows_stay_as_long_as_their_areas_and_tab_goes_down_the_list(panel: AreasPanel) -> None:
    session = session_of(panel)
    before = {area: row(panel, area) for area in order(panel)}
    row(panel, 2).setFocus()
    panel.add_area(4)
    drop(panel, 3, 0.0)
    session.clear("Remove the area", 1, remove=True)
    assert order(panel) == [3, 7, 2, 4]
    for label in (3, 7, 2):
        assert row(panel, label) is before[label]
    assert row(panel, 2).hasFocus()
    tops = [listed.y() for listed in panel.listed()]
    assert tops == sorted(tops)
    panel.add.setFocus()
    passed: list[QWidget | None] = [panel.add]
    for _ in range(12):
        QTest.keyClick(passed[-1] or panel.add, Qt.Key.Key_Tab)
        passed.append(QApplication.focusWidget())
    assert passed[1:] == [stop for listed in panel.listed() for stop in (listed, listed.lock, listed.eye)]
    session.undo()
    assert order(panel) == [3, 7, 1, 2, 4]
    assert row(panel, 2) is before[2]


def seen(widget: QWidget) -> QImage:
    """A widget with what lies behind it."""
    window = widget.window()
    return window.grab(QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())).toImage()


def strongest(widget: QWidget) -> float:
    """The greatest contrast of any pixel of a widget, as it is seen, with its corner."""
    image = seen(widget)
    corner = image.pixelColor(0, 0).name()
    return max(
        contrast(image.pixelColor(x, y).name(), corner)
        for x in range(image.width())
        for y in range(image.height())
    )


def test_a_closed_lock_and_a_shut_eye_stand_out_and_what_is_usual_waits_for_the_hand(
    theme: Theme, panel: AreasPanel
) -> None:
    session_of(panel).choose_area(1)
    for name in ("lock", "eye"):
        chosen, other = getattr(row(panel, 1), name), getattr(row(panel, 2), name)
        assert strongest(other) < 1.1  # nothing is painted
        usual = strongest(chosen)
        assert usual > 2
        QTest.mouseClick(other, Qt.MouseButton.LeftButton)
        row(panel, 2).clearFocus()
        assert strongest(other) > 1.5 * usual
        QTest.mouseClick(other, Qt.MouseButton.LeftButton)
        assert strongest(other) < 1.1
        row(panel, 2).setFocus()
        assert strongest(other) > 2
        row(panel, 2).clearFocus()


def test_the_row_of_a_hidden_area_is_faint(theme: Theme, panel: AreasPanel) -> None:
    session_of(panel).choose_area(1)
    title, badge = row(panel, 2).title, row(panel, 2).badge

    def disc() -> float:
        image = seen(badge)
        return contrast(image.pixelColor(image.width() // 2, 3).name(), image.pixelColor(0, 0).name())

    before = strongest(title), disc()
    QTest.mouseClick(row(panel, 2).eye, Qt.MouseButton.LeftButton)
    now = strongest(title), disc()
    assert now[0] < 0.7 * before[0]
    assert now[1] < 0.85 * before[1]
    QTest.mouseClick(row(panel, 2).eye, Qt.MouseButton.LeftButton)
    assert (strongest(title), disc()) == before


def test_the_thumbnail_shows_where_an_area_is_painted(panel: AreasPanel) -> None:
    image = row(panel, 1).thumbnail.image()
    wide, high = image.width(), image.height()
    assert abs(wide / high - 2.0) < 0.15
    assert image.pixelColor(wide // 4, high // 4).name() == "#e69f00"
    assert image.pixelColor(3 * wide // 4, 3 * high // 4).name() == "#000000"
    still = row(panel, 7).thumbnail.image()
    assert still.pixelColor(3 * wide // 4, 3 * high // 4).name() == "#ffffff"
    shot = session_of(panel).shot
    assert shot is not None
    session_of(panel).apply("Clear", edits.clear(shot, 1))
    assert row(panel, 1).thumbnail.image().pixelColor(wide // 4, high // 4).name() == "#000000"


def test_coverage_counts_the_samples_of_each_pixel() -> None:
    sample = np.array([[1, 1, 0, 2], [1, 0, 0, 0]], np.uint8)
    assert coverage_of(sample, 1).tolist() == [[191, 0]]
    assert coverage_of(sample, 2).tolist() == [[0, 63]]
    assert sample_size(8000, 6000, 1.0)[0] % 2 == 0


def test_the_popover_sets_the_look_and_follows_it(qtbot: QtBot) -> None:
    view = open_canvas(shot_of(300, 200, 1))
    qtbot.addWidget(view)
    popover = LookPopover(view, view)
    popover.opacity.set_value(40)
    assert view.look.opacity == pytest.approx(0.4)
    popover.hatch.click()
    assert not view.look.hatch
    popover.hidden.click()
    assert view.look.hidden
    view.run("hide-overlay")
    view.run("mask-only")
    view.run("hatch")
    assert not popover.hidden.isChecked()
    assert popover.solid.isChecked()
    assert popover.hatch.isChecked()
    popover.open_under(view)
    assert popover.isVisible()
    QTest.keyClick(popover, Qt.Key.Key_Escape)
    assert not popover.isVisible()
    view.stop()


def test_picking_up_a_row_carries_its_label(panel: AreasPanel) -> None:
    mime = row(panel, 3).mime()
    assert bytes(mime.data(AREA_MIME).data()) == b"3"
    assert row(panel, 3).mapTo(panel, QPoint(0, 0)).y() > row(panel, 7).mapTo(panel, QPoint(0, 0)).y()
