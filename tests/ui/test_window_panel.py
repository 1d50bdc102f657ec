"""The panel in the real window: every edit can be taken back, every broken rule is told with its way out."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from desktop.core.job import JobState
from desktop.core.rules import Problem
from desktop.core.shot import Shot, new_shot
from desktop.core.trajectory import Trajectory
from desktop.imaging.masks import indexed_png
from desktop.imaging.read import open_image
from desktop.storage.shot_file import save_shot
from desktop.ui.controls import LinkButton
from tests.job_shots import painted_shot, png
from tests.window_hands import CTRL, CTRL_SHIFT, Hands, live

Z = Qt.Key.Key_Z


def opened(folder: Path, shot: Shot) -> Path:
    """The shot as a file."""
    path = folder / "shot.kinebrush"
    save_shot(shot, path, indexed_png)
    return path


def facts(shot: Shot) -> tuple[object, ...]:
    """Everything of a shot that an edit can change, to compare."""
    return (shot.image, shot.end_frame, shot.areas, shot.parameters, shot.label_map.tobytes())


async def rename(hands: Hands) -> None:
    """F2, a name, Enter."""
    hands.act("rename-area")
    hands.type("Boat")
    hands.key(Qt.Key.Key_Return)
    assert hands.shot.areas[0].name == "Boat"


async def menu_of_area(hands: Hands, title: str) -> None:
    """An entry of an area's menu."""
    row = hands.window.areas.row(1)
    assert row is not None
    row.customContextMenuRequested.emit(row.rect().center())
    hands.choose(await hands.dialog(QMenu), title)


async def typed(hands: Hands) -> None:
    """A prompt."""
    hands.act("focus-prompt")
    hands.type("waves")


async def negative(hands: Hands) -> None:
    """Another negative prompt."""
    hands.window.words.negative_fold.set_opened(True)
    hands.window.words.negative.setFocus()
    hands.type("blur, ")


async def webhook(hands: Hands) -> None:
    """A webhook."""
    hands.window.words.webhook_fold.set_opened(True)
    hands.window.words.webhook.setFocus()
    hands.type("https://example.com/hook")


async def slider(hands: Hands, name: str) -> None:
    """A step of a slider by its arrow key."""
    control = getattr(hands.window.words, name)
    control.setFocus()
    hands.key(Qt.Key.Key_Right)
    hands.key(Qt.Key.Key_Return)


async def draft_model(hands: Hands) -> None:
    """Another model, chosen in the list by key."""
    hands.window.words.model_fold.set_opened(True)
    box = hands.window.words.model
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)


async def end_frame(hands: Hands, folder: Path) -> None:
    """An end frame by its dialog."""
    path = folder / "end.png"
    path.write_bytes(png(400, 320, 9))
    hands.act("end-frame")
    await hands.choose_file(path)
    await hands.until(lambda: hands.shot.end_frame is not None, "the end frame")


EDITS: dict[str, Callable[[Hands, Path], Coroutine[Any, Any, None]]] = {
    "rename": lambda hands, _: rename(hands),
    "hide": lambda hands, _: _clicked(hands, "eye"),
    "lock": lambda hands, _: _clicked(hands, "lock"),
    "move down": lambda hands, _: menu_of_area(hands, "Move down"),
    "clear": lambda hands, _: menu_of_area(hands, "Clear what is painted"),
    "remove path": lambda hands, _: menu_of_area(hands, "Remove the path"),
    "reverse path": lambda hands, _: menu_of_area(hands, "Reverse the path"),
    "remove area": lambda hands, _: menu_of_area(hands, "Remove the area"),
    "add": lambda hands, _: _acted(hands, "add-area"),
    "prompt": lambda hands, _: typed(hands),
    "negative": lambda hands, _: negative(hands),
    "webhook": lambda hands, _: webhook(hands),
    "duration": lambda hands, _: slider(hands, "duration"),
    "guidance": lambda hands, _: slider(hands, "guidance"),
    "model": lambda hands, _: draft_model(hands),
    "end frame": end_frame,
}


async def _clicked(hands: Hands, button: str) -> None:
    row = hands.window.areas.row(1)
    assert row is not None
    hands.click(getattr(row, button))


async def _acted(hands: Hands, name: str) -> None:
    hands.act(name)


