"""What all commands share: output, exit codes and the door for errors."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import typer
from rich.console import Console

from desktop.cli.options import Exit as Exit
from desktop.core.errors import KinebrushError, SecretError
from desktop.core.rules import Problem

T = TypeVar("T")


out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """A line for a person on standard error, so that standard output stays for results."""
    err.print(text, markup=False)


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def stop(code: Exit, sentence: str = "") -> typer.Exit:
    """The exception that ends the command with that code, after one sentence."""
    if sentence:
        err.print(sentence, style="red", markup=False)
    return typer.Exit(int(code))


@contextmanager
def door() -> Iterator[None]:
    """Errors a person can act on leave as one sentence and an exit code, never as a traceback."""
    try:
        yield
    except SecretError as error:
        raise stop(Exit.KEY, str(error)) from error
    except KinebrushError as error:
        if error.details:
            logging.getLogger(__name__).debug("details: %s", error.details)
        raise stop(_code(error), str(error)) from error
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise stop(Exit.USAGE, f"{where}{error.strerror or error}.") from error


def _code(error: KinebrushError) -> Exit:
    """The exit code for an error: a call to a service has codes of its own."""
    from desktop.api import faults

    if isinstance(error, faults.KeyRefused):
        return Exit.KEY
    if isinstance(error, (faults.NotSent, faults.ServiceDown, faults.Interrupted)):
        return Exit.OFFLINE
    return Exit.FAILED if isinstance(error, faults.Fault) else Exit.USAGE


def print_problems(problems: Iterable[Problem]) -> None:
    """Each problem on a line, with the name of its rule and of its fix."""
    style = {"error": "red", "warning": "yellow", "hint": "cyan"}
    for problem in problems:
        err.print(problem.severity, style=style[problem.severity], end=" ")
        err.print(f"{problem.where}: {problem.text} [{problem.code}]", markup=False)
        if problem.fix is not None:
            err.print(f"      fix: {problem.fix.label}", style="dim", markup=False)


def problem_record(problem: Problem) -> dict[str, Any]:
    """A problem as JSON data."""
    return {
        "code": problem.code,
        "severity": problem.severity,
        "where": problem.where,
        "text": problem.text,
        "fix": None if problem.fix is None else {"code": problem.fix.code, "label": problem.fix.label},
        "why": problem.why,
    }


def run_async(work: Callable[[], Coroutine[Any, Any, T]], interrupted: str = "Stopped.") -> T:
    """Run a coroutine to its end; Ctrl+C cancels it in an orderly way and is answered by that sentence."""
    import asyncio

    try:
        return asyncio.run(work())
    except KeyboardInterrupt:
        raise stop(Exit.INTERRUPTED, interrupted) from None


def confirmed(question: str, yes: bool) -> None:
    """Ask before money is spent. Ends the command when the answer is no, or when there is nobody to ask."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise stop(Exit.USAGE, f"{question} Add --yes to send without being asked; nothing was sent.")
    if not typer.confirm(question, err=True):
        raise stop(Exit.USAGE, "Nothing was sent.")
