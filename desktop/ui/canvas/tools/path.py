"""The path tool: draws where an area goes, freehand or point by point, and edits it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF, QRegion

from desktop.core import edits
from desktop.core.geometry import Point, distance
from desktop.core.nodes import delete_node, insert_node, move_node, nearest, nearest_span
from desktop.core.trajectory import Trajectory, from_freehand
from desktop.ui.canvas.path_items import LINE_REACH, NODE_REACH, color_of, draw_label, draw_node
from desktop.ui.canvas.tools.base import (
    CLICK_REACH,
    DRAFT_KEYS,
    Hints,
    Pointer,
    Stage,
    Tool,
    draft_key,
    padded,
    twofold,
)
from desktop.ui.canvas.tools.modes import area_title
from desktop.ui.theme import area_color

_SMOOTHING = 2.5
"""Logical pixels of jitter that are taken out of a freehand line."""

_DELETE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class PathTool(Tool):
    """Only the chosen area's path can be grabbed.

    Drag on free ground: a new path by hand. Clicks: one point each; Enter or a double click ends it, Backspace takes
    a point back. On the path: drag a node, click the line for a new one, Alt-click or Delete removes one.
    """

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._pressed: Pointer | None = None
        self._freehand: list[Point] = []
        self._draft: list[Point] = []
        self._dragged: int | None = None
        self._selected: int | None = None

    @property
    def busy(self) -> bool:
        return self._pressed is not None or bool(self._draft) or self._dragged is not None

    @property
    def trajectory(self) -> Trajectory | None:
        """The chosen area's path, unless the area is hidden."""
        shot = self.session.shot
        area = None if shot is None else shot.area(self.session.active_label)
        return None if area is None or area.hidden else area.trajectory

    # Pointer

    def press(self, pointer: Pointer) -> None:
        self.pointer = pointer
        if pointer.right or not self._may_edit():
            return
        path = self.trajectory
        if path is not None and not self._draft and self._grab(path, pointer):
            return
        self._pressed = pointer
        self._freehand = [pointer.at]

    def move(self, pointer: Pointer) -> None:
        self.pointer = pointer
        path = self.trajectory
        if self._dragged is not None and path is not None:
            self._show(move_node(path, self._dragged, self._inside(pointer.at)))
        elif self._pressed is not None and not self._draft and pointer.at != self._freehand[-1]:
            self._freehand.append(self._inside(pointer.at))

    def release(self, pointer: Pointer) -> None:
        self.pointer = pointer
        if self._dragged is not None:
            self._dragged = None
            self.session.commit_gesture()
            return
        start, self._pressed = self._pressed, None
        if start is None:
            return
        freehand, self._freehand = self._freehand, []
        if not self._draft and self._is_drag(start, freehand):
            tolerance = _SMOOTHING * self.stage.ratio / self.stage.navigation.zoom
            self._replace(from_freehand(freehand, tolerance))
            return
        self._draft.append(self._inside(start.at))
        self.stage.tell_hints()

    def double(self, pointer: Pointer) -> None:
        if len(self._draft) >= 2:
            self._finish()
        else:
            self.press(pointer)

    def wants(self, key: int) -> bool:
        if self._draft:
            return key in DRAFT_KEYS
        return key in _DELETE and self._node_to_delete() is not None

    def key(self, key: int) -> bool:
        if not self.wants(key):
            return False
        if self._draft:
            return draft_key(key, self._finish, self.undo)
        index = self._node_to_delete()
        if index is not None and self._may_edit():
            self._delete(index)
        return True

    def cancel(self) -> None:
        if self._dragged is not None:
            self.session.abort_gesture()
        self.forget()
        self.stage.tell_hints()

    def leave(self) -> None:
        """A drag ends; points that are clicked wait."""
        if self._draft:
            self._pressed = None
        else:
            self.cancel()

    @property
    def undo_title(self) -> str:
        if self._draft:
            return "the last point"
        return "the drag" if self.busy else ""

    def undo(self) -> None:
        if self._draft:
            self._draft.pop()
            self.stage.tell_hints()
        else:
            self.cancel()

    def forget(self) -> None:
        self._pressed = self._dragged = None
        self._freehand, self._draft = [], []

    # Drawing

    def draw(self, painter: QPainter) -> None:
        ratio = self.stage.ratio
        line = self._line()
        if len(line) >= 2:
            for pen in twofold(painter, ratio):
                painter.setPen(pen)
                painter.drawPolyline(QPolygonF(line))
        shot = self.session.shot
        area = None if shot is None else shot.area(self.session.active_label)
        color = QColor(area_color(self.session.active_label)) if area is None else color_of(area)
        for point in self._draft:
            draw_node(painter, self._view(point), color, 3.6 * ratio, ratio)
        path = self.trajectory
        if path is None or self._draft or self.pointer is None or len(line) >= 2:
            return
        index = self._dragged if self._dragged is not None else self._node_at(path, self.pointer)
        if index is not None:
            draw_node(painter, self._view(path.nodes[index]), color, 6.2 * ratio, ratio)
        text = self.place_text()
        if text:
            draw_label(painter, QPointF(self.pointer.x, self.pointer.y), text, ratio)

    def region(self) -> QRegion:
        ratio = self.stage.ratio
        region = QRegion()
        line = self._line()
        if line:
            region += padded(QPolygonF(line).boundingRect(), 8 * ratio)
        if self.pointer is not None and self.trajectory is not None:
            region += padded(QRectF(self.pointer.x, self.pointer.y, 220 * ratio, 30 * ratio), 16 * ratio)
        return region

    def hints(self) -> Hints:
        if self._draft:
            return [
                ("Click", "next point"),
                ("Enter", "end"),
                ("Backspace", "take one back"),
                ("Esc", "drop it"),
            ]
        hints = [("Drag", f"draw the path of {area_title(self.session)}"), ("Click", "point by point")]
        if self.trajectory is not None:
            hints += [("On the path", "add or drag a point"), ("Alt click", "remove one")]
        return hints

    # Inside

    def _may_edit(self) -> bool:
        session, shot = self.session, self.session.shot
        if shot is None:
            return False
        label = session.active_label
        area = shot.area(label)
        if label == edits.label_of(0):
            session.notice.emit("What holds still has no path; choose an area 1 to 6.")
            return False
        if area is not None and area.locked:
            session.notice.emit(f"{area.title} is locked; unlock it to change it.")
            return False
        return True

    def _grab(self, path: Trajectory, pointer: Pointer) -> bool:
        """Take hold of a node, or of the line by a new node; Alt removes a node. False on free ground."""
        index = self._node_at(path, pointer)
        if index is not None:
            self._selected = index
            if pointer.alt:
                self._delete(index)
            else:
                self.session.begin_gesture("Move a path point")
                self._dragged = index
            return True
        reach = LINE_REACH * self.stage.ratio / self.stage.navigation.zoom
        index, off = nearest_span(path, pointer.at)
        if off > reach or pointer.alt:
            return False
        self.session.begin_gesture("Insert a path point")
        self._show(insert_node(path, index, self._inside(pointer.at)))
        self._dragged = self._selected = index
        return True

    def _node_at(self, path: Trajectory, pointer: Pointer) -> int | None:
        index, off = nearest(path.nodes, pointer.at)
        return index if off <= NODE_REACH * self.stage.ratio / self.stage.navigation.zoom else None

    def _node_to_delete(self) -> int | None:
        """The node under the pointer, else the one that was grabbed last."""
        path = self.trajectory
        if path is None or self._dragged is not None:
            return None
        under = None if self.pointer is None else self._node_at(path, self.pointer)
        if under is not None:
            return under
        return self._selected if self._selected is not None and self._selected < len(path.nodes) else None

    def _delete(self, index: int) -> None:
        path, shot = self.trajectory, self.session.shot
        if path is not None and shot is not None:
            left = delete_node(path, index)
            self._selected = None
            self.session.edit(
                "Remove a path point", edits.set_trajectory(shot, self.session.active_label, left)
            )

    def _show(self, path: Trajectory) -> None:
        shot = self.session.shot
        if shot is not None:
            self.session.preview(edits.set_trajectory(shot, self.session.active_label, path))

    def _finish(self) -> None:
        draft, self._draft = self._draft, []
        if len(set(draft)) >= 2:
            self._replace(Trajectory(tuple(draft)))
        self.stage.tell_hints()

    def _replace(self, path: Trajectory) -> None:
        """Give the chosen area this path; the area comes into being when it has none of its pixels yet."""
        session = self.session
        if len(set(path.nodes)) < 2 or not session.begin_gesture(f"Path of {area_title(session)}"):
            return
        if session.ready_to_paint(session.active_label):
            self._show(path)
        self._selected = None
        session.commit_gesture()
        self.stage.tell_hints()

    def _is_drag(self, start: Pointer, samples: list[Point]) -> bool:
        reach = CLICK_REACH * self.stage.ratio / self.stage.navigation.zoom
        return any(distance(start.at, p) > reach for p in samples)

    def _inside(self, p: Point) -> Point:
        """The nearest place on the picture."""
        within = self.within
        return Point(min(max(p.x, 0.0), float(within.right)), min(max(p.y, 0.0), float(within.bottom)))

    def _view(self, p: Point) -> QPointF:
        return QPointF(*self.stage.navigation.to_view(p))

    def _line(self) -> list[QPointF]:
        """What is being drawn, on screen."""
        if self._draft:
            drawn = [self._view(p) for p in Trajectory(tuple(self._draft)).curve]
            ahead = [] if self.pointer is None else [QPointF(self.pointer.x, self.pointer.y)]
            return drawn + ahead
        return [self._view(p) for p in self._freehand]

    def place_text(self) -> str:
        """Which sent point is under the pointer, and when in the video it is reached; empty when none is."""
        shot, path, pointer = self.session.shot, self.trajectory, self.pointer
        points = () if path is None else path.points()
        if shot is None or path is None or pointer is None or not points:
            return ""
        index, off = nearest(points, pointer.at)
        reach = 2 * NODE_REACH * self.stage.ratio / self.stage.navigation.zoom
        spacing = distance(points[0], points[1]) / 2
        _, from_line = nearest_span(path, pointer.at)
        if self._dragged is None and (from_line > reach or off > max(reach, spacing * 1.05)):
            return ""
        seconds = shot.parameters.duration * index / (len(points) - 1)
        return f"point {index + 1} of {len(points)} · {seconds:.2f} s"
