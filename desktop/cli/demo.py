"""The demo: the main job from a picture to a 4K video, on the simulator, with the motion measured."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Annotated

import typer

from desktop.cli.common import Exit, door, print_json, print_problems, say, stop
from desktop.cli.context import workspace
from desktop.cli.demo_shot import photo_shot
from desktop.cli.generate import wait_for
from desktop.cli.options import options
from desktop.cli.shots import load, read_picture, save
from desktop.core import wire
from desktop.core.conventions import KLING
from desktop.core.job import Job, JobState
from desktop.core.services import SIMULATOR
from desktop.core.shot import Shot
from desktop.jobs.prepare import BlockedError, freeze, prepare
from desktop.jobs.sample import sample_shot
from desktop.storage.atomic import write_atomic
from desktop.video.score import score_shot

MAX_TURN = 15.0
"""Degrees a measured path may turn away from the planned one, on the average."""

MAX_LEAK = 0.5
"""Pixels of the video that the still area may move."""


def demo(
    output: Annotated[Path, typer.Option("--out", help="The folder for everything the demo makes.")] = Path(
        "kinebrush-demo"
    ),
    picture: Annotated[str, typer.Option(help="A photograph of your own instead of the sample.")] = "",
    headless: Annotated[
        bool, typer.Option("--headless", help="Do it without the window (as with --picture).")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was measured as JSON.")] = False,
) -> None:
    """Make a 4K video on the simulator and measure that it moves as planned; needs no key and no network.

    The sample is painted by mouse and keys in the real window (unseen where there is no display).
    """
    started = time.monotonic()
    with door():
        output.mkdir(parents=True, exist_ok=True)
        if options.data_dir is None:
            options.data_dir = output / "data"
        if picture or headless:
            shot, job = _without_window(
                photo_shot(read_picture(picture)) if picture else sample_shot(), output
            )
        else:
            say("1/2 Painting and generating in the window, on the simulator: nothing is charged")
            shot, job = _in_window(output)
        take = Path(job.take)
        for name in ("receipt.json", "video.mp4", "poster.jpg"):
            shutil.copyfile(take / name, output / name)
        say("Measuring the motion")
        score = score_shot(take / "video.mp4", shot)
        if as_json:
            print_json({**score.record(), "take": str(take), "seconds": round(time.monotonic() - started, 1)})
        say(score.sentence)
        for path in sorted(p for p in output.iterdir() if p.is_file()):
            say(f"  {path}  {path.stat().st_size:,} bytes")
        say(f"Done in {time.monotonic() - started:.0f} s.")
    if not score.follows(degrees=MAX_TURN, leak=MAX_LEAK):
        raise stop(Exit.FAILED, "The motion in the video does not follow the plan.")


def _in_window(output: Path) -> tuple[Shot, Job]:
    from desktop.cli.window import drive_window

    shot, job = drive_window(output)
    save(shot, output / "shot.kinebrush")
    with workspace() as opened:
        write_atomic(output / "request.json", wire.serialise(job.request, opened.assets.read))
    return shot, job


def _without_window(shot: Shot, output: Path) -> tuple[Shot, Job]:
    shot_path = output / "shot.kinebrush"
    save(shot, shot_path)
    shot = load(shot_path)
    with workspace() as opened:
        say("Building the request")
        try:
            prepared = prepare(shot, SIMULATOR, KLING, opened.settings)
        except BlockedError as error:
            print_problems(error.problems)
            raise stop(
                Exit.PROBLEMS,
                "The service would refuse this picture; “kinebrush check --fix” on the shot helps.",
            ) from error
        print_problems(prepared.problems)
        for encoded in prepared.encoded.assets:
            for note in encoded.notes:
                say(note)
        data = {encoded.asset.sha256: encoded.data for encoded in prepared.encoded.assets}
        write_atomic(
            output / "request.json", wire.serialise(prepared.request, lambda asset: data[asset.sha256])
        )
        say("Generating on the simulator: nothing is charged")
        job = freeze(prepared, opened.assets, now=time.time(), out_dir=str(output.resolve()))
        opened.store.add(job)
        (job,) = wait_for(opened, [job.id], 120).jobs
    if job.state is not JobState.DONE:
        raise stop(Exit.FAILED, f"The job ended as {job.state}. {job.note}")
    return shot, job
