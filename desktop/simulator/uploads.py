"""Uploads instead of base64, and the addresses a request may name: our own files and this machine's."""

import hashlib
import http.client
import ipaddress
import re
import secrets
import time
from pathlib import Path
from urllib.parse import urlsplit

from desktop.simulator import links
from desktop.simulator.validate import Unreachable

UPLOAD_SECONDS, ASSET_SECONDS = 120, 86_400
UPLOAD_LIMIT = 64_000_000
CONTENT_TYPES = {"image/png": "png", "image/jpeg": "jpg", "image/jpg": "jpg"}
_NAME = re.compile(r"[0-9a-f]{32}\.(png|jpg)")
_TIMEOUT = 10.0


def is_loopback(url: str) -> bool:
    """Whether an http(s) address leads to this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme not in ("http", "https"):
            return False
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Assets:
    """The uploaded files, in ``DATA/assets``, and the reading of addresses."""

    def __init__(self, data: Path, secret: bytes) -> None:
        self._folder, self._secret = data / "assets", secret
        self._folder.mkdir(parents=True, exist_ok=True)

    def offer(self, content_type: str, base_url: str) -> dict[str, object]:
        """Where and how to put one file, and where it will be found then."""
        name = f"{secrets.token_hex(16)}.{CONTENT_TYPES[content_type]}"
        now = int(time.time())
        upload = links.sign(self._secret, f"/uploads/{name}", now + UPLOAD_SECONDS)
        asset = links.sign(self._secret, f"/assets/{name}", now + ASSET_SECONDS)
        return {
            "upload_url": f"{base_url}/uploads/{name}?token={upload}",
            "headers": {"Content-Type": content_type, "x-upload-code": self.code(name)},
            "expires_in": UPLOAD_SECONDS,
            "asset_url": f"{base_url}/assets/{name}?token={asset}",
            "asset_url_expires_in": ASSET_SECONDS,
        }

    def code(self, name: str) -> str:
        """The header value without which a file is not taken."""
        return links.sign(self._secret, name, 0)[-16:]

    def may(self, kind: str, name: str, token: str) -> bool:
        """Whether ``token`` opens ``/uploads/name`` or ``/assets/name`` now."""
        known = _NAME.fullmatch(name) is not None
        return known and links.opens(self._secret, f"/{kind}/{name}", token, time.time())

    def path(self, name: str) -> Path:
        """The file of an asset whose name ``may`` has allowed."""
        return self._folder / name

    def fetch(self, url: str, target: Path) -> tuple[int, str]:
        """Copy what ``url`` names to ``target``; gives bytes and SHA-256. Raises Unreachable.

        Our own assets are read from disk, under whatever port they were handed out; other addresses
        must be on this machine.
        """
        if not is_loopback(url):
            raise Unreachable("the simulator reads addresses of this machine only")
        parts = urlsplit(url)
        kind, _, name = parts.path.lstrip("/").partition("/")
        token = re.search(r"token=([^&]*)", parts.query)
        if kind == "assets" and token is not None and self.may(kind, name, token[1]):
            try:
                data = self.path(name).read_bytes()
            except FileNotFoundError:
                raise Unreachable("nothing was uploaded there") from None
        else:
            data = _get(url)
        target.write_bytes(data)
        return len(data), hashlib.sha256(data).hexdigest()


def _get(url: str) -> bytes:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    try:
        connection = kind(parts.hostname or "", parts.port, timeout=_TIMEOUT)
        try:
            connection.request("GET", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
            response = connection.getresponse()
            data = response.read(UPLOAD_LIMIT + 1)
        finally:
            connection.close()
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise Unreachable(f"the address does not answer: {error}") from error
    if response.status != 200 or len(data) > UPLOAD_LIMIT:
        raise Unreachable(f"the address answers {response.status} with {len(data)} bytes")
    return data
