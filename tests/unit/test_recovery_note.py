"""The note beside autosaved work: what cannot be read of it is left out, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.core.geometry import Point
from desktop.core.waiting import WaitingOutline
from desktop.storage.recovery_note import Note, note_bytes, read_note

HOME = Path("somewhere") / "shot.kinebrush"
POLYGON = WaitingOutline(
    "polygon", 3, "take", (400, 300), (Point(1.25, 2.5), Point(-30.1, 7.0), Point(1 / 3, 299.0)), (1, 2, 3)
)
MAGNET = WaitingOutline(
    "magnet",
    7,
    "keep",
    (400, 300),
    (Point(1.0, 2.0), Point(3.5, 4.0), Point(5.0, 6.0)),
    (1, 3, 3),
    ((Point(8.0, 9.0), True), (Point(10.5, 11.0), False)),
    right=True,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "note.json"


@pytest.mark.parametrize(
    "note", [Note(), Note(HOME), Note(HOME, (POLYGON, MAGNET)), Note(None, (MAGNET,))], ids=range(4)
)
def test_a_note_comes_back_as_it_was(file: Path, note: Note) -> None:
    file.write_bytes(note_bytes(note))
    assert read_note(file) == note


def test_a_note_without_outlines_is_what_it_always_was() -> None:
    assert note_bytes(Note()) == b'{"path": ""}'
    assert note_bytes(Note(HOME)) == json.dumps({"path": str(HOME)}).encode()


def test_no_note_says_nothing(file: Path) -> None:
    assert read_note(file) == Note()


@pytest.mark.parametrize(
    "text", [b"", b"{", b"\xff\xfe\x00", b"[1]", b"null", b"[" * 200_000, b'{"path": 4, "outlines": 4}']
)
def test_a_damaged_note_says_nothing(file: Path, text: bytes) -> None:
    file.write_bytes(text)
    assert read_note(file) == Note()


def test_every_torn_note_is_read_without_an_error(file: Path) -> None:
    whole = note_bytes(Note(HOME, (POLYGON, MAGNET)))
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        assert read_note(file) == Note()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tool", None),
        ("label", 0),
        ("label", 8),
        ("label", "3"),
        ("label", None),
        ("mode", "paint"),
        ("mode", []),
        ("size", [400]),
        ("size", 400),
        ("size", ["400", "300"]),
        ("path", []),
        ("path", [[1, 2], [3, 4]]),
        ("path", [[1, 2], [3, 4], [5]]),
        ("path", [[1, 2], [3, 4], ["5", 6]]),
        ("path", [[1, 2], [3, 4], [5, float("nan")]]),
        ("path", [[1, 2], [3, 4], [5, float("inf")]]),
        ("path", [[1, 2], [3, 4], [5, 10**400]]),
        ("path", [[1, 2], [3, 4], [5, 1e300]]),
        ("path", {}),
        ("ends", []),
        ("ends", [1, 2]),
        ("ends", [2, 3, 3]),
        ("ends", [1, 4, 3]),
        ("ends", [1, 2.5, 3]),
        ("clicks", [[1, 2]]),
        ("clicks", 1),
    ],
)
def test_a_damaged_outline_is_left_out_and_the_rest_stays(file: Path, name: str, value: object) -> None:
    record = json.loads(note_bytes(Note(HOME, (POLYGON, MAGNET))))
    record["outlines"][0][name] = value
    file.write_text(json.dumps(record), encoding="utf-8")
    assert read_note(file) == Note(HOME, (MAGNET,))


@pytest.mark.parametrize("name", ["tool", "label", "mode", "size", "path", "ends", "clicks", "right"])
def test_an_outline_that_lacks_something_is_left_out(file: Path, name: str) -> None:
    record = json.loads(note_bytes(Note(HOME, (MAGNET, POLYGON))))
    del record["outlines"][1][name]
    record["outlines"].append("nothing")
    file.write_text(json.dumps(record), encoding="utf-8")
    assert read_note(file) == Note(HOME, (MAGNET,))


def test_what_a_later_version_adds_is_no_damage(file: Path) -> None:
    record = json.loads(note_bytes(Note(HOME, (POLYGON,))))
    record["more"] = record["outlines"][0]["more"] = 1
    file.write_text(json.dumps(record), encoding="utf-8")
    assert read_note(file) == Note(HOME, (POLYGON,))


@pytest.mark.parametrize("ends", [(), (2, 3), (1, 2), (1, 3, 2, 3)])
def test_places_are_those_of_the_path(ends: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="places"):
        replace(POLYGON, ends=ends)
