"""The job store against a plain model of it, and its promises one by one."""

import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from desktop.core.conventions import KLING
from desktop.core.errors import StoreError
from desktop.core.job import MOVES, Attempt, Job, JobState, Outcome, may_move
from desktop.core.request import Request
from desktop.storage import schema
from desktop.storage.job_rows import DamagedStore, connect
from desktop.storage.jobs import JobStore, OverLimit, StaleJob
from desktop.storage.recovery import open_store
from tests.shots import Made, asset, requests

S = JobState
STATES = list(JobState)
REQUEST = Request("kling-4k-i2v", KLING, asset(), "waves", "", 0.5, 5, static_mask=asset(b"mask"))


def job(number: int = 1, **changes: Any) -> Job:
    base = Job(
        f"job-{number:05}", "shot-1", "Harbour", "magnific", REQUEST, created=float(number), changed=1.0
    )
    return replace(base, **changes)


@pytest.fixture
def store(tmp_path: Path) -> Any:
    opened = JobStore(tmp_path / "jobs.sqlite", now=lambda: 50.0)
    yield opened
    opened.close()


@given(made=requests())
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_every_request_comes_back_equal(made: Made) -> None:
    with TemporaryDirectory() as folder:
        store = JobStore(Path(folder) / "jobs.sqlite")
        added = store.add(job(request=made.request))
        assert store.get(added.id) == added
        store.close()


def test_every_field_comes_back(store: JobStore) -> None:
    full = job(
        shot_sha256="ab",
        state=S.READY,
        estimate=2.1,
        currency="USD",
        price_dated="2026-11",
        out_dir="/out",
        task_id="task",
        service_status="COMPLETED",
        result_url="https://cdn/x?token=1",
        result_expires=9.5,
        submitted=2.0,
        completed=3.0,
        received=10,
        total=20,
        take="/take",
        note="Wait.",
        details="{}",
    )
    assert store.add(full) == full == store.get(full.id)
    assert store.known_task_ids("magnific") == {"task"}
    assert store.known_task_ids("freepik") == set()


def test_a_job_is_added_once_and_many_all_or_none(store: JobStore) -> None:
    store.add(job(1))
    with pytest.raises(StoreError, match="in the list already"):
        store.add_many([job(2), job(1)])
    assert store.count() == 1
    with pytest.raises(StoreError, match="no job “job-00002”"):
        store.get("job-00002")


def test_names_that_are_no_text_are_kept_as_well_as_can_be(store: JobStore) -> None:
    assert store.get(store.add(job(shot_name="a\udcffb\0c")).id).shot_name == "a?b\0c"


def test_a_whole_life(store: JobStore) -> None:
    store.add(job(estimate=2.0, currency="USD"))
    attempt = store.begin_attempt("job-00001")
    assert attempt == Attempt("job-00001", 1, 50.0)
    assert store.get("job-00001").state is S.SUBMITTING
    ended = store.end_attempt(
        "job-00001",
        1,
        Outcome.ACCEPTED,
        S.SUBMITTED,
        finished=51.0,
        bytes_sent=9,
        body_sha256="ff",
        http_status=200,
        task_id="task",
        request_id="r",
        service_status="CREATED",
    )
    assert (ended.task_id, ended.submitted, ended.service_status) == ("task", 51.0, "CREATED")
    assert store.attempts("job-00001") == [
        Attempt("job-00001", 1, 50.0, Outcome.ACCEPTED, 51.0, 9, "ff", 200, "task", "r")
    ]
    ready = store.move("job-00001", {S.SUBMITTED, S.IN_PROGRESS}, S.READY, result_url="u", completed=60.0)
    assert store.update("job-00001", received=5, total=10) == replace(ready, received=5, total=10)
    store.move("job-00001", S.READY, S.DOWNLOADING)
    assert store.move("job-00001", S.DOWNLOADING, S.DONE, take="/t").take == "/t"


@pytest.mark.parametrize("before", STATES)
def test_only_allowed_moves_are_made(store: JobStore, before: JobState) -> None:
    for number, after in enumerate(STATES):
        store.add(job(number, state=before))
        if may_move(before, after):
            assert store.move(f"job-{number:05}", before, after).state is after
        else:
            with pytest.raises(StoreError, match="cannot become"):
                store.move(f"job-{number:05}", before, after)
            assert store.get(f"job-{number:05}").state is before


