"""Puts a label map that was worked out in a thread in the place of the open one, in turns too short to be felt."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace

import numpy as np

from desktop.core.edits import Patch
from desktop.core.geometry import Box
from desktop.core.label_map import LabelMap
from desktop.core.shot import Shot
from desktop.core.tiles import TILE
from desktop.ui.session import Session

CHUNK_ROWS, CHUNK_COLUMNS = TILE, 8 * TILE
"""Pixels that are written before the window gets its turn: whole tiles of the history."""


async def write_labels(session: Session, title: str, target: Shot, revision: int) -> bool:
    """Make the open shot equal to ``target`` as one step of undo, if the session still stands at ``revision``.

    The label maps must be of one size. False when something else came first; whatever was written by then is taken
    back.
    """
    shot = session.shot
    if shot is None or session.revision != revision or not session.begin_gesture(title):
        return False
    watch = _Watch(session)
    try:
        session.preview(replace(target, label_map=shot.label_map))
        height, width = target.label_map.shape
        for top, left in itertools.product(range(0, height, CHUNK_ROWS), range(0, width, CHUNK_COLUMNS)):
            box = Box(left, top, min(left + CHUNK_COLUMNS, width), min(top + CHUNK_ROWS, height))
            if _write(session, target.label_map, box):
                session.coverage()  # counted bit by bit, so that the end is no long turn
                await asyncio.sleep(0)
            if watch.taken:
                return False
        session.commit_gesture()
        return True
    finally:
        watch.stop()


def _write(session: Session, target: LabelMap, box: Box) -> bool:
    """Write one chunk; False when it is as it should be already."""
    shot = session.shot
    if shot is None:
        return False
    old, new = shot.label_map[box.slices], target[box.slices]
    differing = old != new
    columns = np.flatnonzero(differing.any(axis=0))
    if columns.size == 0:
        return False
    first, last = int(columns[0]), int(columns[-1]) + 1
    new, differing = new[:, first:last], differing[:, first:last]
    part = Box(box.left + first, box.top, box.left + last, box.bottom)
    found = np.bincount(new[differing], minlength=8)
    for label in np.flatnonzero(found):
        session.paint(Patch(((new == label) & differing).view(np.uint8), part, int(label)))
    return True


class _Watch:
    """Notices that the gesture was ended by somebody else."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.taken = False
        session.gesture_interrupted.connect(self._interrupt)
        session.gesture_taken.connect(self._take)
        session.shot_replaced.connect(self._take)

    def _take(self) -> None:
        self.taken = True

    def _interrupt(self) -> None:
        """Something else begins: half a map is not left behind."""
        self.taken = True
        self._session.abort_gesture()

    def stop(self) -> None:
        self._session.gesture_interrupted.disconnect(self._interrupt)
        self._session.gesture_taken.disconnect(self._take)
        self._session.shot_replaced.disconnect(self._take)
