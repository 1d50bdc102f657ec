"""Readings of a service, the services themselves, and the models as the contract lists them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.conventions import KLING, PROFILES, STRICT, Conventions, from_record, profile
from desktop.core.errors import SettingsError
from desktop.core.models import KLING_4K, MODELS, model
from desktop.core.parameters import DEFAULT_MODEL, Parameters, spec
from desktop.core.services import MAGNIFIC, SERVICES, custom_service, host_of, is_loopback, service
from tests.shots import conventions


@given(conventions(), st.integers(1, 10_000), st.data())
def test_rows_and_sent_y_are_inverse(reading: Conventions, height: int, data: st.DataObject) -> None:
    row = data.draw(st.integers(0, height - 1))
    assert reading.row_in(reading.y_out(row, height), height) == row
    y = data.draw(st.integers(-5, height + 5))
    assert reading.y_out(reading.row_in(y, height), height) == y


@pytest.mark.parametrize(
    ("reading", "top", "bottom"),
    [
        (Conventions(), 479, 0),
        (Conventions(bottom_row="H-r"), 480, 1),
        (Conventions(origin="top-left"), 0, 479),
        (Conventions(origin="top-left", bottom_row="H-r"), 0, 479),
    ],
)
def test_the_y_of_the_top_and_the_bottom_row(reading: Conventions, top: int, bottom: int) -> None:
    assert (reading.y_out(0, 480), reading.y_out(479, 480)) == (top, bottom)


@given(conventions())
def test_a_record_is_json_and_comes_back(reading: Conventions) -> None:
    assert from_record(json.loads(json.dumps(reading.record()))) == reading


def test_a_record_of_another_version_is_read() -> None:
    assert from_record({"origin": "top-left", "colour": "red"}) == Conventions(origin="top-left")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("origin", "middle"),
        ("bottom_row", "H"),
        ("painted", 255),
        ("static_means", ""),
        ("other_durations", "hint"),
        ("masks_with_end_frame", None),
        ("name", 3),
        ("max_groups", 0),
        ("max_groups", "6"),
        ("min_points", 2.0),
        ("max_points", True),
        ("min_side", -1),
        ("max_image_bytes", None),
        ("max_aspect", 0.99),
        ("max_aspect", float("nan")),
        ("max_aspect", float("inf")),
        ("max_aspect", "2.5"),
        ("mask_durations", []),
        ("mask_durations", 5),
        ("mask_durations", [5, "10"]),
        ("mask_durations", [0]),
    ],
)
def test_an_impossible_value_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(SettingsError, match=name):
        from_record({**KLING.record(), name: value})


def test_profiles() -> None:
    assert profile("kling") is KLING
    assert profile("kling-strict") is STRICT
    assert (STRICT.other_durations, STRICT.masks_with_end_frame) == ("error", "error")
    assert {entry.conventions for entry in SERVICES} <= set(PROFILES)
    with pytest.raises(SettingsError, match="kling-strict"):
        profile("nobody")


def test_the_defaults_are_the_contracts() -> None:
    assert (KLING.origin, KLING.bottom_row, KLING.painted, KLING.static_means) == (
        "bottom-left",
        "H-1-r",
        "white",
        "still",
    )
    assert (KLING.max_groups, KLING.min_points, KLING.max_points) == (6, 2, 77)
    assert (KLING.min_side, KLING.max_aspect, KLING.max_image_bytes) == (300, 2.5, 10_000_000)
    defaults = Parameters()
    assert defaults.negative_prompt == "blur, distort, and low quality"
    assert (defaults.prompt, defaults.cfg_scale, defaults.duration) == ("", 0.5, 5)
    assert model(DEFAULT_MODEL) is KLING_4K
    limits = {name: (spec(name).minimum, spec(name).maximum) for name in ("prompt", "duration", "cfg_scale")}
    assert limits == {"prompt": (0, 2500), "duration": (3, 15), "cfg_scale": (0, 1)}


@pytest.mark.parametrize(
    ("model_id", "create", "status", "durations", "kind"),
    [
        ("kling-4k-i2v", "video/kling-4k-i2v", "video/kling-4k-i2v", tuple(range(3, 16)), "integer"),
        ("kling-pro", "image-to-video/kling-pro", "image-to-video/kling-pro", (5, 10), "string"),
        ("kling-std", "image-to-video/kling-std", "image-to-video/kling-std", (5, 10), "string"),
        ("kling-v2-1-pro", "image-to-video/kling-v2-1-pro", "image-to-video/kling-v2-1", (5, 10), "string"),
        ("kling-v2-1-std", "image-to-video/kling-v2-1-std", "image-to-video/kling-v2-1", (5, 10), "string"),
    ],
)
def test_models(model_id: str, create: str, status: str, durations: tuple[int, ...], kind: str) -> None:
    entry = model(model_id)
    assert entry.create_path == f"/v1/ai/{create}"
    assert entry.status_path.format(task_id="abc") == f"/v1/ai/{status}/abc"
    assert entry.list_path == f"/v1/ai/{status}"
    assert (entry.durations, entry.duration_as) == (durations, kind)


def test_an_unknown_model_is_named() -> None:
    assert len({entry.id for entry in MODELS}) == len(MODELS) == 5
    with pytest.raises(SettingsError, match="kling-9"):
        model("kling-9")


def test_a_price_is_an_estimate_in_cents() -> None:
    assert KLING_4K.price is not None
    assert KLING_4K.price.estimate(5) == 2.10
    assert KLING_4K.price.estimate(15) == 6.30


def test_known_services() -> None:
    assert service("magnific") is MAGNIFIC
    assert [(entry.id, entry.base_url, entry.key_header, entry.charges) for entry in SERVICES] == [
        ("magnific", "https://api.magnific.com", "x-magnific-api-key", True),
        ("freepik", "https://api.freepik.com", "x-freepik-api-key", True),
        ("simulator", "", "x-magnific-api-key", False),
    ]
    with pytest.raises(SettingsError, match="elsewhere"):
        service("elsewhere")


@pytest.mark.parametrize(
    ("url", "base", "host", "charges"),
    [
        ("https://video.example.org/", "https://video.example.org", "video.example.org", True),
        ("https://Example.org:8443/api", "https://Example.org:8443/api", "example.org:8443", True),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "127.0.0.1:8080", False),
        ("http://localhost:1", "http://localhost:1", "localhost:1", False),
        ("http://[::1]:9", "http://[::1]:9", "[::1]:9", False),
    ],
)
def test_a_custom_service(url: str, base: str, host: str, charges: bool) -> None:
    entry = service(url)
    assert (entry.base_url, host_of(entry), entry.charges) == (base, host, charges)
    assert entry.key_header == "x-magnific-api-key"


@pytest.mark.parametrize(
    "url",
    [
        "http://video.example.org",
        "ftp://127.0.0.1",
        "https://",
        "https://user@example.org",
        "https://user:pass@example.org",
        "https://@example.org",
        "https://example.org?key=1",
        "https://example.org?",
        "https://example.org#part",
        "https://example.org:99999",
        "https://example.org:0",
        "https://example.org:port",
        "https://[::1",
        "https://exam ple.org",
        "https://example.org\n.evil.org",
        "https://example.org\\@evil.org",
        "http://127.0.0.1.evil.org",
        "http://localhost.evil.org",
    ],
)
def test_an_address_that_cannot_be_used_gets_a_sentence(url: str) -> None:
    with pytest.raises(SettingsError, match=r"^The service address must .*\.$"):
        custom_service(url)


def test_loopback_is_this_machine_only() -> None:
    assert all(map(is_loopback, ["localhost", "127.0.0.1", "127.9.9.9", "::1"]))
    assert not any(map(is_loopback, ["0.0.0.0", "10.0.0.1", "example.org", "::2", ""]))
