"""Downloads under every failure: what is on disk in the end is the server's file, or a part that can go on."""

from __future__ import annotations

import asyncio
import errno
import itertools
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from desktop.api.download import Downloaded, download, fetch_picture
from desktop.api.faults import (
    DiskFault,
    Expired,
    Fault,
    Interrupted,
    NotAVideo,
    NotSent,
    RateLimited,
    ServiceDown,
    Unreadable,
)
from desktop.api.part import disk_fault
from desktop.api.retry import Backoff
from desktop.core.errors import PictureError
from tests.raw_server import Exchange, Handler, free_port, serving

FILM = b"\x00\x00\x00\x20ftypisom" + Random(4).randbytes(9_500_000)
AT_ONCE = Backoff(0.0, 0.0)
LINK = "/kling_t.mp4?token=exp=1790003600~hmac=aa"


@dataclass
class Cdn:
    """A file server with faults; ``cuts`` are how many bytes each reply sends before the connection ends."""

    film: bytes = FILM
    etag: str = '"v1"'
    modified: str = ""
    ranges: bool = True
    cuts: list[int] = field(default_factory=list)
    announced: int | None = None
    hang: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)

    async def __call__(self, exchange: Exchange) -> None:
        head = await exchange.read_head()
        assert not any("api-key" in name or name in ("authorization", "cookie") for name in head)
        self.asked.append(head)
        status, start, extra = 200, 0, []
        if self.etag:
            extra.append(f"ETag: {self.etag}")
        if self.modified:
            extra.append(f"Last-Modified: {self.modified}")
        condition = head.get("if-range", "")
        if self.ranges and "range" in head and condition in ("", self.etag, self.modified):
            start = int(head["range"].removeprefix("bytes=").removesuffix("-"))
            if start >= len(self.film):
                await exchange.reply(416, b"", f"Content-Range: bytes */{len(self.film)}")
                return
            status = 206
            extra.append(f"Content-Range: bytes {start}-{len(self.film) - 1}/{len(self.film)}")
        data = self.film[start:]
        length = len(data) if self.announced is None else self.announced - start
        if self.cuts:
            data = data[: self.cuts.pop(0)]
        await exchange.reply(status, data, "Content-Type: video/mp4", *extra, length=length)
        if self.hang:
            await asyncio.Event().wait()


def fetch(
    handler: Handler,
    part: Path,
    *,
    stall: float = 10.0,
    largest: int = 1 << 30,
    progress: Callable[[int, int | None], None] | None = None,
) -> Downloaded:
    async def run() -> Downloaded:
        async with serving(handler) as server:
            return await download(
                server.url + LINK,
                part,
                on_progress=progress,
                stall_timeout=stall,
                largest=largest,
                backoff=AT_ONCE,
            )

    return asyncio.run(run())


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "clip.part"


def whole(got: Downloaded, film: bytes = FILM) -> bool:
    return got.path.read_bytes() == film and got.size == len(film)


def test_a_file_arrives(part: Path) -> None:
    cdn, seen = Cdn(), list[tuple[int, int | None]]()
    got = fetch(cdn, part, progress=lambda *at: seen.append(at))
    assert whole(got)
    assert got.etag == '"v1"'
    assert seen == sorted(seen)
    assert seen[-1] == (len(FILM), len(FILM))
    assert cdn.asked[0]["accept-encoding"] == "identity"
    assert "range" not in cdn.asked[0]


def test_a_finished_part_is_not_fetched_again(part: Path) -> None:
    cdn = Cdn()
    fetch(cdn, part)
    assert whole(fetch(cdn, part))
    assert len(cdn.asked) == 1


@pytest.mark.parametrize(
    ("etag", "modified"), [('"v1"', ""), ("", "Tue, 03 Nov 2026 10:00:00 GMT"), ("", "")]
)
def test_a_broken_transfer_goes_on_where_it_stopped(part: Path, etag: str, modified: str) -> None:
    cdn = Cdn(etag=etag, modified=modified, cuts=[1_000_000, 7, 5_000_000])
    assert whole(fetch(cdn, part))
    assert [head.get("range") for head in cdn.asked] == [
        None,
        "bytes=1000000-",
        "bytes=1000007-",
        "bytes=6000007-",
    ]
    assert {head.get("if-range", "") for head in cdn.asked[1:]} == {etag or modified}


