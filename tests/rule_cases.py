"""Every rule of a shot as a case: what lies just inside and just outside of its boundary."""

import math
from dataclasses import dataclass, replace
from typing import Any

from desktop.core.areas import STATIC_LABEL
from desktop.core.conventions import KLING, STRICT, Conventions
from desktop.core.geometry import Box
from desktop.core.models import KLING_4K, MODELS, Model, model
from desktop.core.parameters import Parameters
from desktop.core.request import Request
from desktop.core.request_rules import check_request
from desktop.core.rules import Problem, check_shot
from desktop.core.shot import Shot, SourceImage
from tests.shots import PATCH, moving, path, picture, shot

DRAFT = model("kling-v2-1-pro")
LINE = path((150, 150), (300, 200))


@dataclass(frozen=True)
class Case:
    """A rule, and shots (or requests) just inside and just outside of it."""

    code: str
    severity: str
    where: str
    good: tuple[Any, ...]
    bad: tuple[Any, ...]
    fix: str | None = None
    model: Model = KLING_4K
    conventions: Conventions = KLING

    def __str__(self) -> str:
        return f"{self.code}-{self.conventions.name}-{self.model.id}"


def sized(*sizes: tuple[int, int], **changes: Any) -> tuple[Shot, ...]:
    return tuple(shot(picture(width, height, **changes)) for width, height in sizes)


def ended(*sizes: tuple[int, int], start: SourceImage | None = None, **changes: Any) -> tuple[Shot, ...]:
    return tuple(shot(start, end_frame=picture(width, height, **changes)) for width, height in sizes)


def asked(*changes: dict[str, Any]) -> tuple[Shot, ...]:
    return tuple(shot(parameters=replace(Parameters(prompt="a boat"), **change)) for change in changes)


def guided(*values: float) -> tuple[Shot, ...]:
    return asked(*({"cfg_scale": value} for value in values))


def lasting(*seconds: int) -> tuple[Shot, ...]:
    return asked(*({"duration": value} for value in seconds))


def hooked(*urls: str) -> tuple[Shot, ...]:
    return asked(*({"webhook_url": url} for url in urls))


def six_groups() -> Shot:
    boxes = {label: Box(label * 20, 0, label * 20 + 10, 10) for label in (1, 2, 3, 4, 5, 6, STATIC_LABEL)}
    return shot(
        boxes=boxes, paths={label: path((label * 20 + 5, 5), (label * 20 + 5, 100)) for label in range(1, 7)}
    )


def still(**changes: Any) -> Shot:
    return shot(boxes={STATIC_LABEL: PATCH}, **changes)


def with_prompt(base: Shot, prompt: str) -> Shot:
    return replace(base, parameters=replace(base.parameters, prompt=prompt))


def with_duration(base: Shot, seconds: int) -> Shot:
    return replace(base, parameters=replace(base.parameters, duration=seconds))


CROPPED = picture(crop=Box(150, 0, 640, 480))

