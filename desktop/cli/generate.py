"""The command that makes videos: check, estimate, confirm, send, wait, fetch."""

from __future__ import annotations

import sys
import time
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any

import typer

from desktop.cli.common import Exit, door, print_json, print_problems, run_async, say, stop
from desktop.cli.context import chosen_service, workspace
from desktop.cli.progress import job_bars
from desktop.cli.shots import chosen_profile, load, show_path
from desktop.core.conventions import Conventions, profile
from desktop.core.job import NEEDS_USER, Job, JobState
from desktop.core.services import Service
from desktop.core.shot import Shot
from desktop.jobs.follow import follow
from desktop.jobs.prepare import BlockedError, Prepared, freeze, prepare
from desktop.jobs.workspace import Workspace


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
        prepared = [_prepare(opened, load(path), entry, conventions) for path in shots]
        if entry.charges and not yes:
            _confirm(prepared, entry)
        folder = "" if output is None else str(output.resolve())
        jobs = [freeze(one, opened.assets, now=time.time(), out_dir=folder) for one in prepared]
        opened.store.add_many(jobs)
        ended = wait_for(opened, [job.id for job in jobs], offline_timeout)
    report(ended, as_json=as_json)


def wait_for(
    opened: Workspace, job_ids: Collection[str], offline_timeout: float | None = None
) -> tuple[Job, ...]:
    """Follow the jobs to their end, with bars."""
    with job_bars() as bars:
        return run_async(lambda: follow(opened, job_ids, bars.show, offline_timeout=offline_timeout))


def report(jobs: Collection[Job], *, as_json: bool) -> None:
    """Print how the jobs ended; ends the command with the exit code of the worst."""
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
    if any(job.state is JobState.HELD for job in jobs) and any("key" in job.note for job in jobs):
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


def _confirm(prepared: list[Prepared], entry: Service) -> None:
    known = [one.estimate.amount for one in prepared if one.estimate.amount is not None]
    total = f"about {sum(known):.2f} {prepared[0].estimate.currency}" if known else "an unknown amount"
    question = f"Send {len(prepared)} request(s) to {entry.title}? This may cost {total} (an estimate)."
    if not sys.stdin.isatty():
        raise stop(Exit.USAGE, f"{question} Add --yes to send without being asked; nothing was sent.")
    if not typer.confirm(question, err=True):
        raise stop(Exit.USAGE, "Nothing was sent.")
