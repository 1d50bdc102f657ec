"""Screen pixels kept in memory, in a buffer that wraps around: panning draws only the strips that come into sight."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QImage, QPainter

from desktop.core.geometry import Box, whole
from desktop.imaging.compose import Pixels
from desktop.opencv import cv2

_Mode = QPainter.CompositionMode


class Buffer:
    """Pixels of *screen boxes* (see `imaging.compose`) within reach of each other: no two of them further apart than
    ``width`` and ``height``. They are opaque."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.pixels: Pixels = np.zeros((height, width), np.uint32)
        self._quads: npt.NDArray[np.uint8] = self.pixels.view(np.uint8).reshape(height, width, 4)
        self._image = QImage(self.pixels.data, width, height, width * 4, QImage.Format.Format_RGB32)
        self._left = self._top = 0

    def begin(self, left: int, top: int) -> None:
        """Lay out anew, with this screen pixel in the first place. What is stored is void."""
        self._left, self._top = left, top

    def write(self, box: Box, pixels: Pixels) -> None:
        """Store a screen box."""
        for part, place in self._parts(box):
            self.pixels[place.slices] = pixels[part.slices_in(box)]

    def pieces(self, box: Box) -> Iterator[Box]:
        """A screen box cut where it is not stored in one piece."""
        return (part for part, _ in self._parts(box))

    def draw(self, painter: QPainter, box: Box, left: int, top: int) -> None:
        """Draw a screen box; (left, top) is where the picture's corner lies in the painter's pixels."""
        for part, place in self._parts(box):
            painter.drawImage(QPoint(part.left + left, part.top + top), self._image, _rect(place))

    def blend(
        self,
        boxes: Sequence[Box],
        below: Buffer | None,
        ground: QColor,
        above: Pixels,
        places: Sequence[Box],
    ) -> None:
        """Store screen boxes (each one of `pieces`) blended from ``above`` over ``below``, or over plain ``ground``.

        ``below`` is laid out like this one; the pixels of a box are found in ``above`` (H x W, premultiplied by their
        alpha) at its one of ``places``.
        """
        height, width = above.shape
        sheet = QImage(above.data, width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied)
        with QPainter(self._image) as painter:
            for box, place in zip(boxes, places, strict=True):  # whole one after the other: they may overlap
                x, y = (box.left - self._left) % self.width, (box.top - self._top) % self.height
                rect = QRect(x, y, box.width, box.height)
                painter.setCompositionMode(_Mode.CompositionMode_Source)
                if below is None:
                    painter.fillRect(rect, ground)
                else:
                    painter.drawImage(rect, below._image, rect)
                painter.setCompositionMode(_Mode.CompositionMode_SourceOver)
                painter.drawImage(rect, sheet, _rect(place))

    def stretch(self, source: Buffer, box: Box, scale: float) -> Box:
        """Store a screen box of another buffer at ``scale`` times its size, coarsely, right after `begin`.

        Returns the box it became.
        """
        for part, place in source._parts(box):
            became = _scaled(part, scale)
            if not became.empty:
                cv2.resize(
                    source._quads[place.slices],
                    (became.width, became.height),
                    dst=self._quads[became.moved(-self._left, -self._top).slices],
                    interpolation=cv2.INTER_NEAREST,
                )
        return _scaled(box, scale)

    def enlarge(self, source: Buffer, box: Box, times: int) -> None:
        """Store a screen box from the pixels of a buffer that holds it at a ``times``-th of its size, coarsely."""
        held = whole(source.width, source.height)
        for part, place in self._parts(box):
            left, top = part.left // times - source._left, part.top // times - source._top
            right, bottom = -(-part.right // times) - source._left, -(-part.bottom // times) - source._top
            found = Box(min(left, held.right - 1), min(top, held.bottom - 1), right, bottom).intersect(held)
            cv2.resize(
                source._quads[found.slices],
                (part.width, part.height),
                dst=self._quads[place.slices],
                interpolation=cv2.INTER_NEAREST,
            )

    def _parts(self, box: Box) -> Iterator[tuple[Box, Box]]:
        """The pieces of a screen box between the seams, and the place of each in the buffer."""
        top = box.top
        while top < box.bottom:
            row = (top - self._top) % self.height
            bottom = min(box.bottom, top + self.height - row)
            left = box.left
            while left < box.right:
                column = (left - self._left) % self.width
                right = min(box.right, left + self.width - column)
                place = Box(column, row, column + right - left, row + bottom - top)
                yield Box(left, top, right, bottom), place
                left = right
            top = bottom


def _rect(box: Box) -> QRect:
    return QRect(box.left, box.top, box.width, box.height)


def _scaled(box: Box, scale: float) -> Box:
    return Box(
        round(box.left * scale), round(box.top * scale), round(box.right * scale), round(box.bottom * scale)
    )
