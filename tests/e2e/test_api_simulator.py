"""The client against the simulator: a picture with masks goes out, a video comes back."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest
from PIL import Image

from desktop.api.client import ServiceClient, TaskStatus
from desktop.api.download import download, expires_at
from desktop.api.faults import Expired, KeyRefused, NotFound, OutcomeUnknown
from desktop.core.conventions import KLING
from desktop.core.models import KLING_4K
from desktop.core.request import Asset, DynamicMask, Request
from desktop.core.services import SIMULATOR
from tests.raw_server import Assets
from tests.simulator import Simulator


def _asset(assets: Assets, box: tuple[int, int, int, int] | None = None) -> Asset:
    """A picture, or a mask that is white in a box."""
    if box is None:
        image = Image.linear_gradient("L").resize((640, 480)).convert("RGB")
    else:
        image = Image.new("L", (640, 480))
        image.paste(255, box)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return assets.add(buffer.getvalue())


def _request(assets: Assets) -> Request:
    group = DynamicMask(1, "Boat", _asset(assets, (100, 100, 200, 200)), ((150, 329), (300, 329)))
    static = _asset(assets, (400, 300, 600, 460))
    return Request("kling-4k-i2v", KLING, _asset(assets), "drift", "blur", 0.5, 3, None, static, (group,))


async def _completed(client: ServiceClient, task_id: str) -> TaskStatus:
    async with asyncio.timeout(90):
        while True:
            status = await client.status(KLING_4K, task_id)
            if status.generated or status.status == "FAILED":
                return status
            await asyncio.sleep(0.2)


def test_a_task_from_create_to_file(simulator: Simulator, tmp_path: Path) -> None:
    assets = Assets(tmp_path)
    request = _request(assets)

    async def run() -> None:
        client = ServiceClient(SIMULATOR, "good", base_url=simulator.url)
        assert (await client.check_key()).valid
        created = await client.create(request, assets.path)
        status = await _completed(client, created.task_id)
        assert status.status == "COMPLETED"
        link = status.generated[0]
        assert expires_at(link) is not None
        got = await download(link, tmp_path / "clip.part")
        assert got.path.read_bytes()[4:8] == b"ftyp"
        assert got.size == got.path.stat().st_size
        listed = await client.list_tasks(KLING_4K)
        assert listed is not None
        assert [task.task_id for task in listed] == [created.task_id]
        with pytest.raises(Expired):
            await download(link.partition("~hmac=")[0] + "~hmac=" + "0" * 64, tmp_path / "forged.part")
        with pytest.raises(NotFound):
            await client.status(KLING_4K, "00000000-0000-4000-8000-000000000000")
        assert (
            simulator.asset(created.task_id, "static_mask")
            == assets.path(request.static_mask or request.image).read_bytes()
        )
        await client.aclose()

    asyncio.run(run())
    assert simulator.state()["cdn_key_leaks"] == 0


def test_a_wrong_key_and_a_lost_reply(simulator: Simulator, tmp_path: Path) -> None:
    assets = Assets(tmp_path)
    request = _request(assets)

    async def run() -> None:
        wrong = ServiceClient(SIMULATOR, "invalid", base_url=simulator.url)
        assert not (await wrong.check_key()).valid
        with pytest.raises(KeyRefused):
            await wrong.create(request, assets.path)
        await wrong.aclose()
        client = ServiceClient(SIMULATOR, "good", base_url=simulator.url)
        assert await client.list_tasks(KLING_4K) == []
        simulator.set_faults("lost-reply")
        with pytest.raises(OutcomeUnknown):
            await client.create(request, assets.path)
        listed = await client.list_tasks(KLING_4K)
        assert listed is not None
        assert len(listed) == 1, "the task was made although the reply was lost"
        await client.aclose()

    asyncio.run(run())
