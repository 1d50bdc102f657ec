"""The results, as a content delivery network serves them: signed, expiring, in ranges, without a key."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from desktop.simulator import faults, links, replies
from desktop.simulator.connections import link_of
from desktop.simulator.service import Service, api_key
from desktop.simulator.tasks import COMPLETED, VIDEO, Task

_CHUNK = 256 * 1024
_ENDLESS_PAUSE = 0.02
_FAULTS = (
    "not-video", "endless", "no-range", "corrupted", "wrong-length", "truncated", "stalled", "throttle",
)  # fmt: skip


def routes(service: Service) -> list[Route]:
    """The one route of the results."""

    async def download(request: Request) -> Response:
        if api_key(request) is not None or "authorization" in request.headers:
            service.ledger.count("cdn_key_leaks")
        cut = await service.before_body(request, "download")
        if cut is not None:
            return cut
        task = service.store.get(request.path_params["task_id"])
        if task is not None:
            service.ledger.downloaded(task.id)
        fault = service.faults.take_first(faults.STATUS_FAULTS, "download")
        if fault is not None:
            return replies.of_fault(fault)
        opens = links.opens(
            service.store.secret, request.url.path, request.query_params.get("token", ""), time.time()
        )
        expired = service.faults.take("expired", "download") is not None
        if task is None or task.status != COMPLETED or not opens or expired:
            return HTMLResponse("<html><body><h1>Access Denied</h1></body></html>", 403)
        return _serve(service, request, task)

    return [Route("/cdn/kling_{task_id}.mp4", download, methods=["GET", "HEAD"])]


def _serve(service: Service, request: Request, task: Task) -> Response:
    path, etag = service.store.folder(task.id) / VIDEO, f'"{task.etag}"'
    size = path.stat().st_size
    taken = {
        name: fault.value for name in _FAULTS if (fault := service.faults.take(name, "download")) is not None
    }
    if "not-video" in taken:
        page = b"<!DOCTYPE html><html><body>Please sign in to continue.</body></html>"
        return Response(page, media_type="video/mp4")
    if "endless" in taken:
        return StreamingResponse(_endless(path.read_bytes()), media_type="video/mp4")
    headers = {
        "etag": etag,
        "accept-ranges": "bytes",
        "cache-control": "private",
        "content-type": "video/mp4",
    }
    start, stop, status = 0, size, 200
    if "no-range" in taken:
        del headers["accept-ranges"]
    elif request.headers.get("if-range", etag) == etag and "range" in request.headers:
        found = _range(request.headers["range"], size)
        if found is None:
            return Response(status_code=416, headers={"content-range": f"bytes */{size}", "etag": etag})
        if found != (0, size) or request.headers["range"].startswith("bytes="):
            start, stop, status = *found, 206
            headers["content-range"] = f"bytes {start}-{stop - 1}/{size}"
    length = stop - start
    sent = length
    for name in ("truncated", "stalled"):
        if name in taken:
            sent = int(length * min(1.0, float(taken[name])))
    promised = length
    if "wrong-length" in taken:
        if taken["wrong-length"] == "long":
            promised = length + 4096
        else:
            promised = sent = length // 2
    headers["content-length"] = str(promised)
    flips = int(float(taken.get("corrupted", "0")))  # spread evenly over the file
    body = _pieces(
        path,
        start,
        0 if request.method == "HEAD" else sent,
        wrong={(2 * number + 1) * size // (2 * flips) for number in range(flips)},
        rate=float(taken["throttle"]) if "throttle" in taken else None,
    )
    whole = request.method == "HEAD" or sent == promised
    connection = link_of(request.scope)
    return _File(body, status, headers, None if whole else connection, stalls="stalled" in taken)


class _File(Response):
    """A response whose body may stop short of its length: then it closes the connection or stalls."""

    def __init__(
        self,
        body: AsyncIterator[bytes],
        status: int,
        headers: dict[str, str],
        broken: replies.Connection | None,
        *,
        stalls: bool,
    ) -> None:
        super().__init__(None, status)
        self.raw_headers = [(name.encode(), value.encode()) for name, value in headers.items()]
        self._pieces, self._broken, self._stalls = body, broken, stalls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the pieces until the end, the break, or the client's leaving."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        gone = asyncio.ensure_future(replies.until_gone(receive))
        try:
            async for piece in self._pieces:
                if gone.done():
                    return
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            if self._broken is None:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            else:
                if not self._stalls:
                    self._broken.close_after_writing()
                await gone
        finally:
            gone.cancel()


async def _pieces(
    path: Path, start: int, length: int, *, wrong: set[int], rate: float | None
) -> AsyncIterator[bytes]:
    """``length`` bytes of the file from ``start``; ``wrong``: the places in it of bytes to be
    inverted; ``rate``: bytes a second."""
    step = _CHUNK if rate is None else max(1, min(_CHUNK, int(rate / 50)))
    with path.open("rb") as file:
        file.seek(start)
        position = start
        while position < start + length:
            piece = bytearray(file.read(min(step, start + length - position)))
            for place in wrong:
                if 0 <= place - position < len(piece):
                    piece[place - position] ^= 0xFF
            position += len(piece)
            yield bytes(piece)
            # Without a rate this only lets the other requests have their turn.
            await asyncio.sleep(0 if rate is None else len(piece) / rate)


async def _endless(data: bytes) -> AsyncIterator[bytes]:
    while True:
        for start in range(0, len(data), _CHUNK):
            yield data[start : start + _CHUNK]
            await asyncio.sleep(_ENDLESS_PAUSE)


def _range(header: str, size: int) -> tuple[int, int] | None:
    """Start and stop of a single byte range; everything for what is no single range; None: none of it."""
    match = re.fullmatch(r"bytes=([0-9]*)-([0-9]*)", header.strip())
    if match is None or match[0] == "bytes=-":
        return 0, size
    first, last = match[1], match[2]
    if not first:
        length = min(int(last), size)
        return (size - length, size) if length else None
    start = int(first)
    stop = min(int(last) + 1, size) if last else size
    return (start, stop) if start < stop else None
