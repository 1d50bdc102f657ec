"""Settings: typed, tolerant of hands and of other versions, never half-written."""

import errno
import json
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desktop.core.errors import SettingsError
from desktop.storage.settings import SETTINGS, Settings, SettingsFile, changed, checked

FULL = Settings(
    "https://proxy.example.org",
    "/videos",
    "kling-strict",
    0.5,
    "2026-11-23",
    20.0,
    5,
    1.0,
    30.0,
    "https://x/y",
    "dark",
)


def test_the_table_has_every_setting_once() -> None:
    assert [row.name for row in SETTINGS] == [field.name for field in fields(Settings)]
    assert all(
        checked(row.name, getattr(Settings(), row.name)) == getattr(Settings(), row.name) for row in SETTINGS
    )


def test_settings_come_back(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "settings.json")
    assert (file.load().settings, file.load().problems) == (Settings(), ())
    file.save(FULL)
    assert (file.load().settings, file.load().problems) == (FULL, ())


def test_entries_of_other_versions_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('\ufeff{"later": [1, 2], "theme": "dark"}', encoding="utf-8")
    file = SettingsFile(path)
    file.save(replace(file.load().settings, concurrency=4))
    record = json.loads(path.read_bytes())
    assert (record["later"], record["theme"], record["concurrency"]) == ([1, 2], "dark", 4)


BAD: list[tuple[str, Any]] = [
    ("service", "nowhere"),
    ("service", "http://example.org"),
    ("service", 5),
    ("library", "relative/folder"),
    ("library", None),
    ("conventions", "upside-down"),
    ("price_per_second", -1),
    ("price_per_second", "0.4"),
    ("price_per_second", float("inf")),
    ("price_per_second", float("nan")),
    ("price_dated", "yesterday"),
    ("price_dated", "2026-13"),
    ("daily_limit", True),
    ("daily_limit", 10**400),
    ("concurrency", 0),
    ("concurrency", 21),
    ("concurrency", 2.5),
    ("concurrency", None),
    ("first_poll", 0.5),
    ("last_poll", 601),
    ("theme", "purple"),
]


@pytest.mark.parametrize(("name", "value"), BAD, ids=[f"{name}-{n}" for n, (name, _) in enumerate(BAD)])
def test_a_bad_value_is_told_and_its_default_used(tmp_path: Path, name: str, value: Any) -> None:
    with pytest.raises(SettingsError):
        changed(Settings(), **{name: value})
    file = SettingsFile(tmp_path / "settings.json")
    file.path.write_text(json.dumps({**asdict(FULL), name: value}))
    loaded = file.load()
    assert loaded.settings == replace(FULL, **{name: getattr(Settings(), name)})
    (problem,) = loaded.problems
    assert problem.endswith("The default is used.")
    assert name in problem or name == "service"


def test_limits_are_inside() -> None:
    for name, low, high in (
        ("concurrency", 1, 20),
        ("first_poll", 1, 15),
        ("last_poll", 2, 600),
        ("daily_limit", 0, 1e5),
    ):
        for value in (low, high):
            assert getattr(changed(Settings(first_poll=1.0), **{name: value}), name) == value
    assert changed(FULL, daily_limit=None, price_per_second=None).daily_limit is None
    assert changed(Settings(), price_dated="2026-11", library="").price_dated == "2026-11"


def test_waits_that_contradict_each_other(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="first wait"):
        changed(Settings(), first_poll=20)
    file = SettingsFile(tmp_path / "settings.json")
    file.path.write_text('{"first_poll": 60, "last_poll": 10, "theme": "dark"}')
    loaded = file.load()
    assert loaded.settings == Settings(theme="dark")
    assert "contradict" in loaded.problems[0]


def test_an_unknown_setting_is_told() -> None:
    with pytest.raises(SettingsError, match="no setting “speed”; choose one of service"):
        checked("speed", 1)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe\x00", b"[" * 100_000, b'"text"'])
def test_a_corrupt_file_is_set_aside(tmp_path: Path, content: bytes) -> None:
    file = SettingsFile(tmp_path / "settings.json")
    for number in (1, 2):
        file.path.write_bytes(content)
        loaded = file.load()
        assert loaded.settings == Settings()
        assert "are kept as" in loaded.problems[0]
        assert not file.path.exists()
        kept = list(tmp_path.iterdir())
        assert len(kept) == number
        assert all(path.read_bytes() == content for path in kept)
    file.path.write_bytes(content)
    file.save(FULL)
    assert file.load().settings == FULL
    assert len(list(tmp_path.iterdir())) == 4


def test_a_corrupt_file_that_cannot_be_moved_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(_: object) -> None:
        raise PermissionError(errno.EACCES, "another program holds it")

    monkeypatch.setattr("desktop.storage.settings.patiently", held)
    file = SettingsFile(tmp_path / "settings.json")
    file.path.write_bytes(b"{")
    assert file.load().settings == Settings()
    assert "are damaged" in file.load().problems[0]
    with pytest.raises(SettingsError):
        file.save(FULL)
    assert file.path.read_bytes() == b"{"


def test_places_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    file = SettingsFile(tmp_path / "file" / "settings.json")
    assert file.load().settings == Settings()
    assert "cannot be read" in file.load().problems[0]
    with pytest.raises(SettingsError, match="does not exist"):
        file.save(FULL)


@example({"library": "~0"})
@given(
    st.dictionaries(
        st.sampled_from([row.name for row in SETTINGS]), st.none() | st.booleans() | st.floats() | st.text()
    )
)
def test_any_values_give_usable_settings(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, object]
) -> None:
    file = SettingsFile(tmp_path_factory.mktemp("settings") / "settings.json")
    file.path.write_text(json.dumps(values))
    settings = file.load().settings
    assert changed(settings, **asdict(settings)) == settings
