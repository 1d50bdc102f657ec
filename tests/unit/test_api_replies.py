"""Replies in every shape, and the pure parts of the client: waiting, expiry, webhooks."""

from __future__ import annotations

import base64
import email.utils
import hashlib
import hmac
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.api.connection import allowed, proxy_for
from desktop.api.download import expires_at
from desktop.api.faults import (
    Expired,
    Fault,
    Interrupted,
    KeyRefused,
    NotFound,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Refused,
    ServiceDown,
    Unreadable,
)
from desktop.api.replies import (
    MAX_DETAILS,
    REFUSED_CONTENT,
    SURELY_REFUSED,
    Reply,
    complaint_of,
    details_of,
    fault_of,
    rate_limit,
    retry_after,
    where_of,
)
from desktop.api.retry import DOWNLOADING, Backoff, may_repeat_get
from desktop.api.webhook import Heard, signed_by
from desktop.jobs.policy import Policy
from tests.raw_server import KEY, Assets, request_of

NOW = 1_790_000_000.0
PROBLEM = {
    "message": "Your request parameters didn't validate.",
    "invalid_params": [{"name": "image_tail", "reason": "too small"}],
}


def reply(status: int, body: bytes | object, **headers: str) -> Reply:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status, {name.replace("_", "-"): value for name, value in headers.items()}, data)


def fault(status: int, body: bytes | object = b"", *, creating: bool = True, **headers: str) -> Fault:
    return fault_of(reply(status, body, **headers), key=KEY, now=NOW, creating=creating)


# --- shapes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [PROBLEM, {"problem": PROBLEM}, {"problem": PROBLEM, "message": "outer"}])
def test_both_problem_shapes_name_the_field(body: object) -> None:
    said = complaint_of(reply(400, body))
    assert (said.field, said.reason) == ("image_tail", "too small")
    got = fault(400, body)
    assert got.where == "end_frame"
    assert "didn't validate; image_tail: too small" in str(got)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"message": "Plain\n  text"}, "Plain text"),
        ({"error": {"message": "inner"}}, "inner"),
        ({"detail": "why"}, "why"),
        ({"title": "T"}, "T"),
        ("just a string", "just a string"),
        ({"message": None, "detail": "second"}, "second"),
        ({"message": ["x"]}, ""),
        ({"problem": "odd", "message": "m"}, "m"),
        ({"message": "m", "invalid_params": "odd"}, "m"),
        ({"message": "m", "invalid_params": [7, {"name": 3}, None]}, "m"),
        ([], ""),
        (None, ""),
        (b"<html><h1>502 Bad Gateway</h1></html>", ""),
        (b"", ""),
        (b"\xff\xfe", ""),
        (b"[" * 200_000, ""),
    ],
)
def test_the_message_is_found_or_left_out(body: bytes | object, message: str) -> None:
    assert complaint_of(reply(400, body)).message == message
    assert isinstance(fault(400, body), Refused)


@given(
    st.binary(max_size=300)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["message", "problem", "invalid_params", "name", "reason", "error", "detail"]
                ),
                inner,
            )
        ),
        max_leaves=9,
    ),
    st.integers(300, 599),
    st.booleans(),
)
def test_no_reply_crashes_the_reading_and_money_rules_hold(
    body: bytes | object, status: int, creating: bool
) -> None:
    got = fault(status, body, creating=creating)
    assert str(got).endswith((".", "”."))
    assert got.http_status == status
    if creating and status >= 500:
        assert type(got) is OutcomeUnknown
    if creating:
        surely = status in SURELY_REFUSED or status in REFUSED_CONTENT
        assert isinstance(got, Refused) == surely
        assert isinstance(got, OutcomeUnknown) != surely


def test_a_huge_or_secret_reply_is_bounded_and_redacted() -> None:
    body = {"message": f"{KEY} " * 50_000}
    got = fault(400, body)
    assert len(str(got)) < 1000
    assert len(got.details) < MAX_DETAILS + 100
    assert KEY not in str(got) + got.details
    assert details_of(reply(500, b"a\x00\x1b[31mb"), "").endswith("a  [31mb")


