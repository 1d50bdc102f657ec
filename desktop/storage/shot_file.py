"""Shot files: one ``.kinebrush`` zip with manifest, pictures and label map.

The codec of the label map is imaging's and comes as an argument. A file is written atomically and its bytes depend on
the shot alone; a damaged or hostile one is refused as a whole, with a sentence, and never opens empty.
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np

from desktop.core.areas import STATIC_LABEL
from desktop.core.errors import KinebrushError, ShotFileError
from desktop.core.label_map import LabelMap
from desktop.core.shot import Shot
from desktop.storage.atomic import sweep, write_atomic
from desktop.storage.manifest import LABELS_FILE, PictureEntry, from_bytes, picture_file, to_bytes

SUFFIX = ".kinebrush"
MANIFEST_FILE = "manifest.json"

MAX_MANIFEST = 4_000_000
MAX_LABELS = 64_000_000
MAX_PICTURE = 400_000_000
MAX_FILE = 2 * MAX_PICTURE + MAX_LABELS + MAX_MANIFEST + 1_000_000
"""Bytes that each part, and the whole file, may have."""

WriteLabels = Callable[[LabelMap], bytes]
"""A label map (H x W, uint8, 0 to 7) as PNG bytes."""
ReadLabels = Callable[[bytes, int, int], LabelMap]
"""The label map in PNG bytes, which must have this width and height."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
_ENCRYPTED = 0x1
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""Only these are unpacked in pieces whose size zipfile bounds."""
_FOLDERS = {"picture/", "end_frame/"}
_PARTS = ("picture/original.", "end_frame/original.")
_ZIP_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    IndexError,
    OverflowError,
)
"""What zipfile raises for bytes that are no zip, or a broken one (struct.error is wrapped by it)."""


def save_shot(shot: Shot, path: Path, labels_png: WriteLabels) -> None:
    """Write a shot file; on return it is on disk. Raises ShotFileError; the old file is then untouched."""
    data = shot_bytes(shot, labels_png)
    sweep(path.parent)
    write_atomic(path, data, error=ShotFileError)


def load_shot(path: Path, read_labels: ReadLabels) -> Shot:
    """Read a shot file. Raises ShotFileError with a sentence for anything that is not a whole, sound shot."""
    try:
        with path.open("rb") as file:
            return _read(file, read_labels)
    except OSError as fault:
        raise ShotFileError(
            f"“{path.name}” cannot be opened; check that it is there and may be read.", repr(fault)
        ) from fault


def shot_bytes(shot: Shot, labels_png: WriteLabels) -> bytes:
    """A shot file as bytes: the same shot always gives the same. Raises ShotFileError for one past the limits."""
    members = [(MANIFEST_FILE, to_bytes(shot)), (picture_file("picture", shot.image), shot.image.data)]
    if shot.end_frame is not None:
        members.append((picture_file("end_frame", shot.end_frame), shot.end_frame.data))
    members.append((LABELS_FILE, labels_png(shot.label_map)))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members:
            if not data or len(data) > _limit(name):
                raise ShotFileError(f"This shot cannot be saved: its {_part(name)} is empty or too big.")
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, data)
    return out.getvalue()


def shot_from_bytes(data: bytes, read_labels: ReadLabels) -> Shot:
    """Read `shot_bytes` back, as strictly as `load_shot`."""
    return _read(io.BytesIO(data), read_labels)


def _read(file: IO[bytes], read_labels: ReadLabels) -> Shot:
    if file.seek(0, io.SEEK_END) > MAX_FILE:
        raise ShotFileError("This file is too big to be a Kinebrush shot.")
    file.seek(0)
    with _zip_sentences(), zipfile.ZipFile(file) as archive:
        members = _members(archive)
        manifest = from_bytes(_member(archive, members, MANIFEST_FILE))
        wanted = {MANIFEST_FILE, LABELS_FILE, manifest.image.file}
        if manifest.end_frame is not None:
            wanted.add(manifest.end_frame.file)
        foreign = sorted(members.keys() - wanted)
        if foreign:
            raise ShotFileError(
                "This shot was refused: it holds a file that does not belong there.", foreign[0]
            )

        def read(entry: PictureEntry) -> bytes:
            data = _member(archive, members, entry.file)
            if len(data) != entry.size:
                raise ShotFileError("This shot is damaged: its picture is not as long as the manifest says.")
            return data

        labels = _labels(archive, members, manifest.image, read_labels)
        return manifest.shot(read, labels)


def _labels(
    archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], image: PictureEntry, read: ReadLabels
) -> LabelMap:
    width, height = image.picture.width, image.picture.height
    data = _member(archive, members, LABELS_FILE)
    try:
        labels = read(data, width, height)
    except ShotFileError:
        raise
    except KinebrushError as fault:
        raise ShotFileError("This shot is damaged: its painted areas cannot be read.", str(fault)) from fault
    if labels.dtype != np.uint8 or labels.shape != (height, width) or labels.max(initial=0) > STATIC_LABEL:
        raise ShotFileError("This shot is damaged: its painted areas do not fit its picture.")
    return labels


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files in the archive by name. Raises ShotFileError for anything a shot file never has."""
    found: dict[str, zipfile.ZipInfo] = {}
    for entry in archive.infolist():
        name, kind = entry.orig_filename, stat.S_IFMT(entry.external_attr >> 16)
        if name in _FOLDERS and entry.file_size == 0 and kind in (0, stat.S_IFDIR):
            continue
        if name.startswith(("/", "\\")) or ".." in name or "\\" in name or ":" in name or "\0" in name:
            raise ShotFileError("This shot was refused: it holds a file with an unsafe path.", name[:200])
        if kind not in (0, stat.S_IFREG):
            raise ShotFileError("This shot was refused: it holds a link instead of a file.", name[:200])
        if name.lower() in {other.lower() for other in found}:
            raise ShotFileError("This shot was refused: it holds two files of one name.", name[:200])
        if entry.flag_bits & _ENCRYPTED:
            raise ShotFileError("This shot was refused: it is encrypted, which Kinebrush never does.")
        if entry.compress_type not in _METHODS:
            raise ShotFileError("This shot was refused: it is packed in a way that Kinebrush never uses.")
        if entry.file_size > _limit(name):
            raise ShotFileError("This shot was refused: a file in it is too big.", name[:200])
        if len(found) > 16:
            raise ShotFileError("This shot was refused: it holds too many files.")
        found[name] = entry
    return found


def _member(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], name: str) -> bytes:
    """One part, read no further than its declared (and limited) size; zipfile checks its CRC."""
    entry = members.get(name)
    if entry is None:
        raise ShotFileError(f"This shot is damaged: its {_part(name)} is missing.")
    with archive.open(entry) as file:
        data = file.read(entry.file_size)
        if len(data) != entry.file_size or file.read(1):
            raise ShotFileError(f"This shot is damaged: its {_part(name)} is cut short.")
    return data


def _limit(name: str) -> int:
    if name.startswith(_PARTS):
        return MAX_PICTURE
    return MAX_LABELS if name == LABELS_FILE else MAX_MANIFEST


def _part(name: str) -> str:
    if name == MANIFEST_FILE:
        return "manifest"
    if name == LABELS_FILE:
        return "map of painted areas"
    return "end frame" if name.startswith(_PARTS[1]) else "picture"


@contextmanager
def _zip_sentences() -> Iterator[None]:
    try:
        yield
    except _ZIP_FAULTS as fault:
        raise ShotFileError(
            "This file is not a Kinebrush shot, or it is damaged; open another copy of it.", repr(fault)
        ) from fault
