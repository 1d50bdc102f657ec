"""The options before a command, and the exit codes; light, so that the window opens without the commands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path


class Exit(IntEnum):
    """Exit codes that scripts can use."""

    DONE = 0
    FAILED = 1
    """A job failed, or the motion did not follow."""
    USAGE = 2
    """The command line or a file named on it cannot be used."""
    PROBLEMS = 3
    """The shot breaks a rule of the service; nothing was sent."""
    KEY = 4
    """There is no key, or it was refused."""
    OFFLINE = 5
    """The service could not be reached in the time given; queued jobs stay queued."""
    YOUR_WORD = 6
    """A job waits for the user's word: its reply was lost, it is held, or its result expired."""
    INTERRUPTED = 130


@dataclass(slots=True)
class Options:
    """The options before the command."""

    data_dir: Path | None = None
    service_url: str = ""
    debug: bool = False


options = Options()
"""Filled by the options before (or anywhere in) the command."""
