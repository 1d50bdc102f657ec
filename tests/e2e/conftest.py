"""The command line for every end-to-end test."""

from tests.command_line import cli

__all__ = ["cli"]
