"""The command line. Headless: it imports no Qt; only opening the window reaches for the application.

What every start goes through is here and light: the commands, with all they need, are imported when one is named.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from desktop.cli.options import Exit, options

log = logging.getLogger(__name__)

COMMANDS = ("new", "check", "request", "masks", "generate", "demo", "doctor", "simulate", "jobs", "key")
"""The first words that do not name a file to open in the window."""

GLOBAL_OPTIONS = {"--data-dir": True, "--service-url": True, "--debug": False}
"""Options that may stand anywhere, and whether they take a value."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if given and GLOBAL_OPTIONS.get(given[-1]):
            # Moved to the front it would take the command for its value.
            from desktop.cli.common import say

            say(f"{given[-1]} needs a value after it.")
            return int(Exit.USAGE)
        if given and given[0] == "--gallery":
            from desktop.ui.gallery import main as gallery

            return gallery(given[1:])
        if (files := files_of(given)) is not None:
            return _window(files)
        from desktop.cli.program import app

        app(hoisted(given), prog_name="kinebrush")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(Exit.DONE if end.code is None else Exit.FAILED)
    except KeyboardInterrupt:
        return int(Exit.INTERRUPTED)
    except Exception:
        from desktop.cli.common import say

        say("Something broke inside Kinebrush; please report it with what --debug shows.")
        log.debug("a fault of ours", exc_info=True)
        return int(Exit.FAILED)
    return int(Exit.DONE)


def hoisted(arguments: Sequence[str]) -> list[str]:
    """The arguments with the global options moved to the front, so that they may stand anywhere."""
    if arguments and arguments[0] == "simulate":
        return list(arguments)
    front: list[str] = []
    rest: list[str] = []
    waiting = list(arguments)
    while waiting:
        word = waiting.pop(0)
        name = word.partition("=")[0]
        if word == "--":
            rest += [word, *waiting]
            break
        if name not in GLOBAL_OPTIONS:
            rest.append(word)
            continue
        if not GLOBAL_OPTIONS[name] or "=" in word:
            front.append(word)
        else:
            front += [word, *waiting[:1]]
            waiting = waiting[1:]
    return front + rest


def files_of(arguments: Sequence[str]) -> list[str] | None:
    """The files to open in the window: when no command is named, but perhaps a shot or a picture. Else None."""
    words = hoisted(arguments)
    while words and words[0].partition("=")[0] in GLOBAL_OPTIONS:
        name, _, value = words.pop(0).partition("=")
        if name == "--debug":
            options.debug = True
            continue
        value = value or (words.pop(0) if words else "")
        if name == "--data-dir":
            options.data_dir = Path(value)
        else:
            options.service_url = value
    if words and (words[0].startswith("-") or words[0] in COMMANDS):
        return None
    return words


def _window(files: Sequence[str]) -> int:
    """Open the window; with no display, say so and run the demo instead."""
    from desktop.cli.window import has_display, open_window

    missing = next((name for name in files if "://" not in name and not Path(name).exists()), "")
    if missing:
        from desktop.cli.common import say

        say(f"There is no command and no file “{missing}”; “kinebrush --help” lists the commands.")
        return int(Exit.USAGE)
    if has_display():
        return open_window(files)
    from desktop.cli.common import say
    from desktop.cli.program import app

    say("There is no display to open a window on: running the demo instead (see “kinebrush --help”).")
    app(["demo"], prog_name="kinebrush")
    return int(Exit.DONE)
