"""Where the picture lies in the window: the one place where image pixels and device pixels meet.

``zoom`` is device pixels per image pixel and always one that pictures can be drawn at exactly; ``left`` and ``top``
are whole device pixels, so nothing is ever blurred by half a pixel. No Qt.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from desktop.core.geometry import Box, Point, whole

LEAST_ZOOM, MOST_ZOOM = 0.1, 32.0
_KEPT_IN_SIGHT = 48
_GRAIN = 256
"""Image positions are rounded to 1/256 pixel, so that the same place is the same number at any zoom."""


def snapped(zoom: float) -> float:
    """The nearest zoom that the picture can be drawn at: a power of two times a thirty-second from 32 to 64."""
    octave = 2.0 ** math.floor(math.log2(zoom))
    return round(zoom / octave * 32) / 32 * octave


class Margins(NamedTuple):
    """Device pixels left free around a fitted picture: at both sides, above and below."""

    side: int = 0
    above: int = 0
    below: int = 0


NO_MARGINS = Margins()


class Navigation:
    """Zoom and position of a picture of ``width`` x ``height`` in a view of ``view_width`` x ``view_height`` device
    pixels."""

    def __init__(self) -> None:
        self.width = self.height = self.view_width = self.view_height = 1
        self.zoom = 1.0
        self.left = self.top = 0
        self.fitted = True
        self._wanted = 1.0
        self._exact = (1.0, 0.0, 0.0)
        """Zoom, left and top after the last zoom, before they were rounded: what a pinch of many small steps needs, for
        half a pixel that is lost early in it is many at its end."""

    # Mapping

    def to_image(self, x: float, y: float) -> Point:
        """The image position under a place of the view (device pixels)."""
        return Point(
            round((x - self.left) / self.zoom * _GRAIN) / _GRAIN,
            round((y - self.top) / self.zoom * _GRAIN) / _GRAIN,
        )

    def to_view(self, p: Point) -> tuple[float, float]:
        """The place in the view (device pixels) of an image position."""
        return p.x * self.zoom + self.left, p.y * self.zoom + self.top

    @property
    def screen(self) -> tuple[int, int]:
        """Size of the whole picture on screen in device pixels."""
        return max(1, round(self.width * self.zoom)), max(1, round(self.height * self.zoom))

    @property
    def visible(self) -> Box:
        """The part of the picture in sight, in device pixels from the picture's own corner."""
        wide, high = self.screen
        return Box(-self.left, -self.top, self.view_width - self.left, self.view_height - self.top).intersect(
            whole(wide, high)
        )

    @property
    def visible_image(self) -> Box:
        """The part of the picture in sight, in image pixels."""
        box, (wide, high) = self.visible, self.screen
        return Box(
            math.floor(box.left / self.zoom),
            math.floor(box.top / self.zoom),
            # The last row and column are in sight where the picture's edge is, which was rounded to whole pixels.
            self.width if box.right == wide else math.ceil(box.right / self.zoom),
            self.height if box.bottom == high else math.ceil(box.bottom / self.zoom),
        ).intersect(whole(self.width, self.height))

    # Moving

    def set_picture(self, width: int, height: int) -> None:
        """Another picture: shown whole."""
        self.width, self.height = width, height
        self.fit()

    def resize(self, view_width: int, view_height: int, margins: Margins) -> None:
        """Another size of the view: a fitted picture is fitted again, else the middle stays."""
        middle_x, middle_y = self.view_width / 2, self.view_height / 2
        self.left += round(view_width / 2 - middle_x)
        self.top += round(view_height / 2 - middle_y)
        self.view_width, self.view_height = max(1, view_width), max(1, view_height)
        if self.fitted:
            self.fit(margins)
        else:
            self._keep_in_sight()

    def fit(self, margins: Margins = NO_MARGINS, box: Box | None = None) -> None:
        """Show the whole picture, or a box of it, as large as the view allows within the margins."""
        shown = whole(self.width, self.height) if box is None or box.empty else box
        room_x = max(1, self.view_width - 2 * margins.side)
        room_y = max(1, self.view_height - margins.above - margins.below)
        wanted = min(room_x / shown.width, room_y / shown.height, MOST_ZOOM)
        octave = 2.0 ** math.floor(math.log2(wanted))
        zoom = math.floor(wanted / octave * 32) / 32 * octave
        self.zoom = self._wanted = zoom
        self.left = round(self.view_width / 2 - (shown.left + shown.width / 2) * zoom)
        middle = (self.view_height + margins.above - margins.below) / 2
        self.top = round(middle - (shown.top + shown.height / 2) * zoom)
        self.fitted = box is None

    def zoom_to(self, zoom: float, x: float, y: float) -> bool:
        """Zoom so that the image position under (x, y) of the view stays there; False when nothing changed."""
        least = min(LEAST_ZOOM, self._whole_zoom())
        self._wanted = min(max(zoom, least), MOST_ZOOM)
        new = snapped(self._wanted)
        if new == self.zoom:
            return False
        zoom, left, top = self._exact
        if (zoom, round(left), round(top)) != (self.zoom, self.left, self.top):
            left, top = self.left, self.top
        left, top = x - (x - left) / self.zoom * new, y - (y - top) / self.zoom * new
        self._exact = new, left, top
        self.zoom, self.fitted = new, False
        self.left, self.top = round(left), round(top)
        self._keep_in_sight()
        return True

    def zoom_by(self, factor: float, x: float, y: float) -> bool:
        """Zoom by a factor at (x, y) of the view; small factors add up until they make a step."""
        return self.zoom_to(self._wanted * factor, x, y)

    def pan(self, dx: int, dy: int) -> None:
        """Move the picture by whole device pixels."""
        self.left += dx
        self.top += dy
        self.fitted = False
        self._keep_in_sight()

    def centre(self, p: Point) -> None:
        """Bring an image position to the middle of the view."""
        self.left = round(self.view_width / 2 - p.x * self.zoom)
        self.top = round(self.view_height / 2 - p.y * self.zoom)
        self.fitted = False
        self._keep_in_sight()

    def _whole_zoom(self) -> float:
        return min(self.view_width / self.width, self.view_height / self.height)

    def _keep_in_sight(self) -> None:
        wide, high = self.screen
        self.left = min(max(self.left, _KEPT_IN_SIGHT - wide), self.view_width - _KEPT_IN_SIGHT)
        self.top = min(max(self.top, _KEPT_IN_SIGHT - high), self.view_height - _KEPT_IN_SIGHT)
