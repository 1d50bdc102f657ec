"""A clip is whole, or one sentence says what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from desktop.core.errors import VideoError
from desktop.video.poster import poster
from desktop.video.probe import probe, verify
from tests.clips import write_clip
from tests.pictures import pixels

NOTHING = np.zeros((180, 320), np.uint8)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("Vidéo 影片 ü")
    return write_clip(folder / "Boot früh 船.mp4", pixels("coffee", 320, 180), NOTHING, {}, frames=48)


def with_index_first(data: bytes) -> bytes:
    """The MP4 with its index before its media (faststart), the chunk offsets corrected."""
    boxes: dict[bytes, bytes] = {}
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        boxes[data[at + 4 : at + 8]] = data[at : at + size]
        at += size
    moov = bytearray(boxes[b"moov"])
    start = moov.find(b"stco") + 8
    for index in range(int.from_bytes(moov[start : start + 4], "big")):
        entry = slice(start + 4 + 4 * index, start + 8 + 4 * index)
        moov[entry] = (int.from_bytes(moov[entry], "big") + len(moov)).to_bytes(4, "big")
    rest = b"".join(box for kind, box in boxes.items() if kind not in {b"ftyp", b"moov"})
    return boxes[b"ftyp"] + bytes(moov) + rest


def test_a_whole_clip_is_described(clip: Path) -> None:
    facts = verify(clip, expected_seconds=2)
    assert (facts.width, facts.height, facts.fps, facts.frames, facts.duration) == (320, 180, 24.0, 48, 2.0)
    assert facts.codec
    assert probe(clip) == facts


@pytest.mark.parametrize(
    ("ordered", "fits"), [(1.83, True), (2.19, True), (1.7, False), (2.4, False), (5, False)]
)
def test_the_length_may_differ_by_a_few_frames(clip: Path, ordered: float, fits: bool) -> None:
    if fits:
        verify(clip, expected_seconds=ordered)
    else:
        with pytest.raises(VideoError, match=r"lasts 2\.00 seconds"):
            verify(clip, expected_seconds=ordered)


@pytest.mark.parametrize("first", [False, True], ids=["index last", "index first"])
def test_a_truncated_clip_is_found_wherever_it_is_cut(clip: Path, tmp_path: Path, first: bool) -> None:
    data = clip.read_bytes()
    data = with_index_first(data) if first else data
    target = tmp_path / "clip.mp4"
    target.write_bytes(data)
    assert verify(target, expected_seconds=2).frames == 48
    for cut in {0, 1, 20, 900, *(len(data) * k // 10 for k in range(1, 10)), len(data) - 1}:
        target.write_bytes(data[:cut])
        with pytest.raises(VideoError):
            verify(target, expected_seconds=2)


def test_media_cut_out_of_a_well_formed_file_is_found(clip: Path, tmp_path: Path) -> None:
    """The boxes are whole, but the second half of the frames is gone."""
    data = bytearray(with_index_first(clip.read_bytes()))
    at = data.find(b"mdat") - 4
    keep = (len(data) - at) // 2
    data[at : at + 4] = keep.to_bytes(4, "big")
    target = tmp_path / "half.mp4"
    target.write_bytes(bytes(data[: at + keep]))
    with pytest.raises(VideoError, match=r"of its 48 frames|damaged|incomplete"):
        verify(target)


def test_a_clip_in_another_container_that_was_cut_is_found(tmp_path: Path) -> None:
    whole = write_clip(
        tmp_path / "whole.avi", pixels("coffee", 320, 180), NOTHING, {}, frames=48, codec="MJPG"
    )
    assert verify(whole, expected_seconds=2).frames == 48
    cut = tmp_path / "cut.avi"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(VideoError):
        verify(cut, expected_seconds=2)


@pytest.mark.parametrize("data", [b"", b"<html><body>403 Forbidden</body></html>" * 50, bytes(5000)])
def test_what_is_no_video_is_refused(tmp_path: Path, data: bytes) -> None:
    target = tmp_path / "clip.mp4"
    target.write_bytes(data)
    with pytest.raises(VideoError, match=r"clip\.mp4"):
        verify(target)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match=r"gone\.mp4 "):
        verify(tmp_path / "gone.mp4")


def test_the_file_can_be_replaced_after_a_check(clip: Path, tmp_path: Path) -> None:
    target = tmp_path / "clip.mp4"
    target.write_bytes(clip.read_bytes())
    verify(target)
    other = tmp_path / "other"
    other.write_bytes(b"x")
    other.replace(target)
    assert target.read_bytes() == b"x"


@pytest.mark.parametrize(("name", "width", "size"), [("p.png", 160, (160, 90)), ("p.jpg", 640, (320, 180))])
def test_a_poster_shows_the_frame(
    clip: Path, tmp_path: Path, name: str, width: int, size: tuple[int, int]
) -> None:
    out = tmp_path / name
    poster(clip, out, width)
    with Image.open(out) as image:
        assert image.size == size
        assert image.format == ("PNG" if name.endswith("png") else "JPEG")
        seen = np.asarray(image.convert("RGB").resize((320, 180))).astype(int)
    assert np.abs(seen - pixels("coffee", 320, 180)).mean() < 8
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_poster_of_the_last_moment(tmp_path: Path) -> None:
    labels = np.ones((180, 320), np.uint8)
    moving = write_clip(
        tmp_path / "a.avi",
        pixels("coffee", 320, 180),
        labels,
        {1: lambda t: (80 * t, 0)},
        frames=12,
        codec="MJPG",
    )
    poster(moving, tmp_path / "end.png", 320, at=1.0)
    with Image.open(tmp_path / "end.png") as image:
        seen = np.asarray(image).astype(int)
    assert np.abs(seen[:, 90:] - pixels("coffee", 320, 180)[:, 10:240]).mean() < 8


def test_no_poster_of_a_damaged_file(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"nothing")
    with pytest.raises(VideoError):
        poster(tmp_path / "clip.mp4", tmp_path / "p.png")
    assert not (tmp_path / "p.png").exists()
