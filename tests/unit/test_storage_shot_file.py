"""Shot files: what goes in comes out, always the same bytes, and nothing hostile gets in."""

import io
import json
import random
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.core.areas import MotionArea
from desktop.core.errors import ShotFileError
from desktop.core.geometry import Box, Point
from desktop.core.label_map import LabelMap
from desktop.core.parameters import Parameters
from desktop.core.shot import Shot, SourceImage
from desktop.core.trajectory import Trajectory
from desktop.imaging.masks import indexed_png, read_label_map
from desktop.storage import migrations, shot_file
from desktop.storage.migrations import migrate
from desktop.storage.shot_file import load_shot, save_shot, shot_bytes, shot_from_bytes
from tests import shots

COORDINATES = st.floats(-1e6, 1e6, allow_nan=False)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
UNKNOWN = st.dictionaries(st.text(min_size=1).map(lambda name: f"x-{name}"), JSON, max_size=3)


@st.composite
def trajectories(draw: st.DrawFn) -> Trajectory:
    nodes = draw(st.lists(st.builds(Point, COORDINATES, COORDINATES), max_size=6))
    return Trajectory(tuple(nodes), draw(st.booleans()), draw(st.none() | st.integers(2, 77)))


@st.composite
def pictures(draw: st.DrawFn, width: int, height: int) -> SourceImage:
    left, top = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    crop = Box(left, top, draw(st.integers(left + 1, width)), draw(st.integers(top + 1, height)))
    return SourceImage(
        draw(st.binary(min_size=1, max_size=200)),
        draw(st.sampled_from(["image/jpeg", "image/png", "image/tiff", "image/x-else"])),
        width,
        height,
        draw(st.text()),
        draw(st.text()),
        draw(st.none() | st.just(crop)),
        draw(st.booleans()),
    )


@st.composite
def any_shot(draw: st.DrawFn) -> Shot:
    """Shots as wild as the types allow, with unknown entries at every level."""
    width, height = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    labels = np.frombuffer(
        bytes(draw(st.lists(st.integers(0, 7), min_size=width * height, max_size=width * height))), np.uint8
    ).reshape(height, width)
    areas: list[MotionArea] = []
    unknown: dict[str, Any] = draw(UNKNOWN)
    nested: dict[str, Any] = {name: draw(UNKNOWN) for name in ("picture", "parameters")}
    nested["areas"] = {}
    for label in draw(st.lists(st.integers(1, 7), unique=True)):
        path = None if label == 7 else draw(st.none() | trajectories())
        color = draw(st.sampled_from(["", "#0a1B2c"]))
        areas.append(
            MotionArea(label, draw(st.text()), path, draw(st.booleans()), draw(st.booleans()), color)
        )
        rest = draw(UNKNOWN)
        inner = draw(UNKNOWN) if path is not None else {}
        nested["areas"][str(label)] = {**rest, "trajectory": inner} if inner else rest
    nested["areas"] = {label: rest for label, rest in nested["areas"].items() if rest}
    end = draw(st.none() | pictures(width + 1, height))
    if end is not None:
        nested["end_frame"] = draw(UNKNOWN)
    numbers = st.floats(allow_nan=False, allow_infinity=False)
    parameters = Parameters(
        draw(st.text()), draw(st.text()), draw(numbers), draw(st.integers()), draw(st.text()), draw(st.text())
    )
    return Shot(
        draw(st.text()),
        draw(st.text()),
        draw(pictures(width, height)),
        labels,
        tuple(areas),
        end,
        parameters,
        {**unknown, **{name: value for name, value in nested.items() if value}},
    )


def same(one: Shot, other: Shot) -> bool:
    """Equality with the label map compared by value."""
    fields = ("id", "name", "image", "areas", "end_frame", "parameters", "unknown")
    return all(getattr(one, name) == getattr(other, name) for name in fields) and np.array_equal(
        one.label_map, other.label_map
    )


