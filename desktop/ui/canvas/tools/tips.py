"""What each tool does, in a line, with what is most useful to hold or press: for its tooltip."""

from __future__ import annotations

TIPS: dict[str, str] = {
    "brush": "Paints the chosen area. Shift-click: a straight line. Alt-drag: another size.",
    "eraser": "Takes paint away, of any area. Shift-click: a straight line. Alt-drag: another size.",
    "rectangle": "Drag from corner to corner. Shift: a square. Alt: take away.",
    "ellipse": "Drag from corner to corner. Shift: a circle. Alt: take away.",
    "lasso": "Draw around a thing in one drag. Alt: take away. Ctrl: keep what is inside.",
    "polygon": "Click the corners, Enter closes it. Shift: steps of 45°. Alt: take away.",
    "smart": "Drag a box around a thing, mend it by strokes. Alt: this is not part of it. Enter keeps it.",
    "magnet": "Click along an edge, the line follows it. Shift: straight. Alt: take away.",
    "wand": "Click a colour. Alt: take away. Ctrl: keep what is inside.",
    "fill": "Click a place that paint encloses. Alt: take that piece away.",
    "path": "Draw where the area goes. Alt-click: remove a point. Enter ends it.",
    "crop": "Drag the frame, its sides or corners. Enter: crop. Escape: leave it.",
    "align": "Drag all masks until they fit. Corner: scale. Enter: lay them there.",
    "hand": "Drag to move the picture; in any tool, hold Space.",
    "zoom": "Click: closer. Alt-click: away. Drag around a part to see it large.",
}
"""By the name of a tool in `table.TOOLS`."""
