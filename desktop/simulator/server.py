"""The running server: state, routes, uvicorn on a loopback socket, and an orderly end."""

import asyncio
import json
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from desktop.simulator import VERSION, cdn, connections, control, endpoints, replies, upload_endpoints
from desktop.simulator.faults import Fault, Faults
from desktop.simulator.ledger import Ledger
from desktop.simulator.service import Service
from desktop.simulator.switches import Settings
from desktop.simulator.tasks import Store, Task
from desktop.simulator.uploads import Assets
from desktop.simulator.webhooks import Webhooks
from desktop.simulator.worker import Worker

HOST = "127.0.0.1"
_log = logging.getLogger("simulator")
_SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGBREAK") if hasattr(signal, name)]


async def serve(
    sock: socket.socket,
    data: Path,
    settings: Settings,
    armed: list[Fault],
    *,
    webhook_secret: str,
    with_parent: bool,
) -> None:
    """Serve on the bound ``sock`` until a signal, or the end of stdin if ``with_parent``."""
    async with _running(data, settings, armed, webhook_secret) as service:
        assets = Assets(data, service.store.secret)
        app = Starlette(
            routes=[
                *endpoints.routes(service, assets),
                *upload_endpoints.routes(service, assets),
                *cdn.routes(service),
                *control.routes(service),
            ],
            exception_handlers={404: _not_found, 405: _not_found},
        )
        config = uvicorn.Config(
            _Front(app),
            http=connections.LinkedProtocol,
            loop="asyncio",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=True,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        server = _Server(config)
        if with_parent:
            threading.Thread(target=_follow_parent, args=(server,), daemon=True).start()
        await server.serve([sock])


@asynccontextmanager
async def _running(data: Path, settings: Settings, armed: list[Fault], secret: str) -> AsyncIterator[Service]:
    store, faults = Store(data), Faults(armed)
    ledger = Ledger(data, store)
    loop = asyncio.get_running_loop()

    def webhook_sent(good: bool) -> None:
        # Called in the thread of the webhooks, which may outlive the loop by one delivery.
        if not loop.is_closed():
            loop.call_soon_threadsafe(ledger.count, "webhooks_sent" if good else "webhooks_failed")

    def changed(task: Task) -> None:
        if task.order.webhook_url is not None:
            content = endpoints.view(service, task, task.base_url)
            webhooks.send(task.order.webhook_url, content, service.settings.webhook_key)

    webhooks = Webhooks(secret, faults, webhook_sent)
    worker = Worker(store, lambda: service.settings.expires, changed)
    service = Service(
        settings, settings, faults, store, ledger, replies.RateHeaders(), webhooks, worker, data
    )
    worker.resume()
    try:
        yield service
    finally:
        webhooks.stop()
        await asyncio.to_thread(worker.stop)
        ledger.close()


class _Front:
    """Counts the requests of each connection before anything else sees them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["previous_requests"] = connections.begin(scope)
        await self._app(scope, receive, send)


class _Server(uvicorn.Server):
    """uvicorn's server, which says when it listens and ends without raising its signals again."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        host, port = (sockets or [])[0].getsockname()
        line = {"url": f"http://{host}:{port}", "pid": os.getpid(), "version": VERSION}
        _log.info("listening on %s", line["url"])
        if sys.stdout is not None:
            print(json.dumps(line), flush=True)

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._end) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _end(self, number: int, frame: object) -> None:
        self.should_exit = True


def _follow_parent(server: _Server) -> None:
    """End the server once stdin is closed, which the parent's end does on every system."""
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass  # no stdin at all: there is no parent to follow
    server.should_exit = True


async def _not_found(request: Request, error: Exception) -> Response:
    return replies.message(404)


def bind(port: int) -> socket.socket:
    """A socket bound to ``port`` of this machine, 0 for any. Raises OSError if it is taken."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "posix":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((HOST, port))
    except OSError:
        sock.close()
        raise
    return sock
