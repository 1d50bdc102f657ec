"""The paid API: making a task, asking for one, listing them, and the free check of a key."""

import asyncio
import shutil
import time
from dataclasses import replace
from pathlib import Path

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from desktop.simulator import body as bodies
from desktop.simulator import links, replies
from desktop.simulator.connections import link_of
from desktop.simulator.models import KEY_CHECK_PATH, MODELS, ServiceModel
from desktop.simulator.service import KEY_HEADERS, Handler, Service, api_key, base_url, key_refused, log
from desktop.simulator.tasks import COMPLETED, FAILED, Task
from desktop.simulator.uploads import Assets
from desktop.simulator.validate import Invalid, Order, validate


def routes(service: Service, assets: Assets) -> list[Route]:
    """All routes of the paid API."""
    found = [Route(KEY_CHECK_PATH, _lister(service, None, "check"), methods=["GET"])]
    found += [Route(item.create_path, _creator(service, assets, item), methods=["POST"]) for item in MODELS]
    for path in dict.fromkeys(model.status_path for model in MODELS):
        found.append(Route(path, _lister(service, path, "list"), methods=["GET"]))
        found.append(Route(path + "/{task_id}", _teller(service, path), methods=["GET"]))
    return found


def view(service: Service, task: Task, base: str) -> dict[str, object]:
    """A task as the service tells it; ``base``: scheme, host and port for the result's address."""
    generated = []
    if task.status == COMPLETED and task.expires is not None:
        path = links.video_path(task.id)
        generated = [f"{base}{path}?token={links.sign(service.store.secret, path, task.expires)}"]
    return {"task_id": task.id, "status": task.status, "error": None, "generated": generated}


def _creator(service: Service, assets: Assets, model: ServiceModel) -> Handler:
    async def create(request: Request) -> Response:
        service.ledger.count("creates_started")
        cut = await service.before_body(request, "create")
        if cut is not None:
            return cut
        folder = service.store.incoming()
        try:
            received = await bodies.receive(request.stream(), folder / "body.json")
            number = service.ledger.received(
                {
                    "sha256": received.sha256,
                    "bytes": received.bytes,
                    "model": model.name,
                    "previous_requests": request.scope["previous_requests"],
                    "headers": _safe_headers(request),
                }
            )
            response = await _answer(service, assets, model, request, folder, number, received)
        except bodies.BodyTooLarge:
            return replies.message(413)
        except ClientDisconnect:
            log.info("a create was broken off by the client")
            return Response(status_code=400)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        service.ledger.answered(number, 0 if isinstance(response, replies.Cut) else response.status_code)
        return response

    return create


async def _answer(
    service: Service,
    assets: Assets,
    model: ServiceModel,
    request: Request,
    folder: Path,
    number: int,
    received: bodies.Received,
) -> Response:
    """Check a create whose body has come, and make the task. The order is that of the service."""
    struck = service.status_fault("create")
    if struck is not None and not struck[1]:
        return struck[0]
    key = api_key(request)
    refused = key_refused(key)
    if refused is not None or key is None:
        return refused or replies.message(401)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return replies.message(415)
    settings = service.settings

    def check() -> Order:
        try:
            document = bodies.parse(received.path)
        except bodies.InvalidBody as error:
            raise Invalid((("body", f"is not a JSON object: {error}"),)) from error
        return validate(document, received.path, folder, model, settings, assets.fetch)

    try:
        order = await asyncio.to_thread(check)
    except Invalid as error:
        log.info("create refused: %s", "; ".join(f"{name} {reason}" for name, reason in error.faults))
        return replies.refusal(error, settings.error_shape)
    account = service.store.account(key)
    if sum(not task.finished for task in service.store.of(account)) >= settings.max_tasks:
        return replies.message(429)

    received.path.unlink()
    task = service.store.add(folder, account, order, settings, received.sha256, base_url(request))
    service.ledger.accepted(number, task)
    at_once = service.faults.take("failed-at-once", "create")
    later = service.faults.take("failed-later", "create")
    told = view(service, task, base_url(request))
    if at_once is not None or later is not None:
        seconds = float(later.value) if later is not None else 0.0
        task = replace(task, fails_at=time.time() + seconds)
        if at_once is not None:
            task = replace(task, status=FAILED, completed=time.time())
            told = view(service, task, base_url(request)) if at_once.value == "reply" else told
        service.store.put(task)
    log.info("task %s created: %s, %d s", task.id, model.name, order.duration)
    if not task.finished:
        service.worker.take(task)
    content = {"data": told}
    if struck is not None:
        return struck[0]
    if service.faults.take("lost-reply", "create") is not None:
        return replies.Cut(link_of(request.scope), reset=False)
    if service.faults.take("invalid-json", "create") is not None:
        return replies.half_json(content)
    return JSONResponse(content)


