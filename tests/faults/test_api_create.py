"""A create under every failure, byte by byte: what is surely not charged, and what may have been."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from desktop.api.body import Body
from desktop.api.client import Created, ServiceClient, Timeouts
from desktop.api.connection import tls_context
from desktop.api.faults import (
    CannotSend,
    Fault,
    Forbidden,
    KeyRefused,
    NotSent,
    OutcomeUnknown,
    OutOfCredit,
    RateLimited,
    Refused,
)
from desktop.core.errors import SettingsError
from desktop.core.services import FREEPIK, SIMULATOR, Service, custom_service
from desktop.core.wire import parse, serialise
from tests.raw_server import KEY, Assets, Exchange, Handler, free_port, request_of, serving

QUICK = Timeouts(connect=2.0, write=0.3, create=0.3, poll=0.3)
TASK: dict[str, object] = {
    "data": {"task_id": "046b6c7f-0b8a", "status": "CREATED", "error": None, "generated": []}
}
BIG = 24_000_000
"""Larger than all socket buffers on the way, so that an upload is really under way."""


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    return Assets(tmp_path)


async def send(
    url: str,
    assets: Assets,
    *,
    size: int = 300_000,
    timeouts: Timeouts | None = None,
    service: Service = SIMULATOR,
    key: str = KEY,
) -> Created:
    client = ServiceClient(service, key, base_url=url, timeouts=timeouts)
    try:
        return await client.create(request_of(assets, size), assets.path)
    finally:
        await client.aclose()


def outcome(
    handler: Handler, assets: Assets, *, size: int = 300_000, timeouts: Timeouts | None = None
) -> Fault:
    """The fault a create ends with on a server that behaves so."""

    async def run() -> Fault:
        async with serving(handler) as server:
            with pytest.raises(Fault) as caught:
                await send(server.url, assets, size=size, timeouts=timeouts)
            assert len(server.exchanges) == 1, "a create is never repeated"
            return caught.value

    return asyncio.run(run())


def answering(status: int, body: bytes | object, *headers: str) -> Callable[[Exchange], Awaitable[None]]:
    async def handler(exchange: Exchange) -> None:
        await exchange.read_all()
        await exchange.reply(status, body, *headers)

    return handler


# --- it works ---------------------------------------------------------------------------------------------------


def test_the_body_arrives_exactly_and_the_receipt_says_so(assets: Assets) -> None:
    request = request_of(assets)
    progress: list[tuple[int, int]] = []

    async def run() -> None:
        async def handler(exchange: Exchange) -> None:
            head, body = await exchange.read_all()
            assert head[""] == "POST /v1/ai/video/kling-4k-i2v HTTP/1.1"
            assert head["x-magnific-api-key"] == KEY
            assert head["content-type"] == "application/json"
            assert head["connection"] == "close"
            assert "transfer-encoding" not in head
            assert body == serialise(request, lambda asset: assets.path(asset).read_bytes())
            assert parse(body).image == assets.path(request.image).read_bytes()
            seen.append(hashlib.sha256(body).hexdigest())
            await exchange.reply(200, TASK, "x-request-id: rq-1")

        seen: list[str] = []
        async with serving(handler) as server:
            client = ServiceClient(SIMULATOR, lambda: KEY, base_url=server.url)
            created = await client.create(request, assets.path, lambda *at: progress.append(at))
            assert created.task_id == "046b6c7f-0b8a"
            assert (created.status, created.request_id, created.http_status) == ("CREATED", "rq-1", 200)
            assert Body(request, assets.path).digest() == seen[0]
            assert progress[-1] == (created.bytes_sent, created.bytes_sent)
            await client.create(request, assets.path)
            assert len(server.exchanges) == 2, "each create has a connection of its own"
            await client.aclose()

    asyncio.run(run())
    assert progress == sorted(progress)
    assert len(progress) > 3


def test_the_legacy_service_has_its_own_header(assets: Assets) -> None:
    async def handler(exchange: Exchange) -> None:
        head, _ = await exchange.read_all()
        assert head["x-freepik-api-key"] == KEY
        assert "x-magnific-api-key" not in head
        await exchange.reply(200, TASK)

    async def run() -> None:
        async with serving(handler) as server:
            await send(server.url, assets, service=FREEPIK)

    asyncio.run(run())


def test_interim_answers_do_not_end_an_upload(assets: Assets) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.read_head()
        await exchange.raw(b"HTTP/1.1 100 Continue\r\n\r\n")
        await exchange.reader.readexactly(1_000_000)
        await exchange.raw(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 1")
        await exchange.reader.readexactly(1_000_000)
        await exchange.raw(b"02 Processing\r\n\r\n")
        length = int(exchange.head.lower().partition(b"content-length:")[2].split()[0])
        await exchange.reader.readexactly(length - 2_000_000)
        await exchange.reply(200, TASK)

    async def run() -> Created:
        async with serving(handler) as server:
            return await send(server.url, assets, size=BIG)

    assert asyncio.run(run()).task_id == "046b6c7f-0b8a"


@pytest.mark.parametrize(
    "body", [{"task_id": "t-1", "status": "CREATED"}, {"data": {"task_id": "t-1"}, "new": [1]}]
)
def test_a_paid_task_is_not_lost_to_a_small_change_of_the_reply(assets: Assets, body: object) -> None:
    async def run() -> Created:
        async with serving(answering(201, body)) as server:
            return await send(server.url, assets)

    assert asyncio.run(run()).task_id == "t-1"


# --- surely nothing was sent ------------------------------------------------------------------------------------


def test_a_refused_port_means_not_sent(assets: Assets) -> None:
    with pytest.raises(NotSent, match=r"refused.*Nothing was sent"):
        asyncio.run(send(f"http://127.0.0.1:{free_port()}", assets))


def test_an_unknown_name_means_not_sent(assets: Assets) -> None:
    with pytest.raises(NotSent, match="name was not found"):
        asyncio.run(send("https://no-such-host.invalid", assets))


def test_a_server_that_speaks_no_tls_means_not_sent(assets: Assets) -> None:
    async def run() -> None:
        got: list[bytes] = []

        async def handler(exchange: Exchange) -> None:
            got.append(await exchange.reader.read(1000))
            await exchange.raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        async with serving(handler) as server:
            url = server.url.replace("http:", "https:")
            with pytest.raises(NotSent):
                await send(url, assets, service=custom_service(url), timeouts=QUICK)
        assert KEY.encode() not in b"".join(got)

    asyncio.run(run())


def test_a_tls_handshake_that_hangs_means_not_sent(assets: Assets) -> None:
    async def run() -> None:
        async def handler(exchange: Exchange) -> None:
            await exchange.reader.read()

        async with serving(handler) as server:
            with pytest.raises(NotSent, match="did not answer in time"):
                await send(server.url.replace("http:", "https:"), assets, timeouts=Timeouts(connect=0.2))

    asyncio.run(run())


def test_a_full_backlog_means_not_sent(assets: Assets) -> None:
    """Connect time-out: the port neither takes nor refuses us."""
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for other in (first, second):
            other.setblocking(False)
            other.connect_ex(listener.getsockname())
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(Fault) as caught:
            asyncio.run(send(url, assets, timeouts=Timeouts(connect=0.3, write=0.3, create=0.3)))
    # Where the system's backlog is larger than asked for, the connection stands and the reply is what is missing.
    stood = isinstance(caught.value, OutcomeUnknown)
    assert stood or (isinstance(caught.value, NotSent) and "did not answer in time" in str(caught.value))


@pytest.mark.parametrize(
    "proxy", ["http://127.0.0.1:{port}", "socks5://127.0.0.1:{port}", "gopher://127.0.0.1:{port}"]
)
def test_a_dead_or_unusable_proxy_means_not_sent(
    assets: Assets, proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.format(port=free_port()))
    monkeypatch.setenv("https_proxy", proxy.format(port=free_port()))
    with pytest.raises(NotSent):
        asyncio.run(send("https://api.example.invalid", assets))


def test_a_proxy_that_refuses_the_tunnel_means_not_sent_and_never_sees_the_key(
    assets: Assets, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        async def handler(exchange: Exchange) -> None:
            head = await exchange.read_head()
            assert head[""] == "CONNECT api.example.invalid:443 HTTP/1.1"
            assert KEY.encode() not in exchange.head
            assert head["proxy-authorization"].startswith("Basic ")
            await exchange.reply(403, b"no")

        async with serving(handler) as server:
            monkeypatch.setenv("https_proxy", f"http://joe:pw@127.0.0.1:{server.port}")
            monkeypatch.setenv("no_proxy", "")
            with pytest.raises(NotSent, match="proxy"):
                await send("https://api.example.invalid", assets)
            assert len(server.exchanges) == 1

    asyncio.run(run())


def test_a_missing_or_changed_asset_is_found_before_anything_is_sent(assets: Assets) -> None:
    async def run() -> None:
        async def handler(exchange: Exchange) -> None:
            await exchange.read_all()

        async with serving(handler) as server:
            request = request_of(assets)
            client = ServiceClient(SIMULATOR, KEY, base_url=server.url)
            with assets.path(request.image).open("ab") as file:
                file.write(b"x")
            with pytest.raises(CannotSend, match="changed on disk"):
                await client.create(request, assets.path)
            assets.path(request.image).unlink()
            with pytest.raises(CannotSend, match="no longer on disk"):
                await client.create(request, assets.path)
            assert not server.exchanges

    asyncio.run(run())


@pytest.mark.parametrize("key", ["", "  ", "two words", "line\nbreak", "schlüssel"])
def test_a_malformed_key_is_refused_here(assets: Assets, key: str) -> None:
    with pytest.raises(KeyRefused) as caught:
        asyncio.run(send(f"http://127.0.0.1:{free_port()}", assets, key=key))
    assert not key.strip() or key not in str(caught.value) + caught.value.details


@pytest.mark.parametrize(
    "url",
    [
        "http://api.magnific.com",
        "ftp://127.0.0.1",
        "https://joe:pw@api.magnific.com",
        "https://",
        "",
        "https://a b",
    ],
)
def test_an_address_that_would_bare_the_key_is_not_used(url: str) -> None:
    with pytest.raises(SettingsError):
        ServiceClient(SIMULATOR, KEY, base_url=url)


# --- surely refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Refused),
        (401, KeyRefused),
        (402, OutOfCredit),
        (403, Forbidden),
        (413, Refused),
        (415, Refused),
        (422, Refused),
        (429, RateLimited),
    ],
)
@pytest.mark.parametrize("body", [{"message": "Because"}, b"", b"<html>no</html>", b"{", [1], {"message": 7}])
def test_a_refusal_is_refused_whatever_its_body(
    assets: Assets, status: int, kind: type[Fault], body: bytes | object
) -> None:
    fault = outcome(answering(status, body, "x-request-id: rq-9"), assets)
    assert type(fault) is kind
    assert (fault.http_status, fault.request_id) == (status, "rq-9")
    assert ("Because" in str(fault)) == (body == {"message": "Because"})


async def _polite(exchange: Exchange) -> None:
    await exchange.read_head()
    await exchange.reply(401, {"message": "Invalid API key"}, "Connection: close")
    while await exchange.reader.read(1 << 16):  # a proxy's lingering close
        pass


async def _abrupt(exchange: Exchange) -> None:
    """Answers and closes with unread bytes in the socket: the system sends a reset right behind the answer."""
    await exchange.read_head()
    await exchange.reply(401, {"message": "Invalid API key"}, "Connection: close")


async def _silent(exchange: Exchange) -> None:
    """Answers, then neither reads nor closes."""
    await exchange.read_head()
    await exchange.reply(401, {"message": "Invalid API key"})
    await asyncio.Event().wait()


async def _late(exchange: Exchange) -> None:
    await exchange.read_head()
    await exchange.reader.readexactly(5_000_000)
    await exchange.reply(401, {"message": "Invalid API key"}, "Connection: close")


@pytest.mark.parametrize("handler", [_polite, _abrupt, _silent, _late])
def test_a_refusal_in_mid_upload_is_heard(assets: Assets, handler: Handler) -> None:
    fault = outcome(handler, assets, size=BIG)
    if handler is _abrupt and sys.platform != "linux" and type(fault) is OutcomeUnknown:
        return  # elsewhere the system may throw the answer away when the reset behind it arrives; unknown is safe
    assert type(fault) is KeyRefused
    assert "Invalid API key" in str(fault)


def test_a_refusal_with_a_cut_body_is_still_a_refusal(assets: Assets) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.read_all()
        await exchange.reply(402, b'{"message": "No cre', length=500)

    fault = outcome(handler, assets)
    assert type(fault) is OutOfCredit
    assert "broke off" in fault.details


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("Retry-After: 7", 7.0), ("X-Other: 1", None), ("Retry-After: soon", None), ("Retry-After: -3", 0.0)],
)
def test_a_429_names_its_wish(assets: Assets, header: str, seconds: float | None) -> None:
    fault = outcome(answering(429, b"", header), assets)
    assert isinstance(fault, RateLimited)
    assert fault.retry_after == seconds


def test_a_refusal_names_our_field(assets: Assets) -> None:
    problem = {
        "message": "Your request parameters didn't validate.",
        "invalid_params": [{"name": "dynamic_masks.1.trajectories", "reason": "too few"}],
    }
    fault = outcome(answering(400, {"problem": problem}), assets)
    assert fault.where == "area:5"
    assert "too few" in str(fault)


def test_the_key_is_nowhere_even_if_the_server_echoes_it(
    assets: Assets, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    fault = outcome(answering(401, {"message": f"Key {KEY} is unknown"}), assets)
    assert KEY not in str(fault) + fault.details + repr(fault) + caplog.text
    assert "[key]" in fault.details


# --- unknown ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
@pytest.mark.parametrize("body", [{"message": "Internal Server Error"}, b"<html>502</html>", b""])
def test_every_5xx_leaves_the_outcome_unknown(assets: Assets, status: int, body: bytes | object) -> None:
    fault = outcome(answering(status, body), assets)
    assert type(fault) is OutcomeUnknown
    assert fault.http_status == status
    assert "may have been charged" in str(fault)


@pytest.mark.parametrize("status", [301, 302, 307, 308, 408, 409, 425])
def test_redirects_and_unclear_refusals_are_not_trusted(assets: Assets, status: int) -> None:
    async def run() -> None:
        async def elsewhere(exchange: Exchange) -> None:
            await exchange.read_all()

        async with serving(elsewhere) as other:
            location = f"Location: {other.url}/v1/steal"
            async with serving(answering(status, b"", location)) as server:
                with pytest.raises(OutcomeUnknown):
                    await send(server.url, assets)
            assert not other.exchanges, "the key is not carried to another address"

    asyncio.run(run())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"<html>ok</html>",
        b"[]",
        b'"x"',
        b"[" * 100_000,
        {"data": None},
        {"data": {"task_id": 7}},
        {"data": {"task_id": ""}},
        {"data": {"task_id": "../../etc"}},
        {"data": {"task_id": "a/b"}},
        {"data": {"task_id": "a" * 300}},
    ],
)
def test_a_success_without_a_task_id_is_unknown(assets: Assets, body: bytes | object) -> None:
    fault = outcome(answering(200, body), assets)
    assert type(fault) is OutcomeUnknown
    assert fault.http_status == 200


async def _reset_in_upload(exchange: Exchange) -> None:
    await exchange.read_head()
    await exchange.reader.readexactly(3_000_000)
    exchange.reset()


async def _close_in_upload(exchange: Exchange) -> None:
    await exchange.read_head()
    exchange.writer.write_eof()
    await asyncio.Event().wait()


async def _reset_before_reply(exchange: Exchange) -> None:
    await exchange.read_all()
    exchange.reset()


async def _close_before_reply(exchange: Exchange) -> None:
    await exchange.read_all()


async def _cut_in_headers(exchange: Exchange) -> None:
    await exchange.read_all()
    await exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Le")


async def _cut_in_body(exchange: Exchange) -> None:
    await exchange.read_all()
    await exchange.reply(200, b'{"data":{"task_id":"t-1"', length=400)


async def _reset_in_body(exchange: Exchange) -> None:
    await exchange.read_all()
    await exchange.reply(200, b'{"data":{"task_id":"t-1"', length=400)
    exchange.reset()


async def _garbage(exchange: Exchange) -> None:
    await exchange.read_all()
    await exchange.raw(b"\x00\x01\x02 this is not HTTP at all\r\n\r\n")


async def _no_reply(exchange: Exchange) -> None:
    await exchange.read_all()
    await asyncio.Event().wait()


async def _slow_body(exchange: Exchange) -> None:
    await exchange.read_all()
    await exchange.reply(200, b'{"data":', length=400)
    await asyncio.Event().wait()


async def _never_reads(exchange: Exchange) -> None:
    await exchange.read_head()
    await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("handler", "size"),
    [
        (_reset_in_upload, BIG),
        (_close_in_upload, BIG),
        (_reset_before_reply, 300_000),
        (_close_before_reply, 300_000),
        (_cut_in_headers, 300_000),
        (_cut_in_body, 300_000),
        (_reset_in_body, 300_000),
        (_garbage, 300_000),
        (_no_reply, 300_000),
        (_slow_body, 300_000),
        (_never_reads, BIG),
    ],
)
def test_a_lost_reply_is_unknown(assets: Assets, handler: Handler, size: int) -> None:
    fault = outcome(handler, assets, size=size, timeouts=QUICK)
    assert type(fault) is OutcomeUnknown
    assert "may have been charged" in str(fault)
    assert KEY not in fault.details


def test_an_asset_cut_in_mid_upload_is_unknown_and_its_body_never_completed(assets: Assets) -> None:
    async def run() -> None:
        received = 0

        async def handler(exchange: Exchange) -> None:
            nonlocal received
            head = await exchange.read_head()
            received = -int(head["content-length"])
            assets.path(request.image).write_bytes(b"")
            while data := await exchange.reader.read(1 << 16):
                received += len(data)

        request = request_of(assets, BIG)
        async with serving(handler) as server:
            client = ServiceClient(SIMULATOR, KEY, base_url=server.url)
            with pytest.raises(OutcomeUnknown, match="could not be read to its end"):
                await client.create(request, assets.path)
            await client.aclose()
        assert received < 0

    asyncio.run(run())


def test_cancelling_closes_the_connection(assets: Assets) -> None:
    async def run() -> None:
        begun, ended = asyncio.Event(), asyncio.Event()

        async def handler(exchange: Exchange) -> None:
            await exchange.read_head()
            begun.set()
            try:
                while await exchange.reader.read(1 << 10):
                    pass
            except ConnectionError:
                pass
            ended.set()

        async with serving(handler) as server:
            task = asyncio.create_task(send(server.url, assets, size=BIG))
            await begun.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await asyncio.wait_for(ended.wait(), 20)

    asyncio.run(run())


# --- over TLS ---------------------------------------------------------------------------------------------------


@pytest.fixture
def trusted(tmp_path: Path) -> Iterator[ssl.SSLContext]:
    """A server's TLS settings with a certificate of its own, which the client trusts for this test."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl here to make a certificate with")
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    made = ["-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(cert), "-days", "1"]
    subprocess.run([openssl, "req", "-x509", *made, *subject], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    tls_context().load_verify_locations(cert)
    yield context
    tls_context.cache_clear()


@pytest.mark.parametrize("handler", [_polite, _abrupt, _silent, _late])
def test_a_refusal_in_mid_upload_is_heard_over_tls(
    assets: Assets, trusted: ssl.SSLContext, handler: Handler
) -> None:
    async def run() -> None:
        async with serving(handler, trusted) as server:
            kinds = KeyRefused if sys.platform == "linux" else (KeyRefused, OutcomeUnknown)
            with pytest.raises(kinds):
                await send(server.url, assets, size=BIG)

    asyncio.run(run())


def test_a_create_over_tls_arrives_whole(assets: Assets, trusted: ssl.SSLContext) -> None:
    async def handler(exchange: Exchange) -> None:
        _, body = await exchange.read_all()
        parse(body)
        await exchange.reply(200, TASK)

    async def run() -> Created:
        async with serving(handler, trusted) as server:
            return await send(server.url, assets, size=BIG)

    assert asyncio.run(run()).bytes_sent > BIG


def test_an_unknown_certificate_means_not_sent(assets: Assets, trusted: ssl.SSLContext) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.read_all()

    async def run() -> None:
        tls_context.cache_clear()
        async with serving(handler, trusted) as server:
            with pytest.raises(NotSent, match="identity could not be verified"):
                await send(server.url, assets)

    asyncio.run(run())
