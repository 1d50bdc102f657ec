"""Clients for services: which address, which key."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from desktop.api.client import ServiceClient
from desktop.core.errors import SecretError
from desktop.core.services import SIMULATOR, host_of, is_loopback, service
from desktop.storage.secrets import Keys

SIMULATOR_KEY = "simulator"
"""The simulator takes any key; no real one is ever sent to it."""


class Connections:
    """Gives a client for a service id or a custom address.

    ``simulator_url`` starts the embedded simulator when needed and returns its address; it may block.
    ``override`` is a key the user typed for this run: (host, key).
    """

    def __init__(self, keys: Keys, simulator_url: Callable[[], str]) -> None:
        self._keys = keys
        self._simulator_url = simulator_url
        self._clients: dict[tuple[str, str], ServiceClient] = {}

    async def client(self, service_id: str) -> ServiceClient:
        """The client of a service. Raises SecretError when it needs a key that is not there."""
        entry = service(service_id)
        base = entry.base_url
        if entry is SIMULATOR:
            base = await asyncio.to_thread(self._simulator_url)
        known = self._clients.get((service_id, base))
        if known is not None:
            return known
        client = ServiceClient(entry, await self._key(service_id), base_url=base)
        self._clients[service_id, base] = client
        return client

    async def _key(self, service_id: str) -> str:
        entry = service(service_id)
        if entry is SIMULATOR:
            return SIMULATOR_KEY
        key = await asyncio.to_thread(self._keys.get, host_of(entry))
        if key is not None:
            return key.reveal()
        if not entry.charges and is_loopback(host_of(entry).rpartition(":")[0] or host_of(entry)):
            return SIMULATOR_KEY
        raise SecretError(f"There is no API key for {entry.title}; set one with “kinebrush key set”.")

    async def forget(self) -> None:
        """Close all clients; the next ones read their keys anew."""
        clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            await client.aclose()
