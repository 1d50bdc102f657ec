"""Jobs in the real window: they survive it, and every way they can go is told and can be gone on from."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QInputDialog, QMenu

from desktop.core.job import Job, JobState
from desktop.jobs.commands import Action
from desktop.ui.jobs.find_dialog import FindDialog
from desktop.ui.service_actions import KeyDialog
from tests.key_ring import Ring
from tests.simulator import Simulator, running_simulator
from tests.window_hands import Hands, live

S = JobState
ROOT = Path(__file__).parents[2]


async def ordered(hands: Hands, *states: JobState) -> Job:
    """Generate from the sample, and wait for a state."""
    await hands.ready()
    hands.click(hands.window.checks.generate)
    return await hands.job_in(*states)


def ask(hands: Hands, action: Action) -> None:
    """An entry of the only job's menu."""
    menu = hands.window.jobs.list.menu_for(hands.only_job)
    for entry in menu.actions():
        if entry.data() == (str(action), hands.only_job.id):
            entry.trigger()
            menu.close()
            return
    raise AssertionError(f"{action} is not offered")


def test_a_job_survives_the_window(tmp_path: Path, service: Simulator) -> None:
    service.set(work_seconds=3)

    async def first(hands: Hands) -> None:
        await ordered(hands, S.SUBMITTED, S.IN_PROGRESS)

    async def second(hands: Hands) -> None:
        await hands.ready()
        await hands.job_in(S.DONE)

    live(tmp_path / "data", first, service_url=service.url)
    hands = live(tmp_path / "data", second, service_url=service.url)
    assert Path(hands.only_job.take, "video.mp4").is_file()
    assert service.creates == 1


def test_stop_waiting_and_take_up_again(tmp_path: Path, service: Simulator) -> None:
    service.set(work_seconds=2)

    async def script(hands: Hands) -> None:
        await ordered(hands, S.SUBMITTED, S.IN_PROGRESS)
        ask(hands, Action.STOP_WAITING)
        await hands.job_in(S.STOPPED)
        assert "goes on at the service" in hands.only_job.note
        ask(hands, Action.TAKE_UP)
        await hands.job_in(S.DONE)

    live(tmp_path / "data", script, service_url=service.url)
    assert service.creates == 1


def test_a_lost_reply_is_found_in_the_dialog(tmp_path: Path, service: Simulator) -> None:
    service.set_faults("lost-reply@create*1")

    async def script(hands: Hands) -> None:
        await ordered(hands, S.UNKNOWN)
        toast = await hands.told("may have been")
        hands.click(toast._action)
        dialog = await hands.dialog(FindDialog)
        await hands.until(lambda: len(dialog.candidates()) == 1, "the lost task")
        (task,) = dialog.candidates()
        hands.click(dialog.row_for(task))
        hands.click(dialog.adopt)
        await hands.until(lambda: hands._shown(FindDialog) is None, "the dialog to close")
        await hands.job_in(S.DONE)
        assert hands.only_job.task_id == task

    live(tmp_path / "data", script, service_url=service.url)
    assert service.creates == 1


def test_a_find_dialog_closed_while_it_looks_breaks_nothing(tmp_path: Path, service: Simulator) -> None:
    service.set_faults("lost-reply@create*1", "slow=1@list")

    async def script(hands: Hands) -> None:
        await ordered(hands, S.UNKNOWN)
        ask(hands, Action.FIND)
        dialog = await hands.dialog(FindDialog)
        dialog.reject()
        await hands.until(lambda: "find" not in hands.application.spawner.running, "the search to end")
        await hands.job_in(S.UNKNOWN)

    live(tmp_path / "data", script, service_url=service.url)


@pytest.mark.parametrize(
    ("fault", "state", "cause"),
    [
        ("http=422@create*1", S.REFUSED, "422"),
        ("failed-at-once@create*1", S.FAILED, "failed"),
        ("expired@download", S.EXPIRED, "expired"),
    ],
)
def test_every_bad_end_tells_its_cause_with_details_to_copy(
    tmp_path: Path, service: Simulator, fault: str, state: JobState, cause: str
) -> None:
    service.set_faults(fault)

    async def script(hands: Hands) -> None:
        job = await ordered(hands, state)
        assert job.note.endswith(".")
        assert job.note in (await hands.told("Harbour at dawn")).sentence
        QGuiApplication.clipboard().clear()
        ask(hands, Action.COPY_DETAILS)
        await hands.until(lambda: bool(QGuiApplication.clipboard().text()), "the details")
        details = QGuiApplication.clipboard().text()
        assert cause in details
        assert job.id in details

    live(tmp_path / "data", script, service_url=service.url)


