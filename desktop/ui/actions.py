"""Every action of the window in one table: menus, shortcuts, tooltips and the command palette come from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from desktop.ui.area_table import OPERATIONS
from desktop.ui.canvas.tools.table import COMMANDS, TOOLS
from desktop.ui.canvas.tools.tips import TIPS
from desktop.ui.icons import icon


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One action. ``menu`` is the menu it stands in, ``tip`` a line more for its tooltip; a row whose title is empty is
    a separator."""

    name: str
    title: str
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    menu: str = ""
    checkable: bool = False
    tip: str = ""


SEPARATOR = ""

ROWS: tuple[ActionRow, ...] = (
    ActionRow("new", "New shot from a picture…", ("Ctrl+N",), "picture", "Shot"),
    ActionRow("open", "Open…", ("Ctrl+O",), "folder", "Shot"),
    ActionRow("open-url", "Open an address…", ("Ctrl+Shift+O",), "link", "Shot"),
    ActionRow("sample", "Open the sample", (), "kinebrush", "Shot"),
    ActionRow("-shot-1", SEPARATOR, menu="Shot"),
    ActionRow("save", "Save", ("Ctrl+S",), "save", "Shot"),
    ActionRow("save-as", "Save as…", ("Ctrl+Shift+S",), "save", "Shot"),
    ActionRow("-shot-2", SEPARATOR, menu="Shot"),
    ActionRow("replace-picture", "Replace the picture…", (), "refresh", "Shot"),
    ActionRow("import-masks", "Import masks…", ("Ctrl+Shift+I",), "download", "Shot"),
    ActionRow("export-masks", "Export masks…", ("Ctrl+E",), "upload", "Shot"),
    ActionRow("export-indexed", "Export all areas as one PNG…", ("Ctrl+Shift+E",), "upload", "Shot"),
    ActionRow("end-frame", "Choose an end frame…", (), "end-frame", "Shot"),
    ActionRow("generate", "Generate", ("Ctrl+Return", "Ctrl+Enter"), "play", "Shot"),
    ActionRow("-shot-3", SEPARATOR, menu="Shot"),
    ActionRow("preferences", "Preferences…", ("Ctrl+,",), "gear", "Shot"),
    ActionRow("quit", "Quit", ("Ctrl+Q",), "", "Shot"),
    ActionRow("undo", "Undo", ("Ctrl+Z",), "undo", "Edit"),
    ActionRow("redo", "Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo", "Edit"),
    ActionRow("-edit-1", SEPARATOR, menu="Edit"),
    ActionRow("paste", "Paste a picture", ("Ctrl+V",), "picture", "Edit"),
    ActionRow("paste-mask", "Paste as the area's mask", ("Ctrl+Shift+V",), "areas", "Edit"),
    ActionRow("copy-mask", "Copy the area's mask", ("Ctrl+Shift+C",), "copy", "Edit"),
    ActionRow("add-area", "Add a moving area", ("Ctrl+Shift+A",), "plus", "Edit"),
    ActionRow("rename-area", "Rename the area", ("F2",), "pencil", "Edit"),
    ActionRow("clear-area", "Clear the area", ("Ctrl+Backspace",), "trash", "Edit"),
    ActionRow("remove-path", "Remove the area's path", (), "path", "Edit"),
    ActionRow("face-paint", "Paint", ("Ctrl+Shift+1",), "brush", "View", True),
    ActionRow("face-takes", "Takes", ("Ctrl+Shift+2",), "film", "View", True),
    ActionRow("-view-1", SEPARATOR, menu="View"),
    ActionRow("jobs", "Show the jobs", ("Ctrl+J",), "list", "View", True),
    ActionRow("panel", "Show the panel", ("Ctrl+P",), "sliders", "View", True),
    ActionRow("navigator", "Show the navigator", ("N",), "fit", "View", True),
    ActionRow("full-screen", "Full screen", ("F11",), "fullscreen", "View", True),
    ActionRow("-view-2", SEPARATOR, menu="View"),
    ActionRow("theme-system", "Look like the system", (), "", "View", True),
    ActionRow("theme-dark", "Dark", (), "", "View", True),
    ActionRow("theme-light", "Light", (), "", "View", True),
    ActionRow("palette", "Find an action", ("Ctrl+K",), "search", "Help"),
    ActionRow("focus-canvas", "Go to the picture", ("Ctrl+Shift+P",), "picture", "Help"),
    ActionRow("focus-prompt", "Go to the prompt", ("Ctrl+L",), "pencil", "Help"),
    ActionRow("focus-jobs", "Go to the jobs", ("Ctrl+Shift+J",), "list", "Help"),
    ActionRow("-help-1", SEPARATOR, menu="Help"),
    ActionRow("key", "API key…", (), "key", "Help"),
    ActionRow("check-key", "Check the key", (), "check", "Help"),
    ActionRow("shortcuts", "Keyboard shortcuts", ("F1",), "keyboard", "Help"),
    ActionRow("logs", "Show the log file", (), "folder", "Help"),
    ActionRow("about", "About Kinebrush", (), "info", "Help"),
)

_GROUPS = ("hide-overlay", "smaller", "steadier", "area-0")
"""The canvas's commands before which a line stands in the menu."""

MENUS = ("Shot", "Edit", "Area", "View", "Tools", "Help")


def all_rows() -> Iterator[ActionRow]:
    """The window's rows, then the canvas's tools and commands."""
    yield from ROWS
    for op in OPERATIONS:
        title = op.title if op.at_once else f"{op.title}…"
        yield ActionRow(f"area-{op.name}", title, (op.shortcut,), op.icon, "Area")
    for tool in TOOLS:
        yield ActionRow(
            f"tool-{tool.name}", tool.title, (tool.shortcut,), tool.icon, "Tools", True, TIPS[tool.name]
        )
    yield ActionRow("-tools-1", SEPARATOR, menu="Tools")
    for command in COMMANDS:
        if command.name in _GROUPS:
            yield ActionRow(f"-tools-{command.name}", SEPARATOR, menu="Tools")
        yield ActionRow(f"canvas-{command.name}", command.title, command.shortcuts, command.icon, "Tools")


class Actions(QObject):
    """The QActions of a window, by name. `on` connects one; menus and palette show all."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._actions: dict[str, QAction] = {}
        self.rows = tuple(all_rows())
        for row in self.rows:
            if row.title == SEPARATOR:
                continue
            action = QAction(row.title, self)
            action.setObjectName(row.name)
            action.setCheckable(row.checkable)
            action.setShortcuts([QKeySequence(keys) for keys in row.shortcuts])
            if row.icon:
                action.setIcon(icon(row.icon))
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{row.title.rstrip('…')} ({keys})" if keys else row.title.rstrip("…"))
            action.setWhatsThis(row.tip)
            action.setMenuRole(_ROLES.get(row.name, QAction.MenuRole.NoRole))
            self._actions[row.name] = action
        for prefix in ("tool-", "face-", "theme-"):
            group = QActionGroup(self)
            group.setExclusive(True)
            for name, action in self._actions.items():
                if name.startswith(prefix):
                    group.addAction(action)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def __iter__(self) -> Iterator[QAction]:
        return iter(self._actions.values())

    def on(self, name: str, slot: Callable[[], object]) -> None:
        """Call ``slot`` (a bound method) when the action is triggered."""
        self._actions[name].triggered.connect(slot)


_ROLES = {
    "quit": QAction.MenuRole.QuitRole,
    "preferences": QAction.MenuRole.PreferencesRole,
    "about": QAction.MenuRole.AboutRole,
}
