"""Webhooks of the simulator: signed as the contract's test vector says, in order, and badly on demand."""

import base64
import hashlib
import hmac
import json
import queue
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from desktop.simulator.webhooks import key_bytes, signature
from tests.simulator import Simulator, running_simulator
from tests.simulator_orders import create, finished, order

SECRET = "0123456789abcdef0123456789abcdef"
Call = tuple[dict[str, str], bytes]


class Receiver:
    """A loopback server that keeps the webhooks it gets."""

    def __init__(self) -> None:
        calls: queue.Queue[Call] = queue.Queue()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                calls.put(({key.lower(): value for key, value in self.headers.items()}, body))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
                """Keep quiet."""

        self._calls = calls
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?a=b"

    def next(self) -> Call:
        return self._calls.get(timeout=60)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever, args=(0.02,))
    thread.start()
    yield receiver
    receiver.server.shutdown()
    thread.join()
    receiver.server.server_close()


@pytest.fixture(scope="module")
def signing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    folder: Path = tmp_path_factory.mktemp("signing")
    arguments = ("--set", "render=fast", "--fps", "4", "--webhook-secret", SECRET)
    with running_simulator(folder, *arguments) as tool:
        yield tool


def good(call: Call, key: bytes) -> bool:
    headers, body = call
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    code = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    return headers["webhook-signature"].split() == [f"v1,{code}"]


def test_the_vector_of_the_contract() -> None:
    body = (
        b'{"task_id":"046b6c7f-0b8a-43b9-b35d-6489e6daee91","status":"COMPLETED",'
        b'"generated":["https://cdn.example/kling.mp4"]}'
    )
    for form, expected in [
        ("utf8", "v1,8seU4izL9S7P+UkQiXNW2R/UdUV/RbO0ZbJpnKJrBmA="),
        ("hex", "v1,xpp0aDXETZK7UT6yDF6j1e87NlYnNfArn5vC/0p7V5A="),
    ]:
        assert signature(key_bytes(SECRET, form), "msg_test_0001", "1790000000", body) == expected


@pytest.mark.parametrize(("form", "key"), [("utf8", SECRET.encode()), ("hex", bytes.fromhex(SECRET))])
def test_every_change_is_told(signing: Simulator, receiver: Receiver, form: str, key: bytes) -> None:
    signing.reset()
    signing.set(webhook_key=form)
    task_id = create(signing, order(webhook_url=receiver.url)).json()["data"]["task_id"]
    calls = [receiver.next(), receiver.next()]
    done = finished(signing, task_id)
    told = [json.loads(body) for _, body in calls]
    assert [item["status"] for item in told] == ["IN_PROGRESS", "COMPLETED"]
    assert told[1] == done
    assert all(good(call, key) for call in calls)
    assert calls[0][0]["webhook-id"] != calls[1][0]["webhook-id"]
    assert abs(int(calls[0][0]["webhook-timestamp"]) - time.time()) < 100


def test_a_failed_task_is_told(signing: Simulator, receiver: Receiver) -> None:
    signing.reset()
    signing.set_faults("failed-later=0.1")
    create(signing, order(webhook_url=receiver.url))
    assert [json.loads(receiver.next()[1])["status"] for _ in range(2)] == ["IN_PROGRESS", "FAILED"]


def test_duplicated(signing: Simulator, receiver: Receiver) -> None:
    signing.reset()
    signing.set_faults("webhook-duplicated*1")
    create(signing, order(webhook_url=receiver.url))
    first, second, third = receiver.next(), receiver.next(), receiver.next()
    assert first[0]["webhook-id"] == second[0]["webhook-id"] != third[0]["webhook-id"]
    assert first[1] == second[1]


def test_out_of_order(signing: Simulator, receiver: Receiver) -> None:
    signing.reset()
    signing.set_faults("webhook-out-of-order*1")
    create(signing, order(webhook_url=receiver.url))
    assert [json.loads(receiver.next()[1])["status"] for _ in range(2)] == ["COMPLETED", "IN_PROGRESS"]


def test_badly_signed_old_and_lost(signing: Simulator, receiver: Receiver) -> None:
    signing.reset()
    signing.set_faults("webhook-bad-signature*1", {"name": "webhook-old", "times": 1, "after": 1})
    create(signing, order(webhook_url=receiver.url))
    bad, old = receiver.next(), receiver.next()
    assert not good(bad, SECRET.encode())
    assert good(old, SECRET.encode())
    assert int(old[0]["webhook-timestamp"]) < time.time() - 500
    signing.set_faults("webhook-lost*1")
    create(signing, order(webhook_url=receiver.url))
    assert json.loads(receiver.next()[1])["status"] == "COMPLETED"


def test_nothing_leaves_this_machine(signing: Simulator) -> None:
    signing.reset()
    task_id = create(signing, order(webhook_url="https://203.0.113.5/hook")).json()["data"]["task_id"]
    finished(signing, task_id)
    assert "it is not on this machine" in signing.log_text()
    state = signing.state()
    assert (state["webhooks_sent"], state["webhooks_failed"]) == (0, 0)
