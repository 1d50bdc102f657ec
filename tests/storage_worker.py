"""A process that does nothing but save: what kill tests kill.

    python -m tests.storage_worker FOLDER ROUND

first finishes what an earlier one left, then saves shots and assets and leads jobs from the first state to the last, on
and on. It prints one line for each thing the storage says is safe: ``asset SHA``, ``shot N``, ``job ID STATE``.
"""

import hashlib
import os
import random
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from desktop.core.areas import MotionArea
from desktop.core.conventions import KLING
from desktop.core.job import Job, JobState, Outcome
from desktop.core.parameters import Parameters
from desktop.core.request import Request, encoded_asset, to_record
from desktop.core.shot import Shot, SourceImage, new_shot
from desktop.imaging.masks import indexed_png
from desktop.storage.assets import AssetStore
from desktop.storage.jobs import JobStore
from desktop.storage.library import Library
from desktop.storage.receipt import VideoFacts, make_receipt
from desktop.storage.shot_file import save_shot

S = JobState


@dataclass(frozen=True)
class Place:
    """Where everything of one kill test lies."""

    root: Path

    @property
    def shot(self) -> Path:
        return self.root / "Harbour.kinebrush"

    @property
    def assets(self) -> AssetStore:
        return AssetStore(self.root / "assets")

    @property
    def jobs(self) -> Path:
        return self.root / "jobs.sqlite"

    @property
    def library(self) -> Library:
        return Library(self.root / "library")


def bulk(number: int) -> bytes:
    """Some 200 kB that only this number gives."""
    return random.Random(number).randbytes(200_000 + number % 1000)


def numbered_shot(number: int) -> Shot:
    """A shot whose picture, prompt and areas all tell its number."""
    made = new_shot("shot-1", SourceImage(bulk(number), "image/png", 40, 30), "Harbour")
    made.label_map[:, : 1 + number % 40] = 1
    return replace(made, areas=(MotionArea(1),), parameters=Parameters(prompt=str(number)))


def numbered_job(number: int) -> Job:
    """A job; its video is ``bulk(number)``."""
    request = Request(
        "kling-4k-i2v", KLING, encoded_asset(b"x", "image/png", 640, 480).asset, str(number), "", 0.5, 5
    )
    return Job(f"{number:08}", "shot-1", "Harbour", "magnific", request, float(number))


def say(line: str) -> None:
    """One line, out of this process at once."""
    os.write(1, f"{line}\n".encode())


def place_take(where: Place, job: Job) -> Path:
    """The take of a job whose download is here; the one that is there already when there is one."""
    video = bulk(int(job.id))
    facts = VideoFacts(hashlib.sha256(video).hexdigest(), len(video), 3840, 2160, 24.0, 120, 5.0)
    return where.library.find(job) or where.library.place(
        job,
        where.library.part_path(job.id),
        receipt=make_receipt(job, [], facts, downloaded=1.0, program="Kinebrush"),
        shot_bytes=bulk(1),
        poster_bytes=bulk(2),
        request_record=to_record(job.request),
    )


def lead(where: Place, store: JobStore, job: Job) -> None:
    """Lead a job from where it is to its end, saying every state that is on disk."""
    while job.state is not S.DONE:
        if job.state is S.QUEUED:
            store.begin_attempt(job.id)
            job = store.get(job.id)
        elif job.state is S.SUBMITTING:
            number = store.attempts(job.id)[-1].number
            job = store.end_attempt(job.id, number, Outcome.ACCEPTED, S.SUBMITTED, task_id=f"task-{job.id}")
        elif job.state is S.SUBMITTED:
            job = store.move(job.id, S.SUBMITTED, S.READY, result_url="https://cdn.example/video.mp4")
        elif job.state is S.READY:
            if where.library.find(job) is None:
                where.library.part_path(job.id).write_bytes(bulk(int(job.id)))
            job = store.move(job.id, S.READY, S.DOWNLOADING)
        else:
            take = place_take(where, job)
            job = store.move(job.id, S.DOWNLOADING, S.DONE, take=str(take))
        say(f"job {job.id} {job.state}")


def main(arguments: list[str]) -> None:
    """Save until killed."""
    where, turn = Place(Path(arguments[0])), int(arguments[1])
    store = JobStore(where.jobs)
    for job in store.all(states=set(S) - {S.DONE}):
        lead(where, store, job)
    say("go")
    for step in range(100_000):
        number = turn * 100_000 + step
        say(f"asset {where.assets.put(bulk(number))}")
        save_shot(numbered_shot(number), where.shot, indexed_png)
        say(f"shot {number}")
        job = store.add(numbered_job(number))
        say(f"job {job.id} {job.state}")
        lead(where, store, job)


if __name__ == "__main__":
    main(sys.argv[1:])
