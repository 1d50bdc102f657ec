"""Commands on shot files: new, check, request."""

from __future__ import annotations

import json
import math
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from desktop.cli.common import (
    Exit,
    door,
    out,
    print_json,
    print_problems,
    problem_record,
    run_async,
    say,
    stop,
)
from desktop.core import conventions as conventions_module
from desktop.core import fixes
from desktop.core.areas import STATIC_LABEL, MotionArea
from desktop.core.errors import KinebrushError, MaskError
from desktop.core.geometry import Point, whole
from desktop.core.label_map import merge
from desktop.core.models import model
from desktop.core.parameters import DEFAULT_MODEL, DEFAULT_NEGATIVE_PROMPT, Parameters
from desktop.core.rules import blocking
from desktop.core.services import MAGNIFIC
from desktop.core.shot import Shot, SourceImage, new_shot
from desktop.core.trajectory import Trajectory

MAX_FIXES = 100
"""Fixes that are carried out in a row; each of seven areas may need several."""

ShotPath = Annotated[Path, typer.Argument(metavar="SHOT", help="A .kinebrush file.")]
Strict = Annotated[bool, typer.Option("--strict", help="Treat what is undocumented as forbidden.")]


def new(
    picture: Annotated[str, typer.Argument(metavar="PICTURE", help="A picture file, or its https address.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The shot file to write.")],
    mask: Annotated[
        list[str] | None,
        typer.Option(
            help="An area's mask, as still=PNG or 1=PNG to 6=PNG; white is painted, or every label."
        ),
    ] = None,
    path: Annotated[
        list[str] | None,
        typer.Option(
            help="An area's path, as 1=JSON: a file or a text like [[640, 210], [420, 230]], y down."
        ),
    ] = None,
    end_frame: Annotated[str, typer.Option(help="The picture the video ends with.")] = "",
    prompt: Annotated[str, typer.Option(help="What happens in the video.")] = "",
    negative_prompt: Annotated[str, typer.Option(help="What must not be seen.")] = DEFAULT_NEGATIVE_PROMPT,
    duration: Annotated[int, typer.Option(help="Seconds.")] = 5,
    guidance: Annotated[float, typer.Option(help="0 is most freedom, 1 is closest to the prompt.")] = 0.5,
    webhook: Annotated[str, typer.Option(help="An address that is told of every status change.")] = "",
    model_id: Annotated[str, typer.Option("--model", help="The model to ask.")] = DEFAULT_MODEL,
    name: Annotated[str, typer.Option(help="The shot's name.")] = "",
) -> None:
    """Make a shot file from a picture, masks and paths."""
    with door():
        model(model_id)
        shot = new_shot(uuid.uuid4().hex, read_picture(picture), name)
        shot = add_areas(shot, mask or [], path or [])
        shot = replace(
            shot,
            end_frame=read_picture(end_frame) if end_frame else None,
            parameters=Parameters(prompt, negative_prompt, guidance, duration, webhook, model_id),
        )
        save(shot, output)
        say(f"Saved {output} ({shot.image.width} × {shot.image.height}, {len(shot.areas)} areas).")


def check(
    shot_path: ShotPath,
    strict: Strict = False,
    fix: Annotated[bool, typer.Option("--fix", help="Carry out the fixes of all errors and save.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the problems as JSON.")] = False,
) -> None:
    """Check a shot against every rule of the service, and repair what can be."""
    with door():
        shot = load(shot_path)
        profile = chosen_profile(strict)
        kind = model(shot.parameters.model)
        from desktop.jobs.prepare import check as check_rules

        problems = check_rules(shot, profile)
        if fix:
            before = shot
            for _ in range(MAX_FIXES):
                fixable = next((p for p in blocking(problems) if p.fix is not None), None)
                if fixable is None:
                    break
                say(f"Fixed: {fixable.text} → {fixable.fix.label if fixable.fix else ''}")
                shot = fixes.apply(shot, fixable, kind, profile)
                problems = check_rules(shot, profile)
            if shot is not before:
                save(shot, shot_path)
    if as_json:
        print_json([problem_record(problem) for problem in problems])
    else:
        print_problems(problems)
        if not problems:
            say("No problems.")
    if blocking(problems):
        raise typer.Exit(int(Exit.PROBLEMS))


