"""Each fault on demand does what it says, as often as it says, and leaves the right traces."""

import email.utils
import time

import httpx
import pytest

from desktop.simulator.faults import FaultError, Faults, fault, parse
from tests.simulator import Simulator
from tests.simulator_orders import KEY, PATH, create, finished, order, status


def new_task(simulator: Simulator) -> str:
    task_id: str = create(simulator, order()).json()["data"]["task_id"]
    return task_id


def new_result(simulator: Simulator) -> tuple[str, bytes]:
    """The address of a finished result, and its bytes."""
    url: str = finished(simulator, new_task(simulator))["generated"][0]
    return url, httpx.get(url).content


def read_until_broken(response: httpx.Response) -> tuple[bytes, httpx.TransportError | None]:
    """What came, and what ended it."""
    got = b""
    try:
        for piece in response.iter_raw():
            got += piece
    except httpx.TransportError as error:
        return got, error
    return got, None


@pytest.mark.parametrize("code", ["500", "502", "503"])
def test_error_statuses(clean_simulator: Simulator, code: str) -> None:
    clean_simulator.set_faults({"name": code, "times": 2, "on": "create"})
    assert [create(clean_simulator, order()).status_code for _ in range(3)] == [int(code), int(code), 200]
    state = clean_simulator.state()
    assert (state["creates_received"], state["creates_accepted"]) == (3, 1)
    assert state["faults_fired"] == {code: 2}


def test_messages_of_error_statuses(clean_simulator: Simulator) -> None:
    clean_simulator.set_faults("500@create*1")
    assert create(clean_simulator, order()).json() == {"message": "Internal Server Error"}
    clean_simulator.set_faults("503@create*1")
    text = "Service Unavailable. Please try again later."
    assert create(clean_simulator, order()).json() == {"message": text}
    clean_simulator.set_faults("502@create*1")
    response = create(clean_simulator, order())
    assert response.headers["content-type"].startswith("text/html")
    assert response.text.startswith("<html>")


@pytest.mark.parametrize("code", ["500", "502", "503"])
def test_error_statuses_that_hide_an_accepted_task(clean_simulator: Simulator, code: str) -> None:
    clean_simulator.set_faults(f"{code}=accepted@create*1")
    assert create(clean_simulator, order()).status_code == int(code)
    assert clean_simulator.state()["creates_accepted"] == 1


def test_any_status_at_any_place(clean_simulator: Simulator) -> None:
    task_id = new_task(clean_simulator)
    clean_simulator.set_faults("http=418@status*1", "http=507@list*1")
    headers = {"x-magnific-api-key": KEY}
    assert status(clean_simulator, task_id).status_code == 418
    assert status(clean_simulator, task_id).status_code == 200
    assert httpx.get(clean_simulator.url + PATH, headers=headers).status_code == 507
    assert httpx.get(clean_simulator.url + PATH, headers=headers).status_code == 200


def test_too_many_requests_with_and_without_a_time(clean_simulator: Simulator) -> None:
    clean_simulator.set_faults("429*1", "429=7*1", "429=date:30*1")
    bare, seconds, date = (create(clean_simulator, order()) for _ in range(3))
    assert [item.status_code for item in (bare, seconds, date)] == [429] * 3
    assert "retry-after" not in bare.headers
    assert seconds.headers["retry-after"] == "7"
    moment = email.utils.parsedate_to_datetime(date.headers["retry-after"]).timestamp()
    assert moment > time.time()
    assert create(clean_simulator, order()).status_code == 200


def test_a_lost_reply_leaves_a_task(clean_simulator: Simulator) -> None:
    clean_simulator.set_faults("lost-reply*1")
    with pytest.raises(httpx.RemoteProtocolError):
        create(clean_simulator, order())
    state = clean_simulator.state()
    assert state["creates_accepted"] == 1
    assert state["creates"][0]["status"] == 0
    (task_id,) = state["tasks"]
    assert finished(clean_simulator, task_id)["status"] == "COMPLETED"


def test_a_reset_before_the_body_leaves_nothing(clean_simulator: Simulator) -> None:
    clean_simulator.set_faults("reset@create*1")
    with pytest.raises((httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)):
        create(clean_simulator, order())
    state = clean_simulator.state()
    assert (state["creates_started"], state["creates_received"], state["creates_accepted"]) == (1, 0, 0)
    assert create(clean_simulator, order()).status_code == 200


