"""Keys: bound to hosts, from key ring or environment, and never seen."""

import copy
import io
import logging
import pickle
import threading

import keyring.errors
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyring.core import load_keyring

from desktop.core.errors import SecretError
from desktop.storage.secrets import HIDDEN, Key, Keys, RedactingFilter, redact
from tests.key_ring import Ring

HOST = "api.magnific.com"
SECRET = "FPSX0123456789abcdef"
OTHER = "FPSXother-key-98765432"


class FailingRing(Ring):
    """A key ring that raises; its message quotes what it was given, as some do."""

    def __init__(self, fault: Exception) -> None:
        super().__init__()
        self.fault = fault

    def get_password(self, service: str, username: str) -> str | None:
        raise self.fault

    def set_password(self, service: str, username: str, password: str) -> None:
        raise type(self.fault)(password)


def test_a_key_is_kept_for_its_host_alone() -> None:
    ring = Ring()
    keys = Keys(ring, {})
    assert keys.get(HOST) is None
    keys.set("API.magnific.com", f" {SECRET}\n")
    assert ring.kept == {("kinebrush", HOST): SECRET}
    found = keys.get(HOST)
    assert found is not None
    assert (found.reveal(), found.host) == (SECRET, HOST)
    for host in ("api.freepik.com", "evil.com", "api.magnific.com:8443", "api.magnific.com.evil.com", ""):
        assert keys.get(host) is None
    keys.forget(HOST)
    keys.forget(HOST)
    assert keys.get(HOST) is None


def test_the_environment_comes_after_the_key_ring_and_is_bound_too() -> None:
    ring = Ring()
    keys = Keys(ring, {"KINEBRUSH_API_KEY": SECRET})
    assert keys.get(HOST) == Key(HOST, SECRET)
    assert keys.get("localhost:8000") is None
    assert keys.get("api.freepik.com") is None
    keys.set(HOST, OTHER)
    assert keys.get(HOST) == Key(HOST, OTHER)
    moved = Keys(Ring(), {"KINEBRUSH_API_KEY": SECRET, "KINEBRUSH_API_KEY_HOST": "Proxy.example.org:8443"})
    assert moved.get("proxy.example.org:8443") == Key("proxy.example.org:8443", SECRET)
    assert moved.get(HOST) is None


@pytest.mark.parametrize(
    "text", ["short", "with space inside", "tab\tinside1", "key\r\nX-Evil: 1", "schlüssel1", "x" * 513]
)
def test_what_cannot_be_a_key(text: str) -> None:
    ring = Ring()
    with pytest.raises(SecretError, match="does not look like an API key") as caught:
        Keys(ring, {}).set(HOST, text)
    assert text not in str(caught.value)
    assert ring.kept == {}
    with pytest.raises(SecretError, match="KINEBRUSH_API_KEY does not hold"):
        Keys(ring, {"KINEBRUSH_API_KEY": text}).get(HOST)


def test_a_system_without_key_ring() -> None:
    keys = Keys(load_keyring("keyring.backends.fail.Keyring"), {})
    assert keys.get(HOST) is None
    for action in (lambda: keys.set(HOST, SECRET), lambda: keys.forget(HOST)):
        with pytest.raises(SecretError, match="no key ring to keep a key in; set KINEBRUSH_API_KEY"):
            action()
    assert Keys(load_keyring("keyring.backends.fail.Keyring"), {"KINEBRUSH_API_KEY": SECRET}).get(
        HOST
    ) == Key(HOST, SECRET)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (keyring.errors.KeyringLocked(SECRET), "is locked; unlock it"),
        (keyring.errors.InitError(SECRET), "failed; check it"),
        (OSError(SECRET), "failed; check it"),
        (RuntimeError(SECRET), "failed; check it"),
    ],
)
def test_a_key_ring_that_fails(fault: Exception, words: str) -> None:
    ring = FailingRing(fault)
    keys = Keys(ring, {})
    for put in (False, True):
        with pytest.raises(SecretError, match=words) as caught:
            keys.set(HOST, SECRET) if put else keys.get(HOST)
        assert SECRET not in str(caught.value) + caught.value.details + repr(caught.value)
    assert Keys(ring, {"KINEBRUSH_API_KEY": SECRET}).get(HOST) == Key(HOST, SECRET)


def test_a_key_ring_that_never_answers() -> None:
    answer = threading.Event()

    class Slow(Ring):
        def get_password(self, service: str, username: str) -> str | None:
            answer.wait(60)
            return None

    with pytest.raises(SecretError, match="did not answer"):
        Keys(Slow(), {}, timeout=0.05).get(HOST)
    answer.set()


def test_a_key_is_never_seen() -> None:
    key = Key(HOST, SECRET)
    for text in (repr(key), str(key), f"{key}", f"{key!r}", repr([key]), repr({"key": key})):
        assert SECRET not in text
        assert HIDDEN in text
    for action in (lambda: pickle.dumps(key), lambda: copy.copy(key), lambda: copy.deepcopy({"key": key})):
        with pytest.raises(SecretError):
            action()
    assert key == Key(HOST, SECRET)
    assert hash(key) == hash(Key(HOST, SECRET))
    assert key not in (Key("other.host", SECRET), Key(HOST, OTHER), SECRET)


@pytest.mark.parametrize(
    "text",
    [
        "x-magnific-api-key: {}",
        "X-Freepik-API-Key={}",
        "{{'x-magnific-api-key': '{}'}}",
        '{{"x-magnific-api-key":"{}"}}',
        "[(b'x-magnific-api-key', b'{}'), (b'accept', b'*/*')]",
        "Headers([('x-freepik-api-key', '{}')])",
        "Authorization: Bearer {}",
        "{{'authorization': 'Bearer {}'}}",
        "https://cdn.example/kling.mp4?token=exp=1790000000~hmac={}",
        "https://cdn.example/kling.mp4?a=1&token={}&b=2",
        "https://cdn.example/kling.mp4?token%3Dexp~hmac%3D{}",
    ],
)
def test_keys_and_tokens_that_were_never_seen_are_hidden_by_their_place(text: str) -> None:
    unseen = "never-registered-zzz42"
    hidden = redact(text.format(unseen))
    assert unseen not in hidden
    assert HIDDEN in hidden
    assert redact(hidden) == hidden


def test_plain_text_stays() -> None:
    text = "GET https://api.magnific.com/v1/ai/video/kling-4k-i2v/046b?page=1 200, tokens: 5, authorization failed"
    assert redact(text) == text


@given(before=st.text(max_size=20), after=st.text(max_size=20))
def test_a_known_key_is_hidden_wherever_it_stands(before: str, after: str) -> None:
    key = Key(HOST, "KNOWN-8f3b-key-22")
    assert key.reveal() not in redact(f"{before}{key.reveal()}{after}")


def test_logs_hold_no_key() -> None:
    Keys(Ring(), {}).set(HOST, SECRET)
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(RedactingFilter())
    log = logging.getLogger("tests.secrets")
    log.addHandler(handler)
    log.warning("sending %s with %r", SECRET, {"x-magnific-api-key": SECRET}, stack_info=True)
    try:
        raise ValueError(f"bad header {SECRET}")
    except ValueError:
        log.exception("failed for https://cdn/x?token=exp=1~hmac=%s", "abc123")
    log.removeHandler(handler)
    text = out.getvalue()
    assert SECRET not in text
    assert "abc123" not in text
    assert "ValueError: bad header [hidden]" in text
    assert "Traceback" in text