def test_kinds_of_a_harmless_call() -> None:
    kinds = {
        400: Refused,
        401: KeyRefused,
        404: NotFound,
        429: RateLimited,
        500: ServiceDown,
        503: ServiceDown,
        302: Unreadable,
        409: Unreadable,
    }
    assert {status: type(fault(status, creating=False)) for status in kinds} == kinds
    down = fault(503, creating=False, retry_after="9")
    assert isinstance(down, ServiceDown)
    assert down.retry_after == 9


def test_fields_in_our_words(tmp_path: Path) -> None:
    request = request_of(Assets(tmp_path), 10)
    words = {
        "image": "image",
        "image_tail": "end_frame",
        "static_mask": "area:0",
        "dynamic_masks": "areas",
        "dynamic_masks[0].mask": "area:3",
        "dynamic_masks.1.trajectories.0.x": "area:5",
        "dynamic_masks/7": "areas",
        "body.duration": "duration",
        "cfg_scale": "cfg_scale",
        "prompt": "prompt",
        "seed": "",
        "": "",
        ":attribute": "",
    }
    assert {name: where_of(name, request) for name in words} == words
    assert where_of("dynamic_masks.0", None) == "areas"


# --- waiting ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", None),
        ("0", 0.0),
        ("2.5", 2.5),
        (" 30 ", 30.0),
        ("-5", 0.0),
        ("1e12", 86400.0),
        ("nan", None),
        ("inf", None),
        ("soon", None),
        (email.utils.formatdate(NOW + 90, usegmt=True), 90.0),
        (email.utils.formatdate(NOW - 90, usegmt=True), 0.0),
        ("Fri, 99 Foo 2026 00:00:00 GMT", None),
    ],
)
def test_retry_after(text: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": text} if text else {}, NOW) == seconds


def test_rate_limit_headers() -> None:
    got = rate_limit({"x-ratelimit-limit": "300", "x-ratelimit-remaining": "x", "x-ratelimit-reset": "60"})
    assert (got.limit, got.remaining, got.reset) == (300, None, 60)


@given(st.integers(0, 10_000))
def test_polls_grow_from_2_to_15_seconds(count: int) -> None:
    policy = Policy()
    assert 2.0 <= policy.poll_delay(count) <= policy.poll_delay(count + 1) <= 15.0


def test_poll_growth_is_reached() -> None:
    assert Policy().poll_delay(0) == 2.0
    assert Policy().poll_delay(50) == 15.0


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_downloads_are_tried_again_soon_and_ever_less_often(count: int, chance: float) -> None:
    assert 0.5 * 0.9 <= DOWNLOADING.delay(count, chance) <= 15.0 * 1.1
    assert DOWNLOADING.delay(count + 1) >= DOWNLOADING.delay(count)
    assert DOWNLOADING.delay(0) < 1


@given(st.integers(0, 100), st.floats(0, 1), st.floats(0, 1000))
def test_a_servers_wish_is_the_least_that_is_waited(count: int, chance: float, wish: float) -> None:
    backoff = Backoff(1, 60, 2, 0.1)
    assert backoff.delay(count, chance, wish) >= wish
    assert backoff.delay(count, chance, wish) <= max(66.0, wish * 1.1)


def test_what_may_be_repeated() -> None:
    faults = (
        NotSent(""),
        RateLimited(""),
        Refused(""),
        KeyRefused(""),
        OutcomeUnknown(""),
        Interrupted(""),
        ServiceDown(""),
        Expired(""),
        NotFound(""),
    )
    assert [type(f) for f in faults if may_repeat_get(f)] == [NotSent, RateLimited, Interrupted, ServiceDown]


# --- addresses --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "at"),
    [
        (f"https://cdn-magnific.freepik.com/kling_x.mp4?token=exp=1790003600~hmac={'a' * 64}", 1790003600.0),
        ("https://cdn/x.mp4?v=1&token=exp=1790003600~hmac=0", 1790003600.0),
        ("https://cdn/x.mp4?token=hmac=0~exp=1790003600", 1790003600.0),
        ("https://cdn/exp=1790003600~/x.mp4", None),
        ("https://cdn/x.mp4?token=exp=soon~hmac=0", None),
        ("https://cdn/x.mp4?texp=1790003600", None),
        ("https://[", None),
        ("", None),
    ],
)
def test_expiry_is_read_from_the_link(url: str, at: float | None) -> None:
    assert expires_at(url) == at


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("https://x.example/a", True),
        ("http://127.0.0.1:5/a", True),
        ("http://localhost/a", True),
        ("http://[::1]:5/", True),
        ("http://x.example/a", False),
        ("http://127.0.0.1.example/a", False),
        ("https://joe@x.example/", False),
        ("https://x.example:99999/", False),
        ("https://x\n.example/", False),
        ("file:///etc/passwd", False),
        ("//x", False),
    ],
)
def test_allowed_addresses(url: str, fine: bool) -> None:
    assert allowed(url) == fine


