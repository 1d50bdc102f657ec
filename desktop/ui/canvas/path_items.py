"""How paths and number badges look on the picture. All drawing is in device pixels of the view."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QPolygonF

from desktop.core.areas import MotionArea
from desktop.core.geometry import Point, distance
from desktop.core.trajectory import Trajectory
from desktop.ui.canvas.navigation import Navigation
from desktop.ui.theme import SMALL, TEXT, area_color, current, font, readable_on

NODE_REACH, LINE_REACH = 9.0, 7.0
"""Logical pixels within which a node or the line is grabbed."""

_HALO = QColor(0, 0, 0, 150)
_ARROW = 21.0
_LEAST_SPACING = 7.0
"""Logical pixels between sent points from which on they are shown."""

_BADGE = 10.5


def color_of(area: MotionArea) -> QColor:
    """The area's own colour, or its label's."""
    return QColor(area.color or area_color(area.number))


def draw_paths(
    painter: QPainter,
    navigation: Navigation,
    areas: Sequence[MotionArea],
    active: int,
    ratio: float,
    bounds: QRect,
) -> None:
    """All paths that touch ``bounds``, the chosen area's last and with its nodes and sent points."""
    shown = [a for a in areas if a.trajectory is not None and not a.hidden]
    for area in sorted(shown, key=lambda a: a.label == active):
        if area.trajectory is not None and _touches(navigation, area.trajectory.nodes, bounds, ratio):
            draw_path(
                painter, navigation, area.trajectory, color_of(area), ratio, chosen=area.label == active
            )


def _touches(navigation: Navigation, nodes: Sequence[Point], bounds: QRect, ratio: float) -> bool:
    """Whether a path may be seen in ``bounds``: a smooth curve leaves the box of its nodes by less than its size."""
    box = QPolygonF([QPointF(*navigation.to_view(p)) for p in nodes]).boundingRect()
    pad = 2 * _ARROW * ratio + max(box.width(), box.height()) / 4
    return box.adjusted(-pad, -pad, pad, pad).intersects(QRectF(bounds))


def draw_path(
    painter: QPainter, navigation: Navigation, path: Trajectory, color: QColor, ratio: float, *, chosen: bool
) -> None:
    """One path: a line with a dark rim, a dot where it starts, an arrow head where it ends."""
    line = [QPointF(*navigation.to_view(p)) for p in path.curve]
    if len(line) < 2:
        return
    width = (3.0 if chosen else 2.2) * ratio
    head, base = _arrow(line, _ARROW * ratio * (1.0 if chosen else 0.8))
    shaft = QPolygonF(_shortened(line, base))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (QPen(_HALO, width + 2.4 * ratio), QPen(color, width)):
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawPolyline(shaft)
    painter.setPen(QPen(_HALO, 1.2 * ratio))
    painter.setBrush(color)
    painter.drawPolygon(head)
    if chosen:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(255, 255, 255, 215))
        for p in _sent_points(path, navigation.zoom / ratio):
            painter.drawEllipse(QPointF(*navigation.to_view(p)), 1.3 * ratio, 1.3 * ratio)
        for p in path.nodes[1:-1]:
            draw_node(painter, QPointF(*navigation.to_view(p)), color, 3.6 * ratio, ratio)
    draw_node(painter, line[0], color, (5.2 if chosen else 4.2) * ratio, ratio)


def draw_node(painter: QPainter, at: QPointF, color: QColor, radius: float, ratio: float) -> None:
    """A white disc with a rim of the area's colour."""
    painter.setPen(QPen(_HALO, 3.6 * ratio))
    painter.setBrush(QColor("#ffffff"))
    painter.drawEllipse(at, radius, radius)
    painter.setPen(QPen(color, 1.8 * ratio))
    painter.drawEllipse(at, radius, radius)


def badge_places(
    navigation: Navigation,
    areas: Sequence[MotionArea],
    anchors: Mapping[int, tuple[float, float]],
    ratio: float,
) -> dict[int, QRect]:
    """Where the numbers of the areas are drawn, by label: each beside the start of its path where the two would
    meet."""
    places = {}
    half = _half_badge(ratio)
    for area in areas:
        place = anchors.get(area.label)
        if place is None or area.hidden:
            continue
        at = QPointF(*navigation.to_view(Point(*place)))
        if area.trajectory is not None:
            start = QPointF(*navigation.to_view(area.trajectory.nodes[0]))
            if math.hypot(start.x() - at.x(), start.y() - at.y()) < 24 * ratio:
                leaves_left = area.trajectory.nodes[1].x < area.trajectory.nodes[0].x
                at = start + QPointF((26 if leaves_left else -26) * ratio, 0)
        places[area.label] = QRect(round(at.x()) - half, round(at.y()) - half, 2 * half, 2 * half)
    return places


