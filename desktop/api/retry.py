"""When to try again and how long to wait: pure policy. ``chance`` is a number from 0 to 1, drawn by the caller."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.api.faults import Fault, Interrupted, NotSent, RateLimited, ServiceDown


@dataclass(frozen=True, slots=True)
class Backoff:
    """Delays in seconds that grow from ``first`` by ``growth`` to ``last``, spread by ``jitter`` (a share)."""

    first: float = 1.0
    last: float = 60.0
    growth: float = 2.0
    jitter: float = 0.1

    def delay(self, count: int, chance: float = 0.5, retry_after: float | None = None) -> float:
        """The delay before try number ``count`` (from 0).

        A server's own wish is the least that is waited, and jitter only adds to it: clients must not come back
        early, nor all in one moment.
        """
        plain = min(self.first * self.growth ** min(count, 64), self.last)
        spread = plain * (1 + self.jitter * (2 * chance - 1))
        return spread if retry_after is None else max(spread, retry_after * (1 + self.jitter * chance))


DOWNLOADING = Backoff(first=0.5, last=15.0)
"""A result's link lives an hour: do not dawdle."""


def may_repeat_get(fault: Fault) -> bool:
    """Whether a poll or a download may be repeated by itself: it does no harm, so after anything that can pass."""
    return isinstance(fault, NotSent | RateLimited | Interrupted | ServiceDown)
