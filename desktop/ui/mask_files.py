"""What threads do with mask files: read them, lay them into a shot, write them. They bring OpenCV and Pillow in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

from desktop.core import edits
from desktop.core.areas import STATIC_LABEL
from desktop.core.errors import KinebrushError, MaskError
from desktop.core.shot import Shot
from desktop.imaging.progress import Report
from desktop.storage.atomic import write_atomic
from desktop.ui.documents import png_of
from desktop.ui.theme import area_color

if TYPE_CHECKING:
    from desktop.imaging.mask_import import MaskFile

Snapshot = Callable[[], Shot]
"""Gives the shot as it was when it was asked for; called in a thread."""

_ROWS = 64


@dataclass(frozen=True, slots=True)
class Incoming:
    """A picture file that came by drop or clipboard: its bytes and name, and as a mask if it can be one. ``chosen``
    tells which label each region becomes, by its index, if it is a label image or may be one."""

    data: bytes
    name: str
    mask: MaskFile | None
    fits: bool
    size_text: str
    chosen: dict[int, int] = field(default_factory=dict)

    @property
    def soft(self) -> MaskFile | None:
        """It as a mask that is cut at a threshold, if it is one or may be one."""
        return self._as("grey", "alpha")

    @property
    def labels(self) -> MaskFile | None:
        """It as a label image, if it is one or may be one."""
        return self._as("labels")

    def _as(self, *kinds: str) -> MaskFile | None:
        for file in () if self.mask is None else (self.mask, self.mask.other):
            if file is not None and file.kind in kinds:
                return file
        return None


@dataclass(frozen=True, slots=True)
class Merged:
    """A shot with masks laid into it, and the hidden areas that were in their way and stay as they are."""

    shot: Shot
    spared: frozenset[int] = frozenset()


def read(source: object, shot: Shot, must: bool) -> Incoming:
    """Look at a file or a pasted image. Raises KinebrushError; for an unfit mask only when it ``must`` be one."""
    from desktop.imaging.mask_import import choose_labels, read_mask_file
    from desktop.imaging.probe import probe

    if isinstance(source, QImage):
        data, name = png_of(source), "Pasted picture"
    else:
        path = Path(str(source))
        name = path.name
        try:
            data = path.read_bytes()
        except OSError as error:
            raise KinebrushError(f"{name} cannot be read: {error.strerror or error}.") from error
    try:
        file = read_mask_file(data)
    except MaskError:
        if must:
            raise
        file = None
    if file is not None:
        size = f"{file.width} × {file.height}"
        colors = {area_color(0 if label == STATIC_LABEL else label): label for label in range(1, 8)}
        fits = file.fits(shot.image.width, shot.image.height)
        incoming = Incoming(data, name, file, fits, size)
        labels = incoming.labels
        return incoming if labels is None else replace(incoming, chosen=choose_labels(labels, colors))
    wide, high = probe(data).upright_size
    return Incoming(data, name, None, False, f"{wide} × {high}")


def with_mask(copy: Snapshot, report: Report, *, file: MaskFile, label: int, threshold: int) -> Merged:
    """The shot whose area is this mask and nothing else."""
    return with_masks(copy, report, files={label: file}, threshold=threshold)


def with_masks(copy: Snapshot, report: Report, *, files: dict[int, MaskFile], threshold: int) -> Merged:
    """The shot whose areas are these masks. Where they cover each other the smaller one is on top, so that none is
    lost below another."""
    from desktop.imaging.mask_import import mask_from

    shot = copy()
    width, height = shot.image.width, shot.image.height
    masks = {}
    for index, (label, file) in enumerate(files.items()):
        report(0.5 * index / len(files))
        masks[label] = mask_from(file, width, height, threshold=threshold)
    largest_first = sorted(masks, key=lambda label: -int(np.count_nonzero(masks[label])))
    return _merged(shot, {label: masks[label] for label in largest_first}, report)


def with_labels(copy: Snapshot, report: Report, *, file: MaskFile, chosen: dict[int, int]) -> Merged:
    """The shot whose areas are the regions of a label image."""
    from desktop.imaging.mask_import import labels_from

    shot = copy()
    labels = labels_from(file, shot.image.width, shot.image.height, chosen)
    return _merged(shot, {label: labels == label for label in sorted(set(chosen.values()))}, report)


def _merged(shot: Shot, masks: dict[int, npt.NDArray[np.bool_]], report: Report) -> Merged:
    """The shot with these masks, the later on top, in the place of their areas' own, which are shown.

    Pixels of other areas that are locked or hidden stay theirs.
    """
    for label in masks:
        shot = edits.add_area(shot, label)
    labels, own = shot.label_map.copy(), list(masks)
    hidden = edits.hidden_labels(shot) - masks.keys()
    kept = list(edits.locked_labels(shot) | hidden)
    spared: set[int] = set()
    for top in range(0, labels.shape[0], _ROWS):  # in bands: the window's thread waits for numpy now and then
        report(0.5 + 0.5 * top / labels.shape[0])
        band = labels[top : top + _ROWS]
        band[np.isin(band, own)] = 0
        free = ~np.isin(band, kept)
        for label, mask in masks.items():
            covered = mask[top : top + _ROWS]
            band[covered & free] = label
            spared.update(other for other in hidden - spared if ((band == other) & covered).any())
    shown = [area if area.label not in masks else replace(area, hidden=False) for area in shot.areas]
    return Merged(replace(shot, label_map=labels, areas=tuple(shown)), frozenset(spared))


def write_areas(copy: Snapshot, folder: Path) -> int:
    """Write one PNG per painted area into a folder. How many those were."""
    from desktop.imaging.mask_export import area_files

    files = area_files(copy())
    for name, data in files.items():
        write_atomic(folder / name, data)
    return len(files)


def write_indexed(copy: Snapshot, path: Path) -> None:
    """Write one indexed PNG of all areas."""
    from desktop.imaging.mask_export import indexed_file

    write_atomic(path, indexed_file(copy())[1])


def mask_image(copy: Snapshot, label: int) -> QImage | None:
    """An area's mask, white on black; None when nothing of it is painted."""
    pixels = np.multiply(copy().label_map == label, 255, dtype=np.uint8)
    if not pixels.any():
        return None
    height, width = pixels.shape
    return QImage(pixels.data, width, height, width, QImage.Format.Format_Grayscale8).copy()
