"""Signed, expiring addresses, as a content delivery network hands them out."""

import hashlib
import hmac
import re

_TOKEN = re.compile(r"exp=([0-9]{1,15})~hmac=([0-9a-f]{64})")


def sign(secret: bytes, path: str, expires: int) -> str:
    """The value of ``token`` that opens ``path`` until the unix second ``expires``."""
    code = hmac.new(secret, f"{path}~{expires}".encode(), hashlib.sha256).hexdigest()
    return f"exp={expires}~hmac={code}"


def opens(secret: bytes, path: str, token: str, now: float) -> bool:
    """Whether ``token`` was signed for ``path`` and has not expired."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        return False
    expires = int(match[1])
    return hmac.compare_digest(sign(secret, path, expires), token) and now < expires


def video_path(task_id: str) -> str:
    """The path of a task's video."""
    return f"/cdn/kling_{task_id}.mp4"