def sample() -> Shot:
    end = SourceImage(b"end" * 50, "image/jpeg", 30, 40, "end.jpg")
    made = shots.shot(
        shots.picture(40, 30, crop=Box(1, 2, 30, 20)),
        {1: Box(0, 0, 5, 5), 7: Box(10, 10, 20, 20)},
        {1: shots.path((1.5, 2.5), (9.25, 8.0), smooth=True, count=9)},
        end_frame=end,
    )
    return replace(made, image=replace(made.image, data=random.Random(1).randbytes(3000)))


def saved(shot: Shot | None = None) -> bytes:
    return shot_bytes(shot or sample(), indexed_png)


def read(data: bytes) -> Shot:
    return shot_from_bytes(data, read_label_map)


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(members: Mapping[str, bytes] | list[tuple[str | zipfile.ZipInfo, bytes]]) -> bytes:
    out = io.BytesIO()
    listed = members if isinstance(members, list) else list(members.items())
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in listed:
            archive.writestr(name, data)
    return out.getvalue()


def with_manifest(change: Callable[[dict[str, Any]], object]) -> bytes:
    """A sound file whose manifest was changed."""
    members = parts(saved())
    manifest = json.loads(members["manifest.json"])
    change(manifest)
    return zipped({**members, "manifest.json": json.dumps(manifest).encode()})


@given(any_shot())
@settings(max_examples=150)
def test_every_shot_comes_back_with_what_is_not_known(shot: Shot) -> None:
    data = saved(shot)
    back = read(data)
    assert same(back, shot)
    assert saved(back) == data


def test_the_same_shot_gives_the_same_bytes_and_plain_parts() -> None:
    assert saved() == saved()
    members = parts(saved())
    assert list(members) == ["manifest.json", "picture/original.png", "end_frame/original.jpg", "labels.png"]
    manifest = json.loads(members["manifest.json"])
    assert (manifest["format"], manifest["version"]) == ("kinebrush-shot", 1)
    assert manifest["areas"][0]["trajectory"] == {
        "nodes": [[1.5, 2.5], [9.25, 8.0]],
        "smooth": True,
        "count": 9,
    }
    assert members["picture/original.png"] == sample().image.data


def test_a_file_of_a_later_minor_hand_keeps_its_entries_when_saved() -> None:
    def add(manifest: dict[str, Any]) -> None:
        manifest["later"] = {"a": [1]}
        manifest["areas"][0]["blur"] = 2
        manifest["areas"][0]["trajectory"]["speed"] = "ease"
        manifest["parameters"]["seed"] = 7
        manifest["picture"]["lens"] = None

    shot = read(with_manifest(add))
    renamed = replace(shot, name="New", parameters=replace(shot.parameters, prompt="other"))
    manifest = json.loads(parts(saved(renamed))["manifest.json"])
    assert manifest["later"] == {"a": [1]}
    assert manifest["areas"][0]["blur"] == 2
    assert manifest["areas"][0]["trajectory"]["speed"] == "ease"
    assert (manifest["parameters"]["seed"], manifest["parameters"]["prompt"]) == (7, "other")
    assert "lens" in manifest["picture"]
    assert manifest["name"] == "New"


def test_unknown_entries_never_replace_known_ones() -> None:
    hostile = {"name": "evil", "version": 9, "parameters": {"prompt": "evil"}, "picture": {"size": 1}}
    assert saved(replace(sample(), unknown=hostile)) == saved()