def test_every_edit_of_the_panel_is_undone_and_done_again(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()
        session = hands.application.session
        session.choose_area(1)
        for name, edit in EDITS.items():
            session.choose_area(1)
            before = facts(hands.shot)
            await edit(hands, tmp_path)
            after = facts(hands.shot)
            assert after != before, name
            await hands.go_to(hands.window.paint.canvas)
            hands.key(Z, CTRL)
            assert facts(hands.shot) == before, name
            assert hands.window.actions_["redo"].isEnabled(), name
            hands.key(Z, CTRL_SHIFT)
            assert facts(hands.shot) == after, name
            hands.key(Z, CTRL)
            assert facts(hands.shot) == before, name
        assert not session.modified
        assert not session.undo_title

    live(tmp_path / "data", script, [opened(tmp_path, painted_shot())])


def with_parameters(**changes: Any) -> Shot:
    """A good shot of 5 seconds but for these parameters."""
    shot = painted_shot()
    return replace(shot, parameters=replace(shot.parameters, **{"duration": 5, **changes}))


def with_path(path: Trajectory | None) -> Shot:
    """A good shot but for the path of area 1."""
    shot = with_parameters()
    area = shot.area(1)
    assert area is not None
    return shot.with_area(replace(area, trajectory=path))


def of_size(width: int, height: int) -> Shot:
    """A new shot with a picture of this size."""
    return new_shot("size", open_image(png(width, height), "size.png"))


def with_end_frame(width: int, height: int) -> Shot:
    """A good shot with an end frame of this size."""
    return replace(with_parameters(), end_frame=open_image(png(width, height, 4), "end.png"))


def path_of(**changes: Any) -> Trajectory:
    """The path of area 1, changed."""
    area = painted_shot().area(1)
    assert area is not None
    assert area.trajectory is not None
    return replace(area.trajectory, **changes)


def far_path() -> Trajectory:
    """A path that begins outside its area."""
    return path_of().moved(200, 100)


FIXES: dict[str, tuple[Callable[[], Shot], str]] = {
    "crop": (lambda: of_size(1000, 320), "image-aspect"),
    "enlarge": (lambda: of_size(280, 290), "image-too-small"),
    "crop the end frame": (lambda: with_end_frame(1000, 320), "end_frame-aspect"),
    "drop an end frame of another shape": (lambda: with_end_frame(320, 400), "end_frame-other-aspect"),
    "drop an end frame beside areas": (lambda: with_end_frame(400, 320), "masks-with-end-frame"),
    "shorten": (lambda: with_parameters(prompt="a" * 2501), "prompt-too-long"),
    "shorten the other": (lambda: with_parameters(negative_prompt="a" * 2501), "negative_prompt-too-long"),
    "clean": (lambda: with_parameters(prompt="a\x00b"), "prompt-unsendable"),
    "guidance": (lambda: with_parameters(cfg_scale=1.5), "cfg_scale-range"),
    "duration": (lambda: with_parameters(duration=20), "duration-choice"),
    "duration with areas": (lambda: with_parameters(duration=7), "masks-duration"),
    "webhook": (lambda: with_parameters(webhook_url="nonsense"), "webhook_url-invalid"),
    "no path": (lambda: with_path(None), "path-missing"),
    "point count": (lambda: with_path(path_of(count=500)), "path-point-count"),
    "start elsewhere": (lambda: with_path(far_path()), "path-starts-elsewhere"),
}


def test_every_fix_is_reached_by_its_link_and_can_be_undone(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()
        for make, code in FIXES.values():
            await mended(hands, make(), code)

    live(tmp_path / "data", script)


async def mended(hands: Hands, shot: Shot, code: str) -> None:
    """Open a shot, press the fix of its problem, undo it."""
    session, checks = hands.application.session, hands.window.checks

    def problems() -> list[Problem]:
        return [problem for problem in checks.problems if problem.code == code]

    session.open(shot)
    await hands.ready()
    await hands.until(lambda: len(problems()) == 1, code)
    (problem,) = problems()
    before = facts(hands.shot)
    assert problem.fix is not None
    name = f"{problem.fix.label}: {problem.text}"
    (link,) = [link for link in checks.findChildren(LinkButton) if link.accessibleName() == name]
    stopped = problem.severity == "error"
    if stopped:
        assert not checks.generate.isEnabled(), code
        assert not hands.window.actions_["generate"].isEnabled(), code
    hands.click(link)
    await hands.until(lambda: not problems(), f"{code} to be mended")
    assert facts(hands.shot) != before
    session.undo()
    await hands.until(lambda: bool(problems()), f"{code} to be back")
    assert facts(hands.shot) == before


def test_generate_is_refused_while_an_error_stands(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()
        hands.application.session.open(with_path(None))
        await hands.ready()
        hands.key(Qt.Key.Key_Return, CTRL)
        QTest.mouseClick(hands.window.checks.generate, Qt.MouseButton.LeftButton)
        hands.window.jobs_.generate()  # whatever asks for it
        await hands.told("is painted but has no path")
        assert not hands.jobs
        assert not hands.application.backend.workspace.store.all()

    live(tmp_path / "data", script)


def test_one_order_at_a_time_however_often_it_is_asked(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()
        assert not hands.window.actions_["generate"].autoRepeat()
        busy: list[str] = []
        hands.window.jobs_.busy_changed.connect(busy.append)
        hands.key(Qt.Key.Key_Return, CTRL)
        hands.key(Qt.Key.Key_Return, CTRL)
        await hands.until(lambda: hands.window.checks.generate.is_busy(), "the button to be busy")
        hands.window.jobs_.generate()
        await hands.until(lambda: busy == ["preparing", ""], "the order to be queued")
        assert not hands.window.checks.generate.is_busy()
        assert len(list(hands.application.backend.workspace.store.all())) == 1
        await hands.job_in(JobState.DONE)

    live(tmp_path / "data", script)


def test_the_button_tells_what_the_chosen_service_costs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KINEBRUSH_API_KEY", "a-key-of-nobody")

    async def script(hands: Hands) -> None:
        await hands.ready()
        backend, button = hands.application.backend, hands.window.checks.generate
        hands.application.session.open(with_parameters())
        assert "Magnific" in hands.window.title.service.text()  # there is a key: it is chosen
        assert button.detail() == "≈ 2.10 USD · 5 s · 4K"
        await slider(hands, "duration")
        await hands.until(lambda: button.detail() == "≈ 2.52 USD · 6 s · 4K", "the new estimate")
        backend.save_settings(replace(backend.settings, price_per_second=0.5))
        assert "≈ 3.00 USD" in button.detail()
        await backend.choose_service("simulator")
        assert button.detail() == "free · 6 s · 4K"
        await backend.choose_service("freepik")
        assert "≈ 3.00 USD" in button.detail()
        await backend.choose_service("http://127.0.0.1:9")
        assert button.detail().startswith("free")
        assert "nothing is charged" in hands.window.title.service.text()

    live(tmp_path / "data", script)
