"""What all endpoints share: the state of the running service and the checks every request meets."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from desktop.simulator import faults, replies
from desktop.simulator.connections import link_of
from desktop.simulator.faults import Faults
from desktop.simulator.ledger import Ledger
from desktop.simulator.switches import Settings
from desktop.simulator.tasks import Store
from desktop.simulator.webhooks import Webhooks
from desktop.simulator.worker import Worker

Handler = Callable[[Request], Awaitable[Response]]

KEY_HEADERS = ("x-magnific-api-key", "x-freepik-api-key")
log = logging.getLogger("simulator")


@dataclass(slots=True)
class Service:
    """The running service. ``settings`` may be replaced while it runs; the rest stays."""

    settings: Settings
    started_with: Settings
    faults: Faults
    store: Store
    ledger: Ledger
    rate: replies.RateHeaders
    webhooks: Webhooks
    worker: Worker
    data: Path

    async def before_body(self, request: Request, where: str) -> Response | None:
        """The faults that strike before the request is read; None if it may go on."""
        if self.faults.take("reset", where) is not None:
            return replies.Cut(link_of(request.scope), reset=True)
        slow = self.faults.take("slow", where)
        if slow is not None:
            await asyncio.sleep(float(slow.value))
        return None

    def status_fault(self, where: str) -> tuple[Response, bool] | None:
        """An armed error status, and whether the request is carried out all the same."""
        fault = self.faults.take_first(faults.STATUS_FAULTS, where)
        if fault is None:
            return None
        return replies.of_fault(fault), fault.value == "accepted"


def api_key(request: Request) -> str | None:
    """The API key of either header pair, None without one."""
    for name in KEY_HEADERS:
        if request.headers.get(name):
            return request.headers[name]
    return None


def key_refused(key: str | None) -> Response | None:
    """The answer to a key that is not good, None for a good one."""
    if key is None:
        return replies.message(401, "Missing API key")
    if key == "invalid":
        return replies.message(401, "Invalid API key")
    if key == "broke":
        return replies.message(402)
    if key == "suspended":
        return replies.message(403)
    return None


def base_url(request: Request) -> str:
    """Scheme, host and port under which the client knows us."""
    return f"http://{request.headers.get('host') or '127.0.0.1'}"
