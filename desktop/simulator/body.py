"""The body of a request: streamed to disk, then read as JSON without holding its pictures in memory.

A create carries up to 60 MB, nearly all of it base64. Long strings without escapes stay in the file as
spans; what is left, a few kilobytes, is ordinary JSON.
"""

import binascii
import hashlib
import json
import mmap
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

BODY_LIMIT = 64_000_000
_SPAN_FROM = 16_384  # longer than 2500 characters of four bytes can be, so never a valid prompt
_CHUNK = 4 * 196_608


class BodyTooLarge(Exception):
    """The body is longer than BODY_LIMIT bytes."""


class InvalidBody(ValueError):
    """The body is no JSON object."""


class InvalidBase64(ValueError):
    """The text is not base64."""


@dataclass(frozen=True, slots=True)
class Span:
    """A long string of the body: ``length`` bytes of the file from ``start``, between its quotes."""

    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Received:
    """A body on disk."""

    path: Path
    bytes: int
    sha256: str


async def receive(chunks: AsyncIterator[bytes], path: Path) -> Received:
    """Write the body to ``path``. Raises BodyTooLarge."""
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        async for chunk in chunks:
            size += len(chunk)
            if size > BODY_LIMIT:
                raise BodyTooLarge
            digest.update(chunk)
            file.write(chunk)
    return Received(path, size, digest.hexdigest())


def parse(path: Path) -> dict[str, object]:
    """The JSON object in ``path``, with long plain strings as Span. Raises InvalidBody."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _parse(data)
    except (ValueError, RecursionError) as error:
        raise InvalidBody(str(error)) from error


def _parse(data: mmap.mmap) -> dict[str, object]:
    nonce = f"\0{secrets.token_hex(16)}:"
    pieces: list[bytes] = []
    spans: list[Span] = []
    kept = position = 0
    while (opening := data.find(b'"', position)) >= 0:
        closing, escaped = _closing_quote(data, opening + 1)
        length = closing - opening - 1
        if length >= _SPAN_FROM and not escaped:
            pieces += [data[kept:opening], json.dumps(f"{nonce}{len(spans)}").encode()]
            spans.append(Span(opening + 1, length))
            kept = closing + 1
        position = closing + 1
    pieces.append(data[kept:])

    def restore(value: object) -> object:
        if isinstance(value, str) and value.startswith(nonce):
            return spans[int(value[len(nonce) :])]
        if isinstance(value, list):
            return [restore(item) for item in value]
        if isinstance(value, dict):
            return {key: restore(item) for key, item in value.items()}
        return value

    document = restore(json.loads(b"".join(pieces), parse_constant=_no_constant))
    if not isinstance(document, dict):
        raise InvalidBody("The body must be a JSON object.")
    return document


def _closing_quote(data: mmap.mmap, start: int) -> tuple[int, bool]:
    """Where the string that begins at ``start`` is closed, and whether it has escapes."""
    position, escaped = start, False
    while (quote := data.find(b'"', position)) >= 0:
        backslashes = 0
        while quote - backslashes > start and data[quote - backslashes - 1] == 0x5C:
            backslashes += 1
        if backslashes % 2 == 0:
            return quote, escaped or data.find(b"\\", start, quote) >= 0
        position, escaped = quote + 1, True
    raise InvalidBody("A string is not closed.")


def _no_constant(name: str) -> object:
    raise InvalidBody(f"{name} is no JSON value.")


class Text:
    """A string of the body, short or long, read in pieces."""

    def __init__(self, value: str | Span, body: Path) -> None:
        self._value = value.encode() if isinstance(value, str) else value
        self._body = body
        self.length = len(self._value) if isinstance(self._value, bytes) else self._value.length

    def read(self, start: int, length: int) -> bytes:
        """``length`` bytes from ``start``, fewer at the end."""
        if isinstance(self._value, bytes):
            return self._value[start : start + length]
        with self._body.open("rb") as file:
            file.seek(self._value.start + start)
            return file.read(max(0, min(length, self.length - start)))

    def is_url(self) -> bool:
        """Whether it is an address instead of base64."""
        return self.read(0, 8).lower().startswith((b"http://", b"https://"))

    def whole(self) -> str:
        """All of it. Raises InvalidBase64 for a text too long to be an address."""
        if self.length > _SPAN_FROM:
            raise InvalidBase64("The address is too long.")
        return self.read(0, self.length).decode()

    def decode_base64(self, target: Path) -> tuple[int, str]:
        """Write the decoded bytes to ``target``; gives their number and SHA-256.

        A ``data:image/...;base64,`` prefix is passed over. Raises InvalidBase64.
        """
        start = 0
        if self.read(0, 5) == b"data:":
            prefix, comma, _ = self.read(0, 128).partition(b",")
            if not comma or not prefix.startswith(b"data:image/") or not prefix.endswith(b";base64"):
                raise InvalidBase64("The data: prefix is not that of a base64 image.")
            start = len(prefix) + 1
        if self.length == start or (self.length - start) % 4:
            raise InvalidBase64("The base64 text is empty or cut off.")
        digest, size = hashlib.sha256(), 0
        with target.open("wb") as file:
            while start < self.length:
                chunk = self.read(start, _CHUNK)
                start += len(chunk)
                if start < self.length and chunk.endswith(b"="):
                    raise InvalidBase64("There is padding in the middle.")
                try:
                    data = binascii.a2b_base64(chunk, strict_mode=True)
                except ValueError as error:
                    raise InvalidBase64(str(error)) from error
                digest.update(data)
                size += file.write(data)
        return size, digest.hexdigest()
