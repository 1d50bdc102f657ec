"""new, check and request, as they are typed."""

import base64
import hashlib
import json
import os
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from PIL import Image

from desktop.imaging.masks import read_label_map
from desktop.storage.shot_file import load_shot
from tests.command_line import CommandLine, Said
from tests.pictures import photo, tiff

SCHEMA = json.loads((Path(__file__).parents[1] / "data" / "request.schema.json").read_text("utf-8"))


def mask(
    path: Path, left: int, top: int, right: int, bottom: int, width: int = 400, height: int = 320
) -> Path:
    """A black mask with a white box."""
    pixels = np.zeros((height, width), np.uint8)
    pixels[top:bottom, left:right] = 255
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def full(cli: CommandLine) -> Path:
    """A shot file made by ``new`` with every option."""
    folder = cli.folder
    cli.picture()
    cli.picture("end.png", seed=2)
    mask(folder / "still.png", 0, 250, 400, 320)
    mask(folder / "one.png", 20, 100, 120, 180)
    mask(folder / "two.png", 100, 100, 300, 200)
    (folder / "path.json").write_text(
        json.dumps({"points": [[150, 150], [200, 120], [280, 150]], "smooth": False, "count": 9})
    )
    said = cli.child(
        *("new", "picture.png", "-o", "full.kinebrush", "--name", "A name", "--end-frame", "end.png"),
        *("--mask", "still=still.png", "--mask", "2=two.png", "--mask", "1=one.png"),
        *("--path", "1=[[30.5, 110], [100, 170]]", "--path", "2=path.json"),
        *("--prompt", "it moves", "--negative-prompt", "blur", "--guidance", "0.25", "--duration", "7"),
        *("--webhook", "https://example.org/hook", "--model", "kling-4k-i2v"),
    )
    assert said.clear().code == 0, said.err
    assert "3 areas" in said.err
    return folder / "full.kinebrush"


def test_new_takes_every_option(cli: CommandLine, full: Path) -> None:
    shot = load_shot(full, read_label_map)
    assert (shot.name, shot.image.width, shot.image.height) == ("A name", 400, 320)
    assert shot.image.data == (cli.folder / "picture.png").read_bytes()
    assert shot.end_frame is not None
    assert shot.end_frame.data == (cli.folder / "end.png").read_bytes()
    parameters = shot.parameters
    assert (parameters.prompt, parameters.negative_prompt) == ("it moves", "blur")
    assert (parameters.cfg_scale, parameters.duration) == (0.25, 7)
    assert (parameters.webhook_url, parameters.model) == ("https://example.org/hook", "kling-4k-i2v")
    paths = {area.label: area.trajectory for area in shot.areas}
    assert paths[7] is None
    assert paths[1] is not None
    assert paths[2] is not None
    assert [(n.x, n.y) for n in paths[1].nodes] == [(30.5, 110), (100, 170)]
    assert (paths[2].smooth, paths[2].count, len(paths[2].nodes)) == (False, 9, 3)
    assert shot.label_map[150, 110] == 1, "the later mask covers the earlier one"
    assert shot.label_map[150, 130] == 2
    assert shot.label_map[300, 5] == 7
    assert shot.label_map[5, 5] == 0


def test_a_mask_given_twice_keeps_its_path(cli: CommandLine) -> None:
    cli.picture()
    a, b = mask(cli.folder / "a.png", 0, 0, 20, 20), mask(cli.folder / "b.png", 50, 50, 90, 90)
    out = cli.folder / "s.kinebrush"
    said = cli(
        *("new", cli.folder / "picture.png", "-o", out, "--mask", f"1={a}", "--mask", f"1={b}"),
        *("--path", "1=[[10, 10], [60, 60]]"),
    )
    assert said.code == 0, said.err
    shot = load_shot(out, read_label_map)
    assert shot.areas[0].trajectory is not None
    assert shot.label_map[10, 10] == shot.label_map[60, 60] == 1


