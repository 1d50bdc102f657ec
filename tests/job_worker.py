"""Processes that run the queue of a data directory until a job has ended: what kill tests kill.

    python -m tests.job_worker DATA_DIR JOB         runs one job
    python -m tests.job_worker --nursery            reads such pairs, a line each, and forks a process for each

The nursery has everything imported already, so that a kill meets the work and not the start of Python. It answers
``PID`` and, when that process has ended in whatever way, ``ended``.
"""

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

from desktop.jobs.follow import follow
from desktop.jobs.policy import Policy
from desktop.jobs.queue import Queue
from desktop.jobs.workspace import Workspace, open_workspace
from desktop.storage.paths import DataDir

QUICK = Policy(
    first_poll=0.02,
    last_poll=0.1,
    polls_per_second=200.0,
    pause_first=0.05,
    pause_last=0.2,
    empty_polls=5,
    missing_polls=3,
    stall_timeout=2.0,
    quit_grace=5.0,
    watch_interval=0.02,
)
"""The queue's patience, shortened for tests."""


def no_simulator(_: DataDir) -> str:
    """Tests name their simulator by its address."""
    raise AssertionError("the embedded simulator is not wanted here")


class QuickWorkspace(Workspace):
    """A workspace whose queue is impatient."""

    def queue(self, policy: Policy | None = None) -> Queue:
        """The queue with `QUICK`."""
        return super().queue(policy or QUICK)


def quick_workspace(data: Path, simulator_url: Callable[[DataDir], str] = no_simulator) -> Workspace:
    """An opened workspace in ``data`` with an impatient queue."""
    opened = open_workspace(data, simulator_url)
    return QuickWorkspace(
        opened.data,
        opened.settings,
        opened.store,
        opened.assets,
        opened.keys,
        opened.connections,
        opened.problems,
    )


def run_job(data: Path, job_id: str) -> None:
    """Run the job to its end."""
    opened = quick_workspace(data)
    asyncio.run(follow(opened, [job_id], lambda _: None))
    opened.close()


def nursery() -> None:
    """Fork a process for each line; one at a time."""
    for line in sys.stdin:
        data, job_id = line.rstrip("\n").split("\t")
        child = os.fork()
        if child == 0:
            code = 1
            try:
                run_job(Path(data), job_id)
                code = 0
            finally:
                os._exit(code)
        print(child, flush=True)
        os.waitpid(child, 0)
        print("ended", flush=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["--nursery"]:
        nursery()
    else:
        run_job(Path(sys.argv[1]), sys.argv[2])
