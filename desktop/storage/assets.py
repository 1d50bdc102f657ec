"""Assets: the exact bytes that jobs send, named by their SHA-256 and never changed."""

from __future__ import annotations

import contextlib
import hashlib
import re
import time
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from desktop.core.errors import StoreError
from desktop.core.request import Asset
from desktop.storage.atomic import make_folder, patiently, sweep, write_atomic

_SHA256 = re.compile(r"[0-9a-f]{64}")

PRUNE_AGE = 86_400.0
"""Seconds an asset stays though no job names it: a job may just be about to."""


class AssetStore:
    """A folder of files ``ab/abcdef...``. Any number of threads and processes may use it at once."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, data: bytes) -> str:
        """Keep these bytes; on return they are on disk. Returns their SHA-256 (hex).

        Bytes that are there already are compared, and written anew when the file was damaged. Raises StoreError when
        the folder cannot be written.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._place(sha256)
        if not _holds(path, data):
            make_folder(path.parent)
            write_atomic(path, data)
        return sha256

    def path(self, asset: Asset | str) -> Path:
        """The file of an asset (or of a SHA-256). Raises StoreError when it is not there."""
        sha256 = asset if isinstance(asset, str) else asset.sha256
        path = self._place(sha256)
        if not path.is_file():
            raise StoreError(
                f"A picture this job needs is missing from “{self._root}”; make the job again from its shot.",
                sha256,
            )
        return path

    def read(self, asset: Asset | str) -> bytes:
        """The bytes of an asset, checked against their SHA-256. Raises StoreError when missing or damaged."""
        path = self.path(asset)
        try:
            data = path.read_bytes()
        except OSError as fault:
            raise StoreError(
                f"“{path.name}” in “{path.parent}” cannot be read; check the disk and its permissions.",
                repr(fault),
            ) from fault
        if hashlib.sha256(data).hexdigest() != path.name:
            raise StoreError(
                f"A picture this job needs was damaged in “{self._root}”; make the job again from its shot.",
                path.name,
            )
        return data

    def missing(self, wanted: Iterable[Asset | str]) -> set[str]:
        """The SHA-256 of those that are not here."""
        names = {entry if isinstance(entry, str) else entry.sha256 for entry in wanted}
        return {sha256 for sha256 in names if not self._place(sha256).is_file()}

    def prune(self, keep: Collection[str], *, older_than: float = PRUNE_AGE) -> int:
        """Remove what no job names and nobody has put for ``older_than`` seconds; returns how many went.

        Files that are no assets are left alone.
        """
        limit, removed = time.time() - older_than, 0
        for path in list(self._all()):
            with contextlib.suppress(OSError):
                if path.name not in keep and path.stat().st_mtime < limit:
                    patiently(path.unlink)
                    removed += 1
        return removed

    def _all(self) -> Iterator[Path]:
        for folder in self._root.glob("[0-9a-f][0-9a-f]"):
            sweep(folder)
            yield from (path for path in folder.iterdir() if _SHA256.fullmatch(path.name))

    def _place(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise StoreError("A stored job names a picture in a way that cannot be read.", sha256[:80])
        return self._root / sha256[:2] / sha256


def _holds(path: Path, data: bytes) -> bool:
    """Whether the file has exactly these bytes. It is then marked as used just now, which keeps `prune` off it."""
    try:
        if path.stat().st_size != len(data) or path.read_bytes() != data:
            return False
        path.touch()
    except OSError:
        return False
    return True