def test_without_ranges_it_begins_anew_and_stays_right(part: Path) -> None:
    cdn = Cdn(ranges=False, cuts=[3_000_000, 4_000_000])
    assert whole(fetch(cdn, part))


def test_a_file_that_changed_in_between_is_fetched_whole(part: Path) -> None:
    other = FILM[:20] + bytes(len(FILM) - 20)

    class Changing(Cdn):
        async def __call__(self, exchange: Exchange) -> None:
            if len(self.asked) == 1:
                self.film, self.etag = other, '"v2"'
            await super().__call__(exchange)

    assert whole(fetch(Changing(cuts=[3_000_000]), part), other)


def test_a_changed_file_is_found_even_if_the_server_ignores_if_range(part: Path) -> None:
    other = FILM[:20] + bytes(5_000_000)

    class Sloppy(Cdn):
        async def __call__(self, exchange: Exchange) -> None:
            if len(self.asked) == 1:
                self.film, self.etag, self.modified = other, '"v1"', ""
            await super().__call__(exchange)

    assert whole(fetch(Sloppy(cuts=[3_000_000]), part), other)


@pytest.mark.parametrize("span", ["bytes 0-{last}/{total}", "bytes 999-{last}/{total}", "nonsense", ""])
def test_a_wrong_content_range_is_not_believed(part: Path, span: str) -> None:
    class Wrong(Cdn):
        async def __call__(self, exchange: Exchange) -> None:
            if len(self.asked) != 1:
                await super().__call__(exchange)
                return
            self.asked.append(await exchange.read_head())
            text = span.format(last=len(FILM) - 1, total=len(FILM))
            await exchange.reply(206, FILM[999:], "Content-Type: video/mp4", f"Content-Range: {text}")

    assert whole(fetch(Wrong(cuts=[3_000_000]), part))


def test_a_part_from_an_earlier_program_goes_on(part: Path) -> None:
    cdn = Cdn(cuts=[4_000_000] + [0] * 20)
    with pytest.raises(Interrupted):
        fetch(cdn, part)
    assert part.stat().st_size == 4_000_000
    again = Cdn()
    assert whole(fetch(again, part))
    assert again.asked[0]["range"] == "bytes=4000000-"


def test_a_part_of_another_link_or_without_memory_is_not_used(part: Path) -> None:
    part.parent.mkdir()
    part.write_bytes(b"of something else")
    assert whole(fetch(Cdn(), part))
    for text in ("{", "[]", '{"path": "/other.mp4", "etag": "", "modified": "", "length": 5}', '{"path": 1}'):
        part.write_bytes(b"other")
        part.with_name("clip.part.json").write_text(text)
        cdn = Cdn()
        assert whole(fetch(cdn, part))
        assert "range" not in cdn.asked[0]


def test_a_part_that_is_too_long_is_thrown_away(part: Path) -> None:
    fetch(Cdn(), part)
    with part.open("ab") as file:
        file.write(b"more")
    assert whole(fetch(Cdn(), part))


def test_a_416_at_the_very_end_means_whole(part: Path) -> None:
    """The length announced was wrong: the server's own word on the whole length decides."""
    cdn = Cdn(announced=len(FILM) + 1000)
    assert whole(fetch(cdn, part))
    assert cdn.asked[1]["range"] == f"bytes={len(FILM)}-"


def test_a_server_that_never_agrees_with_itself_is_given_up(part: Path) -> None:
    numbers = itertools.count()

    async def handler(exchange: Exchange) -> None:
        head = await exchange.read_head()
        if "range" in head:
            await exchange.reply(416, b"", "Content-Range: bytes */5")
        else:
            await exchange.reply(200, FILM[:1000], f'ETag: "{next(numbers)}"', length=5000)

    with pytest.raises(Interrupted):
        fetch(handler, part)
    assert next(numbers) < 20


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_dead_link_is_expired(part: Path, status: int) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.read_head()
        await exchange.reply(status, b"<Error>expired</Error>")

    with pytest.raises(Expired) as caught:
        fetch(handler, part)
    assert caught.value.http_status == status
    assert "hmac" not in caught.value.details


