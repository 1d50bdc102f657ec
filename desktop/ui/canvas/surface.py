"""The pixels in sight: picture, areas and the two together, each in a buffer somewhat larger than the view.

What takes longer than a frame is not waited for. `prepare` has something to show for every pixel in sight at once:
drawn ones, or, where too much has changed (another zoom, other colours, another picture), what was there before, or a
sketch at a quarter of the size. `refine` then draws on for a few milliseconds at a time, from the middle up and down,
and at last beyond the edges of the view, so that a pan finds its strips drawn.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QColor, QImage, QPainter

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
"""Screen pixels of either layer that are drawn before the view is painted: some four milliseconds."""

_SLICE = 0.004
"""Seconds that `Surface.refine` takes at a time. It ends before a step that would take as long as the last one and go
beyond: two of these moments may come between two events."""

_GROWTH = 128 * 1024
"""Screen pixels between two looks at the clock."""

_MOST_PARTS = 24
_WORTH_PARTING = 16_000
"""Screen pixels that a part of a change must save to be drawn by itself: drawing one takes as long as so many."""

_STRIP_PIXELS = 48 * 1024
"""Pixels of the areas that are drawn at a time, so that they stay in the processor's cache."""

_GRID = 128
_MOST_STRETCH = 16.0
_SKETCH = 4
_READ = 2_000_000
"""Pixels of the label map that are read into its levels at a time."""


