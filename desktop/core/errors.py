"""Errors a person will read: one clear sentence, with what to do."""

from __future__ import annotations


class KinebrushError(Exception):
    """Something went wrong that the user can understand and act on.

    ``str(error)`` is one sentence for the window or the terminal: what is wrong and what to do.
    ``details`` is raw material to copy (a server's reply, a library's message); it never holds a secret.
    """

    def __init__(self, sentence: str, details: str = "") -> None:
        super().__init__(sentence)
        self.details = details


class PictureError(KinebrushError):
    """A picture cannot be read or cannot be used."""


class MaskError(KinebrushError):
    """A mask cannot be read or does not fit the picture."""


class ShotFileError(KinebrushError):
    """A shot file is damaged, hostile, from a newer version, or cannot be written."""


class RequestError(KinebrushError):
    """A shot cannot be turned into a request, or request bytes cannot be read back."""


class StoreError(KinebrushError):
    """The job store or the library cannot be read or written."""


class VideoError(KinebrushError):
    """A video cannot be read or is not what was ordered."""


class SecretError(KinebrushError):
    """The API key cannot be read, stored, or used for this host."""


class SettingsError(KinebrushError):
    """A setting is missing or has a value that cannot be used."""
