"""The end at any moment: nothing hangs, nothing is lost, nothing is sent twice."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from desktop.core.job import Job, JobState
from desktop.storage.jobs import JobStore
from tests.job_shots import png
from tests.simulator import Simulator
from tests.window_hands import Hands, live

S = JobState
ROOT = Path(__file__).parents[2]


async def finished(hands: Hands) -> None:
    """The next start: the job comes home by itself."""
    await hands.ready()
    await hands.job_in(S.DONE)


def test_in_mid_upload_the_outcome_is_waited_for(tmp_path: Path, service: Simulator) -> None:
    service.set_faults("slow=1.5@create*1")

    async def script(hands: Hands) -> None:
        await hands.ready()
        hands.click(hands.window.checks.generate)
        await hands.job_in(S.SUBMITTING)
        hands.close()
        await hands.until(lambda: not hands.window.isEnabled(), "the end to begin")
        assert "seen through" in hands.window.status.busy.text()

    live(tmp_path / "data", script, service_url=service.url, leave="script")
    (job,) = jobs_of(tmp_path)
    assert job.state is S.SUBMITTED
    assert job.task_id
    live(tmp_path / "data", finished, service_url=service.url)
    assert service.creates == 1


def jobs_of(tmp_path: Path) -> list[Job]:
    """The jobs on disk."""
    store = JobStore(tmp_path / "data" / "jobs.sqlite")
    try:
        return list(store.all())
    finally:
        store.close()


def test_right_after_generate_the_order_is_kept(tmp_path: Path, service: Simulator) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()
        hands.click(hands.window.checks.generate)
        await asyncio.sleep(0)
        hands.close()

    live(tmp_path / "data", script, service_url=service.url, leave="script")
    assert len(jobs_of(tmp_path)) == 1
    live(tmp_path / "data", finished, service_url=service.url)
    assert service.creates == 1


def test_in_mid_download_the_rest_comes_at_the_next_start(tmp_path: Path, service: Simulator) -> None:
    service.set_faults("throttle=20000@download")

    async def script(hands: Hands) -> None:
        await hands.ready()
        hands.click(hands.window.checks.generate)
        await hands.job_in(S.DOWNLOADING)
        progress: list[object] = []
        hands.application.backend.progress_changed.connect(progress.append)
        await hands.until(lambda: bool(progress), "bytes")
        hands.close()

    live(tmp_path / "data", script, service_url=service.url, leave="script")
    service.set_faults()
    live(tmp_path / "data", finished, service_url=service.url)
    assert service.creates == 1


def test_while_the_take_plays(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()
        hands.click(hands.window.checks.generate)
        job = await hands.job_in(S.DONE)
        hands.window.jobs_.open_take(job)
        await hands.until(lambda: hands.window.takes.player.position > 0, "the take to play")
        hands.close()

    live(tmp_path / "data", script, leave="script")


@pytest.mark.parametrize(
    "action", ["open", "open-url", "key", "preferences", "about", "shortcuts", "palette"]
)
def test_while_a_dialog_is_open(tmp_path: Path, service: Simulator, action: str) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()
        hands.act(action)
        await asyncio.sleep(0.1)
        hands.application.must_close()

    live(tmp_path / "data", script, service_url=service.url, leave="script")


def test_while_a_picture_is_being_read(tmp_path: Path) -> None:
    large = tmp_path / "large.png"
    large.write_bytes(png(1800, 1400))

    async def script(hands: Hands) -> None:
        await hands.ready()
        hands.window.documents_.open_path(large)
        await asyncio.sleep(0.05)
        hands.close()

    live(tmp_path / "data", script, leave="script")


def test_at_once(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        hands.close()

    live(tmp_path / "data", script, leave="script")


def test_twice(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()
        hands.close()
        hands.close()
        hands.application.must_close()

    live(tmp_path / "data", script, leave="script")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order_and_keeps_unsaved_work(tmp_path: Path, number: signal.Signals) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(png(400, 320))

    async def script(hands: Hands) -> None:
        await hands.opened(400)
        hands.paint()
        os.kill(os.getpid(), number)

    live(tmp_path / "data", script, [picture], leave="script")

    async def again(hands: Hands) -> None:
        await hands.ready()
        await hands.told("unsaved work was recovered")
        assert [area.number for area in hands.shot.areas] == [1]
        assert hands.application.session.modified

    live(tmp_path / "data", again)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
def test_a_real_process_ends_with_code_0_at_sigterm(tmp_path: Path) -> None:
    data = tmp_path / "data"
    process = subprocess.Popen(
        [sys.executable, "-m", "desktop", "--data-dir", str(data)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "DISPLAY": ":offscreen"},
    )
    end = time.monotonic() + 30
    while not (data / "owner.json").exists():  # the queue runs: everything is up
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert said == b""
    assert not (data / "owner.json").exists()
