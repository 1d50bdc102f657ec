"""Takes as cards: made once for each job, and what a receipt says read when a take is looked at."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

from desktop.core.job import Job
from desktop.ui.player.card import TakeCard


class TakeCards:
    """The cards of jobs that are done, kept from one asking to the next."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Job, str, TakeCard]] = {}

    def card(self, job: Job, shot_id: str) -> TakeCard:
        """A job's card, without what its receipt says. ``shot_id`` is the open shot's, empty for none."""
        return self._of(job, shot_id, time.strftime("%Y-%m-%d"))

    def of(self, jobs: Iterable[Job], shot_id: str) -> list[TakeCard]:
        """The cards of these jobs, newest first."""
        today = time.strftime("%Y-%m-%d")
        ordered = sorted(jobs, key=lambda job: -(job.completed or job.changed))
        cards = [self._of(job, shot_id, today) for job in ordered]
        number = sum(card.of_this_shot for card in cards)
        for index, card in enumerate(cards):
            if card.of_this_shot:
                if card.number != number:
                    cards[index] = replace(card, number=number)
                    self.keep(cards[index])
                number -= 1
        return cards

    def _of(self, job: Job, shot_id: str, today: str) -> TakeCard:
        kept = self._kept.get(job.id)
        if kept is None or kept[0] is not job or kept[1] != today:
            kept = job, today, _card(job, today)
            self._kept[job.id] = kept
        card = kept[2]
        own = bool(shot_id) and job.shot_id == shot_id
        if card.of_this_shot is not own:
            card = replace(card, of_this_shot=own, number=0)
            self._kept[job.id] = job, today, card
        return card

    def keep(self, card: TakeCard) -> None:
        """Show this card for its job from now on."""
        kept = self._kept.get(card.key)
        if kept is not None:
            self._kept[card.key] = kept[0], kept[1], card


def with_receipt(card: TakeCard) -> TakeCard:
    """The card with what the take's receipt says; reads a file."""
    facts, lines = _read(card.video.parent)
    return replace(card, facts=(*facts, *card.facts), receipt_lines=tuple(lines))


def _card(job: Job, today: str) -> TakeCard:
    folder = Path(job.take)
    moment = time.localtime(job.completed or job.changed)
    day, hour = time.strftime("%Y-%m-%d", moment), time.strftime("%H:%M", moment)
    money = "nothing" if not job.estimate else f"{job.estimate:.2f} {job.currency}"
    facts = [("Estimate", money)]
    if job.submitted and job.completed:
        spent = round(job.completed - job.submitted)
        facts.append(("Made", f"in {spent // 60} min {spent % 60} s" if spent >= 60 else f"in {spent} s"))
    return TakeCard(
        key=job.id,
        name=job.shot_name,
        when=f"{_DAYS.get(_days_between(day, today), day)} {hour}",
        seconds=job.request.duration,
        video=folder / "video.mp4",
        poster=folder / "poster.jpg",
        of_this_shot=False,
        facts=tuple(facts),
        receipt=f"task {job.task_id[:8]}…",
    )


_DAYS = {0: "today", 1: "yesterday"}


def _days_between(day: str, today: str) -> int:
    """Days of the calendar from ``day`` to ``today``, both as 2026-11-25."""
    return (date.fromisoformat(today) - date.fromisoformat(day)).days


def _codec(name: str) -> str:
    """A codec as people write it."""
    return {"h264": "H.264", "hevc": "H.265", "av1": "AV1", "vp9": "VP9"}.get(name.lower(), name)


def _read(folder: Path) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Lines about a take from its receipt; a take without one has none."""
    try:
        record = json.loads((folder / "receipt.json").read_bytes())
        video = record["video"]
        facts = [
            (
                "Video",
                f"{video['width']} × {video['height']} · {video['fps']:g} fps · {_codec(video['codec'])}",
            ),
            ("Size", f"{video['size'] / 1e6:.0f} MB · {video['duration']:.2f} s"),
        ]
        lines = [
            ("Task", str(record["task_id"])),
            ("Service", str(record["service"])),
            ("Model", str(record["model"])),
            ("Request", str(record["body_sha256"])[:16]),
            ("Video", str(video["sha256"])[:16]),
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return [], []
    return facts, lines