def draw_badges(
    painter: QPainter,
    navigation: Navigation,
    areas: Sequence[MotionArea],
    anchors: Mapping[int, tuple[float, float]],
    active: int,
    ratio: float,
    bounds: QRect,
) -> None:
    """The numbers of the areas that touch ``bounds``."""
    places = badge_places(navigation, areas, anchors, ratio)
    for area in areas:
        place = places.get(area.label)
        if place is not None and place.intersects(bounds):
            draw_badge(painter, place.topLeft(), area, ratio, chosen=area.label == active)


def draw_badge(painter: QPainter, at: QPoint, area: MotionArea, ratio: float, *, chosen: bool) -> None:
    """The area's number in a disc of its colour, with a light ring when it is the chosen one; ``at`` is the corner of
    its place."""
    painter.drawImage(at, _badge(area.number, color_of(area).name(), ratio, chosen))


def _half_badge(ratio: float) -> int:
    return math.ceil(_BADGE * ratio + 2 * ratio)


@lru_cache(maxsize=64)
def _badge(number: int, color: str, ratio: float, chosen: bool) -> QImage:
    """A badge as an image: text takes many times as long to draw as to copy."""
    radius = _BADGE * ratio
    half = _half_badge(ratio)
    image = QImage(2 * half, 2 * half, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rim = QColor(255, 255, 255, 235) if chosen else QColor(0, 0, 0, 110)
        painter.setPen(QPen(rim, (1.6 if chosen else 1.0) * ratio))
        painter.setBrush(QBrush(QColor(color)))
        painter.drawEllipse(QPointF(half, half), radius, radius)
        face = font(TEXT, bold=True)
        face.setPixelSize(round(12 * ratio))
        painter.setFont(face)
        painter.setPen(QColor(readable_on(color)))
        painter.drawText(
            QRectF(half - radius, half - radius, 2 * radius, 2 * radius),
            Qt.AlignmentFlag.AlignCenter,
            str(number),
        )
    return image


def label_rect(painter: QPainter, at: QPointF, text: str, ratio: float) -> QRectF:
    """Where `draw_label` puts a text beside a place."""
    face = font(SMALL)
    face.setPixelSize(round(SMALL * ratio))
    painter.setFont(face)
    width = painter.fontMetrics().horizontalAdvance(text) + 14 * ratio
    return QRectF(at.x() + 14 * ratio, at.y() + 14 * ratio, width, 20 * ratio)


def draw_label(painter: QPainter, at: QPointF, text: str, ratio: float) -> None:
    """A small text on a raised plate beside a place."""
    rect = label_rect(painter, at, text, ratio)
    tokens = current()
    painter.setPen(QPen(QColor(tokens.line), ratio))
    painter.setBrush(QColor(tokens.panel))
    painter.drawRoundedRect(rect, 4 * ratio, 4 * ratio)
    painter.setPen(QColor(tokens.text))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)


def _sent_points(path: Trajectory, zoom: float) -> tuple[Point, ...]:
    """The points to send between the two ends, when they stand far enough apart to be told from a line."""
    points = path.points()
    if len(points) < 3 or distance(points[0], points[1]) * zoom < _LEAST_SPACING:
        return ()
    return points[1:-1]


def _arrow(line: Sequence[QPointF], size: float) -> tuple[QPolygonF, float]:
    """The head at the end of a line, and how far from the end its base lies."""
    end = line[-1]
    back, walked = line[-2], 0.0
    for a, b in zip(reversed(line[:-1]), reversed(line[1:]), strict=True):
        back = a
        walked += math.hypot(a.x() - b.x(), a.y() - b.y())
        if walked >= size * 0.8:
            break
    turn = math.atan2(end.y() - back.y(), end.x() - back.x())
    along, across = QPointF(math.cos(turn), math.sin(turn)), QPointF(-math.sin(turn), math.cos(turn))
    base = end - along * size
    return QPolygonF([end, base + across * (size * 0.5), base - across * (size * 0.5)]), size * 0.8


def _shortened(line: Sequence[QPointF], by: float) -> list[QPointF]:
    """The line without its last ``by`` pixels, so that its round end does not reach over the arrow's tip."""
    kept = list(line)
    left = by
    while len(kept) > 2:
        step = math.hypot(kept[-1].x() - kept[-2].x(), kept[-1].y() - kept[-2].y())
        if step > left:
            break
        left -= step
        kept.pop()
    a, b = kept[-2], kept[-1]
    step = math.hypot(b.x() - a.x(), b.y() - a.y())
    if step > 0:
        kept[-1] = b - (b - a) * min(left / step, 0.999)
    return kept
