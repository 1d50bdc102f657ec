"""From the command line to the window; Qt is imported only here, when it is wanted."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.cli.options import options
from desktop.core.errors import KinebrushError

if TYPE_CHECKING:
    from desktop.core.job import Job
    from desktop.core.shot import Shot


def has_display() -> bool:
    """Whether a window can be shown: always on Windows and macOS, elsewhere with X11 or Wayland.

    A platform that is named by QT_QPA_PLATFORM (``offscreen``, say) counts as one.
    """
    if sys.platform in ("win32", "darwin"):
        return True
    return any(os.environ.get(name) for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY"))


def open_window(files: Sequence[str]) -> int:
    """Open the window, with a shot or a picture; returns the exit code."""
    from desktop.app.shell import show_shell
    from desktop.storage.paths import data_dir

    shell = show_shell(data_dir(options.data_dir).root)
    try:
        from desktop.app.start import open_window

        return open_window(
            files,
            data=options.data_dir,
            service_url=options.service_url,
            debug=options.debug,
            shell=shell,
        )
    except (KinebrushError, OSError):
        import typer

        from desktop.cli.common import door

        try:
            with door():
                raise
        except typer.Exit as end:
            return end.exit_code
    finally:
        shell.close()


def drive_window(out: Path) -> tuple[Shot, Job]:
    """The demo by hand: paint in the real window, generate and play; screenshots go to ``out``."""
    if not has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from desktop.app.demo import Driven, Driver
    from desktop.app.start import Application, live_with
    from desktop.cli.common import say
    from desktop.jobs.sample import samples_folder

    made: list[Driven] = []
    picture = samples_folder() / "harbour" / "picture.jpg"

    async def guest(application: Application) -> None:
        made.append(await Driver(application, out, say).run(picture))

    live_with(
        options.data_dir, lambda data: Application(data, [str(picture)]), debug=options.debug, guest=guest
    )
    return made[0].shot, made[0].job
