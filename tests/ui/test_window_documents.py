"""Documents in the real window: every way in, saving, and the question before work is lost."""

import asyncio
import http.server
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox

from desktop.imaging.masks import indexed_png, read_label_map
from desktop.storage.shot_file import load_shot, save_shot
from tests.job_shots import painted_shot, png
from tests.window_hands import Hands, live

SAVE, DISCARD, CANCEL = (
    QMessageBox.StandardButton.Save,
    QMessageBox.StandardButton.Discard,
    QMessageBox.StandardButton.Cancel,
)


def picture(folder: Path, width: int = 420, height: int = 330) -> Path:
    """A picture file."""
    path = folder / f"picture {width}.png"
    path.write_bytes(png(width, height, width))
    return path


def shot_file(folder: Path, width: int = 400) -> Path:
    """A shot file."""
    path = folder / f"shot {width}.kinebrush"
    save_shot(painted_shot(width), path, indexed_png)
    return path


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A folder on loopback HTTP."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing on the terminal."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_every_way_in(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.opened(401)  # named on the command line
        hands.act("new")
        await hands.choose_file(picture(tmp_path, 402))
        await hands.opened(402)
        assert hands.window.title.name.text() == "picture 402"
        assert hands.window.title.state.text() == "new"
        hands.act("open")
        await hands.choose_file(shot_file(tmp_path, 403))
        await hands.opened(403)
        assert hands.window.title.state.text() == "saved"
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(picture(tmp_path, 404)))])
        assert hands.drop(mime)
        await hands.as_a_new_picture()
        await hands.opened(404)
        clipboard = QGuiApplication.clipboard()
        clipboard.setImage(QImage.fromData(png(405, 330)))
        hands.act("paste")
        await hands.as_a_new_picture()
        await hands.opened(405)
        assert hands.window.title.state.text() == "not saved"  # no file holds it
        clipboard.setText(QUrl.fromLocalFile(str(picture(tmp_path, 406))).toString())
        hands.act("paste")
        await hands.as_a_new_picture()
        await hands.answer(DISCARD)
        await hands.opened(406)
        picture(tmp_path, 407)
        with served(tmp_path) as address:
            hands.act("open-url")
            dialog = await hands.dialog(QInputDialog)
            dialog.setTextValue(f"{address}/picture%20407.png")
            dialog.accept()
            await hands.opened(407)
        assert hands.shot.image.url.startswith("http://127.0.0.1")

    live(tmp_path / "data", script, [picture(tmp_path, 401)])


def test_what_cannot_be_opened_is_told_and_changes_nothing(tmp_path: Path) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no picture")
    torn = tmp_path / "torn.kinebrush"
    torn.write_bytes(shot_file(tmp_path).read_bytes()[:500])

    async def script(hands: Hands) -> None:
        hands.expect("gone.png cannot be read")
        await hands.ready()
        await hands.told("gone.png cannot be read")
        assert hands.window.paint.empty.isVisible()
        sentences = set(hands.said)
        for path in (bad, torn):
            hands.window.documents_.open_path(path)
            await hands.until(lambda: bool(set(hands.said) - sentences), f"the fault of {path.name}")
            (sentence,) = set(hands.said) - sentences
            assert sentence.endswith(".")
            sentences.add(sentence)
        mime = QMimeData()
        mime.setData("application/x-thing", b"thing")
        assert not hands.drop(mime)
        QGuiApplication.clipboard().setText("just words")
        hands.act("paste")
        await hands.told("no picture in the clipboard")
        assert hands.application.session.shot is None

    live(tmp_path / "data", script, [tmp_path / "gone.png"])


def test_save_as_save_and_recent(tmp_path: Path) -> None:
    target = tmp_path / "mine.kinebrush"

    async def script(hands: Hands) -> None:
        await hands.opened(420)
        hands.paint()
        hands.act("save")  # no file yet: asks where
        await hands.choose_file(target)
        await hands.until(lambda: hands.window.title.state.text() == "saved", "the save")
        assert hands.window.title.name.text() == target.name
        first = target.read_bytes()
        hands.paint(area=2)
        assert hands.window.title.state.text() == "not saved"
        hands.act("save")
        await hands.until(lambda: hands.window.title.state.text() == "saved", "the second save")
        assert target.read_bytes() != first
        assert not list((tmp_path / "data" / "recovery").rglob("*.kinebrush"))

    live(tmp_path / "data", script, [picture(tmp_path)])
    saved = load_shot(target, read_label_map)
    assert {area.number for area in saved.areas} == {1, 2}

    async def again(hands: Hands) -> None:
        await hands.ready()
        menu = hands.window.documents_.recent_menu
        menu.aboutToShow.emit()
        hands.choose(menu, f"mine    {tmp_path}")
        await hands.opened(420)
        assert hands.application.documents.path == target

    live(tmp_path / "data", again)