@pytest.mark.parametrize("kind", ["u8", "i8", "f4", "f8"])
def test_masks_of_bare_numbers_are_read_as_the_window_reads_them(cli: CommandLine, kind: str) -> None:
    cli.picture()
    values = np.zeros((320, 400), kind)
    values[100:180, 20:120], values[200:240, 30:60] = 3, 7_000
    (cli.folder / "labels.tif").write_bytes(tiff(values))
    shares = np.tile(np.linspace(0.0, 1.0, 400), (320, 1)).astype("f8" if kind == "f8" else "f4")
    (cli.folder / "shares.tif").write_bytes(tiff(shares))
    out = cli.folder / "s.kinebrush"
    said = cli(
        *("new", cli.folder / "picture.png", "-o", out, "--mask", f"still={cli.folder / 'shares.tif'}"),
        *("--mask", f"1={cli.folder / 'labels.tif'}"),
    )
    assert said.code == 0, said.err
    assert "labels.tif has 2 labels; all of them are the area." in said.err
    labels = load_shot(out, read_label_map).label_map
    assert np.array_equal(labels == 1, values != 0)
    assert np.array_equal(labels == 7, (shares >= 0.5) & (values == 0))


def test_grey_transparent_and_palette_masks_are_read_too(cli: CommandLine) -> None:
    cli.picture()
    ramp = np.tile(np.linspace(0, 255, 400).astype(np.uint8), (320, 1))
    Image.fromarray(ramp).save(cli.folder / "ramp.png")
    clear = np.full((320, 400, 4), 200, np.uint8)
    clear[..., 3] = 0
    clear[:100, :, 3] = 255
    Image.fromarray(clear).save(cli.folder / "clear.png")
    labels = np.zeros((320, 400), np.uint8)
    labels[300:, :200], labels[300:, 200:] = 1, 2
    palette = Image.fromarray(labels)
    palette.putpalette(bytes((0, 0, 0, 10, 20, 30, 40, 10, 5)))
    palette.save(cli.folder / "labels.png")
    out = cli.folder / "s.kinebrush"
    masks = [f"{key}={cli.folder / name}.png" for key, name in ((1, "ramp"), (2, "clear"), (3, "labels"))]
    said = cli("new", cli.folder / "picture.png", "-o", out, *(part for m in masks for part in ("--mask", m)))
    assert said.code == 0, said.err
    wanted = (ramp >= 128).astype(np.uint8)
    wanted[:100] = 2
    wanted[300:] = 3
    assert np.array_equal(load_shot(out, read_label_map).label_map, wanted)


def test_check_passes_warns_and_fails_with_its_codes(cli: CommandLine, full: Path) -> None:
    warned = cli("check", full)
    assert warned.code == 0
    assert "masks-with-end-frame" in warned.err
    strict = cli("check", "--strict", full)
    assert strict.code == 3
    problems = cli("check", "--strict", "--json", full)
    assert problems.code == 3
    assert {p["code"] for p in problems.json() if p["severity"] == "error"} == {
        "masks-with-end-frame",
        "masks-duration",
    }
    assert all({"code", "severity", "where", "text", "fix", "why"} <= set(p) for p in problems.json())
    untouched = full.read_bytes()
    assert cli("check", full, "--fix").code == 0
    assert full.read_bytes() == untouched, "with nothing to repair the file stays as it is"
    fixed = cli("check", "--strict", "--fix", full)
    assert fixed.code == 0
    assert fixed.err.count("Fixed:") == 2
    shot = load_shot(full, read_label_map)
    assert (shot.end_frame, shot.parameters.duration) == (None, 5)
    assert cli("check", "--strict", full).code == 0


def test_check_says_so_when_there_is_nothing_to_say(cli: CommandLine) -> None:
    cli.picture()
    out = cli.folder / "plain.kinebrush"
    assert cli("new", cli.folder / "picture.png", "-o", out, "--prompt", "waves roll in").code == 0
    said = cli("check", out)
    assert (said.code, said.err.strip(), said.out) == (0, "No problems.", "")
    assert cli("check", "--json", out).json() == []


@pytest.mark.parametrize(
    ("option", "good", "bad", "code"),
    [
        ("--duration", "15", "16", "duration"),
        ("--duration", "3", "2", "duration"),
        ("--guidance", "1", "1.01", "cfg_scale"),
        ("--guidance", "0", "-0.01", "cfg_scale"),
        ("--prompt", "x" * 2500, "x" * 2501, "prompt"),
        ("--webhook", "https://example.org", "not a url", "webhook"),
    ],
)
def test_each_side_of_a_limit(cli: CommandLine, option: str, good: str, bad: str, code: str) -> None:
    cli.picture()
    out = cli.folder / "limit.kinebrush"
    for value, expected in ((good, 0), (bad, 3)):
        words = ["new", cli.folder / "picture.png", "-o", out, option, value]
        assert cli(*words).code == 0
        said = cli("check", out)
        assert said.code == expected, said.err
        assert (code in said.err) == (expected == 3)
    assert cli("check", "--fix", out).code == 0


