"""Settings: a table of typed values, kept in one JSON file that people may edit.

A bad value is told in a sentence and its default used; entries of other versions are kept; a corrupt file is set aside.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from desktop.core.conventions import PROFILES
from desktop.core.errors import SettingsError
from desktop.core.services import service
from desktop.storage.atomic import patiently, write_atomic, write_sentence


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose. An empty ``library`` is the data directory's own, an empty ``conventions`` the service's.

    Money is in USD; None means no own price, or no limit. Times are in seconds.
    """

    service: str = "magnific"
    library: str = ""
    conventions: str = ""
    price_per_second: float | None = None
    price_dated: str = ""
    daily_limit: float | None = None
    concurrency: int = 3
    first_poll: float = 2.0
    last_poll: float = 15.0
    webhook_url: str = ""
    theme: str = "system"
    wheel: str = "apart"


@dataclass(frozen=True, slots=True)
class SettingSpec:
    """One row of the table. ``kind`` is ``text``, ``folder``, ``choice``, ``service``, ``date``, ``integer`` or
    ``number``; ``minimum`` and ``maximum`` are of numbers; ``optional`` allows None."""

    name: str
    label: str
    kind: str
    help: str
    minimum: float = 0.0
    maximum: float = 0.0
    unit: str = ""
    choices: tuple[str, ...] = ()
    optional: bool = False


