"""What tools share that work in a thread: one draft, how far it is, and keys that keep or drop it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QRegion

from desktop.ui.canvas.draft import Draft, Work
from desktop.ui.canvas.tools.base import Pointer, Stage, Tool
from desktop.ui.canvas.tools.modes import Mode, area_title, may_work
from desktop.ui.controls.paint import progress, text_width
from desktop.ui.theme import SPACE, current, font

_TITLES = {"add": "Add to {}", "take": "Take from {}", "keep": "Keep inside of {}"}
_HEIGHT = 34
_RUN = 120


class DraftTool(Tool):
    """A tool whose pixels are found by a `Draft`."""

    doing = "Selecting"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.draft = Draft(stage.session)
        self.draft.progressed.connect(stage.repaint_tool)
        self.draft.shown.connect(self.shown)
        self.draft.ended.connect(self._ended)

    @property
    def busy(self) -> bool:
        return self.draft.active

    def begin(self, mode: Mode, label: int | None = None) -> bool:
        """Open the gesture of a mode on an area, the chosen one unless a label is given; False when there is nothing
        to do or it is locked."""
        session = self.session
        label = session.active_label if label is None else label
        return may_work(session, mode, label) and self.draft.begin(
            _TITLES[mode].format(area_title(session, label)), label
        )

    def carry_out(self, work: Work) -> None:
        """Paint what this finds, whatever is begun meanwhile."""
        self.draft.compute(work)
        self.draft.keep()

    def on_picture(self, pointer: Pointer) -> tuple[int, int] | None:
        """(column, row) of the pixel under the pointer; None beside the picture."""
        column, row = int(pointer.at.x // 1), int(pointer.at.y // 1)
        within = self.within
        return (column, row) if 0 <= column < within.right and 0 <= row < within.bottom else None

    def whole_picture(self) -> bool:
        """Whether all of the picture is read; says so when not."""
        if 0 in self.stage.levels:
            return True
        self.session.notice.emit("The picture is still being read; try again in a moment.")
        return False

    def shown(self) -> None:
        """The newest result is on the map."""
        self.draft.keep()

    def ended(self) -> None:
        """The gesture is over."""

    def cancel(self) -> None:
        self.draft.drop()

    def settle(self) -> None:
        """What is shown, or will be in a moment, stays: undo takes it back."""
        self.draft.keep()

    @property
    def undo_title(self) -> str:
        return self.draft.title

    def undo(self) -> None:
        self.draft.drop()

    def leave(self) -> None:
        """What runs goes on: Escape ends it."""

    def stop(self) -> None:
        self.draft.stop()

    def draw(self, painter: QPainter) -> None:
        if not self.draft.slow:
            return
        ratio, tokens = self.stage.ratio, current()
        rect = self._pill()
        painter.save()
        painter.translate(rect.topLeft())
        painter.scale(ratio, ratio)
        inner = QRectF(0, 0, rect.width() / ratio, rect.height() / ratio)
        painter.setPen(QColor(tokens.line))
        painter.setBrush(QColor(tokens.window))
        painter.drawRoundedRect(inner, 6, 6)
        painter.setPen(QColor(tokens.text))
        painter.setFont(font())
        words = inner.adjusted(3 * SPACE, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.doing)
        start = 3 * SPACE + text_width(self.doing, font()) + 3 * SPACE
        progress(painter, QRectF(start, inner.height() / 2 - 1.5, _RUN, 3), self.draft.share, 0.0)
        painter.setPen(QColor(tokens.muted))
        ends = QRectF(start + _RUN + 3 * SPACE, 0, inner.width(), inner.height())
        painter.drawText(ends, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, "Esc cancels")
        painter.restore()

    def region(self) -> QRegion:
        return QRegion(self._pill().adjusted(-2, -2, 2, 2).toAlignedRect()) if self.draft.slow else QRegion()

    def _pill(self) -> QRectF:
        ratio, navigation = self.stage.ratio, self.stage.navigation
        words = text_width(self.doing, font()) + text_width("Esc cancels", font())
        wide, high = (words + _RUN + 12 * SPACE) * ratio, _HEIGHT * ratio
        return QRectF((navigation.view_width - wide) / 2, 5 * SPACE * ratio, wide, high)

    def _ended(self, _kept: bool) -> None:
        self.ended()
        self.stage.repaint_tool()
        self.stage.tell_hints()
