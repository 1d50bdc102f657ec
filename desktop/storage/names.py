"""File names that every system takes: Windows forbids the most, so its rules hold everywhere."""

from __future__ import annotations

import re
import unicodedata

MAX_NAME = 80
"""Characters of a title that go into a name; with dates and ids it stays well under the 255 bytes systems allow."""

MAX_NAME_BYTES = 160

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?", re.IGNORECASE)


def safe_name(title: str, fallback: str = "Untitled") -> str:
    """A title as (part of) a file name: no forbidden or invisible characters, no device name, no dot or space at
    an end, at most 80 characters and 160 bytes of UTF-8."""
    text = unicodedata.normalize("NFC", title)
    # Categories: control, format (direction marks), surrogate, private use, unassigned.
    text = "".join(" " if unicodedata.category(c).startswith("C") else c for c in text)
    text = _FORBIDDEN.sub(" ", text)
    text = " ".join(text.split())[:MAX_NAME]
    text = text.encode()[:MAX_NAME_BYTES].decode(errors="ignore").strip(". ")
    if not text:
        return fallback
    return f"_{text}" if _RESERVED.fullmatch(text) else text
