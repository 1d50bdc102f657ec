"""Webhooks: every change of status, signed, sent to addresses on this machine only."""

import base64
import binascii
import hashlib
import hmac
import http.client
import json
import logging
import queue
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from desktop.simulator.faults import Faults
from desktop.simulator.uploads import is_loopback

_log = logging.getLogger("simulator")
_TIMEOUT = 10.0


def key_bytes(secret: str, form: str) -> bytes:
    """The secret as key of the signature: its UTF-8 bytes, or what its hex digits say.

    Raises ValueError where it is no hex.
    """
    return binascii.unhexlify(secret) if form == "hex" else secret.encode()


def signature(key: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    """``v1,`` and the base64 of HMAC-SHA256 over ``id.timestamp.body``."""
    code = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(code).decode()}"


@dataclass(frozen=True, slots=True)
class _Message:
    url: str
    headers: dict[str, str]
    body: bytes


class Webhooks:
    """Sends webhooks from a thread of its own, one after the other.

    ``sent`` is called in that thread with whether the receiver answered with a 2xx.
    """

    def __init__(self, secret: str, faults: Faults, sent: Callable[[bool], None]) -> None:
        self._secret, self._faults, self._sent = secret, faults, sent
        self._held: list[_Message] = []
        self._queue: queue.SimpleQueue[_Message | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="webhooks", daemon=True)
        self._thread.start()

    def send(self, url: str, content: object, key_form: str) -> None:
        """Queue one webhook for ``url``, unless it leads out of this machine."""
        if not is_loopback(url):
            _log.info("no webhook is sent to %s: it is not on this machine", url)
            return
        if self._faults.take("webhook-lost", "webhook") is not None:
            return
        old = self._faults.take("webhook-old", "webhook")
        bad = self._faults.take("webhook-bad-signature", "webhook") is not None
        body = json.dumps(content, separators=(",", ":")).encode()
        message_id = f"msg_{uuid.uuid4().hex}"
        timestamp = str(int(time.time() - (float(old.value) if old is not None else 0)))
        key = b"another secret" if bad else key_bytes(self._secret, key_form)
        headers = {
            "content-type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": signature(key, message_id, timestamp, body),
        }
        message = _Message(url, headers, body)
        if self._faults.take("webhook-out-of-order", "webhook") is not None:
            self._held.append(message)
            return
        copies = 2 if self._faults.take("webhook-duplicated", "webhook") is not None else 1
        for item in (*[message] * copies, *self._held):
            self._queue.put(item)
        self._held.clear()

    def stop(self) -> None:
        """Send nothing more."""
        self._queue.put(None)

    def _work(self) -> None:
        while (message := self._queue.get()) is not None:
            self._sent(_post(message))


def _post(message: _Message) -> bool:
    parts = urlsplit(message.url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_TIMEOUT)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path, message.body, message.headers)
        return 200 <= connection.getresponse().status < 300
    except (OSError, http.client.HTTPException) as error:
        _log.info("webhook to %s failed: %s", message.url, error)
        return False
    finally:
        connection.close()
