"""What a clip may cost: always an estimate, dated, and a setting."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.core.models import Model
from desktop.core.services import Service


@dataclass(frozen=True, slots=True)
class Estimate:
    """Money expected for one clip; ``amount`` is None when no price is known. ``dated`` is when the price was set."""

    amount: float | None
    currency: str
    dated: str

    def __str__(self) -> str:
        if self.amount is None:
            return "price not known"
        if self.amount == 0:
            return "free"
        return f"≈ {self.amount:.2f} {self.currency}"


def estimate(
    model: Model, service: Service, seconds: int, per_second: float | None = None, dated: str = ""
) -> Estimate:
    """The estimate for ``seconds`` of video. ``per_second`` and ``dated`` are the user's own price, if set."""
    if not service.charges:
        return Estimate(0.0, "USD", "")
    if per_second is not None:
        return Estimate(round(per_second * seconds, 2), "USD", dated)
    if model.price is None:
        return Estimate(None, "", "")
    return Estimate(model.price.estimate(seconds), model.price.currency, model.price.dated)
