"""The shipped sample shot, for the demo and the first start."""

from __future__ import annotations

import json
import sys
import uuid
from dataclasses import replace
from pathlib import Path

import numpy as np

from desktop.core.areas import STATIC_LABEL, MotionArea
from desktop.core.geometry import Point, whole
from desktop.core.label_map import merge
from desktop.core.parameters import Parameters
from desktop.core.shot import Shot, new_shot
from desktop.core.trajectory import Trajectory
from desktop.imaging.mask_import import mask_from, read_mask_file
from desktop.imaging.read import open_image


def samples_folder() -> Path:
    """Where the samples lie: beside the package, or inside the built program."""
    bundle = getattr(sys, "_MEIPASS", None)
    root = Path(bundle) if isinstance(bundle, str) else Path(__file__).parents[2]
    return root / "resources" / "samples"


def sample_shot() -> Shot:
    """ "Harbour at dawn": mountains and pier hold still, the boat sails left, the clouds drift right."""
    folder = samples_folder() / "harbour"
    image = open_image((folder / "picture.jpg").read_bytes(), "Harbour at dawn.jpg")
    shot = new_shot(uuid.uuid4().hex, image)
    paths: dict[str, list[list[float]]] = json.loads((folder / "paths.json").read_text(encoding="utf-8"))
    for key, label, name in (
        ("still", STATIC_LABEL, "Mountains, pier"),
        ("2", 2, "Clouds"),
        ("1", 1, "Sailing boat"),
    ):
        mask = mask_from(read_mask_file((folder / f"{key}.png").read_bytes()), image.width, image.height)
        merge(shot.label_map, mask.view(np.uint8), whole(image.width, image.height), label)
        path = Trajectory(tuple(Point(x, y) for x, y in paths[key])) if key in paths else None
        shot = shot.with_area(MotionArea(label, name, path))
    prompt = (
        "A small sailing boat glides to the left across a harbour at dawn, clouds drift right, locked camera"
    )
    return replace(shot, parameters=Parameters(prompt=prompt))