def _teller(service: Service, path: str) -> Handler:
    async def tell(request: Request) -> Response:
        account = await _account(service, request, "status")
        if isinstance(account, Response):
            return account
        task = service.store.get(request.path_params["task_id"])
        if task is None or task.account != account or path != _status_path(task):
            return replies.message(404, "Task not found")
        service.ledger.polled(task.id)
        if task.expires is not None and service.settings.refresh_url == "on" and task.expires <= time.time():
            task = replace(task, expires=int(time.time() + service.settings.expires))
            service.store.put(task)
        told = view(service, task, base_url(request))
        unknown = service.faults.take("unknown-status", "status")
        if unknown is not None:
            told = {**told, "status": unknown.value, "generated": []}
        elif task.status == COMPLETED and service.faults.take("empty-result", "status") is not None:
            told = {**told, "generated": []}
        return _good(service, "status", {"data": told})

    return tell


def _lister(service: Service, path: str | None, where: str) -> Handler:
    """The list of the tasks under a status path; ``path`` None: of a model nobody has tasks of."""

    async def tell(request: Request) -> Response:
        service.ledger.count("key_checks" if path is None else "lists")
        account = await _account(service, request, where)
        if isinstance(account, Response):
            return account
        if path is None and service.settings.key_check == "200":
            return _good(service, where, {"data": []})
        if path is not None and service.settings.list == "off":
            return replies.message(404)
        try:
            page = int(request.query_params.get("page", "1"))
            per_page = int(request.query_params.get("per_page", "20"))
        except ValueError:
            page = per_page = 0
        if page < 1 or not 1 <= per_page <= 100:
            fault = Invalid((("page" if page < 1 else "per_page", "must be a whole number in its range"),))
            return replies.refusal(fault, service.settings.error_shape)
        tasks = [task for task in service.store.of(account) if _status_path(task) == path]
        shown = tasks[(page - 1) * per_page : page * per_page]
        if not shown:
            return replies.message(404, "Tasks not found")
        data = [{"task_id": task.id, "status": task.status} for task in shown]
        return _good(service, where, {"data": data})

    return tell


async def _account(service: Service, request: Request, where: str) -> str | Response:
    """Whose request this is, or the answer that refuses it."""
    cut = await service.before_body(request, where)
    if cut is not None:
        return cut
    struck = service.status_fault(where)
    if struck is not None:
        return struck[0]
    key = api_key(request)
    refused = key_refused(key)
    if refused is not None or key is None:
        return refused or replies.message(401)
    return service.store.account(key)


def _good(service: Service, where: str, content: dict[str, object]) -> Response:
    if service.faults.take("invalid-json", where) is not None:
        return replies.half_json(content)
    return JSONResponse(content, headers=service.rate.next())


def _status_path(task: Task) -> str:
    return next(model.status_path for model in MODELS if model.name == task.order.model)


def _safe_headers(request: Request) -> dict[str, str]:
    secret = (*KEY_HEADERS, "authorization", "cookie")
    return {name: "(hidden)" if name in secret else value for name, value in request.headers.items()}
