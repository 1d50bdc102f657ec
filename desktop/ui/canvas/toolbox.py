"""The canvas with its tools: which is chosen, what it draws over the picture, what ends what it has begun."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QPainter, QRegion
from PySide6.QtWidgets import QWidget

from desktop.core.geometry import Box
from desktop.core.shot import Shot
from desktop.core.waiting import Waiting, WaitingOutline, WaitingSelection
from desktop.ui.canvas.display import CanvasDisplay
from desktop.ui.canvas.later import Later
from desktop.ui.canvas.look import Look
from desktop.ui.canvas.pointing import Panner, pointer_of
from desktop.ui.canvas.tools.base import Tool
from desktop.ui.canvas.tools.options import ToolOptions
from desktop.ui.canvas.tools.sign import draw_sign, sign_region
from desktop.ui.canvas.tools.table import tool_row
from desktop.ui.session import Session

_BUTTON_STEP = 1.25


class ToolCanvas(CanvasDisplay):
    """The display with its tools, which know nothing of events."""

    tool_changed = Signal(str)
    begun_changed = Signal()
    """``undo_title`` or ``redo_title`` is another one."""
    waiting_changed = Signal()
    """`waiting` is something else."""
    hint_changed = Signal(object)
    """``list[tuple[str, str]]``: what to press or drag, and what it does."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.options = ToolOptions(self)
        self._tools: dict[str, Tool] = {}
        self._guest: Tool | None = None
        self._tool_name = "brush"
        self._other_tool = "eraser"
        self._button = Qt.MouseButton.NoButton
        self._space = False
        self._panner = Panner()
        self._drawn = QRegion()
        self._titles = ("", "")
        self._later = Later(self, self)
        session.gesture_taken.connect(self._gesture_taken)
        self.picture_loaded.connect(self._picture_loaded)
        self.options.changed.connect(self._options_changed)
        self.options.crop.changed.connect(self._options_changed)
        for draft in (self.options.crop, self.options.align):
            draft.changed.connect(self.waiting_changed)
        self.options.align.changed.connect(self._repaint_tool)
        self.options.align.started.connect(self._areas_changed)
        session.edited.connect(self.options.align.shot_edited)
        self._open()

    @property
    def tool_name(self) -> str:
        """The chosen tool."""
        return self._tool_name

    @property
    def tool(self) -> Tool | None:
        """The tool that has the pointer: the chosen one, or a guest; None while no shot is open."""
        return self._guest or self._tools.get(self._tool_name)

    def lend(self, tool: Tool | None) -> None:
        """Let a guest have the pointer in the place of the chosen tool; None gives it back."""
        if tool is not self._guest:
            if self.tool is not None:
                self.tool.hover(None)
            self._guest = tool
            self._button = Qt.MouseButton.NoButton
            self._hover_here()
            self._show_cursor()
            self._repaint_tool()
            self.tell_hints()

    def set_tool(self, name: str) -> None:
        """Choose a tool of `tools.table.TOOLS`; the present one's stroke ends. Raises KeyError."""
        tool_row(name)
        if name == self._tool_name:
            return
        if self._busy and self.tool is not None:
            self.tool.settle()
        self._button = Qt.MouseButton.NoButton
        if self.tool is not None:
            self.tool.hover(None)
        covered = self.tool is not None and self.tool.covers_areas
        self._other_tool, self._tool_name = self._tool_name, name
        self._hover_here()
        self._show_cursor()
        if covered or self.areas_hidden() != self.look.hidden:
            self._areas_changed()
        self._repaint_tool()
        self.tool_changed.emit(name)
        self.tell_hints()
        self._tell_chosen()

    def cancel(self) -> None:
        """Undo what the tool has begun."""
        tool = self.tool
        if tool is not None and tool.busy:
            tool.cancel()
            self._repaint_tool()
        self._button = Qt.MouseButton.NoButton

    def _leave(self) -> None:
        """The keyboard is elsewhere."""
        tool = self.tool
        if tool is not None and tool.busy:
            tool.leave()
            self._repaint_tool()
        self._button = Qt.MouseButton.NoButton

    @property
    def undo_title(self) -> str:
        """What undo takes back of what the tool has begun; empty when it is the document's turn."""
        return "" if self.tool is None else self.tool.undo_title

    @property
    def redo_title(self) -> str:
        """The same for redo."""
        return "" if self.tool is None else self.tool.redo_title

    def undo(self) -> None:
        """Take back the last of what the tool has begun, or the document's last step."""
        if self._drop_later():
            return
        if self.tool is not None and self.tool.undo_title:
            self.tool.undo()
            self._repaint_tool()
        else:
            self.session.undo()

    def redo(self) -> None:
        """Do again what was taken back last."""
        if self.tool is not None and self.tool.redo_title:
            self.tool.redo()
            self._repaint_tool()
        elif not self._dragging:
            self.session.redo()

    def waiting(self) -> tuple[Waiting, ...]:
        """What is begun in the tools and waits to be finished, that of the chosen tool first."""
        tools = sorted(self._tools.items(), key=lambda item: item[0] != self._tool_name)
        return tuple(found for _, tool in tools if (found := tool.waiting) is not None)

    def take_up(self, waiting: Iterable[Waiting]) -> None:
        """Go on with what waited in another window; the first one's tool and area are chosen."""
        taken = [w for w in waiting if w.tool in self._tools and self._tools[w.tool].take_up(w)]
        if taken:
            first = taken[0]
            if isinstance(first, WaitingOutline | WaitingSelection):
                self.session.choose_area(first.label)
            self.set_tool(first.tool)
            self._tell_chosen()
            self._repaint_tool()
            self.tell_hints()

    def keep_selection(self) -> None:
        """Apply a selection that waits, as soon as it is worked out."""
        for tool in self._tools.values():
            if isinstance(tool.waiting, WaitingSelection):
                tool.settle()

    def tell_waiting(self) -> None:
        """`waiting` is something else now."""
        self.waiting_changed.emit()

    def repaint_tool(self) -> None:
        """What the tool draws over the picture is something else now."""
        self._repaint_tool()

    def tell_hints(self) -> None:
        """The tool's hints may be others now."""
        hints = [] if self.tool is None else self.tool.hints()
        if locked := self._locked:
            hints = [(f"{locked} is locked", "unlock it to paint"), ("Space", "pan")]
        self.hint_changed.emit(hints)

    def swap_eraser(self) -> None:
        """From the eraser to the tool before it, from any other tool to the eraser."""
        self.set_tool(self._other_tool if self._tool_name == "eraser" else "eraser")

    def set_look(self, look: Look) -> None:
        """Show the areas differently; what is being painted is not hidden before it is painted."""
        paints_now = self._dragging and self._guest is None and tool_row(self._tool_name).paints
        if look.hidden and not self.look.hidden and paints_now:
            self.session.notice.emit("Areas cannot be hidden in the middle of a stroke; end it first.")
            self.look_changed.emit()  # whoever shows the switch puts it back
        else:
            super().set_look(look)

    def zoom_in(self) -> None:
        """One step in, at the pointer if it is here."""
        self._zoom_step(_BUTTON_STEP)

    def zoom_out(self) -> None:
        """One step out, at the pointer if it is here."""
        self._zoom_step(1 / _BUTTON_STEP)

    def draw_over(self, painter: QPainter) -> None:
        if self.tool is not None:
            self.tool.draw(painter)
            draw_sign(painter, self.tool, self.ratio)
        self._later.draw(painter, self.ratio)

    def crop_shown(self, shot: Shot) -> Box | None:
        crop = shot.image.crop
        return crop if self.tool is None else self.tool.crop_shown(crop)

    def areas_hidden(self) -> bool:
        return super().areas_hidden() or (self.tool is not None and self.tool.covers_areas)

    def picture_replaced(self) -> None:
        for tool in self._tools.values():
            tool.picture_replaced()

    def stop(self) -> None:
        """Before the end: undo what is begun and wait for the reading thread."""
        self._later.drop()
        self.cancel()
        for tool in self._tools.values():
            tool.stop()
        super().stop()

    # Inside

    def _drop_later(self) -> bool:
        """Forget the strokes that wait; one that is half acted out is taken back. Whether there were any."""
        dropped = self._later.drop()
        if dropped and self._button != Qt.MouseButton.NoButton:
            self.cancel()
        return dropped

    @property
    def _locked(self) -> str:
        """What the chosen area is called, if it is locked and the tool would change it; else nothing."""
        shot, row = self.session.shot, tool_row(self._tool_name)
        if shot is None or self._guest is not None or not row.paints or row.name == "eraser":
            return ""  # the eraser is for whatever it meets, not for the chosen area
        area = shot.area(self.session.active_label)
        return area.title if area is not None and area.locked else ""

    @property
    def _busy(self) -> bool:
        return self.tool is not None and self.tool.busy

    @property
    def _dragging(self) -> bool:
        """Whether a tool works with a button held."""
        return self._busy and self._button != Qt.MouseButton.NoButton

    def _hover_here(self) -> None:
        """Let a new tool know where the pointer is."""
        at = self.mapFromGlobal(self.cursor().pos())
        if self.tool is not None and self.underMouse() and self.rect().contains(at):
            modifiers = Qt.KeyboardModifier.NoModifier
            self.tool.hover(pointer_of(self.navigation, QPointF(at), self.ratio, modifiers))

    def _zoom_step(self, factor: float) -> None:
        nav = self.navigation
        pointer = self.tool.pointer if self.tool is not None and self.underMouse() else None
        x, y = (nav.view_width / 2, nav.view_height / 2) if pointer is None else (pointer.x, pointer.y)
        self.zoom_at(factor, x, y)

    def _show_cursor(self) -> None:
        if self._panner.active:
            wanted = Qt.CursorShape.ClosedHandCursor
        elif self._space:
            wanted = Qt.CursorShape.OpenHandCursor
        elif self._later.waiting:
            wanted = Qt.CursorShape.BusyCursor
        elif self._locked:
            wanted = Qt.CursorShape.ForbiddenCursor
        else:
            wanted = Qt.CursorShape.ArrowCursor if self.tool is None else self.tool.cursor
        if self.cursor().shape() != wanted:
            self.setCursor(wanted)

    def _open(self) -> None:
        self.cancel()
        for tool in self._tools.values():
            if tool.busy:
                tool.cancel()  # an outline that waits belongs to the shot that was open
        super()._open()
        self._show_cursor()
        self.tell_hints()

    def _follow(self, shot: Shot) -> None:
        if not self._tools:
            # The tools bring OpenCV in: the window shows before it is loaded.
            from desktop.ui.canvas.tools.make import make_tools

            self._tools = make_tools(self)
        super()._follow(shot)

    def _picture_loaded(self, whole: bool) -> None:
        if whole:
            for tool in self._tools.values():
                tool.picture_read()
            self._tell_chosen()

    def _tell_chosen(self) -> None:
        tool = self._tools.get(self._tool_name)
        if tool is not None and 0 in self.levels:
            tool.chosen()

    def _areas_changed(self) -> None:
        super()._areas_changed()
        self._show_cursor()
        self.tell_hints()

    def _active_changed(self, label: int) -> None:
        super()._active_changed(label)
        self._show_cursor()
        self.tell_hints()

    def _moved(self) -> None:
        tool = self.tool
        if tool is not None and tool.pointer is not None:
            at = self.navigation.to_image(tool.pointer.x, tool.pointer.y)
            tool.pointer = replace(tool.pointer, at=at)
        super()._moved()

    def _gesture_taken(self) -> None:
        """A tool that only begins has taken it from somebody else: it goes on."""
        if self.tool is not None and self.tool.busy:
            self.tool.forget()
            if not self.tool.busy:
                self._button = Qt.MouseButton.NoButton
        self._repaint_tool()

    def _options_changed(self) -> None:
        self._repaint_tool()
        self.tell_hints()

    def _repaint_tool(self) -> None:
        """Paint again where the tool drew and where it draws now."""
        tool = self.tool
        region = QRegion() if tool is None else tool.region() + sign_region(tool, self.ratio)
        self._update_device(self._drawn + region)
        self._drawn = region
        titles = self.undo_title, self.redo_title
        if titles != self._titles:
            self._titles = titles
            self.begun_changed.emit()
