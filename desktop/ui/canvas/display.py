"""Shows the session's shot: picture, areas, paths. Knows nothing of tools."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QRegion, QResizeEvent, QTransform
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.core.areas import MotionArea
from desktop.core.geometry import EMPTY_BOX, Box, Point
from desktop.core.label_map import bounds_of
from desktop.core.shot import Shot
from desktop.ui.canvas.backdrop import draw_crop, draw_grid, draw_stage
from desktop.ui.canvas.loader import PictureLoader
from desktop.ui.canvas.look import Look
from desktop.ui.canvas.navigation import Margins, Navigation
from desktop.ui.canvas.path_items import badge_places, draw_badges, draw_paths
from desktop.ui.let_go import let_go
from desktop.ui.session import Session
from desktop.ui.theme import current

if TYPE_CHECKING:
    from desktop.imaging.glimpse import Taken
    from desktop.imaging.pyramid import Picture
    from desktop.ui.canvas.surface import Surface

_SHOWN_MS = 60
"""What is drawn sharp is painted at such intervals: painting takes longer than drawing a few strips."""

MARGINS = Margins(36, 24, 48)
"""Logical pixels left free around a fitted picture. Below it is room for the zoom bar."""


class CanvasDisplay(QWidget):
    """Picture, areas and paths of the session's shot, with zoom and position.

    The view transform exists only here. Everything is drawn in device pixels, so it is exact at any device pixel
    ratio. Nothing that needs OpenCV is imported before a shot is open.
    """

    zoom_changed = Signal(float)
    """Device pixels per image pixel: 1.0 is actual size."""
    view_changed = Signal()
    """Another part of the picture is in sight: for the navigator."""
    look_changed = Signal()
    picture_loaded = Signal(bool)
    """Pixels have arrived; False while only a coarse glimpse is there."""
    failed = Signal(str)
    """One sentence: the picture cannot be shown."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.navigation = Navigation()
        self.look = Look()
        self._surface: Surface | None = None
        self._levels: Mapping[int, Picture] = {}
        self._shown_data: bytes | None = None
        self._anchors: dict[int, tuple[float, float]] = {}
        self._anchors_stale = False
        self._waiting = QRect()
        """What will be painted again (logical pixels)."""
        self._refined = EMPTY_BOX
        self._refined_clock = QElapsedTimer()
        self._refining = QTimer(self)
        self._refining.setInterval(0)
        self._refining.timeout.connect(self._refine)
        self._loader = PictureLoader(self)
        self._loader.loaded.connect(self.set_levels)
        self._loader.failed.connect(self.failed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 150)
        self.setAccessibleName("Picture")
        session.shot_replaced.connect(self._open)
        session.picture_changed.connect(self._picture_changed)
        session.labels_changed.connect(self._labels_changed)
        session.areas_changed.connect(self._areas_changed)
        session.path_changed.connect(self._path_changed)
        session.history_changed.connect(self._history_changed)
        session.active_area_changed.connect(self._active_changed)

    def draw_over(self, painter: QPainter) -> None:
        """Drawn last, in device pixels of the view, antialiased."""

    def crop_shown(self, shot: Shot) -> Box | None:
        """The crop to show (image pixels), or None."""
        return shot.image.crop

    def areas_hidden(self) -> bool:
        """Whether areas, paths and badges are left out now."""
        return self.look.hidden

    def expect(self, taken: Taken) -> None:
        """This picture is about to be opened, and so much of it is read already."""
        self._loader.expect(taken)

    def picture_replaced(self) -> None:
        """Another picture is shown from now on, and nothing of it is read yet."""

    def stop(self) -> None:
        """Before the end: wait for the reading threads."""
        self._loader.stop()

    # What is shown

    @property
    def sharp(self) -> bool:
        """Whether all that is in sight is drawn in full; after a zoom that takes some turns."""
        return self._surface is None or self._surface.sharp(self.navigation.visible, self.navigation.zoom)

    @property
    def settled(self) -> bool:
        """Whether nothing is left to draw, neither in sight nor around it."""
        return self.sharp and (self._surface is None or self._surface.finished)

    @property
    def ratio(self) -> float:
        """Device pixels per logical pixel."""
        return self.devicePixelRatioF()

    @property
    def zoom(self) -> float:
        """Device pixels per image pixel."""
        return self.navigation.zoom

    @property
    def levels(self) -> Mapping[int, Picture]:
        """The picture's levels that are read yet, for the navigator and thumbnails."""
        return self._levels

    def set_levels(self, levels: Mapping[int, Picture]) -> None:
        """Show these pixels: level k at 1/2^k of the picture's size; finer ones may be missing at first."""
        self._levels = levels
        if self._surface is not None:
            self._surface.set_levels(levels)
            self.update()
        self.picture_loaded.emit(0 in levels)

    def set_look(self, look: Look) -> None:
        """Show the areas differently."""
        if look != self.look:
            self.look = look
            self._areas_changed()
            self.look_changed.emit()

    # Navigation

    def fit(self) -> None:
        """Show the whole picture."""
        self.navigation.fit(self._margins)
        self._moved()

    def fit_area(self) -> None:
        """Show the chosen area, or the whole picture when nothing of it is painted."""
        self.session.finish_step()
        shot = self.session.shot
        if shot is not None:
            box = bounds_of(shot.label_map, self.session.active_label)
            self.show_box(box)

    def show_box(self, box: Box) -> None:
        """Show a part of the picture (image pixels) as large as it fits."""
        if box.empty:
            self.fit()
        else:
            self.navigation.fit(self._margins, box)
            self._moved()

    @property
    def _margins(self) -> Margins:
        return Margins(*(round(margin * self.ratio) for margin in MARGINS))

    def actual_size(self) -> None:
        """One device pixel per image pixel."""
        self.set_zoom(1.0)

    def set_zoom(self, zoom: float) -> None:
        """Zoom in the middle of the view."""
        if self.navigation.zoom_to(zoom, self.navigation.view_width / 2, self.navigation.view_height / 2):
            self._moved()

    def zoom_at(self, factor: float, x: float, y: float) -> None:
        """Zoom at a place of the view (device pixels)."""
        if self.navigation.zoom_by(factor, x, y):
            self._moved()

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the picture by device pixels."""
        self.navigation.pan(round(dx), round(dy))
        self._moved()

    def centre_on(self, p: Point) -> None:
        """Bring an image position to the middle of the view."""
        self.navigation.centre(p)
        self._moved()

    def refresh(self) -> None:
        """Draw everything again."""
        self.update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        self._waiting = QRect()
        with QPainter(self) as painter:
            self._paint(painter, event.region())

    def _paint(self, painter: QPainter, region: QRegion) -> None:
        base = painter.deviceTransform()
        to_device = QTransform.fromTranslate(round(base.dx()), round(base.dy()))
        painter.setWorldTransform(to_device * base.inverted()[0], False)
        nav, ratio, shot, surface = self.navigation, self.ratio, self.session.shot, self._surface
        picture = QRect(nav.left, nav.top, *nav.screen)
        bounds = self._device_rect(region.boundingRect())
        draw_stage(painter, bounds, picture if shot is not None else QRect(), ratio)
        if shot is None or surface is None:
            return
        solid = self.look.solid
        surface.set_ground(QColor("#000000" if solid else current().window), bare=solid)
        anew = surface.prepare(nav.visible, nav.zoom, nav.view_width, nav.view_height, ratio)
        box = Box(bounds.left(), bounds.top(), bounds.right() + 1, bounds.bottom() + 1)
        shown = box.moved(-nav.left, -nav.top).intersect(nav.visible)
        surface.draw(painter, shown, nav.left, nav.top)
        if not shown.holds(anew):
            self._update_screen(anew)  # sharp at last, around what is painted now
        self._refine_soon()
        draw_grid(painter, nav, bounds)
        draw_crop(painter, nav, self.crop_shown(shot), picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.areas_hidden():
            draw_paths(painter, nav, shot.areas, self.session.active_label, ratio, bounds)
            draw_badges(painter, nav, shot.areas, self._anchors, self.session.active_label, ratio, bounds)
        self.draw_over(painter)

    def _refine_soon(self) -> None:
        if self._surface is not None and not self._surface.finished and not self._refining.isActive():
            self._refined_clock.restart()
            self._refining.start()

    def _refine(self) -> None:
        """Draw on what could not be drawn in time for the last paint."""
        surface = self._surface
        if surface is None or not self.isVisible():
            self._refining.stop()
            return
        unread = not surface.read
        self._refined = self._refined.union(surface.refine())
        if self.sharp or self._refined_clock.elapsed() > _SHOWN_MS:
            self._update_screen(self._refined)
            self._refined = EMPTY_BOX
            self._refined_clock.restart()
        if unread and surface.read:
            self._anchors_stale = True
            self._history_changed()
        if surface.finished:
            self._refining.stop()

    def _update_screen(self, box: Box) -> None:
        """Paint a screen box again, as far as it is in sight."""
        nav = self.navigation
        seen = box.intersect(nav.visible)
        if not seen.empty:
            self._update_device(QRegion(seen.left + nav.left, seen.top + nav.top, seen.width, seen.height))

    def _device_rect(self, rect: QRect) -> QRect:
        ratio = self.ratio
        left, top = math.floor(rect.left() * ratio), math.floor(rect.top() * ratio)
        right = math.ceil((rect.left() + rect.width()) * ratio)
        bottom = math.ceil((rect.top() + rect.height()) * ratio)
        return QRect(left, top, right - left, bottom - top)

    def _update_device(self, region: QRegion) -> None:
        """Paint a region of device pixels again, with all else that waits for it as one rectangle: Qt's drawing is far
        slower in a ragged clip."""
        if region.isEmpty():
            return
        ratio, rect = self.ratio, region.boundingRect()
        logical = QRectF(rect.left() / ratio, rect.top() / ratio, rect.width() / ratio, rect.height() / ratio)
        self._waiting = self._waiting.united(logical.toAlignedRect().adjusted(-1, -1, 1, 1))
        self.update(self._waiting)

    # Session

    def _open(self) -> None:
        shot = self.session.shot
        if shot is None:
            let_go(self._surface, self._levels)
            self._surface, self._levels, self._shown_data = None, {}, None
            self._loader.cancel()
        else:
            self._follow(shot)
        self.update()

    def _follow(self, shot: Shot) -> None:
        """Show this shot's label map and picture."""
        # OpenCV comes in here: the window shows before it is loaded.
        from desktop.ui.canvas.surface import Surface

        if self._surface is None:
            self._surface = Surface(shot.label_map)
        else:
            let_go(self._surface.labels)
            self._surface.show(shot.label_map)
        if (self.navigation.width, self.navigation.height) != (shot.image.width, shot.image.height):
            self.navigation.set_picture(shot.image.width, shot.image.height)
        self._resized()
        if shot.image.data is not self._shown_data:
            let_go(self._levels, self._shown_data)
            self._shown_data = shot.image.data
            self._levels = {}
            self.picture_replaced()
            if shot.image.data:
                self._loader.load(shot.image)
        else:
            self._surface.set_levels(self._levels)
        self._anchors_stale = True
        self._areas_changed()
        self._history_changed()
        self.fit()

    def _picture_changed(self) -> None:
        shot, surface = self.session.shot, self._surface
        if shot is None:
            return
        if surface is None or surface.labels is not shot.label_map or shot.image.data is not self._shown_data:
            self._follow(shot)
        self.update()

    def _labels_changed(self, box: Box) -> None:
        self._anchors_stale = True
        if self._surface is None:
            return
        dirty = self._surface.labels_changed(box, self.navigation.zoom, self.session.changed_parts)
        self._update_screen(dirty)
        if dirty.intersect(self.navigation.visible).empty:
            self._refine_soon()  # no paint will do it

    def _areas_changed(self) -> None:
        shot = self.session.shot
        if shot is not None and self._surface is not None:
            from desktop.ui.canvas.overlay import table

            self._surface.set_table(table(self._areas_shown(shot), self.look))
        self.update()

    def _areas_shown(self, shot: Shot) -> tuple[MotionArea, ...]:
        return () if self.areas_hidden() else shot.areas

    def _path_changed(self, _label: int) -> None:
        self.update()

    def _history_changed(self) -> None:
        """Badges follow at the end of a stroke, not during it."""
        if not self.session.in_gesture:
            self.place_badges()

    def place_badges(self) -> None:
        """Put the badges where the areas are now: what is shown of a gesture is whole, as a preview is."""
        if self._anchors_stale and self._surface is not None:
            self._anchors_stale = False
            before, self._anchors = self._anchors, self._surface.anchors()
            self._update_badges(before)

    def _update_badges(self, before: Mapping[int, tuple[float, float]]) -> None:
        """Paint again where the badges stood that moved, came or went, and where they stand now."""
        shot = self.session.shot
        if shot is None or self.areas_hidden():
            return
        old, new = (
            badge_places(self.navigation, shot.areas, anchors, self.ratio)
            for anchors in (before, self._anchors)
        )
        moved = [label for label in old.keys() | new.keys() if old.get(label) != new.get(label)]
        region = QRegion()
        for place in (places[label] for places in (old, new) for label in moved if label in places):
            region += place
        self._update_device(region)

    def _active_changed(self, _label: int) -> None:
        self.update()

    # Inside

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._resized()
        super().resizeEvent(event)

    def _resized(self) -> None:
        ratio = self.ratio
        wide, high = math.ceil(self.width() * ratio), math.ceil(self.height() * ratio)
        self.navigation.resize(wide, high, self._margins)
        self._moved()

    def _moved(self) -> None:
        """Another part of the picture is in sight."""
        self.update()
        self.zoom_changed.emit(self.navigation.zoom)
        self.view_changed.emit()
