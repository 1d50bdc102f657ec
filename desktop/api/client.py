"""The client of a service: create a task, follow it, list tasks, check the key."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

import httpcore
import httpx

from desktop import __version__
from desktop.api.body import AssetPath, Body, Progress
from desktop.api.connection import Wire, allowed, core_proxy, proxy_for, tls_context
from desktop.api.faults import (
    CannotSend,
    Interrupted,
    KeyRefused,
    NotFound,
    NotSent,
    OutcomeUnknown,
    Unreadable,
)
from desktop.api.replies import (
    MAX_REPLY,
    RateLimit,
    Reply,
    details_of,
    fault_of,
    named,
    rate_limit,
    read_json,
    redacted,
)
from desktop.core.errors import SettingsError
from desktop.core.models import Model, model
from desktop.core.request import Request
from desktop.core.services import Service

USER_AGENT = f"Kinebrush/{__version__}"
KEY_CHECK_PATH = "/v1/ai/video/kling-v3?per_page=1"
_TASK_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,199}")
_TRANSPORT_FAILURES = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
    ImportError,
    OSError,
)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. ``write`` is for each MiB of the body, ``create`` for the reply to a create, ``poll`` for a GET's."""

    connect: float = 15.0
    write: float = 120.0
    create: float = 180.0
    poll: float = 30.0


@dataclass(frozen=True, slots=True)
class Created:
    """The service has made a task of the ``bytes_sent`` that were sent."""

    task_id: str
    status: str
    request_id: str
    bytes_sent: int
    http_status: int


@dataclass(frozen=True, slots=True)
class TaskStatus:
    """What the service says of a task. ``status`` is its own word; ``generated`` are the links to results.

    ``raw`` is the reply as text to copy.
    """

    task_id: str
    status: str
    generated: tuple[str, ...]
    error: str | None
    rate_limit: RateLimit
    raw: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Listed:
    """A task in the service's list."""

    task_id: str
    status: str


@dataclass(frozen=True, slots=True)
class KeyCheck:
    """Whether the service takes the key; ``sentence`` says so to a person, ``details`` is its reply."""

    valid: bool
    sentence: str
    details: str
    rate_limit: RateLimit