def request(
    shot_path: ShotPath,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write the JSON body.")],
    strict: Strict = False,
) -> None:
    """Write the exact bytes that would be sent for a shot; nothing is sent."""
    from desktop.core import wire
    from desktop.core.request import to_record
    from desktop.jobs.prepare import BlockedError, prepare
    from desktop.storage.atomic import write_atomic
    from desktop.storage.settings import Settings

    with door():
        shot = load(shot_path)
        try:
            prepared = prepare(shot, MAGNIFIC, chosen_profile(strict), Settings())
        except BlockedError as error:
            print_problems(error.problems)
            raise stop(
                Exit.PROBLEMS, "The shot breaks a rule of the service; nothing was written."
            ) from error
        data = {encoded.asset.sha256: encoded.data for encoded in prepared.encoded.assets}
        body = wire.serialise(prepared.request, lambda asset: data[asset.sha256])
        write_atomic(output, body)
        print_problems(prepared.problems)
        for encoded in prepared.encoded.assets:
            for note in encoded.notes:
                say(note)
        say(f"Wrote {output}: {len(body):,} bytes, {prepared.estimate} on Magnific.")
        print_json(to_record(prepared.request))


def read_picture(source: str) -> SourceImage:
    """A picture from a file or an https address, downloaded once and frozen."""
    from desktop.imaging.read import open_image

    if source.startswith(("https://", "http://")):
        from desktop.api.picture import fetch_picture

        data = run_async(lambda: fetch_picture(source))
        return open_image(data, source.rpartition("/")[2].partition("?")[0], source)
    file = Path(source)
    return open_image(_read(file), file.name)


def add_areas(shot: Shot, masks: list[str], paths: list[str]) -> Shot:
    """The shot with masks painted and paths set, from ``NAME=VALUE`` texts. A later mask covers earlier ones."""
    from desktop.imaging.mask_import import mask_from, read_mask_file

    width, height = shot.image.width, shot.image.height
    trajectories = {_label(key): _trajectory(value) for key, value in map(_pair, paths)}
    if STATIC_LABEL in trajectories:
        raise MaskError("The still area has no path; leave --path still=... out.")
    for key, value in map(_pair, masks):
        label = _label(key)
        file = read_mask_file(_read(Path(value)))
        painted = mask_from(file, width, height)
        if len(file.regions) > 1:
            say(f"{Path(value).name} has {len(file.regions)} labels; all of them are the area.")
        merge(shot.label_map, painted.view("uint8"), whole(width, height), label)
        shot = shot.with_area(MotionArea(label, trajectory=trajectories.get(label)))
    for label in trajectories:
        if label not in {area.label for area in shot.areas}:
            raise MaskError(
                f"There is a path for area {label} but no mask; give one with --mask {label}=PNG."
            )
    return shot


def load(path: Path) -> Shot:
    """The shot of a file."""
    from desktop.imaging.masks import read_label_map
    from desktop.storage.shot_file import load_shot

    return load_shot(path, read_label_map)


def save(shot: Shot, path: Path) -> None:
    """Write a shot file, whole or not at all."""
    from desktop.imaging.masks import indexed_png
    from desktop.storage.shot_file import save_shot

    save_shot(shot, path, indexed_png)


def chosen_profile(strict: bool) -> conventions_module.Conventions:
    """The conventions to check and encode by."""
    return conventions_module.STRICT if strict else conventions_module.KLING


def show_path(path: Path) -> None:
    """A result's path, alone on standard output."""
    out.print(str(path), markup=False)


def _pair(text: str) -> tuple[str, str]:
    key, found, value = text.partition("=")
    if not found or not value:
        raise MaskError(f"“{text}” must look like still=FILE or 1=FILE.")
    return key.strip(), value.strip()


def _label(key: str) -> int:
    if key in ("still", "0"):
        return STATIC_LABEL
    if key in ("1", "2", "3", "4", "5", "6"):
        return int(key)
    raise MaskError(f"There is no area “{key}”; areas are still and 1 to 6.")


def _trajectory(value: str) -> Trajectory:
    """A path from JSON: a list of points, or ``{"points": [...], "smooth": false, "count": 20}``."""
    text = value if value.lstrip().startswith(("[", "{")) else _read(Path(value)).decode("utf-8", "replace")
    try:
        record: Any = json.loads(text)
        if isinstance(record, list):
            record = {"points": record}
        nodes = tuple(Point(float(x), float(y)) for x, y in record["points"])
        if not all(math.isfinite(value) for node in nodes for value in (node.x, node.y)):
            raise ValueError("not a place in a picture")
        count = record.get("count")
        return Trajectory(nodes, bool(record.get("smooth", True)), None if count is None else int(count))
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise MaskError(
            "A path must be JSON like [[640, 210], [420, 230]], in pixels of the picture, y down."
        ) from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KinebrushError(f"{path} cannot be read: {error.strerror or error}.") from error
