"""The command that makes videos: check, estimate, confirm, send, wait, fetch."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from desktop.cli.common import Exit, confirmed, door, print_json, print_problems, run_async, say, stop
from desktop.cli.context import chosen_service, workspace
from desktop.cli.progress import job_bars
from desktop.cli.shots import chosen_profile, load, show_path
from desktop.core.conventions import Conventions, profile
from desktop.core.errors import SecretError
from desktop.core.job import NEEDS_USER, Job, JobState
from desktop.core.services import Service, host_of
from desktop.core.shot import Shot
from desktop.jobs.follow import View, follow
from desktop.jobs.prepare import BlockedError, Prepared, freeze, prepare
from desktop.jobs.workspace import Workspace
from desktop.storage.atomic import make_folder


def generate(
    shots: Annotated[list[Path], typer.Argument(metavar="SHOT...", help="One or more .kinebrush files.")],
    output: Annotated[
        Path | None, typer.Option("--out", help="The folder for the results; otherwise the library.")
    ] = None,
    service_name: Annotated[
        str, typer.Option("--service", help="magnific, freepik, simulator or an https address.")
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before money is spent.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Treat what is undocumented as forbidden.")
    ] = False,
    offline_timeout: Annotated[
        float, typer.Option(help="Seconds to wait for a service that cannot be reached.")
    ] = 120.0,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the jobs as JSON when they have ended.")
    ] = False,
) -> None:
    """Generate the videos of shots: on the service when there is a key, else on the embedded simulator."""
    with door(), workspace() as opened:
        entry = chosen_service(opened, service_name)
        conventions = chosen_profile(True) if strict else profile(entry.conventions)
        if entry.charges and opened.keys.get(host_of(entry)) is None:
            raise SecretError(f"There is no API key for {entry.title}; set one with “kinebrush key set”.")
        prepared = [_prepare(opened, load(path), entry, conventions) for path in shots]
        folder = "" if output is None else str(output.resolve())
        if output is not None:
            require_writable(output)
        if entry.charges:
            _confirm(prepared, entry, yes)
        jobs = [freeze(one, opened.assets, now=time.time(), out_dir=folder) for one in prepared]
        opened.store.add_many(jobs)
        ended = wait_for(opened, [job.id for job in jobs], offline_timeout)
    report(ended, as_json=as_json)


@dataclass(frozen=True, slots=True)
class Ended:
    """How jobs stand after they were followed; ``key_problem`` is empty unless a refused key ended it."""

    jobs: tuple[Job, ...]
    key_problem: str


def require_writable(folder: Path) -> None:
    """Make the folder for the results. Raises an error when nothing can be written there: better before it is paid."""
    make_folder(folder)
    with tempfile.TemporaryFile(dir=folder):
        pass


def wait_for(opened: Workspace, job_ids: Collection[str], offline_timeout: float | None = None) -> Ended:
    """Follow the jobs to their end, with bars."""
    key_problem = ""

    def show(view: View) -> None:
        nonlocal key_problem
        key_problem = view.key_problem
        bars.show(view)

    with job_bars() as bars:
        jobs = run_async(
            lambda: follow(opened, job_ids, show, offline_timeout=offline_timeout),
            "Stopped waiting. Nothing is lost: “kinebrush jobs resume” takes the jobs up again.",
        )
    return Ended(jobs, key_problem)


def report(ended: Ended, *, as_json: bool) -> None:
    """Print how the jobs ended; ends the command with the exit code of the worst."""
    jobs = ended.jobs
    if as_json:
        print_json([job_record(job) for job in jobs])
    else:
        for job in jobs:
            if job.state is JobState.DONE:
                show_path(Path(job.take) / "video.mp4")
            else:
                say(f"{job.shot_name} ({job.id[:8]}): {job.state}. {job.note}")
    if any(job.state in (JobState.FAILED, JobState.REFUSED, JobState.STOPPED) for job in jobs):
        raise typer.Exit(int(Exit.FAILED))
    if ended.key_problem:
        raise stop(Exit.KEY, "Set a working key with “kinebrush key set”, then “kinebrush jobs resume”.")
    if any(job.state in NEEDS_USER for job in jobs):
        raise stop(Exit.YOUR_WORD, "Some jobs wait for your word; see “kinebrush jobs”.")
    if any(job.state is not JobState.DONE for job in jobs):
        raise stop(Exit.OFFLINE, "Some jobs are not finished; “kinebrush jobs resume” goes on with them.")


def job_record(job: Job) -> dict[str, Any]:
    """A job as JSON data for scripts."""
    return {
        "id": job.id,
        "shot": job.shot_name,
        "state": str(job.state),
        "service": job.service,
        "model": job.request.model,
        "task_id": job.task_id,
        "created": job.created,
        "changed": job.changed,
        "estimate": job.estimate,
        "currency": job.currency,
        "take": job.take,
        "note": job.note,
    }


def _prepare(opened: Workspace, shot: Shot, entry: Service, conventions: Conventions) -> Prepared:
    try:
        prepared = prepare(shot, entry, conventions, opened.settings)
    except BlockedError as error:
        print_problems(error.problems)
        raise stop(Exit.PROBLEMS, f"“{shot.name}” breaks a rule of the service; nothing was sent.") from error
    print_problems(prepared.problems)
    for encoded in prepared.encoded.assets:
        for note in encoded.notes:
            say(note)
    return prepared


def _confirm(prepared: list[Prepared], entry: Service, yes: bool) -> None:
    known = [one.estimate.amount for one in prepared if one.estimate.amount is not None]
    total = f"about {sum(known):.2f} {prepared[0].estimate.currency}" if known else "an unknown amount"
    requests = "1 request" if len(prepared) == 1 else f"{len(prepared)} requests"
    confirmed(f"Send {requests} to {entry.title}? This may cost {total} (an estimate).", yes)
