"""The contract's examples over real loopback HTTP: keys, life cycle, list, models, uploads, restarts."""

import json
import socket
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.simulator import Simulator, running_simulator
from tests.simulator_orders import KEY, PATH, base64_text, create, finished, order, painted, picture

pytestmark = pytest.mark.timeout(120)


def test_a_task_from_create_to_file(clean_simulator: Simulator) -> None:
    response = create(clean_simulator, order())
    assert response.status_code == 200
    data = response.json()["data"]
    assert response.json() == {
        "data": {"task_id": data["task_id"], "status": "CREATED", "error": None, "generated": []}
    }
    done = finished(clean_simulator, data["task_id"])
    assert done["status"] == "COMPLETED"
    assert done["error"] is None
    (url,) = done["generated"]
    assert f"/cdn/kling_{data['task_id']}.mp4?token=exp=" in url
    assert len(url.rpartition("~hmac=")[2]) == 64
    again = finished(clean_simulator, data["task_id"])
    assert again["generated"] == [url]
    video = httpx.get(url)
    assert video.status_code == 200
    assert video.content[4:8] == b"ftyp"
    assert video.content.index(b"moov") < video.content.index(b"mdat")


@pytest.mark.parametrize(
    ("headers", "status", "text"),
    [
        ({}, 401, "Missing API key"),
        ({"x-magnific-api-key": "invalid"}, 401, "Invalid API key"),
        ({"x-freepik-api-key": "invalid"}, 401, "Invalid API key"),
        ({"x-magnific-api-key": "broke"}, 402, None),
        ({"x-magnific-api-key": "suspended"}, 403, None),
        ({"x-freepik-api-key": "good"}, 404, "Tasks not found"),
        ({"x-magnific-api-key": "good"}, 404, "Tasks not found"),
    ],
)
def test_keys(clean_simulator: Simulator, headers: dict[str, str], status: int, text: str | None) -> None:
    url = clean_simulator.url
    for path in ("/v1/ai/video/kling-v3?per_page=1", PATH):
        response = httpx.get(url + path, headers=headers)
        assert response.status_code == status
        assert text is None or response.json() == {"message": text}


def test_a_bad_key_is_told_before_a_bad_request(clean_simulator: Simulator) -> None:
    assert create(clean_simulator, {}, key="invalid").status_code == 401
    assert create(clean_simulator, {}, key=None).json() == {"message": "Missing API key"}
    assert create(clean_simulator, {}).status_code == 400


def test_tasks_belong_to_the_key_that_made_them(clean_simulator: Simulator) -> None:
    task_id = create(clean_simulator, order()).json()["data"]["task_id"]
    url = f"{clean_simulator.url}{PATH}/{task_id}"
    assert httpx.get(url, headers={"x-magnific-api-key": KEY}).status_code == 200
    other = httpx.get(url, headers={"x-magnific-api-key": "another"})
    assert (other.status_code, other.json()) == (404, {"message": "Task not found"})
    headers = {"x-magnific-api-key": "another"}
    assert httpx.get(clean_simulator.url + PATH, headers=headers).status_code == 404


def test_the_key_is_nowhere_on_disk(simulator: Simulator) -> None:
    key = "a-key-that-must-not-be-kept"
    create(simulator, order(), key=key)
    simulator.stop()
    files = [path for path in simulator.data.rglob("*") if path.is_file()]
    assert any(path.name == "task.json" for path in files)
    for path in [*files, simulator.log]:
        assert key.encode() not in path.read_bytes(), path


def test_the_list_has_pages_and_can_be_missing(clean_simulator: Simulator) -> None:
    made = [create(clean_simulator, order()).json()["data"]["task_id"] for _ in range(3)]
    url, headers = clean_simulator.url + PATH, {"x-magnific-api-key": KEY}
    first = httpx.get(url, params={"page": 1, "per_page": 2}, headers=headers).json()["data"]
    second = httpx.get(url, params={"page": 2, "per_page": 2}, headers=headers).json()["data"]
    assert [item["task_id"] for item in first + second] == made[::-1]
    assert set(first[0]) == {"task_id", "status"}
    assert httpx.get(url, params={"page": 3, "per_page": 2}, headers=headers).status_code == 404
    assert httpx.get(url, params={"page": "x"}, headers=headers).status_code == 400
    clean_simulator.set(list="off")
    assert httpx.get(url, headers=headers).status_code == 404