def test_a_job_of_another_process_appears_and_is_run(tmp_path: Path, service: Simulator) -> None:
    data = tmp_path / "data"
    script_of_other = (
        "import sys; from pathlib import Path; from tests.job_shots import queued_job;"
        "from desktop.jobs.workspace import open_workspace;"
        "opened = open_workspace(Path(sys.argv[1]), lambda _: '');"
        "queued_job(opened, sys.argv[2]); opened.close()"
    )

    async def script(hands: Hands) -> None:
        await hands.ready()
        words = [sys.executable, "-c", script_of_other, str(data), service.url]
        await asyncio.to_thread(subprocess.run, words, cwd=ROOT, check=True)
        await hands.job_in(S.DONE)
        assert hands.window.jobs.model.rowCount() == 1

    live(data, script)
    assert service.creates == 1


@pytest.fixture
def ring() -> Iterator[Ring]:
    """A key ring that works, for this test."""
    before, made = keyring.get_keyring(), Ring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def test_a_refused_key_holds_the_job_and_a_new_one_lets_it_go(
    tmp_path: Path, service: Simulator, ring: Ring
) -> None:
    host = service.url.removeprefix("http://")
    ring.set_password("kinebrush", host, "an-old-key-of-mine")
    service.set_faults("http=401@create*1")

    async def script(hands: Hands) -> None:
        await ordered(hands, S.HELD)
        banner = hands.window.jobs._key_problem
        await hands.until(banner.isVisible, "the banner")
        await hands.application.backend.choose_service("simulator")  # meanwhile something else
        hands.click(banner.link)
        dialog = await hands.dialog(KeyDialog)
        assert host in dialog.windowTitle()
        dialog.field.setText("the-new-key-of-mine")
        hands.press(dialog, "Keep and check")
        await hands.told("The key works")
        await hands.job_in(S.DONE)
        assert not banner.isVisible()
        assert hands.application.backend.service.id == "simulator"

    hands = live(tmp_path / "data", script, service_url=service.url)
    assert ring.get_password("kinebrush", host) == "the-new-key-of-mine"
    for log in hands.application.data.root.rglob("*"):
        assert not log.is_file() or b"key-of-mine" not in log.read_bytes()


def test_without_a_key_ring_the_window_says_what_to_do(tmp_path: Path, service: Simulator) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()
        hands.act("key")
        dialog = await hands.dialog(KeyDialog)
        dialog.field.setText("a-key-that-is-lost")
        hands.press(dialog, "Keep and check")
        await hands.told("KINEBRUSH_API_KEY")

    live(tmp_path / "data", script, service_url=service.url)


def test_the_service_menu_chooses_and_a_bad_address_is_refused(tmp_path: Path, service: Simulator) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()
        title = hands.window.title.service
        assert "nothing is charged" in title.text()
        hands.click(title)
        menu = await hands.dialog(QMenu)
        checked = [action.text() for action in menu.actions() if action.isChecked()]
        assert checked == ["Simulator"]
        hands.choose(menu, "Magnific")
        await hands.until(lambda: "no key" in title.text(), "Magnific")
        for address, word in (("http://example.com", "https://"), ("nonsense", "address")):
            hands.click(title)
            hands.choose(await hands.dialog(QMenu), "Other address…")
            dialog = await hands.dialog(QInputDialog)
            dialog.setTextValue(address)
            dialog.accept()
            await hands.told(word)
        hands.click(title)
        hands.choose(await hands.dialog(QMenu), "Other address…")
        dialog = await hands.dialog(QInputDialog)
        dialog.setTextValue(service.url)
        dialog.accept()
        await hands.until(lambda: "127.0.0.1" in title.text(), "the other address")
        hands.act("check-key")
        await hands.until(lambda: "check key" not in hands.application.spawner.running, "the check")

    live(tmp_path / "data", script)

    async def again(hands: Hands) -> None:
        await hands.ready()
        assert "127.0.0.1" in hands.window.title.service.text()

    live(tmp_path / "data", again)


def test_out_of_reach_shows_the_banner_and_goes_on_by_itself(tmp_path: Path) -> None:
    with running_simulator(tmp_path, "--set", "megapixels=0.1", "--fps", "8") as service:

        async def script(hands: Hands) -> None:
            await hands.ready()
            service.kill()
            await ordered(hands, S.QUEUED)
            banner = hands.window.jobs._offline
            await hands.until(banner.isVisible, "the banner")
            service.start(int(service.url.rpartition(":")[2]))
            await hands.job_in(S.DONE)
            await hands.until(lambda: not banner.isVisible(), "the banner to go")

        live(tmp_path / "data", script, service_url=service.url)
        assert service.creates == 1
