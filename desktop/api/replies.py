"""Replies that are not what was asked for, read in all the shapes the service is known to use.

Shapes: a plain ``message``; ``application/problem+json`` with ``invalid_params``; the same wrapped in ``problem``; a
proxy's HTML; nothing at all.
"""

from __future__ import annotations

import email.utils
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from desktop.api.faults import (
    Fault,
    Forbidden,
    KeyRefused,
    NotFound,
    OutcomeUnknown,
    OutOfCredit,
    RateLimited,
    Refused,
    ServiceDown,
    Unreadable,
)
from desktop.core.request import Request

MAX_REPLY = 1 << 20
"""Bytes of a JSON reply that are read at most; real ones have a few hundred."""

MAX_DETAILS = 4000
MAX_MESSAGE = 300
MAX_WAIT = 24 * 3600.0

SURELY_REFUSED = frozenset({400, 401, 402, 403, 429})
"""After these a create may be repeated: the service refused it before making a task."""

REFUSED_CONTENT = frozenset({404, 405, 406, 410, 411, 413, 414, 415, 422, 431})
"""Each says in HTTP's own terms that this very request cannot be carried out (no such path, too large, wrong type, not
processable; RFC 9110 section 15.5). They are shown as refused, not charged; but as the service documents none of
their bodies, nothing ever repeats them by itself: only the user's word sends such a request again. Other 4xx (408,
409, 425 ...) speak of timing and leave the outcome unknown."""

_FIELDS = {"image": "image", "image_tail": "end_frame", "static_mask": "area:0"}
_PARAMETERS = ("prompt", "negative_prompt", "cfg_scale", "duration", "webhook_url")
_GROUP = re.compile(r"dynamic_masks[.\[/]+(\d+)")


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply as it arrived. Header names are lower case; ``whole`` tells whether the body came to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    whole: bool = True

    @property
    def request_id(self) -> str:
        """The server's name for this exchange, for its support."""
        return self.headers.get("x-request-id", "")[:200]


