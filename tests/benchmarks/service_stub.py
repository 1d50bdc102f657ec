"""A service in a process of its own whose tasks never end, but for one, whose video comes slowly.

``python -m tests.benchmarks.service_stub`` prints its port and ends when its standard input closes. A status that is
asked of task ``ready`` is COMPLETED with the address of a file that comes at `RATE`; any other is IN_PROGRESS.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

RATE = 8_000_000
"""Bytes a second of the download."""

_SIZE = 4_000_000_000
_PIECE = 64 * 1024


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: list[int]) -> None:
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split()[1].decode()
            if path.endswith(".mp4"):
                await _film(writer)
                return
            task = path.rpartition("/")[2]
            done = task == "ready"
            clip = [f"http://127.0.0.1:{port[0]}/clip.mp4"] if done else []
            body = json.dumps(
                {
                    "data": {
                        "task_id": task,
                        "status": "COMPLETED" if done else "IN_PROGRESS",
                        "generated": clip,
                    }
                }
            ).encode()
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
                + body
            )
            await writer.drain()
    writer.close()


async def _film(writer: asyncio.StreamWriter) -> None:
    writer.write(
        b'HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nETag: "1"\r\nContent-Length: %d\r\n\r\n' % _SIZE
    )
    piece = b"\x00\x00\x00\x20ftypisom" + os.urandom(_PIECE - 12)
    for _ in range(_SIZE // _PIECE):
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(_PIECE / RATE)


async def _serve() -> None:
    port: list[int] = []
    server = await asyncio.start_server(lambda r, w: _answer(r, w, port), "127.0.0.1", 0)
    port.append(server.sockets[0].getsockname()[1])
    print(port[0], flush=True)
    await asyncio.to_thread(sys.stdin.read)


@contextmanager
def service_stub() -> Iterator[str]:
    """The process, running; gives its address."""
    root = Path(__file__).parent.parent.parent
    command = [sys.executable, "-m", "tests.benchmarks.service_stub"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root) as process:
        try:
            if process.stdout is None:
                raise RuntimeError("the service has no output")
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            if process.stdin is not None:
                process.stdin.close()
            process.kill()


if __name__ == "__main__":
    asyncio.run(_serve())
