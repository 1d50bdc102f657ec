"""The work behind the tasks: one thread renders one task at a time, the event loop ends them."""

import asyncio
import hashlib
import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from desktop.simulator import film
from desktop.simulator.tasks import COMPLETED, FAILED, IN_PROGRESS, VIDEO, Store, Task

log = logging.getLogger("simulator")
_STOP_SECONDS = 5.0


class Worker:
    """Takes tasks to their end. Everything but the rendering happens in the event loop.

    ``expires``: gives the seconds for which a result made now is good. ``changed`` is told of every
    change of status.
    """

    def __init__(self, store: Store, expires: Callable[[], float], changed: Callable[[Task], None]) -> None:
        self._store, self._expires, self._changed = store, expires, changed
        self._queue: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._work, name="renderer", daemon=True)
        self._thread.start()

    def resume(self) -> None:
        """Take up what the last run left unfinished."""
        for task in self._store:
            if not task.finished:
                self.take(task)

    def take(self, task: Task) -> None:
        """Begin or go on with a task."""
        if task.fails_at is not None:
            if task.fails_at > time.time():
                self._advance(task.id, status=IN_PROGRESS)
            self._later(task.fails_at, task.id, None)
        elif task.order.task_fault is not None:
            self._fail(task, task.order.task_fault)
        else:
            self._queue.put(task)

    def stop(self) -> None:
        """End quickly; what is unfinished is taken up at the next start."""
        self._stopping.set()
        self._queue.put(None)
        self._thread.join(_STOP_SECONDS)

    def _work(self) -> None:
        while (task := self._queue.get()) is not None and not self._stopping.is_set():
            self._tell(self._advance, task.id, IN_PROGRESS)
            folder = self._store.folder(task.id)
            video = folder / VIDEO
            started = time.monotonic()
            try:
                if not video.exists():
                    film.make(folder, task.order, task.settings, video, self._cancelled(task.id))
                etag = hashlib.sha256(video.read_bytes()).hexdigest()[:32]
            except film.Cancelled:
                continue
            except film.MaskFault as error:
                self._tell(self._fail, task, str(error))
            except Exception as error:
                # Whatever a picture does to the renderer must not end the thread of all later tasks.
                log.exception("task %s cannot be rendered", task.id)
                self._tell(self._fail, task, repr(error))
            else:
                log.info("task %s rendered in %.1f s", task.id, time.monotonic() - started)
                self._tell(self._later, task.created + task.settings.work_seconds, task.id, etag)

    def _cancelled(self, task_id: str) -> Callable[[], bool]:
        return lambda: self._stopping.is_set() or self._store.get(task_id) is None

    def _tell(self, act: Callable[..., None], *values: object) -> None:
        if not self._stopping.is_set():
            self._loop.call_soon_threadsafe(act, *values)

    def _fail(self, task: Task, reason: str) -> None:
        log.info("task %s will be FAILED: %s", task.id, reason)
        self._later(task.created + task.settings.fail_seconds, task.id, None)

    def _later(self, moment: float, task_id: str, etag: str | None) -> None:
        self._loop.call_later(max(0.0, moment - time.time()), self._finish, task_id, etag)

    def _finish(self, task_id: str, etag: str | None) -> None:
        now = time.time()
        if etag is None:
            self._advance(task_id, FAILED, completed=now)
        else:
            expires = int(now + self._expires())
            self._advance(task_id, COMPLETED, completed=now, expires=expires, etag=etag)

    def _advance(
        self,
        task_id: str,
        status: str,
        completed: float | None = None,
        expires: int | None = None,
        etag: str | None = None,
    ) -> None:
        task = self._store.get(task_id)
        if task is None or task.finished or task.status == status or self._stopping.is_set():
            return  # forgotten by a reset, or already there
        task = replace(task, status=status, completed=completed, expires=expires, etag=etag)
        self._store.put(task)
        log.info("task %s %s", task_id, status)
        self._changed(task)
