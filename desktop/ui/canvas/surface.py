"""The pixels in sight: picture, areas and the two together, each in a buffer as large as the view.

A buffer wraps around: screen pixel (X, Y) of the picture lies at (X mod width, Y mod height). Panning therefore draws
only the strips that come into sight, and a stroke only its own box.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage, QPainter

from desktop.core.geometry import EMPTY_BOX, Box, whole
from desktop.core.label_map import LabelMap, extent, united
from desktop.imaging import compose
from desktop.imaging.compose import Pixels
from desktop.imaging.pyramid import LabelLevels, Picture, anchors
from desktop.ui.canvas.overlay import Hatch, reach

_MOST_PARTS = 24
_WORTH_PARTING = 160_000
"""Screen pixels from which on a change is drawn part by part."""

_STRIP, _STRIP_PIXELS = 64, 64 * 1024
"""Rows of the areas that are drawn at a time, or more when they are short."""


class Buffer:
    """A wrapping buffer of screen pixels."""

    def __init__(self, width: int, height: int, form: QImage.Format) -> None:
        self.width, self.height = width, height
        self.pixels: Pixels = np.zeros((height, width), np.uint32)
        self.image = QImage(self.pixels.data, width, height, width * 4, form)
        self.valid = EMPTY_BOX
        """Screen box whose pixels are drawn."""

    def write(self, box: Box, pixels: Pixels) -> None:
        """Store a screen box no larger than the buffer."""
        for part, column, row in self._parts(box):
            y, x = part.top - box.top, part.left - box.left
            self.pixels[row : row + part.height, column : column + part.width] = pixels[
                y : y + part.height, x : x + part.width
            ]

    def draw(self, painter: QPainter, box: Box, left: int, top: int) -> None:
        """Draw a screen box; (left, top) is where the picture's corner lies in the painter's pixels."""
        for part, column, row in self._parts(box):
            source = QRect(column, row, part.width, part.height)
            painter.drawImage(QPoint(part.left + left, part.top + top), self.image, source)

    def join(self, boxes: Sequence[Box], below: Buffer, above: Buffer) -> None:
        """Store screen boxes of two buffers of this size, one blended over the other."""
        if not boxes:
            return
        mode = QPainter.CompositionMode
        layers = ((below.image, mode.CompositionMode_Source), (above.image, mode.CompositionMode_SourceOver))
        with QPainter(self.image) as painter:
            for box in boxes:  # whole one after the other: they may overlap
                for part, column, row in self._parts(box):
                    for image, how in layers:
                        painter.setCompositionMode(how)
                        painter.drawImage(
                            QPoint(column, row), image, QRect(column, row, part.width, part.height)
                        )

    def missing(self, visible: Box) -> tuple[Box, ...]:
        """The strips to draw so that all of ``visible`` is valid; they count as drawn from now on."""
        kept = self.valid.intersect(visible)
        self.valid = visible
        if kept.empty:
            return (visible,) if not visible.empty else ()
        strips = (
            Box(visible.left, visible.top, visible.right, kept.top),
            Box(visible.left, kept.bottom, visible.right, visible.bottom),
            Box(visible.left, kept.top, kept.left, kept.bottom),
            Box(kept.right, kept.top, visible.right, kept.bottom),
        )
        return tuple(strip for strip in strips if not strip.empty)

    def _parts(self, box: Box) -> Iterator[tuple[Box, int, int]]:
        """The pieces of a screen box between the seams, and the (column, row) each begins at."""
        top = box.top
        while top < box.bottom:
            row = top % self.height
            bottom = min(box.bottom, top + self.height - row)
            left = box.left
            while left < box.right:
                column = left % self.width
                right = min(box.right, left + self.width - column)
                yield Box(left, top, right, bottom), column, row
                left = right
            top = bottom


class Surface:
    """Draws picture and areas at one zoom, again only where something changed."""

    def __init__(self, labels: LabelMap) -> None:
        height, width = labels.shape
        self.size = (width, height)
        self._labels = LabelLevels(labels)
        self._levels: Mapping[int, Picture] = {}
        self._zoom = 1.0
        self._ratio = 1.0
        self._table: Pixels = np.zeros(256, np.uint32)
        self._dirty: list[Box] = []
        self._resized(1, 1, 1.0)

    @property
    def labels(self) -> LabelMap:
        """The label map that is shown."""
        return self._labels.levels[0]

    def set_levels(self, levels: Mapping[int, Picture]) -> None:
        """The picture, or as much of its levels as is read yet."""
        self._levels = levels
        self._picture.valid = EMPTY_BOX

    def set_table(self, table: Pixels) -> None:
        """Other colours for the areas."""
        if not np.array_equal(table, self._table):
            self._table = table
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
        worth = 1 < len(parts) <= _MOST_PARTS and dirty.area > _WORTH_PARTING
        found = [self._on_screen(part, zoom) for part in parts] if worth else [dirty]
        if len(self._dirty) + len(found) > _MOST_PARTS:
            self._dirty = [united([*self._dirty, dirty])]
        else:
            self._dirty += found
        return dirty

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

    def anchors(self) -> dict[int, tuple[float, float]]:
        """Where each painted area's badge stands, in image pixels."""
        return anchors(self._labels.levels)

    def prepare(self, visible: Box, zoom: float, width: int, height: int, ratio: float) -> None:
        """Have every pixel of ``visible`` drawn, for a view of ``width`` x ``height`` device pixels."""
        if (width, height, ratio) != (self._picture.width, self._picture.height, self._ratio):
            self._resized(width, height, ratio)
        if zoom != self._zoom:
            self._zoom = zoom
            self._picture.valid = self._areas.valid = EMPTY_BOX
        changed: list[Box] = []
        if self._levels:
            for strip in self._picture.missing(visible):
                self._picture.write(strip, compose.sample_picture(self._levels, self.size, zoom, strip))
                changed.append(strip)
        drawn = self._areas.valid.intersect(visible)
        dirty = [box.intersect(drawn) for box in self._dirty]
        self._dirty.clear()
        for part in (*(box for box in dirty if not box.empty), *self._areas.missing(visible)):
            self._compose(part)
            changed.append(part)
        self._both.join(changed, self._picture, self._areas)

    def draw(self, painter: QPainter, box: Box, left: int, top: int, *, picture: bool = True) -> None:
        """Draw a prepared screen box; (left, top) is where the picture's corner lies."""
        (self._both if picture and self._levels else self._areas).draw(painter, box, left, top)

    def _compose(self, box: Box) -> None:
        """Draw the areas of a screen box, in strips that stay in the processor's cache."""
        outline = reach(self._ratio)
        margin = compose.overlay_margin(outline)
        rows = max(_STRIP, _STRIP_PIXELS // max(box.width, 1))
        for top in range(box.top, box.bottom, rows):
            strip = Box(box.left, top, box.right, min(top + rows, box.bottom))
            if strip.empty:
                return
            labels = compose.sample_labels(self._labels.levels, self._zoom, strip.grow(margin))
            self._areas.write(strip, compose.overlay(labels, self._hatch.part(strip), self._table, outline))

    def _resized(self, width: int, height: int, ratio: float) -> None:
        self._picture = Buffer(width, height, QImage.Format.Format_RGB32)
        self._areas = Buffer(width, height, QImage.Format.Format_ARGB32_Premultiplied)
        self._both = Buffer(width, height, QImage.Format.Format_RGB32)
        self._hatch = Hatch(ratio, width, height)
        self._ratio = ratio
