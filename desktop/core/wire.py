"""The wire: a request as the exact bytes of its JSON body, and back.

The only file that knows the service's field names.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from desktop.core.errors import RequestError
from desktop.core.models import model
from desktop.core.request import Asset, Request

Segment = bytes | Asset
"""A piece of the body: literal bytes, or an asset whose base64 stands there."""


@dataclass(frozen=True, slots=True)
class ParsedRequest:
    """A body read back, as the service would: pictures as bytes, points as the sent integers."""

    image: bytes = field(repr=False)
    end_frame: bytes | None = field(repr=False)
    prompt: str
    negative_prompt: str
    cfg_scale: float
    duration: int
    static_mask: bytes | None = field(repr=False)
    dynamic_masks: tuple[tuple[bytes, tuple[tuple[int, int], ...]], ...] = field(repr=False)
    webhook_url: str


def segments(request: Request) -> tuple[Segment, ...]:
    """The body in pieces, so that it can be streamed without ever being whole in memory."""
    out: list[Segment] = []
    text = "{"

    def add_asset(before: str, asset: Asset) -> None:
        nonlocal text
        out.append((text + before + '"').encode("ascii"))
        out.append(asset)
        text = '"'

    add_asset('"image":', request.image)
    if request.end_frame is not None:
        add_asset(',"image_tail":', request.end_frame)
    scalars: dict[str, Any] = {}
    if request.prompt:
        scalars["prompt"] = request.prompt
    scalars["negative_prompt"] = request.negative_prompt
    scalars["cfg_scale"] = request.cfg_scale
    as_text = model(request.model).duration_as == "string"
    scalars["duration"] = str(request.duration) if as_text else request.duration
    text += "".join(f",{json.dumps(name)}:{json.dumps(value)}" for name, value in scalars.items())
    if request.static_mask is not None:
        add_asset(',"static_mask":', request.static_mask)
    for index, group in enumerate(request.dynamic_masks):
        add_asset(',"dynamic_masks":[{"mask":' if index == 0 else ',{"mask":', group.mask)
        points = [{"x": x, "y": y} for x, y in group.points]
        text += ',"trajectories":' + json.dumps(points, separators=(",", ":")) + "}"
    if request.dynamic_masks:
        text += "]"
    if request.webhook_url:
        text += ',"webhook_url":' + json.dumps(request.webhook_url)
    out.append((text + "}").encode("ascii"))
    return tuple(out)


def content_length(pieces: Sequence[Segment]) -> int:
    """Bytes of the whole body (base64 takes 4 bytes for every 3 begun)."""
    return sum(len(piece) if isinstance(piece, bytes) else (piece.size + 2) // 3 * 4 for piece in pieces)


def serialise(request: Request, read: Callable[[Asset], bytes]) -> bytes:
    """The whole body at once; ``read`` gives an asset's bytes."""
    return b"".join(
        piece if isinstance(piece, bytes) else base64.b64encode(read(piece)) for piece in segments(request)
    )


def parse(body: bytes) -> ParsedRequest:
    """Read a body back. Raises RequestError when it is not a request with its pictures in base64."""
    try:
        record: Mapping[str, Any] = json.loads(body)
        return ParsedRequest(
            image=_picture(record["image"]),
            end_frame=_picture(record["image_tail"]) if "image_tail" in record else None,
            prompt=str(record.get("prompt", "")),
            negative_prompt=str(record.get("negative_prompt", "")),
            cfg_scale=float(record["cfg_scale"]),
            duration=int(record["duration"]),
            static_mask=_picture(record["static_mask"]) if "static_mask" in record else None,
            dynamic_masks=tuple(
                (
                    _picture(group["mask"]),
                    tuple((_whole(point["x"]), _whole(point["y"])) for point in group["trajectories"]),
                )
                for group in record.get("dynamic_masks", [])
            ),
            webhook_url=str(record.get("webhook_url", "")),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        raise RequestError("These bytes are not a request this program wrote.", repr(error)) from error


def _whole(value: object) -> int:
    # Never rounded: what is read back must be what the service reads.
    if type(value) is not int:
        raise ValueError("a coordinate is not an integer")
    return value


def _picture(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