def test_a_link_that_dies_on_the_way_keeps_the_part_for_a_new_link(part: Path) -> None:
    class Dying(Cdn):
        async def __call__(self, exchange: Exchange) -> None:
            if self.asked:
                await exchange.read_head()
                await exchange.reply(403, b"")
            else:
                await super().__call__(exchange)

    with pytest.raises(Expired):
        fetch(Dying(cuts=[2_000_000]), part)
    cdn = Cdn()
    assert whole(fetch(cdn, part))
    assert cdn.asked[0]["range"] == "bytes=2000000-"


@pytest.mark.parametrize(
    ("header", "body"),
    [
        ("Content-Type: text/html; charset=utf-8", b"<html>"),
        ("Content-Type: application/json", b"{}"),
        ("Content-Type: application/octet-stream", b"  <!doctype html>"),
        ("X-None: 1", b'{"message": "no"}'),
        ("Content-Encoding: gzip", b"\x1f\x8b"),
    ],
)
def test_something_else_than_a_video_is_said(part: Path, header: str, body: bytes) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.read_head()
        await exchange.reply(200, body, header)

    with pytest.raises(NotAVideo):
        fetch(handler, part)
    assert part.read_bytes() == b""


@pytest.mark.parametrize(("status", "kind"), [(500, ServiceDown), (503, ServiceDown), (429, RateLimited)])
def test_a_file_server_in_trouble_is_tried_a_few_times(part: Path, status: int, kind: type[Fault]) -> None:
    count = 0

    async def handler(exchange: Exchange) -> None:
        nonlocal count
        count += 1
        await exchange.read_head()
        await exchange.reply(status, b"")

    with pytest.raises(kind):
        fetch(handler, part)
    assert count == 6


def test_nobody_there(part: Path) -> None:
    with pytest.raises(NotSent):
        asyncio.run(download(f"http://127.0.0.1:{free_port()}/x.mp4", part, backoff=AT_ONCE))


def test_silence_is_a_stall_and_the_rest_is_fetched(part: Path) -> None:
    class Stalling(Cdn):
        async def __call__(self, exchange: Exchange) -> None:
            self.hang = not self.asked
            await super().__call__(exchange)

    assert whole(fetch(Stalling(cuts=[2_000_000]), part, stall=0.3))


def test_a_body_without_end_is_bounded(part: Path) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.read_head()
        await exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\n")
        while True:
            await exchange.raw(bytes(1 << 16))

    with pytest.raises(NotAVideo, match="does not end"):
        fetch(handler, part, largest=20_000_000)
    assert part.stat().st_size <= 20_000_000


def test_an_announced_monster_is_not_begun(part: Path) -> None:
    with pytest.raises(NotAVideo, match="larger than"):
        fetch(Cdn(announced=1 << 40), part)
    assert part.stat().st_size == 0


