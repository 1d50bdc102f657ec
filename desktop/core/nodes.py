"""The nodes of a path: moved, added, removed, and found under a pointer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from desktop.core.geometry import Point, distance, foot
from desktop.core.trajectory import Trajectory


def move_node(path: Trajectory, index: int, to: Point) -> Trajectory:
    """The path with one node elsewhere."""
    nodes = (*path.nodes[:index], to, *path.nodes[index + 1 :])
    return replace(path, nodes=nodes)


def insert_node(path: Trajectory, index: int, node: Point) -> Trajectory:
    """The path with one node more, which gets this index."""
    return replace(path, nodes=(*path.nodes[:index], node, *path.nodes[index:]))


def delete_node(path: Trajectory, index: int) -> Trajectory | None:
    """The path without a node; None when fewer than two would be left."""
    nodes = (*path.nodes[:index], *path.nodes[index + 1 :])
    return replace(path, nodes=nodes) if len(nodes) >= 2 else None


def nearest(points: Sequence[Point], at: Point) -> tuple[int, float]:
    """(index, distance in pixels) of the point next to a position. Raises ValueError when there is no point."""
    off, index = min((distance(point, at), index) for index, point in enumerate(points))
    return index, off


def nearest_span(path: Trajectory, at: Point) -> tuple[int, float]:
    """(index a node inserted there would get, distance in pixels) of the drawn line next to a position."""
    curve = path.curve
    best, where, node = float("inf"), 1, 0
    for index in range(len(curve) - 1):
        a, b = curve[index], curve[index + 1]
        if node + 1 < len(path.nodes) and a == path.nodes[node + 1]:
            node += 1
        off = distance(at, foot(at, a, b))
        if off < best:
            best, where = off, node + 1
    return min(where, len(path.nodes) - 1), best