def test_a_fourth_task_at_once_is_refused(clean_simulator: Simulator) -> None:
    clean_simulator.set(work_seconds=60)
    assert [create(clean_simulator, order()).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert create(clean_simulator, order(), key="another").status_code == 200


@pytest.mark.parametrize(
    ("name", "status_path"),
    [
        ("kling-pro", "kling-pro"),
        ("kling-std", "kling-std"),
        ("kling-v2-1-pro", "kling-v2-1"),
        ("kling-v2-1-std", "kling-v2-1"),
    ],
)
def test_sibling_models(clean_simulator: Simulator, name: str, status_path: str) -> None:
    root = "/v1/ai/image-to-video/"
    response = create(clean_simulator, order(duration="5"), path=root + name)
    task_id = response.json()["data"]["task_id"]
    assert finished(clean_simulator, task_id, path=root + status_path)["status"] == "COMPLETED"
    headers = {"x-magnific-api-key": KEY}
    assert httpx.get(f"{clean_simulator.url}{PATH}/{task_id}", headers=headers).status_code == 404
    assert create(clean_simulator, order(duration=5), path=root + name).status_code == 400
    assert create(clean_simulator, order(duration="6"), path=root + name).status_code == 400


def test_rate_headers_are_on_a_get(clean_simulator: Simulator) -> None:
    task_id = create(clean_simulator, order()).json()["data"]["task_id"]
    response = httpx.get(f"{clean_simulator.url}{PATH}/{task_id}", headers={"x-magnific-api-key": KEY})
    assert response.headers["x-ratelimit-limit"] == "300"
    assert 0 <= int(response.headers["x-ratelimit-remaining"]) < 300
    assert 0 < int(response.headers["x-ratelimit-reset"]) <= 60
    assert response.headers["x-request-id"]


def test_an_upload_in_the_place_of_base64(clean_simulator: Simulator) -> None:
    url, data = clean_simulator.url, picture(400, 300)
    wanted = {"files": [{"content_type": "image/png"}]}
    path = f"{url}/v1/ai/uploads/request-url"
    assert httpx.post(path, json=wanted).status_code == 401
    headers = {"x-magnific-api-key": KEY}
    (offer,) = httpx.post(path, json=wanted, headers=headers).json()["files"]
    assert (offer["expires_in"], offer["asset_url_expires_in"]) == (120, 86400)
    assert httpx.get(offer["asset_url"]).status_code == 403
    assert httpx.put(offer["upload_url"], content=data).status_code == 403
    assert httpx.put(offer["upload_url"][:-1], content=data, headers=offer["headers"]).status_code == 403
    assert httpx.put(offer["upload_url"], content=data, headers=offer["headers"]).status_code == 200
    assert httpx.get(offer["asset_url"]).content == data
    response = create(clean_simulator, order(image=offer["asset_url"]))
    assert response.status_code == 200
    assert clean_simulator.asset(response.json()["data"]["task_id"], "image") == data
    state = clean_simulator.state()
    assert (state["uploads"], state["upload_key_leaks"]) == (1, 0)
    bad = {"files": [{"content_type": "image/gif"}]}
    assert httpx.post(path, json=bad, headers=headers).status_code == 400


def test_an_upload_with_the_key_is_counted(clean_simulator: Simulator) -> None:
    headers = {"x-magnific-api-key": KEY}
    wanted = {"files": [{"content_type": "image/jpeg"}]}
    path = f"{clean_simulator.url}/v1/ai/uploads/request-url"
    (offer,) = httpx.post(path, json=wanted, headers=headers).json()["files"]
    httpx.put(offer["upload_url"], content=b"x", headers={**offer["headers"], **headers})
    assert clean_simulator.state()["upload_key_leaks"] == 1


def test_addresses_outside_this_machine_are_not_read(clean_simulator: Simulator) -> None:
    assert create(clean_simulator, order(image="http://203.0.113.9/a.png")).status_code == 400
    assert create(clean_simulator, order(image="https://example.com/a.png")).status_code == 400
    assert create(clean_simulator, order(image=f"{clean_simulator.url}/nothing.png")).status_code == 400


def test_the_request_is_told_as_understood(clean_simulator: Simulator) -> None:
    mask = painted(400, 300, (100, 100, 200, 250))
    still = painted(400, 300, (0, 0, 40, 300))
    body = order(
        prompt="héllo \U0001f30a",
        cfg_scale=0.25,
        duration="7",
        static_mask="data:image/png;base64," + base64_text(still),
        dynamic_masks=[{"mask": base64_text(mask), "trajectories": [{"x": 1, "y": 2}, {"x": 3, "y": 4}]}],
    )
    response = create(clean_simulator, body)
    task_id = response.json()["data"]["task_id"]
    told = clean_simulator.control(f"tasks/{task_id}/request")
    assert told["fields"] == {"prompt": "héllo \U0001f30a", "cfg_scale": 0.25, "duration": "7"}
    assert told["duration"] == 7
    assert (told["image"]["width"], told["image"]["height"]) == (400, 300)
    assert told["dynamic_masks"][0]["points"] == [[1, 2], [3, 4]]
    assert told["dynamic_masks"][0]["mask"]["coverage"] == pytest.approx(100 * 150 / 120_000)
    assert told["static_mask"]["coverage"] == pytest.approx(0.1)
    assert clean_simulator.asset(task_id, "dynamic_mask/1") == mask
    assert clean_simulator.asset(task_id, "static_mask") == still
    assert httpx.get(f"{clean_simulator.url}/_control/tasks/{task_id}/task.json").status_code == 404


def test_counters_tell_fresh_connections(clean_simulator: Simulator) -> None:
    body = order()
    with httpx.Client(headers={"x-magnific-api-key": KEY}) as client:
        client.get(clean_simulator.url + PATH)
        kept = client.post(clean_simulator.url + PATH, json=body)
    fresh = create(clean_simulator, body)
    assert (kept.status_code, fresh.status_code) == (200, 200)
    state = clean_simulator.state()
    assert [item["previous_requests"] for item in state["creates"]] == [1, 0]
    assert [item["status"] for item in state["creates"]] == [200, 200]
    (counts,) = state["creates_by_sha256"].values()
    assert counts == {"received": 2, "accepted": 2}
    assert state["creates"][0]["headers"]["x-magnific-api-key"] == "(hidden)"
    assert {entry["creates"] for entry in state["tasks"].values()} == {2}


def test_control_refuses_foreign_hosts_and_nonsense(clean_simulator: Simulator) -> None:
    url = clean_simulator.url + "/_control/"
    assert httpx.get(url + "state", headers={"host": "evil.example"}).status_code == 403
    assert httpx.post(url + "settings", json={"polarity": "grey"}).status_code == 400
    assert httpx.post(url + "settings", json={"nothing": 1}).status_code == 400
    assert httpx.post(url + "settings", content="{").status_code == 400
    assert httpx.post(url + "faults", json=["no-such-fault"]).status_code == 400
    assert httpx.post(url + "faults", json={}).status_code == 400
    assert clean_simulator.state()["faults"] == []


def test_tasks_and_counters_survive_a_kill(simulator: Simulator) -> None:
    simulator.set(work_seconds=3600)
    first = create(simulator, order()).json()["data"]["task_id"]
    simulator.set(work_seconds=0)
    second = create(simulator, order(duration=4)).json()["data"]["task_id"]
    url = finished(simulator, second)["generated"][0]
    video = httpx.get(url).content
    before = simulator.state()
    simulator.kill()

    # A line cut by the kill, a half-unpacked request, and a render that had only begun.
    with (simulator.data / "events.jsonl").open("ab") as file:
        file.write(b'{"event": "poll", "task_')
    (simulator.data / "incoming" / "half").mkdir()
    task = json.loads((simulator.data / "tasks" / first / "task.json").read_bytes())
    task["settings"]["work_seconds"] = 0
    (simulator.data / "tasks" / first / "task.json").write_text(json.dumps(task))
    (simulator.data / "tasks" / first / "video.part").write_bytes(b"half")

    simulator.restart(same_port=False)
    after = simulator.state()
    for name in ("creates", "creates_by_sha256", "status_polls", "downloads", "creates_accepted"):
        assert after[name] == before[name]
    assert finished(simulator, first)["status"] == "COMPLETED"
    moved = finished(simulator, second)["generated"][0]
    assert moved.startswith(simulator.url)
    assert moved.partition("/cdn")[2] == url.partition("/cdn")[2]
    assert httpx.get(moved).content == video
    assert list((simulator.data / "incoming").iterdir()) == []


def test_a_result_expires_and_can_be_renewed(clean_simulator: Simulator) -> None:
    clean_simulator.set(expires=0)
    task_id = create(clean_simulator, order()).json()["data"]["task_id"]
    url = finished(clean_simulator, task_id)["generated"][0]
    assert httpx.get(url).status_code == 403
    assert finished(clean_simulator, task_id)["generated"] == [url]
    clean_simulator.set(refresh_url="on", expires=100)
    renewed = finished(clean_simulator, task_id)["generated"][0]
    assert renewed != url
    assert httpx.get(renewed).status_code == 200
    assert httpx.get(renewed.replace("exp=", "exp=9")).status_code == 403
    assert clean_simulator.state()["tasks"][task_id]["downloads"] == 3


def test_a_small_memory_for_a_large_body(simulator: Simulator) -> None:
    """60 MB that are refused are mapped once, not copied: the process grows by little more than them."""
    status = Path(f"/proc/{simulator.pid}/status")
    if not status.exists():
        pytest.skip("peak memory is read from /proc")
    create(simulator, order(image=base64_text(picture(299, 300))))  # loads what every refusal loads

    def peak() -> int:
        lines = status.read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024

    before = peak()
    body = b'{"image":"' + b"A" * 60_000_000 + b'"}'
    headers = {"x-magnific-api-key": KEY, "content-type": "application/json"}
    response = httpx.post(simulator.url + PATH, content=body, headers=headers, timeout=60)
    assert response.status_code == 400
    assert peak() - before < 80_000_000
    response = httpx.post(simulator.url + PATH, content=body + b" " * 5_000_000, headers=headers, timeout=60)
    assert response.status_code == 413


@pytest.mark.parametrize("message", ["Parameter 'image' is not valid", "Parameter ':attribute' is not valid"])
def test_error_shapes(clean_simulator: Simulator, message: str) -> None:
    clean_simulator.set(error_shape="literal" if ":" in message else "plain")
    assert create(clean_simulator, {}).json() == {"message": message}
    clean_simulator.set(error_shape="problem")
    response = create(clean_simulator, {})
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = {
        "message": "Your request parameters didn't validate.",
        "invalid_params": [{"name": "image", "reason": "is required"}],
    }
    assert response.json() == problem
    clean_simulator.set(error_shape="wrapped")
    assert create(clean_simulator, {}).json() == {"problem": problem}


def test_two_simulators_at_once(tmp_path: Path) -> None:
    with running_simulator(tmp_path / "a") as one, running_simulator(tmp_path / "b") as two:
        assert one.url != two.url
        assert one.stop() == 0
        assert two.state()["pid"] == two.pid


def test_a_broken_task_is_passed_over(simulator: Simulator) -> None:
    task_id = create(simulator, order()).json()["data"]["task_id"]
    finished(simulator, task_id)
    simulator.kill()
    for name, text in [("empty", b""), ("foreign", b"[]"), ("older", b'{"id": "older"}')]:
        (simulator.data / "tasks" / name).mkdir()
        (simulator.data / "tasks" / name / "task.json").write_bytes(text)
    simulator.restart()
    assert set(simulator.state()["tasks"]) == {task_id}
    assert finished(simulator, task_id)["status"] == "COMPLETED"
    assert simulator.log_text().count("is passed over") == 3


def test_a_body_that_breaks_off_makes_nothing(clean_simulator: Simulator) -> None:
    host, port = clean_simulator.url.removeprefix("http://").split(":")
    head = f"POST {PATH} HTTP/1.1\r\nhost: {host}\r\nx-magnific-api-key: {KEY}\r\n"
    with socket.create_connection((host, int(port))) as sock:
        sock.sendall(f"{head}content-length: 100000\r\n\r\n".encode() + b"x" * 5000)
        while clean_simulator.state()["creates_started"] == 0:
            time.sleep(0.01)
    while list((clean_simulator.data / "incoming").iterdir()):
        time.sleep(0.01)
    state = clean_simulator.state()
    assert (state["creates_started"], state["creates_received"], state["creates_accepted"]) == (1, 0, 0)
