"""generate: shots become videos on disk, and money is never spent unasked."""

import json
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from desktop.core.job import JobState
from desktop.storage.jobs import JobStore
from desktop.storage.paths import data_dir
from desktop.video.probe import verify
from tests.command_line import CommandLine
from tests.simulator import Simulator

KEY = "mk-5f2b9c1e7a-very-secret"


def states(cli: CommandLine) -> list[JobState]:
    """The states of all jobs of the data directory."""
    store = JobStore(data_dir(cli.data).jobs)
    try:
        return [job.state for job in store.all()]
    finally:
        store.close()


def test_without_a_key_it_uses_the_simulator_and_says_so(cli: CommandLine) -> None:
    shot = cli.shot("a boat")
    said = cli.child("generate", shot, "--out", "results")
    assert said.clear().code == 0, said.err
    assert "no API key for Magnific" in said.err
    assert "nothing is charged" in said.err
    video = Path(said.out.strip())
    assert video.is_relative_to(cli.folder / "results")
    assert verify(video, expected_seconds=3).frames == 24
    assert {path.name for path in video.parent.iterdir()} == {
        *("video.mp4", "receipt.json", "request.json", "poster.jpg", "shot.kinebrush")
    }
    receipt = json.loads((video.parent / "receipt.json").read_text("utf-8"))
    assert receipt["video"]["frames"] == 24
    for word in ("queued", "submitted", "done"):
        assert word in said.err


def test_json_tells_scripts_how_it_ended(cli: CommandLine, clean_simulator: Simulator) -> None:
    clean_simulator.set(megapixels=0.1)
    said = cli("generate", cli.shot(), "--service", clean_simulator.url, "--json")
    assert said.code == 0, said.err
    (job,) = said.json()
    assert (job["state"], job["service"], job["model"]) == ("done", clean_simulator.url, "kling-4k-i2v")
    assert job["task_id"] in clean_simulator.state()["tasks"]
    assert Path(job["take"]).is_relative_to(cli.data / "library")


def test_the_address_may_stand_before_or_after_the_command(
    cli: CommandLine, clean_simulator: Simulator
) -> None:
    clean_simulator.set(megapixels=0.1)
    shot = cli.shot()
    assert cli("--service-url", clean_simulator.url, "generate", shot).code == 0
    assert cli("generate", shot, f"--service-url={clean_simulator.url}").code == 0
    assert clean_simulator.state()["creates_accepted"] == 2


def test_several_shots_keep_to_three_tasks_at_once(cli: CommandLine, clean_simulator: Simulator) -> None:
    clean_simulator.set(megapixels=0.1, work_seconds=1, max_tasks=3)
    shots = [cli.shot(f"shot{n}", f"prompt {n}") for n in range(5)]
    said = cli("generate", *shots, "--service", clean_simulator.url, "--out", cli.folder / "out")
    assert said.code == 0, said.err
    assert len(said.out.split("\n")) == 6
    assert all(Path(line).is_file() for line in said.out.strip().split("\n"))
    # A fourth one at a time would have been answered by 429 and received again.
    assert clean_simulator.creates == 5


def test_money_is_never_spent_unasked(cli: CommandLine) -> None:
    said = cli.child("generate", cli.shot(), KINEBRUSH_API_KEY=KEY)
    assert said.clear().code == 2
    assert "about 1.26 USD" in said.err
    assert "--yes" in said.err
    assert states(cli) == []
    assert KEY not in said.err


def test_a_named_service_without_its_key_stops_before_anything_is_queued(cli: CommandLine) -> None:
    for words in (("--service", "magnific"), ("--service-url", "https://kinebrush.invalid")):
        said = cli("generate", cli.shot(), "--yes", *words)
        assert said.clear().code == 4, said.err
        assert "API key" in said.err
    assert states(cli) == []


