"""Moments of a video in words."""


def clock(seconds: float, *, fine: bool = False) -> str:
    """``0:02``, or ``0:02.5`` when ``fine``."""
    tenths = round(seconds * 10)
    minutes, rest = divmod(tenths, 600)
    return f"{minutes}:{rest // 10:02d}.{rest % 10}" if fine else f"{minutes}:{rest // 10:02d}"


def timecode(index: int, fps: float) -> str:
    """When a frame begins, to the millisecond: ``0:02.042``."""
    minutes, rest = divmod(round(index * 1000 / fps), 60_000)
    return f"{minutes}:{rest // 1000:02d}.{rest % 1000:03d}"


def speed_text(speed: float) -> str:
    """``1×``, ``0.5×``, ``2× back``."""
    return f"{abs(speed):g}×{' back' if speed < 0 else ''}"