def test_a_job_moved_meanwhile_is_left_alone(store: JobStore) -> None:
    store.add(job(state=S.STOPPED))
    with pytest.raises(StaleJob, match="is “stopped” by now"):
        store.move("job-00001", {S.SUBMITTED, S.IN_PROGRESS}, S.READY, result_url="u")
    with pytest.raises(StaleJob):
        store.begin_attempt("job-00001")
    assert store.attempts("job-00001") == []
    assert store.get("job-00001") == job(state=S.STOPPED)


@pytest.mark.parametrize("name", ["request", "state", "id", "created", "nonsense", "shot_sha256"])
def test_what_is_frozen_stays(store: JobStore, name: str) -> None:
    store.add(job())
    with pytest.raises(ValueError, match=name):
        store.update("job-00001", **{name: "x"})
    assert store.get("job-00001") == job()


def test_sending_again_starts_clean_and_forgets_no_task(store: JobStore) -> None:
    store.add(job(state=S.FAILED, task_id="first", result_url="u", submitted=1.0, completed=2.0, note="n"))
    store.move("job-00001", S.FAILED, S.QUEUED)
    store.begin_attempt("job-00001")
    again = store.get("job-00001")
    assert (again.task_id, again.result_url, again.submitted, again.completed, again.note) == (
        "",
        "",
        None,
        None,
        "",
    )
    store.end_attempt("job-00001", 1, Outcome.UNKNOWN, S.UNKNOWN, note="Lost.", details="reset")
    adopted = store.move("job-00001", S.UNKNOWN, S.SUBMITTED, task_id="adopted")
    assert (adopted.note, adopted.details) == ("Lost.", "reset")
    assert store.known_task_ids("magnific") == {"first", "adopted"}


def test_a_late_task_id_is_never_lost(store: JobStore) -> None:
    store.add_many([job(1), job(2)])
    for name in ("job-00001", "job-00002"):
        store.begin_attempt(name)
        store.end_attempt(name, 1, Outcome.UNKNOWN, S.UNKNOWN)
    late = store.end_attempt("job-00001", 1, Outcome.ACCEPTED, S.SUBMITTED, task_id="late")
    assert (late.state, late.task_id) == (S.SUBMITTED, "late")
    store.move("job-00002", S.UNKNOWN, S.STOPPED)
    with pytest.raises(StaleJob):
        store.end_attempt("job-00002", 1, Outcome.ACCEPTED, S.SUBMITTED, task_id="later")
    assert store.attempts("job-00002")[0].task_id == "later"
    with pytest.raises(StaleJob):
        store.end_attempt("job-00002", 1, Outcome.UNKNOWN, S.UNKNOWN)
    assert store.attempts("job-00002")[0].outcome is Outcome.ACCEPTED
    assert store.known_task_ids("magnific") == {"late", "later"}


def test_the_end_of_an_old_attempt_does_not_move_a_newer_one(store: JobStore) -> None:
    store.add(job())
    store.begin_attempt("job-00001")
    store.end_attempt("job-00001", 1, Outcome.NOT_SENT, S.QUEUED)
    assert store.begin_attempt("job-00001").number == 2
    with pytest.raises(StaleJob):
        store.end_attempt("job-00001", 1, Outcome.ACCEPTED, S.SUBMITTED, task_id="old")
    assert store.get("job-00001").state is S.SUBMITTING
    assert store.known_task_ids("magnific") == {"old"}
    with pytest.raises(StoreError, match="not in the job list"):
        store.end_attempt("job-00001", 3, Outcome.ACCEPTED, S.SUBMITTED, task_id="none")
    with pytest.raises(StoreError, match="cannot become"):
        store.end_attempt("job-00001", 2, Outcome.ACCEPTED, S.DONE)


def test_money_counts_every_attempt_that_may_have_cost(tmp_path: Path) -> None:
    clock = [10.0]
    store = JobStore(tmp_path / "jobs.sqlite", now=lambda: clock[0])
    ends = [
        (Outcome.ACCEPTED, S.SUBMITTED),
        (Outcome.UNKNOWN, S.UNKNOWN),
        (Outcome.REFUSED, S.REFUSED),
        (Outcome.NOT_SENT, S.QUEUED),
    ]
    for number, (outcome, after) in enumerate(ends):
        store.add(job(number, estimate=1.0, currency="USD"))
        store.begin_attempt(f"job-{number:05}")
        store.end_attempt(f"job-{number:05}", 1, outcome, after)
    assert store.spent_today(10.0) == 2.0
    clock[0] = 20.0
    store.move("job-00001", S.UNKNOWN, S.QUEUED)
    store.begin_attempt("job-00001")  # sent twice may cost twice, and its end is not known yet
    assert store.spent_today(10.0) == 3.0
    assert store.spent_today(20.0) == 1.0
    assert store.spent_today(10.0, "EUR") == 0.0
    store.add(job(9))
    store.begin_attempt("job-00009")
    assert store.spent_today(10.0) == 3.0
    store.close()


