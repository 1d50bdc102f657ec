"""Manifests of older versions become manifests of this one, a step a version."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from desktop.core.errors import ShotFileError

FORMAT = "kinebrush-shot"
VERSION = 1

Record = dict[str, Any]
Step = Callable[[Record], Record]

STEPS: Mapping[int, Step] = {}
"""From version n (the key) to n + 1. A step keeps entries it does not know. Version 1 is the first released one."""


def migrate(manifest: Record, steps: Mapping[int, Step] = STEPS, version: int = VERSION) -> Record:
    """The manifest as ``version`` would have written it.

    Raises ShotFileError for another format, for a newer version, and for an older one without a step.
    """
    found = manifest.get("version")
    if manifest.get("format") != FORMAT or not isinstance(found, int) or isinstance(found, bool):
        raise ShotFileError("This file is not a Kinebrush shot; choose a .kinebrush file.")
    if found > version:
        raise ShotFileError("This shot was made by a newer Kinebrush; update this one to open it.")
    while found < version:
        step = steps.get(found)
        if step is None:
            raise ShotFileError(f"This shot has version {found}, which Kinebrush cannot read any more.")
        try:
            manifest = step(manifest)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as fault:
            raise ShotFileError(
                "This shot is damaged: its older manifest cannot be understood.", repr(fault)
            ) from fault
        found += 1
        manifest = {**manifest, "version": found}
    return manifest
