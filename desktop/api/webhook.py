"""A webhook's signature and whether it was heard before (contract section 4). Polling goes on in any case."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Iterator

WINDOW = 300.0
"""Seconds by which a message may be older or newer than now."""


def signed_by(secret: str, message_id: str, timestamp: str, body: bytes, signatures: str, now: float) -> bool:
    """Whether a message is the service's: ``v1,<base64 HMAC-SHA256 of id.timestamp.body>`` within five minutes.

    ``signatures`` is the whole webhook-signature header, several parted by spaces; one that fits is enough. ``now`` is
    unix time. Whether the key is the secret's UTF-8 bytes, its hex or its base64 is not documented, so each reading
    is tried; that weakens nothing, as all three are as secret as the secret. Never raises.
    """
    if not secret or not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 13):
        return False
    if abs(now - int(timestamp)) > WINDOW:
        return False
    content = f"{message_id}.{timestamp}.".encode("utf-8", "replace") + body
    given = [
        part.removeprefix("v1,").encode("utf-8", "replace")
        for part in signatures.split()
        if part.startswith("v1,")
    ]
    fits = False
    for key in _keys(secret):
        wanted = base64.b64encode(hmac.digest(key, content, hashlib.sha256))
        for signature in given:
            fits |= hmac.compare_digest(wanted, signature)
    return fits


class Heard:
    """Remembers message ids, so that a message that is delivered twice counts once; the oldest are forgotten first."""

    def __init__(self, most: int = 10_000) -> None:
        self._ids: OrderedDict[str, None] = OrderedDict()
        self._most = most

    def first_time(self, message_id: str) -> bool:
        """Whether this id is new; it no longer is afterwards."""
        if message_id in self._ids:
            return False
        self._ids[message_id] = None
        if len(self._ids) > self._most:
            self._ids.popitem(last=False)
        return True


def _keys(secret: str) -> Iterator[bytes]:
    """The secret's possible readings; an empty key is none."""
    yield secret.encode("utf-8", "replace")
    plain = secret.removeprefix("whsec_")
    try:
        if key := bytes.fromhex(plain):
            yield key
    except ValueError:
        pass
    try:
        if key := base64.b64decode(plain, validate=True):
            yield key
    except (binascii.Error, ValueError):
        pass
