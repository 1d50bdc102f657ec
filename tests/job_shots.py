"""Small painted shots, and jobs made of them, for tests."""

import uuid
from dataclasses import replace
from io import BytesIO

import numpy as np
from PIL import Image

from desktop.core.areas import STATIC_LABEL, MotionArea
from desktop.core.conventions import KLING
from desktop.core.geometry import Point
from desktop.core.job import Job
from desktop.core.parameters import Parameters
from desktop.core.services import service
from desktop.core.shot import Shot, new_shot
from desktop.core.trajectory import Trajectory
from desktop.imaging.read import open_image
from desktop.jobs.prepare import freeze, prepare
from desktop.jobs.workspace import Workspace


def png(width: int, height: int, seed: int = 1) -> bytes:
    """A PNG of smooth random colours."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 255, (max(2, height // 16), max(2, width // 16), 3), np.uint8)
    out = BytesIO()
    Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC).save(out, "PNG")
    return out.getvalue()


def painted_shot(width: int = 400, height: int = 320, prompt: str = "it moves") -> Shot:
    """A shot with a still area and two moving ones, all inside the picture and apart; 3 seconds."""
    shot = new_shot(uuid.uuid4().hex, open_image(png(width, height), "test.png"))
    quarter_x, quarter_y = width // 4, height // 4
    shot.label_map[quarter_y : 2 * quarter_y, 20 : 20 + quarter_x // 2] = 1
    shot.label_map[quarter_y : 2 * quarter_y, 2 * quarter_x : 3 * quarter_x] = 2
    shot.label_map[3 * quarter_y :, :] = STATIC_LABEL
    y = quarter_y + 10.5
    return replace(
        shot,
        areas=(
            MotionArea(1, "Left", Trajectory((Point(30.5, y), Point(60.5, y - 20)), smooth=False)),
            MotionArea(
                2, "Right", Trajectory((Point(2 * quarter_x + 5.5, y), Point(3 * quarter_x + 0.5, y + 9)))
            ),
            MotionArea(STATIC_LABEL),
        ),
        parameters=Parameters(prompt=prompt, duration=3),
    )


def disc_png(width: int = 400, height: int = 320) -> bytes:
    """A PNG of a bright disc in the middle of a dark ground, both with some grain."""
    y, x = np.mgrid[0:height, 0:width]
    grain = np.random.default_rng(3).integers(0, 12, (height, width, 3))
    inside = (np.hypot(x - width / 2, y - height / 2) <= height / 4)[:, :, None]
    out = BytesIO()
    Image.fromarray((np.where(inside, (210, 180, 90), (30, 50, 70)) + grain).astype(np.uint8)).save(
        out, "PNG"
    )
    return out.getvalue()


def disc_shot() -> Shot:
    """A shot of that picture with a painted area at its left that has a path, and an empty one."""
    shot = new_shot(uuid.uuid4().hex, open_image(disc_png(), "disc.png"))
    shot.label_map[100:140, 20:60] = 1
    path = Trajectory((Point(30.0, 110.0), Point(90.0, 120.0)), smooth=False)
    return replace(shot, areas=(MotionArea(1, "Left", path), MotionArea(2)))


def queued_job(opened: Workspace, address: str, shot: Shot | None = None, prompt: str = "it moves") -> Job:
    """A job in the store, ready to be sent to ``address`` (a service id or a base URL)."""
    chosen = shot or painted_shot()
    chosen = replace(chosen, parameters=replace(chosen.parameters, prompt=prompt))
    prepared = prepare(chosen, service(address), KLING, opened.settings)
    return opened.store.add(freeze(prepared, opened.assets, now=1_790_000_000.0))
