"""The counters that tests read, derived from an append-only log so that a kill loses none of them.

One JSON line an event in ``DATA/events.jsonl``; at the start the lines are read again. Bodies are known by
their SHA-256, keys are never written.
"""

import json
import os
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from desktop.simulator.tasks import Task

Event = dict[str, object]
_LOG = "events.jsonl"


class Ledger:
    """Counts of what the clients did. Used from the event loop only."""

    def __init__(self, data: Path, tasks: Iterable[Task]) -> None:
        self._path = data / _LOG
        self._clear()
        for event in _read(self._path):
            self._apply(event)
        self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0))
        os.write(self._file, b"\n")  # ends a line that a kill may have cut
        for task in tasks:
            if task.id not in self._tasks:  # killed between making the task and writing it down here
                self.accepted(None, task)

    def _clear(self) -> None:
        self._counts: Counter[str] = Counter()
        self._creates: list[Event] = []
        self._tasks: dict[str, dict[str, object]] = {}
        self._polls: Counter[str] = Counter()
        self._downloads: Counter[str] = Counter()

    def count(self, what: str) -> None:
        """Count one ``what`` (a key of ``state``)."""
        self._record({"event": "count", "what": what})

    def received(self, details: Event) -> int:
        """A create whose body came whole; gives its number."""
        self._record({"event": "received", **details, "time": round(time.time(), 3)})
        return len(self._creates) - 1

    def answered(self, number: int, status: int) -> None:
        """The status with which create ``number`` was answered, 0 if the connection was cut instead."""
        self._record({"event": "answered", "create": number, "status": status})

    def accepted(self, number: int | None, task: Task) -> None:
        """Create ``number`` made a task."""
        self._record({"event": "accepted", "create": number, "task_id": task.id, "sha256": task.body_sha256})

    def polled(self, task_id: str) -> None:
        """A status was asked for by the owner."""
        self._record({"event": "poll", "task_id": task_id})

    def downloaded(self, task_id: str) -> None:
        """A download was begun, whole or a range."""
        self._record({"event": "download", "task_id": task_id})

    def reset(self) -> None:
        """Forget everything."""
        os.ftruncate(self._file, 0)
        self._clear()

    def close(self) -> None:
        """Close the log."""
        os.close(self._file)

    def state(self) -> dict[str, object]:
        """All counters as JSON values."""
        by_body: dict[str, dict[str, int]] = {}
        for create in self._creates:
            by_body.setdefault(str(create["sha256"]), {"received": 0, "accepted": 0})["received"] += 1
        for task in self._tasks.values():
            by_body.setdefault(str(task["sha256"]), {"received": 0, "accepted": 0})["accepted"] += 1
        names = ("creates_started", "lists", "key_checks", "uploads", "cdn_key_leaks", "upload_key_leaks",
                 "webhooks_sent", "webhooks_failed")  # fmt: skip
        return {
            **{name: self._counts[name] for name in names},
            "creates_received": len(self._creates),
            "creates_accepted": len(self._tasks),
            "status_polls": self._polls.total(),
            "downloads": self._downloads.total(),
            "creates": self._creates,
            "creates_by_sha256": by_body,
            "tasks": {
                task_id: {
                    **task,
                    "creates": by_body[str(task["sha256"])]["accepted"],
                    "polls": self._polls[task_id],
                    "downloads": self._downloads[task_id],
                }
                for task_id, task in self._tasks.items()
            },
        }

    def _record(self, event: Event) -> None:
        os.write(self._file, json.dumps(event).encode() + b"\n")
        self._apply(event)

    def _apply(self, event: Event) -> None:
        kind, task_id, number = event["event"], str(event.get("task_id")), event.get("create")
        create = self._creates[number] if isinstance(number, int) and number < len(self._creates) else {}
        if kind == "count":
            self._counts[str(event["what"])] += 1
        elif kind == "received":
            details = {key: value for key, value in event.items() if key != "event"}
            self._creates.append({**details, "status": None, "task_id": None})
        elif kind == "answered":
            create["status"] = event["status"]
        elif kind == "accepted":
            create["task_id"] = task_id
            self._tasks[task_id] = {"sha256": event["sha256"]}
        elif kind == "poll":
            self._polls[task_id] += 1
        elif kind == "download":
            self._downloads[task_id] += 1


def _read(path: Path) -> list[Event]:
    if not path.exists():
        return []
    events = []
    for line in path.read_bytes().splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue  # an empty line, or one that a kill has cut
        events.append(event)
    return events
