"""Requests for the simulator, made without any code of the client."""

import base64
import io
import time
from typing import Any

import httpx
import numpy as np
from PIL import Image

from tests.simulator import NO_TLS, Simulator

KEY = "good"
PATH = "/v1/ai/video/kling-4k-i2v"
_PATIENCE = 100.0


def encoded(image: Image.Image, form: str = "PNG") -> bytes:
    """The bytes of a picture file."""
    buffer = io.BytesIO()
    image.save(buffer, form)
    return buffer.getvalue()


def textured(width: int, height: int) -> Image.Image:
    """A picture in which every place looks different."""
    grain = np.random.default_rng(7).integers(0, 256, (height // 8 + 1, width // 8 + 1, 3), dtype=np.uint8)
    return Image.fromarray(grain).resize((width, height), Image.Resampling.BICUBIC)


def picture(width: int, height: int, form: str = "PNG") -> bytes:
    """A textured picture file."""
    return encoded(textured(width, height), form)


def painted(width: int, height: int, box: tuple[int, int, int, int], form: str = "PNG") -> bytes:
    """A mask file with ``box`` (left, top, right, bottom) white on black."""
    mask = np.zeros((height, width), np.uint8)
    mask[box[1] : box[3], box[0] : box[2]] = 255
    return encoded(Image.fromarray(mask), form)


def base64_text(data: bytes) -> str:
    """Raw base64."""
    return base64.b64encode(data).decode()


def order(**fields: object) -> dict[str, object]:
    """A valid request of 3 seconds, with ``fields`` on top."""
    return {"image": base64_text(picture(400, 300)), "duration": 3, **fields}


def group(
    mask: bytes | None = None, points: tuple[tuple[int, int], ...] = ((50, 50), (90, 90))
) -> dict[str, object]:
    """A dynamic mask with its trajectory."""
    data = painted(400, 300, (40, 200, 120, 260)) if mask is None else mask
    return {"mask": base64_text(data), "trajectories": [{"x": x, "y": y} for x, y in points]}


def create(simulator: Simulator, body: object, *, key: str | None = KEY, path: str = PATH) -> httpx.Response:
    """Send a create on a fresh connection."""
    headers = {} if key is None else {"x-magnific-api-key": key}
    return httpx.post(simulator.url + path, json=body, headers=headers, timeout=60, verify=NO_TLS)


def status(simulator: Simulator, task_id: str, *, path: str = PATH) -> httpx.Response:
    """Ask once."""
    headers = {"x-magnific-api-key": KEY}
    return httpx.get(f"{simulator.url}{path}/{task_id}", headers=headers, timeout=60, verify=NO_TLS)


def finished(simulator: Simulator, task_id: str, *, path: str = PATH) -> dict[str, Any]:
    """Poll until the task is COMPLETED or FAILED; gives what was told last."""
    until = time.monotonic() + _PATIENCE
    data: dict[str, Any] = {}
    while time.monotonic() < until:
        data = status(simulator, task_id, path=path).json()["data"]
        if data["status"] in ("COMPLETED", "FAILED"):
            return data
        time.sleep(0.02)
    raise AssertionError(f"The task did not end: {data}\n{simulator.log_text()}")
