"""The rules once more, on a finished request: the last gate before it is paid."""

from __future__ import annotations

from collections.abc import Iterator

from desktop.core.conventions import Conventions
from desktop.core.fitting import aspect_allowed, side_allowed
from desktop.core.models import Model
from desktop.core.parameters import Parameters
from desktop.core.request import Asset, Request
from desktop.core.rules import Problem, parameter_problems

IMAGE_TYPES = ("image/jpeg", "image/png")
"""What the service takes [D]; other pictures are converted before they are sent."""


def check_request(request: Request, model: Model) -> tuple[Problem, ...]:
    """What is wrong with a finished request. Every problem is an error, and none has a fix: the shot has to change."""
    sent = Parameters(
        request.prompt,
        request.negative_prompt,
        request.cfg_scale,
        request.duration,
        request.webhook_url,
        request.model,
    )
    return (
        *_picture(request.image, "image", request.conventions),
        *(() if request.end_frame is None else _picture(request.end_frame, "end_frame", request.conventions)),
        *_masks(request),
        *_paths(request),
        *parameter_problems(sent, model),
        *_combinations(request),
    )


def _picture(asset: Asset, where: str, conventions: Conventions) -> Iterator[Problem]:
    if asset.size > conventions.max_image_bytes:
        yield _error(
            f"{where}-too-large",
            where,
            f"The encoded picture has {asset.size:,} bytes; at most {conventions.max_image_bytes:,} are taken.",
        )
    if asset.media_type not in IMAGE_TYPES:
        yield _error(f"{where}-format", where, "The encoded picture is neither JPEG nor PNG.")
    if not side_allowed(asset.width, asset.height, conventions.min_side):
        yield _error(
            f"{where}-too-small",
            where,
            f"The encoded picture is {asset.width} × {asset.height} pixels; "
            f"both sides must have at least {conventions.min_side}.",
        )
    if not aspect_allowed(asset.width, asset.height, conventions.max_aspect):
        yield _error(f"{where}-aspect", where, "The encoded picture's aspect is outside the limits.")


def _masks(request: Request) -> Iterator[Problem]:
    image, most = request.image, request.conventions.max_groups
    masks = [(f"area:{group.label}", group.mask) for group in request.dynamic_masks]
    if request.static_mask is not None:
        masks.insert(0, ("area:0", request.static_mask))
    for where, mask in masks:
        if (mask.width, mask.height) != (image.width, image.height):
            yield _error("mask-size", where, "A mask does not have the size of the picture that is sent.")
        if mask.media_type not in IMAGE_TYPES:
            yield _error("mask-format", where, "A mask is neither JPEG nor PNG.")
    if len(request.dynamic_masks) > most:
        yield _error("areas-too-many", "areas", f"More than {most} moving areas are sent.")


def _paths(request: Request) -> Iterator[Problem]:
    conventions, image = request.conventions, request.image
    least, most = conventions.min_points, conventions.max_points
    rows, columns = range(image.height), range(image.width)
    for group in request.dynamic_masks:
        where, points = f"area:{group.label}", group.points
        if not least <= len(points) <= most:
            yield _error(
                "path-point-count", where, f"A path has {len(points)} points; {least} to {most} are taken."
            )
        if any(x not in columns or conventions.row_in(y, image.height) not in rows for x, y in points):
            yield _error("path-outside", where, "A path has points outside the picture that is sent.")


def _combinations(request: Request) -> Iterator[Problem]:
    conventions = request.conventions
    if request.static_mask is None and not request.dynamic_masks:
        return
    if request.end_frame is not None and conventions.masks_with_end_frame == "error":
        yield _error(
            "masks-with-end-frame", "end_frame", "An end frame and painted areas may not be used together."
        )
    if request.duration not in conventions.mask_durations and conventions.other_durations == "error":
        yield _error("masks-duration", "duration", "Painted areas may not be used with this duration.")


def _error(code: str, where: str, text: str) -> Problem:
    return Problem(code, "error", where, text)
