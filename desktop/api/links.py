"""Following a link to a file that is none of the service's calls: results on a CDN, pictures of the user's.

No such request ever carries the API key.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import urljoin, urlsplit

import httpx

from desktop import __version__
from desktop.api.connection import allowed, proxy_for, tls_context
from desktop.api.faults import Fault, Interrupted, NotSent, Unreadable

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


@asynccontextmanager
async def opened(url: str, headers: Mapping[str, str], stall_timeout: float) -> AsyncIterator[httpx.Response]:
    """GET a link; redirects are followed to https addresses only (and from this machine to itself).

    ``stall_timeout`` is the longest silence in seconds. Raises NotSent when there is no connection, Interrupted when
    it breaks while the block runs, and Unreadable for an address that may not be used.
    """
    where = without_query(url)
    try:
        for _ in range(MAX_REDIRECTS + 1):
            if not allowed(url):
                raise Unreadable("The link does not begin with https://, so it is not followed.", where)
            tls = await asyncio.to_thread(tls_context)
            async with (
                _client(url, tls, stall_timeout) as client,
                client.stream("GET", url, headers=dict(headers)) as response,
            ):
                if response.status_code not in (301, 302, 303, 307, 308):
                    yield response
                    return
                secure = url.startswith("https:")
                url = urljoin(url, response.headers.get("location", ""))
                if secure and not url.startswith("https:"):
                    raise Unreadable(
                        "The link leads to an address without encryption, so it is not followed.", where
                    )
        raise Unreadable("The link leads from one address to the next without end.", where)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
        raise _transport(
            NotSent, "The address of the file could not be reached; check the network.", error
        ) from error
    except httpx.TimeoutException as error:
        raise _transport(Interrupted, "The transfer came to a standstill.", error) from error
    except (httpx.TransportError, httpx.StreamError) as error:
        raise _transport(Interrupted, "The transfer broke off.", error) from error
    except (httpx.InvalidURL, ImportError) as error:
        raise _transport(Unreadable, "The link cannot be used.", error) from error


def _client(url: str, tls: ssl.SSLContext, stall_timeout: float) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        verify=tls if url.startswith("https:") else False,
        proxy=proxy_for(url),
        trust_env=False,
        follow_redirects=False,
        # Identity: lengths, ranges and hashes are those of the file.
        headers={"User-Agent": f"Kinebrush/{__version__}", "Accept": "*/*", "Accept-Encoding": "identity"},
        timeout=httpx.Timeout(stall_timeout, connect=min(CONNECT_TIMEOUT, stall_timeout)),
    )


def _transport(kind: type[Fault], sentence: str, error: Exception) -> Fault:
    return kind(sentence, f"{type(error).__name__}: {error}")
