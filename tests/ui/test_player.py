"""The face Takes, driven by mouse, wheel and keys; what is on screen is read from the pixels."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.opencv import cv2
from desktop.ui.player.bridge import FramePicture, picture_of
from desktop.ui.player.card import TakeCard
from desktop.ui.player.face import TakesFace
from desktop.ui.player.placement import Placement
from desktop.ui.player.stage import StageView
from desktop.ui.player.times import clock, speed_text, timecode
from desktop.video.view import Shown
from tests.canvas_hands import MOUSE, TOUCHPAD, roll
from tests.player_clips import number_in, numbered_clip

FRAMES = 48
WAIT = 20_000
_KEY = Qt.Key
_LEFT = Qt.MouseButton.LeftButton
_NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """48 frames at 24 fps, 640 x 360."""
    return numbered_clip(tmp_path_factory.mktemp("clips") / "take.mp4", FRAMES, width=640, height=360)


@pytest.fixture
def cards(clip: Path, tmp_path: Path) -> list[TakeCard]:
    poster = tmp_path / "poster.png"
    image = QImage(160, 90, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkGreen)
    assert image.save(str(poster))
    facts = (("Video", "640 × 360 · 24 fps · MPEG-4"), ("Size", "40 kB · 2.00 s"))
    other = numbered_clip(tmp_path / "other.mp4", 6, width=640, height=360)
    return [
        TakeCard(
            "2", "Take 2", "today 09:41", 2, clip, poster, True, facts, "request ak-7d1", (("Task", "t-1"),)
        ),
        TakeCard("1", "Take 1", "yesterday", 0.25, other, None, True, facts[:1]),
        TakeCard("0", "Street market", "last week", 0.25, other, None, False),
    ]


@pytest.fixture
def face(qtbot: QtBot) -> Iterator[TakesFace]:
    before = set(threading.enumerate())
    face = TakesFace()
    qtbot.addWidget(face)
    face.resize(1200, 700)
    face.show()
    qtbot.waitExposed(face)
    yield face
    assert face.shutdown()
    assert set(threading.enumerate()) <= before


def pixels(image: QImage) -> Shown:
    """The picture as an array, H x W x 4."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    data = np.frombuffer(image.constBits(), np.uint8)
    return data.reshape(image.height(), image.bytesPerLine() // 4, 4)[:, : image.width()].copy()


def number_on_stage(face: TakesFace) -> int:
    """The number of the frame as it is painted on the stage now."""
    stage = face.player.stage
    placement = stage.placement
    assert placement is not None
    x, y, width, height = placement.rect(placement.view)
    return number_in(pixels(stage.grab().toImage())[y : y + height, x : x + width])


def at_rest(qtbot: QtBot, face: TakesFace, index: int) -> None:
    """Wait until frame ``index`` itself, not its copy, is on screen at the size of the stage."""
    stage = face.player.stage

    def there() -> bool:
        frame, placement = stage.frame, stage.placement
        return (
            frame is not None
            and placement is not None
            and frame.exact
            and (frame.index, frame.view) == (index, placement.view)
        )

    qtbot.waitUntil(there, timeout=WAIT)
    assert face.player.position == index
    assert number_on_stage(face) == index


def shown(qtbot: QtBot, face: TakesFace, card: TakeCard) -> None:
    """Show a take and wait for its first frame."""
    face.show_take(card)
    at_rest(qtbot, face, 0)


def press(face: TakesFace, qtbot: QtBot, key: Qt.Key, keys: Qt.KeyboardModifier = _NONE) -> None:
    QTest.keyClick(face.player, key, keys)


def mouse(widget: QWidget, kind: QEvent.Type, at: QPointF, held: Qt.MouseButton = _LEFT) -> None:
    """Send a mouse event with its button; a release holds none any more."""
    moves = kind == QEvent.Type.MouseMove
    buttons = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else held
    button = Qt.MouseButton.NoButton if moves else held
    event = QMouseEvent(kind, at, QPointF(widget.mapToGlobal(at)), button, buttons, _NONE)
    QApplication.sendEvent(widget, event)


def drag(widget: QWidget, *points: QPointF) -> None:
    """Press at the first point, move over the others, release at the last."""
    mouse(widget, QEvent.Type.MouseButtonPress, points[0])
    for point in points[1:]:
        mouse(widget, QEvent.Type.MouseMove, point)
    mouse(widget, QEvent.Type.MouseButtonRelease, points[-1])


def wheel(widget: QWidget, at: QPointF, notches: int) -> None:
    event = QWheelEvent(
        at,
        QPointF(widget.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        _NONE,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


# --- words and places


def test_moments_in_words() -> None:
    assert timecode(49, 24.0) == "0:02.042"
    assert timecode(0, 30.0) == "0:00.000"
    assert timecode(1800, 24.0) == "1:15.000"
    assert timecode(24 * 60 - 1, 24.0) == "0:59.958"
    assert clock(59.99) == "1:00"
    assert clock(2.5, fine=True) == "0:02.5"
    assert (speed_text(1.0), speed_text(-2.0), speed_text(0.25)) == ("1×", "2× back", "0.25×")


@given(
    st.integers(1, 5000),
    st.integers(1, 5000),
    st.integers(1, 3000),
    st.integers(1, 3000),
    st.floats(0.01, 40),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(-900, 900),
)
def test_a_view_is_never_empty_and_never_outside(
    width: int, height: int, across: int, down: int, scale: float, x: float, y: float, pan: float
) -> None:
    start = Placement(width, height, across, down, 32)
    for placement in (start, start.zoomed(scale, x * across, y * down).panned(pan, -pan)):
        view = placement.view
        assert 0 <= view.left < view.right <= width
        assert 0 <= view.top < view.bottom <= height
        assert view.width > 0
        assert view.height > 0
        assert placement.rect(view)[2:] == (view.width, view.height)


@given(st.floats(0.3, 30), st.floats(0.3, 0.7), st.floats(0.3, 0.7))
def test_zoom_keeps_the_point_under_the_cursor(scale: float, x: float, y: float) -> None:
    start = Placement(3840, 2160, 1000, 600, 32)
    at_x, at_y = x * 1000, y * 600
    before = ((at_x - start.origin[0]) / start.shown_scale, (at_y - start.origin[1]) / start.shown_scale)
    zoomed = start.zoomed(scale, at_x, at_y)
    after = ((at_x - zoomed.origin[0]) / zoomed.shown_scale, (at_y - zoomed.origin[1]) / zoomed.shown_scale)
    assert after == pytest.approx(before, abs=1 / min(zoomed.shown_scale, start.shown_scale) + 0.01)


# --- watching


def test_without_takes_it_says_what_to_do(face: TakesFace) -> None:
    face.set_takes([])
    assert "No take yet" in {label.accessibleName() for label in face.player.findChildren(QWidget)}
    assert not face.player.stage.isVisible()
    assert not any(button.isEnabled() for button in face.facts.findChildren(QPushButton))
    assert not face.player.transport.play_button.isEnabled()


def test_a_take_is_shown_one_to_one(face: TakesFace, qtbot: QtBot, cards: list[TakeCard]) -> None:
    face.set_takes(cards)
    shown(qtbot, face, cards[0])
    stage = face.player.stage
    frame, placement = stage.frame, stage.placement
    assert frame is not None
    assert placement is not None
    x, y, width, height = placement.rect(frame.view)
    painted = pixels(stage.grab().toImage())[y : y + height, x : x + width, :3]
    assert (painted[: height - 60] == frame.picture.pixels[: height - 60, :, :3]).all()
    texts = [label.text() for label in face.player.transport.findChildren(type(face.player.transport._time))]
    assert "0:00.000" in texts
    assert f"frame 1 of {FRAMES}" in texts
    assert face.card == cards[0]


def test_space_plays_and_pauses_and_numbers_stay_true(
    face: TakesFace, qtbot: QtBot, cards: list[TakeCard]
) -> None:
    face.set_takes(cards)
    shown(qtbot, face, cards[0])
    seen: list[tuple[int, int]] = []
    face.player.frame_shown.connect(lambda index, _exact: seen.append((index, number_on_stage(face))))
    press(face, qtbot, _KEY.Key_Space)
    qtbot.waitUntil(lambda: len(seen) > 8, timeout=WAIT)
    press(face, qtbot, _KEY.Key_Space)
    qtbot.waitUntil(lambda: not face.player.playing, timeout=WAIT)
    assert all(index == number for index, number in seen)
    assert [index for index, _ in seen] == sorted(index for index, _ in seen)
    at_rest(qtbot, face, face.player.position)


def test_keys_go_where_they_say(face: TakesFace, qtbot: QtBot, cards: list[TakeCard]) -> None:
    face.set_takes(cards)
    shown(qtbot, face, cards[0])
    shift = Qt.KeyboardModifier.ShiftModifier
    for key, keys, index in (
        (_KEY.Key_End, _NONE, FRAMES - 1),
        (_KEY.Key_Left, _NONE, FRAMES - 2),
        (_KEY.Key_Right, _NONE, FRAMES - 1),
        (_KEY.Key_Left, shift, FRAMES - 11),
        (_KEY.Key_Home, _NONE, 0),
        (_KEY.Key_Left, _NONE, 0),
        (_KEY.Key_Right, shift, 10),
    ):
        press(face, qtbot, key, keys)
        at_rest(qtbot, face, index)


def test_shuttle_and_loop_by_keys(face: TakesFace, qtbot: QtBot, cards: list[TakeCard]) -> None:
    face.set_takes(cards)
    shown(qtbot, face, cards[0])
    player = face.player

    def state_is(speed: float, playing: bool) -> None:
        qtbot.waitUntil(
            lambda: (
                player.state is not None and (player.state.speed, player.state.playing) == (speed, playing)
            ),
            timeout=WAIT,
        )

    press(face, qtbot, _KEY.Key_L, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: player.state is not None and player.state.loop, timeout=WAIT)
    for key, speed in ((_KEY.Key_L, 1), (_KEY.Key_L, 2), (_KEY.Key_L, 4), (_KEY.Key_L, 4), (_KEY.Key_J, -1)):
        press(face, qtbot, key)
        state_is(speed, True)
    press(face, qtbot, _KEY.Key_J)
    state_is(-2, True)
    assert player.transport._speed.text() == "2× back"
    press(face, qtbot, _KEY.Key_K)
    state_is(-2, False)


def test_the_range_is_set_by_keys_moved_by_mouse_and_cleared(
    face: TakesFace, qtbot: QtBot, cards: list[TakeCard]
) -> None:
    face.set_takes(cards)
    shown(qtbot, face, cards[0])
    player, strip = face.player, face.player.strip

    def part_is(part: tuple[int, int] | None) -> None:
        qtbot.waitUntil(lambda: player.state is not None and player.state.part == part, timeout=WAIT)

    press(face, qtbot, _KEY.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    at_rest(qtbot, face, 10)
    press(face, qtbot, _KEY.Key_I)
    part_is((10, FRAMES - 1))
    press(face, qtbot, _KEY.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    at_rest(qtbot, face, 20)
    press(face, qtbot, _KEY.Key_O)
    part_is((10, 20))
    assert player.transport._part.text() == "A 0:00.417   B 0:00.875"
    end = QPointF(strip._edge(21), 74)
    drag(strip, end, QPointF(strip.place_of(30).x(), 74))
    part_is((10, 30))
    press(face, qtbot, _KEY.Key_Home)
    at_rest(qtbot, face, 10)
    press(face, qtbot, _KEY.Key_End)
    at_rest(qtbot, face, 30)
    press(face, qtbot, _KEY.Key_X, Qt.KeyboardModifier.AltModifier)
    part_is(None)


def test_dragging_the_strip_scrubs(face: TakesFace, qtbot: QtBot, cards: list[TakeCard]) -> None:
    face.set_takes(cards)
    shown(qtbot, face, cards[0])
    strip = face.player.strip
    qtbot.waitUntil(lambda: strip._kept == FRAMES, timeout=WAIT)
    drag(strip, *(strip.place_of(index) for index in (5, 12, 40, 33)))
    at_rest(qtbot, face, 33)
    face.player.bridge.player.play()
    qtbot.waitUntil(lambda: face.player.playing, timeout=WAIT)
    mouse(strip, QEvent.Type.MouseButtonPress, strip.place_of(8))
    qtbot.waitUntil(lambda: not face.player.playing and face.player.position == 8, timeout=WAIT)
    mouse(strip, QEvent.Type.MouseButtonRelease, strip.place_of(8))
    qtbot.waitUntil(lambda: face.player.playing and face.player.position > 8, timeout=WAIT)


def test_the_strip_fills_with_true_thumbnails(face: TakesFace, qtbot: QtBot, cards: list[TakeCard]) -> None:
    face.set_takes(cards)
    shown(qtbot, face, cards[0])
    strip = face.player.strip
    qtbot.waitUntil(lambda: len(strip._cells) == len(strip._pictures) > 3, timeout=WAIT)
    assert all(number_in(picture.pixels) == index for index, picture in strip._pictures.items())
    face.resize(900, 600)
    qtbot.waitUntil(lambda: len(strip._cells) == len(strip._pictures), timeout=WAIT)


def test_the_wheel_zooms_at_the_cursor_and_dragging_moves(
    face: TakesFace, qtbot: QtBot, cards: list[TakeCard]
) -> None:
    face.set_takes(cards)
    shown(qtbot, face, cards[0])
    stage = face.player.stage
    fitted = stage.placement
    assert fitted is not None
    at = QPointF(fitted.origin[0] + 100, fitted.origin[1] + 100)
    wheel(stage, at, 6)
    zoomed = stage.placement
    assert zoomed is not None
    assert zoomed.shown_scale == pytest.approx(fitted.shown_scale * 1.25**6)
    point = (at.x() - zoomed.origin[0]) / zoomed.shown_scale
    assert point == pytest.approx(100 / fitted.shown_scale, abs=1)
    drag(stage, QPointF(200, 200), QPointF(180, 190), QPointF(150, 170))
    moved = stage.placement
    assert moved is not None
    assert (moved.origin[0] - zoomed.origin[0], moved.origin[1] - zoomed.origin[1]) == (-50, -30)
    roll(stage, at, QPoint(0, 120), QPoint(0, 15), device=MOUSE)  # X11 tells pixels of a wheel too
    roll(stage, at, QPoint(0, -120), QPoint(0, -15), device=MOUSE)
    assert stage.placement is not None
    assert stage.placement.shown_scale == pytest.approx(moved.shown_scale)
    roll(stage, at, QPoint(20, -10), device=TOUCHPAD)
    fingers = stage.placement
    assert (fingers.origin[0] - moved.origin[0], fingers.origin[1] - moved.origin[1]) == (10, -5)
    roll(stage, at, QPoint(-20, 10), device=TOUCHPAD)
    assert not face.player.playing
    qtbot.waitUntil(lambda: stage.frame is not None and stage.frame.view == moved.view, timeout=WAIT)
    press(face, qtbot, _KEY.Key_1)
    actual = stage.placement
    assert actual is not None
    assert actual.shown_scale == 1.0
    press(face, qtbot, _KEY.Key_0)
    assert stage.placement == fitted


def test_a_click_on_the_stage_plays(face: TakesFace, qtbot: QtBot, cards: list[TakeCard]) -> None:
    face.set_takes(cards)
    shown(qtbot, face, cards[0])
    drag(face.player.stage, QPointF(300, 200))
    qtbot.waitUntil(lambda: face.player.playing, timeout=WAIT)


def test_buttons_do_what_they_say(
    face: TakesFace, qtbot: QtBot, cards: list[TakeCard], tmp_path: Path
) -> None:
    face.set_takes(cards)
    shown(qtbot, face, cards[0])
    bar = face.player.transport
    QTest.mouseClick(bar._on, _LEFT)
    at_rest(qtbot, face, 1)
    QTest.mouseClick(bar._end, _LEFT)
    at_rest(qtbot, face, FRAMES - 1)
    QTest.mouseClick(bar._first, _LEFT)
    at_rest(qtbot, face, 0)
    QTest.mouseClick(bar._on, _LEFT)
    at_rest(qtbot, face, 1)
    asked: list[tuple[str, object]] = []
    face.save_frame.connect(lambda card, index: asked.append((card.key, index)))
    face.next_shot.connect(lambda card, index: asked.append((card.key, index)))
    face.show_file.connect(lambda card: asked.append((card.key, "file")))
    face.variation.connect(lambda card: asked.append((card.key, "variation")))
    for button in (face.facts._save, face.facts._next, face.facts._show, face.facts._vary):
        QTest.mouseClick(button, _LEFT)
    assert asked == [("2", 1), ("2", FRAMES - 1), ("2", "file"), ("2", "variation")]
    with qtbot.waitSignal(face.frame_saved, timeout=WAIT):
        face.save_frame_to(tmp_path / "last.png", FRAMES - 1)
    saved = cv2.imread(str(tmp_path / "last.png"))
    assert saved is not None
    assert saved.shape == (360, 640, 3)
    assert number_in(np.asarray(saved, np.uint8)) == FRAMES - 1


def test_full_screen_and_back(face: TakesFace, qtbot: QtBot, cards: list[TakeCard]) -> None:
    face.set_takes(cards)
    shown(qtbot, face, cards[0])
    press(face, qtbot, _KEY.Key_F)
    assert face.player.window() is not face
    assert face.player.window().isFullScreen()
    placement = face.player.stage.placement
    assert placement is not None
    assert placement.margin == 0
    at_rest(qtbot, face, 0)
    press(face, qtbot, _KEY.Key_Escape)
    assert face.player.window() is face
    qtbot.waitUntil(lambda: face.player.stage.isVisible(), timeout=WAIT)
    at_rest(qtbot, face, 0)
    assert face._line.indexOf(face.player) == 2


def test_the_list_chooses_by_mouse_and_keys(face: TakesFace, qtbot: QtBot, cards: list[TakeCard]) -> None:
    face.set_takes(cards)
    shown(qtbot, face, cards[0])
    chosen: list[str] = []
    face.shown.connect(lambda card: chosen.append(card.key))
    takes = face.takes
    takes.setFocus()
    QTest.keyClick(takes, _KEY.Key_Down)
    QTest.keyClick(takes, _KEY.Key_Down)
    assert chosen == ["1", "0"]
    row = takes.visualRect(takes.model().index(1, 0)).center()
    QTest.mouseClick(takes.viewport(), _LEFT, _NONE, row)
    assert chosen == ["1", "0", "2"]
    at_rest(qtbot, face, 0)
    qtbot.waitUntil(lambda: takes.posters.get(cards[0].poster) is not None, timeout=WAIT)
    painted = pixels(takes.viewport().grab(takes.visualRect(takes.model().index(1, 0))).toImage())
    green = (painted[:, :, 1] == 128) & (painted[:, :, 0] == 0) & (painted[:, :, 2] == 0)
    assert green.mean() > 0.4
    face.set_takes(cards[1:])
    assert face.card is None
    assert not face.player.stage.isVisible()


def test_enter_plays_the_chosen_take(face: TakesFace, qtbot: QtBot, cards: list[TakeCard]) -> None:
    face.set_takes(cards)
    shown(qtbot, face, cards[0])
    QTest.keyClick(face.takes, _KEY.Key_Return)
    qtbot.waitUntil(lambda: face.player.playing and face.player.position > 2, timeout=WAIT)


def test_the_poster_stands_in_until_a_frame_comes(qtbot: QtBot) -> None:
    stage = StageView()
    qtbot.addWidget(stage)
    stage.resize(400, 300)
    poster = QImage(160, 90, QImage.Format.Format_RGB32)
    poster.fill(Qt.GlobalColor.darkGreen)
    stage.set_poster(poster)
    stage.set_video(640, 360)
    assert tuple(pixels(stage.grab().toImage())[150, 200, :3]) == (0, 128, 0)
    frame = np.full((180, 320, 4), 77, np.uint8)
    assert stage.placement is not None
    stage.show_frame(FramePicture(0, picture_of(frame), stage.placement.view, True))
    assert tuple(pixels(stage.grab().toImage())[150, 200, :3]) == (77, 77, 77)
    stage.clear()
    assert tuple(pixels(stage.grab().toImage())[150, 200, :3]) != (77, 77, 77)


def test_facts_follow_the_take(face: TakesFace, qtbot: QtBot, cards: list[TakeCard]) -> None:
    face.set_takes(cards)

    def lines() -> set[str]:
        return {w.accessibleName() for w in face.facts.findChildren(QWidget) if not w.isHidden()}

    face.show_take(cards[0])
    assert {"Video: 640 × 360 · 24 fps · MPEG-4", "Size: 40 kB · 2.00 s", "Task: t-1"} <= lines()
    face.show_take(cards[1])
    assert "Size: 40 kB · 2.00 s" not in lines()
    assert not face.facts._receipt.isVisible()


def test_a_broken_take_is_told_and_the_next_one_plays(
    face: TakesFace, qtbot: QtBot, cards: list[TakeCard], tmp_path: Path
) -> None:
    junk = tmp_path / "junk.mp4"
    junk.write_bytes(b"nothing")
    broken = TakeCard("9", "Broken", "today", 5, junk)
    face.set_takes([broken, *cards])
    with qtbot.waitSignal(face.failed, timeout=WAIT) as told:
        face.show_take(broken)
    assert told.args is not None
    assert "junk.mp4 is not a video" in told.args[0]
    for key in (_KEY.Key_Space, _KEY.Key_Right, _KEY.Key_I, _KEY.Key_J):
        press(face, qtbot, key)
    shown(qtbot, face, cards[0])


def test_the_file_is_free_once_closed(
    face: TakesFace, qtbot: QtBot, cards: list[TakeCard], clip: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(clip.read_bytes())
    card = TakeCard("c", "Copy", "today", 2, copy)
    face.set_takes([card])
    shown(qtbot, face, card)
    with qtbot.waitSignal(face.closed, timeout=WAIT) as told:
        face.show_nothing()
    assert told.args == [copy]
    copy.unlink()


def test_nothing_is_clipped(face: TakesFace, qtbot: QtBot, cards: list[TakeCard]) -> None:
    face.set_takes(cards)
    shown(qtbot, face, cards[0])
    face.player.bridge.player.set_range((3, 30))
    qtbot.waitUntil(lambda: face.player.transport._part.isVisible(), timeout=WAIT)
    for size in ((1200, 700), (1000, 560)):
        face.resize(*size)
        QApplication.processEvents()
        for part in (face.player.transport, face.facts, face.player.zoom_bar):
            for child in part.findChildren(QWidget):
                parent = child.parentWidget()
                if child.isVisible() and parent is not None and child.width() and not child.isWindow():
                    inside = parent.rect().contains(child.geometry())
                    assert inside, f"{child} sticks out of {parent} at {size}"


_TWICE = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from desktop.ui.player.face import TakesFace
from desktop.ui.player.bridge import FramePicture, picture_of
from desktop.ui.player.card import TakeCard
from PySide6.QtGui import QImage
import numpy as np
from tests.player_clips import number_in
app = QApplication([])
face = TakesFace()
face.resize(1000, 600)
face.show()
face.show_take(TakeCard("1", "Take", "today", 2, Path(sys.argv[1])))
stage = face.player.stage
def shown(index, exact):
    if not exact or stage.frame.view != stage.placement.view:
        return
    if index == 0:
        face.player.bridge.player.seek(37)
        return
    image = stage.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    data = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
    x, y, width, height = stage.placement.rect(stage.frame.view)
    part = data[y:y + height - 90, x:x + width, :3]
    same = bool((part == stage.frame.picture.pixels[:height - 90, :, :3]).all())
    print(stage.devicePixelRatioF(), image.width() / stage.width(), number_in(data[y:y + height, x:x + width]), same)
    app.quit()
face.player.frame_shown.connect(shown)
app.exec()
sys.exit(not face.shutdown())
"""


@pytest.mark.parametrize("scale", ["1.5", "2"])
def test_on_a_fine_screen_every_pixel_is_its_own(clip: Path, scale: str) -> None:
    root = Path(__file__).parents[2]
    environment = {
        **os.environ,
        "QT_SCALE_FACTOR": scale,
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(root),
    }
    done = subprocess.run(
        [sys.executable, "-c", _TWICE, str(clip)],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    ratio, drawn, number, same = done.stdout.split()
    assert float(ratio) == float(scale)
    assert float(drawn) == pytest.approx(float(scale), abs=0.01)
    assert (number, same) == ("37", "True")
