"""kinebrush masks: what is written is what is painted."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from desktop.imaging.mask_import import choose_labels, labels_from, mask_from, read_mask_file
from desktop.imaging.masks import indexed_png
from desktop.storage.shot_file import save_shot
from tests.command_line import CommandLine
from tests.job_shots import painted_shot


def test_masks_are_written_one_by_one_and_all_in_one(cli: CommandLine, tmp_path: Path) -> None:
    shot = painted_shot()
    file, folder = tmp_path / "a.kinebrush", tmp_path / "new" / "masks"
    save_shot(shot, file, indexed_png)
    width, height = shot.image.width, shot.image.height
    said = cli("masks", file, "--out", folder).clear()
    assert said.code == 0
    numbers = set()
    for path in folder.iterdir():
        number = int(path.stem.split("-")[1])
        numbers.add(number)
        mask = mask_from(read_mask_file(path.read_bytes()), width, height)
        assert np.array_equal(mask, shot.label_map == (number or 7))
    painted = {int(label) for label in np.unique(shot.label_map)} - {0}
    assert {number or 7 for number in numbers} == painted
    assert cli("masks", file, "-o", tmp_path / "one", "--indexed").clear().code == 0
    (whole,) = (tmp_path / "one").iterdir()
    read = read_mask_file(whole.read_bytes())
    assert np.array_equal(labels_from(read, width, height, choose_labels(read)), shot.label_map)


def test_nothing_painted_and_no_file_are_said(cli: CommandLine, tmp_path: Path) -> None:
    shot = painted_shot()
    empty = tmp_path / "empty.kinebrush"
    save_shot(type(shot)(shot.id, shot.name, shot.image, np.zeros_like(shot.label_map)), empty, indexed_png)
    said = cli("masks", empty, "--out", tmp_path / "out").clear()
    assert said.code != 0
    assert "Nothing is painted yet" in said.err
    assert not (tmp_path / "out").exists()
    assert cli("masks", tmp_path / "missing.kinebrush", "--out", tmp_path / "out").clear().code != 0
