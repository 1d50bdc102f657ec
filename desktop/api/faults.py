"""What can go wrong between us and a server, by what it means for the user's money."""

from __future__ import annotations

from desktop.core.errors import KinebrushError


class Fault(KinebrushError):
    """A call to a server did not give what was asked.

    ``details`` is the server's reply or the transport's message, bounded and without the key. ``http_status`` is None
    when no reply was read. ``where`` names the field the server complains about, in the words of
    `desktop.core.rules` (``prompt``, ``image``, ``area:2`` ...), empty when it names none.
    """

    def __init__(
        self,
        sentence: str,
        details: str = "",
        *,
        http_status: int | None = None,
        request_id: str = "",
        where: str = "",
    ) -> None:
        super().__init__(sentence, details)
        self.http_status = http_status
        self.request_id = request_id
        self.where = where


class NotSent(Fault):
    """No byte of the request left this machine: no connection, no name, no TLS. Safe to repeat."""


class Refused(Fault):
    """The server surely refused: no task exists and nothing was charged."""


class CannotSend(Refused):
    """We refused it ourselves before any byte went out: a stored picture is missing, the key is malformed."""


class KeyRefused(Refused):
    """The API key is missing, malformed or not valid (401)."""


class OutOfCredit(Refused):
    """The account has no credit left (402)."""


class Forbidden(Refused):
    """The account may not do this: suspended, or not part of its plan (403)."""


class RateLimited(Refused):
    """Too many requests or tasks at once (429). ``retry_after`` is the server's wish in seconds, if it named one."""

    def __init__(
        self,
        sentence: str,
        details: str = "",
        *,
        retry_after: float | None = None,
        http_status: int | None = 429,
        request_id: str = "",
        where: str = "",
    ) -> None:
        super().__init__(sentence, details, http_status=http_status, request_id=request_id, where=where)
        self.retry_after = retry_after


class OutcomeUnknown(Fault):
    """A create went out and no reply proves what became of it. It may have been charged: never repeat it unasked."""


class NotFound(Fault):
    """The server does not know this task, or does not show it to this key (404)."""


class ServiceDown(Fault):
    """The server answers with an error of its own (5xx). ``retry_after`` as in RateLimited."""

    def __init__(
        self,
        sentence: str,
        details: str = "",
        *,
        retry_after: float | None = None,
        http_status: int | None = None,
        request_id: str = "",
    ) -> None:
        super().__init__(sentence, details, http_status=http_status, request_id=request_id)
        self.retry_after = retry_after


class Interrupted(Fault):
    """The connection of a harmless call (a poll, a download) broke or went silent. Safe to repeat."""


class Unreadable(Fault):
    """The reply is not what the service documents: no JSON, wrong types, a redirect."""


class Expired(Fault):
    """The link to a result no longer works (401, 403, 404, 410); ask the service for the task again."""


class NotAVideo(Fault):
    """The link gives something else, such as a web page or an error message."""


class DiskFault(Fault):
    """The file cannot be written here: no room, no right, no folder."""
