"""What is set on the tools comes back with the next start of the program."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from desktop.ui.main_window import MainWindow
from tests.window_hands import Hands, live

SET: dict[str, object] = {
    "brush-size": 33,
    "eraser-size": 144,
    "smart-size": 77,
    "steady": 61,
    "pen-pressure": 0,
    "mode": "take",
    "tolerance": 90,
    "contiguous": 0,
    "smart-start": "scribble",
    "crop-aspect": "16:9",
    "opacity": 45,
    "hatch": 0,
    "chosen": "wand",
}
USUAL: dict[str, object] = {
    "brush-size": 80,
    "eraser-size": 80,
    "smart-size": 40,
    "steady": 20,
    "pen-pressure": 1,
    "mode": "add",
    "tolerance": 24,
    "contiguous": 1,
    "smart-start": "box",
    "crop-aspect": "free",
    "opacity": 100,
    "hatch": 1,
    "chosen": "brush",
}


def values(window: MainWindow) -> dict[str, object]:
    """What the tools are set to now."""
    canvas = window.paint.canvas
    options = canvas.options
    return {
        "brush-size": options.size("brush"),
        "eraser-size": options.size("eraser"),
        "smart-size": options.size("smart"),
        "steady": options.steady,
        "pen-pressure": int(options.pressure),
        "mode": options.mode,
        "tolerance": options.tolerance,
        "contiguous": int(options.contiguous),
        "smart-start": options.smart_start,
        "crop-aspect": options.crop.aspect,
        "opacity": round(100 * canvas.look.opacity),
        "hatch": int(canvas.look.hatch),
        "chosen": canvas.tool_name,
    }


def start(data: Path) -> dict[str, object]:
    """Start and end the program; what its tools were set to."""
    found: dict[str, object] = {}

    async def script(hands: Hands) -> None:
        await hands.ready()
        found.update(values(hands.window))

    live(data, script)
    return found


async def set_by_hand(hands: Hands) -> None:
    """Set everything in the bars above the picture."""
    await hands.ready()
    paint = hands.window.paint
    bar = paint.options
    hands.act("tool-brush")
    assert bar.pressure.isVisible()
    assert bar.pressure.isChecked()
    bar.diameter.set_value(33)
    bar.steady.set_value(61)
    hands.click(bar.pressure)
    bar.mode.set_value("take")
    hands.act("tool-eraser")
    bar.diameter.set_value(144)
    hands.act("tool-smart")
    assert not bar.pressure.isVisible()
    bar.diameter.set_value(77)
    bar.select.start.set_value("scribble")
    hands.act("tool-crop")
    paint.crop_bar.aspect.set_value("16:9")
    hands.act("tool-wand")
    bar.select.tolerance.set_value(90)
    bar.select.reach.set_value("everywhere")
    bar.look.popover.opacity.set_value(45)
    hands.act("canvas-hatch")


def test_all_of_it_comes_back_and_is_shown(tmp_path: Path) -> None:
    data = tmp_path / "data"
    live(data, set_by_hand)

    async def second(hands: Hands) -> None:
        await hands.ready()
        assert values(hands.window) == SET
        bar = hands.window.paint.options
        await hands.application.documents.open_sample()
        await hands.ready()
        assert values(hands.window) == SET
        assert hands.window.actions_["tool-wand"].isChecked()
        assert bar.select.tolerance.value() == 90
        assert bar.select.reach.value() == "everywhere"
        assert bar.mode.value() == "take"
        assert bar.look.popover.opacity.value() == 45
        assert not bar.look.popover.hatch.isChecked()
        hands.act("tool-brush")
        assert (bar.diameter.value(), bar.steady.value(), bar.pressure.isChecked()) == (33, 61, False)
        hands.act("tool-eraser")
        assert bar.diameter.value() == 144
        hands.act("tool-smart")
        assert (bar.diameter.value(), bar.select.start.value()) == (77, "scribble")
        hands.act("tool-crop")
        crop = hands.window.paint.crop_bar
        assert crop.aspect.value() == "16:9"
        assert crop.wide.value() / crop.high.value() == pytest.approx(16 / 9, rel=0.01)
        hands.act("tool-wand")

    live(data, second)
    assert start(data) == SET


def edit(data: Path, **lines: object) -> None:
    """Change the file as a person would: by name and text."""
    path = data / "window.json"
    held = json.loads(path.read_text()) if path.exists() else {}
    new = {name.replace("_", "-"): value for name, value in lines.items()}
    path.write_text(json.dumps({**held, **new}))


def test_bad_values_are_left_out_one_by_one(tmp_path: Path, qapp: QApplication) -> None:
    data = tmp_path / "data"
    data.mkdir()
    edit(data, brush_size=0, eraser_size="wide", smart_size=55, steady=101, pen_pressure=2, mode="paint")
    edit(data, tolerance="9e9", contiguous="", smart_start="Box", crop_aspect="3:1", opacity=9)
    edit(data, hatch=0, chosen="chisel", unknown="whatever")
    assert start(data) == {**USUAL, "smart-size": 55, "hatch": 0}
    edit(data, brush_size=["1", "2"], steady="7" * 5000, opacity={"percent": 50}, chosen="lasso", mode="keep")
    assert start(data) == {**USUAL, "smart-size": 55, "hatch": 0, "mode": "keep", "chosen": "lasso"}


DAMAGED = [b"", b"\x00\xff" * 500, b"[1, 2]", b'{"steady": ' + b"7" * 5000 + b"}", b"[" * 100_000]


@pytest.mark.parametrize("content", DAMAGED, ids=["empty", "noise", "list", "number", "deep"])
def test_a_damaged_file_is_no_hindrance(tmp_path: Path, content: bytes) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "window.json").write_bytes(content)
    assert start(data) == USUAL
    assert json.loads((data / "window.json").read_bytes())["steady"] == 20


def test_what_another_version_keeps_stays(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    edit(data, geometry="not of this world", layout_1=[], navigator=0, of_the_future={"a": 1})

    async def script(hands: Hands) -> None:
        await hands.ready()
        assert not hands.window.actions_["navigator"].isChecked()
        assert not hands.window.paint.navigator.wanted
        hands.window.resize(1300, 800)

    live(data, script)
    kept = json.loads((data / "window.json").read_bytes())
    assert kept["of-the-future"] == {"a": 1}
    assert kept["navigator"] == 0
