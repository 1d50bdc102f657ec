"""From a shot to a job: what is warned of, what is frozen, and a damaged job list at the start."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desktop.core.areas import MotionArea
from desktop.core.conventions import KLING
from desktop.core.geometry import Box
from desktop.core.models import KLING_4K, model
from desktop.core.services import MAGNIFIC, SIMULATOR
from desktop.core.shot import Shot
from desktop.jobs.prepare import BlockedError, freeze, prepare
from desktop.jobs.price import estimate
from desktop.storage.settings import Settings
from tests.job_shots import painted_shot
from tests.job_worker import quick_workspace


def wide_shot_with_a_hair() -> Shot:
    """A picture that is scaled down when sent, with an area one pixel wide that is lost on the way."""
    shot = painted_shot(400, 320)
    labels = shot.label_map.copy()
    labels[:, 399] = 3
    image = replace(shot.image, crop=Box(0, 0, 400, 320))
    return replace(shot, image=image, label_map=labels, areas=(*shot.areas, MotionArea(3, "Hair")))


def test_an_area_with_no_path_blocks_before_anything_is_encoded() -> None:
    with pytest.raises(BlockedError, match="no path") as caught:
        prepare(wide_shot_with_a_hair(), SIMULATOR, KLING, Settings())
    assert [p.where for p in caught.value.problems if p.severity == "error"] == ["area:3"]


def test_an_area_too_thin_to_be_sent_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    shot = painted_shot(1600, 1200)
    labels = shot.label_map.copy()
    labels[labels == 1] = 0
    labels[400:402, 401] = 1
    small = replace(KLING, max_image_bytes=60_000)
    warned = prepare(replace(shot, label_map=labels), SIMULATOR, small, Settings())
    image = warned.request.image
    assert image.width < 800, "the picture must have been scaled down for this test to mean anything"
    sent = {group.label for group in warned.request.dynamic_masks}
    told = [problem.where for problem in warned.problems if problem.code == "area-vanishes"]
    assert (1 in sent) != ("area:1" in told)
    assert told == ["area:1"]


def test_a_whole_shot_is_not_warned_of() -> None:
    prepared = prepare(painted_shot(), SIMULATOR, KLING, Settings())
    assert "area-vanishes" not in {problem.code for problem in prepared.problems}
    assert np.isclose(prepared.estimate.amount or 0.0, 0.0)


def test_a_frozen_job_names_stored_assets_only(tmp_path: Path) -> None:
    opened = quick_workspace(tmp_path)
    job = freeze(prepare(painted_shot(), MAGNIFIC, KLING, opened.settings), opened.assets, now=5.0)
    assert not opened.assets.missing([*job.request.assets, job.shot_sha256])
    assert (job.estimate, job.currency) == (1.26, "USD")
    opened.close()


def test_the_users_own_price_comes_first_and_unknown_ones_are_said() -> None:
    assert str(estimate(KLING_4K, MAGNIFIC, 5)) == "≈ 2.10 USD"
    assert str(estimate(KLING_4K, MAGNIFIC, 5, 1.0, "2026-11")) == "≈ 5.00 USD"
    assert str(estimate(model("kling-pro"), MAGNIFIC, 5)) == "price not known"
    assert str(estimate(KLING_4K, SIMULATOR, 5)) == "free"


def test_a_damaged_job_list_is_set_aside_and_said(tmp_path: Path) -> None:
    opened = quick_workspace(tmp_path)
    opened.close()
    opened.data.jobs.write_bytes(b"this is no database at all" * 500)
    again = quick_workspace(tmp_path)
    assert any("damaged" in sentence for sentence in again.problems)
    assert again.store.all() == []
    assert list(tmp_path.glob("jobs-damaged-*")), "the damaged file is kept"
    again.close()
