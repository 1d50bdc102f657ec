"""Nothing that breaks leaves a job standing for ever or takes the queue down with it."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.api.client import ServiceClient
from desktop.core.errors import KinebrushError, StoreError
from desktop.core.job import Job, JobState, Outcome
from desktop.jobs.follow import View, follow
from desktop.jobs.gate import Gate
from desktop.jobs.workspace import Workspace
from desktop.storage.jobs import JobStore
from desktop.storage.paths import DataDir
from tests.job_shots import queued_job
from tests.job_worker import QUICK, quick_workspace
from tests.simulator import Simulator

S = JobState


@pytest.fixture
def service(clean_simulator: Simulator) -> Simulator:
    """The module's simulator with tiny renders."""
    clean_simulator.set(megapixels=0.1, max_tasks=50)
    return clean_simulator


def test_a_fault_of_ours_in_a_create_leaves_it_unknown(
    opened: Workspace, service: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> object:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(ServiceClient, "create", broken)
    job = queued_job(opened, service.url)
    (after,) = asyncio.run(follow(opened, [job.id], lambda _: None))
    assert after.state is S.UNKNOWN
    assert "may have been charged" in after.note
    assert "ZeroDivisionError" in after.details
    assert [attempt.outcome for attempt in opened.store.attempts(job.id)] == [Outcome.UNKNOWN]


def test_the_end_of_an_attempt_is_written_when_the_disk_has_room_again(
    opened: Workspace, service: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.set_faults("http=400@create*1")
    real: Callable[..., Job] = JobStore.end_attempt
    tries: list[int] = []

    def full_at_first(*arguments: Any, **named: Any) -> Job:
        tries.append(1)
        if len(tries) < 3:
            raise StoreError("The disk is full.")
        return real(*arguments, **named)

    monkeypatch.setattr(JobStore, "end_attempt", full_at_first)
    job = queued_job(opened, service.url)
    (after,) = asyncio.run(follow(opened, [job.id], lambda _: None))
    assert (after.state, len(tries)) == (S.REFUSED, 3)


def test_a_job_list_that_cannot_be_read_for_a_while_does_not_end_the_queue(
    opened: Workspace, service: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = JobStore.data_version
    calls: list[int] = []

    def locked_at_first(store: JobStore) -> int:
        calls.append(1)
        if len(calls) < 4:
            raise StoreError("The job list is locked.")
        return real(store)

    monkeypatch.setattr(JobStore, "data_version", locked_at_first)
    job = queued_job(opened, service.url)
    (after,) = asyncio.run(follow(opened, [job.id], lambda _: None))
    assert after.state is S.DONE


def test_a_simulator_that_does_not_start_is_told_and_not_waited_for_in_silence(tmp_path: Path) -> None:
    def broken(_: DataDir) -> str:
        raise KinebrushError("The simulator did not start.")

    opened = quick_workspace(tmp_path / "data", broken)
    job = queued_job(opened, "simulator")
    (after,) = asyncio.run(follow(opened, [job.id], lambda _: None, offline_timeout=0.3))
    opened.close()
    assert after.state is S.QUEUED
    assert after.note == "The simulator did not start."


def test_another_services_missing_key_does_not_stop_these_jobs(opened: Workspace, service: Simulator) -> None:
    job = queued_job(opened, service.url)
    opened.store.add(replace(job, id="paid", service="https://kinebrush.invalid", state=S.QUEUED))
    seen: list[View] = []
    (after,) = asyncio.run(follow(opened, [job.id], seen.append))
    assert after.state is S.DONE
    assert not any(view.key_problem for view in seen)
    assert opened.store.get("paid").state is S.HELD


def test_a_refused_key_holds_what_waits_and_a_new_key_queues_it_again(
    opened: Workspace, service: Simulator
) -> None:
    service.set_faults("http=401@create")
    jobs = [queued_job(opened, service.url, prompt=f"shot {n}") for n in range(5)]

    async def until(state: JobState) -> None:
        for _ in range(3000):
            if {opened.store.get(job.id).state for job in jobs} == {state}:
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"not all became {state}: {[opened.store.get(job.id) for job in jobs]}")

    async def work() -> None:
        queue = opened.queue()
        running = asyncio.create_task(queue.run())
        try:
            await until(S.HELD)
            assert queue.key_problem
            assert {opened.store.get(job.id).note for job in jobs} == {queue.key_problem}
            service.set_faults()
            await queue.new_key()
            await until(S.DONE)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    asyncio.run(work())
    assert service.state()["creates_accepted"] == 5


def test_a_runner_that_breaks_rests_and_says_why(
    opened: Workspace, service: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[float] = []

    def full(*_: object) -> bool:
        calls.append(time.monotonic())
        raise StoreError("The disk is full.")

    monkeypatch.setattr("desktop.storage.assets.AssetStore.missing", full)
    job = queued_job(opened, service.url)
    other = quick_workspace(opened.data.root)

    async def work() -> None:
        queue = opened.queue()
        running = asyncio.create_task(queue.run())
        try:
            for _ in range(1500):
                if opened.store.get(job.id).note:
                    break
                await asyncio.sleep(0.02)
            # What others write wakes the queue; the broken job must not run each time.
            for _ in range(20):
                other.store.update(job.id, details="changed by somebody else")
                queue.nudge()
                await asyncio.sleep(0.01)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    asyncio.run(work())
    other.close()
    after = opened.store.get(job.id)
    assert after.state is S.QUEUED
    assert after.note.startswith("The disk is full.")
    assert len(calls) < 5


def test_a_slot_is_not_lost_with_a_waiter_that_is_cancelled_as_it_wakes() -> None:
    async def work() -> None:
        gate = Gate(replace(QUICK, slots=1))
        inside = asyncio.Event()

        async def hold(entered: asyncio.Event, leave: asyncio.Event) -> None:
            async with gate.slot():
                entered.set()
                await leave.wait()

        leave = asyncio.Event()
        first = asyncio.create_task(hold(inside, leave))
        await inside.wait()
        second = asyncio.create_task(hold(asyncio.Event(), leave))
        third_inside = asyncio.Event()
        third = asyncio.create_task(hold(third_inside, leave))
        await asyncio.sleep(0)
        leave.set()
        await first
        second.cancel()
        await asyncio.wait_for(third_inside.wait(), 10)
        await asyncio.gather(second, third, return_exceptions=True)

    asyncio.run(work())


@pytest.mark.parametrize("turns", range(6))
def test_a_queue_that_is_cancelled_as_it_is_nudged_ends(tmp_path: Path, turns: int) -> None:
    """The last job's end nudges the queue in the moment in which nobody follows it any more."""
    opened = quick_workspace(tmp_path / "data")

    async def script() -> None:
        queue = opened.queue(replace(QUICK, watch_interval=60.0))
        running = asyncio.create_task(queue.run())
        await asyncio.sleep(0.3)
        queue.nudge()
        for _ in range(turns):
            await asyncio.sleep(0)
        running.cancel()
        done, _ = await asyncio.wait([running], timeout=10)
        running.cancel()
        assert done

    asyncio.run(script())
    opened.close()
