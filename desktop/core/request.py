"""The request: what is sent, field by field, before it becomes bytes.

The only place where image coordinates become the service's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from desktop.core import conventions as conventions_module
from desktop.core.conventions import Conventions
from desktop.core.errors import RequestError, SettingsError
from desktop.core.geometry import Box, Point, pixel_of
from desktop.core.shot import Shot


@dataclass(frozen=True, slots=True)
class Asset:
    """An encoded file that goes into a request: named by its SHA-256 (hex), ``size`` bytes, W x H pixels."""

    sha256: str
    media_type: str
    size: int
    width: int
    height: int

    def record(self) -> dict[str, Any]:
        """As plain JSON data."""
        return {
            "sha256": self.sha256,
            "media_type": self.media_type,
            "size": self.size,
            "width": self.width,
            "height": self.height,
        }


@dataclass(frozen=True, slots=True)
class EncodedAsset:
    """An asset with its bytes. ``notes`` are sentences on what was done to fit it ("scaled to ...")."""

    asset: Asset
    data: bytes = field(repr=False)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EncodedShot:
    """A shot's pictures and masks, encoded for the service. All masks have the size of ``image``.

    ``dynamic`` maps labels to masks; areas with no painted pixel are absent.
    """

    image: EncodedAsset
    end_frame: EncodedAsset | None
    static: EncodedAsset | None
    dynamic: Mapping[int, EncodedAsset]

    @property
    def assets(self) -> tuple[EncodedAsset, ...]:
        """Every asset, in the order they are sent."""
        some = (self.image, self.end_frame, self.static, *self.dynamic.values())
        return tuple(asset for asset in some if asset is not None)


@dataclass(frozen=True, slots=True)
class DynamicMask:
    """One dynamic mask as sent: its picture and its points in the service's coordinates (integers)."""

    label: int
    name: str
    mask: Asset
    points: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent. It never changes once a job holds it."""

    model: str
    conventions: Conventions
    image: Asset
    prompt: str
    negative_prompt: str
    cfg_scale: float
    duration: int
    end_frame: Asset | None = None
    static_mask: Asset | None = None
    dynamic_masks: tuple[DynamicMask, ...] = ()
    webhook_url: str = ""

    @property
    def assets(self) -> tuple[Asset, ...]:
        """Every asset, in the order they are sent."""
        some = (self.image, self.end_frame, self.static_mask, *(group.mask for group in self.dynamic_masks))
        return tuple(asset for asset in some if asset is not None)


def encoded_asset(
    data: bytes, media_type: str, width: int, height: int, notes: tuple[str, ...] = ()
) -> EncodedAsset:
    """An asset of these bytes."""
    asset = Asset(hashlib.sha256(data).hexdigest(), media_type, len(data), width, height)
    return EncodedAsset(asset, data, notes)


def service_points(
    points: tuple[Point, ...], frame: Box, width: int, height: int, conventions: Conventions
) -> tuple[tuple[int, int], ...]:
    """Points in image pixels (y down) as the service's integers, relative to the image as sent.

    ``frame`` is the part of the image that is sent, scaled to ``width`` x ``height``. Each point becomes the
    pixel it falls in, clamped to the image; consecutive points that fall in one pixel are sent once.
    """
    out: list[tuple[int, int]] = []
    for point in points:
        column = pixel_of(point.x - frame.left, frame.width, width)
        row = pixel_of(point.y - frame.top, frame.height, height)
        sent = (column, conventions.y_out(row, height))
        if not out or out[-1] != sent:
            out.append(sent)
    return tuple(out)


def build_request(shot: Shot, encoded: EncodedShot, conventions: Conventions) -> Request:
    """The request for a shot whose pictures and masks are encoded.

    Raises RequestError when a painted area has no path that can be sent; `desktop.core.rules` explains such
    cases beforehand.
    """
    image, frame = encoded.image.asset, shot.image.frame
    groups: list[DynamicMask] = []
    for area in shot.dynamic_areas:
        mask = encoded.dynamic.get(area.label)
        if mask is None:
            continue
        path = (
            ()
            if area.trajectory is None
            else area.trajectory.points(least=conventions.min_points, most=conventions.max_points)
        )
        points = service_points(path, frame, image.width, image.height, conventions)
        if not points:
            raise RequestError(
                f"“{area.title}” is painted but has no path to follow; draw one or clear the area."
            )
        if len(points) < conventions.min_points:
            raise RequestError(
                f"The path of “{area.title}” is too short for the picture as it is sent; draw it longer."
            )
        groups.append(DynamicMask(area.label, area.title, mask.asset, points))
    parameters = shot.parameters
    return Request(
        model=parameters.model,
        conventions=conventions,
        image=image,
        prompt=parameters.prompt.strip(),
        negative_prompt=parameters.negative_prompt.strip(),
        cfg_scale=round(parameters.cfg_scale, 4),
        duration=parameters.duration,
        end_frame=None if encoded.end_frame is None else encoded.end_frame.asset,
        static_mask=None if encoded.static is None else encoded.static.asset,
        dynamic_masks=tuple(groups),
        webhook_url=parameters.webhook_url.strip(),
    )


def to_record(request: Request) -> dict[str, Any]:
    """The request as plain JSON data: canonical, complete, without picture bytes and without any secret."""

    def asset(value: Asset | None) -> dict[str, Any] | None:
        return None if value is None else value.record()

    return {
        "model": request.model,
        "conventions": request.conventions.record(),
        "image": request.image.record(),
        "end_frame": asset(request.end_frame),
        "prompt": request.prompt,
        "negative_prompt": request.negative_prompt,
        "cfg_scale": request.cfg_scale,
        "duration": request.duration,
        "static_mask": asset(request.static_mask),
        "dynamic_masks": [
            {
                "label": group.label,
                "name": group.name,
                "mask": group.mask.record(),
                "points": [list(point) for point in group.points],
            }
            for group in request.dynamic_masks
        ],
        "webhook_url": request.webhook_url,
    }


def from_record(record: Mapping[str, Any]) -> Request:
    """Read `to_record` back. Raises RequestError when something is missing or of the wrong kind."""

    def asset(value: Mapping[str, Any]) -> Asset:
        return Asset(
            str(value["sha256"]),
            str(value["media_type"]),
            int(value["size"]),
            int(value["width"]),
            int(value["height"]),
        )

    def maybe(value: Mapping[str, Any] | None) -> Asset | None:
        return None if value is None else asset(value)

    try:
        return Request(
            model=str(record["model"]),
            conventions=conventions_module.from_record(record["conventions"]),
            image=asset(record["image"]),
            prompt=str(record["prompt"]),
            negative_prompt=str(record["negative_prompt"]),
            cfg_scale=float(record["cfg_scale"]),
            duration=int(record["duration"]),
            end_frame=maybe(record["end_frame"]),
            static_mask=maybe(record["static_mask"]),
            dynamic_masks=tuple(
                DynamicMask(
                    int(group["label"]),
                    str(group["name"]),
                    asset(group["mask"]),
                    tuple((int(x), int(y)) for x, y in group["points"]),
                )
                for group in record["dynamic_masks"]
            ),
            webhook_url=str(record["webhook_url"]),
        )
    except (KeyError, TypeError, ValueError, OverflowError, SettingsError) as error:
        raise RequestError("A stored request is damaged and cannot be read.", repr(error)) from error
