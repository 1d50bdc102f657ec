"""SIGKILL at random points between submit and the finished take: nothing lost, nothing sent twice, files whole."""

import asyncio
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from desktop.core.job import Job, JobState
from desktop.jobs import commands, finder
from desktop.jobs.workspace import Workspace
from desktop.storage.library import Library
from desktop.video.probe import verify
from tests.job_shots import painted_shot, queued_job
from tests.job_worker import quick_workspace
from tests.simulator import Simulator, running_simulator

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="forks its workers; the code under test is the same")


class Nursery:
    """Makes worker processes that start at once; POSIX only, since it forks."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.job_worker", "--nursery"]
        self._process = subprocess.Popen(
            command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def run(self, data: Path, job: Job, kill_after: float | None = None) -> float:
        """Run a worker to its end, or kill it after so many seconds; returns how long it lived."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{data}\t{job.id}\n")
        process.stdin.flush()
        pid = int(process.stdout.readline())
        started = time.monotonic()
        if kill_after is not None:
            time.sleep(kill_after)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        assert process.stdout.readline() == "ended\n"
        return time.monotonic() - started

    def close(self) -> None:
        """End the nursery."""
        self._process.communicate(timeout=30)


def accepted(simulator: Simulator) -> int:
    """Tasks the service has made so far."""
    return int(simulator.state()["creates_accepted"])


def decide(opened: Workspace, job: Job, made: int) -> str:
    """What a careful user does with a job whose reply was lost: adopt the unknown task, else send again."""
    found = asyncio.run(find(opened, job))
    if found:
        assert len(found) == 1
        asyncio.run(adopt(opened, job, found[0].task_id))
        return "adopted"
    assert made == 0, "the service has a task that the finder did not find"
    commands.send_again(opened.store, job)
    return "sent again"


async def find(opened: Workspace, job: Job) -> tuple[finder.Candidate, ...]:
    """The finder's candidates."""
    try:
        found = await finder.candidates(job, opened.store, opened.connections)
        assert found is not None
        return found
    finally:
        await opened.connections.forget()


async def adopt(opened: Workspace, job: Job, task_id: str) -> None:
    """Adopt a task."""
    try:
        await finder.adopt(job, task_id, opened.store, opened.connections)
    finally:
        await opened.connections.forget()


def kill_at_random_points(tmp_path: Path, rounds: int, seed: int) -> dict[str, int]:
    """The whole drill; returns how often the kill met each state."""
    chance = random.Random(seed)
    met: dict[str, int] = {}
    switches = ["--set", "render=fast", "--set", "megapixels=0.1", "--fps", "8", "--set", "max_tasks=1000"]
    # Slowed down, so that the moments in which a reply is on its way are as long as the others.
    switches += ["--fault", "slow=0.1@create", "--fault", "slow=0.1@download", "--fault", "slow=0.05@status"]
    nursery = Nursery()
    with running_simulator(tmp_path, *switches) as simulator:
        data = tmp_path / "data"
        opened = quick_workspace(data)
        shot = painted_shot(320, 304)
        first = queued_job(opened, simulator.url, shot)
        nursery.run(data, first)
        whole = nursery.run(data, queued_job(opened, simulator.url, shot))
        assert opened.store.get(first.id).state is JobState.DONE
        for number in range(rounds):
            before = accepted(simulator)
            job = queued_job(opened, simulator.url, shot)
            for _ in range(1 + (number % 5 == 0)):
                nursery.run(data, job, chance.uniform(0, whole))
                state = opened.store.get(job.id).state
                met[state] = met.get(state, 0) + 1
            after = bring_home(nursery, data, opened, job)
            if after.state is JobState.UNKNOWN:
                word = decide(opened, after, accepted(simulator) - before)
                met[word] = met.get(word, 0) + 1
                after = bring_home(nursery, data, opened, job)
            assert after.state is JobState.DONE, (after.state, after.note, after.details)
            assert accepted(simulator) - before == 1, "sent twice"
            check_take(after)
        takes = list(Library(opened.data.library).takes())
        assert len(takes) == rounds + 2
        assert simulator.state()["cdn_key_leaks"] == 0
        opened.close()
    nursery.close()
    return met


def bring_home(nursery: Nursery, data: Path, opened: Workspace, job: Job) -> Job:
    """Let a worker run the job to its end, unharmed; returns it as it then stands."""
    if opened.store.get(job.id).state is not JobState.DONE:
        nursery.run(data, job)
    return opened.store.get(job.id)


def check_take(job: Job) -> None:
    """The take is whole: a playable video with a receipt that names it."""
    take = Path(job.take)
    names = {path.name for path in take.iterdir()}
    assert names == {"video.mp4", "receipt.json", "request.json", "poster.jpg", "shot.kinebrush"}
    receipt = json.loads((take / "receipt.json").read_text())
    assert receipt["task_id"] == job.task_id
    facts = verify(take / "video.mp4", expected_seconds=job.request.duration)
    assert facts.frames == receipt["video"]["frames"]


@pytest.mark.timeout(500)
def test_killed_at_random_points_nothing_is_lost_or_sent_twice(tmp_path: Path) -> None:
    met = kill_at_random_points(tmp_path, 20, seed=20261123)
    print(f"20 rounds, kills met: {met}")
    assert len(met) >= 4, f"the kills met too few different states: {met}"


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_killed_at_500_random_points(tmp_path: Path) -> None:
    met = kill_at_random_points(tmp_path, 500, seed=1)
    print(f"500 rounds, kills met: {met}")
    assert len(met) >= 4, f"the kills met too few different states: {met}"
