"""Commands on API keys: set, check, forget. A key is bound to its service's host and goes nowhere else."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from desktop.cli.common import Exit, door, run_async, say, stop
from desktop.cli.context import workspace
from desktop.cli.options import options
from desktop.core.errors import SecretError
from desktop.core.services import MAGNIFIC, SIMULATOR, Service, host_of, service

app = typer.Typer(help="The API key: kept in the system keyring, bound to its host.", no_args_is_help=True)

ServiceName = Annotated[str, typer.Option("--service", help="magnific, freepik or an https address.")]


@app.command("set")
def set_key(service_name: ServiceName = MAGNIFIC.id) -> None:
    """Ask for the key, or read it from standard input, and put it into the system keyring."""
    with door(), workspace() as opened:
        entry = _with_key(service_name)
        typed = _asked(entry)
        opened.keys.set(host_of(entry), typed.strip())
        say(f"Stored for {host_of(entry)}; it is sent nowhere else.")


@app.command()
def check(service_name: ServiceName = MAGNIFIC.id) -> None:
    """Ask the service whether the key works; this is free."""
    with door(), workspace() as opened:
        entry = _with_key(service_name)

        async def ask() -> tuple[bool, str]:
            client = await opened.connections.client(entry.id)
            try:
                answer = await client.check_key()
                return answer.valid, answer.sentence
            finally:
                await opened.connections.forget()

        valid, sentence = run_async(ask)
    if not valid:
        raise stop(Exit.KEY, sentence)
    say(sentence)


@app.command()
def forget(service_name: ServiceName = MAGNIFIC.id) -> None:
    """Remove the key from the system keyring."""
    with door(), workspace() as opened:
        entry = _with_key(service_name)
        opened.keys.forget(host_of(entry))
        say(f"Forgotten for {host_of(entry)}.")


def _asked(entry: Service) -> str:
    """The key, typed unseen on a terminal, else read from standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline()
    typed: str = typer.prompt(f"API key for {entry.title}", hide_input=True, err=True)
    return typed


def _with_key(name: str) -> Service:
    entry = service(options.service_url or name)
    if entry is SIMULATOR:
        raise SecretError("The simulator needs no key.")
    return entry