def test_request_writes_the_very_bytes(cli: CommandLine, full: Path) -> None:
    body_file = cli.folder / "body.json"
    said = cli("request", full, "-o", body_file)
    assert said.code == 0, said.err
    body = json.loads(body_file.read_bytes())
    Draft202012Validator(SCHEMA).validate(body)
    record = said.json()
    second, first = body["dynamic_masks"]
    assert [group["label"] for group in record["dynamic_masks"]] == [2, 1], "in the order they were painted"
    assert record["model"] == "kling-4k-i2v"
    for sent, noted in (
        (body["image"], record["image"]),
        (body["image_tail"], record["end_frame"]),
        (body["static_mask"], record["static_mask"]),
        (first["mask"], record["dynamic_masks"][1]["mask"]),
    ):
        data = base64.b64decode(sent, validate=True)
        assert hashlib.sha256(data).hexdigest() == noted["sha256"]
        assert len(data) == noted["size"]
        with Image.open(BytesIO(data)) as image:
            assert image.size == (noted["width"], noted["height"]) == (400, 320)
    # Pixel (30.5, 110) from the top is column 30, row 110; from the bottom row 320 - 1 - 110.
    assert first["trajectories"][0] == {"x": 30, "y": 209}
    assert first["trajectories"][-1] == {"x": 100, "y": 149}
    assert len(second["trajectories"]) == 9
    painted = np.asarray(Image.open(BytesIO(base64.b64decode(first["mask"]))).convert("L"))
    assert set(np.unique(painted)) == {0, 255}
    assert painted[150, 60] == 255
    assert painted[150, 130] == 0
    assert f"{body_file.stat().st_size:,} bytes" in said.err
    assert "USD" in said.err


def test_a_request_that_breaks_a_rule_is_not_written(cli: CommandLine, full: Path) -> None:
    said = cli("request", "--strict", full, "-o", cli.folder / "body.json")
    assert said.code == 3
    assert "nothing was written" in said.err
    assert not (cli.folder / "body.json").exists()


def bad_new(name: str, cli: CommandLine) -> list[object]:
    """Words after ``new`` that cannot work."""
    folder = cli.folder
    cli.picture()
    good = folder / "picture.png"
    one = mask(folder / "one.png", 20, 100, 120, 180)
    (folder / "text.jpg").write_text("I am no picture.")
    (folder / "cut.jpg").write_bytes(photo("astronaut", 400, 300)[:9000])
    (folder / "bad.json").write_text("[[1, 2], [3")
    (folder / "binary.json").write_bytes(bytes(range(256)))
    mask(folder / "other-aspect.png", 0, 0, 9, 9, 500, 100)
    masked = (good, "--mask", f"1={one}")
    cases: dict[str, tuple[object, ...]] = {
        "missing": (folder / "nothing.png",),
        "folder": (folder,),
        "text": (folder / "text.jpg",),
        "truncated": (folder / "cut.jpg",),
        "empty name": ("",),
        "plain http": ("http://example.org/picture.png",),
        "end frame": (good, "--end-frame", folder / "text.jpg"),
        "mask missing": (good, "--mask", "1=nothing.png"),
        "mask is text": (good, "--mask", f"1={folder / 'text.jpg'}"),
        "mask of another aspect": (good, "--mask", f"1={folder / 'other-aspect.png'}"),
        "mask of no area": (good, "--mask", f"9={one}"),
        "mask without name": (good, "--mask", f"{one}"),
        "path without mask": (*masked, "--path", "2=[[1, 2], [3, 4]]"),
        "path of the still area": (good, "--mask", f"still={one}", "--path", "still=[[1, 2], [3, 4]]"),
        "path broken": (*masked, "--path", "1=[[1, 2], [3"),
        "path file broken": (*masked, "--path", f"1={folder / 'bad.json'}"),
        "path file binary": (*masked, "--path", f"1={folder / 'binary.json'}"),
        "path file missing": (*masked, "--path", f"1={folder / 'no.json'}"),
        "path of text": (*masked, "--path", '1=["ab", "cd"]'),
        "path of numbers": (*masked, "--path", "1=[1, 2]"),
        "path without points": (*masked, "--path", "1={}"),
        "path endless": (*masked, "--path", "1=[[1e999, 2], [3, 4]]"),
        "path nowhere": (*masked, "--path", "1=[[NaN, 2], [3, 4]]"),
        "path of huge numbers": (*masked, "--path", f"1=[[{'9' * 400}, 2], [3, 4]]"),
        "path with endless count": (*masked, "--path", '1={"points": [[1, 2], [3, 4]], "count": 1e999}'),
        "path too deep": (*masked, "--path", "1=" + "[" * 100_000),
        "model": (good, "--model", "kling-9"),
        "duration no number": (good, "--duration", "long"),
        "unknown option": (good, "--colour", "red"),
    }
    return ["new", *cases[name], "-o", folder / "out.kinebrush"]


