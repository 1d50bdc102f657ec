"""Commands on jobs: list, show, resume, stop, find, export."""

from __future__ import annotations

import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.table import Table
from rich.text import Text

from desktop.cli.common import confirmed, door, out, print_json, run_async, say
from desktop.cli.context import workspace
from desktop.cli.generate import job_record, report, wait_for
from desktop.core.errors import KinebrushError
from desktop.core.job import ACTIVE, Job, JobState
from desktop.jobs import commands, finder
from desktop.jobs.commands import Action, actions_for
from desktop.jobs.workspace import Workspace
from desktop.storage.atomic import write_atomic
from desktop.storage.library import RECEIPT

app = typer.Typer(help="Jobs: list them, take them up again, find lost ones.", no_args_is_help=False)

JobId = Annotated[str, typer.Argument(metavar="JOB", help="A job's id, or its first characters.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

T = TypeVar("T")

UNFINISHED = ACTIVE | {JobState.QUEUED}


@app.callback(invoke_without_command=True)
def main(context: typer.Context) -> None:
    """List the jobs when nothing else is asked."""
    if context.invoked_subcommand is None:
        list_jobs()


@app.command("list")
def list_jobs(
    as_json: AsJson = False, limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 50
) -> None:
    """List the jobs, newest first."""
    with door(), workspace() as opened:
        jobs = sorted(opened.store.all(), key=lambda job: -job.created)[:limit]
        if as_json:
            print_json([job_record(job) for job in jobs])
            return
        if not jobs:
            say("There are no jobs yet.")
            return
        table = Table(box=None, pad_edge=False)
        for title in ("job", "created", "shot", "state", "estimate", ""):
            table.add_column(title, style="dim" if title == "" else None)
        for job in jobs:
            created = time.strftime("%Y-%m-%d %H:%M", time.localtime(job.created))
            money = "" if not job.estimate else f"{job.estimate:.2f} {job.currency}"
            row = (job.id[:8], created, job.shot_name, str(job.state), money, job.note or job.take)
            table.add_row(*map(Text, row))
        # Into a file or a pipe, a job is a line however long.
        if not out.is_terminal:
            out.width = 10_000
        out.print(table)


@app.command()
def show(job_id: JobId) -> None:
    """Print one job with its attempts as JSON."""
    with door(), workspace() as opened:
        job = one(opened, job_id)
        attempts = [
            {
                "number": attempt.number,
                "started": attempt.started,
                "finished": attempt.finished,
                "bytes_sent": attempt.bytes_sent,
                "outcome": str(attempt.outcome),
                "http_status": attempt.http_status,
                "task_id": attempt.task_id,
                "request_id": attempt.request_id,
                "note": attempt.note,
            }
            for attempt in opened.store.attempts(job.id)
        ]
        print_json({**job_record(job), "details": job.details, "attempts": attempts})


@app.command()
def resume(
    job_ids: Annotated[
        list[str] | None, typer.Argument(metavar="[JOB]...", help="All unfinished jobs if none.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Go on with unfinished jobs, and take up named ones that were stopped, held, refused, failed or expired.

    What may have been charged is not sent a second time: it is waited for and fetched.
    """
    with door(), workspace() as opened:
        if job_ids:
            chosen = [_take_up(opened, one(opened, job_id)) for job_id in job_ids]
        else:
            chosen = list(opened.store.all(states=UNFINISHED))
        if not chosen:
            say("There is nothing to go on with.")
            return
        ended = wait_for(opened, [job.id for job in chosen], None)
    report(ended, as_json=as_json)


@app.command("stop")
def stop_waiting(job_id: JobId) -> None:
    """Stop waiting for a job. The service has no cancel: a task that runs there goes on and is charged."""
    with door(), workspace() as opened:
        job = commands.stop_waiting(opened.store, one(opened, job_id))
        say(f"{job.note} “kinebrush jobs resume {job.id[:8]}” takes it up again.")


@app.command()
def find(
    job_id: JobId,
    adopt: Annotated[str, typer.Option(help="Take this task for the job's.")] = "",
    send_again: Annotated[bool, typer.Option("--send-again", help="Send the request once more.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask: it may cost twice.")] = False,
    as_json: AsJson = False,
) -> None:
    """Look for the task of a job whose reply was lost; adopt one, or send again on your word."""
    with door(), workspace() as opened:
        job = one(opened, job_id)
        if adopt and send_again:
            raise KinebrushError("Use either --adopt or --send-again, not both.")
        if job.state is not JobState.UNKNOWN and not send_again:
            raise KinebrushError(
                f"The job is {job.state}; only a job whose reply was lost can be looked for."
            )
        if adopt:
            run_async(lambda: closing(opened, finder.adopt(job, adopt, opened.store, opened.connections)))
            say("Adopted. “kinebrush jobs resume” waits for its video.")
            return
        if send_again:
            question = "The first request may have been charged; sending again may cost twice. Send again?"
            if Action.SEND_AGAIN in actions_for(job, bool(opened.store.attempts(job.id))):
                confirmed(question, yes)
            commands.send_again(opened.store, job)
            say("Queued again. “kinebrush jobs resume” sends it.")
            return
        found = run_async(lambda: closing(opened, finder.candidates(job, opened.store, opened.connections)))
        if as_json:
            print_json(None if found is None else [{"task_id": c.task_id, "status": c.status} for c in found])
        elif found is None:
            say(
                "This service has no list of tasks; look on its website and use --adopt TASK, or --send-again."
            )
        elif not found:
            say(
                "No unknown task is on the service, so most likely nothing was made; --send-again is likely safe."
            )
        else:
            for candidate in found:
                out.print(f"{candidate.task_id}  {candidate.status}", markup=False)
            say("Use --adopt TASK to take one for this job, or --send-again.")


@app.command()
def export(
    job_id: JobId,
    output: Annotated[Path, typer.Option("--output", "-o", help="The JSON file to write.")],
) -> None:
    """Write a job's receipt: what was sent, when, with which ids, hashes and price estimate. Never the key."""
    with door(), workspace() as opened:
        job = one(opened, job_id)
        if job.state is not JobState.DONE:
            raise KinebrushError(f"The job is {job.state}; it has a receipt when its video is here.")
        receipt = Path(job.take) / RECEIPT
        try:
            data = receipt.read_bytes()
        except OSError as error:
            raise KinebrushError(f"The receipt {receipt} is not there any more.") from error
        write_atomic(output, data)
        say(f"Wrote {output}.")


def one(opened: Workspace, prefix: str) -> Job:
    """The job whose id begins so. Raises KinebrushError when none or several do."""
    found = [job for job in opened.store.all() if job.id.startswith(prefix.lower())]
    if len(found) != 1:
        raise KinebrushError(
            f"{'No job' if not found else 'More than one job'} has an id that begins with “{prefix}”."
        )
    return found[0]


async def closing(opened: Workspace, work: Coroutine[Any, Any, T]) -> T:
    """The work's result, with the connections closed behind it."""
    try:
        return await work
    finally:
        await opened.connections.forget()


def _take_up(opened: Workspace, job: Job) -> Job:
    """The job, going on as far as that cannot cost twice."""
    if job.state in (JobState.DONE, JobState.UNKNOWN):
        return job
    if job.state is JobState.HELD:
        return commands.release_held(opened.store, job)
    if job.state is JobState.REFUSED:
        return commands.retry_refused(opened.store, job)
    return commands.take_up(opened.store, job)