def test_slow_answers(clean_simulator: Simulator) -> None:
    clean_simulator.set_faults("slow=60@list*1")
    headers = {"x-magnific-api-key": KEY}
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(clean_simulator.url + PATH, headers=headers, timeout=httpx.Timeout(30, read=0.2))
    assert httpx.get(clean_simulator.url + PATH, headers=headers).status_code == 404


def test_invalid_json(clean_simulator: Simulator) -> None:
    clean_simulator.set_faults("invalid-json*2")
    response = create(clean_simulator, order())
    assert response.status_code == 200
    with pytest.raises(ValueError, match=r"delimiter|Expecting|Unterminated"):
        response.json()
    (task_id,) = clean_simulator.state()["tasks"]
    with pytest.raises(ValueError, match=r"delimiter|Expecting|Unterminated"):
        status(clean_simulator, task_id).json()
    assert status(clean_simulator, task_id).json()["data"]["task_id"] == task_id


def test_completed_with_an_empty_list(clean_simulator: Simulator) -> None:
    task_id = new_task(clean_simulator)
    finished(clean_simulator, task_id)
    clean_simulator.set_faults("empty-result*2")
    told = [status(clean_simulator, task_id).json()["data"] for _ in range(3)]
    assert [item["status"] for item in told] == ["COMPLETED"] * 3
    assert [len(item["generated"]) for item in told] == [0, 0, 1]


def test_an_empty_list_does_not_touch_unfinished_tasks(clean_simulator: Simulator) -> None:
    clean_simulator.set(work_seconds=60)
    clean_simulator.set_faults("empty-result*1")
    task_id = new_task(clean_simulator)
    assert status(clean_simulator, task_id).json()["data"]["status"] in ("CREATED", "IN_PROGRESS")
    assert clean_simulator.state()["faults_fired"] == {}


def test_failed_at_once(clean_simulator: Simulator) -> None:
    clean_simulator.set_faults("failed-at-once*1")
    response = create(clean_simulator, order()).json()["data"]
    assert response["status"] == "CREATED"
    told = status(clean_simulator, response["task_id"]).json()["data"]
    assert told == {"task_id": response["task_id"], "status": "FAILED", "error": None, "generated": []}
    clean_simulator.set_faults("failed-at-once=reply*1")
    assert create(clean_simulator, order()).json()["data"]["status"] == "FAILED"


def test_failed_later(clean_simulator: Simulator) -> None:
    clean_simulator.set_faults("failed-later=0.5*1")
    task_id = new_task(clean_simulator)
    first = status(clean_simulator, task_id).json()["data"]["status"]
    assert first in ("IN_PROGRESS", "FAILED")
    assert finished(clean_simulator, task_id)["status"] == "FAILED"
    clean_simulator.set_faults("failed-later=3600*1")
    assert status(clean_simulator, new_task(clean_simulator)).json()["data"]["status"] == "IN_PROGRESS"


def test_an_unknown_status(clean_simulator: Simulator) -> None:
    task_id = new_task(clean_simulator)
    clean_simulator.set_faults("unknown-status=PAUSED*1")
    assert status(clean_simulator, task_id).json()["data"]["status"] == "PAUSED"
    assert status(clean_simulator, task_id).json()["data"]["status"] != "PAUSED"


