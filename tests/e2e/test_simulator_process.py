"""The simulator as a process: start, end, kill at any moment, and a real video file read back by PyAV.

PyAV runs in a process of its own, because the one of the tests may have OpenCV in it.
"""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.simulator import Simulator, running_simulator
from tests.simulator_orders import KEY, PATH, base64_text, create, finished, group, order, painted, picture

ROOT = Path(__file__).resolve().parents[2]

READER = """
import json, sys
import av
import numpy as np

frames, stream = [], None
with av.open(sys.argv[1]) as container:
    stream = container.streams.video[0]
    about = {
        "streams": len(container.streams), "codec": stream.codec_context.name, "pixels": stream.pix_fmt,
        "size": [stream.width, stream.height], "rate": float(stream.average_rate),
        "colours": [int(value) for value in (stream.color_primaries, stream.color_trc, stream.colorspace,
                                             stream.color_range)],
    }
    for frame in container.decode(stream):
        frames.append(frame.to_ndarray()[: frame.height].astype(np.int16))
first = frames[0]
still = [int(number) for number in sys.argv[2].split(",")]
moving = [int(number) for number in sys.argv[3].split(",")]
left, top, right, bottom = still
about["still"] = max(float(np.abs(f[top:bottom, left:right] - first[top:bottom, left:right]).mean()) for f in frames)
left, top, right, bottom = moving
patch = first[top:bottom, left:right]
best = None
for down in range(-60, 61, 2):
    for across in range(-60, 61, 2):
        if top + down < 0 or left + across < 0:
            continue
        there = frames[-1][top + down : bottom + down, left + across : right + across]
        if there.shape == patch.shape:
            error = float(np.abs(there - patch).mean())
            if best is None or error < best[0]:
                best = (error, across, down)
about["moved"] = best[1:]
about["frames"] = len(frames)
print(json.dumps(about))
"""


def read_video(data: bytes, path: Path, still: str, moving: str) -> dict[str, Any]:
    path.write_bytes(data)
    command = [sys.executable, "-c", READER, str(path), still, moving]
    result = subprocess.run(command, capture_output=True, text=True, timeout=100, check=True)
    about: dict[str, Any] = json.loads(result.stdout)
    return about


@pytest.mark.parametrize(("origin", "down"), [("bottom-left", -40), ("top-left", 40)])
def test_the_file_moves_as_ordered(tmp_path: Path, origin: str, down: int) -> None:
    arguments = ("--megapixels", "0.48", "--set", f"origin={origin}")
    with running_simulator(tmp_path, *arguments) as simulator:
        body = order(
            static_mask=base64_text(painted(400, 300, (0, 0, 80, 300))),
            dynamic_masks=[
                group(painted(400, 300, (160, 120, 240, 180)), ((200, 150), (214, 170), (214, 170)))
            ],
        )
        task_id = create(simulator, body).json()["data"]["task_id"]
        told = finished(simulator, task_id)
        assert told["status"] == "COMPLETED"
        data = httpx.get(told["generated"][0]).content
    about = read_video(data, tmp_path / "clip.mp4", "10,10,140,590", "340,260,460,340")
    assert (about["streams"], about["codec"], about["pixels"]) == (1, "h264", "yuv420p")
    assert about["size"] == [800, 600]
    assert (about["rate"], about["frames"]) == (24.0, 72)
    assert about["colours"] == [1, 1, 1, 1]
    assert about["moved"] == [28, down]
    assert about["still"] < 2


def test_four_k(tmp_path: Path) -> None:
    """The default size, once: 3 s at 4 frames a second."""
    with running_simulator(tmp_path, "--fps", "4") as simulator:
        body = order(image=base64_text(picture(1920, 1080)))
        task_id = create(simulator, body).json()["data"]["task_id"]
        data = httpx.get(finished(simulator, task_id)["generated"][0]).content
    about = read_video(data, tmp_path / "clip.mp4", "0,0,99,99", "900,900,1000,1000")
    assert (about["size"], about["frames"], about["moved"]) == ([3840, 2160], 12, [0, 0])


def test_it_answers_while_it_renders(tmp_path: Path) -> None:
    """Polls are answered during a render that takes seconds, so the status is seen to be IN_PROGRESS."""
    with running_simulator(tmp_path, "--megapixels", "2") as simulator:
        task_id = create(simulator, order(dynamic_masks=[group()])).json()["data"]["task_id"]
        polls = 0
        while (state := simulator.state()["tasks"][task_id]["status"]) in ("CREATED", "IN_PROGRESS"):
            polls += state == "IN_PROGRESS"
            time.sleep(0.02)
        assert state == "COMPLETED"
    assert polls > 5


def test_killed_while_rendering_it_goes_on(tmp_path: Path) -> None:
    with running_simulator(tmp_path, "--megapixels", "2") as simulator:
        ids = [create(simulator, order(dynamic_masks=[group()])).json()["data"]["task_id"] for _ in range(2)]
        while simulator.state()["tasks"][ids[0]]["status"] != "IN_PROGRESS":
            time.sleep(0.01)
        simulator.kill()
        assert not list(simulator.data.glob("tasks/*/video.mp4"))
        simulator.restart()
        assert [finished(simulator, task_id)["status"] for task_id in ids] == ["COMPLETED"] * 2
        assert simulator.state()["creates_accepted"] == 2