BAD_NEW = (
    "missing folder text truncated|empty name|plain http|end frame|mask missing|mask is text|"
    "mask of another aspect|mask of no area|mask without name|path without mask|path of the still area|"
    "path broken|path file broken|path file binary|path file missing|path of text|path of numbers|"
    "path without points|path endless|path nowhere|path of huge numbers|path with endless count|path too deep|"
    "model|duration no number|unknown option"
)


@pytest.mark.parametrize("name", [*BAD_NEW.partition("|")[0].split(), *BAD_NEW.split("|")[1:]])
def test_bad_input_of_new_is_one_sentence_and_leaves_nothing(cli: CommandLine, name: str) -> None:
    words = bad_new(name, cli)
    before = sorted(cli.folder.iterdir())
    said = one_sentence(cli(*words))
    assert said.code == 2
    assert sorted(cli.folder.iterdir()) == before


def one_sentence(said: Said) -> Said:
    """It went wrong and is told in a sentence for people, on standard error alone."""
    assert said.clear().code != 0
    assert said.err.strip()
    assert said.out == ""
    if "Usage:" not in said.err:
        assert len(said.err.strip().splitlines()) == 1, said.err
        assert said.err.rstrip().endswith((".", "!")), said.err
    return said


@pytest.mark.parametrize("command", ["check", "request", "generate"])
@pytest.mark.parametrize("kind", ["missing", "folder", "picture", "empty", "truncated"])
def test_what_is_no_shot_is_one_sentence(cli: CommandLine, command: str, kind: str) -> None:
    path = cli.folder / "x.kinebrush"
    match kind:
        case "folder":
            path.mkdir()
        case "picture":
            cli.picture("x.kinebrush")
        case "empty":
            path.write_bytes(b"")
        case "truncated":
            whole = cli.shot("whole").read_bytes()
            path.write_bytes(whole[: len(whole) // 2])
    out = cli.folder / "body.json"
    words = [command, path] + (["-o", out] if command == "request" else [])
    if command == "generate":
        words += ["--service", "simulator"]
    said = one_sentence(cli(*words))
    assert said.code == 2
    assert not out.exists()


@pytest.mark.parametrize("command", ["new", "request"])
@pytest.mark.parametrize("place", ["no folder", "a folder", "below a file"])
def test_a_file_that_cannot_be_written_is_one_sentence(cli: CommandLine, command: str, place: str) -> None:
    shot = cli.shot()
    out = {"no folder": "no/out.x", "a folder": "taken", "below a file": "shot.kinebrush/out.x"}[place]
    (cli.folder / "taken").mkdir()
    before = sorted(cli.folder.rglob("*"))
    source = cli.folder / "shot.kinebrush" if command == "request" else cli.picture("../p.png")
    said = cli(command, source, "-o", cli.folder / out)
    assert said.clear().code == 2
    assert "“" in said.err
    assert sorted(cli.folder.rglob("*")) == before
    assert shot.is_file()


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="the superuser and Windows may write anywhere"
)
def test_a_folder_without_rights_is_one_sentence(cli: CommandLine) -> None:
    cli.picture()
    closed = cli.folder / "closed"
    closed.mkdir(mode=0o500)
    said = one_sentence(cli("new", cli.folder / "picture.png", "-o", closed / "x.kinebrush"))
    assert said.code == 2
