"""The upload of pictures: an address is asked for with the key, the bytes go there without it."""

import json

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from desktop.simulator import body as bodies
from desktop.simulator import replies
from desktop.simulator.service import Service, api_key, base_url, key_refused
from desktop.simulator.uploads import CONTENT_TYPES, Assets
from desktop.simulator.validate import Invalid


def routes(service: Service, assets: Assets) -> list[Route]:
    """The routes of uploads and of uploaded files."""

    async def request_url(request: Request) -> Response:
        cut = await service.before_body(request, "upload")
        if cut is not None:
            return cut
        text = await request.body()
        struck = service.status_fault("upload")
        if struck is not None:
            return struck[0]
        refused = key_refused(api_key(request))
        if refused is not None:
            return refused
        try:
            types = [item["content_type"] for item in json.loads(text)["files"]]
        except (ValueError, KeyError, TypeError):
            types = []
        if not types or not all(isinstance(item, str) and item in CONTENT_TYPES for item in types):
            fault = Invalid((("files", f"needs items with a content_type of {', '.join(CONTENT_TYPES)}"),))
            return replies.refusal(fault, service.settings.error_shape)
        content: dict[str, object] = {"files": [assets.offer(item, base_url(request)) for item in types]}
        if service.faults.take("invalid-json", "upload") is not None:
            return replies.half_json(content)
        return JSONResponse(content)

    async def put(request: Request) -> Response:
        name = request.path_params["name"]
        if api_key(request) is not None:
            service.ledger.count("upload_key_leaks")
        if not assets.may("uploads", name, request.query_params.get("token", "")):
            return replies.message(403, "The upload address is not valid or has expired")
        expected = {kind for kind, ending in CONTENT_TYPES.items() if name.endswith(ending)}
        headers = request.headers
        if headers.get("x-upload-code") != assets.code(name) or headers.get("content-type") not in expected:
            return replies.message(403, "The headers are not those that were signed")
        folder = service.store.incoming()
        try:
            received = await bodies.receive(request.stream(), folder / name)
        except bodies.BodyTooLarge:
            return replies.message(413)
        received.path.replace(assets.path(name))
        folder.rmdir()
        service.ledger.count("uploads")
        return Response(status_code=200)

    async def get(request: Request) -> Response:
        name = request.path_params["name"]
        open_to_all = assets.may("assets", name, request.query_params.get("token", ""))
        if not open_to_all or not assets.path(name).exists():
            return replies.message(403, "Access denied")
        return FileResponse(assets.path(name))

    return [
        Route("/v1/ai/uploads/request-url", request_url, methods=["POST"]),
        Route("/uploads/{name}", put, methods=["PUT"]),
        Route("/assets/{name}", get, methods=["GET"]),
    ]
