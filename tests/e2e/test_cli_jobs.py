"""jobs, key, doctor, simulate and the options that stand anywhere."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from desktop.cli import hoisted
from desktop.core.job import Job, JobState
from desktop.storage.jobs import JobStore
from desktop.storage.paths import data_dir
from tests.command_line import CommandLine, Said
from tests.simulator import NO_TLS, Simulator

COMMANDS = ("new", "check", "request", "generate", "demo", "doctor", "jobs", "key", "simulate")
KEY = "mk-5f2b9c1e7a-very-secret"


def job_of(cli: CommandLine) -> Job:
    """The newest job of the data directory."""
    store = JobStore(data_dir(cli.data).jobs)
    try:
        return max(store.all(), key=lambda job: job.created)
    finally:
        store.close()


def refused_sentence(said: Said, code: int = 2) -> None:
    """One sentence, with that exit code."""
    assert said.clear().code == code, said.err
    assert len(said.err.strip().splitlines()) == 1, said.err


@pytest.fixture
def done(cli: CommandLine, service: Simulator) -> Job:
    """A finished job of a shot with a name that looks like markup."""
    assert cli("generate", cli.shot("[red]boat[/nothing]"), "--service", service.url).code == 0
    return job_of(cli)


@pytest.fixture
def lost(cli: CommandLine, service: Simulator) -> Job:
    """A job whose reply was lost, though the service has its task."""
    service.set_faults("lost-reply@create*1")
    assert cli("generate", cli.shot(), "--service", service.url).code == 6
    return job_of(cli)


def test_no_jobs_yet(cli: CommandLine) -> None:
    said = cli("jobs")
    assert (said.code, said.err.strip()) == (0, "There are no jobs yet.")
    assert cli("jobs", "list", "--json").json() == []
    assert cli("jobs", "resume").code == 0


def test_the_list_shows_names_as_they_are_and_one_job_a_line(cli: CommandLine, done: Job) -> None:
    for words in (("jobs",), ("jobs", "list")):
        said = cli.child(*words, COLUMNS="60")
        assert said.code == 0
        assert len(said.out.strip().splitlines()) == 2
        assert "[red]boat" in said.out
        assert done.id[:8] in said.out
        assert done.take in said.out
    (record,) = cli("jobs", "list", "--json").json()
    assert (record["id"], record["state"], record["take"]) == (done.id, "done", done.take)
    assert cli("jobs", "list", "--limit", "0").code == 2


def test_show_tells_the_attempts_and_takes_the_beginning_of_an_id(cli: CommandLine, done: Job) -> None:
    record = cli("jobs", "show", done.id[:6]).json()
    assert record["id"] == done.id
    (attempt,) = record["attempts"]
    assert (attempt["outcome"], attempt["http_status"], attempt["task_id"]) == ("accepted", 200, done.task_id)
    refused_sentence(cli("jobs", "show", "nothing"))


def test_export_writes_the_receipt(cli: CommandLine, done: Job) -> None:
    out = cli.folder / "receipt.json"
    assert cli("jobs", "export", done.id, "-o", out).code == 0
    assert json.loads(out.read_text("utf-8"))["task_id"] == done.task_id
    refused_sentence(cli("jobs", "export", done.id, "-o", cli.folder / "no" / "r.json"))
    (Path(done.take) / "receipt.json").unlink()
    refused_sentence(cli("jobs", "export", done.id, "-o", out))


def test_resume_of_a_finished_job_prints_its_video(cli: CommandLine, done: Job) -> None:
    said = cli("jobs", "resume", done.id)
    assert said.code == 0
    assert said.out.strip() == str(Path(done.take) / "video.mp4")


def test_a_lost_job_is_found_and_adopted(cli: CommandLine, lost: Job, service: Simulator) -> None:
    refused_sentence(cli("jobs", "export", lost.id, "-o", cli.folder / "r.json"))
    said = cli("jobs", "find", lost.id)
    assert said.code == 0, said.err
    (line,) = said.out.strip().splitlines()
    task = line.split()[0]
    assert [found["task_id"] for found in cli("jobs", "find", lost.id, "--json").json()] == [task]
    refused_sentence(cli("jobs", "find", lost.id, "--adopt", "no-such-task"))
    refused_sentence(cli("jobs", "find", lost.id, "--adopt", task, "--send-again"))
    assert cli("jobs", "find", lost.id, "--adopt", task).code == 0
    said = cli("jobs", "resume")
    assert said.code == 0, said.err
    assert Path(said.out.strip()).is_file()
    assert service.creates == 1
    refused_sentence(cli("jobs", "find", lost.id))


def test_sending_again_needs_a_word(cli: CommandLine, lost: Job, service: Simulator) -> None:
    said = cli.child("jobs", "find", lost.id, "--send-again")
    assert said.clear().code == 2
    assert "cost twice" in said.err
    assert job_of(cli).state is JobState.UNKNOWN
    assert cli("jobs", "find", lost.id, "--send-again", "--yes").code == 0
    assert cli("jobs", "resume").code == 0
    assert service.creates == 2


def test_a_service_without_a_list_says_what_to_do(cli: CommandLine, lost: Job, service: Simulator) -> None:
    service.set(list="off")
    said = cli("jobs", "find", lost.id)
    assert said.code == 0
    assert "--adopt" in said.err
    service.stop()
    refused_sentence(cli("jobs", "find", lost.id), 5)
    service.restart()


def test_a_stopped_lost_job_comes_back_as_one(cli: CommandLine, lost: Job, service: Simulator) -> None:
    said = cli("jobs", "stop", lost.id)
    assert said.code == 0
    assert "may have been charged" in said.err
    assert cli("jobs", "resume").code == 0, "what was stopped is not taken up unasked"
    assert cli("jobs", "resume", lost.id).code == 6
    assert job_of(cli).state is JobState.UNKNOWN
    assert cli("jobs", "find", lost.id).code == 0
    assert service.creates == 1


def test_a_stopped_task_is_taken_up_again(cli: CommandLine, service: Simulator) -> None:
    service.set(work_seconds=600)
    process = cli.start("generate", cli.shot(), "--service", service.url)
    assert process.stderr is not None
    for line in process.stderr:
        if "submitted" in line or "in progress" in line:
            break
    job = job_of(cli)
    said = cli("jobs", "stop", job.id)
    assert "goes on at the service" in said.err
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, ""), err
    refused_sentence(cli("jobs", "stop", job.id))
    said = cli("jobs", "resume", "nothing")
    refused_sentence(said)
    assert service.creates == 1
    assert job_of(cli).task_id


def test_stopped_before_it_was_sent_it_queues_again(cli: CommandLine, service: Simulator) -> None:
    service.stop()
    said = cli("generate", cli.shot(), "--service", service.url, "--offline-timeout", "0.3")
    assert said.code == 5
    service.restart()
    assert "before anything was sent" in cli("jobs", "stop", job_of(cli).id).err
    assert cli("jobs", "resume", job_of(cli).id).code == 0
    assert service.state()["creates_accepted"] == 1


def test_a_refused_job_is_sent_again_when_it_is_resumed(cli: CommandLine, service: Simulator) -> None:
    service.set_faults("http=402@create*1")
    assert cli("generate", cli.shot(), "--service", service.url).code == 1
    assert cli("jobs", "resume").code == 0
    assert job_of(cli).state is JobState.REFUSED, "not unasked"
    assert cli("jobs", "resume", job_of(cli).id).code == 0
    assert job_of(cli).state is JobState.DONE


def test_the_daily_limit_holds_and_says_so(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch, service: Simulator
) -> None:
    cli.data.mkdir()
    (cli.data / "settings.json").write_text(json.dumps({"version": 1, "daily_limit": 0.5}))
    monkeypatch.setenv("KINEBRUSH_API_KEY", KEY)
    monkeypatch.setenv("KINEBRUSH_API_KEY_HOST", "kinebrush.invalid")
    said = cli("generate", cli.shot(), "--service", "https://kinebrush.invalid", "--yes")
    assert said.clear().code == 6, said.err
    assert "limit" in said.err
    assert job_of(cli).state is JobState.HELD


# --- keys -------------------------------------------------------------------------------------------------------


def test_without_a_key_ring_the_key_commands_say_what_to_do(cli: CommandLine) -> None:
    said = cli.child("key", "set", typed=f"{KEY}\n")
    refused_sentence(said, 4)
    assert "KINEBRUSH_API_KEY" in said.err
    assert KEY not in said.err + said.out
    refused_sentence(cli.child("key", "set", typed=""), 4)
    refused_sentence(cli("key", "check"), 4)
    assert cli("key", "forget").code == 0
    refused_sentence(cli("key", "check", "--service", "simulator"), 4)
    refused_sentence(cli("key", "check", "--service", "nowhere"))


def test_a_key_is_kept_for_its_host_checked_and_forgotten(
    cli: CommandLine, service: Simulator, tmp_path: Path
) -> None:
    (tmp_path / "file_ring.py").write_text(
        "import json, pathlib\n"
        "from keyring.backend import KeyringBackend\n"
        "FILE = pathlib.Path(__file__).with_suffix('.json')\n"
        "class Ring(KeyringBackend):\n"
        "    priority = 1\n"
        "    def read(self): return json.loads(FILE.read_text()) if FILE.exists() else {}\n"
        "    def get_password(self, service, name): return self.read().get(name)\n"
        "    def set_password(self, service, name, word): FILE.write_text(json.dumps({**self.read(), name: word}))\n"
        "    def delete_password(self, service, name):\n"
        "        FILE.write_text(json.dumps({n: w for n, w in self.read().items() if n != name}))\n"
    )
    root = str(Path(__file__).parents[2])
    separator = ";" if sys.platform == "win32" else ":"
    ring = {"PYTHON_KEYRING_BACKEND": "file_ring.Ring", "PYTHONPATH": f"{tmp_path}{separator}{root}"}
    said = cli.child("key", "set", "--service-url", service.url, typed=f"{KEY}\n", **ring)
    assert said.clear().code == 0, said.err
    kept = json.loads((tmp_path / "file_ring.json").read_text())
    assert kept == {service.url.partition("//")[2]: KEY}
    assert cli.child("key", "check", "--service", service.url, **ring).code == 0
    service.set_faults("http=401")
    assert cli.child("key", "check", "--service", service.url, **ring).code == 4
    assert cli.child("key", "forget", "--service", service.url, **ring).code == 0
    assert json.loads((tmp_path / "file_ring.json").read_text()) == {}


# --- doctor, simulate, options ----------------------------------------------------------------------------------


def test_the_doctor_finds_this_machine_well(cli: CommandLine) -> None:
    said = cli.child("doctor", "--json")
    assert said.code == 0, said.out
    rows = {row["check"]: row for row in said.json()}
    assert {"program", "libraries", "data folder", "disk", "queue", "key", "video", "simulator"} == set(rows)
    assert rows["simulator"]["text"] == "starts and answers"
    assert "simulator is used" in rows["key"]["text"]


def test_the_doctor_finds_what_is_wrong(cli: CommandLine) -> None:
    cli.data.write_text("in the way")
    said = cli("doctor")
    assert said.clear().code == 1
    assert "BAD" in said.out
    assert "in the way" in said.out


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT between processes")
def test_simulate_starts_passes_its_arguments_and_ends(cli: CommandLine) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "desktop", "simulate", "--data", "tasks", "--set", "key_check=200"],
        cwd=cli.folder,
        env={**cli.environment, "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert process.stdout is not None
    url = json.loads(process.stdout.readline())["url"]
    answer = httpx.get(
        f"{url}/v1/ai/video/kling-v3?per_page=1", headers={"x-magnific-api-key": "any"}, verify=NO_TLS
    )
    assert answer.status_code == 200, "the switch was passed on"
    assert (cli.folder / "tasks").is_dir(), "in the folder it was called from"
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode in (0, 130)


def test_simulate_refuses_what_it_does_not_know(cli: CommandLine) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "desktop", "simulate", "--set", "nonsense=1"],
        cwd=cli.folder,
        env=cli.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "nonsense" in done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(cli: CommandLine, command: str) -> None:
    if command == "simulate":
        said = cli.child(command, "--help")
        assert "--fault" in said.out
    else:
        said = cli(command, "--help")
        assert "Usage: kinebrush" in said.out
    assert said.code == 0


def test_help_and_version(cli: CommandLine) -> None:
    said = cli.child("--help")
    assert said.code == 0
    assert all(command in said.out for command in COMMANDS)
    version = cli.child("--version")
    assert (version.code, version.out[:10]) == (0, "Kinebrush ")
    for words in (["generate"], ["jobs", "dance"], ["key"], ["check", "--nonsense", "x"]):
        assert cli(*words).clear().code == 2


def test_global_options_may_stand_anywhere(cli: CommandLine, tmp_path: Path) -> None:
    other = tmp_path / "other"
    for words in (
        ["--data-dir", other, "jobs"],
        ["jobs", "--data-dir", other],
        [f"--data-dir={other}", "jobs"],
    ):
        said = cli.plain(*words)
        assert said.code == 0
        assert said.err.strip() == "There are no jobs yet."
    assert (other / "jobs.sqlite").is_file()
    assert not cli.data.exists()
    assert hoisted(["simulate", "--data-dir", "x"]) == ["simulate", "--data-dir", "x"]
    assert hoisted(["check", "--", "--debug"]) == ["check", "--", "--debug"]
    assert cli.plain("jobs", "--data-dir").code == 2


def test_debug_logs_without_the_key(cli: CommandLine, service: Simulator) -> None:
    said = cli.child("generate", cli.shot(), "--service", service.url, "--debug", KINEBRUSH_API_KEY=KEY)
    assert said.code == 0
    assert "DEBUG" in said.err
    assert KEY not in said.err


def test_a_mistyped_command_is_no_file_to_open(cli: CommandLine) -> None:
    told = cli.plain("chekc", "x")
    assert told.code == 2
    assert "no command and no file “chekc”" in told.err
