"""The control calls under ``/_control/``, for tests and demonstrations: no key, this machine only."""

import asyncio
import os
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from desktop.simulator import VERSION, faults, pictures, replies
from desktop.simulator.faults import FaultError
from desktop.simulator.service import Handler, Service, log
from desktop.simulator.switches import SwitchError, changed
from desktop.simulator.tasks import Task
from desktop.simulator.uploads import is_loopback


def routes(service: Service) -> list[Route]:
    """The routes of the control calls."""

    async def state(_request: Request) -> Response:
        return JSONResponse(_state(service))

    async def set_faults(request: Request) -> Response:
        items = await _json(request)
        try:
            if not isinstance(items, list):
                raise FaultError("The faults are a list.")
            service.faults.arm([faults.from_json(item) for item in items])
        except FaultError as error:
            return replies.message(400, str(error))
        return JSONResponse(_state(service))

    async def set_switches(request: Request) -> Response:
        values = await _json(request)
        try:
            if not isinstance(values, dict):
                raise SwitchError("The settings are an object of switches and values.")
            service.settings = changed(service.settings, values)
        except SwitchError as error:
            return replies.message(400, str(error))
        return JSONResponse(_state(service))

    async def reset(_request: Request) -> Response:
        service.store.forget_all()
        service.ledger.reset()
        service.faults.arm([])
        service.faults.fired.clear()
        service.settings = service.started_with
        log.info("reset")
        return JSONResponse(_state(service))

    async def order(request: Request) -> Response:
        task = service.store.get(request.path_params["task_id"])
        if task is None:
            return replies.message(404)
        return JSONResponse(await asyncio.to_thread(_order, service, task))

    async def asset(request: Request) -> Response:
        task = service.store.get(request.path_params["task_id"])
        name = "_".join(part for part in request.path_params["name"].split("/") if part)
        if task is None or name not in task.order.assets:
            return replies.message(404)
        return FileResponse(service.store.folder(task.id) / name, media_type="application/octet-stream")

    return [
        Route("/_control/state", _guarded(state), methods=["GET"]),
        Route("/_control/faults", _guarded(set_faults), methods=["POST"]),
        Route("/_control/settings", _guarded(set_switches), methods=["POST"]),
        Route("/_control/reset", _guarded(reset), methods=["POST"]),
        Route("/_control/tasks/{task_id}/request", _guarded(order), methods=["GET"]),
        Route("/_control/tasks/{task_id}/{name:path}", _guarded(asset), methods=["GET"]),
    ]


def _guarded(call: Handler) -> Handler:
    """The call, for those who may make it."""

    async def guarded(request: Request) -> Response:
        return _denied(request) or await call(request)

    return guarded


def _denied(request: Request) -> Response | None:
    """Pages in a browser must not reach these calls by a name that resolves to this machine."""
    client = request.client.host if request.client is not None else ""
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    for name in (client, host):
        if not is_loopback(f"http://{name}" if ":" not in name else f"http://[{name}]"):
            return replies.message(403, "The control calls are for this machine only")
    return None


async def _json(request: Request) -> Any:
    try:
        return await request.json()
    except ValueError:
        return None


def _state(service: Service) -> dict[str, object]:
    settings = service.settings
    state = service.ledger.state()
    tasks: Any = state["tasks"]
    for task_id, entry in tasks.items():
        task = service.store.get(task_id)
        entry["status"] = None if task is None else task.status
    return {
        "version": VERSION,
        "pid": os.getpid(),
        **state,
        "faults": service.faults.state(),
        "faults_fired": dict(service.faults.fired),
        "settings": {name: getattr(settings, name) for name in settings.__slots__},
    }


def _order(service: Service, task: Task) -> dict[str, object]:
    """The parsed request of a task, with the share of painted pixels of each mask."""
    folder, order = service.store.folder(task.id), task.order

    def mask(name: str) -> dict[str, object]:
        known = dict(order.assets.get(name, {}))
        try:
            painted = pictures.load_mask(folder / name, task.settings.polarity)
        except pictures.UnreadablePicture:
            return {**known, "coverage": None}
        height, width = painted.shape
        return {**known, "width": width, "height": height, "coverage": float(painted.mean())}

    return {
        "model": order.model,
        "sha256": task.body_sha256,
        "fields": dict(order.fields),
        "duration": order.duration,
        "image": order.assets["image"],
        "image_tail": order.assets.get("image_tail"),
        "static_mask": mask("static_mask") if order.static else None,
        "dynamic_masks": [
            {"mask": mask(f"dynamic_mask_{number}"), "points": [list(point) for point in path]}
            for number, path in enumerate(order.paths, 1)
        ],
        "task_fault": order.task_fault,
    }
