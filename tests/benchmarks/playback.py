"""``bench playback``: a 4K take decoded, scaled and painted, against FFmpeg decoding it to nothing.

The clip is made here: the sample picture under a moving crop with grain, H.264 as the simulator writes it.
"""

from __future__ import annotations

import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtGui import QImage, QPainter

from desktop.opencv import cv2
from desktop.ui.player.bridge import picture_of
from desktop.video.messages import FrameShown, Kept, Message, State
from desktop.video.player import Player
from desktop.video.source import THREADS, Source
from desktop.video.view import render, whole
from tests.benchmarks.row import RUNS, Row, compared, interleaved, limited, unmeasured

WIDTH, HEIGHT, FRAMES, FPS = 3840, 2160, 120, 24
STAGE = 1280, 720
"""Device pixels of the stage."""

HEADROOM = 0.7
"""Share of a frame's time that FFmpeg alone may take where real-time playback is judged."""

SCRUBS = 60
PERCENT = 95
PICTURE = Path(__file__).parents[2] / "resources" / "samples" / "harbour" / "picture.jpg"

_FILM = """
import sys
import av
import numpy as np
from PIL import Image
source, path = sys.argv[1:3]
width, height, frames, fps = (int(value) for value in sys.argv[3:7])
big = Image.open(source).convert("YCbCr").resize((width + 256, height + 144), Image.Resampling.LANCZOS)
planes = np.asarray(big, np.int16)
luma = 16 + planes[..., 0] * 219 // 255
chroma = [16 + planes[::2, ::2, channel] * 224 // 255 for channel in (1, 2)]
grain = np.random.default_rng(4).integers(-3, 4, (height + 64, width + 64), np.int16)
with av.open(path, "w", format="mp4", options={"movflags": "+faststart"}) as container:
    stream = container.add_stream("libx264", rate=fps)
    stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
    stream.options = {"preset": "superfast", "crf": "17", "g": str(2 * fps)}
    codec = stream.codec_context
    codec.color_primaries = codec.color_trc = codec.colorspace = codec.color_range = 1
    for index in range(frames):
        x, y = 2 * index % 256 & ~1, index % 144 & ~1
        noise = grain[index * 7 % 64 :, index * 13 % 64 :][:height, :width]
        parts = [np.clip(luma[y : y + height, x : x + width] + noise, 16, 235)]
        parts += [plane[y // 2 : (y + height) // 2, x // 2 : (x + width) // 2] for plane in chroma]
        flat = np.concatenate([part.astype(np.uint8).reshape(-1) for part in parts])
        frame = av.VideoFrame.from_ndarray(flat.reshape(height * 3 // 2, width), format="yuv420p")
        frame.pts = index
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))
"""


class _Watch:
    """Notes when each frame came."""

    def __init__(self) -> None:
        self.at: dict[int, float] = {}
        self.kept = threading.Event()
        self.ended = threading.Event()
        self.came = threading.Condition()

    def __call__(self, message: Message) -> None:
        match message:
            case FrameShown(index=index):
                with self.came:
                    self.at[index] = time.perf_counter()
                    self.came.notify_all()
            case Kept(count=count, frames=frames) if count == frames:
                self.kept.set()
            case State(playing=False, position=position) if position == FRAMES - 1:
                self.ended.set()
            case _:
                pass

    def scrub(self, player: Player, index: int) -> float:
        """Milliseconds until a frame is there to draw."""
        with self.came:
            self.at.pop(index, None)
            began = time.perf_counter()
            player.seek(index)
            assert self.came.wait_for(lambda: index in self.at, 30)
            return (self.at[index] - began) * 1000


def rows() -> list[Row]:
    """All figures of playback."""
    with tempfile.TemporaryDirectory() as name:
        clip = film(Path(name) / "take.mp4")
        throughput = _throughput(clip)
        return [throughput, *_played(clip, throughput), *_scrubbed(clip)]


