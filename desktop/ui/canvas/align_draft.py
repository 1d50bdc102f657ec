"""Masks and paths while they are laid over the picture anew: where they lie, before anything is changed."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal

from desktop.core.areas import MotionArea
from desktop.core.geometry import Box, whole
from desktop.core.label_map import LabelMap
from desktop.core.shot import Shot
from desktop.core.waiting import WaitingMasks

LEAST_SCALE, MOST_SCALE = 0.05, 20.0


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """Masks and paths as they were painted, in pixels of their own: ``labels`` and the ``areas`` with their paths."""

    labels: LabelMap = field(repr=False)
    areas: tuple[MotionArea, ...]

    @property
    def width(self) -> int:
        return int(self.labels.shape[1])

    @property
    def height(self) -> int:
        return int(self.labels.shape[0])


class AlignDraft(QObject):
    """Offset and scale of masks over one picture. Void for any other picture."""

    changed = Signal()
    started = Signal()
    """There are masks to be laid, or no more."""
    accept_asked = Signal()
    """They shall be laid where they are: the work is done in a thread, by the window."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._laid: Laid | None = None
        self._of: bytes | None = None
        self._live = False
        self._begun = whole(1, 1)
        """Where they lay at first, which is where the shot's own lie."""
        self.x = self.y = 0.0
        self.scale_x = self.scale_y = 1.0

    def laid(self, shot: Shot | None) -> Laid | None:
        """What is being laid over this shot's picture, or None."""
        return self._laid if shot is not None and shot.image.data is self._of else None

    def begin(self, shot: Shot, laid: Laid, frame: Box) -> None:
        """Begin with masks of any size in ``frame``, in pixels of the shot's picture."""
        self._laid, self._of, self._live, self._begun = laid, shot.image.data, False, frame
        self.x, self.y = float(frame.left), float(frame.top)
        self.scale_x, self.scale_y = frame.width / laid.width, frame.height / laid.height
        self.started.emit()
        self.changed.emit()

    def begin_here(self, shot: Shot) -> None:
        """Begin with the shot's own masks where they are."""
        self.begin(shot, Laid(shot.label_map, shot.areas), whole(shot.image.width, shot.image.height))
        self._live = True

    def waiting(self, tool: str, shot: Shot) -> WaitingMasks | None:
        """Where the shot's own masks are on their way to; None while they are where they were.

        Those that are laid from another picture are in the shot already, as they lay at first.
        """
        laid, begun = self.laid(shot), self._begun
        if laid is None:
            return None
        scale_x = self.scale_x * laid.width / begun.width
        scale_y = self.scale_y * laid.height / begun.height
        x, y = self.x - begun.left * scale_x, self.y - begun.top * scale_y
        found = WaitingMasks(tool, (shot.image.width, shot.image.height), x, y, scale_x, scale_y)
        return found if found.counts else None

    def take_up(self, shot: Shot, begun: WaitingMasks) -> None:
        """Go on with what waited, with the masks of the shot."""
        self.begin_here(shot)
        self.x, self.y, self.scale_x, self.scale_y = begun.x, begun.y, begun.scale_x, begun.scale_y
        self.changed.emit()

    def shot_edited(self) -> None:
        """The shot is another one now; masks that were taken from it as it was are left."""
        if self._live:
            self.drop()

    def drop(self) -> None:
        """Leave everything as it was."""
        if self._laid is not None:
            self._laid = self._of = None
            self._live = False
            self.started.emit()
            self.changed.emit()

    def move(self, dx: float, dy: float) -> None:
        """Move by pixels of the picture."""
        self.put(self.x + dx, self.y + dy)

    def put(self, x: float, y: float) -> None:
        """Put the upper left corner here."""
        self.x, self.y = x, y
        self.changed.emit()

    @property
    def percent(self) -> float:
        """The scale across, in percent."""
        return 100.0 * self.scale_x

    def scale_to(self, percent: float, anchor_x: float, anchor_y: float) -> None:
        """Scale, with an image position that stays where it is."""
        wanted = min(max(percent / 100.0, LEAST_SCALE), MOST_SCALE)
        factor = wanted / self.scale_x
        self.x, self.y = anchor_x + (self.x - anchor_x) * factor, anchor_y + (self.y - anchor_y) * factor
        self.scale_x, self.scale_y = wanted, self.scale_y * factor
        self.changed.emit()

    @property
    def frame(self) -> Box:
        """Where the masks lie, in whole pixels of the picture; it may reach over the edges."""
        laid = self._laid
        if laid is None:
            return Box(0, 0, 0, 0)
        left, top = round(self.x), round(self.y)
        return Box(
            left,
            top,
            left + max(1, round(laid.width * self.scale_x)),
            top + max(1, round(laid.height * self.scale_y)),
        )