@pytest.mark.parametrize("answer", [SAVE, DISCARD, CANCEL])
def test_unsaved_work_is_asked_about_before_another_shot_opens(
    tmp_path: Path, answer: QMessageBox.StandardButton
) -> None:
    target = tmp_path / "kept.kinebrush"

    async def script(hands: Hands) -> None:
        await hands.opened(420)
        hands.paint()
        hands.window.documents_.open_path(picture(tmp_path, 440))
        await hands.answer(answer)
        if answer == SAVE:
            await hands.choose_file(target)
        if answer == CANCEL:
            await hands.until(lambda: not hands.window.status.busy.text(), "the opening to be given up")
            assert hands.shot.image.width == 420
            assert hands.application.session.modified
        else:
            await hands.opened(440)
            assert not hands.application.session.modified

    live(tmp_path / "data", script, [picture(tmp_path)])
    assert target.exists() == (answer == SAVE)


def test_work_done_while_another_shot_loads_is_asked_about_too(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.opened(420)
        hands.window.documents_.open_path(picture(tmp_path, 440))
        hands.paint()  # before the file is read
        await hands.answer(CANCEL)
        await asyncio.sleep(0)
        assert hands.shot.image.width == 420
        assert [area.number for area in hands.shot.areas] == [1]

    live(tmp_path / "data", script, [picture(tmp_path)])


@pytest.mark.parametrize("answer", [SAVE, DISCARD, CANCEL])
def test_closing_asks_about_unsaved_work(tmp_path: Path, answer: QMessageBox.StandardButton) -> None:
    target = tmp_path / "kept.kinebrush"

    async def script(hands: Hands) -> None:
        await hands.opened(420)
        hands.paint()
        await hands.application.documents.autosave()
        hands.close()
        await hands.answer(answer)
        if answer == CANCEL:
            await hands.until(lambda: not hands.application._closing, "the question to go")
            assert hands.window.isVisible()
            assert hands.window.isEnabled()
            hands.close()  # it can be asked again
            await hands.answer(DISCARD)
        elif answer == SAVE:
            await hands.choose_file(target)

    live(tmp_path / "data", script, [picture(tmp_path)], leave="script")
    assert target.exists() == (answer == SAVE)
    assert not list((tmp_path / "data" / "recovery").rglob("*.kinebrush"))


def test_closing_without_changes_asks_nothing(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.ready()
        assert hands.shot.name == "Harbour at dawn"
        hands.close()

    live(tmp_path / "data", script, leave="script")


def test_giving_up_the_file_dialog_keeps_the_window(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        await hands.opened(420)
        hands.paint()
        hands.close()
        await hands.answer(SAVE)
        dialog = await hands.dialog(QFileDialog)
        dialog.reject()
        await hands.until(lambda: not hands.application._closing, "the end to be given up")
        assert hands.application.session.modified
        assert hands.window.isVisible()

    live(tmp_path / "data", script, [picture(tmp_path)])


def test_a_save_that_fails_leaves_the_old_file_and_says_why(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    target = shot_file(folder)
    before = target.read_bytes()

    async def script(hands: Hands) -> None:
        await hands.opened(400)
        hands.paint(area=5)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("desktop.storage.atomic.os.open", _no_room_in(folder))
            hands.act("save")
            await hands.told(f"There is no room left in “{folder}”")
        assert hands.application.session.modified
        assert hands.window.title.state.text() == "not saved"
        hands.act("save")  # there is room again
        await hands.until(lambda: not hands.application.session.modified, "the save")

    live(tmp_path / "data", script, [target])
    assert target.read_bytes() != before
    assert [path.name for path in folder.iterdir()] == [target.name]


def _no_room_in(folder: Path) -> Callable[..., int]:
    """``os.open`` on a disk that is full in this folder; what else is written at the same time has room."""
    really = os.open

    def opened(path: str, *more: Any, **named: Any) -> int:
        if Path(path).is_relative_to(folder):
            raise OSError(28, "No space left on device")
        return really(path, *more, **named)

    return opened


def test_a_save_under_way_never_gives_its_file_to_another_shot(tmp_path: Path) -> None:
    first = shot_file(tmp_path, 400)

    async def script(hands: Hands) -> None:
        await hands.opened(400)
        hands.paint(area=5)
        documents, session = hands.application.documents, hands.application.session
        saving = asyncio.ensure_future(documents.save(tmp_path / "copy.kinebrush"))
        await asyncio.sleep(0)  # the snapshot is taken, the writing has begun
        documents.may_replace = _yes
        await documents.open_file(picture(tmp_path, 440))
        await saving
        assert documents.path is None
        assert session.shot is not None
        assert session.shot.image.width == 440

    live(tmp_path / "data", script, [first])
    assert load_shot(tmp_path / "copy.kinebrush", read_label_map).image.width == 400


async def _yes() -> bool:
    return True