def test_the_proxy_of_the_system_is_respected_but_not_for_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "proxy.example:3128")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "inside.example")
    assert proxy_for("https://api.example/x") == "http://proxy.example:3128"
    assert proxy_for("https://inside.example/x") is None
    assert proxy_for("http://127.0.0.1:9/x") is None


# --- webhooks ---------------------------------------------------------------------------------------------------

SECRET = "0123456789abcdef0123456789abcdef"
BODY = (
    b'{"task_id":"046b6c7f-0b8a-43b9-b35d-6489e6daee91","status":"COMPLETED",'
    b'"generated":["https://cdn.example/kling.mp4"]}'
)
UTF8 = "v1,8seU4izL9S7P+UkQiXNW2R/UdUV/RbO0ZbJpnKJrBmA="
HEX = "v1,xpp0aDXETZK7UT6yDF6j1e87NlYnNfArn5vC/0p7V5A="


def heard(
    signature: str, *, at: float = NOW, body: bytes = BODY, secret: str = SECRET, stamp: str = ""
) -> bool:
    return signed_by(secret, "msg_test_0001", stamp or str(int(NOW)), body, signature, at)


def test_the_documented_vectors_and_the_third_reading() -> None:
    assert heard(UTF8)
    assert heard(HEX)
    assert heard(f"v2,x v1,AAAA {HEX}")
    raw = b"a key of bytes"
    content = f"msg_test_0001.{int(NOW)}.".encode() + BODY
    signature = base64.b64encode(hmac.digest(raw, content, hashlib.sha256)).decode()
    assert heard(f"v1,{signature}", secret="whsec_" + base64.b64encode(raw).decode())


def test_forgeries_are_refused() -> None:
    assert not heard(UTF8, body=BODY + b" ")
    assert not heard(UTF8, stamp=str(int(NOW) + 1))
    assert not heard(UTF8.removeprefix("v1,"))
    assert not heard("")
    assert not heard(UTF8, secret="")
    assert not heard("v1,ü\ud800", secret="\ud800")
    empty = base64.b64encode(
        hmac.digest(b"", f"msg_test_0001.{int(NOW)}.".encode() + BODY, hashlib.sha256)
    ).decode()
    assert not heard(f"v1,{empty}", secret="whsec_")
    for stamp in ("now", "-1790000000", "٣", "1" * 13):
        assert not heard(UTF8, stamp=stamp)


@pytest.mark.parametrize(("off", "fine"), [(300, True), (301, False), (-300, True), (-301, False)])
def test_the_window_is_five_minutes_either_way(off: int, fine: bool) -> None:
    assert heard(UTF8, at=NOW + off) == fine


def test_an_id_is_heard_once() -> None:
    memory = Heard(most=2)
    assert [memory.first_time(name) for name in "aabacba"] == [True, False, True, False, True, False, True]
