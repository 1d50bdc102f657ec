"""kinebrush masks: the painted areas of a shot as PNG files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from desktop.cli.common import Exit, door, say, stop
from desktop.cli.shots import ShotPath, load


def masks(
    shot_path: ShotPath,
    output: Annotated[Path, typer.Option("--out", "-o", help="The folder to write into.")],
    indexed: Annotated[
        bool,
        typer.Option("--indexed", help="One PNG of all areas, whose palette index is the area's number."),
    ] = False,
) -> None:
    """Write the masks of a shot: black and white, one PNG per painted area, in the picture's size."""
    from desktop.imaging.mask_export import area_files, indexed_file
    from desktop.storage.atomic import make_folder, write_atomic

    with door():
        shot = load(shot_path)
        files = dict([indexed_file(shot)]) if indexed else area_files(shot)
        if not files:
            raise stop(Exit.PROBLEMS, "Nothing is painted yet, so there is no mask to write.")
        make_folder(output)
        for name, data in files.items():
            write_atomic(output / name, data)
            say(f"Wrote {output / name}.")
