"""Every action can be found and has keys of its own."""

from collections import Counter

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from desktop.ui.actions import MENUS, SEPARATOR, Actions, all_rows
from desktop.ui.icons import NAMES
from desktop.ui.player.view import PlayerView
from desktop.video.messages import State


def test_no_keys_mean_two_things() -> None:
    uses = Counter(
        QKeySequence(keys).toString()
        for row in all_rows()
        if row.title != SEPARATOR
        for keys in row.shortcuts
    )
    assert [keys for keys, count in uses.items() if count > 1] == []


def test_every_action_stands_in_a_menu_with_an_icon_that_exists() -> None:
    rows = [row for row in all_rows() if row.title != SEPARATOR]
    assert {row.menu for row in rows} == set(MENUS)
    assert {row.icon for row in rows if row.icon} <= set(NAMES)
    names = [row.name for row in rows]
    assert len(names) == len(set(names))


def test_tooltips_name_the_keys(qapp: QApplication) -> None:
    window = QMainWindow()
    actions = Actions(window)
    for row in actions.rows:
        if row.title != SEPARATOR and row.shortcuts:
            keys = QKeySequence(row.shortcuts[0]).toString(QKeySequence.SequenceFormat.NativeText)
            assert actions[row.name].toolTip() == f"{row.title.rstrip('…')} ({keys})"


def test_the_players_keys_are_its_own(qtbot: QtBot) -> None:
    player = PlayerView()
    qtbot.addWidget(player)

    def takes(key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> bool:
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, keys)
        event.ignore()
        QApplication.sendEvent(player, event)
        return event.isAccepted()

    assert not takes(Qt.Key.Key_L), "with no video it leaves the keys to the window"
    player._state = State(False, 0, 10, 1.0, False, None)
    for key in (Qt.Key.Key_L, Qt.Key.Key_O, Qt.Key.Key_F, Qt.Key.Key_1, Qt.Key.Key_Space, Qt.Key.Key_Left):
        assert takes(key)
    assert takes(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert not takes(Qt.Key.Key_B)
    assert not takes(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert player.shutdown()
