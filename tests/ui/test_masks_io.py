"""Masks in and out through the real window: by menu, drop and clipboard, one step of undo each, exact."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.core import edits
from desktop.core.areas import MotionArea
from desktop.core.shot import Shot, new_shot
from desktop.imaging.masks import indexed_png
from desktop.imaging.read import open_image
from desktop.storage.shot_file import save_shot
from desktop.ui.label_writer import write_labels
from desktop.ui.mask_card import MaskCard
from desktop.ui.session import Session
from tests.pictures import photo
from tests.window_hands import Hands, live

WIDTH, HEIGHT = 600, 400


def labels() -> npt.NDArray[np.uint8]:
    map_ = np.zeros((HEIGHT, WIDTH), np.uint8)
    map_[20:120, 30:200] = 1
    map_[150:300, 100:400] = 2
    map_[350:, :] = 7
    return map_


def painted() -> Shot:
    shot = new_shot("id", open_image(photo("coffee", WIDTH, HEIGHT), "coffee.jpg"), "Coffee")
    return replace(shot, areas=(MotionArea(7), MotionArea(1, "Cup"), MotionArea(2)), label_map=labels())


def saved(folder: Path, shot: Shot) -> Path:
    path = folder / "coffee.kinebrush"
    save_shot(shot, path, indexed_png)
    return path


def is_last_step(session: Session, title: str) -> bool:
    return session.undo_title == title


def picture(folder: Path, name: str, array: npt.NDArray[np.generic]) -> Path:
    path = folder / name
    Image.fromarray(array).save(path)
    return path


def dropped(path: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    return mime


def test_everything_that_goes_out_comes_in_again(tmp_path: Path) -> None:
    file = saved(tmp_path, painted())
    folder = tmp_path / "out"
    folder.mkdir()

    async def script(hands: Hands) -> None:
        await hands.opened(WIDTH)
        masks, window = hands.window.masks, hands.window
        hands.window.mask_exports.export_to(folder)
        await hands.told("3 masks were written")
        assert sorted(path.name for path in folder.iterdir()) == [
            "Coffee-0-Hold-still.png",
            "Coffee-1-Cup.png",
            "Coffee-2-Area-2.png",
        ]
        whole = tmp_path / "all.png"
        hands.window.mask_exports.export_indexed_to(whole)
        await hands.told("All areas were written to all.png")
        for label in (1, 2, 7):
            window.session.apply("Clear", edits.clear(hands.shot, label))
        assert not hands.shot.label_map.any()
        masks.import_files([whole])
        await hands.until(lambda: window.session.undo_title == "Import areas", "the areas")
        assert np.array_equal(hands.shot.label_map, labels())
        hands.act("undo")
        assert not hands.shot.label_map.any()
        for number, label, name in ((0, 7, "Hold-still"), (1, 1, "Cup"), (2, 2, "Area-2")):
            hands.act(f"canvas-area-{number}")
            masks.import_files([folder / f"Coffee-{number}-{name}.png"])
            title = f"Import a mask into {'Hold still' if label == 7 else 'Cup' if label == 1 else 'Area 2'}"
            await hands.until(partial(is_last_step, window.session, title), name)
        assert np.array_equal(hands.shot.label_map, labels())
        hands.act("canvas-area-1")
        hands.act("copy-mask")
        await hands.told("in the clipboard")
        window.session.apply("Clear", edits.clear(hands.shot, 1))
        hands.act("paste-mask")
        await hands.until(lambda: np.array_equal(hands.shot.label_map, labels()), "the pasted mask")
        hands.act("canvas-area-3")
        hands.window.mask_exports.export_to(tmp_path / "nowhere")
        hands.expect("nowhere")
        await hands.until(lambda: any("nowhere" in sentence for sentence in hands.said), "the sentence")

    live(tmp_path / "data", script, [file])


def test_an_area_without_paint_is_not_copied_and_the_clipboard_stays(tmp_path: Path) -> None:
    file = saved(tmp_path, painted())

    async def script(hands: Hands) -> None:
        await hands.opened(WIDTH)
        clipboard = QGuiApplication.clipboard()
        clipboard.setText("what was copied before")
        hands.act("canvas-area-3")
        hands.act("copy-mask")
        await hands.told("Nothing is painted in Area 3 yet, so there is no mask to copy.")
        assert clipboard.text() == "what was copied before"
        hands.act("canvas-area-1")
        hands.act("clear-area")
        hands.act("copy-mask")
        await hands.told("Nothing is painted in Cup yet")
        assert clipboard.text() == "what was copied before"
        hands.act("undo")
        hands.act("copy-mask")
        await hands.told("The mask of Cup is in the clipboard.")
        assert not clipboard.image().isNull()

    live(tmp_path / "data", script, [file])


def test_a_drop_asks_what_it_shall_be(tmp_path: Path) -> None:
    file = saved(tmp_path, painted())
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[:200, 300:] = 255
    two = picture(tmp_path, "two.png", mask)
    colors = np.array([[0, 0, 0], [250, 50, 83], [50, 183, 250]], np.uint8)
    regions = np.zeros((2 * HEIGHT, 2 * WIDTH), np.uint8)
    regions[:400, :] = 1
    regions[700:, 200:] = 2
    labelled = picture(tmp_path, "regions.png", colors[regions])
    ramp = picture(
        tmp_path, "ramp.png", np.tile((np.arange(WIDTH) * 255 // WIDTH).astype(np.uint8), (HEIGHT, 1))
    )
    photograph = tmp_path / "cat.jpg"
    photograph.write_bytes(photo("chelsea", WIDTH, HEIGHT))

    async def card(hands: Hands, path: Path, *, count: int) -> list[str]:
        assert hands.window.documents_.take(dropped(path))
        masks = hands.window.masks
        await hands.until(
            lambda: masks.card is not None and masks.card.isVisible(), f"the card of {path.name}"
        )
        assert masks.card is not None
        keys = list(masks.card.buttons)
        assert len(keys) == count
        return keys

    async def press(hands: Hands, key: str) -> None:
        shown = hands.window.masks.card
        assert shown is not None
        hands.click(shown.buttons[key])

    async def script(hands: Hands) -> None:
        await hands.opened(WIDTH)
        session = hands.window.session
        hands.act("canvas-area-1")
        assert (await card(hands, two, count=3))[0] == "mask"  # two colours, the picture's size: a mask first
        await press(hands, "mask")
        await hands.until(lambda: session.undo_title == "Import a mask into Cup", "the mask")
        expected = np.where(mask > 0, np.uint8(1), np.where(labels() == 1, np.uint8(0), labels()))
        assert np.array_equal(hands.shot.label_map, expected)
        hands.act("undo")
        assert np.array_equal(hands.shot.label_map, labels())

        assert (await card(hands, labelled, count=4))[:2] == ["labels", "mask"]
        await press(hands, "labels")
        await hands.until(lambda: session.undo_title == "Import areas", "the areas")
        half = regions[::2, ::2]
        expected = np.where(half > 0, half, np.where(labels() == 7, np.uint8(7), np.uint8(0)))
        assert np.array_equal(hands.shot.label_map, expected)
        hands.act("undo")

        keys = await card(hands, photograph, count=3)
        assert keys[0] == "new"
        shown = hands.window.masks.card
        assert shown is not None
        QTest.keyClick(shown, Qt.Key.Key_Escape)
        await hands.until(lambda: hands.window.masks.card is None, "the card to go")
        assert np.array_equal(hands.shot.label_map, labels())

        hands.window.masks.import_files([ramp])
        await hands.until(lambda: hands.window.masks.card is not None, "the threshold")
        shown = hands.window.masks.card
        assert shown is not None
        assert shown.threshold.isVisible()
        shown.threshold.set_value(200)
        await press(hands, "mask")
        await hands.until(lambda: session.undo_title == "Import a mask into Cup", "the cut mask")
        assert np.array_equal(hands.shot.label_map[10] == 1, np.arange(WIDTH) * 255 // WIDTH >= 200)
        hands.act("undo")

        await card(hands, photograph, count=3)
        await press(hands, "replace")
        await hands.until(lambda: session.undo_title == "Replace the picture", "the other picture")
        assert np.array_equal(hands.shot.label_map, labels())
        hands.act("undo")
        session.mark_saved()
        await card(hands, photograph, count=3)
        await press(hands, "new")
        await hands.until(lambda: hands.shot.name == "cat", "the new shot")

    live(tmp_path / "data", script, [file])


def test_a_soft_mask_is_cut_where_it_is_asked_to_be_however_it_comes(tmp_path: Path) -> None:
    file = saved(tmp_path, painted())
    grey = np.zeros((HEIGHT, WIDTH), np.uint8)
    grey[:, 300:] = 255
    grey[:, 290:300] = np.arange(10) * 20 + 20  # the soft edge: 20 to 200
    soft = picture(tmp_path, "soft.png", np.stack([grey] * 3, axis=-1))

    async def script(hands: Hands) -> None:
        await hands.opened(WIDTH)
        masks, session = hands.window.masks, hands.window.session
        hands.act("canvas-area-1")

        async def card(key: str, threshold: int) -> None:
            await hands.until(lambda: masks.card is not None and masks.card.isVisible(), "the card")
            shown = masks.card
            assert shown is not None
            assert shown.threshold.isVisible()
            assert not shown._picture.pixmap().isNull()
            shown.threshold.set_value(threshold)
            hands.click(shown.buttons[key])
            await hands.until(lambda: session.undo_title == "Import a mask into Cup", "the mask")
            assert np.array_equal(hands.shot.label_map == 1, grey >= threshold)
            hands.act("undo")

        assert hands.drop(dropped(soft), hands.window.paint.canvas)
        await card("mask", 60)
        masks.import_files([soft])
        await card("mask", 200)

    live(tmp_path / "data", script, [file])


def test_a_label_image_says_what_its_labels_become(tmp_path: Path) -> None:
    file = saved(tmp_path, painted())
    values = np.zeros((HEIGHT, WIDTH), np.uint16)
    for n in range(300):
        y, x = 20 * (n // 15), 40 * (n % 15)
        values[y + 1 : y + (19 if n < 6 else 12), x + 1 : x + 31] = n + 1
    many = picture(tmp_path, "cells.png", values)
    still = picture(tmp_path, "still.png", np.array([0, 1, 7], np.uint8)[values % 3])

    async def card(hands: Hands) -> MaskCard:
        masks = hands.window.masks
        await hands.until(lambda: masks.card is not None and masks.card.isVisible(), "the card")
        assert masks.card is not None
        return masks.card

    def words(shown: MaskCard) -> str:
        (text,) = [label.text() for label in shown.findChildren(QLabel) if "label image" in label.text()]
        return text.partition(" · ")[2]

    async def script(hands: Hands) -> None:
        await hands.opened(WIDTH)
        masks, session = hands.window.masks, hands.window.session
        masks.import_files([many])
        shown = await card(hands)
        assert words(shown) == "a label image with 300 labels; the 6 largest become areas 1 to 6"
        hands.click(shown.buttons["labels"])
        await hands.until(lambda: session.undo_title == "Import areas", "the areas")
        expected = np.where(values <= 6, values, 0).astype(np.uint8)
        expected[(expected == 0) & (labels() == 7)] = 7
        assert np.array_equal(hands.shot.label_map, expected)
        hands.act("undo")
        assert hands.drop(dropped(still), hands.window.paint.canvas)
        shown = await card(hands)
        assert words(shown) == "a label image with 2 labels; they become areas 1 and 2"
        hands.click(shown.buttons["labels"])
        await hands.until(lambda: session.undo_title == "Import areas", "the areas")
        assert np.array_equal(hands.shot.label_map == 7, (labels() == 7) & (values % 3 == 0))

    live(tmp_path / "data", script, [file])


def test_black_grey_and_white_are_asked_about_and_cut_where_it_is_said(tmp_path: Path) -> None:
    file = saved(tmp_path, painted())
    values = np.zeros((HEIGHT, WIDTH), np.uint8)
    values[:, 200:], values[:, 400:] = 128, 255
    broad = picture(tmp_path, "broad.png", values)
    numbers = picture(tmp_path, "numbers.png", values // 100)  # 0, 1, 2: labels, laid at once
    spaced = picture(tmp_path, "spaced.png", values // 3)  # 0, 42, 85: labels, or a mask

    async def script(hands: Hands) -> None:
        await hands.opened(WIDTH)
        masks, session = hands.window.masks, hands.window.session
        hands.act("canvas-area-1")

        async def card() -> MaskCard:
            await hands.until(lambda: masks.card is not None and masks.card.isVisible(), "the card")
            assert masks.card is not None
            return masks.card

        async def imported(title: str, expected: npt.NDArray[np.bool_], label: int = 1) -> None:
            await hands.until(lambda: session.undo_title == title, title)
            assert np.array_equal(hands.shot.label_map == label, expected)
            hands.act("undo")

        masks.import_files([broad])
        shown = await card()
        assert list(shown.buttons) == ["mask", "labels"]
        assert any(
            "brightness; or a label image with 2 labels" in w.text() for w in shown.findChildren(QLabel)
        )
        shown.threshold.set_value(100)
        hands.click(shown.buttons["mask"])
        await imported("Import a mask into Cup", values >= 128)
        assert hands.drop(dropped(broad), hands.window.paint.canvas)
        shown = await card()
        assert list(shown.buttons) == ["mask", "labels", "new", "replace"]
        hands.click(shown.buttons["labels"])
        await imported("Import areas", values == 255, 2)
        masks.import_files([spaced])
        shown = await card()
        assert list(shown.buttons) == ["labels", "mask"]
        assert shown.threshold.value() == 1
        hands.click(shown.buttons["mask"])
        await imported("Import a mask into Cup", values > 0)
        masks.import_files([spaced])
        hands.click((await card()).buttons["labels"])
        await imported("Import areas", values == 128)
        masks.import_files([numbers])
        await imported("Import areas", values == 128)

    live(tmp_path / "data", script, [file])


def test_locked_areas_keep_their_pixels_and_bad_files_are_said(tmp_path: Path) -> None:
    shot = edits.lock_area(painted(), 2, True)
    file = saved(tmp_path, shot)
    everything = picture(tmp_path, "all.png", np.full((HEIGHT, WIDTH), 255, np.uint8))
    narrow = picture(tmp_path, "narrow.png", np.zeros((HEIGHT, 100), np.uint8))
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")

    async def script(hands: Hands) -> None:
        await hands.opened(WIDTH)
        masks, session = hands.window.masks, hands.window.session
        hands.act("canvas-area-2")
        masks.import_files([everything])
        await hands.told("is locked; unlock it")
        assert np.array_equal(hands.shot.label_map, labels())
        hands.act("canvas-area-1")
        masks.import_files([everything])
        await hands.until(lambda: session.undo_title == "Import a mask into Cup", "the mask")
        assert np.array_equal(hands.shot.label_map, np.where(labels() == 2, np.uint8(2), np.uint8(1)))
        hands.act("undo")
        assert np.array_equal(hands.shot.label_map, labels())
        masks.import_files([narrow])
        await hands.told("another aspect")
        masks.import_files([broken])
        await hands.until(lambda: len(hands.said) >= 3, "the sentence about the broken file")
        QGuiApplication.clipboard().clear()
        hands.act("paste-mask")
        await hands.told("no mask in the clipboard")
        assert np.array_equal(hands.shot.label_map, labels())

    live(tmp_path / "data", script, [file])


def test_a_map_that_is_interrupted_leaves_nothing_behind(qtbot: QtBot) -> None:
    rng = np.random.default_rng(3)
    height, width = 1500, 1000
    base = new_shot("id", open_image(photo("coffee", width, height), "a.jpg"))
    base = replace(base, label_map=rng.integers(0, 8, (height, width), np.uint8))
    target = replace(base, label_map=rng.integers(0, 8, (height, width), np.uint8))
    before = base.label_map.copy()
    session = Session(base)

    async def interrupted() -> bool:
        writing = asyncio.ensure_future(write_labels(session, "Import", target, session.revision))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert session.in_gesture
        shot = session.shot
        assert shot is not None
        session.edit("Rename", replace(shot, name="other"))
        return await writing

    assert asyncio.run(interrupted()) is False
    shot = session.shot
    assert shot is not None
    assert np.array_equal(shot.label_map, before)
    assert shot.name == "other"
    assert asyncio.run(write_labels(session, "Import", replace(target, name="other"), session.revision))
    assert np.array_equal(shot.label_map, target.label_map)
    assert session.coverage() == {n: int((target.label_map == n).sum()) for n in range(1, 8)}
    session.undo()
    assert np.array_equal(shot.label_map, before)
    session.redo()
    assert np.array_equal(shot.label_map, target.label_map)
    assert not asyncio.run(write_labels(session, "Import", target, session.revision - 1))
