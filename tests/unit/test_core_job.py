"""The moves a job may make."""

from collections.abc import Collection

import pytest

from desktop.core.job import ACTIVE, ENDED, MOVES, NEEDS_USER, JobState, may_move

DECISIONS = ENDED | NEEDS_USER
"""States that only the user's word leaves."""


def reachable(start: JobState, without: Collection[JobState] = ()) -> set[JobState]:
    """Every state that can follow, on ways that do not lead on from the states in ``without``."""
    found: set[JobState] = set()
    edge = [start]
    while edge:
        for after in MOVES[edge.pop()] - found:
            found.add(after)
            if after not in without:
                edge.append(after)
    return found


def test_every_state_has_its_moves_and_none_leads_to_itself() -> None:
    assert set(MOVES) == set(JobState)
    assert all(state not in after for state, after in MOVES.items())


@pytest.mark.parametrize("state", JobState)
def test_done_can_be_reached_from_everywhere(state: JobState) -> None:
    assert JobState.DONE in reachable(state) | {state}


@pytest.mark.parametrize("state", JobState)
def test_every_state_can_be_reached_from_the_queue(state: JobState) -> None:
    assert state in reachable(JobState.QUEUED) | {JobState.QUEUED}


def test_only_the_queue_leads_to_a_create() -> None:
    assert {before for before, after in MOVES.items() if JobState.SUBMITTING in after} == {JobState.QUEUED}


@pytest.mark.parametrize(
    "state", [JobState.SUBMITTED, JobState.IN_PROGRESS, JobState.READY, JobState.DOWNLOADING]
)
def test_what_was_paid_is_never_sent_again_without_the_users_word(state: JobState) -> None:
    by_itself = reachable(state, without=DECISIONS)
    assert JobState.QUEUED not in by_itself
    assert JobState.SUBMITTING not in by_itself
    assert JobState.HELD not in by_itself


def test_a_create_ends_in_one_of_the_ways_the_service_knows() -> None:
    assert MOVES[JobState.SUBMITTING] == {
        JobState.SUBMITTED,
        JobState.QUEUED,
        JobState.HELD,
        JobState.REFUSED,
        JobState.UNKNOWN,
    }


def test_a_job_is_done_only_by_a_download() -> None:
    assert {before for before, after in MOVES.items() if JobState.DONE in after} == {JobState.DOWNLOADING}


def test_a_lost_reply_waits_for_the_user() -> None:
    assert JobState.UNKNOWN in NEEDS_USER
    assert MOVES[JobState.UNKNOWN] == {JobState.SUBMITTED, JobState.QUEUED, JobState.STOPPED}


def test_the_groups_of_states() -> None:
    assert not ACTIVE & DECISIONS
    assert ACTIVE | DECISIONS | {JobState.QUEUED} == set(JobState)


@pytest.mark.parametrize("before", JobState)
@pytest.mark.parametrize("after", JobState)
def test_may_move_is_the_table(before: JobState, after: JobState) -> None:
    assert may_move(before, after) is (after in MOVES[before])
