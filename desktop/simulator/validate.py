"""The checks of a create, in the order of the service: fields first, then the pictures.

Faults of the picture and of plain fields refuse the request (400). Faults of masks do not: the task is
made and FAILs later, which is what the documentation says of aspect and resolution.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from desktop.simulator import pictures
from desktop.simulator.body import InvalidBase64, Span, Text
from desktop.simulator.models import ServiceModel
from desktop.simulator.switches import Settings

_TEXT_LIMIT = 2500
_GROUP_LIMIT = 6
_POINTS = range(2, 78)
_KNOWN = {
    "image", "image_tail", "prompt", "negative_prompt", "cfg_scale", "duration",
    "static_mask", "dynamic_masks", "webhook_url",
}  # fmt: skip
# Fetches an address into a file. Raises Unreachable.
Fetch = Callable[[str, Path], tuple[int, str]]


class Unreachable(Exception):
    """An address the service will not or cannot read; the text says why."""


class Invalid(Exception):
    """The request is refused with ``status``: ``faults`` are (field, reason) pairs."""

    def __init__(self, faults: tuple[tuple[str, str], ...], status: int = 400) -> None:
        super().__init__(faults)
        self.faults, self.status = faults, status


@dataclass(frozen=True, slots=True)
class Order:
    """A request the service accepted. The files lie beside it: ``image``, ``image_tail``,
    ``static_mask``, ``dynamic_mask_1`` and so on.

    ``fields``: the plain fields as they were sent. ``paths``: the trajectory of each dynamic mask in its
    numbers as sent. ``assets``: bytes, SHA-256, and for images the size, of each file. ``task_fault``:
    why the task will fail, known only to the service.
    """

    model: str
    duration: int
    width: int
    height: int
    static: bool
    paths: tuple[tuple[tuple[int, int], ...], ...]
    fields: Mapping[str, object] = field(default_factory=dict)
    assets: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    webhook_url: str | None = None
    task_fault: str | None = None


def validate(
    document: Mapping[str, object],
    body: Path,
    folder: Path,
    model: ServiceModel,
    settings: Settings,
    fetch: Fetch,
) -> Order:
    """Check a parsed body and write its pictures into ``folder``. Raises Invalid."""
    check = _Check(document, body, folder, settings, fetch)
    return check.run(model)


class _Check:
    def __init__(
        self, document: Mapping[str, object], body: Path, folder: Path, settings: Settings, fetch: Fetch
    ) -> None:
        ignore_null = settings.null_fields == "ignore"
        self.document = {k: v for k, v in document.items() if v is not None or not ignore_null}
        self.body, self.folder, self.settings, self.fetch = body, folder, settings, fetch
        self.faults: list[tuple[str, str]] = []
        self.assets: dict[str, dict[str, object]] = {}
        self.task_fault: str | None = None

    def run(self, model: ServiceModel) -> Order:
        self.unknown(self.document, _KNOWN, "")
        for name in ("image", "image_tail", "static_mask"):
            self.text_type(name, required=name == "image")
        for name in ("prompt", "negative_prompt"):
            self.words(name)
        self.guidance()
        duration = self.duration(model)
        webhook_url = self.webhook()
        paths = self.trajectories()
        masks = "static_mask" in self.document or bool(paths)
        if masks and "image_tail" in self.document and self.settings.tail_with_masks != "accept":
            if self.settings.tail_with_masks == "400":
                self.fault("image_tail", "cannot be used together with masks")
            self.task_fault = "image_tail together with masks"
        self.stop_at_faults()
        if masks and duration != 5 and self.settings.mask_durations == "5":
            raise Invalid((("duration", "masks work with 5 seconds only"),), status=422)

        size = self.image("image")
        self.image("image_tail")
        if size is not None and self.settings.outside_points == "400":
            for number, path in enumerate(paths):
                if any(not (0 <= x < size[0] and 0 <= y < size[1]) for x, y in path):
                    self.fault(f"dynamic_masks.{number}.trajectories", "has points outside the image")
        self.stop_at_faults()
        assert size is not None  # image is required, and a fault of it has stopped us

        if "static_mask" in self.document:
            self.mask("static_mask", self.document["static_mask"])
        dynamic = self.document.get("dynamic_masks", [])
        assert isinstance(dynamic, list)
        for number, group in enumerate(dynamic, 1):
            self.mask(f"dynamic_mask_{number}", group["mask"])
        assets = {"image", "image_tail", "static_mask", "dynamic_masks"}
        return Order(
            model=model.name,
            duration=duration,
            width=size[0],
            height=size[1],
            static="static_mask" in self.document,
            paths=paths,
            fields={key: value for key, value in self.document.items() if key not in assets},
            assets=self.assets,
            webhook_url=webhook_url,
            task_fault=self.task_fault,
        )

    def fault(self, name: str, reason: str) -> None:
        self.faults.append((name, reason))

    def stop_at_faults(self) -> None:
        if self.faults:
            raise Invalid(tuple(self.faults))

    def unknown(self, item: Mapping[str, object], known: set[str], prefix: str) -> None:
        if self.settings.unknown_fields == "400":
            for name in item.keys() - known:
                self.fault(prefix + name, "is not a known field")

    def text_type(self, name: str, *, required: bool) -> None:
        if name not in self.document:
            if required:
                self.fault(name, "is required")
        elif not isinstance(self.document[name], str | Span):
            self.fault(name, "must be a string")
        elif self.document[name] == "":
            self.fault(name, "must not be empty")

    def words(self, name: str) -> None:
        value = self.document.get(name, "")
        if isinstance(value, Span) or (isinstance(value, str) and len(value) > _TEXT_LIMIT):
            self.fault(name, f"must not be longer than {_TEXT_LIMIT} characters")
        elif not isinstance(value, str):
            self.fault(name, "must be a string")

    def guidance(self) -> None:
        value = self.document.get("cfg_scale", 0.5)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fault("cfg_scale", "must be a number")
        elif not 0 <= value <= 1:
            self.fault("cfg_scale", "must be from 0 to 1")

    def duration(self, model: ServiceModel) -> int:
        value = self.document.get("duration", 5 if not model.text_durations else "5")
        digits = isinstance(value, str) and re.fullmatch(r"[0-9]{1,2}", value) is not None
        number = isinstance(value, int) and not isinstance(value, bool)
        texts = model.text_durations or self.settings.duration_text == "accept"
        if not (digits and texts) and (model.text_durations or not number):
            self.fault("duration", f"must be {'a string' if model.text_durations else 'an integer'}")
            return 0
        seconds = int(str(value))
        if seconds not in model.durations:
            self.fault("duration", f"must be one of {', '.join(map(str, model.durations))}")
        return seconds

    def webhook(self) -> str | None:
        value = self.document.get("webhook_url")
        if "webhook_url" not in self.document:
            return None
        if isinstance(value, str):
            try:
                parts = urlsplit(value)
                port = parts.port if parts.port is not None else 80
                if parts.scheme in ("http", "https") and parts.hostname and port > 0:
                    return value
            except ValueError:
                pass  # a port or a host that cannot be read: told below
        self.fault("webhook_url", "must be an http or https address")
        return None

    def trajectories(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        groups = self.document.get("dynamic_masks", [])
        if not isinstance(groups, list):
            self.fault("dynamic_masks", "must be a list")
            return ()
        if "dynamic_masks" in self.document and not groups and self.settings.empty_dynamic_masks == "400":
            self.fault("dynamic_masks", "must not be empty")
        if len(groups) > _GROUP_LIMIT:
            self.fault("dynamic_masks", f"must not have more than {_GROUP_LIMIT} items")
        return tuple(self.group(f"dynamic_masks.{number}", group) for number, group in enumerate(groups))

    def group(self, name: str, group: object) -> tuple[tuple[int, int], ...]:
        if not isinstance(group, dict):
            self.fault(name, "must be an object")
            return ()
        self.unknown(group, {"mask", "trajectories"}, f"{name}.")
        mask = group.get("mask")
        if not isinstance(mask, str | Span) or mask == "":
            self.fault(f"{name}.mask", "is required and must be a string")
        points = group.get("trajectories")
        if not isinstance(points, list):
            self.fault(f"{name}.trajectories", "is required and must be a list")
            return ()
        if len(points) not in _POINTS:
            self.fault(f"{name}.trajectories", f"must have {_POINTS[0]} to {_POINTS[-1]} points")
        path = []
        for number, point in enumerate(points):
            where = f"{name}.trajectories.{number}"
            if not isinstance(point, dict):
                self.fault(where, "must be an object")
                continue
            self.unknown(point, {"x", "y"}, f"{where}.")
            x, y = point.get("x"), point.get("y")
            if type(x) is int and type(y) is int and max(abs(x), abs(y)) < 1_000_000:
                path.append((x, y))
            else:
                self.fault(where, "needs x and y as integers")
        return tuple(path)

    def obtain(self, name: str, value: str | Span) -> Path:
        """Bring a picture into the folder. Raises InvalidBase64, Unreachable."""
        text, path = Text(value, self.body), self.folder / name
        size, sha256 = self.fetch(text.whole(), path) if text.is_url() else text.decode_base64(path)
        counted = text.length if self.settings.image_bytes_of == "base64" and not text.is_url() else size
        self.assets[name] = {"bytes": size, "sha256": sha256, "counted_bytes": counted}
        return path

    def image(self, name: str) -> tuple[int, int] | None:
        value = self.document.get(name)
        if not isinstance(value, str | Span):
            return None
        try:
            path = self.obtain(name, value)
            counted = self.assets[name]["counted_bytes"]
            if isinstance(counted, int) and counted > self.settings.image_bytes:
                self.fault(name, f"must not be greater than {self.settings.image_bytes} bytes")
                return None
            picture = pictures.inspect(path)
        except (InvalidBase64, Unreachable, pictures.UnreadablePicture) as error:
            self.fault(name, f"cannot be read: {error}")
            return None
        fault = pictures.size_fault(picture)
        if fault is not None:
            self.fault(name, fault)
            return None
        self.assets[name] |= {
            "content_type": picture.content_type, "width": picture.width, "height": picture.height,
        }  # fmt: skip
        return picture.width, picture.height

    def mask(self, name: str, value: object) -> None:
        assert isinstance(value, str | Span)  # anything else was refused above
        try:
            self.obtain(name, value)
        except (InvalidBase64, Unreachable) as error:
            self.task_fault = f"{name} cannot be read: {error}"
