"""How patient the queue is: the numbers of polling, pausing and giving up, in one place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """All times in seconds.

    ``slots`` is how many tasks may be on the service at once (3 on older Kling endpoints [S]).
    ``polls_per_second`` is shared by all jobs of one service (300 a minute are allowed [S]).
    ``empty_polls`` is how often COMPLETED without a video is asked again, ``missing_polls`` how often a task that
    the service does not know.
    """

    slots: int = 3
    downloads: int = 2
    first_poll: float = 2.0
    last_poll: float = 15.0
    poll_growth: float = 1.25
    polls_per_second: float = 4.0
    empty_polls: int = 20
    missing_polls: int = 5
    pause_first: float = 2.0
    pause_last: float = 60.0
    damaged_downloads: int = 3
    stall_timeout: float = 30.0
    quit_grace: float = 20.0
    watch_interval: float = 0.5

    def poll_delay(self, count: int) -> float:
        """The delay before poll number ``count`` (from 0): 2 s growing to 15 s.

        A clip takes 1.5 to 10 minutes: quick at first for drafts, then patient.
        """
        return min(self.first_poll * self.poll_growth ** min(count, 40), self.last_poll)

    def pause(self, failures: int) -> float:
        """The pause after so many failures in a row (from 1), doubling up to a minute."""
        return min(self.pause_first * 2.0 ** min(failures - 1, 10), self.pause_last)