def test_a_file_without_a_length_arrives(part: Path) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.read_head()
        await exchange.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for at in range(0, len(FILM), 1_000_000):
            data = FILM[at : at + 1_000_000]
            await exchange.raw(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        await exchange.raw(b"0\r\n\r\n")

    assert whole(fetch(handler, part))


def test_redirects_lead_to_allowed_addresses_only(part: Path) -> None:
    cdn = Cdn()

    async def run(location: str, name: str) -> Downloaded:
        async def pointer(exchange: Exchange) -> None:
            await exchange.read_head()
            await exchange.reply(302, b"", f"Location: {location}")

        async with serving(cdn) as target, serving(pointer) as server:
            location = location.format(url=target.url)
            return await download(server.url + LINK, part.with_name(name), backoff=AT_ONCE)

    assert whole(asyncio.run(run("{url}/elsewhere.mp4", "good")))
    for bad in ("http://example.com/x.mp4", "file:///etc/passwd", "//"):
        with pytest.raises(Unreadable):
            asyncio.run(run(bad, "bad"))
    with pytest.raises(Unreadable, match="without end"):
        asyncio.run(run("", "bad"))
    with pytest.raises(Unreadable):
        asyncio.run(download("http://example.com/x.mp4", part))


def test_a_cancelled_download_goes_on_later(part: Path) -> None:
    async def run() -> None:
        enough = asyncio.Event()

        def progress(done: int, total: int | None) -> None:
            if done >= 5_000_000:
                enough.set()

        async with serving(Cdn(cuts=[6_000_000], hang=True)) as server:
            task = asyncio.create_task(download(server.url + LINK, part, on_progress=progress))
            await enough.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(run())
    size = part.stat().st_size
    assert 5_000_000 <= size <= 6_000_000
    cdn = Cdn()
    assert whole(fetch(cdn, part))
    assert cdn.asked[0]["range"] == f"bytes={size}-"


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DiskFault, match="cannot be written"):
        fetch(Cdn(), tmp_path / "file" / "clip.part")


@pytest.mark.parametrize(
    ("number", "sentence"),
    [(errno.ENOSPC, "no room left"), (errno.EACCES, "another folder"), (errno.EIO, "Input/output error")],
)
def test_trouble_with_the_disk_is_a_sentence(part: Path, number: int, sentence: str) -> None:
    fault = disk_fault(OSError(number, "Input/output error"), part)
    assert sentence in str(fault)


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are POSIX")
def test_a_disk_that_fills_up_keeps_what_went_in(part: Path) -> None:
    assert sys.platform != "win32"  # says the same to the type checker
    import resource
    import signal

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (6_000_000, before[1]))
    try:
        with pytest.raises(DiskFault, match="cannot be written"):
            fetch(Cdn(), part)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert part.read_bytes() == FILM[:6_000_000]
    cdn = Cdn()
    assert whole(fetch(cdn, part))
    assert cdn.asked[0]["range"] == "bytes=6000000-"


# --- pictures ---------------------------------------------------------------------------------------------------


def picture(handler: Handler, **limits: int) -> bytes:
    async def run() -> bytes:
        async with serving(handler) as server:
            return await fetch_picture(server.url + "/p.jpg", stall_timeout=0.5, **limits)

    return asyncio.run(run())


def answering(status: int, body: bytes, *headers: str, length: int | None = None) -> Handler:
    async def handler(exchange: Exchange) -> None:
        await exchange.read_head()
        await exchange.reply(status, body, *headers, length=length)

    return handler


def test_a_picture_is_fetched() -> None:
    assert picture(answering(200, b"\xff\xd8jpeg", "Content-Type: image/jpeg")) == b"\xff\xd8jpeg"
    assert picture(answering(200, b"12345"), largest=5) == b"12345"


@pytest.mark.parametrize(
    ("handler", "sentence"),
    [
        (answering(404, b""), "status 404"),
        (answering(200, b"<html>", "Content-Type: text/html"), "web page"),
        (answering(200, b""), "empty"),
        (answering(200, b"12345678"), "larger than"),
        (answering(200, b"12", length=4), "broke off"),
        (answering(302, b"", "Location: http://example.com/p.jpg"), "https://"),
    ],
)
def test_a_picture_that_cannot_be_had_is_said(handler: Handler, sentence: str) -> None:
    with pytest.raises(PictureError, match=sentence):
        picture(handler, largest=7)


def test_a_picture_without_end_is_bounded() -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.read_head()
        await exchange.raw(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            await exchange.raw(bytes(1 << 16))

    with pytest.raises(PictureError, match="larger than 2 MB"):
        picture(handler, largest=2_000_000)


@pytest.mark.parametrize(
    "url", ["http://example.com/p.jpg", "ftp://127.0.0.1/p", "p.jpg", "https://a:b@c/p", ""]
)
def test_only_https_pictures(url: str) -> None:
    with pytest.raises(PictureError, match="https://"):
        asyncio.run(fetch_picture(url))
