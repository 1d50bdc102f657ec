"""The fixes that rules offer: each turns a shot into one that no longer breaks the rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from desktop.core.areas import MotionArea
from desktop.core.conventions import Conventions
from desktop.core.fitting import crop_to_aspect
from desktop.core.geometry import Box, Point
from desktop.core.label_map import bounds_of
from desktop.core.models import Model
from desktop.core.parameters import spec
from desktop.core.rules import UNSENDABLE, Problem, nearest_duration
from desktop.core.shot import Shot, SourceImage
from desktop.core.trajectory import Trajectory


def apply(shot: Shot, problem: Problem, model: Model, conventions: Conventions) -> Shot:
    """The shot with the problem's fix carried out. Raises ValueError when the problem has none."""
    if problem.fix is None:
        raise ValueError(f"the problem {problem.code} has no fix")
    parameters, where = shot.parameters, problem.where
    match problem.fix.code:
        case "crop":
            return _with_picture(
                shot,
                where,
                lambda image: replace(image, crop=crop_to_aspect(image.frame, conventions.max_aspect)),
            )
        case "enlarge":
            return _with_picture(shot, where, lambda image: replace(image, enlarge=True))
        case "drop-end-frame":
            return replace(shot, end_frame=None)
        case "shorten":
            limit = int(spec(where).maximum)
            return _with_text(shot, where, lambda text: text.strip()[:limit].rstrip())
        case "clean":
            return _with_text(shot, where, lambda text: UNSENDABLE.sub("", text))
        case "clamp-guidance":
            value = parameters.cfg_scale
            clamped = min(max(value, 0.0), 1.0) if value == value else 0.5
            return replace(shot, parameters=replace(parameters, cfg_scale=clamped))
        case "nearest-duration":
            return replace(
                shot, parameters=replace(parameters, duration=nearest_duration(parameters.duration, model))
            )
        case "mask-duration":
            return replace(shot, parameters=replace(parameters, duration=conventions.mask_durations[0]))
        case "drop-webhook":
            return replace(shot, parameters=replace(parameters, webhook_url=""))
        case "remove-area":
            return _without(shot, where)
        case "automatic-count":
            return _with_path(shot, where, lambda path, _: replace(path, count=None))
        case "move-path":
            return _with_path(shot, where, lambda path, label: _started_inside(path, shot, label))
        case unknown:
            raise ValueError(f"there is no fix {unknown}")


def _with_text(shot: Shot, where: str, change: Callable[[str], str]) -> Shot:
    parameters = shot.parameters
    if where == "negative_prompt":
        changed = replace(parameters, negative_prompt=change(parameters.negative_prompt))
    else:
        changed = replace(parameters, prompt=change(parameters.prompt))
    return replace(shot, parameters=changed)


def _with_picture(shot: Shot, where: str, change: Callable[[SourceImage], SourceImage]) -> Shot:
    if where == "end_frame" and shot.end_frame is not None:
        return replace(shot, end_frame=change(shot.end_frame))
    return replace(shot, image=change(shot.image))


def _area(shot: Shot, where: str) -> MotionArea | None:
    """The area that ``area:N`` names; None when it is gone by now."""
    number = int(where.partition(":")[2])
    return next((area for area in shot.areas if area.number == number), None)


def _without(shot: Shot, where: str) -> Shot:
    """The shot without an area and without its pixels."""
    area = _area(shot, where)
    if area is None:
        return shot
    remaining = np.where(shot.label_map == area.label, np.uint8(0), shot.label_map)
    return replace(shot.without_area(area.label), label_map=remaining)


def _with_path(shot: Shot, where: str, change: Callable[[Trajectory, int], Trajectory]) -> Shot:
    area = _area(shot, where)
    if area is None or area.trajectory is None:
        return shot
    return shot.with_area(replace(area, trajectory=change(area.trajectory, area.label)))


def _started_inside(path: Trajectory, shot: Shot, label: int) -> Trajectory:
    """The path shifted so that it starts on the area's pixel in the frame nearest to its centre of gravity."""
    inside = shot.image.frame
    painted = bounds_of(shot.label_map[inside.slices], label)
    if painted.empty:
        return path
    frame = Box(
        inside.left + painted.left,
        inside.top + painted.top,
        inside.left + painted.right,
        inside.top + painted.bottom,
    )
    mask = shot.label_map[frame.slices] == label
    in_rows, in_columns = mask.sum(axis=1), mask.sum(axis=0)
    total = int(in_rows.sum())
    middle_row = float(in_rows @ np.arange(mask.shape[0])) / total
    middle_column = float(in_columns @ np.arange(mask.shape[1])) / total

    def nearest_in(row: int) -> tuple[float, int, int]:
        columns = np.flatnonzero(mask[row])
        column = int(columns[np.abs(columns - middle_column).argmin()])
        return (row - middle_row) ** 2 + (column - middle_column) ** 2, row, column

    _, row, column = min(nearest_in(int(row)) for row in np.flatnonzero(in_rows))
    start = Point(frame.left + column + 0.5, frame.top + row + 0.5)
    return path.moved(start.x - path.nodes[0].x, start.y - path.nodes[0].y)
