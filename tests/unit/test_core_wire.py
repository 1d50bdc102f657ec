"""The wire: bytes out and the same data back."""

import base64
import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desktop.core.conventions import KLING
from desktop.core.errors import RequestError
from desktop.core.models import MODELS, Model, model
from desktop.core.request import Asset, Request
from desktop.core.wire import content_length, parse, segments, serialise
from tests.shots import Made, asset, requests

ANY_MODEL = st.sampled_from(MODELS).flatmap(requests)


def plain(text: str, **changes: Any) -> Made:
    """A small request with this prompt."""
    fields: dict[str, Any] = {"negative_prompt": "blur", "cfg_scale": 0.5, "duration": 5, **changes}
    picture = asset(b"P")
    request = Request("kling-4k-i2v", KLING, picture, text, **fields)
    return Made(request, {picture.sha256: b"P"})


def expected_json(made: Made) -> dict[str, Any]:
    """The body as the contract's table reads, written here a second time."""
    request = made.request

    def b64(wanted: Asset) -> str:
        return base64.standard_b64encode(made.contents[wanted.sha256]).decode()

    body: dict[str, Any] = {"image": b64(request.image)}
    if request.end_frame:
        body["image_tail"] = b64(request.end_frame)
    if request.prompt:
        body["prompt"] = request.prompt
    body |= {"negative_prompt": request.negative_prompt, "cfg_scale": request.cfg_scale}
    body["duration"] = request.duration if request.model == "kling-4k-i2v" else f"{request.duration}"
    if request.static_mask:
        body["static_mask"] = b64(request.static_mask)
    if request.dynamic_masks:
        body["dynamic_masks"] = [
            {
                "mask": b64(group.mask),
                "trajectories": [dict(zip("xy", point, strict=True)) for point in group.points],
            }
            for group in request.dynamic_masks
        ]
    if request.webhook_url:
        body["webhook_url"] = request.webhook_url
    return body


@given(ANY_MODEL)
@example(plain('“quotes” "straight" \\ back / slash \b\f\n\r\t \x01\x1f\x7f\u2028\u2029'))
@example(plain("👩‍🚀🛶 naïve 漢字 עברית \U0010ffff"))
@example(plain('","image":"evil'))
@example(plain("", negative_prompt=""))
def test_the_body_is_what_the_contract_says(made: Made) -> None:
    body = serialise(made.request, made.read)
    pairs: list[list[str]] = []

    def unique(items: list[tuple[str, Any]]) -> dict[str, Any]:
        pairs.append([name for name, _ in items])
        return dict(items)

    assert json.loads(body.decode("ascii"), object_pairs_hook=unique) == expected_json(made)
    assert all(len(set(names)) == len(names) for names in pairs), "a field is sent twice"
    assert type(json.loads(body)["duration"]) is (
        int if model(made.request.model).duration_as == "integer" else str
    )


@given(ANY_MODEL)
def test_segments_joined_are_the_body_and_its_length_is_known(made: Made) -> None:
    pieces = segments(made.request)
    joined = b"".join(
        piece if isinstance(piece, bytes) else base64.standard_b64encode(made.read(piece)) for piece in pieces
    )
    assert joined == serialise(made.request, made.read)
    assert content_length(pieces) == len(joined)
    assert [piece for piece in pieces if isinstance(piece, Asset)] == list(made.request.assets)


@pytest.mark.parametrize("size", range(8))
def test_the_length_of_base64(size: int) -> None:
    data = bytes(size)
    assert content_length([b"[", asset(data), b"]"]) == 2 + len(base64.b64encode(data))


@given(ANY_MODEL)
def test_parsing_gives_the_same_data(made: Made) -> None:
    request = made.request
    back = parse(serialise(request, made.read))
    assert back.image == made.read(request.image)
    assert back.end_frame == (None if request.end_frame is None else made.read(request.end_frame))
    assert back.static_mask == (None if request.static_mask is None else made.read(request.static_mask))
    assert back.dynamic_masks == tuple(
        (made.read(group.mask), group.points) for group in request.dynamic_masks
    )
    assert (back.prompt, back.negative_prompt) == (request.prompt, request.negative_prompt)
    assert (back.cfg_scale, back.duration) == (request.cfg_scale, request.duration)
    assert back.webhook_url == request.webhook_url


@pytest.mark.parametrize("entry", MODELS, ids=lambda entry: entry.id)
def test_the_duration_has_the_models_type(entry: Model) -> None:
    made = plain("x")
    body = serialise(
        Request(entry.id, made.request.conventions, made.request.image, "x", "", 0.5, 5), made.read
    )
    assert (b'"duration":5,' in body or b'"duration":5}' in body) == (entry.duration_as == "integer")
    assert (b'"duration":"5"' in body) == (entry.duration_as == "string")


GOOD: dict[str, Any] = {
    "image": "UA==",
    "cfg_scale": 0.5,
    "duration": 5,
    "dynamic_masks": [{"mask": "UA==", "trajectories": [{"x": 1, "y": 2}, {"x": 3, "y": 4}]}],
}


def with_points(points: Any) -> dict[str, Any]:
    return {**GOOD, "dynamic_masks": [{"mask": "UA==", "trajectories": points}]}


def test_a_foreign_body_without_optional_fields_is_read() -> None:
    back = parse(json.dumps({**GOOD, "duration": "7"}).encode())
    assert (back.prompt, back.negative_prompt, back.webhook_url, back.duration) == ("", "", "", 7)
    assert (back.end_frame, back.static_mask) == (None, None)
    assert back.dynamic_masks == ((b"P", ((1, 2), (3, 4))),)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        json.dumps({**GOOD, "image": None}).encode(),
        json.dumps({**GOOD, "image": 5}).encode(),
        json.dumps({**GOOD, "image": "https://example.org/a.png"}).encode(),
        json.dumps({**GOOD, "image": "data:image/png;base64,UA=="}).encode(),
        json.dumps({**GOOD, "image": "UA="}).encode(),
        json.dumps({**GOOD, "image": "Ü"}).encode(),
        json.dumps({**GOOD, "duration": "five"}).encode(),
        b'{"image":"UA==","cfg_scale":0.5,"duration":Infinity}',
        json.dumps({**GOOD, "dynamic_masks": 7}).encode(),
        json.dumps({**GOOD, "dynamic_masks": ["UA=="]}).encode(),
        json.dumps(with_points([{"x": 1}])).encode(),
        json.dumps(with_points([{"x": 1.5, "y": 2}])).encode(),
        json.dumps(with_points([{"x": 1.0, "y": 2}])).encode(),
        json.dumps(with_points([{"x": "1", "y": 2}])).encode(),
        json.dumps(with_points([{"x": True, "y": 2}])).encode(),
        *(
            json.dumps({key: value for key, value in GOOD.items() if key != name}).encode()
            for name in ("image", "cfg_scale", "duration")
        ),
    ],
    ids=lambda body: body[:24].decode("latin-1"),
)
def test_bytes_that_are_no_request_get_a_sentence(body: bytes) -> None:
    assert parse(json.dumps(GOOD).encode()).image == b"P"
    with pytest.raises(RequestError, match=r"^These bytes are not a request .*\.$"):
        parse(body)
