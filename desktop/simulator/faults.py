"""Faults on demand: what goes wrong, where, how often.

A fault is armed at the start (``--fault NAME[=VALUE][@WHERE][*TIMES]``) or while the service runs
(``POST /_control/faults``), and used up by the requests it meets.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace


class FaultError(ValueError):
    """A fault that does not exist or cannot be where it was asked for; the text says which."""


@dataclass(frozen=True, slots=True)
class FaultKind:
    """What one fault does: where it can be, its default value, and the meaning for people."""

    where: tuple[str, ...]
    value: str
    meaning: str


_API = ("create", "status", "list", "check", "upload")

FAULTS: dict[str, FaultKind] = {
    "slow": FaultKind((*_API, "download"), "2", "waits VALUE seconds before it answers"),
    "reset": FaultKind((*_API, "download"), "", "resets the connection before the body is read"),
    "lost-reply": FaultKind(("create",), "", "accepts the task, then cuts the connection without an answer"),
    "invalid-json": FaultKind(_API, "", "answers 200 with half a JSON text (a create is accepted first)"),
    "429": FaultKind(_API, "", "too many requests; Retry-After: none, VALUE seconds, or 'date:SECONDS'"),
    "500": FaultKind(_API, "", "internal error; 500=accepted makes the task first"),
    "502": FaultKind(_API, "", "a proxy's HTML page; 502=accepted makes the task first"),
    "503": FaultKind(_API, "", "unavailable; 503=accepted makes the task first"),
    "http": FaultKind((*_API, "download"), "500", "answers with status VALUE and a message"),
    "empty-result": FaultKind(("status",), "", "COMPLETED with an empty list (TIMES polls, or for ever)"),
    "unknown-status": FaultKind(("status",), "UNDER_REVIEW", "a status value nobody has heard of"),
    "failed-at-once": FaultKind(
        ("create",), "", "the task is FAILED from the first poll; =reply: in the reply"
    ),
    "failed-later": FaultKind(("create",), "1", "the task works for VALUE seconds and is FAILED then"),
    "truncated": FaultKind(("download",), "0.5", "breaks the connection after the fraction VALUE"),
    "corrupted": FaultKind(("download",), "64", "the right length with VALUE bytes flipped"),
    "not-video": FaultKind(("download",), "", "a page of HTML that calls itself video/mp4"),
    "stalled": FaultKind(("download",), "0.5", "after the fraction VALUE nothing more ever comes"),
    "endless": FaultKind(("download",), "", "no length, and it never ends"),
    "throttle": FaultKind(("download",), "1000000", "VALUE bytes a second"),
    "no-range": FaultKind(("download",), "", "ignores Range and does not offer it"),
    "wrong-length": FaultKind(("download",), "short", "Content-Length is 'short' or 'long' of the file"),
    "expired": FaultKind(("download",), "", "403 as if the URL had expired"),
    "webhook-duplicated": FaultKind(("webhook",), "", "sends a webhook twice with the same id"),
    "webhook-out-of-order": FaultKind(("webhook",), "", "holds a webhook back until the next was sent"),
    "webhook-bad-signature": FaultKind(("webhook",), "", "signs with another secret"),
    "webhook-old": FaultKind(("webhook",), "600", "dates the webhook VALUE seconds back"),
    "webhook-lost": FaultKind(("webhook",), "", "never sends it"),
}

# At the first request the fault could meet, in this order; the more drastic first.
STATUS_FAULTS = ("429", "500", "502", "503", "http")

_FORM = re.compile(r"(?P<name>[a-z0-9-]+)(=(?P<value>[^@*]*))?(@(?P<on>[a-z]+))?(\*(?P<times>[0-9]+))?")


@dataclass(frozen=True, slots=True)
class Fault:
    """One armed fault. ``on``: a place of its kind's ``where``, or ``any``; ``times``: how often still, None for ever;
    ``after``: so many requests are let through first."""

    name: str
    value: str
    on: str = "any"
    times: int | None = None
    after: int = 0


def fault(
    name: str, value: object = None, on: str = "any", times: int | None = None, after: int = 0
) -> Fault:
    """A checked fault, with the default value of its kind. Raises FaultError."""
    kind = FAULTS.get(name)
    if kind is None:
        raise FaultError(f"There is no fault {name!r}; there are {', '.join(FAULTS)}.")
    if on != "any" and on not in kind.where:
        raise FaultError(f"Fault {name} can be at {' or '.join(kind.where)}, not at {on!r}.")
    if times is not None and times < 1:
        raise FaultError(f"Fault {name} must happen at least once.")
    text = kind.value if value is None else str(value)
    if name in ("slow", "throttle", "truncated", "stalled", "corrupted", "failed-later", "webhook-old"):
        try:
            float(text)
        except ValueError:
            raise FaultError(f"Fault {name} takes a number, not {text!r}.") from None
    if name == "http" and not re.fullmatch(r"[45][0-9][0-9]", text):
        raise FaultError(f"Fault http takes a status from 400 to 599, not {text!r}.")
    return Fault(name, text, on, times, after)


def parse(text: str) -> Fault:
    """``NAME[=VALUE][@WHERE][*TIMES]`` of the command line. Raises FaultError."""
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise FaultError(f"{text!r} is not of the form NAME[=VALUE][@WHERE][*TIMES].")
    times = match["times"]
    return fault(match["name"], match["value"], match["on"] or "any", None if times is None else int(times))


def from_json(item: object) -> Fault:
    """``{"name", "value", "on", "times", "after"}`` or the command line's form. Raises FaultError."""
    if isinstance(item, str):
        return parse(item)
    if not isinstance(item, Mapping):
        raise FaultError("A fault is a text or an object with a name.")
    unknown = set(item) - {"name", "value", "on", "times", "after"}
    times, after = item.get("times"), item.get("after", 0)
    if unknown or not isinstance(times, int | None) or not isinstance(after, int):
        raise FaultError("A fault has name, value, on, times (a number or null) and after (a number).")
    return fault(str(item.get("name")), item.get("value"), str(item.get("on", "any")), times, after)