def test_save_and_load(tmp_path: Path) -> None:
    path = tmp_path / "Harbour.kinebrush"
    save_shot(sample(), path, indexed_png)
    save_shot(replace(sample(), name="Again"), path, indexed_png)
    assert same(load_shot(path, read_label_map), replace(sample(), name="Again"))
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_a_shot_that_cannot_be_saved_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "Harbour.kinebrush"
    save_shot(sample(), path, indexed_png)
    for bad in (
        replace(sample(), unknown={"x": {1, 2}}),
        replace(sample(), unknown={"x": float("nan")}),
        replace(sample(), image=replace(sample().image, data=b"")),
    ):
        with pytest.raises(ShotFileError):
            save_shot(bad, path, indexed_png)
    monkeypatch.setattr(shot_file, "MAX_PICTURE", 100)
    with pytest.raises(ShotFileError, match="picture is empty or too big"):
        save_shot(sample(), path, indexed_png)
    monkeypatch.undo()
    assert same(load_shot(path, read_label_map), sample())


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    for path in (tmp_path / "none.kinebrush", tmp_path):
        with pytest.raises(ShotFileError, match="cannot be opened"):
            load_shot(path, read_label_map)


# --- damaged ----------------------------------------------------------------------------------------------------------


def test_no_cut_is_taken_for_a_shot() -> None:
    data = saved()
    for length in [*range(0, len(data), 97), len(data) - 1]:
        with pytest.raises(ShotFileError):
            read(data[:length])


def test_no_flipped_byte_changes_a_shot_unseen() -> None:
    """Every byte counts or is told: a flip either opens as the same shot or is refused with a sentence."""
    data, sound = saved(), sample()
    chance = random.Random(7)
    refused = 0
    for _ in range(1500):
        broken = bytearray(data)
        broken[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        try:
            shot = read(bytes(broken))
        except ShotFileError:
            refused += 1
        else:
            assert same(shot, sound)
    assert refused > 1200


@given(st.binary(max_size=400))
def test_noise_is_refused(noise: bytes) -> None:
    for data in (noise, b"PK\x03\x04" + noise, noise + b"PK\x05\x06" + bytes(18)):
        with pytest.raises(ShotFileError):
            read(data)


@pytest.mark.parametrize(
    "name", ["manifest.json", "picture/original.png", "end_frame/original.jpg", "labels.png"]
)
def test_a_missing_part_is_told(name: str) -> None:
    members = parts(saved())
    del members[name]
    with pytest.raises(ShotFileError, match="is missing"):
        read(zipped(members))


def test_a_label_map_of_another_size_or_kind_is_refused() -> None:
    members = parts(saved())
    for labels in (np.zeros((30, 41), np.uint8), np.zeros((40, 30), np.uint8)):
        with pytest.raises(ShotFileError, match="painted areas"):
            read(zipped({**members, "labels.png": indexed_png(labels)}))
    with pytest.raises(ShotFileError, match="painted areas"):
        read(zipped({**members, "labels.png": b"no picture"}))


@pytest.mark.parametrize(
    "labels",
    [
        np.zeros((31, 40), np.uint8),
        np.full((30, 40), 8, np.uint8),
        np.zeros((30, 40), np.uint16).astype(np.uint16),
    ],
)
def test_a_codec_is_not_trusted(labels: LabelMap) -> None:
    with pytest.raises(ShotFileError, match="do not fit its picture"):
        shot_from_bytes(saved(), lambda data, width, height: labels)


WRONG: list[tuple[str, Any]] = [
    ("id", 5),
    ("name", None),
    ("labels", "other.png"),
    ("picture", []),
    ("picture.width", 0),
    ("picture.width", "40"),
    ("picture.width", 10**9),
    ("picture.width", True),
    ("picture.height", 2.5),
    ("picture.size", 2999),
    ("picture.size", -1),
    ("picture.file", "picture/../../x.png"),
    ("picture.file", "end_frame/original.jpg"),
    ("picture.crop", [0, 0, 0, 0]),
    ("picture.crop", [0, 0, 41, 30]),
    ("picture.crop", [1, 2, 3]),
    ("picture.crop", "all"),
    ("picture.enlarge", 1),
    ("picture.media_type", None),
    ("end_frame", "x"),
    ("end_frame.width", None),
    ("areas", {}),
    ("areas", [1]),
    ("areas.0.label", 0),
    ("areas.0.label", 8),
    ("areas.0.label", 7),
    ("areas.0.label", "1"),
    ("areas.0.hidden", "no"),
    ("areas.0.color", "red"),
    ("areas.0.trajectory", [[1, 2]]),
    ("areas.0.trajectory.nodes", None),
    ("areas.0.trajectory.nodes", [[1]]),
    ("areas.0.trajectory.nodes", [[1, "2"]]),
    ("areas.0.trajectory.nodes", [[1, 10**400]]),
    ("areas.0.trajectory.nodes", [[0, 0]] * 100_001),
    ("areas.0.trajectory.count", 2.5),
    ("areas.1.trajectory", {"nodes": []}),
    ("parameters", None),
    ("parameters.prompt", 3),
    ("parameters.duration", 5.0),
    ("parameters.cfg_scale", "0.5"),
    ("parameters.cfg_scale", False),
    ("version", "1"),
    ("version", True),
    ("version", 0),
    ("format", "other"),
]


@pytest.mark.parametrize(
    ("where", "value"), WRONG, ids=[f"{where}-{number}" for number, (where, _) in enumerate(WRONG)]
)
def test_a_wrong_value_is_refused(where: str, value: Any) -> None:
    def put(manifest: dict[str, Any]) -> None:
        *way, last = where.split(".")
        inner: Any = manifest
        for step in way:
            inner = inner[int(step)] if step.isdigit() else inner[step]
        inner[last] = value

    with pytest.raises(ShotFileError) as caught:
        read(with_manifest(put))
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("name", ["id", "name", "picture", "parameters", "labels", "format", "version"])
def test_a_missing_value_is_refused(name: str) -> None:
    with pytest.raises(ShotFileError):
        read(with_manifest(lambda manifest: manifest.pop(name)))


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"\xff\xfe",
        b'{"format": NaN}',
        b"[" * 100_000,
        b'{"version": ' + b"9" * 5000 + b"}",
    ],
)
def test_a_manifest_that_is_none(manifest: bytes) -> None:
    with pytest.raises(ShotFileError):
        read(zipped({**parts(saved()), "manifest.json": manifest}))