def test_the_limit_holds_for_jobs_begun_at_once(store: JobStore, tmp_path: Path) -> None:
    other = JobStore(tmp_path / "jobs.sqlite", now=lambda: 50.0)
    store.add_many(job(n, estimate=1.0, currency="USD") for n in range(10))
    begun: list[str] = []

    def begin(one: JobStore, numbers: Sequence[int]) -> None:
        for n in numbers:
            try:
                begun.append(one.begin_attempt(f"job-{n:05}", limit=3.0, day_start=50.0).job_id)
            except OverLimit:
                continue

    threads = [
        threading.Thread(target=begin, args=pair) for pair in ((store, range(5)), (other, range(5, 10)))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(begun) == 3
    assert store.count(states={S.SUBMITTING}) == 3
    with pytest.raises(OverLimit, match=r"limit of 3.00 USD a day .*3.00 spent, 1.00 for this job"):
        store.begin_attempt(store.all(states={S.QUEUED})[0].id, limit=3.0)
    store.add(job(20, estimate=None))
    assert store.begin_attempt("job-00020", limit=3.0).number == 1
    other.close()


def test_pages_and_filters(store: JobStore) -> None:
    jobs = [job(n, created=float(n // 3), state=STATES[n % 5], shot_id=f"shot-{n % 2}") for n in range(50)]
    store.add_many(jobs)
    for newest_first in (False, True):
        seen: list[Job] = []
        while page := store.all(newest_first=newest_first, limit=7, after=seen[-1] if seen else None):
            seen += page
        assert seen == sorted(jobs, key=lambda j: (j.created, j.id), reverse=newest_first)
    held = store.all(states={S.HELD, S.QUEUED}, shot_id="shot-1")
    assert held == [j for j in jobs if j.state in (S.HELD, S.QUEUED) and j.shot_id == "shot-1"]
    assert store.count(states={S.HELD, S.QUEUED}, shot_id="shot-1") == len(held)
    assert store.all(states=set()) == []


def test_another_store_sees_changes(store: JobStore, tmp_path: Path) -> None:
    other = JobStore(tmp_path / "jobs.sqlite")
    seen, own = other.data_version(), store.data_version()
    assert (other.data_version(), store.data_version()) == (seen, own)
    store.add_many([job(1), job(2)])
    assert other.data_version() != seen
    assert store.data_version() != own, "a store must see its own changes too"
    jobs, revision = other.changes_since(0)
    assert [j.id for j in jobs] == ["job-00001", "job-00002"]
    store.update("job-00001", note="x")
    changed, later = other.changes_since(revision)
    assert [(j.id, j.note) for j in changed] == [("job-00001", "x")]
    assert other.changes_since(later) == ([], later)
    other.close()


def test_many_threads_and_two_stores_move_a_job_once(store: JobStore, tmp_path: Path) -> None:
    other = JobStore(tmp_path / "jobs.sqlite")
    store.add_many(job(n) for n in range(20))
    won: list[str] = []

    def grab(one: JobStore) -> None:
        for n in range(20):
            try:
                won.append(one.begin_attempt(f"job-{n:05}").job_id)
            except StaleJob:
                continue

    threads = [threading.Thread(target=grab, args=(one,)) for one in (store, other, store, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [f"job-{n:05}" for n in range(20)]
    assert all(len(store.attempts(name)) == 1 for name in won)
    other.close()


def test_assets_that_jobs_need(store: JobStore) -> None:
    store.add(job(shot_sha256="5" * 64))
    assert store.asset_names() == {asset().sha256, asset(b"mask").sha256, "5" * 64}


def test_a_row_that_cannot_be_read_hides_no_other(
    store: JobStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store.add_many([job(1), job(2)])
    db = connect(tmp_path / "jobs.sqlite")
    db.execute("UPDATE jobs SET request = '{}' WHERE id = 'job-00001'")
    db.close()
    assert [j.id for j in store.all()] == ["job-00002"]
    assert "“job-00001” is damaged" in caplog.text
    with pytest.raises(StoreError, match="damaged"):
        store.get("job-00001")
    with pytest.raises(StoreError, match="damaged"):
        store.asset_names()


# --- versions and damage ----------------------------------------------------------------------------------------------


def test_a_newer_list_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    JobStore(path).close()
    db = connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(StoreError, match="newer Kinebrush"):
        JobStore(path)
    with pytest.raises(StoreError, match="newer Kinebrush"):
        open_store(path)
    assert [entry.name for entry in tmp_path.iterdir() if "damaged" in entry.name] == []


def test_an_older_list_is_migrated_step_by_step_or_not_at_all(tmp_path: Path) -> None:
    db = connect(tmp_path / "list.sqlite")
    first: Sequence[str] = ("CREATE TABLE a (x) STRICT",)
    steps = [("CREATE TABLE a (x INTEGER) STRICT",), ("ALTER TABLE a ADD COLUMN y INTEGER",)]
    schema.migrate(db, steps[:1])
    db.execute("INSERT INTO a VALUES (1)")
    schema.migrate(db, steps)
    assert db.execute("SELECT x, y FROM a").fetchall() == [(1, None)]
    with pytest.raises(sqlite3.OperationalError):
        schema.migrate(db, [*steps, ("ALTER TABLE a ADD COLUMN z INTEGER", *first)])
    assert db.execute("PRAGMA user_version").fetchone() == (2,)
    assert db.execute("SELECT x, y FROM a").fetchall() == [(1, None)]
    db.close()


def test_a_sound_list_opens_without_a_word(tmp_path: Path) -> None:
    for _ in range(2):
        opened, text = open_store(tmp_path / "jobs.sqlite")
        opened.close()
        assert text == ""


@pytest.mark.parametrize(
    "content", [b"this is no database, and it is long enough to look at" * 40, b"SQLite"]
)
def test_a_file_that_is_no_list_is_kept(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "jobs.sqlite"
    path.write_bytes(content)
    with pytest.raises(DamagedStore, match="is damaged"):
        JobStore(path)
    assert path.read_bytes() == content
    opened, text = open_store(path)
    assert opened.count() == 0
    opened.close()
    (kept,) = tmp_path.glob("jobs-damaged-*/jobs.sqlite")
    assert kept.read_bytes() == content
    assert str(kept) in text
    assert "0 jobs were saved" in text


def test_what_can_be_read_of_a_damaged_list_is_saved(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    store = JobStore(path)
    store.add_many(job(n, details="x" * 1500, task_id=f"task-{n}") for n in range(300))
    store.begin_attempt("job-00000")
    store.close()
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 3 * 4096] = b"\xff" * (3 * 4096)
    path.write_bytes(data)
    opened, text = open_store(path)
    saved = opened.count()
    assert 200 < saved < 300
    assert f"{saved} jobs were saved" in text
    assert opened.get("job-00000").state is S.SUBMITTING
    assert [a.number for a in opened.attempts("job-00000")] == [1]
    assert opened.get("job-00299").task_id == "task-299"
    opened.close()
    (kept,) = tmp_path.glob("jobs-damaged-*/jobs.sqlite")
    assert kept.read_bytes() == bytes(data)
    again, text = open_store(path)
    assert (again.count(), text) == (saved, "")
    again.close()


def test_a_list_in_a_place_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="is in the way"):
        JobStore(tmp_path / "file" / "jobs.sqlite")
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError, match="cannot be opened"):
        JobStore(tmp_path / "folder")


# --- against a model --------------------------------------------------------------------------------------------------


class StoreMachine(RuleBasedStateMachine):
    """Two stores on one file against a dictionary; every step may use either."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        path = Path(self.folder.name) / "jobs.sqlite"
        self.stores = [JobStore(path, now=lambda: 7.0), JobStore(path, now=lambda: 7.0)]
        self.jobs: dict[str, Job] = {}
        self.attempts: dict[str, list[Attempt]] = {}
        self.tasks: set[str] = set()
        self.revision = 0

    def teardown(self) -> None:
        for store in self.stores:
            store.close()
        self.folder.cleanup()

    @rule(which=st.integers(0, 1), state=st.sampled_from(STATES))
    def add(self, which: int, state: JobState) -> None:
        made = job(len(self.jobs), state=state, estimate=1.5, currency="USD")
        self.jobs[made.id] = self.stores[which].add(made)
        self.attempts[made.id] = []

    @precondition(lambda self: self.jobs)
    @rule(which=st.integers(0, 1), data=st.data(), after=st.sampled_from(STATES), right=st.booleans())
    def move(self, which: int, data: st.DataObject, after: JobState, right: bool) -> None:
        old = self.jobs[data.draw(st.sampled_from(sorted(self.jobs)))]
        before = {old.state} if right else {s for s in STATES if s is not old.state}
        if right and after in MOVES[old.state]:
            moved = self.stores[which].move(old.id, before, after, note="moved")
            assert moved == replace(old, state=after, note="moved", changed=7.0)
            self.jobs[old.id] = moved
            return
        with pytest.raises(StoreError):
            self.stores[which].move(old.id, before, after, note="moved")

    @precondition(lambda self: self.jobs)
    @rule(which=st.integers(0, 1), data=st.data(), received=st.integers(0, 10**12), note=st.text(max_size=5))
    def update(self, which: int, data: st.DataObject, received: int, note: str) -> None:
        name = data.draw(st.sampled_from(sorted(self.jobs)))
        plain = note.encode(errors="replace").decode()
        self.stores[which].update(name, received=received, note=note)
        self.jobs[name] = replace(self.jobs[name], received=received, note=plain, changed=7.0)

    @precondition(lambda self: self.jobs)
    @rule(which=st.integers(0, 1), data=st.data())
    def begin(self, which: int, data: st.DataObject) -> None:
        old = self.jobs[data.draw(st.sampled_from(sorted(self.jobs)))]
        if old.state is not S.QUEUED:
            with pytest.raises(StaleJob):
                self.stores[which].begin_attempt(old.id)
            return
        attempt = self.stores[which].begin_attempt(old.id)
        self.attempts[old.id].append(Attempt(old.id, len(self.attempts[old.id]) + 1, 7.0))
        assert attempt == self.attempts[old.id][-1]
        self.jobs[old.id] = replace(
            old, state=S.SUBMITTING, changed=7.0, task_id="", submitted=None, received=0, note=""
        )

    @precondition(
        lambda self: any(j.state is S.SUBMITTING and self.attempts[j.id] for j in self.jobs.values())
    )
    @rule(which=st.integers(0, 1), data=st.data())
    def end(self, which: int, data: st.DataObject) -> None:
        ready = sorted(j.id for j in self.jobs.values() if j.state is S.SUBMITTING and self.attempts[j.id])
        name = data.draw(st.sampled_from(ready))
        outcome, after, task = data.draw(
            st.sampled_from(
                [
                    (Outcome.ACCEPTED, S.SUBMITTED, f"task-{len(self.tasks)}"),
                    (Outcome.UNKNOWN, S.UNKNOWN, ""),
                    (Outcome.REFUSED, S.REFUSED, ""),
                    (Outcome.NOT_SENT, S.QUEUED, ""),
                ]
            )
        )
        number = len(self.attempts[name])
        self.stores[which].end_attempt(name, number, outcome, after, finished=8.0, task_id=task)
        last = self.attempts[name][-1]
        self.attempts[name][-1] = replace(last, outcome=outcome, finished=8.0, task_id=task)
        self.jobs[name] = replace(self.jobs[name], state=after, note="", changed=7.0)
        if task:
            self.jobs[name] = replace(self.jobs[name], task_id=task, submitted=8.0)
        self.tasks |= {task} - {""}

    @rule()
    def reopen(self) -> None:
        self.stores[0].close()
        self.stores[0] = JobStore(self.stores[0].path, now=lambda: 7.0)

    @rule()
    def follow(self) -> None:
        changed, self.revision = self.stores[1].changes_since(self.revision)
        assert all(self.jobs[one.id] == one for one in changed)

    @invariant()
    def agree(self) -> None:
        for store in self.stores:
            assert {one.id: one for one in store.all()} == self.jobs
            assert store.known_task_ids("magnific") == self.tasks
        charged = [a for listed in self.attempts.values() for a in listed]
        costly = [a for a in charged if a.outcome in (Outcome.STARTED, Outcome.ACCEPTED, Outcome.UNKNOWN)]
        assert self.stores[0].spent_today(0.0) == pytest.approx(1.5 * len(costly))
        for name, listed in self.attempts.items():
            assert self.stores[0].attempts(name) == listed


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
