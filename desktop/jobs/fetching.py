"""Bringing a video here: download, look at every frame, and put it into the library as one whole take."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path

from desktop import __version__
from desktop.api.download import Downloaded, download
from desktop.core.job import Job
from desktop.core.request import to_record
from desktop.jobs.policy import Policy
from desktop.storage.assets import AssetStore
from desktop.storage.jobs import JobStore
from desktop.storage.library import Library
from desktop.storage.receipt import VideoFacts, make_receipt
from desktop.video.poster import poster
from desktop.video.probe import verify

POSTER_WIDTH = 960


class Fetching:
    """Fetches results into ``library``, or into the folder a job names. ``now`` gives unix seconds."""

    def __init__(
        self,
        library: Path,
        store: JobStore,
        assets: AssetStore,
        policy: Policy,
        now: Callable[[], float],
    ) -> None:
        self._library = library
        self._store = store
        self._assets = assets
        self._policy = policy
        self._now = now

    def library(self, job: Job) -> Library:
        """The library this job's result goes into."""
        return Library(Path(job.out_dir) if job.out_dir else self._library)

    def finished(self, job: Job) -> Path | None:
        """The folder of the job's take when it is already here, whole; else None. Blocks."""
        return self.library(job).find(job)

    async def fetch(self, job: Job, tell: Callable[[int, int | None], None]) -> Path:
        """Download the job's result, check it and place it; returns the take's folder.

        ``tell`` hears (bytes here, bytes in all or None). Raises Expired, another Fault, VideoError for a damaged
        file, StoreError when it cannot be written; what was downloaded stays and is taken up at the next call.
        """
        library = self.library(job)
        part = await asyncio.to_thread(library.part_path, job.id)
        meta = await asyncio.to_thread(library.part_meta_path, job.id)
        downloaded = await download(
            job.result_url,
            part,
            meta_path=meta,
            on_progress=tell,
            stall_timeout=self._policy.stall_timeout,
        )
        return await asyncio.to_thread(self._place, job, library, downloaded)

    def set_aside(self, job: Job) -> Path | None:
        """Keep a damaged download out of the way of the next one; returns where, None when there is none. Blocks."""
        library = self.library(job)
        return library.set_aside(job.id) if library.part_path(job.id).exists() else None

    def _place(self, job: Job, library: Library, downloaded: Downloaded) -> Path:
        facts = verify(downloaded.path, expected_seconds=job.request.duration)
        with tempfile.TemporaryDirectory() as folder:
            still = Path(folder) / "poster.jpg"
            poster(downloaded.path, still, POSTER_WIDTH)
            poster_bytes = still.read_bytes()
        video = VideoFacts(
            sha256=_sha256(downloaded.path),
            size=downloaded.size,
            width=facts.width,
            height=facts.height,
            fps=facts.fps,
            frames=facts.frames,
            duration=facts.duration,
            codec=facts.codec,
        )
        receipt = make_receipt(
            job,
            self._store.attempts(job.id),
            video,
            downloaded=self._now(),
            program=f"Kinebrush {__version__}",
        )
        return library.place(
            job,
            downloaded.path,
            receipt=receipt,
            shot_bytes=self._assets.read(job.shot_sha256),
            poster_bytes=poster_bytes,
            request_record=to_record(job.request),
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