class Faults:
    """The armed faults, and how often each has happened. Used from the event loop only."""

    def __init__(self, armed: Iterable[Fault] = ()) -> None:
        self._armed = list(armed)
        self.fired: Counter[str] = Counter()

    def arm(self, faults: Iterable[Fault]) -> None:
        """Put ``faults`` in the place of all armed ones."""
        self._armed = list(faults)

    def take(self, name: str, where: str) -> Fault | None:
        """The armed fault ``name`` for a request at ``where``, used up once; None if there is none."""
        for index, item in enumerate(self._armed):
            if item.name != name or where not in FAULTS[name].where or item.on not in ("any", where):
                continue
            if item.after > 0:
                self._armed[index] = replace(item, after=item.after - 1)
                continue
            if item.times == 1:
                del self._armed[index]
            elif item.times is not None:
                self._armed[index] = replace(item, times=item.times - 1)
            self.fired[name] += 1
            return item
        return None

    def take_first(self, names: Iterable[str], where: str) -> Fault | None:
        """The first of ``names`` that is armed for ``where``."""
        for name in names:
            taken = self.take(name, where)
            if taken is not None:
                return taken
        return None

    def state(self) -> list[dict[str, object]]:
        """What is still armed, as JSON values."""
        return [asdict(item) for item in self._armed]


def describe() -> str:
    """One entry a fault: name, default value, places, meaning."""
    lines = []
    for name, kind in FAULTS.items():
        value = f"={kind.value}" if kind.value else ""
        lines.append(f"  {name}{value}  ({', '.join(kind.where)})\n      {kind.meaning}")
    return "\n".join(lines)
