"""The window from its first start: what opens, and how few clicks a video takes."""

from pathlib import Path

from desktop.core.job import JobState
from tests.window_hands import Hands, live


def test_the_window_opens_and_ends(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()

    live(tmp_path / "data", script)


def test_first_start_to_a_playing_take_in_five_clicks(tmp_path: Path) -> None:
    clicks: list[str] = []

    async def script(hands: Hands) -> None:
        await hands.ready()
        assert hands.shot.name == "Harbour at dawn"
        assert "nothing is charged" in hands.window.title.service.text()
        hands.click(hands.window.checks.generate)
        clicks.append("Generate")
        await hands.job_in(JobState.DONE)
        toast = await hands.told("is here")
        hands.click(toast._action)
        clicks.append("Play")
        player = hands.window.takes.player
        await hands.until(lambda: player.position > 2, "the take to play")

    live(tmp_path / "data", script)
    assert len(clicks) <= 5
