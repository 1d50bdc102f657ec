"""The streamed body of a create: never whole in memory, never a stall of the event loop."""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pybase64 import b64encode

from desktop.api.faults import CannotSend
from desktop.core.request import Asset, Request
from desktop.core.wire import content_length, segments

PIECE = 768 * 1024
"""Bytes read at a time: a multiple of 3, so that pieces of base64 join without padding between them; 1 MiB encoded."""

AHEAD = 2
"""Pieces that are encoded in advance."""

AssetPath = Callable[[Asset], Path]
Progress = Callable[[int, int], None]


class Body:
    """A request's body. ``length`` is exact before the first byte is read; ``sent`` follows the stream.

    Use each body for one sending.
    """

    def __init__(self, request: Request, asset_path: AssetPath, on_progress: Progress | None = None) -> None:
        self._segments = segments(request)
        self._asset_path = asset_path
        self._on_progress = on_progress
        self.length = content_length(self._segments)
        self.sent = 0
        """Bytes handed to the connection."""

    def digest(self) -> str:
        """Hex SHA-256 of the whole body; blocks while all of it is read once.

        Apart from the sending, which it would make half as slow again: ask before, while nothing is on its way yet.
        """
        digest = hashlib.sha256()
        for piece in self._pieces():
            digest.update(piece)
        return digest.hexdigest()

    def check(self) -> None:
        """See that every asset is there in its full size; blocks briefly.

        Raises CannotSend, so that a missing file is found before a connection is made and not in mid-upload.
        """
        for piece in self._segments:
            if not isinstance(piece, Asset):
                continue
            try:
                size = self._asset_path(piece).stat().st_size
            except OSError as error:
                raise CannotSend(
                    "A picture of this request is no longer on disk, so nothing was sent; make the request anew.",
                    repr(error),
                ) from error
            if size != piece.size:
                raise CannotSend(
                    "A picture of this request has changed on disk, so nothing was sent; make the request anew.",
                    f"{piece.sha256}: {size} bytes instead of {piece.size}",
                )

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """The body in pieces of about 1 MiB; the next ones are encoded in a thread while one is on its way.

        Raises CannotSend when a file is cut or vanishes in between; the body then stays incomplete.
        """
        loop = asyncio.get_running_loop()
        pieces = self._pieces()
        worker = ThreadPoolExecutor(1, "body")  # one thread: pieces come in order, the next without a gap

        def ask() -> asyncio.Future[bytes]:
            return loop.run_in_executor(worker, next, pieces, b"")

        ahead = deque(ask() for _ in range(AHEAD))
        try:
            while piece := await ahead.popleft():
                ahead.append(ask())
                yield piece
                self.sent += len(piece)
                if self._on_progress is not None:
                    self._on_progress(self.sent, self.length)
        finally:
            # A thread cannot be interrupted; the open file is closed only once it is done.
            await asyncio.gather(*ahead, return_exceptions=True)
            pieces.close()
            worker.shutdown(wait=False)

    def _pieces(self) -> Generator[bytes, None, None]:
        """Small parts (texts, points, masks) are joined, so that no tiny writes happen. Runs in a thread."""
        held: list[bytes] = []
        size = 0
        for part in self._segments:
            for data in (part,) if isinstance(part, bytes) else map(b64encode, self._read(part)):
                held.append(data)
                size += len(data)
                if size >= PIECE:
                    yield b"".join(held)
                    held, size = [], 0
        if held:
            yield b"".join(held)

    def _read(self, asset: Asset) -> Iterator[bytes]:
        """The asset's file in pieces, and exactly its size: what follows would shift the rest of the body."""
        left = asset.size
        try:
            with self._asset_path(asset).open("rb", buffering=0) as file:
                while left:
                    data = file.read(min(PIECE, left))
                    if not data or (len(data) % 3 and len(data) != left):
                        raise OSError(f"{asset.sha256}: {left} bytes are missing")
                    left -= len(data)
                    yield data
        except OSError as error:
            raise CannotSend(
                "A picture of this request could not be read to its end; make the request anew.", repr(error)
            ) from error
