"""The parameters of a request as a table: what they are called, their limits and defaults.

The table draws the panel, checks the values and documents the command line, so a limit stands in one place.
"""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_NEGATIVE_PROMPT = "blur, distort, and low quality"
"""The service's documented default."""

DEFAULT_MODEL = "kling-4k-i2v"

MAX_PROMPT = 2500
"""Characters in a prompt or a negative prompt [D]."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """What is asked for beside pictures and masks. ``duration`` is in seconds; an empty webhook URL sends none."""

    prompt: str = ""
    negative_prompt: str = DEFAULT_NEGATIVE_PROMPT
    cfg_scale: float = 0.5
    duration: int = 5
    webhook_url: str = ""
    model: str = DEFAULT_MODEL


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """One row of the table. ``minimum`` and ``maximum`` are of the value, or of a text's length."""

    name: str
    label: str
    kind: str
    """``text``, ``number``, ``integer``, ``url`` or ``choice``."""
    minimum: float
    maximum: float
    step: float
    unit: str
    help: str


PARAMETERS: tuple[ParameterSpec, ...] = (
    ParameterSpec(
        "prompt", "Prompt", "text", 0, MAX_PROMPT, 1, "", "What happens in the video, in plain words."
    ),
    ParameterSpec(
        "negative_prompt", "Negative prompt", "text", 0, MAX_PROMPT, 1, "", "What must not be seen."
    ),
    ParameterSpec("duration", "Duration", "integer", 3, 15, 1, "s", "Length of the video in seconds."),
    ParameterSpec(
        "cfg_scale",
        "Guidance",
        "number",
        0,
        1,
        0.05,
        "",
        "0 leaves the model most freedom, 1 keeps closest to the prompt.",
    ),
    ParameterSpec(
        "webhook_url", "Webhook", "url", 0, 2000, 1, "", "An address that is told of every status change."
    ),
)


def spec(name: str) -> ParameterSpec:
    """The row of one parameter."""
    return next(row for row in PARAMETERS if row.name == name)
