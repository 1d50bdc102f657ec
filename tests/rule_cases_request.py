"""Every rule of a finished request as a case, as in `tests.rule_cases`."""

import math
from dataclasses import replace
from typing import Any

from desktop.core.conventions import KLING, STRICT
from desktop.core.models import KLING_4K
from desktop.core.request import Asset, DynamicMask, Request
from tests.rule_cases import DRAFT, Case
from tests.shots import asset


def request(**changes: Any) -> Request:
    """A sound request of 640 x 480; ``changes`` replace its fields."""
    fields: dict[str, Any] = {
        "model": KLING_4K.id,
        "conventions": KLING,
        "image": asset(),
        "prompt": "a boat",
        "negative_prompt": "blur",
        "cfg_scale": 0.5,
        "duration": 5,
    }
    return Request(**{**fields, **changes})


def group(*points: tuple[int, int], label: int = 1, mask: Asset | None = None) -> DynamicMask:
    return DynamicMask(label, f"Area {label}", mask or asset(), points or ((0, 0), (9, 9)))


def of_files(name: str, *files: Asset) -> tuple[Request, ...]:
    return tuple(request(**{name: entry}) for entry in files)


def with_static_mask(*files: Asset) -> tuple[Request, ...]:
    return of_files("static_mask", *files)


def with_third_mask(*files: Asset) -> tuple[Request, ...]:
    return tuple(request(dynamic_masks=(group(label=3, mask=entry),)) for entry in files)


def line_of(count: int) -> Request:
    return request(dynamic_masks=(replace(group(), points=tuple((x, 0) for x in range(count))),))


def ending_at(*points: tuple[int, int], **changes: Any) -> tuple[Request, ...]:
    return tuple(request(dynamic_masks=(group((5, 5), point),), **changes) for point in points)


def groups(count: int) -> Request:
    return request(dynamic_masks=tuple(group(label=min(label, 6)) for label in range(1, count + 1)))


PICTURE_CASES = tuple(
    case
    for name in ("image", "end_frame")
    for case in (
        Case(
            f"{name}-too-large",
            "error",
            name,
            of_files(name, replace(asset(), size=10_000_000)),
            of_files(name, replace(asset(), size=10_000_001)),
        ),
        Case(
            f"{name}-format",
            "error",
            name,
            of_files(name, asset(media_type="image/png"), asset(media_type="image/jpeg")),
            of_files(name, asset(media_type="image/webp"), asset(media_type="")),
        ),
        Case(
            f"{name}-too-small",
            "error",
            name,
            of_files(name, asset(width=300, height=300)),
            of_files(name, asset(width=299, height=300), asset(width=300, height=299)),
        ),
        Case(
            f"{name}-aspect",
            "error",
            name,
            of_files(name, asset(width=750, height=300), asset(width=300, height=750)),
            of_files(name, asset(width=751, height=300), asset(width=300, height=751)),
        ),
    )
)

REQUEST_CASES = (
    *PICTURE_CASES,
    *(
        Case(
            code,
            "error",
            where,
            make(asset(), asset(media_type="image/jpeg")),
            make(*wrong),
        )
        for code, wrong in (
            ("mask-size", (asset(width=641), asset(width=639), asset(height=479), asset(height=481))),
            ("mask-format", (asset(media_type="image/webp"),)),
        )
        for where, make in (
            ("area:0", with_static_mask),
            ("area:3", with_third_mask),
        )
    ),
    Case("areas-too-many", "error", "areas", tuple(groups(count) for count in range(7)), (groups(7),)),
    Case(
        "path-point-count",
        "error",
        "area:1",
        (line_of(2), line_of(77)),
        (line_of(0), line_of(1), line_of(78)),
    ),
    Case(
        "path-outside",
        "error",
        "area:1",
        ending_at((0, 0), (639, 479), (0, 479), (639, 0)),
        ending_at((-1, 0), (640, 0), (0, -1), (0, 480)),
    ),
    Case(
        "path-outside",
        "error",
        "area:1",
        ending_at((0, 1), (0, 480), conventions=replace(KLING, bottom_row="H-r")),
        ending_at((0, 0), (0, 481), conventions=replace(KLING, bottom_row="H-r")),
    ),
    *(
        Case(
            "masks-with-end-frame",
            "error",
            "end_frame",
            (
                request(static_mask=asset(), conventions=STRICT),
                request(end_frame=asset(), conventions=STRICT),
                replace(masked, end_frame=asset(), conventions=KLING),
            ),
            (replace(masked, end_frame=asset()),),
        )
        for masked in (
            request(static_mask=asset(), conventions=STRICT),
            request(dynamic_masks=(group(),), conventions=STRICT),
        )
    ),
    Case(
        "masks-duration",
        "error",
        "duration",
        (
            request(static_mask=asset(), conventions=STRICT),
            request(duration=6, conventions=STRICT),
            request(static_mask=asset(), duration=6),
        ),
        (
            request(static_mask=asset(), duration=6, conventions=STRICT),
            request(dynamic_masks=(group(),), duration=4, conventions=STRICT),
        ),
    ),
    *(
        Case(
            code,
            "error",
            name,
            tuple(request(**{name: value}) for value in good),
            tuple(request(**{name: value}) for value in bad),
            fix,
        )
        for code, name, good, bad, fix in (
            # Here a blank counts: this is what goes out.
            ("prompt-too-long", "prompt", ["x" * 2500], ["x" * 2501, "x" * 2500 + " "], "shorten"),
            ("negative_prompt-too-long", "negative_prompt", ["x" * 2500], ["x" * 2501], "shorten"),
            ("prompt-unsendable", "prompt", ["é🛶"], ["\ud800", "\0"], "clean"),
            ("negative_prompt-unsendable", "negative_prompt", ["é🛶"], ["\ud800", "\0"], "clean"),
            ("cfg_scale-range", "cfg_scale", [0, 1], [-0.01, 1.01, math.nan], "clamp-guidance"),
            ("duration-choice", "duration", [3, 15], [2, 16], "nearest-duration"),
            (
                "webhook_url-invalid",
                "webhook_url",
                ["", "https://a.org"],
                ["a.org", "https://a.org "],
                "drop-webhook",
            ),
            (
                "webhook_url-too-long",
                "webhook_url",
                ["https://a.org/".ljust(2000, "x")],
                ["x" * 2001],
                "drop-webhook",
            ),
        )
    ),
    Case(
        "duration-choice",
        "error",
        "duration",
        (request(duration=5), request(duration=10)),
        (request(duration=4), request(duration=9), request(duration=11)),
        "nearest-duration",
        model=DRAFT,
    ),
)
