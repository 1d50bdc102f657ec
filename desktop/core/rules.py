"""Every rule of the service, as named problems with a field, one sentence and, where one exists, a fix.

The rules and their numbers come from the service's documentation [D], the model's own [K], third-party
clients [C]; what is undocumented [?] is a warning that the user can overrule, or an error in the strict
profile.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlsplit

from desktop.core import label_map
from desktop.core.areas import MotionArea
from desktop.core.conventions import Conventions, Exclusion
from desktop.core.fitting import aspect_allowed, crop_to_aspect, enlarged_size, side_allowed
from desktop.core.geometry import Box, Point, aspect_text, pixel_of
from desktop.core.models import Model
from desktop.core.parameters import Parameters, spec
from desktop.core.request import service_points
from desktop.core.shot import Shot, SourceImage

Severity = Literal["error", "warning", "hint"]

DAMPING_WORDS = ("slowly", "slow", "gentle", "gently", "calm", "calmly", "subtle", "subtly", "softly")
"""Words in a prompt that were measured to cancel the motion of trajectories [C], and their near relatives."""

_DAMPING = re.compile(rf"\b({'|'.join(DAMPING_WORDS)})\b", re.IGNORECASE)
UNSENDABLE = re.compile(r"[\ud800-\udfff\x00]")
"""Lone surrogates and NUL: no JSON reader is sure to take them."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A way out that `desktop.core.fixes.apply` knows; ``label`` is what its button says."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule; ``where`` names the field: a parameter, ``image``, ``end_frame``, ``areas``, ``area:N``.

    An *error* stops the request, a *warning* may be overruled, a *hint* is advice. ``why`` explains at
    length.
    """

    code: str
    severity: Severity
    where: str
    text: str
    fix: Fix | None = None
    why: str = ""


def check_shot(
    shot: Shot, model: Model, conventions: Conventions, painted: Mapping[int, int] | None = None
) -> tuple[Problem, ...]:
    """All problems of a shot, errors first.

    ``painted`` gives the pixels of each label inside the picture's frame when the caller already knows them
    (counting a large map takes a while): what is painted outside a crop is not sent.
    """
    counts = label_map.counts(shot.label_map[shot.image.frame.slices]) if painted is None else painted
    masked = tuple(area for area in shot.areas if counts.get(area.label, 0) > 0)
    found = [
        *_picture(shot.image, "image", "picture", conventions),
        *(_end_frame(shot, conventions) if shot.end_frame is not None else ()),
        *parameter_problems(_stripped(shot.parameters), model),
        *_areas(shot, masked, conventions),
        *_combinations(shot, masked, conventions),
    ]
    order = {"error": 0, "warning": 1, "hint": 2}
    return tuple(sorted(found, key=lambda problem: order[problem.severity]))


def blocking(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """The problems that forbid sending."""
    return tuple(problem for problem in problems if problem.severity == "error")


def _picture(image: SourceImage, where: str, noun: str, conventions: Conventions) -> Iterator[Problem]:
    frame = image.frame
    width, height = frame.width, frame.height
    if not aspect_allowed(width, height, conventions.max_aspect):
        box = crop_to_aspect(frame, conventions.max_aspect)
        yield Problem(
            f"{where}-aspect",
            "error",
            where,
            f"The {noun} is {width} × {height} pixels, an aspect of {aspect_text(width, height)}; "
            f"the service takes 1:{conventions.max_aspect:g} to {conventions.max_aspect:g}:1.",
            Fix("crop", f"Crop to {box.width} × {box.height}"),
        )
    if not side_allowed(width, height, conventions.min_side) and not image.enlarge:
        new = enlarged_size(width, height, conventions.min_side, conventions.max_aspect)
        yield Problem(
            f"{where}-too-small",
            "error",
            where,
            f"The {noun} is {width} × {height} pixels; both sides must have at least {conventions.min_side}.",
            Fix("enlarge", f"Scale up to {new[0]} × {new[1]}"),
        )


def _end_frame(shot: Shot, conventions: Conventions) -> Iterator[Problem]:
    end = shot.end_frame
    if end is None:
        return
    yield from _picture(end, "end_frame", "end frame", conventions)
    ours, theirs = shot.image.frame, end.frame
    if abs(math.log(ours.width * theirs.height / (ours.height * theirs.width))) > 0.02:
        yield Problem(
            "end_frame-other-aspect",
            "warning",
            "end_frame",
            f"The end frame has an aspect of {aspect_text(theirs.width, theirs.height)}, the picture "
            f"{aspect_text(ours.width, ours.height)}; the video may be stretched or cut.",
            Fix("drop-end-frame", "Remove the end frame"),
        )


def parameter_problems(parameters: Parameters, model: Model) -> Iterator[Problem]:
    """What is wrong with parameters as they are sent, without white space around their texts."""
    yield from _texts(parameters)
    yield from _numbers(parameters, model)
    yield from _webhook(parameters.webhook_url)


def _texts(parameters: Parameters) -> Iterator[Problem]:
    for name in ("prompt", "negative_prompt"):
        text: str = getattr(parameters, name)
        row = spec(name)
        if len(text) > row.maximum:
            yield Problem(
                f"{name}-too-long",
                "error",
                name,
                f"The {row.label.lower()} has {len(text)} characters; at most {row.maximum:.0f} are taken.",
                Fix("shorten", f"Cut to {row.maximum:.0f} characters"),
            )
        if UNSENDABLE.search(text):
            yield Problem(
                f"{name}-unsendable",
                "error",
                name,
                f"The {row.label.lower()} holds characters that cannot be sent.",
                Fix("clean", "Remove them"),
            )


def _numbers(parameters: Parameters, model: Model) -> Iterator[Problem]:
    guidance = spec("cfg_scale")
    if not guidance.minimum <= parameters.cfg_scale <= guidance.maximum:
        yield Problem(
            "cfg_scale-range",
            "error",
            "cfg_scale",
            f"Guidance is {parameters.cfg_scale:g}; it must lie between 0 and 1.",
            Fix("clamp-guidance", "Use the nearest value"),
        )
    if parameters.duration not in model.durations:
        nearest = nearest_duration(parameters.duration, model)
        yield Problem(
            "duration-choice",
            "error",
            "duration",
            f"{model.title} makes videos of {_listed(model.durations)} seconds, not {parameters.duration}.",
            Fix("nearest-duration", f"Use {nearest} s"),
        )


def _webhook(url: str) -> Iterator[Problem]:
    longest = spec("webhook_url").maximum
    if len(url) > longest:
        yield Problem(
            "webhook_url-too-long",
            "error",
            "webhook_url",
            f"The webhook has {len(url)} characters; at most {longest:.0f} are sent.",
            Fix("drop-webhook", "Send none"),
        )
    elif url and not _is_web_url(url):
        yield Problem(
            "webhook_url-invalid",
            "error",
            "webhook_url",
            "The webhook must be a full address that begins with https:// or http://.",
            Fix("drop-webhook", "Send none"),
        )


def _areas(shot: Shot, masked: tuple[MotionArea, ...], conventions: Conventions) -> Iterator[Problem]:
    groups = [area for area in masked if not area.static]
    if len(groups) > conventions.max_groups:
        yield Problem(
            "areas-too-many",
            "error",
            "areas",
            f"{len(groups)} moving areas are painted; the service takes {conventions.max_groups}.",
        )
    for area in shot.areas:
        if area in masked:
            if not area.static:
                yield from _path(shot, area, conventions)
        else:
            yield Problem(
                "area-empty",
                "hint",
                f"area:{area.number}",
                f"Nothing is painted in “{area.title}”; it is left out.",
            )


def _path(shot: Shot, area: MotionArea, conventions: Conventions) -> Iterator[Problem]:
    where, trajectory = f"area:{area.number}", area.trajectory
    least, most = conventions.min_points, conventions.max_points
    points = () if trajectory is None else trajectory.points(least=least, most=most)
    if trajectory is None or not points:
        yield Problem(
            "path-missing",
            "error",
            where,
            f"“{area.title}” is painted but has no path; draw where it goes.",
            Fix("remove-area", "Remove the area"),
        )
        return
    if trajectory.count is not None and not least <= trajectory.count <= most:
        yield Problem(
            "path-point-count",
            "error",
            where,
            f"The path of “{area.title}” asks for {trajectory.count} points; {least} to {most} are taken.",
            Fix("automatic-count", "Choose by length"),
        )
    frame = shot.image.frame
    sent = service_points(points, frame, frame.width, frame.height, conventions)
    if len(sent) < least:
        yield Problem(
            "path-too-short",
            "error",
            where,
            f"The path of “{area.title}” stays within one pixel; draw it longer.",
            Fix("remove-area", "Remove the area"),
        )
        return
    if any(not _inside(point, frame) for point in points):
        yield Problem(
            "path-outside",
            "warning",
            where,
            f"The path of “{area.title}” leaves the picture; points outside are moved to its edge.",
            why="The service takes points of the picture only, so the motion ends where the edge is.",
        )
    start = points[0]
    if not _on_area(shot, start, area.label):
        yield Problem(
            "path-starts-elsewhere",
            "hint",
            where,
            f"The path of “{area.title}” starts outside the area it moves.",
            Fix("move-path", "Start it in the area"),
            why="The first point is read as the place the area starts from.",
        )


def _combinations(shot: Shot, masked: tuple[MotionArea, ...], conventions: Conventions) -> Iterator[Problem]:
    parameters = shot.parameters
    if masked and shot.end_frame is not None:
        yield Problem(
            "masks-with-end-frame",
            _severity(conventions.masks_with_end_frame),
            "end_frame",
            "An end frame and painted areas may not be used together.",
            Fix("drop-end-frame", "Remove the end frame"),
            why="Kling documents that its motion brush and the end frame exclude each other; "
            "whether this service refuses the pair, ignores one or honours both is not documented.",
        )
    if masked and parameters.duration not in conventions.mask_durations:
        allowed = conventions.mask_durations[0]
        yield Problem(
            "masks-duration",
            _severity(conventions.other_durations),
            "duration",
            f"Painted areas are documented for {_listed(conventions.mask_durations)} s only, "
            f"not {parameters.duration} s.",
            Fix("mask-duration", f"Use {allowed} s"),
            why="Kling's table ticks the motion brush for 5 s; another host of this model answers 422 at "
            "10 s; what this service does is not documented.",
        )
    damping = _DAMPING.search(parameters.prompt)
    if damping and any(not area.static for area in masked):
        yield Problem(
            "prompt-damps-motion",
            "hint",
            "prompt",
            f"“{damping.group(0)}” may damp the motion of the paths.",
            why="Words like “slowly” and “gentle” in the prompt were measured to cancel the motion "
            "of painted paths.",
        )
    if not masked and not parameters.prompt.strip():
        yield Problem(
            "nothing-asked",
            "warning",
            "prompt",
            "There is no prompt and nothing is painted; the model will choose what moves.",
        )


def _stripped(parameters: Parameters) -> Parameters:
    """The texts as `desktop.core.request.build_request` sends them."""
    return replace(
        parameters,
        prompt=parameters.prompt.strip(),
        negative_prompt=parameters.negative_prompt.strip(),
        webhook_url=parameters.webhook_url.strip(),
    )


def nearest_duration(seconds: int, model: Model) -> int:
    """The offered duration nearest to the wish; the shorter of two equally near."""
    return min(model.durations, key=lambda offered: (abs(offered - seconds), offered))


def _severity(exclusion: Exclusion) -> Severity:
    return "error" if exclusion == "error" else "warning"


def _listed(values: tuple[int, ...]) -> str:
    if len(values) > 2 and values == tuple(range(values[0], values[-1] + 1)):
        return f"{values[0]} to {values[-1]}"
    return " or ".join(str(value) for value in values)


def _inside(point: Point, frame: Box) -> bool:
    return frame.left <= point.x <= frame.right and frame.top <= point.y <= frame.bottom


def _on_area(shot: Shot, point: Point, label: int) -> bool:
    height, width = shot.label_map.shape
    if not _inside(point, Box(0, 0, width, height)):
        return False
    return bool(shot.label_map[pixel_of(point.y, height, height), pixel_of(point.x, width, width)] == label)


def _is_web_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and named and url.isprintable() and " " not in url
