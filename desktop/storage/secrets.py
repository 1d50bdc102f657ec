"""API keys: bound to the host they were given for, and never shown.

A key is looked for in the system's key ring, then in ``KINEBRUSH_API_KEY``; asking the user is the caller's part.
"""

from __future__ import annotations

import logging
import os
import re
import threading
import traceback
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Generic, TypeVar

from desktop.core.errors import SecretError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")

KEYRING_SERVICE = "kinebrush"
KEY_VARIABLE = "KINEBRUSH_API_KEY"
KEY_HOST_VARIABLE = "KINEBRUSH_API_KEY_HOST"
DEFAULT_KEY_HOST = "api.magnific.com"
HIDDEN = "[hidden]"

_PLAUSIBLE = re.compile(r"[\x21-\x7e]{8,512}")
_HEADER = re.compile(
    r"""(x-(?:magnific|freepik)-api-key|authorization)  # a header's name,
        (['"]?+\s*+[:=,]\s*+(?:b?['"])?+(?:bearer\s+)?+)  # what stands between in its many spellings,
        (?!\[hidden\])[^\s'",;)}\]]+                      # its value""",
    re.IGNORECASE | re.VERBOSE,
)
_TOKEN = re.compile(r"((?:token|hmac)(?:=|%3D))(?!\[hidden\])[^\s&\"'<>,;)}\]]+", re.IGNORECASE)

_known: set[str] = set()
_known_lock = threading.Lock()


class Key:
    """An API key. It prints as ``[hidden]``; only `reveal` gives the secret, to be put into the header."""

    __slots__ = ("_secret", "host")

    def __init__(self, host: str, secret: str) -> None:
        """Raises SecretError when the text cannot be a key (8 to 512 visible ASCII characters)."""
        secret = secret.strip()
        if not _PLAUSIBLE.fullmatch(secret):
            raise SecretError(
                "This does not look like an API key; copy it again from the service's dashboard."
            )
        self.host = host
        self._secret = secret
        with _known_lock:
            _known.add(secret)

    def reveal(self) -> str:
        """The secret itself."""
        return self._secret

    def __repr__(self) -> str:
        return f"Key({self.host!r}, {HIDDEN})"

    def __str__(self) -> str:
        return HIDDEN

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and (self.host, self._secret) == (other.host, other._secret)

    def __hash__(self) -> int:
        return hash((self.host, self._secret))

    def __reduce__(self) -> str:
        raise SecretError("An API key cannot be copied into a file.")


class Keys:
    """Reads and keeps keys. Its calls may take long (a key ring may ask to be unlocked): call them in a thread.

    ``backend`` replaces the system's key ring; ``timeout`` is how many seconds it may take to answer.
    """

    def __init__(
        self,
        backend: KeyringBackend | None = None,
        environment: Mapping[str, str] = os.environ,
        *,
        timeout: float = 60.0,
    ) -> None:
        self._backend = backend
        self._environment = environment
        self._timeout = timeout

    def get(self, host: str) -> Key | None:
        """The key for exactly this host (with its port, when it has one), or None when there is none anywhere.

        Raises SecretError when the key ring is there but cannot be read (and the environment has no key either), or
        when what is stored cannot be a key.
        """
        host = host.lower()
        from_environment = self._from_environment(host)
        try:
            secret = self._ask(lambda ring: ring.get_password(KEYRING_SERVICE, host))
        except _NoKeyring:
            secret = None
        except SecretError:
            if from_environment is None:
                raise
            secret = None
        return Key(host, secret) if secret else from_environment

    def set(self, host: str, secret: str) -> Key:
        """Keep a key for a host in the key ring. Raises SecretError when it is no key or cannot be kept."""
        key = Key(host.lower(), secret)
        self._ask(lambda ring: ring.set_password(KEYRING_SERVICE, key.host, key.reveal()))
        if self._ask(lambda ring: ring.get_password(KEYRING_SERVICE, key.host)) != key.reveal():
            # Some key rings swallow what they are given, such as the one that stands for none.
            raise SecretError(f"The system's key ring did not keep the key; set {KEY_VARIABLE} instead.")
        return key

    def forget(self, host: str) -> None:
        """Remove a host's key from the key ring; nothing happens when there is none."""
        host = host.lower()

        def remove(ring: KeyringBackend) -> None:
            if ring.get_password(KEYRING_SERVICE, host) is not None:
                ring.delete_password(KEYRING_SERVICE, host)

        self._ask(remove)

    def _from_environment(self, host: str) -> Key | None:
        secret = self._environment.get(KEY_VARIABLE, "").strip()
        bound_to = self._environment.get(KEY_HOST_VARIABLE, "").strip() or DEFAULT_KEY_HOST
        if not secret or host != bound_to.lower():
            return None
        try:
            return Key(host, secret)
        except SecretError:
            raise SecretError(
                f"{KEY_VARIABLE} does not hold an API key; set it again or remove it."
            ) from None

    def _ask(self, question: Callable[[KeyringBackend], T]) -> T:
        """Put a question to the key ring, in a thread that is given up when it does not answer."""
        outcome: _Outcome[T] = _Outcome()

        def work() -> None:
            with outcome:
                outcome.answers.append(question(self._ring()))

        thread = threading.Thread(target=work, name="keyring", daemon=True)
        thread.start()
        thread.join(self._timeout)
        if outcome.answers:
            return outcome.answers[0]
        if outcome.fault is not None:
            raise _explained(outcome.fault)
        raise SecretError(f"The system's key ring did not answer; unlock it, or set {KEY_VARIABLE} instead.")

    def _ring(self) -> KeyringBackend:
        if self._backend is None:
            import keyring  # takes long to load and may talk to D-Bus

            self._backend = keyring.get_keyring()
        return self._backend


class _Outcome(Generic[T]):
    """Brings an answer or a fault out of a thread. Key rings raise whatever their system raises."""

    def __init__(self) -> None:
        self.answers: list[T] = []
        self.fault: Exception | None = None

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if isinstance(error, Exception):
            self.fault = error
        return self.fault is not None


class _NoKeyring(SecretError):
    """This system has no key ring."""


def _explained(fault: Exception) -> SecretError:
    import keyring.errors

    # The message of a key ring may quote what it was given: only the kind of the fault is kept.
    details = type(fault).__name__
    if isinstance(fault, keyring.errors.NoKeyringError):
        return _NoKeyring(
            f"This system has no key ring to keep a key in; set {KEY_VARIABLE} instead.", details
        )
    if isinstance(fault, keyring.errors.KeyringLocked):
        return SecretError(
            f"The system's key ring is locked; unlock it and try again, or set {KEY_VARIABLE}.", details
        )
    return SecretError(f"The system's key ring failed; check it, or set {KEY_VARIABLE} instead.", details)


def redact(text: str) -> str:
    """The text without any key seen so far, without what follows a key header, without tokens of addresses."""
    with _known_lock:
        secrets = sorted(_known, key=len, reverse=True)
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return _TOKEN.sub(rf"\g<1>{HIDDEN}", _HEADER.sub(rf"\g<1>\g<2>{HIDDEN}", text))


class RedactingFilter(logging.Filter):
    """Put on a log handler, it redacts messages, tracebacks and stack dumps before they are written."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(record.getMessage()), None
        if record.exc_info:
            record.exc_text = "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")
            record.exc_info = None
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        if record.stack_info:
            record.stack_info = redact(record.stack_info)
        return True
