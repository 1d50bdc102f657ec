"""The command line. Headless: it imports no Qt; only opening the window reaches for the application."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from desktop import __version__
from desktop.cli import jobs, keys
from desktop.cli.common import Exit, say
from desktop.cli.context import options
from desktop.cli.demo import demo
from desktop.cli.doctor import doctor
from desktop.cli.generate import generate
from desktop.cli.shots import check, new, request
from desktop.storage.secrets import RedactingFilter

log = logging.getLogger(__name__)

app = typer.Typer(
    name="kinebrush",
    help="Turn a still picture into a 4K video, and paint what moves where.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command()(new)
app.command()(check)
app.command()(request)
app.command()(generate)
app.command()(demo)
app.command()(doctor)
app.add_typer(jobs.app, name="jobs")
app.add_typer(keys.app, name="key")

GLOBAL_OPTIONS = {"--data-dir": True, "--service-url": True, "--debug": False}
"""Options that may stand anywhere, and whether they take a value."""


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"Kinebrush {__version__}\n")
        raise typer.Exit


@app.callback()
def global_options(
    data_dir: Annotated[Path | None, typer.Option(help="Keep jobs, settings and results here.")] = None,
    service_url: Annotated[str, typer.Option(help="Send requests to this address.")] = "",
    debug: Annotated[bool, typer.Option("--debug", help="Log in detail to standard error.")] = False,
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Turn a still picture into a 4K video, and paint what moves where."""
    options.data_dir = data_dir or options.data_dir
    options.service_url = service_url or options.service_url
    options.debug = debug or options.debug
    handler = logging.StreamHandler()
    handler.addFilter(RedactingFilter())
    logging.basicConfig(
        level=logging.DEBUG if options.debug else logging.ERROR,
        handlers=[handler],
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
)
def simulate(context: typer.Context) -> None:
    """Run the simulator of the service by itself; “simulate --help” lists its switches and faults."""
    from desktop.simulator_process import program

    root = str(Path(__file__).parents[2])
    path = os.pathsep.join(part for part in (root, os.environ.get("PYTHONPATH", "")) if part)
    # In the folder it was called from, so that the paths among its arguments mean what they say.
    raise typer.Exit(subprocess.call([*program(), *context.args], env={**os.environ, "PYTHONPATH": path}))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if (files := files_of(given)) is not None:
            return _window(files)
        app(hoisted(given), prog_name="kinebrush")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(Exit.DONE if end.code is None else Exit.FAILED)
    except KeyboardInterrupt:
        return int(Exit.INTERRUPTED)
    except Exception:
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
        front.append(word)
        if GLOBAL_OPTIONS[name] and "=" not in word and waiting:
            front.append(waiting.pop(0))
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
    commands = {
        command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands
    }
    commands |= {group.name for group in app.registered_groups if group.name}
    if words and (words[0].startswith("-") or words[0] in commands):
        return None
    return words


def _window(files: Sequence[str]) -> int:
    """Open the window; with no display, say so and run the demo instead."""
    from desktop.cli.window import has_display, open_window

    if has_display():
        return open_window(files)
    say("There is no display to open a window on: running the demo instead (see “kinebrush --help”).")
    app(["demo"], prog_name="kinebrush")
    return int(Exit.DONE)