def named(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers from the wire by name, in lower case; of one sent twice the last counts."""
    return {name.decode("ascii", "replace").lower(): value.decode("latin-1") for name, value in headers}


@dataclass(frozen=True, slots=True)
class RateLimit:
    """What the server says about its limit: calls per window, calls left, seconds until the window ends."""

    limit: int | None
    remaining: int | None
    reset: float | None


def rate_limit(headers: Mapping[str, str]) -> RateLimit:
    """Read the x-ratelimit headers; what is absent or not a number is None."""

    def number(name: str) -> int | None:
        text = headers.get(name, "").strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

    return RateLimit(
        number("x-ratelimit-limit"), number("x-ratelimit-remaining"), number("x-ratelimit-reset")
    )


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds to wait by the Retry-After header, given as seconds or as a date (RFC 9110, 10.2.3); None when absent.

    ``now`` is unix time. Never negative, never more than a day.
    """
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(text).timestamp() - now
        except (ValueError, TypeError, OverflowError):
            return None
    return min(max(seconds, 0.0), MAX_WAIT) if math.isfinite(seconds) else None


def read_json(reply: Reply) -> Any:
    """The body as JSON data. Raises ValueError when it is not JSON or was cut."""
    if not reply.whole:
        raise ValueError("the reply was cut")
    try:
        return json.loads(reply.body)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def details_of(reply: Reply, key: str) -> str:
    """The reply as text to copy: bounded, printable, and without the key even if the server echoes it."""
    text = reply.body[: MAX_DETAILS * 4].decode("utf-8", errors="replace")
    text = "".join(char if char.isprintable() or char in "\n\t" else " " for char in redacted(text, key))
    if len(text) > MAX_DETAILS:
        text = text[:MAX_DETAILS] + " …"
    cut = "" if reply.whole else "\n(the reply broke off here)"
    return f"HTTP {reply.status}\n{text}{cut}".rstrip()


def redacted(text: str, key: str) -> str:
    """The text with every occurrence of the key replaced."""
    return text.replace(key, "[key]") if key else text


@dataclass(frozen=True, slots=True)
class Complaint:
    """What an error reply says: its message and the first field it names with the reason."""

    message: str = ""
    field: str = ""
    reason: str = ""


def complaint_of(reply: Reply, key: str = "") -> Complaint:
    """Find the message in any of the known shapes; empty when there is none to be found."""

    def text(value: object) -> str:
        if not isinstance(value, str):
            return ""
        line = " ".join(redacted(value, key).split())
        return line if len(line) <= MAX_MESSAGE else line[:MAX_MESSAGE] + " …"

    try:
        record = read_json(reply)
    except ValueError:
        return Complaint()
    if isinstance(record, str):
        return Complaint(text(record))
    if not isinstance(record, dict):
        return Complaint()
    inner = record.get("problem")
    if isinstance(inner, dict):
        record = inner
    message = ""
    for name in ("message", "detail", "error", "title"):
        value = record.get(name)
        message = text(value.get("message") if isinstance(value, dict) else value)
        if message:
            break
    params = record.get("invalid_params")
    for item in params if isinstance(params, list) else ():
        if isinstance(item, dict):
            field = text(item.get("name")) or text(item.get("field"))
            reason = text(item.get("reason"))
            if field or reason:
                return Complaint(message, field, reason)
    return Complaint(message)


def where_of(field: str, request: Request | None) -> str:
    """The service's field name in the words of `desktop.core.rules`; empty when it is none of ours."""
    name = field.strip().removeprefix("body.").removeprefix("$.")
    group = _GROUP.match(name)
    if group is not None:
        index = int(group[1])
        groups = () if request is None else request.dynamic_masks
        return f"area:{groups[index].label}" if index < len(groups) else "areas"
    root = re.split(r"[.\[/]", name, maxsplit=1)[0]
    if root in _PARAMETERS:
        return root
    return "areas" if root == "dynamic_masks" else _FIELDS.get(root, "")


def fault_of(reply: Reply, *, key: str, now: float, creating: bool, request: Request | None = None) -> Fault:
    """The fault a reply with a status outside 2xx means.

    ``creating`` makes the difference for money: after a 5xx, a redirect or an unclear 4xx a create's outcome is
    unknown, while a GET did no harm.
    """
    status, details = reply.status, details_of(reply, key)
    said, wait = complaint_of(reply, key), retry_after(reply.headers, now)
    quote = _quote(said)

    def fault(kind: type[Fault], sentence: str, **more: Any) -> Fault:
        return kind(sentence, details, http_status=status, request_id=reply.request_id, **more)

    if status in _OF_THE_ACCOUNT:
        kind, sentence = _OF_THE_ACCOUNT[status]
        return fault(kind, f"{sentence}{quote}")
    if status == 429:
        pause = "" if wait is None else f" and asks for {wait:.0f} s of patience"
        sentence = f"The service takes no more requests for the moment{pause}.{quote}"
        return fault(RateLimited, sentence, retry_after=wait)
    if status == 404 and not creating:
        return fault(NotFound, f"The service does not know this task.{quote}")
    if status in SURELY_REFUSED or status in REFUSED_CONTENT:
        return fault(Refused, f"{_refusal(status)}{quote}", where=where_of(said.field, request))
    if creating:
        return fault(
            OutcomeUnknown,
            f"The service answered with error {status}, which does not say whether it took the request; it may have "
            f"been charged.{quote}",
        )
    if status >= 500:
        sentence = f"The service has a problem of its own (error {status}); try again later.{quote}"
        return fault(ServiceDown, sentence, retry_after=wait)
    if 300 <= status < 400:
        return fault(
            Unreadable,
            "The service points to another address; it is not followed, so that the key stays where it belongs.",
        )
    return fault(Unreadable, f"The service gave an answer that cannot be used (status {status}).{quote}")


_OF_THE_ACCOUNT: Mapping[int, tuple[type[Fault], str]] = {
    401: (KeyRefused, "The service does not accept this API key; check it and enter it again."),
    402: (OutOfCredit, "The account has no credit left; nothing was charged."),
    403: (Forbidden, "The service does not allow this for the account; its plan or its state forbids it."),
}


def _refusal(status: int) -> str:
    if status == 413:
        return "The request is too large for the service; nothing was charged."
    if status in (404, 405, 410):
        return "The service does not offer this model at its address; nothing was charged."
    return "The service refused the request; nothing was charged."


def _quote(said: Complaint) -> str:
    detail = ": ".join(part for part in (said.field, said.reason) if part)
    words = "; ".join(part.rstrip(".") for part in (said.message, detail) if part)
    return f" It says: “{words}”." if words else ""