def test_the_key_never_goes_to_a_custom_address(
    cli: CommandLine, clean_simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean_simulator.set(megapixels=0.1)
    monkeypatch.setenv("KINEBRUSH_API_KEY", KEY)
    assert cli("generate", cli.shot(), "--service", clean_simulator.url).code == 0
    assert cli("key", "check", "--service", clean_simulator.url).code == 0
    said = cli("generate", cli.shot(), "--service", "https://kinebrush.invalid", "--yes")
    assert said.code == 4
    for path in cli.folder.rglob("*"):
        if path.is_file():
            assert KEY.encode() not in path.read_bytes(), path
    assert KEY not in clean_simulator.log_text()


def test_a_refused_key_has_a_code_of_its_own(cli: CommandLine, clean_simulator: Simulator) -> None:
    clean_simulator.set_faults("http=401@create")
    said = cli("generate", cli.shot(), "--service", clean_simulator.url)
    assert said.clear().code == 4
    assert "kinebrush key set" in said.err
    assert states(cli) == [JobState.HELD]


def test_a_key_refused_in_mid_poll_has_it_too(cli: CommandLine, clean_simulator: Simulator) -> None:
    clean_simulator.set_faults("http=401@status")
    said = cli("generate", cli.shot(), "--service", clean_simulator.url)
    assert said.clear().code == 4
    assert states(cli) == [JobState.SUBMITTED]


def test_out_of_reach_ends_in_time_and_keeps_the_job(cli: CommandLine) -> None:
    said = cli("generate", cli.shot(), "--service", "http://127.0.0.1:9", "--offline-timeout", "0.5")
    assert said.clear().code == 5
    assert "jobs resume" in said.err
    assert states(cli) == [JobState.QUEUED]


@pytest.mark.parametrize(
    ("fault", "code", "state"),
    [
        ("lost-reply@create", 6, JobState.UNKNOWN),
        ("http=400@create", 1, JobState.REFUSED),
        ("http=402@create", 1, JobState.REFUSED),
        ("failed-at-once", 1, JobState.FAILED),
        ("expired@download", 6, JobState.EXPIRED),
    ],
)
def test_every_end_has_its_code(
    cli: CommandLine, clean_simulator: Simulator, fault: str, code: int, state: JobState
) -> None:
    clean_simulator.set(megapixels=0.1)
    clean_simulator.set_faults(fault)
    said = cli("generate", cli.shot(), "--service", clean_simulator.url)
    assert states(cli) == [state]
    assert said.clear().code == code, said.err
    assert said.out == ""


def test_strict_refuses_what_is_undocumented(cli: CommandLine, clean_simulator: Simulator) -> None:
    said = cli("generate", "--strict", cli.shot(), "--service", clean_simulator.url)
    assert said.clear().code == 3
    assert "masks-duration" in said.err
    assert clean_simulator.creates == 0
    assert states(cli) == []


def test_one_bad_shot_of_several_stops_them_all(cli: CommandLine, clean_simulator: Simulator) -> None:
    good, bad = cli.shot("good"), cli.shot("bad")
    bad.write_bytes(b"nothing")
    said = cli("generate", good, bad, "--service", clean_simulator.url)
    assert said.clear().code == 2
    assert states(cli) == []


@pytest.mark.parametrize("service", ["magnifi", "ftp://example.org", "http://example.org", "https://a b"])
def test_an_unknown_service_is_one_sentence(cli: CommandLine, service: str) -> None:
    said = cli("generate", cli.shot(), "--service", service)
    assert said.clear().code == 2
    assert len(said.err.strip().splitlines()) == 1


def test_an_unusable_folder_for_the_result_is_told_before_anything_is_sent(
    cli: CommandLine, clean_simulator: Simulator
) -> None:
    shot = cli.shot()
    for out in (shot, shot / "below"):
        said = cli("generate", shot, "--service", clean_simulator.url, "--out", out)
        assert said.clear().code == 2
    assert clean_simulator.creates == 0
    assert states(cli) == []


def test_a_data_folder_that_is_a_file_is_one_sentence(cli: CommandLine) -> None:
    cli.data.write_text("in the way")
    for words in (("generate", cli.shot()), ("jobs", "list"), ("key", "check")):
        said = cli(*words)
        assert said.clear().code == 2
        assert "in the way" in said.err
        assert len(said.err.strip().splitlines()) == 1


def test_an_embedded_simulator_that_cannot_start_is_told(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KINEBRUSH_SIMULATOR", "--set nonsense=1")
    said = cli("generate", cli.shot(), "--service", "simulator", "--offline-timeout", "0.5")
    assert said.clear().code == 5
    assert "did not start" in said.err
    assert states(cli) == [JobState.QUEUED]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT between processes")
@pytest.mark.parametrize("group", [False, True])
def test_ctrl_c_in_mid_task_ends_orderly_and_the_job_goes_on_later(cli: CommandLine, group: bool) -> None:
    slow = "--set megapixels=0.1 --fps 8 --work-seconds 4"
    process = cli.start("generate", cli.shot(), KINEBRUSH_SIMULATOR=slow)
    assert process.stderr is not None
    for line in process.stderr:
        if "submitted" in line or "in progress" in line:
            break
    # A terminal sends it to the whole group, the simulator's process included unless it has one of its own.
    (os.killpg if group else os.kill)(process.pid, signal.SIGINT)
    started = time.monotonic()
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "jobs resume" in err
    assert "Traceback" not in err
    assert time.monotonic() - started < 30, "it hung"
    assert states(cli)[0] in (JobState.SUBMITTED, JobState.IN_PROGRESS)
    said = cli("jobs", "resume")
    assert said.code == 0, said.err
    assert Path(said.out.strip()).is_file()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT between processes")
def test_ctrl_c_in_mid_create_waits_for_the_outcome(cli: CommandLine, clean_simulator: Simulator) -> None:
    clean_simulator.set(megapixels=0.1)
    clean_simulator.set_faults("slow=2@create*1")
    process = cli.start("generate", cli.shot(), "--service", clean_simulator.url)
    assert process.stderr is not None
    for line in process.stderr:
        if "submitting" in line:
            break
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert states(cli) == [JobState.SUBMITTED]
    assert cli("jobs", "resume").code == 0
    assert clean_simulator.creates == 1


def test_two_commands_on_one_folder_share_the_queue_and_the_simulator(cli: CommandLine) -> None:
    slow = "--set megapixels=0.1 --fps 8 --work-seconds 2"
    first = cli.start("generate", cli.shot("one", "one"), "--service", "simulator", KINEBRUSH_SIMULATOR=slow)
    second = cli.start("generate", cli.shot("two", "two"), "--service", "simulator", KINEBRUSH_SIMULATOR=slow)
    for process in (first, second):
        out, err = process.communicate(timeout=90)
        assert process.returncode == 0, err
        assert Path(out.strip()).is_file()
    assert states(cli) == [JobState.DONE, JobState.DONE]
