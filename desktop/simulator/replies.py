"""The answers of the service: its JSON shapes, its errors, and the ways to answer badly on purpose."""

import json
import secrets
import time
from collections.abc import Mapping
from email.utils import formatdate
from typing import Protocol

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from desktop.simulator.faults import Fault
from desktop.simulator.validate import Invalid

_MESSAGES = {
    402: "You have run out of credits",
    403: "Your account is suspended",
    404: "Not found",
    413: "The request is too large",
    415: "The content type must be application/json",
    422: "The request could not be processed",
    429: "Too many requests. Please try again later.",
    500: "Internal Server Error",
    503: "Service Unavailable. Please try again later.",
}


class Connection(Protocol):
    """What the replies need of the connection below them."""

    def cut(self, *, reset: bool) -> None:
        """Drop the connection at once; ``reset``: so that the other side sees a reset."""
        ...

    def close_after_writing(self) -> None:
        """Send what is waiting, then close."""
        ...


class Cut(Response):
    """No answer: the connection is dropped."""

    def __init__(self, connection: Connection, *, reset: bool) -> None:
        super().__init__()
        self._connection, self._reset = connection, reset

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Drop the connection and wait until it is known to be gone."""
        self._connection.cut(reset=self._reset)
        await until_gone(receive)


async def until_gone(receive: Receive) -> None:
    """Wait until the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


def message(status: int, text: str | None = None) -> JSONResponse:
    """An error with a message, the usual one of its status if none is given."""
    return JSONResponse({"message": text or _MESSAGES.get(status, "Error")}, status)


def refusal(fault: Invalid, shape: str) -> JSONResponse:
    """A refused request, in one of the shapes the service has been seen to use."""
    params = [{"name": name, "reason": reason} for name, reason in fault.faults]
    problem = {"message": "Your request parameters didn't validate.", "invalid_params": params}
    if shape == "problem":
        return JSONResponse(problem, fault.status, media_type="application/problem+json")
    if shape == "wrapped":
        return JSONResponse({"problem": problem}, fault.status)
    name = ":attribute" if shape == "literal" or not params else params[0]["name"]
    return message(fault.status, f"Parameter '{name}' is not valid")


def of_fault(fault: Fault) -> Response:
    """The answer of one of the status faults."""
    status = int(fault.value if fault.name == "http" else fault.name)
    if status == 502:
        return HTMLResponse("<html><head><title>502 Bad Gateway</title></head><body>502</body></html>", 502)
    response = message(status)
    if status == 429 and fault.value and fault.name == "429":
        kind, _, seconds = fault.value.rpartition(":")
        date = kind == "date" or seconds == "date"
        wait = 2 if seconds == "date" else int(seconds)
        response.headers["retry-after"] = formatdate(time.time() + wait, usegmt=True) if date else str(wait)
    return response


def half_json(content: Mapping[str, object]) -> Response:
    """200 with a JSON text that breaks off."""
    text = json.dumps(content)
    return Response(text[: len(text) // 2], media_type="application/json")


class RateHeaders:
    """The rate-limit headers of a GET; they inform and never refuse."""

    _LIMIT, _WINDOW = 300, 60

    def __init__(self) -> None:
        self._window, self._used = 0, 0

    def next(self) -> dict[str, str]:
        """Headers for one more request."""
        now = time.time()
        window = int(now // self._WINDOW)
        self._used = self._used + 1 if window == self._window else 1
        self._window = window
        return {
            "x-ratelimit-limit": str(self._LIMIT),
            "x-ratelimit-remaining": str(max(0, self._LIMIT - self._used)),
            "x-ratelimit-reset": str(int((window + 1) * self._WINDOW - now) or 1),
            "x-request-id": secrets.token_hex(16),
        }
