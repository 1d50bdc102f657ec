"""What the simulator accepts and refuses: both sides of each rule of the contract."""

from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image

from desktop.simulator import body as bodies
from tests.simulator import Simulator
from tests.simulator_orders import (
    KEY,
    PATH,
    base64_text,
    create,
    encoded,
    finished,
    group,
    order,
    painted,
    picture,
)


def sized(width: int, height: int, form: str = "PNG") -> str:
    return base64_text(encoded(Image.new("RGB", (width, height), "navy"), form))


def heavy(size: int) -> str:
    """A PNG of exactly ``size`` bytes: whatever follows its end is passed over by every reader."""
    data = picture(300, 300)
    return base64_text(data + bytes(size - len(data)))


def points(count: int) -> tuple[tuple[int, int], ...]:
    return tuple((10 + number, 20) for number in range(count))


ACCEPTED: dict[str, dict[str, object]] = {
    "smallest side": {"image": sized(300, 300)},
    "widest": {"image": sized(750, 300)},
    "tallest": {"image": sized(300, 750)},
    "jpeg": {"image": sized(400, 300, "JPEG")},
    "with a prefix": {"image": "data:image/jpeg;base64," + sized(400, 300, "JPEG")},
    "greatest size": {"image": heavy(10_000_000)},
    "end frame": {"image_tail": sized(300, 400)},
    "longest prompt": {"prompt": "é" * 2500},
    "longest prompt of wide characters": {"prompt": "\U0001f30a" * 2500, "negative_prompt": "x" * 2500},
    "empty prompt": {"prompt": ""},
    "no guidance": {"cfg_scale": 0},
    "full guidance": {"cfg_scale": 1.0},
    "shortest": {"duration": 3},
    "longest": {"duration": 15},
    "digits": {"duration": "15"},
    "no groups": {"dynamic_masks": []},
    "six groups": {"dynamic_masks": [group()] * 6},
    "two points": {"dynamic_masks": [group(points=points(2))]},
    "77 points": {"dynamic_masks": [group(points=points(77))]},
    "points outside": {"dynamic_masks": [group(points=((-5, 20), (500, 900)))]},
    "end frame with masks": {"image_tail": sized(400, 300), "dynamic_masks": [group()]},
    "masks for 15 s": {"duration": 15, "dynamic_masks": [group()]},
    "unknown field": {"seed": 7},
    "webhook": {"webhook_url": "https://example.com/hook"},
}

REFUSED: dict[str, dict[str, object]] = {
    "too small": {"image": sized(299, 300)},
    "too wide": {"image": sized(751, 300)},
    "too tall": {"image": sized(300, 751)},
    "gif": {"image": sized(400, 300, "GIF")},
    "webp": {"image": sized(400, 300, "WEBP")},
    "cut off": {"image": base64_text(picture(400, 300)[:-2000])},
    "no picture": {"image": base64_text(b"hello")},
    "no base64": {"image": "!" + sized(400, 300)[1:]},
    "base64 cut off": {"image": sized(400, 300)[:-1]},
    "line breaks": {"image": sized(400, 300)[:76] + "\n" + sized(400, 300)[76:]},
    "another prefix": {"image": "data:text/plain;base64," + sized(400, 300)},
    "empty": {"image": ""},
    "null": {"image": None},
    "a number": {"image": 5},
    "one byte too many": {"image": heavy(10_000_001)},
    "end frame too small": {"image_tail": sized(300, 299)},
    "prompt too long": {"prompt": "é" * 2501},
    "prompt far too long": {"prompt": "x" * 100_000},
    "prompt of a list": {"prompt": ["x"]},
    "negative prompt too long": {"negative_prompt": "x" * 2501},
    "guidance under 0": {"cfg_scale": -0.01},
    "guidance over 1": {"cfg_scale": 1.01},
    "guidance as text": {"cfg_scale": "0.5"},
    "guidance as truth": {"cfg_scale": True},
    "too short": {"duration": 2},
    "too long": {"duration": 16},
    "half seconds": {"duration": 5.5},
    "float seconds": {"duration": 5.0},
    "duration as truth": {"duration": True},
    "duration in words": {"duration": "five"},
    "static mask of a list": {"static_mask": []},
    "masks as object": {"dynamic_masks": group()},
    "seven groups": {"dynamic_masks": [group()] * 7},
    "one point": {"dynamic_masks": [group(points=points(1))]},
    "78 points": {"dynamic_masks": [group(points=points(78))]},
    "no trajectory": {"dynamic_masks": [{"mask": group()["mask"]}]},
    "no mask": {"dynamic_masks": [{"trajectories": group()["trajectories"]}]},
    "float point": {"dynamic_masks": [group() | {"trajectories": [{"x": 1.0, "y": 2}, {"x": 3, "y": 4}]}]},
    "text point": {"dynamic_masks": [group() | {"trajectories": [{"x": "1", "y": 2}, {"x": 3, "y": 4}]}]},
    "point without y": {"dynamic_masks": [group() | {"trajectories": [{"x": 1}, {"x": 3, "y": 4}]}]},
    "point as list": {"dynamic_masks": [group() | {"trajectories": [[1, 2], [3, 4]]}]},
    "group as list": {"dynamic_masks": [["mask"]]},
    "webhook that is none": {"webhook_url": "nowhere"},
    "webhook by file": {"webhook_url": "file:///etc/passwd"},
    "null prompt": {"prompt": None},
}


