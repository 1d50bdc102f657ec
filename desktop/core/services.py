"""The services a request can go to, as data."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from desktop.core.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Service:
    """Where requests go. ``base_url`` is empty for the simulator, whose port changes with every start.

    ``charges`` tells whether a create costs money; ``conventions`` names the profile of
    `desktop.core.conventions`.
    """

    id: str
    title: str
    base_url: str
    key_header: str
    conventions: str
    charges: bool


MAGNIFIC = Service("magnific", "Magnific", "https://api.magnific.com", "x-magnific-api-key", "kling", True)
FREEPIK = Service(
    "freepik", "Freepik (legacy)", "https://api.freepik.com", "x-freepik-api-key", "kling", True
)
SIMULATOR = Service("simulator", "Simulator", "", "x-magnific-api-key", "kling", False)

SERVICES: tuple[Service, ...] = (MAGNIFIC, FREEPIK, SIMULATOR)


def service(name: str) -> Service:
    """The service of that id, or a custom one for a base URL.

    A custom service speaks HTTPS, or HTTP on this machine only. Raises SettingsError for anything else.
    """
    for entry in SERVICES:
        if entry.id == name:
            return entry
    if "://" in name:
        return custom_service(name)
    raise SettingsError(
        f"There is no service “{name}”; choose magnific, freepik, simulator or an https address."
    )


def custom_service(url: str) -> Service:
    """A service at another address, with Magnific's header. Raises SettingsError for a useless address."""
    malformed = "The service address must look like https://host, without a name, password or query."
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise SettingsError(malformed) from None
    plain = url.isprintable() and not set(url) & set(" @?#\\")
    if parts.hostname is None or not named or not plain:
        raise SettingsError(malformed)
    local = is_loopback(parts.hostname)
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise SettingsError(
            "The service address must begin with https://, so that the key travels encrypted."
        )
    base = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
    return Service(base, parts.netloc, base, "x-magnific-api-key", "kling", not local)


def host_of(entry: Service) -> str:
    """The host (and port, when given) a key is bound to."""
    return urlsplit(entry.base_url).netloc.lower()


def is_loopback(host: str) -> bool:
    """Whether the host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