def test_downloads_in_ranges(clean_simulator: Simulator) -> None:
    url, data = new_result(clean_simulator)
    whole = httpx.get(url)
    etag, size = whole.headers["etag"], len(data)
    assert whole.headers["accept-ranges"] == "bytes"
    assert int(httpx.head(url).headers["content-length"]) == size
    for text, start, stop in [
        ("bytes=0-", 0, size),
        ("bytes=100-", 100, size),
        ("bytes=100-199", 100, 200),
        (f"bytes=100-{size * 2}", 100, size),
        ("bytes=-10", size - 10, size),
        (f"bytes={size - 1}-", size - 1, size),
    ]:
        part = httpx.get(url, headers={"range": text, "if-range": etag})
        assert part.status_code == 206
        assert part.headers["content-range"] == f"bytes {start}-{stop - 1}/{size}"
        assert part.content == data[start:stop]
    beyond = httpx.get(url, headers={"range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    other = httpx.get(url, headers={"range": "bytes=5-", "if-range": '"another"'})
    assert (other.status_code, other.content) == (200, data)
    assert httpx.get(url, headers={"range": "bytes=0-1,5-6"}).content == data


def test_a_key_at_the_download_is_counted(clean_simulator: Simulator) -> None:
    url, data = new_result(clean_simulator)
    assert clean_simulator.state()["cdn_key_leaks"] == 0
    for header in ("x-magnific-api-key", "x-freepik-api-key"):
        assert httpx.get(url, headers={header: KEY}).content == data
    assert clean_simulator.state()["cdn_key_leaks"] == 2


def test_a_truncated_download(clean_simulator: Simulator) -> None:
    url, data = new_result(clean_simulator)
    clean_simulator.set_faults("truncated=0.25*1")
    with httpx.stream("GET", url) as response:
        assert int(response.headers["content-length"]) == len(data)
        got, error = read_until_broken(response)
    assert isinstance(error, httpx.RemoteProtocolError)
    assert got == data[: int(len(data) * 0.25)]
    rest = httpx.get(url, headers={"range": f"bytes={len(got)}-"})
    assert got + rest.content == data


def test_a_corrupted_download(clean_simulator: Simulator) -> None:
    url, data = new_result(clean_simulator)
    clean_simulator.set_faults("corrupted=10*1")
    wrong = httpx.get(url).content
    assert len(wrong) == len(data)
    assert sum(a != b for a, b in zip(wrong, data, strict=True)) == 10
    assert httpx.get(url).content == data


def test_a_download_that_is_no_video(clean_simulator: Simulator) -> None:
    url, _ = new_result(clean_simulator)
    clean_simulator.set_faults("not-video*1")
    response = httpx.get(url)
    assert response.headers["content-type"] == "video/mp4"
    assert response.text.startswith("<!DOCTYPE html>")


def test_a_stalled_download(clean_simulator: Simulator) -> None:
    url, data = new_result(clean_simulator)
    clean_simulator.set_faults("stalled=0.5*1")
    with httpx.stream("GET", url, timeout=httpx.Timeout(30, read=1.0)) as response:
        got, error = read_until_broken(response)
    assert isinstance(error, httpx.ReadTimeout)
    assert got == data[: int(len(data) * 0.5)]
    assert httpx.get(url).content == data


def test_an_endless_download(clean_simulator: Simulator) -> None:
    url, data = new_result(clean_simulator)
    clean_simulator.set_faults("endless*1")
    size = 0
    with httpx.stream("GET", url) as response:
        assert "content-length" not in response.headers
        for piece in response.iter_raw():
            size += len(piece)
            if size > 2 * len(data):
                break
    assert size > 2 * len(data)


def test_no_ranges(clean_simulator: Simulator) -> None:
    url, data = new_result(clean_simulator)
    clean_simulator.set_faults("no-range*1")
    response = httpx.get(url, headers={"range": "bytes=10-"})
    assert (response.status_code, response.content) == (200, data)
    assert "accept-ranges" not in response.headers


def test_wrong_lengths(clean_simulator: Simulator) -> None:
    url, data = new_result(clean_simulator)
    clean_simulator.set_faults("wrong-length=short*1")
    assert httpx.get(url).content == data[: len(data) // 2]
    clean_simulator.set_faults("wrong-length=long*1")
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(url)


def test_an_expired_address(clean_simulator: Simulator) -> None:
    url, data = new_result(clean_simulator)
    clean_simulator.set_faults("expired*1")
    assert httpx.get(url).status_code == 403
    assert httpx.get(url).content == data


def test_a_throttled_download(clean_simulator: Simulator) -> None:
    url, data = new_result(clean_simulator)
    clean_simulator.set_faults("throttle=1000")
    with httpx.stream("GET", url) as response:
        first = next(response.iter_raw())
    assert len(first) < len(data) // 10


def test_faults_wait_for_their_turn() -> None:
    faults = Faults([fault("slow", 1, on="status", times=1, after=2)])
    assert faults.take("slow", "create") is None
    assert [faults.take("slow", "status") is not None for _ in range(4)] == [False, False, True, False]
    assert faults.state() == []


def test_faults_of_the_command_line() -> None:
    assert parse("429=date:5@create*3") == fault("429", "date:5", on="create", times=3)
    assert parse("truncated").value == "0.5"
    for text in ("nothing", "lost-reply@status", "slow=x", "slow*0", "http=200", "a b", ""):
        with pytest.raises(FaultError):
            parse(text)
