"""The TCP connections below the requests: how many requests each has carried, and how to cut one."""

import asyncio
import socket
import struct
import sys
from dataclasses import dataclass

from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

# struct linger: two ints on POSIX, two unsigned shorts on Windows.
_LINGER = "HH" if sys.platform == "win32" else "ii"


@dataclass(slots=True)
class Link:
    """One open connection; ``served``: the requests that came over it so far."""

    transport: asyncio.Transport
    served: int = 0

    def cut(self, *, reset: bool) -> None:
        """Drop the connection at once; ``reset``: so that the other side sees a reset."""
        if reset:
            sock: socket.socket = self.transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(_LINGER, 1, 0))
        self.transport.abort()

    def close_after_writing(self) -> None:
        """Send what is waiting, then close."""
        self.transport.close()


class Connections:
    """All open connections, known by the client's address and port."""

    def __init__(self) -> None:
        self._links: dict[tuple[str, int], Link] = {}

    def of(self, scope: Scope) -> Link:
        """The connection of a request."""
        return self._links[tuple(scope["client"])]

    def begin(self, scope: Scope) -> int:
        """Note one more request; gives how many came before it on the same connection."""
        link = self.of(scope)
        link.served += 1
        return link.served - 1

    def protocol(self) -> type[H11Protocol]:
        """uvicorn's HTTP protocol, made to report its connections here."""
        links = self._links

        class Reporting(H11Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                assert isinstance(transport, asyncio.Transport)
                super().connection_made(transport)
                if self.client is not None:
                    links[self.client] = Link(transport)

            def connection_lost(self, exc: Exception | None) -> None:
                if self.client is not None:
                    links.pop(self.client, None)
                super().connection_lost(exc)

        return Reporting