def film(path: Path) -> Path:
    """Write the clip. PyAV and OpenCV do not get along in one process."""
    sizes = [str(value) for value in (WIDTH, HEIGHT, FRAMES, FPS)]
    subprocess.run([sys.executable, "-c", _FILM, str(PICTURE), str(path), *sizes], check=True)
    return path


def _ours(clip: Path) -> float:
    """Milliseconds for a frame: decode, scale to the stage, convert, paint."""
    view = whole(WIDTH, HEIGHT, *STAGE)
    target = QImage(*STAGE, QImage.Format.Format_RGB32)
    buffer = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    began = time.perf_counter()
    source = Source(clip)
    for index in range(source.frames):
        source.approach(index)
        buffer = source.frame(buffer)
        picture = picture_of(render(buffer, view, WIDTH))
        with QPainter(target) as painter:
            painter.drawImage(0, 0, picture.image)
    source.close()
    return (time.perf_counter() - began) * 1000 / FRAMES


def _throughput(clip: Path) -> Row:
    name = "4K decode, scale, paint: time for a frame, against ffmpeg -f null"
    program = shutil.which("ffmpeg")
    if program is None:
        return unmeasured(f"{name} (no ffmpeg here)", "ms", ">= 0.85x")

    def theirs() -> float:
        command = [program, "-v", "error", "-threads", str(THREADS), "-i", str(clip), "-f", "null", "-"]
        began = time.perf_counter()
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        return (time.perf_counter() - began) * 1000 / FRAMES

    return compared(name, *interleaved(lambda: _ours(clip), theirs), "ms", 0.85)


def _played(clip: Path, throughput: Row) -> list[Row]:
    """Plays it in real time, copies being kept meanwhile; then once more without that.

    Where FFmpeg alone hardly decodes it in real time, no player could play it, and the figures are not judged.
    """
    judged = throughput.against is not None and throughput.against < HEADROOM * 1000 / FPS
    found: list[Row] = []
    watch = _Watch()
    player = Player(watch)
    try:
        player.set_view(whole(WIDTH, HEIGHT, *STAGE))
        for what in ("first", "second"):
            watch.ended.clear()
            if what == "first":
                player.open(clip, play=True)
            else:
                assert watch.kept.wait(120)
                player.statistics.late.clear()
                player.statistics.dropped = 0
                player.play()
            assert watch.ended.wait(120)
            late = [value * 1000 for value in player.statistics.late]
            found.append(limited(f"{what} play, 24 fps: frames dropped", [player.statistics.dropped], "", 0))
            worst = float(np.percentile(late, PERCENT))
            found.append(limited(f"{what} play, 24 fps: lateness, p{PERCENT}", [worst], "ms", 10))
    finally:
        player.shutdown()
    return found if judged else [replace(row, met=None) for row in found]


def _scrubbed(clip: Path) -> list[Row]:
    watch = _Watch()
    player = Player(watch)
    order = [random.Random(run).randrange(FRAMES) for run in range(SCRUBS)]
    try:
        player.set_view(whole(WIDTH, HEIGHT, *STAGE))
        player.open(clip)
        assert watch.kept.wait(120)
        ours = [watch.scrub(player, index) for index in order]
    finally:
        player.shutdown()
    video = cv2.VideoCapture(str(clip), cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, THREADS])
    theirs = []
    for index in order[: 2 * RUNS]:
        began = time.perf_counter()
        video.set(cv2.CAP_PROP_POS_FRAMES, index)
        video.read()
        theirs.append((time.perf_counter() - began) * 1000)
    video.release()
    worst = float(np.percentile(ours, PERCENT))
    against = statistics.median(theirs)
    return [
        compared("scrub to a frame, against an exact seek", ours, [against] * SCRUBS, "ms", 50),
        limited(f"scrub to a frame, p{PERCENT}", [worst], "ms", 20),
    ]
