"""Names of areas in the real window: Enter ends the typing, Escape leaves the old one; nothing else is disturbed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from desktop.core.areas import MotionArea
from desktop.ui.panel.area_row import AreaRow
from tests.pictures import photo
from tests.window_hands import Hands, live

LEFT = Qt.MouseButton.LeftButton
ANY = Qt.KeyboardModifier.NoModifier


def coffee(folder: Path) -> Path:
    path = folder / "coffee.jpg"
    path.write_bytes(photo("coffee", 600, 400))
    return path


def row(hands: Hands, label: int) -> AreaRow:
    found = hands.window.areas.row(label)
    assert found is not None
    return found


async def editor(hands: Hands, label: int) -> QLineEdit:
    """The field in which the name is typed, opened by a double click on the row."""
    await hands.until(row(hands, label).isVisible, "the row")
    QTest.mouseDClick(row(hands, label), LEFT, ANY, QPoint(90, 12))
    await hands.until(lambda: isinstance(QApplication.focusWidget(), QLineEdit), "the field")
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    return field


def typing(hands: Hands, label: int) -> bool:
    return any(field.isVisible() for field in row(hands, label).findChildren(QLineEdit))


def test_enter_keeps_the_name_and_escape_the_old_one(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()
        hands.paint(path=False)
        await hands.until(row(hands, 1).isVisible, "the row")
        hands.click(row(hands, 1))
        for key, name, then in (
            (Qt.Key.Key_Return, "boat", "boat"),
            (Qt.Key.Key_Escape, "ship", "boat"),
            (Qt.Key.Key_Enter, "raft", "raft"),
        ):
            await editor(hands, 1)
            hands.type(name)
            hands.key(key)
            assert hands.shot.areas[0].name == then
            assert not typing(hands, 1)
            assert row(hands, 1).hasFocus()
        field = await editor(hands, 1)
        hands.key(Qt.Key.Key_Down)  # a row's key, were it not typed here
        assert field.hasFocus()
        hands.type("pier")
        hands.window.paint.canvas.setFocus()
        assert hands.shot.areas[0].name == "pier"
        assert not typing(hands, 1)
        assert hands.window.paint.canvas.hasFocus()

    live(tmp_path / "data", script, [coffee(tmp_path)])


def test_undo_that_takes_the_area_takes_its_half_typed_name(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()
        hands.paint(path=False)
        await editor(hands, 1)
        hands.type("bo")
        hands.click(hands.window.paint.options.undo)
        assert [area.label for area in hands.shot.areas] == []
        assert hands.window.areas.row(1) is None
        hands.act("redo")
        assert hands.shot.areas[0].name == ""
        assert not typing(hands, 1)
        await editor(hands, 1)
        hands.type("for another shot")
        session = hands.application.session
        other = replace(hands.shot, areas=(MotionArea(1, "theirs"),))
        session.mark_saved()
        session.open(other)
        assert not typing(hands, 1)
        assert hands.shot.areas[0].name == "theirs"

    live(tmp_path / "data", script, [coffee(tmp_path)])
