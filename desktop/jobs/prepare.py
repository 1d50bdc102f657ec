"""From a shot to a job: encode, build the request, check it, freeze it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from desktop.core.areas import STATIC_LABEL
from desktop.core.conventions import Conventions
from desktop.core.errors import KinebrushError
from desktop.core.job import Job
from desktop.core.label_map import counts
from desktop.core.models import Model, model
from desktop.core.request import EncodedShot, Request, build_request
from desktop.core.request_rules import check_request
from desktop.core.rules import Problem, blocking, check_shot
from desktop.core.services import Service
from desktop.core.shot import Shot
from desktop.imaging.encode import encode_shot
from desktop.imaging.masks import indexed_png
from desktop.jobs.price import Estimate, estimate
from desktop.storage.assets import AssetStore
from desktop.storage.settings import Settings
from desktop.storage.shot_file import shot_bytes


class BlockedError(KinebrushError):
    """The shot breaks rules of the service; ``problems`` names them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        stops = blocking(problems)
        more = "" if len(stops) == 1 else f" (and {len(stops) - 1} more)"
        super().__init__(f"{stops[0].text}{more}")
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Prepared:
    """A shot that is ready to be sent, with what it may cost and what was noted on the way."""

    shot: Shot
    service: Service
    request: Request
    encoded: EncodedShot
    estimate: Estimate
    problems: tuple[Problem, ...]


def check(shot: Shot, conventions: Conventions) -> tuple[Problem, ...]:
    """The rules, without encoding anything."""
    return check_shot(shot, model(shot.parameters.model), conventions)


def prepare(shot: Shot, service: Service, conventions: Conventions, settings: Settings) -> Prepared:
    """Encode the shot and build its request. Takes a second or more for large pictures: run it in a thread.

    Raises BlockedError when a rule forbids sending, PictureError or MaskError when something cannot be encoded.
    """
    kind: Model = model(shot.parameters.model)
    problems = check_shot(shot, kind, conventions)
    if blocking(problems):
        raise BlockedError(problems)
    encoded = encode_shot(shot, conventions)
    problems += _vanished(shot, encoded)
    request = build_request(shot, encoded, conventions)
    last = check_request(request, kind)
    if blocking(last):
        raise BlockedError(last)
    expected = estimate(kind, service, request.duration, settings.price_per_second, settings.price_dated)
    return Prepared(shot, service, request, encoded, expected, problems)


def freeze(prepared: Prepared, assets: AssetStore, *, now: float, out_dir: str = "") -> Job:
    """Store every asset and the shot itself by content, and make the job that will send exactly them.

    The job is not in the job store yet; nothing has been sent.
    """
    for encoded in prepared.encoded.assets:
        assets.put(encoded.data)
    shot_sha256 = assets.put(shot_bytes(prepared.shot, indexed_png))
    return Job(
        id=uuid.uuid4().hex,
        shot_id=prepared.shot.id,
        shot_name=prepared.shot.name,
        service=prepared.service.id,
        request=prepared.request,
        created=now,
        changed=now,
        shot_sha256=shot_sha256,
        estimate=prepared.estimate.amount,
        currency=prepared.estimate.currency,
        price_dated=prepared.estimate.dated,
        out_dir=out_dir,
    )


def _vanished(shot: Shot, encoded: EncodedShot) -> tuple[Problem, ...]:
    """Areas too thin to keep a single pixel in the picture as it is scaled to be sent."""
    painted = counts(shot.label_map[shot.image.frame.slices])
    sent = {*encoded.dynamic, *((STATIC_LABEL,) if encoded.static is not None else ())}
    return tuple(
        Problem(
            "area-vanishes",
            "warning",
            f"area:{area.number}",
            f"“{area.title}” is too thin for the picture as it is sent, so it is left out; paint it broader.",
        )
        for area in shot.areas
        if painted[area.label] and area.label not in sent
    )
