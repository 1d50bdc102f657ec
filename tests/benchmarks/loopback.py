"""A process that takes uploads and gives files, as quickly as it can, so that what is measured is the client.

``python -m tests.benchmarks.loopback`` prints its port and ends when its standard input closes. POST takes any body;
GET /N gives N bytes.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_TASK = b'{"data":{"task_id":"t-1","status":"CREATED","error":null,"generated":[]}}'
_BLOCK = b"\x00\x00\x00\x20ftypisom" + os.urandom((1 << 20) - 12)


def serve(connection: socket.socket) -> None:
    """Answer the requests of one connection."""
    buffer = bytearray(1 << 20)
    with connection, suppress(ConnectionError):
        while True:
            head = b""
            while b"\r\n\r\n" not in head:
                data = connection.recv(65536)
                if not data:
                    return
                head += data
            head, _, rest = head.partition(b"\r\n\r\n")
            if head.startswith(b"POST"):
                left = int(head.lower().partition(b"content-length:")[2].split()[0]) - len(rest)
                while left > 0:
                    count = connection.recv_into(buffer)
                    if not count:
                        return
                    left -= count
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(_TASK) + _TASK)
            else:
                size = int(head.split()[1].lstrip(b"/"))
                connection.sendall(
                    b'HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nETag: "1"\r\nContent-Length: %d\r\n\r\n'
                    % size
                )
                for at in range(0, size, len(_BLOCK)):
                    connection.sendall(memoryview(_BLOCK)[: size - at])


def main() -> None:
    """Listen until standard input closes."""
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)

    def accept() -> None:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    sys.stdin.read()


@contextmanager
def server() -> Iterator[str]:
    """The process, running; gives its address."""
    root = Path(__file__).parent.parent.parent
    command = [sys.executable, "-m", "tests.benchmarks.loopback"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root) as process:
        try:
            if process.stdout is None:
                raise RuntimeError("the loopback server has no output")
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            if process.stdin is not None:
                process.stdin.close()
            process.wait(10)


if __name__ == "__main__":
    main()
