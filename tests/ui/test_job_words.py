"""What the window says of jobs, state by state."""

from dataclasses import replace
from typing import Any

import pytest

from desktop.core.conventions import KLING
from desktop.core.job import ACTIVE, Job, JobState
from desktop.core.request import Request
from desktop.jobs.commands import Action, actions_for
from desktop.jobs.runner import Progress
from desktop.ui.icons import NAMES
from desktop.ui.jobs import words
from desktop.ui.jobs.rates import Rates
from desktop.ui.theme import Tone
from tests.shots import asset

S = JobState
NOW = 1_790_000_000.0
REQUEST = Request("kling-4k-i2v", KLING, asset(), "waves", "", 0.5, 5)


def job(state: JobState, **changes: Any) -> Job:
    base = Job("job-1", "shot-1", "Harbour", "magnific", REQUEST, created=NOW, changed=NOW - 720, state=state)
    return replace(base, **{"estimate": 4.2, "currency": "USD", **changes})


def line(made: Job, progress: Progress | None = None, rate: float | None = None) -> str:
    return words.subtitle(made, progress, rate, NOW)


@pytest.mark.parametrize(
    ("state", "text", "tone"),
    [
        (S.HELD, "Held", Tone.WARN),
        (S.QUEUED, "Queued", Tone.NEUTRAL),
        (S.SUBMITTING, "Sending", Tone.ACCENT),
        (S.SUBMITTED, "Accepted", Tone.ACCENT),
        (S.IN_PROGRESS, "In progress", Tone.ACCENT),
        (S.READY, "Ready", Tone.ACCENT),
        (S.DOWNLOADING, "Downloading", Tone.ACCENT),
        (S.DONE, "Done", Tone.GOOD),
        (S.REFUSED, "Refused", Tone.BAD),
        (S.FAILED, "Failed", Tone.BAD),
        (S.UNKNOWN, "Reply lost", Tone.BAD),
        (S.EXPIRED, "Expired", Tone.WARN),
        (S.STOPPED, "Stopped", Tone.NEUTRAL),
    ],
)
def test_every_state_has_its_badge(state: JobState, text: str, tone: Tone) -> None:
    assert words.badge(job(state)) == words.BadgeWords(text, tone)


@pytest.mark.parametrize(
    ("state", "progress", "text"),
    [
        (S.DOWNLOADING, Progress("download", 142_000_000, 221_000_000), "Downloading 64 %"),
        (S.DOWNLOADING, Progress("download", 10, None), "Downloading"),
        (S.DOWNLOADING, Progress("upload", 10, 100), "Downloading"),
        (S.SUBMITTING, Progress("upload", 40, 100), "Sending 40 %"),
        (S.SUBMITTING, Progress("upload", 999, 1000), "Sending 99 %"),
        (S.SUBMITTING, Progress("upload", 100, 100), "Awaiting reply"),
        (S.DONE, Progress("download", 50, 100), "Done"),
    ],
)
def test_the_badge_counts_what_its_state_means(state: JobState, progress: Progress, text: str) -> None:
    assert words.badge(job(state), progress).text == text


def test_an_unusual_word_of_the_service_is_shown_as_it_is() -> None:
    assert words.badge(job(S.SUBMITTED, service_status="UPSCALING")).text == "Upscaling"
    assert words.badge(job(S.IN_PROGRESS, service_status="IN_PROGRESS")).text == "In progress"
    assert len(words.badge(job(S.SUBMITTED, service_status="x" * 300)).text) == 20
    assert words.badge(job(S.FAILED, service_status="FAILED")).text == "Failed"


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (job(S.QUEUED), "5 s · 4.20 USD est. · waits for its turn"),
        (job(S.HELD), "5 s · held; nothing is sent until you resume it"),
        (job(S.HELD, note="Held by you."), "5 s · Held by you"),
        (job(S.SUBMITTING), "5 s · 4.20 USD est. · being sent"),
        (job(S.SUBMITTED, submitted=NOW - 12), "5 s · 4.20 USD est. · 0:12"),
        (job(S.IN_PROGRESS, submitted=NOW - 3723, note="No answer. Waiting goes on."),
         "5 s · 4.20 USD est. · 1:02:03 · No answer. Waiting goes on"),
        (job(S.READY), "5 s · the video is on the service and comes next"),
        (job(S.DOWNLOADING), "5 s · the video is on its way"),
        (job(S.DONE), "5 s · 4.20 USD est. · 12 min ago"),
        (job(S.DONE, service="simulator", estimate=0.0), "5 s · 12 min ago"),
        (job(S.REFUSED, note="The mask is too small."), "5 s · not charged · The mask is too small"),
        (job(S.FAILED), "5 s · the service gave no reason"),
        (job(S.UNKNOWN), "5 s · it may have been charged; it is not sent again until you say so"),
        (job(S.EXPIRED), "5 s · the link to the video died before it was here; ask for a new one"),
        (job(S.STOPPED), "5 s · no longer waited for · 12 min ago"),
    ],
)  # fmt: skip
def test_every_state_has_its_line(made: Job, said: str) -> None:
    assert line(made) == said


