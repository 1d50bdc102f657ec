"""Pictures from the web, downloaded once and frozen: the bytes painted on are the bytes sent."""

from __future__ import annotations

import asyncio

from desktop.api.picture import fetch_picture
from desktop.imaging.glimpse import Taken, take_in


async def fetch(url: str) -> Taken:
    """The picture at an address. Raises KinebrushError with what is wrong with the address or the picture."""
    data = await fetch_picture(url)
    name = url.rpartition("/")[2].partition("?")[0]
    return await asyncio.to_thread(take_in, data, name, url)
