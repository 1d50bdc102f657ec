"""Where the built program starts: as the simulator, or as the command line.

The simulator writes video with PyAV, which must not meet OpenCV in one process, so it is told apart before anything
of the client is imported.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import sys
from collections.abc import MutableMapping, Sequence

LEFT_TO_THE_SYSTEM = ("libGL.so.1", "libEGL.so.1", "libxcb.so.1")
"""What OpenCV and Qt are linked against on Linux and PyInstaller leaves out, since it belongs to the display."""


def main(arguments: Sequence[str]) -> int:
    """Run what the arguments (without the program's name) ask for; returns the exit code."""
    first, rest = (arguments[0], arguments[1:]) if arguments else ("", ())
    if first == "simulate":
        from desktop.simulator.__main__ import main as simulate

        return simulate(rest)
    from desktop.cli import main as command_line

    return command_line(arguments)


def lacking(names: Sequence[str] = LEFT_TO_THE_SYSTEM) -> str:
    """A sentence for libraries that the built program leaves to the system and that do not load; else empty."""
    missing = [name for name in names if not loads(name)]
    if not missing:
        return ""
    return (
        f"This system lacks {', '.join(missing)}, which Kinebrush needs; on Debian and Ubuntu type: "
        "sudo apt-get install libgl1 libegl1 libxcb1 libfontconfig1 fonts-dejavu-core"
    )


def loads(name: str) -> bool:
    """Whether a shared library is there."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def restore_library_path(variables: MutableMapping[str, str]) -> None:
    """Give the programs that we start (a file manager, a browser) the system's libraries and not ours.

    On Linux PyInstaller's loader points ``LD_LIBRARY_PATH`` at the built program and keeps what it was before.
    The loader of our own process has read it by now.
    """
    if variables.pop("LD_LIBRARY_PATH", None) is not None and "LD_LIBRARY_PATH_ORIG" in variables:
        variables["LD_LIBRARY_PATH"] = variables["LD_LIBRARY_PATH_ORIG"]


if __name__ == "__main__":
    multiprocessing.freeze_support()
    if getattr(sys, "frozen", False):
        restore_library_path(os.environ)
        if sys.platform == "linux" and sys.argv[1:2] != ["simulate"] and (sentence := lacking()):
            sys.exit(sentence)
    sys.exit(main(sys.argv[1:]))
