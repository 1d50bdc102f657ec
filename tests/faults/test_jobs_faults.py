"""The queue against a service that misbehaves in every way the simulator knows."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.core.errors import KinebrushError
from desktop.core.job import ENDED, NEEDS_USER, Job, JobState, Outcome
from desktop.jobs import commands, finder
from desktop.jobs.follow import View, follow
from desktop.jobs.workspace import Workspace
from desktop.video.probe import verify
from tests.job_shots import painted_shot, queued_job
from tests.job_worker import QUICK, quick_workspace
from tests.simulator import Simulator, running_simulator

S = JobState


@pytest.fixture
def service(clean_simulator: Simulator) -> Simulator:
    """The module's simulator with tiny renders and room for many tasks."""
    clean_simulator.set(megapixels=0.1, max_tasks=50)
    return clean_simulator


def run(opened: Workspace, *jobs: Job, offline_timeout: float | None = None) -> list[Job]:
    """Run jobs until they have ended or wait for the user."""
    ids = [job.id for job in jobs]
    return list(asyncio.run(follow(opened, ids, lambda _: None, offline_timeout=offline_timeout)))


def run_until(opened: Workspace, job: Job, reached: Callable[[Job, View], bool]) -> Job:
    """Run a job until a condition holds, then stop the queue in an orderly way."""

    async def work() -> None:
        done = asyncio.Event()

        def look(view: View) -> None:
            if reached(view.jobs[0], view):
                done.set()

        following = asyncio.create_task(follow(opened, [job.id], look))
        await asyncio.wait_for(done.wait(), 30)
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)

    asyncio.run(work())
    return opened.store.get(job.id)


async def until(reached: Callable[[], bool]) -> None:
    """Wait until a condition holds; half a minute at most."""
    for _ in range(1500):
        if reached():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the condition never held")


def accepted(service: Simulator) -> int:
    return int(service.state()["creates_accepted"])


def test_a_job_goes_all_the_way(opened: Workspace, service: Simulator) -> None:
    (job,) = run(opened, queued_job(opened, service.url))
    assert job.state is S.DONE, job.note
    take = Path(job.take)
    receipt = json.loads((take / "receipt.json").read_text())
    attempt = opened.store.attempts(job.id)[-1]
    assert receipt["task_id"] == job.task_id
    assert receipt["body_sha256"] == attempt.body_sha256
    assert attempt.body_sha256 in service.state()["creates_by_sha256"]
    assert verify(take / "video.mp4", expected_seconds=3).frames == receipt["video"]["frames"]
    assert service.state()["cdn_key_leaks"] == 0
    assert not list((opened.data.library / ".incoming").iterdir())


@pytest.mark.parametrize(
    "fault", ["lost-reply", "500", "500=accepted", "502", "502=accepted", "503", "503=accepted"]
)
def test_an_unknown_outcome_is_never_sent_again_by_itself(
    opened: Workspace, service: Simulator, fault: str
) -> None:
    service.set_faults(f"{fault}@create")
    (job,) = run(opened, queued_job(opened, service.url))
    assert job.state is S.UNKNOWN
    assert job.note
    assert opened.store.attempts(job.id)[-1].outcome is Outcome.UNKNOWN
    (again,) = run(opened, job)
    assert again.state is S.UNKNOWN
    assert service.creates == 1


def test_a_lost_reply_is_found_and_adopted(opened: Workspace, service: Simulator) -> None:
    service.set_faults("lost-reply@create*1")
    (job,) = run(opened, queued_job(opened, service.url))
    (done,) = run(opened, queued_job(opened, service.url, prompt="another"))
    assert (job.state, done.state) == (S.UNKNOWN, S.DONE)

    async def adopt() -> Job:
        found = await finder.candidates(job, opened.store, opened.connections)
        assert found is not None
        assert [c.task_id for c in found] != [done.task_id]
        assert len(found) == 1
        with pytest.raises(KinebrushError, match="another job"):
            await finder.adopt(job, done.task_id, opened.store, opened.connections)
        with pytest.raises(KinebrushError, match="not taken over"):
            await finder.adopt(job, "no-such-task", opened.store, opened.connections)
        adopted = await finder.adopt(job, found[0].task_id, opened.store, opened.connections)
        await opened.connections.forget()
        return adopted

    assert asyncio.run(adopt()).state is S.SUBMITTED
    (home,) = run(opened, job)
    assert home.state is S.DONE
    assert accepted(service) == 2


