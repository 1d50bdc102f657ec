"""Where the parts of a job's row lie: one plan for painting it and for finding what was hit."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from desktop.core.job import Job, JobState
from desktop.jobs.commands import Action, actions_for
from desktop.ui.controls.paint import text_width
from desktop.ui.jobs import words
from desktop.ui.jobs.posters import HEIGHT, WIDTH
from desktop.ui.theme import SMALL, SPACE, font

ROW_HEIGHT = 50
MORE = "more"
"""What is hit by the three dots: all actions, in a menu."""

_GLYPH = 28
_PILL = 24
_ACTIONS = 26 * SPACE
_BADGES = 31 * SPACE
_NARROW = 560

_IN_ROW = (Action.STOP_WAITING, Action.SHOW_FOLDER, Action.OPEN)


@dataclass(frozen=True, slots=True)
class Spot:
    """Something to press in a row: an `Action` or ``MORE``; ``link`` is its word, empty for an icon."""

    name: str
    area: QRectF
    link: str = ""


@dataclass(frozen=True, slots=True)
class RowPlan:
    """The parts of a row in the coordinates of the list, in logical pixels. ``simulator`` and ``track`` may be null."""

    poster: QRectF
    name: QRectF
    subtitle: QRectF
    track: QRectF
    badge: QRectF
    simulator: QRectF
    spots: tuple[Spot, ...]
    more: Spot

    def hit(self, point: QPointF) -> Spot | None:
        """What there is to press at ``point``."""
        for spot in (*self.spots, self.more):
            if spot.area.contains(point):
                return spot
        return None


def fitting(job: Job, take_is_here: bool = True) -> tuple[Action, ...]:
    """The actions the window offers. Without the list of attempts nothing is offered that might send twice."""
    return actions_for(job, has_attempts=False, take_is_here=take_is_here)


def plan(rect: QRectF, job: Job, badge: str) -> RowPlan:
    """The parts of the row in ``rect``; ``badge`` is the text of its pill."""
    inner = rect.adjusted(2 * SPACE, 0, -2 * SPACE, 0)
    middle = inner.center().y()
    poster = QRectF(inner.left(), middle - HEIGHT / 2, WIDTH, HEIGHT)
    spots, left = _spots(inner, job)
    more = Spot(MORE, QRectF(left - _GLYPH, middle - _GLYPH / 2, _GLYPH, _GLYPH))
    end = inner.right() - _ACTIONS - SPACE
    pill = text_width(badge, font(SMALL)) + 5 * SPACE
    badge_area = QRectF(end - pill, middle - _PILL / 2, pill, _PILL)
    simulator = QRectF()
    if not words.charges(job) and rect.width() >= _NARROW:
        room = text_width("Simulator", font(SMALL)) + 5 * SPACE
        simulator = QRectF(badge_area.left() - 2 * SPACE - room, badge_area.top(), room, _PILL)
    start = poster.right() + 3 * SPACE
    moving = job.state in (JobState.SUBMITTING, JobState.DOWNLOADING)
    # While something moves the badge's width changes: the line beside it ends where no badge reaches.
    free = end - _BADGES if moving and rect.width() >= _NARROW else badge_area.left()
    free = min(free, simulator.left() if simulator.isValid() else free) - 3 * SPACE
    if moving and simulator.isValid():
        free = min(free, end - _BADGES - simulator.width() - 5 * SPACE)
    width = max(free - start, 0.0)
    top = rect.top()
    return RowPlan(
        poster=poster,
        name=QRectF(start, top + 7, width, 18),
        subtitle=QRectF(start, top + 24, width, 16),
        track=QRectF(start, top + 43, width, 3) if moving else QRectF(),
        badge=badge_area,
        simulator=simulator,
        spots=spots,
        more=more,
    )


def _spots(inner: QRectF, job: Job) -> tuple[tuple[Spot, ...], float]:
    """What stands at the right end, and where it begins: one word that leads on, or a few icons."""
    offered = fitting(job)
    link = words.action_words(offered[0], job).link
    middle, right = inner.center().y(), inner.right()
    if link:
        width = text_width(link, font(bold=True)) + 1
        area = QRectF(right - width, middle - 11, width, 22)
        return (Spot(offered[0], area, link),), right - width - SPACE
    spots: list[Spot] = []
    edge = right + (_GLYPH - 16) / 2  # the picture of the last icon ends where the row's content ends
    for action in (action for action in _IN_ROW if action in offered):
        edge -= _GLYPH
        spots.append(Spot(action, QRectF(edge, middle - _GLYPH / 2, _GLYPH, _GLYPH)))
    return tuple(spots), edge
