"""The receipt: what was sent, when, with which ids, hashes and price estimate. Never the key."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any

from desktop.core.errors import StoreError
from desktop.core.job import Attempt, Job
from desktop.core.request import to_record

FORMAT, VERSION = "kinebrush-receipt", 1


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What the file itself says. ``duration`` in seconds, ``size`` in bytes, SHA-256 in hex."""

    sha256: str
    size: int
    width: int
    height: int
    fps: float
    frames: int
    duration: float
    codec: str = ""


@dataclass(frozen=True, slots=True)
class AttemptNote:
    """One attempt to create, as `desktop.core.job.Attempt` tells it; times in unix seconds."""

    number: int
    started: float
    finished: float | None
    outcome: str
    bytes_sent: int
    body_sha256: str
    http_status: int | None
    task_id: str
    request_id: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """One paid (or free) result. Times are unix seconds (UTC); ``asset_sha256`` lists assets in the order sent."""

    job_id: str
    task_id: str
    shot_id: str
    shot_name: str
    shot_sha256: str
    service: str
    model: str
    request: Mapping[str, Any]
    asset_sha256: tuple[str, ...]
    body_sha256: str
    attempts: tuple[AttemptNote, ...]
    created: float
    submitted: float | None
    completed: float | None
    downloaded: float
    estimate: float | None
    currency: str
    price_dated: str
    video: VideoFacts
    program: str


def make_receipt(
    job: Job, attempts: Iterable[Attempt], video: VideoFacts, *, downloaded: float, program: str
) -> Receipt:
    """The receipt of a job whose video has come. ``program`` is name and version, like ``Kinebrush 0.1``."""
    listed = tuple(attempts)
    body = next((a.body_sha256 for a in reversed(listed) if a.task_id and a.task_id == job.task_id), "")
    return Receipt(
        job_id=job.id,
        task_id=job.task_id,
        shot_id=job.shot_id,
        shot_name=job.shot_name,
        shot_sha256=job.shot_sha256,
        service=job.service,
        model=job.request.model,
        request=to_record(job.request),
        asset_sha256=tuple(asset.sha256 for asset in job.request.assets),
        body_sha256=body,
        attempts=tuple(
            AttemptNote(
                a.number,
                a.started,
                a.finished,
                str(a.outcome),
                a.bytes_sent,
                a.body_sha256,
                a.http_status,
                a.task_id,
                a.request_id,
            )
            for a in listed
        ),
        created=job.created,
        submitted=job.submitted,
        completed=job.completed,
        downloaded=downloaded,
        estimate=job.estimate,
        currency=job.currency,
        price_dated=job.price_dated,
        video=video,
        program=program,
    )


def receipt_json(receipt: Receipt) -> bytes:
    """The receipt as a JSON file for people and programs; times are given a second time in words (UTC)."""
    times = {
        name: _in_words(getattr(receipt, name))
        for name in ("created", "submitted", "completed", "downloaded")
    }
    record = {"format": FORMAT, "version": VERSION, **asdict(receipt), "utc": times}
    return (json.dumps(record, indent=2, ensure_ascii=True, allow_nan=False) + "\n").encode("ascii")


def read_receipt(data: bytes) -> Receipt:
    """Read `receipt_json` back; unknown entries are left out. Raises StoreError when it is no receipt."""
    try:
        record = json.loads(data)
        if record["format"] != FORMAT:
            raise ValueError("another format")
        if int(record["version"]) > VERSION:
            raise StoreError("This receipt was made by a newer Kinebrush; update this one.")
        values = {field.name: record[field.name] for field in fields(Receipt)}
        values["attempts"] = tuple(_taken(AttemptNote, entry) for entry in record["attempts"])
        values["asset_sha256"] = tuple(str(entry) for entry in record["asset_sha256"])
        values["video"] = _taken(VideoFacts, record["video"])
        return Receipt(**values)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise StoreError("This file is not a receipt of Kinebrush, or it is damaged.", repr(fault)) from fault


def _taken(kind: type[Any], record: Mapping[str, Any]) -> Any:
    """An instance of a dataclass from the entries it knows; one with a default may be missing."""
    return kind(**{field.name: record[field.name] for field in fields(kind) if field.name in record})


def _in_words(time: float | None) -> str | None:
    return None if time is None else datetime.fromtimestamp(time, UTC).isoformat(timespec="seconds")