SETTINGS: tuple[SettingSpec, ...] = (
    SettingSpec(
        "service", "Service", "service", "Where shots are sent: magnific, freepik, simulator or an address."
    ),
    SettingSpec("library", "Library folder", "folder", "Where finished videos go."),
    SettingSpec(
        "conventions",
        "How masks are read",
        "choice",
        "What the service takes masks and paths to mean.",
        choices=("", *PROFILES),
    ),
    SettingSpec(
        "price_per_second",
        "Own price",
        "number",
        "What a second of video costs you; it replaces the built-in estimate.",
        0.0,
        1000.0,
        "USD/s",
        optional=True,
    ),
    SettingSpec("price_dated", "Price of", "date", "The day you looked that price up."),
    SettingSpec(
        "daily_limit",
        "Limit per day",
        "number",
        "Jobs that would go beyond it are held.",
        0.0,
        100_000.0,
        "USD",
        optional=True,
    ),
    SettingSpec("concurrency", "Jobs at once", "integer", "How many jobs may be on the service.", 1, 20),
    SettingSpec("first_poll", "First look", "number", "Wait before the first status question.", 1, 60, "s"),
    SettingSpec("last_poll", "Later looks", "number", "Longest wait between two of them.", 2, 600, "s"),
    SettingSpec("webhook_url", "Webhook", "text", "Filled into new shots."),
    SettingSpec(
        "theme",
        "Theme",
        "choice",
        "Light or dark, or as the system has it.",
        choices=("system", "dark", "light"),
    ),
    SettingSpec(
        "wheel",
        "Wheel, two fingers",
        "choice",
        "Windows takes two fingers for a wheel. Ctrl always zooms.",
        choices=("apart", "zoom", "pan"),
    ),
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings as read, with a sentence for everything that could not be used."""

    settings: Settings
    problems: tuple[str, ...] = ()


def checked(name: str, value: object) -> Any:
    """The value of a setting, brought to its type. Raises SettingsError with a sentence when it cannot be used."""
    row = next((row for row in SETTINGS if row.name == name), None)
    if row is None:
        known = ", ".join(row.name for row in SETTINGS)
        raise SettingsError(f"There is no setting “{name}”; choose one of {known}.")
    if value is None and row.optional:
        return None
    if row.kind in ("integer", "number"):
        return _number(row, value)
    if not isinstance(value, str):
        raise SettingsError(f"The setting {name} must be a text.")
    if row.choices and value not in row.choices:
        named = ", ".join(choice or "empty" for choice in row.choices)
        raise SettingsError(f"The setting {name} is “{value}”; it must be one of {named}.")
    if row.kind == "service":
        service(value)
    if row.kind == "date" and value:
        _require_date(name, value)
    if row.kind == "folder" and value and not _is_whole(value):
        raise SettingsError(f"The setting {name} must be a whole path, from the root or the drive on.")
    return value


def _is_whole(folder: str) -> bool:
    """Whether a path says from where it begins; one with the home of somebody who is not known here does not."""
    try:
        return Path(folder).expanduser().is_absolute()
    except RuntimeError:
        return False


def changed(settings: Settings, **changes: object) -> Settings:
    """Settings with some values changed, each checked. Raises SettingsError."""
    result = replace(settings, **{name: checked(name, value) for name, value in changes.items()})
    if result.first_poll > result.last_poll:
        raise SettingsError("The first wait between status questions must not be longer than the last one.")
    return result


class SettingsFile:
    """The settings file at ``path``."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> Loaded:
        """Read the settings; defaults stand in for what is missing or bad, and for a file that was set aside.

        Never raises: whatever is wrong is a sentence in the result.
        """
        try:
            record = self._record()
        except FileNotFoundError:
            return Loaded(Settings())
        except ValueError:
            try:
                kept = self._set_aside()
            except SettingsError as error:
                return Loaded(Settings(), (f"The settings are damaged. {error}",))
            return Loaded(Settings(), (f"The settings were damaged; they are kept as “{kept}”.",))
        except OSError as fault:
            return Loaded(
                Settings(), (f"The settings cannot be read ({fault.strerror}); defaults are used.",)
            )
        settings, problems = Settings(), []
        for field in fields(Settings):
            if field.name in record:
                try:
                    settings = replace(settings, **{field.name: checked(field.name, record[field.name])})
                except SettingsError as error:
                    problems.append(f"{error} The default is used.")
        if settings.first_poll > settings.last_poll:
            default = Settings()
            settings = replace(settings, first_poll=default.first_poll, last_poll=default.last_poll)
            problems.append(
                "The waits between status questions contradict each other. The defaults are used."
            )
        return Loaded(settings, tuple(problems))

    def save(self, settings: Settings) -> None:
        """Write the settings, with every entry of the file that this version does not know. Raises SettingsError."""
        try:
            known: Mapping[str, Any] = self._record()
        except FileNotFoundError:
            known = {}
        except ValueError:
            self._set_aside()
            known = {}
        except OSError as fault:
            raise SettingsError(write_sentence(fault, self.path), repr(fault)) from fault
        record = {**known, **asdict(settings)}
        text = json.dumps(record, indent=2, ensure_ascii=True, allow_nan=False) + "\n"
        write_atomic(self.path, text.encode("ascii"), error=SettingsError)

    def _record(self) -> dict[str, Any]:
        """Raises ValueError for a file that holds no JSON object (bad UTF-8 included)."""
        try:
            record = json.loads(self.path.read_bytes().decode("utf-8-sig"))
        except RecursionError as fault:
            raise ValueError("nested too deeply") from fault
        if not isinstance(record, dict):
            raise ValueError("not an object")
        return record

    def _set_aside(self) -> Path:
        stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
        kept, number = self.path.with_name(f"{self.path.stem}-damaged-{stamp}{self.path.suffix}"), 2
        while kept.exists():
            kept = self.path.with_name(f"{self.path.stem}-damaged-{stamp}-{number}{self.path.suffix}")
            number += 1
        try:
            patiently(partial(self.path.rename, kept))
        except OSError as fault:
            raise SettingsError(write_sentence(fault, self.path), repr(fault)) from fault
        return kept


def _number(row: SettingSpec, value: object) -> float | int:
    whole = row.kind == "integer"
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise SettingsError(f"The setting {row.name} must be {'a whole number' if whole else 'a number'}.")
    if not row.minimum <= value <= row.maximum:
        raise SettingsError(
            f"The setting {row.name} must be a number between {row.minimum:g} and {row.maximum:g}."
        )
    if whole and value != int(value):
        raise SettingsError(f"The setting {row.name} must be a whole number.")
    return int(value) if whole else float(value)


def _require_date(name: str, value: str) -> None:
    try:
        date.fromisoformat(value if len(value) == 10 else f"{value}-01")
    except ValueError:
        raise SettingsError(f"The setting {name} is “{value}”; it must look like 2026-11-23.") from None
