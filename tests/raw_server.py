"""Byte-level servers on loopback, so that a test decides what goes over the wire and when; and a request to send."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import socket
import ssl
import struct
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from desktop.core.conventions import KLING
from desktop.core.request import Asset, DynamicMask, Request

KEY = "mk-secret-5e1f"


@dataclass
class Exchange:
    """One connection from the server's side."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    head: bytes = b""

    async def read_head(self) -> dict[str, str]:
        """Read the request line and headers; header names in lower case, the request line under an empty name."""
        self.head = await self.reader.readuntil(b"\r\n\r\n")
        first, *rest = self.head.decode("latin-1").rstrip().split("\r\n")
        pairs = (line.partition(":") for line in rest)
        return {"": first} | {name.strip().lower(): value.strip() for name, _, value in pairs}

    async def read_all(self) -> tuple[dict[str, str], bytes]:
        """Read the whole request."""
        head = await self.read_head()
        return head, await self.reader.readexactly(int(head.get("content-length", "0")))

    async def reply(
        self, status: int, body: bytes | object, *headers: str, length: int | None = None
    ) -> None:
        """Answer; anything but bytes goes as JSON."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        lines = [
            f"HTTP/1.1 {status} X",
            f"Content-Length: {len(data) if length is None else length}",
            *headers,
            "",
            "",
        ]
        await self.raw("\r\n".join(lines).encode("latin-1") + data)

    async def raw(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """Break the connection with a reset (RST), as a crashed server does."""
        linger = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.writer.transport.abort()


Handler = Callable[[Exchange], Awaitable[None]]


@dataclass
class RawServer:
    """A listening server; ``exchanges`` are the connections so far."""

    url: str
    port: int
    exchanges: list[Exchange] = field(default_factory=list)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def closed(self) -> None:
        """Wait until all connections so far are closed on this side."""
        await asyncio.gather(*self.tasks, return_exceptions=True)


@contextlib.asynccontextmanager
async def serving(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[RawServer]:
    """Serve each connection with ``handler``; it is closed when the handler returns."""
    problems: list[BaseException] = []
    out = RawServer("", 0)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        exchange = Exchange(reader, writer)
        out.exchanges.append(exchange)
        try:
            await handler(exchange)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client went away, which is often the point
        except AssertionError as problem:
            problems.append(problem)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(serve(reader, writer))
        out.tasks.add(task)
        task.add_done_callback(out.tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls, limit=1 << 20)
    out.port = server.sockets[0].getsockname()[1]
    out.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{out.port}"
    try:
        yield out
    finally:
        server.close()
        for task in tuple(out.tasks):
            task.cancel()
        await out.closed()
    if problems:
        raise problems[0]


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Assets:
    """Files by their hash, as the asset store keeps them."""

    folder: Path

    def add(self, data: bytes) -> Asset:
        """Store bytes as an asset."""
        digest = hashlib.sha256(data).hexdigest()
        (self.folder / digest).write_bytes(data)
        return Asset(digest, "image/png", len(data), 640, 480)

    def path(self, asset: Asset) -> Path:
        """The file of an asset."""
        return self.folder / asset.sha256


def request_of(assets: Assets, size: int = 3_000_000, masks: int = 2, model: str = "kling-4k-i2v") -> Request:
    """A request with an image of ``size`` random bytes, a static mask and ``masks`` dynamic ones."""
    random = Random(size)
    return Request(
        model=model,
        conventions=KLING,
        image=assets.add(random.randbytes(size)),
        prompt="the boat drifts “left” ü",
        negative_prompt="blur",
        cfg_scale=0.5,
        duration=5,
        static_mask=assets.add(random.randbytes(1000)),
        dynamic_masks=tuple(
            # Labels 3 and 5: what a person calls an area is not its place in the list.
            DynamicMask(
                3 + 2 * n, f"Area {n}", assets.add(random.randbytes(2000 + n)), ((1, 2), (30, 40 + n))
            )
            for n in range(masks)
        ),
    )
