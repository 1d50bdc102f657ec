"""The commands. Headless: nothing here imports Qt; opening the window is not a command."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from desktop import __version__
from desktop.cli import jobs, keys
from desktop.cli.demo import demo
from desktop.cli.doctor import doctor
from desktop.cli.generate import generate
from desktop.cli.masks import masks
from desktop.cli.options import options
from desktop.cli.shots import check, new, request
from desktop.storage.secrets import RedactingFilter

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
app.command()(masks)
app.command()(generate)
app.command()(demo)
app.command()(doctor)
app.add_typer(jobs.app, name="jobs")
app.add_typer(keys.app, name="key")


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