def test_sending_again_needs_the_users_word(opened: Workspace, service: Simulator) -> None:
    service.set_faults("500@create*1")
    (job,) = run(opened, queued_job(opened, service.url))
    assert job.state is S.UNKNOWN
    commands.send_again(opened.store, job)
    (home,) = run(opened, job)
    assert home.state is S.DONE
    assert [a.outcome for a in opened.store.attempts(job.id)] == [Outcome.UNKNOWN, Outcome.ACCEPTED]


def test_a_service_without_a_list_says_so(opened: Workspace, service: Simulator) -> None:
    service.set_faults("lost-reply@create")
    (job,) = run(opened, queued_job(opened, service.url))
    service.set(list="off")

    async def look() -> tuple[finder.Candidate, ...] | None:
        try:
            return await finder.candidates(job, opened.store, opened.connections)
        finally:
            await opened.connections.forget()

    assert asyncio.run(look()) is None


@pytest.mark.parametrize("fault", ["429@create*2", "429=0@create*2", "429=date:0@create*2"])
def test_too_many_requests_waits_and_sends_again(opened: Workspace, service: Simulator, fault: str) -> None:
    service.set_faults(fault)
    (job,) = run(opened, queued_job(opened, service.url))
    assert job.state is S.DONE, job.note
    outcomes = [attempt.outcome for attempt in opened.store.attempts(job.id)]
    assert outcomes == [Outcome.REFUSED, Outcome.REFUSED, Outcome.ACCEPTED]
    assert accepted(service) == 1


@pytest.mark.parametrize("status", [400, 402, 403])
def test_a_refusal_ends_that_one_job_with_its_cause(
    opened: Workspace, service: Simulator, status: int
) -> None:
    service.set_faults(f"http={status}@create*1")
    (job,) = run(opened, queued_job(opened, service.url))
    assert job.state is S.REFUSED
    assert job.note
    (other,) = run(opened, queued_job(opened, service.url, prompt="other"))
    assert other.state is S.DONE
    assert service.creates == 2


def test_a_refused_key_stops_the_queue_and_nothing_more_is_sent(
    opened: Workspace, service: Simulator
) -> None:
    service.set_faults("http=401@create")
    jobs = [queued_job(opened, service.url, prompt=f"shot {n}") for n in range(6)]
    after = run(opened, *jobs)
    assert {job.state for job in after} <= {S.HELD, S.QUEUED}
    assert S.HELD in {job.state for job in after}
    assert service.creates <= 3, "after the refusal only creates already under way may have gone out"
    assert accepted(service) == 0


def test_a_refused_key_in_mid_poll_never_ends_a_paid_job(opened: Workspace, service: Simulator) -> None:
    service.set(work_seconds=3)
    job = queued_job(opened, service.url)
    run_until(opened, job, lambda job, _: job.state is S.IN_PROGRESS)
    service.set_faults("http=401@status")
    after = run_until(opened, job, lambda _, view: bool(view.key_problem))
    assert after.state is S.IN_PROGRESS
    service.set_faults()
    service.set(work_seconds=0)
    (home,) = run(opened, job)
    assert home.state is S.DONE
    assert service.creates == 1