def test_a_download_tells_how_far_and_how_fast() -> None:
    progress = Progress("download", 142_000_000, 221_000_000)
    assert line(job(S.DOWNLOADING), progress, 38.2e6) == "5 s · 142 of 221 MB · 38 MB/s"
    assert line(job(S.DOWNLOADING), Progress("download", 1_200_000, None)) == "5 s · 1.2 MB"
    assert line(job(S.SUBMITTING), Progress("upload", 1, 8_000_000), 900.0) == "5 s · 0.0 of 8.0 MB · 900 B/s"


@pytest.mark.parametrize("state", list(S))
def test_the_life_of_a_link_is_told_only_while_the_video_is_not_here(state: JobState) -> None:
    made = job(state, result_url="https://cdn", result_expires=NOW + 5 * 3600 + 60)
    assert ("link expires in 5 h" in line(made)) == (state in (S.READY, S.DOWNLOADING, S.FAILED, S.STOPPED))
    assert "expires" not in line(replace(made, result_url=""))


def test_a_link_that_died_is_said_to_be_dead() -> None:
    made = job(S.READY, result_url="https://cdn", result_expires=NOW - 1)
    assert line(made).endswith(" · link expired")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "just now"), (59, "just now"), (60, "1 min ago"), (7199, "1 h ago"), (86_400, "1 day ago"),
     (3 * 86_400, "3 days ago")],
)  # fmt: skip
def test_times_past_are_told_in_their_largest_unit(seconds: float, text: str) -> None:
    assert words.ago(seconds) == text


def test_a_screen_reader_hears_name_state_and_that_nothing_is_charged() -> None:
    free = words.sentence(job(S.DONE, service="simulator", estimate=0.0), now=NOW)
    assert free == "Harbour, Done, simulator, nothing is charged, 5 s · 12 min ago"
    assert "nothing is charged" not in words.sentence(job(S.DONE), now=NOW)


def test_a_service_that_is_not_known_any_more_is_taken_for_one_that_charges() -> None:
    assert words.charges(job(S.DONE, service="gone"))
    assert not words.charges(job(S.DONE, service="http://127.0.0.1:8080"))


@pytest.mark.parametrize("state", list(S))
def test_every_action_has_words_and_an_icon(state: JobState) -> None:
    for action in (*actions_for(job(state), has_attempts=True), *Action):
        said = words.action_words(action, job(state))
        assert said.title
        assert said.hint
        assert said.icon in NAMES


def test_nothing_is_called_cancel() -> None:
    for state in S:
        for action in Action:
            said = words.action_words(action, job(state))
            assert "cancel" not in said.title.lower()


def test_lines_that_count_seconds_are_those_under_way() -> None:
    assert {state for state in S if words.ticks(job(state))} == ACTIVE


def test_a_rate_is_smoothed_and_forgotten() -> None:
    moment = [0.0]
    rates = Rates(lambda: moment[0])
    for second, done in ((0.0, 0), (1.0, 1000), (2.0, 2000), (3.0, 6000)):
        moment[0] = second
        rates.update({"a": Progress("download", done, 9000)})
    assert rates.of("a") == pytest.approx(1000 + 0.4 * 3000)
    moment[0] = 4.0
    rates.update({"a": Progress("upload", 10, 20)})
    assert rates.of("a") is None
    rates.update({})
    assert rates.of("a") is None
