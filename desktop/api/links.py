"""Following a link to a file that is none of the service's calls: results on a CDN, pictures of the user's.

No such request ever carries the API key.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx

from desktop import __version__
from desktop.api.connection import Wide, allowed, core_proxy, tls_context
from desktop.api.faults import Fault, Interrupted, NotSent, Unreadable
from desktop.api.replies import named

MAX_REDIRECTS = 5
CONNECT_TIMEOUT = 15.0
_EXPIRY = re.compile(r"(?:^|[?&~])(?:token=)?exp=(\d{9,11})(?:~|$)")


def expires_at(url: str) -> float | None:
    """When a result's link dies, in unix seconds, by its ``token=exp=<unix>~hmac=...``; None when it does not say."""
    try:
        found = _EXPIRY.search(urlsplit(url).query)
    except ValueError:
        return None
    return None if found is None else float(found[1])


def without_query(url: str) -> str:
    """The address without its token, fit for messages."""
    return url.partition("?")[0][:300]


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply whose body is still coming, in ``pieces`` as they arrive. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    pieces: AsyncIterable[bytes]


@asynccontextmanager
async def opened(url: str, headers: Mapping[str, str], stall_timeout: float) -> AsyncIterator[Answer]:
    """GET a link; redirects are followed to https addresses only (and from this machine to itself).

    ``stall_timeout`` is the longest silence in seconds. Raises NotSent when there is no connection, Interrupted when
    it breaks while the block runs, and Unreadable for an address that may not be used.

    Spoken with httpcore, the engine of httpx, which also keeps the link, a secret while it lives, out of the log.
    """
    where = without_query(url)
    try:
        for _ in range(MAX_REDIRECTS + 1):
            if not allowed(url):
                raise Unreadable("The link does not begin with https://, so it is not followed.", where)
            async with _get(str(httpx.URL(url)), headers, stall_timeout) as response:
                fields = named(response.headers)
                if response.status not in (301, 302, 303, 307, 308):
                    yield Answer(response.status, fields, response.aiter_stream())
                    return
                secure = url.startswith("https:")
                url = urljoin(url, fields.get("location", ""))
                if secure and not url.startswith("https:"):
                    raise Unreadable(
                        "The link leads to an address without encryption, so it is not followed.", where
                    )
        raise Unreadable("The link leads from one address to the next without end.", where)
    except (
        httpcore.ConnectError,
        httpcore.ConnectTimeout,
        httpcore.PoolTimeout,
        httpcore.ProxyError,
    ) as error:
        raise _fault(
            NotSent, "The address of the file could not be reached; check the network.", error
        ) from error
    except httpcore.TimeoutException as error:
        raise _fault(Interrupted, "The transfer came to a standstill.", error) from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise _fault(Interrupted, "The transfer broke off.", error) from error
    except (httpx.InvalidURL, httpcore.UnsupportedProtocol, ImportError) as error:
        raise _fault(Unreadable, "The link cannot be used.", error) from error


@asynccontextmanager
async def _get(
    url: str, headers: Mapping[str, str], stall_timeout: float
) -> AsyncIterator[httpcore.Response]:
    # Identity: lengths, ranges and hashes are those of the file.
    own = {"User-Agent": f"Kinebrush/{__version__}", "Accept": "*/*", "Accept-Encoding": "identity"}
    connect = min(CONNECT_TIMEOUT, stall_timeout)
    limits = {"connect": connect, "pool": connect, "read": stall_timeout, "write": stall_timeout}
    tls = await asyncio.to_thread(tls_context) if url.startswith("https:") else None
    async with (
        httpcore.AsyncConnectionPool(
            ssl_context=tls, proxy=core_proxy(url), max_connections=1, network_backend=Wide()
        ) as pool,
        pool.stream(
            "GET", url, headers=[*own.items(), *headers.items()], extensions={"timeout": limits}
        ) as got,
    ):
        yield got


def _fault(kind: type[Fault], sentence: str, error: Exception) -> Fault:
    return kind(sentence, f"{type(error).__name__}: {error}")