@pytest.mark.parametrize(
    "fault", ["500@status*3", "502@status*3", "invalid-json@status*3", "reset@status*3", "429=0@status*2"]
)
def test_trouble_while_polling_only_adds_a_note(opened: Workspace, service: Simulator, fault: str) -> None:
    service.set_faults(fault)
    (job,) = run(opened, queued_job(opened, service.url))
    assert job.state is S.DONE, job.note
    assert accepted(service) == 1


def test_completed_with_an_empty_list_is_asked_again(opened: Workspace, service: Simulator) -> None:
    service.set_faults("empty-result@status*3")
    (job,) = run(opened, queued_job(opened, service.url))
    assert job.state is S.DONE, job.note


def test_completed_without_a_video_for_ever_says_so_and_can_be_taken_up(
    opened: Workspace, service: Simulator
) -> None:
    service.set_faults("empty-result@status")
    (job,) = run(opened, queued_job(opened, service.url))
    assert job.state is S.FAILED
    assert "no video" in job.note
    service.set_faults()
    opened.store.move(job.id, S.FAILED, S.SUBMITTED)
    (home,) = run(opened, job)
    assert home.state is S.DONE
    assert service.creates == 1


@pytest.mark.parametrize(
    "fault", ["failed-at-once@create", "failed-at-once=reply@create", "failed-later=0.1@create"]
)
def test_a_failed_task_is_told(opened: Workspace, service: Simulator, fault: str) -> None:
    service.set_faults(fault)
    (job,) = run(opened, queued_job(opened, service.url))
    assert job.state is S.FAILED
    assert "failed" in job.note


def test_a_mask_the_service_cannot_use_fails_there(opened: Workspace, service: Simulator) -> None:
    service.set(empty_mask="fail", mask_durations="5")
    (job,) = run(opened, queued_job(opened, service.url))  # 3 s with masks: 422 by this switch
    assert job.state in (S.REFUSED, S.UNKNOWN)
    assert job.note


def test_an_unknown_status_is_shown_and_polled_on(opened: Workspace, service: Simulator) -> None:
    service.set_faults("unknown-status=UNDER_REVIEW@status*2")
    seen: list[str] = []
    job = queued_job(opened, service.url)
    (home,) = asyncio.run(follow(opened, [job.id], lambda view: seen.append(view.jobs[0].service_status)))
    assert home.state is S.DONE
    assert service.creates == 1


def test_a_task_the_service_does_not_know_is_told_after_a_while(
    opened: Workspace, service: Simulator
) -> None:
    service.set(work_seconds=3)
    job = queued_job(opened, service.url)
    run_until(opened, job, lambda job, _: job.state is S.IN_PROGRESS)
    service.set_faults("http=404@status")
    (after,) = run(opened, job)
    assert after.state is S.FAILED
    assert "does not know" in after.note


@pytest.mark.parametrize(
    "fault",
    [
        "truncated=0.5@download*2",
        "corrupted=64@download*1",
        "not-video@download*1",
        "stalled=0.5@download*1",
        "no-range@download",
        "wrong-length=short@download*1",
        "http=500@download*2",
        "reset@download*2",
        "truncated=0.3@download*1",
    ],
)
def test_a_bad_download_is_made_good(opened: Workspace, service: Simulator, fault: str) -> None:
    service.set_faults(fault)
    (job,) = run(opened, queued_job(opened, service.url))
    assert job.state is S.DONE, (job.note, job.details)
    assert verify(Path(job.take) / "video.mp4", expected_seconds=3).frames == 24
    assert accepted(service) == 1


def test_a_download_damaged_every_time_keeps_the_last_copy(opened: Workspace, service: Simulator) -> None:
    service.set_faults("corrupted=4000@download")
    (job,) = run(opened, queued_job(opened, service.url))
    assert job.state is S.FAILED
    assert list((opened.data.library / ".incoming").glob("*.damaged*.mp4"))
    service.set_faults()
    opened.store.move(job.id, S.FAILED, S.SUBMITTED)
    (home,) = run(opened, job)
    assert home.state is S.DONE
    assert service.creates == 1


