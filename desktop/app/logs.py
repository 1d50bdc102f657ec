"""Logs: a rotating file in the data directory, and the terminal when asked; no secret reaches either."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from desktop.storage.secrets import RedactingFilter

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
MAX_BYTES, KEPT = 2_000_000, 5


def start_logs(folder: Path, *, debug: bool) -> Path:
    """Log to ``folder``/kinebrush.log (five files of 2 MB), and to standard error when ``debug``. Returns the file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "kinebrush.log"
    handlers: list[logging.Handler] = [
        RotatingFileHandler(path, maxBytes=MAX_BYTES, backupCount=KEPT, encoding="utf-8", delay=True)
    ]
    if debug:
        handlers.append(logging.StreamHandler())
    root = logging.getLogger()
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    for handler in handlers:
        handler.setFormatter(logging.Formatter(FORMAT))
        handler.addFilter(RedactingFilter())
        root.addHandler(handler)
    for noisy in ("httpx", "httpcore", "asyncio", "PIL", "qasync"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    return path


def stop_logs() -> None:
    """Close and remove the handlers that `start_logs` added."""
    root = logging.getLogger()
    for handler in list(root.handlers):
        if any(isinstance(entry, RedactingFilter) for entry in handler.filters):
            root.removeHandler(handler)
            handler.close()
