"""How we connect: TLS, proxies, which addresses are allowed, and a connection that knows what it has sent."""

from __future__ import annotations

import asyncio
import functools
import re
import ssl
import sys
import urllib.request
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import certifi
import httpcore
import httpx

from desktop.api.faults import NotSent
from desktop.core.services import is_loopback

if sys.version_info >= (3, 12):
    from typing import override
else:
    from typing_extensions import override

_LISTEN_BYTES = 64 * 1024
_INTERIM = re.compile(rb"HTTP/1\.\d 1\d\d ")
_STATUS_LINE = len(b"HTTP/1.1 200 ")


@functools.lru_cache(maxsize=1)
def tls_context() -> ssl.SSLContext:
    """The TLS settings of all connections; blocks for some 20 ms the first time, so call it in a thread.

    Trusted are the system's certificates (companies add their own there) and those of certifi (where a system's own
    cannot be read, as in a frozen program).
    """
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    return context


def allowed(url: str) -> bool:
    """Whether an address may be used: https anywhere, http on this machine only, never with a name or password."""
    try:
        parts = urlsplit(url)
        host, named, _ = parts.hostname, parts.username or parts.password, parts.port
    except ValueError:
        return False
    if not host or named or not url.isprintable() or " " in url:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


def core_proxy(url: str) -> httpcore.Proxy | None:
    """`proxy_for` as httpcore takes it, a name and password in its address apart."""
    proxy = proxy_for(url)
    if proxy is None:
        return None
    parsed = httpx.Proxy(proxy)
    return httpcore.Proxy(str(parsed.url), auth=parsed.raw_auth, headers=parsed.headers.raw)


def proxy_for(url: str) -> str | None:
    """The proxy the system or the environment names for an address; None on this machine and where it is exempt.

    A proxy is respected because in many offices there is no other way out. It sees which host we talk to, never the
    key: to an https address it is only asked for a tunnel. Raises NotSent for a proxy of a kind we do not speak.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_loopback(host) or urllib.request.proxy_bypass(host):
        return None
    proxies = urllib.request.getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy:
        return None
    scheme, parted, _ = proxy.partition("://")
    if not parted:
        return f"http://{proxy}"
    if scheme not in ("http", "https", "socks5", "socks5h"):
        raise NotSent("The proxy in the system's settings is of a kind that is not known here.", scheme)
    return proxy


class Wire(httpcore.AnyIOBackend):
    """Connections for one request. `sending` tells whether any byte of the request may have left this machine.

    It listens while it sends: a server that refuses early (a wrong key) answers and closes without reading the rest.
    The reset that follows would destroy its answer if we looked for it only after the upload. An answer before the
    end stops the upload, and httpcore goes on to read it.

    What is written before TLS stands (a proxy's CONNECT) is not the request and does not count.
    """

    def __init__(self, *, secure: bool) -> None:
        super().__init__()
        self._secure = secure
        self.sending = False

    @override
    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect; see httpcore."""
        stream = await super().connect_tcp(host, port, timeout, local_address, socket_options)
        return _Unsecured(stream, self) if self._secure else _Listening(stream, self)


class _Passing(httpcore.AsyncNetworkStream):
    """A connection that hands everything on."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream

    @override
    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._stream.read(max_bytes, timeout)

    @override
    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._stream.write(buffer, timeout)

    @override
    async def aclose(self) -> None:
        await self._stream.aclose()

    @override
    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        return self._secured(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    @override
    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def _secured(self, stream: httpcore.AsyncNetworkStream) -> httpcore.AsyncNetworkStream:
        """The connection once TLS stands."""
        return type(self)(stream)


class _Unsecured(_Passing):
    """A connection that is not encrypted yet: carries a proxy's tunnel request at most."""

    def __init__(self, stream: httpcore.AsyncNetworkStream, wire: Wire) -> None:
        super().__init__(stream)
        self._wire = wire

    @override
    def _secured(self, stream: httpcore.AsyncNetworkStream) -> httpcore.AsyncNetworkStream:
        return _Listening(stream, self._wire)


class _Listening(_Unsecured):
    """The connection the request travels on."""

    def __init__(self, stream: httpcore.AsyncNetworkStream, wire: Wire) -> None:
        super().__init__(stream, wire)
        self._listener: asyncio.Task[bytes] | None = None
        self._heard = bytearray()

    @override
    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not buffer:
            return
        self._wire.sending = True
        await self._listen_for_a_turn()
        writing = asyncio.ensure_future(self._stream.write(buffer, timeout))
        try:
            while not writing.done():
                listener = self._listening()
                await asyncio.wait((writing, listener), return_when=asyncio.FIRST_COMPLETED)
                if not writing.done() and self._answered():
                    raise httpcore.WriteError("the server answered before it had the whole request")
            writing.result()
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)

    @override
    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._heard:
            data = bytes(self._heard)
            self._heard.clear()
            return data
        if self._listener is None:
            return await self._stream.read(max_bytes, timeout)
        listener, self._listener = self._listener, None
        try:
            async with asyncio.timeout(timeout):  # `wait_for` may drop a cancellation before Python 3.12
                return await listener
        except TimeoutError as error:
            raise httpcore.ReadTimeout("no answer came in time") from error

    @override
    async def aclose(self) -> None:
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)
        await super().aclose()

    async def _listen_for_a_turn(self) -> None:
        """Take in an answer that has arrived already, before another byte could meet the reset behind it."""
        self._listening()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        if self._answered():
            raise httpcore.WriteError("the server answered before it had the whole request")

    def _listening(self) -> asyncio.Task[bytes]:
        if self._listener is None:
            self._listener = asyncio.create_task(self._stream.read(_LISTEN_BYTES, None))
        return self._listener

    def _answered(self) -> bool:
        """Whether a final answer has begun, or the server hung up. Interim answers (1xx) are kept and passed over."""
        listener = self._listener
        if listener is None or not listener.done():
            return False
        if listener.exception() is not None or not listener.result():
            return True
        self._heard += listener.result()
        self._listener = None
        rest = bytes(self._heard)
        while _INTERIM.match(rest) and b"\r\n\r\n" in rest:
            rest = rest.partition(b"\r\n\r\n")[2]
        return len(rest) >= _STATUS_LINE and not _INTERIM.match(rest)


class Wide(httpcore.AnyIOBackend):
    """Connections for files: reads as much at once as the event loop takes from a socket (256 KiB) instead of 64 KiB,
    for the price of a read is nearly the same."""

    @override
    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect; see httpcore."""
        return _Wide(await super().connect_tcp(host, port, timeout, local_address, socket_options))


class _Wide(_Passing):
    @override
    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._stream.read(max(max_bytes, 256 * 1024), timeout)