def test_an_expired_result_is_told_and_can_be_taken_up(opened: Workspace, service: Simulator) -> None:
    service.set_faults("expired@download")
    (job,) = run(opened, queued_job(opened, service.url))
    assert job.state is S.EXPIRED
    assert job.note
    service.set_faults()
    opened.store.move(job.id, S.EXPIRED, S.SUBMITTED)
    (home,) = run(opened, job)
    assert home.state is S.DONE


def test_out_of_reach_pauses_the_queue_and_nothing_is_lost(opened: Workspace, tmp_path: Path) -> None:
    with running_simulator(tmp_path, "--set", "megapixels=0.1", "--fps", "8") as service:
        first = run(opened, queued_job(opened, service.url))[0]
        assert first.state is S.DONE
        jobs = [queued_job(opened, service.url, prompt=f"shot {n}") for n in range(3)]
        service.stop()
        after = run(opened, *jobs, offline_timeout=0.5)
        assert {job.state for job in after} == {S.QUEUED}
        assert any("could not be reached" in job.note for job in after)
        service.start(int(service.url.rpartition(":")[2]))
        home = run(opened, *jobs)
        assert {job.state for job in home} == {S.DONE}
        assert accepted(service) == 4


def test_the_service_dying_in_mid_task_is_waited_out(opened: Workspace, tmp_path: Path) -> None:
    with running_simulator(
        tmp_path, "--set", "megapixels=0.1", "--fps", "8", "--work-seconds", "2"
    ) as service:
        job = queued_job(opened, service.url)

        async def work() -> tuple[Job, ...]:
            following = asyncio.create_task(follow(opened, [job.id], lambda _: None))
            await until(lambda: opened.store.get(job.id).state is S.IN_PROGRESS)
            await asyncio.to_thread(service.kill)
            await until(lambda: bool(opened.store.get(job.id).note))
            await asyncio.to_thread(service.restart)
            return await following

        (home,) = asyncio.run(work())
        assert home.state is S.DONE
        assert service.creates == 1


def test_no_more_tasks_than_slots_are_on_the_service(opened: Workspace, service: Simulator) -> None:
    service.set(work_seconds=0.4, max_tasks=3)
    jobs = [queued_job(opened, service.url, prompt=f"shot {n}") for n in range(7)]
    home = run(opened, *jobs)
    assert {job.state for job in home} == {S.DONE}
    assert service.creates == 7, "with three slots the service's own limit of three is never met"


def test_stopping_by_hand_leaves_the_task_and_taking_up_finds_it(
    opened: Workspace, service: Simulator
) -> None:
    service.set(work_seconds=3)
    job = queued_job(opened, service.url)

    async def work() -> None:
        following = asyncio.create_task(follow(opened, [job.id], lambda _: None))
        await until(lambda: opened.store.get(job.id).state is S.IN_PROGRESS)
        opened.store.move(job.id, S.IN_PROGRESS, S.STOPPED, note="Stopped by you.")
        await asyncio.wait_for(following, 10)

    asyncio.run(work())
    polls = service.state()["status_polls"]
    assert opened.store.get(job.id).state is S.STOPPED
    service.set(work_seconds=0)
    opened.store.move(job.id, S.STOPPED, S.SUBMITTED)
    (home,) = run(opened, job)
    assert home.state is S.DONE
    assert service.state()["status_polls"] > polls
    assert service.creates == 1


def test_a_second_process_forwards_its_jobs_to_the_owner(
    opened: Workspace, service: Simulator, tmp_path: Path
) -> None:
    other = quick_workspace(tmp_path / "data")
    owner = opened.try_own()
    assert owner is not None
    job = queued_job(other, service.url)

    async def work() -> tuple[Job, ...]:
        queue = opened.queue()
        running = asyncio.create_task(queue.run())
        try:
            return await asyncio.wait_for(follow(other, [job.id], lambda _: None), 30)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    (home,) = asyncio.run(work())
    owner.release()
    other.close()
    assert home.state is S.DONE
    assert service.creates == 1


