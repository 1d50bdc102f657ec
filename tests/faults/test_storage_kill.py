"""SIGKILL at random moments while everything is being saved: old or new, whole, never half, nothing lost."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from desktop.core.job import JobState, Outcome
from desktop.imaging.masks import read_label_map
from desktop.storage.jobs import JobStore
from desktop.storage.owner import try_own
from desktop.storage.paths import data_dir
from desktop.storage.recovery import check
from desktop.storage.shot_file import load_shot
from tests.storage_worker import Place, bulk

ROOT = Path(__file__).parents[2]
ORDER = ["queued", "submitting", "submitted", "ready", "downloading", "done"]


def run_and_kill(folder: Path, turn: int, after: float) -> list[list[str]]:
    """What a worker said before it was killed ``after`` seconds of saving; the last line may be cut."""
    command = [sys.executable, "-m", "tests.storage_worker", str(folder), str(turn)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        said = []
        while line := process.stdout.readline():
            said.append(line)
            if line == b"go\n":
                break
        assert said[-1:] == [b"go\n"], "the worker could not go on where the last one was killed"
        time.sleep(after)
        process.kill()
        said += process.stdout.read().splitlines(keepends=True)
    return [line.decode().split(" ", 2) for line in said if line.endswith(b"\n")]


def look(folder: Path, said: list[list[str]]) -> str:
    """Check every promise after a kill; returns the state the last job was killed in."""
    where = Place(folder)
    for words in said:
        if words[0] == "asset":
            where.assets.read(words[1].strip())
    for path in (folder / "assets").glob("??/*"):
        if not path.name.startswith("."):
            where.assets.read(path.name)
    shots = [int(words[1]) for words in said if words[0] == "shot"]
    if where.shot.exists():
        shot = load_shot(where.shot, read_label_map)
        number = int(shot.parameters.prompt)
        assert not shots or number in (shots[-1], shots[-1] + 1)
        assert shot.image.data == bulk(number)
        assert int((shot.label_map == 1).sum()) == 30 * (1 + number % 40)
    else:
        assert not shots
    check(where.jobs)
    store = JobStore(where.jobs)
    for words in said:
        if words[0] == "job":
            state = store.get(words[1]).state
            assert ORDER.index(state) >= ORDER.index(words[2].strip()), "a state that was safe is gone"
    jobs = store.all()
    for job in jobs:
        attempts = store.attempts(job.id)
        assert len(attempts) == (0 if job.state is JobState.QUEUED else 1)
        if ORDER.index(job.state) >= ORDER.index("submitted"):
            assert (attempts[0].outcome, attempts[0].task_id) == (Outcome.ACCEPTED, job.task_id)
            assert job.task_id == f"task-{job.id}"
        elif attempts:
            assert attempts[0].outcome is Outcome.STARTED
    takes = list(where.library.takes())
    placed = [take.receipt.job_id for take in takes]
    assert len(placed) == len(set(placed))
    visible = [entry for entry in where.library.root.glob("*") if not entry.name.startswith(".")]
    assert {take.folder for take in takes} == set(visible), "something in the library is no whole take"
    for take in takes:
        assert take.video.read_bytes() == bulk(int(take.receipt.job_id))
        assert (take.shot.read_bytes(), take.poster.read_bytes()) == (bulk(1), bulk(2))
    done = {job.id for job in jobs if job.state is JobState.DONE}
    assert done <= set(placed) <= done | {job.id for job in jobs if job.state is JobState.DOWNLOADING}
    store.close()
    return jobs[-1].state if jobs else "none"


def drill(folder: Path, rounds: int, seed: int) -> None:
    """Kill and look, again and again; every worker goes on where the last one was killed.

    Every twenty rounds begin in a new place, so that there is not ever more to look through.
    """
    chance, met = random.Random(seed), set()
    for turn in range(rounds):
        place = folder / str(turn // 20)
        lead = chance.choice([0.002, 0.02, 0.1, 0.3])
        met.add(look(place, run_and_kill(place, turn + 1, chance.uniform(0, lead))))
    assert len(met) >= 3, f"the kills met too few states: {met}"


def test_forty_kills(tmp_path: Path) -> None:
    drill(tmp_path, 40, seed=1)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_three_hundred_kills(tmp_path: Path) -> None:
    drill(tmp_path, 300, seed=2)


OWNER = """
import sys
from pathlib import Path
from desktop.storage.owner import try_own
from desktop.storage.paths import data_dir
owner = try_own(data_dir(Path(sys.argv[1])))
print("own" if owner else "other", flush=True)
sys.stdin.read()
"""


def test_the_system_releases_a_dead_owners_lock(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OWNER, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"own\n"
        assert try_own(data_dir(tmp_path)) is None
        process.kill()
        process.wait()
    owner = try_own(data_dir(tmp_path))
    assert owner is not None
    again = subprocess.run(command, cwd=ROOT, input=b"", capture_output=True, timeout=60, check=True)
    assert again.stdout == b"other\n"
    owner.release()
