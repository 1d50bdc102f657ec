"""The values everything is drawn with: colours of both modes, one spacing, one radius, two text sizes."""

import sys
from dataclasses import dataclass
from pathlib import Path

SPACE = 4
"""The unit of every distance, in logical pixels."""
RADIUS = 6
"""The one corner radius, in logical pixels."""
AROUND = (8, 8, 8, 4)
"""What Qt's own small dialogs get around their margins, so that they have those of ours."""
TEXT = 13
"""Size of ordinary text, in logical pixels."""
SMALL = 11
"""Size of secondary text and headings, in logical pixels."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one mode, as ``#rrggbb``.

    ``stage`` lies around the picture, ``window`` is the chrome, ``panel`` the docks, ``raised`` what lies on them.
    ``text`` and ``muted`` are readable on all four, ``faint`` on all but the stage; ``off`` is for what cannot be
    pressed now, and need not be read; ``accent`` and the tones as text belong on window or panel.
    """

    name: str
    stage: str
    window: str
    panel: str
    raised: str
    line: str
    text: str
    muted: str
    faint: str
    off: str
    accent: str
    on_accent: str
    good: str
    warn: str
    bad: str


DARK = Tokens(
    name="dark",
    stage="#141414",
    window="#1e1e1e",
    panel="#252525",
    raised="#303030",
    line="#3a3a3a",
    text="#ededed",
    muted="#b0b0b0",
    faint="#9a9a9a",
    off="#626262",
    accent="#8a7bff",
    on_accent="#0f0b2a",
    good="#4fb477",
    warn="#e3b341",
    bad="#f0706a",
)
LIGHT = Tokens(
    name="light",
    stage="#cfcfcf",
    window="#efefef",
    panel="#fafafa",
    raised="#e6e6e6",
    line="#d6d6d6",
    text="#1a1a1a",
    muted="#545454",
    faint="#5f5f5f",
    off="#a0a0a0",
    accent="#5a48e5",
    on_accent="#ffffff",
    good="#1f7a45",
    warn="#8a6100",
    bad="#b3261e",
)


def icons_folder() -> Path:
    """Where our own drawings lie: beside the package, or inside the built program."""
    bundle = getattr(sys, "_MEIPASS", None)
    root = Path(bundle) if isinstance(bundle, str) else Path(__file__).parents[2]
    return root / "resources" / "icons"
