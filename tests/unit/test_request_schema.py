"""Bodies validate against a JSON Schema that was written from the service's documentation alone."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from desktop.core.models import KLING_4K, MODELS
from desktop.core.request_rules import check_request
from desktop.core.wire import serialise
from tests.shots import Made, requests

SCHEMA: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "data" / "request.schema.json").read_text(encoding="utf-8")
)
FOR_4K = Draft202012Validator(SCHEMA)
FOR_SIBLINGS = Draft202012Validator({**SCHEMA, "$ref": "#/$defs/sibling"})
SIBLINGS = [entry for entry in MODELS if entry is not KLING_4K]

POINT = {"x": 1, "y": 2}
GROUP = {"mask": "UA==", "trajectories": [POINT, POINT]}
FULL: dict[str, Any] = {
    "image": "UE5H",
    "image_tail": "UE4=",
    "prompt": "the boat drifts left",
    "negative_prompt": "blur, distort, and low quality",
    "cfg_scale": 0.5,
    "duration": 5,
    "static_mask": "UA==",
    "dynamic_masks": [GROUP],
    "webhook_url": "https://example.org/hook",
}


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@given(requests(KLING_4K))
def test_bodies_for_4k_validate(made: Made) -> None:
    FOR_4K.validate(json.loads(serialise(made.request, made.read)))
    assert check_request(made.request, KLING_4K) == ()


@pytest.mark.parametrize("sibling", SIBLINGS, ids=lambda entry: entry.id)
def test_bodies_for_a_sibling_validate(sibling: Any) -> None:
    @given(requests(sibling))
    def check(made: Made) -> None:
        body = json.loads(serialise(made.request, made.read))
        FOR_SIBLINGS.validate(body)
        assert not FOR_4K.is_valid(body), "a sibling's body went for a 4K one"

    check()


@pytest.mark.parametrize("count", [2, 77])
@pytest.mark.parametrize("groups", [1, 6])
def test_the_limits_themselves_validate(count: int, groups: int) -> None:
    group = {"mask": "UA==", "trajectories": [POINT] * count}
    FOR_4K.validate({**FULL, "dynamic_masks": [group] * groups, "prompt": "🛶" * 2500, "cfg_scale": 1})


def test_only_the_image_is_needed() -> None:
    FOR_4K.validate(FULL)
    FOR_4K.validate({"image": "UA=="})
    FOR_4K.validate({"image": "https://example.org/boat.png"})
    FOR_SIBLINGS.validate({"image": "UA==", "duration": "10"})


WRONG: list[tuple[tuple[str | int, ...], Any]] = [
    (("image",), None),
    (("image",), ""),
    (("image",), "UA"),
    (("image",), "U==="),
    (("image",), "UA=A"),
    (("image",), "data:image/png;base64,UA=="),
    (("image",), "ftp://example.org/a.png"),
    (("image_tail",), 5),
    (("static_mask",), "-_-_"),
    (("prompt",), "x" * 2501),
    (("prompt",), None),
    (("negative_prompt",), "x" * 2501),
    (("cfg_scale",), -0.01),
    (("cfg_scale",), 1.01),
    (("cfg_scale",), "0.5"),
    (("duration",), 2),
    (("duration",), 16),
    (("duration",), "5"),
    (("duration",), 5.5),
    (("webhook_url",), "example.org"),
    (("webhook_url",), ""),
    (("dynamic_masks",), []),
    (("dynamic_masks",), [GROUP] * 7),
    (("dynamic_masks",), GROUP),
    (("dynamic_masks", 0), {"mask": "UA=="}),
    (("dynamic_masks", 0), {"trajectories": [POINT, POINT]}),
    (("dynamic_masks", 0, "trajectories"), []),
    (("dynamic_masks", 0, "trajectories"), [POINT]),
    (("dynamic_masks", 0, "trajectories"), [POINT] * 78),
    (("dynamic_masks", 0, "trajectories", 0), [1, 2]),
    (("dynamic_masks", 0, "trajectories", 0), {"x": 1}),
    (("dynamic_masks", 0, "trajectories", 0, "x"), 1.5),
    (("dynamic_masks", 0, "trajectories", 0, "y"), -1),
    (("dynamic_masks", 0, "trajectories", 0, "y"), "2"),
    (("dynamic_masks", 0, "trajectories", 0, "z"), 3),
    (("dynamic_masks", 0, "name"), "boat"),
    (("seed",), 1),
    (("aspect_ratio",), "16:9"),
]


@pytest.mark.parametrize(
    ("place", "value"), WRONG, ids=[f"{'.'.join(map(str, p))}-{n}" for n, (p, _) in enumerate(WRONG)]
)
def test_the_schema_refuses_what_the_service_refuses(place: tuple[str | int, ...], value: Any) -> None:
    body: Any = copy.deepcopy(FULL)
    at = body
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = value
    assert not FOR_4K.is_valid(body)


@pytest.mark.parametrize("duration", [5, 10, "3", "15", "", "05"])
def test_a_siblings_duration_is_one_of_two_strings(duration: object) -> None:
    FOR_SIBLINGS.validate({**FULL, "duration": "5"})
    assert not FOR_SIBLINGS.is_valid({**FULL, "duration": duration})


@given(st.sampled_from(sorted(FULL)), requests(KLING_4K))
def test_a_missing_image_and_a_strange_field_are_refused(name: str, made: Made) -> None:
    body = json.loads(serialise(made.request, made.read))
    assert not FOR_4K.is_valid({**body, name.upper(): 1})
    del body["image"]
    assert not FOR_4K.is_valid(body)