SHOT_CASES = (
    Case(
        "image-aspect",
        "error",
        "image",
        (*sized((750, 300), (300, 750)), *sized((751, 300), crop=Box(0, 0, 750, 300))),
        (*sized((751, 300), (300, 751), (8000, 3199)), *sized((751, 301), crop=Box(0, 1, 751, 301))),
        "crop",
    ),
    Case(
        "image-too-small",
        "error",
        "image",
        (*sized((300, 300), (300, 301)), *sized((299, 299), enlarge=True)),
        (*sized((299, 300), (300, 299), (1, 1)), *sized((640, 480), crop=Box(0, 0, 299, 300))),
        "enlarge",
    ),
    Case(
        "end_frame-aspect",
        "error",
        "end_frame",
        (*ended((750, 300)), *ended((300, 750)), *ended((751, 300), crop=Box(1, 0, 751, 300))),
        ended((751, 300), (300, 751)),
        "crop",
    ),
    Case(
        "end_frame-too-small",
        "error",
        "end_frame",
        (*ended((300, 300)), *ended((299, 299), enlarge=True)),
        ended((299, 300), (300, 299)),
        "enlarge",
    ),
    Case(
        "end_frame-other-aspect",
        "warning",
        "end_frame",
        ended((1000, 1000), (1020, 1000), (1000, 1020), (500, 500), start=picture(1000, 1000)),
        ended((1021, 1000), (1000, 1021), start=picture(1000, 1000)),
        "drop-end-frame",
    ),
    Case(
        "prompt-too-long",
        "error",
        "prompt",
        asked({"prompt": "x" * 2500}, {"prompt": f"  {'x' * 2500}\n"}, {"prompt": "🛶" * 2500}),
        asked({"prompt": "x" * 2501}, {"prompt": "🛶" * 2501}, {"prompt": f"{'x' * 2499} y"}),
        "shorten",
    ),
    Case(
        "negative_prompt-too-long",
        "error",
        "negative_prompt",
        asked({"negative_prompt": "x" * 2500}, {"negative_prompt": ""}),
        asked({"negative_prompt": "x" * 2501}),
        "shorten",
    ),
    Case(
        "prompt-unsendable",
        "error",
        "prompt",
        asked({"prompt": "é\n\t\x01🛶\ud7ff\ue000"}),
        asked({"prompt": "a\ud800b"}, {"prompt": "\udfff"}, {"prompt": "a\0"}, {"prompt": "\ud83d\ude00"}),
        "clean",
    ),
    Case(
        "negative_prompt-unsendable",
        "error",
        "negative_prompt",
        asked({"negative_prompt": "é\n🛶"}),
        asked({"negative_prompt": "a\ud800b"}, {"negative_prompt": "\0a"}),
        "clean",
    ),
    Case(
        "cfg_scale-range",
        "error",
        "cfg_scale",
        guided(0, 0.0, 0.5, 1, 1.0),
        guided(-0.01, 1.01, math.nan, math.inf, -math.inf),
        "clamp-guidance",
    ),
    Case(
        "duration-choice",
        "error",
        "duration",
        lasting(3, 4, 5, 14, 15),
        lasting(2, 16, 0, -5),
        "nearest-duration",
    ),
    *(
        Case(
            "duration-choice",
            "error",
            "duration",
            lasting(5, 10),
            lasting(4, 6, 9, 11, 3, 15),
            "nearest-duration",
            model=draft,
        )
        for draft in MODELS
        if draft is not KLING_4K
    ),
    Case(
        "webhook_url-invalid",
        "error",
        "webhook_url",
        hooked("", "  ", "https://example.org/hook?a=1", "http://example.org:8080", " https://example.org "),
        hooked(
            "example.org",
            "ftp://example.org",
            "https://",
            "https:///hook",
            "https://exam ple.org",
            "https://example.org/a\nb",
            "https://example.org/\ud800",
            "https://[::1",
            "https://example.org:99999",
            "https://example.org:0",
        ),
        "drop-webhook",
    ),
    Case(
        "webhook_url-too-long",
        "error",
        "webhook_url",
        hooked("https://example.org/".ljust(2000, "x")),
        hooked("https://example.org/".ljust(2001, "x")),
        "drop-webhook",
    ),
    Case("areas-too-many", "error", "areas", (shot(), six_groups()), ()),
    Case(
        "areas-too-many",
        "error",
        "areas",
        (moving(LINE), still()),
        (six_groups(),),
        conventions=replace(KLING, name="five", max_groups=5),
    ),
    Case(
        "area-empty",
        "hint",
        "area:1",
        (moving(LINE), moving(LINE, picture(crop=Box(199, 0, 640, 480)))),
        (shot(areas=(1,)), moving(LINE, picture(crop=Box(200, 0, 640, 480)))),
    ),
    Case(
        "path-missing",
        "error",
        "area:1",
        (moving(LINE), shot(areas=(1,)), moving(None, picture(crop=Box(200, 0, 640, 480)))),
        (moving(None), moving(path((150, 150))), moving(path((150, 150), (150, 150))), moving(path())),
        "remove-area",
    ),
    Case(
        "path-point-count",
        "error",
        "area:1",
        tuple(moving(replace(LINE, count=count)) for count in (None, 2, 77)),
        tuple(moving(replace(LINE, count=count)) for count in (1, 78, 0, -1)),
        "automatic-count",
    ),
    Case(
        "path-too-short",
        "error",
        "area:1",
        (moving(path((150.2, 150.5), (151.0, 150.5))), moving(path((150.9, 150.9), (150.9, 151.0)))),
        (moving(path((150.0, 150.0), (150.99, 150.99))), moving(path((700, 150), (900, 150)))),
        "remove-area",
    ),
    Case(
        "path-outside",
        "warning",
        "area:1",
        (
            moving(path((150, 150), (640, 480), count=2)),
            moving(path((150, 150), (0, 0), count=2)),
            moving(path((160, 150), (150, 150)), CROPPED),
        ),
        (
            moving(path((150, 150), (640.01, 150), count=2)),
            moving(path((150, 150), (150, 480.01), count=2)),
            moving(path((150, 150), (-0.01, 150), count=2)),
            moving(path((150, 150), (150, -0.01), count=2)),
            moving(path((160, 150), (149.9, 150), count=2), CROPPED),
        ),
    ),
    Case(
        "path-starts-elsewhere",
        "hint",
        "area:1",
        (moving(path((100, 100), (300, 300))), moving(path((199.99, 199.99), (300, 300)))),
        (
            moving(path((99.99, 150), (300, 300))),
            moving(path((200, 150), (300, 300))),
            moving(path((150, 200), (300, 300))),
            moving(path((-5, 150), (300, 300))),
            moving(path((250, 300), (300, 300)), CROPPED),
        ),
        "move-path",
    ),
    *(
        Case(
            "masks-with-end-frame",
            severity,
            "end_frame",
            (moving(LINE), still(), shot(end_frame=picture()), shot(areas=(1,), end_frame=picture())),
            (still(end_frame=picture()), replace(moving(LINE), end_frame=picture())),
            "drop-end-frame",
            conventions=reading,
        )
        for severity, reading in (("warning", KLING), ("error", STRICT))
    ),
    *(
        Case(
            "masks-duration",
            severity,
            "duration",
            (with_duration(moving(LINE), 5), with_duration(still(), 5), *lasting(4, 6)),
            (with_duration(moving(LINE), 4), with_duration(moving(LINE), 6), with_duration(still(), 10)),
            "mask-duration",
            conventions=reading,
        )
        for severity, reading in (("warning", KLING), ("error", STRICT))
    ),
    Case(
        "prompt-damps-motion",
        "hint",
        "prompt",
        (
            with_prompt(moving(LINE), "the slowness of an engentled boat"),
            with_prompt(still(), "slowly"),
            with_prompt(shot(), "slowly"),
        ),
        tuple(
            with_prompt(moving(LINE), f"It turns {word}, then stops") for word in ("slowly", "GENTLE", "Calm")
        ),
    ),
    Case(
        "nothing-asked",
        "warning",
        "prompt",
        (with_prompt(shot(), "x"), with_prompt(still(), ""), with_prompt(moving(LINE), "")),
        (with_prompt(shot(), ""), with_prompt(shot(), " \n"), with_prompt(shot(areas=(1,)), "")),
    ),
)


def problems_of(subject: Shot | Request, case: Case) -> list[Problem]:
    if isinstance(subject, Shot):
        found = check_shot(subject, case.model, case.conventions)
    else:
        found = check_request(subject, case.model)
    return [problem for problem in found if problem.code == case.code]
