"""A process that runs the queue of a data directory until the named jobs have ended: what kill tests kill.

    python -m tests.job_worker DATA_DIR JOB...

prints ``go`` when everything is imported and open, and ``end`` when the jobs have ended.
"""

import asyncio
import sys
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


def quick_workspace(data: Path) -> Workspace:
    """An opened workspace in ``data`` with an impatient queue."""
    opened = open_workspace(data, no_simulator)
    return QuickWorkspace(
        opened.data, opened.settings, opened.store, opened.assets, opened.keys, opened.connections
    )


def main(arguments: list[str]) -> int:
    """Run the jobs to their end."""
    opened = quick_workspace(Path(arguments[0]))
    sys.stdout.write("go\n")
    sys.stdout.flush()
    asyncio.run(follow(opened, arguments[1:], lambda _: None))
    opened.close()
    sys.stdout.write("end\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