@dataclass(slots=True)
class _Layer:
    buffer: Buffer
    valid: Box = EMPTY_BOX
    """Screen box whose pixels are drawn."""


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
        self._view = (0, 0)
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
        self._picture.valid = self._areas.valid = self._covered = EMPTY_BOX

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
        self._picture.valid = EMPTY_BOX

    def set_table(self, table: Pixels) -> None:
        """Other colours for the areas."""
        if not np.array_equal(table, self._table):
            self._table = table
            self._areas.valid = EMPTY_BOX

    def set_ground(self, ground: QColor, *, bare: bool) -> None:
        """What is shown where there is no picture, which ``bare`` hides too."""
        if (ground, bare) != (self._ground, self._bare):
            self._ground, self._bare = ground, bare
            self._areas.valid = EMPTY_BOX

    def labels_changed(self, box: Box, zoom: float, parts: Sequence[Box] = ()) -> Box:
        """Pixels of the label map changed: in ``box``, or closer in these parts of it.

        Returns the screen box to draw again.
        """
        inside = box.intersect(extent(self.labels))
        if inside.empty:
            return EMPTY_BOX
        self._labels.update(inside)
        dirty = self._on_screen(inside, zoom)
        found = _gathered([self._on_screen(part, zoom) for part in parts]) or [dirty]
        if len(self._dirty) + len(found) > _MOST_PARTS:
            self._dirty = [united([*self._dirty, dirty])]
        else:
            self._dirty += found
        return dirty

    def anchors(self) -> dict[int, tuple[float, float]]:
        """Where each painted area's badge stands, in image pixels."""
        return anchors(self._labels.levels)

    def prepare(self, visible: Box, zoom: float, width: int, height: int, ratio: float) -> None:
        """Have something to show for every pixel of ``visible``, in a view of ``width`` x ``height`` device pixels."""
        if self._anew or (width, height, ratio) != (*self._view, self._ratio) or zoom != self._zoom:
            self._anew = False
            self._restart(visible, zoom, width, height, ratio)
        self._visible = visible
        for layer in (self._picture, self._areas):
            layer.valid = layer.valid.intersect(self._goal)  # what is further away may be written over
        spare = AT_ONCE - self._redraw(AT_ONCE)
        wanted = [(layer, layer.valid.union(visible)) for layer in self._layers]
        if sum(box.area - layer.valid.area for layer, box in wanted) <= spare:
            for layer, box in wanted:
                self._extend(layer, box)
            self._covered = visible
        else:
            self._cover(visible)

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
    def _layers(self) -> tuple[_Layer, ...]:
        return (self._picture, self._areas) if self._shows_picture else (self._areas,)

    @property
    def _shows_picture(self) -> bool:
        return bool(self._levels) and not self._bare

    @property
    def _goal(self) -> Box:
        """All that is to be drawn: what is in sight, and what a pan may bring."""
        return self._visible.grow(AHEAD).intersect(whole(*compose.screen_size(*self.size, self._zoom)))

    @property
    def _drawn(self) -> Box:
        """Screen box where everything is drawn."""
        drawn = self._areas.valid
        return drawn.intersect(self._picture.valid) if self._shows_picture else drawn

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
            self._areas.valid = EMPTY_BOX
            return EMPTY_BOX
        if self._dirty:
            changed = united(self._dirty)
            self._redraw(_GROWTH)
            return changed
        layer = min(self._layers, key=lambda layer: layer.valid.area)
        return self._extend(layer, self._grown(layer))

    def _redraw(self, most: int) -> int:
        """Draw what has changed where areas are drawn already, about ``most`` pixels of it. Returns how many."""
        spent, joined = 0, list[Box]()
        while self._dirty and spent < most:
            part = self._dirty.pop().intersect(self._areas.valid)
            rows = max(1, (most - spent) // max(part.width, 1))
            if part.height > rows:
                self._dirty.append(Box(part.left, part.top + rows, part.right, part.bottom))
                part = Box(part.left, part.top, part.right, part.top + rows)
            if not part.empty:
                self._compose(part)
                spent += part.area
                joined.append(part)
        self._join(joined)
        return spent

    def _grown(self, layer: _Layer) -> Box:
        """A somewhat larger box than a layer has: first all that is in sight, then the rest."""
        kept, seen, goal = layer.valid, self._visible, self._goal
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

    def _extend(self, layer: _Layer, wanted: Box) -> Box:
        """Draw a layer out to a box that holds what it has. Returns the box that is drawn anew."""
        strips = wanted.without(layer.valid)
        layer.valid = wanted
        for strip in strips:
            if layer is self._areas:
                self._compose(strip)
            else:
                layer.buffer.write(strip, compose.sample_picture(self._levels, self.size, self._zoom, strip))
        self._join(strips)
        return united(strips)

    def _join(self, boxes: Iterable[Box]) -> None:
        """Put the layers together where both are drawn."""
        drawn = self._drawn
        found = [part for part in (box.intersect(drawn) for box in boxes) if not part.empty]
        below = self._picture.buffer if self._shows_picture else None
        self._both.join(found, below, self._ground, self._areas.buffer)

    def _compose(self, box: Box) -> None:
        """Draw the areas of a screen box, in strips that stay in the processor's cache."""
        outline = reach(self._ratio)
        margin = compose.overlay_margin(outline)
        for part, pixels in self._areas.buffer.places(box):
            rows = max(1, _STRIP_PIXELS // part.width)
            for top in range(part.top, part.bottom, rows):
                strip = Box(part.left, top, part.right, min(top + rows, part.bottom))
                labels = compose.sample_labels(self._labels.levels, self._zoom, strip.grow(margin))
                out = pixels[top - part.top : strip.bottom - part.top]
                compose.overlay(labels, self._hatch.part(strip), self._table, outline, out)

    def _cover(self, visible: Box) -> None:
        """Sketch what is in sight and neither drawn nor there from before."""
        strips = visible.without(max(self._covered, self._drawn, key=lambda box: box.intersect(visible).area))
        for strip in strips:
            self._sketch(strip)
        self._join(strips)
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
        both = Buffer(small.width, small.height, QImage.Format.Format_RGB32)
        above = Buffer(small.width, small.height, QImage.Format.Format_ARGB32_Premultiplied)
        below = Buffer(small.width, small.height, QImage.Format.Format_RGB32)
        for buffer in (both, above, below):
            buffer.begin(small.left, small.top)
        above.write(small, compose.tint(compose.sample_labels(self._labels.levels, zoom, small), self._table))
        if self._shows_picture:
            below.write(small, compose.sample_picture(self._levels, self.size, zoom, small))
        both.join([small], below if self._shows_picture else None, self._ground, above)
        self._both.enlarge(both, box, _SKETCH)

    def _restart(self, visible: Box, zoom: float, width: int, height: int, ratio: float) -> None:
        """Another zoom, or another size of the view: what was seen is stretched until it is drawn anew."""
        old, before, scale = self._both, self._covered, zoom / self._zoom
        if (*self._view, self._ratio) != (width, height, ratio):
            self._resized(width, height, ratio)
        else:
            # The old picture is void: its place takes the new view, and the old view is read from its own.
            self._both, self._picture.buffer = self._picture.buffer, self._both
        self._zoom, self._visible = zoom, visible
        self._picture.valid = self._areas.valid = self._covered = EMPTY_BOX
        self._dirty.clear()
        for buffer in (self._both, self._picture.buffer, self._areas.buffer):
            if buffer is not old:
                buffer.begin(visible.left - AHEAD, visible.top - AHEAD)
        if visible.area * len(self._layers) > AT_ONCE and 1 / _MOST_STRETCH <= scale <= _MOST_STRETCH:
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
        self._picture = _Layer(Buffer(wide, high, QImage.Format.Format_RGB32))
        self._areas = _Layer(Buffer(wide, high, QImage.Format.Format_ARGB32_Premultiplied))
        self._both = Buffer(wide, high, QImage.Format.Format_RGB32)
        self._covered = EMPTY_BOX
        self._hatch = Hatch(ratio, wide, high)


def _gathered(parts: Iterable[Box]) -> list[Box]:
    """The same pixels in fewer boxes, where neighbours are drawn faster together."""
    found: list[Box] = []
    for part in parts:
        both = found[-1].union(part) if found else part
        if found and both.area - found[-1].area - part.area < _WORTH_PARTING:
            found[-1] = both
        else:
            found.append(part)
    return found
