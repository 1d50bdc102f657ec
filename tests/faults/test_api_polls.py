"""The harmless calls: status, list and key check, well and badly answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from desktop.api.client import Listed, ServiceClient, TaskStatus, Timeouts
from desktop.api.faults import (
    Fault,
    Interrupted,
    KeyRefused,
    NotFound,
    NotSent,
    RateLimited,
    ServiceDown,
    Unreadable,
)
from desktop.core.models import KLING_4K, model
from desktop.core.services import SIMULATOR
from tests.raw_server import KEY, Exchange, Handler, free_port, serving

T = TypeVar("T")
Call = Callable[[ServiceClient], Awaitable[T]]
QUICK = Timeouts(connect=1.0, write=0.3, create=0.3, poll=0.3)


def asked(handler: Handler, call: Call[T], timeouts: Timeouts | None = None) -> T:
    """What a call gives on a server that behaves so."""

    async def run() -> T:
        async with serving(handler) as server:
            client = ServiceClient(SIMULATOR, KEY, base_url=server.url, timeouts=timeouts)
            try:
                return await call(client)
            finally:
                await client.aclose()

    return asyncio.run(run())


def answering(status: int, body: bytes | object, *headers: str, path: str = "") -> Handler:
    async def handler(exchange: Exchange) -> None:
        head, _ = await exchange.read_all()
        assert head["x-magnific-api-key"] == KEY
        if path:
            assert head[""] == f"GET {path} HTTP/1.1"
        await exchange.reply(status, body, *headers)

    return handler


def status(client: ServiceClient) -> Awaitable[TaskStatus]:
    return client.status(KLING_4K, "t-1")


def tasks(client: ServiceClient) -> Awaitable[list[Listed] | None]:
    return client.list_tasks(KLING_4K, page=2, per_page=5)


def test_a_status_is_read() -> None:
    body = {
        "data": {
            "task_id": "t-1",
            "status": "COMPLETED",
            "error": None,
            "generated": ["https://x/a.mp4"],
            "new": 1,
        }
    }
    got = asked(
        answering(
            200,
            body,
            "x-ratelimit-limit: 300",
            "X-RateLimit-Remaining: 12",
            path="/v1/ai/video/kling-4k-i2v/t-1",
        ),
        status,
    )
    assert (got.task_id, got.status, got.generated, got.error) == (
        "t-1",
        "COMPLETED",
        ("https://x/a.mp4",),
        None,
    )
    assert (got.rate_limit.limit, got.rate_limit.remaining) == (300, 12)
    assert "https://x/a.mp4" in got.raw


def test_siblings_have_their_own_status_path() -> None:
    body = {"data": {"task_id": "t-1", "status": "CREATED", "generated": []}}
    handler = answering(200, body, path="/v1/ai/image-to-video/kling-v2-1/t-1")
    assert asked(handler, lambda client: client.status(model("kling-v2-1-pro"), "t-1")).generated == ()


@pytest.mark.parametrize("word", ["PENDING_REVIEW", "in progress"])
def test_an_unknown_word_is_passed_on(word: str) -> None:
    assert asked(answering(200, {"data": {"status": word, "generated": None}}), status).status == word


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (None, None),
        ("", None),
        ("nsfw", "nsfw"),
        ({"message": "m"}, "m"),
        ({"code": 3}, "{'code': 3}"),
        (5, "5"),
    ],
)
def test_the_tasks_error_is_text(error: object, text: str | None) -> None:
    body = {"data": {"status": "FAILED", "error": error, "generated": []}}
    assert asked(answering(200, body), status).error == text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"<html>",
        b"[]",
        b"[" * 100_000,
        {"data": 3},
        {"data": {}},
        {"data": {"status": 3}},
        {"data": {"status": "COMPLETED", "generated": "https://x"}},
        {"data": {"status": "COMPLETED", "generated": [1]}},
    ],
)
def test_a_status_that_cannot_be_read_is_a_fault(body: bytes | object) -> None:
    with pytest.raises(Unreadable) as caught:
        asked(answering(200, body), status)
    assert caught.value.http_status == 200


def test_an_endless_reply_is_bounded() -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.read_all()
        await exchange.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            await exchange.raw(b"10000\r\n" + b" " * 0x10000 + b"\r\n")

    with pytest.raises(Unreadable):
        asked(handler, status)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (401, KeyRefused),
        (404, NotFound),
        (429, RateLimited),
        (500, ServiceDown),
        (502, ServiceDown),
        (503, ServiceDown),
        (302, Unreadable),
        (418, Unreadable),
    ],
)
def test_a_status_refused(code: int, kind: type[Fault]) -> None:
    with pytest.raises(kind) as caught:
        asked(answering(code, {"message": "Task not found"}, "Location: http://127.0.0.1:1/"), status)
    assert type(caught.value) is kind
    assert KEY not in str(caught.value) + caught.value.details


@pytest.mark.parametrize("task_id", ["", "../kling-v3", "a/b", "a?b", "ä", "x" * 300])
def test_a_task_id_cannot_lead_elsewhere(task_id: str) -> None:
    async def handler(exchange: Exchange) -> None:
        raise AssertionError("nothing may be asked")

    with pytest.raises(NotFound):
        asked(handler, lambda client: client.status(KLING_4K, task_id))


async def _closes(exchange: Exchange) -> None:
    await exchange.read_all()


async def _resets(exchange: Exchange) -> None:
    await exchange.read_all()
    exchange.reset()


async def _hangs(exchange: Exchange) -> None:
    await exchange.read_all()
    await asyncio.Event().wait()


@pytest.mark.parametrize("handler", [_closes, _resets, _hangs])
def test_a_broken_poll_is_interrupted_not_lost(handler: Handler) -> None:
    with pytest.raises(Interrupted):
        asked(handler, status, QUICK)


async def _hangs_in_body(exchange: Exchange) -> None:
    await exchange.read_all()
    await exchange.reply(200, b'{"data":', length=100)
    await asyncio.Event().wait()


def test_a_reply_that_stops_in_its_body_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="cannot be read"):
        asked(_hangs_in_body, status, QUICK)


def test_nobody_there() -> None:
    async def run() -> None:
        client = ServiceClient(SIMULATOR, KEY, base_url=f"http://127.0.0.1:{free_port()}")
        with pytest.raises(NotSent, match="connection was refused"):
            await client.status(KLING_4K, "t-1")
        await client.aclose()

    asyncio.run(run())


def test_a_client_goes_on_after_it_was_closed_and_after_a_dropped_connection() -> None:
    body = {"data": {"status": "CREATED"}}

    async def once(exchange: Exchange) -> None:
        await exchange.read_all()
        await exchange.reply(200, body)  # then closes without saying so

    async def run() -> None:
        async with serving(once) as server:
            client = ServiceClient(SIMULATOR, KEY, base_url=server.url)
            for _ in range(3):
                assert (await client.status(KLING_4K, "t-1")).status == "CREATED"
                await server.closed()
            await client.aclose()
            assert (await client.status(KLING_4K, "t-1")).status == "CREATED"
            await client.aclose()

    asyncio.run(run())


# --- list -------------------------------------------------------------------------------------------------------


def test_a_list_is_read() -> None:
    rows = [{"task_id": "a", "status": "CREATED"}, {"task_id": "b", "status": 3, "more": {}}]
    path = "/v1/ai/video/kling-4k-i2v?page=2&per_page=5"
    assert asked(answering(200, {"data": rows}, path=path), tasks) == [
        Listed("a", "CREATED"),
        Listed("b", ""),
    ]
    assert asked(answering(200, rows), tasks) == [Listed("a", "CREATED"), Listed("b", "")]


def test_no_tasks_and_no_list_are_two_things() -> None:
    assert asked(answering(404, {"message": "Tasks not found"}), tasks) == []
    assert asked(answering(404, {"message": "Not found"}), tasks) is None
    assert asked(answering(404, b""), tasks) is None


@pytest.mark.parametrize("body", [{}, {"data": {}}, {"data": [3]}, {"data": [{"task_id": None}]}, b"{"])
def test_a_list_that_cannot_be_read_is_a_fault(body: bytes | object) -> None:
    with pytest.raises(Unreadable):
        asked(answering(200, body), tasks)


# --- key check --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "body", "valid"),
    [
        (200, {"data": []}, True),
        (404, {"message": "Tasks not found"}, True),
        (401, {"message": "Invalid API key"}, False),
    ],
)
def test_a_key_is_checked_for_free(code: int, body: object, valid: bool) -> None:
    got = asked(
        answering(code, body, path="/v1/ai/video/kling-v3?per_page=1"), lambda client: client.check_key()
    )
    assert got.valid is valid
    assert KEY not in repr(got)


@pytest.mark.parametrize(("code", "kind"), [(404, Unreadable), (500, ServiceDown), (429, RateLimited)])
def test_no_answer_on_the_key_is_a_fault(code: int, kind: type[Fault]) -> None:
    with pytest.raises(kind):
        asked(answering(code, {"message": "x"}), lambda client: client.check_key())


def test_the_key_is_in_no_repr() -> None:
    client = ServiceClient(SIMULATOR, KEY, base_url="http://127.0.0.1:1")
    assert KEY not in repr(client)
