"""The demo: the whole main job, and a measurement that can fail."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from PIL import Image

from desktop.video.probe import verify
from tests.command_line import CommandLine, Said
from tests.pictures import Kind, photo, turned

SCHEMA = json.loads((Path(__file__).parents[1] / "data" / "request.schema.json").read_text("utf-8"))
MEDIUM = "--set megapixels=0.6"
"""A render that is quick and still large enough to be measured."""


def measured(said: Said) -> dict[str, Any]:
    """What the demo measured, when it went well."""
    assert said.clear().code == 0, said.err
    record: dict[str, Any] = said.json()
    assert record["direction_error"] <= 15, said.err
    assert record["leak"] < 0.5, said.err
    return record


def picture_demo(cli: CommandLine, data: bytes, name: str, size: str = MEDIUM) -> Said:
    """``demo --picture`` with these bytes."""
    path = cli.folder / name
    path.write_bytes(data)
    return cli.child(
        *("demo", "--headless", "--json", "--out", "out", "--picture", path), KINEBRUSH_SIMULATOR=size
    )


def test_the_demo_in_4k_leaves_everything_and_moves_as_planned(cli: CommandLine) -> None:
    said = cli.child("demo", "--headless", "--json", "--out", "out", KINEBRUSH_SIMULATOR="")
    record = measured(said)
    out = cli.folder / "out"
    names = ("shot.kinebrush", "request.json", "receipt.json", "video.mp4", "poster.jpg")
    assert all((out / name).stat().st_size > 0 for name in names)
    facts = verify(out / "video.mp4", expected_seconds=5)
    assert (facts.width, facts.height, facts.fps, facts.frames) == (3840, 2160, 24, 120)
    Draft202012Validator(SCHEMA).validate(json.loads((out / "request.json").read_bytes()))
    receipt = json.loads((out / "receipt.json").read_text("utf-8"))
    assert receipt["video"]["size"] == (out / "video.mp4").stat().st_size
    with Image.open(out / "poster.jpg") as poster:
        assert poster.size == (960, 540)
    assert cli("check", out / "shot.kinebrush").code == 0
    assert record["seconds"] > 0
    assert "nothing is charged" in said.err


@pytest.mark.parametrize(
    "reading", ["origin=top-left", pytest.param("polarity=black", marks=pytest.mark.long), "static=move"]
)
def test_the_demo_fails_when_the_service_reads_the_request_otherwise(cli: CommandLine, reading: str) -> None:
    said = cli.child(
        *("demo", "--headless", "--json", "--out", "out"), KINEBRUSH_SIMULATOR=f"{MEDIUM} --set {reading}"
    )
    assert said.clear().code == 1, said.err
    assert "does not follow" in said.err
    record = said.json()
    turns = [area["direction_error"] for area in record["areas"]]
    if reading == "static=move":
        # It sways by a hundredth of the width, to either side.
        assert record["leak"] == pytest.approx(0.01 * record["video"]["width"], rel=0.2)
    else:
        assert any(turn is None or turn > 15 for turn in turns), turns


def test_the_same_small_render_passes_when_it_is_read_rightly(cli: CommandLine) -> None:
    measured(cli.child("demo", "--headless", "--json", "--out", "out", KINEBRUSH_SIMULATOR=MEDIUM))


def test_the_smallest_photograph(cli: CommandLine) -> None:
    measured(picture_demo(cli, photo("astronaut", 300, 300), "small.jpg"))


@pytest.mark.parametrize("orientation", [6, 8])
def test_a_turned_photograph(cli: CommandLine, orientation: int) -> None:
    measured(picture_demo(cli, turned("chelsea", 900, 600, orientation), "turned.jpg"))


@pytest.mark.parametrize(
    ("name", "width", "height", "kind"),
    [
        ("rocket", 400, 1000, "jpeg"),
        pytest.param("coffee", 1000, 400, "jpeg", marks=pytest.mark.long),
        pytest.param("astronaut", 600, 500, "png16", marks=pytest.mark.long),
        ("coffee", 600, 450, "cmyk"),
    ],
)
def test_photographs_of_every_shape_and_kind(
    cli: CommandLine, name: str, width: int, height: int, kind: Kind
) -> None:
    measured(picture_demo(cli, photo(name, width, height, kind), f"photo.{kind}"))


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("name", "width", "height", "kind"),
    [
        ("astronaut", 300, 300, "jpeg"),
        ("coffee", 8000, 6000, "jpeg"),
        ("rocket", 2000, 5000, "jpeg"),
        ("coffee", 5000, 2000, "jpeg"),
        ("astronaut", 1600, 1200, "png16"),
        ("coffee", 1600, 1200, "cmyk"),
        ("chelsea", 1600, 1200, "cmyk-icc"),
        ("rocket", 1600, 1200, "p3"),
        ("chelsea", 1200, 1200, "webp"),
        ("astronaut", 1200, 900, "grey-jpeg"),
    ],
)
def test_photographs_in_4k(cli: CommandLine, name: str, width: int, height: int, kind: Kind) -> None:
    measured(picture_demo(cli, photo(name, width, height, kind), f"photo.{kind}", size=""))


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("orientation", range(2, 9))
def test_turned_photographs_in_4k(cli: CommandLine, orientation: int) -> None:
    measured(picture_demo(cli, turned("astronaut", 1200, 900, orientation), "turned.jpg", size=""))


@pytest.mark.parametrize(
    ("width", "height", "rule", "fix"),
    [
        (299, 300, "image-too-small", "Scale up to 300 × 301"),
        (751, 300, "image-aspect", "Crop to 750 × 300"),
        (300, 751, "image-aspect", "Crop to 300 × 750"),
    ],
)
def test_one_pixel_past_a_limit_is_refused_with_its_fix_and_repaired(
    cli: CommandLine, width: int, height: int, rule: str, fix: str
) -> None:
    path = cli.folder / "photo.jpg"
    path.write_bytes(photo("coffee", width, height))
    out = cli.folder / "out"
    said = cli("demo", "--picture", path, "--out", out)
    assert said.clear().code == 3
    assert f"[{rule}]" in said.err
    assert f"fix: {fix}" in said.err
    assert not (out / "video.mp4").exists()
    shot = out / "shot.kinebrush"
    assert cli("check", shot).code == 3
    assert cli("check", "--fix", shot).code == 0
    said = cli("generate", shot, "--service", "simulator")
    assert said.code == 0, said.err
    assert Path(said.out.strip()).is_file()


@pytest.mark.parametrize(("width", "height"), [(300, 300), (750, 300), (300, 750)])
def test_at_the_limit_nothing_needs_repair(cli: CommandLine, width: int, height: int) -> None:
    path, shot = cli.folder / "photo.jpg", cli.folder / "s.kinebrush"
    path.write_bytes(photo("coffee", width, height))
    assert cli("new", path, "-o", shot, "--prompt", "steam rises").code == 0
    assert cli("check", shot).err.strip() == "No problems."


def test_a_folder_that_is_a_file_is_one_sentence(cli: CommandLine) -> None:
    (cli.folder / "out").write_text("in the way")
    said = cli("demo", "--headless", "--out", cli.folder / "out")
    assert said.clear().code == 2
    assert len(said.err.strip().splitlines()) == 1
