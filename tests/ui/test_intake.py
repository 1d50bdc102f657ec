"""Crop, the size that is sent, another picture under the same masks: all by hand and key, none of it destructive."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.core import edits
from desktop.core.conventions import KLING
from desktop.core.fitting import aspect_allowed
from desktop.core.geometry import Box, Point
from desktop.core.shot import Shot, SourceImage, new_shot
from desktop.core.trajectory import Trajectory
from desktop.imaging.fit import fit_image
from desktop.imaging.masks import indexed_png
from desktop.imaging.read import open_image
from desktop.storage.shot_file import save_shot
from desktop.ui.canvas.crop_draft import ASPECTS
from desktop.ui.canvas.view import CanvasView
from desktop.ui.picture_bars import AlignBar, CropBar
from desktop.ui.sent_size import Sent, SentSize
from tests.canvas_hands import Hands, labels, open_canvas, pixels, shot, shot_of
from tests.pictures import photo
from tests.window_hands import Hands as WindowHands
from tests.window_hands import live

Pixels = npt.NDArray[np.int_]

WIDTH, HEIGHT = 1200, 800
ENTER, ESCAPE = Qt.Key.Key_Return, Qt.Key.Key_Escape


@pytest.fixture
def view(qtbot: QtBot) -> CanvasView:
    view = open_canvas(shot_of(WIDTH, HEIGHT, 1), 700, 500)
    qtbot.addWidget(view)
    view.set_tool("crop")
    return view


def crop(view: CanvasView) -> Box | None:
    return shot(view).image.crop


def test_a_corner_is_dragged_and_enter_crops_as_one_step_of_undo(view: CanvasView, hands: Hands) -> None:
    before = shot(view)
    hands.drag((WIDTH, HEIGHT), (1000, 700), (900, 600))
    assert crop(view) is None  # a draft so far
    hands.key(ENTER)
    cropped = crop(view)
    assert cropped is not None
    assert (cropped.left, cropped.top) == (0, 0)
    assert abs(cropped.right - 900) <= 2
    assert abs(cropped.bottom - 600) <= 2
    assert shot(view).image.data is before.image.data
    assert shot(view).label_map is before.label_map
    assert view.session.undo_title == "Crop the picture"
    view.session.undo()
    assert crop(view) is None
    view.session.redo()
    assert crop(view) == cropped


def test_escape_leaves_the_crop_as_it_was(view: CanvasView, hands: Hands) -> None:
    hands.drag((WIDTH, HEIGHT), (900, 600))
    hands.key(ESCAPE)
    hands.key(ENTER)
    assert crop(view) is None
    assert view.session.undo_title == ""
    hands.press(WIDTH, HEIGHT)
    hands.move(700, 500)
    hands.key(ESCAPE)  # in the middle of the drag
    hands.release(700, 500)
    hands.key(ENTER)
    assert crop(view) is None


def test_the_frame_is_moved_by_hand_and_by_arrows(view: CanvasView, hands: Hands) -> None:
    hands.drag((WIDTH, HEIGHT), (600, 400))
    draft, image = view.options.crop, shot(view).image
    before = draft.frame(image)
    hands.drag((300, 200), (500, 350))
    moved = draft.frame(image)
    assert (moved.width, moved.height) == (before.width, before.height)
    assert abs(moved.left - before.left - 200) <= 2
    hands.key(Qt.Key.Key_Left)
    assert draft.frame(image).left < moved.left
    hands.key(Qt.Key.Key_Down)
    assert draft.frame(image).top > moved.top


def test_a_frame_is_drawn_anew_outside_the_old_one(view: CanvasView, hands: Hands) -> None:
    hands.drag((WIDTH, HEIGHT), (400, 300))
    hands.drag((600, 400), (1000, 700))
    hands.double(800, 500)
    cropped = crop(view)
    assert cropped is not None
    assert abs(cropped.left - 600) <= 2
    assert abs(cropped.right - 1000) <= 2


@pytest.mark.parametrize(("key", "ratio"), [(key, ratio) for key, _, ratio in ASPECTS if ratio is not None])
def test_presets_hold_the_frame_while_it_is_dragged(
    view: CanvasView, hands: Hands, key: str, ratio: float
) -> None:
    draft, image = view.options.crop, shot(view).image
    draft.set_aspect(image, key)
    frame = draft.frame(image)
    hands.drag((frame.right, frame.bottom), (frame.right - 90, frame.bottom - 60))
    smaller = draft.frame(image)
    assert smaller.width < frame.width
    assert abs(smaller.width - smaller.height * ratio) <= max(1.0, ratio)
    hands.key(ENTER)
    assert crop(view) == smaller
    assert aspect_allowed(smaller.width, smaller.height, KLING.max_aspect)


def test_a_free_frame_stays_within_the_limits(view: CanvasView, hands: Hands) -> None:
    draft, image = view.options.crop, shot(view).image
    hands.drag((WIDTH / 2, HEIGHT), (WIDTH / 2, 30))
    frame = draft.frame(image)
    assert aspect_allowed(frame.width, frame.height, KLING.max_aspect)
    assert frame.height >= WIDTH / KLING.max_aspect - 1


def test_what_is_cut_off_is_dimmed_with_any_tool(view: CanvasView, hands: Hands) -> None:
    image = shot(view).image
    bare = pixels(view).astype(int)
    view.options.crop.set_frame(image, Box(300, 200, 900, 600))
    view.options.crop.accept(view.session)
    view.set_tool("brush")
    cropped = pixels(view).astype(int)

    def at(picture: Pixels, x: float, y: float) -> Pixels:
        place = hands.place(x, y) * view.ratio
        column, line = round(place.x()), round(place.y())
        patch: Pixels = picture[line - 4 : line + 5, column - 4 : column + 5, :3]
        return patch

    assert np.array_equal(at(cropped, 600, 400), at(bare, 600, 400))
    for x, y in ((100, 400), (1100, 400), (600, 100), (600, 700)):
        assert at(cropped, x, y).mean() < 0.6 * at(bare, x, y).mean()


def test_the_aspect_is_held_for_the_next_picture_until_it_is_left(view: CanvasView, hands: Hands) -> None:
    draft, image = view.options.crop, shot(view).image
    draft.set_aspect(image, "1:1")
    hands.key(ENTER)
    assert crop(view) == Box(200, 0, 1000, 800)
    assert draft.aspect == "1:1"
    other = SourceImage(b"other", "image/png", 900, 300, "other.png")
    assert draft.frame(other) == Box(300, 0, 600, 300)
    assert draft.frame(shot(view).image) == Box(200, 0, 1000, 800)
    view.session.undo()
    assert draft.frame(image) == Box(200, 0, 1000, 800)
    hands.key(Qt.Key.Key_Escape)
    assert draft.aspect == "free"
    assert draft.frame(image) == Box(0, 0, WIDTH, HEIGHT)
    assert not draft.active(image)


def test_painting_goes_on_outside_of_the_crop(view: CanvasView, hands: Hands) -> None:
    view.options.crop.set_frame(shot(view).image, Box(300, 200, 900, 600))
    view.options.crop.accept(view.session)
    view.set_tool("brush")
    hands.drag((100, 100), (150, 100))
    assert labels(view)[100, 120] == 1


def test_the_bar_crops_by_number_and_shows_what_will_be_sent(qtbot: QtBot) -> None:
    image = open_image(photo("coffee", 1200, 800), "coffee.jpg")
    view = open_canvas(new_shot("id", image), 700, 500)
    qtbot.addWidget(view)
    sent = SentSize(view)
    holder = QWidget()  # a window is never narrower than its contents, a bar in it is
    qtbot.addWidget(holder)
    bar = CropBar(view, sent, holder)
    bar.resize(1200, bar.height())
    holder.show()
    view.set_tool("crop")
    with qtbot.waitSignal(sent.found, timeout=20_000):
        sent.ask(image, KLING)
    whole_size = fit_image(image, KLING)
    assert bar.result.text().startswith(f"Sent as 1200 × 800, {len(whole_size.data) / 1e6:.1f} MB")
    bar.resize(640, bar.height())
    assert bar.result.text().startswith("1200 × 800, "), "shorter, and nothing cut off"
    layout = bar.layout()
    assert layout is not None
    assert layout.sizeHint().width() <= bar.width()
    assert (bar.reset.text(), bar.reset.toolTip()) == ("Whole", "Crop nothing away")
    bar.resize(1200, bar.height())
    assert bar.result.text().startswith("Sent as 1200 × 800, ")
    bar.wide.setValue(640)
    bar.high.setValue(480)
    frame = view.options.crop.frame(image)
    assert (frame.width, frame.height) == (640, 480)
    drafted = view.options.crop.image(image)
    with qtbot.waitSignal(sent.found, timeout=20_000):
        sent.ask(drafted, KLING)
    assert bar.result.text().startswith("Sent as 640 × 480, ")
    bar.aspect.set_value("1:1")
    frame = view.options.crop.frame(image)
    assert frame.width == frame.height
    bar.wide.setValue(500)
    frame = view.options.crop.frame(image)
    assert (frame.width, frame.height) == (500, 500)
    bar.accept.click()
    assert shot(view).image.crop == frame
    assert not bar.accept.isEnabled()
    bar.reset.click()
    bar.accept.click()
    assert shot(view).image.crop is None
    bar.wide.setValue(300)
    bar.leave.click()
    assert shot(view).image.crop is None
    assert (bar.wide.value(), bar.high.value()) == (1200, 800)
    sent.stop()
    view.stop()


def test_a_newer_question_makes_an_older_answer_void(qtbot: QtBot) -> None:
    sent = SentSize()
    image = open_image(photo("coffee", 900, 600), "coffee.jpg")
    heard: list[Sent] = []
    sent.found.connect(heard.append)
    sent.ask(image, KLING)
    with qtbot.waitSignal(sent.found, timeout=20_000):
        sent.ask(replace(image, crop=Box(0, 0, 600, 600)), KLING)
    assert [(one.width, one.height) for one in heard] == [(600, 600)]
    sent.ask(None, KLING)
    assert sent.last is None
    sent.stop()


def test_a_small_picture_is_enlarged_when_asked(qtbot: QtBot) -> None:
    image = open_image(photo("coffee", 280, 200), "coffee.jpg")
    view = open_canvas(new_shot("id", image), 700, 500)
    qtbot.addWidget(view)
    sent = SentSize(view)
    bar = CropBar(view, sent)
    qtbot.addWidget(bar)
    bar.show()
    with qtbot.waitSignal(sent.found, timeout=20_000):
        sent.ask(image, KLING)
    assert "enlarge it" in bar.result.text()
    assert bar.enlarge.isVisible()
    bar.enlarge.click()
    with qtbot.waitSignal(sent.found, timeout=20_000):
        sent.ask(view.options.crop.image(image), KLING)
    assert bar.result.text().startswith("Sent as 420 × 300")
    bar.accept.click()
    assert shot(view).image.enlarge
    assert view.session.undo_title == "Enlarge the picture"
    view.session.undo()
    assert not shot(view).image.enlarge
    sent.stop()
    view.stop()


# --- another picture ------------------------------------------------------------------------------------------------


def painted(width: int = 600, height: int = 400, name: str = "coffee") -> Shot:
    made = new_shot("id", open_image(photo(name, width, height), "one.jpg"))
    made = edits.add_area(edits.add_area(made, 1), 7)
    map_ = np.zeros((height, width), np.uint8)
    map_[50:150, 100:200] = 1
    map_[300:, :] = 7
    path = Trajectory((Point(150.0, 100.0), Point(300.0, 200.0)))
    return edits.set_trajectory(replace(made, label_map=map_), 1, path)


def test_the_same_aspect_scales_masks_paths_and_crop() -> None:
    before = replace(painted(), image=replace(painted().image, crop=Box(0, 0, 300, 400)))
    after = edits.replace_picture(before, open_image(photo("chelsea", 1200, 800), "two.jpg"))
    assert after.image.crop == Box(0, 0, 600, 800)
    assert np.array_equal(after.label_map, before.label_map.repeat(2, axis=0).repeat(2, axis=1))
    area = after.area(1)
    assert area is not None
    assert area.trajectory is not None
    assert area.trajectory.nodes == (Point(300.0, 200.0), Point(600.0, 400.0))


def test_masks_are_laid_into_any_frame_and_cut_at_the_edges() -> None:
    before = painted()
    bare = replace(before, label_map=np.zeros_like(before.label_map))
    laid = edits.place_masks(bare, before.label_map, before.areas, Box(-100, 10, 500, 410))
    expected = np.zeros_like(before.label_map)
    expected[10:, :500] = before.label_map[:390, 100:]
    assert np.array_equal(laid.label_map, expected)
    area = laid.area(1)
    assert area is not None
    assert area.trajectory is not None
    assert area.trajectory.nodes[0] == Point(50.0, 110.0)
    far = edits.place_masks(bare, before.label_map, before.areas, Box(9000, 0, 9600, 400))
    assert not far.label_map.any()


def test_the_align_tool_moves_scales_and_lays_by_hand(qtbot: QtBot) -> None:
    base = replace(shot_of(600, 400), label_map=painted().label_map, areas=painted().areas)
    view = open_canvas(base, 700, 500)
    qtbot.addWidget(view)
    bar = AlignBar(view)
    qtbot.addWidget(bar)
    asked: list[Box] = []
    view.options.align.accept_asked.connect(lambda: asked.append(view.options.align.frame))
    view.set_tool("align")
    hands = Hands(view)
    before = labels(view).copy()
    hands.drag((300, 200), (340, 230))
    assert view.areas_hidden()
    frame = view.options.align.frame
    assert abs(frame.left - 40) <= 1
    assert abs(frame.top - 30) <= 1
    assert (bar.left.value(), bar.top.value()) == (frame.left, frame.top)
    hands.drag((frame.right, frame.bottom), (frame.left + 300, frame.top + 200))
    half = view.options.align.frame
    assert abs(half.width - 300) <= 3
    assert (half.left, half.top) == (frame.left, frame.top)
    hands.key(Qt.Key.Key_Right)
    assert view.options.align.frame.left > half.left
    bar.scale.setValue(100.0)
    assert view.options.align.frame.width == 600
    bar.left.setValue(-25)
    assert view.options.align.frame.left == -25
    hands.key(ENTER)
    assert [box.left for box in asked] == [-25]
    hands.key(ESCAPE)
    assert not view.areas_hidden()
    assert np.array_equal(labels(view), before)
    assert view.session.undo_title == ""
    view.stop()


def test_another_aspect_is_aligned_by_hand_in_the_window(tmp_path: Path) -> None:
    before = painted()
    file = tmp_path / "one.kinebrush"
    save_shot(before, file, indexed_png)
    square = tmp_path / "square.jpg"
    square.write_bytes(photo("chelsea", 500, 500))
    same = tmp_path / "same.jpg"
    same.write_bytes(photo("rocket", 1200, 800))

    async def script(hands: WindowHands) -> None:
        await hands.opened(600)
        hands.act("replace-picture")
        await hands.choose_file(same)
        await hands.opened(1200)
        assert np.array_equal(hands.shot.label_map, before.label_map.repeat(2, axis=0).repeat(2, axis=1))
        hands.act("undo")
        await hands.opened(600)
        assert np.array_equal(hands.shot.label_map, before.label_map)
        hands.act("replace-picture")
        await hands.choose_file(square)
        await hands.opened(500)
        window = hands.window
        await hands.until(lambda: window.paint.canvas.tool_name == "align", "the masks to align")
        assert window.paint.align_bar.isVisible()
        draft = window.paint.canvas.options.align
        assert draft.frame == Box(0, 83, 500, 416)
        draft.scale_to(100.0, 0.0, 0.0)
        draft.put(-50.0, 60.0)
        window.paint.canvas.setFocus()
        QTest.keyClick(window.paint.canvas, ENTER)
        await hands.until(lambda: window.paint.canvas.tool_name == "brush", "the masks to be laid")
        expected = np.zeros((500, 500), np.uint8)
        expected[60:460] = before.label_map[:, 50:550]
        assert np.array_equal(hands.shot.label_map, expected)
        area = hands.shot.area(1)
        assert area is not None
        assert area.trajectory is not None
        assert area.trajectory.nodes[0] == Point(100.0, 160.0)
        for _ in range(2):
            hands.act("undo")
            await asyncio.sleep(0)
        await hands.opened(600)
        assert np.array_equal(hands.shot.label_map, before.label_map)
        assert hands.shot.image.data == before.image.data
        await hands.until(lambda: window.paint.sent.last is not None, "the size that is sent")

    live(tmp_path / "data", script, [file])


def test_aligning_ends_when_the_shot_is_changed_under_it(qtbot: QtBot) -> None:
    view = open_canvas(replace(shot_of(600, 400), label_map=painted().label_map, areas=painted().areas))
    qtbot.addWidget(view)
    view.set_tool("align")
    Hands(view).drag((300, 200), (340, 230))
    assert view.areas_hidden()
    view.session.apply("Clear", edits.clear(shot(view), 1))
    assert not view.areas_hidden()
    assert view.options.align.laid(shot(view)) is None
    view.stop()