def test_a_reset_drops_the_task_that_is_being_rendered(tmp_path: Path) -> None:
    with running_simulator(tmp_path, "--megapixels", "2") as simulator:
        task_id = create(simulator, order(duration=15, dynamic_masks=[group()])).json()["data"]["task_id"]
        while not list(simulator.data.glob("tasks/*/video.part")):
            time.sleep(0.01)
        simulator.reset()
        simulator.set(render="fast")
        assert simulator.state()["tasks"] == {}
        again = create(simulator, order()).json()["data"]["task_id"]
        assert finished(simulator, again)["status"] == "COMPLETED"
        assert set(simulator.state()["tasks"]) == {again} != {task_id}


def test_killed_while_accepting_it_has_the_task_or_not(tmp_path: Path) -> None:
    """A kill around a create leaves a whole task or none, and the counters agree with the tasks."""
    with running_simulator(tmp_path, "--set", "render=fast", "--fps", "4") as simulator:
        for delay in (0.0, 0.01, 0.02, 0.03, 0.05):
            before = simulator.state()["creates_accepted"]
            content = json.dumps(order()).encode()
            headers = {"x-magnific-api-key": KEY, "content-type": "application/json"}
            command = [sys.executable, "-c", SENDER, simulator.url + PATH, json.dumps(headers)]
            with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as sender:
                assert sender.stdin is not None
                sender.stdin.write(content)
                sender.stdin.close()
                while simulator.state()["creates_started"] == before:
                    time.sleep(0.005)
                time.sleep(delay)
                simulator.kill()
            simulator.restart()
            state = simulator.state()
            folders = [path.name for path in (simulator.data / "tasks").iterdir()]
            assert sorted(state["tasks"]) == sorted(folders)
            for task_id in folders:
                assert finished(simulator, task_id)["status"] == "COMPLETED"
            simulator.reset()


SENDER = """
import json, sys, http.client, urllib.parse
parts = urllib.parse.urlsplit(sys.argv[1])
connection = http.client.HTTPConnection(parts.hostname, parts.port)
try:
    connection.request("POST", parts.path, sys.stdin.buffer.read(), json.loads(sys.argv[2]))
    connection.getresponse().read()
except (OSError, http.client.HTTPException):
    pass
"""


def start(*arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "desktop.simulator", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to be handled")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order_while_it_renders(tmp_path: Path, number: signal.Signals) -> None:
    with running_simulator(tmp_path) as simulator:
        create(simulator, order(dynamic_masks=[group()]))
        with httpx.Client() as client:  # an idle connection must not hold it up
            client.get(simulator.url + "/_control/state")
            simulator.process.send_signal(number)
            assert simulator.process.wait(30) == 0
        assert "Traceback" not in simulator.log_text()


def test_one_line_on_stdout_and_the_end_of_stdin() -> None:
    with start("--with-parent") as process:
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        assert set(line) == {"url", "pid", "version"}
        assert line["pid"] == process.pid
        assert httpx.get(line["url"] + "/_control/state").json()["pid"] == process.pid
        out, _ = process.communicate(timeout=30)
        assert out == b""
    assert process.returncode == 0


def test_command_lines_that_are_wrong(tmp_path: Path) -> None:
    for arguments in (["--set", "nothing=1"], ["--set", "fps"], ["--fault", "nothing"], ["--fps", "0"]):
        with start(*arguments) as process:
            _, errors = process.communicate(timeout=30)
        assert process.returncode == 2
        assert b"Traceback" not in errors
    with (
        running_simulator(tmp_path) as simulator,
        start("--port", simulator.url.rpartition(":")[2]) as process,
    ):
        _, errors = process.communicate(timeout=30)
        assert process.returncode == 1
        assert errors.startswith(b"The simulator cannot start")


def test_help_names_every_switch_and_fault() -> None:
    with start("--help") as process:
        out, _ = process.communicate(timeout=30)
    text = out.decode()
    for name in ("polarity=white|black", "megapixels", "lost-reply", "webhook-out-of-order", "truncated"):
        assert name in text


def test_faults_and_switches_from_the_command_line(tmp_path: Path) -> None:
    arguments = ("--fault", "503@create*1", "--fault", "slow=0.01@status", "--set", "max-tasks=1")
    with running_simulator(tmp_path, *arguments) as simulator:
        assert create(simulator, order()).status_code == 503
        state = simulator.state()
        assert [item["name"] for item in state["faults"]] == ["slow"]
        assert state["settings"]["max_tasks"] == 1


def test_the_client_is_not_imported(simulator: Simulator) -> None:
    """Everything loaded from this program belongs to the simulator."""
    script = (
        "import sys, desktop.simulator.server, desktop.simulator.film, desktop.simulator.renderer\n"
        "print([name for name in sys.modules if name.startswith('desktop') "
        "and not name.startswith('desktop.simulator') and name != 'desktop'])\n"
        "print('av' in sys.modules, 'cv2' in sys.modules)"
    )
    command = [sys.executable, "-c", script]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert result.stdout.splitlines() == ["[]", "False False"]
    assert simulator.state()["pid"] == simulator.pid
