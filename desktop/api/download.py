"""Fetching a result: resumable, bounded, verified in length, without the key."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from desktop.api.faults import Expired, Fault, Interrupted, NotAVideo, RateLimited, ServiceDown
from desktop.api.links import Answer, expires_at, opened, without_query
from desktop.api.part import Origin, Part, Writer, disk_fault
from desktop.api.picture import fetch_picture
from desktop.api.replies import retry_after
from desktop.api.retry import DOWNLOADING, Backoff, may_repeat_get

__all__ = ["Downloaded", "download", "expires_at", "fetch_picture"]

Progress = Callable[[int, int | None], None]

LARGEST = 4 << 30
"""Bytes at most: 15 s of 4K at 200 Mbit/s are a tenth of it; more is a stream without end."""

TRIES = 5
"""Failures in a row, without a byte of progress between them, after which a download gives up."""

_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15}|\*)")
_UNSATISFIED = re.compile(r"bytes \*/(\d{1,15})")


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file that is here whole: ``size`` bytes, the server's ETag (empty: none)."""

    path: Path
    size: int
    etag: str


class _Restart(Exception):
    """What is on disk does not fit what the server has now: begin anew."""


async def download(
    url: str,
    part: Path,
    *,
    meta_path: Path | None = None,
    on_progress: Progress | None = None,
    stall_timeout: float = 30.0,
    largest: int = LARGEST,
    backoff: Backoff = DOWNLOADING,
) -> Downloaded:
    """Fetch a link into ``part``, going on where an earlier call (or program) stopped.

    ``meta_path`` (default: ``part`` with ``.json``) remembers what the part belongs to. ``on_progress`` hears (bytes
    here, total or None). A transfer that breaks or is silent for ``stall_timeout`` seconds is taken up again by Range
    a few times. Cancelling leaves a part that can be resumed. When it returns, the file is complete and synced; its
    place in the library is the caller's matter, and so is removing ``meta_path``.

    Raises Expired (the link is dead), NotAVideo, DiskFault, NotSent, Interrupted, ServiceDown, RateLimited.
    """
    store = Part(part, meta_path or part.with_name(part.name + ".json"))
    try:
        await _in_thread(store.open, urlsplit(url).path)
        failures, best = 0, store.size
        while True:
            try:
                await _fetch(url, store, on_progress, stall_timeout, largest)
                break
            except _Restart:
                await _in_thread(store.restart)
                failures += 1
                if failures > TRIES:
                    raise Interrupted(
                        "The server does not give the same file twice; try again later."
                    ) from None
            except Fault as fault:
                if not may_repeat_get(fault):
                    raise
                failures = failures + 1 if store.size <= best else 1
                best = max(best, store.size)
                if failures > TRIES:
                    raise
                wish = fault.retry_after if isinstance(fault, RateLimited | ServiceDown) else None
                await asyncio.sleep(backoff.delay(failures - 1, random.random(), wish))
        etag = "" if store.origin is None else store.origin.etag
        await _in_thread(lambda: store.close(whole=True))
        return Downloaded(part, store.size, etag)
    except OSError as error:
        raise disk_fault(error, part) from error
    finally:
        store.close()


async def _fetch(url: str, part: Part, on_progress: Progress | None, stall: float, largest: int) -> None:
    """One request for what is missing. Returns when the file is whole."""
    known = part.origin
    headers: dict[str, str] = {}
    if part.size and known is not None:
        if part.size == known.length:
            return
        # Without a validator the whole length must agree; a result never changes under its link.
        if known.validator or known.length is not None:
            headers["Range"] = f"bytes={part.size}-"
            if known.validator:
                headers["If-Range"] = known.validator
    async with opened(url, headers, stall) as response:
        if response.status == 416 and headers:
            whole = _UNSATISFIED.fullmatch(response.headers.get("content-range", ""))
            if whole is None or int(whole[1]) != part.size:
                raise _Restart
            return
        _judge(response, url)
        origin = _origin(response, url)
        if response.status == 206:
            span = _RANGE.fullmatch(response.headers.get("content-range", ""))
            if not headers or span is None or int(span[1]) != part.size or known is None:
                raise _Restart
            if not known.same_file(origin):
                raise _Restart
        elif part.size:
            await _in_thread(part.restart)
        if origin.length is not None and origin.length > largest:
            raise NotAVideo(
                f"The file is larger than {largest >> 20} MB, which no clip is; it was not fetched.",
                without_query(url),
            )
        await _receive(response, part, origin, on_progress, largest)
    if origin.length is not None and part.size < origin.length:
        raise Interrupted("The transfer broke off.", f"{part.size} of {origin.length} bytes")


async def _receive(
    response: Answer, part: Part, origin: Origin, on_progress: Progress | None, largest: int
) -> None:
    """Write a body to the part. Whatever ends it, what arrived is kept, to go on from there."""
    writer = Writer(part)
    here = part.size
    remembered = False
    try:
        async for piece in response.pieces:
            if not remembered:
                if here == 0 and piece.lstrip()[:1] in (b"<", b"{"):
                    raise NotAVideo(
                        "The link gives a text instead of a video; ask the service for the task again.",
                        piece[:400].decode("utf-8", "replace"),
                    )
                await _in_thread(part.belongs_to, origin)
                remembered = True
            here += len(piece)
            if here > largest:
                raise NotAVideo(
                    f"The file does not end after {largest >> 20} MB; it was not fetched further."
                )
            await writer.add(piece)
            if on_progress is not None:
                on_progress(here, origin.length)
    finally:
        await writer.finish()


def _judge(response: Answer, url: str) -> None:
    """Raise for every reply that is not the file."""
    status = response.status
    headers = response.headers
    details = f"HTTP {status} from {without_query(url)}"
    if status in (401, 403, 404, 410):
        raise Expired("The link to the result no longer works.", details, http_status=status)
    wait = retry_after(headers, time.time())
    if status == 429:
        raise RateLimited("The file server asks to wait.", details, retry_after=wait)
    if status >= 500:
        raise ServiceDown(
            f"The file server has a problem (error {status}).", details, retry_after=wait, http_status=status
        )
    if status not in (200, 206):
        raise NotAVideo(
            f"The link gives no file (status {status}); try again later.", details, http_status=status
        )
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind.startswith("text/") or kind in (
        "application/json",
        "application/problem+json",
        "application/xml",
    ):
        raise NotAVideo(
            "The link gives a web page or a message instead of a video.",
            f"{details}\n{kind}",
            http_status=status,
        )
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise NotAVideo("The file server packs the file in a way that was not asked for.", details)


def _origin(response: Answer, url: str) -> Origin:
    """What the reply is a part of. A 206 tells the whole length in Content-Range."""
    headers = response.headers
    length: int | None = None
    if response.status == 206:
        span = _RANGE.fullmatch(headers.get("content-range", ""))
        length = None if span is None or span[3] == "*" else int(span[3])
    else:
        text = headers.get("content-length", "")
        length = int(text) if text.isascii() and text.isdigit() else None
    etag, modified = headers.get("etag", "")[:500], headers.get("last-modified", "")[:100]
    return Origin(urlsplit(url).path, etag, modified, length)


async def _in_thread(work: Callable[..., None], *arguments: object) -> None:
    """Run file work in a thread, to its end even when we are cancelled: it holds the file."""
    running = asyncio.ensure_future(asyncio.to_thread(work, *arguments))
    try:
        await asyncio.shield(running)
    finally:
        await asyncio.gather(running, return_exceptions=True)