# --- versions ---------------------------------------------------------------------------------------------------------


def test_a_newer_file_asks_for_an_update() -> None:
    with pytest.raises(ShotFileError, match="newer Kinebrush; update"):
        read(with_manifest(lambda manifest: manifest.update(version=2)))


def from_zero(record: dict[str, Any]) -> dict[str, Any]:
    """An invented version 0: a title, and bare points instead of a trajectory."""
    record = dict(record)
    record["name"] = record.pop("title")
    for area in record["areas"]:
        points = area.pop("points", None)
        area["trajectory"] = None if points is None else {"nodes": points}
    return record


def test_an_older_file_is_brought_up_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    def age(manifest: dict[str, Any]) -> None:
        manifest.update(version=0, title=manifest.pop("name"), later="kept")
        manifest["areas"][0]["points"] = manifest["areas"][0].pop("trajectory")["nodes"]
        manifest["areas"][1].pop("trajectory")

    monkeypatch.setattr("desktop.storage.manifest.STEPS", {0: from_zero})
    shot = read(with_manifest(age))
    assert (shot.name, shot.unknown) == ("Harbour", {"later": "kept"})
    assert shot.areas[0].trajectory == Trajectory((Point(1.5, 2.5), Point(9.25, 8.0)))
    with pytest.raises(ShotFileError, match="older manifest cannot be understood"):
        read(with_manifest(lambda manifest: manifest.update(version=0)))


def test_steps_run_in_order_and_gaps_are_told() -> None:
    steps = {n: lambda record, n=n: {**record, "seen": [*record.get("seen", []), n]} for n in (0, 1, 2)}
    start = {"format": migrations.FORMAT, "version": 0}
    assert migrate(start, steps, 3) == {"format": migrations.FORMAT, "version": 3, "seen": [0, 1, 2]}
    assert start == {"format": migrations.FORMAT, "version": 0}
    del steps[1]
    with pytest.raises(ShotFileError, match="version 1, which Kinebrush cannot read any more"):
        migrate(start, steps, 3)


