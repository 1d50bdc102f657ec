"""Several mask files at once through the real window: each to its area, one step of undo, nothing lost unsaid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QMimeData, QPoint, QRect, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit

from desktop.core import edits
from desktop.core.areas import MotionArea
from desktop.core.mask_names import labels_named
from desktop.core.shot import Shot
from desktop.ui.controls import NumberBadge, Toast
from desktop.ui.long_work import WorkCard
from desktop.ui.mask_card import MaskCard
from desktop.ui.theme import Tone
from tests.pictures import photo
from tests.ui.test_masks_io import HEIGHT, WIDTH, labels, painted, picture, saved
from tests.window_hands import Hands, live


def dropped(paths: Sequence[Path]) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def stripe(folder: Path, name: str, number: int) -> Path:
    """A mask of 20 rows, its own for every number."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[30 * number : 30 * number + 20] = 255
    return picture(folder, name, mask)


def bare() -> Shot:
    return replace(painted(), areas=(MotionArea(1, "Cup"),), label_map=np.zeros((HEIGHT, WIDTH), np.uint8))


async def review(hands: Hands) -> MaskCard:
    masks = hands.window.masks
    await hands.until(lambda: masks.card is not None and masks.card.isVisible(), "the card")
    assert masks.card is not None
    return masks.card


def words(card: MaskCard) -> list[str]:
    return [label.text() for label in card.findChildren(QLabel) if label.isVisible() and label.text()]


def numbers(card: MaskCard) -> list[str]:
    return [badge.text() for badge in card.findChildren(NumberBadge)]


def test_exported_masks_come_back_exactly_by_one_drop(tmp_path: Path) -> None:
    file = saved(tmp_path, painted())
    folder = tmp_path / "out"
    folder.mkdir()

    async def script(hands: Hands) -> None:
        await hands.opened(WIDTH)
        session = hands.window.session
        hands.window.mask_exports.export_to(folder)
        await hands.told("3 masks were written")
        for label in (1, 2, 7):
            session.apply("Clear", edits.clear(hands.shot, label))
        before = session.undo_title
        hands.act("canvas-area-5")  # the files' names count, not the chosen area
        assert hands.drop(dropped(sorted(folder.iterdir(), reverse=True)), hands.window.paint.canvas)
        card = await review(hands)
        assert numbers(card) == ["2", "1", "0"]
        assert "Coffee-1-Cup.png" in words(card)
        assert not card.threshold.isVisible()
        assert not hands.shot.label_map.any()  # nothing happens before it is said
        QTest.keyClick(card, Qt.Key.Key_Escape)
        await hands.until(lambda: hands.window.masks.card is None, "the card to go")
        assert session.undo_title == before

        assert hands.drop(dropped(sorted(folder.iterdir())), hands.window.paint.canvas)
        card = await review(hands)
        hands.click(card.buttons["cancel"])
        await hands.until(lambda: hands.window.masks.card is None, "the card to go")
        assert not hands.shot.label_map.any()

        hands.act("import-masks")
        dialog = await hands.dialog(QFileDialog)
        field = dialog.findChild(QLineEdit)
        assert isinstance(field, QLineEdit)
        dialog.setDirectory(str(folder))
        field.setText(" ".join(f'"{path.name}"' for path in folder.iterdir()))
        QTest.keyClick(field, Qt.Key.Key_Return)
        card = await review(hands)
        hands.click(card.buttons["masks"])
        await hands.until(lambda: session.undo_title == "Import 3 masks", "the masks")
        assert np.array_equal(hands.shot.label_map, labels())
        hands.act("undo")
        assert not hands.shot.label_map.any()
        assert session.undo_title == before

    live(tmp_path / "data", script, [file])


def test_other_names_take_free_areas_and_what_is_left_out_is_said(tmp_path: Path) -> None:
    shot = edits.lock_area(painted(), 1, True)
    file = saved(tmp_path, shot)
    clouds, trees = stripe(tmp_path, "clouds.png", 0), stripe(tmp_path, "trees.png", 4)
    sea = stripe(tmp_path, "sea-5.png", 2)
    cup = stripe(tmp_path, "cup.png", 3)  # the name of area 1, which is locked
    broken, notes = tmp_path / "broken.png", tmp_path / "notes.txt"
    broken.write_bytes(b"no picture")
    notes.write_text("no picture")
    narrow = picture(tmp_path, "narrow.png", np.zeros((HEIGHT, 100), np.uint8))
    more = [stripe(tmp_path, f"more {letter}.png", 5 + n) for n, letter in enumerate("abc")]

    async def script(hands: Hands) -> None:
        await hands.opened(WIDTH)
        session = hands.window.session
        files = [clouds, notes, cup, sea, broken, trees, narrow, *more]
        assert hands.drop(dropped(files), hands.window.paint.canvas)
        card = await review(hands)
        assert numbers(card) == ["3", "5", "4", "6"]
        said = " ".join(words(card))
        for sentence in (
            "notes.txt and broken.png cannot be read as a mask.",
            "narrow.png: another aspect than the picture's 600 × 400.",
            "cup.png: Cup is locked.",
            "No area is free for more b.png and more c.png.",
        ):
            assert sentence in said
        hands.click(card.buttons["masks"])
        await hands.told("4 masks were imported. notes.txt and broken.png cannot be read")
        assert session.undo_title == "Import 4 masks"
        expected = labels()
        for number, label in ((0, 3), (2, 5), (4, 4), (5, 6)):
            band = expected[30 * number : 30 * number + 20]
            band[band != 1] = label
        assert np.array_equal(hands.shot.label_map, expected)
        hands.act("undo")
        assert np.array_equal(hands.shot.label_map, labels())
        hands.window.masks.import_files([broken, notes])
        await hands.told("broken.png and notes.txt cannot be read as a mask.")
        assert np.array_equal(hands.shot.label_map, labels())

    live(tmp_path / "data", script, [file])


