"""Fetching a picture the user named by its address, once, to be frozen in the shot."""

from __future__ import annotations

from desktop.api.connection import allowed
from desktop.api.faults import Fault
from desktop.api.links import opened, without_query
from desktop.core.errors import PictureError

LARGEST_PICTURE = 300_000_000
"""Bytes at most; what is inside is judged by who decodes it."""


async def fetch_picture(url: str, *, largest: int = LARGEST_PICTURE, stall_timeout: float = 30.0) -> bytes:
    """The bytes at an https address (http on this machine only). Raises PictureError with a sentence.

    Addresses of the local network are allowed: the program runs as the user, who may keep pictures on a disk in the
    house, and nothing but the user's own word brings an address here. Neither key nor cookies go along, and the
    bytes come back to nobody but the user.
    """
    if not allowed(url):
        raise PictureError("A picture's address must begin with https://.", without_query(url))
    data = bytearray()
    try:
        async with opened(url, {}, stall_timeout) as response:
            if response.status != 200:
                raise PictureError(
                    f"The picture's address answers with status {response.status}; check it in a browser.",
                    without_query(url),
                )
            if response.headers.get("content-type", "").lower().startswith(("text/", "application/json")):
                raise PictureError(
                    "The address gives a web page, not a picture; copy the address of the picture itself.",
                    without_query(url),
                )
            announced = response.headers.get("content-length", "")
            if announced.isdigit() and int(announced) > largest:
                raise _too_large(url, largest)
            async for piece in response.pieces:
                data += piece
                if len(data) > largest:
                    raise _too_large(url, largest)
    except Fault as fault:
        raise PictureError(f"The picture could not be fetched. {fault}", fault.details) from fault
    if not data:
        raise PictureError("The picture's address gives an empty file.", without_query(url))
    return bytes(data)


def _too_large(url: str, largest: int) -> PictureError:
    return PictureError(f"The picture is larger than {largest // 1_000_000} MB.", without_query(url))
