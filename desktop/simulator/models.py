"""The models the service offers, as data: where each is reached and what it accepts as a duration.

Paths and durations are those of the public documentation of the endpoints and of third-party clients.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServiceModel:
    """One model: where tasks are made, where they are asked for, and the durations it sells.

    ``text_durations``: the duration is a JSON string (``"5"``) instead of an integer.
    """

    name: str
    create_path: str
    status_path: str
    durations: tuple[int, ...]
    text_durations: bool


def _sibling(name: str, status: str) -> ServiceModel:
    root = "/v1/ai/image-to-video/"
    return ServiceModel(name, root + name, root + status, (5, 10), text_durations=True)


MODELS: tuple[ServiceModel, ...] = (
    ServiceModel(
        "kling-4k-i2v",
        "/v1/ai/video/kling-4k-i2v",
        "/v1/ai/video/kling-4k-i2v",
        tuple(range(3, 16)),
        text_durations=False,
    ),
    _sibling("kling-pro", "kling-pro"),
    _sibling("kling-std", "kling-std"),
    _sibling("kling-v2-1-pro", "kling-v2-1"),
    _sibling("kling-v2-1-std", "kling-v2-1"),
)

# A model of which nobody here ever has a task: asking for its list tells whether a key is good.
KEY_CHECK_PATH = "/v1/ai/video/kling-v3"
