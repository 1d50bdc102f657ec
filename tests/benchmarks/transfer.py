"""``bench transfer``: uploads and downloads of the client over loopback, against httpx and curl.

An upload is what a user waits for: from the pictures on disk to the reply, in the event loop of the window.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from desktop.api.client import ServiceClient
from desktop.api.download import download
from desktop.core.conventions import KLING
from desktop.core.request import Asset, DynamicMask, Request
from desktop.core.services import SIMULATOR
from desktop.core.wire import serialise
from tests.benchmarks.loopback import server
from tests.benchmarks.memory import measured
from tests.benchmarks.row import RUNS, Row, compared, interleaved, limited, unmeasured

UPLOAD = 50_000_000
"""Bytes of the body."""

DOWNLOAD = 300_000_000
LONG_DOWNLOAD = 400_000_000
TICK = 0.001


def order(folder: Path, size: int) -> Request:
    """A request whose body has about ``size`` bytes: two pictures, a static mask, six dynamic ones."""

    def asset(share: float) -> Asset:
        data = os.urandom(int(size * 0.75 * share))
        digest = hashlib.sha256(data).hexdigest()
        (folder / digest).write_bytes(data)
        return Asset(digest, "image/png", len(data), 4000, 3000)

    masks = tuple(DynamicMask(n, f"{n}", asset(0.06), ((1, 1), (9, 9))) for n in range(1, 7))
    return Request(
        model="kling-4k-i2v",
        conventions=KLING,
        image=asset(0.29),
        prompt="a prompt",
        negative_prompt="blur",
        cfg_scale=0.5,
        duration=5,
        end_frame=asset(0.29),
        static_mask=asset(0.06),
        dynamic_masks=masks,
    )


async def upload(url: str, request: Request, folder: Path) -> None:
    """Ours."""
    client = ServiceClient(SIMULATOR, "key", base_url=url)
    await client.create(request, lambda asset: folder / asset.sha256)
    await client.aclose()


def rows() -> list[Row]:
    """All figures of transfers."""
    with server() as url, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return [*_uploads(url, folder), *_downloads(url, folder)]


def _uploads(url: str, folder: Path) -> list[Row]:
    request = order(folder, UPLOAD)

    async def ours() -> None:
        await upload(url, request, folder)

    async def theirs() -> None:
        """The same fields and files through ``json=``, the library's own way; no TLS set-up counts on either side."""
        template = json.loads(serialise(request, lambda asset: b""))

        def text(asset: Asset) -> str:
            return base64.b64encode((folder / asset.sha256).read_bytes()).decode()

        pictures = (request.image, request.end_frame, request.static_mask)
        for field, asset in zip(("image", "image_tail", "static_mask"), pictures, strict=True):
            if asset is not None:
                template[field] = text(asset)
        for record, group in zip(template["dynamic_masks"], request.dynamic_masks, strict=True):
            record["mask"] = text(group.mask)
        async with httpx.AsyncClient(verify=False, trust_env=False, timeout=60) as client:
            await client.post(f"{url}/v1/x", json=template, headers={"x-magnific-api-key": "key"})

    size = f"upload of {UPLOAD // 1_000_000} MB"
    wall = interleaved(lambda: _wall(ours), lambda: _wall(theirs))
    cpu = interleaved(lambda: _cpu(ours), lambda: _cpu(theirs))
    stalls = [_stall(ours) for _ in range(RUNS)]
    return [
        compared(f"{size}: time, against httpx json=", *wall, "ms", 8),
        compared(f"{size}: processor time, against httpx json=", *cpu, "ms", 1),
        limited(f"{size}: longest stall of the event loop", stalls, "ms", 8),
        _memory(f"{size}: extra memory", "upload", url, folder, UPLOAD, 10),
    ]


def _downloads(url: str, folder: Path) -> list[Row]:
    size = f"download of {DOWNLOAD // 1_000_000} MB"
    source = f"{url}/{DOWNLOAD}"

    async def ours() -> None:
        part = folder / "ours.part"
        got = await download(source, part)
        if got.size != DOWNLOAD:
            raise RuntimeError(f"{got.size} bytes arrived")

    def ours_timed() -> float:
        try:
            return _wall(ours)
        finally:
            for path in folder.glob("ours.part*"):
                path.unlink()

    curl = shutil.which("curl")

    def theirs_timed() -> float:
        target = folder / "theirs"
        before = time.perf_counter()
        subprocess.run([curl or "curl", "--silent", "--fail", "--output", str(target), source], check=True)
        spent = (time.perf_counter() - before) * 1000
        target.unlink()
        return spent

    if curl is None:
        speed = unmeasured(f"{size}: time, against curl (there is no curl here)", "ms", ">= 0.5x")
    else:
        speed = compared(f"{size}: time, against curl", *interleaved(ours_timed, theirs_timed), "ms", 0.5)
    stalls = []
    for _ in range(RUNS):
        stalls.append(_stall(ours))
        for path in folder.glob("ours.part*"):
            path.unlink()
    grown = f"download: memory of {LONG_DOWNLOAD // 1_000_000} MB over 50 MB"
    return [
        speed,
        limited(f"{size}: longest stall of the event loop", stalls, "ms", 8),
        _memory(grown, "download", url, folder, LONG_DOWNLOAD, 10),
    ]


def _memory(name: str, kind: str, url: str, folder: Path, size: int, most: float) -> Row:
    if sys.platform == "win32":
        return unmeasured(f"{name} (not measured on Windows)", "MB", f"<= {most:g} MB")
    values = []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory(dir=folder) as place:
            values.append(measured(kind, url, Path(place), size))
    return limited(name, values, "MB", most)


def _wall(work: Callable[[], Awaitable[None]]) -> float:
    """Milliseconds by the clock, the event loop already running."""
    return asyncio.run(_spent(work, time.perf_counter))


def _cpu(work: Callable[[], Awaitable[None]]) -> float:
    """Milliseconds of this process's processor time, all threads."""
    return asyncio.run(_spent(work, time.process_time))


async def _spent(work: Callable[[], Awaitable[None]], clock: Callable[[], float]) -> float:
    before = clock()
    await work()
    return (clock() - before) * 1000


def _stall(work: Callable[[], Awaitable[None]]) -> float:
    """The longest time in ms by which a task that wants to run every millisecond came late."""

    async def run() -> float:
        worst = 0.0

        async def tick() -> None:
            nonlocal worst
            last = time.perf_counter()
            while True:
                await asyncio.sleep(TICK)
                now = time.perf_counter()
                worst = max(worst, now - last - TICK)
                last = now

        ticker = asyncio.create_task(tick())
        await asyncio.sleep(0)
        await work()
        ticker.cancel()
        await asyncio.gather(ticker, return_exceptions=True)
        return worst * 1000

    return asyncio.run(run())
