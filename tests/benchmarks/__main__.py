"""``python -m tests.benchmarks [NAME ...] [--json]``: the figures, as a table or one JSON object a line."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from tests.benchmarks.napari_peer import VARIABLE
from tests.benchmarks.row import Row

BENCHES = ("transfer", "playback", "canvas", "undo", "selections", "ui", "intake")
"""Each is a module of this package with a function ``rows() -> list[Row]``."""


def main(arguments: Sequence[str]) -> int:
    """Run the benches named, or all. 0 when every goal that could be judged is met, 1 when one is missed."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure, and print one row a figure.")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"one of {', '.join(BENCHES)}; none means all"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line, rows only")
    parser.add_argument(
        "--napari-python", metavar="PATH", help=f"a Python that has napari, for canvas (else {VARIABLE})"
    )
    options = parser.parse_args(arguments)
    if options.napari_python:
        os.environ[VARIABLE] = options.napari_python
    unknown = [name for name in options.names if name not in BENCHES]
    if unknown:
        parser.error(f"there is no bench “{unknown[0]}”; choose from {', '.join(BENCHES)}")
    rows: list[Row] = []
    for name in options.names or BENCHES:
        for row in importlib.import_module(f"tests.benchmarks.{name}").rows():
            rows.append(row)
            if options.json:
                print(row.as_json(), flush=True)
    if not options.json:
        Console().print(_table(rows))
    return 1 if any(row.met is False for row in rows) else 0


def _table(rows: Sequence[Row]) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in ("figure", "measured", "against", "ratio", "goal", "met", "runs"):
        table.add_column(title, justify="left" if title in ("figure", "met") else "right")
    for row in rows:
        table.add_row(
            row.name,
            "-" if row.measured is None else f"{row.measured:g} {row.unit}",
            "-" if row.against is None else f"{row.against:g} {row.unit} {row.peer}".rstrip(),
            "-" if row.ratio is None else f"{row.ratio:g}x",
            row.goal,
            "-" if row.met is None else ("yes" if row.met else "NO"),
            str(row.runs),
        )
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
