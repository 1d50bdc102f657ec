"""The tasks on disk: one folder each, written so that a kill at any moment leaves whole tasks or none.

``DATA/tasks/<id>/`` holds ``task.json``, the pictures as received, and ``video.mp4`` once it is made. A
task is prepared in ``DATA/incoming/`` and moved as a whole; ``task.json`` is replaced as a whole.
"""

import hashlib
import hmac
import json
import logging
import secrets
import shutil
import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from desktop.simulator.switches import Settings, changed
from desktop.simulator.validate import Order

log = logging.getLogger("simulator")
CREATED, IN_PROGRESS, COMPLETED, FAILED = "CREATED", "IN_PROGRESS", "COMPLETED", "FAILED"
VIDEO = "video.mp4"


@dataclass(frozen=True, slots=True)
class Task:
    """One task. Times are unix seconds; ``settings``: the switches at its creation.

    ``fails_at``: the moment it will be FAILED whatever happens (a fault on demand), or None.
    ``base_url``: scheme, host and port under which the create came, for webhooks.
    """

    id: str
    account: str
    order: Order
    settings: Settings
    body_sha256: str
    base_url: str
    created: float
    status: str = CREATED
    fails_at: float | None = None
    completed: float | None = None
    expires: int | None = None
    etag: str | None = None

    @property
    def finished(self) -> bool:
        """Whether its status can change no more."""
        return self.status in (COMPLETED, FAILED)


class Store:
    """All tasks under ``data``, in memory and on disk. Used from the event loop only."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._incoming = data / "incoming"
        self._tasks_folder = data / "tasks"
        shutil.rmtree(self._incoming, ignore_errors=True)
        for folder in (self._incoming, self._tasks_folder):
            folder.mkdir(parents=True, exist_ok=True)
        self.secret = _secret(data / "secret")
        self._tasks: dict[str, Task] = {}
        found = []
        for path in self._tasks_folder.glob("*/task.json"):
            try:
                found.append(_read(path))
            except (OSError, ValueError, KeyError, TypeError) as error:
                log.warning("%s is passed over: %r", path, error)
        for task in sorted(found, key=lambda task: task.created):
            self._tasks[task.id] = task

    def account(self, key: str) -> str:
        """The name of the account that owns ``key``: a salted hash, so that the key is never kept."""
        return hmac.new(self.secret, key.encode(), hashlib.sha256).hexdigest()[:32]

    def incoming(self) -> Path:
        """A new empty folder in which a request is unpacked."""
        folder = self._incoming / secrets.token_hex(8)
        folder.mkdir()
        return folder

    def add(
        self, folder: Path, account: str, order: Order, settings: Settings, sha256: str, url: str
    ) -> Task:
        """Make a task of an incoming folder."""
        task = Task(str(uuid.uuid4()), account, order, settings, sha256, url, time.time())
        _write(folder, task)
        folder.rename(self.folder(task.id))
        self._tasks[task.id] = task
        return task

    def put(self, task: Task) -> None:
        """Put a changed task in the place of what it was, on disk first."""
        _write(self.folder(task.id), task)
        self._tasks[task.id] = task

    def folder(self, task_id: str) -> Path:
        """Where the files of a task are."""
        return self._tasks_folder / task_id

    def get(self, task_id: str) -> Task | None:
        """The task, whoever it belongs to."""
        return self._tasks.get(task_id)

    def __iter__(self) -> Iterator[Task]:
        """All tasks, oldest first."""
        return iter(list(self._tasks.values()))

    def of(self, account: str) -> list[Task]:
        """The tasks of one account, newest first."""
        return [task for task in reversed(self._tasks.values()) if task.account == account]

    def forget_all(self) -> None:
        """Drop every task and its files."""
        self._tasks.clear()
        shutil.rmtree(self._tasks_folder, ignore_errors=True)
        self._tasks_folder.mkdir(exist_ok=True)


def _secret(path: Path) -> bytes:
    """The random secret of this data folder, made once."""
    try:
        secret = path.read_bytes()
    except FileNotFoundError:
        secret = b""
    if len(secret) != 32:
        secret = secrets.token_bytes(32)
        _replace(path, secret)
    return secret


def _replace(path: Path, data: bytes) -> None:
    part = path.with_suffix(".part")
    part.write_bytes(data)
    part.replace(path)


def _write(folder: Path, task: Task) -> None:
    _replace(folder / "task.json", json.dumps(asdict(task)).encode())


def _read(path: Path) -> Task:
    item = json.loads(path.read_bytes())
    order = item["order"]
    order["paths"] = tuple(tuple((x, y) for x, y in points) for points in order["paths"])
    item["order"] = Order(**order)
    item["settings"] = changed(Settings(), item["settings"])
    return Task(**item)