class ServiceClient:
    """Talks to one service with one key, which goes to that service's host alone.

    ``key`` may be a function, asked at each call. ``base_url`` stands in for a service whose address is not fixed (the
    simulator). Only https is spoken, except on this machine; redirects are never followed. Close it with `aclose`.
    Raises SettingsError for an address that cannot be used.
    """

    def __init__(
        self,
        service: Service,
        key: str | Callable[[], str],
        *,
        base_url: str = "",
        timeouts: Timeouts | None = None,
    ) -> None:
        self._base = (base_url or service.base_url).rstrip("/")
        if not allowed(self._base) or urlsplit(self._base).query:
            raise SettingsError(
                f"The address of {service.title} cannot be used: it must begin with https://, or be on this machine."
            )
        self._service = service
        self._ask_key = key if callable(key) else lambda: key
        self._timeouts = timeouts or Timeouts()
        self._secure = self._base.startswith("https:")
        self._getter: httpx.AsyncClient | None = None
        self._opening = asyncio.Lock()

    async def aclose(self) -> None:
        """Close the connections that are kept for polling."""
        getter, self._getter = self._getter, None
        if getter is not None:
            await getter.aclose()

    # --- create -------------------------------------------------------------------------------------------------

    async def create(
        self, request: Request, asset_path: AssetPath, on_progress: Progress | None = None
    ) -> Created:
        """Send a request, once, on a connection of its own; ``asset_path`` gives an asset's file.

        ``on_progress`` hears (bytes handed over, total) in the event loop. Raises NotSent when no byte of the request
        left this machine; a Refused when it surely was not accepted; OutcomeUnknown in every other case of failure.
        Nothing is ever repeated here.

        A fresh connection, because one that the server has closed meanwhile fails only after sending and then looks
        like a lost reply.
        """
        key = self._key()
        body = Body(request, asset_path, on_progress)
        await asyncio.to_thread(body.check)
        url = self._base + model(request.model).create_path
        wire = Wire(secure=self._secure)
        try:
            reply = await self._post(url, key, body, wire)
        except CannotSend as fault:
            if not wire.sending:
                raise
            raise _lost(fault, f"{fault} {fault.details}", body) from fault
        except (
            *_TRANSPORT_FAILURES,
            RuntimeError,
        ) as error:  # RuntimeError: httpcore lacks a part for this proxy
            details = redacted(f"{type(error).__name__}: {error}", key)
            if wire.sending:
                raise _lost(error, details, body) from error
            sentence = f"{self._service.title} could not be reached: {_cause(error)} Nothing was sent."
            raise NotSent(sentence, details) from error
        return self._created(reply, key, body, request)

    async def _post(self, url: str, key: str, body: Body, wire: Wire) -> Reply:
        times = self._timeouts
        headers = {
            "Host": urlsplit(url).netloc,
            "Content-Type": "application/json",
            "Content-Length": str(body.length),
            "Accept": "application/json",
            "Connection": "close",
            "User-Agent": USER_AGENT,
            self._service.key_header: key,
        }
        extensions = {
            "timeout": {
                "connect": times.connect,
                "pool": times.connect,
                "write": times.write,
                "read": times.create,
            }
        }
        stream = body.stream()
        pool = httpcore.AsyncConnectionPool(
            ssl_context=await asyncio.to_thread(tls_context) if self._secure else None,
            proxy=core_proxy(url),
            max_connections=1,
            network_backend=wire,
        )
        try:
            async with (
                pool,
                pool.stream(
                    "POST", url, headers=list(headers.items()), content=stream, extensions=extensions
                ) as response,
            ):
                data, whole = await _bounded(response.aiter_stream(), times.create)
                return Reply(response.status, named(response.headers), data, whole)
        finally:
            await stream.aclose()

    def _created(self, reply: Reply, key: str, body: Body, request: Request) -> Created:
        if not 200 <= reply.status < 300:
            raise fault_of(reply, key=key, now=time.time(), creating=True, request=request)
        try:
            task = _task(read_json(reply))
            task_id = _task_id(task)
        except ValueError as error:
            raise OutcomeUnknown(
                "The service took the request, but its answer names no task; it may have been charged.",
                f"{error}\n{details_of(reply, key)}",
                http_status=reply.status,
                request_id=reply.request_id,
            ) from error
        word = task.get("status")
        return Created(
            task_id=task_id,
            status=word if isinstance(word, str) else "",
            request_id=reply.request_id,
            bytes_sent=body.sent,
            http_status=reply.status,
        )

    # --- harmless calls -----------------------------------------------------------------------------------------

    async def status(self, kind: Model, task_id: str) -> TaskStatus:
        """Ask how a task is doing. Raises NotFound, Unreadable and the other faults of a harmless call."""
        if not _TASK_ID.fullmatch(task_id):
            raise NotFound("This is not a task id; copy it from the service or the receipt.", task_id[:200])
        reply, key = await self._get(kind.status_path.format(task_id=quote(task_id, safe="")))
        try:
            task = _task(read_json(reply))
            word, generated, error = task.get("status"), task.get("generated"), task.get("error")
            if not isinstance(word, str) or not word:
                raise ValueError("there is no status")
            links = [] if generated is None else generated
            if not isinstance(links, list) or not all(isinstance(link, str) for link in links):
                raise ValueError("generated is not a list of links")
        except ValueError as problem:
            raise _unreadable(reply, key, str(problem)) from problem
        return TaskStatus(
            task_id=task_id,
            status=word[:100],
            generated=tuple(links),
            error=_error_text(error, key),
            rate_limit=rate_limit(reply.headers),
            raw=details_of(reply, key),
        )

    async def list_tasks(self, kind: Model, page: int = 1, per_page: int = 20) -> list[Listed] | None:
        """A page of the account's tasks, newest first; empty past the end, None when the service has no list.

        The list is not certain to exist (contract: seen in a client of a sibling). A 404 that says "Tasks not found"
        means an empty one, any other 404 that there is none.
        """
        try:
            reply, key = await self._get(f"{kind.list_path}?page={page}&per_page={per_page}")
        except NotFound as fault:
            return [] if "tasks not found" in fault.details.lower() else None
        try:
            record = read_json(reply)
            rows = record.get("data") if isinstance(record, dict) else record
            if not isinstance(rows, list):
                raise ValueError("there is no list of tasks")
            return [
                Listed(_task_id(row), row["status"] if isinstance(row.get("status"), str) else "")
                for row in map(_mapping, rows)
            ]
        except ValueError as problem:
            raise _unreadable(reply, key, str(problem)) from problem

    async def check_key(self) -> KeyCheck:
        """Ask for free whether the service takes the key (contract section 8). Raises the faults of a harmless call."""
        try:
            reply, key = await self._get(KEY_CHECK_PATH)
        except KeyRefused as fault:
            return KeyCheck(False, str(fault), fault.details, RateLimit(None, None, None))
        except NotFound as fault:
            if "tasks not found" not in fault.details.lower():
                raise Unreadable(
                    "The service did not say whether the key is right; the first request will tell.",
                    fault.details,
                    http_status=fault.http_status,
                    request_id=fault.request_id,
                ) from fault
            return KeyCheck(True, "The service accepts this key.", fault.details, RateLimit(None, None, None))
        return KeyCheck(
            True, "The service accepts this key.", details_of(reply, key), rate_limit(reply.headers)
        )

    async def _get(self, path: str) -> tuple[Reply, str]:
        """One GET with the key. Raises the fault of anything but a 2xx."""
        key = self._key()
        title = self._service.title
        try:
            getter = await self._open()
            headers = {self._service.key_header: key}
            async with getter.stream("GET", self._base + path, headers=headers) as response:
                data, whole = await _bounded(response.aiter_bytes(), self._timeouts.poll)
                head = {name.lower(): value for name, value in response.headers.items()}
                reply = Reply(response.status_code, head, data, whole)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
            raise NotSent(
                f"{title} could not be reached: {_cause(error)}",
                redacted(f"{type(error).__name__}: {error}", key),
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ImportError, OSError) as error:
            raise Interrupted(
                f"The connection to {title} broke: {_cause(error)}",
                redacted(f"{type(error).__name__}: {error}", key),
            ) from error
        if not 200 <= reply.status < 300:
            raise fault_of(reply, key=key, now=time.time(), creating=False)
        return reply, key

    async def _open(self) -> httpx.AsyncClient:
        """The client for polling: its connections are kept, for a GET that meets a closed one does no harm."""
        async with self._opening:
            if self._getter is None:
                times = self._timeouts
                self._getter = httpx.AsyncClient(
                    verify=await asyncio.to_thread(tls_context) if self._secure else False,
                    proxy=proxy_for(self._base),
                    trust_env=False,
                    follow_redirects=False,
                    headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
                    timeout=httpx.Timeout(times.poll, connect=times.connect),
                )
            return self._getter

    def _key(self) -> str:
        """The key, if it can travel in a header at all. Raises KeyRefused."""
        key = self._ask_key().strip()
        if not key:
            raise KeyRefused(f"There is no API key for {self._service.title}; enter one.")
        if not (key.isascii() and key.isprintable() and " " not in key):
            raise KeyRefused("The API key holds characters that no key has; copy it once more.")
        return key


