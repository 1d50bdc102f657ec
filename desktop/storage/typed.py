"""JSON read with every type checked: one level at a time, and what was not asked for is not lost."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

from desktop.core.errors import ShotFileError

T = TypeVar("T")
Record = dict[str, Any]

_REQUIRED: Any = object()


class Level:
    """One JSON object, read entry by entry; what was not asked for is what is not known.

    ``where`` names it in sentences. Raises ShotFileError for what is no object, here and in every method.
    """

    def __init__(self, record: object, where: str) -> None:
        if not isinstance(record, dict):
            raise wrong(where or "the manifest")
        self._record, self._where = record, where
        self._asked: set[str] = set()

    def take(self, name: str, kind: Callable[[object], T], default: T = _REQUIRED) -> T:
        """The entry of that name as ``kind`` reads it; a missing one is the default, or wrong without one."""
        self._asked.add(name)
        if name not in self._record:
            if default is _REQUIRED:
                raise wrong(self._path(name))
            return default
        try:
            return kind(self._record[name])
        except (TypeError, ValueError, OverflowError) as fault:
            raise wrong(self._path(name)) from fault

    def inner(self, name: str) -> Level:
        """The object of that name."""
        self._asked.add(name)
        return Level(self._record.get(name), self._path(name))

    def inner_or_none(self, name: str) -> Level | None:
        """The object of that name; None when it is missing or null."""
        if self._record.get(name) is None:
            self._asked.add(name)
            return None
        return self.inner(name)

    def items(self, name: str) -> list[Level]:
        """The list of objects of that name; a missing one is empty."""
        self._asked.add(name)
        listed = self._record.get(name, [])
        if not isinstance(listed, list):
            raise wrong(self._path(name))
        return [Level(entry, f"{self._path(name)} {number}") for number, entry in enumerate(listed, 1)]

    def unknown(self) -> Record:
        """All entries nobody asked for."""
        return {name: value for name, value in self._record.items() if name not in self._asked}

    def _path(self, name: str) -> str:
        return f"{self._where}, {name}" if self._where else name


def wrong(where: str) -> ShotFileError:
    """What is raised for a value that cannot be used."""
    return ShotFileError(f"This shot is damaged: its manifest has no usable value for {where}.")


def a_text(value: object) -> str:
    """A string. Raises TypeError or ValueError."""
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def a_flag(value: object) -> bool:
    """True or false. Raises TypeError or ValueError."""
    if not isinstance(value, bool):
        raise TypeError("neither true nor false")
    return value


def an_integer(value: object) -> int:
    """An integer (true and false are none). Raises TypeError or ValueError."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("not an integer")
    return value


def a_natural(value: object) -> int:
    """An integer from 1 on. Raises TypeError or ValueError."""
    whole = an_integer(value)
    if whole < 1:
        raise ValueError("less than 1")
    return whole


def a_number(value: object) -> float:
    """A finite number. Raises TypeError or ValueError."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise TypeError("not a number")
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("not finite")
    return number


def a_list(value: object) -> list[object]:
    """A list of anything. Raises TypeError or ValueError."""
    if not isinstance(value, list):
        raise TypeError("not a list")
    return value
