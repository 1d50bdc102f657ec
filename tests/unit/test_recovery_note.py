"""The note beside autosaved work: what cannot be read of it is left out, and nothing else."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.geometry import Box, Point
from desktop.core.label_map import LABELS
from desktop.core.mark import Mark
from desktop.core.waiting import Waiting, WaitingCrop, WaitingMasks, WaitingOutline, WaitingSelection
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
SELECTION = WaitingSelection(
    "smart",
    2,
    "add",
    (400, 300),
    Box(10, 20, 300, 200),
    (Mark((Point(1 / 3, 2.0), Point(-4.5, 6.0)), 20.0), Mark((Point(7.0, 8.0),), 0.5, inside=False)),
)
SCRIBBLE = replace(SELECTION, mode="keep", frame=None)
CROP = WaitingCrop("crop", (400, 300), Box(0, 1, 400, 226), "16:9", enlarge=True)
MASKS = WaitingMasks("align", (400, 300), -12.5, 1 / 3, 1.1, 0.9)
OLD = (
    b'{"path": "somewhere/shot.kinebrush", "outlines": [{"tool": "polygon", "label": 3, "mode": "take", '
    b'"size": [400, 300], "path": [[1.25, 2.5], [-30.1, 7.0], [0.3333333333333333, 299.0]], "ends": [1, 2, 3], '
    b'"clicks": [], "right": false}]}'
)
"""As it was written when there were only outlines."""

places = st.builds(Point, *2 * [st.floats(-1e7, 1e7)])
sizes = st.tuples(st.integers(1, 30_000), st.integers(1, 30_000))
labels, modes = st.sampled_from(LABELS), st.sampled_from(("add", "take", "keep"))
scales = st.floats(1e-4, 1e4)


@st.composite
def boxes(draw: st.DrawFn, size: tuple[int, int]) -> Box:
    (left, top), (width, height) = (draw(st.integers(0, side - 1)) for side in size), size
    return Box(left, top, draw(st.integers(left + 1, width)), draw(st.integers(top + 1, height)))


@st.composite
def outlines(draw: st.DrawFn) -> WaitingOutline:
    path = draw(st.lists(places, min_size=1, max_size=6))
    ends = sorted(draw(st.lists(st.integers(1, len(path)), max_size=4)))
    clicks = draw(st.lists(st.tuples(places, st.booleans()), max_size=3))
    tool, label, mode = draw(st.text(max_size=9)), draw(labels), draw(modes)
    whole = (*([] if len(path) == 1 else [1]), *ends, len(path)) if 1 not in ends else (*ends, len(path))
    return WaitingOutline(
        tool, label, mode, draw(sizes), tuple(path), whole, tuple(clicks), draw(st.booleans())
    )


@st.composite
def selections(draw: st.DrawFn) -> WaitingSelection:
    size = draw(sizes)
    frame = draw(st.none() | boxes(size))
    strokes = st.builds(
        Mark, st.lists(places, min_size=1, max_size=5).map(tuple), st.floats(1e-3, 1e4), st.booleans()
    )
    marks = draw(st.lists(strokes, min_size=frame is None, max_size=3))
    if frame is None:
        marks[0] = replace(marks[0], inside=True)
    return WaitingSelection(draw(st.text(max_size=9)), draw(labels), draw(modes), size, frame, tuple(marks))


@st.composite
def crops(draw: st.DrawFn) -> WaitingCrop:
    size = draw(sizes)
    return WaitingCrop(draw(st.text()), size, draw(boxes(size)), draw(st.text()), draw(st.booleans()))


@st.composite
def masks(draw: st.DrawFn) -> WaitingMasks:
    at = draw(places)
    return WaitingMasks(draw(st.text()), draw(sizes), at.x, at.y, draw(scales), draw(scales))


notes = st.builds(
    Note,
    st.just(HOME) | st.none(),
    st.lists(outlines() | selections() | crops() | masks(), max_size=4).map(tuple),
)


def read(content: bytes) -> Note:
    """A note with this content."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "note.json"
        path.write_bytes(content)
        return read_note(path)


@given(notes)
def test_any_note_comes_back_as_it_was(note: Note) -> None:
    assert read(note_bytes(note)) == note


def test_a_note_of_an_older_version_is_read() -> None:
    assert read(OLD) == Note(HOME, (POLYGON,))
    assert json.loads(note_bytes(Note(HOME, (POLYGON,)))) == json.loads(OLD)


def spots(record: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a record at which something stands: its holder, and the key there."""
    keys = (
        list(record) if isinstance(record, dict) else range(len(record)) if isinstance(record, list) else []
    )
    for key in keys:
        yield record, key
        yield from spots(record[key])


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from([10**400, -(10**9), 1e308, "smart", "crop", "selection", "masks"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.data())
def test_damage_of_any_kind_stays_where_it_is(data: st.DataObject) -> None:
    kept: tuple[Waiting, ...] = (MAGNET, CROP)
    every: list[Waiting] = [POLYGON, SELECTION, SCRIBBLE, CROP, MASKS]
    hurt = data.draw(st.sampled_from(every))
    record = json.loads(note_bytes(Note(HOME, (kept[0], hurt, kept[1]))))
    holder, key = data.draw(st.sampled_from(list(spots(record["outlines"][1]))))
    if data.draw(st.booleans()):
        holder[key] = data.draw(anything)
    else:
        del holder[key]
    note = read(json.dumps(record).encode())
    assert note.home == HOME
    assert (note.waiting[0], note.waiting[-1]) == kept
    assert len(note.waiting) <= 3
    assert read(note_bytes(note)) == note


@given(notes, st.data())
def test_a_note_with_other_bytes_is_read_without_an_error(note: Note, data: st.DataObject) -> None:
    content = bytearray(note_bytes(note))
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=4)):
        content[at] = data.draw(st.integers(0, 255))
    found = read(bytes(content))
    assert read(note_bytes(found)) == found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "note.json"


@pytest.mark.parametrize(
    "note",
    [
        Note(),
        Note(HOME),
        Note(HOME, (POLYGON, MAGNET)),
        Note(None, (MAGNET,)),
        Note(None, (SELECTION, CROP, SCRIBBLE, MASKS)),
    ],
    ids=range(5),
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