async def _bounded(pieces: AsyncIterable[bytes], seconds: float) -> tuple[bytes, bool]:
    """A reply's body up to MAX_REPLY bytes and for so long at most; False with it when it did not come to its end.

    The status in the head already decides what a refusal means, so a cut body is no error here.
    """
    data = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for piece in pieces:
                data += piece
                if len(data) > MAX_REPLY:
                    return bytes(data[:MAX_REPLY]), False
    except (*_TRANSPORT_FAILURES, httpx.TransportError, httpx.DecodingError):  # TimeoutError is an OSError
        return bytes(data), False
    return bytes(data), True


def _lost(error: Exception, details: str, body: Body) -> OutcomeUnknown:
    if isinstance(error, httpcore.ReadTimeout):
        what = "no answer came in time"
    elif isinstance(error, httpcore.WriteTimeout):
        what = "the upload came to a standstill"
    elif isinstance(error, CannotSend):
        what = "a picture could not be read to its end"
    else:
        what = "the connection broke"
    return OutcomeUnknown(
        f"The request went out, but {what}; it may have been charged.",
        f"{details}\n{body.sent} of {body.length} bytes were handed over.",
    )


def _cause(error: Exception) -> str:
    """The transport's trouble in a sentence."""
    if isinstance(error, httpcore.TimeoutException | httpx.TimeoutException):
        return "it did not answer in time."
    chain: BaseException | None = error
    texts: list[str] = []
    while chain is not None and len(texts) < 8:
        texts.append(f"{type(chain).__name__} {chain}")
        chain = chain.__cause__ or chain.__context__
    text = " ".join(texts).lower()
    for marks, sentence in _CAUSES:
        if any(mark in text for mark in marks):
            return sentence
    return "the network failed."


_CAUSES: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("proxyerror", "socks", "unknown scheme for proxy"),
        "the proxy of this system does not let it through.",
    ),
    (("certificate", "ssl"), "its identity could not be verified; check the date and the network."),
    (
        ("gaierror", "name or service", "getaddrinfo", "nodename"),
        "its name was not found; check the network.",
    ),
    (("timed out", "unreachable"), "there was no way to it; check the network."),
    (("refused",), "the connection was refused."),
    (("disconnected", "reset", "readerror", "broken"), "it hung up."),
)


def _mapping(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("a task is not an object")
    return value


def _task(record: object) -> dict[str, Any]:
    """The task in a reply, with the ``data`` around it or, as webhooks have it, without."""
    outer = _mapping(record)
    return _mapping(outer.get("data", outer))


def _task_id(task: dict[str, Any]) -> str:
    value = task.get("task_id")
    if not isinstance(value, str) or not _TASK_ID.fullmatch(value):
        raise ValueError("there is no usable task_id")
    return value


def _error_text(error: object, key: str) -> str | None:
    """The task's error as text; null is what the service nearly always says."""
    if error is None or error == "":
        return None
    if isinstance(error, dict):
        error = error.get("message") or error
    return redacted(str(error), key)[:500]


def _unreadable(reply: Reply, key: str, why: str) -> Unreadable:
    return Unreadable(
        "The service gave an answer that cannot be read.",
        f"{why}\n{details_of(reply, key)}",
        http_status=reply.status,
        request_id=reply.request_id,
    )
