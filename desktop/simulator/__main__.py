"""``python -m desktop.simulator``: start the simulator from the command line."""

import argparse
import asyncio
import logging
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from desktop.simulator import VERSION, faults, switches
from desktop.simulator.faults import FaultError
from desktop.simulator.switches import Settings, SwitchError

_SHORTCUTS = ("megapixels", "fps", "work_seconds", "expires")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="simulator",
        description="A local service that answers as the remote one does, and charges nothing.",
        epilog=f"switches:\n{switches.describe()}\n\n"
        f"faults, as NAME[=VALUE][@WHERE][*TIMES]:\n{faults.describe()}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1, 0 for any (default 0)")
    parser.add_argument("--data", type=Path, metavar="DIR", help="where tasks are kept (default: nowhere)")
    parser.add_argument("--log", type=Path, metavar="FILE", help="where to log (default: stderr)")
    parser.add_argument("--with-parent", action="store_true", help="end when stdin is closed")
    parser.add_argument("--fault", action="append", default=[], metavar="NAME", help="arm a fault")
    parser.add_argument("--set", action="append", default=[], metavar="SWITCH=VALUE", help="set a switch")
    parser.add_argument("--webhook-secret", default="simulator", metavar="TEXT", help="signs the webhooks")
    for name in _SHORTCUTS:
        parser.add_argument(f"--{name.replace('_', '-')}", metavar="N", help=f"the same as --set {name}=N")
    parser.add_argument("--version", action="version", version=VERSION)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until told to end. Exit codes: 0 after an orderly end, 1 if the port or the folder cannot
    be had, 2 for a wrong command line."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    values = dict(switches.parse(text) for text in arguments.set if "=" in text)
    values |= {name: value for name in _SHORTCUTS if (value := getattr(arguments, name)) is not None}
    try:
        for text in arguments.set:
            switches.parse(text)
        settings = switches.changed(Settings(), values)
        armed = [faults.parse(text) for text in arguments.fault]
    except (SwitchError, FaultError) as error:
        parser.error(str(error))
    with ExitStack() as stack:
        try:
            _log_to(arguments.log)
            data = arguments.data
            if data is None:
                # On Windows a file of an unfinished download may still be open at the end.
                folder = tempfile.TemporaryDirectory(prefix="simulator-", ignore_cleanup_errors=True)
                data = Path(stack.enter_context(folder))
            data.mkdir(parents=True, exist_ok=True)
            # Starlette and uvicorn take most of the start-up, so a wrong option is told before them.
            from desktop.simulator import server

            sock = stack.enter_context(server.bind(arguments.port))
        except OSError as error:
            print(f"The simulator cannot start: {error}.", file=sys.stderr)
            return 1
        asyncio.run(
            server.serve(
                sock,
                data,
                settings,
                armed,
                webhook_secret=arguments.webhook_secret,
                with_parent=arguments.with_parent,
            )
        )
    return 0


def _log_to(path: Path | None) -> None:
    handler: logging.Handler
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(path, encoding="utf-8")
    elif sys.stderr is not None:
        handler = logging.StreamHandler()
    else:
        handler = logging.NullHandler()  # a windowed program has no stderr
    logging.basicConfig(
        level=logging.INFO, handlers=[handler], format="%(asctime)s %(name)s %(message)s", force=True
    )


if __name__ == "__main__":
    sys.exit(main())
