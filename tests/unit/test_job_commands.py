"""Commands on jobs: every one fits its states and no others, and none can cost twice without a word."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.core.conventions import KLING
from desktop.core.errors import KinebrushError
from desktop.core.job import ACTIVE, ENDED, MOVES, Job, JobState, Outcome, may_move
from desktop.core.request import Request
from desktop.jobs import commands
from desktop.jobs.commands import BY_NAME, STOPPABLE, Action, actions_for, details_text
from desktop.storage.jobs import JobStore
from tests.shots import asset

S = JobState
REQUEST = Request("kling-4k-i2v", KLING, asset(), "waves", "", 0.5, 5)
TASK = {"task_id": "task-1", "submitted": 20.0}


def job(state: JobState, **changes: Any) -> Job:
    base = Job("job-1", "shot-1", "Harbour", "magnific", REQUEST, created=10.0, changed=10.0, state=state)
    return replace(base, shot_sha256="ab" * 32, **changes)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[JobStore]:
    clock = iter(range(50, 10_000))
    opened = JobStore(tmp_path / "jobs.sqlite", now=lambda: float(next(clock)))
    yield opened
    opened.close()


def sent(store: JobStore, outcome: Outcome, after: JobState, **named: Any) -> Job:
    """A job in the store after one attempt with that outcome."""
    store.add(job(S.QUEUED))
    attempt = store.begin_attempt("job-1")
    return store.end_attempt("job-1", attempt.number, outcome, after, **named)


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("task", [{}, TASK], ids=["no task", "task"])
@pytest.mark.parametrize("attempts", [False, True])
def test_whatever_is_offered_is_accepted(
    store: JobStore, state: JobState, task: dict[str, Any], attempts: bool
) -> None:
    made = job(state, **task)
    for action in actions_for(made, has_attempts=attempts):
        command = BY_NAME.get(action)
        if command is None:
            continue
        made = store.add(replace(made, id=f"job-{action}"))
        after = command(store, made)
        assert after.state is not state
        assert may_move(state, after.state)
        assert store.get(made.id) == after


MORE_THAN_OFFERED = {
    (Action.SEND_AGAIN, S.REFUSED),
    (Action.SEND_AGAIN, S.STOPPED),
    *((Action.TAKE_UP, state) for state in ACTIVE | {S.QUEUED}),
}


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("name", BY_NAME)
def test_a_command_that_does_not_fit_says_so_and_changes_nothing(
    store: JobStore, state: JobState, name: str
) -> None:
    made = store.add(job(state))
    offered = {
        *actions_for(made, has_attempts=False),
        *actions_for(made, has_attempts=False, take_is_here=False),
    }
    if name in offered or (name, state) in MORE_THAN_OFFERED:
        assert BY_NAME[name](store, made).state in {state, *MOVES[state]}
        return
    with pytest.raises(KinebrushError, match=r"\.$"):
        BY_NAME[name](store, made)
    assert store.get(made.id) == made


def test_a_job_that_is_being_sent_offers_nothing_that_moves_it() -> None:
    assert not set(actions_for(job(S.SUBMITTING), has_attempts=True)) & set(BY_NAME)


@pytest.mark.parametrize("state", list(S))
def test_sending_twice_is_offered_only_where_it_asks_for_a_word(state: JobState) -> None:
    offered = actions_for(job(state, **TASK), has_attempts=True)
    assert (Action.SEND_AGAIN in offered) == (state in (S.UNKNOWN, S.FAILED))
    assert (Action.RETRY in offered) == (state is S.REFUSED)


@pytest.mark.parametrize("state", list(S))
def test_stopping_is_offered_exactly_where_it_works(state: JobState) -> None:
    assert (Action.STOP_WAITING in actions_for(job(state), has_attempts=False)) == (state in STOPPABLE)
    assert not STOPPABLE & (ENDED - {S.EXPIRED})


def test_a_take_that_is_gone_is_downloaded_again_and_not_played() -> None:
    done = job(S.DONE, **TASK, take="/library/one")
    assert Action.OPEN in actions_for(done, has_attempts=True)
    gone = actions_for(done, has_attempts=True, take_is_here=False)
    assert Action.DOWNLOAD_AGAIN in gone
    assert not {Action.OPEN, Action.SHOW_FOLDER} & set(gone)


def test_a_failed_job_whose_video_was_there_downloads_again() -> None:
    failed = job(S.FAILED, **TASK, completed=30.0)
    assert actions_for(failed, has_attempts=True)[0] is Action.DOWNLOAD_AGAIN
    assert actions_for(job(S.FAILED, **TASK), has_attempts=True)[0] is Action.TAKE_UP
    assert actions_for(job(S.FAILED), has_attempts=True)[0] is Action.SEND_AGAIN


def test_settings_are_duplicated_only_of_a_stored_shot() -> None:
    assert Action.DUPLICATE in actions_for(job(S.DONE), has_attempts=True)
    assert Action.DUPLICATE not in actions_for(replace(job(S.DONE), shot_sha256=""), has_attempts=True)


@pytest.mark.parametrize(
    ("state", "task", "said"),
    [
        (S.QUEUED, {}, "before anything was sent"),
        (S.IN_PROGRESS, TASK, "goes on at the service"),
    ],
)
def test_the_note_of_a_stopped_job_is_true(
    store: JobStore, state: JobState, task: dict[str, Any], said: str
) -> None:
    assert said in commands.stop_waiting(store, store.add(job(state, **task))).note


def test_giving_up_a_lost_job_does_not_claim_that_nothing_was_sent(store: JobStore) -> None:
    lost = sent(store, Outcome.UNKNOWN, S.UNKNOWN)
    assert "may have been charged" in commands.stop_waiting(store, lost).note


def test_stopping_follows_a_job_that_went_on_meanwhile(store: JobStore) -> None:
    seen = store.add(job(S.SUBMITTED, **TASK))
    store.move(seen.id, S.SUBMITTED, S.IN_PROGRESS)
    assert commands.stop_waiting(store, seen).state is S.STOPPED


def test_stopping_a_job_that_began_to_be_sent_asks_to_wait(store: JobStore) -> None:
    seen = store.add(job(S.QUEUED))
    store.begin_attempt(seen.id)
    with pytest.raises(KinebrushError, match="just being sent"):
        commands.stop_waiting(store, seen)
    assert store.get(seen.id).state is S.SUBMITTING


def test_a_stopped_job_with_a_task_is_asked_after(store: JobStore) -> None:
    stopped = commands.stop_waiting(store, store.add(job(S.IN_PROGRESS, **TASK)))
    again = commands.take_up(store, stopped)
    assert (again.state, again.task_id, again.note) == (S.SUBMITTED, "task-1", "")


def test_a_stopped_job_that_was_never_sent_queues(store: JobStore) -> None:
    stopped = commands.stop_waiting(store, store.add(job(S.QUEUED)))
    assert commands.take_up(store, stopped).state is S.QUEUED


@pytest.mark.parametrize("outcome", [Outcome.NOT_SENT, Outcome.REFUSED])
def test_a_stopped_job_that_surely_was_not_taken_queues(store: JobStore, outcome: Outcome) -> None:
    stopped = commands.stop_waiting(store, sent(store, outcome, S.QUEUED))
    assert commands.take_up(store, stopped).state is S.QUEUED


def test_a_lost_job_that_was_given_up_is_lost_again_and_never_sent(store: JobStore) -> None:
    stopped = commands.stop_waiting(store, sent(store, Outcome.UNKNOWN, S.UNKNOWN))
    assert commands.take_up(store, stopped).state is S.UNKNOWN


def test_a_job_that_was_to_be_sent_again_and_then_stopped_is_not_sent_by_taking_it_up(
    store: JobStore,
) -> None:
    lost = sent(store, Outcome.UNKNOWN, S.UNKNOWN)
    stopped = commands.stop_waiting(store, commands.send_again(store, lost))
    assert commands.take_up(store, stopped).state is S.UNKNOWN


def test_taking_up_a_job_under_way_leaves_it_alone(store: JobStore) -> None:
    made = store.add(job(S.DOWNLOADING, **TASK))
    assert commands.take_up(store, made) == made


def test_an_expired_job_asks_for_a_new_link(store: JobStore) -> None:
    expired = store.add(job(S.EXPIRED, **TASK, note="The link died."))
    again = commands.take_up(store, expired)
    assert (again.state, again.note) == (S.SUBMITTED, "")


def test_sending_again_forgets_the_old_task_but_the_store_knows_it(store: JobStore) -> None:
    failed = store.move(
        sent(store, Outcome.ACCEPTED, S.SUBMITTED, task_id="task-1").id, S.SUBMITTED, S.FAILED, note="No."
    )
    again = commands.send_again(store, failed)
    assert (again.state, again.task_id, again.note) == (S.QUEUED, "", "")
    assert "task-1" in store.known_task_ids("magnific")


def test_the_word_to_send_again_holds_for_the_job_as_it_was_seen(store: JobStore) -> None:
    seen = sent(store, Outcome.UNKNOWN, S.UNKNOWN)
    commands.send_again(store, seen)
    attempt = store.begin_attempt(seen.id)
    store.end_attempt(seen.id, attempt.number, Outcome.UNKNOWN, S.UNKNOWN)
    with pytest.raises(KinebrushError, match="changed meanwhile"):
        commands.send_again(store, seen)
    assert store.get(seen.id).state is S.UNKNOWN


def test_a_held_job_is_held_and_let_go(store: JobStore) -> None:
    held = commands.hold(store, store.add(job(S.QUEUED)))
    assert (held.state, held.note) == (S.HELD, "Held by you.")
    free = commands.release_held(store, held)
    assert (free.state, free.note) == (S.QUEUED, "")


def test_details_tell_all_but_the_link(store: JobStore) -> None:
    made = sent(
        store, Outcome.REFUSED, S.REFUSED, http_status=400, request_id="req-9", note="No.", details="{raw}"
    )
    made = replace(made, result_url="https://cdn.example/secret?token=abc", estimate=2.1, currency="USD")
    text = details_text(made, store.attempts(made.id))
    for part in ("job-1", "Harbour", "refused", "HTTP 400", "request req-9", "2.10 USD", "{raw}"):
        assert part in text
    assert "token=abc" not in text