@pytest.mark.parametrize("fields", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_accepted(clean_simulator: Simulator, fields: dict[str, object]) -> None:
    assert create(clean_simulator, order(**fields)).status_code == 200


@pytest.mark.parametrize("fields", REFUSED.values(), ids=REFUSED.keys())
def test_refused(clean_simulator: Simulator, fields: dict[str, object]) -> None:
    clean_simulator.set(error_shape="problem")
    response = create(clean_simulator, order(**fields))
    assert response.status_code == 400
    named = {item["name"].partition(".")[0] for item in response.json()["invalid_params"]}
    assert named == set(fields)
    state = clean_simulator.state()
    assert (state["creates_received"], state["creates_accepted"]) == (1, 0)
    assert list((clean_simulator.data / "incoming").iterdir()) == []


@pytest.mark.parametrize(
    ("switch", "value", "fields", "status"),
    [
        ("unknown_fields", "400", {"seed": 7}, 400),
        ("null_fields", "ignore", {"prompt": None}, 200),
        ("duration_text", "400", {"duration": "5"}, 400),
        ("image_bytes", 1000, {}, 400),
        ("image_bytes", len(picture(400, 300)), {}, 200),
        ("tail_with_masks", "400", {"image_tail": sized(400, 300), "dynamic_masks": [group()]}, 400),
        ("tail_with_masks", "400", {"image_tail": sized(400, 300)}, 200),
        ("mask_durations", "5", {"dynamic_masks": [group()]}, 422),
        ("mask_durations", "5", {"dynamic_masks": [group()], "duration": 5}, 200),
        ("mask_durations", "5", {"duration": 10}, 200),
        ("empty_dynamic_masks", "400", {"dynamic_masks": []}, 400),
        ("outside_points", "400", {"dynamic_masks": [group(points=((0, 0), (399, 299)))]}, 200),
        ("outside_points", "400", {"dynamic_masks": [group(points=((0, 0), (400, 299)))]}, 400),
        ("outside_points", "400", {"dynamic_masks": [group(points=((0, 0), (399, 300)))]}, 400),
        ("outside_points", "400", {"dynamic_masks": [group(points=((0, -1), (399, 299)))]}, 400),
    ],
)
def test_switches(
    clean_simulator: Simulator, switch: str, value: object, fields: dict[str, object], status: int
) -> None:
    clean_simulator.set(**{switch: value})
    assert create(clean_simulator, order(**fields)).status_code == status


def test_the_size_may_be_counted_in_base64(clean_simulator: Simulator) -> None:
    size = len(picture(400, 300))
    clean_simulator.set(image_bytes=size, image_bytes_of="base64")
    assert create(clean_simulator, order()).status_code == 400
    clean_simulator.set(image_bytes=len(base64_text(picture(400, 300))))
    assert create(clean_simulator, order()).status_code == 200


GREY = encoded(Image.fromarray(np.full((300, 400), 128, np.uint8)))

MASK_FAULTS: dict[str, dict[str, object]] = {
    "another aspect": {"static_mask": base64_text(painted(400, 301, (0, 0, 9, 9)))},
    "another aspect by one column": {"static_mask": base64_text(painted(401, 300, (0, 0, 9, 9)))},
    "two sizes": {
        "static_mask": base64_text(painted(800, 600, (0, 0, 9, 9))),
        "dynamic_masks": [group()],
    },
    "two sizes of dynamic masks": {
        "dynamic_masks": [group(), group(painted(200, 150, (0, 0, 9, 9)))],
    },
    "no picture": {"static_mask": base64_text(b"hello!")},
    "no base64": {"static_mask": "hello"},
    "cut off": {"static_mask": base64_text(GREY[:-30])},
    "gif": {"static_mask": sized(400, 300, "GIF")},
    "address without answer": {"static_mask": "http://127.0.0.1:9/mask.png"},
}


@pytest.mark.parametrize("fields", MASK_FAULTS.values(), ids=MASK_FAULTS.keys())
def test_a_mask_fault_fails_the_task(clean_simulator: Simulator, fields: dict[str, object]) -> None:
    response = create(clean_simulator, order(**fields))
    assert response.status_code == 200
    told = finished(clean_simulator, response.json()["data"]["task_id"])
    assert (told["status"], told["error"], told["generated"]) == ("FAILED", None, [])


GOOD_MASKS: dict[str, dict[str, object]] = {
    "half the size": {"static_mask": base64_text(painted(200, 150, (0, 0, 9, 9)))},
    "jpeg": {"static_mask": base64_text(painted(400, 300, (0, 0, 90, 90), "JPEG"))},
    "nothing painted": {"static_mask": base64_text(painted(400, 300, (0, 0, 0, 0)))},
    "all painted": {"dynamic_masks": [group(painted(400, 300, (0, 0, 400, 300)))]},
    "overlapping": {"static_mask": group()["mask"], "dynamic_masks": [group(), group()]},
}


@pytest.mark.parametrize("fields", GOOD_MASKS.values(), ids=GOOD_MASKS.keys())
def test_masks_that_are_good(clean_simulator: Simulator, fields: dict[str, object]) -> None:
    task_id = create(clean_simulator, order(**fields)).json()["data"]["task_id"]
    assert finished(clean_simulator, task_id)["status"] == "COMPLETED"


@pytest.mark.parametrize(
    ("switch", "fields"),
    [
        ("tail_with_masks", {"image_tail": sized(400, 300), "dynamic_masks": [group()]}),
        ("empty_mask", {"static_mask": base64_text(painted(400, 300, (0, 0, 0, 0)))}),
    ],
)
def test_switches_that_fail_the_task(
    clean_simulator: Simulator, switch: str, fields: dict[str, object]
) -> None:
    clean_simulator.set(**{switch: "fail"})
    task_id = create(clean_simulator, order(**fields)).json()["data"]["task_id"]
    assert finished(clean_simulator, task_id)["status"] == "FAILED"


@pytest.mark.parametrize("polarity", ["white", "black"])
def test_soft_masks_are_cut_at_128(clean_simulator: Simulator, polarity: str) -> None:
    grey = np.zeros((300, 400), np.uint8)
    grey[:, :100], grey[:, 100:150] = 127, 128
    clean_simulator.set(polarity=polarity)
    body = order(static_mask=base64_text(encoded(Image.fromarray(grey))))
    task_id = create(clean_simulator, body).json()["data"]["task_id"]
    coverage = clean_simulator.control(f"tasks/{task_id}/request")["static_mask"]["coverage"]
    assert coverage == pytest.approx(0.125 if polarity == "white" else 0.875)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '"x"', '{"image": NaN}', '{"image": "' + "A" * 20_000, "nothing", "[" * 100_000]
)
def test_no_json_object(clean_simulator: Simulator, text: str) -> None:
    headers = {"x-magnific-api-key": KEY, "content-type": "application/json"}
    response = httpx.post(clean_simulator.url + PATH, content=text, headers=headers)
    assert response.status_code == 400


def test_another_content_type(clean_simulator: Simulator) -> None:
    headers = {"x-magnific-api-key": KEY, "content-type": "text/plain"}
    assert httpx.post(clean_simulator.url + PATH, content="{}", headers=headers).status_code == 415


def test_long_strings_stay_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "body.json"
    data = bytes(range(256)) * 4000
    text = base64_text(data)
    path.write_text(
        '{"a": "x\\"y", "b": ["' + text + '", "c"], "d": {"e": "' + text[:20_000] + '\\n"}, "f": 1e3}'
    )
    parsed = bodies.parse(path)
    listed = parsed.pop("b")
    assert isinstance(listed, list)
    span = listed[0]
    assert isinstance(span, bodies.Span)
    assert listed[1:] == ["c"]
    assert parsed == {"a": 'x"y', "d": {"e": text[:20_000] + "\n"}, "f": 1000.0}
    target = tmp_path / "decoded"
    size, _ = bodies.Text(span, path).decode_base64(target)
    assert size == len(data)
    assert target.read_bytes() == data
