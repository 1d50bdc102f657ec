"""What holds back the jobs of one service: its slots, pauses while it cannot be reached, a refused key."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from desktop.jobs.policy import Policy


class Gate:
    """Shared by all runners of one service, in one event loop.

    ``offline`` and ``key_problem`` are sentences for a person, empty when all is well.
    """

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._occupied = 0
        self._left = asyncio.Condition()
        self._turn = asyncio.Lock()
        self._next_poll = 0.0
        self._failures = 0
        self._open_at = 0.0
        self._creates_open_at = 0.0
        self._key_works = asyncio.Event()
        self._key_works.set()
        self.offline = ""
        self.key_problem = ""

    @asynccontextmanager
    async def slot(self, *, there: bool = False) -> AsyncIterator[None]:
        """One of the places on the service, for as long as the task is there.

        ``there`` counts a task that is on the service already (after a restart): it need not wait.
        """
        async with self._left:
            if not there:
                await self._left.wait_for(lambda: self._occupied < self._policy.slots)
            self._occupied += 1
        try:
            yield
        finally:
            self._occupied -= 1
            async with self._left:
                # All: one that was cancelled just after it was woken would take the call with it.
                self._left.notify_all()

    async def passage(self, *, create: bool = False) -> bool:
        """Wait until the service may be talked to: no pause is on and the key has not been refused.

        A create does not wait for another key: False tells that the key was refused.
        """
        loop = asyncio.get_running_loop()
        while True:
            if create and self.key_problem:
                return False
            await self._key_works.wait()
            until = max(self._open_at, self._creates_open_at) if create else self._open_at
            rest = until - loop.time()
            if rest <= 0:
                return True
            await asyncio.sleep(rest)

    async def poll_turn(self) -> None:
        """Wait for the turn to poll, so that all jobs together stay within the service's rate."""
        loop = asyncio.get_running_loop()
        async with self._turn:
            at = max(self._next_poll, loop.time())
            self._next_poll = at + 1 / self._policy.polls_per_second
        await asyncio.sleep(at - loop.time())

    def unreachable(self, sentence: str) -> None:
        """The service could not be reached: everything waits, longer each time."""
        self._failures += 1
        self.offline = sentence
        self._open_at = max(self._open_at, self._after(self._policy.pause(self._failures)))

    def busy(self, seconds: float | None, *, create: bool = False) -> None:
        """The service asked to wait (429): its own word, or a growing pause. A refused create holds back creates."""
        self._failures += 1
        until = self._after(self._policy.pause(self._failures) if seconds is None else seconds)
        if create:
            self._creates_open_at = max(self._creates_open_at, until)
        else:
            self._open_at = max(self._open_at, until)

    def reached(self) -> None:
        """The service answered: pauses for everybody are over."""
        self._failures = 0
        self._open_at = 0.0
        self.offline = ""

    def refuse_key(self, sentence: str) -> None:
        """The key was refused: nothing is sent until another one is set."""
        self.key_problem = sentence
        self._key_works.clear()

    def new_key(self) -> None:
        """Another key was set: try again."""
        self.key_problem = ""
        self._key_works.set()

    def _after(self, seconds: float) -> float:
        """That long from now, a little jittered so that clients do not return in step."""
        return asyncio.get_running_loop().time() + seconds * random.uniform(1.0, 1.1)
