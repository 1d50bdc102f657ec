"""The pixels in sight: the picture, and the picture with the areas on it, each in a buffer larger than the view.

What takes longer than a frame is not waited for. `prepare` has something to show for every pixel in sight at once:
drawn ones, or, where too much has changed (another zoom, other colours, another picture), what was there before, or a
sketch at a quarter of the size. `refine` then draws on for a few milliseconds at a time, from the middle up and down,
and at last beyond the edges of the view, so that a pan finds its strips drawn.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from PySide6.QtGui import QColor, QPainter

from desktop.core.geometry import EMPTY_BOX, Box, whole
from desktop.core.label_map import LabelMap, extent, united
from desktop.imaging import compose
from desktop.imaging.compose import Pixels
from desktop.imaging.pyramid import LabelLevels, Picture, anchors
from desktop.ui.canvas.buffer import Buffer
from desktop.ui.canvas.overlay import Hatch, reach

AHEAD = 96
"""Device pixels that are drawn beyond each edge of the view."""

AT_ONCE = 800_000
"""Screen pixels of picture and areas that are drawn before the view is painted: some four milliseconds."""

_SLICE = 0.004
"""Seconds that `Surface.refine` takes at a time. It ends before a step that would take as long as the last one and go
beyond: two of these moments may come between two events."""

_GROWTH = 128 * 1024
"""Screen pixels between two looks at the clock."""

_MOST_PARTS = 24
_WORTH_PARTING = 5_000
"""Screen pixels that a part of a change must save to be drawn by itself: drawing one takes as long as so many."""

_STRIP_PIXELS = 160 * 1024
"""Pixels of the areas that are drawn at a time, so that they stay in the processor's cache."""

_MOST_ROWS = 96
"""Rows of a strip: long rows are drawn several times as fast as many short ones."""

_GRID = 128
_MOST_STRETCH = 16.0
_SKETCH = 4
_READ = 2_000_000
"""Pixels of the label map that are read into its levels at a time."""


