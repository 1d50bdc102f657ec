"""The switches: what the service does where its documentation is silent, each with its default.

They are set at the start (``--set NAME=VALUE``) and while it runs (``POST /_control/settings``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

T = TypeVar("T", str, int, float)


class SwitchError(ValueError):
    """A switch that does not exist, or a value it cannot take; the text says which."""


def _switch(default: T, meaning: str, *choices: str, least: float = 0) -> T:
    return field(default=default, metadata={"meaning": meaning, "choices": choices, "least": least})


@dataclass(frozen=True, slots=True)
class Settings:
    """One value for every switch. Rendering switches are frozen into a task when it is created."""

    megapixels: float = _switch(8.2944, "size of the video in millions of pixels", least=0.01)
    fps: int = _switch(24, "frames a second", least=1)
    render: str = _switch("full", "fast renders 0.3 megapixels whatever megapixels says", "full", "fast")
    work_seconds: float = _switch(0.0, "a task takes at least so long from its creation to its end")
    fail_seconds: float = _switch(0.3, "the moment after which a task with faulty masks is FAILED")
    expires: float = _switch(3600.0, "seconds for which the result's URL is good")
    refresh_url: str = _switch("off", "on: asking for the task again renews an expired URL", "off", "on")
    max_tasks: int = _switch(3, "unfinished tasks of one account; one more answers 429", least=1)
    list: str = _switch("on", "off: the list of tasks does not exist (404)", "on", "off")
    key_check: str = _switch("404", "answer of the free key check to a good key", "404", "200")
    error_shape: str = _switch(
        "plain",
        "body of a 400: message with the field, problem+json, that inside 'problem', or the bare template",
        "plain",
        "problem",
        "wrapped",
        "literal",
    )
    unknown_fields: str = _switch("accept", "fields the documentation does not name", "accept", "400")
    null_fields: str = _switch("400", "null as the value of an optional field", "400", "ignore")
    duration_text: str = _switch("accept", "a digit string where the duration is an integer", "accept", "400")
    image_bytes: int = _switch(10_000_000, "greatest size of an image in bytes", least=1)
    image_bytes_of: str = _switch("decoded", "what that size is measured on", "decoded", "base64")
    tail_with_masks: str = _switch("accept", "image_tail together with masks", "accept", "400", "fail")
    mask_durations: str = _switch("any", "masks with a duration other than 5 s: 422 if only 5", "any", "5")
    empty_mask: str = _switch("accept", "a mask with nothing painted in it", "accept", "fail")
    empty_dynamic_masks: str = _switch("accept", "an empty list of dynamic masks", "accept", "400")
    outside_points: str = _switch("accept", "trajectory points outside the image", "accept", "400")
    origin: str = _switch(
        "bottom-left", "corner from which trajectories are measured", "bottom-left", "top-left"
    )
    polarity: str = _switch("white", "colour of the painted pixels of a mask", "white", "black")
    static: str = _switch("still", "what the static mask does: holds still, or is moved", "still", "move")
    webhook_key: str = _switch("utf8", "how the webhook secret is made into key bytes", "utf8", "hex")


_BY_NAME = {item.name: item for item in fields(Settings)}


def changed(settings: Settings, values: Mapping[str, object]) -> Settings:
    """``settings`` with ``values`` set; texts are read as the switch's type.

    Raises SwitchError.
    """
    return replace(settings, **{name: _read(name, value) for name, value in values.items()})


def parse(text: str) -> tuple[str, str]:
    """``NAME=VALUE`` of the command line. Raises SwitchError."""
    name, equals, value = text.partition("=")
    if not equals:
        raise SwitchError(f"{text!r} is not of the form SWITCH=VALUE.")
    return name.strip().replace("-", "_"), value.strip()


def _read(name: str, value: object) -> Any:
    if name not in _BY_NAME:
        raise SwitchError(f"There is no switch {name!r}; there are {', '.join(_BY_NAME)}.")
    item = _BY_NAME[name]
    choices: tuple[str, ...] = item.metadata["choices"]
    if choices:
        if str(value) not in choices:
            raise SwitchError(f"Switch {name} takes {' or '.join(choices)}, not {value!r}.")
        return str(value)
    kind = int if isinstance(item.default, int) else float
    try:
        number = kind(str(value))
    except ValueError:
        raise SwitchError(f"Switch {name} takes a number, not {value!r}.") from None
    least: float = item.metadata["least"]
    if not least <= number < 1e12:
        raise SwitchError(f"Switch {name} takes a number from {least:g}, not {value!r}.")
    return number


def describe() -> str:
    """One line a switch: name, choices, default, meaning."""
    lines = []
    for item in fields(Settings):
        choices = "|".join(item.metadata["choices"]) or "NUMBER"
        lines.append(f"  {item.name}={choices}  (default {item.default})\n      {item.metadata['meaning']}")
    return "\n".join(lines)
