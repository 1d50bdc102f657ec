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
    """One connection; ``served``: the requests that came over it so far."""

    transport: asyncio.Transport
    served: int = 0

    def cut(self, *, reset: bool) -> None:
        """Drop the connection at once; ``reset``: so that the other side sees a reset."""
        sock: socket.socket | None = self.transport.get_extra_info("socket")
        if reset and sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(_LINGER, 1, 0))
        self.transport.abort()

    def close_after_writing(self) -> None:
        """Send what is waiting, then close."""
        self.transport.close()


class LinkedProtocol(H11Protocol):
    """uvicorn's HTTP protocol, which hands each request the Link it came over."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio for each new connection."""
        assert isinstance(transport, asyncio.Transport)
        # uvicorn copies this into the "state" of every request of the connection.
        self.app_state = {**self.app_state, "link": Link(transport)}
        super().connection_made(transport)


def link_of(scope: Scope) -> Link:
    """The connection of a request."""
    link: Link = scope["state"]["link"]
    return link


def begin(scope: Scope) -> int:
    """Note one more request; gives how many came before it on the same connection."""
    link = link_of(scope)
    link.served += 1
    return link.served - 1