def test_the_follower_takes_over_when_the_owner_goes(
    opened: Workspace, service: Simulator, tmp_path: Path
) -> None:
    other = quick_workspace(tmp_path / "data")
    owner = opened.try_own()
    assert owner is not None
    job = queued_job(other, service.url)

    async def work() -> tuple[Job, ...]:
        following = asyncio.create_task(follow(other, [job.id], lambda _: None))
        await asyncio.sleep(0.3)
        assert other.store.get(job.id).state is S.QUEUED
        owner.release()
        return await asyncio.wait_for(following, 30)

    (home,) = asyncio.run(work())
    other.close()
    assert home.state is S.DONE


def test_quitting_in_mid_upload_waits_for_the_outcome(opened: Workspace, service: Simulator) -> None:
    service.set_faults("slow=1@create*1")
    job = queued_job(opened, service.url)
    after = run_until(opened, job, lambda job, _: job.state is S.SUBMITTING)
    assert after.state is S.SUBMITTED
    assert after.task_id
    (home,) = run(opened, job)
    assert home.state is S.DONE
    assert service.creates == 1


def test_quitting_too_long_in_mid_upload_leaves_it_unknown(tmp_path: Path, service: Simulator) -> None:
    service.set_faults("slow=30@create*1")
    opened = quick_workspace(tmp_path / "data")
    job = queued_job(opened, service.url)

    async def work() -> None:
        queue = opened.queue(replace(QUICK, quit_grace=0.2))
        running = asyncio.create_task(queue.run())
        await until(lambda: opened.store.get(job.id).state is S.SUBMITTING)
        await asyncio.sleep(0.2)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    started = time.monotonic()
    asyncio.run(work())
    assert time.monotonic() - started < 20
    after = opened.store.get(job.id)
    assert after.state is S.UNKNOWN
    assert "may have been charged" in after.note
    opened.close()


def test_a_missing_asset_holds_the_job_before_anything_is_sent(opened: Workspace, service: Simulator) -> None:
    job = queued_job(opened, service.url)
    opened.assets.path(job.request.image).unlink()
    (after,) = run(opened, job)
    assert after.state is S.HELD
    assert "no longer on disk" in after.note
    assert service.creates == 0


def test_no_key_is_ever_written(
    opened: Workspace, service: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "mk-5f2b9c1e7a-very-secret"
    monkeypatch.setenv("KINEBRUSH_API_KEY", secret)
    monkeypatch.setenv("KINEBRUSH_API_KEY_HOST", service.url.partition("//")[2])
    service.set_faults("http=400@create*1")
    (refused,) = run(opened, queued_job(opened, service.url))
    (done,) = run(opened, queued_job(opened, service.url))
    assert (refused.state, done.state) == (S.REFUSED, S.DONE)
    for path in opened.data.root.rglob("*"):
        if path.is_file():
            assert secret.encode() not in path.read_bytes(), path


def test_the_daily_limit_holds_what_would_pass_it(opened: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINEBRUSH_API_KEY", "mk-5f2b9c1e7a-very-secret")
    monkeypatch.setenv("KINEBRUSH_API_KEY_HOST", "kinebrush.invalid")
    opened.settings = replace(opened.settings, daily_limit=3.0)
    shot = painted_shot()
    dear = replace(shot, parameters=replace(shot.parameters, duration=15))
    job = queued_job(opened, "https://127.0.0.2:9", dear)
    assert job.estimate == 0.0  # an address on this machine costs nothing
    paid = opened.store.add(
        replace(job, id="paid", service="https://kinebrush.invalid", estimate=6.3, currency="USD")
    )
    (after,) = run(opened, paid)
    assert after.state is S.HELD
    assert "limit" in after.note
    assert after.state in NEEDS_USER
    assert after.state not in ENDED