class Surface:
    """Draws picture and areas at one zoom, again only where something changed."""

    def __init__(self, labels: LabelMap) -> None:
        self._zoom = 1.0
        self._ratio = 1.0
        self._table: Pixels = np.zeros(256, np.uint32)
        self._ground = QColor("#000000")
        self._bare = False
        self._dirty: list[Box] = []
        self._visible = self._covered = EMPTY_BOX
        """Screen boxes in sight, and where there is something to show."""
        self._sampled = self._drawn = EMPTY_BOX
        """Screen boxes whose pixels are there: of the picture, and with the areas on it."""
        self._view = (0, 0)
        self._picture: Buffer
        self._both: Buffer
        self._resized(1, 1, 1.0)
        self.show(labels)

    def show(self, labels: LabelMap) -> None:
        """Another label map, and no picture yet: all is drawn anew, in the memory that is there."""
        height, width = labels.shape
        self.size = (width, height)
        self._labels = LabelLevels(labels)
        self._rows = max(1, _READ // width)
        self._labels.read(self._rows)
        self._levels: Mapping[int, Picture] = {}
        self._anew = True
        self._dirty.clear()
        self._sampled = self._drawn = self._covered = EMPTY_BOX

    @property
    def labels(self) -> LabelMap:
        """The label map that is shown."""
        return self._labels.levels[0]

    @property
    def read(self) -> bool:
        """Whether all of the label map has been looked at."""
        return self._labels.ready

    @property
    def finished(self) -> bool:
        """Whether nothing is left for `refine`."""
        return self.read and not self._dirty and self._drawn.holds(self._goal)

    def sharp(self, visible: Box, zoom: float) -> bool:
        """Whether every pixel of this box is drawn as it should be."""
        return zoom == self._zoom and self.read and not self._dirty and self._drawn.holds(visible)

    def set_levels(self, levels: Mapping[int, Picture]) -> None:
        """The picture, or as much of its levels as is read yet."""
        self._levels = levels
        self._sampled = self._drawn = EMPTY_BOX

    def set_table(self, table: Pixels) -> None:
        """Other colours for the areas."""
        if not np.array_equal(table, self._table):
            self._table = table
            self._drawn = EMPTY_BOX

    def set_ground(self, ground: QColor, *, bare: bool) -> None:
        """What is shown where there is no picture, which ``bare`` hides too."""
        if (ground, bare) != (self._ground, self._bare):
            self._ground, self._bare = ground, bare
            self._drawn = EMPTY_BOX

    def labels_changed(self, box: Box, zoom: float, parts: Sequence[Box] = ()) -> Box:
        """Pixels of the label map changed: in ``box``, or closer in these parts of it.

        Returns the screen box to draw again.
        """
        inside = box.intersect(extent(self.labels))
        if inside.empty:
            return EMPTY_BOX
        self._labels.update(inside)
        dirty = self._on_screen(inside, zoom)
        worth = _WORTH_PARTING / (zoom * zoom)
        found = [self._on_screen(part, zoom) for part in _gathered(parts, worth)] or [dirty]
        if len(self._dirty) + len(found) > _MOST_PARTS:
            self._dirty = [united([*self._dirty, dirty])]
        else:
            self._dirty += found
        return dirty

    def anchors(self) -> dict[int, tuple[float, float]]:
        """Where each painted area's badge stands, in image pixels."""
        return anchors(self._labels.levels)

    def prepare(self, visible: Box, zoom: float, width: int, height: int, ratio: float) -> Box:
        """Have something to show for every pixel of ``visible``, in a view of ``width`` x ``height`` device pixels.

        Returns the screen box in sight that is drawn now in the place of what was shown before.
        """
        if self._anew or (width, height, ratio) != (*self._view, self._ratio) or zoom != self._zoom:
            self._anew = False
            self._restart(visible, zoom, width, height, ratio)
        self._visible = visible
        # What is further away may be written over.
        self._sampled, self._drawn = self._sampled.intersect(self._goal), self._drawn.intersect(self._goal)
        spare = AT_ONCE - self._redraw(AT_ONCE)
        sampled, drawn = self._sampled.union(visible), self._drawn.union(visible)
        if self._shows_picture:
            spare -= sampled.area - self._sampled.area
        if drawn.area - self._drawn.area <= spare:
            self._sample(sampled)
            self._covered = visible
            return self._draw(drawn).intersect(visible)
        self._cover(visible)
        return EMPTY_BOX

    def refine(self) -> Box:
        """Draw on for a moment. Returns the screen box to paint again, empty when nothing in sight is another."""
        begun = now = time.perf_counter()
        step, changed = 0.0, EMPTY_BOX
        while now + step - begun < _SLICE and not self.finished:
            changed = changed.union(self._step())
            step, now = time.perf_counter() - now, time.perf_counter()
        return changed.intersect(self._visible)

    def draw(self, painter: QPainter, box: Box, left: int, top: int) -> None:
        """Draw a prepared screen box; (left, top) is where the picture's corner lies."""
        self._both.draw(painter, box, left, top)

    @property
    def _shows_picture(self) -> bool:
        return bool(self._levels) and not self._bare

    @property
    def _goal(self) -> Box:
        """All that is to be drawn: what is in sight, and what a pan may bring."""
        return self._visible.grow(AHEAD).intersect(whole(*compose.screen_size(*self.size, self._zoom)))

    def _on_screen(self, box: Box, zoom: float) -> Box:
        """The screen pixels that show something of an image box, as far as there are any."""
        level = compose.level_for(zoom, len(self._labels.levels))
        grown = Box(
            box.left >> level << level,
            box.top >> level << level,
            ((box.right - 1 >> level) + 1) << level,
            ((box.bottom - 1 >> level) + 1) << level,
        )
        wide, high = compose.screen_size(*self.size, zoom)
        dirty = compose.screen_box(grown, zoom, compose.overlay_margin(reach(self._ratio)) + 1)
        return dirty.intersect(whole(wide, high))

    def _step(self) -> Box:
        """The next of what is left to do. Returns the screen box that is drawn anew."""
        if not self.read:
            self._labels.read(self._rows)
            self._drawn = EMPTY_BOX
            return EMPTY_BOX
        if self._dirty:
            changed = united(self._dirty)
            self._redraw(_GROWTH)
            return changed
        wanted = self._grown(self._drawn)
        if self._shows_picture and not self._sampled.holds(wanted):
            self._sample(self._grown(self._sampled))
            return EMPTY_BOX
        return self._draw(wanted)

    def _redraw(self, most: int) -> int:
        """Draw what has changed where areas are drawn already, about ``most`` pixels of it. Returns how many."""
        spent, drawn = 0, list[Box]()
        while self._dirty and spent < most:
            part = self._dirty.pop().intersect(self._drawn)
            rows = max(1, (most - spent) // max(part.width, 1))
            if part.height > rows:
                self._dirty.append(Box(part.left, part.top + rows, part.right, part.bottom))
                part = Box(part.left, part.top, part.right, part.top + rows)
            if not part.empty:
                spent += part.area
                drawn.append(part)
        self._compose(drawn)
        return spent

    def _grown(self, kept: Box) -> Box:
        """A somewhat larger box than this: first all that is in sight, then the rest."""
        seen, goal = self._visible, self._goal
        if kept.empty:
            middle = (seen.top + seen.bottom) // 2
            rows = max(1, _GROWTH // max(seen.width, 1))
            return Box(seen.left, middle, seen.right, min(middle + rows, seen.bottom))
        wanted = goal if kept.holds(seen) else kept.union(seen)
        above, below = kept.top - wanted.top, wanted.bottom - kept.bottom
        before, after = kept.left - wanted.left, wanted.right - kept.right
        if above > 0 or below > 0:
            # Whole rows first: pixels side by side are drawn several times as fast as pixels one below the other.
            rows = max(1, _GROWTH // kept.width)
            if above > below:
                return kept._replace(top=kept.top - min(rows, above))
            return kept._replace(bottom=kept.bottom + min(rows, below))
        columns = max(1, _GROWTH // kept.height)
        if before > after:
            return kept._replace(left=kept.left - min(columns, before))
        return kept._replace(right=kept.right + min(columns, after))

    def _sample(self, wanted: Box) -> None:
        """Have the picture's pixels in a box that holds what is there."""
        if self._shows_picture:
            for strip in wanted.without(self._sampled):
                self._picture.write(strip, compose.sample_picture(self._levels, self.size, self._zoom, strip))
            self._sampled = wanted

    def _draw(self, wanted: Box) -> Box:
        """Draw out to a box that holds what is drawn. Returns the box that is drawn anew."""
        strips = wanted.without(self._drawn)
        self._drawn = wanted
        self._compose(strips)
        return united(strips)

    def _compose(self, boxes: Sequence[Box]) -> None:
        """Draw the areas on the picture in screen boxes: small ones together, large ones in strips, so that what is
        worked on stays in the processor's cache."""
        batch: list[Box] = []
        room = 0
        if not boxes:
            return
        margin = compose.overlay_margin(reach(self._ratio))
        grid = compose.LabelGrid(self._labels.levels, self._zoom, united(boxes).grow(margin))
        for piece in self._pieces(boxes):
            if batch and piece.area > room:
                self._compose_batch(batch, grid)
                batch = []
            if not batch:
                room = _STRIP_PIXELS
            batch.append(piece)
            room -= piece.area
        self._compose_batch(batch, grid)

    def _compose_batch(self, batch: Sequence[Box], grid: compose.LabelGrid) -> None:
        sheet, places = compose.overlay_sheet(batch, grid, self._hatch.part, self._table, reach(self._ratio))
        self._both.blend(batch, self._below, self._ground, sheet, places)

    def _pieces(self, boxes: Iterable[Box]) -> Iterator[Box]:
        """Screen boxes cut at the buffer's seams and into strips."""
        for box in boxes:
            for part in self._both.pieces(box):
                rows = max(1, _STRIP_PIXELS // max(part.width, _STRIP_PIXELS // _MOST_ROWS))
                for top in range(part.top, part.bottom, rows):
                    yield Box(part.left, top, part.right, min(top + rows, part.bottom))

    @property
    def _below(self) -> Buffer | None:
        return self._picture if self._shows_picture else None

    def _cover(self, visible: Box) -> None:
        """Sketch what is in sight and neither drawn nor there from before."""
        strips = visible.without(max(self._covered, self._drawn, key=lambda box: box.intersect(visible).area))
        for strip in strips:
            self._sketch(strip)
        self._covered = visible

    def _sketch(self, box: Box) -> None:
        """Show a screen box drawn at a quarter of its size and enlarged."""
        zoom = self._zoom / _SKETCH
        wide, high = compose.screen_size(*self.size, zoom)
        small = Box(
            min(box.left // _SKETCH, wide - 1),
            min(box.top // _SKETCH, high - 1),
            min(-(-box.right // _SKETCH), wide),
            min(-(-box.bottom // _SKETCH), high),
        )
        both, below = (Buffer(small.width, small.height) for _ in range(2))
        for buffer in (both, below):
            buffer.begin(small.left, small.top)
        if self._shows_picture:
            below.write(small, compose.sample_picture(self._levels, self.size, zoom, small))
        tint = compose.tint(compose.sample_labels(self._labels.levels, zoom, small), self._table)
        both.blend(
            [small],
            below if self._shows_picture else None,
            self._ground,
            tint,
            [whole(small.width, small.height)],
        )
        self._both.enlarge(both, box, _SKETCH)

    def _restart(self, visible: Box, zoom: float, width: int, height: int, ratio: float) -> None:
        """Another zoom, or another size of the view: what was seen is stretched until it is drawn anew."""
        old, before, scale = self._both, self._covered, zoom / self._zoom
        if (*self._view, self._ratio) != (width, height, ratio):
            self._resized(width, height, ratio)
        else:
            # The old picture is void: its place takes the new view, and the old view is read from its own.
            self._both, self._picture = self._picture, self._both
        self._zoom, self._visible = zoom, visible
        self._sampled = self._drawn = self._covered = EMPTY_BOX
        self._dirty.clear()
        for buffer in (self._both, self._picture):
            if buffer is not old:
                buffer.begin(visible.left - AHEAD, visible.top - AHEAD)
        if (
            visible.area * (2 if self._shows_picture else 1) > AT_ONCE
            and 1 / _MOST_STRETCH <= scale <= _MOST_STRETCH
        ):
            seen = Box(
                int(visible.left / scale),
                int(visible.top / scale),
                int(visible.right / scale) + 1,
                int(visible.bottom / scale) + 1,
            ).intersect(before)
            if not seen.empty:
                self._covered = self._both.stretch(old, seen, scale).intersect(visible)
        old.begin(visible.left - AHEAD, visible.top - AHEAD)

    def _resized(self, width: int, height: int, ratio: float) -> None:
        self._view, self._ratio = (width, height), ratio
        # A few sizes only, so that a window that is being resized does not make them all anew at every step.
        wide = -(-(width + 2 * AHEAD) // _GRID) * _GRID
        high = -(-(height + 2 * AHEAD) // _GRID) * _GRID
        self._picture, self._both = Buffer(wide, high), Buffer(wide, high)
        self._sampled = self._drawn = self._covered = EMPTY_BOX
        self._hatch = Hatch(ratio, wide, _MOST_ROWS)


def _gathered(parts: Iterable[Box], worth: float) -> list[Box]:
    """The same pixels in fewer boxes, where one box for neighbours has less than ``worth`` pixels more."""
    found: list[Box] = []
    for part in parts:
        both = found[-1].union(part) if found else part
        if found and both.area - found[-1].area - part.area < worth:
            found[-1] = both
        else:
            found.append(part)
    return found
