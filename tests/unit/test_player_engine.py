"""The player's engine: every frame by its true number, at its moment, in its colours."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.errors import VideoError
from desktop.opencv import cv2
from desktop.video.colour import corrected, correction, matrix_tag
from desktop.video.course import Course, course
from desktop.video.messages import Closed, Failed, FrameSaved, FrameShown, Kept, Opened, State, Thumbnail
from desktop.video.mp4 import picture_track
from desktop.video.player import Player
from desktop.video.proxies import Proxies
from desktop.video.source import EndOfVideo, Source
from desktop.video.view import View, render, shrunk, whole
from tests.player_clips import COLOUR, Watcher, coloured_clip, number_in, numbered_clip

FRAMES = 40
VIEW = whole(320, 180, 200, 200)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """40 frames at 24 fps."""
    return numbered_clip(tmp_path_factory.mktemp("clips") / "numbered.mp4", FRAMES)


@pytest.fixture
def watch() -> Watcher:
    return Watcher()


@pytest.fixture
def player(watch: Watcher) -> Iterator[Player]:
    before = set(threading.enumerate())
    player = Player(watch)
    player.set_view(VIEW)
    yield player
    assert player.shutdown()
    assert set(threading.enumerate()) <= before


def go(source: Source, index: int) -> int:
    """Bring a frame to hand; gives the number in its pixels."""
    for _ in range(1000):
        if source.approach(index):
            return number_in(source.frame())
    raise AssertionError(f"frame {index} was never reached")


def shows(index: int) -> Callable[[FrameShown | Thumbnail], bool]:
    """Whether a message is about that frame."""
    return lambda message: message.index == index


def kept(player: Player, watch: Watcher) -> None:
    """Wait until there is a copy of every frame."""
    watch.wait(Kept, lambda news: news.count == news.frames)


# --- the way through the frames


@given(
    st.integers(1, 60),
    st.data(),
    st.sampled_from([0.25, 1.0, 4.0, -1.0, -4.0]),
    st.booleans(),
)
def test_a_course_stays_in_its_range_and_moves_by_one(
    frames: int, data: st.DataObject, speed: float, loop: bool
) -> None:
    first = data.draw(st.integers(0, frames - 1))
    last = data.draw(st.integers(first, frames - 1))
    position = data.draw(st.integers(0, frames - 1))
    way = course(position, frames, 24.0, speed, loop, (first, last))
    seen = [way.index(ordinal) for ordinal in range(2 * frames + 2)]
    shown = [index for index in seen if index is not None]
    assert all(first <= index <= last for index in shown)
    step = 1 if speed > 0 else -1
    if loop:
        assert len(shown) == len(seen)
        assert all((b - a - step) % (last - first + 1) == 0 for a, b in pairwise(shown))
    else:
        assert shown == list(range(way.start, last + 1) if step > 0 else range(way.start, first - 1, -1))
        assert seen[len(shown) :] == [None] * (len(seen) - len(shown))
    if first < position < last:
        assert way.start == position


def test_the_period_follows_the_speed_in_both_directions() -> None:
    assert Course(0, 0, 9, 24.0, 2.0).period == pytest.approx(1 / 48)
    assert Course(0, 0, 9, 30.0, -0.5).period == pytest.approx(1 / 15)


# --- reading


def test_every_frame_has_its_number_whatever_the_order(clip: Path) -> None:
    source = Source(clip)
    try:
        assert [go(source, index) for index in range(FRAMES)] == list(range(FRAMES))
        order = list(range(FRAMES)) * 3
        random.Random(5).shuffle(order)
        assert [go(source, index) for index in order] == order
        assert source.jumps > 10
    finally:
        source.close()


def test_frames_not_seen_before_are_reached_by_decoding_on(clip: Path) -> None:
    source = Source(clip)
    try:
        assert go(source, 33) == 33
        assert source.jumps == 0
        assert go(source, 5) == 5
        assert go(source, 39) == 39
    finally:
        source.close()


class _Liar:
    """A capture whose jumps land ``off`` frames away from where they are told."""

    def __init__(self, video: cv2.VideoCapture, off: int) -> None:
        self._video, self._off = video, off

    def set(self, key: int, value: float) -> bool:
        return self._video.set(key, max(0, value + self._off))

    def __getattr__(self, name: str) -> object:
        return getattr(self._video, name)


@pytest.mark.parametrize("off", [-7, -1, 1, 3, 11])
def test_a_jump_that_lands_elsewhere_is_seen_through(
    clip: Path, off: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Source._open
    monkeypatch.setattr(Source, "_open", lambda self: _Liar(opened(self), off))
    source = Source(clip)
    try:
        order = [*range(FRAMES), 3, 30, 12, 0, 39, 20, 1]
        assert [go(source, index) for index in order] == order
    finally:
        source.close()


@pytest.mark.parametrize(("more", "kind"), [(1, EndOfVideo), (2, EndOfVideo), (9, VideoError)])
def test_the_true_count_is_found_where_more_is_announced(
    clip: Path, more: int, kind: type[VideoError]
) -> None:
    source = Source(clip)
    try:
        source.frames += more
        with pytest.raises(kind) as told:
            go(source, source.frames - 1)
        assert source.frames == FRAMES
        assert type(told.value) is kind
        if more == 9:
            assert "40 of its 49 frames" in str(told.value)
        assert go(source, 39) == 39
    finally:
        source.close()


def test_what_is_no_video_gets_a_sentence(tmp_path: Path) -> None:
    junk = tmp_path / "junk.mp4"
    junk.write_bytes(b"no video at all" * 100)
    for path, words in ((junk, "junk.mp4 is not a video"), (tmp_path / "none.mp4", "is not there")):
        with pytest.raises(VideoError, match=words):
            Source(path)
        assert matrix_tag(path) is None


def test_key_frames_are_read_from_the_file(clip: Path) -> None:
    track = picture_track(clip)
    assert track is not None
    assert track.codec == b"mp4v"
    assert track.key_frames is not None
    assert track.key_frames[0] == 0
    assert len(track.key_frames) < FRAMES
    assert list(track.key_frames) == sorted(track.key_frames)


@pytest.mark.parametrize("cut", [8, 40, 200, 400])
def test_a_damaged_index_is_no_crash(clip: Path, tmp_path: Path, cut: int) -> None:
    data = bytearray(clip.read_bytes())
    at = data.index(b"stsd")
    for offset in range(cut):
        if at + 12 + offset < len(data):
            data[at + 12 + offset] ^= 0xA5
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(bytes(data))
    assert matrix_tag(broken) in (None, 2)


# --- colours


@pytest.mark.parametrize(
    ("codec", "weights", "tag", "size", "told", "mended"),
    [
        ("libx264", "709", 1, (1280, 720), 1, False),
        ("libx264", "709", 0, (1280, 720), 2, True),
        ("libx264", "601", 6, (1280, 720), 6, False),
        ("libx264", "601", 0, (640, 360), 2, False),
        ("libx265", "709", 1, (1280, 720), 1, False),
        ("libx265", "709", 0, (1280, 720), 2, True),
    ],
)
def test_colours_are_what_was_meant(
    codec: str, weights: str, tag: int, size: tuple[int, int], told: int, mended: bool, tmp_path: Path
) -> None:
    path = coloured_clip(tmp_path / "colour.mp4", codec, weights, tag, size)
    assert matrix_tag(path) == told
    matrix = correction(path, *size)
    assert (matrix is not None) is mended
    source = Source(path)
    try:
        while not source.approach(1):
            pass
        frame = source.frame()
    finally:
        source.close()
    meant = np.array(COLOUR[::-1])
    middle = (slice(100, 200), slice(100, 200))
    off = np.abs(corrected(frame, matrix)[middle].mean(axis=(0, 1)) - meant)
    assert off.max() <= 2.5
    if mended:
        assert np.abs(frame[middle].mean(axis=(0, 1)) - meant).max() > 15
    shown = render(frame, whole(*size, 320, 180), size[0], matrix)
    assert np.abs(shown[90, 160, :3].astype(int) - meant).max() <= 3


def test_the_player_shows_and_saves_the_right_colours(player: Player, watch: Watcher, tmp_path: Path) -> None:
    path = coloured_clip(tmp_path / "untagged.mp4", "libx264", "709", 0)
    player.set_view(whole(1280, 720, 320, 180))
    player.open(path)
    exact = watch.wait(FrameShown, lambda frame: frame.exact)
    kept(player, watch)
    after = watch.mark()
    player.seek(2)
    copy = watch.wait(FrameShown, lambda frame: frame.index == 2 and not frame.exact, after=after)
    player.save_frame(tmp_path / "frame.png")
    watch.wait(FrameSaved)
    saved = cv2.imread(str(tmp_path / "frame.png"))
    assert saved is not None
    for image in (exact.image, copy.image, saved):
        height, width = image.shape[:2]
        assert np.abs(image[height // 2, width // 2, :3].astype(int) - COLOUR[::-1]).max() <= 4


# --- what is shown


@given(st.integers(2, 90), st.integers(2, 90), st.integers(1, 40), st.integers(1, 40))
def test_shrinking_gives_the_size_and_keeps_the_mean(
    width: int, height: int, to_width: int, to_height: int
) -> None:
    to_width, to_height = min(to_width, width), min(to_height, height)
    frame = np.full((height, width, 3), 77, np.uint8)
    small = shrunk(frame, to_width, to_height)
    assert small.shape == (to_height, to_width, 3)
    assert (small == 77).all()


def test_a_part_is_cut_and_enlarged_without_blur() -> None:
    frame = np.zeros((8, 8, 3), np.uint8)
    frame[2, 3] = (10, 20, 30)
    shown = render(frame, View(3, 2, 5, 4, 8, 8), 8)
    assert shown.shape == (8, 8, 4)
    assert (shown[:4, :4, :3] == (10, 20, 30)).all()
    assert not shown[4:, :, :3].any()
    assert not shown[:, 4:, :3].any()


def test_one_to_one_is_the_frame_itself() -> None:
    frame = np.random.default_rng(3).integers(0, 255, (40, 60, 3), np.uint8)
    assert (render(frame, View(10, 5, 50, 35, 40, 30), 60)[:, :, :3] == frame[5:35, 10:50]).all()


# --- copies


def test_copies_keep_to_their_budget_and_shrink_for_long_videos() -> None:
    frame = np.random.default_rng(1).integers(0, 255, (90, 160, 3), np.uint8)
    small = Proxies(160, 90, 1000, budget=60_000)
    for index in range(1000):
        small.add(index, frame)
    assert small.full
    assert small.size < 60_000 + 30_000
    assert Proxies(3840, 2160, 360).width == 960
    assert Proxies(3840, 2160, 20_000).width < 300


def test_the_first_missing_copy_is_known(clip: Path) -> None:
    copies = Proxies(320, 180, 5)
    frame = np.zeros((180, 320, 3), np.uint8)
    for index in (0, 1, 3):
        copies.add(index, frame)
    assert copies.first_missing() == 2
    copies.add(2, frame)
    assert copies.first_missing() == 4
    assert copies.get(4) is None


# --- playing


def test_opening_shows_the_first_frame_and_keeps_a_copy_of_all(
    clip: Path, player: Player, watch: Watcher
) -> None:
    player.open(clip)
    opened = watch.wait(Opened)
    assert (opened.path, opened.facts.frames, opened.facts.fps) == (clip, FRAMES, 24.0)
    first = watch.wait(FrameShown, lambda frame: frame.exact)
    assert first.index == 0
    assert first.image.shape == (VIEW.height, VIEW.width, 4)
    kept(player, watch)
    assert not watch.wait(State).playing


def test_playing_shows_every_number_truly_and_stops_at_the_end(
    clip: Path, player: Player, watch: Watcher
) -> None:
    player.open(clip, play=True)
    end = watch.wait(State, lambda state: not state.playing and state.position == FRAMES - 1)
    shown = watch.frames()
    numbers = [frame.index for frame in shown]
    assert numbers == sorted(numbers)
    assert [number_in(frame.image) for frame in shown] == numbers
    assert numbers[-1] == end.position
    assert player.statistics.shown + player.statistics.dropped >= FRAMES - 1
    after = watch.mark()
    player.play()
    watch.wait(FrameShown, lambda frame: frame.index == 1, after=after)


def test_a_pause_refines_and_plays_on_from_there(clip: Path, player: Player, watch: Watcher) -> None:
    player.open(clip, play=True)
    watch.wait(FrameShown, lambda frame: frame.index >= 5)
    after = watch.mark()
    player.pause()
    at = watch.wait(State, lambda state: not state.playing, after=after).position
    assert number_in(watch.wait(FrameShown, lambda f: f.index == at and f.exact).image) == at
    player.play()
    following = watch.wait(FrameShown, lambda frame: frame.index > at, after=after)
    assert following.index <= at + 3


def test_scrubbing_gives_copies_at_once_and_then_the_frame_itself(
    clip: Path, player: Player, watch: Watcher
) -> None:
    player.open(clip)
    kept(player, watch)
    order = list(range(FRAMES))
    random.Random(2).shuffle(order)
    after = 0
    for index in order:
        after = watch.mark()
        player.seek(index)
        frame = watch.wait(FrameShown, shows(index), after=after)
        assert number_in(frame.image) == index
    exact = watch.wait(FrameShown, lambda frame: frame.exact and frame.index == order[-1], after=after)
    assert number_in(exact.image) == order[-1]


def test_seeking_before_anything_is_kept_is_exact_too(clip: Path, player: Player, watch: Watcher) -> None:
    player.open(clip)
    watch.wait(Opened)
    player.seek(31)
    exact = watch.wait(FrameShown, lambda frame: frame.exact and frame.index == 31)
    assert number_in(exact.image) == 31


def test_steps_go_one_by_one_and_stay_inside(clip: Path, player: Player, watch: Watcher) -> None:
    player.open(clip)
    kept(player, watch)
    after = 0
    for step, expected in ((1, 1), (1, 2), (-1, 1), (-5, 0), (100, 39), (1, 39), (-1, 38)):
        after = watch.mark()
        player.step(step)
        assert watch.wait(State, after=after).position == expected
    assert number_in(watch.wait(FrameShown, lambda f: f.index == 38 and f.exact, after=after).image) == 38


def test_a_loop_goes_round_in_its_range(clip: Path, player: Player, watch: Watcher) -> None:
    player.open(clip)
    kept(player, watch)
    player.set_range((20, 14))
    assert watch.wait(State, lambda state: state.part is not None).part == (14, 20)
    player.set_loop(True)
    after = watch.mark()
    player.play()
    watch.wait(State, lambda state: state.playing, after=after)

    def round_again() -> bool:
        numbers = [frame.index for frame in watch.frames(after)]
        return any(b < a for a, b in pairwise(numbers))

    watch.wait(FrameShown, lambda _: round_again(), after=after)
    player.pause()
    shown = watch.frames(after)
    assert all(14 <= frame.index <= 20 for frame in shown)
    assert all(number_in(frame.image) == frame.index for frame in shown)


def test_it_plays_backwards_and_fast_from_the_copies(clip: Path, player: Player, watch: Watcher) -> None:
    player.open(clip)
    kept(player, watch)
    after = watch.mark()
    player.seek(FRAMES - 1)
    player.set_speed(-2)
    player.play()
    watch.wait(
        State, lambda state: not state.playing and state.position == 0 and state.speed == -2, after=after
    )
    back = [frame for frame in watch.frames(after) if not frame.exact]
    assert [frame.index for frame in back] == sorted((frame.index for frame in back), reverse=True)
    assert all(number_in(frame.image) == frame.index for frame in back)
    after = watch.mark()
    player.set_speed(4)
    player.play()
    watch.wait(State, lambda state: not state.playing and state.position == FRAMES - 1, after=after)
    with pytest.raises(ValueError, match="no speed"):
        player.set_speed(3)


def test_backwards_without_copies_waits_for_them(clip: Path, player: Player, watch: Watcher) -> None:
    player.open(clip)
    watch.wait(Opened)
    player.seek(12)
    player.set_speed(-4)
    player.play()
    watch.wait(FrameShown, lambda frame: frame.index == 0 and not frame.exact)
    assert all(number_in(frame.image) == frame.index for frame in watch.frames())


def test_where_decoding_is_too_slow_copies_stand_in(
    clip: Path, player: Player, watch: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    player.open(clip)
    kept(player, watch)
    quick = Source.approach

    def slow(source: Source, index: int) -> bool:
        time.sleep(0.15)
        return quick(source, index)

    monkeypatch.setattr(Source, "approach", slow)
    after = watch.mark()
    player.play()
    watch.wait(State, lambda state: not state.playing and state.position == FRAMES - 1, after=after)
    shown = watch.frames(after)
    assert player.statistics.stood_in >= 12
    assert [number_in(frame.image) for frame in shown] == [frame.index for frame in shown]
    assert not any(frame.exact for frame in shown if 20 < frame.index < FRAMES - 1)


def test_another_view_is_rendered_anew(clip: Path, player: Player, watch: Watcher) -> None:
    player.open(clip)
    watch.wait(FrameShown, lambda frame: frame.exact)
    view = View(0, 0, 160, 90, 400, 225)
    player.set_view(view)
    frame = watch.wait(FrameShown, lambda frame: frame.view == view)
    assert frame.exact
    assert frame.image.shape == (225, 400, 4)


def test_thumbnails_come_for_all_that_are_wanted(clip: Path, player: Player, watch: Watcher) -> None:
    player.open(clip)
    watch.wait(Opened)
    player.set_strip([1, 20, 39], 64, 36)
    kept(player, watch)
    for index in (1, 20, 39):
        image = watch.wait(Thumbnail, shows(index)).image
        assert image.shape == (36, 64, 4)
        assert number_in(image) == index
    player.set_strip([7], 64, 36)
    assert number_in(watch.wait(Thumbnail, lambda news: news.index == 7).image) == 7


def test_a_frame_is_saved_whole_and_full_size(
    clip: Path, player: Player, watch: Watcher, tmp_path: Path
) -> None:
    player.open(clip)
    watch.wait(Opened)
    player.save_frame(tmp_path / "last.png", FRAMES - 1)
    assert watch.wait(FrameSaved).index == FRAMES - 1
    saved = cv2.imread(str(tmp_path / "last.png"))
    assert saved is not None
    assert saved.shape == (180, 320, 3)
    assert number_in(np.asarray(saved, np.uint8)) == FRAMES - 1
    player.save_frame(tmp_path / "no such folder" / "a.png")
    assert "choose another folder" in watch.wait(Failed).sentence
    after = watch.mark()
    player.seek(3)
    watch.wait(FrameShown, lambda frame: frame.index == 3, after=after)
    assert [path.name for path in tmp_path.iterdir()] == ["last.png"]


def test_closing_lets_go_of_the_file(clip: Path, player: Player, watch: Watcher, tmp_path: Path) -> None:
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(clip.read_bytes())
    player.open(copy, play=True)
    watch.wait(FrameShown)
    player.close()
    assert watch.wait(Closed).path == copy
    copy.unlink()
    after = watch.mark()
    player.open(clip)
    assert watch.wait(FrameShown, after=after).index == 0


def test_another_video_takes_over(clip: Path, player: Player, watch: Watcher, tmp_path: Path) -> None:
    short = numbered_clip(tmp_path / "short.mp4", 3, fps=30.0)
    player.open(clip, play=True)
    player.open(short)
    opened = watch.wait(Opened, lambda news: news.path == short)
    assert opened.facts.fps == 30.0
    watch.wait(Kept, lambda news: news.count == news.frames == 3)
    assert watch.messages[-1] != Opened(clip, opened.facts)


def test_what_cannot_be_played_is_told(player: Player, watch: Watcher, clip: Path, tmp_path: Path) -> None:
    junk = tmp_path / "junk.mp4"
    junk.write_bytes(b"nothing")
    player.open(junk, play=True)
    assert "junk.mp4 is not a video" in watch.wait(Failed).sentence
    assert not watch.wait(State, lambda state: not state.playing).frames
    player.seek(3)
    player.step(1)
    player.save_frame(tmp_path / "x.png")
    player.open(clip)
    watch.wait(FrameShown)
    assert not (tmp_path / "x.png").exists()


@pytest.mark.parametrize("busy", [False, True])
def test_shutting_down_at_once_leaves_no_thread(clip: Path, busy: bool) -> None:
    before = set(threading.enumerate())
    for _ in range(5):
        player = Player(lambda _: None)
        player.set_view(VIEW)
        if busy:
            player.open(clip, play=True)
            player.seek(30)
        assert player.shutdown()
    assert set(threading.enumerate()) <= before