def test_a_smaller_mask_lies_on_a_larger_one_and_soft_ones_are_cut_where_it_is_said(tmp_path: Path) -> None:
    file = saved(tmp_path, bare())
    small = np.zeros((HEIGHT, WIDTH), np.uint8)
    small[100:200, 100:200] = 255
    soft = np.tile((np.arange(WIDTH) * 255 // (WIDTH - 1)).astype(np.uint8), (HEIGHT, 1))
    paths = [picture(tmp_path, "first.png", small), picture(tmp_path, "second.png", soft)]

    async def script(hands: Hands) -> None:
        await hands.opened(WIDTH)
        hands.window.masks.import_files(paths)
        card = await review(hands)
        assert card.threshold.isVisible()
        card.threshold.set_value(20)
        hands.click(card.buttons["masks"])
        await hands.until(lambda: hands.window.session.undo_title == "Import 2 masks", "the masks")
        expected = np.where(soft >= 20, np.uint8(2), np.uint8(0))
        expected[small > 0] = 1
        assert np.array_equal(hands.shot.label_map, expected)

    live(tmp_path / "data", script, [file])


def test_a_shot_that_changed_under_the_review_is_left_as_it_is(tmp_path: Path) -> None:
    file = saved(tmp_path, bare())
    paths = [stripe(tmp_path, "first.png", 0), stripe(tmp_path, "second.png", 1)]

    async def script(hands: Hands) -> None:
        await hands.opened(WIDTH)
        hands.window.masks.import_files(paths)
        card = await review(hands)
        hands.paint(area=2, path=False)
        now = hands.shot.label_map.copy()
        assert now.any()
        hands.click(card.buttons["masks"])
        await hands.told("changed meanwhile")
        assert np.array_equal(hands.shot.label_map, now)

    live(tmp_path / "data", script, [file])


def test_several_photographs_are_no_masks_and_the_first_is_offered_as_a_picture(tmp_path: Path) -> None:
    file = saved(tmp_path, painted())
    paths = [tmp_path / "cat.jpg", tmp_path / "coffee.jpg"]
    paths[0].write_bytes(photo("chelsea", 300, 300))
    paths[1].write_bytes(photo("coffee", 300, 300))

    async def script(hands: Hands) -> None:
        await hands.opened(WIDTH)
        assert hands.drop(dropped(paths))
        card = await review(hands)
        assert list(card.buttons) == ["new", "replace"]
        await hands.told("cat.jpg is taken as a picture. cat.jpg and coffee.jpg: another aspect")

    live(tmp_path / "data", script, [file])


def test_hidden_areas_keep_their_pixels_and_it_is_said(tmp_path: Path) -> None:
    shot = edits.hide_area(painted(), 2, True)
    file = saved(tmp_path, shot)
    everything = picture(tmp_path, "all.png", np.full((HEIGHT, WIDTH), 255, np.uint8))
    regions = np.zeros((HEIGHT, WIDTH), np.uint8)
    regions[:200, 1:], regions[200:, 1:] = 1, 3
    labelled = picture(tmp_path, "regions.png", regions)
    paths = [picture(tmp_path, f"Coffee-{n}-x.png", 255 * (regions == n).astype(np.uint8)) for n in (1, 3)]
    around = labels() != 2
    laid = np.where(around, regions, np.uint8(2))
    laid[:, 0] = labels()[:, 0]

    async def script(hands: Hands) -> None:
        await hands.opened(WIDTH)
        masks, session = hands.window.masks, hands.window.session
        hands.act("canvas-area-1")
        masks.import_files([everything])
        await hands.until(lambda: session.undo_title == "Import a mask into Cup", "the mask")
        await hands.told("Area 2 is hidden and stays as it is.")
        assert np.array_equal(hands.shot.label_map, np.where(around, np.uint8(1), np.uint8(2)))
        hands.act("undo")
        masks.import_files([labelled])
        await hands.until(lambda: session.undo_title == "Import areas", "the areas")
        assert np.array_equal(hands.shot.label_map, laid)
        hands.act("undo")
        masks.import_files(paths)
        card = await review(hands)
        hands.click(card.buttons["masks"])
        await hands.until(lambda: session.undo_title == "Import 2 masks", "the masks")
        assert np.array_equal(hands.shot.label_map, laid)
        hidden = hands.shot.area(2)
        assert hidden is not None
        assert hidden.hidden
        hands.act("undo")
        hands.act("canvas-area-2")  # the hidden one itself is shown by what comes into it
        masks.import_files([everything])
        await hands.until(lambda: session.undo_title == "Import a mask into Area 2", "the mask")
        shown = hands.shot.area(2)
        assert shown is not None
        assert not shown.hidden
        assert (hands.shot.label_map == 2).all()

    live(tmp_path / "data", script, [file])


def test_names_say_areas_the_best_first() -> None:
    shot = painted()  # “Coffee” with Hold still, Cup and Area 2
    assert labels_named(["Coffee-0-Hold-still.png", "Coffee-1-Cup.png", "Coffee-2-Area-2.png"], shot) == [
        7,
        1,
        2,
    ]
    assert labels_named(["cup.png", "Coffee-1-Cup.png"], shot) == [0, 1]
    assert labels_named(["Take-2-1-Boat.png", "Take-2-3-Area-3.png"], shot) == [1, 3]
    assert labels_named(["mask_01.png", "area 4.tif", "6.bmp", "mask-17.png", "7.png"], shot) == [
        1,
        4,
        6,
        0,
        0,
    ]
    assert labels_named(["static.png", "a.b.2.png", "boat"], shot) == [7, 2, 0]
    assert labels_named(["mask_1.png", "other_1.png"], shot) == [1, 0]


def test_large_files_tell_how_far_they_are_and_can_be_given_up(tmp_path: Path) -> None:
    file = saved(tmp_path, bare())
    colors = np.random.default_rng(0).integers(1, 255, (60, 3)).astype(np.uint8)
    y, x = np.mgrid[0 : 10 * HEIGHT, 0 : 10 * WIDTH]
    large = picture(tmp_path, "large.png", colors[(y // 500 * 12 + x // 500) % 60])
    paths = [tmp_path / f"large {n}.png" for n in range(4)]
    for path in paths:
        path.hardlink_to(large)

    async def working(hands: Hands) -> WorkCard:
        def found() -> list[WorkCard]:
            return [c for c in hands.window.paint.canvas.findChildren(WorkCard) if c.isVisible()]

        await hands.until(lambda: bool(found()), "the card of the work")
        (card,) = found()
        assert hands.window.rect().contains(QRect(card.mapTo(hands.window, QPoint()), card.size()))
        return card

    async def script(hands: Hands) -> None:
        await hands.opened(WIDTH)
        window, session = hands.window, hands.window.session
        before = session.undo_title
        assert hands.drop(dropped(paths), window.paint.canvas)
        card = await working(hands)
        assert card.accessibleName() == "Reading 4 files"
        await hands.until(
            lambda: (card.progress.value() or 0) > 0.2 and card.time.text() != "0:00", "progress"
        )
        hands.click(card.cancel_button)
        assert not card.isVisible()
        await hands.until(lambda: not window.paint.canvas.findChildren(WorkCard), "the thread to end")
        assert window.masks.card is None
        assert session.undo_title == before

        assert hands.drop(dropped(paths[:2]), window.paint.canvas)
        work = await working(hands)
        assert covered_by(hands, work) == []
        asking = await review(hands)
        assert not window.paint.canvas.findChildren(WorkCard) or not work.isVisible()

        window.masks.import_files([paths[0]])  # the question stays until there is another one
        work = await working(hands)
        assert asking.isVisible()
        assert not work.geometry().intersects(asking.geometry())
        QTest.keyClick(work.cancel_button, Qt.Key.Key_Escape)
        assert not work.isVisible()
        await hands.until(lambda: not window.paint.canvas.findChildren(WorkCard), "the thread to end")
        assert window.masks.card is asking

    live(tmp_path / "data", script, [file])


def covered_by(hands: Hands, card: WorkCard) -> list[Toast]:
    """Toasts that lie over a card."""
    hands.window.toasts.show_toast("Something is here.", Tone.BAD)
    place = QRect(card.mapToGlobal(QPoint()), card.size())
    return [
        toast
        for toast in hands.window.toasts.toasts()
        if toast.isVisible() and place.intersects(QRect(toast.mapToGlobal(QPoint()), toast.size()))
    ]