# --- hostile ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../up.png",
        "picture/../../up",
        "C:evil",
        "a\\b",
        "\\\\host\\x",
        "picture/original.png/..",
    ],
)
def test_unsafe_paths_are_refused(name: str) -> None:
    with pytest.raises(ShotFileError, match=r"unsafe path|does not belong"):
        read(zipped([*parts(saved()).items(), (name, b"x")]))


def test_a_name_with_a_hidden_end_is_refused() -> None:
    data = zipped([*parts(saved()).items(), ("labels.pngX.exe", b"x")]).replace(
        b"labels.pngX", b"labels.png\0"
    )
    with pytest.raises(ShotFileError, match="unsafe path"):
        read(data)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
def test_links_and_devices_are_refused(kind: int) -> None:
    members = parts(saved())
    link = zipfile.ZipInfo("labels.png")
    link.external_attr = (kind | 0o777) << 16
    del members["labels.png"]
    with pytest.raises(ShotFileError, match="a link instead of a file"):
        read(zipped([*members.items(), (link, b"/etc/passwd")]))


@pytest.mark.parametrize("name", ["labels.png", "LABELS.PNG"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_twice_is_refused(name: str) -> None:
    with pytest.raises(ShotFileError, match="two files of one name"):
        read(zipped([*parts(saved()).items(), (name, b"x")]))


def test_files_that_do_not_belong_are_refused_but_folders_are_harmless() -> None:
    with pytest.raises(ShotFileError, match="does not belong there"):
        read(zipped({**parts(saved()), "picture/other.png": b"x"}))
    folder = zipfile.ZipInfo("picture/")
    folder.external_attr = (stat.S_IFDIR | 0o755) << 16
    assert same(read(zipped([(folder, b""), *parts(saved()).items()])), sample())


def test_too_many_files_are_refused() -> None:
    with pytest.raises(ShotFileError, match="too many files"):
        read(zipped({f"{n}.png": b"" for n in range(1000)}))


def test_a_declared_bomb_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped({**parts(saved()), "labels.png": bytes(shot_file.MAX_LABELS + 1)})
    assert len(bomb) < 200_000
    with pytest.raises(ShotFileError, match="too big"):
        read(bomb)
    monkeypatch.setattr(shot_file, "MAX_FILE", 1000)
    with pytest.raises(ShotFileError, match="too big to be a Kinebrush shot"):
        read(saved())


def test_a_bomb_that_declares_less_is_read_no_further_than_that() -> None:
    """The local and central headers say 100 bytes; the stream holds 50 MB."""
    name = b"labels.png"
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(bytes(50_000_000)) + packer.flush()
    crc = zlib.crc32(bytes(100))
    common = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, crc, len(packed), 100, len(name), 0)
    sound = zipped({k: v for k, v in parts(saved()).items() if k != "labels.png"})
    end = sound.rindex(b"PK\x05\x06")
    count, size, offset = struct.unpack_from("<HII", sound, end + 10)
    local = b"PK\x03\x04" + common + name + packed
    central = (
        b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, offset) + name
    )
    directory = sound[offset : offset + size] + central
    tail = struct.pack("<HHHHIIH", 0, 0, count + 1, count + 1, len(directory), offset + len(local), 0)
    with pytest.raises(ShotFileError):
        read(sound[:offset] + local + directory + b"PK\x05\x06" + tail)


def test_an_encrypted_file_is_refused() -> None:
    data = bytearray(saved())
    at = 0
    while (at := data.find(b"PK\x01\x02", at)) >= 0:
        data[at + 8] |= 1
        at += 4
    with pytest.raises(ShotFileError, match="encrypted"):
        read(bytes(data))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_unusual_compression_is_refused(method: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in parts(saved()).items():
            archive.writestr(name, data)
    with pytest.raises(ShotFileError, match="packed in a way"):
        read(out.getvalue())
