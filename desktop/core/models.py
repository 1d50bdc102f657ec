"""The models the service offers, as data: where they live and what they take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from desktop.core.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Price:
    """An estimate per second of video; no official figure is known, so it is dated and can be set."""

    per_second: float
    currency: str
    dated: str
    source: str

    def estimate(self, seconds: int) -> float:
        """The estimated price of a clip, rounded to cents."""
        return round(self.per_second * seconds, 2)


@dataclass(frozen=True, slots=True)
class Model:
    """One model. ``status_path`` holds ``{task_id}``; paths are relative to the service's base URL."""

    id: str
    title: str
    create_path: str
    status_path: str
    list_path: str
    durations: tuple[int, ...]
    duration_as: Literal["integer", "string"]
    output: str
    price: Price | None


def _sibling(tier: str, title: str, status: str) -> Model:
    base = "/v1/ai/image-to-video"
    return Model(
        id=tier,
        title=title,
        create_path=f"{base}/{tier}",
        status_path=f"{base}/{status}/{{task_id}}",
        list_path=f"{base}/{status}",
        durations=(5, 10),
        duration_as="string",
        output="draft",
        price=None,
    )


KLING_4K = Model(
    id="kling-4k-i2v",
    title="Kling 4K",
    create_path="/v1/ai/video/kling-4k-i2v",
    status_path="/v1/ai/video/kling-4k-i2v/{task_id}",
    list_path="/v1/ai/video/kling-4k-i2v",
    durations=tuple(range(3, 16)),
    duration_as="integer",
    output="4K",
    price=Price(0.42, "USD", "2026-11", "what other hosts of this tier ask, 0.40 to 0.47 USD per second"),
)

MODELS: tuple[Model, ...] = (
    KLING_4K,
    _sibling("kling-pro", "Kling Pro (draft)", "kling-pro"),
    _sibling("kling-std", "Kling Standard (draft)", "kling-std"),
    _sibling("kling-v2-1-pro", "Kling 2.1 Pro (draft)", "kling-v2-1"),
    _sibling("kling-v2-1-std", "Kling 2.1 Standard (draft)", "kling-v2-1"),
)


def model(model_id: str) -> Model:
    """The model of that id. Raises SettingsError for an unknown one."""
    for entry in MODELS:
        if entry.id == model_id:
            return entry
    known = ", ".join(entry.id for entry in MODELS)
    raise SettingsError(f"There is no model “{model_id}”; choose one of {known}.")
